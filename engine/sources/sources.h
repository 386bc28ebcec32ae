/* sources: bytes of a listing or library in, papers out.
 *
 * One file per format; the table in sources.c is the only place that names them all. The format is told from content alone.
 * A source never touches the store. */
#ifndef PITH_ENGINE_SOURCES_SOURCES_H
#define PITH_ENGINE_SOURCES_SOURCES_H

#include "engine/papers/paper.h"
#include <pith/papers.h>

enum {
    SOURCES_MAX_FILE = 64 << 20, /* bytes, unpacked; formats of a record a line have no limit */
    SOURCES_MAX_DEPTH = 64,      /* nesting of JSON and XML */
    SOURCES_TITLE = 160,
};

/* Bytes in memory as such an input: `memory` must stay, and is what there is left. */
struct source_memory {
    const char *bytes;
    size_t length;
};
struct pith_input sources_memory(struct source_memory *memory);

/* What reading one input needs and where its results go. */
struct source_context {
    int32_t today; /* the day of import: the listing day where the input names none, and the year of year-less dates */

    /* Takes a finished paper, for the call or for good: then it leaves it as paper_init makes one. A failure stops the reading and is passed up. */
    enum pith_status (*paper)(void *user, struct paper *paper, struct pith_error *reterr);
    /* A record that could not be used. `line` is 1-based, where the record starts; `reason` one sentence. */
    void (*problem)(void *user, size_t line, const char *reason);
    /* Called now and then with bytes done of all (0: unknown); may be NULL. */
    void (*progress)(void *user, size_t done, size_t all);
    /* Told for people what the input is, before anything of it: "arXiv RSS", "RSS feed of journals.example.org"; may be NULL. */
    void (*named)(void *user, const char *title);
    void *user;
};

struct json_members; /* engine/sources/json_members.h */

/* One format. */
struct source {
    const char *name;  /* "daily-papers-text": stable, stored */
    const char *title; /* "Daily Papers page as text": for people */
    /* Whether these bytes are this format: cheap, looks at the beginning only, never fails. */
    bool (*recognise)(const char *bytes, size_t length);
    /* The same of a file that begins with '{' or '[', by the members in its beginning. A format has one of the two. */
    bool (*recognise_json)(const struct json_members *members);
    bool library; /* what somebody has: its papers stand on no day's listing */
    bool lines;   /* every line is a record by itself: `read` may be given a file in pieces that end with a line */
    /* Reads all of it. PITH_INPUT when nothing can be made of it as a whole, else PITH_OK, however many records were bad. */
    enum pith_status (*read)(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr);
    /* What this input is, where the title alone does not tell; NULL where it does. */
    void (*name_of)(const char *bytes, size_t length, char *title, size_t size);
};

/* The format of these bytes, or NULL, also for a file that is packed. A BOM and leading blank lines do not matter. */
const struct source *sources_recognise(const char *bytes, size_t length);

/* Every format in turn, in the order of recognition; NULL past the last. */
const struct source *sources_at(size_t index);

/* "arXiv (Atom, RSS, …), BibTeX, …": what is looked for. Static. */
const char *sources_known(void);

/* Recognises and reads, a gzip file as what it holds. PITH_INPUT for an unknown format (names what was looked for), a file over
 * the limit, packed or unpacked, or an empty one.
 * ret_source (may be NULL) tells the format, also when reading failed after it was recognised. */
enum pith_status sources_read(const char *bytes, size_t length, const struct source_context *context,
                              const struct source **ret_source, struct pith_error *reterr);
/* The same from wherever the bytes come; a format of a record a line in bounded memory, however long the file. */
enum pith_status sources_read_input(const struct pith_input *from, const struct source_context *context,
                                    const struct source **ret_source, struct pith_error *reterr);

extern const struct source source_arxiv_atom;
extern const struct source source_arxiv_mail;
extern const struct source source_arxiv_oai;
extern const struct source source_arxiv_rss;
extern const struct source source_arxiv_snapshot;
extern const struct source source_bibtex;
extern const struct source source_biorxiv_json;
extern const struct source source_biorxiv_rss;
extern const struct source source_csl_json;
extern const struct source source_daily_papers_text;
extern const struct source source_feed;
extern const struct source source_hf_json;
extern const struct source source_hf_markdown;
extern const struct source source_hf_page;
extern const struct source source_jsonl;
extern const struct source source_nbib;
extern const struct source source_openalex;
extern const struct source source_openreview;
extern const struct source source_pubmed_xml;
extern const struct source source_ris;
extern const struct source source_semantic_scholar;
extern const struct source source_zotero_rdf;

#endif
