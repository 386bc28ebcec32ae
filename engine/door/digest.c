#include "engine/door/handle.h"

#include "engine/crypto/vault.h"
#include "engine/digest/compose.h"
#include "engine/digest/trail.h"
#include "engine/papers/facts.h"
#include "engine/profile/digest_log.h"
#include "engine/profile/settings.h"

#include <stdlib.h>
#include <string.h>

/* ---- settings ---- */

static enum pith_status load_settings(struct pith *pith, struct pith_settings *ret_settings, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(pith->profile, ROW_SETTINGS, &plain, reterr);
    if (status == PITH_NOT_FOUND) {
        *ret_settings = settings_default();
        return PITH_OK;
    }
    return status ? status : settings_read(&plain, ret_settings, reterr);
}

enum pith_status pith_get_settings(struct pith *pith, struct pith_settings *ret_settings, struct pith_error *reterr)
{
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    enum pith_status status = handle_read(pith, 0, &reading, reterr);
    return status ? status : load_settings(pith, ret_settings, reterr);
}

enum pith_status pith_put_settings(struct pith *pith, const struct pith_settings *settings, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (!status)
        status = settings_check(settings, reterr);
    if (!status)
        status = settings_write(settings, &plain, reterr);
    return status ? status : profile_keep(pith->profile, ROW_SETTINGS, &plain, true, reterr);
}

/* ---- the daily digest ---- */

enum { DAY_SECONDS = 86400, TICKET_DAYS = 45, PERSISTENCE = 20 };
_Static_assert((int)TICKET_DAYS < (int)PITH_DIGEST_DAYS, "an answer finds its digest as long as its ticket is good");

/* The digests kept, and which version of them that is. */
struct logged {
    struct digest_log log;
    int64_t counter;
};

static void logged_clear(struct logged *logged)
{
    digest_log_clear(&logged->log);
}

static enum pith_status load_log(struct pith *pith, struct logged *ret_logged, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(pith->profile, ROW_DIGESTS, &plain, reterr);
    ret_logged->counter = profile_row_counter(pith->profile, ROW_DIGESTS);
    if (status && status != PITH_NOT_FOUND)
        return status;
    return digest_log_read(&plain, &ret_logged->log, reterr);
}

/* PITH_EXISTS when another pith kept something there since it was loaded. */
static enum pith_status keep_log(struct pith *pith, const struct logged *logged, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = digest_log_write(&logged->log, &plain, reterr);
    return status ? status : profile_keep_over(pith->profile, ROW_DIGESTS, &plain, logged->counter, reterr);
}

/* As long as another pith is first with the digests, an action is done again on what is there then. */
static enum pith_status persist(enum pith_status (*once)(struct pith *pith, void *user, struct pith_error *reterr),
                                struct pith *pith, void *user, struct pith_error *reterr)
{
    enum pith_status status = PITH_EXISTS;
    for (int i = 0; status == PITH_EXISTS && i < PERSISTENCE; i++)
        status = once(pith, user, reterr);
    return status == PITH_EXISTS ? pith_fail(reterr, PITH_IO, "others keep changing this reader's digests: try again in a moment")
                                 : status;
}

/* The papers after one of a digest. */
static void put_trail(const unsigned char key[STORE_TICKET_KEY], const struct ticket *ticket, const struct digest_kept *kept,
                      size_t at, char text[PITH_TRAIL_TEXT])
{
    struct trail trail = {0};
    for (size_t i = at + 1; i < kept->digest->count && trail.count < TRAIL_MOST; i++, trail.count++) {
        trail.item[trail.count].number = kept->number[i];
        trail.item[trail.count].paper = ticket_paper(kept->digest->item[i].key);
    }
    trail_write(key, ticket, &trail, text);
}

