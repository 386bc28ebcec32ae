#include "models/contrastive.h"

#include "models/random.h"

#include <cblas.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_DIMS = 1024, MAX_BATCH = 8192, SIDES = 2, WORKERS = 2 };
static const double FIRST_SCALE = 10, LEAST_SCALE = 1, MOST_SCALE = 40; /* past 40, exp(2·scale) leaves a float */
static const double BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-8;
static const double SCALE_RATE = 0.1; /* of the log of the scale, as a share of the others' */

/* One side of the pairs of a batch. */
struct side {
    size_t *start;   /* batch + 1 */
    uint32_t *token; /* what dropping left of the texts */
    float *unit;     /* batch * dims: the texts' vectors, unit length */
    float *length;   /* batch: before they were made so */
    float *slope;    /* batch * dims: d loss / d unit, then d loss / d the sum */
};

/* All of it lies in memory shared between the workers. */
struct work {
    uint32_t terms, dims;
    size_t batch;
    int workers;
    struct side side[SIDES];
    float *vector, *weight; /* the parameters */
    float *first, *second;  /* Adam's moments of the vectors */
    float *gradient;        /* terms * dims: Σ over tokens of the text's slope; times the weight it is the vector's slope */
    float *weight_slope[WORKERS], *weight_first, *weight_second;
    float *cosine, *e; /* batch * batch: x_i·y_j, and exp(s (x_i·y_j - 1)) then the slope of the loss */
    float *row_sum, *column_sum[WORKERS];
    float *partial[WORKERS]; /* batch * dims: each worker's part of the right side's slope */
    double scale, log_first, log_second, scale_slope[WORKERS], loss[WORKERS];
    double rate, correct1, correct2; /* of this step; rate 0: no update */
};

/* ---- the loss and its slopes, each phase done by every worker on its share ---- */

static size_t share_start(const struct work *work, size_t count, int worker)
{
    return count * (size_t)worker / (size_t)work->workers;
}

/* x = Σ weight·vector / |…|; a text without tokens stays 0. */
static void embed(struct work *work, int worker)
{
    int dims = (int)work->dims;
    for (int s = 0; s < SIDES; s++) {
        struct side *side = &work->side[s];
        for (size_t i = share_start(work, work->batch, worker); i < share_start(work, work->batch, worker + 1); i++) {
            float *x = side->unit + i * work->dims;
            memset(x, 0, work->dims * sizeof *x);
            for (size_t k = side->start[i]; k < side->start[i + 1]; k++) {
                size_t term = side->token[k];
                cblas_saxpy(dims, work->weight[term], work->vector + term * work->dims, 1, x, 1);
            }
            side->length[i] = cblas_snrm2(dims, x, 1);
            if (side->length[i] > 0)
                cblas_sscal(dims, 1 / side->length[i], x, 1);
        }
    }
}

/* exp(x) for -88 < x <= 0, to 1e-6 of it: 2^whole by the bits, 2^rest by its series. Vectorises, unlike expf. */
static inline float fast_exp(float x)
{
    float t = x * 1.44269504F, whole = (float)(int)(t - 0.5F), rest = (t - whole) * 0.69314718F;
    float series = 1 + rest * (1 + rest * (0.5F + rest * (0.166666667F + rest * (0.0416666667F + rest * (0.00833333333F +
                                                                                                         rest * 0.00138888889F)))));
    union {
        int bits;
        float value;
    } power = {.bits = ((int)whole + 127) << 23};
    return series * power.value;
}

__attribute__((optimize("O3"))) static float exponents(const float *cosine, float scale, size_t count, float *e, float *column_sum)
{
    float sum = 0;
    for (size_t j = 0; j < count; j++)
        e[j] = fast_exp(scale * (cosine[j] - 1));
    for (size_t j = 0; j < count; j++)
        column_sum[j] += e[j];
    for (size_t j = 0; j < count; j++)
        sum += e[j];
    return sum;
}

