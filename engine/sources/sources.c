#include "engine/sources/sources.h"

#include "engine/base/bytes.h"
#include "engine/sources/charset.h"
#include "engine/sources/gzip.h"
#include "engine/sources/input.h"
#include "engine/sources/json_members.h"
#include "engine/sources/mime.h"

#include <stdio.h>
#include <string.h>

/* In order of recognition: the strictest first. */
static const struct source *const known[] = {
    &source_arxiv_atom,
    &source_arxiv_rss,
    &source_arxiv_oai,
    &source_pubmed_xml,
    &source_biorxiv_rss,
    &source_zotero_rdf,
    &source_feed, /* after those whose feeds are read as their own */
    &source_hf_page,
    &source_arxiv_mail,
    &source_hf_json,
    &source_arxiv_snapshot,
    &source_semantic_scholar,
    &source_openalex,
    &source_biorxiv_json,
    &source_openreview,
    &source_csl_json,
    &source_jsonl, /* after every other kind of JSON: any object with a title is one */
    &source_bibtex,
    &source_nbib, /* before RIS, whose tags look alike */
    &source_ris,
    &source_hf_markdown,
    &source_daily_papers_text,
};
enum { KNOWN = sizeof known / sizeof *known };

enum { PIECE = 4 << 20 }; /* bytes at a time of a file of lines: more than the longest record */

static void skip_start(const char **bytes, size_t *length)
{
    if (*length >= 3 && memcmp(*bytes, "\xEF\xBB\xBF", 3) == 0) {
        *bytes += 3;
        *length -= 3;
    }
    while (*length && memchr(" \t\r\n", **bytes, 4)) {
        (*bytes)++;
        (*length)--;
    }
}

const struct source *sources_at(size_t index)
{
    return index < KNOWN ? known[index] : NULL;
}

const struct source *sources_recognise(const char *bytes, size_t length)
{
    if (gzip_is(bytes, length)) /* what it holds has a format, not the file */
        return NULL;
    skip_start(&bytes, &length);
    bool json = length && (*bytes == '{' || *bytes == '[');
    struct json_members members;
    if (json)
        json_members_look(bytes, length, &members);
    for (size_t i = 0; i < KNOWN; i++)
        if (known[i]->recognise ? known[i]->recognise(bytes, length) : json && known[i]->recognise_json(&members))
            return known[i];
    return NULL;
}

const char *sources_known(void)
{
    return "arXiv (Atom, RSS, OAI-PMH, mailing, listing, snapshot), Hugging Face papers (JSON, HTML, markdown, text), PubMed "
           "(XML, nbib), bioRxiv (JSON, RSS), RSS and Atom feeds of journals, JSON of OpenReview, Semantic Scholar and OpenAlex, "
           "BibTeX, RIS, CSL-JSON, Zotero "
           "(RDF, JSON), answers of Crossref, and JSON Lines with \"title\"; each may be packed with gzip";
}

/* ---- reading ---- */

struct piece { /* of a file of lines: its context, as a source sees it */
    const struct source_context *whole;
    size_t line; /* lines before it */
};

static enum pith_status take_paper(void *user, struct paper *paper, struct pith_error *reterr)
{
    const struct source_context *whole = ((const struct piece *)user)->whole;
    return whole->paper(whole->user, paper, reterr);
}

static void take_problem(void *user, size_t line, const char *reason)
{
    const struct piece *piece = user;
    piece->whole->problem(piece->whole->user, piece->line + line, reason);
}

