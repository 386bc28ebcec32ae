#include "models/contrastive.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 11;

static uint64_t draw(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state >> 33;
}

static float draw_number(void) /* in [-1, 1) */
{
    return (float)draw() / (float)(1 << 30) - 1;
}

/* ---- slopes against differences ---- */

enum { TERMS = 12, DIMS = 5, PAIRS = 6 };

struct example {
    float vector[TERMS * DIMS], weight[TERMS], scale;
    size_t left_start[PAIRS + 1], right_start[PAIRS + 1];
    uint32_t left[64], right[64];
};

static void make_example(struct example *example)
{
    for (int i = 0; i < TERMS * DIMS; i++)
        example->vector[i] = draw_number();
    for (int i = 0; i < TERMS; i++)
        example->weight[i] = 0.5F + (float)(draw() % 100) / 100;
    example->scale = 3;
    for (int i = 0; i < PAIRS; i++) { /* a term may stand twice in a text */
        size_t left = 1 + draw() % 3, right = 2 + draw() % 5;
        example->left_start[i + 1] = example->left_start[i] + left;
        example->right_start[i + 1] = example->right_start[i] + right;
        for (size_t k = example->left_start[i]; k < example->left_start[i + 1]; k++)
            example->left[k] = (uint32_t)(draw() % TERMS);
        for (size_t k = example->right_start[i]; k < example->right_start[i + 1]; k++)
            example->right[k] = (uint32_t)(draw() % TERMS);
    }
}

static double loss_of(const struct example *example, float *vector_slope, float *weight_slope, float *scale_slope)
{
    float some[TERMS * DIMS], weights[TERMS];
    double loss;
    struct contrastive_pairs pairs = {PAIRS, TERMS, DIMS, example->left_start, example->right_start, example->left, example->right};
    const struct contrastive_point at = {example->vector, example->weight, example->scale};
    struct contrastive_slope slope = {vector_slope ? vector_slope : some, weight_slope ? weight_slope : weights, 0};
    cr_assert_eq(contrastive_loss(&pairs, &at, &loss, &slope, NULL), PITH_OK);
    if (scale_slope)
        *scale_slope = slope.scale;
    return loss;
}

/* The definition, term by term. */
static double plain_loss(const struct example *example)
{
    double x[2][PAIRS][DIMS] = {0}, loss = 0;
    for (int i = 0; i < PAIRS; i++) {
        for (int side = 0; side < 2; side++) {
            const size_t *start = side ? example->right_start : example->left_start;
            const uint32_t *token = side ? example->right : example->left;
            double square = 0;
            for (size_t k = start[i]; k < start[i + 1]; k++)
                for (int d = 0; d < DIMS; d++)
                    x[side][i][d] += (double)(example->weight[token[k]] * example->vector[token[k] * DIMS + (uint32_t)d]);
            for (int d = 0; d < DIMS; d++)
                square += x[side][i][d] * x[side][i][d];
            for (int d = 0; d < DIMS; d++)
                x[side][i][d] /= sqrt(square);
        }
    }
    for (int i = 0; i < PAIRS; i++) {
        double row = 0, column = 0, own = 0;
        for (int j = 0; j < PAIRS; j++) {
            double forth = 0, back = 0;
            for (int d = 0; d < DIMS; d++) {
                forth += x[0][i][d] * x[1][j][d];
                back += x[0][j][d] * x[1][i][d];
            }
            row += exp((double)example->scale * forth);
            column += exp((double)example->scale * back);
            own = j == i ? (double)example->scale * forth : own;
        }
        loss += (log(row) + log(column) - 2 * own) / (2 * PAIRS);
    }
    return loss;
}

Test(contrast, the_loss_is_its_definition)
{
    for (int trial = 0; trial < 20; trial++) {
        struct example example = {0};
        make_example(&example);
        cr_assert_float_eq(loss_of(&example, NULL, NULL, NULL), plain_loss(&example), 2e-5);
    }
}

static double difference(struct example *example, float *at)
{
    const float step = 1e-3F;
    float here = *at;
    *at = here + step;
    double up = plain_loss(example);
    *at = here - step;
    double down = plain_loss(example);
    *at = here;
    return (up - down) / (2 * (double)step);
}

Test(contrast, slopes_are_differences)
{
    for (int trial = 0; trial < 10; trial++) {
        struct example example = {0};
        float vector_slope[TERMS * DIMS], weight_slope[TERMS], scale_slope;
        make_example(&example);
        loss_of(&example, vector_slope, weight_slope, &scale_slope);
        for (int i = 0; i < TERMS * DIMS; i++)
            cr_assert_float_eq(vector_slope[i], difference(&example, &example.vector[i]), 1e-3, "vector %d", i);
        for (int i = 0; i < TERMS; i++)
            cr_assert_float_eq(weight_slope[i], difference(&example, &example.weight[i]), 1e-3, "weight %d", i);
        cr_assert_float_eq(scale_slope, difference(&example, &example.scale), 1e-3);
    }
}

/* ---- training ---- */

/* Papers of a few subjects; each subject has words for titles and others for abstracts, so only training can tell that they belong
 * together. */
enum { SUBJECTS = 8, WORDS = 10, VOCABULARY = SUBJECTS * WORDS * 2, PAPERS = 400, IN_TITLE = 4, IN_ABSTRACT = 12 };

struct papers {
    size_t start[2 * PAPERS + 1];
    uint32_t token[PAPERS * (IN_TITLE + IN_ABSTRACT)];
    float rarity[VOCABULARY];
    struct contrastive_corpus corpus;
};

