#include "engine/sources/biorxiv.h"

#include <stdlib.h>
#include <string.h>

/* "O_LI" opens, "C_SCPLOW" closes, "M_FIG" ends a link. What could be a symbol in a text ("C_P", "C_SC") is none of these. */
static const struct {
    const char *name;
    bool blank; /* it stands between words */
} marks[] = {{"SCPCAP", false},      {"SCPLOW", false},
             {"LIO_LI", true},       {"LI", true},
             {"UL", true},           {"OL", true},
             {"LST", true},          {"ST_ABS", true},
             {"FIG", true},          {"TBL", true},
             {"TBLFIG", true},       {"LINKSMALLFIG", true},
             {"LINKSMALLTBL", true}, {"LINKSMALLPLATE", true},
             {"LINKFIG", true},      {"LINKTBL", true},
             {"QD", true},           {"BLOCKQUOTE", true},
             {"TEXTBOX", true},      {"BOXTITLE", true},
             {"FLOATNO", true},      {"INLINEFIG", true},
             {"TABLECAPTION", true}};

/* The length of a mark at text; 0 for none. The longest name counts: C_LIO_LI is one, C_FIG ends before what follows. */
static size_t read_mark(const char *text, const char **ret_name, bool *ret_blank)
{
    size_t best = 0;
    if (!text[0] || !strchr("OCM", text[0]) || text[1] != '_')
        return 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t length = strlen(marks[i].name);
        if (length <= best || strncmp(text + 2, marks[i].name, length) != 0)
            continue;
        best = length;
        *ret_name = marks[i].name;
        *ret_blank = marks[i].blank;
    }
    return best ? best + 2 : 0;
}

/* The end of a figure that opens at text, with its picture's address and "View larger version"; 0 when it has none. */
static size_t read_figure(const char *text, const char *name)
{
    enum { LONGEST = 3000 };
    char close[20];
    size_t length = strnlen(text, LONGEST);
    if (*text != 'O' || (strcmp(name, "FIG") != 0 && strcmp(name, "TBL") != 0))
        return 0;
    close[0] = 'C';
    close[1] = '_';
    memcpy(close + 2, name, strlen(name) + 1);
    const char *found = memmem(text, length, close, strlen(close));
    return found ? (size_t)(found - text) + strlen(close) : 0;
}

/* In the rest of a figure that was cut: "WIDTH=200 HEIGHT=97 SRC="FIGDIR/small/1.gif" ALT="Figure 1"> View larger version (24K):
 * org.highwire.dtl.DTLVardef@1b2_HPS_FORMAT_FIGEXP". */
static size_t read_link(const char *text)
{
    static const char *const ends[] = {"\">", "\"/>", "/>"};
    if (strncmp(text, "org.highwire.", 13) == 0)
        return strcspn(text, " \t\r\n");
    if (strncmp(text, "View larger version", 19) == 0) {
        size_t length = 19 + strspn(text + 19, " ");
        length += text[length] == '(' ? strcspn(text + length, ":\n ") : 0;
        return length + (text[length] == ':');
    }
    if (strncmp(text, "WIDTH=", 6) != 0 && strncmp(text, "SRC=\"FIGDIR", 11) != 0)
        return 0;
    const char *best = NULL;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *found = memmem(text, strnlen(text, 600), ends[i], strlen(ends[i]));
        if (found && (!best || found < best))
            best = found + strlen(ends[i]);
    }
    return best ? (size_t)(best - text) : 0;
}

/* "AO_SCPLOWBSTRACTC_SCPLOW": a heading whose capitals were set small. */
static size_t read_heading(const char *text)
{
    static const char *const headings[] = {"AO_SCPLOWBSTRACTC_SCPLOW", "AO_SCPCAPBSTRACTC_SCPCAP", "AO_SCPLOWBSTRACT",
                                           "AO_SCPCAPBSTRACT"};
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        if (strncmp(text, headings[i], strlen(headings[i])) == 0)
            return strlen(headings[i]);
    return 0;
}

/* Takes the marks out, in place. */
static void drop_marks(char *text)
{
    char *out = text;
    while (*text) {
        const char *name = "";
        bool blank = true;
        size_t run = strcspn(text, "AOCMWSVo["); /* where one can begin */
        memmove(out, text, run);
        out += run;
        text += run;
        if (!*text)
            break;
        size_t used = read_heading(text);
        used = used ? used : read_mark(text, &name, &blank);
        size_t figure = used ? read_figure(text, name) : read_link(text);
        used = figure ? figure : used;
        if (used && blank)
            *out++ = ' ';
        if (!used && strncmp(text, "[~]", 3) == 0) {
            *out++ = '~';
            used = 3;
        }
        if (!used)
            *out++ = *text++;
        text += used;
    }
    *out = '\0';
}

void biorxiv_text(struct record *record, char **field, const char *text)
{
    PITH_AUTO(pith_free_p) char *copy = text ? strdup(text) : NULL;
    if (!copy)
        return;
    drop_marks(copy);
    record_markup(record, field, copy);
}
