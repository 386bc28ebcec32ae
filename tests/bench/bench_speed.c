/* bench_speed: how long the main steps take, each beside a reference measured in the same run. Usage: bench_speed [PITH [DATA_FOLDER]]. */
#include "engine/intake/import.h"
#include "engine/learning/learner.h"
#include "engine/profile/profile.h"
#include "engine/ranking/rank.h"
#include "tests/lib/testing.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 9, VOTES = 500, DAY = 1000, LONG_LOG = 5000, SHORT_LOG = 50, TRIES = 100 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Seconds of this process on a processor, whatever else the machine does. */
static double busy(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
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
        struct pith_import_report report;
        check(
            import_bytes(store, bytes, length, &(struct import_options){.today = 0, .embedding = testing_shipped}, &report, &error),
            &error);
        *ret_import += now() - parsed;
        *ret_parse += parsed - start;
        papers += report.added;
        free(bytes);
    }
    return papers;
}

struct day {
    struct features paper[DAY];
    struct embedding_kept place[DAY];
    struct profile_vote vote[VOTES];
    size_t papers, votes, seen;
};

static void keep_place(const struct embedding_kept *place, struct embedding_kept *ret_copy)
{
    void *bytes = malloc(place->length);
    if (!bytes)
        abort();
    *ret_copy = (struct embedding_kept){strdup(place->table), memcpy(bytes, place->bytes, place->length), place->length};
}

static enum pith_status take(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct day *day = user;
    if (day->votes < VOTES && day->seen++ % 40 == 0)
        day->vote[day->votes++] = (struct profile_vote){strdup(row->key), day->votes % 4 ? VERDICT_DOWN : VERDICT_UP, 0,
                                                        (uint32_t)day->votes};
    if (day->papers == DAY)
        return PITH_OK;
    if (row->place.table)
        keep_place(&row->place, &day->place[day->papers]);
    return features_read(row->features, row->features_length, &day->paper[day->papers++], reterr);
}

/* Seconds of scoring a day's papers with the places that the store keeps, or without. */
static double score_day(const struct model *model, const struct day *day, bool kept, struct model_row *row)
{
    struct pith_error error;
    volatile double score;
    double start = busy();
    for (size_t i = 0; i < day->papers; i++) {
        check(model_weigh_kept(model, &day->paper[i], kept ? &day->place[i] : NULL, row, &error), &error);
        score = model_score(model, row);
    }
    (void)score;
    return busy() - start;
}

/* Reference of scoring: as many multiplications and additions, in order. */
static double plain_products(size_t count)
{
    static double a[1 << 19], b[1 << 19];
    double start = busy(), sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i & ((1 << 19) - 1)] * b[i & ((1 << 19) - 1)];
    a[0] = sum;
    return busy() - start;
}

/* ---- the sealed profile ---- */

static const unsigned char token[32] = "as good as random for measuring";

/* A profile with so many votes and a model's bytes, opened by its token. */
static struct profile *make_profile(struct store *store, const char *reader, size_t votes, const struct bytes *model)
{
    static struct profile_change change[LONG_LOG];
    struct pith_error error;
    struct store_profile made;
    struct profile *profile;
    struct vault_secret passphrase = {PITH_PASSPHRASE, "word", 4}, secret = {PITH_TOKEN, token, sizeof token};
    struct vault_slot terms = {.kind = PITH_TOKEN, .scopes = 15};
    int64_t number = 0;
    check(profile_create(store, reader, "word", 4, PITH_INTERACTIVE, &error), &error);
    check(profile_find(store, reader, &made, &error), &error);
    check(profile_unlock(store, made.id, &passphrase, 0, &profile, &error), &error);
    check(profile_put_slot(profile, &number, &terms, &secret, "", &error), &error);
    for (size_t i = 0; i < votes; i++) {
        char key[32];
        snprintf(key, sizeof key, "arxiv:2401.%05zu", i);
        change[i] = (struct profile_change){strdup(key), NULL, i % 4 ? VERDICT_DOWN : VERDICT_UP, 20000};
    }
    check(profile_record(profile, change, votes, NULL, &error), &error);
    check(profile_keep(profile, ROW_MODEL, model, false, &error), &error);
    for (size_t i = 0; i < votes; i++)
        free((char *)change[i].paper);
    profile_lock(profile);
    check(profile_unlock(store, made.id, &secret, 0, &profile, &error), &error);
    return profile;
}

