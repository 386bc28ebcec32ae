#include "engine/learning/embedding_learn.h"

#include "engine/crypto/vault.h"
#include "engine/papers/paper_features.h"
#include "models/embedding.h"
#include "models/lsa.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FIRST_SLOTS = 1 << 16,
    MOST_SLOTS = 1 << 25,
    LEAST_WORD = 3,
    LEAST_BIGRAM = 8,
    MOST_SHARE = 5 /* a term in every fifth paper tells nothing */
};

struct slot {
    uint64_t key;
    uint32_t papers; /* with it */
    uint32_t column; /* UINT32_MAX: not learnt */
    bool bigram;
};

struct own {
    struct slot *slot;
    size_t slots, used;
    size_t papers;
    struct features features;
    struct sparse rows;
    struct cell {
        uint32_t column;
        double value;
    } * cell;
    size_t cell_cap;
    uint32_t *column;
    double *value;
    size_t column_cap, value_cap;
    uint64_t *key; /* by column */
    uint32_t terms;
};

static void own_clear(struct own *own)
{
    free(own->slot);
    free(own->cell);
    free(own->column);
    free(own->value);
    free(own->key);
    features_clear(&own->features);
    sparse_clear(&own->rows);
}

static struct slot *find(struct own *own, uint64_t key)
{
    size_t at = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (own->slots - 1);
    while (own->slot[at].key && own->slot[at].key != key)
        at = (at + 1) & (own->slots - 1);
    return &own->slot[at];
}

/* A table twice as large, once three in four slots are taken. */
static enum pith_status grow(struct own *own, struct pith_error *reterr)
{
    if (own->slots && own->used < own->slots / 4 * 3)
        return PITH_OK;
    size_t slots = own->slots ? 2 * own->slots : FIRST_SLOTS;
    struct slot *before = own->slot, *larger = slots > MOST_SLOTS ? NULL : pith_calloc(slots, sizeof *larger);
    size_t count = own->slots;
    if (!larger)
        return pith_no_memory(reterr);
    own->slot = larger;
    own->slots = slots;
    for (size_t i = 0; i < count; i++)
        if (before[i].key)
            *find(own, before[i].key) = before[i];
    free(before);
    return PITH_OK;
}

static bool is_term(const struct feature *feature)
{
    return feature->view == VIEW_WORD || feature->view == VIEW_BIGRAM;
}

static enum pith_status count_paper(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct own *own = user;
    enum pith_status status = features_read(row->features, row->features_length, &own->features, reterr);
    own->papers += !status;
    for (size_t i = 0; !status && i < own->features.count; i++) {
        const struct feature *feature = &own->features.item[i];
        if (!is_term(feature))
            continue;
        status = grow(own, reterr);
        if (status)
            break;
        struct slot *slot = find(own, feature->key);
        own->used += slot->key == 0;
        slot->key = feature->key;
        slot->bigram = feature->view == VIEW_BIGRAM;
        slot->papers++;
    }
    return status;
}

static bool is_telling(const struct own *own, const struct slot *slot)
{
    return slot->key && slot->papers >= (slot->bigram ? LEAST_BIGRAM : LEAST_WORD) && slot->papers <= own->papers / MOST_SHARE;
}

static int by_papers(const void *a, const void *b)
{
    const struct slot *left = *(struct slot *const *)a, *right = *(struct slot *const *)b;
    if (left->papers != right->papers)
        return left->papers > right->papers ? -1 : 1;
    return left->key < right->key ? -1 : left->key > right->key;
}

/* The terms that stand in most papers, as many as an embedding takes, each a column. */
static enum pith_status choose_terms(struct own *own, struct pith_error *reterr)
{
    size_t telling = 0, most = embedding_most_terms(EMBEDDING_LEARN_DIMS);
    PITH_AUTO(pith_free_p) struct slot **chosen = pith_calloc(own->slots, sizeof *chosen);
    if (!chosen)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < own->slots; i++) {
        own->slot[i].column = UINT32_MAX;
        if (is_telling(own, &own->slot[i]))
            chosen[telling++] = &own->slot[i];
    }
    if (telling)
        qsort(chosen, telling, sizeof *chosen, by_papers);
    own->terms = (uint32_t)(telling < most ? telling : most);
    own->key = pith_calloc(own->terms, sizeof *own->key);
    if (!own->key)
        return pith_no_memory(reterr);
    for (uint32_t i = 0; i < own->terms; i++) {
        chosen[i]->column = i;
        own->key[i] = chosen[i]->key;
    }
    return PITH_OK;
}

