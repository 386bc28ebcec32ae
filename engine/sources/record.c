#include "engine/sources/record.h"

#include "engine/base/bytes.h"
#include "engine/base/dates.h"
#include "engine/base/unicode.h"
#include "engine/sources/markup.h"
#include "engine/sources/tex.h"
#include "engine/sources/withdrawal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_KEYS = PAPER_MAX_KEYS - 2, MAX_NAME = 1000 };

void record_init(struct record *record, const struct source *source, enum paper_source_rank rank, size_t line)
{
    *record = (struct record){.line = line, .tex = strncmp(source->name, "arxiv-", 6) == 0};
    paper_init(&record->paper);
    record->paper.source = source->name;
    record->paper.source_rank = rank;
}

void record_clear(struct record *record)
{
    paper_clear(&record->paper);
}

void record_fail(struct record *record, const char *format, ...)
{
    char reason[sizeof record->error.message];
    if (record->status)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    for (char *at = reason; *at; at++) /* what it quotes may be cut within a character */
        if (*at < 0x20 || *at > 0x7E)
            *at = '?';
    record->status = pith_fail(&record->error, PITH_INPUT, "%s", reason);
}

/* ---- text ---- */

static void put_text(struct record *record, char **field, const char *text, size_t length, bool plain)
{
    if (!text || record->status || (*field && **field))
        return;
    char *normal = NULL;
    record->status = plain ? unicode_normalise(text, length, false, &normal, NULL, &record->error)
                           : tex_running(text, length, record->tex, &normal, &record->error);
    if (!record->status) {
        free(*field);
        *field = normal;
    }
}

void record_text(struct record *record, char **field, const char *text, size_t length)
{
    put_text(record, field, text, length, false);
}

void record_plain(struct record *record, char **field, const char *text)
{
    put_text(record, field, text, text ? strlen(text) : 0, true);
}

void record_markup(struct record *record, char **field, const char *text)
{
    PITH_AUTO(pith_free_p) char *plain = NULL;
    if (!text || record->status)
        return;
    if (!text[strcspn(text, "<&")]) {
        record_string(record, field, text);
        return;
    }
    record->status = markup_plain(text, strlen(text), &plain, &record->error);
    record_string(record, field, plain);
}

void record_string(struct record *record, char **field, const char *text)
{
    record_text(record, field, text, text ? strlen(text) : 0);
}

void record_drop_heading(char *abstract)
{
    size_t heading = abstract && strncasecmp(abstract, "Abstract", 8) == 0 ? 8 : 0;
    bool glued = heading && abstract[heading] >= 'A' && abstract[heading] <= 'Z' && /* "AbstractWe see" */
                 abstract[1] == 'b' &&
                 (abstract[heading + 1] == ' ' || (abstract[heading + 1] >= 'a' && abstract[heading + 1] <= 'z'));
    if (!heading || (!glued && !memchr(" :.", abstract[heading], 3)) || !abstract[heading])
        return;
    size_t rest = heading + strspn(abstract + heading, ":. ");
    if (abstract[heading] == ' ' && abstract[rest] >= 'a' && abstract[rest] <= 'z') /* "Abstract interpretation is …" */
        return;
    memmove(abstract, abstract + rest, strlen(abstract + rest) + 1);
}

void record_abstract(struct record *record, const char *text)
{
    static const char *const titles[] = {"title>abstract</", "<b>abstract</b>", "<strong>abstract</strong>", "<h3>abstract</h3>",
                                         "<p>abstract</p>"};
    record_markup(record, &record->paper.abstract, text);
    const char *start = text ? text + strspn(text, " \t\r\n") : "";
    if (strncasecmp(start, "Abstract", 8) == 0 && memchr(":\r\n", start[8], 3) && start[8])
        record_drop_heading(record->paper.abstract);
    for (size_t i = 0; text && i < sizeof titles / sizeof *titles; i++) {
        if (!strcasestr(text, titles[i]))
            continue;
        record_drop_heading(record->paper.abstract);
        return;
    }
}

/* ---- lists ---- */

static bool has_letter(const char *text)
{
    for (; *text; text++)
        if ((*text >= 'A' && *text <= 'Z') || (*text >= 'a' && *text <= 'z') || ((unsigned char)*text & 0x80))
            return true;
    return false;
}

