/* inbox_message: what waits in a profile's sealed inbox, as a value and as bytes (FORMAT.md, "Inbox message").
 *
 * Anybody may leave one; what cannot be read is dropped by whoever takes them in. Version 1, one event alone, is read too. */
#ifndef PITH_ENGINE_PROFILE_INBOX_MESSAGE_H
#define PITH_ENGINE_PROFILE_INBOX_MESSAGE_H

#include "engine/profile/vote_event.h"
#include "engine/store/store.h"

enum inbox_message_kind {
    MESSAGE_CHANGE = 1, /* an event to append */
    MESSAGE_UNDO = 2,   /* the events that this ticket left, to be dropped */
    MESSAGE_MAIL = 3,   /* whether digests are wanted */
    MESSAGE_REPLY = 4,  /* votes on papers of a digest, by number: one change */
    MESSAGE_FAULT = 5,  /* an answer to a digest that could not be used, and why: for the reader to know */
};
enum { MESSAGE_VOTES = 64, MESSAGE_FAULT_TEXT = 240 /* bytes */ };
struct inbox_message {
    enum inbox_message_kind kind;
    struct vote_event event; /* of a change; owned by a message that was read */
    uint64_t name;           /* of what is undone */
    bool mail;
    int32_t digest, day; /* of a reply or fault: the digest's day, and the votes' */
    size_t votes;
    struct {
        unsigned number;
        enum profile_verdict verdict; /* up or down */
    } vote[MESSAGE_VOTES];
    char fault[MESSAGE_FAULT_TEXT]; /* of a fault */
};

void inbox_message_clear(struct inbox_message *message); /* for PITH_AUTO */
/* PITH_INPUT for bytes that are no message. */
enum pith_status inbox_message_read(const void *bytes, size_t length, struct inbox_message *ret_message, struct pith_error *reterr);

/* Seals it to a profile's public key and leaves it, inside a transaction. One with the ticket of a message that waits changes nothing. */
enum pith_status inbox_message_post(struct store *store, const struct store_profile *to, const unsigned char ticket[STORE_TICKET],
                                    const struct inbox_message *message, struct pith_error *reterr);

#endif
