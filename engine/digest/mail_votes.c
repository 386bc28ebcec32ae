#include "engine/digest/mail_votes.h"

#include "engine/digest/reply_quotes.h"
#include "engine/sources/lines.h"
#include "engine/sources/mime.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_LINE = 400, MOST_DIGITS = 6, SHOWN = 60 /* bytes of a line in a message */ };

/* ---- the ticket ---- */

static bool is_ticket_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* The last run of characters that is a reply's ticket. */
static bool find_ticket(const unsigned char key[STORE_TICKET_KEY], const char *value, struct ticket *ret_ticket)
{
    const char *end = value + strlen(value);
    while (end > value) {
        const char *start = end;
        char text[PITH_TICKET_TEXT];
        unsigned char name[STORE_TICKET];
        while (start > value && is_ticket_character(start[-1]))
            start--;
        size_t length = (size_t)(end - start);
        if (length && length < sizeof text) {
            memcpy(text, start, length);
            text[length] = '\0';
            if (ticket_read(key, text, ret_ticket, name, NULL) == PITH_OK && ret_ticket->kind == PITH_TICKET_REPLY)
                return true;
        }
        end = start > value ? start - 1 : value;
    }
    return false;
}

enum pith_status reply_ticket(const unsigned char key[STORE_TICKET_KEY], const char *mail, size_t length, struct ticket *ret_ticket,
                              struct pith_error *reterr)
{
    static const char *const header[] = {"In-Reply-To:", "References:", "Subject:"};
    if (!mime_is_mail(mail, length))
        return pith_fail(reterr, PITH_INPUT, "this is no mail");
    for (size_t i = 0; i < sizeof header / sizeof *header; i++) {
        PITH_AUTO(pith_free_p) char *value = NULL;
        enum pith_status status = mime_header(mail, length, header[i], &value, reterr);
        if (status)
            return status;
        if (find_ticket(key, value, ret_ticket))
            return PITH_OK;
    }
    return pith_fail(reterr, PITH_NOT_FOUND,
                     "this mail answers no digest of this pith: answer one, so that its ticket stands in the mail");
}

/* ---- votes ---- */

struct reading {
    struct pith_reply *reply;
    size_t papers;
};

/* A sign as people and their keyboards write it; 0 for none. */
static int take_sign(const char **at, const char *end)
{
    static const struct {
        const char *text;
        int verdict;
    } sign[] = {{"+", 1}, {"-", -1}, {"\xe2\x88\x92" /* minus */, -1}, {"\xe2\x80\x93" /* en dash */, -1}};
    for (size_t i = 0; i < sizeof sign / sizeof *sign; i++) {
        size_t length = strlen(sign[i].text);
        if ((size_t)(end - *at) >= length && memcmp(*at, sign[i].text, length) == 0) {
            *at += length;
            return sign[i].verdict;
        }
    }
    return 0;
}

/* Past these signs, and hard blanks, which mail programs put for blanks. */
static void skip(const char **at, const char *end, const char *what)
{
    static const char hard_blank[] = "\xC2\xA0";
    for (size_t width = 1; *at < end && width; *at += width) {
        bool hard = end - *at >= 2 && memcmp(*at, hard_blank, 2) == 0;
        width = hard ? 2 : **at && strchr(what, **at);
    }
}

/* Whether a line holds numbers of the digest, signs and what may be between them, and nothing else. */
static bool looks_like_votes(const struct line *line, size_t papers)
{
    const char *at = line->text, *end = at + line->length;
    size_t numbers = 0, signs = 0;
    int number;
    for (skip(&at, end, " \t,;"); at < end; skip(&at, end, " \t,;")) {
        if (lines_number(&at, end, MOST_DIGITS, &number)) {
            if (number < 1 || (size_t)number > papers)
                return false;
            numbers++;
        } else if (take_sign(&at, end)) {
            signs++;
        } else {
            return false;
        }
    }
    return numbers && signs;
}

static enum pith_status add_vote(struct reading *reading, unsigned number, int verdict, struct pith_error *reterr)
{
    struct pith_reply *reply = reading->reply;
    size_t at = reply->votes;
    if (number < 1 || number > reading->papers)
        return pith_fail(reterr, PITH_INPUT, "the digest has papers 1 to %zu, and no %u: nothing was recorded", reading->papers,
                         number);
    while (at && reply->vote[at - 1].number > number)
        at--;
    if (at && reply->vote[at - 1].number == number) {
        if (reply->vote[at - 1].verdict == verdict)
            return PITH_OK;
        return pith_fail(reterr, PITH_INPUT, "paper %u is voted both up and down: nothing was recorded", number);
    }
    if (reply->votes == PITH_REPLY_VOTES)
        return pith_fail(reterr, PITH_INPUT, "more than %d votes in one mail: nothing was recorded", PITH_REPLY_VOTES);
    memmove(&reply->vote[at + 1], &reply->vote[at], (reply->votes - at) * sizeof *reply->vote);
    reply->vote[at].number = number;
    reply->vote[at].verdict = verdict;
    reply->votes++;
    return PITH_OK;
}

