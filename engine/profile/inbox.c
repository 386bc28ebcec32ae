#include "engine/profile/profile_inside.h"

#include "engine/profile/answers.h"
#include "engine/profile/digest_log.h"
#include "engine/profile/inbox_message.h"
#include "engine/profile/settings.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum pith_status profile_post(struct store *store, const struct store_profile *to, const unsigned char ticket[STORE_TICKET],
                              const struct profile_change *change, struct pith_error *reterr)
{
    const struct inbox_message message = {.kind = MESSAGE_CHANGE,
                                          .event = {.paper = (char *)change->paper,
                                                    .loser = (char *)change->loser,
                                                    .day = change->day,
                                                    .starts_batch = true,
                                                    .verdict = change->loser ? VERDICT_NONE : change->verdict}};
    enum pith_status status = profile_check_changes(change, 1, reterr);
    if (!status)
        status = store_begin(store, true, reterr);
    if (!status)
        status = inbox_message_post(store, to, ticket, &message, reterr);
    if (!status)
        status = store_commit(store, reterr);
    store_rollback(store);
    return status;
}

struct removed {
    struct vote_event event;
    bool old; /* it was in the log before */
};

/* What the messages do to the log, and the log as it was. */
struct inbox {
    struct profile *profile;
    struct vote_event *before;
    struct fold stood; /* before */
    size_t events;     /* before */
    size_t old;        /* of those, how many are still there: they come first */
    size_t changed;    /* the first event that is not where it was */
    struct removed *removed;
    size_t removals, cap;
    bool told_mail, mail; /* whether digests are wanted */
    size_t taken, junk;
    int64_t last;
};

/* Whether a change stands already; the log's end is not folded yet. */
static bool stands_now(const struct inbox *inbox, const struct profile_change *change)
{
    const struct profile *profile = inbox->profile;
    const struct subject wanted = profile_subject_of(change->paper, change->loser, change->verdict, 0);
    for (size_t i = profile->events; i > inbox->old; i--) {
        const struct vote_event *event = &profile->event[i - 1];
        const struct subject subject = profile_subject_of(event->paper, event->loser, event->verdict, 0);
        if (!event->loser && strcmp(event->paper, change->paper) == 0 && subject.shelf != wanted.shelf)
            return false; /* which of the two matters is not asked: recording again does no harm */
        if (profile_same_subject(&subject, &wanted) == 0)
            return change->loser
                       ? strcmp(event->paper, change->paper) == 0
                       : event->verdict == change->verdict || (change->verdict == VERDICT_SEED && event->verdict != VERDICT_NONE);
    }
    return profile_stands(profile, change);
}

static enum pith_status take_change(struct inbox *inbox, const struct vote_event *event, struct pith_error *reterr)
{
    const struct profile_change change = {event->paper, event->loser, event->verdict, event->day};
    return stands_now(inbox, &change) ? PITH_OK : profile_append(inbox->profile, &change, true, event->name, reterr);
}

/* The next digest tells of it. */
static enum pith_status note_answer(struct profile *profile, const struct answer *answer, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    struct answers answers;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(profile, ROW_ANSWERS, &plain, reterr);
    if (status && status != PITH_NOT_FOUND)
        return status;
    status = answers_read(&plain, &answers, reterr);
    if (status)
        return status;
    answers_add(&answers, answer);
    status = answers_write(&answers, &plain, reterr);
    return status ? status : profile_write_row(profile, ROW_ANSWERS, 0, &plain, reterr);
}

static enum pith_status take_fault(struct inbox *inbox, const struct inbox_message *message, struct pith_error *reterr)
{
    struct answer answer = {.digest = message->digest, .told = PITH_NO_DAY};
    snprintf(answer.fault, sizeof answer.fault, "%s", message->fault);
    return note_answer(inbox->profile, &answer, reterr);
}

