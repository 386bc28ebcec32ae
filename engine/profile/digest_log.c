#include "engine/profile/digest_log.h"

#include "engine/papers/facts.h"

#include <stdlib.h>
#include <string.h>

/* An item has a section, a number, a day, a chance, an announcement and seven strings; from version 2 on three more. */
enum {
    VERSION = 2,
    FIRST_VERSION = 1,
    MOST_BYTES = 16 << 20,
    LEAST_ITEM = 1 + 8 + 4 + 8 + 1 + 7,
    MOST_ITEMS = 1000,
    MOST_SENTENCES = 100
};
enum { CUT = 1, LEARNED = 2, PROBABILITIES = 4, WITHDRAWN = 128 };

void pith_digest_free(struct pith_digest *digest)
{
    for (size_t i = 0; i < digest->notices; i++)
        free(digest->notice[i]);
    for (size_t i = 0; i < digest->changes; i++)
        free(digest->change[i]);
    for (size_t i = 0; i < digest->count; i++) {
        char *const text[] = {digest->item[i].key,     digest->item[i].id,       digest->item[i].title,  digest->item[i].url,
                              digest->item[i].authors, digest->item[i].category, digest->item[i].reason, digest->item[i].liked,
                              digest->item[i].excerpt, digest->item[i].pdf};
        for (size_t k = 0; k < sizeof text / sizeof *text; k++)
            free(text[k]);
        facts_clear(&digest->item[i].facts);
    }
    free(digest->notice);
    free(digest->change);
    free(digest->item);
    free(digest);
}

void digest_kept_clear(struct digest_kept *kept)
{
    if (kept->digest)
        pith_digest_free(kept->digest);
    free(kept->number);
    *kept = (struct digest_kept){0};
}

void digest_log_clear(struct digest_log *log)
{
    for (size_t i = 0; i < log->count; i++)
        digest_kept_clear(&log->item[i]);
    free(log->item);
    *log = (struct digest_log){0};
}

/* ---- writing ---- */

static void put_text(struct bytes *bytes, const char *text)
{
    bytes_put_string(bytes, text ? text : "", text ? strlen(text) : 0);
}

static void put_item(struct bytes *bytes, const struct pith_digest_item *item, int64_t number)
{
    const char *const text[] = {item->key,      item->id,     item->title, item->url,     item->authors,
                                item->category, item->reason, item->liked, item->excerpt, item->pdf};
    bytes_put_u8(bytes, (uint8_t)item->section);
    bytes_put_u64(bytes, (uint64_t)number);
    bytes_put_u32(bytes, (uint32_t)item->day);
    bytes_put_u8(bytes, (uint8_t)((unsigned)item->announce | (item->withdrawn ? WITHDRAWN : 0U)));
    bytes_put_double(bytes, item->probability);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        put_text(bytes, text[i]);
}

static void put_sentences(struct bytes *bytes, char *const *sentence, size_t count)
{
    bytes_put_varint(bytes, count);
    for (size_t i = 0; i < count; i++)
        put_text(bytes, sentence[i]);
}

static void put_kept(struct bytes *bytes, const struct digest_kept *kept, bool items)
{
    const struct pith_digest *digest = kept->digest;
    bytes_put_u32(bytes, (uint32_t)digest->day);
    bytes_put_u8(bytes, (uint8_t)digest->state);
    bytes_put_u8(
        bytes, (uint8_t)((kept->cut ? CUT : 0U) | (digest->learned ? LEARNED : 0U) | (digest->probabilities ? PROBABILITIES : 0U)));
    bytes_put_u64(bytes, (uint64_t)digest->time);
    bytes_put_u32(bytes, (uint32_t)digest->first);
    bytes_put_u32(bytes, (uint32_t)digest->last);
    bytes_put_varint(bytes, digest->listed);
    bytes_put_varint(bytes, digest->ups);
    bytes_put_varint(bytes, digest->downs);
    bytes_put_varint(bytes, digest->pairs);
    bytes_put_double(bytes, digest->expected);
    bytes_put_double(bytes, digest->below);
    bytes_put_double(bytes, digest->chance);
    put_sentences(bytes, digest->notice, digest->notices);
    put_sentences(bytes, digest->change, digest->changes);
    bytes_put_varint(bytes, items ? digest->count : 0);
    for (size_t i = 0; items && i < digest->count; i++)
        put_item(bytes, &digest->item[i], kept->number[i]);
}

