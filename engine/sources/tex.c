#include "engine/sources/tex.h"

#include "engine/base/bytes.h"
#include "engine/base/tex_letters.h"
#include "engine/base/unicode.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_TEXT = 4 << 20, MAX_INDEX = 40, MAX_UNIT = 48 };

/* ---- commands ---- */

enum action {
    TYPE,   /* only the look: its argument stays */
    SWITCH, /* the look of the rest of its group */
    NONE,   /* nothing is seen of it */
    BLANK,
    DROP,  /* so many arguments are not text, and what follows is */
    GAP,   /* the same, and a blank is left */
    QUOTE, /* quotes around its argument */
    MATH,  /* its argument is mathematics */
};
struct command {
    const char *name;
    enum action action;
    unsigned arguments; /* of DROP */
};

/* In byte order of the names. */
static const struct command commands[] = {
    {"MakeLowercase", TYPE, 0},
    {"MakeUppercase", TYPE, 0},
    {"NoCaseChange", TYPE, 0},
    {"SortNoop", DROP, 1},
    {"allowbreak", NONE, 0},
    {"begin", DROP, 1},
    {"bf", SWITCH, 0},
    {"bfseries", SWITCH, 0},
    {"bibinfo", DROP, 1},
    {"bibnamedelima", BLANK, 0},
    {"bibnamedelimb", BLANK, 0},
    {"bibnamedelimi", BLANK, 0},
    {"boldmath", NONE, 0},
    {"boldsymbol", TYPE, 0},
    {"color", DROP, 1},
    {"colorbox", DROP, 1},
    {"cyrchar", NONE, 0},
    {"em", SWITCH, 0},
    {"emph", TYPE, 0},
    {"end", DROP, 1},
    {"enquote", QUOTE, 0},
    {"enskip", BLANK, 0},
    {"enspace", BLANK, 0},
    {"ensuremath", MATH, 0},
    {"fbox", TYPE, 0},
    {"fontsize", DROP, 2},
    {"footnotesize", SWITCH, 0},
    {"foreignlanguage", DROP, 1},
    {"frenchspacing", NONE, 0},
    {"hbox", TYPE, 0},
    {"hfill", BLANK, 0},
    {"href", DROP, 1},
    {"hspace", GAP, 1},
    {"hyperlink", DROP, 1},
    {"hypertarget", DROP, 1},
    {"ignorespaces", NONE, 0},
    {"it", SWITCH, 0},
    {"item", BLANK, 0},
    {"itshape", SWITCH, 0},
    {"large", SWITCH, 0},
    {"linebreak", BLANK, 0},
    {"lowercase", TYPE, 0},
    {"mbox", TYPE, 0},
    {"mkbibacro", TYPE, 0},
    {"mkbibbold", TYPE, 0},
    {"mkbibemph", TYPE, 0},
    {"mkbibitalic", TYPE, 0},
    {"mkbibparens", TYPE, 0},
    {"mkbibquote", QUOTE, 0},
    {"mkbibsuperscript", TYPE, 0},
    {"newblock", BLANK, 0},
    {"newline", BLANK, 0},
    {"nobreak", NONE, 0},
    {"nobreakspace", BLANK, 0},
    {"noindent", NONE, 0},
    {"nolinkurl", TYPE, 0},
    {"noopsort", DROP, 1},
    {"normalfont", SWITCH, 0},
    {"normalsize", SWITCH, 0},
    {"null", NONE, 0},
    {"otherlanguage", DROP, 1},
    {"par", BLANK, 0},
    {"parbox", DROP, 1},
    {"path", TYPE, 0},
    {"protect", NONE, 0},
    {"qquad", BLANK, 0},
    {"quad", BLANK, 0},
    {"raisebox", DROP, 1},
    {"relax", NONE, 0},
    {"rm", SWITCH, 0},
    {"rmfamily", SWITCH, 0},
    {"sc", SWITCH, 0},
    {"scriptsize", SWITCH, 0},
    {"scshape", SWITCH, 0},
    {"selectfont", NONE, 0},
    {"selectlanguage", DROP, 1},
    {"sf", SWITCH, 0},
    {"sffamily", SWITCH, 0},
    {"sl", SWITCH, 0},
    {"sloppy", NONE, 0},
    {"slshape", SWITCH, 0},
    {"small", SWITCH, 0},
    {"sortnoop", DROP, 1},
    {"space", BLANK, 0},
    {"texorpdfstring", DROP, 1},
    {"text", TYPE, 0},
    {"textbf", TYPE, 0},
    {"textcolor", DROP, 1},
    {"textcyrillic", TYPE, 0},
    {"textgreek", TYPE, 0},
    {"textit", TYPE, 0},
    {"textlatin", TYPE, 0},
    {"textmd", TYPE, 0},
    {"textnormal", TYPE, 0},
    {"textrm", TYPE, 0},
    {"textsc", TYPE, 0},
    {"textsf", TYPE, 0},
    {"textsl", TYPE, 0},
    {"textsubscript", TYPE, 0},
    {"textsuperscript", TYPE, 0},
    {"texttt", TYPE, 0},
    {"textup", TYPE, 0},
    {"thinspace", BLANK, 0},
    {"tiny", SWITCH, 0},
    {"tt", SWITCH, 0},
    {"ttfamily", SWITCH, 0},
    {"underline", TYPE, 0},
    {"unskip", NONE, 0},
    {"uppercase", TYPE, 0},
    {"upshape", SWITCH, 0},
    {"url", TYPE, 0},
    {"vspace", GAP, 1},
    {"xspace", NONE, 0},
};

