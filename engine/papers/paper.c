#include "engine/papers/paper.h"

#include "engine/base/unicode.h"
#include "engine/crypto/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ID = PAPER_KEY_SIZE, MAX_ARXIV_ID = 32, BEGINNING = 120 /* characters */ };

static void list_clear(struct paper_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->item[i]);
    free(list->item);
    *list = (struct paper_list){0};
}

void paper_init(struct paper *paper)
{
    *paper = (struct paper){.published = PITH_NO_DAY,
                            .updated = PITH_NO_DAY,
                            .announced = PITH_NO_DAY,
                            .listed = PITH_NO_DAY,
                            .upvotes = PAPER_MISSING,
                            .comments = PAPER_MISSING,
                            .citations = PAPER_MISSING};
}

void paper_clear(struct paper *paper)
{
    list_clear(&paper->keys);
    list_clear(&paper->authors);
    list_clear(&paper->categories);
    list_clear(&paper->organisations);
    free(paper->title);
    free(paper->abstract);
    free(paper->url);
    free(paper->pdf);
    free(paper->code);
    free(paper->project);
    paper_init(paper);
}

enum pith_status paper_list_add(struct paper_list *list, const char *text, size_t length, size_t max, struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&list->item, &list->cap, list->count + 1, sizeof *list->item, max, reterr);
    if (status)
        return status;
    char *copy = strndup(text, length);
    if (!copy)
        return pith_no_memory(reterr);
    list->item[list->count++] = copy;
    return PITH_OK;
}

/* ---- identifiers ---- */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static char lower(char byte)
{
    return (char)(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
}

/* The length of `prefix` when text begins with it, whatever the case; else 0. */
static size_t starts(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
}

static const char *skip_any(const char *text, const char *const *prefix)
{
    for (; *prefix; prefix++) {
        size_t length = starts(text, *prefix);
        if (length)
            return text + length;
    }
    return text;
}

/* "v12" to the end, or the end. */
static bool read_version(const char *text, int *ret_version)
{
    *ret_version = 0;
    if (!*text)
        return true;
    if (lower(*text) != 'v' || text[1] < '1' || text[1] > '9' || strlen(text) > 6)
        return false;
    *ret_version = (int)strtol(text + 1, NULL, 10);
    return strspn(text + 1, "0123456789") == strlen(text + 1);
}

static bool month_of(const char *digits)
{
    int month = (digits[0] - '0') * 10 + digits[1] - '0';
    return month >= 1 && month <= 12;
}

/* 2506.02483: four digits of year and month, four more until 2014, five from 2015 on. */
static bool new_arxiv_id(const char *text, char *id, int *ret_version)
{
    size_t digits = strspn(text, "0123456789"), rest;
    if (digits != 4 || text[4] != '.' || !month_of(text + 2))
        return false;
    rest = strspn(text + 5, "0123456789");
    if (rest != (strncmp(text, "1501", 4) >= 0 ? 5 : 4) || !read_version(text + 5 + rest, ret_version))
        return false;
    snprintf(id, MAX_ARXIV_ID, "%.*s", (int)(5 + rest), text);
    return true;
}

/* math.GT/0309136: the subject class is dropped. */
static bool old_arxiv_id(const char *text, char *id, int *ret_version)
{
    size_t archive = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    const char *slash = strchr(text, '/');
    if (!archive || archive > 20 || !slash || strspn(slash + 1, "0123456789") != 7 || !month_of(slash + 3))
        return false;
    if (slash != text + archive && !(text[archive] == '.' && slash == text + archive + 3))
        return false;
    if (!read_version(slash + 8, ret_version))
        return false;
    snprintf(id, MAX_ARXIV_ID, "%.*s/%.7s", (int)archive, text, slash + 1);
    for (char *at = id; *at; at++)
        *at = lower(*at);
    return true;
}

static bool arxiv_id(const char *text, char *id, int *ret_version)
{
    return new_arxiv_id(text, id, ret_version) || old_arxiv_id(text, id, ret_version);
}

static int hex_digit(char byte)
{
    return is_digit(byte) ? byte - '0' : lower(byte) >= 'a' && lower(byte) <= 'f' ? lower(byte) - 'a' + 10 : -1;
}

/* The sign that "%2F" or "&lt;" stands for, one of ASCII, and the length of its spelling; 0 for none. */
static size_t read_escaped(const char *text, char *ret_sign)
{
    static const char *const references[] = {"&lt;<", "&gt;>", "&amp;&"};
    int high = *text == '%' ? hex_digit(text[1]) : -1, low = high >= 2 && high < 8 ? hex_digit(text[2]) : -1;
    if (low >= 0 && high * 16 + low != 0x7F) {
        *ret_sign = (char)(high * 16 + low);
        return 3;
    }
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        size_t length = strlen(references[i]) - 1;
        if (strncmp(text, references[i], length) == 0) {
            *ret_sign = references[i][length];
            return length;
        }
    }
    return 0;
}

