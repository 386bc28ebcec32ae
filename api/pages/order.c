#include "api/pages/order.h"

#include "api/writing.h"

#include <stdlib.h>
#include <string.h>

enum { LASTS = 86400 /* seconds */ };

static const unsigned char no_state[PITH_STATE];

void order_clear(struct order_list *list)
{
    for (size_t i = 0; i < list->owned; i++)
        pith_ranked_free(list->own[i]);
    free(list->own);
    free(list->row);
    *list = (struct order_list){0};
}

static struct pith_response_key question_of(const struct exchange *exchange, const char *what)
{
    return (struct pith_response_key){exchange->token, exchange->token_length, what, no_state};
}

/* An order is its keys, a line each. */
static void keep(struct exchange *exchange, struct order_list *list)
{
    struct writing writing;
    PITH_AUTO(pith_free_p) char *order = NULL;
    char hash[33], what[ORDER_NAME + 8];
    if (writing_begin(&writing, NULL))
        return;
    for (size_t i = 0; i < list->count && i < ORDER_MOST; i++)
        fprintf(writing.to, "%s\n", list->row[i].key);
    if (writing_end(&writing, &order, NULL))
        return;
    pith_fingerprint(order, strlen(order), hash);
    snprintf(list->name, ORDER_NAME, "%.16s", hash);
    snprintf(what, sizeof what, "order %s", list->name);
    const struct pith_response_key question = question_of(exchange, what);
    pith_response_cache_keep(exchange->service->answers, &question, exchange->request->now + LASTS, order, strlen(order));
}

/* The kept keys, each ended by a line's end; NULL for none. */
static char *recall(struct exchange *exchange, const char *name)
{
    char what[ORDER_NAME + 8], *order = NULL;
    size_t length;
    if (!*name || strlen(name) >= ORDER_NAME)
        return NULL;
    snprintf(what, sizeof what, "order %s", name);
    const struct pith_response_key question = question_of(exchange, what);
    if (!pith_response_cache_find(exchange->service->answers, &question, exchange->request->now, &order, &length))
        return NULL;
    char *text = strndup(order, length);
    free(order);
    return text;
}

/* Where a paper stands in the ranking. */
struct place {
    const char *key;
    size_t at;
    bool taken;
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct place *)a)->key, ((const struct place *)b)->key);
}

/* A paper of the order that the ranking has not any more; one that the store has not either is left out. */
static enum pith_status add_fallen(struct exchange *exchange, const char *key, size_t reasons, struct order_list *list,
                                   struct pith_error *reterr)
{
    enum pith_status status = pith_show(exchange->pith, key, reasons, &list->own[list->owned], reterr);
    if (status)
        return status == PITH_NOT_FOUND ? PITH_OK : status;
    list->row[list->count++] = *list->own[list->owned++];
    return PITH_OK;
}

static enum pith_status add_kept(struct exchange *exchange, char *order, const struct order_from *from, struct place *place,
                                 struct order_list *list, struct pith_error *reterr)
{
    const struct pith_ranking *ranking = from->ranking;
    enum pith_status status = PITH_OK;
    char *rest = NULL;
    for (char *key = strtok_r(order, "\n", &rest); !status && key; key = strtok_r(NULL, "\n", &rest)) {
        const struct place wanted = {.key = key};
        struct place *found = bsearch(&wanted, place, ranking->count, sizeof *place, by_key);
        if (found && !found->taken) {
            found->taken = true;
            list->row[list->count++] = ranking->item[found->at];
        } else if (!found && list->count < from->most) {
            status = add_fallen(exchange, key, from->reasons, list, reterr);
        }
    }
    return status;
}

/* Those of the ranking that the order does not have. */
static void add_new(const struct pith_ranking *ranking, const struct place *place, struct order_list *list)
{
    for (size_t i = 0; i < ranking->count; i++) {
        const struct place wanted = {.key = ranking->item[i].key};
        const struct place *found = bsearch(&wanted, place, ranking->count, sizeof *place, by_key);
        if (!found || !found->taken)
            list->row[list->count++] = ranking->item[i];
    }
}

enum pith_status order_make(struct exchange *exchange, const char *name, const struct order_from *from, struct order_list *ret_list,
                            struct pith_error *reterr)
{
    const struct pith_ranking *ranking = from->ranking;
    PITH_AUTO(pith_free_p) char *order = recall(exchange, name);
    PITH_AUTO(pith_free_p) struct place *place = pith_calloc(ranking->count + 1, sizeof *place);
    PITH_AUTO(order_clear)
    struct order_list list = {.row = pith_calloc(ranking->count + ORDER_MOST + 1, sizeof *list.row),
                              .own = pith_calloc(ORDER_MOST + 1, sizeof *list.own)};
    enum pith_status status = PITH_OK;
    if (!place || !list.row || !list.own)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < ranking->count; i++)
        place[i] = (struct place){ranking->item[i].key, i, false};
    qsort(place, ranking->count, sizeof *place, by_key);
    if (order)
        status = add_kept(exchange, order, from, place, &list, reterr);
    if (status)
        return status;
    add_new(ranking, place, &list);
    keep(exchange, &list);
    *ret_list = list;
    list = (struct order_list){0};
    return PITH_OK;
}
