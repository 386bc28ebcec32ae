#include "engine/intake/fetch/harvest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HF_PAGE = 100, OPENREVIEW_PAGE = 1000, MAX_TOKEN = 2048, MOST_OFFSET = 1000000 };

static const struct {
    const char *name, *place;
    bool needs; /* something behind the colon */
    const char *example;
} services[HARVEST_SERVICES] = {
    [HARVEST_ARXIV] = {"arxiv", "https://rss.arxiv.org", true, "arxiv:cs.LG+cs.CL"},
    [HARVEST_HF] = {"hf", "https://huggingface.co", false, "hf"},
    [HARVEST_BIORXIV] = {"biorxiv", "https://api.biorxiv.org", false, "biorxiv:neuroscience"},
    [HARVEST_MEDRXIV] = {"medrxiv", "https://api.biorxiv.org", false, "medrxiv:epidemiology"},
    [HARVEST_OPENREVIEW] = {"openreview", "https://api2.openreview.net", true, "openreview:ICLR.cc/2025/Conference"},
    [HARVEST_URL] = {NULL, "", true, "https://…"},
};
static const char *const OAI = "https://oaipmh.arxiv.org"; /* the past of arXiv */

const char *harvest_service_name(enum harvest_service service)
{
    return (int)service < HARVEST_SERVICES ? services[service].name : NULL;
}

const char *harvest_place(enum harvest_service service, const char *mirror)
{
    return mirror && *mirror ? mirror : services[service].place;
}

/* ---- names ---- */

/* "cs.LG", "hep-th": letters, hyphens, one dot at most; joined by '+'. */
static bool are_categories(const char *text)
{
    bool ends = true;
    for (const char *at = text; *at; at++) {
        if (!isalpha((unsigned char)*at) && !strchr("-.+", *at))
            return false;
        if (ends && !isalpha((unsigned char)*at))
            return false;
        ends = *at == '+' || *at == '.';
    }
    return !ends;
}

/* What may stand in a name: no control character, and nothing that would end a part of an address. */
static bool is_plain(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || (unsigned char)*text == 0x7F || strchr("\"<>\\^`{|}", *text))
            return false;
    return true;
}

enum pith_status harvest_parse(const char *name, struct harvest_source *ret_source, struct pith_error *reterr)
{
    struct harvest_source source = {.service = HARVEST_URL};
    if (strlen(name) >= HARVEST_MAX_NAME)
        return pith_fail(reterr, PITH_USAGE, "the name of a source is longer than %d bytes", HARVEST_MAX_NAME - 1);
    const char *argument = name;
    size_t length = strcspn(name, ":");
    for (int i = 0; i < HARVEST_URL && source.service == HARVEST_URL; i++) {
        if (strlen(services[i].name) != length || strncasecmp(name, services[i].name, length) != 0)
            continue;
        source.service = (enum harvest_service)i;
        argument = name[length] ? name + length + 1 : "";
    }
    bool web = strncasecmp(name, "https://", 8) == 0 || strncasecmp(name, "http://", 7) == 0;
    if (source.service == HARVEST_URL && !web)
        return pith_fail(reterr, PITH_USAGE,
                         "%.200s is no source: give arxiv:cs.LG+cs.CL, hf, biorxiv:neuroscience, medrxiv, "
                         "openreview:VENUE, an https address, or a name from the config file",
                         name);
    if (!*argument && services[source.service].needs)
        return pith_fail(reterr, PITH_USAGE, "%.100s: say which, as in %s", name, services[source.service].example);
    bool plain = source.service == HARVEST_BIORXIV || source.service == HARVEST_MEDRXIV || is_plain(argument);
    if (!plain || (source.service == HARVEST_ARXIV && !are_categories(argument)) || (source.service == HARVEST_HF && *argument))
        return pith_fail(reterr, PITH_USAGE, "%.200s is written otherwise: %s", name, services[source.service].example);
    snprintf(source.argument, sizeof source.argument, "%s", argument);
    *ret_source = source;
    return PITH_OK;
}

/* ---- addresses ---- */

