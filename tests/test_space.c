#include "../models/space.h"

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

static const struct space_origin origin = {.method = SPACE_CONTRAST,
                                           .papers = 12345,
                                           .seed = 77,
                                           .first_day = 19000,
                                           .last_day = 20600,
                                           .trained_day = SPACE_NO_DAY,
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
    cr_assert_eq(space_make(&origin, made->key, made->vector, TERMS, DIMS, &made->bytes, &made->length, NULL), PITH_OK);
}

Test(space, a_table_reads_back_within_half_a_step)
{
    static struct made made;
    struct space *space;
    make(&made);
    cr_assert_eq(space_open(made.bytes, made.length, &space, NULL), PITH_OK);
    cr_assert_eq(space_dims(space), DIMS);
    cr_assert_eq(space_terms(space), TERMS);
    cr_assert_eq(strlen(space_name(space)), SPACE_NAME - 1);
    cr_assert_eq(memcmp(space_origin(space), &origin, sizeof origin), 0);
    for (int i = 0; i < TERMS; i++) {
        float sum[DIMS] = {0}, most = 0;
        cr_assert_neq(space_find(space, made.key[i]), SPACE_NO_TERM);
        space_add(space, space_find(space, made.key[i]), 2, sum);
        for (int d = 0; d < DIMS; d++)
            most = fmaxf(most, fabsf(made.vector[i * DIMS + d]));
        for (int d = 0; d < DIMS; d++)
            cr_assert_float_eq(sum[d], 2 * made.vector[i * DIMS + d], 1.01F * most / 127, "term %d, number %d", i, d);
    }
    space_close(space);
    free(made.bytes);
}

Test(space, an_unknown_term_is_not_found_and_adds_nothing)
{
    static struct made made;
    struct space *space;
    make(&made);
    cr_assert_eq(space_open(made.bytes, made.length, &space, NULL), PITH_OK);
    float sum[DIMS], weight[6] = {1, 1, 1, 1, 1, 1};
    uint64_t unknown[] = {0, 1, 2, UINT64_MAX, made.key[0] + 1, made.key[0] - 1};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        cr_assert_eq(space_find(space, unknown[i]), SPACE_NO_TERM);
    cr_assert_eq(space_sum(space, unknown, weight, 6, sum), 0);
    for (int d = 0; d < DIMS; d++)
        cr_assert_eq(sum[d], 0);
    space_close(space);
    free(made.bytes);
}

/* Any number of terms, known or not, as one by one. */
Test(space, a_sum_is_what_its_terms_add)
{
    static struct made made;
    struct space *space;
    make(&made);
    cr_assert_eq(space_open(made.bytes, made.length, &space, NULL), PITH_OK);
    for (size_t count = 0; count < 100; count++) {
        uint64_t key[100];
        float weight[100], sum[DIMS], expected[DIMS] = {0};
        size_t known = 0;
        for (size_t i = 0; i < count; i++) {
            key[i] = i % 5 == 3 ? draw() : made.key[draw() % TERMS];
            weight[i] = (float)(draw() >> 40) * 0x1p-20F;
            uint32_t term = space_find(space, key[i]);
            if (term == SPACE_NO_TERM)
                continue;
            known++;
            space_add(space, term, weight[i], expected);
        }
        cr_assert_eq(space_sum(space, key, weight, count, sum), known);
        cr_assert_eq(memcmp(sum, expected, sizeof sum), 0, "%zu terms", count);
    }
    space_close(space);
    free(made.bytes);
}

Test(space, places_have_unit_length_or_none)
{
    float sum[3] = {3, 0, 4}, nothing[3] = {0}, mean[3] = {0.6F, 0, 0};
    space_unit(sum, 3);
    cr_assert_float_eq(sum[0], 0.6F, 1e-7F);
    cr_assert_float_eq(sum[2], 0.8F, 1e-7F);
    space_centre(sum, mean, 3);
    cr_assert_float_eq(sum[0], 0, 1e-6F);
    cr_assert_float_eq(sum[2], 1, 1e-6F);
    space_unit(nothing, 3);
    cr_assert_eq(nothing[0], 0);
}