static double rarity(const struct own *own, const struct slot *slot)
{
    return log((double)own->papers / slot->papers);
}

static int by_column(const void *a, const void *b)
{
    uint32_t left = ((const struct cell *)a)->column, right = ((const struct cell *)b)->column;
    return left < right ? -1 : left > right;
}

static enum pith_status add_row(struct own *own, size_t count, double square, struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&own->column, &own->column_cap, count + 1, sizeof *own->column, 1 << 20, reterr);
    if (!status)
        status = pith_grow(&own->value, &own->value_cap, count + 1, sizeof *own->value, 1 << 20, reterr);
    if (status)
        return status;
    if (count)
        qsort(own->cell, count, sizeof *own->cell, by_column);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept && own->column[kept - 1] == own->cell[i].column) /* in a damaged blob only */
            continue;
        own->column[kept] = own->cell[i].column;
        own->value[kept++] = own->cell[i].value / sqrt(square);
    }
    return sparse_add_row(&own->rows, own->column, own->value, kept, reterr);
}

static enum pith_status weigh_paper(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct own *own = user;
    size_t count = 0;
    double square = 0;
    enum pith_status status = features_read(row->features, row->features_length, &own->features, reterr);
    if (!status)
        status = pith_grow(&own->cell, &own->cell_cap, own->features.count + 1, sizeof *own->cell, 1 << 20, reterr);
    for (size_t i = 0; !status && i < own->features.count; i++) {
        const struct feature *feature = &own->features.item[i];
        const struct slot *slot = is_term(feature) ? find(own, feature->key) : NULL;
        if (!slot || !slot->key || slot->column == UINT32_MAX)
            continue;
        double value = sqrt(2.0 * feature->title + feature->body) * rarity(own, slot);
        own->cell[count++] = (struct cell){slot->column, value};
        square += value * value;
    }
    return status || !count ? status : add_row(own, count, square, reterr);
}

/* ---- files of the home ---- */

static enum pith_status path_of(const char *home, const char *name, char path[PATH_MAX], struct pith_error *reterr)
{
    int length = snprintf(path, PATH_MAX, "%s/%s", home, name);
    return length > 0 && length < PATH_MAX ? PITH_OK : pith_fail(reterr, PITH_USAGE, "the home folder's name is too long");
}

static bool put_all(int file, const void *bytes, size_t length)
{
    const unsigned char *from = bytes;
    for (size_t at = 0; at < length;) {
        ssize_t put = write(file, from + at, length - at);
        if (put < 0 && errno != EINTR)
            return false;
        at += put > 0 ? (size_t)put : 0;
    }
    return true;
}

/* Puts head and body in the place of a file of the home, once they are on the disk as a whole. */
static enum pith_status replace_file(const char *home, const char *name, const void *head, size_t head_length, const void *body,
                                     size_t length, struct pith_error *reterr)
{
    char path[PATH_MAX], temporary[PATH_MAX], beside[64];
    snprintf(beside, sizeof beside, "%s.new", name);
    enum pith_status status = path_of(home, name, path, reterr);
    if (!status)
        status = path_of(home, beside, temporary, reterr);
    if (status)
        return status;
    int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool whole = file >= 0 && put_all(file, head, head_length) && put_all(file, body, length) && fsync(file) == 0;
    int cause = errno;
    if (file >= 0)
        close(file);
    errno = cause;
    if (whole && rename(temporary, path) == 0)
        return PITH_OK;
    cause = errno;
    unlink(temporary);
    return pith_fail(reterr, PITH_IO, "%s could not be written: %s", path, strerror(cause));
}

/* ---- the sketch: how far learning got ---- */

enum { SKETCH_HEAD = 56, SKETCH_OF = 24, SKETCH_CHECK = 40, DIGEST = 16, SKETCH_VERSION = 1 };
static const char sketch_name[] = "learned.sketch", sketch_magic[8] = {'p', 'i', 't', 'h', 's', 'k', 't', '\n'};

struct watched { /* one run of learning */
    const char *home;
    unsigned char of[DIGEST]; /* of all that the numbers follow from */
    size_t numbers;           /* in a sketch */
    double *sketch;           /* what an earlier run left, or NULL */
    uint32_t powers;
    void (*progress)(void *user, size_t done, size_t all);
    void *user;
};

static void watched_clear(struct watched *watched)
{
    free(watched->sketch);
}

