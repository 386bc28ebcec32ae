/* ranking: papers in the reader's order, with chances and reasons. */
#ifndef PITH_RANKING_H
#define PITH_RANKING_H

#include <pith/papers.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Chances are told from so many votes on, with so many of each kind: of fewer they would mean little. */
enum { PITH_CHANCE_VOTES = 30, PITH_CHANCE_EACH = 3 };

struct pith_reason {
    char *feature; /* "word:diffus", "bigram:languag model", "author:jane doe", "category:cs.cl", "upvotes:16+", "base", "other" */
    char *label;   /* for people: "diffusion", "language models", "Jane Doe", "cs.CL", "base rate", "everything else" */
    double contribution; /* signed; all of a paper's add up to its score */
};
struct pith_near { /* a paper voted on that a paper is much like */
    char *key, *id, *title;
    int verdict;     /* 1, -1 or PITH_SEED */
    double likeness; /* cosine of where both stand, up to 1 */
};
/* Whether a reason names a property of the paper: a word, an author, a category, … Those that do not are the parts of the sum: "base",
 * "other", and what the paper is about as a whole (its place in an embedding, pith_reason_is_whole). */
bool pith_reason_is_named(const struct pith_reason *reason);
bool pith_reason_is_whole(const struct pith_reason *reason);
struct pith_ranked {
    size_t rank;
    char *key, *id, *title, *url;
    int32_t day;
    double score;
    double probability; /* NAN while there are too few votes */
    int upvotes;        /* -1 unknown */
    enum pith_announce announce;
    bool withdrawn;
    int verdict;      /* the reader's own, 0 for none */
    bool later;       /* on the reading list */
    char **duplicate; /* papers of the listing with the same title but for its form, by identifier: shown as this one */
    size_t duplicates;
    struct pith_reason *reasons; /* by falling size of contribution, "other" last */
    size_t reason_count;
    /* Where reasons are told: up to 3 papers that were liked, or where the paper as a whole speaks against it, that were not; by falling
     * likeness, none that is hardly like it. */
    struct pith_near *near;
    size_t nears;
    struct pith_facts facts;
};
/* One line for people that tells why, up to three reasons, the largest first: "close to \"Kites in the wind\" (liked), diffusion", or where nothing
 * speaks for it "against: survey"; "" for none. Plain ASCII but for names. malloc'ed. */
enum pith_status pith_reason_line(const struct pith_ranked *paper, char **ret_line, struct pith_error *reterr);
struct pith_rank_request {
    size_t size;         /* sizeof of this struct, as the program was compiled: later versions add members at the end */
    int32_t first, last; /* listing days; both PITH_NO_DAY: the newest day; first alone: since; last alone: until */
    bool all;            /* every paper, listed or not, whatever the days say */
    unsigned announce;   /* those announced so, in bits of pith_announce; 0: all */
    size_t limit;        /* 0: all */
    double expect;       /* no more than hold so many likes, in expectation; 0: does not matter. Needs probabilities */
    double unwanted; /* only so long that, as far as votes tell, at most this share of it is unwanted (conformal selection); 0: does
                          * not matter */
    double diverse;  /* 0 to 1: how much papers unlike those above are preferred (maximal marginal relevance) */
    bool seen;       /* also papers that were voted on, or shown in an earlier listing, before the day of this one */
    bool duplicates; /* every paper by itself, duplicates too */
    size_t reasons;  /* named at most per paper, besides "base" and "other" */
    bool remember;   /* keep as the last listing shown, so that ranks can be voted on */
    bool piped;      /* no person sees it as it is: ranks go on meaning the listing that a person was shown, where there is one */
    bool unread;     /* none that was voted on, whatever `seen` says; seeds are no votes */
};
struct pith_ranking {
    int32_t first, last;      /* the days covered */
    size_t listed;            /* papers on those days */
    size_t ups, downs, pairs; /* votes learnt from */
    bool learned;             /* false: no votes yet, listing order by popularity where known */
    size_t seen;              /* left out: voted on or shown before */
    double expected, missed;  /* likes expected on the list and below it; NAN without probabilities */
    bool probabilities;       /* false: too few votes for percentages (30, with 3 of each kind) */
    struct pith_ranked *item;
    size_t count;
    char **shortfall; /* what is missing of the days covered, by the last receipt of each source: a line for people each */
    size_t shortfalls;
};
void pith_ranking_free(struct pith_ranking *ranking);
PITH_CLEANUP(struct pith_ranking, pith_ranking_free);
/* Refits first when votes changed (or the store has doubled since). With a locked or missing profile: listing order. Where nothing can be
 * written it ranks all the same. */
