#include "engine/profile/profile_inside.h"

#include "engine/profile/redo.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* FORMAT.md, "Sealed profile", has the bytes of events and segments. */
enum { SEGMENT = 16 << 10 };

const struct vault_key *profile_key(const struct profile *profile)
{
    return profile->key;
}

const unsigned char *profile_id(const struct profile *profile)
{
    return profile->id;
}

uint32_t profile_scopes(const struct profile *profile)
{
    return profile->scopes;
}

int64_t profile_expires(const struct profile *profile)
{
    return profile->expires;
}

/* ---- what stands ---- */

struct subject profile_subject_of(const char *paper, const char *loser, enum profile_verdict verdict, size_t order)
{
    bool turned = loser && strcmp(paper, loser) > 0;
    return (struct subject){turned ? loser : paper, turned ? paper : loser, !loser && verdict_is_of_shelf(verdict), order};
}

int profile_same_subject(const struct subject *a, const struct subject *b)
{
    if (!a->second != !b->second)
        return a->second ? 1 : -1;
    int first = strcmp(a->first, b->first);
    if (first || a->second)
        return first ? first : strcmp(a->second, b->second);
    return (int)a->shelf - (int)b->shelf;
}

static int by_subject(const void *a, const void *b)
{
    const struct subject *left = a, *right = b;
    int same = profile_same_subject(left, right);
    return same ? same : left->order < right->order ? -1 : left->order > right->order;
}

static int by_winner(const void *a, const void *b)
{
    const struct profile_pair *left = a, *right = b;
    int winner = strcmp(left->winner, right->winner);
    return winner ? winner : strcmp(left->loser, right->loser);
}

void fold_clear(struct fold *fold)
{
    free(fold->vote);
    free(fold->shelf);
    free(fold->pair);
    *fold = (struct fold){0};
}

/* Of each subject the last event; of a paper set aside only where no vote came after it. */
static void fold_events(const struct profile *profile, const struct subject *subject, struct fold *fold)
{
    size_t decided = 0; /* events up to the last vote on this paper */
    for (size_t i = 0; i < profile->events; i++) {
        const struct vote_event *event = &profile->event[subject[i].order];
        if (i == 0 || strcmp(subject[i].first, subject[i - 1].first) != 0)
            decided = 0;
        if (!event->loser && (event->verdict == VERDICT_UP || event->verdict == VERDICT_DOWN))
            decided = subject[i].order + 1;
        if (i + 1 < profile->events && profile_same_subject(&subject[i], &subject[i + 1]) == 0)
            continue;
        const struct profile_vote said = {event->paper, event->verdict, event->day, (uint32_t)subject[i].order};
        if (event->loser)
            fold->pair[fold->pairs++] = (struct profile_pair){event->paper, event->loser, event->day, (uint32_t)subject[i].order};
        else if (event->verdict == VERDICT_LATER && subject[i].order >= decided)
            fold->shelf[fold->shelved++] = said;
        else if (!subject[i].shelf && event->verdict != VERDICT_NONE)
            fold->vote[fold->votes++] = said;
    }
}

enum pith_status profile_make_fold(const struct profile *profile, struct fold *ret_fold, struct pith_error *reterr)
{
    size_t events = profile->events;
    PITH_AUTO(fold_clear)
    struct fold fold = {.vote = pith_calloc(events, sizeof *fold.vote),
                        .shelf = pith_calloc(events, sizeof *fold.shelf),
                        .pair = pith_calloc(events, sizeof *fold.pair)};
    PITH_AUTO(pith_free_p) struct subject *subject = pith_calloc(events, sizeof *subject);
    if (!subject || !fold.vote || !fold.shelf || !fold.pair)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < events; i++)
        subject[i] = profile_subject_of(profile->event[i].paper, profile->event[i].loser, profile->event[i].verdict, i);
    if (events)
        qsort(subject, events, sizeof *subject, by_subject);
    fold_events(profile, subject, &fold);
    if (fold.pairs)
        qsort(fold.pair, fold.pairs, sizeof *fold.pair, by_winner);
    *ret_fold = fold;
    fold = (struct fold){0};
    return PITH_OK;
}

void profile_take_fold(struct profile *profile, struct fold *fold)
{
    fold_clear(&profile->stands);
    profile->stands = *fold;
    *fold = (struct fold){0};
}

