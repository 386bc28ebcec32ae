/* learning: the self-test on one's own past, and an embedding learnt from one's own papers. */
#ifndef PITH_LEARNING_H
#define PITH_LEARNING_H

#include <pith/home.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- an embedding of one's own ---- */

struct pith_embedding {
    size_t papers, terms; /* learnt from, and learnt */
};
/* Learns which words go together in this store's papers, for fields that the embedding that comes with pith has not seen, and keeps that
 * in the home folder (learned.space: public knowledge, in clear). Rankings use it from then on, as far as it helps. Learning again
 * replaces it. PITH_NOT_FOUND for fewer than 5,000 papers. */
enum pith_status pith_learn_embedding(struct pith *pith, int32_t today, struct pith_embedding *ret_embedding,
                                      struct pith_error *reterr);

/* ---- self-test ---- */

struct pith_quality {
    double auc, ndcg10, ap, recall10; /* NAN where not defined */
};
struct pith_backtest_day {
    int32_t day;
    size_t listed, ups, voted; /* papers that day, ups among them, votes trained on */
    struct pith_quality model, listing, centroid;
};
struct pith_bin {
    double said, liked; /* mean chance given, and share of ups that came of it */
    double low, high;   /* where that share lies: Wilson's 95 % interval */
    size_t count;       /* votes, or papers */
};
enum { PITH_BINS = 10, PITH_SETTLED = 100 };
struct pith_backtest {
    struct pith_backtest_day *day;
    size_t days;
    struct pith_quality model, listing, centroid; /* means over days */
    double brier, log_loss, ece;    /* of the probabilities given to that day's votes before they were seen; NAN when none were */
    size_t probabilities;           /* how many */
    double settled_ece;             /* as ece, of those given from PITH_SETTLED votes on; NAN when none were */
    size_t settled;                 /* how many */
    size_t given[PITH_BINS];        /* how many chances were given from 0 to 10%, from 10% to 20%, … */
    struct pith_bin bin[PITH_BINS]; /* the same in groups, by falling chance */
    size_t bins;
    /* Of the days on which the likes of the whole listing were told before it was looked at, 0 when there is none. */
    size_t told;
    double expected, liked;             /* likes told, and ups given */
    double expected_first, liked_first; /* the same of the first ten of each day */
    double listing_brier;               /* mean squared error over all papers of a day; NAN when none was told */
    /* The chances of these papers in groups that were each told as many likes, by falling chance; counts are of papers. */
    struct pith_bin listing_bin[PITH_BINS];
    size_t listing_bins;
};
void pith_backtest_free(struct pith_backtest *replay);
PITH_CLEANUP(struct pith_backtest, pith_backtest_free);
/* Day by day: train on votes of earlier days only, rank the whole day, score against the day's ups. */
enum pith_status pith_backtest_votes(struct pith *pith, struct pith_backtest **ret_backtest, struct pith_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