/* Seconds of opening by the token, the model too. */
static double open_by_token(struct store *store, const unsigned char *id)
{
    struct pith_error error;
    struct profile *profile;
    struct vault_secret secret = {PITH_TOKEN, token, sizeof token};
    struct bytes model;
    bytes_init(&model, MODEL_MAX_BYTES);
    double start = now();
    check(profile_unlock(store, id, &secret, 0, &profile, &error), &error);
    check(profile_fetch(profile, ROW_MODEL, &model, &error), &error);
    double spent = now() - start;
    profile_lock(profile);
    bytes_clear(&model);
    return spent;
}

/* Seconds of sealing anew: one more vote into the log, and another model. */
static double seal_again(struct profile *profile, struct bytes *model, size_t run)
{
    struct pith_error error;
    char key[32];
    snprintf(key, sizeof key, "arxiv:2402.%05zu", run);
    struct profile_change change = {key, NULL, VERDICT_UP, 20000};
    model->data[model->length / 2] ^= (unsigned char)(run + 1);
    double start = now();
    check(profile_record(profile, &change, 1, NULL, &error), &error);
    check(profile_keep(profile, ROW_MODEL, model, false, &error), &error);
    return now() - start;
}

/* Reference of opening: one digest over as many bytes. */
static double plain_digest(const struct bytes *model)
{
    unsigned char hash[16];
    double start = now();
    vault_hash16(model->data, model->length, hash);
    return now() - start;
}

static void measure_profile(struct store *store, const struct model *fitted)
{
    struct pith_error error;
    struct bytes model, none;
    double opening[RUNS], sealing[RUNS], digest[RUNS], unlock[RUNS];
    bytes_init(&model, MODEL_MAX_BYTES);
    bytes_init(&none, 16);
    bytes_put_u8(&none, 1);
    check(model_write(fitted, &model, &error), &error);
    check(bytes_done(&model, &error), &error);
    struct profile *large = make_profile(store, "large", LONG_LOG, &model), *small = make_profile(store, "small", SHORT_LOG, &none);
    for (size_t run = 0; run < RUNS; run++) {
        unlock[run] = 0;
        for (size_t i = 0; i < TRIES; i++)
            unlock[run] += open_by_token(store, profile_id(small)) / TRIES;
        opening[run] = open_by_token(store, profile_id(large));
        sealing[run] = seal_again(large, &model, run);
        digest[run] = plain_digest(&model);
    }
    double reference = median(digest);
    printf("unlocking a profile of %d votes by a token: %.2f ms\n", SHORT_LOG, 1e3 * median(unlock));
    printf(
        "profile of %d votes and its model of %zu KiB: opened in %.1f ms, sealed in %.1f ms; %.0f and %.0f digests of the model\n",
        LONG_LOG, model.length >> 10, 1e3 * median(opening), 1e3 * median(sealing), median(opening) / reference,
        median(sealing) / reference);
    profile_lock(large);
    profile_lock(small);
    bytes_clear(&model);
    bytes_clear(&none);
}

/* `pith rank` as a whole process, with a token, beside `pith --version`. */
static double measure_process(const char *command)
{
    double seconds[RUNS];
    for (size_t run = 0; run < RUNS; run++) {
        double start = now();
        if (system(command) != 0) {
            fprintf(stderr, "bench_speed: failed: %s\n", command);
            exit(1);
        }
        seconds[run] = now() - start;
    }
    return median(seconds);
}