const struct profile_vote *profile_votes(const struct profile *profile, size_t *ret_count)
{
    *ret_count = profile->stands.votes;
    return profile->stands.vote;
}

const struct profile_pair *profile_pairs(const struct profile *profile, size_t *ret_count)
{
    *ret_count = profile->stands.pairs;
    return profile->stands.pair;
}

static int key_against_vote(const void *key, const void *vote)
{
    return strcmp(key, ((const struct profile_vote *)vote)->paper);
}

enum profile_verdict profile_verdict(const struct profile *profile, const char *paper)
{
    const struct profile_vote *vote = profile->stands.votes ? bsearch(paper, profile->stands.vote, profile->stands.votes,
                                                                      sizeof *vote, key_against_vote)
                                                            : NULL;
    return vote ? vote->verdict : VERDICT_NONE;
}

const struct profile_vote *profile_shelf(const struct profile *profile, size_t *ret_count)
{
    *ret_count = profile->stands.shelved;
    return profile->stands.shelf;
}

bool profile_is_later(const struct profile *profile, const char *paper)
{
    const struct fold *stands = &profile->stands;
    return stands->shelved && bsearch(paper, stands->shelf, stands->shelved, sizeof *stands->shelf, key_against_vote);
}

static bool pair_stands(const struct profile *profile, const char *winner, const char *loser)
{
    struct profile_pair wanted = {.winner = (char *)winner, .loser = (char *)loser};
    return profile->stands.pairs && bsearch(&wanted, profile->stands.pair, profile->stands.pairs, sizeof wanted, by_winner);
}

enum pith_status profile_fingerprint(const struct profile *profile, char hex[2 * VAULT_FINGERPRINT + 1], struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes state;
    bytes_init(&state, STORE_MAX_SEALED);
    bytes_put_varint(&state, profile->stands.votes);
    for (size_t i = 0; i < profile->stands.votes; i++) {
        bytes_put_string(&state, profile->stands.vote[i].paper, strlen(profile->stands.vote[i].paper));
        bytes_put_u8(&state, (uint8_t)(profile->stands.vote[i].verdict + 1));
        bytes_put_u32(&state, (uint32_t)profile->stands.vote[i].day);
    }
    bytes_put_varint(&state, profile->stands.pairs);
    for (size_t i = 0; i < profile->stands.pairs; i++) {
        bytes_put_string(&state, profile->stands.pair[i].winner, strlen(profile->stands.pair[i].winner));
        bytes_put_string(&state, profile->stands.pair[i].loser, strlen(profile->stands.pair[i].loser));
        bytes_put_u32(&state, (uint32_t)profile->stands.pair[i].day);
    }
    struct vault_fingerprint *digest;
    enum pith_status status = bytes_done(&state, reterr);
    if (!status)
        status = vault_fingerprint_new(&digest, reterr);
    if (status)
        return status;
    vault_fingerprint_add(digest, state.data, state.length);
    vault_fingerprint_free(digest, hex);
    return PITH_OK;
}

/* ---- events ---- */

enum pith_status profile_write_segments(struct profile *profile, size_t changed, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes segment;
    PITH_AUTO(bytes_clear) struct bytes one;
    bytes_init(&segment, STORE_MAX_SEALED);
    bytes_init(&one, STORE_MAX_SEALED);
    int64_t number = 0;
    enum pith_status status = PITH_OK;
    bytes_put_u8(&segment, EVENTS_VERSION);
    for (size_t i = 0; !status && i < profile->events; i++) {
        one.length = 0;
        vote_event_put(&one, &profile->event[i]);
        if (segment.length > 1 && segment.length + one.length >= SEGMENT) {
            if (i > changed)
                status = profile_write_row(profile, ROW_EVENTS, number, &segment, reterr);
            number++;
            segment.length = 1;
        }
        bytes_put(&segment, one.data, one.length);
        segment.failed |= one.failed;
    }
    if (!status)
        status = bytes_done(&segment, reterr);
    if (!status && segment.length > 1)
        status = profile_write_row(profile, ROW_EVENTS, number++, &segment, reterr);
    for (; !status && profile_find_row(profile, ROW_EVENTS, number); number++)
        status = profile_delete_row(profile, ROW_EVENTS, number, reterr);
    return status;
}

/* ---- changing ---- */

