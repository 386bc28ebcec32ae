#include "engine/sources/tex.h"

#include "engine/base/bytes.h"
#include "engine/base/unicode.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_TEXT = 4 << 20 };

static const struct {
    const char *name, *text;
} commands[] = {
    {"textquotesingle", "'"},
    {"textendash", "–"},
    {"textemdash", "—"},
    {"textquoteleft", "‘"},
    {"textquoteright", "’"},
    {"textquotedblleft", "“"},
    {"textquotedblright", "”"},
    {"ldots", "…"},
    {"dots", "…"},
    {"textellipsis", "…"},
    {"textasciitilde", "~"},
    {"textbackslash", "\\"},
    {"textasciicircum", "^"},
    {"textdegree", "°"},
    {"textmu", "µ"},
    {"TeX", "TeX"},
    {"LaTeX", "LaTeX"},
    {"textless", "<"},
    {"textgreater", ">"},
    {"textbar", "|"},
    {"textunderscore", "_"},
    {"textregistered", "®"},
    {"texttrademark", "™"},
    {"S", "§"},
    {"pounds", "£"},
    {"quad", " "},
    {"par", " "},
    {"newline", " "},
    {"slash", "/"},
    {"textperiodcentered", "·"},
};

static const struct {
    const char *mark, *text;
} marks[] = {{"---", "—"}, {"--", "–"}, {"``", "“"}, {"''", "”"}, {"~", " "}};

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* A command at text[0] == '\\'. Returns the bytes used. */
static size_t put_command(const char *text, struct bytes *out)
{
    size_t length = 1;
    while (is_letter(text[length]))
        length++;
    if (length == 1) { /* \& \_ \% and such; a break; thin blanks */
        if (!text[1])
            return 1;
        if (strchr("\\,;: /!-", text[1]))
            bytes_put_u8(out, strchr("!-/", text[1]) ? 0x7F : ' ');
        else
            bytes_put_u8(out, (uint8_t)text[1]);
        if (out->length && out->data[out->length - 1] == 0x7F)
            out->length--;
        return 2;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strlen(commands[i].name) == length - 1 && memcmp(text + 1, commands[i].name, length - 1) == 0)
            bytes_put(out, commands[i].text, strlen(commands[i].text));
    return length + (text[length] == ' ');
}

static void put_text(const char *text, size_t length, struct bytes *out);

/* From a dollar to the next: as it is, but "$_{2}$" and "$^\textrm{nd}$" are text. Returns the bytes used. */
static size_t put_math(const char *text, struct bytes *out)
{
    const char *close = text + 1;
    while (*close && *close != '$')
        close += 1 + (*close == '\\' && close[1]);
    size_t length = (size_t)(close - text);
    bool index = text[1] == '_' || text[1] == '^';
    if (*close && index && length < 40)
        put_text(text + 2, length - 2, out);
    else
        bytes_put(out, text, length + (*close == '$'));
    return length + (*close == '$');
}

static size_t put_one(const char *text, struct bytes *out)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (strncmp(text, marks[i].mark, strlen(marks[i].mark)) != 0)
            continue;
        bytes_put(out, marks[i].text, strlen(marks[i].text));
        return strlen(marks[i].mark);
    }
    if (*text != '{' && *text != '}')
        bytes_put_u8(out, (uint8_t)*text);
    return 1;
}

static void put_text(const char *text, size_t length, struct bytes *out)
{
    for (size_t at = 0; at < length;) {
        size_t run = strcspn(text + at, "\\$-`'~{}");
        run = run < length - at ? run : length - at;
        bytes_put(out, text + at, run);
        at += run;
        if (at == length)
            break;
        if (text[at] == '\\')
            at += put_command(text + at, out);
        else if (text[at] == '$')
            at += put_math(text + at, out);
        else
            at += put_one(text + at, out);
    }
}

enum pith_status tex_plain(const char *text, size_t length, char **ret_text, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *lettered = NULL;
    PITH_AUTO(bytes_clear) struct bytes out;
    bytes_init(&out, MAX_TEXT);
    size_t size = 0;
    enum pith_status status = unicode_normalise(text, length, true, &lettered, &size, reterr);
    if (status)
        return status;
    put_text(lettered, size, &out);
    status = bytes_done(&out, reterr);
    return status ? status : unicode_normalise(out.length ? (const char *)out.data : "", out.length, false, ret_text, NULL, reterr);
}
