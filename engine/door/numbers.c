#include "engine/door/numbers.h"

#include <stdlib.h>
#include <string.h>

void numbers_clear(struct numbers *numbers)
{
    free(numbers->key);
}

enum pith_status numbers_of(const struct pith_ranking *ranking, bool piped, struct numbers *ret_numbers, struct pith_error *reterr)
{
    struct numbers numbers = {.key = pith_calloc(ranking->count, sizeof *numbers.key), .count = ranking->count, .piped = piped};
    if (!numbers.key)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < ranking->count; i++)
        numbers.key[i] = ranking->item[i].key;
    *ret_numbers = numbers;
    return PITH_OK;
}

/* Whether a person was shown the listing that is kept. */
static bool was_shown(const struct bytes *record)
{
    struct bytes_reader reader;
    size_t length;
    bytes_reader_init(&reader, record->data, record->length);
    size_t count = bytes_get_count(&reader, 1);
    for (size_t i = 0; i < count; i++)
        bytes_get_string(&reader, &length);
    bool shown = bytes_get_u8(&reader) == 1;
    return !reader.failed && shown;
}

enum pith_status numbers_note(void *user, struct bytes *record, bool *ret_changed, struct pith_error *reterr)
{
    const struct numbers *numbers = user;
    *ret_changed = !(numbers->piped && was_shown(record));
    if (!*ret_changed)
        return PITH_OK;
    bytes_clear(record);
    bytes_put_varint(record, numbers->count);
    for (size_t i = 0; i < numbers->count; i++)
        bytes_put_string(record, numbers->key[i], strlen(numbers->key[i]));
    bytes_put_u8(record, !numbers->piped);
    return bytes_done(record, reterr);
}

enum pith_status numbers_find(struct pith *pith, size_t number, char key[PAPER_KEY_SIZE], struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes shown;
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    bytes_init(&shown, STORE_MAX_SEALED);
    enum pith_status status = handle_read(pith, 0, &reading, reterr);
    if (!status)
        status = profile_fetch(pith->profile, ROW_LAST_LIST, &shown, reterr);
    if (status == PITH_NOT_FOUND)
        return pith_fail(reterr, PITH_NOT_FOUND, "no listing was shown yet: `pith rank` shows one, then ranks can be used");
    if (status)
        return status;
    struct bytes_reader reader;
    bytes_reader_init(&reader, shown.data, shown.length);
    size_t count = bytes_get_count(&reader, 1), length = 0;
    if (number < 1 || number > count)
        return pith_fail(reterr, PITH_NOT_FOUND, "the last listing shown has ranks 1 to %zu", count);
    const char *at = "";
    for (size_t i = 0; i < number; i++)
        at = bytes_get_string(&reader, &length);
    if (reader.failed || length >= PAPER_KEY_SIZE)
        return pith_fail(reterr, PITH_CORRUPT, "the record of the last listing shown is damaged");
    memcpy(key, at, length);
    key[length] = '\0';
    return PITH_OK;
}

enum pith_status pith_keep_numbers(struct pith *pith, const char *const *keys, size_t count, bool piped, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) const char **key = pith_calloc(count, sizeof *key);
    if (!key)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < count; i++)
        key[i] = keys[i];
    struct numbers numbers = {key, count, piped};
    const struct profile_edit edit = {ROW_LAST_LIST, numbers_note, &numbers};
    enum pith_status status = handle_need(pith, PITH_MAY_RANK, reterr);
    return status ? status : handle_keep(pith, &edit, 1, reterr);
}
