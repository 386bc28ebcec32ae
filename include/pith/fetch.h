/* fetch: listings from their sources over the network, and what came of it. */
#ifndef PITH_FETCH_H
#define PITH_FETCH_H

#include <pith/home.h>
#include <pith/papers.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What came of one run over a source. */
enum { PITH_SOURCE = 256, PITH_NOTE = 400 };
struct pith_receipt {
    char source[PITH_SOURCE];
    int64_t time;        /* seconds since 1970-01-01 UTC */
    int32_t first, last; /* listing days that papers came for; PITH_NO_DAY for none */
    size_t announced;    /* papers that the source says it has */
    size_t fetched;      /* read from its answers */
    size_t added, merged;
    size_t hidden;           /* not wanted: announced in another way than asked for */
    size_t failed;           /* records that could not be used */
    bool unchanged;          /* the source says that nothing changed since the last run */
    char failure[PITH_NOTE]; /* why the run ended before its end; "" when it did not */
    char note[PITH_NOTE];    /* what else is to be known: "arXiv announced nothing", …; "" for nothing */
};
/* Where the time comes from, and how it is waited for. */
struct pith_clock {
    int64_t (*now)(void *user); /* milliseconds on a clock that only goes forward */
    void (*sleep)(void *user, int64_t milliseconds);
    void *user;
};
struct pith_fetch_request {
    size_t size;         /* sizeof of this struct, as the program was compiled: later versions add members at the end */
    const char *source;  /* "arxiv:cs.LG+cs.CL", "hf", "biorxiv:neuroscience", "medrxiv", "openreview:VENUE", or an address */
    const char *name;    /* what the reader calls it: receipts stand under it; NULL: as `source` */
    const char *contact; /* a mail or web address that the source's keeper can turn to; NULL: none */
    const char *mirror;  /* ask there instead of the service itself, "https://host/path"; NULL: none */
    unsigned announce;   /* papers announced so, in bits of pith_announce; 0: all */
    bool local;          /* addresses of private networks may be asked: for a mirror of one's own */
    int64_t time;        /* now, in seconds since 1970-01-01 UTC */
    int32_t today;
    int32_t since; /* the first day wanted; PITH_NO_DAY: what is new since the last run */
    const struct pith_clock *clock;
};
/* Fetches and imports. A run that fails on the way is PITH_OK with a `failure` in its receipt: what came before is kept. PITH_USAGE
 * for a source that makes no sense. */
enum pith_status pith_fetch(struct pith *pith, const struct pith_fetch_request *request, struct pith_receipt *ret_receipt,
                            struct pith_error *reterr);
struct pith_receipts {
    struct pith_receipt *item; /* the newest first */
    size_t count;
};
void pith_receipts_free(struct pith_receipts *receipts);
PITH_CLEANUP(struct pith_receipts, pith_receipts_free);
enum pith_status pith_list_receipts(struct pith *pith, size_t most, struct pith_receipts **ret_receipts, struct pith_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