enum pith_status digest_log_write(const struct digest_log *log, struct bytes *bytes, struct pith_error *reterr)
{
    for (size_t bare = 0; bare <= log->count; bare++) {
        bytes->length = 0;
        bytes_put_u8(bytes, VERSION);
        bytes_put_varint(bytes, log->count);
        for (size_t i = 0; i < log->count; i++)
            put_kept(bytes, &log->item[i], i >= bare);
        if (bytes->failed || bytes->length <= MOST_BYTES)
            break;
    }
    return bytes_done(bytes, reterr);
}

/* ---- reading ---- */

static void *take_memory(struct bytes_reader *reader, size_t count, size_t size)
{
    void *memory = pith_calloc(count, size);
    reader->exhausted |= !memory;
    return memory;
}

enum { TEXTS = 10, FIRST_TEXTS = 7 };

static bool get_item(struct bytes_reader *reader, unsigned version, struct pith_digest_item *item, int64_t *number)
{
    char **const text[TEXTS] = {&item->key,      &item->id,     &item->title, &item->url,     &item->authors,
                                &item->category, &item->reason, &item->liked, &item->excerpt, &item->pdf};
    size_t told = version == FIRST_VERSION ? FIRST_TEXTS : TEXTS;
    bool good = true;
    item->section = (enum pith_section)bytes_get_u8(reader);
    *number = (int64_t)bytes_get_u64(reader);
    item->day = (int32_t)bytes_get_u32(reader);
    unsigned flags = bytes_get_u8(reader);
    item->announce = (enum pith_announce)(flags & ~(unsigned)WITHDRAWN);
    item->withdrawn = flags & WITHDRAWN;
    item->probability = bytes_get_double(reader);
    for (size_t i = 0; i < TEXTS; i++) {
        *text[i] = i < told ? bytes_take_string(reader) : strdup("");
        reader->exhausted |= i >= told && !*text[i];
        good = good && *text[i];
    }
    bool announced = item->announce == PITH_NEW || item->announce == PITH_CROSS || item->announce == PITH_REPLACED;
    return good && announced && item->section <= PITH_MISSED && strlen(item->key) < PAPER_KEY_SIZE;
}

static bool get_items(struct bytes_reader *reader, unsigned version, struct digest_kept *kept)
{
    size_t count = bytes_get_count(reader, LEAST_ITEM);
    if (reader->failed || count > MOST_ITEMS)
        return false;
    kept->number = take_memory(reader, count, sizeof *kept->number);
    kept->digest->item = take_memory(reader, count, sizeof *kept->digest->item);
    if (!kept->number || !kept->digest->item)
        return false;
    for (size_t i = 0; i < count; i++) {
        kept->digest->count = i + 1;
        kept->digest->item[i].number = i + 1;
        if (!get_item(reader, version, &kept->digest->item[i], &kept->number[i]))
            return false;
    }
    return true;
}

static bool get_sentences(struct bytes_reader *reader, char ***ret_sentence, size_t *ret_count)
{
    size_t count = bytes_get_count(reader, 1);
    if (reader->failed || count > MOST_SENTENCES)
        return false;
    *ret_sentence = take_memory(reader, count, sizeof **ret_sentence);
    while (*ret_sentence && *ret_count < count) {
        (*ret_sentence)[*ret_count] = bytes_take_string(reader);
        if (!(*ret_sentence)[(*ret_count)++])
            return false;
    }
    return *ret_sentence != NULL;
}