Test(space, a_kept_place_is_read_back_to_the_bit_or_not_at_all)
{
    static struct made made;
    struct space *space;
    float weight[2] = {1, 2}, place[DIMS], read[DIMS] = {42};
    make(&made);
    cr_assert_eq(space_open(made.bytes, made.length, &space, NULL), PITH_OK);
    space_sum(space, made.key, weight, 2, place);
    space_unit(place, DIMS);
    struct space_kept kept = {space_name(space), place, sizeof place};
    const struct space_kept none = {NULL, "", 0}, other = {"00000000000000000000000000000000", place, sizeof place},
                            cut = {space_name(space), place, sizeof place - 1};
    cr_expect_not(space_read_kept(space, NULL, read));
    cr_expect_not(space_read_kept(space, &none, read));
    cr_expect_not(space_read_kept(space, &other, read));
    cr_expect_not(space_read_kept(space, &cut, read));
    cr_expect_eq(read[0], 42, "untouched");
    cr_expect(space_read_kept(space, &kept, read));
    cr_expect_eq(memcmp(read, place, sizeof place), 0);
    static const float wrong[] = {NAN, INFINITY, 1, -2, 1e30F};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        place[3] = wrong[i];
        cr_expect_not(space_read_kept(space, &kept, read), "%f", (double)wrong[i]);
    }
    memset(place, 0, sizeof place);
    cr_expect_not(space_read_kept(space, &kept, read), "of no term");
    space_close(space);
    free(made.bytes);
}

Test(space, the_same_terms_in_any_order_make_the_same_table)
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
    cr_assert_eq(space_make(&origin, key, vector, TERMS, DIMS, &bytes, &length, NULL), PITH_OK);
    cr_assert_eq(length, made.length);
    cr_assert_eq(memcmp(bytes, made.bytes, length), 0);
    free(bytes);
    free(made.bytes);
}

/* One changed bit anywhere is told, and every cut. */
Test(space, damage_is_told)
{
    static struct made made;
    struct space *space = NULL;
    struct pith_error error;
    make(&made);
    for (size_t at = 0; at < made.length; at += at < 200 ? 1 : 37) {
        made.bytes[at] ^= (unsigned char)(1 << at % 8);
        cr_assert_eq(space_open(made.bytes, made.length, &space, &error), PITH_CORRUPT, "byte %zu", at);
        cr_assert_eq(error.status, PITH_CORRUPT);
        made.bytes[at] ^= (unsigned char)(1 << at % 8);
    }
    for (size_t length = 0; length < made.length; length += length < 300 ? 1 : 97)
        cr_assert_eq(space_open(made.bytes, length, &space, NULL), PITH_CORRUPT, "length %zu", length);
    cr_assert_null(space);
    cr_assert_eq(space_open(made.bytes, made.length, &space, NULL), PITH_OK);
    space_close(space);
    free(made.bytes);
}

Test(space, what_cannot_be_kept_is_refused)
{
    uint64_t key[3] = {5, 6, 7};
    float vector[3] = {1, 2, 3};
    unsigned char *bytes = NULL;
    size_t length;
    cr_assert_eq(space_make(&origin, key, vector, 0, 1, &bytes, &length, NULL), PITH_USAGE);
    cr_assert_eq(space_make(&origin, key, vector, 3, 0, &bytes, &length, NULL), PITH_USAGE);
    cr_assert_eq(space_make(&origin, key, vector, 1, SPACE_MAX_DIMS + 1, &bytes, &length, NULL), PITH_USAGE);
    cr_assert_eq(space_make(&origin, key, vector, space_most_terms(256) + 1, 256, &bytes, &length, NULL), PITH_USAGE);
    key[2] = 5;
    cr_assert_eq(space_make(&origin, key, vector, 3, 1, &bytes, &length, NULL), PITH_USAGE);
    key[2] = 0;
    cr_assert_eq(space_make(&origin, key, vector, 3, 1, &bytes, &length, NULL), PITH_USAGE);
    key[2] = 7;
    vector[1] = NAN;
    cr_assert_eq(space_make(&origin, key, vector, 3, 1, &bytes, &length, NULL), PITH_USAGE);
    cr_assert_null(bytes);
}

Test(space, a_full_table_is_within_the_limit)
{
    for (uint32_t dims = 1; dims <= SPACE_MAX_DIMS; dims *= 2) {
        size_t terms = space_most_terms(dims);
        cr_assert_leq(128 + terms * (12 + (size_t)dims), SPACE_MAX_BYTES);
        cr_assert_gt(128 + (terms + 1) * (12 + (size_t)dims), SPACE_MAX_BYTES);
    }
}
