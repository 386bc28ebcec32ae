#include "models/embedding.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS = 300, DIMS = 24 };

static uint64_t state = 7;

static uint64_t draw(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state;
}

static const struct embedding_origin origin = {.method = EMBEDDING_CONTRAST,
                                               .papers = 12345,
                                               .seed = 77,
                                               .first_day = 19000,
                                               .last_day = 20600,
                                               .trained_day = EMBEDDING_NO_DAY,
                                               .corpus = {1, 2, 255}};

struct made {
    uint64_t key[TERMS];
    float vector[TERMS * DIMS];
    unsigned char *bytes;
    size_t length;
};

static void make(struct made *made)
{
    for (int i = 0; i < TERMS; i++)
        made->key[i] = draw() | 1;
    for (int i = 0; i < TERMS * DIMS; i++)
        made->vector[i] = (float)((double)(draw() >> 11) * 0x1p-52 - 1);
    memset(made->vector + 5 * DIMS, 0, DIMS * sizeof(float));
    cr_assert_eq(
        embedding_make(&origin, &(struct embedding_rows){made->key, made->vector, TERMS, DIMS}, &made->bytes, &made->length, NULL),
        PITH_OK);
}

Test(embedding, a_table_reads_back_within_half_a_step)
{
    static struct made made;
    struct embedding *embedding;
    make(&made);
    cr_assert_eq(embedding_open(made.bytes, made.length, &embedding, NULL), PITH_OK);
    cr_assert_eq(embedding_dims(embedding), DIMS);
    cr_assert_eq(embedding_terms(embedding), TERMS);
    cr_assert_eq(strlen(embedding_name(embedding)), EMBEDDING_NAME - 1);
    cr_assert_eq(memcmp(embedding_origin(embedding), &origin, sizeof origin), 0);
    for (int i = 0; i < TERMS; i++) {
        float sum[DIMS] = {0}, most = 0;
        cr_assert_neq(embedding_find(embedding, made.key[i]), EMBEDDING_NO_TERM);
        embedding_add(embedding, embedding_find(embedding, made.key[i]), 2, sum);
        for (int d = 0; d < DIMS; d++)
            most = fmaxf(most, fabsf(made.vector[i * DIMS + d]));
        for (int d = 0; d < DIMS; d++)
            cr_assert_float_eq(sum[d], 2 * made.vector[i * DIMS + d], 1.01F * most / 127, "term %d, number %d", i, d);
    }
    embedding_close(embedding);
    free(made.bytes);
}

Test(embedding, an_unknown_term_is_not_found_and_adds_nothing)
{
    static struct made made;
    struct embedding *embedding;
    make(&made);
    cr_assert_eq(embedding_open(made.bytes, made.length, &embedding, NULL), PITH_OK);
    float sum[DIMS], weight[6] = {1, 1, 1, 1, 1, 1};
    uint64_t unknown[] = {0, 1, 2, UINT64_MAX, made.key[0] + 1, made.key[0] - 1};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        cr_assert_eq(embedding_find(embedding, unknown[i]), EMBEDDING_NO_TERM);
    cr_assert_eq(embedding_sum(embedding, unknown, weight, 6, sum), 0);
    for (int d = 0; d < DIMS; d++)
        cr_assert_eq(sum[d], 0);
    embedding_close(embedding);
    free(made.bytes);
}

/* Any number of terms, known or not, as one by one. */
Test(embedding, a_sum_is_what_its_terms_add)
{
    static struct made made;
    struct embedding *embedding;
    make(&made);
    cr_assert_eq(embedding_open(made.bytes, made.length, &embedding, NULL), PITH_OK);
    for (size_t count = 0; count < 100; count++) {
        uint64_t key[100];
        float weight[100], sum[DIMS], expected[DIMS] = {0};
        size_t known = 0;
        for (size_t i = 0; i < count; i++) {
            key[i] = i % 5 == 3 ? draw() : made.key[draw() % TERMS];
            weight[i] = (float)(draw() >> 40) * 0x1p-20F;
            uint32_t term = embedding_find(embedding, key[i]);
            if (term == EMBEDDING_NO_TERM)
                continue;
            known++;
            embedding_add(embedding, term, weight[i], expected);
        }
        cr_assert_eq(embedding_sum(embedding, key, weight, count, sum), known);
        cr_assert_eq(memcmp(sum, expected, sizeof sum), 0, "%zu terms", count);
    }
    embedding_close(embedding);
    free(made.bytes);
}

Test(embedding, places_have_unit_length_or_none)
{
    float sum[3] = {3, 0, 4}, nothing[3] = {0}, mean[3] = {0.6F, 0, 0};
    embedding_unit(sum, 3);
    cr_assert_float_eq(sum[0], 0.6F, 1e-7F);
    cr_assert_float_eq(sum[2], 0.8F, 1e-7F);
    embedding_centre(sum, mean, 3);
    cr_assert_float_eq(sum[0], 0, 1e-6F);
    cr_assert_float_eq(sum[2], 1, 1e-6F);
    embedding_unit(nothing, 3);
    cr_assert_eq(nothing[0], 0);
}

