#include "engine/profile/inbox_message.h"

#include "engine/crypto/vault.h"

#include <string.h>

enum { VERSION = 2, STEP = 256 };

void inbox_message_clear(struct inbox_message *message)
{
    vote_event_clear(&message->event);
}

static void put_reply(struct bytes *bytes, const struct inbox_message *message)
{
    bytes_put_u32(bytes, (uint32_t)message->digest);
    bytes_put_u32(bytes, (uint32_t)message->day);
    bytes_put_varint(bytes, message->votes);
    for (size_t i = 0; i < message->votes; i++) {
        bytes_put_varint(bytes, message->vote[i].number);
        bytes_put_u8(bytes, (uint8_t)(message->vote[i].verdict + 1));
    }
}

static bool get_reply(struct bytes_reader *reader, struct inbox_message *message)
{
    bool good = true;
    message->digest = (int32_t)bytes_get_u32(reader);
    message->day = (int32_t)bytes_get_u32(reader);
    message->votes = bytes_get_count(reader, 2);
    if (!message->votes || message->votes > MESSAGE_VOTES)
        return false;
    for (size_t i = 0; i < message->votes; i++) {
        uint64_t number = bytes_get_varint(reader);
        int verdict = bytes_get_u8(reader) - 1;
        good = good && number && number <= UINT32_MAX && (verdict == VERDICT_UP || verdict == VERDICT_DOWN);
        message->vote[i].number = (unsigned)number;
        message->vote[i].verdict = (enum profile_verdict)verdict;
    }
    return good;
}

static void put_fault(struct bytes *bytes, const struct inbox_message *message)
{
    bytes_put_u32(bytes, (uint32_t)message->digest);
    bytes_put_u32(bytes, (uint32_t)message->day);
    bytes_put_string(bytes, message->fault, strlen(message->fault));
}

static bool get_fault(struct bytes_reader *reader, struct inbox_message *message)
{
    message->digest = (int32_t)bytes_get_u32(reader);
    message->day = (int32_t)bytes_get_u32(reader);
    PITH_AUTO(pith_free_p) char *fault = bytes_take_string(reader);
    bool good = fault && *fault && strlen(fault) < sizeof message->fault;
    if (good)
        memcpy(message->fault, fault, strlen(fault) + 1);
    return good;
}

static void put(struct bytes *bytes, const struct inbox_message *message)
{
    bytes_put_u8(bytes, VERSION);
    bytes_put_u8(bytes, (uint8_t)message->kind);
    switch (message->kind) {
    case MESSAGE_CHANGE: vote_event_put(bytes, &message->event); break;
    case MESSAGE_UNDO: bytes_put_u64(bytes, message->name); break;
    case MESSAGE_MAIL: bytes_put_u8(bytes, message->mail); break;
    case MESSAGE_REPLY: put_reply(bytes, message); break;
    case MESSAGE_FAULT: put_fault(bytes, message); break;
    }
}

static bool get_change(struct bytes_reader *reader, unsigned version, struct inbox_message *message)
{
    message->kind = MESSAGE_CHANGE;
    return vote_event_get(reader, version > 1 ? EVENTS_VERSION : version, &message->event) &&
           !(message->event.loser && strcmp(message->event.paper, message->event.loser) == 0);
}

static bool get(struct bytes_reader *reader, struct inbox_message *message)
{
    unsigned version = bytes_get_u8(reader);
    if (version == 1)
        return get_change(reader, version, message);
    if (version != VERSION)
        return false;
    message->kind = (enum inbox_message_kind)bytes_get_u8(reader);
    switch (message->kind) {
    case MESSAGE_CHANGE: return get_change(reader, version, message);
    case MESSAGE_UNDO: message->name = bytes_get_u64(reader); return message->name != 0;
    case MESSAGE_MAIL: message->mail = bytes_get_u8(reader); return true;
    case MESSAGE_REPLY: return get_reply(reader, message);
    case MESSAGE_FAULT: return get_fault(reader, message);
    }
    return false;
}

enum pith_status inbox_message_read(const void *bytes, size_t length, struct inbox_message *ret_message, struct pith_error *reterr)
{
    struct inbox_message message = {0};
    struct bytes_reader reader;
    bytes_reader_init(&reader, bytes, length);
    if (get(&reader, &message) && !reader.failed && reader.at == reader.end) {
        *ret_message = message;
        return PITH_OK;
    }
    inbox_message_clear(&message);
    return reader.exhausted ? pith_no_memory(reterr) : pith_fail(reterr, PITH_INPUT, "the bytes are no message");
}

enum pith_status inbox_message_post(struct store *store, const struct store_profile *to, const unsigned char ticket[STORE_TICKET],
                                    const struct inbox_message *message, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    PITH_AUTO(bytes_clear) struct bytes sealed;
    bytes_init(&plain, STORE_MAX_MESSAGE);
    bytes_init(&sealed, STORE_MAX_MESSAGE);
    put(&plain, message);
    enum pith_status status = bytes_done(&plain, reterr);
    if (!status)
        status = vault_post(to->public_key, plain.data, plain.length, STEP, &sealed, reterr);
    return status ? status : store_post(store, to->id, ticket, &sealed, NULL, reterr);
}