static int compare(const void *key, const void *item)
{
    return strcmp(key, ((const struct command *)item)->name);
}

static const struct command *find_command(const char *name, size_t length)
{
    char copy[20];
    if (length >= sizeof copy)
        return NULL;
    memcpy(copy, name, length);
    copy[length] = '\0';
    return bsearch(copy, commands, sizeof commands / sizeof *commands, sizeof *commands, compare);
}

/* ---- a text being read ---- */

struct tex {
    const char *text;
    size_t length, at;
    uint32_t *match;     /* by place of '{': behind its '}'; 0 for none */
    unsigned char *mark; /* by place of '}': what is written there instead of it, enum */
    bool value, all;     /* tex_plain; unknown commands lose their backslash */
    struct bytes *out;
};
enum { MARK_NONE, MARK_DROPPED, MARK_QUOTE, MARK_BLANK }; /* of a brace without a mark: NONE or DROPPED, as `value` is */

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Pairs the braces, those behind a backslash left out. Text without a command needs no pairs. */
static enum pith_status pair_braces(struct tex *tex, struct pith_error *reterr)
{
    size_t length = tex->length, open = SIZE_MAX;
    if (!memchr(tex->text, '\\', length))
        return PITH_OK;
    tex->match = pith_calloc(length + 1, sizeof *tex->match);
    tex->mark = pith_calloc(length + 1, 1);
    if (!tex->match || !tex->mark || length > UINT32_MAX / 2)
        return pith_no_memory(reterr);
    for (size_t at = 0; at < length; at++) {
        if (tex->text[at] == '\\') {
            at++;
        } else if (tex->text[at] == '{') { /* open braces are chained by their own places */
            tex->match[at] = open == SIZE_MAX ? 0 : (uint32_t)open + 1;
            open = at;
        } else if (tex->text[at] == '}' && open != SIZE_MAX) {
            size_t outer = tex->match[open];
            tex->match[open] = (uint32_t)at + 1;
            open = outer ? outer - 1 : SIZE_MAX;
        }
    }
    while (open != SIZE_MAX) { /* never closed */
        size_t outer = tex->match[open];
        tex->match[open] = 0;
        open = outer ? outer - 1 : SIZE_MAX;
    }
    return PITH_OK;
}

static void put(struct tex *tex, const char *text)
{
    bytes_put(tex->out, text, strlen(text));
}

