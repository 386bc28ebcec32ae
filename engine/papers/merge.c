#include "engine/papers/merge.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_IDENTIFIERS = PAPER_MAX_KEYS - 5,
    MAX_OTHER_TITLES = 4, /* title keys besides that of the title itself */
};

/* Every field is the greatest of an order on values, so the order of joining does not matter. */

/* Kinds of keys, best known first; others come after these, title keys last. */
static const char *const key_kind[] = {"arxiv:", "doi:", "pmid:", "openreview:", "s2:", "openalex:"};
enum { KEY_KINDS = sizeof key_kind / sizeof *key_kind };

static bool is_title_key(const char *key)
{
    return strncmp(key, "title:", 6) == 0;
}

static int kind_of(const char *key)
{
    if (is_title_key(key)) /* numbered names before plain title keys: a paper keeps its name */
        return strchr(key, '.') ? KEY_KINDS + 1 : KEY_KINDS + 2;
    for (int kind = 0; kind < KEY_KINDS; kind++)
        if (strncmp(key, key_kind[kind], strlen(key_kind[kind])) == 0)
            return kind;
    return KEY_KINDS;
}

static int compare_keys(const void *one, const void *other)
{
    const char *const *first = one, *const *second = other;
    int kinds = kind_of(*first) - kind_of(*second);
    return kinds ? kinds : strcmp(*first, *second);
}

void merge_order_keys(struct paper_list *keys)
{
    qsort(keys->item, keys->count - 1, sizeof *keys->item, compare_keys);
}

static enum pith_status add_text(struct paper_list *list, const char *text, size_t max, struct pith_error *reterr)
{
    return paper_list_add(list, text, strlen(text), max, reterr);
}

/* `sorted` in the order of keys that every stored paper has: identifiers, older title keys, `own` title key. Of too many, the
 * first of each are kept. */
static enum pith_status choose_keys(const char *const *sorted, size_t count, const char *own, struct paper_list *keys,
                                    struct pith_error *reterr)
{
    size_t identifiers = 0, titles = 0;
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < count; i++) {
        bool title = is_title_key(sorted[i]);
        if (i > 0 && strcmp(sorted[i - 1], sorted[i]) == 0)
            continue;
        if (title ? titles++ >= MAX_OTHER_TITLES : identifiers++ >= MAX_IDENTIFIERS)
            continue;
        if (strcmp(sorted[i], own) != 0)
            status = add_text(keys, sorted[i], PAPER_MAX_KEYS, reterr);
    }
    return status ? status : add_text(keys, own, PAPER_MAX_KEYS, reterr);
}

/* The keys of both in one order; `own` is the key of the title that stays. */
static enum pith_status unite_keys(const struct paper_list *one, const struct paper_list *other, const char *own,
                                   struct paper_list *keys, struct pith_error *reterr)
{
    size_t count = one->count + other->count;
    PITH_AUTO(pith_free_p) const char **sorted = pith_calloc(count, sizeof *sorted);
    if (!sorted)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < one->count; i++)
        sorted[i] = one->item[i];
    for (size_t i = 0; i < other->count; i++)
        sorted[one->count + i] = other->item[i];
    qsort(sorted, count, sizeof *sorted, compare_keys);
    return choose_keys(sorted, count, own, keys, reterr);
}

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

static int32_t publisher_update(const struct paper_origin *origin)
{
    return origin->rank >= RANK_PUBLISHER ? origin->updated : PITH_NO_DAY;
}

/* How new one record's field is against the other's: a later version, then a later update as the publisher tells it, then the better
 * source, then a later update as others tell it, who mean that of their own entry. */
static int compare_origins(const struct paper_origin *one, const struct paper_origin *other)
{
    int32_t update = publisher_update(one), other_update = publisher_update(other);
    if (one->version != other->version)
        return one->version > other->version ? 1 : -1;
    if (update != other_update)
        return update > other_update ? 1 : -1;
    if (one->rank != other->rank)
        return one->rank > other->rank ? 1 : -1;
    return (one->updated > other->updated) - (one->updated < other->updated);
}

static int compare_fields(const struct paper *one, const struct paper *other, enum paper_field field)
{
    struct paper_origin first = paper_origin(one, field), second = paper_origin(other, field);
    return compare_origins(&first, &second);
}

