/* harvest: what is asked of a source, request by request. Addresses in, addresses out: no network, no store.
 *
 * A source is named
 *   arxiv:cs.LG+cs.CL            the day's feed of these categories, and the days missed since by OAI-PMH
 *   hf                           Hugging Face Daily Papers, a request a day
 *   biorxiv:neuroscience         bioRxiv's category ("biorxiv": all); medrxiv the same
 *   openreview:ICLR.cc/2025/Conference   the submissions of a venue
 *   https://…                    any feed or listing that pith reads */
#ifndef PITH_ENGINE_INTAKE_FETCH_HARVEST_H
#define PITH_ENGINE_INTAKE_FETCH_HARVEST_H

#include "engine/intake/fetch/http.h"
#include "engine/papers/paper.h"
#include <pith/status.h>

enum harvest_service { HARVEST_ARXIV, HARVEST_HF, HARVEST_BIORXIV, HARVEST_MEDRXIV, HARVEST_OPENREVIEW, HARVEST_URL };
enum { HARVEST_SERVICES = HARVEST_URL + 1, HARVEST_MAX_NAME = 1024, HARVEST_MOST_DAYS = 60, HARVEST_OVERLAP = 3 };

struct harvest_source {
    enum harvest_service service;
    char argument[HARVEST_MAX_NAME]; /* what stands behind the colon; the address of a feed */
};
/* PITH_USAGE says what is expected. */
enum pith_status harvest_parse(const char *name, struct harvest_source *ret_source, struct pith_error *reterr);

/* Where a service is asked, without a slash at the end: its own place unless `mirror` (NULL or "": none) names another. */
const char *harvest_place(enum harvest_service service, const char *mirror);
/* "arxiv", "hf", …: as mirrors are named; NULL for HARVEST_URL and past the last. */
const char *harvest_service_name(enum harvest_service service);

/* One run over a source: what is to be fetched of it, in steps. */
struct harvest {
    struct harvest_source source;
    const char *mirror;
    int32_t from, today; /* days to fetch; from PITH_NO_DAY: what the source has now */
    bool past;           /* arXiv: the days missed, by OAI-PMH, rather than today's feed */
    size_t category;     /* arXiv's past: which one */
    int32_t day;         /* HF: the day under way */
    size_t offset;       /* of pages */
    size_t announced;    /* papers that the source says it has, where it does; else those seen */
    bool told;           /* it said */
    bool done;
    char url[HTTP_MAX_URL]; /* to be asked next */
};
/* Prepares the first request. `last` (PITH_NO_DAY: none): the day that the last good fetch reached; `since` (PITH_NO_DAY: not
 * given): the first day that is wanted. A run that goes back asks for some days once more, as sources are late. */
enum pith_status harvest_start(struct harvest *harvest, const struct harvest_source *source, const char *mirror, int32_t last,
                               int32_t since, int32_t today, struct pith_error *reterr);
/* Starts over with the days missed of arXiv. */
enum pith_status harvest_start_past(struct harvest *harvest, int32_t from, struct pith_error *reterr);
/* Takes note of an answer that held `records`, and prepares the next request or sets `done`. */
enum pith_status harvest_step(struct harvest *harvest, const char *body, size_t length, size_t records, struct pith_error *reterr);
/* Whether an OAI-PMH answer says that the place in a harvest is no longer known. */
bool harvest_is_stale(const char *body, size_t length);
/* How many days a run of arXiv's or a day's listing covers: days on which something is announced (Monday to Friday) after `last` and
 * before `today`. */
int harvest_days_missed(int32_t last, int32_t today);

#endif