/* "Jr", "Sr.", "III": what stands behind a name. */
bool record_is_suffix(const char *text, size_t length)
{
    static const char *const suffixes[] = {"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV", "2nd", "3rd", "Junior", "Senior"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (strlen(suffixes[i]) == length && strncmp(text, suffixes[i], length) == 0)
            return true;
    return false;
}

/* Cuts "et al.", "and others" off the end of a name; true when nothing is left. */
static bool drop_others(char *name)
{
    static const char *const others[] = {"et al.", "et al", "et alii", "et alia", "and others", "and others."};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        size_t size = strlen(others[i]);
        if (length < size || strcasecmp(name + length - size, others[i]) != 0 ||
            (length > size && !memchr(" ,", name[length - size - 1], 2)))
            continue;
        length -= size;
        while (length && memchr(" ,", name[length - 1], 2))
            length--;
        name[length] = '\0';
        break;
    }
    return !length || strcasecmp(name, "others") == 0;
}

static bool has_item(const struct paper_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->item[i], text) == 0)
            return true;
    return false;
}

static void put_item(struct record *record, struct paper_list *list, const char *text, size_t max)
{
    if (!record->status)
        record->status = paper_list_add(list, text, strlen(text), max, &record->error);
}

/* "William F. Smith", "Jr." */
static void join_suffix(struct record *record, const char *suffix)
{
    char **last = &record->paper.authors.item[record->paper.authors.count - 1], *joined;
    if (strlen(*last) > MAX_NAME)
        return;
    if (asprintf(&joined, "%s %s", *last, suffix) < 0) {
        record->status = pith_no_memory(&record->error);
        return;
    }
    free(*last);
    *last = joined;
}

/* "on behalf of the Y Team": the team. */
static void drop_behalf(char *name)
{
    static const char behalf[] = "on behalf of ";
    if (strncasecmp(name, behalf, sizeof behalf - 1) != 0)
        return;
    const char *rest = name + sizeof behalf - 1;
    rest += strncasecmp(rest, "the ", 4) == 0 ? 4 : 0;
    memmove(name, rest, strlen(rest) + 1);
}

void record_author(struct record *record, const char *text, size_t length)
{
    PITH_AUTO(pith_free_p) char *name = NULL;
    if (!text || !length)
        return;
    if (length > MAX_NAME) /* no name, and no fault of the paper's */
        return;
    if (memchr(text, '&', length) || memchr(text, '<', length)) {
        PITH_AUTO(pith_free_p) char *plain = NULL;
        record->status = record->status ? record->status : markup_plain(text, length, &plain, &record->error);
        record_string(record, &name, plain);
    } else {
        record_text(record, &name, text, length);
    }
    if (name)
        drop_behalf(name);
    char *comma = name ? strrchr(name, ',') : NULL;
    if (comma && comma[1] == ' ' && record_is_suffix(comma + 2, strlen(comma + 2))) /* "Jim Doe, Jr." */
        memmove(comma, comma + 1, strlen(comma));
    if (!name || !has_letter(name) || drop_others(name))
        return;
    if (record_is_suffix(name, strlen(name)) && record->paper.authors.count) {
        join_suffix(record, name);
        return;
    }
    if (record->paper.authors.count < PAPER_MAX_AUTHORS)
        put_item(record, &record->paper.authors, name, PAPER_MAX_AUTHORS);
}

void record_name(struct record *record, const char *first, const char *last, const char *suffix)
{
    char name[MAX_NAME + 2];
    int length = snprintf(name, sizeof name, "%s %s %s", first ? first : "", last ? last : "", suffix ? suffix : "");
    record_author(record, name, length < 0 ? 0 : (size_t)length);
}

void record_last_first(struct record *record, const char *text, size_t length)
{
    char name[3][MAX_NAME / 2] = {"", "", ""};
    const char *at = text, *end = text + length;
    if (length > MAX_NAME) {
        record_author(record, text, length);
        return;
    }
    for (size_t part = 0; part < 3 && at < end; part++) {
        const char *comma = part < 2 ? memchr(at, ',', (size_t)(end - at)) : NULL;
        const char *stop = comma ? comma : end;
        snprintf(name[part], sizeof name[part], "%.*s", (int)(stop - at), at);
        at = comma ? comma + 1 : end;
    }
    char *suffix = strrchr(name[1], ' ');
    if (!*name[2] && suffix && record_is_suffix(suffix + 1, strlen(suffix + 1))) { /* "Ade, Bo Jr" */
        snprintf(name[2], sizeof name[2], "%s", suffix + 1);
        *suffix = '\0';
    }
    const char *middle = name[1] + strspn(name[1], " ");
    if (*name[2] && record_is_suffix(middle, strcspn(middle, " "))) { /* "Ade, Jr., Bo" */
        record_name(record, name[2], name[0], middle);
        return;
    }
    record_name(record, name[1], name[0], name[2]);
}

void record_category(struct record *record, const char *text, size_t length)
{
    PITH_AUTO(pith_free_p) char *category = NULL;
    struct paper_list *list = &record->paper.categories;
    record_text(record, &category, text, length);
    if (category && *category && strlen(category) < MAX_NAME && list->count < PAPER_MAX_CATEGORIES && !has_item(list, category))
        put_item(record, list, category, PAPER_MAX_CATEGORIES);
}

