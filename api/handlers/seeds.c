/* Starting from what is there: a library or list of identifiers, or words about an interest, taken as liked. */
#include "api/routes.h"

#include <pith/json.h>

#include <jansson.h>
#include <string.h>

/* {"words": "..."} and nothing else; other JSON is a library's. NULL: it is none of these. */
static json_t *read_words(const struct request *request)
{
    PITH_AUTO(exchange_drop) json_t *body = json_loadb(request->body, request->length, 0, NULL);
    bool words = json_object_size(body) == 1 && json_is_string(json_object_get(body, "words"));
    return words ? PITH_TAKE(body) : NULL;
}

enum pith_status seeds_post(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(exchange_drop) json_t *words = read_words(exchange->request);
    struct pith_seed_report report = {0};
    char *json = NULL;
    bool seeded = false;
    int32_t today = exchange_today(exchange);
    const char *about = target_parameter(exchange->request->target, "about");
    if (words && about)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "about goes with a library");
    enum pith_status status = words ? pith_seed_words(exchange->pith, json_string_value(json_object_get(words, "words")), today,
                                                      &seeded, reterr)
                                    : pith_seed_file(exchange->pith, exchange->request->body, exchange->request->length, about,
                                                     today, &report, reterr);
    if (!status && words) {
        report.seeded = seeded;
        report.standing = !seeded;
    }
    if (!status)
        status = pith_json_seeded(words ? "words" : "body", &report, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}
