/* OpenAlex works, one or a page of them. Traps: the abstract is an index of words to positions; titles hold tags of type or are
 * null; identifiers are addresses; arXiv is only to be found in the places where the work stands. */
#include "engine/base/bytes.h"
#include "engine/base/dates.h"
#include "engine/sources/json_record.h"
#include "engine/sources/markup.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 20000, MAX_PLACES = 50000 };

/* Puts each word of the index where it belongs; one at an impossible position is left out. */
static void place_words(json_t *index, const char **word, size_t *ret_last)
{
    const char *name;
    json_t *positions;
    size_t places = 0;
    json_object_foreach(index, name, positions)
    {
        for (size_t i = 0; i < json_array_size(positions); i++) {
            const json_t *position = json_array_get(positions, i);
            json_int_t at = json_integer_value(position);
            if (!json_is_integer(position) || at < 0 || at >= MAX_WORDS)
                continue;
            if (++places > MAX_PLACES)
                return;
            word[at] = name;
            *ret_last = (size_t)at > *ret_last ? (size_t)at : *ret_last;
        }
    }
}

static void read_abstract(json_t *index, struct record *record)
{
    PITH_AUTO(pith_free_p) const char **word = NULL;
    PITH_AUTO(bytes_clear) struct bytes text;
    size_t last = 0;
    bytes_init(&text, PAPER_MAX_RECORD);
    if (!json_is_object(index) || record->status)
        return;
    word = pith_calloc(MAX_WORDS, sizeof *word);
    if (!word) {
        record->status = pith_no_memory(&record->error);
        return;
    }
    place_words(index, word, &last);
    for (size_t i = 0; i <= last; i++) {
        if (word[i])
            bytes_put(&text, word[i], strlen(word[i]));
        bytes_put_u8(&text, ' ');
    }
    bytes_put_u8(&text, 0);
    if (!bytes_done(&text, NULL))
        record_markup(record, &record->paper.abstract, (const char *)text.data);
    record_drop_heading(record->paper.abstract);
}

static void read_title(const json_t *work, struct record *record)
{
    const char *title = json_record_string(work, "title");
    if (!title)
        title = json_record_string(work, "display_name");
    record_markup(record, &record->paper.title, title);
}

static void read_authors(const json_t *authorships, struct record *record)
{
    for (size_t i = 0; i < json_array_size(authorships); i++) {
        const json_t *authorship = json_array_get(authorships, i);
        const char *name = json_record_string(json_object_get(authorship, "author"), "display_name");
        if (!name)
            name = json_record_string(authorship, "raw_author_name");
        record_author(record, name, name ? strlen(name) : 0);
    }
}

static void read_keys(const json_t *work, struct record *record)
{
    const json_t *ids = json_object_get(work, "ids"), *locations = json_object_get(work, "locations");
    json_record_key(record, work, "doi");
    json_record_key(record, ids, "doi");
    json_record_key(record, ids, "pmid");
    for (size_t i = 0; i < json_array_size(locations); i++) {
        static const char *const names[] = {"landing_page_url", "pdf_url"};
        for (size_t j = 0; j < 2; j++) {
            const char *address = json_record_string(json_array_get(locations, i), names[j]);
            if (address && strstr(address, "arxiv.org/"))
                record_key_string(record, address);
        }
    }
    json_record_key(record, work, "id");
}

static void read_work(const json_t *work, const char *list, struct record *record)
{
    struct paper *paper = &record->paper;
    const json_t *topic = json_object_get(work, "primary_topic");
    const char *name = json_record_string(topic, "display_name");
    (void)list;
    read_keys(work, record);
    read_title(work, record);
    read_abstract(json_object_get(work, "abstract_inverted_index"), record);
    read_authors(json_object_get(work, "authorships"), record);
    record_category(record, name, name ? strlen(name) : 0);
    json_record_categories(record, json_object_get(work, "keywords"), "display_name");
    json_record_day(&paper->published, work, "publication_date");
    json_record_day(&paper->updated, work, "updated_date");
    paper->citations = json_record_count(work, "cited_by_count");
    const json_t *year = json_object_get(work, "publication_year");
    if (paper->published == PITH_NO_DAY && json_is_integer(year) && json_integer_value(year) < 10000)
        dates_of((int)json_integer_value(year), 0, 0, &paper->published);
    const char *type = json_record_string(work, "type");
    paper->part = type && strcmp(type, "book-chapter") == 0;
    record_string(record, &paper->url, json_record_string(json_object_get(work, "primary_location"), "landing_page_url"));
    if (json_is_true(json_object_get(work, "is_retracted")))
        record_retracted(record);
    json_record_link(record, &paper->pdf, json_object_get(work, "primary_location"), "pdf_url");
    json_record_link(record, &paper->pdf, json_object_get(work, "best_oa_location"), "pdf_url");
}

static bool recognise(const struct json_members *members)
{
    bool page = *members->bytes == '{' && json_members_have(members, "results", 1);
    size_t depth = page ? 3 : *members->bytes == '[' ? 2 : 1;
    return (page && json_members_have(members, "meta", 1)) || json_members_have(members, "abstract_inverted_index", depth) ||
           (json_members_have(members, "authorships", depth) && json_members_have(members, "display_name", depth));
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const lists[] = {"results", NULL};
    const struct json_format format = {&source_openalex, RANK_AGGREGATOR, .lists = lists, .read = read_work};
    return json_record_read(bytes, length, &format, context, reterr);
}

const struct source source_openalex = {"openalex", "OpenAlex JSON", .recognise_json = recognise, .read = read};