static void compare(struct work *work, int worker)
{
    size_t from = share_start(work, work->batch, worker), to = share_start(work, work->batch, worker + 1), n = work->batch;
    memset(work->column_sum[worker], 0, n * sizeof(float));
    if (to == from)
        return;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(to - from), (int)n, (int)work->dims, 1,
                work->side[0].unit + from * work->dims, (int)work->dims, work->side[1].unit, (int)work->dims, 0,
                work->cosine + from * n, (int)n);
    for (size_t i = from; i < to; i++)
        work->row_sum[i] = exponents(work->cosine + i * n, (float)work->scale, n, work->e + i * n, work->column_sum[worker]);
}

/* e becomes the slope of the loss by the logit; returns Σ slope·cosine. */
__attribute__((optimize("O3"))) static float slopes(float *e, const float *cosine, float row, const float *column, size_t count)
{
    float sum = 0;
    for (size_t j = 0; j < count; j++)
        e[j] *= row + column[j];
    for (size_t j = 0; j < count; j++)
        sum += e[j] * cosine[j];
    return sum;
}

/* With column_sum[0] now the reciprocals of the whole sums, over 2B. */
static void differentiate(struct work *work, int worker)
{
    size_t from = share_start(work, work->batch, worker), to = share_start(work, work->batch, worker + 1), n = work->batch;
    int dims = (int)work->dims;
    double loss = 0, scale_slope = 0;
    for (size_t i = from; i < to; i++) {
        float *e = work->e + i * n, half = 0.5F / (float)n;
        double own = (double)work->cosine[i * n + i];
        loss += log((double)work->row_sum[i]) - log(2.0 * (double)n * (double)work->column_sum[0][i]) - 2 * work->scale * (own - 1);
        scale_slope += (double)slopes(e, work->cosine + i * n, half / work->row_sum[i], work->column_sum[0], n) - own / (double)n;
        e[i] -= 1 / (float)n;
    }
    work->loss[worker] = loss / (2 * (double)n);
    work->scale_slope[worker] = scale_slope;
    memset(work->partial[worker], 0, n * work->dims * sizeof(float));
    if (to == from)
        return;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(to - from), dims, (int)n, (float)work->scale, work->e + from * n,
                (int)n, work->side[1].unit, dims, 0, work->side[0].slope + from * work->dims, dims);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n, dims, (int)(to - from), (float)work->scale, work->e + from * n,
                (int)n, work->side[0].unit + from * work->dims, dims, 0, work->partial[worker], dims);
}

/* From the slope by the unit vector to the slope by the sum: (g - x (x·g)) / length. */
static void unnormalise(struct work *work, int worker)
{
    int dims = (int)work->dims;
    for (size_t i = share_start(work, work->batch, worker); i < share_start(work, work->batch, worker + 1); i++) {
        float *right = work->side[1].slope + i * work->dims;
        memset(right, 0, work->dims * sizeof *right);
        for (int w = 0; w < work->workers; w++)
            cblas_saxpy(dims, 1, work->partial[w] + i * work->dims, 1, right, 1);
        for (int s = 0; s < SIDES; s++) {
            const float *x = work->side[s].unit + i * work->dims;
            float *slope = work->side[s].slope + i * work->dims, length = work->side[s].length[i];
            cblas_saxpy(dims, -cblas_sdot(dims, x, 1, slope, 1), x, 1, slope, 1);
            cblas_sscal(dims, length > 0 ? 1 / length : 0, slope, 1);
        }
    }
}

__attribute__((optimize("O3"))) static void adam(const struct work *work, float *at, float *first, float *second,
                                                 const float *gradient, float factor, size_t count)
{
    float rate = (float)(work->rate / work->correct1), correct2 = (float)(1 / work->correct2);
    for (size_t i = 0; i < count; i++) {
        float g = factor * gradient[i];
        first[i] += (1 - (float)BETA1) * (g - first[i]);
        second[i] += (1 - (float)BETA2) * (g * g - second[i]);
        at[i] -= rate * first[i] / (sqrtf(second[i] * correct2) + (float)EPSILON);
    }
}