static void make_papers(struct papers *papers)
{
    size_t at = 0;
    for (size_t i = 0; i < PAPERS; i++) {
        uint32_t subject = (uint32_t)(i % SUBJECTS) * WORDS * 2;
        for (int k = 0; k < IN_TITLE + IN_ABSTRACT; k++) {
            if (k == IN_TITLE)
                papers->start[2 * i + 1] = at;
            papers->token[at++] = subject + (k < IN_TITLE ? 0 : WORDS) + (uint32_t)(draw() % WORDS);
        }
        papers->start[2 * i + 2] = at;
    }
    for (int i = 0; i < VOCABULARY; i++)
        papers->rarity[i] = 1;
    papers->corpus = (struct contrastive_corpus){PAPERS, VOCABULARY, papers->start, papers->token, papers->rarity};
}

static const struct contrastive_options usual = {
    .dims = 16, .batch = 64, .epochs = 5, .rate = 0.02, .drop_title = 0.1, .drop_abstract = 0.2, .seed = 3, .workers = 1};

static double cosine(const float *a, const float *b)
{
    double ab = 0, aa = 0, bb = 0;
    for (uint32_t d = 0; d < usual.dims; d++) {
        ab += (double)(a[d] * b[d]);
        aa += (double)(a[d] * a[d]);
        bb += (double)(b[d] * b[d]);
    }
    return ab / sqrt(aa * bb);
}

struct steps {
    size_t seen;
    double first, last;
};

static void note(void *user, const struct contrastive_step *step)
{
    struct steps *steps = user;
    cr_assert_eq(step->step, ++steps->seen);
    steps->first = step->step == 1 ? step->loss : steps->first;
    steps->last = step->loss;
    if (step->step == step->steps)
        steps->seen = 0;
}

Test(contrast, tokens_of_one_subject_come_together)
{
    static struct papers papers;
    static float vector[VOCABULARY * 16];
    struct steps steps = {0};
    make_papers(&papers);
    cr_assert_eq(contrastive_train(&papers.corpus, &usual, note, &steps, vector, NULL), PITH_OK);
    cr_assert_eq(steps.seen, 0, "the last step was not told");
    cr_assert_lt(steps.last, steps.first - 0.5);
    double same = 0, other = 0;
    for (uint32_t s = 0; s < SUBJECTS; s++) {
        const float *title = vector + s * WORDS * 2 * usual.dims, *abstract = title + WORDS * usual.dims;
        same += cosine(title, abstract) / SUBJECTS;
        other += cosine(title, vector + ((s + 1) % SUBJECTS * WORDS * 2 + WORDS) * usual.dims) / SUBJECTS;
    }
    cr_assert_gt(same, other + 0.3, "%f, %f", same, other);
}

Test(contrast, the_same_seed_gives_the_same_vectors)
{
    static struct papers papers;
    static float first[VOCABULARY * 16], again[VOCABULARY * 16], other[VOCABULARY * 16];
    struct contrastive_options options = usual;
    make_papers(&papers);
    cr_assert_eq(contrastive_train(&papers.corpus, &options, NULL, NULL, first, NULL), PITH_OK);
    cr_assert_eq(contrastive_train(&papers.corpus, &options, NULL, NULL, again, NULL), PITH_OK);
    cr_assert_eq(memcmp(first, again, sizeof first), 0);
    options.seed++;
    cr_assert_eq(contrastive_train(&papers.corpus, &options, NULL, NULL, other, NULL), PITH_OK);
    cr_assert_neq(memcmp(first, other, sizeof first), 0);
}

Test(contrast, two_workers_learn_what_one_does)
{
    static struct papers papers;
    static float one[VOCABULARY * 16], two[VOCABULARY * 16];
    struct contrastive_options options = usual;
    make_papers(&papers);
    options.epochs = 1;
    cr_assert_eq(contrastive_train(&papers.corpus, &options, NULL, NULL, one, NULL), PITH_OK);
    options.workers = 2;
    cr_assert_eq(contrastive_train(&papers.corpus, &options, NULL, NULL, two, NULL), PITH_OK);
    for (int i = 0; i < VOCABULARY * 16; i++)
        cr_assert_float_eq(one[i], two[i], 1e-2, "number %d", i);
}

Test(contrast, papers_without_a_part_are_passed_over)
{
    static struct papers papers;
    static float vector[VOCABULARY * 16];
    make_papers(&papers);
    for (size_t i = 0; i < PAPERS; i += 3) /* the title's words go to the abstract */
        papers.start[2 * i + 1] = papers.start[2 * i];
    cr_assert_eq(contrastive_train(&papers.corpus, &usual, NULL, NULL, vector, NULL), PITH_OK);
    for (int i = 0; i < VOCABULARY * 16; i++)
        cr_assert(isfinite(vector[i]));
}

Test(contrast, options_out_of_range_are_refused)
{
    static struct papers papers;
    static float vector[VOCABULARY * 16];
    make_papers(&papers);
    struct contrastive_options wrong[] = {usual, usual, usual, usual, usual, usual, usual, usual, usual};
    wrong[0].dims = 0;
    wrong[1].batch = 1;
    wrong[2].epochs = 0;
    wrong[3].rate = 0;
    wrong[4].drop_title = 1;
    wrong[5].drop_abstract = -0.1;
    wrong[6].workers = 3;
    wrong[7].batch = PAPERS + 1;
    wrong[8].rate = NAN;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_eq(contrastive_train(&papers.corpus, &wrong[i], NULL, NULL, vector, NULL), PITH_USAGE, "options %zu", i);
    papers.token[5] = VOCABULARY;
    cr_assert_eq(contrastive_train(&papers.corpus, &usual, NULL, NULL, vector, NULL), PITH_USAGE);
}