Test(embedding, a_kept_place_is_read_back_to_the_bit_or_not_at_all)
{
    static struct made made;
    struct embedding *embedding;
    float weight[2] = {1, 2}, place[DIMS], read[DIMS] = {42};
    make(&made);
    cr_assert_eq(embedding_open(made.bytes, made.length, &embedding, NULL), PITH_OK);
    embedding_sum(embedding, made.key, weight, 2, place);
    embedding_unit(place, DIMS);
    struct embedding_kept kept = {embedding_name(embedding), place, sizeof place};
    const struct embedding_kept none = {NULL, "", 0}, other = {"00000000000000000000000000000000", place, sizeof place},
                                cut = {embedding_name(embedding), place, sizeof place - 1};
    cr_expect_not(embedding_read_kept(embedding, NULL, read));
    cr_expect_not(embedding_read_kept(embedding, &none, read));
    cr_expect_not(embedding_read_kept(embedding, &other, read));
    cr_expect_not(embedding_read_kept(embedding, &cut, read));
    cr_expect_eq(read[0], 42, "untouched");
    cr_expect(embedding_read_kept(embedding, &kept, read));
    cr_expect_eq(memcmp(read, place, sizeof place), 0);
    static const float wrong[] = {NAN, INFINITY, 1, -2, 1e30F};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        place[3] = wrong[i];
        cr_expect_not(embedding_read_kept(embedding, &kept, read), "%f", (double)wrong[i]);
    }
    memset(place, 0, sizeof place);
    cr_expect_not(embedding_read_kept(embedding, &kept, read), "of no term");
    embedding_close(embedding);
    free(made.bytes);
}

Test(embedding, the_same_terms_in_any_order_make_the_same_table)
{
    static struct made made;
    static uint64_t key[TERMS];
    static float vector[TERMS * DIMS];
    unsigned char *bytes;
    size_t length;
    make(&made);
    for (int i = 0; i < TERMS; i++) {
        key[i] = made.key[TERMS - 1 - i];
        memcpy(vector + i * DIMS, made.vector + (TERMS - 1 - i) * DIMS, DIMS * sizeof(float));
    }
    cr_assert_eq(embedding_make(&origin, &(struct embedding_rows){key, vector, TERMS, DIMS}, &bytes, &length, NULL), PITH_OK);
    cr_assert_eq(length, made.length);
    cr_assert_eq(memcmp(bytes, made.bytes, length), 0);
    free(bytes);
    free(made.bytes);
}

/* One changed bit anywhere is told, and every cut. */
Test(embedding, damage_is_told)
{
    static struct made made;
    struct embedding *embedding = NULL;
    struct pith_error error;
    make(&made);
    for (size_t at = 0; at < made.length; at += at < 200 ? 1 : 37) {
        made.bytes[at] ^= (unsigned char)(1 << at % 8);
        cr_assert_eq(embedding_open(made.bytes, made.length, &embedding, &error), PITH_CORRUPT, "byte %zu", at);
        cr_assert_eq(error.status, PITH_CORRUPT);
        made.bytes[at] ^= (unsigned char)(1 << at % 8);
    }
    for (size_t length = 0; length < made.length; length += length < 300 ? 1 : 97)
        cr_assert_eq(embedding_open(made.bytes, length, &embedding, NULL), PITH_CORRUPT, "length %zu", length);
    cr_assert_null(embedding);
    cr_assert_eq(embedding_open(made.bytes, made.length, &embedding, NULL), PITH_OK);
    embedding_close(embedding);
    free(made.bytes);
}

Test(embedding, what_cannot_be_kept_is_refused)
{
    uint64_t key[3] = {5, 6, 7};
    float vector[3] = {1, 2, 3};
    unsigned char *bytes = NULL;
    size_t length;
    cr_assert_eq(embedding_make(&origin, &(struct embedding_rows){key, vector, 0, 1}, &bytes, &length, NULL), PITH_USAGE);
    cr_assert_eq(embedding_make(&origin, &(struct embedding_rows){key, vector, 3, 0}, &bytes, &length, NULL), PITH_USAGE);
    cr_assert_eq(embedding_make(&origin, &(struct embedding_rows){key, vector, 1, EMBEDDING_MAX_DIMS + 1}, &bytes, &length, NULL),
                 PITH_USAGE);
    cr_assert_eq(
        embedding_make(&origin, &(struct embedding_rows){key, vector, embedding_most_terms(256) + 1, 256}, &bytes, &length, NULL),
        PITH_USAGE);
    key[2] = 5;
    cr_assert_eq(embedding_make(&origin, &(struct embedding_rows){key, vector, 3, 1}, &bytes, &length, NULL), PITH_USAGE);
    key[2] = 0;
    cr_assert_eq(embedding_make(&origin, &(struct embedding_rows){key, vector, 3, 1}, &bytes, &length, NULL), PITH_USAGE);
    key[2] = 7;
    vector[1] = NAN;
    cr_assert_eq(embedding_make(&origin, &(struct embedding_rows){key, vector, 3, 1}, &bytes, &length, NULL), PITH_USAGE);
    cr_assert_null(bytes);
}

Test(embedding, a_full_table_is_within_the_limit)
{
    for (uint32_t dims = 1; dims <= EMBEDDING_MAX_DIMS; dims *= 2) {
        size_t terms = embedding_most_terms(dims);
        cr_assert_leq(128 + terms * (12 + (size_t)dims), EMBEDDING_MAX_BYTES);
        cr_assert_gt(128 + (terms + 1) * (12 + (size_t)dims), EMBEDDING_MAX_BYTES);
    }
}
