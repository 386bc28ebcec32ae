#include "engine/door/handle.h"

#include "engine/door/numbers.h"

#include "engine/crypto/vault.h"
#include "engine/intake/fetch/run.h"
#include "engine/intake/import.h"
#include "engine/intake/sniff.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FOUND = 20, OWN_SEED = 1 };

enum pith_status pith_open(const char *home, bool create, struct pith **ret_pith, struct pith_error *reterr)
{
    PITH_AUTO(pith_close_p) struct pith *pith = pith_calloc(1, sizeof *pith);
    if (!pith)
        return pith_no_memory(reterr);
    enum pith_status status = vault_start(reterr);
    if (!status)
        status = store_open(home, create, &pith->store, reterr);
    pith->home = strdup(home);
    if (!status && !pith->home)
        status = pith_no_memory(reterr);
    if (!status)
        status = mapped_embedding_open(&pith->shipped, reterr);
    if (!status)
        status = own_embedding_load(home, &pith->own, reterr);
    if (status)
        return status;
    pith->embeddings = (struct embeddings){.shipped = pith->shipped.embedding, .own = pith->own.embedding};
    *ret_pith = PITH_TAKE(pith);
    return status;
}

void pith_close(struct pith *pith)
{
    if (!pith)
        return;
    profile_lock(pith->profile);
    store_close(pith->store);
    mapped_embedding_clear(&pith->shipped);
    own_embedding_clear(&pith->own);
    bytes_clear(&pith->fit.model);
    free(pith->home);
    free(pith->reader);
    free(pith->witness);
    free(pith);
}

void pith_set_progress(struct pith *pith, pith_progress *progress, void *user)
{
    pith->progress = progress;
    pith->progress_user = user;
}

bool pith_day_from_text(const char *text, int32_t *ret_day)
{
    return days_from_text(text, strlen(text), ret_day);
}

const char *pith_day_text(int32_t day, char buffer[16])
{
    return days_text(day, buffer);
}

const char *pith_chance_text(double probability, char buffer[PITH_CHANCE_SIZE])
{
    *buffer = '\0';
    if (probability < 0.01 || probability > 0.99)
        snprintf(buffer, PITH_CHANCE_SIZE, "%s", probability < 0.5 ? "<1%" : ">99%");
    else if (isfinite(probability))
        snprintf(buffer, PITH_CHANCE_SIZE, "%.0f%%", 100 * probability);
    return buffer;
}

/* ---- papers ---- */

void handle_progress(void *user, size_t done, size_t all)
{
    const struct handle_stage *stage = user;
    if (stage->pith->progress)
        stage->pith->progress(stage->pith->progress_user, stage->what, done, all);
}

enum pith_status handle_take_request(const void *request, void *ret_request, size_t size, struct pith_error *reterr)
{
    size_t given;
    memcpy(&given, request, sizeof given);
    if (given < sizeof given)
        return pith_fail(reterr, PITH_USAGE, "the request does not say its size: set `size` to sizeof of its struct");
    for (size_t i = size; i < given; i++)
        if (((const unsigned char *)request)[i])
            return pith_fail(reterr, PITH_USAGE,
                             "the request asks for what this pith (" PITH_VERSION ") does not know: update pith");
    memset(ret_request, 0, size);
    memcpy(ret_request, request, given < size ? given : size);
    return PITH_OK;
}

/* Features of an older version are derived again before anything reads them. */
enum pith_status handle_refresh(struct pith *pith, struct pith_error *reterr)
{
    struct handle_stage stage = {pith, "deriving features"};
    const struct import_options options = {.embedding = pith->embeddings.shipped, .progress = handle_progress, .user = &stage};
    return import_refresh(pith->store, &options, reterr);
}

enum pith_status handle_import(struct pith *pith, const struct pith_input *from, const struct import_options *options,
                               struct pith_import_report *ret_report, struct pith_error *reterr)
{
    struct handle_stage stage = {pith, "importing"};
    struct import_options here = *options;
    here.embedding = pith->embeddings.shipped;
    here.progress = handle_progress;
    here.user = &stage;
    enum pith_status status = handle_refresh(pith, reterr);
    return status ? status : import_input(pith->store, from, &here, ret_report, reterr);
}

