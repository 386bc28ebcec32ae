#include "engine/door/response_cache.h"

#include "engine/base/bytes.h"
#include "engine/crypto/vault.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A set-associative table: a name can stand in any of WAYS places of its set. */
enum { SETS = 4096, WAYS = 4, NAME = 16, MOST_ANSWER = 4 << 20 };

struct answer {
    unsigned char name[NAME], state[ANSWERS_STATE];
    unsigned char *sealed;
    size_t length;
    int64_t expires;
    uint64_t used; /* the later, the larger; 0: free */
};
struct response_cache {
    pthread_mutex_t lock;
    unsigned char key[VAULT_KEY];
    size_t bytes, most;
    uint64_t clock;
    size_t hand; /* where the search for something to drop goes on */
    struct answer table[SETS][WAYS];
};

enum pith_status response_cache_new(size_t most_bytes, struct response_cache **ret_answers, struct pith_error *reterr)
{
    struct response_cache *answers = pith_calloc(1, sizeof *answers);
    if (!answers)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for answers");
    pthread_mutex_init(&answers->lock, NULL);
    vault_random(answers->key, sizeof answers->key);
    answers->most = most_bytes;
    *ret_answers = answers;
    return PITH_OK;
}

static void drop(struct response_cache *answers, struct answer *answer)
{
    answers->bytes -= answer->length;
    free(answer->sealed);
    *answer = (struct answer){0};
}

void response_cache_free(struct response_cache *answers)
{
    for (size_t set = 0; set < SETS; set++)
        for (size_t way = 0; way < WAYS; way++)
            drop(answers, &answers->table[set][way]);
    pthread_mutex_destroy(&answers->lock);
    vault_wipe(answers->key, sizeof answers->key);
    free(answers);
}

/* The key that this token's answers are sealed under, and the name of one of them: neither tells the token. */
static void derive(const struct response_cache *answers, const struct response_cache_question *question,
                   unsigned char key[VAULT_KEY], unsigned char name[NAME])
{
    vault_keyed_hash32(answers->key, question->token, question->token_length, key);
    vault_keyed_hash16(key, question->what, strlen(question->what), name);
}

static struct answer *set_of(struct response_cache *answers, const unsigned char name[NAME])
{
    return answers->table[(name[0] | (size_t)name[1] << 8) % SETS];
}

static struct answer *find(struct response_cache *answers, const unsigned char name[NAME])
{
    struct answer *set = set_of(answers, name);
    for (size_t way = 0; way < WAYS; way++)
        if (set[way].used && memcmp(set[way].name, name, NAME) == 0)
            return &set[way];
    return NULL;
}

/* The place that an answer of this name goes to: its own, a free one, else the one that was not asked for the longest. */
static struct answer *place_for(struct response_cache *answers, const unsigned char name[NAME])
{
    struct answer *place = find(answers, name), *set = set_of(answers, name);
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

static void make_room(struct response_cache *answers, size_t length)
{
    for (size_t seen = 0; answers->bytes + length > answers->most && seen < SETS; seen++) {
        struct answer *set = answers->table[answers->hand++ % SETS];
        for (size_t way = 0; way < WAYS; way++)
            drop(answers, &set[way]);
    }
}

void response_cache_keep(struct response_cache *answers, const struct response_cache_question *question, int64_t expires,
                         const void *answer, size_t length)
{
    unsigned char key[VAULT_KEY], name[NAME];
    PITH_AUTO(pith_free_p) unsigned char *sealed = NULL;
    size_t sealed_length = length + VAULT_BOX;
    if (length > MOST_ANSWER || sealed_length > answers->most)
        return;
    derive(answers, question, key, name);
    enum pith_status status = vault_box(key, question->state, ANSWERS_STATE, answer, length, &sealed, NULL);
    vault_wipe(key, sizeof key);
    if (status)
        return;
    pthread_mutex_lock(&answers->lock);
    struct answer *place = place_for(answers, name);
    drop(answers, place);
    make_room(answers, sealed_length);
    *place = (struct answer){.length = sealed_length, .expires = expires, .used = ++answers->clock};
    memcpy(place->name, name, NAME);
    memcpy(place->state, question->state, ANSWERS_STATE);
    place->sealed = PITH_TAKE(sealed);
    answers->bytes += place->length;
    pthread_mutex_unlock(&answers->lock);
}

/* A copy of what is kept under this name in this state. */
static bool copy_sealed(struct response_cache *answers, const unsigned char name[NAME], const unsigned char *state, int64_t now,
                        struct bytes *copy)
{
    pthread_mutex_lock(&answers->lock);
    struct answer *found = find(answers, name);
    bool good = found && memcmp(found->state, state, ANSWERS_STATE) == 0 && (!found->expires || now < found->expires);
    if (good) {
        found->used = ++answers->clock;
        bytes_put(copy, found->sealed, found->length);
        good = !copy->failed;
    }
    pthread_mutex_unlock(&answers->lock);
    return good;
}

bool response_cache_find(struct response_cache *answers, const struct response_cache_question *question, int64_t now,
                         char **ret_answer, size_t *ret_length)
{
    unsigned char key[VAULT_KEY], name[NAME];
    PITH_AUTO(bytes_clear) struct bytes sealed;
    unsigned char *plain = NULL;
    bytes_init(&sealed, MOST_ANSWER + VAULT_BOX);
    derive(answers, question, key, name);
    bool good = copy_sealed(answers, name, question->state, now, &sealed) &&
                vault_unbox(key, question->state, ANSWERS_STATE, sealed.data, sealed.length, &plain, NULL) == PITH_OK;
    vault_wipe(key, sizeof key);
    if (!good)
        return false;
    *ret_length = sealed.length - VAULT_BOX;
    *ret_answer = (char *)plain;
    return true;
}
