/* record: one paper being read, whatever the format: its fields put in one by one, then handed over.
 *
 * The first put that fails makes the record a bad one and later puts do nothing, so a reader asks once, at the end.
 * Text may be NULL (then nothing is put) and is normalised here; of one field put twice the first stays. */
#ifndef PITH_ENGINE_SOURCES_RECORD_H
#define PITH_ENGINE_SOURCES_RECORD_H

#include "engine/sources/sources.h"

struct record {
    struct paper paper;
    size_t line; /* where it starts, 1-based */
    bool tex;    /* its text is TeX as far as it goes, as arXiv's: of a command that is not known the backslash goes */
    bool skip;   /* no paper and no problem: a review among submissions, an attachment among items */
    enum pith_status status;
    struct pith_error error;
};

void record_init(struct record *record, const struct source *source, enum paper_source_rank rank, size_t line);
void record_clear(struct record *record); /* for PITH_AUTO */

/* The record cannot be used, for this reason (one sentence); the first reason stays. */
void record_fail(struct record *record, const char *format, ...) __attribute__((format(printf, 2, 3)));

void record_text(struct record *record, char **field, const char *text, size_t length);
void record_string(struct record *record, char **field, const char *text); /* as above, NUL-terminated */
/* Text that may hold HTML or JATS: a title or an abstract of a publisher's or a library's (markup_plain). */
void record_markup(struct record *record, char **field, const char *text);
/* Text that is plain already, of which TeX is not to be read again. */
void record_plain(struct record *record, char **field, const char *text);
/* "Abstract: " before the text is dropped; "Abstract interpretation" is none. */
void record_drop_heading(char *abstract);
/* An abstract that may hold HTML or JATS, without the heading that markup says is one. */
void record_abstract(struct record *record, const char *text);

/* A name as it is shown, "First Last"; one without a letter is dropped, and so is "et al.". A suffix alone ("Jr.", "III") belongs to
 * the name before. */
void record_author(struct record *record, const char *text, size_t length);
/* "First Last Suffix" of its parts; any may be NULL. */
void record_name(struct record *record, const char *first, const char *last, const char *suffix);
/* "Jr", "Sr.", "III": what stands behind a name. */
bool record_is_suffix(const char *text, size_t length);
/* "Last, First, Suffix" or "Last, Suffix, First", as libraries keep it. */
void record_last_first(struct record *record, const char *text, size_t length);

void record_category(struct record *record, const char *text, size_t length);
/* Every item of a list divided by any of `separators`. */
void record_categories(struct record *record, const char *text, const char *separators);

/* A name that an organisation goes by; the same again is dropped. */
void record_organisation(struct record *record, const char *text, size_t length);
/* An address of the web; other text is no link and no fault. */
void record_link(struct record *record, char **field, const char *address, size_t length);

/* An identifier in any spelling, also as the URL of a known site; other text is no key and no fault. True for a key. */
bool record_key(struct record *record, const char *text, size_t length);
bool record_key_string(struct record *record, const char *text);
/* The same with a kind ("pmid:", "s2:") for what is no identifier by itself. */
void record_key_of_kind(struct record *record, const char *kind, const char *text);

/* A date in any spelling (dates_read); other text leaves the day unknown. */
void record_day(int32_t *day, const char *text);

/* Marks the paper withdrawn when a comment, or an abstract, says that it is (a title is asked at the end). */
void record_withdrawn_comment(struct record *record, const char *text);
void record_withdrawn_abstract(struct record *record);
/* For want of a title the beginning of the abstract (paper_take_title). */
void record_take_title(struct record *record);
/* A notice of retraction, which no version of the paper lifts. */
void record_retracted(struct record *record);

/* Ends the record: the paper goes to the context, or its fault does. The record is cleared. Fails only as the context does, or
 * out of memory. */
enum pith_status record_hand_over(struct record *record, const struct source_context *context, struct pith_error *reterr);

#endif