enum pith_status pith_rank(struct pith *pith, const struct pith_rank_request *request, struct pith_ranking **ret_ranking,
                           struct pith_error *reterr);

/* After unlocking, ranking or searching: why what waits in the inbox could not be taken in, or what was shown not kept, so that ranks
 * mean the listing before; "" when all was. */
const char *pith_unkept(const struct pith *pith);
/* One paper, its rank 0 and its day that of its latest listing. With an unlocked profile also the reader's verdict and, once something was
 * learnt, score, chance and at most `reasons` named reasons. PITH_NOT_FOUND for a key of no paper here. */
void pith_ranked_free(struct pith_ranked *paper);
PITH_CLEANUP(struct pith_ranked, pith_ranked_free);
enum pith_status pith_show(struct pith *pith, const char *key, size_t reasons, struct pith_ranked **ret_paper,
                           struct pith_error *reterr);

struct pith_search_request {
    size_t size;    /* sizeof of this struct, as the program was compiled: later versions add members at the end */
    bool mine;      /* the reader's own order of what matches; else the most relevant first */
    size_t limit;   /* 0: all, at most PITH_SEARCH_MOST */
    size_t reasons; /* as for a ranking */
    bool remember;
    bool piped, unread; /* as for a ranking */
};
enum { PITH_SEARCH_MOST = 10000 };
/* Papers by words: "two words" as a phrase, diffus*, -survey, one OR other, title:, author:, category:, since:DAY, until:DAY.
 * `listed` of the ranking counts what matches. PITH_NOT_FOUND when nothing does, PITH_USAGE for a query that makes no sense,
 * PITH_LOCKED for a reader's order of a locked profile. */
enum pith_status pith_search(struct pith *pith, const char *query, const struct pith_search_request *request,
                             struct pith_ranking **ret_ranking, struct pith_error *reterr);
/* The reading list in the same form: with `mine` in the reader's own order, else as papers were set aside. PITH_NOT_FOUND when it is empty. */
enum pith_status pith_rank_later(struct pith *pith, const struct pith_search_request *request, struct pith_ranking **ret_ranking,
                                 struct pith_error *reterr);
/* Keeps papers, by key, as the last listing shown, numbered from 1: for a list that was made elsewhere, such as a digest. `piped` as for a
 * ranking. */
enum pith_status pith_keep_numbers(struct pith *pith, const char *const *keys, size_t count, bool piped, struct pith_error *reterr);

struct pith_influence { /* what one vote adds to a paper's score, through the words they share */
    char *key, *title;  /* the voted paper; for a comparison the winner */
    char *loser_title;  /* NULL for a thumb */
    int verdict;
    double contribution;
};
struct pith_account {
    struct pith_ranked paper; /* with all its reasons; rank 0 */
    bool learned;
    double prior;                      /* the part of the score from background papers and base rate, no vote of the reader */
    struct pith_influence *influences; /* by falling size; with `prior` they add up to the score */
    size_t influence_count;
};
void pith_account_free(struct pith_account *account);
PITH_CLEANUP(struct pith_account, pith_account_free);
enum pith_status pith_why(struct pith *pith, const char *key, struct pith_account **ret_account, struct pith_error *reterr);

/* ---- what was learnt, in few words ---- */

enum pith_trait_kind { PITH_TRAIT_WORD, PITH_TRAIT_AUTHOR, PITH_TRAIT_CATEGORY, PITH_TRAIT_ORGANISATION };
enum { PITH_TRAIT_KINDS = 4 };
struct pith_trait {
    enum pith_trait_kind kind;
    char *feature; /* "word:diffus", "author:Jane Doe", … */
    char *label;   /* as a paper that was voted on spells it */
    double weight; /* times its title weight (FORMAT.md, Model): above 0 for, below against */
};
struct pith_traits {
    struct pith_trait *item; /* by falling size of weight */
    size_t count;            /* 0 before the first vote */
};
void pith_traits_free(struct pith_traits *traits);
PITH_CLEANUP(struct pith_traits, pith_traits_free);
/* The `most` strongest of each kind for, and as many against. Needs PITH_MAY_RANK. */
enum pith_status pith_list_traits(struct pith *pith, size_t most, struct pith_traits **ret_traits, struct pith_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
