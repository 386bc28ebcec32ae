#include "engine/door/bibtex_write.h"

#include "engine/base/tex_letters.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void put(struct bytes *out, const char *text)
{
    bytes_put(out, text, strlen(text));
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* ---- mathematics ---- */

/* Commands of structure and of type that do nothing else. */
static bool is_structure(const char *name, size_t length)
{
    static const char *const names[] = {
        "Big",       "Bigg",        "Biggl",   "Biggr",        "Bigl",     "Bigr",      "Pr",       "arccos", "arcsin",
        "arctan",    "arg",         "bar",     "big",          "bigg",     "biggl",     "biggr",    "bigl",   "bigr",
        "binom",     "boldsymbol",  "breve",   "cfrac",        "check",    "cos",       "cosh",     "cot",    "deg",
        "det",       "dfrac",       "dim",     "displaystyle", "dot",      "ddot",      "exp",      "frac",   "gcd",
        "hat",       "hom",         "inf",     "ker",          "left",     "lg",        "lim",      "liminf", "limits",
        "limsup",    "ln",          "log",     "mathbb",       "mathbf",   "mathcal",   "mathfrak", "mathit", "mathrm",
        "mathring",  "mathscr",     "mathsf",  "mathtt",       "max",      "min",       "nolimits", "not",    "operatorname",
        "overbrace", "overline",    "overset", "pmod",         "quad",     "qquad",     "rm",       "bf",     "it",
        "right",     "scriptstyle", "sec",     "sin",          "sinh",     "sqrt",      "stackrel", "sup",    "tan",
        "tanh",      "textbf",      "textit",  "textrm",       "text",     "textstyle", "tfrac",    "tilde",  "underbrace",
        "underline", "underset",    "vec",     "widehat",      "widetilde"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return true;
    return false;
}

/* Whether what stands between two dollars may stay as it is: its braces pair up with and without TeX's backslashes, and each command is a
 * sign or structure. "^^5c" is a backslash to TeX. */
static bool is_safe_mathematics(const char *text, size_t length)
{
    long plain = 0, depth = 0;
    for (size_t at = 0; at < length; at++) {
        plain += (text[at] == '{') - (text[at] == '}');
        if (text[at] == '\\') {
            size_t name = 0;
            while (at + 1 + name < length && is_letter(text[at + 1 + name]))
                name++;
            bool sign = at + 1 < length && strchr(",;:! |{}_%&#", text[at + 1]);
            if (name ? !tex_letters_named(text + at + 1, name) && !is_structure(text + at + 1, name) : !sign)
                return false;
            plain += name ? 0 : (text[at + 1] == '{') - (text[at + 1] == '}');
            at += name ? name : 1;
        } else {
            depth += (text[at] == '{') - (text[at] == '}');
            if (strchr("%#&~`\"", text[at]) || (text[at] == '^' && at + 1 < length && text[at + 1] == '^'))
                return false;
        }
        if (plain < 0 || depth < 0)
            return false;
    }
    return length && !plain && !depth;
}

/* ---- text ---- */

/* What stands for a character that TeX or BibTeX would take for its own; NULL for one that stays. Pairs that TeX joins are kept apart. */
static const char *escaped(char byte, char next)
{
    switch (byte) {
    case '\\': return "\\textbackslash{}";
    case '{': return "\\textbraceleft{}";
    case '}': return "\\textbraceright{}";
    case '^': return "\\textasciicircum{}";
    case '~': return "\\textasciitilde{}";
    case '<': return "\\textless{}";
    case '>': return "\\textgreater{}";
    case '|': return "\\textbar{}";
    case '&': return "\\&";
    case '%': return "\\%";
    case '#': return "\\#";
    case '_': return "\\_";
    case '$': return "\\$";
    case '-': return next == '-' ? "-{}" : NULL;
    case '`': return next == '`' ? "`{}" : NULL;
    case '\'': return next == '\'' ? "'{}" : NULL;
    case '?': return next == '`' ? "?{}" : NULL;
    case '!': return next == '`' ? "!{}" : NULL;
    default: return NULL;
    }
}

static void put_plain(struct bytes *out, const char *text, size_t length)
{
    for (size_t at = 0; at < length; at++) {
        const char *instead = escaped(text[at], at + 1 < length ? text[at + 1] : 0);
        if (instead)
            put(out, instead);
        else
            bytes_put_u8(out, (uint8_t)text[at]);
    }
}

static void put_text(struct bytes *out, const char *text)
{
    while (*text) {
        size_t plain = strcspn(text, "$");
        const char *close = text[plain] ? strchr(text + plain + 1, '$') : NULL;
        size_t length = close ? (size_t)(close - text) - plain - 1 : 0;
        put_plain(out, text, plain);
        text += plain;
        if (close && is_safe_mathematics(text + 1, length)) {
            bytes_put(out, text, length + 2);
            text = close + 1;
        } else if (*text) { /* a dollar of money, or mathematics that is none of these: text up to the next one */
            put_plain(out, text, 1 + length);
            text += 1 + length;
        }
    }
}

static void begin_field(struct bytes *out, const char *name)
{
    put(out, ",\n  ");
    put(out, name);
    put(out, " = {");
}

static void put_field(struct bytes *out, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    begin_field(out, name);
    put_text(out, value);
    put(out, "}");
}

/* Addresses and identifiers are taken letter by letter: what would not be is percent-encoded. */
static void put_verbatim(struct bytes *out, const char *name, const char *value, const char *others)
{
    if (!value || !*value)
        return;
    begin_field(out, name);
    for (; *value; value++) {
        char code[4];
        bool plain = (unsigned char)*value > 0x20 && (unsigned char)*value < 0x7F && !strchr("\\{}^", *value) &&
                     !strchr(others, *value);
        snprintf(code, sizeof code, plain ? "%c" : "%%%02X", (unsigned char)*value);
        put(out, code);
    }
    put(out, "}");
}

/* ---- lists ---- */

/* Whether BibTeX would take a name apart: at a comma, at "&", at the word "and", or as a list that goes on. */
static bool is_divided(const char *name)
{
    for (const char *at = name; *at;) {
        size_t length = strcspn(at, " ");
        if (length == 3 && strncasecmp(at, "and", 3) == 0)
            return true;
        at += length + strspn(at + length, " ");
    }
    return strpbrk(name, ",=;&") || strcasecmp(name, "others") == 0;
}

static void put_list(struct bytes *out, const char *name, const struct paper_list *list, const char *between,
                     bool (*braced)(const char *item))
{
    if (!list->count)
        return;
    begin_field(out, name);
    for (size_t i = 0; i < list->count; i++) {
        bool braces = braced(list->item[i]);
        put(out, i ? between : "");
        put(out, braces ? "{" : "");
        put_text(out, list->item[i]);
        put(out, braces ? "}" : "");
    }
    put(out, "}");
}

static bool is_list(const char *keyword)
{
    return strpbrk(keyword, ",;");
}

/* ---- the entry ---- */

static const char *key_of(const struct paper *paper, const char *kind)
{
    size_t length = strlen(kind);
    for (size_t i = 0; i < paper->keys.count; i++)
        if (strncmp(paper->keys.item[i], kind, length) == 0)
            return paper->keys.item[i] + length;
    return NULL;
}

/* The paper's key in the letters that every reader takes; where it holds others, a hash of it keeps two such apart. */
static void put_key(struct bytes *out, const char *key)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    bool same = true;
    for (const char *at = key; *at; at++) {
        bool plain = (*at >= '0' && *at <= '9') || is_letter(*at) || *at == '.' || *at == '-';
        bytes_put_u8(out, (uint8_t)(plain ? *at : '_'));
        same &= plain || *at == '/' || *at == ':';
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    }
    char suffix[16];
    snprintf(suffix, sizeof suffix, "_%08x", (unsigned)hash);
    put(out, same ? "" : suffix);
}

void bibtex_write(struct bytes *out, const struct paper *paper)
{
    char day[16], url[PAPER_URL_SIZE];
    const char *arxiv = key_of(paper, "arxiv:");
    put(out, "@misc{");
    put_key(out, paper->keys.item[0]);
    put_field(out, "title", paper->title);
    put_list(out, "author", &paper->authors, " and ", is_divided);
    days_text(paper->published != PITH_NO_DAY ? paper->published : paper->announced, day);
    put_field(out, "date", day);
    day[strcspn(day, "-")] = '\0';
    put_field(out, "year", day);
    put_verbatim(out, "eprint", arxiv, "");
    put_field(out, "archiveprefix", arxiv ? "arXiv" : NULL);
    put_verbatim(out, "doi", key_of(paper, "doi:"), "");
    put_verbatim(out, "url", paper_url(paper->url, paper->keys.item[0], url), "<>\"`|");
    put_list(out, "keywords", &paper->categories, ", ", is_list);
    put_field(out, "abstract", paper->abstract);
    put(out, "\n}\n");
}