static size_t count_lines(const char *bytes, size_t length)
{
    size_t lines = 0;
    for (const char *at = bytes, *end = bytes + length; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        lines++;
    return lines;
}

/* A line that fills a whole piece is no record. What follows of it is passed over. */
static enum pith_status skip_line(struct input *input, struct piece *piece, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    const char *stop = NULL;
    take_problem(piece, 1, "the line is longer than any record can be");
    while (!status && !stop && input->length) {
        stop = memchr(input->bytes, '\n', input->length);
        input_drop(input, stop ? (size_t)(stop + 1 - input->bytes) : input->length);
        if (!stop)
            status = input_fill(input, PIECE, reterr);
    }
    piece->line++;
    return status;
}

static enum pith_status read_lines(struct input *input, const struct source *source, const struct source_context *context,
                                   struct pith_error *reterr)
{
    struct piece piece = {.whole = context};
    const struct source_context part = {.today = context->today, .paper = take_paper, .problem = take_problem, .user = &piece};
    enum pith_status status = PITH_OK;
    while (!status && input->length) {
        const char *stop = input->end ? input->bytes + input->length - 1 : memrchr(input->bytes, '\n', input->length);
        if (stop) {
            size_t length = (size_t)(stop + 1 - input->bytes);
            status = source->read(input->bytes, length, &part, reterr);
            piece.line += count_lines(input->bytes, length);
            input_drop(input, length);
        } else {
            status = skip_line(input, &piece, reterr);
        }
        if (!status)
            status = input_fill(input, PIECE, reterr);
        if (context->progress)
            context->progress(context->user, input->taken, input->from->size);
    }
    return status;
}

static enum pith_status read_whole(struct input *input, const struct source *source, const struct source_context *context,
                                   struct pith_error *reterr)
{
    enum pith_status status = input_fill(input, SOURCES_MAX_FILE + 1, reterr);
    if (status)
        return status;
    if (input->length > SOURCES_MAX_FILE)
        return pith_fail(reterr, PITH_INPUT, "the file is larger than %d MiB: split it", SOURCES_MAX_FILE >> 20);
    return source->read(input->bytes, input->length, context, reterr);
}

/* ---- files in other character sets ---- */

/* The same file in UTF-8 with LF at the ends of its lines, in memory: such files are libraries and mails, not dumps of gigabytes. */
static enum pith_status convert(struct input *input, const struct charset *charset, struct bytes *converted,
                                struct pith_error *reterr)
{
    enum pith_status status = input_fill(input, SOURCES_MAX_FILE + 1, reterr);
    if (status)
        return status;
    if (input->length > SOURCES_MAX_FILE)
        return pith_fail(reterr, PITH_INPUT, "the file is larger than %d MiB: split it", SOURCES_MAX_FILE >> 20);
    const char *bytes = input->bytes + charset->skip;
    size_t length = input->length - charset->skip;
    bytes_init(converted, 4 * (size_t)SOURCES_MAX_FILE);
    if (!*charset->name || !charset_put(charset->name, bytes, length, converted))
        bytes_put(converted, bytes, length);
    bool cr = converted->length && !memchr(converted->data, '\n', converted->length);
    for (size_t i = 0; cr && i < converted->length; i++)
        if (converted->data[i] == '\r')
            converted->data[i] = '\n';
    return bytes_done(converted, reterr);
}

static void tell_name(const struct source *source, const struct input *input, const struct source_context *context)
{
    char title[SOURCES_TITLE];
    const char *start = input->bytes;
    size_t left = input->length;
    skip_start(&start, &left);
    snprintf(title, sizeof title, "%s", source->title);
    if (source->name_of)
        source->name_of(start, left, title, sizeof title);
    if (context->named)
        context->named(context->user, title);
}

enum pith_status sources_read_input(const struct pith_input *from, const struct source_context *context,
                                    const struct source **ret_source, struct pith_error *reterr)
{
    PITH_AUTO(input_clear) struct input input;
    input_init(&input, from);
    if (ret_source)
        *ret_source = NULL;
    enum pith_status status = input_fill(&input, PIECE, reterr);
    if (status)
        return status;
    PITH_AUTO(bytes_clear) struct bytes converted;
    bytes_init(&converted, 0);
    struct charset charset;
    bool told = charset_look(input.bytes, input.length, &charset);
    if (told && !charset.skip && mime_is_mail(input.bytes, input.length))
        charset.name[0] = '\0'; /* each part of a mail has its own */
    if (told && (charset.cr || *charset.name)) {
        status = convert(&input, &charset, &converted, reterr);
        if (status)
            return status;
        input_replace(&input, (char *)PITH_TAKE(converted.data), converted.length);
    }
    const char *start = input.bytes;
    size_t left = input.length;
    skip_start(&start, &left);
    if (!left)
        return pith_fail(reterr, PITH_INPUT, "the file is empty");
    const struct source *source = sources_recognise(input.bytes, input.length);
    if (!source)
        return pith_fail(reterr, PITH_INPUT, "unknown format: looked for %s", sources_known());
    if (ret_source)
        *ret_source = source;
    tell_name(source, &input, context);
    status = source->lines ? read_lines(&input, source, context, reterr) : read_whole(&input, source, context, reterr);
    if (!status && input.cut)
        context->problem(context->user, 1, "the gzip file is cut off: what there is of it was read");
    return status;
}

static enum pith_status read_memory(void *user, char *buffer, size_t size, size_t *ret_got, struct pith_error *reterr)
{
    struct source_memory *memory = user;
    (void)reterr;
    *ret_got = size < memory->length ? size : memory->length;
    if (*ret_got)
        memcpy(buffer, memory->bytes, *ret_got);
    memory->bytes += *ret_got;
    memory->length -= *ret_got;
    return PITH_OK;
}

struct pith_input sources_memory(struct source_memory *memory)
{
    return (struct pith_input){.read = read_memory, .user = memory, .size = memory->length};
}

enum pith_status sources_read(const char *bytes, size_t length, const struct source_context *context,
                              const struct source **ret_source, struct pith_error *reterr)
{
    struct source_memory memory = {bytes, length};
    const struct pith_input from = sources_memory(&memory);
    return sources_read_input(&from, context, ret_source, reterr);
}