enum pith_status pith_import_input(struct pith *pith, const struct pith_input *input, int32_t today,
                                   struct pith_import_report *ret_report, struct pith_error *reterr)
{
    return handle_import(pith, input, &(struct import_options){.today = today}, ret_report, reterr);
}

enum pith_status pith_import(struct pith *pith, const void *bytes, size_t length, int32_t today,
                             struct pith_import_report *ret_report, struct pith_error *reterr)
{
    struct source_memory memory = {bytes, length};
    const struct pith_input input = sources_memory(&memory);
    return pith_import_input(pith, &input, today, ret_report, reterr);
}

enum pith_status pith_sniff(const struct pith_input *input, int32_t today, struct pith_sniffed **ret_sniffed,
                            struct pith_error *reterr)
{
    enum pith_status status = vault_start(reterr); /* keys of titles are hashes */
    return status ? status : sniff_input(input, today, ret_sniffed, reterr);
}

/* ---- an embedding of one's own ---- */

enum pith_status pith_learn_embedding(struct pith *pith, int32_t today, struct pith_embedding *ret_embedding,
                                      struct pith_error *reterr)
{
    struct handle_stage stage = {pith, "learning"};
    PITH_AUTO(pith_free_p) unsigned char *bytes = NULL;
    PITH_AUTO(own_embedding_clear) struct own_embedding before = {0};
    size_t length;
    enum pith_status status = handle_refresh(pith, reterr);
    if (!status)
        status = embedding_learn(
            pith->store,
            &(struct embedding_learn_options){pith->home, EMBEDDING_LEARN_LEAST, OWN_SEED, today, handle_progress, &stage}, &bytes,
            &length, reterr);
    if (!status)
        status = own_embedding_save(pith->home, bytes, length, reterr);
    if (status)
        return status;
    before = pith->own;
    pith->embeddings.own = NULL;
    status = own_embedding_load(pith->home, &pith->own, reterr);
    if (status || !pith->own.embedding)
        return status ? status : pith_fail(reterr, PITH_IO, "what was learnt could not be read back");
    pith->embeddings.own = pith->own.embedding;
    *ret_embedding = (struct pith_embedding){.papers = embedding_origin(pith->own.embedding)->papers,
                                             .terms = embedding_terms(pith->own.embedding)};
    return PITH_OK;
}

/* ---- fetching ---- */

struct transport { /* the network, as throttle needs it */
    const struct pith_clock *clock;
    struct http *http;
};

static int64_t transport_now(void *user)
{
    const struct pith_clock *clock = ((struct transport *)user)->clock;
    return clock->now(clock->user);
}

static void transport_sleep(void *user, int64_t milliseconds)
{
    const struct pith_clock *clock = ((struct transport *)user)->clock;
    clock->sleep(clock->user, milliseconds);
}

static enum pith_status transport_get(void *user, const struct http_request *request, struct http_answer *ret_answer,
                                      struct pith_error *reterr)
{
    return http_get(((struct transport *)user)->http, request, ret_answer, reterr);
}

