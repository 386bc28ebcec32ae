/* arXiv's daily mailing, its "new" listing files and .abs files; the mailing also as .eml or mbox, quoted or forwarded. Traps: the
 * kind of announcement is told by lines of "%-" between items; replacements have no abstract; "\\" also ends lines in abstracts;
 * the date in an item is the submission's, that before the first item the announcement's. */
#include "engine/base/bytes.h"
#include "engine/base/dates.h"
#include "engine/sources/arxiv.h"
#include "engine/sources/arxiv_days.h"
#include "engine/sources/lines.h"
#include "engine/sources/mime.h"

#include <stdlib.h>
#include <string.h>

enum { BEGINNING = 1 << 16 };

enum state { STATE_OUTSIDE, STATE_HEAD, STATE_FIELDS, STATE_ABSTRACT };
enum section { SECTION_NEW, SECTION_CROSS, SECTION_REPLACE, SECTION_END };
enum field { FIELD_OTHER, FIELD_TITLE, FIELD_AUTHORS, FIELD_CATEGORIES, FIELD_COMMENTS, FIELD_DOI };

static const struct {
    const char *name;
    enum field field;
} fields[] = {
    {"Title:", FIELD_TITLE},       {"Authors:", FIELD_AUTHORS},   {"Author:", FIELD_AUTHORS},  {"Categories:", FIELD_CATEGORIES},
    {"Comments:", FIELD_COMMENTS}, {"DOI:", FIELD_DOI},           {"Report-no:", FIELD_OTHER}, {"MSC-class:", FIELD_OTHER},
    {"ACM-class:", FIELD_OTHER},   {"Journal-ref:", FIELD_OTHER}, {"Proxy:", FIELD_OTHER},     {"License:", FIELD_OTHER},
    {"Subj-class:", FIELD_OTHER},
};

struct listing {
    const struct source_context *context;
    enum state state;
    enum section section;
    int32_t announced, listed; /* the mailing's day, and the day of the page that has the same batch */
    bool exact, forwarded;     /* that day is by a clock with its zone; the listing stands in somebody else's mail */
    struct record record;
    enum field field;
    struct bytes value; /* of the field, or the abstract, so far */
    int revisions;
    int32_t page;      /* that the paper at hand was first on, by when it was submitted */
    bool at_hour;      /* the mail was sent when arXiv sends */
    bool from, marked; /* the item names a submitter: an .abs file; it is marked as cross-listed */
    size_t items;
};

/* ---- lines ---- */

static const char hard_blank[] = "\xC2\xA0";

/* A line without the marks of quoting, and without hard blanks before it. */
static bool next_line(const char **at, const char *end, size_t *number, struct line *line)
{
    if (!lines_next(at, end, number, line))
        return false;
    while (line->length && *line->text == '>') {
        line_skip(line, 1);
        if (line->length && *line->text == ' ')
            line_skip(line, 1);
    }
    while (line_starts(line, hard_blank)) /* web mail's indents */
        line_skip(line, sizeof hard_blank - 1);
    return true;
}

static bool is_dashes(const struct line *line)
{
    size_t dashes = 0;
    while (dashes < line->length && line->text[dashes] == '-')
        dashes++;
    return dashes >= 12 && dashes == line->length;
}

/* "\\" alone, or with the paper's address: not a line of an abstract that has a break in it. */
static bool is_mark(const struct line *line)
{
    return line_starts(line, "\\\\") && (line->length == 2 || line_starts(line, "\\\\ ( http") || line_is(line, "\\\\ ("));
}

/* "arXiv:2306.04713 (*cross-listing*)", in old files "Paper: astro-ph/9204001". */
static bool read_identifier(const struct line *line, char key[PAPER_KEY_SIZE], int *version)
{
    size_t start = line_starts(line, "Paper:") ? 6 : 0;
    if (!start && !line_begins(line, "arXiv:"))
        return false;
    while (start < line->length && line->text[start] == ' ')
        start++;
    size_t stop = start;
    while (stop < line->length && line->text[stop] != ' ')
        stop++;
    return paper_key_from_text(line->text + start, stop - start, key, version) && strncmp(key, "arxiv:", 6) == 0;
}

/* ---- items ---- */