enum pith_status profile_begin(struct profile *profile, bool durable, struct before *before, struct pith_error *reterr)
{
    *before = (struct before){0};
    enum pith_status status = store_begin(profile->store, durable, reterr);
    if (!status)
        status = profile_refresh(profile, reterr);
    if (status)
        return status;
    before->row = pith_calloc(profile->rows, sizeof *before->row);
    before->rows = profile->rows;
    before->counter = profile->counter;
    memcpy(before->head, profile->head, TAG);
    if (!before->row)
        return pith_no_memory(reterr);
    if (profile->rows)
        memcpy(before->row, profile->row, profile->rows * sizeof *profile->row);
    return PITH_OK;
}

struct witness_head profile_witness_head(const struct profile *profile)
{
    struct witness_head head = {.counter = profile->counter};
    memcpy(head.id, profile->id, VAULT_ID);
    memcpy(head.tag, profile->head, TAG);
    return head;
}

/* What is committed stays, whatever becomes of the witness: its failure is told apart. */
static void tell_witness(struct profile *profile)
{
    struct witness_head head = profile_witness_head(profile);
    profile->unwitnessed = (struct pith_error){0};
    if (profile->witness)
        witness_note(profile->witness, &head, &profile->unwitnessed);
}

void profile_abandon(struct profile *profile, struct before *before)
{
    store_rollback(profile->store);
    if (before->row) {
        if (before->rows)
            memcpy(profile->row, before->row, before->rows * sizeof *before->row);
        profile->rows = before->rows;
        profile->counter = before->counter;
        memcpy(profile->head, before->head, TAG);
    }
    free(before->row);
    before->row = NULL;
}

enum pith_status profile_finish(struct profile *profile, enum pith_status status, struct before *before, struct pith_error *reterr)
{
    if (!status)
        status = profile_write_head(profile, reterr);
    if (!status)
        status = store_commit(profile->store, reterr);
    if (status) {
        profile_abandon(profile, before);
        return status;
    }
    free(before->row);
    before->row = NULL;
    tell_witness(profile);
    return PITH_OK;
}

bool profile_stands(const struct profile *profile, const struct profile_change *change)
{
    if (change->loser)
        return pair_stands(profile, change->paper, change->loser);
    if (verdict_is_of_shelf(change->verdict))
        return profile_is_later(profile, change->paper) == (change->verdict == VERDICT_LATER);
    enum profile_verdict now = profile_verdict(profile, change->paper);
    bool decides = change->verdict == VERDICT_UP || change->verdict == VERDICT_DOWN;
    if (decides && profile_is_later(profile, change->paper))
        return false;
    return now == change->verdict || (change->verdict == VERDICT_SEED && now != VERDICT_NONE);
}

enum pith_status profile_append(struct profile *profile, const struct profile_change *change, bool first, uint64_t name,
                                struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&profile->event, &profile->event_cap, profile->events + 1, sizeof *profile->event,
                                        PROFILE_MAX_EVENTS, reterr);
    if (status)
        return status;
    struct vote_event event = {
        .verdict = change->loser ? VERDICT_NONE : change->verdict, .day = change->day, .starts_batch = first, .name = name};
    event.paper = strdup(change->paper);
    event.loser = change->loser ? strdup(change->loser) : NULL;
    if (!event.paper || (change->loser && !event.loser)) {
        vote_event_clear(&event);
        return pith_no_memory(reterr);
    }
    profile->event[profile->events++] = event;
    return PITH_OK;
}

enum pith_status profile_check_changes(const struct profile_change *changes, size_t count, struct pith_error *reterr)
{
    if (count > PROFILE_MAX_BATCH)
        return pith_fail(reterr, PITH_NOMEM, "more than %d votes at once", PROFILE_MAX_BATCH);
    for (size_t i = 0; i < count; i++)
        if (changes[i].loser && strcmp(changes[i].paper, changes[i].loser) == 0)
            return pith_fail(reterr, PITH_USAGE, "a paper cannot be preferred over itself");
    return PITH_OK;
}

