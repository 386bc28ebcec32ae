#include "engine/sources/html_lines.h"

#include "engine/sources/markup.h"

#include <string.h>
#include <strings.h>

enum { MAX_NAME = 16, MAX_ATTRIBUTES = 2000 };

struct reading {
    const char *at, *end;
    const char *close; /* a '>' at or behind `at`, as far as is known; `end`: there is none */
    struct bytes *out;
    size_t start;    /* of what was written here */
    bool own, blank; /* a blank is due before the next word */
    size_t pre;
    char hidden[MAX_NAME]; /* the element whose content is passed over; "" for none */
    size_t depth;          /* of elements of that name within it */
};

/* ---- tags ---- */

struct tag {
    char name[MAX_NAME]; /* lower case */
    bool closing;
    const char *attributes, *after;
};

static bool read_tag(struct reading *reading, struct tag *tag)
{
    const char *at = reading->at + 1;
    size_t length = 0;
    if (reading->close < reading->at) {
        reading->close = memchr(reading->at, '>', (size_t)(reading->end - reading->at));
        reading->close = reading->close ? reading->close : reading->end;
    }
    tag->closing = at < reading->end && *at == '/';
    at += tag->closing;
    while (at < reading->end && length + 1 < MAX_NAME &&
           (((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z') || (*at >= '0' && *at <= '9')))
        tag->name[length++] = (char)(*at++ | 0x20);
    tag->name[length] = '\0';
    bool declaration = !length && at < reading->end && (*at == '!' || *at == '?');
    tag->attributes = at;
    tag->after = reading->close < reading->end ? reading->close + 1 : reading->end;
    return reading->close < reading->end && (length || declaration);
}

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool has_attribute(const struct tag *tag, const char *const *words, size_t count)
{
    size_t length = (size_t)(tag->after - tag->attributes);
    length = length < MAX_ATTRIBUTES ? length : MAX_ATTRIBUTES;
    for (size_t i = 0; i < count; i++)
        if (memmem(tag->attributes, length, words[i], strlen(words[i])))
            return true;
    return false;
}

/* An element that holds the mail answered. */
static bool is_quote(const struct tag *tag)
{
    static const char *const boxes[] = {
        "gmail_quote",    "gmail_attr",     "yahoo_quoted", "moz-cite-prefix", "protonmail_quote",
        "tutanota_quote", "zmail_extra",    "mail-quote",   "qmbox",           "ntes-mailmaster-quote",
        "isReplyContent", "AppleMailQuote", "mail_quote",   "replyQuote",      "x_quote"};
    return strcmp(tag->name, "blockquote") == 0 || has_attribute(tag, boxes, sizeof boxes / sizeof *boxes);
}

/* Where Outlook and its like begin the mail answered: it stands in no element of its own. */
static bool is_border(const struct reading *reading, const struct tag *tag)
{
    static const char *const marks[] = {"divRplyFwdMsg",    "appendonsend",      "OutlookMessageHeader", "reference-message",
                                        "border-top:solid", "border-top: solid", "OLK_SRC_BODY_SECTION", "mail-editor-reference"};
    bool written = false;
    for (size_t at = reading->start; strcmp(tag->name, "hr") == 0 && at < reading->out->length && !written; at++)
        written = !memchr(" \n", reading->out->data[at], 2);
    return written || has_attribute(tag, marks, sizeof marks / sizeof *marks);
}

/* ---- text ---- */

static bool at_line_start(const struct reading *reading)
{
    return reading->out->length == reading->start || reading->out->data[reading->out->length - 1] == '\n';
}

static void end_line(struct reading *reading)
{
    if (!reading->out->failed && !at_line_start(reading))
        bytes_put_u8(reading->out, '\n');
    reading->blank = false;
}

static void read_character(struct reading *reading)
{
    char byte = *reading->at;
    if (memchr(" \t\r\n", byte, 4) && !reading->pre) {
        reading->blank = true;
        reading->at++;
        return;
    }
    if (reading->blank && !reading->out->failed && !at_line_start(reading))
        bytes_put_u8(reading->out, ' ');
    reading->blank = false;
    size_t used = byte == '&' ? markup_put_character(reading->out, reading->at, (size_t)(reading->end - reading->at)) : 0;
    if (!used)
        bytes_put_u8(reading->out, (uint8_t)byte);
    reading->at += used ? used : 1;
}

/* Inside an element that is passed over: true when its end was here. */
static void read_hidden(struct reading *reading, const struct tag *tag)
{
    bool same = strcmp(tag->name, reading->hidden) == 0, empty = tag->after[-2] == '/';
    reading->depth += same && !tag->closing && !empty;
    reading->depth -= same && tag->closing;
    if (!reading->depth)
        reading->hidden[0] = '\0';
}

static void hide(struct reading *reading, const struct tag *tag)
{
    memcpy(reading->hidden, tag->name, sizeof reading->hidden);
    reading->depth = 1;
}

static void read_element(struct reading *reading, const struct tag *tag)
{
    static const char *const blocks[] = {"p",      "div", "tr",   "li", "ul",  "ol",         "table",   "h1",      "h2",
                                         "h3",     "h4",  "h5",   "h6", "pre", "blockquote", "section", "article", "header",
                                         "footer", "hr",  "body", "dl", "dt",  "dd",         "center"};
    static const char *const hidden[] = {"style", "script", "head", "title"};
    if (strcmp(tag->name, "br") == 0) {
        bytes_put_u8(reading->out, '\n');
        reading->blank = false;
    } else if (is_one_of(tag->name, blocks, sizeof blocks / sizeof *blocks)) {
        end_line(reading);
    } else if (strcmp(tag->name, "td") == 0 || strcmp(tag->name, "th") == 0) {
        reading->blank = true;
    }
    if (strcmp(tag->name, "pre") == 0)
        reading->pre = tag->closing ? reading->pre - (reading->pre > 0) : reading->pre + 1;
    bool quote = reading->own && !tag->closing && is_quote(tag);
    if (!tag->closing && (quote || is_one_of(tag->name, hidden, sizeof hidden / sizeof *hidden)))
        hide(reading, tag);
}

void html_lines(const char *html, size_t length, bool own, struct bytes *out)
{
    struct reading reading = {.at = html, .end = html + length, .close = html - 1, .out = out, .start = out->length, .own = own};
    while (reading.at < reading.end && !out->failed) {
        struct tag tag;
        if (*reading.at == '<' && read_tag(&reading, &tag)) {
            if (*reading.hidden)
                read_hidden(&reading, &tag);
            else if (own && !tag.closing && is_border(&reading, &tag))
                break;
            else
                read_element(&reading, &tag);
            reading.at = tag.after;
        } else if (*reading.hidden) {
            reading.at++;
        } else {
            read_character(&reading);
        }
    }
    end_line(&reading);
}
