#include "engine/sources/arxiv.h"

#include "engine/base/unicode.h"
#include "engine/sources/markup.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- authors ---- */

static bool is_end_of_list(const char *text, size_t length)
{
    return (length == 5 && strncasecmp(text, "et al", 5) == 0) || (length == 6 && strncasecmp(text, "et al.", 6) == 0);
}

/* "on behalf of the Y Team" is the team; "with the support of …" is nobody. */
static void put_name(struct record *record, const char *text, size_t length)
{
    static const char *const before[] = {"on behalf of ", "for the ", "for ", "the "};
    static const char support[] = "with the support of ";
    if (length > sizeof support && strncasecmp(text, support, sizeof support - 1) == 0)
        return;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        size_t size = strlen(before[i]);
        if (length > size && strncmp(text, before[i], size) == 0) {
            text += size;
            length -= size;
        }
    }
    record_author(record, text, length);
}

/* One name, without what stands in parentheses and without "and" before or "et al" behind. */
static void put_author(struct record *record, const char *text, size_t length)
{
    char name[1024];
    size_t used = 0, depth = 0;
    for (size_t i = 0; i < length && used < sizeof name - 1; i++) {
        depth += text[i] == '(';
        if (!depth)
            name[used++] = text[i];
        depth -= text[i] == ')' && depth > 0;
    }
    const char *at = name;
    while (used && memchr(" \t\r\n", *at, 4)) {
        at++;
        used--;
    }
    while (used && memchr(" \t\r\n", at[used - 1], 4))
        used--;
    if (used > 4 && strncasecmp(at, "and ", 4) == 0) {
        at += 4;
        used -= 4;
    }
    if (used > 6 && is_end_of_list(at + used - 5, 5))
        used -= 6;
    else if (used > 7 && is_end_of_list(at + used - 6, 6))
        used -= 7;
    if (used && !is_end_of_list(at, used))
        put_name(record, at, used);
}

static bool is_word_and(const char *text)
{
    return (text[0] == ' ' || text[0] == '\n') && strncmp(text + 1, "and", 3) == 0 && (text[4] == ' ' || text[4] == '\n');
}

/* What divides names at text[at]: its length; 0 for nothing. A colon stands behind a group: "The ATLAS Collaboration: A. Aad, …". */
static size_t read_divider(const char *text, size_t at)
{
    if (text[at] == ',' || text[at] == ';')
        return at == 0 || text[at - 1] != '\\';
    if (text[at] == ':' || text[at] == '&')
        return memchr(" \n", text[at + 1], 2) && text[at + 1] && (at == 0 || text[at - 1] != '\\');
    return is_word_and(text + at) ? 5 : 0;
}

void arxiv_authors(struct record *record, const char *text)
{
    size_t depth = 0, start = 0, at = 0;
    const char *last = text ? strrchr(text, ')') : NULL;
    if (!text)
        return;
    while (text[at]) {
        depth += text[at] == '(' && last && text + at < last;
        depth -= text[at] == ')' && depth > 0;
        size_t divider = depth ? 0 : read_divider(text, at);
        if (divider) {
            put_author(record, text + start, at - start);
            start = at + divider;
        }
        at += divider ? divider : 1;
    }
    put_author(record, text + (start < at ? start : at), at - (start < at ? start : at));
}

/* ---- announcements ---- */

enum paper_announce arxiv_announce(const char *text, size_t length)
{
    static const char *const names[] = {
        [ANNOUNCE_NEW] = "new",
        [ANNOUNCE_CROSS] = "cross",
        [ANNOUNCE_REPLACE] = "replace",
        [ANNOUNCE_REPLACE_CROSS] = "replace-cross",
    };
    for (int i = ANNOUNCE_NEW; i <= ANNOUNCE_REPLACE_CROSS; i++)
        if (strlen(names[i]) == length && strncasecmp(text, names[i], length) == 0)
            return (enum paper_announce)i;
    return ANNOUNCE_UNKNOWN;
}

/* HTML that begins with a tag of it, as text; NULL for other text. */
static char *text_of_html(const char *html)
{
    char *plain = NULL;
    struct pith_error ignored;
    PITH_AUTO(pith_free_p) char *copy = strdup(html);
    if (!copy)
        return NULL;
    markup_strip_tags(copy);
    return *copy == '<' || markup_plain(html, strlen(html), &plain, &ignored) ? NULL : plain;
}

void arxiv_description(struct record *record, const char *text)
{
    static const char type[] = "Announce Type:", abstract[] = "Abstract:";
    if (!text)
        return;
    text += strspn(text, " \t\r\n");
    PITH_AUTO(pith_free_p) char *plain = *text == '<' ? text_of_html(text) : NULL; /* the feed came through a reader */
    if (plain)
        text = plain + strspn(plain, " \t\r\n");
    size_t id = strcspn(text, " \t\r\n");
    const char *at = text + id + strspn(text + id, " \t\r\n");
    if (strncasecmp(text, "arXiv:", 6) != 0 || strncmp(at, type, strlen(type)) != 0) {
        record_string(record, &record->paper.abstract, text);
        return;
    }
    at += strlen(type);
    at += strspn(at, " \t\r\n");
    size_t length = strcspn(at, " \t\r\n");
    enum paper_announce announce = arxiv_announce(at, length);
    record_key(record, text, id);
    if (announce && !record->paper.announce)
        record->paper.announce = announce;
    at += length + strspn(at + length, " \t\r\n");
    if (strncmp(at, abstract, strlen(abstract)) == 0)
        at += strlen(abstract);
    record_string(record, &record->paper.abstract, at);
}

/* ---- categories ---- */

static bool is_category(const char *term)
{
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz-";
    static const char any[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    size_t archive = strspn(term, lower);
    if (!archive || !term[archive])
        return archive > 0;
    size_t subject = term[archive] == '.' ? strspn(term + archive + 1, any) : 0;
    return subject && !term[archive + 1 + subject];
}

void arxiv_category(struct record *record, const char *term)
{
    if (term && is_category(term))
        record_category(record, term, strlen(term));
}