/* The tickets of a digest are not kept: they are the same each time. */
static enum pith_status put_tickets(struct pith *pith, struct digest_kept *kept, struct pith_error *reterr)
{
    unsigned char key[STORE_TICKET_KEY];
    struct pith_digest *digest = kept->digest;
    struct ticket ticket = {.kind = PITH_TICKET_MAIL, .day = digest->day, .last = digest->day + TICKET_DAYS};
    enum pith_status status = store_ticket_key(pith->store, key, reterr);
    if (status)
        return status;
    memcpy(ticket.profile, profile_id(pith->profile), VAULT_ID);
    ticket_write(key, &ticket, digest->stop);
    ticket.kind = PITH_TICKET_REPLY;
    ticket.number = (int64_t)digest->count;
    bool votes = profile_scopes(pith->profile) & PITH_MAY_VOTE;
    bool is_kept = digest->state == PITH_DIGEST_CLAIMED || digest->state == PITH_DIGEST_SENT;
    if (votes && is_kept)
        ticket_write(key, &ticket, digest->reply);
    ticket.kind = PITH_TICKET_THUMB;
    for (size_t i = 0; votes && i < digest->count; i++) {
        ticket.number = kept->number[i];
        ticket.paper = ticket_paper(digest->item[i].key);
        ticket.verdict = VERDICT_UP;
        ticket_write(key, &ticket, digest->item[i].up);
        ticket.verdict = VERDICT_DOWN;
        ticket_write(key, &ticket, digest->item[i].down);
        put_trail(key, &ticket, kept, i, digest->item[i].trail);
    }
    vault_wipe(key, sizeof key);
    return PITH_OK;
}

static enum pith_status load_answers(struct pith *pith, struct answers *ret_answers, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(pith->profile, ROW_ANSWERS, &plain, reterr);
    return status && status != PITH_NOT_FOUND ? status : answers_read(&plain, ret_answers, reterr);
}

/* An edit of ROW_ANSWERS: the digest of the day at `user` tells of those that none did yet. */
static enum pith_status note_told(void *user, struct bytes *plain, bool *ret_changed, struct pith_error *reterr)
{
    const int32_t *day = user;
    struct answers answers;
    enum pith_status status = answers_read(plain, &answers, reterr);
    *ret_changed = false;
    for (size_t i = 0; !status && i < answers.count; i++)
        if (answers.item[i].told == PITH_NO_DAY) {
            answers.item[i].told = *day;
            *ret_changed = true;
        }
    return status || !*ret_changed ? status : answers_write(&answers, plain, reterr);
}

static enum pith_status compose(struct pith *pith, const struct digest_log *log, int32_t day, int64_t now,
                                struct digest_kept *ret_kept, struct pith_error *reterr)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(learner_clear) struct learner learner = {0};
    struct pith_settings settings;
    struct answers answers = {0};
    enum pith_status status = load_settings(pith, &settings, reterr);
    if (!status)
        status = load_answers(pith, &answers, reterr);
    if (!status)
        status = handle_current_model(pith, &model, reterr);
    bool draws = !status && model && settings.explore;
    if (draws)
        status = handle_load_learner(pith, LEARNER_BACKGROUND, &learner, reterr);
    const struct digest_request request = {.store = pith->store,
                                           .profile = pith->profile,
                                           .model = model,
                                           .learner = draws ? &learner : NULL,
                                           .settings = &settings,
                                           .log = log,
                                           .answers = &answers,
                                           .day = day,
                                           .time = now};
    return status ? status : digest_compose(&request, ret_kept, reterr);
}

/* The day meant, which must not be to come, for someone who may see its digest. */
static enum pith_status find_day(struct pith *pith, int32_t *day, int64_t now, struct pith_error *reterr)
{
    int64_t today = now / DAY_SECONDS;
    enum pith_status status = handle_need(pith, PITH_MAY_RANK, reterr);
    if (status)
        return status;
    if (today < TICKET_FIRST_DAY || today > TICKET_LAST_DAY - TICKET_DAYS)
        return pith_fail(reterr, PITH_USAGE, "the clock tells no day that a digest can have");
    if (*day == PITH_NO_DAY)
        *day = (int32_t)today;
    if (*day > today || *day < TICKET_FIRST_DAY)
        return pith_fail(reterr, PITH_USAGE, "a digest is of a day that has come");
    return PITH_OK;
}

