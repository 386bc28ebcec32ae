/* Links and answers of mails: what a ticket stands for, and votes by number. */
#include "engine/door/handle.h"

#include "engine/crypto/vault.h"
#include "engine/digest/mail_votes.h"
#include "engine/digest/reply_quotes.h"
#include "engine/digest/trail.h"
#include "engine/profile/inbox_message.h"
#include "engine/sources/mime.h"

#include <stdlib.h>
#include <string.h>

/* ---- tickets ---- */

enum { MOST_FOLLOWED = 16 };

/* A ticket and what it names. */
struct opened {
    struct ticket ticket;
    struct store_profile whose;
    int64_t paper;                         /* of a thumb */
    unsigned char name[STORE_TICKET];      /* of the message that it leaves, */
    unsigned char undo_name[STORE_TICKET]; /* and of the one that takes that back */
};

void pith_ticket_free(struct pith_ticket *ticket)
{
    free(ticket->paper.key);
    free(ticket->paper.id);
    free(ticket->paper.title);
    free(ticket);
}

/* What names the events that a ticket leaves, in the log. */
static uint64_t vote_event_name(const unsigned char name[STORE_TICKET])
{
    struct bytes_reader reader;
    bytes_reader_init(&reader, name, STORE_TICKET);
    uint64_t number = bytes_get_u64(&reader);
    return number ? number : 1;
}

static enum pith_status has_name(struct pith *pith, int64_t id, uint32_t wanted, bool *ret_has, struct pith_error *reterr)
{
    PITH_AUTO(paper_clear) struct paper paper;
    paper_init(&paper);
    enum pith_status status = store_get_paper(pith->store, id, &paper, reterr);
    *ret_has = false;
    for (size_t i = 0; !status && i < paper.keys.count; i++)
        *ret_has = *ret_has || ticket_paper(paper.keys.item[i]) == wanted;
    return status;
}

/* The paper that a thumb's ticket was made for, joined to another since or not. */
static enum pith_status find_paper(struct pith *pith, struct opened *opened, struct pith_error *reterr)
{
    int64_t ids[MOST_FOLLOWED];
    size_t count;
    bool has = false;
    enum pith_status status = store_follow(pith->store, opened->ticket.number, ids, MOST_FOLLOWED, &count, reterr);
    for (size_t i = 0; !status && !has && i < count; i++) {
        opened->paper = ids[i];
        status = has_name(pith, ids[i], opened->ticket.paper, &has, reterr);
    }
    return status || has ? status : pith_fail(reterr, PITH_NOT_FOUND, "the paper of this link is no longer in the store");
}

/* That its last day is not over, and whose it is. */
static enum pith_status check_ticket(struct pith *pith, int32_t today, struct opened *opened, struct pith_error *reterr)
{
    char last[16];
    if (today > opened->ticket.last)
        return pith_fail(reterr, PITH_LOCKED, "this link was good until %s", pith_day_text(opened->ticket.last, last));
    enum pith_status status = store_find_profile(pith->store, opened->ticket.profile, &opened->whose, reterr);
    if (status == PITH_NOT_FOUND)
        return pith_fail(reterr, PITH_NOT_FOUND, "the reader whom this was sent to has no profile here any more");
    return status;
}

static enum pith_status open_ticket(struct pith *pith, const char *text, int32_t today, struct opened *opened,
                                    struct pith_error *reterr)
{
    unsigned char key[STORE_TICKET_KEY], undo[STORE_TICKET + 1] = {0};
    enum pith_status status = store_ticket_key(pith->store, key, reterr);
    if (!status)
        status = ticket_read(key, text, &opened->ticket, opened->name, reterr);
    vault_wipe(key, sizeof key);
    if (!status)
        status = check_ticket(pith, today, opened, reterr);
    if (!status && opened->ticket.kind == PITH_TICKET_THUMB)
        status = find_paper(pith, opened, reterr);
    if (status)
        return status;
    memcpy(undo, opened->name, STORE_TICKET);
    vault_hash16(undo, sizeof undo, opened->undo_name);
    return PITH_OK;
}

