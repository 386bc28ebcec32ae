#include "engine/intake/import.h"
#include "engine/learning/embedding_fit.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

static struct store *make_store(unsigned per_topic)
{
    struct store *store = NULL;
    struct pith_import_report report;
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(per_topic, &length);
    cr_assert_eq(store_open(testing_folder(), true, &store, NULL), PITH_OK);
    if (per_topic)
        cr_assert_eq(
            import_bytes(store, lines, length, &(struct import_options){.today = 0, .embedding = testing_shipped}, &report, NULL),
            PITH_OK);
    return store;
}

static struct embedding_fit measure(struct store *store, const struct embedding *embedding)
{
    struct embedding_fit fitness;
    struct pith_error error;
    cr_assert_eq(embedding_fit_measure(store, embedding, &fitness, &error), PITH_OK, "%s", error.message);
    return fitness;
}

Test(fitness, a_table_of_the_field_finds_abstracts_better)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(50);
    struct embedding_fit knows = measure(store, testing_embedding(true)), does_not = measure(store, testing_embedding(false));
    cr_assert_eq(knows.papers, 200);
    cr_assert_eq(knows.pairs, 100);
    cr_expect_gt(knows.reciprocal_rank, 2 * does_not.reciprocal_rank);
    cr_expect_leq(knows.reciprocal_rank, 1);
    cr_expect_gt(does_not.reciprocal_rank, 0);
}

/* The mean of unit places lies within the unit ball; where all papers stand in one place, near its rim. */
Test(fitness, the_mean_is_that_of_places)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(50);
    struct embedding_fit knows = measure(store, testing_embedding(true)), does_not = measure(store, testing_embedding(false));
    double apart = 0, together = 0;
    for (uint32_t d = 0; d < embedding_dims(testing_embedding(true)); d++) {
        apart += (double)(knows.mean[d] * knows.mean[d]);
        together += (double)(does_not.mean[d] * does_not.mean[d]);
    }
    cr_expect_lt(apart, 0.8);
    cr_expect_float_eq(together, 1, 0.02);
}

Test(fitness, an_empty_store_says_nothing)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(0);
    struct embedding_fit fitness = measure(store, testing_embedding(true));
    cr_expect(fitness.papers == 0 && fitness.pairs == 0 && fitness.reciprocal_rank == 0);
}

Test(fitness, the_same_store_gives_the_same_numbers)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(30);
    struct embedding_fit first = measure(store, testing_embedding(true)), again = measure(store, testing_embedding(true));
    cr_expect_eq(first.reciprocal_rank, again.reciprocal_rank);
    for (uint32_t d = 0; d < embedding_dims(testing_embedding(true)); d++)
        cr_expect_eq(first.mean[d], again.mean[d]);
}
