/* tastes: a store of made-up papers, what a reader says of them, and the model learnt from it, for the suites of the learner. */
#ifndef PITH_TESTS_LIB_TASTES_H
#define PITH_TESTS_LIB_TASTES_H

#include "engine/learning/learner.h"
#include "tests/lib/testing.h"

/* Papers of topic t are numbers 100 t, 100 t + 1, …; the first VOTED of a topic are those that tests vote on. */
enum { PER_TOPIC = 20, VOTED = 5 };
unsigned taste_paper(unsigned topic, unsigned i);

/* So many papers of each topic; taste_store: PER_TOPIC. */
struct store *taste_larger_store(unsigned per_topic);
struct store *taste_store(void);

struct said {
    struct profile_vote vote[100];
    struct profile_pair pair[20];
    char key[140][32];
    size_t votes, pairs, keys;
};
void taste_vote(struct said *said, unsigned paper, enum profile_verdict verdict);
void taste_prefer(struct said *said, unsigned winner, unsigned loser);
/* Votes on the first papers of a topic. */
void taste_vote_topic(struct said *said, unsigned topic, enum profile_verdict verdict);
/* Likes topic 0 and not topic 1, and has said nothing else. */
void taste_first_not_second(struct said *said);

void taste_load(struct learner *learner, struct store *store, const struct said *said, size_t background);
struct model *taste_fit(const struct learner *learner, const struct learner_subset *subset);
struct model *taste_learn(struct store *store, const struct said *said);

void taste_features(struct store *store, unsigned paper, struct features *features);
double taste_score(struct store *store, const struct model *model, unsigned paper);
/* The lowest and the highest score among the papers of a topic that were not voted on. */
struct range {
    double low, high;
};
struct range taste_unseen(struct store *store, const struct model *model, unsigned topic);
/* Expects the two to be the same to the byte, or not. */
void taste_expect_bytes(const struct model *one, const struct model *other, bool same, const char *what);

#endif