void record_categories(struct record *record, const char *text, const char *separators)
{
    while (text && *text) {
        size_t length = strcspn(text, separators);
        if (length)
            record_category(record, text, length);
        text += length + (text[length] != '\0');
    }
}

void record_organisation(struct record *record, const char *text, size_t length)
{
    PITH_AUTO(pith_free_p) char *name = NULL;
    struct paper_list *list = &record->paper.organisations;
    if (length <= MAX_NAME)
        record_text(record, &name, text, length);
    if (name && has_letter(name) && list->count < PAPER_MAX_ORGANISATIONS && !has_item(list, name))
        put_item(record, list, name, PAPER_MAX_ORGANISATIONS);
}

void record_link(struct record *record, char **field, const char *address, size_t length)
{
    PITH_AUTO(pith_free_p) char *link = NULL;
    if (length <= MAX_NAME)
        record_text(record, &link, address, length);
    if (link && paper_is_link(link))
        record_string(record, field, link);
}

/* ---- identifiers ---- */

#define OPENREVIEW_ID "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

/* Pages of known sites that hold an identifier in their address. */
static const struct {
    const char *address, *kind, *alphabet;
} sites[] = {
    {"pubmed.ncbi.nlm.nih.gov/", "pmid:", "0123456789"},
    {"ncbi.nlm.nih.gov/pubmed/", "pmid:", "0123456789"},
    {"ncbi.nlm.nih.gov/m/pubmed/", "pmid:", "0123456789"},
    {"pubmed.gov/", "pmid:", "0123456789"},
    {"europepmc.org/article/MED/", "pmid:", "0123456789"},
    {"europepmc.org/article/med/", "pmid:", "0123456789"},
    {"europepmc.org/abstract/MED/", "pmid:", "0123456789"},
    {"europepmc.org/abstract/med/", "pmid:", "0123456789"},
    {"openreview.net/forum?id=", "openreview:", OPENREVIEW_ID},
    {"openreview.net/pdf?id=", "openreview:", OPENREVIEW_ID},
    {"openreview.net/attachment?id=", "openreview:", OPENREVIEW_ID},
    {"openalex.org/", "openalex:", "W0123456789"},
};

static bool key_of_site(const char *text, size_t length, char key[PAPER_KEY_SIZE])
{
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
        const char *found = memmem(text, length < 200 ? length : 200, sites[i].address, strlen(sites[i].address));
        if (!found)
            continue;
        char id[64] = "";
        found += strlen(sites[i].address);
        snprintf(id, sizeof id, "%.*s", (int)(text + length - found), found);
        id[strspn(id, sites[i].alphabet)] = '\0';
        size_t kind = strlen(sites[i].kind);
        if (*id)
            return paper_key_of_kind(sites[i].kind, id, strlen(id), key, NULL) && strncmp(key, sites[i].kind, kind) == 0;
    }
    return false;
}

static void put_key(struct record *record, const char *key, int version)
{
    if (version > record->paper.version)
        record->paper.version = version;
    if (record->paper.keys.count < MOST_KEYS && !has_item(&record->paper.keys, key))
        put_item(record, &record->paper.keys, key, PAPER_MAX_KEYS);
}

/* bioRxiv's and medRxiv's pages: the DOI stands in the address, or the number that it ends with. */
static bool key_of_preprint(const char *text, char key[PAPER_KEY_SIZE])
{
    const char *page = strstr(text, "rxiv.org/"), *number;
    if (!page || page - text < 2 || page - text > 20 || (page[-1] != 'o' && page[-1] != 'd'))
        return false;
    const char *found = strstr(page, "/10.");
    if (found)
        return paper_key_from_text(found + 1, strcspn(found + 1, "?#"), key, NULL);
    char address[PAPER_KEY_SIZE + 16], made[PAPER_KEY_SIZE];
    snprintf(address, sizeof address, "%.*s", (int)strcspn(page, "?#"), page);
    number = strrchr(address, '/') + 1;
    if (!strstr(address, "/content/") || strspn(number, "0123456789.") < 6)
        return false;
    snprintf(made, sizeof made, "10.1101/%.40s", number);
    return paper_key_from_text(made, strlen(made), key, NULL);
}

