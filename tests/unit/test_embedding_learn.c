#include "engine/crypto/vault.h"
#include "engine/door/handle.h"
#include "engine/intake/import.h"
#include "engine/learning/embedding_learn.h"
#include "engine/learning/embeddings.h"
#include "engine/learning/learner.h"
#include "models/metrics.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Papers of two topics in words that no table ever saw, a few of its topic's many in each, among words of no topic. */
static char *make_papers(size_t count, size_t *ret_length)
{
    char *lines = NULL;
    uint32_t state = 1;
    FILE *out = open_memstream(&lines, ret_length);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "{\"id\":\"arXiv:2401.%05zu\",\"title\":\"", i + 1);
        for (int part = 0; part < 2; part++) {
            for (int word = 0; word < (part ? 5 : 2); word++) {
                state = state * 1664525 + 1013904223;
                fprintf(out, "%szq%c%c%cx", word ? " " : "", i % 2 ? 'a' : 'm', 'a' + (int)(state >> 24) % 24,
                        'a' + (int)(state >> 16) % 6);
            }
            for (int word = 0; word < (part ? 12 : 2); word++) {
                state = state * 1664525 + 1013904223;
                fprintf(out, " wv%cy%c", 'a' + (int)(state >> 20) % 16, 'a' + (int)(state >> 24) % 24);
            }
            fputs(part ? "\",\"date\":\"2024-01-05\"}\n" : "\",\"abstract\":\"", out);
        }
    }
    fclose(out);
    return lines;
}

static struct store *open_store(const char *home, size_t papers)
{
    struct store *store = NULL;
    struct pith_import_report report;
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = make_papers(papers, &length);
    cr_assert_eq(vault_start(NULL), PITH_OK);
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_OK);
    cr_assert_eq(
        import_bytes(store, lines, length, &(struct import_options){.today = 20000, .embedding = testing_shipped}, &report, NULL),
        PITH_OK);
    return store;
}

static void learn(struct store *store, struct own_embedding *table, size_t *ret_length)
{
    struct pith_error error;
    cr_assert_eq(embedding_learn(store, &(struct embedding_learn_options){NULL, 500, 1, 20000, NULL, NULL}, &table->bytes,
                                 ret_length, &error),
                 PITH_OK, "%s", error.message);
    cr_assert_eq(embedding_open(table->bytes, *ret_length, &table->embedding, NULL), PITH_OK);
}

Test(own_embedding, a_store_teaches_its_own_words)
{
    PITH_AUTO(store_close_p) struct store *store = open_store(testing_folder(), 800);
    PITH_AUTO(own_embedding_clear) struct own_embedding table = {0};
    PITH_AUTO(own_embedding_clear) struct own_embedding again = {0};
    size_t length, same;
    learn(store, &table, &length);
    cr_expect_eq(embedding_origin(table.embedding)->papers, 800);
    cr_expect_eq(embedding_origin(table.embedding)->method, EMBEDDING_LSA);
    cr_expect_gt(embedding_terms(table.embedding), 100);
    learn(store, &again, &same);
    cr_expect_str_eq(embedding_name(again.embedding), embedding_name(table.embedding), "the same store, the same table");
    struct pith_error error;
    unsigned char *none = NULL;
    cr_expect_eq(embedding_learn(store, &(struct embedding_learn_options){NULL, 801, 1, 20000, NULL, NULL}, &none, &length, &error),
                 PITH_NOT_FOUND);
    cr_expect(strstr(error.message, "801"), "%s", error.message);
}

