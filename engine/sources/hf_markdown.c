/* A Hugging Face papers page as markdown: "### [Title](https://huggingface.co/papers/ID)", the abstract below it, then who, when
 * and how many upvotes. Traps: a title goes over several lines; on some pages every paper stands twice. */
#include "engine/base/bytes.h"
#include "engine/base/dates.h"
#include "engine/sources/lines.h"
#include "engine/sources/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEGINNING = 1 << 16 };

static const char address[] = "](https://huggingface.co/papers/";

struct page {
    const struct source_context *context;
    struct record record;
    bool open;   /* a record is being read */
    bool upvote; /* the next line with a number is that of upvotes */
    enum { ABSTRACT_BEFORE, ABSTRACT_IN, ABSTRACT_BEHIND } abstract;
    struct bytes text; /* of the abstract so far */
    char last[PAPER_KEY_SIZE];
};

static enum pith_status end_record(struct page *page, struct pith_error *reterr)
{
    struct paper *paper = &page->record.paper;
    if (!page->open)
        return PITH_OK;
    page->open = false;
    if (page->text.failed)
        record_fail(&page->record, "the record is larger than %d bytes", PAPER_MAX_RECORD);
    else
        record_text(&page->record, &paper->abstract, (const char *)page->text.data, page->text.length);
    page->text.length = 0;
    page->text.failed = false;
    const char *key = paper->keys.count ? paper->keys.item[0] : "";
    page->record.skip = *key && strcmp(key, page->last) == 0;
    snprintf(page->last, sizeof page->last, "%s", key);
    return record_hand_over(&page->record, page->context, reterr);
}

/* "### [Title" with the rest of it in *at; the record begins. */
static void begin_record(struct page *page, const struct line *line, const char **at, const char *end, size_t *number)
{
    const char *title = memchr(line->text, '[', line->length), *close;
    record_init(&page->record, &source_hf_markdown, RANK_RENDERING, line->number);
    page->record.paper.announced = page->context->today;
    page->open = true;
    page->upvote = false;
    page->abstract = ABSTRACT_BEFORE;
    title++;
    size_t left = (size_t)(end - title), most = 4 * PAPER_MAX_TITLE;
    close = memmem(title, left < most ? left : most, address, strlen(address));
    if (!close) {
        record_fail(&page->record, "the title has no link to its paper");
        return;
    }
    const char *id = close + strlen(address);
    size_t length = 0;
    while (id + length < end && length < 64 && !memchr(")#? \n", id[length], 5))
        length++;
    char key[80];
    int size = snprintf(key, sizeof key, "%.*s", (int)length, id);
    record_text(&page->record, &page->record.paper.title, title, (size_t)(close - title));
    if (size > 0 && !record_key(&page->record, key, (size_t)size)) {
        snprintf(key, sizeof key, "hf:%.*s", (int)length, id);
        record_key_string(&page->record, key);
    }
    struct line skipped;
    while (*at < id && lines_next(at, end, number, &skipped))
        continue;
}

static bool is_heading(const struct line *line)
{
    return line_starts(line, "### [") || line_starts(line, "## [") || line_starts(line, "#### [");
}

/* "· Published on Oct 4, 2026", at the end of a line or alone. */
static void read_date(struct page *page, const struct line *line)
{
    const char *dot = memmem(line->text, line->length, "\xC2\xB7 ", 3);
    if (dot && page->record.paper.published == PITH_NO_DAY) {
        size_t length = (size_t)(line->text + line->length - dot) - 3;
        const char *word = memmem(dot + 3, length, "Published on ", 13);
        const char *date = word ? word + 13 : dot + 3;
        dates_read(date, (size_t)(line->text + line->length - date), &page->record.paper.published);
    }
}

/* "[[image: slug] Name](https://huggingface.co/slug) · …": the name, without the picture before it. */
static void read_organisation(struct page *page, const struct line *line)
{
    static const char base_url[] = "](https://huggingface.co/";
    const char *close = memmem(line->text, line->length, base_url, strlen(base_url));
    const char *name = line->text + 1;
    if (!line_starts(line, "[") || !close || !memmem(close, (size_t)(line->text + line->length - close), "\xC2\xB7", 2))
        return;
    for (const char *at = name; at < close; at++)
        if (*at == ']' || *at == ')')
            name = at + 1;
    record_organisation(&page->record, name, (size_t)(close - name));
}

/* "[GitHub 131](https://github.com/owner/name) …" */
static void read_code(struct page *page, const struct line *line)
{
    static const char mark[] = "[GitHub";
    const char *end = line->text + line->length, *found = memmem(line->text, line->length, mark, strlen(mark));
    const char *open = found ? memchr(found, '(', (size_t)(end - found)) : NULL;
    const char *close = open ? memchr(open, ')', (size_t)(end - open)) : NULL;
    if (close)
        record_link(&page->record, &page->record.paper.code, open + 1, (size_t)(close - open - 1));
}

static void read_line(struct page *page, const struct line *line)
{
    struct paper *paper = &page->record.paper;
    const char *at = line->text;
    int number;
    if (page->upvote && line->length && lines_number(&at, line->text + line->length, 9, &number)) {
        paper->upvotes = number;
        page->upvote = false;
    } else if (line_starts(line, "[Upvote")) {
        page->upvote = true;
    } else if (page->abstract != ABSTRACT_BEHIND && line->length) {
        bool text = page->abstract == ABSTRACT_IN || !memchr("[-*!", *line->text, 4);
        if (text) {
            bytes_put(&page->text, line->text, line->length);
            bytes_put_u8(&page->text, '\n');
            page->abstract = ABSTRACT_IN;
        }
    } else if (!line->length && page->abstract == ABSTRACT_IN) {
        page->abstract = ABSTRACT_BEHIND;
    }
    if (page->abstract == ABSTRACT_IN)
        return;
    read_date(page, line);
    read_organisation(page, line);
    read_code(page, line);
}

static bool recognise(const char *bytes, size_t length)
{
    size_t beginning = length < BEGINNING ? length : BEGINNING;
    const char *found = memmem(bytes, beginning, address, strlen(address));
    return found && memmem(bytes, (size_t)(found - bytes), "# [", 3);
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    struct page page = {.context = context};
    bytes_init(&page.text, PAPER_MAX_RECORD);
    const char *at = bytes, *end = bytes + length;
    size_t number = 0;
    struct line line;
    enum pith_status status = PITH_OK;
    while (!status && lines_next(&at, end, &number, &line)) {
        if (is_heading(&line)) {
            status = end_record(&page, reterr);
            begin_record(&page, &line, &at, end, &number);
        } else if (page.open) {
            read_line(&page, &line);
        }
        if (context->progress)
            context->progress(context->user, (size_t)(at - bytes), length);
    }
    enum pith_status ended = end_record(&page, reterr);
    bytes_clear(&page.text);
    return status ? status : ended;
}

const struct source source_hf_markdown = {"hf-markdown", "Hugging Face papers page as markdown", .recognise = recognise,
                                          .read = read};