/* Signs for their spellings, in place, also where they were spelt twice. */
static void decode_doi(char *text)
{
    for (bool changed = true; changed;) {
        char *out = text;
        changed = false;
        for (const char *at = text; *at;) {
            char sign = *at;
            size_t used = read_escaped(at, &sign);
            changed |= used > 0;
            *out++ = sign;
            at += used ? used : 1;
        }
        *out = '\0';
    }
}

/* Cuts what belongs to the sentence or the page, not to the DOI: a full stop behind it, a bracket that closes another's. */
static void trim_doi(char *text)
{
    static const char pairs[][2] = {{'(', ')'}, {'[', ']'}, {'{', '}'}, {'<', '>'}};
    size_t length = strlen(text);
    bool cut = true;
    while (length && cut) {
        char last = text[length - 1];
        cut = strchr(".,;:\"'", last) != NULL;
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs && !cut; i++) {
            size_t opened = 0, closed = 0;
            for (size_t at = 0; last == pairs[i][1] && at < length; at++) {
                opened += text[at] == pairs[i][0];
                closed += text[at] == pairs[i][1];
            }
            cut = closed > opened;
        }
        length -= cut;
    }
    text[length] = '\0';
}

/* bioRxiv's and medRxiv's: the version and the page behind the number are none of it: v3, v1.full.pdf, .full-text. */
static void trim_preprint(char *key)
{
    static const char *const prefixes[] = {"doi:10.1101/", "doi:10.64898/"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t prefix = strlen(prefixes[i]),
               number = strncmp(key, prefixes[i], prefix) == 0 ? strspn(key + prefix, "0123456789.") : 0;
        while (number && key[prefix + number - 1] == '.')
            number--;
        if (number && strchr(".v/+?#", key[prefix + number]))
            key[prefix + number] = '\0';
    }
}

static bool doi(const char *text, char key[PAPER_KEY_SIZE])
{
    char copy[MAX_ID];
    if (strncmp(text, "10.", 3) != 0 || !is_digit(text[3]))
        return false;
    snprintf(copy, sizeof copy, "%.*s", (int)strcspn(text, " \t\r\n"), text);
    decode_doi(copy);
    size_t length = strcspn(copy, " \t\r\n");
    for (size_t i = 0; i + 3 < length; i++) /* several in one field: the first */
        if ((copy[i] == ',' || copy[i] == ';') && strncmp(copy + i + 1, "10.", 3) == 0)
            length = i;
    copy[length] = '\0';
    trim_doi(copy);
    const char *slash = strchr(copy, '/');
    if (!slash || !slash[1] || strlen(copy) + 5 > MAX_ID)
        return false;
    snprintf(key, PAPER_KEY_SIZE, "doi:%.*s", PAPER_KEY_SIZE - 5, copy);
    for (char *at = key + 4; *at; at++)
        *at = lower(*at);
    trim_preprint(key);
    return true;
}

/* One of pith's own keys, as it is printed: "openreview:…", "pmid:…", "title:…", "id:…". */
static bool own_key(const char *text, char key[PAPER_KEY_SIZE])
{
    static const char *const kinds[] = {"pmid:", "openreview:", "s2:", "openalex:", "hf:", "title:", "id:", NULL};
    for (const char *const *kind = kinds; *kind; kind++) {
        if (strncmp(text, *kind, strlen(*kind)) == 0 && text[strlen(*kind)]) {
            snprintf(key, PAPER_KEY_SIZE, "%s", text);
            return true;
        }
    }
    return false;
}

static void trim(const char **text, size_t *length)
{
    while (*length && memchr(" \t\r\n", **text, 4)) {
        (*text)++;
        (*length)--;
    }
    while (*length && memchr(" \t\r\n", (*text)[*length - 1], 4))
        (*length)--;
}

