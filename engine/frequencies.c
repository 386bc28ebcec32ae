#include "frequencies.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FILTER_BITS = 21, MAX_KEYS = 1 << 26 };

void frequencies_clear(struct frequencies *frequencies)
{
    free(frequencies->key);
    free(frequencies->papers_with);
    free(frequencies->filter);
    *frequencies = (struct frequencies){0};
}

/* Keys are well mixed: their low bits are the hash. */
static size_t slot_of(const struct frequencies *frequencies, uint64_t key)
{
    size_t slot = (size_t)key & (frequencies->slots - 1);
    while (frequencies->key[slot] != 0 && frequencies->key[slot] != key)
        slot = (slot + 1) & (frequencies->slots - 1);
    return slot;
}

static uint64_t filter_bit(uint64_t key)
{
    return key >> (64 - FILTER_BITS);
}

static enum pith_status widen(struct frequencies *frequencies, struct pith_error *reterr)
{
    struct frequencies wider = {.papers = frequencies->papers, .slots = frequencies->slots ? 2 * frequencies->slots : 4096};
    wider.key = pith_calloc(wider.slots, sizeof *wider.key);
    wider.papers_with = pith_calloc(wider.slots, sizeof *wider.papers_with);
    if (!frequencies->filter)
        frequencies->filter = pith_calloc((size_t)1 << (FILTER_BITS - 6), sizeof *frequencies->filter);
    if (!wider.key || !wider.papers_with || !frequencies->filter || wider.slots > MAX_KEYS) {
        frequencies_clear(&wider);
        return pith_fail(reterr, PITH_NOMEM, "out of memory for counting words");
    }
    for (size_t i = 0; i < frequencies->slots; i++) {
        if (frequencies->key[i] == 0)
            continue;
        size_t slot = slot_of(&wider, frequencies->key[i]);
        wider.key[slot] = frequencies->key[i];
        wider.papers_with[slot] = frequencies->papers_with[i];
    }
    wider.count = frequencies->count;
    wider.filter = TAKE(frequencies->filter);
    frequencies_clear(frequencies);
    *frequencies = wider;
    return PITH_OK;
}

enum pith_status frequencies_want_key(struct frequencies *frequencies, uint64_t key, struct pith_error *reterr)
{
    if (2 * (frequencies->count + 1) > frequencies->slots) {
        enum pith_status status = widen(frequencies, reterr);
        if (status)
            return status;
    }
    size_t slot = slot_of(frequencies, key);
    if (frequencies->key[slot] == key)
        return PITH_OK;
    frequencies->key[slot] = key;
    frequencies->count++;
    frequencies->filter[filter_bit(key) >> 6] |= UINT64_C(1) << (filter_bit(key) & 63);
    return PITH_OK;
}

enum pith_status frequencies_want(struct frequencies *frequencies, const struct features *features, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < features->count; i++)
        if (features->item[i].view != VIEW_TITLE)
            status = frequencies_want_key(frequencies, features->item[i].key, reterr);
    return status;
}

void frequencies_count(struct frequencies *frequencies, const struct features *features)
{
    frequencies->papers++;
    for (size_t i = 0; frequencies->slots && i < features->count; i++) {
        uint64_t key = features->item[i].key;
        if (features->item[i].view == VIEW_TITLE)
            continue;
        if (!(frequencies->filter[filter_bit(key) >> 6] >> (filter_bit(key) & 63) & 1))
            continue;
        size_t slot = slot_of(frequencies, key);
        if (frequencies->key[slot] == key)
            frequencies->papers_with[slot]++;
    }
}

size_t frequencies_slot(const struct frequencies *frequencies, uint64_t key)
{
    assert(frequencies->slots);
    size_t slot = slot_of(frequencies, key);
    assert(frequencies->key[slot] == key);
    return slot;
}

uint32_t frequencies_papers(const struct frequencies *frequencies, uint64_t key)
{
    size_t slot = frequencies->slots ? slot_of(frequencies, key) : 0;
    return frequencies->slots && frequencies->key[slot] == key ? frequencies->papers_with[slot] : 0;
}
