#include "models/embedding.h"

#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Header (HEAD bytes): magic, version, dims, terms, method, papers, seed, first, last and trained day, corpus digest, zeros, and
 * the digest of all else. Then keys (u64, ascending), scales (float) and rows (int8), each for all terms. */
enum {
    HEAD = 128,
    AT_VERSION = 8,
    AT_DIMS = 12,
    AT_TERMS = 16,
    AT_METHOD = 20,
    AT_PAPERS = 24,
    AT_SEED = 32,
    AT_DAYS = 40,
    AT_CORPUS = 64,
    AT_CHECK = 112,
    CHECK = 16,
    EACH = 12,
    STEPS = 127,
    BUCKETS = 1 << 16,
    BUCKET_SHIFT = 48
};
static const char magic[8] = {'p', 'i', 't', 'h', 's', 'p', 'c', '\n'};

struct embedding {
    struct embedding_origin origin;
    uint32_t dims, terms;
    const unsigned char *key, *scale;
    const signed char *row;
    char name[EMBEDDING_NAME];
    uint32_t bucket[BUCKETS + 1]; /* where the keys of each beginning start */
};

static uint32_t get32(const unsigned char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return le32toh(value);
}

static uint64_t get64(const unsigned char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return le64toh(value);
}

static float get_float(const unsigned char *at)
{
    uint32_t bits = get32(at);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void put32(unsigned char *at, uint32_t value)
{
    value = htole32(value);
    memcpy(at, &value, sizeof value);
}

static void put64(unsigned char *at, uint64_t value)
{
    value = htole64(value);
    memcpy(at, &value, sizeof value);
}

/* MurmurHash3's finaliser. */
static uint64_t mix(uint64_t hash)
{
    hash = (hash ^ hash >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    hash = (hash ^ hash >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return hash ^ hash >> 33;
}

/* Four lanes of multiplying and turning over 32 bytes at a time, the end filled up with zeros: tells damage and names an embedding;
 * no defence against somebody who forges one. */
static void add_to_check(uint64_t lane[4], const unsigned char *bytes, size_t length)
{
    for (size_t at = 0; at < length; at += 32) {
        unsigned char last[32] = {0};
        const unsigned char *from = bytes + at;
        if (length - at < 32)
            from = memcpy(last, from, length - at);
        for (int i = 0; i < 4; i++) {
            uint64_t word = (lane[i] ^ get64(from + 8 * i)) * UINT64_C(0x9E3779B97F4A7C15);
            lane[i] = word << 29 | word >> 35;
        }
    }
}

static void make_check(const unsigned char *bytes, size_t length, unsigned char check[CHECK])
{
    uint64_t lane[4] = {1, 2, 3, length};
    add_to_check(lane, bytes, AT_CHECK);
    add_to_check(lane, bytes + HEAD, length - HEAD);
    put64(check, mix(lane[0] + mix(lane[1] + mix(lane[2] + mix(lane[3])))));
    put64(check + 8, mix(lane[3] + mix(lane[2] + mix(lane[1] + mix(~lane[0])))));
}

uint32_t embedding_most_terms(uint32_t dims)
{
    return (uint32_t)((EMBEDDING_MAX_BYTES - HEAD) / (EACH + (size_t)dims));
}

/* ---- reading ---- */

static void read_origin(const unsigned char *bytes, struct embedding_origin *origin)
{
    origin->method = get32(bytes + AT_METHOD);
    origin->papers = get32(bytes + AT_PAPERS);
    origin->seed = get64(bytes + AT_SEED);
    origin->first_day = (int32_t)get32(bytes + AT_DAYS);
    origin->last_day = (int32_t)get32(bytes + AT_DAYS + 4);
    origin->trained_day = (int32_t)get32(bytes + AT_DAYS + 8);
    memcpy(origin->corpus, bytes + AT_CORPUS, EMBEDDING_FINGERPRINT);
}

/* Keys ascend, scales are no surprise; fills the buckets. */
static bool read_terms(struct embedding *embedding)
{
    uint64_t before = 0;
    uint32_t bucket = 0;
    for (uint32_t i = 0; i < embedding->terms; i++) {
        uint64_t key = get64(embedding->key + 8 * (size_t)i);
        float scale = get_float(embedding->scale + 4 * (size_t)i);
        if (key <= before || !isfinite(scale) || scale < 0)
            return false;
        before = key;
        while (bucket <= key >> BUCKET_SHIFT)
            embedding->bucket[bucket++] = i;
    }
    while (bucket <= BUCKETS)
        embedding->bucket[bucket++] = embedding->terms;
    return true;
}

enum pith_status embedding_open(const void *bytes, size_t length, struct embedding **ret_embedding, struct pith_error *reterr)
{
    const unsigned char *at = bytes;
    unsigned char check[CHECK];
    if (length < HEAD || length > EMBEDDING_MAX_BYTES || memcmp(at, magic, sizeof magic) != 0)
        return pith_fail(reterr, PITH_CORRUPT, "this is no embedding");
    if (get32(at + AT_VERSION) != EMBEDDING_FORMAT)
        return pith_fail(reterr, PITH_CORRUPT, "the embedding is of an unknown format");
    uint32_t dims = get32(at + AT_DIMS), terms = get32(at + AT_TERMS);
    if (dims == 0 || dims > EMBEDDING_MAX_DIMS || terms == 0 || terms > embedding_most_terms(dims) ||
        length != HEAD + (size_t)terms * (EACH + (size_t)dims))
        return pith_fail(reterr, PITH_CORRUPT, "the embedding is not as long as its head says");
    make_check(at, length, check);
    PITH_AUTO(embedding_close_p) struct embedding *embedding = pith_calloc(1, sizeof *embedding);
    if (!embedding)
        return pith_no_memory(reterr);
    embedding->dims = dims;
    embedding->terms = terms;
    embedding->key = at + HEAD;
    embedding->scale = embedding->key + 8 * (size_t)terms;
    embedding->row = (const signed char *)embedding->scale + 4 * (size_t)terms;
    read_origin(at, &embedding->origin);
    if (memcmp(check, at + AT_CHECK, CHECK) != 0 || !read_terms(embedding))
        return pith_fail(reterr, PITH_CORRUPT, "the embedding is damaged");
    for (int i = 0; i < CHECK; i++)
        snprintf(embedding->name + 2 * i, 3, "%02x", check[i]);
    *ret_embedding = PITH_TAKE(embedding);
    return PITH_OK;
}

void embedding_close(struct embedding *embedding)
{
    free(embedding);
}

uint32_t embedding_dims(const struct embedding *embedding)
{
    return embedding->dims;
}

uint32_t embedding_terms(const struct embedding *embedding)
{
    return embedding->terms;
}

const struct embedding_origin *embedding_origin(const struct embedding *embedding)
{
    return &embedding->origin;
}

const char *embedding_name(const struct embedding *embedding)
{
    return embedding->name;
}

/* ---- places ---- */

static const double UNIT = 1e-4; /* a sum of rounded squares is as near to 1 */

enum { GROUP = 32, LINE = 64, BLOCK = 32 };

/* Rows of a group and what each counts. */
struct group {
    const signed char *row[GROUP];
    float factor[GROUP];
    size_t count;
};

typedef int32_t eight_wholes __attribute__((vector_size(32), aligned(1), may_alias));
typedef float eight_floats __attribute__((vector_size(32)));
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "byte k of a word of four columns is column k");

#ifdef __SANITIZE_THREAD__ /* it would watch what chooses the clone, too, which runs before the watch is ready */
#define WIDE_TOO
#else
#define WIDE_TOO __attribute__((target_clones("avx2", "default")))
#endif

/* 32 columns of all the group's rows, so that the sums stay in registers, wide ones where the processor has them. Four columns
 * are read as one whole number and shifted out of it, so total[k] holds columns k, k + 4, k + 8, … One product and one sum a
 * number, in the order of the rows: the result is the same everywhere. */
WIDE_TOO static void add_columns(const struct group *group, uint32_t from, float *sum)
{
    eight_floats a, b, c, d;
    for (int i = 0; i < 8; i++) {
        a[i] = sum[4 * i];
        b[i] = sum[4 * i + 1];
        c[i] = sum[4 * i + 2];
        d[i] = sum[4 * i + 3];
    }
    for (size_t i = 0; i < group->count; i++) {
        eight_wholes columns = *(const eight_wholes *)(group->row[i] + from);
        float factor = group->factor[i];
        a += factor * __builtin_convertvector(columns << 24 >> 24, eight_floats);
        b += factor * __builtin_convertvector(columns << 16 >> 24, eight_floats);
        c += factor * __builtin_convertvector(columns << 8 >> 24, eight_floats);
        d += factor * __builtin_convertvector(columns >> 24, eight_floats);
    }
    for (int i = 0; i < 8; i++) {
        sum[4 * i] = a[i];
        sum[4 * i + 1] = b[i];
        sum[4 * i + 2] = c[i];
        sum[4 * i + 3] = d[i];
    }
}

static void add_group(const struct embedding *embedding, const struct group *group, float *sum)
{
    uint32_t from = 0;
    for (; from + BLOCK <= embedding->dims; from += BLOCK)
        add_columns(group, from, sum + from);
    for (; from < embedding->dims; from++)
        for (size_t i = 0; i < group->count; i++)
            sum[from] += group->factor[i] * (float)group->row[i][from];
}

uint32_t embedding_find(const struct embedding *embedding, uint64_t key)
{
    uint32_t at = embedding->bucket[key >> BUCKET_SHIFT], end = embedding->bucket[(key >> BUCKET_SHIFT) + 1];
    while (at < end && get64(embedding->key + 8 * (size_t)at) < key)
        at++;
    return at < end && get64(embedding->key + 8 * (size_t)at) == key ? at : EMBEDDING_NO_TERM;
}

static void take_row(const struct embedding *embedding, uint32_t term, float weight, struct group *group)
{
    group->row[group->count] = embedding->row + (size_t)term * embedding->dims;
    group->factor[group->count++] = weight * get_float(embedding->scale + 4 * (size_t)term);
}

void embedding_add(const struct embedding *embedding, uint32_t term, float weight, float *sum)
{
    struct group group = {.count = 0};
    take_row(embedding, term, weight, &group);
    add_group(embedding, &group, sum);
}

/* A group of terms at a time: first where their keys start is asked for, then their rows, then they are added. */
size_t embedding_sum(const struct embedding *embedding, const uint64_t *key, const float *weight, size_t count, float *sum)
{
    size_t known = 0;
    memset(sum, 0, embedding->dims * sizeof *sum);
    for (size_t from = 0; from < count; from += GROUP) {
        size_t some = count - from < GROUP ? count - from : GROUP;
        uint32_t term[GROUP];
        struct group group = {.count = 0};
        for (size_t i = from; i < from + some; i++)
            __builtin_prefetch(embedding->key + 8 * (size_t)embedding->bucket[key[i] >> BUCKET_SHIFT]);
        for (size_t i = 0; i < some; i++) {
            term[i] = embedding_find(embedding, key[from + i]);
            if (term[i] == EMBEDDING_NO_TERM)
                continue;
            __builtin_prefetch(embedding->scale + 4 * (size_t)term[i]);
            for (uint32_t d = 0; d < embedding->dims; d += LINE)
                __builtin_prefetch(embedding->row + (size_t)term[i] * embedding->dims + d);
        }
        for (size_t i = 0; i < some; i++)
            if (term[i] != EMBEDDING_NO_TERM)
                take_row(embedding, term[i], weight[from + i], &group);
        add_group(embedding, &group, sum);
        known += group.count;
    }
    return known;
}

void embedding_unit(float *sum, uint32_t dims)
{
    double square = 0;
    for (uint32_t d = 0; d < dims; d++)
        square += (double)sum[d] * (double)sum[d];
    if (!(square > 0))
        return;
    float factor = (float)(1 / sqrt(square));
    for (uint32_t d = 0; d < dims; d++)
        sum[d] *= factor;
}

bool embedding_read_kept(const struct embedding *embedding, const struct embedding_kept *kept, float *place)
{
    float read[EMBEDDING_MAX_DIMS];
    double square = 0;
    if (!kept || !kept->table || strcmp(kept->table, embedding->name) != 0 || kept->length != embedding->dims * sizeof *read)
        return false;
    for (uint32_t d = 0; d < embedding->dims; d++) {
        read[d] = get_float((const unsigned char *)kept->bytes + d * sizeof *read);
        square += (double)read[d] * (double)read[d];
    }
    if (!(fabs(square - 1) < UNIT))
        return false;
    memcpy(place, read, embedding->dims * sizeof *read);
    return true;
}

void embedding_centre(float *place, const float *mean, uint32_t dims)
{
    for (uint32_t d = 0; d < dims; d++)
        place[d] -= mean[d];
    embedding_unit(place, dims);
}

/* ---- making ---- */

struct order {
    uint64_t key;
    uint32_t from;
};

static int by_key(const void *a, const void *b)
{
    uint64_t left = ((const struct order *)a)->key, right = ((const struct order *)b)->key;
    return left < right ? -1 : left > right;
}

/* The row in whole steps of its scale, which is returned; negative for a number that is none. */
static float round_row(const float *vector, uint32_t dims, unsigned char *row)
{
    float most = 0;
    for (uint32_t d = 0; d < dims; d++) {
        if (!isfinite(vector[d]))
            return -1;
        most = fmaxf(most, fabsf(vector[d]));
    }
    float scale = most / STEPS;
    for (uint32_t d = 0; d < dims; d++)
        row[d] = (unsigned char)(signed char)(scale > 0 ? lrintf(vector[d] / scale) : 0);
    return scale;
}

static void write_head(const struct embedding_origin *origin, uint32_t terms, uint32_t dims, unsigned char *bytes)
{
    memcpy(bytes, magic, sizeof magic);
    put32(bytes + AT_VERSION, EMBEDDING_FORMAT);
    put32(bytes + AT_DIMS, dims);
    put32(bytes + AT_TERMS, terms);
    put32(bytes + AT_METHOD, origin->method);
    put32(bytes + AT_PAPERS, origin->papers);
    put64(bytes + AT_SEED, origin->seed);
    put32(bytes + AT_DAYS, (uint32_t)origin->first_day);
    put32(bytes + AT_DAYS + 4, (uint32_t)origin->last_day);
    put32(bytes + AT_DAYS + 8, (uint32_t)origin->trained_day);
    memcpy(bytes + AT_CORPUS, origin->corpus, EMBEDDING_FINGERPRINT);
}

enum pith_status embedding_make(const struct embedding_origin *origin, const struct embedding_rows *from, unsigned char **ret_bytes,
                                size_t *ret_length, struct pith_error *reterr)
{
    uint32_t terms = from->terms, dims = from->dims;
    if (dims == 0 || dims > EMBEDDING_MAX_DIMS || terms == 0 || terms > embedding_most_terms(dims))
        return pith_fail(reterr, PITH_USAGE, "an embedding of %u terms in %u dimensions is past the limits", terms, dims);
    size_t length = HEAD + (size_t)terms * (EACH + (size_t)dims);
    PITH_AUTO(pith_free_p) unsigned char *bytes = pith_calloc(length, 1);
    PITH_AUTO(pith_free_p) struct order *order = pith_calloc(terms, sizeof *order);
    if (!bytes || !order)
        return pith_no_memory(reterr);
    for (uint32_t i = 0; i < terms; i++)
        order[i] = (struct order){from->key[i], i};
    qsort(order, terms, sizeof *order, by_key);
    unsigned char *keys = bytes + HEAD, *scales = keys + 8 * (size_t)terms, *rows = scales + 4 * (size_t)terms;
    write_head(origin, terms, dims, bytes);
    for (uint32_t i = 0; i < terms; i++) {
        float scale = round_row(from->vector + (size_t)order[i].from * dims, dims, rows + (size_t)i * dims);
        uint32_t bits;
        memcpy(&bits, &scale, sizeof bits);
        if (scale < 0 || order[i].key == 0 || (i && order[i - 1].key == order[i].key))
            return pith_fail(reterr, PITH_USAGE, "term %u has no number of its own, or one that is no number", order[i].from);
        put64(keys + 8 * (size_t)i, order[i].key);
        put32(scales + 4 * (size_t)i, bits);
    }
    make_check(bytes, length, bytes + AT_CHECK);
    *ret_bytes = PITH_TAKE(bytes);
    *ret_length = length;
    return PITH_OK;
}
