/* paper: one paper as pith knows it, whatever listing it came from.
 *
 * A plain value: sources fill it, the store keeps it. All text is UTF-8, one line, normalised (unicode_normalise). */
#ifndef PITH_ENGINE_PAPERS_PAPER_H
#define PITH_ENGINE_PAPERS_PAPER_H

#include "engine/base/days.h"
#include <pith/papers.h>

/* A seed by words is kept under a key that begins so. */
#define PAPER_TEXT "text:"
/* Ends a title that is the beginning of an abstract. */
#define PAPER_GOES_ON " …"

/* Limits on one record: a longer title makes it a bad one, of a longer abstract and of more authors the beginning is kept. */
enum {
    PAPER_MAX_TITLE = 2000,     /* characters */
    PAPER_MAX_ABSTRACT = 50000, /* characters */
    PAPER_MAX_AUTHORS = 10000,
    PAPER_MAX_CATEGORIES = 256,
    PAPER_MAX_ORGANISATIONS = 256,
    PAPER_MAX_KEYS = 16,
    PAPER_MAX_RECORD = 1 << 20, /* bytes */
};

/* An integer that may be missing: missing is not zero. */
#define PAPER_MISSING (-1)

enum paper_announce {
    ANNOUNCE_UNKNOWN,
    ANNOUNCE_NEW,
    ANNOUNCE_CROSS,
    ANNOUNCE_REPLACE,
    ANNOUNCE_REPLACE_CROSS,
};

/* How good a source's text is when two records of one paper meet that are equally new: the higher rank wins, ties go to the smaller
 * in byte order, so that merging does not depend on the order of import. */
enum paper_source_rank {
    RANK_LIBRARY = 10,    /* somebody's own library or hand-made JSON Lines without better */
    RANK_RENDERING = 20,  /* text scraped from a page: TeX damaged */
    RANK_AGGREGATOR = 30, /* Hugging Face, Semantic Scholar, OpenAlex */
    RANK_PUBLISHER = 40,  /* arXiv, bioRxiv, OpenReview, PubMed themselves */
};

/* How new a text is: when two records of one paper meet, each of title, abstract and authors stays with the record that is newest by
 * this. A rank of 0 says that the text is as new as the record it stands in (paper_origin). */
struct paper_origin {
    int version;     /* 0: unknown */
    int32_t updated; /* a day, or PITH_NO_DAY */
    int rank;        /* enum paper_source_rank */
};
enum paper_field { FIELD_OF_TITLE, FIELD_OF_ABSTRACT, FIELD_OF_AUTHORS, FIELD_OF_WITHDRAWN, PAPER_FIELDS };
enum { PAPER_EVERY_VERSION = INT32_MAX }; /* the version of a retraction that no version lifts */

/* Kinds of identifiers, as bits: two papers whose identifiers of one kind differ are two. A preprint's DOI and a journal's are two
 * kinds, as one paper has both. */
enum paper_kind { KIND_ARXIV = 1, KIND_DOI = 2, KIND_PREPRINT_DOI = 4, KIND_PMID = 8, KIND_OPENALEX = 16 };

struct paper_list { /* a growable list of owned strings */
    char **item;
    size_t count, cap;
};

struct paper {
    struct paper_list keys;          /* [0] is the paper's key; the rest other identifiers, e.g. "arxiv:2506.02483", "doi:10.1/x",
                             * and always last its "title:<32 hex>" */
    int version;                     /* 0: unknown; never part of a key */
    char *title;                     /* never NULL once read; never empty */
    char *abstract;                  /* never NULL once read; may be empty */
    struct paper_list authors;       /* "First Last", in order */
    struct paper_list categories;    /* [0] is the primary one where known */
    struct paper_list organisations; /* that it comes from, as they call themselves: "Harvard University" */
    int32_t published, updated;      /* days; PITH_NO_DAY when unknown */
    int32_t announced;               /* the day it was announced */
    int32_t listed;                  /* the day of the listing it stands in, where that is another; not stored */
    enum paper_announce announce;
    int upvotes, comments, citations; /* PAPER_MISSING when unknown */
    char *url;                        /* NULL: derived from the key (paper_url) */
    char *pdf, *code, *project;       /* where the source has them; addresses of the web alone; NULL unknown */
    bool withdrawn;
    bool part; /* a chapter: its DOI may be the book's, so a DOI alone does not make it the same as another */
    struct paper_origin origin[PAPER_FIELDS];
    const char *source; /* static name of the format: "jsonl", "hf-json", "daily-papers-text", … */
    int source_rank;    /* enum paper_source_rank */
};