/* Each worker its columns of all terms, so that no two write to one place. */
static void update(struct work *work, int worker)
{
    size_t from = share_start(work, work->dims, worker), count = share_start(work, work->dims, worker + 1) - from;
    for (size_t term = 0; term < work->terms; term++)
        memset(work->gradient + term * work->dims + from, 0, count * sizeof(float));
    for (int s = 0; s < SIDES; s++) {
        const struct side *side = &work->side[s];
        for (size_t i = 0; i < work->batch; i++)
            for (size_t k = side->start[i]; k < side->start[i + 1]; k++)
                cblas_saxpy((int)count, 1, side->slope + i * work->dims + from, 1,
                            work->gradient + side->token[k] * (size_t)work->dims + from, 1);
    }
    for (size_t term = 0; term < work->terms; term++) {
        size_t at = term * work->dims + from;
        work->weight_slope[worker][term] = cblas_sdot((int)count, work->vector + at, 1, work->gradient + at, 1);
        if (work->rate > 0)
            adam(work, work->vector + at, work->first + at, work->second + at, work->gradient + at, work->weight[term], count);
    }
}

/* ---- two processes ---- */

/* OpenBLAS without threads of its own may not be called by two threads at once (its buffers are not locked), so the second worker
 * is a process on the same memory. One byte tells it the phase, one tells that it is done. */
struct helper {
    pid_t pid; /* 0: none */
    int command, answer;
};

typedef void phase(struct work *work, int worker);
static phase *const phases[] = {embed, compare, differentiate, unnormalise, update};

static void helper_run(struct work *work, int command, int answer)
{
    unsigned char which;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (read(command, &which, 1) == 1) {
        phases[which](work, 1);
        if (write(answer, &which, 1) != 1)
            break;
    }
    _exit(0);
}

static enum pith_status helper_start(struct work *work, struct helper *helper, struct pith_error *reterr)
{
    int to[2], from[2];
    if (pipe(to) != 0)
        return pith_fail(reterr, PITH_IO, "the second worker cannot be started");
    if (pipe(from) != 0) {
        close(to[0]);
        close(to[1]);
        return pith_fail(reterr, PITH_IO, "the second worker cannot be started");
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(to[1]);
        close(from[0]);
        helper_run(work, to[0], from[1]);
    }
    close(to[0]);
    close(from[1]);
    *helper = (struct helper){pid > 0 ? pid : 0, to[1], from[0]};
    if (pid > 0)
        return PITH_OK;
    close(to[1]);
    close(from[0]);
    return pith_fail(reterr, PITH_IO, "the second worker cannot be started");
}

static void helper_stop(struct helper *helper)
{
    if (!helper->pid)
        return;
    close(helper->command); /* ends its loop */
    close(helper->answer);
    waitpid(helper->pid, NULL, 0);
}

static enum pith_status run_phase(struct work *work, const struct helper *helper, unsigned char which, struct pith_error *reterr)
{
    unsigned char answer;
    if (helper->pid && write(helper->command, &which, 1) != 1)
        return pith_fail(reterr, PITH_IO, "the second worker was lost");
    phases[which](work, 0);
    if (helper->pid && read(helper->answer, &answer, 1) != 1)
        return pith_fail(reterr, PITH_IO, "the second worker was lost");
    return PITH_OK;
}

/* ---- memory ---- */

struct arena { /* one mapping, shared with a fork */
    unsigned char *memory;
    size_t used, size;
};

static void arena_clear(struct arena *arena)
{
    if (arena->memory)
        munmap(arena->memory, arena->size);
}

/* While the arena has no memory yet, this only adds up what is needed. */
static void *take(struct arena *arena, size_t count, size_t size)
{
    void *taken = arena->memory ? arena->memory + arena->used : NULL;
    arena->used += (count * size + 63) & ~(size_t)63;
    return taken;
}

