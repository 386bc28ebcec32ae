#include "engine/profile/once.h"

#include <string.h>

enum { VERSION = 1, ENTRY = 2 * ONCE_HASH + 8 + 1 + 1 /* bytes, at least */, LONGEST = ONCE_MOST / 4 };

struct entry {
    struct once_request request;
    struct once_answer answer;
};

static bool read_entry(struct bytes_reader *reader, struct entry *entry)
{
    const unsigned char *hashes = bytes_get(reader, sizeof entry->request);
    if (!hashes)
        return false;
    memcpy(&entry->request, hashes, sizeof entry->request);
    entry->answer.expires = (int64_t)bytes_get_u64(reader);
    entry->answer.status = (uint32_t)bytes_get_varint(reader);
    entry->answer.length = bytes_get_count(reader, 1);
    entry->answer.text = bytes_get(reader, entry->answer.length);
    return !reader->failed;
}

/* The number of entries; PITH_CORRUPT. */
static enum pith_status begin(struct bytes_reader *reader, const struct bytes *record, size_t *ret_count, struct pith_error *reterr)
{
    *ret_count = 0;
    bytes_reader_init(reader, record->data, record->length);
    if (!record->length)
        return PITH_OK;
    bool known = bytes_get_u8(reader) == VERSION;
    *ret_count = bytes_get_count(reader, ENTRY);
    if (known && !reader->failed)
        return PITH_OK;
    return pith_fail(reterr, PITH_CORRUPT, "the record of answered requests is damaged");
}

enum pith_status once_find(const struct bytes *record, const struct once_request *request, int64_t now,
                           struct once_answer *ret_answer, struct pith_error *reterr)
{
    struct bytes_reader reader;
    struct entry entry;
    size_t count;
    enum pith_status status = begin(&reader, record, &count, reterr);
    for (size_t i = 0; !status && i < count; i++) {
        if (!read_entry(&reader, &entry))
            return pith_fail(reterr, PITH_CORRUPT, "the record of answered requests is damaged");
        if (memcmp(entry.request.name, request->name, ONCE_HASH) != 0 || entry.answer.expires <= now)
            continue;
        if (memcmp(entry.request.body, request->body, ONCE_HASH) != 0)
            return pith_fail(reterr, PITH_EXISTS, "this key came with another request before");
        *ret_answer = entry.answer;
        return PITH_OK;
    }
    return status ? status : pith_fail(reterr, PITH_NOT_FOUND, "this request was not answered before");
}

static void put_entry(struct bytes *to, const struct entry *entry)
{
    bytes_put(to, &entry->request, sizeof entry->request);
    bytes_put_u64(to, (uint64_t)entry->answer.expires);
    bytes_put_varint(to, entry->answer.status);
    bytes_put_varint(to, entry->answer.length);
    bytes_put(to, entry->answer.text, entry->answer.length);
}

static size_t size_of(const struct entry *entry)
{
    return ENTRY + 8 + entry->answer.length;
}

/* How many of the oldest go, so that `more` bytes fit, and how many of the rest stay: what is over goes too. */
static enum pith_status choose(const struct bytes *record, size_t more, int64_t now, size_t *ret_first, size_t *ret_kept,
                               struct pith_error *reterr)
{
    size_t count, bytes = more, first = 0, kept = 0;
    struct entry entry;
    for (int pass = 0; pass < 2; pass++) { /* of all, then of those to be dropped */
        struct bytes_reader reader;
        enum pith_status status = begin(&reader, record, &count, reterr);
        for (size_t i = 0; !status && i < count; i++) {
            if (!read_entry(&reader, &entry))
                status = pith_fail(reterr, PITH_CORRUPT, "the record of answered requests is damaged");
            else if (entry.answer.expires > now && pass == 0)
                bytes += size_of(&entry), kept++;
            else if (entry.answer.expires > now && bytes > ONCE_MOST)
                bytes -= size_of(&entry), kept--, first = i + 1;
        }
        if (status)
            return status;
    }
    *ret_first = first;
    *ret_kept = kept;
    return PITH_OK;
}

enum pith_status once_add(struct bytes *record, const struct once_request *request, const struct once_answer *answer, int64_t now,
                          struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes fresh;
    struct bytes_reader reader;
    struct entry entry, added = {*request, *answer};
    size_t first = 0, kept = 0, count;
    bytes_init(&fresh, 2 * ONCE_MOST);
    if (added.answer.length > LONGEST)
        added.answer.length = 0;
    enum pith_status status = choose(record, size_of(&added), now, &first, &kept, reterr);
    if (!status)
        status = begin(&reader, record, &count, reterr);
    if (status)
        return status;
    bytes_put_u8(&fresh, VERSION);
    bytes_put_varint(&fresh, kept + 1);
    for (size_t i = 0; i < count && read_entry(&reader, &entry); i++)
        if (i >= first && entry.answer.expires > now)
            put_entry(&fresh, &entry);
    put_entry(&fresh, &added);
    status = bytes_done(&fresh, reterr);
    if (status)
        return status;
    struct bytes old = *record;
    *record = fresh;
    fresh = old;
    return PITH_OK;
}
