/* contrastive: contrastive learning: one vector a term, learnt so that the two halves of a paper find each other among the papers of a batch.
 *
 * A text's vector is Σ weight·vector over its tokens, made of unit length. Two kinds of pairs take turns: title and abstract, and
 * the two parts of an abstract cut at random. The loss is symmetric InfoNCE (van den Oord et al. 2018; Radford et al. 2021) with
 * the batch's other papers as negatives and a learnt scale s (1/temperature):
 *   L = -1/2B Σ_i [ log softmax_j(s x_i·y_j)_i + log softmax_j(s x_j·y_i)_i ],
 * minimised by Adam (Kingma & Ba 2015) with a linearly falling rate and dropped tokens. The same corpus, options and machine give
 * the same vectors, however many workers there are. For a program without threads (blas.h). */
#ifndef PITH_MODELS_CONTRASTIVE_H
#define PITH_MODELS_CONTRASTIVE_H

#include <pith/status.h>

#include <stddef.h>
#include <stdint.h>

struct contrastive_corpus {
    size_t papers;
    uint32_t terms;        /* tokens are 0..terms-1 */
    const size_t *start;   /* 2 * papers + 1: title i is token[start[2i]..start[2i+1]), its abstract goes on to start[2i+2] */
    const uint32_t *token; /* in order of the text */
    const float *rarity;   /* each term's weight at the start, > 0 */
};

struct contrastive_options {
    uint32_t dims;                    /* of a vector; 1..1024 */
    uint32_t batch;                   /* papers; 2..8192, and no more than the corpus has */
    uint32_t epochs;                  /* times that every paper is seen, by each kind of pair; from 1 */
    double rate;                      /* Adam's, at the start */
    double drop_title, drop_abstract; /* share of tokens left out, in [0, 1) */
    uint64_t seed;
    int workers; /* 1 or 2 processes */
};

struct contrastive_step {
    size_t step, steps;
    double loss, scale;
};

/* Trains. `vector` (terms * dims) is filled with each term's vector times its weight. `progress` (may be NULL) after each step.
 * PITH_USAGE for options or a corpus out of range, PITH_NOMEM, PITH_IO when a worker cannot be started or is lost. */
enum pith_status contrastive_train(const struct contrastive_corpus *corpus, const struct contrastive_options *options,
                                   void (*progress)(void *user, const struct contrastive_step *step), void *user, float *vector,
                                   struct pith_error *reterr);

/* The loss of one batch of pairs and its slopes, for tests to hold against differences. Pair i: left tokens
 * left[left_start[i]..left_start[i+1]), right likewise. */
struct contrastive_pairs {
    size_t pairs;
    uint32_t terms, dims;
    const size_t *left_start, *right_start;
    const uint32_t *left, *right;
};
struct contrastive_point {
    const float *vector; /* terms * dims */
    const float *weight; /* terms */
    float scale;
};
struct contrastive_slope {
    float *vector, *weight; /* the caller's, as long as the point's */
    float scale;
};
enum pith_status contrastive_loss(const struct contrastive_pairs *pairs, const struct contrastive_point *at, double *ret_loss,
                                  struct contrastive_slope *slope, struct pith_error *reterr);

#endif
