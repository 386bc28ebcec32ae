/* Daily Papers pages as text, in the two renderings that are found: blocks between empty lines, and one line after another. */
#include "engine/base/unicode.h"
#include "engine/sources/lines.h"
#include "engine/sources/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEGINNING = 40, MAX_TITLE = 300, MAX_PARAGRAPH_LINES = 16 };

/* ---- dates and bylines ---- */

struct date {
    int month, day, year; /* year 0: this year's, left out on the page */
    int comments;         /* the number after it; PAPER_MISSING when none */
};

/* "Jul 8, 2025", "Apr 5 2", "Jun 10, 2024 2", also after "Published on ". */
static bool read_date(const struct line *line, struct date *ret)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *at = line->text, *end = line->text + line->length;
    struct date date = {.comments = PAPER_MISSING};
    if (line_starts(line, "Published on "))
        at += strlen("Published on ");
    if (end - at < 5 || at[3] != ' ')
        return false;
    for (int month = 0; month < 12; month++)
        if (memcmp(at, months + 3 * month, 3) == 0)
            date.month = month + 1;
    at += 4;
    if (!date.month || !lines_number(&at, end, 2, &date.day))
        return false;
    if (end - at >= 6 && at[0] == ',' && at[1] == ' ') {
        at += 2;
        if (!lines_number(&at, end, 4, &date.year))
            return false;
    }
    if (at < end && (*at++ != ' ' || !lines_number(&at, end, 9, &date.comments)))
        return false;
    *ret = date;
    return at == end;
}

/* "  • 7 authors" */
static bool is_authors(const struct line *line)
{
    const char *at = line->text, *end = at + line->length;
    int number;
    while (at < end && *at == ' ')
        at++;
    if (end - at > 3 && memcmp(at, "\xE2\x80\xA2", 3) == 0)
        at += 3;
    else if (at < end && (*at == '*' || *at == '-'))
        at++;
    else
        return false;
    if (at == end || *at++ != ' ' || !lines_number(&at, end, 9, &number))
        return false;
    struct line rest = {at, (size_t)(end - at), 0};
    return line_is(&rest, " author") || line_is(&rest, " authors");
}

static int32_t day_of(const struct date *date, int page_year)
{
    char text[32];
    int32_t day = PITH_NO_DAY;
    int length = snprintf(text, sizeof text, "%04d-%02d-%02d", date->year ? date->year : page_year, date->month, date->day);
    days_from_text(text, (size_t)length, &day);
    return day;
}

/* ---- reading ---- */

struct page {
    const struct source_context *context;
    struct date date;  /* the page's own; month 0 when it has none */
    int year;          /* of dates without one */
    int32_t listed;    /* the listing day */
    struct paper last; /* read, not handed over yet: its byline may follow */
    bool has_last;
    char *pending; /* a title whose abstract has not come yet */
    size_t pending_line, last_line;
};

static void page_clear(struct page *page)
{
    paper_clear(&page->last);
    free(page->pending);
}

static enum pith_status hand_over(struct page *page, struct pith_error *reterr)
{
    if (!page->has_last)
        return PITH_OK;
    struct pith_error error;
    page->has_last = false;
    enum pith_status status = paper_finish(&page->last, &error);
    if (status == PITH_INPUT) {
        page->context->problem(page->context->user, page->last_line, error.message);
        status = PITH_OK;
    } else if (status) {
        status = pith_fail(reterr, status, "%s", error.message);
    } else {
        status = page->context->paper(page->context->user, &page->last, reterr);
    }
    paper_clear(&page->last);
    return status;
}

static enum pith_status start_record(struct page *page, char *title, char *abstract, size_t line, struct pith_error *reterr)
{
    enum pith_status status = hand_over(page, reterr);
    page->last.title = title;
    page->last.abstract = abstract;
    page->last.announced = page->listed;
    page->last.source = source_daily_papers_text.name;
    page->last.source_rank = RANK_RENDERING;
    page->last_line = line;
    page->has_last = true;
    return status;
}

