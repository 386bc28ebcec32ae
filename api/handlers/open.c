/* What anybody may ask (and, for /metrics, the operator). */
#include "api/routes.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char openapi_document[]; /* api/openapi.json, as it stands in the tree */

static enum pith_status text(struct exchange *exchange, const char *type, const char *words, struct pith_error *reterr)
{
    char *copy = strdup(words);
    if (!copy)
        return pith_no_memory(reterr);
    reply_take(exchange->reply, 200, type, copy);
    return PITH_OK;
}

enum pith_status open_health(struct exchange *exchange, struct pith_error *reterr)
{
    return exchange_document(exchange, 200, json_pack("{s:s, s:s}", "status", "ok", "version", PITH_VERSION), reterr);
}

enum pith_status open_ready(struct exchange *exchange, struct pith_error *reterr)
{
    struct pith_summary summary;
    enum pith_status status = pith_summarise(exchange->pith, &summary, reterr);
    return status ? status : exchange_document(exchange, 200, json_pack("{s:s}", "status", "ready"), reterr);
}

enum pith_status open_description(struct exchange *exchange, struct pith_error *reterr)
{
    return text(exchange, TYPE_JSON, openapi_document, reterr);
}

enum pith_status open_problem(struct exchange *exchange, struct pith_error *reterr)
{
    const char *meaning = problem_meaning(exchange->part);
    return meaning ? text(exchange, TYPE_TEXT, meaning, reterr) : pith_fail(reterr, PITH_NOT_FOUND, "there is no such problem");
}

enum pith_status open_metrics(struct exchange *exchange, struct pith_error *reterr)
{
    const struct service_counts *counts = &exchange->service->counts;
    char *page = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&page, &length);
    if (!to)
        return pith_no_memory(reterr);
    uint64_t all = 0;
    fputs("# HELP pith_requests_total Requests answered, by hundreds of their status.\n# TYPE pith_requests_total "
          "counter\n",
          to);
    for (int i = 2; i < 6; i++) {
        fprintf(to, "pith_requests_total{status=\"%dxx\"} %" PRIu64 "\n", i, counts->answered[i]);
        all += counts->answered[i];
    }
    fprintf(to,
            "# HELP pith_request_seconds Time from the last byte of a request to its answer.\n# TYPE "
            "pith_request_seconds summary\n"
            "pith_request_seconds_sum %.6f\npith_request_seconds_count %" PRIu64 "\n"
            "# HELP pith_kept_answers_total Requests answered without opening a profile.\n# TYPE "
            "pith_kept_answers_total counter\n"
            "pith_kept_answers_total %" PRIu64 "\n"
            "# HELP pith_refused_total Requests refused because a token asked too often.\n# TYPE pith_refused_total "
            "counter\n"
            "pith_refused_total %" PRIu64 "\n"
            "# HELP pith_start_time_seconds When the service started, in seconds since 1970.\n# TYPE "
            "pith_start_time_seconds gauge\n"
            "pith_start_time_seconds %" PRId64 "\n",
            (double)counts->microseconds / 1e6, all, counts->kept, counts->refused, exchange->service->started);
    if (fclose(to) != 0) {
        free(page);
        return pith_no_memory(reterr);
    }
    reply_take(exchange->reply, 200, "text/plain; version=0.0.4; charset=utf-8", page);
    return PITH_OK;
}
