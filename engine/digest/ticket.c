#include "engine/digest/ticket.h"

#include "engine/base/bytes.h"
#include "engine/crypto/credentials.h"

#include <assert.h>
#include <string.h>

enum {
    VERSION = 1,
    PLAIN = 1 + 1 + VAULT_ID + 8 + 4 + 1 + 2 + 2,
    SEALED = PLAIN + VAULT_FIXED_OVERHEAD,
    TEXT = (SEALED * 8 + 5) / 6
};
_Static_assert((int)TEXT < (int)PITH_TICKET_TEXT, "the header's size holds a ticket");

uint32_t ticket_paper(const char *key)
{
    unsigned char hash[16];
    struct bytes_reader reader;
    vault_hash16(key, strlen(key), hash);
    bytes_reader_init(&reader, hash, sizeof hash);
    return bytes_get_u32(&reader);
}

static bool holds(int32_t day)
{
    return day >= TICKET_FIRST_DAY && day <= TICKET_LAST_DAY;
}

void ticket_write(const unsigned char key[STORE_TICKET_KEY], const struct ticket *ticket, char text[PITH_TICKET_TEXT])
{
    unsigned char plain[PLAIN], sealed[SEALED];
    struct bytes out;
    assert(holds(ticket->day) && holds(ticket->last));
    bytes_init(&out, PLAIN);
    out.data = plain;
    out.cap = PLAIN; /* fits by construction: nothing is allocated */
    bytes_put_u8(&out, VERSION);
    bytes_put_u8(&out, (uint8_t)ticket->kind);
    bytes_put(&out, ticket->profile, VAULT_ID);
    bytes_put_u64(&out, (uint64_t)ticket->number);
    bytes_put_u32(&out, ticket->paper);
    bytes_put_u8(&out, (uint8_t)(ticket->verdict + 1));
    bytes_put_u32(&out, (uint32_t)ticket->day | (uint32_t)ticket->last << 16);
    vault_fixed_box(key, plain, sizeof plain, sealed);
    credentials_write_base64url(sealed, sizeof sealed, text);
}

enum pith_status ticket_read(const unsigned char key[STORE_TICKET_KEY], const char *text, struct ticket *ret_ticket,
                             unsigned char name[STORE_TICKET], struct pith_error *reterr)
{
    unsigned char plain[PLAIN], sealed[SEALED];
    struct bytes_reader reader;
    if (strlen(text) != TEXT || !credentials_read_base64url(text, sealed, sizeof sealed) ||
        !vault_fixed_unbox(key, sealed, sizeof sealed, plain))
        return pith_fail(reterr, PITH_NOT_FOUND, "this link is none of this pith's, or was cut or changed on the way");
    bytes_reader_init(&reader, plain, sizeof plain);
    unsigned version = bytes_get_u8(&reader);
    struct ticket ticket = {.kind = (enum pith_ticket_kind)bytes_get_u8(&reader)};
    memcpy(ticket.profile, bytes_get(&reader, VAULT_ID), VAULT_ID);
    ticket.number = (int64_t)bytes_get_u64(&reader);
    ticket.paper = bytes_get_u32(&reader);
    ticket.verdict = bytes_get_u8(&reader) - 1;
    uint32_t days = bytes_get_u32(&reader);
    ticket.day = (int32_t)(days & 0xffff);
    ticket.last = (int32_t)(days >> 16);
    if (version != VERSION || ticket.kind < PITH_TICKET_THUMB || ticket.kind > PITH_TICKET_MAIL)
        return pith_fail(reterr, PITH_NOT_FOUND, "this link was made by a newer pith");
    vault_hash16(sealed, sizeof sealed, name);
    *ret_ticket = ticket;
    return PITH_OK;
}
