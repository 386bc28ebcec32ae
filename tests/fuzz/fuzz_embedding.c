/* Any bytes as an embedding, once as they come and once with the check put right, or nothing but the seeds would ever
 * open: what opens has the length it says and knows each of its terms. */
#include "tests/fuzz/fuzz.h"

#include "models/embedding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 128, AT_CHECK = 112 };

/* ---- the check, by FORMAT.md ---- */

static uint64_t mix(uint64_t hash)
{
    hash = (hash ^ hash >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    hash = (hash ^ hash >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return hash ^ hash >> 33;
}

static void add_words(uint64_t lane[4], const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < (length + 31) / 32 * 4; i++) {
        uint64_t word = 0;
        for (size_t b = 8; b-- > 0;)
            word = word << 8 | (8 * i + b < length ? bytes[8 * i + b] : 0);
        word = (lane[i % 4] ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        lane[i % 4] = word << 29 | word >> 35;
    }
}

static void put_check(unsigned char *bytes, size_t length)
{
    uint64_t a[4] = {1, 2, 3, length}, half[2];
    add_words(a, bytes, AT_CHECK);
    add_words(a, bytes + HEAD, length - HEAD);
    half[0] = mix(a[0] + mix(a[1] + mix(a[2] + mix(a[3]))));
    half[1] = mix(a[3] + mix(a[2] + mix(a[1] + mix(~a[0]))));
    for (size_t b = 0; b < 16; b++)
        bytes[AT_CHECK + b] = (unsigned char)(half[b / 8] >> 8 * (b % 8));
}

static void check_places(const struct embedding *embedding, const unsigned char *bytes)
{
    uint32_t dims = embedding_dims(embedding);
    float sum[EMBEDDING_MAX_DIMS] = {0}, mean[EMBEDDING_MAX_DIMS] = {0};
    for (uint32_t i = 0; i < embedding_terms(embedding); i++) {
        uint64_t key = 0;
        for (int b = 7; b >= 0; b--)
            key = key << 8 | bytes[HEAD + 8 * (size_t)i + (size_t)b];
        uint64_t keys[2] = {key, key + 1};
        float weight[2] = {1, 1};
        HOLDS(embedding_find(embedding, key) == i);
        embedding_add(embedding, i, 1, sum);
        HOLDS(embedding_sum(embedding, keys, weight, 2, mean) >= 1);
    }
    embedding_unit(mean, dims);
    embedding_unit(sum, dims);
    embedding_centre(sum, mean, dims);
    HOLDS(strlen(embedding_name(embedding)) == EMBEDDING_NAME - 1);
}

static void try_bytes(const unsigned char *bytes, size_t size)
{
    struct pith_error error;
    struct embedding *embedding = NULL;
    enum pith_status status = embedding_open(bytes, size, &embedding, &error);
    fuzz_failed_well(status, PITH_CORRUPT, &error);
    HOLDS((status == PITH_OK) == (embedding != NULL));
    if (embedding)
        check_places(embedding, bytes);
    embedding_close(embedding);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char *bytes = malloc(size + 1); /* at a multiple of 8 */
    HOLDS(bytes);
    memcpy(bytes, data, size);
    try_bytes(bytes, size);
    if (size >= HEAD) {
        put_check(bytes, size);
        try_bytes(bytes, size);
    }
    free(bytes);
    return 0;
}