enum pith_status pith_read_ticket(struct pith *pith, const char *text, int32_t today, struct pith_ticket **ret_ticket,
                                  struct pith_error *reterr)
{
    struct opened opened;
    PITH_AUTO(pith_ticket_free_p) struct pith_ticket *ticket = pith_calloc(1, sizeof *ticket);
    if (!ticket)
        return pith_no_memory(reterr);
    enum pith_status status = open_ticket(pith, text, today, &opened, reterr);
    if (status)
        return status;
    ticket->kind = opened.ticket.kind;
    ticket->day = opened.ticket.day;
    ticket->last = opened.ticket.last;
    ticket->verdict = opened.ticket.verdict;
    status = store_is_spent(pith->store, opened.name, &ticket->spent, reterr);
    if (!status && ticket->kind == PITH_TICKET_THUMB)
        status = handle_describe(pith, opened.paper, &ticket->paper.key, &ticket->paper.id, &ticket->paper.title, reterr);
    if (!status)
        *ret_ticket = PITH_TAKE(ticket);
    return status;
}

void pith_next_free(struct pith_next *next)
{
    free(next->paper.key);
    free(next->paper.id);
    free(next->paper.title);
    free(next);
}

/* The first paper of a trail that the store still holds; the trail is cut to those after it. */
static enum pith_status find_next(struct pith *pith, struct opened *opened, struct trail *trail, struct pith_error *reterr)
{
    enum pith_status status = PITH_NOT_FOUND;
    while (status == PITH_NOT_FOUND && trail->count) {
        opened->ticket.number = trail->item[0].number;
        opened->ticket.paper = trail->item[0].paper;
        memmove(&trail->item[0], &trail->item[1], --trail->count * sizeof trail->item[0]);
        status = find_paper(pith, opened, reterr);
    }
    return status;
}

enum pith_status pith_next_paper(struct pith *pith, const char *ticket, const char *trail, int32_t today,
                                 struct pith_next **ret_next, struct pith_error *reterr)
{
    unsigned char key[STORE_TICKET_KEY];
    struct opened opened;
    struct trail after = {0};
    PITH_AUTO(pith_next_free_p) struct pith_next *next = pith_calloc(1, sizeof *next);
    if (!next)
        return pith_no_memory(reterr);
    enum pith_status status = open_ticket(pith, ticket, today, &opened, reterr);
    if (!status && opened.ticket.kind != PITH_TICKET_THUMB)
        status = pith_fail(reterr, PITH_NOT_FOUND, "that is a ticket of another kind");
    if (!status)
        status = store_ticket_key(pith->store, key, reterr);
    if (status)
        return status;
    status = trail_read(key, &opened.ticket, trail, &after, reterr);
    if (!status)
        status = find_next(pith, &opened, &after, reterr);
    if (!status)
        status = handle_describe(pith, opened.paper, &next->paper.key, &next->paper.id, &next->paper.title, reterr);
    if (!status) {
        opened.ticket.verdict = VERDICT_UP;
        ticket_write(key, &opened.ticket, next->up);
        opened.ticket.verdict = VERDICT_DOWN;
        ticket_write(key, &opened.ticket, next->down);
        trail_write(key, &opened.ticket, &after, next->trail);
        *ret_next = PITH_TAKE(next);
    }
    vault_wipe(key, sizeof key);
    return status;
}

/* Leaves the message that a ticket stands for, or with `back` the one that takes it back; the opposite that waits goes instead. */
static enum pith_status leave(struct pith *pith, const struct opened *opened, const struct inbox_message *message, bool back,
                              struct pith_error *reterr)
{
    bool waited = false;
    enum pith_status status = store_withdraw(pith->store, opened->whose.id, back ? opened->name : opened->undo_name, &waited,
                                             reterr);
    if (status || waited)
        return status;
    return inbox_message_post(pith->store, &opened->whose, back ? opened->undo_name : opened->name, message, reterr);
}

