/* bench_formats: how fast each format is read, beside the JSON library alone on the same papers, and how much memory a file of
 * a gigabyte needs. Usage: bench_formats [SHARED_FOLDER]. */
#include "engine/crypto/vault.h"
#include "engine/intake/import.h"
#include "engine/sources/sources.h"
#include "tests/lib/rendering.h"
#include "tests/lib/testing.h"

#include <ftw.h>
#include <glob.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { PAPERS = 8000, MOST_FORMATS = 32, LARGEST_SAMPLE = 16 << 20 };
static const double enough = 0.3; /* seconds of reading one file again and again */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void check(enum pith_status status, const struct pith_error *error)
{
    if (status) {
        fprintf(stderr, "bench_formats: %s\n", error->message);
        exit(1);
    }
}

static enum pith_status count_paper(void *user, struct paper *paper, struct pith_error *reterr)
{
    (void)paper;
    (void)reterr;
    ++*(size_t *)user;
    return PITH_OK;
}

static void ignore_problem(void *user, size_t line, const char *reason)
{
    (void)user;
    (void)line;
    (void)reason;
}

/* Bytes a second of reading these again and again; 0 when they are no format. */
static double measure(const char *bytes, size_t length, const struct source **ret_source)
{
    size_t papers = 0;
    const struct source_context context = {.paper = count_paper, .problem = ignore_problem, .user = &papers};
    double start = now(), spent;
    size_t read = 0;
    do {
        if (sources_read(bytes, length, &context, ret_source, NULL))
            return 0;
        read += length;
        spent = now() - start;
    } while (spent < enough);
    return papers ? (double)read / spent : 0;
}

/* The reference: the JSON library alone over JSON Lines. */
static double measure_json(const char *bytes, size_t length)
{
    double start = now(), spent;
    size_t read = 0;
    do {
        for (const char *at = bytes, *stop; (stop = memchr(at, '\n', length - (size_t)(at - bytes))); at = stop + 1)
            json_decref(json_loadb(at, (size_t)(stop - at), 0, NULL));
        read += length;
        spent = now() - start;
    } while (spent < enough);
    return (double)read / spent;
}

static double reference;

static void print_speed(const char *format, const char *what, double speed)
{
    printf("reading %-18s %6.1f MB/s, %.2f of the JSON library alone (%s)\n", format, speed / 1e6, speed / reference, what);
}

static void measure_renderings(const struct rendering_papers *papers)
{
    const struct rendering *rendering;
    for (size_t i = 0; (rendering = rendering_at(i)) != NULL; i++) {
        size_t length;
        const struct source *source = NULL;
        char *bytes = rendering_write(rendering, papers->paper, papers->count, &length);
        if (i == 0)
            reference = measure_json(bytes, length);
        print_speed(rendering->format, "real papers", measure(bytes, length, &source));
        free(bytes);
    }
}

/* The largest sample of each format. */
static struct {
    const struct source *source;
    char path[4096];
    size_t length;
} sample[MOST_FORMATS];
static size_t samples;

static void take_sample(const char *path, const struct source *source, size_t length)
{
    size_t i = 0;
    while (i < samples && sample[i].source != source)
        i++;
    if (i == MOST_FORMATS || (i < samples && length <= sample[i].length))
        return;
    samples += i == samples;
    sample[i].source = source;
    sample[i].length = length;
    snprintf(sample[i].path, sizeof sample[i].path, "%s", path);
}

static int visit_file(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
    (void)walk;
    if (type != FTW_F || stat->st_size == 0 || stat->st_size > LARGEST_SAMPLE)
        return 0;
    size_t length;
    char *bytes = testing_read(path, &length);
    const struct source *source = sources_recognise(bytes, length);
    if (source)
        take_sample(path, source, length);
    free(bytes);
    return 0;
}

