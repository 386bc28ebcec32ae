/* papers: files taken in, and papers by name. */
#ifndef PITH_PAPERS_H
#define PITH_PAPERS_H

#include <pith/home.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What came of taking a file in. */
enum { PITH_IMPORT_PROBLEMS = 20 };
struct pith_import_problem {
    size_t line; /* where the record begins, from 1 */
    char reason[160];
};
struct pith_import_report {
    const char *format; /* "arxiv-rss", "hf-json", "bibtex", "jsonl", … (docs/formats.md), static; NULL when not recognised */
    size_t records;     /* good records read */
    size_t added;       /* papers new to the store */
    size_t merged;      /* known papers whose record changed: better text, another identifier, … */
    size_t known;       /* known papers that stayed as they were */
    size_t hidden;      /* good records that were not wanted */
    size_t skipped;     /* bad records */
    int32_t first_day, last_day; /* listing days touched; PITH_NO_DAY for none */
    size_t problems;             /* how many are named below: at most PITH_IMPORT_PROBLEMS of the skipped ones */
    struct pith_import_problem problem[PITH_IMPORT_PROBLEMS];
};
/* One file's bytes; the format is told from content. Records are stored some hundreds at a time, each time whole: a file that fails
 * keeps what was stored before, and the message says so. A library's papers and undated ones stand on no listing. `today`: the day of a
 * listing that is a page of today's, and the year of dates without one. */
enum pith_status pith_import(struct pith *pith, const void *bytes, size_t length, int32_t today,
                             struct pith_import_report *ret_report, struct pith_error *reterr);

/* Where a file's bytes come from, in order: a file of any size, where a format has a record a line. */
struct pith_input {
    /* Puts up to `size` bytes in `buffer`; *ret_got is 0 at the end, and only there. */
    enum pith_status (*read)(void *user, char *buffer, size_t size, size_t *ret_got, struct pith_error *reterr);
    void *user;
    size_t size; /* of the file, for telling progress; 0: unknown */
};
/* As pith_import, in bounded memory. */
enum pith_status pith_import_input(struct pith *pith, const struct pith_input *input, int32_t today,
                                   struct pith_import_report *ret_report, struct pith_error *reterr);

/* What pith takes an input for: the format, and the first record field by field. Stores nothing. */
struct pith_field {
    const char *name; /* "title", "authors", …; static */
    bool list;
    char **value;
    size_t count; /* 1 unless it is a list */
};
struct pith_sniffed {
    const char *format; /* "arxiv-rss"; static */
    char title[160];    /* "arXiv RSS", "RSS feed of journals.example.org" */
    size_t records, skipped;
    size_t fault_line; /* of the first record that cannot be used, and why; "" when there is none */
    char fault[160];
    struct pith_field *field; /* of the first good record */
    size_t fields;
};
void pith_sniffed_free(struct pith_sniffed *sniffed);
PITH_CLEANUP(struct pith_sniffed, pith_sniffed_free);
enum pith_status pith_sniff(const struct pith_input *input, int32_t today, struct pith_sniffed **ret_sniffed,
                            struct pith_error *reterr);

/* ---- what is known of a paper ---- */

struct pith_names {
    char **item;
    size_t count;
};
/* As its sources tell it. A link is an address of the web ("https://…", "http://…"); NULL where the paper has none. Its page is `url` of what
 * these facts stand in. */
struct pith_facts {
    struct pith_names authors;       /* in order */
    struct pith_names categories;    /* the first is the primary one where known */
    struct pith_names organisations; /* that it comes from */
    char *abstract;                  /* "" unknown */
    char *pdf, *doi, *code, *project;
    int32_t published, updated;       /* PITH_NO_DAY unknown */
    int upvotes, comments, citations; /* -1 unknown */
};

/* ---- naming papers ---- */

struct pith_paper {
    char *key; /* "arxiv:2506.02483" */
    char *id;  /* for people: "arXiv:2506.02483" */
    char *title;
};
struct pith_papers {
    struct pith_paper *item;
    size_t count;
    bool more; /* there are more than were listed */
};
void pith_papers_free(struct pith_papers *papers);
PITH_CLEANUP(struct pith_papers, pith_papers_free);
/* Papers called `name`: a rank in the last listing shown ("3"; needs an unlocked profile), an identifier in any spelling, or a
 * part of a title. One or more (at most 20); the caller must not guess among several. PITH_NOT_FOUND for none. */
enum pith_status pith_find(struct pith *pith, const char *name, struct pith_papers **ret_papers, struct pith_error *reterr);

/* The one paper with this identifier, in any spelling; no ranks and no titles. PITH_NOT_FOUND. */
enum pith_status pith_identify(struct pith *pith, const char *identifier, struct pith_papers **ret_paper,
                               struct pith_error *reterr);

/* All days that papers are listed on, ascending. Free them with pith_free. */
enum pith_status pith_list_days(struct pith *pith, int32_t **ret_days, size_t *ret_count, struct pith_error *reterr);

/* The same with how many papers each lists. Free them with pith_free. */
struct pith_listing {
    int32_t day;
    size_t papers;
};
enum pith_status pith_list_listings(struct pith *pith, struct pith_listing **ret_listings, size_t *ret_count,
                                    struct pith_error *reterr);

/* How a listing announced a paper, in bits: one that says nothing of it counts as new. */
enum pith_announce { PITH_NEW = 1, PITH_CROSS = 2, PITH_REPLACED = 4 };

#ifdef __cplusplus
}
#endif

#endif
