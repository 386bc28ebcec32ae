/* Finished responses, kept for whoever asks the same again. Each is sealed under a key made from the asker's own token, so that between
 * requests nothing readable of any reader lies in memory. What was not asked for the longest goes first. */
#include <pith/service.h>

#include "engine/base/bytes.h"
#include "engine/crypto/vault.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A set-associative table: a name can stand in any of WAYS places of its set. */
enum { SETS = 4096, WAYS = 4, NAME = 16, MOST_ANSWER = 4 << 20 };

struct answer {
    unsigned char name[NAME], state[PITH_STATE];
    unsigned char *sealed;
    size_t length;
    int64_t expires;
    uint64_t used; /* the later, the larger; 0: free */
};
struct pith_response_cache {
    pthread_mutex_t lock;
    unsigned char key[VAULT_KEY];
    size_t bytes, most;
    uint64_t clock;
    size_t hand; /* where the search for something to drop goes on */
    struct answer table[SETS][WAYS];
};

enum pith_status pith_response_cache_new(size_t most_bytes, struct pith_response_cache **ret_cache, struct pith_error *reterr)
{
    enum pith_status status = vault_start(reterr);
    struct pith_response_cache *cache = status ? NULL : pith_calloc(1, sizeof *cache);
    if (status)
        return status;
    if (!cache)
        return pith_no_memory(reterr);
    pthread_mutex_init(&cache->lock, NULL);
    vault_random(cache->key, sizeof cache->key);
    cache->most = most_bytes;
    *ret_cache = cache;
    return PITH_OK;
}

static void drop(struct pith_response_cache *cache, struct answer *answer)
{
    cache->bytes -= answer->length;
    free(answer->sealed);
    *answer = (struct answer){0};
}

void pith_response_cache_free(struct pith_response_cache *cache)
{
    for (size_t set = 0; set < SETS; set++)
        for (size_t way = 0; way < WAYS; way++)
            drop(cache, &cache->table[set][way]);
    pthread_mutex_destroy(&cache->lock);
    vault_wipe(cache->key, sizeof cache->key);
    free(cache);
}

/* The key that this token's cache are sealed under, and the name of one of them: neither tells the token. */
static void derive(const struct pith_response_cache *cache, const struct pith_response_key *question, unsigned char key[VAULT_KEY],
                   unsigned char name[NAME])
{
    vault_keyed_hash32(cache->key, question->token, question->token_length, key);
    vault_keyed_hash16(key, question->what, strlen(question->what), name);
}

static struct answer *set_of(struct pith_response_cache *cache, const unsigned char name[NAME])
{
    return cache->table[(name[0] | (size_t)name[1] << 8) % SETS];
}

static struct answer *find(struct pith_response_cache *cache, const unsigned char name[NAME])
{
    struct answer *set = set_of(cache, name);
    for (size_t way = 0; way < WAYS; way++)
        if (set[way].used && memcmp(set[way].name, name, NAME) == 0)
            return &set[way];
    return NULL;
}

/* The place that an answer of this name goes to: its own, a free one, else the one that was not asked for the longest. */
static struct answer *place_for(struct pith_response_cache *cache, const unsigned char name[NAME])
{
    struct answer *place = find(cache, name), *set = set_of(cache, name);
    for (size_t way = 0; !place && way < WAYS; way++)
        if (!set[way].used)
            place = &set[way];
    if (!place) {
        place = set;
        for (size_t way = 1; way < WAYS; way++)
            if (set[way].used < place->used)
                place = &set[way];
    }
    return place;
}

static void make_room(struct pith_response_cache *cache, size_t length)
{
    for (size_t seen = 0; cache->bytes + length > cache->most && seen < SETS; seen++) {
        struct answer *set = cache->table[cache->hand++ % SETS];
        for (size_t way = 0; way < WAYS; way++)
            drop(cache, &set[way]);
    }
}

void pith_response_cache_keep(struct pith_response_cache *cache, const struct pith_response_key *question, int64_t expires,
                              const void *answer, size_t length)
{
    unsigned char key[VAULT_KEY], name[NAME];
    PITH_AUTO(pith_free_p) unsigned char *sealed = NULL;
    size_t sealed_length = length + VAULT_BOX;
    if (length > MOST_ANSWER || sealed_length > cache->most)
        return;
    derive(cache, question, key, name);
    enum pith_status status = vault_box(key, question->state, PITH_STATE, answer, length, &sealed, NULL);
    vault_wipe(key, sizeof key);
    if (status)
        return;
    pthread_mutex_lock(&cache->lock);
    struct answer *place = place_for(cache, name);
    drop(cache, place);
    make_room(cache, sealed_length);
    *place = (struct answer){.length = sealed_length, .expires = expires, .used = ++cache->clock};
    memcpy(place->name, name, NAME);
    memcpy(place->state, question->state, PITH_STATE);
    place->sealed = PITH_TAKE(sealed);
    cache->bytes += place->length;
    pthread_mutex_unlock(&cache->lock);
}

/* A copy of what is kept under this name in this state. */
static bool copy_sealed(struct pith_response_cache *cache, const unsigned char name[NAME], const unsigned char *state, int64_t now,
                        struct bytes *copy)
{
    pthread_mutex_lock(&cache->lock);
    struct answer *found = find(cache, name);
    bool good = found && memcmp(found->state, state, PITH_STATE) == 0 && (!found->expires || now < found->expires);
    if (good) {
        found->used = ++cache->clock;
        bytes_put(copy, found->sealed, found->length);
        good = !copy->failed;
    }
    pthread_mutex_unlock(&cache->lock);
    return good;
}

bool pith_response_cache_find(struct pith_response_cache *cache, const struct pith_response_key *question, int64_t now,
                              char **ret_answer, size_t *ret_length)
{
    unsigned char key[VAULT_KEY], name[NAME];
    PITH_AUTO(bytes_clear) struct bytes sealed;
    unsigned char *plain = NULL;
    bytes_init(&sealed, MOST_ANSWER + VAULT_BOX);
    derive(cache, question, key, name);
    bool good = copy_sealed(cache, name, question->state, now, &sealed) &&
                vault_unbox(key, question->state, PITH_STATE, sealed.data, sealed.length, &plain, NULL) == PITH_OK;
    vault_wipe(key, sizeof key);
    if (!good)
        return false;
    *ret_length = sealed.length - VAULT_BOX;
    *ret_answer = (char *)plain;
    return true;
}