static void end_field(struct listing *listing)
{
    struct record *record = &listing->record;
    char *text = listing->value.data ? strndup((const char *)listing->value.data, listing->value.length) : NULL;
    size_t length = listing->value.length;
    if (listing->value.failed)
        record_fail(record, "the record is larger than %d bytes", PAPER_MAX_RECORD);
    listing->value.length = 0;
    listing->value.failed = false;
    if (listing->state == STATE_ABSTRACT)
        record_text(record, &record->paper.abstract, text, length);
    else if (listing->field == FIELD_TITLE)
        record_text(record, &record->paper.title, text, length);
    else if (listing->field == FIELD_AUTHORS)
        arxiv_authors(record, text);
    else if (listing->field == FIELD_CATEGORIES)
        record_categories(record, text, " \t\n");
    else if (listing->field == FIELD_COMMENTS)
        record_withdrawn_comment(record, text);
    else if (listing->field == FIELD_DOI && text)
        record_key(record, text, length);
    listing->field = FIELD_OTHER;
    free(text);
}

static void put_line(struct listing *listing, const struct line *line)
{
    if (listing->state == STATE_ABSTRACT || listing->field) {
        bytes_put(&listing->value, line->text, line->length);
        bytes_put_u8(&listing->value, '\n');
    }
}

static void classify(struct listing *listing)
{
    static const enum paper_announce plain[] = {ANNOUNCE_NEW, ANNOUNCE_CROSS, ANNOUNCE_REPLACE, ANNOUNCE_UNKNOWN};
    struct paper *paper = &listing->record.paper;
    paper->listed = listing->listed != PITH_NO_DAY ? listing->listed : listing->page;
    if (listing->from) { /* no listing */
        paper->listed = listing->page;
        paper->version = listing->revisions ? listing->revisions : 1;
        return;
    }
    paper->announced = listing->announced;
    paper->announce = plain[listing->section];
    if (listing->marked)
        paper->announce = listing->section == SECTION_REPLACE ? ANNOUNCE_REPLACE_CROSS : ANNOUNCE_CROSS;
    if (paper->announce == ANNOUNCE_NEW)
        paper->version = 1;
}

static enum pith_status end_item(struct listing *listing, struct pith_error *reterr)
{
    if (listing->state == STATE_OUTSIDE)
        return PITH_OK;
    end_field(listing);
    listing->state = STATE_OUTSIDE;
    classify(listing);
    record_withdrawn_abstract(&listing->record);
    return record_hand_over(&listing->record, listing->context, reterr);
}

static void begin_item(struct listing *listing, const struct line *line)
{
    char key[PAPER_KEY_SIZE];
    int version = 0;
    record_init(&listing->record, &source_arxiv_mail, RANK_PUBLISHER, line->number);
    listing->state = STATE_HEAD;
    listing->field = FIELD_OTHER;
    listing->revisions = 0;
    listing->from = false;
    listing->page = PITH_NO_DAY;
    listing->marked = memmem(line->text, line->length, "(*cross-listing*)", 17);
    if (read_identifier(line, key, &version)) {
        record_key(&listing->record, key, strlen(key));
        listing->record.paper.version = version;
    }
}

/* "Wed, 15 Mar 2023 18:34:08 GMT   (243kb,D)": an I among the letters says withdrawn. */
static void read_submission(struct listing *listing, const struct line *line, int32_t *day)
{
    const char *size = memchr(line->text, '(', line->length), *end = line->text + line->length;
    if (size && !memmem(size, (size_t)(end - size), "kb", 2)) /* "Date (revised v2): …" */
        size = memchr(size + 1, '(', (size_t)(end - size - 1));
    const char *flags = size ? memchr(size, ',', (size_t)(end - size)) : NULL;
    const char *colon = memchr(line->text, ':', line->length);
    const char *date = colon && (line_starts(line, "Date")) ? colon + 1 : line->text;
    listing->record.paper.withdrawn = flags && memchr(flags, 'I', (size_t)(end - flags));
    size_t length = (size_t)((size && size > date ? size : end) - date);
    dates_read(date, length, day);
    if (listing->page == PITH_NO_DAY || day == &listing->record.paper.published)
        arxiv_page_of_submission(date, length, &listing->page);
}

