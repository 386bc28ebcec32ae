#include "api/render/feed.h"

#include "api/render/digest_words.h"
#include "api/render/html.h"
#include "api/writing.h"

#include <jansson.h>
#include <string.h>

#define TITLE "pith: papers in your order"

enum { NAMED = 3 /* reasons */, ID = 48, MOMENT = 32 };

/* A UUID (RFC 9562, version 8) of a text. */
static void write_id(const char *text, char id[ID])
{
    char hex[33];
    pith_fingerprint(text, strlen(text), hex);
    snprintf(id, ID, "urn:uuid:%.8s-%.4s-8%.3s-8%.3s-%.12s", hex, hex + 8, hex + 13, hex + 17, hex + 20);
}

/* Midnight of a listing's day. */
static void write_moment(int32_t day, char moment[MOMENT])
{
    char text[16];
    snprintf(moment, MOMENT, "%sT00:00:00Z", day == PITH_NO_DAY ? "1970-01-01" : pith_day_text(day, text));
}

static bool is_named(const struct pith_reason *reason)
{
    return reason->contribution > 0 && strcmp(reason->feature, "base") != 0 && strcmp(reason->feature, "other") != 0;
}

/* "92%. Speaking for it: diffusion, Ada Brown. arXiv:2611.00001, new version" */
static void put_about(FILE *to, const struct pith_ranked *paper)
{
    char chance[PITH_CHANCE_SIZE];
    size_t named = 0;
    pith_chance_text(paper->probability, chance);
    if (*chance)
        fprintf(to, "%s. ", chance);
    for (size_t i = 0; i < paper->reason_count && named < NAMED; i++)
        if (is_named(&paper->reasons[i]))
            fprintf(to, "%s%s", named++ ? ", " : "Speaking for it: ", paper->reasons[i].label);
    fprintf(to, "%s%s%s%s", named ? ". " : "", paper->id,
            paper->announce == PITH_CROSS      ? ", cross-listed"
            : paper->announce == PITH_REPLACED ? ", new version"
                                               : "",
            paper->withdrawn ? ", withdrawn" : "");
}

static enum pith_status say_about(const struct pith_ranked *paper, char **ret_about, struct pith_error *reterr)
{
    struct writing writing;
    enum pith_status status = writing_begin(&writing, reterr);
    if (status)
        return status;
    put_about(writing.to, paper);
    return writing_end(&writing, ret_about, reterr);
}

/* ---- Atom ---- */

static void put_element(FILE *to, const char *name, const char *text)
{
    fprintf(to, "<%s>", name);
    html_text(to, text);
    fprintf(to, "</%.*s>\n", (int)strcspn(name, " "), name);
}

static void put_entry(FILE *to, const struct pith_ranked *paper, const char *about)
{
    char id[ID], moment[MOMENT];
    write_id(paper->key, id);
    write_moment(paper->day, moment);
    fputs("<entry>\n", to);
    put_element(to, "title type=\"text\"", paper->title);
    put_element(to, "id", id);
    put_element(to, "updated", moment);
    if (html_is_link(paper->url)) {
        fputs("<link rel=\"alternate\" href=\"", to);
        html_text(to, paper->url);
        fputs("\"/>\n", to);
    }
    put_element(to, "content type=\"text\"", about);
    fputs("</entry>\n", to);
}

enum pith_status feed_atom(const struct pith_ranking *ranking, const char *reader, char **ret_feed, struct pith_error *reterr)
{
    struct writing writing;
    char id[ID], moment[MOMENT];
    enum pith_status status = writing_begin(&writing, reterr);
    if (status)
        return status;
    FILE *to = writing.to;
    write_id(reader, id);
    write_moment(ranking->last, moment);
    fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n", to);
    fputs("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n", to);
    put_element(to, "title", TITLE);
    put_element(to, "id", id);
    put_element(to, "updated", moment);
    /* Its own address is a relative one: the whole has the token. */
    fputs("<link rel=\"self\" type=\"application/atom+xml\" href=\"atom.xml\"/>\n", to);
    fputs("<author><name>pith</name></author>\n<generator>pith</generator>\n", to);
    for (size_t i = 0; !status && i < ranking->count; i++) {
        PITH_AUTO(pith_free_p) char *about = NULL;
        status = say_about(&ranking->item[i], &about, reterr);
        if (!status)
            put_entry(to, &ranking->item[i], about);
    }
    fputs("</feed>\n", to);
    PITH_AUTO(pith_free_p) char *feed = NULL;
    enum pith_status written = writing_end(&writing, &feed, reterr);
    if (!status && !written)
        *ret_feed = PITH_TAKE(feed);
    return status ? status : written;
}

/* ---- JSON Feed ---- */

static json_t *item(const struct pith_ranked *paper, const char *about)
{
    char id[ID], moment[MOMENT];
    write_id(paper->key, id);
    write_moment(paper->day, moment);
    json_t *made = json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", id, "title", paper->title, "content_text", about, "date_published",
                             moment, "date_modified", moment);
    if (made && html_is_link(paper->url) && json_object_set_new(made, "url", json_string(paper->url)) != 0) {
        json_decref(made);
        made = NULL;
    }
    return made;
}

enum pith_status feed_json(const struct pith_ranking *ranking, char **ret_feed, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    json_t *items = json_array();
    for (size_t i = 0; !status && i < ranking->count; i++) {
        PITH_AUTO(pith_free_p) char *about = NULL;
        status = say_about(&ranking->item[i], &about, reterr);
        if (!status && json_array_append_new(items, item(&ranking->item[i], about)) != 0)
            status = pith_no_memory(reterr);
    }
    json_t *feed = json_pack("{s:s, s:s, s:s, s:o}", "version", "https://jsonfeed.org/version/1.1", "title", TITLE, "language",
                             "en", "items", items);
    char *text = status ? NULL : json_dumps(feed, JSON_INDENT(2));
    json_decref(feed);
    if (!status && !text)
        status = pith_no_memory(reterr);
    if (!status)
        *ret_feed = text;
    return status;
}
