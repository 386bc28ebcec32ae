#include "engine/learning/frequencies.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FILTER_BITS = 21, MAX_KEYS = 1 << 26 };

void frequencies_clear(struct frequencies *frequencies)
{
    free(frequencies->key);
    free(frequencies->papers_with);
    free(frequencies->titles_with);
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
    struct frequencies wider = {.papers = frequencies->papers, .words = frequencies->words, .titled = frequencies->titled};
    wider.slots = frequencies->slots ? 2 * frequencies->slots : 4096;
    wider.key = pith_calloc(wider.slots, sizeof *wider.key);
    wider.papers_with = pith_calloc(wider.slots, sizeof *wider.papers_with);
    wider.titles_with = pith_calloc(wider.slots, sizeof *wider.titles_with);
    if (!frequencies->filter)
        frequencies->filter = pith_calloc((size_t)1 << (FILTER_BITS - 6), sizeof *frequencies->filter);
    if (!wider.key || !wider.papers_with || !wider.titles_with || !frequencies->filter || wider.slots > MAX_KEYS) {
        frequencies_clear(&wider);
        return pith_no_memory(reterr);
    }
    for (size_t i = 0; i < frequencies->slots; i++) {
        if (frequencies->key[i] == 0)
            continue;
        size_t slot = slot_of(&wider, frequencies->key[i]);
        wider.key[slot] = frequencies->key[i];
        wider.papers_with[slot] = frequencies->papers_with[i];
        wider.titles_with[slot] = frequencies->titles_with[i];
    }
    wider.count = frequencies->count;
    wider.filter = PITH_TAKE(frequencies->filter);
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
        bool word = features->item[i].view == VIEW_WORD, titled = features->item[i].title > 0;
        if (features->item[i].view == VIEW_TITLE)
            continue;
        frequencies->words += word;
        frequencies->titled += word && titled;
        if (!(frequencies->filter[filter_bit(key) >> 6] >> (filter_bit(key) & 63) & 1))
            continue;
        size_t slot = slot_of(frequencies, key);
        if (frequencies->key[slot] != key)
            continue;
        frequencies->papers_with[slot]++;
        frequencies->titles_with[slot] += titled;
    }
}

size_t frequencies_slot(const struct frequencies *frequencies, uint64_t key)
{
    assert(frequencies->slots);
    size_t slot = slot_of(frequencies, key);
    assert(frequencies->key[slot] == key);
    return slot;
}

static uint32_t count_of(const struct frequencies *frequencies, const uint32_t *counts, uint64_t key)
{
    size_t slot = frequencies->slots ? slot_of(frequencies, key) : 0;
    return frequencies->slots && frequencies->key[slot] == key ? counts[slot] : 0;
}

uint32_t frequencies_papers(const struct frequencies *frequencies, uint64_t key)
{
    return count_of(frequencies, frequencies->papers_with, key);
}

uint32_t frequencies_titles(const struct frequencies *frequencies, uint64_t key)
{
    return count_of(frequencies, frequencies->titles_with, key);
}

double frequencies_title_share(const struct frequencies *frequencies)
{
    return frequencies->titled ? (double)frequencies->titled / (double)frequencies->words : 1;
}