/* The argument that begins at `at`, a blank before it or not: its '{', or the length when there is none. */
static size_t argument_at(const struct tex *tex, size_t at)
{
    while (at < tex->length && tex->text[at] == ' ')
        at++;
    return at < tex->length && tex->text[at] == '{' && tex->match[at] ? at : tex->length;
}

/* Reads on inside a group, whose closing brace becomes this. */
static void enter(struct tex *tex, size_t open, unsigned char mark)
{
    tex->mark[tex->match[open] - 1] = mark;
    tex->at = open + 1;
}

/* ---- mathematics ---- */

/* "[…]" behind a command. */
static size_t skip_option(const struct tex *tex, size_t at)
{
    const char *close = at < tex->length && tex->text[at] == '['
                            ? memchr(tex->text + at, ']', tex->length - at < 200 ? tex->length - at : 200)
                            : NULL;
    return close ? (size_t)(close + 1 - tex->text) : at;
}

static const struct {
    const char *name, *mark;
} over[] = {{"acute", "\u0301"}, {"grave", "\u0300"}, {"hat", "\u0302"},     {"check", "\u030C"},
            {"tilde", "\u0303"}, {"breve", "\u0306"}, {"bar", "\u0304"},     {"dot", "\u0307"},
            {"ddot", "\u0308"},  {"vec", "\u20D7"},   {"mathring", "\u030A"}};

/* "\mathrm{pH}", "\frac{1}{2}": a word, or a fraction that is one character. Writes it; false for anything else. */
static bool put_word(const char *text, size_t length, struct bytes *out)
{
    static const char *const upright[] = {"\\mathrm{", "\\mathit{", "\\mathnormal{", "\\text{", "\\textrm{", "\\textit{"};
    static const struct {
        const char *tex, *text;
    } fractions[] = {{"12", "½"}, {"13", "⅓"}, {"23", "⅔"}, {"14", "¼"}, {"34", "¾"}, {"15", "⅕"},
                     {"25", "⅖"}, {"35", "⅗"}, {"45", "⅘"}, {"16", "⅙"}, {"56", "⅚"}, {"17", "⅐"},
                     {"18", "⅛"}, {"38", "⅜"}, {"58", "⅝"}, {"78", "⅞"}, {"19", "⅑"}, {"03", "↉"}};
    for (size_t i = 0; i < sizeof upright / sizeof *upright; i++) {
        size_t size = strlen(upright[i]), at = size;
        if (length <= size + 1 || memcmp(text, upright[i], size) != 0)
            continue;
        while (at < length - 1 && (is_letter(text[at]) || (text[at] >= '0' && text[at] <= '9')))
            at++;
        if (at != length - 1 || text[at] != '}')
            return false;
        bytes_put(out, text + size, at - size);
        return true;
    }
    for (size_t i = 0; length == 11 && memcmp(text, "\\frac{", 6) == 0 && i < sizeof fractions / sizeof *fractions; i++)
        if (text[6] == fractions[i].tex[0] && memcmp(text + 7, "}{", 2) == 0 && text[9] == fractions[i].tex[1] && text[10] == '}') {
            bytes_put(out, fractions[i].text, strlen(fractions[i].text));
            return true;
        }
    return false;
}