static void measure_rank(const char *program, const char *home, const struct day *day)
{
    char command[3 * 4096], votes[4096];
    snprintf(votes, sizeof votes, "%s/votes.jsonl", home);
    FILE *out = fopen(votes, "w");
    for (size_t i = 0; out && i < day->votes; i++)
        fprintf(out, "{\"id\": \"%s\", \"vote\": \"%s\"}\n", day->vote[i].paper,
                day->vote[i].verdict == VERDICT_UP ? "up" : "down");
    if (!out || fclose(out) != 0)
        exit(1);
    setenv("PITH_HOME", home, 1);
    snprintf(command, sizeof command,
             "cd '%s' && umask 077 && echo word >word && '%s' --passphrase-file word init --strength interactive >/dev/null && "
             "'%s' --passphrase-file word token add bench --allow rank,vote --json | grep -o 'pith_[A-Za-z0-9_-]*' >token && "
             "'%s' --token-file token vote --from votes.jsonl >/dev/null",
             home, program, program, program);
    if (system(command) != 0)
        exit(1);
    snprintf(command, sizeof command, "cd '%s' && '%s' --version >/dev/null", home, program);
    double nothing = measure_process(command);
    snprintf(command, sizeof command, "cd '%s' && '%s' --token-file token rank >/dev/null", home, program);
    double rank = measure_process(command);
    printf("pith rank as a process, with a token: %.0f ms, %.0f times as long as pith --version\n", 1e3 * rank, rank / nothing);
}

int main(int argc, char **argv)
{
    static struct day day;
    struct pith_error error;
    struct store *store;
    struct learner learner = {0};
    char pattern[4096];
    glob_t files;
    double parse, import, seconds[RUNS], products[RUNS], summed[RUNS], alone[RUNS];
    const char *program = argc > 1 ? realpath(argv[1], NULL) : NULL, *data = argc > 2 ? argv[2] : testing_shared("data");
    snprintf(pattern, sizeof pattern, "%s/days/*.jsonl", data ? data : "");
    if (!data || glob(pattern, 0, NULL, &files)) {
        fprintf(stderr, "bench_speed: needs the folder of real days: bench_speed [PITH [DATA_FOLDER]]\n");
        return 2;
    }
    const char *home = testing_folder();
    static struct mapped_embedding shipped;
    check(vault_start(&error), &error);
    check(mapped_embedding_open(&shipped, &error), &error);
    testing_shipped = shipped.embedding;
    check(store_open(home, true, &store, &error), &error);
    size_t papers = import_days(store, &files, &parse, &import);
    globfree(&files);
    printf("import: %zu papers, %.0f a second; %.1f times as long as parsing the JSON alone\n", papers, (double)papers / import,
           import / parse);
    check(store_each_listed(store, INT32_MIN + 1, INT32_MAX, take, &day, &error), &error);
    double start = busy();
    check(learner_load(&learner,
                       &(struct learner_request){.store = store,
                                                 .embeddings = {testing_shipped, testing_own},
                                                 .hyperparameters = testing_hyperparameters,
                                                 .vote = day.vote,
                                                 .votes = day.votes,
                                                 .pair = NULL,
                                                 .pairs = 0,
                                                 .background = LEARNER_BACKGROUND},
                       &error),
          &error);
    double load = busy() - start;
    struct model *model = NULL;
    for (int run = 0; run < RUNS; run++) {
        model_free(model);
        start = busy();
        check(learner_fit_alone(&learner, NULL, &model, &error), &error);
        alone[run] = busy() - start;
        model_free(model);
        start = busy();
        check(learner_fit(&learner, NULL, &model, &error), &error);
        seconds[run] = busy() - start;
        products[run] = plain_products(learner.rows.start[learner.rows.rows]);
    }
    double one_pass = median(products);
    printf("fit of %zu votes: %.1f ms, with five fits more to calibrate %.1f ms (features loaded in %.0f ms); %.0f passes over its "
           "numbers\n",
           day.votes, 1e3 * median(alone), 1e3 * median(seconds), 1e3 * load, median(seconds) / one_pass);
    struct model_row row = {0};
    for (int run = 0; run < RUNS; run++) {
        seconds[run] = score_day(model, &day, true, &row);
        summed[run] = score_day(model, &day, false, &row);
    }
    printf("ranking %zu papers: %.2f ms (%.2f ms where no places are kept)\n", day.papers, 1e3 * median(seconds),
           1e3 * median(summed));
    model_row_clear(&row);
    if (program)
        measure_rank(program, home, &day);
    measure_profile(store, model);
    model_free(model);
    learner_clear(&learner);
    for (size_t i = 0; i < day.papers; i++) {
        features_clear(&day.paper[i]);
        free((char *)day.place[i].table);
        free((void *)day.place[i].bytes);
    }
    for (size_t i = 0; i < day.votes; i++)
        free(day.vote[i].paper);
    store_close(store);
    return 0;
}