static enum pith_status use(struct pith *pith, const struct opened *opened, int32_t today, bool *ret_done,
                            struct pith_error *reterr)
{
    char key[PAPER_KEY_SIZE];
    struct inbox_message message = {.kind = MESSAGE_MAIL};
    if (opened->ticket.kind == PITH_TICKET_THUMB) {
        message.kind = MESSAGE_CHANGE;
        message.event = (struct vote_event){.paper = key,
                                            .verdict = (enum profile_verdict)opened->ticket.verdict,
                                            .day = today,
                                            .starts_batch = true,
                                            .name = vote_event_name(opened->name)};
        enum pith_status status = store_paper_key(pith->store, opened->paper, key, reterr);
        if (status)
            return status;
    }
    enum pith_status status = store_spend(pith->store, opened->name, opened->ticket.last, today, ret_done, reterr);
    return status || !*ret_done ? status : leave(pith, opened, &message, false, reterr);
}

static enum pith_status give_back(struct pith *pith, const struct opened *opened, bool *ret_done, struct pith_error *reterr)
{
    struct inbox_message message = {.kind = MESSAGE_MAIL, .mail = true};
    if (opened->ticket.kind == PITH_TICKET_THUMB)
        message = (struct inbox_message){.kind = MESSAGE_UNDO, .name = vote_event_name(opened->name)};
    enum pith_status status = store_take_spent_back(pith->store, opened->name, ret_done, reterr);
    return status || !*ret_done ? status : leave(pith, opened, &message, true, reterr);
}

static enum pith_status act(struct pith *pith, const char *text, int32_t today, bool back, bool *ret_done,
                            struct pith_error *reterr)
{
    struct opened opened;
    bool done = false;
    enum pith_status status = open_ticket(pith, text, today, &opened, reterr);
    if (!status && opened.ticket.kind == PITH_TICKET_REPLY)
        status = pith_fail(reterr, PITH_USAGE, "this names a digest, for answers to it by mail");
    if (!status)
        status = store_begin(pith->store, true, reterr);
    if (!status)
        status = back ? give_back(pith, &opened, &done, reterr) : use(pith, &opened, today, &done, reterr);
    if (!status)
        status = store_commit(pith->store, reterr);
    store_rollback(pith->store);
    if (!status)
        *ret_done = done;
    return status;
}

enum pith_status pith_use_ticket(struct pith *pith, const char *text, int32_t today, bool *ret_done, struct pith_error *reterr)
{
    return act(pith, text, today, false, ret_done, reterr);
}

enum pith_status pith_return_ticket(struct pith *pith, const char *text, int32_t today, bool *ret_done, struct pith_error *reterr)
{
    return act(pith, text, today, true, ret_done, reterr);
}

/* ---- answers by mail ---- */

_Static_assert((int)MESSAGE_VOTES == (int)PITH_REPLY_VOTES, "a message holds a mail's votes");

static struct inbox_message inbox_message_of(const struct pith_reply *reply, int32_t today)
{
    struct inbox_message message = {.kind = MESSAGE_REPLY, .digest = reply->day, .day = today, .votes = reply->votes};
    for (size_t i = 0; i < reply->votes; i++) {
        message.vote[i].number = reply->vote[i].number;
        message.vote[i].verdict = (enum profile_verdict)reply->vote[i].verdict;
    }
    return message;
}

/* Names a mail: whose digest it answers, its Message-ID, and what it votes. */
static enum pith_status name_mail(const char *mail, size_t length, const struct ticket *ticket, const struct pith_reply *reply,
                                  unsigned char name[STORE_TICKET], struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *id = NULL;
    PITH_AUTO(bytes_clear) struct bytes all;
    bytes_init(&all, STORE_MAX_SEALED);
    enum pith_status status = mime_header(mail, length, "Message-ID:", &id, reterr);
    if (status)
        return status;
    bytes_put(&all, ticket->profile, VAULT_ID);
    bytes_put_u32(&all, (uint32_t)ticket->day);
    bytes_put_string(&all, id, strlen(id));
    for (size_t i = 0; i < reply->votes; i++) {
        bytes_put_u32(&all, reply->vote[i].number);
        bytes_put_u8(&all, (uint8_t)(reply->vote[i].verdict + 1));
    }
    status = bytes_done(&all, reterr);
    if (!status)
        vault_hash16(all.data, all.length, name);
    return status;
}