/* One sign, and nothing else, of mathematics: \pm, \not=, \bar{x}, \mathbb{R}, >. Writes it; false for anything else. */
static bool put_sign(const char *text, size_t length, struct bytes *out, unsigned depth)
{
    while (length && *text == ' ')
        text++, length--;
    while (length && text[length - 1] == ' ' && !(length > 1 && text[length - 2] == '\\'))
        length--;
    if (!length || length > MAX_UNIT || depth > 3)
        return false;
    if (*text == '{' && text[length - 1] == '}')
        return put_sign(text + 1, length - 2, out, depth + 1);
    if (length <= 2 && strspn(text, "'") >= length) {
        bytes_put(out, length == 2 ? "″" : "′", 3);
        return true;
    }
    if (length == 1 && (memchr("<>=+-*/|&%#", *text, 11) || (depth && is_letter(*text)))) {
        bytes_put(out, *text == '-' ? "−" : text, *text == '-' ? strlen("−") : 1);
        return true;
    }
    if (*text != '\\')
        return false;
    size_t mark = out->length, used = tex_letters_read(text, length, out);
    if (used == length)
        return true;
    out->length = mark;
    if (tex_letters_of_alphabet(text, length, out) == length)
        return true;
    out->length = mark;
    if (put_word(text, length, out))
        return true;
    for (size_t i = 0; i < sizeof over / sizeof *over; i++) {
        size_t size = strlen(over[i].name);
        if (length < size + 3 || strncmp(text + 1, over[i].name, size) != 0 || text[size + 1] != '{')
            continue;
        bool good = put_sign(text + size + 1, length - size - 1, out, depth + 1);
        bytes_put(out, over[i].mark, good ? strlen(over[i].mark) : 0);
        return good;
    }
    return false;
}

/* An index alone: "_{2}", "^\circ", "^{\textrm{nd}}". Its text is short and has no commands but those of type and signs. */
static bool put_index(const char *text, size_t length, struct bytes *out)
{
    size_t mark = out->length;
    if (length < 2 || length > MAX_INDEX || (*text != '_' && *text != '^'))
        return false;
    bool degree = *text == '^' && memmem(text, length, "\\circ", 5) && length <= 9;
    for (size_t at = 1; at < length && !degree;) {
        size_t used = text[at] == '\\' ? tex_letters_read(text + at, length - at, out) : 0;
        if (!used && text[at] == '\\') { /* \textrm */
            for (used = 1; at + used < length && is_letter(text[at + used]);)
                used++;
            const struct command *command = find_command(text + at + 1, used - 1);
            if ((!command || command->action > SWITCH) && (used < 7 || strncmp(text + at + 1, "math", 4) != 0)) {
                out->length = mark;
                return false;
            }
        } else if (!used && memchr("_^", text[at], 2)) {
            out->length = mark;
            return false;
        } else if (!used) {
            if (!memchr("{} ", text[at], 3))
                bytes_put(out, text + at, 1);
            used = 1;
        }
        at += used;
    }
    if (degree)
        bytes_put(out, "°", 2);
    return true;
}

/* Mathematics within these bounds: with `signs`, a sign or an index alone is text; anything else stays mathematics. */
static void put_math(struct tex *tex, const char *text, size_t length, bool signs)
{
    if (signs && (put_sign(text, length, tex->out, 0) || put_index(text, length, tex->out)))
        return;
    bytes_put_u8(tex->out, '$');
    bytes_put(tex->out, text, length);
    bytes_put_u8(tex->out, '$');
}

/* From a dollar to the next; a dollar alone is one. */
static void read_dollar(struct tex *tex)
{
    size_t close = tex->at + 1;
    while (close < tex->length && tex->text[close] != '$')
        close += tex->text[close] == '\\' ? 2 : 1;
    if (close >= tex->length) { /* the rest has none: it is looked for once */
        bytes_put(tex->out, tex->text + tex->at, 1);
        tex->at++;
        return;
    }
    put_math(tex, tex->text + tex->at + 1, close - tex->at - 1, tex->value);
    tex->at = close + 1;
}

/* ---- commands ---- */

/* "\&", "\\", "\,", "\-". */
static void read_sign(struct tex *tex)
{
    char sign = tex->text[tex->at + 1];
    bool own = tex->value || tex->all; /* the text is TeX, so a backslash is TeX's */
    if (strchr("()[]", sign) && tex->value)
        put(tex, "$"); /* mathematics begins or ends */
    else if (strchr("\\,;: ", sign) && own)
        put(tex, " ");
    else if (strchr("!/-@*", sign) && own)
        put(tex, "");
    else if (strchr("&%#_$", sign) || (own && !strchr("()[]", sign)))
        bytes_put_u8(tex->out, (uint8_t)sign);
    else
        bytes_put(tex->out, tex->text + tex->at, 2);
    tex->at += 2;
}

