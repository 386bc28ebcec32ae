/* digest: the daily mail: what a reader wants of it, the digest itself, and the links and answers that vote. */
#ifndef PITH_DIGEST_H
#define PITH_DIGEST_H

#include <pith/papers.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- settings: what a reader wants of the daily digest; sealed with the profile ---- */

struct pith_settings {
    bool mail; /* digests are wanted; an unsubscribe link takes that away */
    double
        likes; /* "for you" ends where so many likes are to be expected; more than 0, at most 100. Without probabilities: `most` */
    unsigned most; /* papers "for you" at most, 1 to 200 */
    double cost; /* of an interruption, in likes missed: a day is held back while the chance that the digest holds a liked paper is
                        * below cost / (1 + cost); 0 (never) to 100 */
    unsigned explore;  /* labelled picks outside what is known to be liked, 0 to 2 */
    unsigned missed;   /* papers at most of listings that were not mailed, 0 to 20 */
    unsigned announce; /* only those announced so, in bits of pith_announce; 0: all */
};
/* Those that were never set have their defaults. */
enum pith_status pith_get_settings(struct pith *pith, struct pith_settings *ret_settings, struct pith_error *reterr);
/* One change, durable. PITH_USAGE names what is out of range. Needs PITH_MAY_VOTE. */
enum pith_status pith_put_settings(struct pith *pith, const struct pith_settings *settings, struct pith_error *reterr);

/* ---- tickets: what a link in a mail stands for. Sealed under a key of the store; needs no profile key, and tells nothing itself ---- */

enum { PITH_TICKET_TEXT = 96 }; /* characters of a ticket in base64url, and a NUL */
enum { PITH_TRAIL_TEXT = 256 }; /* the same of a trail */
enum pith_ticket_kind { PITH_TICKET_THUMB = 1, PITH_TICKET_REPLY = 2, PITH_TICKET_MAIL = 3 };
struct pith_ticket {
    enum pith_ticket_kind kind;
    int32_t day;             /* of the digest it was in */
    int32_t last;            /* day on which it is good for the last time */
    int verdict;             /* of a thumb: 1 up, -1 down */
    struct pith_paper paper; /* of a thumb; else all NULL */
    bool spent;              /* it was used, and not taken back */
};
void pith_ticket_free(struct pith_ticket *ticket);
PITH_CLEANUP(struct pith_ticket, pith_ticket_free);
/* Opens nothing of the profile. PITH_NOT_FOUND for what is no ticket of this store (or its profile or paper is gone), PITH_LOCKED once
 * its last day is over. */
enum pith_status pith_read_ticket(struct pith *pith, const char *text, int32_t today, struct pith_ticket **ret_ticket,
                                  struct pith_error *reterr);
/* Does once what it says, through the sealed inbox: records its thumb, or unsubscribes. *ret_done false: it was done already. Durable. */
enum pith_status pith_use_ticket(struct pith *pith, const char *text, int32_t today, bool *ret_done, struct pith_error *reterr);
/* Takes that back without a trace: what stood before stands again, unless the reader has voted on the paper since; mail is wanted again.
 * The ticket can be used again. *ret_done false: there was nothing to take back. */
enum pith_status pith_return_ticket(struct pith *pith, const char *text, int32_t today, bool *ret_done, struct pith_error *reterr);

/* The paper after a thumb's in the same mail, as far as the trail beside its ticket tells, with thumbs and a trail of its own. Opens
 * nothing of the profile. PITH_NOT_FOUND: there is none, or the trail is not this ticket's. */
struct pith_next {
    struct pith_paper paper;
    char up[PITH_TICKET_TEXT], down[PITH_TICKET_TEXT], trail[PITH_TRAIL_TEXT];
};
void pith_next_free(struct pith_next *next);
PITH_CLEANUP(struct pith_next, pith_next_free);
enum pith_status pith_next_paper(struct pith *pith, const char *ticket, const char *trail, int32_t today,
                                 struct pith_next **ret_next, struct pith_error *reterr);

/* A mail that answers a digest: "1+ 4- 7+" in its text (quoted lines are passed over), the digest's ticket in In-Reply-To, References or
 * the subject. Left in the sealed inbox as one change. The same mail again changes nothing. */
enum { PITH_REPLY_VOTES = 64 };
struct pith_reply {
    int32_t day; /* of the digest */
    struct {
        unsigned number;
        int verdict;
    } vote[PITH_REPLY_VOTES];
    size_t votes;
    bool known; /* this mail came before */
};
/* PITH_INPUT: no mail, no votes in it, or one that is not clear or of no paper in the digest: nothing is recorded then; PITH_NOT_FOUND: no
 * ticket of this store; PITH_LOCKED: too old. */