static void read_head(struct listing *listing, struct line *line)
{
    struct paper *paper = &listing->record.paper;
    if (line_starts(line, "From:")) {
        listing->from = true;
    } else if (line_starts(line, "Date (revised")) {
        const char *version = memmem(line->text, line->length, "revised v", 9);
        int number = 2;
        if (version)
            version += 9;
        if (!version || lines_number(&version, line->text + line->length, 4, &number))
            listing->revisions = number > listing->revisions ? number : listing->revisions;
        read_submission(listing, line, &paper->updated);
    } else if (line_starts(line, "Date:")) {
        read_submission(listing, line, &paper->published);
    } else if (line->length && *line->text == '(') { /* wrapped on its way: "(243kb,D)" */
        const char *flags = memchr(line->text, ',', line->length);
        paper->withdrawn |= flags && memchr(flags, 'I', (size_t)(line->text + line->length - flags));
    } else if (line_starts(line, "replaced with") || memmem(line->text, line->length, " added ", 7)) {
        read_submission(listing, line, &paper->updated);
    }
}

/* A line of the fields; true when it is one of theirs. */
static bool read_field(struct listing *listing, struct line *line)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!line_starts(line, fields[i].name))
            continue;
        end_field(listing);
        listing->state = STATE_FIELDS;
        listing->field = fields[i].field;
        line_skip(line, strlen(fields[i].name));
        put_line(listing, line);
        return true;
    }
    return false;
}

/* ---- the whole ---- */

static bool read_section(struct listing *listing, const struct line *line)
{
    static const struct {
        const char *mark;
        enum section section;
    } marks[] = {{"%%%---%%%---", SECTION_END}, {"%%--%%--", SECTION_REPLACE}, {"%-%-%-%-", SECTION_CROSS}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (line_starts(line, marks[i].mark)) {
            listing->section = marks[i].section;
            return true;
        }
    }
    return is_dashes(line);
}

static enum pith_status read_item_line(struct listing *listing, struct line *line, struct pith_error *reterr)
{
    if (is_mark(line)) {
        bool last = line->length > 2 || listing->state == STATE_ABSTRACT;
        end_field(listing);
        if (last)
            return end_item(listing, reterr);
        listing->state = STATE_ABSTRACT;
    } else if (listing->state == STATE_ABSTRACT) {
        put_line(listing, line);
    } else if (!read_field(listing, line)) {
        if (listing->state == STATE_HEAD)
            read_head(listing, line);
        else if (line->length) /* mail programs wrap lines without an indent */
            put_line(listing, line);
    }
    return PITH_OK;
}

static bool has_text(const struct bytes *value)
{
    for (size_t i = 0; i < value->length; i++)
        if (!memchr(" \t\r\n", value->data[i], 4))
            return true;
    return false;
}

/* The evening of an announcement for which submissions were received up to this day: that of the day itself, on Friday and Saturday
 * Sunday's. */
static int32_t evening_of(int32_t day)
{
    int weekday = dates_weekday(day);
    return weekday == 5 ? day + 2 : weekday == 6 ? day + 1 : day;
}

/* Lines before the first item tell when it was announced: the Date of arXiv's own mail; of a mail that was forwarded, whose dates have lost
 * their zone or are the forwarder's, the end of the time for which submissions were received. */
static void read_preamble(struct listing *listing, const struct line *line)
{
    static const char sender[] = "no-reply@arxiv";
    const char *until = memmem(line->text, line->length, " to ", 4), *end = line->text + line->length;
    const char *received = memmem(line->text, line->length, "received from", 13);
    int32_t day;
    struct dates_moment moment;
    for (const char *at = line->text; end - at >= (ptrdiff_t)(sizeof sender - 1); at++)
        listing->forwarded |= strncasecmp(at, sender, sizeof sender - 1) == 0;
    if (line_begins(line, "Date:") && dates_read_eastern(line->text + 5, line->length - 5, &moment)) {
        bool next = listing->section == SECTION_END; /* several were put together */
        listing->section = SECTION_NEW;
        listing->forwarded = next ? false : listing->forwarded;
        listing->exact = moment.zoned;
        listing->announced = moment.zoned ? moment.day : moment.written;
    } else if (received && until && (!listing->exact || listing->forwarded) &&
               dates_read(until + 4, (size_t)(end - until) - 4, &day)) {
        listing->announced = evening_of(day);
    }
}