/* A command that is not known: its arguments, divided by blanks; without any its name. */
static void read_unknown(struct tex *tex, size_t after)
{
    size_t open = argument_at(tex, after);
    if (!tex->value) {
        bytes_put(tex->out, tex->text + tex->at + tex->all, after - tex->at - tex->all);
        tex->at = after;
    } else if (open == tex->length || open > after) {
        bytes_put(tex->out, tex->text + tex->at + 1, after - tex->at - 1);
        tex->at = after;
    } else if (tex->match[open] == open + 2) { /* \name{} */
        bytes_put(tex->out, tex->text + tex->at + 1, after - tex->at - 1);
        tex->at = open + 2;
    } else {
        bool more = tex->match[open] < tex->length && tex->text[tex->match[open]] == '{';
        enter(tex, open, more ? MARK_BLANK : MARK_DROPPED);
    }
}

/* Past so many arguments, then into the one that is text. */
static void drop_arguments(struct tex *tex, const struct command *command, size_t after)
{
    size_t at = skip_option(tex, after);
    for (unsigned i = 0; i < command->arguments; i++) {
        size_t open = argument_at(tex, at);
        if (open == tex->length)
            break;
        at = tex->match[open];
    }
    size_t open = at < tex->length && tex->text[at] == '{' ? argument_at(tex, at) : tex->length;
    tex->at = at;
    if (open < tex->length && open == at)
        enter(tex, open, MARK_DROPPED);
}

/* The group that a switch of type stands in loses its braces with it. */
static void drop_group(struct tex *tex)
{
    size_t at = tex->at;
    if (!at || tex->text[at - 1] != '{' || !tex->match[at - 1] || !tex->out->length || tex->out->failed)
        return;
    if (!tex->value && tex->out->data[tex->out->length - 1] == '{')
        tex->out->length--;
    tex->mark[tex->match[at - 1] - 1] = MARK_DROPPED;
}

static void read_known(struct tex *tex, const struct command *command, size_t after)
{
    size_t open = argument_at(tex, after), next = after + (after < tex->length && tex->text[after] == ' ');
    switch (command->action) {
    case TYPE:
    case QUOTE:
    case MATH:
        if (open == tex->length) {
            tex->at = next;
        } else if (command->action == MATH) {
            put_math(tex, tex->text + open + 1, tex->match[open] - open - 2, true);
            tex->at = tex->match[open];
        } else {
            put(tex, command->action == QUOTE ? "“" : "");
            enter(tex, open, command->action == QUOTE ? MARK_QUOTE : MARK_DROPPED);
        }
        break;
    case SWITCH:
        drop_group(tex);
        tex->at = next;
        break;
    case NONE: tex->at = next; break;
    case BLANK:
        put(tex, " ");
        tex->at = next;
        break;
    case GAP: put(tex, " "); /* fall through */
    case DROP: drop_arguments(tex, command, after); break;
    }
    if (tex->at + 1 < tex->length && tex->at == after && command->action >= SWITCH && strncmp(tex->text + after, "{}", 2) == 0)
        tex->at += 2;
}

/* A letter, whose braces go with its command: {\'e}. */
static bool read_letter(struct tex *tex)
{
    struct bytes *out = tex->out;
    size_t mark = out->length, open = tex->at - 1;
    size_t used = tex_letters_read(tex->text + tex->at, tex->length - tex->at, out);
    bool alone = used && tex->at && tex->text[open] == '{' && tex->match[open] == tex->at + used + 1;
    if (alone && !tex->value && !out->failed && mark && out->data[mark - 1] == '{') {
        memmove(out->data + mark - 1, out->data + mark, out->length - mark);
        out->length--;
        tex->mark[tex->match[open] - 1] = MARK_DROPPED;
    }
    tex->at += used;
    return used > 0;
}