static void digest_rows(const struct sparse *rows, uint64_t seed, unsigned char of[DIGEST])
{
    unsigned char all[3 * DIGEST + sizeof seed];
    size_t values = rows->start[rows->rows];
    vault_hash16(rows->start, (rows->rows + 1) * sizeof *rows->start, all);
    vault_hash16(rows->column, values * sizeof *rows->column, all + DIGEST);
    vault_hash16(rows->value, values * sizeof *rows->value, all + 2 * DIGEST);
    memcpy(all + 3 * DIGEST, &seed, sizeof seed);
    vault_hash16(all, sizeof all, of);
}

static void make_sketch_head(const struct watched *watched, uint32_t powers, const double *sketch, unsigned char head[SKETCH_HEAD])
{
    const uint32_t version = SKETCH_VERSION;
    const uint64_t numbers = watched->numbers;
    memcpy(head, sketch_magic, sizeof sketch_magic);
    memcpy(head + 8, &version, sizeof version);
    memcpy(head + 12, &powers, sizeof powers);
    memcpy(head + 16, &numbers, sizeof numbers);
    memcpy(head + SKETCH_OF, watched->of, DIGEST);
    unsigned char both[SKETCH_CHECK + DIGEST];
    memcpy(both, head, SKETCH_CHECK);
    vault_hash16(sketch, watched->numbers * sizeof *sketch, both + SKETCH_CHECK);
    vault_hash16(both, sizeof both, head + SKETCH_CHECK);
}

/* One that cannot be written costs the next run its time, and this one nothing. */
static void keep_sketch(void *user, uint32_t powers, const double *sketch)
{
    const struct watched *watched = user;
    unsigned char head[SKETCH_HEAD];
    if (!watched->home)
        return;
    make_sketch_head(watched, powers, sketch, head);
    replace_file(watched->home, sketch_name, head, sizeof head, sketch, watched->numbers * sizeof *sketch, NULL);
}

static bool get_all(int file, void *to, size_t length)
{
    unsigned char *into = to;
    for (size_t at = 0; at < length;) {
        ssize_t got = read(file, into + at, length - at);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        at += got > 0 ? (size_t)got : 0;
    }
    return true;
}

/* Takes up what an earlier run left, if it is whole and of the same papers and seed. */
static enum pith_status find_sketch(struct watched *watched, struct pith_error *reterr)
{
    char path[PATH_MAX];
    unsigned char head[SKETCH_HEAD], wanted[SKETCH_HEAD];
    PITH_AUTO(pith_free_p) double *sketch = NULL;
    if (!watched->home)
        return PITH_OK;
    enum pith_status status = path_of(watched->home, sketch_name, path, reterr);
    int file = status ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return status;
    uint32_t powers = 0;
    bool whole = get_all(file, head, sizeof head) && memcmp(head + SKETCH_OF, watched->of, DIGEST) == 0;
    if (whole) {
        sketch = pith_calloc(watched->numbers, sizeof *sketch);
        whole = sketch && get_all(file, sketch, watched->numbers * sizeof *sketch);
        memcpy(&powers, head + 12, sizeof powers);
    }
    close(file);
    if (whole)
        make_sketch_head(watched, powers, sketch, wanted);
    if (whole && powers <= LSA_POWER && memcmp(head, wanted, sizeof head) == 0) {
        watched->sketch = PITH_TAKE(sketch);
        watched->powers = powers;
    }
    return PITH_OK;
}

static void drop_sketch(const char *home)
{
    char path[PATH_MAX];
    if (path_of(home, sketch_name, path, NULL) == PITH_OK)
        unlink(path);
}

static void tell_watched(void *user, size_t done, size_t all)
{
    const struct watched *watched = user;
    if (watched->progress)
        watched->progress(watched->user, done, all);
}

static enum pith_status learn_vectors(struct own *own, uint64_t seed, struct watched *watched, float *vector,
                                      struct pith_error *reterr)
{
    watched->numbers = own->rows.rows * (EMBEDDING_LEARN_DIMS + LSA_EXTRA);
    if (own->rows.rows)
        digest_rows(&own->rows, seed, watched->of);
    enum pith_status status = own->rows.rows ? find_sketch(watched, reterr) : PITH_OK;
    const struct lsa_watch watch = {tell_watched, keep_sketch, watched, watched->sketch, watched->powers};
    return status ? status : lsa_learn(&own->rows, EMBEDDING_LEARN_DIMS, seed, &watch, vector, reterr);
}

/* ---- the embedding ---- */