/* A paragraph of text: a title, or the abstract of the one before. */
static enum pith_status take_text(struct page *page, const char *text, size_t length, size_t line, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *normal = NULL;
    struct pith_error error;
    enum pith_status status = unicode_normalise(text, length, true, &normal, NULL, &error);
    if (status == PITH_INPUT) {
        page->context->problem(page->context->user, line, error.message);
        return PITH_OK;
    }
    if (status)
        return pith_fail(reterr, status, "%s", error.message);
    if (!page->pending) {
        page->pending = PITH_TAKE(normal);
        page->pending_line = line;
        return PITH_OK;
    }
    if (unicode_characters(page->pending) > MAX_TITLE && unicode_characters(normal) < MAX_TITLE) { /* out of step: an abstract */
        page->context->problem(page->context->user, page->pending_line, "a paragraph of text without a title before it");
        free(page->pending);
        page->pending = PITH_TAKE(normal);
        page->pending_line = line;
        return PITH_OK;
    }
    return start_record(page, PITH_TAKE(page->pending), PITH_TAKE(normal), page->pending_line, reterr);
}

/* "amazon Amazon": the picture's text, then the name; one word alone is both. */
static enum pith_status take_organisation(struct page *page, const struct line *line, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *name = NULL;
    const char *blank = memchr(line->text, ' ', line->length), *from = blank ? blank + 1 : line->text;
    size_t length = (size_t)(line->text + line->length - from);
    if (!page->has_last || is_authors(line) || !length || length > MAX_TITLE)
        return PITH_OK;
    struct pith_error error;
    enum pith_status status = unicode_normalise(from, length, true, &name, NULL, &error);
    if (status == PITH_INPUT) /* the paper is good without it */
        return PITH_OK;
    return status ? pith_fail(reterr, status, "%s", error.message)
                  : paper_list_add(&page->last.organisations, name, strlen(name), PAPER_MAX_ORGANISATIONS, reterr);
}

/* A byline belongs to the record before it, and sets the pairing right whatever came between. */
static void take_byline(struct page *page, const struct date *date)
{
    if (page->pending) {
        page->context->problem(page->context->user, page->pending_line, "a paragraph between a record and its byline");
        free(page->pending);
        page->pending = NULL;
    }
    if (page->has_last && date) {
        page->last.published = day_of(date, page->year);
        page->last.comments = date->comments;
    }
}

static enum pith_status end_page(struct page *page, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    if (page->pending) { /* cut off: the title is worth keeping */
        page->context->problem(page->context->user, page->pending_line, "the page ends before this paper's abstract: title only");
        status = start_record(page, PITH_TAKE(page->pending), NULL, page->pending_line, reterr);
    }
    return status ? status : hand_over(page, reterr);
}

/* ---- blocks ---- */

struct paragraph {
    struct line line[MAX_PARAGRAPH_LINES];
    size_t lines;
    const char *end;
};

static bool next_paragraph(const char **at, const char *end, size_t *number, struct paragraph *paragraph)
{
    struct line line;
    paragraph->lines = 0;
    while (lines_next(at, end, number, &line)) {
        if (!line.length && paragraph->lines)
            return true;
        if (!line.length)
            continue;
        if (paragraph->lines < MAX_PARAGRAPH_LINES)
            paragraph->line[paragraph->lines++] = line;
        paragraph->end = line.text + line.length;
    }
    return paragraph->lines > 0;
}

static bool is_byline(const struct paragraph *paragraph)
{
    return is_authors(&paragraph->line[0]) || (paragraph->lines >= 2 && line_is(&paragraph->line[1], "\xC2\xB7"));
}

static bool is_community(const struct line *line)
{
    return line_starts(line, "by") && memmem(line->text, line->length, "AK", 2) &&
           memmem(line->text, line->length, "and the research community", 26);
}

/* Skips the header: to the page's date after the "by AK" line. Without a header nothing is skipped. */
static void skip_header(const char **at, const char *end, size_t *number, struct page *page)
{
    const char *start = *at;
    size_t start_number = *number;
    struct paragraph paragraph;
    for (size_t i = 0; i < BEGINNING && next_paragraph(at, end, number, &paragraph); i++) {
        for (size_t j = 0; j < paragraph.lines; j++) {
            if (!is_community(&paragraph.line[j]))
                continue;
            const char *after = *at;
            size_t after_number = *number;
            if (j + 1 < paragraph.lines && read_date(&paragraph.line[j + 1], &page->date))
                return;
            if (!next_paragraph(at, end, number, &paragraph) || !read_date(&paragraph.line[0], &page->date)) {
                *at = after;
                *number = after_number;
            }
            return;
        }
    }
    *at = start;
    *number = start_number;
}