/* A publisher's page that holds the DOI: …/doi/full/10.1002/x, …/article/10.1007/x, …?id=10.1371/x. */
static bool key_of_publisher(const char *text, char key[PAPER_KEY_SIZE])
{
    static const char *const pages[] = {"/full", "/abstract", "/pdf",       "/epdf", "/html",
                                        "/meta", "/fulltext", "/full-text", ".pdf",  ".full"};
    char id[PAPER_KEY_SIZE];
    const char *found = strncasecmp(text, "http", 4) == 0 ? strstr(text, "/10.") : NULL;
    if (!found && strncasecmp(text, "http", 4) == 0)
        found = strstr(text, "=10.");
    if (!found || !(found[4] >= '0' && found[4] <= '9'))
        return false;
    snprintf(id, sizeof id, "%.*s", (int)strcspn(found + 1, "?#& "), found + 1);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        size_t length = strlen(id), size = strlen(pages[i]);
        if (length > size && strcasecmp(id + length - size, pages[i]) == 0)
            id[length - size] = '\0';
    }
    return paper_key_from_text(id, strlen(id), key, NULL) && strncmp(key, "doi:", 4) == 0;
}

bool record_key(struct record *record, const char *text, size_t length)
{
    PITH_AUTO(pith_free_p) char *normal = NULL;
    char key[PAPER_KEY_SIZE];
    int version = 0;
    if (length > 2 * PAPER_KEY_SIZE) /* every sign of it may be percent-encoded */
        return false;
    record_text(record, &normal, text, length);
    if (!normal || !*normal)
        return false;
    if (!key_of_preprint(normal, key) && !paper_key_from_text(normal, strlen(normal), key, &version) &&
        !key_of_site(normal, strlen(normal), key) && !key_of_publisher(normal, key))
        return false;
    put_key(record, key, version);
    return true;
}

bool record_key_string(struct record *record, const char *text)
{
    return text && record_key(record, text, strlen(text));
}

void record_key_of_kind(struct record *record, const char *kind, const char *text)
{
    PITH_AUTO(pith_free_p) char *normal = NULL;
    char key[PAPER_KEY_SIZE], again[PAPER_KEY_SIZE];
    record_string(record, &normal, text);
    if (!normal || !*normal || snprintf(key, sizeof key, "%s%s", kind, normal) >= (int)sizeof key)
        return;
    if (paper_key_from_text(key, strlen(key), again, NULL) && strcmp(key, again) == 0)
        put_key(record, key, 0);
}

static int kind_of(const char *key)
{
    static const char *const kinds[] = {"arxiv:", "doi:", "pmid:", "openreview:", "s2:", "openalex:"};
    int count = sizeof kinds / sizeof *kinds;
    for (int kind = 0; kind < count; kind++)
        if (strncmp(key, kinds[kind], strlen(kinds[kind])) == 0)
            return kind;
    return count;
}

/* The best identifier first; among equals the one read first. */
static void order_keys(struct paper_list *keys)
{
    for (size_t i = 1; i < keys->count; i++)
        for (size_t j = i; j > 0 && kind_of(keys->item[j]) < kind_of(keys->item[j - 1]); j--) {
            char *key = keys->item[j];
            keys->item[j] = keys->item[j - 1];
            keys->item[j - 1] = key;
        }
}

/* ---- the rest ---- */

void record_day(int32_t *day, const char *text)
{
    int32_t read;
    if (text && dates_read(text, strlen(text), &read))
        *day = read;
}

void record_withdrawn_comment(struct record *record, const char *text)
{
    PITH_AUTO(pith_free_p) char *normal = NULL;
    record_string(record, &normal, text);
    record->paper.withdrawn |= withdrawal_in_comment(normal);
}

void record_withdrawn_abstract(struct record *record)
{
    record->paper.withdrawn |= withdrawal_in_abstract(record->paper.abstract);
}

void record_take_title(struct record *record)
{
    if (!record->status)
        record->status = paper_take_title(&record->paper, &record->error);
}

void record_retracted(struct record *record)
{
    record->paper.withdrawn = true;
    record->paper.origin[FIELD_OF_WITHDRAWN] = (struct paper_origin){
        .version = PAPER_EVERY_VERSION, .updated = PITH_NO_DAY, .rank = RANK_PUBLISHER};
}

enum pith_status record_hand_over(struct record *record, const struct source_context *context, struct pith_error *reterr)
{
    enum pith_status status = record->status;
    if (!status && !record->skip) {
        order_keys(&record->paper.keys);
        record->paper.withdrawn |= withdrawal_in_title(record->paper.title);
        status = paper_finish(&record->paper, &record->error);
    }
    if (status == PITH_INPUT) {
        context->problem(context->user, record->line, record->error.message);
        status = PITH_OK;
    } else if (status) {
        status = pith_fail(reterr, status, "%s", record->error.message);
    } else if (!record->skip) {
        status = context->paper(context->user, &record->paper, reterr);
    }
    record_clear(record);
    return status;
}