void paper_init(struct paper *paper);  /* everything unknown, nothing owned */
void paper_clear(struct paper *paper); /* frees what it owns and makes it as after paper_init */

/* Appends a copy of text[0..length). PITH_NOMEM past `max` items. */
enum pith_status paper_list_add(struct paper_list *list, const char *text, size_t length, size_t max, struct pith_error *reterr);

/* Reads an identifier in any spelling: arXiv ids old and new (with "arXiv:", "oai:arXiv.org:", abs/pdf/html URLs, version,
 * "10.48550/arXiv."), DOIs (bare, "doi:", URL), Hugging Face paper URLs, pith's own keys.
 * Writes the key ("arxiv:2506.02483") and the version (0 when none; ret_version may be NULL).
 * False when `text` is no identifier: key is then untouched. `key` holds at least PAPER_KEY_SIZE bytes. */
enum { PAPER_KEY_SIZE = 256 };
bool paper_key_from_text(const char *text, size_t length, char key[PAPER_KEY_SIZE], int *ret_version);
/* As above; any other text becomes a key of `kind` ("id:", "hf:"), blanks at its ends dropped, so that it can be typed again.
 * False when nothing is left or it is too long. */
bool paper_key_of_kind(const char *kind, const char *text, size_t length, char key[PAPER_KEY_SIZE], int *ret_version);

/* "title:" and 32 hex digits: NFKD, marks stripped, lower case, letters and digits only, 16 bytes of BLAKE2b. */
enum pith_status paper_title_key(const char *title, char key[PAPER_KEY_SIZE], struct pith_error *reterr);

/* How new a field of the paper is, also of one that was never merged. */
struct paper_origin paper_origin(const struct paper *paper, enum paper_field field);
/* The kinds that a paper has identifiers of: bits of enum paper_kind. */
unsigned paper_kinds(const struct paper_list *keys);

/* Makes a read paper fit to keep, or says in one sentence why it is not (PITH_INPUT): a title within the limits, an abstract that is
 * one ("NA" and "No abstract available." are none), at least one key (the title key is appended, and is keys.item[0] when there is no other), no duplicate keys or authors beyond limits. */
enum pith_status paper_finish(struct paper *paper, struct pith_error *reterr);
/* Gives a record without a title the beginning of its abstract for one, where it has an abstract. */
enum pith_status paper_take_title(struct paper *paper, struct pith_error *reterr);
/* Whether the title is such a beginning. */
bool paper_title_is_made(const struct paper *paper);

/* The identifier for people: "arXiv:2506.02483" for "arxiv:2506.02483", a bare DOI's "doi:…", else as it came. malloc'ed. */
enum pith_status paper_display_id(const char *key, char **ret_id, struct pith_error *reterr);

/* As readers ask for it; what nothing is known of is new. */
enum pith_announce paper_announced(enum paper_announce announce);

/* Whether this is an address of the web ("https://…" or "http://…", without blanks or control characters): a link may be made of it. */
bool paper_is_link(const char *address);

/* Where a person reads it: the url field when it is a link, else built from the key; "" when there is nowhere. Borrowed or written
 * into buffer. */
enum { PAPER_URL_SIZE = PAPER_KEY_SIZE + 64 };
const char *paper_url(const char *url, const char *key, char buffer[PAPER_URL_SIZE]);

#endif