/* Of what is worked on. */
struct work_size {
    uint32_t terms, dims;
    size_t batch;
    int workers;
    size_t tokens; /* of one side of a batch, at most */
};

static struct work *lay_out(struct arena *arena, const struct work_size *size)
{
    uint32_t terms = size->terms, dims = size->dims;
    size_t batch = size->batch;
    struct work *work = take(arena, 1, sizeof *work), none;
    struct work *to = work ? work : &none;
    size_t all = (size_t)terms * dims;
    for (int s = 0; s < SIDES; s++)
        to->side[s] = (struct side){take(arena, batch + 1, sizeof(size_t)), take(arena, size->tokens, sizeof(uint32_t)),
                                    take(arena, batch * dims, sizeof(float)), take(arena, batch, sizeof(float)),
                                    take(arena, batch * dims, sizeof(float))};
    to->vector = take(arena, all, sizeof(float));
    to->weight = take(arena, terms, sizeof(float));
    to->first = take(arena, all, sizeof(float));
    to->second = take(arena, all, sizeof(float));
    to->gradient = take(arena, all, sizeof(float));
    to->weight_first = take(arena, terms, sizeof(float));
    to->weight_second = take(arena, terms, sizeof(float));
    to->cosine = take(arena, batch * batch, sizeof(float));
    to->e = take(arena, batch * batch, sizeof(float));
    to->row_sum = take(arena, batch, sizeof(float));
    for (int w = 0; w < WORKERS; w++) {
        to->weight_slope[w] = take(arena, terms, sizeof(float));
        to->column_sum[w] = take(arena, batch, sizeof(float));
        to->partial[w] = take(arena, batch * dims, sizeof(float));
    }
    to->terms = terms;
    to->dims = dims;
    to->batch = batch;
    to->workers = size->workers;
    return work;
}

static enum pith_status make_work(struct arena *arena, const struct work_size *size, struct work **ret_work,
                                  struct pith_error *reterr)
{
    lay_out(arena, size);
    arena->size = arena->used;
    arena->used = 0;
    void *memory = mmap(NULL, arena->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return pith_no_memory(reterr);
    arena->memory = memory;
    *ret_work = lay_out(arena, size);
    return PITH_OK;
}

/* ---- steps ---- */

/* Loss and slopes of the batch that lies in `work`, and, at a rate, Adam's step of the vectors. */
static enum pith_status run_batch(struct work *work, const struct helper *helper, double *ret_loss, struct pith_error *reterr)
{
    enum pith_status status = run_phase(work, helper, 0, reterr);
    if (!status)
        status = run_phase(work, helper, 1, reterr);
    if (status)
        return status;
    for (size_t i = 0; i < work->batch; i++) {
        float sum = work->column_sum[0][i] + (work->workers > 1 ? work->column_sum[1][i] : 0);
        work->column_sum[0][i] = 0.5F / ((float)work->batch * sum);
    }
    for (unsigned char which = 2; !status && which < 5; which++)
        status = run_phase(work, helper, which, reterr);
    if (status)
        return status;
    *ret_loss = work->loss[0] + (work->workers > 1 ? work->loss[1] : 0);
    if (work->workers > 1) {
        work->scale_slope[0] += work->scale_slope[1];
        cblas_saxpy((int)work->terms, 1, work->weight_slope[1], 1, work->weight_slope[0], 1);
    }
    return PITH_OK;
}

/* Weights, and the scale by its logarithm. */
static void update_rest(struct work *work)
{
    adam(work, work->weight, work->weight_first, work->weight_second, work->weight_slope[0], 1, work->terms);
    double g = work->scale_slope[0] * work->scale;
    work->log_first += (1 - BETA1) * (g - work->log_first);
    work->log_second += (1 - BETA2) * (g * g - work->log_second);
    work->scale *= exp(-SCALE_RATE * work->rate * work->log_first / work->correct1 /
                       (sqrt(work->log_second / work->correct2) + EPSILON));
    work->scale = fmin(fmax(work->scale, LEAST_SCALE), MOST_SCALE);
}

/* Appends a text to a side, some of its tokens dropped. */
static void fill(struct side *side, size_t i, const uint32_t *token, size_t count, double drop, struct random *random)
{
    size_t at = side->start[i];
    for (size_t k = 0; k < count; k++) {
        side->token[at] = token[k];
        at += random_uniform(random) >= drop;
    }
    side->start[i + 1] = at;
}

static void fill_pair(struct work *work, const struct contrastive_corpus *corpus, const struct contrastive_options *options,
                      size_t i, size_t paper, bool halves, struct random *random)
{
    size_t title = corpus->start[2 * paper], abstract = corpus->start[2 * paper + 1], end = corpus->start[2 * paper + 2];
    if (halves) {
        size_t cut = abstract + (size_t)((0.25 + 0.5 * random_uniform(random)) * (double)(end - abstract));
        fill(&work->side[0], i, corpus->token + abstract, cut - abstract, options->drop_abstract, random);
        fill(&work->side[1], i, corpus->token + cut, end - cut, options->drop_abstract, random);
    } else {
        fill(&work->side[0], i, corpus->token + title, abstract - title, options->drop_title, random);
        fill(&work->side[1], i, corpus->token + abstract, end - abstract, options->drop_abstract, random);
    }
}

static void shuffle(size_t *order, size_t count, struct random *random)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)(random_next(random) % i), swap = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swap;
    }
}