/* As a value in a query; what is percent-encoded already is encoded once more, as servers that hand it out so expect. */
static void encode(const char *text, size_t length, char *out, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t used = 0;
    for (size_t i = 0; i < length && used + 4 < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (isalnum(byte) || strchr("-._~/", byte)) {
            out[used++] = (char)byte;
        } else {
            out[used++] = '%';
            out[used++] = digits[byte >> 4];
            out[used++] = digits[byte & 15];
        }
    }
    out[used] = '\0';
}

static enum pith_status set_url(struct harvest *harvest, const char *format, const char *one, const char *two, const char *three,
                                const char *four, struct pith_error *reterr)
{
    char url[2 * HTTP_MAX_URL];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int length = snprintf(url, sizeof url, format, one, two, three, four);
#pragma GCC diagnostic pop
    if (length < 0 || length >= HTTP_MAX_URL)
        return pith_fail(reterr, PITH_USAGE, "an address of %.100s becomes too long", harvest->source.argument);
    memcpy(harvest->url, url, (size_t)length + 1);
    return PITH_OK;
}

/* The set that a category is in at arXiv's OAI-PMH: "cs:cs:LG", "physics:hep-th", "physics:physics:optics". */
static void set_of(const char *category, size_t length, char set[128])
{
    static const char *const physics[] = {"astro-ph", "cond-mat", "gr-qc",   "hep-ex",  "hep-lat", "hep-ph",  "hep-th",
                                          "math-ph",  "nlin",     "nucl-ex", "nucl-th", "physics", "quant-ph"};
    const char *dot = memchr(category, '.', length);
    int archive = (int)(dot ? (size_t)(dot - category) : length), rest = dot ? (int)length - archive - 1 : 0;
    const char *group = NULL;
    for (size_t i = 0; i < sizeof physics / sizeof *physics; i++)
        if (strlen(physics[i]) == (size_t)archive && strncasecmp(category, physics[i], (size_t)archive) == 0)
            group = physics[i];
    int used = group ? snprintf(set, 128, "physics:%.*s", archive, category)
                     : snprintf(set, 128, "%.*s:%.*s", archive, category, archive, category);
    if (dot && used < 100)
        snprintf(set + used, 128 - (size_t)used, ":%.*s", rest < 64 ? rest : 64, dot + 1);
    if (!group && !dot) /* a whole archive is a set of its own */
        snprintf(set, 128, "%.*s", archive, category);
}

/* The category number `index` of "cs.LG+cs.CL"; its length, 0 past the last. */
static size_t category_at(const char *categories, size_t index, const char **ret_category)
{
    while (index && (categories = strchr(categories, '+')) != NULL) {
        categories++;
        index--;
    }
    *ret_category = categories;
    return categories ? strcspn(categories, "+") : 0;
}

static enum pith_status ask_past(struct harvest *harvest, struct pith_error *reterr)
{
    const char *category;
    char set[128], day[16];
    size_t length = category_at(harvest->source.argument, harvest->category, &category);
    harvest->done = length == 0;
    if (harvest->done)
        return PITH_OK;
    set_of(category, length, set);
    return set_url(harvest, "%s/oai?verb=ListRecords&metadataPrefix=arXivRaw&from=%s&set=%s%s",
                   harvest->mirror && *harvest->mirror ? harvest->mirror : OAI, days_text(harvest->from, day), set, "", reterr);
}

static enum pith_status ask_hf(struct harvest *harvest, struct pith_error *reterr)
{
    char day[16], page[32];
    snprintf(page, sizeof page, "%zu", harvest->offset);
    return set_url(harvest, "%s/api/daily_papers?date=%s&limit=100&p=%s%s", harvest_place(harvest->source.service, harvest->mirror),
                   days_text(harvest->day, day), page, "", reterr);
}

static enum pith_status ask_rxiv(struct harvest *harvest, struct pith_error *reterr)
{
    char part[512], days[64], first[16], last[16], category[3 * 256 + 16] = "";
    const char *name = harvest_service_name(harvest->source.service);
    snprintf(days, sizeof days, "%s/%s", days_text(harvest->from, first), days_text(harvest->today, last));
    snprintf(part, sizeof part, "%s/%s/%zu", name, days, harvest->offset);
    if (*harvest->source.argument) {
        memcpy(category, "?category=", 11);
        encode(harvest->source.argument, strlen(harvest->source.argument), category + 10, sizeof category - 10);
    }
    return set_url(harvest, "%s/details/%s/json%s%s", harvest_place(harvest->source.service, harvest->mirror), part, category, "",
                   reterr);
}

