/* Any bytes as a request: METHOD TARGET, header lines, an empty line, a body. Whatever comes gets an answer that is one of those described,
 * and none is a failure of ours. "T", "O" and "W" in place of a token stand for a reader's, the operator's and a wrong one. */
#include "tests/fuzz/fuzz.h"

#include "api/pages/session.h"
#include "api/service.h"
#include "tests/lib/testing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NOW = 1704200000, TODAY = 19724 };
static const char operator_token[] = "the operator's own token, long enough";
static struct pith *pith;
static struct service *service;
static char reader[200], operator_line[100];
static char *cookie; /* of a browser that the reader signed in with */

static void start(void)
{
    struct pith_import_report report;
    struct pith_secret *code = NULL, *token = NULL;
    const struct service_options options = {.operator_token = operator_token,
                                            .base_url = "http://127.0.0.1:8417",
                                            .origin = "https://a.example",
                                            .answers = 1 << 20,
                                            .now = NOW};
    const struct pith_key_request key = {.size = sizeof key,
                                         .way = PITH_TOKEN,
                                         .label = "all",
                                         .scopes = PITH_MAY_RANK | PITH_MAY_VOTE | PITH_MAY_EXPORT | PITH_MAY_MANAGE};
    size_t length;
    char *papers = testing_papers(4, &length);
    HOLDS(pith_open(testing_folder(), true, &pith, NULL) == PITH_OK);
    HOLDS(pith_import(pith, papers, length, TODAY, &report, NULL) == PITH_OK);
    free(papers);
    HOLDS(pith_set_reader(pith, "Ann", NULL) == PITH_OK && pith_create_by_code(pith, &code, NULL) == PITH_OK);
    HOLDS(pith_unlock(pith, PITH_RECOVERY_CODE, code->text, strlen(code->text), NOW, NULL) == PITH_OK);
    HOLDS(pith_put_key(pith, &key, &token, NULL) == PITH_OK);
    snprintf(reader, sizeof reader, "Bearer %s", token->text);
    snprintf(operator_line, sizeof operator_line, "Bearer %s", operator_token);
    HOLDS(service_new(&options, &service, NULL) == PITH_OK);
    HOLDS(session_cookie(&service->base_url, token->text, strlen(token->text), 0, &cookie, NULL) == PITH_OK);
    cookie[strcspn(cookie, ";")] = '\0';
    pith_secret_free(code);
    pith_secret_free(token);
    HOLDS(pith_set_reader(pith, NULL, NULL) == PITH_OK);
}

static void take_header(struct request *request, const char *name, const char *value)
{
    const struct {
        const char *name, **place;
    } known[] = {{"Authorization", &request->authorization},
                 {"Content-Type", &request->content_type},
                 {"Accept", &request->accept},
                 {"Accept-Encoding", &request->accept_encoding},
                 {"If-None-Match", &request->if_none_match},
                 {"Idempotency-Key", &request->idempotency_key},
                 {"Cookie", &request->cookie},
                 {"Host", &request->host},
                 {"Sec-Fetch-Site", &request->fetch_site},
                 {"Origin", &request->origin},
                 {"Access-Control-Request-Method", &request->asked_method}};
    if (strcasecmp(name, "Authorization") == 0)
        value = strcmp(value, "T") == 0 ? reader : strcmp(value, "O") == 0 ? operator_line : value;
    if (strcasecmp(name, "Cookie") == 0 && strcmp(value, "T") == 0)
        value = cookie;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(name, known[i].name) == 0)
            *known[i].place = value;
}

/* Takes the head apart, line by line, in place; the body begins behind the empty line. */
static void read_head(char *text, struct request *request)
{
    char *line = strsep(&text, "\n"), *blank = strchr(line, ' ');
    request->method = line;
    request->raw = blank ? blank + 1 : "";
    if (blank)
        *blank = '\0';
    while (text && (line = strsep(&text, "\n")) && *line) {
        char *colon = strstr(line, ": ");
        if (!colon)
            continue;
        *colon = '\0';
        take_header(request, line, colon + 2);
    }
    request->body = text ? text : "";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {200, 201, 204, 303, 304, 400, 401, 403, 404, 405, 409, 411, 413, 415, 422, 429};
    struct target target;
    struct reply reply = {0};
    bool known = false;
    if (!pith)
        start();
    char *text = calloc(size + 1, 1);
    HOLDS(text);
    memcpy(text, data, size);
    struct request request = {.target = &target, .peer = "fuzz", .now = NOW};
    read_head(text, &request);
    request.length = request.body >= text && request.body <= text + size ? size - (size_t)(request.body - text) : 0;
    if (target_read(request.raw, &target, NULL) == PITH_OK) {
        service_handle(service, pith, &request, &reply);
        for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
            known = known || reply.status == statuses[i];
        HOLDS(known);
        HOLDS((reply.status == 204 || reply.status == 303 || reply.status == 304) == !reply.body);
    }
    reply_clear(&reply);
    free(text);
    return 0;
}