/* Votes by number mean the papers of the digest that was kept; without it they mean nothing. */
static enum pith_status take_reply(struct inbox *inbox, const struct inbox_message *message, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    PITH_AUTO(digest_log_clear) struct digest_log log = {0};
    struct profile *profile = inbox->profile;
    size_t before = profile->events, known = 0;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(profile, ROW_DIGESTS, &plain, reterr);
    if (!status)
        status = digest_log_read(&plain, &log, reterr);
    if (status && status != PITH_NOT_FOUND)
        return status;
    const struct digest_kept *kept = digest_log_find(&log, message->digest);
    struct answer answer = {.digest = message->digest, .told = PITH_NO_DAY};
    status = PITH_OK;
    for (size_t i = 0; !status && kept && i < message->votes; i++) {
        if (message->vote[i].number > kept->digest->count)
            continue;
        const char *paper = kept->digest->item[message->vote[i].number - 1].key;
        const struct profile_change change = {.paper = paper, .verdict = message->vote[i].verdict, .day = message->day};
        known++;
        answer.vote[answer.votes].number = message->vote[i].number;
        answer.vote[answer.votes++].verdict = (int)message->vote[i].verdict;
        if (!stands_now(inbox, &change))
            status = profile_append(profile, &change, profile->events == before, 0, reterr);
    }
    inbox->taken -= !known;
    inbox->junk += !known;
    if (!known)
        snprintf(answer.fault, sizeof answer.fault, "that digest is not kept any more");
    return status ? status : note_answer(profile, &answer, reterr);
}

/* The change after one that goes must still begin one. */
static void take_out(struct profile *profile, size_t at)
{
    bool starts = profile->event[at].starts_batch;
    memmove(&profile->event[at], &profile->event[at + 1], (profile->events - at - 1) * sizeof *profile->event);
    profile->events--;
    if (at < profile->events)
        profile->event[at].starts_batch |= starts;
}

static enum pith_status fold_now(struct profile *profile, struct pith_error *reterr)
{
    struct fold stands = {0};
    enum pith_status status = profile_make_fold(profile, &stands, reterr);
    if (!status)
        profile_take_fold(profile, &stands);
    return status;
}

/* Drops what a ticket left, wherever it stands. */
static enum pith_status take_undo(struct inbox *inbox, uint64_t name, struct pith_error *reterr)
{
    struct profile *profile = inbox->profile;
    size_t at = profile->events;
    while (at && profile->event[at - 1].name != name)
        at--;
    if (!at)
        return PITH_OK;
    enum pith_status status = pith_grow(&inbox->removed, &inbox->cap, inbox->removals + 1, sizeof *inbox->removed, STORE_MAX_INBOX,
                                        reterr);
    if (status)
        return status;
    inbox->removed[inbox->removals++] = (struct removed){profile->event[at - 1], at <= inbox->old};
    inbox->old -= at <= inbox->old;
    inbox->changed = at - 1 < inbox->changed ? at - 1 : inbox->changed;
    take_out(profile, at - 1);
    return fold_now(profile, reterr);
}

static enum pith_status take_message(struct inbox *inbox, const struct inbox_message *message, struct pith_error *reterr)
{
    switch (message->kind) {
    case MESSAGE_CHANGE: return take_change(inbox, &message->event, reterr);
    case MESSAGE_UNDO: return take_undo(inbox, message->name, reterr);
    case MESSAGE_REPLY: return take_reply(inbox, message, reterr);
    case MESSAGE_FAULT: return take_fault(inbox, message, reterr);
    case MESSAGE_MAIL:
        inbox->told_mail = true;
        inbox->mail = message->mail;
        return PITH_OK;
    }
    return PITH_OK;
}

static enum pith_status read_message(void *user, int64_t sequence, const void *sealed, size_t length, struct pith_error *reterr)
{
    struct inbox *inbox = user;
    PITH_AUTO(bytes_clear) struct bytes plain;
    PITH_AUTO(inbox_message_clear) struct inbox_message message = {0};
    bytes_init(&plain, STORE_MAX_MESSAGE);
    inbox->last = sequence;
    enum pith_status status = vault_receive(inbox->profile->key, sealed, length, &plain, reterr);
    bool none = status == PITH_INPUT || (status == PITH_NOMEM && length > STORE_MAX_MESSAGE);
    if (status && !none)
        return status;
    status = none ? PITH_INPUT : inbox_message_read(plain.data, plain.length, &message, reterr);
    if (status == PITH_INPUT) {
        inbox->junk++;
        return PITH_OK;
    }
    if (status)
        return status;
    inbox->taken++;
    return take_message(inbox, &message, reterr);
}