/* As it was kept, else composed, of one moment; *ret_was_kept tells. Takes it out of the log. */
static enum pith_status find_digest(struct pith *pith, struct logged *logged, int32_t day, int64_t now,
                                    struct digest_kept *ret_kept, bool *ret_was_kept, struct pith_error *reterr)
{
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    enum pith_status status = handle_read(pith, PITH_MAY_RANK, &reading, reterr);
    if (!status)
        status = load_log(pith, logged, reterr);
    if (status)
        return status;
    *ret_was_kept = digest_log_take(&logged->log, day, ret_kept);
    return *ret_was_kept ? PITH_OK : compose(pith, &logged->log, day, now, ret_kept, reterr);
}

static enum pith_status put_facts(struct pith *pith, struct pith_digest_item *item, struct pith_error *reterr)
{
    PITH_AUTO(paper_clear) struct paper record;
    struct pith_error error;
    int64_t id;
    paper_init(&record);
    item->facts = (struct pith_facts){
        .published = PITH_NO_DAY, .updated = PITH_NO_DAY, .upvotes = -1, .comments = -1, .citations = -1};
    enum pith_status status = store_find_key(pith->store, item->key, &id, &error);
    if (!status)
        status = store_get_paper(pith->store, id, &record, &error);
    if (!status)
        status = facts_take(&record, &item->facts, &error);
    if (status && status != PITH_NOT_FOUND)
        return pith_fail(reterr, status, "%s", error.message);
    if (!item->facts.abstract && !(item->facts.abstract = strdup("")))
        return pith_no_memory(reterr);
    return PITH_OK;
}

static enum pith_status hand_out(struct pith *pith, struct digest_kept *kept, struct pith_digest **ret_digest,
                                 struct pith_error *reterr)
{
    enum pith_status status = put_tickets(pith, kept, reterr);
    for (size_t i = 0; !status && i < kept->digest->count; i++)
        status = put_facts(pith, &kept->digest->item[i], reterr);
    if (!status)
        status = handle_keep(pith, NULL, 0, reterr);
    if (!status)
        *ret_digest = PITH_TAKE(kept->digest);
    return status;
}

