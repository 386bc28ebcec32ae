#include "api/render/digest_text.h"

#include "api/render/digest_words.h"
#include "api/render/html.h"
#include "api/writing.h"

#include <string.h>

enum { WIDTH = 72, VOTES = 2 * (PITH_TICKET_TEXT + PITH_TRAIL_TEXT + 32) /* bytes of a paper's two addresses, about */ };

/* Text on its way into lines. */
struct lines {
    FILE *to;
    size_t indent; /* blanks before each line but the first */
    size_t column; /* characters on the line so far */
};

static size_t characters(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

/* Bytes of a word that fit into so many characters, whole characters only. */
static size_t fitting(const char *word, size_t length, size_t room)
{
    size_t bytes = 0;
    while (bytes < length && (room > 0 || ((unsigned char)word[bytes] & 0xc0) == 0x80))
        room -= ((unsigned char)word[bytes++] & 0xc0) != 0x80;
    return bytes;
}

static void new_line(struct lines *lines)
{
    fprintf(lines->to, "\n%*s", (int)lines->indent, "");
    lines->column = lines->indent;
}

/* A word that is longer than a line is broken. */
static void put_word(struct lines *lines, const char *word, size_t length)
{
    if (lines->column > lines->indent && lines->column + 1 + characters(word, length) > WIDTH) {
        new_line(lines);
    } else if (lines->column > lines->indent) {
        fputc(' ', lines->to);
        lines->column++;
    }
    while (length) {
        if (lines->column >= WIDTH)
            new_line(lines);
        size_t part = fitting(word, length, WIDTH - lines->column);
        fwrite(word, 1, part, lines->to);
        lines->column += characters(word, part);
        word += part;
        length -= part;
    }
}

/* Words of a text, behind what stands on the line. Control characters part words. */
static void put_words(struct lines *lines, const char *text)
{
    for (const char *at = text; *at;) {
        size_t length = 0;
        while ((unsigned char)at[length] > ' ' && at[length] != 0x7f)
            length++;
        if (length)
            put_word(lines, at, length);
        at += length + (at[length] != '\0');
    }
}

static void put_paragraph(FILE *to, const char *first, const char *text)
{
    struct lines lines = {to, strlen(first), strlen(first)};
    fputs(first, to);
    put_words(&lines, text);
    fputc('\n', to);
}

static void put_heading(FILE *to, const char *title, const char *about)
{
    fprintf(to, "\n\n== %s ==\n", title);
    if (*about)
        put_paragraph(to, "", about);
}

static void put_facts(FILE *to, const struct pith_digest_item *item)
{
    struct digest_facts facts;
    struct lines lines = {to, 4, 4};
    digest_facts(item, &facts);
    fputs("    ", to);
    for (size_t i = 0; i < facts.count; i++) {
        if (i)
            put_word(&lines, "|", 1);
        put_words(&lines, facts.fact[i]);
    }
    fputc('\n', to);
}

/* "10+" would be a vote where an answer quotes it unmarked: a blank parts the sign. */
static void put_excerpt(FILE *to, const char *excerpt)
{
    char text[DIGEST_SENTENCE];
    size_t length = 0;
    for (const char *at = excerpt; *at && length + 2 < sizeof text; at++) {
        if ((*at == '+' || *at == '-') && at > excerpt && at[-1] >= '0' && at[-1] <= '9')
            text[length++] = ' ';
        text[length++] = *at;
    }
    text[length] = '\0';
    if (length)
        put_paragraph(to, "    ", text);
}

static void put_item(FILE *to, const struct base_url *base_url, const struct pith_digest_item *item)
{
    char number[16], chance[PITH_CHANCE_SIZE], reason[DIGEST_SENTENCE];
    struct lines lines = {to, 4, 4};
    snprintf(number, sizeof number, "%zu.", item->number);
    pith_chance_text(item->probability, chance);
    fprintf(to, "\n%-3s ", number);
    lines.column = strlen(number) < 3 ? 4 : strlen(number) + 1;
    lines.indent = lines.column;
    put_words(&lines, item->title);
    fputc('\n', to);
    put_facts(to, item);
    digest_reason(item, reason);
    if (*chance && *reason) {
        fprintf(to, "    %s: ", chance);
        lines.indent = lines.column = 6 + strlen(chance);
        put_words(&lines, reason);
        fputc('\n', to);
    } else if (*chance || *reason) {
        put_paragraph(to, "    ", *chance ? chance : reason);
    }
    put_excerpt(to, item->excerpt);
    if (html_is_link(item->url))
        fprintf(to, "    %s\n", item->url);
    if (html_is_link(item->pdf))
        fprintf(to, "    %s\n", item->pdf);
    if (*item->up && *item->down && *base_url->base)
        fprintf(to, "    Like [%zu]  Not for me [%zu]\n", 2 * item->number - 1, 2 * item->number);
}

static void put_vote(FILE *to, const struct base_url *base_url, const struct pith_digest_item *item, size_t number,
                     const char *ticket)
{
    fprintf(to, "[%zu] %s/t/%s%s%s\n", number, base_url->base, ticket, *item->trail ? "?m=" : "", item->trail);
}

/* Where the thumbs of the first `count` papers lead, by the numbers that stand beside them: out of the way of who reads. */
static void put_votes(FILE *to, const struct pith_digest *digest, const struct base_url *base_url, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct pith_digest_item *item = &digest->item[i];
        if (!*item->up || !*item->down || !*base_url->base)
            continue;
        if (!any)
            fputc('\n', to);
        any = true;
        put_vote(to, base_url, item, 2 * item->number - 1, item->up);
        put_vote(to, base_url, item, 2 * item->number, item->down);
    }
}

