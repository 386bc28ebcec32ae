#include "engine/door/bibliography.h"

#include "engine/door/bibtex_write.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what formats share ---- */

static void put_text(struct bytes *out, const char *text)
{
    bytes_put(out, text, strlen(text));
}

/* The first key of a kind ("arxiv:"), without the kind; NULL for none. */
static const char *key_of(const struct paper *paper, const char *kind)
{
    size_t length = strlen(kind);
    for (size_t i = 0; i < paper->keys.count; i++)
        if (strncmp(paper->keys.item[i], kind, length) == 0)
            return paper->keys.item[i] + length;
    return NULL;
}

static int32_t day_of(const struct paper *paper)
{
    return paper->published != PITH_NO_DAY ? paper->published : paper->announced;
}

/* Where the family name starts: after the last blank. A name of one word is a family name. */
static const char *family_name(const char *name)
{
    const char *blank = strrchr(name, ' ');
    return blank ? blank + 1 : name;
}

const char *bibliography_before(enum pith_bibliography format)
{
    return format == PITH_CSL_JSON ? "[\n" : "";
}

const char *bibliography_between(enum pith_bibliography format)
{
    return format == PITH_CSL_JSON ? ",\n" : format == PITH_JSONL ? "" : "\n";
}

const char *bibliography_after(enum pith_bibliography format)
{
    return format == PITH_CSL_JSON ? "\n]\n" : "";
}

/* ---- RIS ---- */

static void put_tag(struct bytes *out, const char *tag, const char *value)
{
    if (!value || !*value)
        return;
    put_text(out, tag);
    put_text(out, "  - ");
    put_text(out, value);
    put_text(out, "\r\n");
}

static void put_person(struct bytes *out, const char *name)
{
    const char *family = family_name(name);
    put_text(out, "AU  - ");
    put_text(out, family);
    if (family > name) {
        put_text(out, ", ");
        bytes_put(out, name, (size_t)(family - name) - 1);
    }
    put_text(out, "\r\n");
}

static void put_ris(struct bytes *out, const struct paper *paper)
{
    char day[16], url[PAPER_URL_SIZE], number[PAPER_KEY_SIZE + 8];
    const char *arxiv = key_of(paper, "arxiv:");
    days_text(day_of(paper), day);
    for (char *at = day; *at; at++)
        *at = *at == '-' ? '/' : *at;
    put_text(out, "TY  - UNPB\r\n");
    put_tag(out, "TI", paper->title);
    for (size_t i = 0; i < paper->authors.count; i++)
        put_person(out, paper->authors.item[i]);
    put_tag(out, "DA", day);
    day[strcspn(day, "/")] = '\0';
    put_tag(out, "PY", day);
    put_tag(out, "DO", key_of(paper, "doi:"));
    if (arxiv && snprintf(number, sizeof number, "arXiv:%s", arxiv) > 0)
        put_tag(out, "M1", number);
    put_tag(out, "UR", paper_url(paper->url, paper->keys.item[0], url));
    for (size_t i = 0; i < paper->categories.count; i++)
        put_tag(out, "KW", paper->categories.item[i]);
    put_tag(out, "AB", paper->abstract);
    put_text(out, "ER  - \r\n");
}

/* ---- JSON ---- */

static void drop(json_t **json)
{
    json_decref(*json);
}

static json_t *strings(const struct paper_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, json_string(list->item[i]));
    return array;
}

static json_t *csl_people(const struct paper *paper)
{
    json_t *people = json_array();
    for (size_t i = 0; i < paper->authors.count; i++) {
        const char *name = paper->authors.item[i], *family = family_name(name);
        json_array_append_new(people, family == name
                                          ? json_pack("{s:s}", "literal", name)
                                          : json_pack("{s:s, s:s%}", "family", family, "given", name, (size_t)(family - name) - 1));
    }
    return people;
}

static void set_string(json_t *item, const char *name, const char *value)
{
    if (value && *value)
        json_object_set_new(item, name, json_string(value));
}

static json_t *csl_item(const struct paper *paper)
{
    char day[16], url[PAPER_URL_SIZE], number[PAPER_KEY_SIZE + 8];
    const char *arxiv = key_of(paper, "arxiv:");
    json_t *item = json_pack("{s:s, s:s, s:s}", "id", paper->keys.item[0], "type", "article", "title", paper->title);
    int year, month, date;
    if (!item)
        return NULL;
    json_object_set_new(item, "author", csl_people(paper));
    if (sscanf(days_text(day_of(paper), day), "%d-%d-%d", &year, &month, &date) == 3)
        json_object_set_new(item, "issued", json_pack("{s:[[i, i, i]]}", "date-parts", year, month, date));
    set_string(item, "DOI", key_of(paper, "doi:"));
    set_string(item, "PMID", key_of(paper, "pmid:"));
    if (arxiv && snprintf(number, sizeof number, "arXiv:%s", arxiv) > 0)
        set_string(item, "number", number);
    set_string(item, "URL", paper_url(paper->url, paper->keys.item[0], url));
    set_string(item, "abstract", paper->abstract);
    return item;
}

static json_t *line_item(const struct paper *paper)
{
    char day[16];
    json_t *item = json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", paper->keys.item[0], "title", paper->title, "abstract",
                             paper->abstract, "authors", strings(&paper->authors), "categories", strings(&paper->categories));
    if (!item)
        return NULL;
    if (paper->organisations.count)
        json_object_set_new(item, "organisations", strings(&paper->organisations));
    set_string(item, "date", days_text(day_of(paper), day));
    set_string(item, "url", paper->url);
    set_string(item, "pdf", paper->pdf);
    set_string(item, "code", paper->code);
    set_string(item, "project", paper->project);
    return item;
}

static enum pith_status put_json(struct bytes *out, json_t *made, size_t flags, struct pith_error *reterr)
{
    PITH_AUTO(drop) json_t *item = made;
    PITH_AUTO(pith_free_p) char *text = item ? json_dumps(item, flags) : NULL;
    if (!text)
        return pith_no_memory(reterr);
    put_text(out, text);
    return PITH_OK;
}

enum pith_status bibliography_put(struct bytes *out, const struct paper *paper, enum pith_bibliography format,
                                  struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    switch (format) {
    case PITH_BIBTEX: bibtex_write(out, paper); break;
    case PITH_RIS: put_ris(out, paper); break;
    case PITH_CSL_JSON: status = put_json(out, csl_item(paper), JSON_INDENT(2), reterr); break;
    case PITH_JSONL:
        status = put_json(out, line_item(paper), JSON_COMPACT, reterr);
        put_text(out, "\n");
        break;
    }
    return status ? status : bytes_done(out, reterr);
}