enum pith_status pith_get_digest(struct pith *pith, int32_t day, int64_t now, struct pith_digest **ret_digest,
                                 struct pith_error *reterr)
{
    PITH_AUTO(logged_clear) struct logged logged = {0};
    PITH_AUTO(digest_kept_clear) struct digest_kept kept = {0};
    bool was_kept;
    enum pith_status status = find_day(pith, &day, now, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = find_digest(pith, &logged, day, now, &kept, &was_kept, reterr);
    return status ? status : hand_out(pith, &kept, ret_digest, reterr);
}

/* Keeps it as claimed; what is given out is read back from what is kept. */
static enum pith_status claim(struct pith *pith, struct logged *logged, struct digest_kept *kept, struct pith_error *reterr)
{
    int32_t day = kept->digest->day;
    const struct profile_edit edit = {ROW_ANSWERS, note_told, &day};
    kept->digest->state = PITH_DIGEST_CLAIMED;
    enum pith_status status = profile_edit(pith->profile, &edit, 1, false,
                                           reterr); /* first: composed anew after a crash, it tells of them too */
    if (!status)
        status = digest_log_add(&logged->log, kept, reterr);
    if (!status)
        status = keep_log(pith, logged, reterr);
    if (!status)
        digest_log_take(&logged->log, day, kept);
    return status;
}

struct claiming {
    int32_t day;
    int64_t now;
    struct pith_digest **ret_digest;
};

static enum pith_status claim_once(struct pith *pith, void *user, struct pith_error *reterr)
{
    const struct claiming *claiming = user;
    PITH_AUTO(logged_clear) struct logged logged = {0};
    PITH_AUTO(digest_kept_clear) struct digest_kept kept = {0};
    bool was_kept;
    enum pith_status status = find_digest(pith, &logged, claiming->day, claiming->now, &kept, &was_kept, reterr);
    if (!status && !was_kept && kept.digest->state == PITH_DIGEST_OPEN)
        status = claim(pith, &logged, &kept, reterr);
    return status ? status : hand_out(pith, &kept, claiming->ret_digest, reterr);
}

enum pith_status pith_claim_digest(struct pith *pith, int32_t day, int64_t now, struct pith_digest **ret_digest,
                                   struct pith_error *reterr)
{
    enum pith_status status = find_day(pith, &day, now, reterr);
    if (!status && day < now / DAY_SECONDS - DIGEST_REACH)
        status = pith_fail(reterr, PITH_USAGE, "a digest can be sent up to %d days after its day", DIGEST_REACH);
    if (!status)
        status = handle_refresh(pith, reterr);
    struct claiming claiming = {day, now, ret_digest};
    return status ? status : persist(claim_once, pith, &claiming, reterr);
}

/* What was mailed counts as shown, as what was ranked does. */
static enum pith_status note_seen(struct pith *pith, const struct pith_digest *digest, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct pith_ranked *item = pith_calloc(digest->count, sizeof *item);
    if (!item && digest->count)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < digest->count; i++) {
        item[i].key = digest->item[i].key;
        item[i].day = digest->item[i].day;
    }
    struct pith_ranking shown = {.item = item, .count = digest->count};
    const struct profile_edit edit = {ROW_SHOWN, handle_note_shown, &shown};
    return profile_edit(pith->profile, &edit, 1, false, reterr);
}

static enum pith_status load_log_now(struct pith *pith, struct logged *ret_logged, struct pith_error *reterr)
{
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    enum pith_status status = handle_read(pith, PITH_MAY_RANK, &reading, reterr);
    return status ? status : load_log(pith, ret_logged, reterr);
}

static enum pith_status settle_once(struct pith *pith, void *user, struct pith_error *reterr)
{
    PITH_AUTO(logged_clear) struct logged logged = {0};
    const int32_t *day = user;
    char text[16];
    enum pith_status status = load_log_now(pith, &logged, reterr);
    if (status)
        return status;
    struct digest_kept *kept = digest_log_find(&logged.log, *day);
    if (!kept)
        return pith_fail(reterr, PITH_NOT_FOUND, "the digest of %s was not claimed", pith_day_text(*day, text));
    if (kept->digest->state == PITH_DIGEST_SENT)
        return PITH_OK;
    status = note_seen(pith, kept->digest, reterr); /* first: whoever settles again after a crash notes nothing twice */
    kept->digest->state = PITH_DIGEST_SENT;
    return status ? status : keep_log(pith, &logged, reterr);
}

enum pith_status pith_settle_digest(struct pith *pith, int32_t day, struct pith_error *reterr)
{
    return persist(settle_once, pith, &day, reterr);
}

enum pith_status pith_list_digests(struct pith *pith, struct pith_digest_day days[PITH_DIGEST_DAYS], size_t *ret_count,
                                   struct pith_error *reterr)
{
    PITH_AUTO(logged_clear) struct logged logged = {0};
    const struct digest_log *log = &logged.log;
    enum pith_status status = load_log_now(pith, &logged, reterr);
    if (status)
        return status;
    for (size_t i = 0; i < log->count; i++) {
        const struct pith_digest *digest = log->item[log->count - 1 - i].digest;
        days[i] = (struct pith_digest_day){digest->day, digest->state, digest->count};
    }
    *ret_count = log->count;
    return PITH_OK;
}