enum pith_status pith_fetch(struct pith *pith, const struct pith_fetch_request *request, struct pith_receipt *ret_receipt,
                            struct pith_error *reterr)
{
    PITH_AUTO(http_free_p) struct http *http = NULL;
    struct pith_fetch_request asked;
    enum pith_status status = handle_take_request(request, &asked, sizeof asked, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = http_new(&http, reterr);
    if (status)
        return status;
    struct transport wire = {asked.clock, http};
    const struct throttle_world world = {transport_now, transport_sleep, transport_get, &wire};
    return fetch_source(pith->store, pith->embeddings.shipped, &asked, &world, ret_receipt, reterr);
}

void pith_receipts_free(struct pith_receipts *receipts)
{
    free(receipts->item);
    free(receipts);
}

static enum pith_status take_receipt(void *user, const struct pith_receipt *receipt, struct pith_error *reterr)
{
    struct pith_receipts *receipts = user;
    (void)reterr;
    receipts->item[receipts->count++] = *receipt;
    return PITH_OK;
}

enum pith_status pith_list_receipts(struct pith *pith, size_t most, struct pith_receipts **ret_receipts, struct pith_error *reterr)
{
    PITH_AUTO(pith_receipts_free_p) struct pith_receipts *receipts = pith_calloc(1, sizeof *receipts);
    if (receipts)
        receipts->item = pith_calloc(most, sizeof *receipts->item);
    if (!receipts || !receipts->item)
        return pith_no_memory(reterr);
    enum pith_status status = store_each_receipt(pith->store, most, take_receipt, receipts, reterr);
    if (!status)
        *ret_receipts = PITH_TAKE(receipts);
    return status;
}

void pith_papers_free(struct pith_papers *papers)
{
    for (size_t i = 0; i < papers->count; i++) {
        free(papers->item[i].key);
        free(papers->item[i].id);
        free(papers->item[i].title);
    }
    free(papers->item);
    free(papers);
}

static enum pith_status copy_title(void *user, const struct store_row *row, struct pith_error *reterr)
{
    char **title = user;
    *title = strdup(row->title);
    return *title ? PITH_OK : pith_no_memory(reterr);
}

enum pith_status handle_describe(struct pith *pith, int64_t id, char **ret_key, char **ret_id, char **ret_title,
                                 struct pith_error *reterr)
{
    char key[PAPER_KEY_SIZE];
    enum pith_status status = store_paper_key(pith->store, id, key, reterr);
    if (!status)
        status = paper_display_id(key, ret_id, reterr);
    if (!status)
        status = store_visit_paper(pith->store, id, copy_title, ret_title, reterr);
    if (!status && !(*ret_key = strdup(key)))
        status = pith_no_memory(reterr);
    return status;
}

enum pith_status handle_describe_key(struct pith *pith, const char *key, char **ret_key, char **ret_id, char **ret_title,
                                     struct pith_error *reterr)
{
    int64_t id;
    enum pith_status status = store_find_key(pith->store, key, &id, reterr);
    if (!status)
        return handle_describe(pith, id, ret_key, ret_id, ret_title, reterr);
    if (status != PITH_NOT_FOUND)
        return status;
    *ret_key = strdup(key);
    *ret_title = strdup(strncmp(key, PAPER_TEXT, strlen(PAPER_TEXT)) == 0 ? key + strlen(PAPER_TEXT) : "");
    status = paper_display_id(key, ret_id, reterr);
    return *ret_key && *ret_title ? status : pith_no_memory(reterr);
}

static enum pith_status describe_all(struct pith *pith, const int64_t *id, size_t count, struct pith_papers **ret_papers,
                                     struct pith_error *reterr)
{
    PITH_AUTO(pith_papers_free_p) struct pith_papers *papers = pith_calloc(1, sizeof *papers);
    if (!papers)
        return pith_no_memory(reterr);
    papers->more = count > MAX_FOUND;
    papers->item = pith_calloc(MAX_FOUND, sizeof *papers->item);
    if (!papers->item)
        return pith_no_memory(reterr);
    while (papers->count < count && papers->count < MAX_FOUND) {
        struct pith_paper *paper = &papers->item[papers->count++];
        enum pith_status status = handle_describe(pith, id[papers->count - 1], &paper->key, &paper->id, &paper->title, reterr);
        if (status)
            return status;
    }
    *ret_papers = PITH_TAKE(papers);
    return PITH_OK;
}

static const char *scope_name(unsigned scope)
{
    switch (scope) {
    case PITH_MAY_RANK: return "rank";
    case PITH_MAY_VOTE: return "vote";
    case PITH_MAY_EXPORT: return "export";
    default: return "manage";
    }
}

/* An unlocked profile, opened by a way in that may do this. 0: whatever it may. */
enum pith_status handle_need(struct pith *pith, unsigned scope, struct pith_error *reterr)
{
    if (!pith->profile)
        return pith_fail(reterr, PITH_LOCKED, "the profile is locked: its passphrase is needed");
    enum pith_status status = profile_refresh(pith->profile, reterr);
    if (status)
        return status;
    if (scope & ~profile_scopes(pith->profile))
        return pith_fail(reterr, PITH_LOCKED, "this token may not do that: it was made without --allow %s", scope_name(scope));
    return PITH_OK;
}

enum pith_status handle_read(struct pith *pith, unsigned scope, struct store **ret_reading, struct pith_error *reterr)
{
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    enum pith_status status = store_begin_reading(pith->store, &reading, reterr);
    if (!status)
        status = handle_need(pith, scope, reterr);
    if (!status)
        *ret_reading = PITH_TAKE(reading);
    return status;
}

static bool is_rank(const char *name)
{
    size_t digits = strspn(name, "0123456789");
    return digits > 0 && digits <= 7 && !name[digits];
}

/* The paper with this identifier, in a known spelling or as the listing had it. */
static enum pith_status find_identifier(struct pith *pith, const char *name, int64_t *ret_id, struct pith_error *reterr)
{
    char key[PAPER_KEY_SIZE];
    if (paper_key_from_text(name, strlen(name), key, NULL)) {
        enum pith_status status = store_find_key(pith->store, key, ret_id, reterr);
        if (status != PITH_NOT_FOUND)
            return status;
        return pith_fail(reterr, PITH_NOT_FOUND, "%s is not in the store: import a listing that holds it", name);
    }
    if (snprintf(key, sizeof key, "id:%s", name) >= (int)sizeof key)
        return PITH_NOT_FOUND;
    return store_find_key(pith->store, key, ret_id, NULL);
}

enum pith_status pith_identify(struct pith *pith, const char *identifier, struct pith_papers **ret_paper, struct pith_error *reterr)
{
    int64_t id;
    enum pith_status status = find_identifier(pith, identifier, &id, reterr);
    if (status == PITH_NOT_FOUND)
        return pith_fail(reterr, PITH_NOT_FOUND, "%s is no identifier of a paper in the store", identifier);
    return status ? status : describe_all(pith, &id, 1, ret_paper, reterr);
}

enum pith_status pith_list_days(struct pith *pith, int32_t **ret_days, size_t *ret_count, struct pith_error *reterr)
{
    return store_days(pith->store, ret_days, ret_count, reterr);
}

enum pith_status pith_list_listings(struct pith *pith, struct pith_listing **ret_listings, size_t *ret_count,
                                    struct pith_error *reterr)
{
    return store_listings(pith->store, ret_listings, ret_count, reterr);
}

enum pith_status pith_find(struct pith *pith, const char *name, struct pith_papers **ret_papers, struct pith_error *reterr)
{
    int64_t id[MAX_FOUND + 1];
    size_t count = 1;
    struct pith_error known = {0};
    enum pith_status status;
    if (is_rank(name)) {
        char key[PAPER_KEY_SIZE];
        status = numbers_find(pith, strtoul(name, NULL, 10), key, reterr);
        if (!status)
            status = store_find_key(pith->store, key, id, reterr);
        return status ? status : describe_all(pith, id, 1, ret_papers, reterr);
    }
    status = find_identifier(pith, name, id, &known);
    if (status == PITH_NOT_FOUND && known.status) /* it was an identifier */
        return pith_fail(reterr, PITH_NOT_FOUND, "%s", known.message);
    if (status == PITH_NOT_FOUND)
        status = store_find_title(pith->store, name, id, MAX_FOUND + 1, &count, reterr);
    if (!status && !count)
        status = pith_fail(reterr, PITH_NOT_FOUND,
                           "no paper is called \"%s\": give a rank, an identifier, or at least 3 letters of a title", name);
    return status ? status : describe_all(pith, id, count, ret_papers, reterr);
}