bool paper_key_from_text(const char *text, size_t length, char key[PAPER_KEY_SIZE], int *ret_version)
{
    static const char *const schemes[] = {"https://", "http://", NULL};
    static const char *const hosts[] = {"www.", "export.", "dx.", NULL};
    static const char *const arxiv[] = {"oai:arXiv.org:",
                                        "arXiv: ",
                                        "arXiv:",
                                        "arxiv.org/abs/",
                                        "arxiv.org/pdf/",
                                        "arxiv.org/html/",
                                        "arxiv.org/src/",
                                        "arxiv.org/format/",
                                        "arxiv.org/e-print/",
                                        "10.48550/arXiv.",
                                        "doi:10.48550/arXiv.",
                                        "doi.org/10.48550/arXiv.",
                                        "huggingface.co/papers/",
                                        "alphaxiv.org/abs/",
                                        "ar5iv.org/abs/",
                                        "ar5iv.labs.arxiv.org/html/",
                                        NULL};
    static const char *const dois[] = {"doi: ", "doi:", "doi.org/", NULL};
    char copy[MAX_ID], id[MAX_ID], made[PAPER_KEY_SIZE];
    int version = 0;
    trim(&text, &length);
    if (!length || length >= sizeof copy || memchr(text, 0, length))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    const char *at = skip_any(skip_any(copy, schemes), hosts), *name = skip_any(at, dois);
    if (name != at) { /* "https://doi.org/10.48550%2FarXiv.2506.02483", "doi:https://doi.org/10.1/x" */
        if (at != copy)
            copy[strcspn(copy, "?#")] = '\0';
        name = skip_any(skip_any(skip_any(name, schemes), hosts), dois);
        decode_doi(copy + (name - copy));
    }
    const char *bare = skip_any(name != at && starts(name, "10.48550/arXiv.") ? name : at, arxiv);
    snprintf(id, sizeof id, "%s", bare);
    if (bare != at || at == copy) { /* an arXiv spelling, or no URL of anybody else */
        id[strcspn(id, "?#")] = '\0';
        size_t size = strlen(id);
        while (size && strchr(".,;:", id[size - 1]))
            id[--size] = '\0';
        if (size > 4 && strcasecmp(id + size - 4, ".pdf") == 0)
            id[size - 4] = '\0';
        char base[MAX_ARXIV_ID];
        if (arxiv_id(id, base, &version)) {
            snprintf(made, sizeof made, "arxiv:%s", base);
            memcpy(key, made, strlen(made) + 1);
            if (ret_version)
                *ret_version = version;
            return true;
        }
    }
    if (!doi(name, made) && !own_key(copy, made))
        return false;
    memcpy(key, made, strlen(made) + 1);
    if (ret_version)
        *ret_version = 0;
    return true;
}

bool paper_key_of_kind(const char *kind, const char *text, size_t length, char key[PAPER_KEY_SIZE], int *ret_version)
{
    if (paper_key_from_text(text, length, key, ret_version))
        return true;
    trim(&text, &length);
    size_t prefix = strlen(kind);
    if (!length || prefix + length >= PAPER_KEY_SIZE || memchr(text, 0, length))
        return false;
    memcpy(key, kind, prefix);
    memcpy(key + prefix, text, length);
    key[prefix + length] = '\0';
    return true;
}

enum pith_status paper_title_key(const char *title, char key[PAPER_KEY_SIZE], struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *folded = NULL;
    enum pith_status status = unicode_fold(title, &folded, reterr);
    if (status)
        return status;
    unsigned char hash[16];
    vault_hash16(folded, strlen(folded), hash);
    static const char digits[] = "0123456789abcdef";
    char *at = stpcpy(key, "title:");
    for (size_t i = 0; i < sizeof hash; i++) {
        *at++ = digits[hash[i] >> 4];
        *at++ = digits[hash[i] & 15];
    }
    *at = '\0';
    return PITH_OK;
}

/* ---- what a record tells of itself ---- */

struct paper_origin paper_origin(const struct paper *paper, enum paper_field field)
{
    if (paper->origin[field].rank)
        return paper->origin[field];
    bool revised = paper->announce == ANNOUNCE_REPLACE || paper->announce == ANNOUNCE_REPLACE_CROSS;
    return (struct paper_origin){
        .version = paper->version == 0 && revised ? 2 : paper->version, .updated = paper->updated, .rank = paper->source_rank};
}

