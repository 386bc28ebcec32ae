#include "engine/intake/fetch/throttle.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void host_of(const char *url, char *host, size_t size)
{
    const char *start = strstr(url, "://");
    start = start ? start + 3 : url;
    snprintf(host, size, "%.*s", (int)strcspn(start, "/?#"), start);
}

static int64_t spacing_of(const char *host)
{
    size_t length = strlen(host);
    bool arxiv = length >= 9 && strcasecmp(host + length - 9, "arxiv.org") == 0;
    return arxiv ? POLITE_ARXIV_SPACING : POLITE_SPACING;
}

/* Waits until the host may be asked again. Of many hosts the one asked longest ago is forgotten. */
static void wait_turn(struct throttle *polite, const char *url)
{
    const struct throttle_world *world = polite->world;
    char name[sizeof polite->host->name];
    size_t at = 0, oldest = 0;
    host_of(url, name, sizeof name);
    for (; at < polite->hosts && strcasecmp(polite->host[at].name, name) != 0; at++)
        oldest = polite->host[at].asked < polite->host[oldest].asked ? at : oldest;
    if (at < polite->hosts) {
        int64_t wait = polite->host[at].asked + spacing_of(name) - world->now(world->user);
        if (wait > 0)
            world->sleep(world->user, wait);
    } else {
        at = polite->hosts < POLITE_HOSTS ? polite->hosts++ : oldest;
        snprintf(polite->host[at].name, sizeof polite->host[at].name, "%s", name);
    }
    polite->host[at].asked = world->now(world->user);
}

static bool may_try_again(enum pith_status status, const struct http_answer *answer)
{
    if (status)
        return status == PITH_IO;
    switch (answer->code) {
    case 429:
    case 500:
    case 502:
    case 503:
    case 504: return true;
    default: return false;
    }
}

/* Follows redirects from `url`, which is changed on the way. */
static enum pith_status ask(struct throttle *polite, const struct http_request *request, char url[HTTP_MAX_URL],
                            struct http_answer *ret_answer, struct pith_error *reterr)
{
    struct http_request step = *request;
    step.url = url;
    for (int redirects = 0; redirects <= POLITE_REDIRECTS; redirects++) {
        PITH_AUTO(http_answer_clear) struct http_answer answer = {0};
        wait_turn(polite, url);
        enum pith_status status = polite->world->get(polite->world->user, &step, &answer, reterr);
        if (status)
            return status;
        if (answer.code < 300 || answer.code >= 400 || answer.code == 304 || !*answer.location) {
            *ret_answer = answer;
            answer = (struct http_answer){0};
            return PITH_OK;
        }
        if (strncasecmp(url, "https:", 6) == 0 && strncasecmp(answer.location, "https:", 6) != 0)
            return pith_fail(reterr, PITH_USAGE, "%.150s sends on to %.150s, where nobody would be proved: not followed", url,
                             answer.location);
        if (strncasecmp(answer.location, "https:", 6) != 0 && strncasecmp(answer.location, "http:", 5) != 0)
            return pith_fail(reterr, PITH_USAGE, "%.150s sends on to %.150s: not followed", url, answer.location);
        snprintf(url, HTTP_MAX_URL, "%s", answer.location);
        step.etag = step.modified = NULL; /* of another address */
    }
    return pith_fail(reterr, PITH_USAGE, "%.200s sends on and on, more than %d times", request->url, POLITE_REDIRECTS);
}

/* Milliseconds to wait before try number `next`; -1 when it is not worth it. */
static int64_t wait_before(int next, const struct http_answer *answer)
{
    static const int64_t seconds[POLITE_TRIES] = {0, 5, 15, 45};
    if (answer->retry_after > POLITE_LONGEST_WAIT)
        return -1;
    return 1000 * (answer->retry_after >= 0 ? answer->retry_after : seconds[next]);
}

static enum pith_status fail(const char *url, const struct http_answer *answer, struct pith_error *reterr)
{
    const char *meaning = answer->code == 429 || answer->code == 503   ? ": it asks to be left alone for a while"
                          : answer->code == 404                        ? ": there is nothing there"
                          : answer->code == 403 || answer->code == 401 ? ": it does not want to be asked"
                                                                       : "";
    return pith_fail(reterr, PITH_IO, "%.200s answers %ld%s", url, answer->code, meaning);
}

enum pith_status throttle_get(struct throttle *polite, const struct http_request *request, struct http_answer *ret_answer,
                              struct pith_error *reterr)
{
    for (int try = 1;; try++) {
        PITH_AUTO(http_answer_clear) struct http_answer answer = {.retry_after = -1};
        char url[HTTP_MAX_URL];
        snprintf(url, sizeof url, "%s", request->url);
        enum pith_status status = ask(polite, request, url, &answer, reterr);
        if (!status && (answer.code == 200 || answer.code == 304)) {
            *ret_answer = answer;
            answer = (struct http_answer){0};
            return PITH_OK;
        }
        int64_t wait = may_try_again(status, &answer) && try < POLITE_TRIES ? wait_before(try, &answer) : -1;
        if (wait < 0)
            return status ? status : fail(url, &answer, reterr);
        polite->world->sleep(polite->world->user, wait);
    }
}
