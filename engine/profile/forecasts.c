#include "engine/profile/forecasts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, LEAST_BYTES = 2 }; /* of an entry */

static enum pith_status open_record(const struct bytes *record, struct bytes_reader *reader, size_t *ret_count,
                                    struct pith_error *reterr)
{
    *ret_count = 0;
    bytes_reader_init(reader, record->length ? record->data : (const unsigned char *)"", record->length);
    if (record->length == 0)
        return PITH_OK;
    bool known = bytes_get_u8(reader) == VERSION;
    *ret_count = bytes_get_count(reader, LEAST_BYTES);
    if (!known || reader->failed || *ret_count > FORECASTS_MOST)
        return pith_fail(reterr, PITH_CORRUPT, "the record of chances given is damaged");
    return PITH_OK;
}

static bool is_noted(const struct bytes *record, const char *key)
{
    struct bytes_reader reader;
    size_t count, length;
    if (open_record(record, &reader, &count, NULL))
        return false;
    for (size_t i = 0; i < count && !reader.failed; i++) {
        const char *noted = bytes_get_string(&reader, &length);
        bytes_get_u8(&reader);
        if (!reader.failed && length == strlen(key) && memcmp(noted, key, length) == 0)
            return true;
    }
    return false;
}

static bool is_new(const struct bytes *record, const struct pith_ranked *paper)
{
    return isfinite(paper->probability) && 100 * paper->probability >= FORECASTS_PERCENT && paper->verdict == 0 &&
           !is_noted(record, paper->key);
}

/* The record without its oldest entries, so that `added` more fit. */
static enum pith_status copy_record(const struct bytes *record, size_t added, struct bytes *out, struct pith_error *reterr)
{
    struct bytes_reader reader;
    size_t count, length;
    enum pith_status status = open_record(record, &reader, &count, reterr);
    if (status)
        return status;
    size_t dropped = count + added > FORECASTS_MOST ? count + added - FORECASTS_MOST : 0;
    bytes_put_u8(out, VERSION);
    bytes_put_varint(out, count + added - dropped);
    for (size_t i = 0; i < count; i++) {
        const char *key = bytes_get_string(&reader, &length);
        uint8_t percent = bytes_get_u8(&reader);
        if (i < dropped || reader.failed)
            continue;
        bytes_put_string(out, key, length);
        bytes_put_u8(out, percent);
    }
    return reader.failed ? pith_fail(reterr, PITH_CORRUPT, "the record of chances given is damaged") : PITH_OK;
}

enum pith_status forecasts_note(struct bytes *record, const struct pith_ranking *ranking, bool *ret_changed,
                                struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes out;
    size_t added = 0;
    bytes_init(&out, record->max);
    for (size_t i = 0; i < ranking->count && added < FORECASTS_MOST; i++)
        added += is_new(record, &ranking->item[i]);
    *ret_changed = added > 0;
    if (!added)
        return PITH_OK;
    size_t left = added;
    enum pith_status status = copy_record(record, added, &out, reterr);
    for (size_t i = 0; !status && left > 0; i++) {
        const struct pith_ranked *paper = &ranking->item[i];
        if (!is_new(record, paper))
            continue;
        bytes_put_string(&out, paper->key, strlen(paper->key));
        bytes_put_u8(&out, (uint8_t)(100 * paper->probability));
        left--;
    }
    if (!status)
        status = bytes_done(&out, reterr);
    if (status)
        return status;
    struct bytes before = *record;
    *record = out;
    out = before; /* freed on the way out */
    return PITH_OK;
}

static int newest_first(const void *a, const void *b)
{
    const struct profile_vote *left = *(const struct profile_vote *const *)a, *right = *(const struct profile_vote *const *)b;
    if (left->day != right->day)
        return left->day > right->day ? -1 : 1;
    return strcmp(left->paper, right->paper);
}

enum pith_status forecasts_count(const struct bytes *record, const struct profile_vote *votes, size_t count, size_t *ret_given,
                                 size_t *ret_liked, struct pith_error *reterr)
{
    struct bytes_reader reader;
    size_t noted, given = 0;
    *ret_given = *ret_liked = 0;
    enum pith_status status = open_record(record, &reader, &noted, reterr);
    if (status || !noted)
        return status;
    PITH_AUTO(pith_free_p) const struct profile_vote **thumb = pith_calloc(count, sizeof *thumb);
    if (!thumb)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < count; i++)
        if ((votes[i].verdict == VERDICT_UP || votes[i].verdict == VERDICT_DOWN) && is_noted(record, votes[i].paper))
            thumb[given++] = &votes[i];
    if (given)
        qsort(thumb, given, sizeof *thumb, newest_first);
    *ret_given = given < FORECASTS_LAST ? given : FORECASTS_LAST;
    for (size_t i = 0; i < *ret_given; i++)
        *ret_liked += thumb[i]->verdict == VERDICT_UP;
    return PITH_OK;
}