/* " received from  Wed 15 Mar 23 18:00:00 GMT  to  Thu 16 Mar 23 18:00:00 GMT": the batch, whenever its mail was forwarded. Over a holiday
 * the mail itself is later. */
static void read_window(struct listing *listing, const struct line *line)
{
    const char *from = memmem(line->text, line->length, "received from ", 14), *end = line->text + line->length;
    const char *to = from ? memmem(from, (size_t)(end - from), " to ", 4) : NULL;
    int32_t closed;
    if (!to || !dates_read(to, (size_t)(end - to), &closed))
        return;
    int32_t page = arxiv_page_after(closed);
    bool holiday = listing->at_hour && listing->listed > page && listing->listed <= page + 4;
    listing->listed = holiday ? listing->listed : page;
}

/* The day of the page: by when the mail was sent, or by the batch. */
static void read_page(struct listing *listing, const struct line *line)
{
    if (!line_begins(line, "Date:")) {
        read_window(listing, line);
        return;
    }
    listing->listed = PITH_NO_DAY;
    listing->at_hour = false;
    arxiv_page_of_mailing(line->text + 5, line->length - 5, &listing->listed, &listing->at_hour);
}

/* One mailing or file. `first` is the number of its first line. */
static enum pith_status read_listing(void *user, const char *bytes, size_t length, size_t first, struct pith_error *reterr)
{
    struct listing *listing = user;
    const char *at = bytes, *end = bytes + length;
    size_t number = first - 1;
    struct line line;
    size_t before = listing->items;
    bool marked = false;
    char key[PAPER_KEY_SIZE];
    enum pith_status status = PITH_OK;
    listing->section = SECTION_NEW;
    listing->announced = listing->listed = PITH_NO_DAY;
    listing->forwarded = listing->exact = false;
    while (!status && next_line(&at, end, &number, &line)) {
        if (listing->state == STATE_OUTSIDE && marked && listing->section != SECTION_END && read_identifier(&line, key, NULL)) {
            begin_item(listing, &line);
            listing->items++;
        } else if (read_section(listing, &line)) {
            status = end_item(listing, reterr);
        } else if (listing->state != STATE_OUTSIDE) {
            status = read_item_line(listing, &line, reterr);
        } else if (listing->items == before || listing->section == SECTION_END) {
            read_preamble(listing, &line);
            read_page(listing, &line);
        }
        marked = listing->state == STATE_OUTSIDE && (line_is(&line, "\\\\") || (marked && !line.length));
    }
    if (listing->state != STATE_OUTSIDE && (listing->state != STATE_ABSTRACT || has_text(&listing->value)))
        record_fail(&listing->record, "the file ends within this paper");
    enum pith_status ended = end_item(listing, reterr);
    return status ? status : ended;
}

static bool has_item(const char *bytes, size_t length)
{
    const char *at = bytes, *end = bytes + length;
    size_t number = 0;
    struct line line;
    char key[PAPER_KEY_SIZE];
    bool marked = false;
    while (next_line(&at, end, &number, &line)) {
        if (marked && read_identifier(&line, key, NULL))
            return true;
        marked = line_is(&line, "\\\\") || (marked && !line.length);
    }
    return false;
}

static bool recognise(const char *bytes, size_t length)
{
    size_t beginning = length < BEGINNING ? length : BEGINNING;
    if (has_item(bytes, beginning))
        return true;
    for (const char *at = bytes; mime_is_mail(bytes, beginning) && at + 6 <= bytes + beginning; at++)
        if (strncasecmp(at, "arxiv", 5) == 0 || strncasecmp(at, "base64", 6) == 0) /* packed, it tells when it is read */
            return true;
    return false;
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    struct listing listing = {.context = context};
    const struct mime_reader reader = {.text = read_listing, .user = &listing};
    enum pith_status status;
    bytes_init(&listing.value, PAPER_MAX_RECORD);
    if (mime_is_mail(bytes, length))
        status = mime_read(bytes, length, &reader, reterr);
    else
        status = read_listing(&listing, bytes, length, 1, reterr);
    bytes_clear(&listing.value);
    if (!status && !listing.items)
        return pith_fail(reterr, PITH_INPUT, "the mail holds no listing of arXiv's");
    if (context->progress)
        context->progress(context->user, length, length);
    return status;
}

const struct source source_arxiv_mail = {"arxiv-mail", "arXiv mailing", .recognise = recognise, .read = read};