/* Who registers DOIs of preprints and of copies in repositories. */
static bool is_preprint_doi(const char *doi)
{
    static const char *const prefixes[] = {
        "10.1101/",     /* bioRxiv, medRxiv */
        "10.64898/",    /* the same since 2025 */
        "10.48550/",    /* arXiv */
        "10.21203/rs.", /* Research Square */
        "10.2139/ssrn",       "10.26434/chemrxiv",   "10.31234/osf.io",
        "10.31219/osf.io",    "10.31235/osf.io",     "10.35542/osf.io",
        "10.31223/", /* EarthArXiv */
        "10.20944/preprints", "10.36227/techrxiv",   "10.22541/",
        "10.5281/zenodo",     "10.6084/m9.figshare", "10.7287/peerj.preprints",
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(doi, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

unsigned paper_kinds(const struct paper_list *keys)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < keys->count; i++) {
        const char *key = keys->item[i];
        if (strncmp(key, "arxiv:", 6) == 0)
            kinds |= KIND_ARXIV;
        else if (strncmp(key, "doi:", 4) == 0)
            kinds |= is_preprint_doi(key + 4) ? KIND_PREPRINT_DOI : KIND_DOI;
        else if (strncmp(key, "pmid:", 5) == 0)
            kinds |= KIND_PMID;
        else if (strncmp(key, "openalex:", 9) == 0)
            kinds |= KIND_OPENALEX;
    }
    return kinds;
}

/* What is written where there is no abstract, once letters and digits alone are left of it. */
static bool is_no_abstract(const char *abstract)
{
    static const char *const words[] = {
        "na",
        "none",
        "null",
        "nil",
        "nan",
        "undefined",
        "tba",
        "tbd",
        "todo",
        "abstract",
        "noabstract",
        "noabstractavailable",
        "abstractnotavailable",
        "abstractunavailable",
        "notavailable",
        "notapplicable",
        "unavailable",
        "noabstractprovided",
        "abstractnotprovided",
        "notprovided",
        "noabstractsupplied",
        "noabstractgiven",
        "noabstractpresent",
        "noabstractfound",
        "noabstracts",
        "noabstractisavailable",
        "noabstractisavailableforthisarticle",
        "noabstractavailableforthisarticle",
        "noabstractisavailableforthispaper",
        "anabstractisnotavailable",
        "anabstractisnotavailableforthisarticle",
        "abstractnotavailableforthisarticle",
        "abstractisnotavailable",
        "theabstractisnotavailable",
        "thereisnoabstract",
        "thereisnoabstractavailable",
        "thereisnoabstractavailableforthisarticle",
        "thereisnoabstractforthisarticle",
        "thisarticlehasnoabstract",
        "thispaperhasnoabstract",
        "thisarticledoesnothaveanabstract",
        "thisarticledoesnotcontainanabstract",
        "withoutabstract",
        "abstracttoappear",
        "noabstractentered",
        "noabstracthasbeensupplied",
        "abstractmissing",
        "missingabstract",
        "missing",
        "abstractnotfound",
        "notfound",
    };
    char folded[64];
    size_t length = 0;
    for (; *abstract; abstract++) {
        if ((unsigned char)*abstract & 0x80)
            return false;
        bool letter = (lower(*abstract) >= 'a' && lower(*abstract) <= 'z') || is_digit(*abstract);
        if (letter && length == sizeof folded - 1)
            return false;
        if (letter)
            folded[length++] = lower(*abstract);
    }
    folded[length] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(folded, words[i]) == 0)
            return true;
    return length == 0;
}

static bool has_key(const struct paper *paper, const char *key)
{
    for (size_t i = 0; i < paper->keys.count; i++)
        if (strcmp(paper->keys.item[i], key) == 0)
            return true;
    return false;
}

/* Where the beginning of an abstract ends that stands for a title: after its first sentence, or of a longer one after a word. */
static size_t beginning_of(const char *abstract)
{
    size_t characters = 0, blank = 0, at = 0;
    for (; abstract[at] && characters < BEGINNING; at++) {
        bool first = ((unsigned char)abstract[at] & 0xC0) != 0x80;
        characters += first;
        if (abstract[at] == ' ' && at && strchr(".!?", abstract[at - 1]))
            return at;
        if (first && at >= 3 && memcmp(abstract + at - 3, "\xE3\x80\x82", 3) == 0) /* the full stop of Chinese and Japanese */
            return at;
        if (abstract[at] == ' ')
            blank = at;
    }
    while (((unsigned char)abstract[at] & 0xC0) == 0x80)
        at++;
    return abstract[at] && blank ? blank : at;
}

enum pith_status paper_take_title(struct paper *paper, struct pith_error *reterr)
{
    if ((paper->title && *paper->title) || !paper->abstract || !*paper->abstract || is_no_abstract(paper->abstract))
        return PITH_OK;
    size_t length = beginning_of(paper->abstract);
    free(paper->title);
    if (asprintf(&paper->title, "%.*s%s", (int)length, paper->abstract, paper->abstract[length] ? PAPER_GOES_ON : "") >= 0)
        return PITH_OK;
    paper->title = NULL;
    return pith_no_memory(reterr);
}