/* Appends what does not stand already, as one change; of several on one subject the last counts. */
static enum pith_status append_all(struct profile *profile, const struct profile_change *changes, size_t count,
                                   struct pith_error *reterr)
{
    size_t before = profile->events;
    PITH_AUTO(pith_free_p) struct subject *subject = pith_calloc(count, sizeof *subject);
    PITH_AUTO(pith_free_p) bool *last = pith_calloc(count, sizeof *last);
    if (!subject || !last)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < count; i++)
        subject[i] = profile_subject_of(changes[i].paper, changes[i].loser, changes[i].verdict, i);
    if (count)
        qsort(subject, count, sizeof *subject, by_subject);
    for (size_t i = 0; i < count; i++)
        last[subject[i].order] = i + 1 == count || profile_same_subject(&subject[i], &subject[i + 1]) != 0;
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < count; i++)
        if (last[i] && !profile_stands(profile, &changes[i]))
            status = profile_append(profile, &changes[i], profile->events == before, 0, reterr);
    return status;
}

void profile_drop_events(struct profile *profile, size_t keep)
{
    while (profile->events > keep)
        vote_event_clear(&profile->event[--profile->events]);
}

static bool all_stand(const struct profile *profile, const struct profile_change *changes, size_t count)
{
    bool stand = true;
    for (size_t i = 0; stand && i < count; i++)
        stand = profile_stands(profile, &changes[i]);
    return stand;
}

enum pith_status profile_record(struct profile *profile, const struct profile_change *changes, size_t count, size_t *ret_recorded,
                                struct pith_error *reterr)
{
    struct before before;
    PITH_AUTO(fold_clear) struct fold stands = {0};
    enum pith_status status = profile_check_changes(changes, count, reterr);
    if (status)
        return status;
    if (ret_recorded)
        *ret_recorded = 0;
    if (all_stand(profile, changes, count))
        return PITH_OK;
    status = profile_begin(profile, true, &before, reterr);
    size_t events = profile->events;
    if (!status)
        status = append_all(profile, changes, count, reterr);
    if (!status && profile->events == events) { /* another pith recorded the same */
        profile_abandon(profile, &before);
        return PITH_OK;
    }
    if (!status)
        status = profile_write_segments(profile, events, reterr);
    if (!status)
        status = redo_forget(profile, reterr);
    if (!status)
        status = profile_make_fold(profile, &stands, reterr);
    status = profile_finish(profile, status, &before, reterr);
    if (status) {
        profile_drop_events(profile, events);
        return status;
    }
    profile_take_fold(profile, &stands);
    if (ret_recorded)
        *ret_recorded = profile->events - events;
    return PITH_OK;
}

/* Where the last change begins: how many events are left without it. PITH_NOT_FOUND when there is none. */
static enum pith_status find_last_change(const struct profile *profile, size_t *ret_keep, struct pith_error *reterr)
{
    size_t keep = profile->events;
    if (!keep)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is nothing to undo");
    do
        keep--;
    while (keep && !profile->event[keep].starts_batch);
    *ret_keep = keep;
    return PITH_OK;
}

enum pith_status profile_undo(struct profile *profile,
                              void (*visit)(void *user, const struct profile_change *undone, enum profile_verdict now), void *user,
                              struct pith_error *reterr)
{
    struct before before;
    PITH_AUTO(fold_clear) struct fold stands = {0};
    size_t keep = 0;
    enum pith_status status = profile_begin(profile, true, &before, reterr);
    size_t events = profile->events;
    if (!status)
        status = find_last_change(profile, &keep, reterr);
    if (!status)
        status = redo_note(profile, keep, reterr);
    if (!status) {
        profile->events = keep;
        status = profile_write_segments(profile, keep ? keep - 1 : 0, reterr);
    }
    if (!status)
        status = profile_make_fold(profile, &stands, reterr);
    profile->events = events;
    status = profile_finish(profile, status, &before, reterr);
    if (status)
        return status;
    profile_take_fold(profile, &stands);
    for (size_t i = keep; visit && i < events; i++) {
        const struct vote_event *event = &profile->event[i];
        struct profile_change undone = {event->paper, event->loser, event->verdict, event->day};
        visit(user, &undone, profile_verdict(profile, event->paper));
    }
    profile_drop_events(profile, keep);
    return PITH_OK;
}

/* ---- kept values ---- */

enum pith_status profile_fetch(struct profile *profile, enum vault_row_kind kind, struct bytes *plain, struct pith_error *reterr)
{
    int64_t counter;
    if (!profile_find_row(profile, kind, 0))
        return pith_fail(reterr, PITH_NOT_FOUND, "the profile keeps no %s yet", profile_kind_name(kind));
    return profile_open_row(profile, kind, 0, plain, &counter, reterr);
}