/* Rarity is folded into a term's vector: a place is then a sum over counts alone. */
static enum pith_status make_embedding(struct own *own, uint64_t seed, int32_t today, struct watched *watched,
                                       unsigned char **ret_bytes, size_t *ret_length, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) float *vector = pith_calloc((size_t)own->terms * EMBEDDING_LEARN_DIMS, sizeof *vector);
    if (!vector)
        return pith_no_memory(reterr);
    enum pith_status status = learn_vectors(own, seed, watched, vector, reterr);
    for (uint32_t i = 0; !status && i < own->terms; i++) {
        double scale = rarity(own, find(own, own->key[i]));
        for (uint32_t d = 0; d < EMBEDDING_LEARN_DIMS; d++)
            vector[(size_t)i * EMBEDDING_LEARN_DIMS + d] *= (float)scale;
    }
    const struct embedding_origin origin = {.method = EMBEDDING_LSA,
                                            .papers = (uint32_t)own->papers,
                                            .seed = seed,
                                            .first_day = EMBEDDING_NO_DAY,
                                            .last_day = EMBEDDING_NO_DAY,
                                            .trained_day = today};
    return status ? status
                  : embedding_make(&origin, &(struct embedding_rows){own->key, vector, own->terms, EMBEDDING_LEARN_DIMS}, ret_bytes,
                                   ret_length, reterr);
}

enum pith_status embedding_learn(struct store *store, const struct embedding_learn_options *options, unsigned char **ret_bytes,
                                 size_t *ret_length, struct pith_error *reterr)
{
    PITH_AUTO(own_clear) struct own own = {.papers = 0};
    PITH_AUTO(watched_clear) struct watched watched = {.home = options->home, .progress = options->progress, .user = options->user};
    enum pith_status status = store_each_features(store, EMBEDDING_LEARN_MOST, count_paper, &own, reterr);
    if (!status && own.papers < options->least)
        status = pith_fail(reterr, PITH_NOT_FOUND, "%zu papers are too few to learn from: it takes %zu", own.papers,
                           options->least);
    if (!status)
        status = choose_terms(&own, reterr);
    if (status)
        return status;
    sparse_init(&own.rows, own.terms);
    status = store_each_features(store, EMBEDDING_LEARN_MOST, weigh_paper, &own, reterr);
    return status ? status : make_embedding(&own, options->seed, options->today, &watched, ret_bytes, ret_length, reterr);
}

/* ---- the file ---- */

void own_embedding_clear(struct own_embedding *own)
{
    if (own->embedding)
        embedding_close(own->embedding);
    free(own->bytes);
    *own = (struct own_embedding){0};
}

/* All of an open file, at most EMBEDDING_MAX_BYTES; *ret_length 0 for a larger one. */
static enum pith_status read_file(int file, unsigned char **ret_bytes, size_t *ret_length, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) unsigned char *bytes = pith_calloc(EMBEDDING_MAX_BYTES + 1, 1);
    size_t length = 0;
    if (!bytes)
        return pith_no_memory(reterr);
    for (ssize_t got = 1; got > 0 && length <= EMBEDDING_MAX_BYTES; length += (size_t)got) {
        do
            got = read(file, bytes + length, EMBEDDING_MAX_BYTES + 1 - length);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            return pith_fail(reterr, PITH_IO, "learned.space could not be read: %s", strerror(errno));
    }
    *ret_length = length <= EMBEDDING_MAX_BYTES ? length : 0;
    *ret_bytes = PITH_TAKE(bytes);
    return PITH_OK;
}

enum pith_status own_embedding_load(const char *home, struct own_embedding *ret_own, struct pith_error *reterr)
{
    PITH_AUTO(own_embedding_clear) struct own_embedding own = {0};
    char path[PATH_MAX];
    size_t length = 0;
    *ret_own = own;
    enum pith_status status = path_of(home, "learned.space", path, reterr);
    if (status)
        return status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno == ENOENT ? PITH_OK : pith_fail(reterr, PITH_IO, "%s could not be opened: %s", path, strerror(errno));
    status = read_file(file, &own.bytes, &length, reterr);
    close(file);
    if (status)
        return status;
    if (embedding_open(own.bytes, length, &own.embedding, NULL))
        return PITH_OK;
    *ret_own = own;
    own = (struct own_embedding){0};
    return PITH_OK;
}

enum pith_status own_embedding_save(const char *home, const unsigned char *bytes, size_t length, struct pith_error *reterr)
{
    enum pith_status status = replace_file(home, "learned.space", NULL, 0, bytes, length, reterr);
    if (!status)
        drop_sketch(home);
    return status;
}