static void measure_samples(const char *shared)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/samples", shared);
    nftw(folder, visit_file, 16, FTW_PHYS);
    snprintf(folder, sizeof folder, "%s/listings", shared);
    nftw(folder, visit_file, 16, FTW_PHYS);
    for (size_t i = 0; i < samples; i++) {
        size_t length;
        const struct source *source = NULL;
        char what[64];
        char *bytes = testing_read(sample[i].path, &length);
        double speed = measure(bytes, length, &source);
        snprintf(what, sizeof what, "a sample of %zu KiB", length >> 10);
        if (speed > 0)
            print_speed(sample[i].source->name, what, speed);
        free(bytes);
    }
}

/* A snapshot as long as wanted: the same records again under other identifiers. */
struct endless {
    char *bytes;
    size_t length, at, left, record;
};

static enum pith_status read_endless(void *user, char *buffer, size_t size, size_t *ret_got, struct pith_error *reterr)
{
    struct endless *endless = user;
    (void)reterr;
    if (endless->at == endless->length) {
        endless->at = 0;
        endless->record++;
        size_t year = 15 + endless->record / 12 % 80, month = endless->record % 12 + 1;
        for (char *at = endless->bytes; (at = strstr(at, "{\"id\":\"")); at += 11) { /* of another month: other papers */
            at[7] = (char)('0' + year / 10);
            at[8] = (char)('0' + year % 10);
            at[9] = (char)('0' + month / 10);
            at[10] = (char)('0' + month % 10);
        }
    }
    size_t some = endless->length - endless->at;
    some = some < size ? some : size;
    some = some < endless->left ? some : endless->left;
    memcpy(buffer, endless->bytes + endless->at, some);
    endless->at += some;
    endless->left -= some;
    *ret_got = some;
    return PITH_OK;
}

static double peak_memory(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

/* Reading a gigabyte, and storing a tenth of it. */
static void measure_snapshot(const struct rendering_papers *papers)
{
    struct endless endless = {0};
    for (size_t i = 0; rendering_at(i); i++)
        if (strcmp(rendering_at(i)->format, "arxiv-snapshot") == 0)
            endless.bytes = rendering_write(rendering_at(i), papers->paper, papers->count, &endless.length);
    size_t count = 0;
    const struct source_context context = {.paper = count_paper, .problem = ignore_problem, .user = &count};
    const struct pith_input from = {.read = read_endless, .user = &endless};
    struct store *store;
    struct pith_import_report report;
    struct pith_error error;
    const struct import_options options = {.today = 0};
    double before = peak_memory(), start = now();
    endless.left = (size_t)1 << 30;
    check(sources_read_input(&from, &context, NULL, &error), &error);
    printf("a snapshot of 1 GiB: %zu papers read in %.0f s, %.0f MiB of memory more than before\n", count, now() - start,
           peak_memory() - before);
    endless.left = (size_t)100 << 20;
    endless.at = endless.length; /* from a record's beginning again */
    check(store_open(testing_folder(), true, &store, &error), &error);
    before = peak_memory();
    start = now();
    check(import_input(store, &from, &options, &report, &error), &error);
    printf("100 MiB of it stored with features: %zu papers, %.0f a second, %.0f MiB more\n", report.records,
           (double)report.records / (now() - start), peak_memory() - before);
    store_close(store);
    free(endless.bytes);
}

int main(int argc, char **argv)
{
    struct pith_error error;
    const char *shared = argc > 1 ? argv[1] : testing_shared("");
    char pattern[4096];
    glob_t days;
    struct rendering_papers papers = {0};
    snprintf(pattern, sizeof pattern, "%s/data/days/*.jsonl", shared ? shared : "");
    if (!shared || glob(pattern, 0, NULL, &days)) {
        fprintf(stderr, "bench_formats: needs the folder of real data: bench_formats [SHARED_FOLDER]\n");
        return 2;
    }
    check(vault_start(&error), &error);
    for (size_t i = 0; i < days.gl_pathc && papers.count < PAPERS; i++) {
        size_t length;
        char *bytes = testing_read(days.gl_pathv[i], &length);
        rendering_read(&papers, bytes, length, PAPERS);
        free(bytes);
    }
    globfree(&days);
    setvbuf(stdout, NULL, _IOLBF, 0);
    measure_renderings(&papers);
    measure_samples(shared);
    measure_snapshot(&papers);
    rendering_clear(&papers);
    return 0;
}