int64_t profile_row_counter(const struct profile *profile, enum vault_row_kind kind)
{
    const struct row *row = profile_find_row((struct profile *)profile, kind, 0);
    return row ? row->counter : 0;
}

static enum pith_status edit_row(struct profile *profile, const struct profile_edit *edit, bool *changed, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bool other = false;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(profile, edit->kind, &plain, reterr);
    if (!status || status == PITH_NOT_FOUND)
        status = edit->edit(edit->user, &plain, &other, reterr);
    if (!status && other)
        status = plain.length ? profile_write_row(profile, edit->kind, 0, &plain, reterr)
                              : profile_delete_row(profile, edit->kind, 0, reterr);
    *changed = *changed || other;
    return status;
}

enum pith_status profile_edit(struct profile *profile, const struct profile_edit *edits, size_t count, bool durable,
                              struct pith_error *reterr)
{
    struct before before;
    bool changed = false;
    enum pith_status status = profile_begin(profile, durable, &before, reterr);
    for (size_t i = 0; !status && i < count; i++)
        status = edit_row(profile, &edits[i], &changed, reterr);
    if (status || changed)
        return profile_finish(profile, status, &before, reterr);
    profile_abandon(profile, &before);
    return PITH_OK;
}

static enum pith_status replace(void *user, struct bytes *plain, bool *ret_changed, struct pith_error *reterr)
{
    const struct bytes *fresh = user;
    *ret_changed = plain->length != fresh->length || memcmp(plain->data, fresh->data, fresh->length) != 0;
    bytes_clear(plain);
    bytes_put(plain, fresh->data, fresh->length);
    return bytes_done(plain, reterr);
}

static bool is_kept(struct profile *profile, enum vault_row_kind kind, const struct bytes *plain)
{
    PITH_AUTO(bytes_clear) struct bytes kept;
    bytes_init(&kept, STORE_MAX_SEALED);
    return profile_fetch(profile, kind, &kept, NULL) == PITH_OK && kept.length == plain->length &&
           memcmp(kept.data, plain->data, kept.length) == 0;
}

enum pith_status profile_keep(struct profile *profile, enum vault_row_kind kind, const struct bytes *plain, bool durable,
                              struct pith_error *reterr)
{
    const struct profile_edit edit = {kind, replace, (void *)plain};
    return is_kept(profile, kind, plain) ? PITH_OK : profile_edit(profile, &edit, 1, durable, reterr);
}

enum pith_status profile_keep_over(struct profile *profile, enum vault_row_kind kind, const struct bytes *plain, int64_t counter,
                                   struct pith_error *reterr)
{
    struct before before;
    enum pith_status status = profile_begin(profile, true, &before, reterr);
    if (!status && profile_row_counter(profile, kind) != counter)
        status = pith_fail(reterr, PITH_EXISTS, "another pith changed the profile's %s meanwhile", profile_kind_name(kind));
    if (!status)
        status = profile_write_row(profile, kind, 0, plain, reterr);
    return profile_finish(profile, status, &before, reterr);
}

enum pith_status profile_drop(struct profile *profile, enum vault_row_kind kind, struct pith_error *reterr)
{
    if (!profile_find_row(profile, kind, 0))
        return PITH_OK;
    struct before before;
    enum pith_status status = profile_begin(profile, true, &before, reterr);
    if (!status)
        status = profile_delete_row(profile, kind, 0, reterr);
    return profile_finish(profile, status, &before, reterr);
}

/* ---- checking ---- */

enum pith_status profile_check(struct profile *profile, struct profile_extent *ret_extent, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    struct profile_extent extent = {0};
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = store_begin_reading(profile->store, &reading, reterr);
    if (!status)
        status = profile_refresh(profile, reterr);
    if (!status)
        status = profile_check_rows(profile, reterr);
    for (size_t i = 0; !status && i < profile->rows; i++) {
        int64_t counter;
        if (profile->row[i].kind == ROW_SLOT)
            continue;
        status = profile_open_row(profile, profile->row[i].kind, profile->row[i].number, &plain, &counter, reterr);
        extent.rows++;
        extent.bytes += plain.length;
    }
    vault_wipe(plain.data, plain.length);
    if (!status)
        status = profile_count_messages(profile, &extent.messages, reterr);
    extent.events = profile->events;
    if (!status)
        *ret_extent = extent;
    return status;
}