bool paper_title_is_made(const struct paper *paper)
{
    size_t length = strlen(paper->title), mark = strlen(PAPER_GOES_ON);
    if (!paper->abstract || !*paper->abstract)
        return false;
    if (length > mark && strcmp(paper->title + length - mark, PAPER_GOES_ON) == 0)
        length -= mark;
    return length == beginning_of(paper->abstract) && memcmp(paper->title, paper->abstract, length) == 0;
}

enum pith_status paper_finish(struct paper *paper, struct pith_error *reterr)
{
    if (!paper->title || !*paper->title)
        return pith_fail(reterr, PITH_INPUT, "the record has no title");
    if (unicode_characters(paper->title) > PAPER_MAX_TITLE)
        return pith_fail(reterr, PITH_INPUT, "the title is longer than %d characters", PAPER_MAX_TITLE);
    if (!paper->abstract && !(paper->abstract = strdup("")))
        return pith_no_memory(reterr);
    if (is_no_abstract(paper->abstract))
        *paper->abstract = '\0';
    if (unicode_characters(paper->abstract) >
        PAPER_MAX_ABSTRACT) { /* the whole paper, as a rule: what it begins with tells enough */
        char *end = paper->abstract;
        for (size_t characters = 0; characters < PAPER_MAX_ABSTRACT || ((unsigned char)*end & 0xC0) == 0x80; end++)
            characters += ((unsigned char)*end & 0xC0) != 0x80;
        *end = '\0';
    }
    char key[PAPER_KEY_SIZE];
    enum pith_status status = paper_title_key(paper->title, key, reterr);
    if (status || has_key(paper, key))
        return status;
    return paper_list_add(&paper->keys, key, strlen(key), PAPER_MAX_KEYS, reterr);
}

bool paper_is_link(const char *address)
{
    size_t scheme = strncmp(address, "https://", 8) == 0 ? 8 : strncmp(address, "http://", 7) == 0 ? 7 : 0;
    if (!scheme || !address[scheme])
        return false;
    for (const char *at = address; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7F)
            return false;
    return true;
}

const char *paper_url(const char *url, const char *key, char buffer[PAPER_URL_SIZE])
{
    static const struct {
        const char *kind, *address;
    } pages[] = {{"arxiv:", "https://arxiv.org/abs/"},
                 {"doi:", "https://doi.org/"},
                 {"pmid:", "https://pubmed.ncbi.nlm.nih.gov/"},
                 {"openreview:", "https://openreview.net/forum?id="},
                 {"s2:", "https://www.semanticscholar.org/paper/"},
                 {"openalex:", "https://openalex.org/"},
                 {"hf:", "https://huggingface.co/papers/"}};
    if (url && paper_is_link(url))
        return url;
    buffer[0] = '\0';
    for (size_t i = 0; i < sizeof pages / sizeof *pages && !*buffer; i++)
        if (strncmp(key, pages[i].kind, strlen(pages[i].kind)) == 0)
            snprintf(buffer, PAPER_URL_SIZE, "%s%s", pages[i].address, key + strlen(pages[i].kind));
    if (!paper_is_link(buffer)) /* a key may hold a blank */
        buffer[0] = '\0';
    return buffer;
}

enum pith_status paper_display_id(const char *key, char **ret_id, struct pith_error *reterr)
{
    char *id = NULL;
    if (strncmp(key, "arxiv:", 6) == 0) {
        if (asprintf(&id, "arXiv:%s", key + 6) < 0)
            id = NULL;
    } else {
        bool words = strncmp(key, PAPER_TEXT, strlen(PAPER_TEXT)) == 0;
        id = strdup(words ? "words" : strncmp(key, "id:", 3) == 0 ? key + 3 : key);
    }
    if (!id)
        return pith_no_memory(reterr);
    *ret_id = id;
    return PITH_OK;
}

enum pith_announce paper_announced(enum paper_announce announce)
{
    switch (announce) {
    case ANNOUNCE_UNKNOWN:
    case ANNOUNCE_NEW: return PITH_NEW;
    case ANNOUNCE_CROSS: return PITH_CROSS;
    case ANNOUNCE_REPLACE:
    case ANNOUNCE_REPLACE_CROSS: return PITH_REPLACED;
    }
    return PITH_NEW;
}