static void put_top(FILE *to, const struct pith_digest *digest)
{
    char day[DIGEST_DAY], text[DIGEST_SENTENCE];
    digest_heading(digest, text);
    digest_whole_day(digest->day, day);
    fprintf(to, "%s\n%s\n\n", text, day);
    digest_summary(digest, text);
    put_paragraph(to, "", text);
    digest_state(digest, text);
    if (*text) {
        fputc('\n', to);
        put_paragraph(to, "! ", text);
    }
}

static void put_end(FILE *to, const struct pith_digest *digest, const struct base_url *base_url, size_t shown)
{
    const char *sentence[DIGEST_CLOSING];
    char notices[DIGEST_SENTENCE], address[DIGEST_ADDRESS];
    size_t sentences = digest_closing(digest, base_url, sentence);
    digest_notices(digest, notices);
    digest_address(digest, address);
    fputs("\n\n-- \n", to);
    if (*notices)
        put_paragraph(to, "", notices);
    for (size_t i = 0; i < sentences; i++)
        put_paragraph(to, "", sentence[i]);
    if (*base_url->base)
        fprintf(to, "Page: %s%s\nSettings: %s/settings\n", base_url->base, address, base_url->base);
    if (*digest->stop && *base_url->base)
        fprintf(to, "Unsubscribe: %s/u/%s\n", base_url->base, digest->stop);
    put_votes(to, digest, base_url, shown);
}

/* As many papers as fit, and how many those are. */
static size_t put_items(struct writing *writing, const struct base_url *base_url, const struct pith_digest *digest)
{
    for (size_t i = 0; i < digest->count; i++) {
        const struct pith_digest_item *item = &digest->item[i];
        const struct digest_section *section = digest_section(item->section);
        fflush(writing->to);
        if (writing->length + i * VOTES > DIGEST_MOST) {
            fprintf(writing->to, "\n%zu more papers %s.\n", digest->count - i,
                    *base_url->base ? "are on the page" : "are shown by pith digest");
            return i;
        }
        if (!i || item->section != item[-1].section)
            put_heading(writing->to, section->title, section->about);
        put_item(writing->to, base_url, item);
    }
    return digest->count;
}

enum pith_status digest_text(const struct pith_digest *digest, const struct base_url *base_url, char **ret_text,
                             struct pith_error *reterr)
{
    struct writing writing;
    enum pith_status status = writing_begin(&writing, reterr);
    if (status)
        return status;
    FILE *to = writing.to;
    put_top(to, digest);
    size_t shown = put_items(&writing, base_url, digest);
    if (digest->changes)
        put_heading(to, "What changed", "");
    for (size_t i = 0; i < digest->changes; i++)
        put_paragraph(to, "- ", digest->change[i]);
    put_end(to, digest, base_url, shown);
    return writing_end(&writing, ret_text, reterr);
}