/* Which record's title stays: one that the record had, then the newer one, then the smaller in byte order. */
static const struct paper *better_title(const struct paper *one, const struct paper *other)
{
    bool made = paper_title_is_made(one);
    if (made != paper_title_is_made(other))
        return made ? other : one;
    int order = -compare_fields(one, other, FIELD_OF_TITLE);
    if (!order)
        order = strcmp(one->title, other->title);
    if (!order)
        order = strcmp(text_or_empty(one->source), text_or_empty(other->source));
    return order <= 0 ? one : other;
}

/* The same of abstracts, where there are two. */
static const struct paper *better_abstract(const struct paper *one, const struct paper *other)
{
    const char *first = text_or_empty(one->abstract), *second = text_or_empty(other->abstract);
    if (!*first != !*second)
        return *first ? one : other;
    int order = -compare_fields(one, other, FIELD_OF_ABSTRACT);
    return (order ? order : strcmp(first, second)) <= 0 ? one : other;
}

static size_t list_length(const struct paper_list *list)
{
    size_t length = 0;
    for (size_t i = 0; i < list->count; i++)
        length += strlen(list->item[i]);
    return length;
}

/* The fuller list: more items, then more text (full names over initials), then the smaller in byte order. */
static const struct paper_list *better_list(const struct paper_list *one, const struct paper_list *other)
{
    if (one->count != other->count)
        return one->count > other->count ? one : other;
    size_t length = list_length(one), other_length = list_length(other);
    if (length != other_length)
        return length > other_length ? one : other;
    for (size_t i = 0; i < one->count; i++) {
        int order = strcmp(one->item[i], other->item[i]);
        if (order)
            return order < 0 ? one : other;
    }
    return one;
}

/* Those of the newer record; of records equally new, the fuller list. */
static const struct paper *better_authors(const struct paper *one, const struct paper *other)
{
    if (!one->authors.count != !other->authors.count)
        return one->authors.count ? one : other;
    int order = compare_fields(one, other, FIELD_OF_AUTHORS);
    if (order)
        return order > 0 ? one : other;
    return better_list(&one->authors, &other->authors) == &one->authors ? one : other;
}

/* A mark belongs to a version: a later one, or a later update by the publisher, without it lifts it. Sources that know of neither lift
 * nothing. */
static void merge_withdrawn(const struct paper *one, const struct paper *other, struct paper *merged)
{
    struct paper_origin first = paper_origin(one, FIELD_OF_WITHDRAWN), second = paper_origin(other, FIELD_OF_WITHDRAWN);
    int32_t update = publisher_update(&first), other_update = publisher_update(&second);
    bool same = first.version == second.version && update == other_update;
    int order = compare_origins(&first, &second);
    merged->withdrawn = ((same || order > 0) && one->withdrawn) || ((same || order < 0) && other->withdrawn);
    merged->origin[FIELD_OF_WITHDRAWN] = order >= 0 ? first : second;
}

static int larger(int one, int other)
{
    return one > other ? one : other;
}

/* PITH_NO_DAY is the smallest day: unknown loses to any in both. */
static int32_t earlier(int32_t one, int32_t other)
{
    if (one == PITH_NO_DAY || other == PITH_NO_DAY)
        return one == PITH_NO_DAY ? other : one;
    return one < other ? one : other;
}

static enum paper_announce stronger(enum paper_announce one, enum paper_announce other)
{
    if (one == ANNOUNCE_UNKNOWN || other == ANNOUNCE_UNKNOWN)
        return one == ANNOUNCE_UNKNOWN ? other : one;
    return one < other ? one : other;
}

/* The smaller of two in byte order, or the one there is. */
static const char *known_url(const char *one, const char *other)
{
    if (!one || !other)
        return one ? one : other;
    return strcmp(one, other) <= 0 ? one : other;
}

static void merge_numbers(const struct paper *one, const struct paper *other, struct paper *merged)
{
    merged->version = larger(one->version, other->version);
    merged->published = earlier(one->published, other->published);
    merged->updated = larger(one->updated, other->updated);
    merged->announced = earlier(one->announced, other->announced);
    merged->announce = stronger(one->announce, other->announce);
    merged->upvotes = larger(one->upvotes, other->upvotes);
    merged->comments = larger(one->comments, other->comments);
    merged->citations = larger(one->citations, other->citations);
    merge_withdrawn(one, other, merged);
    merged->part = one->part && other->part;
}