static void start_parameters(struct work *work, const struct contrastive_corpus *corpus, struct random *random)
{
    double width = 1 / sqrt((double)work->dims);
    for (size_t i = 0; i < (size_t)work->terms * work->dims; i++)
        work->vector[i] = (float)(width * random_normal(random));
    memcpy(work->weight, corpus->rarity, work->terms * sizeof(float));
    work->scale = FIRST_SCALE;
}

struct training {
    const struct contrastive_corpus *corpus;
    const struct contrastive_options *options;
    void (*progress)(void *user, const struct contrastive_step *step);
    void *user;
    size_t *order; /* the papers that have both title and abstract */
    size_t papers;
};

static enum pith_status run_steps(struct training *training, struct work *work, const struct helper *helper, struct random *random,
                                  struct pith_error *reterr)
{
    const struct contrastive_options *options = training->options;
    size_t batches = training->papers / work->batch, steps = batches * options->epochs * 2, step = 0;
    for (uint32_t epoch = 0; epoch < options->epochs; epoch++) {
        shuffle(training->order, training->papers, random);
        for (size_t b = 0; b < 2 * batches; b++, step++) {
            for (size_t i = 0; i < work->batch; i++)
                fill_pair(work, training->corpus, options, i, training->order[b / 2 * work->batch + i], b % 2, random);
            work->rate = options->rate * (1 - (double)step / (double)steps);
            work->correct1 = 1 - pow(BETA1, (double)step + 1);
            work->correct2 = 1 - pow(BETA2, (double)step + 1);
            struct contrastive_step done = {step + 1, steps, 0, work->scale};
            enum pith_status status = run_batch(work, helper, &done.loss, reterr);
            if (status)
                return status;
            update_rest(work);
            if (training->progress)
                training->progress(training->user, &done);
        }
    }
    return PITH_OK;
}

/* Options in range, tokens too; gathers the papers to learn from. */
static enum pith_status check(struct training *training, struct pith_error *reterr)
{
    const struct contrastive_options *options = training->options;
    const struct contrastive_corpus *corpus = training->corpus;
    if (!options->dims || options->dims > MAX_DIMS || options->batch < 2 || options->batch > MAX_BATCH || !options->epochs ||
        !(options->rate > 0) || !(options->drop_title >= 0 && options->drop_title < 1) ||
        !(options->drop_abstract >= 0 && options->drop_abstract < 1) || options->workers < 1 || options->workers > WORKERS)
        return pith_fail(reterr, PITH_USAGE, "an option of the training is out of range");
    for (size_t i = 0; i < corpus->start[2 * corpus->papers]; i++)
        if (corpus->token[i] >= corpus->terms)
            return pith_fail(reterr, PITH_USAGE, "token %zu of the corpus is no term", i);
    for (size_t i = 0; i < corpus->papers; i++)
        if (corpus->start[2 * i + 1] > corpus->start[2 * i] && corpus->start[2 * i + 2] > corpus->start[2 * i + 1] + 1)
            training->order[training->papers++] = i;
    if (training->papers < options->batch)
        return pith_fail(reterr, PITH_USAGE, "the corpus has %zu papers with title and abstract; a batch takes %u",
                         training->papers, options->batch);
    return PITH_OK;
}