Test(own_embedding, it_is_kept_beside_the_store_and_goes_with_its_home)
{
    const char *home = testing_folder();
    char path[4096], name[EMBEDDING_NAME];
    struct stat stat_of;
    size_t length;
    PITH_AUTO(own_embedding_clear) struct own_embedding table = {0};
    struct store *store = open_store(home, 800);
    learn(store, &table, &length);
    snprintf(name, sizeof name, "%s", embedding_name(table.embedding));
    cr_assert_eq(own_embedding_save(home, table.bytes, length, NULL), PITH_OK);
    store_close(store);
    snprintf(path, sizeof path, "%s/learned.space", home);
    cr_assert_eq(stat(path, &stat_of), 0);
    cr_expect_eq(stat_of.st_mode & 0777, 0600);
    struct pith *pith = NULL;
    struct pith_embedding embedding;
    cr_assert_eq(pith_open(home, false, &pith, NULL), PITH_OK);
    cr_assert_not_null(pith->embeddings.own);
    cr_expect_str_eq(embedding_name(pith->embeddings.own), name);
    cr_expect_eq(pith_learn_embedding(pith, 20000, &embedding, NULL), PITH_NOT_FOUND, "for a reader it takes more papers");
    pith_close(pith);
    FILE *file = fopen(path, "r+b");
    fseek(file, 2000, SEEK_SET);
    fputc('x', file);
    fclose(file);
    cr_assert_eq(pith_open(home, false, &pith, NULL), PITH_OK, "a damaged table costs nothing but itself");
    cr_expect_null(pith->embeddings.own);
    pith_close(pith);
    cr_expect_eq(own_embedding_save("/nowhere/at/all", table.bytes, length, NULL), PITH_IO);
}

/* ---- killed, and taken up again ---- */

struct stop { /* at which step a run ends without a word, and at which it began */
    size_t at, first;
};

static void note_step(void *user, size_t done, size_t all)
{
    struct stop *stop = user;
    cr_assert_leq(done, all);
    if (stop->first == 0)
        stop->first = done;
    if (done == stop->at)
        kill(getpid(), SIGKILL);
}

/* Learns in a process of its own, which is killed at this step, or after so many microseconds. */
static void learn_and_die(const char *home, size_t step, useconds_t after)
{
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        struct store *store = NULL;
        unsigned char *bytes = NULL;
        size_t length;
        struct stop stop = {.at = step};
        if (store_open(home, false, &store, NULL) == PITH_OK)
            embedding_learn(store, &(struct embedding_learn_options){home, 500, 1, 20000, note_step, &stop}, &bytes, &length, NULL);
        _exit(0);
    }
    if (after) {
        usleep(after);
        kill(child, SIGKILL);
    }
    cr_assert_eq(waitpid(child, NULL, 0), child);
}

/* The whole table; returns the first step that was told: 1 for a fresh start. */
static size_t learn_on(struct store *store, const char *home, const struct own_embedding *expected, size_t expected_length)
{
    struct stop stop = {0};
    PITH_AUTO(pith_free_p) unsigned char *bytes = NULL;
    size_t length;
    cr_assert_eq(
        embedding_learn(store, &(struct embedding_learn_options){home, 500, 1, 20000, note_step, &stop}, &bytes, &length, NULL),
        PITH_OK);
    cr_expect(length == expected_length && memcmp(bytes, expected->bytes, length) == 0, "the same table to the bit");
    return stop.first;
}

static void change_byte(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    cr_assert_not_null(file);
    fseek(file, at, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, at, SEEK_SET);
    fputc(byte ^ 1, file);
    fclose(file);
}

Test(own_embedding, learning_that_was_killed_goes_on_and_comes_to_the_same_table)
{
    const char *home = testing_folder();
    PITH_AUTO(store_close_p) struct store *store = open_store(home, 800);
    PITH_AUTO(own_embedding_clear) struct own_embedding table = {0};
    char path[4096];
    struct stat kept;
    size_t length;
    snprintf(path, sizeof path, "%s/learned.sketch", home);
    learn(store, &table, &length);
    static const size_t first[] = {0, 1, 2, 2, 4, 4, 6, 6}; /* after a kill at this step */
    for (size_t step = 1; step < sizeof first / sizeof *first; step++) {
        unlink(path);
        learn_and_die(home, step, 0);
        cr_expect_eq(learn_on(store, home, &table, length), first[step], "killed at step %zu", step);
    }
    unlink(path);
    for (useconds_t after = 2000; after < 600000; after += after / 2)
        learn_and_die(home, 0, after);
    learn_on(store, home, &table, length);
    cr_assert_eq(stat(path, &kept), 0);
    cr_expect_eq(kept.st_mode & 0777, 0600);
    cr_assert_eq(own_embedding_save(home, table.bytes, length, NULL), PITH_OK);
    cr_expect_neq(stat(path, &kept), 0, "a table that is there needs no sketch");
}