static enum pith_status copy_text(const char *from, char **ret_text, struct pith_error *reterr)
{
    *ret_text = from ? strdup(from) : NULL;
    return from && !*ret_text ? pith_no_memory(reterr) : PITH_OK;
}

static enum pith_status copy_list(const struct paper_list *from, struct paper_list *to, size_t max, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < from->count; i++)
        status = add_text(to, from->item[i], max, reterr);
    return status;
}

static void put_origin(const struct paper *from, enum paper_field field, struct paper *merged)
{
    merged->origin[field] = paper_origin(from, field);
}

static enum pith_status merge_texts(const struct paper *one, const struct paper *other, struct paper *merged,
                                    struct pith_error *reterr)
{
    const struct paper *title = better_title(one, other), *abstract = better_abstract(one, other),
                       *authors = better_authors(one, other);
    merged->source = title->source;
    put_origin(title, FIELD_OF_TITLE, merged);
    put_origin(abstract, FIELD_OF_ABSTRACT, merged);
    put_origin(authors, FIELD_OF_AUTHORS, merged);
    merged->source_rank = merged->origin[FIELD_OF_TITLE].rank;
    enum pith_status status = copy_text(title->title, &merged->title, reterr);
    if (!status)
        status = copy_text(text_or_empty(abstract->abstract), &merged->abstract, reterr);
    if (!status)
        status = copy_text(known_url(one->url, other->url), &merged->url, reterr);
    if (!status)
        status = copy_text(known_url(one->pdf, other->pdf), &merged->pdf, reterr);
    if (!status)
        status = copy_text(known_url(one->code, other->code), &merged->code, reterr);
    if (!status)
        status = copy_text(known_url(one->project, other->project), &merged->project, reterr);
    if (!status)
        status = copy_list(better_list(&one->organisations, &other->organisations), &merged->organisations, PAPER_MAX_ORGANISATIONS,
                           reterr);
    if (!status)
        status = copy_list(&authors->authors, &merged->authors, PAPER_MAX_AUTHORS, reterr);
    if (!status)
        status = copy_list(better_list(&one->categories, &other->categories), &merged->categories, PAPER_MAX_CATEGORIES, reterr);
    /* A paper's last key is that of its title. */
    return status ? status : unite_keys(&one->keys, &other->keys, title->keys.item[title->keys.count - 1], &merged->keys, reterr);
}

static bool same_text(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

static bool same_list(const struct paper_list *one, const struct paper_list *other)
{
    bool same = one->count == other->count;
    for (size_t i = 0; same && i < one->count; i++)
        same = strcmp(one->item[i], other->item[i]) == 0;
    return same;
}

static bool same_origins(const struct paper *one, const struct paper *other)
{
    bool same = true;
    for (enum paper_field i = 0; i < PAPER_FIELDS; i++) {
        struct paper_origin first = paper_origin(one, i), second = paper_origin(other, i);
        same = same && first.version == second.version && first.updated == second.updated && first.rank == second.rank;
    }
    return same;
}

static bool same_record(const struct paper *one, const struct paper *other)
{
    return one->version == other->version && one->published == other->published && one->updated == other->updated &&
           one->announced == other->announced && one->announce == other->announce && one->upvotes == other->upvotes &&
           one->comments == other->comments && one->citations == other->citations && one->withdrawn == other->withdrawn &&
           one->part == other->part && same_origins(one, other) && one->source_rank == other->source_rank &&
           same_text(one->source, other->source) && same_text(one->title, other->title) &&
           same_text(one->abstract, other->abstract) && same_text(one->url, other->url) && same_list(&one->keys, &other->keys) &&
           same_list(&one->authors, &other->authors) && same_list(&one->categories, &other->categories) &&
           same_list(&one->organisations, &other->organisations) && same_text(one->pdf, other->pdf) &&
           same_text(one->code, other->code) && same_text(one->project, other->project);
}

enum pith_status import_merge(struct paper *into, const struct paper *other, bool *ret_changed, struct pith_error *reterr)
{
    PITH_AUTO(paper_clear) struct paper merged;
    paper_init(&merged);
    enum pith_status status = merge_texts(into, other, &merged, reterr);
    if (status)
        return status;
    merge_numbers(into, other, &merged);
    *ret_changed = !same_record(into, &merged);
    struct paper before = *into;
    *into = merged;
    merged = before; /* freed on the way out */
    return PITH_OK;
}
