#include "api/pages/order.h"

#include "api/writing.h"

#include <stdlib.h>
#include <string.h>

enum { LASTS = 86400 /* seconds */, HASH = 16 /* hex digits of a key's */ };

static const unsigned char no_state[PITH_STATE];

static void hash_key(const char *key, char hash[33])
{
    pith_fingerprint(key, strlen(key), hash);
}

/* An order is the hashes of its keys, one after the other. */
static char *write_order(const struct pith_ranking *ranking)
{
    struct writing writing;
    char *text = NULL, hash[33];
    if (writing_begin(&writing, NULL))
        return NULL;
    for (size_t i = 0; i < ranking->count; i++) {
        hash_key(ranking->item[i].key, hash);
        fprintf(writing.to, "%.*s", HASH, hash);
    }
    return writing_end(&writing, &text, NULL) ? NULL : text;
}

static struct pith_response_key question_of(const struct exchange *exchange, const char *what)
{
    return (struct pith_response_key){exchange->token, exchange->token_length, what, no_state};
}

void order_keep(struct exchange *exchange, const struct pith_ranking *ranking, char name[ORDER_NAME])
{
    PITH_AUTO(pith_free_p) char *order = write_order(ranking);
    char hash[33], what[ORDER_NAME + 8];
    *name = '\0';
    if (!order)
        return;
    pith_fingerprint(order, strlen(order), hash);
    snprintf(name, ORDER_NAME, "%.16s", hash);
    snprintf(what, sizeof what, "order %s", name);
    const struct pith_response_key question = question_of(exchange, what);
    pith_response_cache_keep(exchange->service->answers, &question, exchange->request->now + LASTS, order, strlen(order));
}

/* ---- back into it ---- */

struct placed {
    char hash[HASH];
    size_t place;
};

static int by_hash(const void *a, const void *b)
{
    return memcmp(((const struct placed *)a)->hash, ((const struct placed *)b)->hash, HASH);
}

struct moved {
    struct pith_ranked paper;
    size_t place; /* where it was; behind all for one that is new */
};

static int by_place(const void *a, const void *b)
{
    const struct moved *left = a, *right = b;
    if (left->place != right->place)
        return left->place < right->place ? -1 : 1;
    return left->paper.rank < right->paper.rank ? -1 : left->paper.rank > right->paper.rank;
}

static bool arrange(const char *order, size_t length, struct pith_ranking *ranking)
{
    size_t count = length / HASH;
    PITH_AUTO(pith_free_p) struct placed *placed = pith_calloc(count + 1, sizeof *placed);
    PITH_AUTO(pith_free_p) struct moved *moved = pith_calloc(ranking->count + 1, sizeof *moved);
    if (!placed || !moved)
        return false;
    for (size_t i = 0; i < count; i++) {
        memcpy(placed[i].hash, order + i * HASH, HASH);
        placed[i].place = i;
    }
    qsort(placed, count, sizeof *placed, by_hash);
    for (size_t i = 0; i < ranking->count; i++) {
        char hash[33];
        hash_key(ranking->item[i].key, hash);
        const struct placed *found = bsearch(hash, placed, count, sizeof *placed, by_hash);
        moved[i] = (struct moved){ranking->item[i], found ? found->place : SIZE_MAX};
    }
    qsort(moved, ranking->count, sizeof *moved, by_place);
    for (size_t i = 0; i < ranking->count; i++)
        ranking->item[i] = moved[i].paper;
    return true;
}

bool order_restore(struct exchange *exchange, const char *name, struct pith_ranking *ranking)
{
    char what[ORDER_NAME + 8], *order = NULL;
    size_t length;
    if (strlen(name) >= ORDER_NAME)
        return false;
    snprintf(what, sizeof what, "order %s", name);
    const struct pith_response_key question = question_of(exchange, what);
    if (!pith_response_cache_find(exchange->service->answers, &question, exchange->request->now, &order, &length))
        return false;
    bool done = arrange(order, length, ranking);
    free(order);
    return done;
}