/* Without what a mail that quotes it would vote by: a sign behind a number. */
static void write_fault(const char *reason, char fault[MESSAGE_FAULT_TEXT])
{
    const char *advice = strstr(reason, ": write 1+");
    size_t length = 0;
    for (const char *at = reason; *at && at != advice && length + 1 < MESSAGE_FAULT_TEXT; at++)
        if ((*at != '+' && *at != '-') || at == reason || at[-1] < '0' || at[-1] > '9')
            fault[length++] = *at;
    bool cut = length + 1 == MESSAGE_FAULT_TEXT;
    while (cut && length && (unsigned char)fault[length - 1] >= 0x80) /* no part of a character is left */
        length--;
    fault[length] = '\0';
}

/* Tells the reader, in the next digest, why an answer counted for nothing; once. */
static enum pith_status leave_fault(struct pith *pith, const struct opened *opened, const char *mail, size_t length, int32_t today,
                                    const char *reason, struct pith_error *reterr)
{
    const struct pith_reply none = {0};
    struct inbox_message message = {.kind = MESSAGE_FAULT, .digest = opened->ticket.day, .day = today};
    unsigned char name[STORE_TICKET];
    bool fresh = false;
    write_fault(reason, message.fault);
    enum pith_status status = name_mail(mail, length, &opened->ticket, &none, name, reterr);
    if (!status)
        status = store_begin(pith->store, true, reterr);
    if (!status)
        status = store_spend(pith->store, name, opened->ticket.last, today, &fresh, reterr);
    if (!status && fresh)
        status = inbox_message_post(pith->store, &opened->whose, name, &message, reterr);
    if (!status)
        status = store_commit(pith->store, reterr);
    store_rollback(pith->store);
    return status;
}

/* One change, once. */
static enum pith_status leave_reply(struct pith *pith, const struct store_profile *to, const unsigned char name[STORE_TICKET],
                                    int32_t last, int32_t today, struct pith_reply *reply, struct pith_error *reterr)
{
    const struct inbox_message message = inbox_message_of(reply, today);
    bool fresh = false;
    enum pith_status status = store_begin(pith->store, true, reterr);
    if (!status)
        status = store_spend(pith->store, name, last, today, &fresh, reterr);
    if (!status && fresh)
        status = inbox_message_post(pith->store, to, name, &message, reterr);
    if (!status)
        status = store_commit(pith->store, reterr);
    store_rollback(pith->store);
    reply->known = !fresh;
    return status;
}

enum pith_status pith_post_reply(struct pith *pith, const char *mail, size_t length, int32_t today, struct pith_reply *ret_reply,
                                 struct pith_error *reterr)
{
    unsigned char key[STORE_TICKET_KEY], name[STORE_TICKET];
    struct opened opened = {0};
    struct pith_reply reply = {0};
    enum pith_status status = store_ticket_key(pith->store, key, reterr);
    if (!status)
        status = reply_ticket(key, mail, length, &opened.ticket, reterr);
    vault_wipe(key, sizeof key);
    if (!status)
        status = check_ticket(pith, today, &opened, reterr);
    if (!status) {
        struct pith_error error;
        status = reply_votes(mail, length, (size_t)opened.ticket.number, &reply, &error);
        if (status == PITH_INPUT && !reply_quotes_is_automatic(mail, length) &&
            leave_fault(pith, &opened, mail, length, today, error.message, reterr))
            return reterr ? reterr->status : PITH_IO;
        if (status)
            return pith_fail(reterr, status, "%s", error.message);
    }
    reply.day = opened.ticket.day;
    if (!status)
        status = name_mail(mail, length, &opened.ticket, &reply, name, reterr);
    if (!status)
        status = leave_reply(pith, &opened.whose, name, opened.ticket.last, today, &reply, reterr);
    if (!status)
        *ret_reply = reply;
    return status;
}