/* Whether the line is votes and nothing else; with a reply they are added. */
static bool read_votes(const struct line *line, struct reading *reading, enum pith_status *status, struct pith_error *reterr)
{
    const char *at = line->text, *end = at + line->length;
    size_t votes = 0;
    for (skip(&at, end, " \t,;"); at < end; skip(&at, end, " \t,;")) {
        int number, verdict;
        if (!lines_number(&at, end, MOST_DIGITS, &number))
            return false;
        skip(&at, end, " \t");
        verdict = take_sign(&at, end);
        if (!verdict)
            return false;
        votes++;
        if (reading && !*status)
            *status = add_vote(reading, (unsigned)number, verdict, reterr);
    }
    return votes > 0;
}

/* What other keyboards have for signs and digits. */
static const struct {
    const char *text, *sign;
} others[] = {{"\xEF\xBC\x8B", "+"},     {"\xEF\xBC\x8D", "-"},    {"\xEF\xBC\x8C", ","}, {"\xEF\xBC\x9B", ";"},
              {"\xE3\x80\x80", " "},     {"\xE3\x80\x81", ","},    {"\xEF\xBB\xBF", ""},  {"\xEF\xB8\x8F", ""},
              {"\xF0\x9F\x91\x8D", "+"}, {"\xF0\x9F\x91\x8E", "-"}};

/* A short line with full-width signs and digits and thumbs as ASCII; a longer one as it is. */
static struct line in_ascii(const struct line *line, char buffer[LONGEST_LINE])
{
    struct line plain = {.text = buffer, .number = line->number};
    if (line->length > LONGEST_LINE)
        return *line;
    for (size_t at = 0; at < line->length;) {
        const char *text = line->text + at;
        size_t left = line->length - at, used = 0;
        for (size_t i = 0; i < sizeof others / sizeof *others && !used; i++) {
            size_t length = strlen(others[i].text);
            if (left < length || memcmp(text, others[i].text, length) != 0)
                continue;
            used = length;
            if (*others[i].sign)
                buffer[plain.length++] = *others[i].sign;
        }
        bool digit = left >= 3 && memcmp(text, "\xEF\xBC", 2) == 0 && (unsigned char)text[2] >= 0x90 &&
                     (unsigned char)text[2] <= 0x99;
        bool skin = left >= 4 && memcmp(text, "\xF0\x9F\x8F", 3) == 0 && (unsigned char)text[3] >= 0xBB; /* of a thumb */
        if (!used && !skin)
            buffer[plain.length++] = digit ? (char)('0' + (unsigned char)text[2] - 0x90) : *text;
        at += used ? used : skin ? 4 : digit ? 3 : 1;
    }
    return plain;
}

static enum pith_status read_text(void *user, const char *text, size_t length, size_t first_line, struct pith_error *reterr)
{
    struct reading *reading = user;
    const char *at = text, *end = text + length;
    struct line line;
    size_t number = 0;
    struct reply_quotes quotes = {0};
    enum pith_status status = PITH_OK;
    (void)first_line;
    lines_next(&at, end, &number, &line); /* the mail's date */
    while (!status && lines_next(&at, end, &number, &line)) {
        if (!reply_quotes_is_own(&quotes, &line, at, end))
            continue;
        char buffer[LONGEST_LINE];
        line = in_ascii(&line, buffer);
        if (read_votes(&line, NULL, NULL, NULL))
            read_votes(&line, reading, &status, reterr);
        else if (looks_like_votes(&line, reading->papers))
            status = pith_fail(reterr, PITH_INPUT,
                               "it is not clear what \"%.*s\" votes for, and nothing was recorded: write 1+ 4- 7+",
                               (int)(line.length < SHOWN ? line.length : SHOWN), line.text);
    }
    return status;
}

enum pith_status reply_votes(const char *mail, size_t length, size_t papers, struct pith_reply *reply, struct pith_error *reterr)
{
    struct pith_reply read = *reply;
    struct reading reading = {&read, papers};
    const struct mime_reader reader = {.text = read_text, .user = &reading, .own = true};
    read.votes = 0;
    if (reply_quotes_is_automatic(mail, length))
        return pith_fail(reterr, PITH_INPUT, "this mail was sent by a program, not by its reader: it votes for nothing");
    enum pith_status status = mime_read(mail, length, &reader, reterr);
    if (!status && !read.votes)
        status = pith_fail(reterr, PITH_INPUT, "there is no line of votes in this mail, above what it quotes: write 1+ 4- 7+");
    if (!status)
        *reply = read;
    return status;
}