static int year_of(int32_t day)
{
    char text[16];
    return (int)strtol(days_text(day, text), NULL, 10);
}

/* Dates of this year have none. The page is of the year after the latest that is written out, as long as every date without
 * one lies before the page's and that year has begun; else of the year of import. */
static void date_page(const char *at, const char *end, struct page *page)
{
    struct line line;
    struct date date;
    size_t number = 0;
    int latest = 0, now = year_of(page->context->today);
    bool before = page->date.month != 0;
    while (lines_next(&at, end, &number, &line)) {
        if (!read_date(&line, &date))
            continue;
        latest = date.year > latest ? date.year : latest;
        before = before && (date.year || date.month * 32 + date.day <= page->date.month * 32 + page->date.day);
    }
    page->year = latest && before && latest < now ? latest + 1 : now;
    page->listed = page->date.month ? day_of(&page->date, page->year) : page->context->today;
}

static enum pith_status read_blocks(const char *bytes, const char *end, struct page *page, struct pith_error *reterr)
{
    const char *at = bytes;
    size_t number = 0;
    struct paragraph paragraph;
    enum pith_status status = PITH_OK;
    skip_header(&at, end, &number, page);
    date_page(at, end, page);
    while (!status && next_paragraph(&at, end, &number, &paragraph)) {
        struct date date;
        if (is_byline(&paragraph)) {
            bool dated = paragraph.lines > 2 && read_date(&paragraph.line[2], &date);
            take_byline(page, dated ? &date : NULL);
            status = take_organisation(page, &paragraph.line[0], reterr);
        } else {
            const char *text = paragraph.line[0].text;
            status = take_text(page, text, (size_t)(paragraph.end - text), paragraph.line[0].number, reterr);
        }
        if (page->context->progress)
            page->context->progress(page->context->user, (size_t)(at - bytes), (size_t)(end - bytes));
    }
    return status;
}

/* ---- one line after another ---- */

static enum pith_status read_compact(const char *bytes, const char *end, struct page *page, struct pith_error *reterr)
{
    const char *at = bytes;
    size_t number = 0;
    struct line line;
    bool begun = false;
    enum pith_status status = PITH_OK;
    page->listed = page->context->today;
    while (!status && lines_next(&at, end, &number, &line)) {
        if (!begun && line_starts(&line, "Subscribe")) { /* the first title is glued to it */
            begun = true;
            line.text += strlen("Subscribe");
            line.length -= strlen("Subscribe");
        }
        if (begun && line.length)
            status = take_text(page, line.text, line.length, line.number, reterr);
        if (page->context->progress)
            page->context->progress(page->context->user, (size_t)(at - bytes), (size_t)(end - bytes));
    }
    return status;
}

/* ---- the format ---- */

enum rendering { RENDERING_NONE, RENDERING_BLOCKS, RENDERING_COMPACT };

static enum rendering rendering_of(const char *bytes, size_t length)
{
    const char *at = bytes, *end = bytes + length;
    struct line line;
    size_t number = 0, filled = 0, bylines = 0;
    while (filled < BEGINNING && lines_next(&at, end, &number, &line)) {
        if (!line.length)
            continue;
        filled++;
        if (line_is(&line, "Subscribe"))
            return RENDERING_BLOCKS;
        if (line_starts(&line, "Subscribe"))
            return RENDERING_COMPACT;
        bylines += is_authors(&line);
    }
    return bylines >= 2 ? RENDERING_BLOCKS : RENDERING_NONE;
}

static bool recognise(const char *bytes, size_t length)
{
    return rendering_of(bytes, length) != RENDERING_NONE;
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    PITH_AUTO(page_clear) struct page page = {.context = context};
    const char *start = bytes, *end = bytes + length;
    paper_init(&page.last);
    if (length >= 3 && memcmp(start, "\xEF\xBB\xBF", 3) == 0)
        start += 3;
    enum pith_status status = rendering_of(start, (size_t)(end - start)) == RENDERING_COMPACT
                                  ? read_compact(start, end, &page, reterr)
                                  : read_blocks(start, end, &page, reterr);
    return status ? status : end_page(&page, reterr);
}

const struct source source_daily_papers_text = {"daily-papers-text", "Daily Papers page as text", .recognise = recognise,
                                                .read = read};