/* The most tokens that a side of a batch may hold. */
static size_t most_tokens(const struct contrastive_corpus *corpus, size_t batch)
{
    size_t longest = 0;
    for (size_t i = 0; i < 2 * corpus->papers; i++)
        if (corpus->start[i + 1] - corpus->start[i] > longest)
            longest = corpus->start[i + 1] - corpus->start[i];
    return longest * batch + 1;
}

enum pith_status contrastive_train(const struct contrastive_corpus *corpus, const struct contrastive_options *options,
                                   void (*progress)(void *user, const struct contrastive_step *step), void *user, float *vector,
                                   struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) size_t *order = pith_calloc(corpus->papers, sizeof *order);
    if (!order)
        return pith_no_memory(reterr);
    struct training training = {corpus, options, progress, user, order, 0};
    struct random random = {options->seed};
    PITH_AUTO(arena_clear) struct arena arena = {0};
    PITH_AUTO(helper_stop) struct helper helper = {0};
    struct work *work;
    enum pith_status status = check(&training, reterr);
    if (status)
        return status;
    const struct work_size size = {corpus->terms, options->dims, options->batch, options->workers,
                                   most_tokens(corpus, options->batch)};
    status = make_work(&arena, &size, &work, reterr);
    if (status)
        return status;
    start_parameters(work, corpus, &random);
    if (options->workers > 1)
        status = helper_start(work, &helper, reterr);
    if (!status)
        status = run_steps(&training, work, &helper, &random, reterr);
    for (size_t i = 0; !status && i < (size_t)work->terms * work->dims; i++)
        vector[i] = work->vector[i] * work->weight[i / work->dims];
    return status;
}

enum pith_status contrastive_loss(const struct contrastive_pairs *pairs, const struct contrastive_point *at, double *ret_loss,
                                  struct contrastive_slope *slope, struct pith_error *reterr)
{
    size_t left = pairs->left_start[pairs->pairs], right = pairs->right_start[pairs->pairs];
    size_t all = (size_t)pairs->terms * pairs->dims;
    PITH_AUTO(arena_clear) struct arena arena = {0};
    struct work *work;
    const struct work_size size = {pairs->terms, pairs->dims, pairs->pairs, 1, (left > right ? left : right) + 1};
    enum pith_status status = make_work(&arena, &size, &work, reterr);
    if (status)
        return status;
    memcpy(work->side[0].start, pairs->left_start, (pairs->pairs + 1) * sizeof(size_t));
    memcpy(work->side[1].start, pairs->right_start, (pairs->pairs + 1) * sizeof(size_t));
    memcpy(work->side[0].token, pairs->left, left * sizeof(uint32_t));
    memcpy(work->side[1].token, pairs->right, right * sizeof(uint32_t));
    memcpy(work->vector, at->vector, all * sizeof(float));
    memcpy(work->weight, at->weight, pairs->terms * sizeof(float));
    work->scale = (double)at->scale;
    struct helper alone = {0};
    status = run_batch(work, &alone, ret_loss, reterr);
    if (status)
        return status;
    for (size_t i = 0; i < all; i++)
        slope->vector[i] = work->gradient[i] * at->weight[i / pairs->dims];
    memcpy(slope->weight, work->weight_slope[0], pairs->terms * sizeof(float));
    slope->scale = (float)work->scale_slope[0];
    return PITH_OK;
}