static void read_command(struct tex *tex)
{
    size_t after = tex->at + 1;
    while (after < tex->length && is_letter(tex->text[after]))
        after++;
    if (read_letter(tex))
        return;
    if (after >= tex->length && after == tex->at + 1) { /* at the end */
        bytes_put(tex->out, "\\", tex->value ? 0 : 1);
        tex->at++;
        return;
    }
    const struct command *command = after > tex->at + 1 ? find_command(tex->text + tex->at + 1, after - tex->at - 1) : NULL;
    if (command)
        read_known(tex, command, after);
    else if (after == tex->at + 1)
        read_sign(tex);
    else
        read_unknown(tex, after);
}

/* ---- text ---- */

static const struct {
    const char *mark, *text;
} marks[] = {{"---", "—"}, {"--", "–"}, {"``", "“"}, {"''", "”"}, {"?`", "¿"}, {"!`", "¡"}, {"~", " "}};

static void read_one(struct tex *tex)
{
    static const char *const instead[] = {[MARK_NONE] = "}", [MARK_DROPPED] = "", [MARK_QUOTE] = "”", [MARK_BLANK] = " "};
    size_t left = tex->length - tex->at;
    char byte = tex->text[tex->at];
    for (size_t i = 0; tex->value && i < sizeof marks / sizeof *marks; i++) {
        size_t size = strlen(marks[i].mark);
        if (size > left || memcmp(tex->text + tex->at, marks[i].mark, size) != 0)
            continue;
        put(tex, marks[i].text);
        tex->at += size;
        return;
    }
    if (byte == '}')
        put(tex, instead[tex->mark && tex->mark[tex->at] ? tex->mark[tex->at] : tex->value]);
    else if (byte != '{' || !tex->value)
        bytes_put_u8(tex->out, (uint8_t)byte);
    tex->at++;
}

static void read_all(struct tex *tex)
{
    const char *stops = tex->value ? "\\$-`'~{}?!" : "\\$}";
    while (tex->at < tex->length) {
        size_t run = strcspn(tex->text + tex->at, stops);
        run = run < tex->length - tex->at ? run : tex->length - tex->at;
        bytes_put(tex->out, tex->text + tex->at, run);
        tex->at += run;
        if (tex->at >= tex->length)
            break;
        if (tex->text[tex->at] == '\\')
            read_command(tex);
        else if (tex->text[tex->at] == '$')
            read_dollar(tex);
        else
            read_one(tex);
    }
}

static enum pith_status convert(struct tex *tex, char **ret_text, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes out;
    bytes_init(&out, MAX_TEXT);
    tex->out = &out;
    enum pith_status status = pair_braces(tex, reterr);
    if (!status)
        read_all(tex);
    free(tex->match);
    free(tex->mark);
    if (!status)
        status = bytes_done(&out, reterr);
    return status ? status : unicode_normalise(out.length ? (const char *)out.data : "", out.length, false, ret_text, NULL, reterr);
}

enum pith_status tex_plain(const char *text, size_t length, char **ret_text, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *normal = NULL;
    struct tex tex = {.value = true, .all = true};
    enum pith_status status = unicode_normalise(text, length, false, &normal, &tex.length, reterr);
    if (status)
        return status;
    tex.text = normal;
    if (normal[strcspn(normal, "\\$-`'~{}?!")] == '\0') {
        *ret_text = PITH_TAKE(normal);
        return PITH_OK;
    }
    return convert(&tex, ret_text, reterr);
}

enum pith_status tex_running(const char *text, size_t length, bool all, char **ret_text, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *normal = NULL;
    struct tex tex = {.all = all};
    enum pith_status status = unicode_normalise(text, length, false, &normal, &tex.length, reterr);
    if (status)
        return status;
    tex.text = normal;
    if (!strchr(normal, '\\')) {
        *ret_text = PITH_TAKE(normal);
        return PITH_OK;
    }
    return convert(&tex, ret_text, reterr);
}
