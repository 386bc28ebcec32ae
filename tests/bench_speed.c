/* bench_speed: how long the main steps take, each beside a reference measured in the same run. Usage: bench_speed [DATA_FOLDER]. */
#include "../engine/import.h"
#include "../engine/learner.h"
#include "../engine/ranker.h"
#include "testing.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 9, VOTES = 500, DAY = 1000 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void check(enum pith_status status, const struct pith_error *error)
{
    if (status) {
        fprintf(stderr, "bench_speed: %s\n", error->message);
        exit(1);
    }
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double median(double *seconds)
{
    qsort(seconds, RUNS, sizeof *seconds, by_size);
    return seconds[RUNS / 2];
}

static size_t import_days(struct store *store, const glob_t *files, double *ret_parse, double *ret_import)
{
    struct pith_error error;
    size_t papers = 0;
    *ret_parse = *ret_import = 0;
    for (size_t i = 0; i < files->gl_pathc; i++) {
        size_t length;
        char *bytes = testing_read(files->gl_pathv[i], &length);
        double start = now();
        for (char *at = bytes, *stop; (stop = strchr(at, '\n')); at = stop + 1)
            json_decref(json_loadb(at, (size_t)(stop - at), 0, NULL));
        double parsed = now();
        struct import_report report;
        check(import_bytes(store, bytes, length, 0, NULL, NULL, &report, &error), &error);
        *ret_import += now() - parsed;
        *ret_parse += parsed - start;
        papers += report.added;
        free(bytes);
    }
    return papers;
}

struct day {
    struct features paper[DAY];
    struct profile_vote vote[VOTES];
    size_t papers, votes, seen;
};

static enum pith_status take(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct day *day = user;
    if (day->votes < VOTES && day->seen++ % 40 == 0)
        day->vote[day->votes++] = (struct profile_vote){strdup(row->key), day->votes % 4 ? VERDICT_DOWN : VERDICT_UP, 0};
    return day->papers < DAY ? features_read(row->features, row->features_length, &day->paper[day->papers++], reterr) : PITH_OK;
}

/* Reference of scoring: as many multiplications and additions, in order. */
static double plain_products(size_t count)
{
    static double a[1 << 19], b[1 << 19];
    double start = now(), sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i & ((1 << 19) - 1)] * b[i & ((1 << 19) - 1)];
    a[0] = sum;
    return now() - start;
}

int main(int argc, char **argv)
{
    static struct day day;
    struct pith_error error;
    struct store *store;
    struct learner learner = {0};
    char pattern[4096];
    glob_t files;
    double parse, import, seconds[RUNS], products[RUNS];
    const char *data = argc > 1 ? argv[1] : testing_shared("data");
    snprintf(pattern, sizeof pattern, "%s/days/*.jsonl", data ? data : "");
    if (!data || glob(pattern, 0, NULL, &files)) {
        fprintf(stderr, "bench_speed: needs the folder of real days: bench_speed [DATA_FOLDER]\n");
        return 2;
    }
    check(store_open(testing_folder(), true, &store, &error), &error);
    size_t papers = import_days(store, &files, &parse, &import);
    globfree(&files);
    printf("import: %zu papers, %.0f a second; %.1f times as long as parsing the JSON alone\n", papers,
           (double)papers / import, import / parse);
    check(store_each_listed(store, INT32_MIN + 1, INT32_MAX, take, &day, &error), &error);
    double start = now();
    check(learner_load(&learner, store, day.vote, day.votes, NULL, 0, LEARNER_BACKGROUND, &error), &error);
    double load = now() - start;
    struct model *model = NULL;
    for (int run = 0; run < RUNS; run++) {
        model_free(model);
        start = now();
        check(learner_fit(&learner, NULL, &model, &error), &error);
        seconds[run] = now() - start;
        products[run] = plain_products(learner.rows.start[learner.rows.rows]);
    }
    double one_pass = median(products);
    printf("fit of %zu votes: %.1f ms with five fits more to calibrate (features loaded in %.0f ms); %.0f passes over its numbers\n",
           day.votes, 1e3 * median(seconds), 1e3 * load, median(seconds) / one_pass);
    struct model_row row = {0};
    for (int run = 0; run < RUNS; run++) {
        start = now();
        for (size_t i = 0; i < day.papers; i++) {
            check(model_weigh(model, &day.paper[i], &row, &error), &error);
            seconds[run] = model_score(model, &row);
        }
        seconds[run] = now() - start;
    }
    printf("ranking %zu papers: %.2f ms\n", day.papers, 1e3 * median(seconds));
    model_row_clear(&row);
    model_free(model);
    learner_clear(&learner);
    for (size_t i = 0; i < day.papers; i++)
        features_clear(&day.paper[i]);
    for (size_t i = 0; i < day.votes; i++)
        free(day.vote[i].paper);
    store_close(store);
    return 0;
}