enum pith_status pith_post_reply(struct pith *pith, const char *mail, size_t length, int32_t today, struct pith_reply *ret_reply,
                                 struct pith_error *reterr);

/* ---- the daily digest: one a day, composed once ---- */

enum pith_section { PITH_FOR_YOU, PITH_EXPLORE, PITH_MISSED };
struct pith_digest_item {
    enum pith_section section;
    size_t number; /* 1, 2, … through all sections, as replies name it */
    char *key, *id, *title, *url;
    char *authors;  /* for people: "Ada Brown, Ben Cole and 5 others"; "" unknown */
    char *category; /* its first; "" unknown */
    char *reason;   /* one line for people, in plain ASCII but for names; "" for none */
    char *liked;    /* title of the liked paper that it is most like, where the reason tells of one; "" for none */
    char *excerpt;  /* the abstract's first words, two lines of a mail; "" unknown */
    char *pdf;      /* its address; "" for none */
    int32_t day;    /* of its listing */
    enum pith_announce announce;
    bool withdrawn;
    double probability;          /* NAN where it is not to be shown */
    struct pith_facts facts;     /* as the store has them now, whenever the digest was composed; none once the paper is gone */
    char trail[PITH_TRAIL_TEXT]; /* what a link by either ticket may carry too: pith_next_paper; "" for the last */
    char up[PITH_TICKET_TEXT], down[PITH_TICKET_TEXT]; /* "" where whoever asks may not vote */
};
enum pith_digest_state {
    PITH_DIGEST_OPEN,    /* composed for a look: nothing was kept */
    PITH_DIGEST_CLAIMED, /* composed, kept, and about to be sent: asked for again, it is the same to the byte */
    PITH_DIGEST_SENT,
    PITH_DIGEST_HELD, /* not worth an interruption */
    PITH_DIGEST_OFF,  /* the reader wants no mail */
};
struct pith_digest {
    int32_t day; /* that it is for */
    enum pith_digest_state state;
    int64_t time;                /* when it was composed, in seconds since 1970-01-01 UTC */
    int32_t first, last;         /* listing days that "for you" was chosen from; PITH_NO_DAY: none was new */
    size_t listed;               /* papers on them */
    size_t ups, downs, pairs;    /* votes learnt from */
    bool learned, probabilities; /* as of a ranking */
    double expected, below;      /* likes expected in "for you", and missed below the line; NAN without probabilities */
    double chance;               /* that it holds a paper to be liked; NAN without probabilities */
    char **notice;               /* what is to be known of the listings: "arXiv posted nothing", …; a sentence each */
    size_t notices;
    char **change; /* what changed since the digest before: votes learnt, words that gained or lost; a sentence each */
    size_t changes;
    struct pith_digest_item *item; /* by section, then in the reader's order */
    size_t count;
    char reply[PITH_TICKET_TEXT]; /* names this digest in answers to it; "" where whoever asks may not vote, or it is not kept */
    char stop[PITH_TICKET_TEXT];  /* unsubscribes */
};
void pith_digest_free(struct pith_digest *digest);
PITH_CLEANUP(struct pith_digest, pith_digest_free);
/* The digest for a day (PITH_NO_DAY: today's): as it was kept, else composed now. Needs PITH_MAY_RANK. `now`: seconds since 1970-01-01
 * UTC. PITH_USAGE for a day to come. */
enum pith_status pith_get_digest(struct pith *pith, int32_t day, int64_t now, struct pith_digest **ret_digest,
                                 struct pith_error *reterr);
/* Composes and keeps it, so that it may be sent, once: open becomes claimed; what is claimed or sent stays; held and off are not kept.
 * PITH_USAGE also for a day more than 14 days ago. Of several that claim at once all get the same digest. */
enum pith_status pith_claim_digest(struct pith *pith, int32_t day, int64_t now, struct pith_digest **ret_digest,
                                   struct pith_error *reterr);
/* It has been sent, and its papers count as shown. Again changes nothing. PITH_NOT_FOUND when it was not claimed. */
enum pith_status pith_settle_digest(struct pith *pith, int32_t day, struct pith_error *reterr);
/* Days whose digest is kept, the newest first, 62 at most. */
struct pith_digest_day {
    int32_t day;
    enum pith_digest_state state; /* claimed or sent */
    size_t papers;
};
enum { PITH_DIGEST_DAYS = 62 };
enum pith_status pith_list_digests(struct pith *pith, struct pith_digest_day days[PITH_DIGEST_DAYS], size_t *ret_count,
                                   struct pith_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