static enum pith_status ask_openreview(struct harvest *harvest, struct pith_error *reterr)
{
    char venue[3 * HARVEST_MAX_NAME], offset[32];
    encode(harvest->source.argument, strlen(harvest->source.argument), venue, sizeof venue);
    snprintf(offset, sizeof offset, "%zu", harvest->offset);
    return set_url(harvest, "%s/notes?content.venueid=%s&limit=1000&offset=%s%s",
                   harvest_place(harvest->source.service, harvest->mirror), venue, offset, "", reterr);
}

static enum pith_status ask(struct harvest *harvest, struct pith_error *reterr)
{
    switch (harvest->source.service) {
    case HARVEST_ARXIV:
        return harvest->past ? ask_past(harvest, reterr)
                             : set_url(harvest, "%s/rss/%s%s%s", harvest_place(HARVEST_ARXIV, harvest->mirror),
                                       harvest->source.argument, "", "", reterr);
    case HARVEST_HF: return ask_hf(harvest, reterr);
    case HARVEST_BIORXIV:
    case HARVEST_MEDRXIV: return ask_rxiv(harvest, reterr);
    case HARVEST_OPENREVIEW: return ask_openreview(harvest, reterr);
    case HARVEST_URL: return set_url(harvest, "%s%s%s%s", harvest->source.argument, "", "", "", reterr);
    }
    return pith_fail(reterr, PITH_USAGE, "no such source");
}

/* ---- a run ---- */

enum pith_status harvest_start(struct harvest *harvest, const struct harvest_source *source, const char *mirror, int32_t last,
                               int32_t since, int32_t today, struct pith_error *reterr)
{
    *harvest = (struct harvest){.source = *source, .mirror = mirror, .today = today, .from = since};
    bool daily = source->service != HARVEST_URL && source->service != HARVEST_OPENREVIEW;
    if (since == PITH_NO_DAY && daily)
        harvest->from = last == PITH_NO_DAY ? today : last - (source->service == HARVEST_HF ? 0 : HARVEST_OVERLAP);
    if (daily && since == PITH_NO_DAY && harvest->from < today - HARVEST_MOST_DAYS)
        harvest->from = today - HARVEST_MOST_DAYS;
    if (harvest->from > today && daily)
        harvest->from = today;
    if (source->service == HARVEST_BIORXIV || source->service == HARVEST_MEDRXIV)
        harvest->from -= since == PITH_NO_DAY && last == PITH_NO_DAY ? 1 : 0; /* a day's papers come on the next */
    harvest->day = harvest->from;
    harvest->past = source->service == HARVEST_ARXIV && since != PITH_NO_DAY;
    return ask(harvest, reterr);
}

enum pith_status harvest_start_past(struct harvest *harvest, int32_t from, struct pith_error *reterr)
{
    harvest->past = true;
    harvest->category = 0;
    harvest->from = from;
    harvest->done = false;
    return ask(harvest, reterr);
}

/* The text of the resumption token, still encoded as XML; NULL for none. */
static const char *find_token(const char *body, size_t length, size_t *ret_length)
{
    const char *at = memmem(body, length, "<resumptionToken", 16), *end = body + length;
    const char *start = at ? memchr(at, '>', (size_t)(end - at)) : NULL;
    if (!start || start[-1] == '/')
        return NULL;
    start++;
    const char *stop = memchr(start, '<', (size_t)(end - start));
    if (!stop || stop - start == 0 || stop - start > MAX_TOKEN)
        return NULL;
    *ret_length = (size_t)(stop - start);
    return start;
}