static bool get_kept(struct bytes_reader *reader, unsigned version, struct digest_kept *kept)
{
    struct pith_digest *digest = kept->digest;
    digest->day = (int32_t)bytes_get_u32(reader);
    digest->state = (enum pith_digest_state)bytes_get_u8(reader);
    unsigned flags = bytes_get_u8(reader);
    kept->cut = flags & CUT;
    digest->learned = flags & LEARNED;
    digest->probabilities = flags & PROBABILITIES;
    digest->time = (int64_t)bytes_get_u64(reader);
    digest->first = (int32_t)bytes_get_u32(reader);
    digest->last = (int32_t)bytes_get_u32(reader);
    digest->listed = bytes_get_varint(reader);
    digest->ups = bytes_get_varint(reader);
    digest->downs = bytes_get_varint(reader);
    digest->pairs = bytes_get_varint(reader);
    digest->expected = bytes_get_double(reader);
    digest->below = bytes_get_double(reader);
    digest->chance = bytes_get_double(reader);
    return get_sentences(reader, &digest->notice, &digest->notices) && get_sentences(reader, &digest->change, &digest->changes) &&
           get_items(reader, version, kept) && (digest->state == PITH_DIGEST_CLAIMED || digest->state == PITH_DIGEST_SENT);
}

static enum pith_status read_all(const struct bytes *bytes, struct digest_log *log, struct pith_error *reterr)
{
    struct bytes_reader reader;
    bytes_reader_init(&reader, bytes->data, bytes->length);
    unsigned version = bytes_get_u8(&reader);
    bool good = version == VERSION || version == FIRST_VERSION;
    size_t count = bytes_get_count(&reader, 1);
    good = good && count <= PITH_DIGEST_DAYS;
    log->item = pith_calloc(PITH_DIGEST_DAYS, sizeof *log->item);
    if (!log->item)
        return pith_no_memory(reterr);
    log->cap = PITH_DIGEST_DAYS;
    while (good && log->count < count) {
        struct digest_kept *kept = &log->item[log->count];
        kept->digest = take_memory(&reader, 1, sizeof *kept->digest);
        good = kept->digest && get_kept(&reader, version, kept) && (!log->count || kept[-1].digest->day < kept->digest->day);
        log->count++;
    }
    if (reader.exhausted)
        return pith_no_memory(reterr);
    return good && !reader.failed && reader.at == reader.end ? PITH_OK
                                                             : pith_fail(reterr, PITH_CORRUPT, "the record of digests is damaged");
}

enum pith_status digest_log_read(const struct bytes *bytes, struct digest_log *ret_log, struct pith_error *reterr)
{
    struct digest_log log = {0};
    enum pith_status status = bytes->length ? read_all(bytes, &log, reterr) : PITH_OK;
    if (status)
        digest_log_clear(&log);
    else
        *ret_log = log;
    return status;
}

/* ---- the log ---- */

struct digest_kept *digest_log_find(const struct digest_log *log, int32_t day)
{
    for (size_t i = 0; i < log->count; i++)
        if (log->item[i].digest->day == day)
            return &log->item[i];
    return NULL;
}

bool digest_log_take(struct digest_log *log, int32_t day, struct digest_kept *ret_kept)
{
    struct digest_kept *found = digest_log_find(log, day);
    if (!found)
        return false;
    *ret_kept = *found;
    memmove(found, found + 1, (size_t)(&log->item[--log->count] - found) * sizeof *found);
    return true;
}

enum pith_status digest_log_add(struct digest_log *log, struct digest_kept *kept, struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&log->item, &log->cap, log->count + 1, sizeof *log->item, PITH_DIGEST_DAYS + 1, reterr);
    if (status)
        return status;
    size_t at = log->count;
    while (at && log->item[at - 1].digest->day > kept->digest->day)
        at--;
    memmove(&log->item[at + 1], &log->item[at], (log->count - at) * sizeof *log->item);
    log->item[at] = *kept;
    *kept = (struct digest_kept){0};
    log->count++;
    if (log->count > PITH_DIGEST_DAYS) {
        digest_kept_clear(&log->item[0]);
        memmove(&log->item[0], &log->item[1], --log->count * sizeof *log->item);
    }
    return PITH_OK;
}