Test(own_embedding, a_sketch_that_is_damaged_or_of_other_papers_is_passed_over)
{
    const char *home = testing_folder();
    PITH_AUTO(store_close_p) struct store *store = open_store(home, 800);
    PITH_AUTO(own_embedding_clear) struct own_embedding table = {0};
    char path[4096];
    size_t length, other_length;
    snprintf(path, sizeof path, "%s/learned.sketch", home);
    learn(store, &table, &length);
    static const long places[] = {0, 8, 12, 16, 24, 40, 56, 5000};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        unlink(path);
        learn_and_die(home, 6, 0);
        change_byte(path, places[i]);
        cr_expect_eq(learn_on(store, home, &table, length), 1, "byte %ld", places[i]);
    }
    cr_assert_eq(truncate(path, 5000), 0);
    cr_expect_eq(learn_on(store, home, &table, length), 1);
    PITH_AUTO(pith_free_p) unsigned char *other = NULL;
    cr_assert_eq(
        embedding_learn(store, &(struct embedding_learn_options){home, 500, 2, 20000, NULL, NULL}, &other, &other_length, NULL),
        PITH_OK);
    cr_expect_eq(learn_on(store, home, &table, length), 1, "of another seed");
}

/* The share of pairs of a paper of the liked topic and one of the other that a fit to 80 votes puts in order. */
static double order_of(struct store *store)
{
    struct profile_vote vote[80];
    char key[80][32];
    PITH_AUTO(learner_clear) struct learner learner = {0};
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(model_row_clear) struct model_row row = {0};
    static double score[800];
    static unsigned char liked[800];
    static size_t scratch[800];
    for (size_t i = 0; i < 80; i++) {
        snprintf(key[i], sizeof key[i], "arxiv:2401.%05zu", i + 1);
        vote[i] = (struct profile_vote){key[i], i % 2 ? VERDICT_DOWN : VERDICT_UP, 20000, 0};
    }
    /* No background papers: nothing else is learnt from the store. */
    cr_assert_eq(learner_load(&learner,
                              &(struct learner_request){.store = store,
                                                        .embeddings = {testing_shipped, testing_own},
                                                        .hyperparameters = testing_hyperparameters,
                                                        .vote = vote,
                                                        .votes = 80,
                                                        .pair = NULL,
                                                        .pairs = 0,
                                                        .background = 0},
                              NULL),
                 PITH_OK);
    cr_assert_eq(learner_fit(&learner, NULL, &model, NULL), PITH_OK);
    for (size_t i = 0; i < 800; i++) {
        PITH_AUTO(features_clear) struct features features = {0};
        PITH_AUTO(paper_clear) struct paper paper;
        PITH_AUTO(tokens_free_p) struct tokens *words = NULL;
        PITH_AUTO(bytes_clear) struct bytes blob;
        paper_init(&paper);
        bytes_init(&blob, STORE_MAX_FEATURES);
        cr_assert_eq(store_get_paper(store, (int64_t)i + 1, &paper, NULL), PITH_OK);
        cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
        cr_assert_eq(features_derive(words, &paper, &blob, NULL), PITH_OK);
        cr_assert_eq(features_read(blob.data, blob.length, &features, NULL), PITH_OK);
        cr_assert_eq(model_weigh(model, &features, &row, NULL), PITH_OK);
        score[i] = model_score(model, &row);
        liked[i] = i % 2 == 0;
    }
    return metrics_ranking(score, liked, 800, scratch).auc;
}

Test(own_embedding, it_helps_where_no_table_has_seen_the_field)
{
    PITH_AUTO(store_close_p) struct store *store = open_store(testing_folder(), 800);
    PITH_AUTO(own_embedding_clear) struct own_embedding table = {0};
    size_t length;
    double alone = order_of(store);
    learn(store, &table, &length);
    testing_own = table.embedding;
    double with = order_of(store);
    testing_own = NULL;
    cr_expect_gt(alone, 0.5);
    cr_expect_gt(with, alone, "%f, and %f without", with, alone);
}