/* XML's marks in a token, in place of those that stand for them. */
static void decode_marks(char *text)
{
    static const struct {
        const char *mark;
        char byte;
    } marks[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    char *out = text;
    while (*text) {
        size_t i = 0;
        while (i < sizeof marks / sizeof *marks && strncmp(text, marks[i].mark, strlen(marks[i].mark)) != 0)
            i++;
        bool found = i < sizeof marks / sizeof *marks;
        *out++ = found ? marks[i].byte : *text;
        text += found ? strlen(marks[i].mark) : 1;
    }
    *out = '\0';
}

static enum pith_status step_past(struct harvest *harvest, const char *body, size_t length, struct pith_error *reterr)
{
    size_t size;
    char token[MAX_TOKEN + 1], encoded[3 * MAX_TOKEN + 1];
    const char *found = find_token(body, length, &size);
    if (!found) {
        harvest->category++;
        return ask_past(harvest, reterr);
    }
    snprintf(token, sizeof token, "%.*s", (int)size, found);
    decode_marks(token);
    encode(token, strlen(token), encoded, sizeof encoded);
    return set_url(harvest, "%s/oai?verb=ListRecords&resumptionToken=%s%s%s",
                   harvest->mirror && *harvest->mirror ? harvest->mirror : OAI, encoded, "", "", reterr);
}

/* A number that a JSON answer gives for a name, as a number or a string; false when it gives none. */
static bool find_count(const char *body, size_t length, const char *name, size_t *ret_count)
{
    const char *at = memmem(body, length < 4096 ? length : 4096, name, strlen(name)), *end = body + length;
    if (!at && length > 4096) /* OpenReview's stands at the end */
        at = memmem(end - 4096, 4096, name, strlen(name));
    for (at = at ? at + strlen(name) : end; at < end && strchr(" \t\n:\"", *at); at++)
        continue;
    if (at == end || !isdigit((unsigned char)*at))
        return false;
    *ret_count = strtoul(at, NULL, 10);
    return true;
}

static enum pith_status step_pages(struct harvest *harvest, size_t records, size_t page, const char *total, const char *body,
                                   size_t length, struct pith_error *reterr)
{
    size_t count;
    harvest->offset += records;
    if (find_count(body, length, total, &count)) {
        harvest->announced = count;
        harvest->told = true;
    }
    bool more = harvest->told ? harvest->offset < harvest->announced : page && records >= page;
    harvest->done = records == 0 || !more || harvest->offset > MOST_OFFSET;
    return harvest->done ? PITH_OK : ask(harvest, reterr);
}

static enum pith_status step_hf(struct harvest *harvest, size_t records, struct pith_error *reterr)
{
    if (records >= HF_PAGE) {
        harvest->offset++;
        return ask(harvest, reterr);
    }
    harvest->offset = 0;
    harvest->done = ++harvest->day > harvest->today;
    return harvest->done ? PITH_OK : ask(harvest, reterr);
}

enum pith_status harvest_step(struct harvest *harvest, const char *body, size_t length, size_t records, struct pith_error *reterr)
{
    if (!harvest->told)
        harvest->announced += records;
    switch (harvest->source.service) {
    case HARVEST_ARXIV: harvest->done = !harvest->past; return harvest->past ? step_past(harvest, body, length, reterr) : PITH_OK;
    case HARVEST_HF: return step_hf(harvest, records, reterr);
    case HARVEST_BIORXIV:
    case HARVEST_MEDRXIV: return step_pages(harvest, records, 0, "\"total\"", body, length, reterr);
    case HARVEST_OPENREVIEW: return step_pages(harvest, records, OPENREVIEW_PAGE, "\"count\"", body, length, reterr);
    case HARVEST_URL: harvest->done = true; return PITH_OK;
    }
    return PITH_OK;
}

bool harvest_is_stale(const char *body, size_t length)
{
    return memmem(body, length, "badResumptionToken", 18) != NULL;
}

int harvest_days_missed(int32_t last, int32_t today)
{
    int missed = 0;
    for (int32_t day = last + 1; last != PITH_NO_DAY && day < today; day++) {
        int weekday = (day % 7 + 7 + 4) % 7; /* day 0 was a Thursday; 0 is a Sunday */
        missed += weekday != 0 && weekday != 6;
    }
    return missed;
}