/* What was said of mail goes into the settings. */
static enum pith_status write_mail(struct profile *profile, bool mail, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    struct pith_settings settings = settings_default();
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(profile, ROW_SETTINGS, &plain, reterr);
    if (!status)
        status = settings_read(&plain, &settings, reterr);
    if (status == PITH_NOT_FOUND)
        status = PITH_OK;
    if (status || settings.mail == mail)
        return status;
    settings.mail = mail;
    status = settings_write(&settings, &plain, reterr);
    return status ? status : profile_write_row(profile, ROW_SETTINGS, 0, &plain, reterr);
}

/* Takes the messages in and out of the inbox, inside a transaction. */
static enum pith_status take_in(struct inbox *inbox, struct pith_error *reterr)
{
    struct profile *profile = inbox->profile;
    enum pith_status status = store_each_message(profile->store, profile->id, read_message, inbox, reterr);
    if (!status && (profile->events != inbox->events || inbox->removals))
        status = profile_write_segments(profile, inbox->changed, reterr);
    if (!status && inbox->told_mail)
        status = write_mail(profile, inbox->mail, reterr);
    if (!status)
        status = store_delete_messages(profile->store, profile->id, inbox->last, reterr);
    return status;
}

/* Once it is known whether the log stays as it is now or as it was. */
static void inbox_clear(struct inbox *inbox, bool done)
{
    struct profile *profile = inbox->profile;
    for (size_t i = 0; i < inbox->removals; i++)
        if (done || !inbox->removed[i].old)
            vote_event_clear(&inbox->removed[i].event);
    free(inbox->removed);
    if (!done) {
        profile_drop_events(profile, inbox->old);
        if (inbox->events)
            memcpy(profile->event, inbox->before, inbox->events * sizeof *inbox->before);
        profile->events = inbox->events;
        profile_take_fold(profile, &inbox->stood);
    }
    fold_clear(&inbox->stood);
    free(inbox->before);
}

/* The log as the transaction finds it. */
static enum pith_status note_log(struct profile *profile, struct inbox *inbox, struct pith_error *reterr)
{
    inbox->before = pith_calloc(profile->events, sizeof *inbox->before);
    if (!inbox->before)
        return pith_no_memory(reterr);
    inbox->events = inbox->old = inbox->changed = profile->events;
    if (profile->events)
        memcpy(inbox->before, profile->event, profile->events * sizeof *profile->event);
    inbox->stood = profile->stands;
    profile->stands = (struct fold){0};
    enum pith_status status = profile_make_fold(profile, &profile->stands, reterr);
    if (status)
        inbox_clear(inbox, false);
    return status;
}

static enum pith_status receive_all(struct profile *profile, struct inbox *inbox, struct pith_error *reterr)
{
    struct before before;
    enum pith_status status = profile_begin(profile, true, &before, reterr);
    if (!status)
        status = note_log(profile, inbox, reterr);
    if (status) {
        profile_abandon(profile, &before);
        return status;
    }
    status = take_in(inbox, reterr);
    if (!status)
        status = fold_now(profile, reterr);
    status = profile_finish(profile, status, &before, reterr);
    inbox_clear(inbox, !status);
    return status;
}

static enum pith_status count_message(void *user, int64_t sequence, const void *message, size_t length, struct pith_error *reterr)
{
    (void)sequence, (void)message, (void)length, (void)reterr;
    (*(size_t *)user)++;
    return PITH_OK;
}

enum pith_status profile_count_messages(const struct profile *profile, size_t *ret_count, struct pith_error *reterr)
{
    *ret_count = 0;
    return store_each_message(profile->store, profile->id, count_message, ret_count, reterr);
}

enum pith_status profile_receive(struct profile *profile, size_t *ret_taken, size_t *ret_junk, struct pith_error *reterr)
{
    struct inbox inbox = {.profile = profile};
    size_t waiting = 0;
    enum pith_status status = profile_count_messages(profile, &waiting, reterr);
    if (!status && waiting)
        status = receive_all(profile, &inbox, reterr);
    if (status)
        return status;
    *ret_taken = inbox.taken;
    *ret_junk = inbox.junk;
    return PITH_OK;
}
