#include "api/once.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNDER_WAY = 64 /* as many as there can be workers */, MOST_KEY = 100 };

_Static_assert((int)PITH_ONCE_HASH == 16, "a fingerprint's bytes");

struct once {
    pthread_mutex_t lock;
    struct pith_once request[UNDER_WAY];
    size_t count;
};

enum pith_status once_new(struct once **ret_once, struct pith_error *reterr)
{
    struct once *once = pith_calloc(1, sizeof *once);
    if (!once)
        return pith_no_memory(reterr);
    pthread_mutex_init(&once->lock, NULL);
    *ret_once = once;
    return PITH_OK;
}

void once_free(struct once *once)
{
    pthread_mutex_destroy(&once->lock);
    free(once);
}

bool once_is_asked(const struct request *request)
{
    return request->idempotency_key && strcmp(request->method, "POST") == 0;
}

static void put_hash(const void *bytes, size_t length, unsigned char hash[PITH_ONCE_HASH])
{
    char hex[33];
    pith_fingerprint(bytes, length, hex);
    for (size_t i = 0; i < PITH_ONCE_HASH; i++)
        sscanf(hex + 2 * i, "%2hhx", &hash[i]);
}

/* Of the token, the address and the key, each told from the next. */
static bool describe(const struct exchange *exchange, struct pith_once *ret_request)
{
    const struct request *request = exchange->request;
    char *whole = NULL;
    int length = asprintf(&whole, "%.*s %s %s", (int)exchange->token_length, exchange->token, request->raw,
                          request->idempotency_key);
    if (length < 0)
        return false;
    put_hash(whole, (size_t)length, ret_request->name);
    put_hash(request->length ? request->body : "", request->length, ret_request->body);
    explicit_bzero(whole, (size_t)length);
    free(whole);
    return true;
}

/* Notes that it is under way; false where the same is. */
static bool claim(struct once *once, const struct pith_once *request)
{
    bool good = true;
    pthread_mutex_lock(&once->lock);
    for (size_t i = 0; i < once->count; i++)
        good = good && memcmp(once->request[i].name, request->name, sizeof request->name) != 0;
    good = good && once->count < UNDER_WAY;
    if (good)
        once->request[once->count++] = *request;
    pthread_mutex_unlock(&once->lock);
    return good;
}

static void disclaim(struct once *once, const struct pith_once *request)
{
    pthread_mutex_lock(&once->lock);
    size_t i = 0;
    while (memcmp(once->request[i].name, request->name, sizeof request->name) != 0)
        i++;
    once->request[i] = once->request[--once->count];
    pthread_mutex_unlock(&once->lock);
}

static void fail(struct reply *reply, enum pith_status status, const struct pith_error *error)
{
    fprintf(stderr, "pith-serve: %s: %s\n", pith_status_name(status), error->message);
    problem_set(reply, problem_of_status(status), NULL);
}

/* What was answered before, again; false when it is to be done. */
static bool recall(struct exchange *exchange, const struct pith_once *request)
{
    struct reply *reply = exchange->reply;
    struct pith_error error = {0};
    char *answer = NULL;
    int answered = 0;
    enum pith_status status = pith_once_recall(exchange->pith, request, exchange->request->now, &answer, &answered, &error);
    if (status == PITH_NOT_FOUND)
        return false;
    if (status == PITH_EXISTS) {
        problem_set(reply, PROBLEM_UNUSABLE, "this Idempotency-Key came with another body before");
    } else if (status) {
        fail(reply, status, &error);
    } else if (*answer) {
        reply_take(reply, answered, TYPE_JSON, answer);
    } else {
        free(answer);
        problem_set(reply, PROBLEM_CONFLICT, "this was done under the same Idempotency-Key; its answer was too long to be kept");
    }
    return true;
}

/* From reading what was answered to keeping what is, it is one change: whoever else writes, another process perhaps, waits. */
static void answer_once(struct exchange *exchange, const struct route *route, once_unlock *unlock, once_run *run,
                        const struct pith_once *request)
{
    struct reply *reply = exchange->reply;
    struct pith_error error = {0};
    enum pith_status status = pith_once_begin(exchange->pith, &error);
    if (status) {
        fail(reply, status, &error);
        return;
    }
    bool fresh = unlock(exchange, route) && !recall(exchange, request);
    if (fresh)
        run(exchange, route);
    bool done = fresh && reply->status < 300 && reply->body;
    status = pith_once_end(exchange->pith, request, exchange->request->now, done ? reply->body : NULL, reply->status, &error);
    if (status)
        fail(reply, status, &error);
}

void once_answer(struct once *once, struct exchange *exchange, const struct route *route, once_unlock *unlock, once_run *run)
{
    struct pith_once request;
    struct reply *reply = exchange->reply;
    if (strlen(exchange->request->idempotency_key) > MOST_KEY) {
        problem_set(reply, PROBLEM_MALFORMED, "an Idempotency-Key has at most 100 characters");
        return;
    }
    if (!describe(exchange, &request)) {
        problem_set(reply, PROBLEM_BUSY, NULL);
        return;
    }
    if (!claim(once, &request)) {
        problem_set(reply, PROBLEM_CONFLICT, "a request under this Idempotency-Key is being answered: ask again");
        reply->retry = 1;
        return;
    }
    answer_once(exchange, route, unlock, run, &request);
    disclaim(once, &request);
}
