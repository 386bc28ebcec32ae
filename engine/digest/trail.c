#include "engine/digest/trail.h"

#include "engine/base/bytes.h"
#include "engine/crypto/credentials.h"

#include <assert.h>
#include <string.h>

enum {
    VERSION = 'T', /* a ticket's is another: neither is taken for the other */
    HEAD = 1 + VAULT_ID + 4,
    ITEM = 8 + 4,
    PLAIN = HEAD + TRAIL_MOST * ITEM,
    SEALED = PLAIN + VAULT_FIXED_OVERHEAD,
    TEXT = (SEALED * 8 + 5) / 6
};
_Static_assert((int)TEXT < (int)PITH_TRAIL_TEXT, "the header's size holds a trail");

/* Whose mail it is, and of which days it is good. */
static void put_head(struct bytes *out, const struct ticket *beside)
{
    bytes_put_u8(out, VERSION);
    bytes_put(out, beside->profile, VAULT_ID);
    bytes_put_u32(out, (uint32_t)beside->day | (uint32_t)beside->last << 16);
}

static void begin(struct bytes *out, unsigned char *plain)
{
    bytes_init(out, PLAIN);
    out->data = plain;
    out->cap = PLAIN; /* fits by construction: nothing is allocated */
}

void trail_write(const unsigned char key[STORE_TICKET_KEY], const struct ticket *beside, const struct trail *trail,
                 char text[PITH_TRAIL_TEXT])
{
    unsigned char plain[PLAIN], sealed[SEALED];
    struct bytes out;
    assert(trail->count <= TRAIL_MOST);
    *text = '\0';
    if (!trail->count)
        return;
    begin(&out, plain);
    put_head(&out, beside);
    for (size_t i = 0; i < trail->count; i++) {
        bytes_put_u64(&out, (uint64_t)trail->item[i].number);
        bytes_put_u32(&out, trail->item[i].paper);
    }
    vault_fixed_box(key, plain, out.length, sealed);
    credentials_write_base64url(sealed, out.length + VAULT_FIXED_OVERHEAD, text);
}

enum pith_status trail_read(const unsigned char key[STORE_TICKET_KEY], const struct ticket *beside, const char *text,
                            struct trail *ret_trail, struct pith_error *reterr)
{
    unsigned char plain[PLAIN], sealed[SEALED], head[HEAD];
    struct bytes_reader reader;
    struct bytes out;
    struct trail trail = {0};
    size_t characters = strlen(text), length = characters * 6 / 8;
    bool good = characters <= TEXT && length > HEAD + VAULT_FIXED_OVERHEAD && (length * 8 + 5) / 6 == characters &&
                (length - HEAD - VAULT_FIXED_OVERHEAD) % ITEM == 0 && credentials_read_base64url(text, sealed, length) &&
                vault_fixed_unbox(key, sealed, length, plain);
    bytes_init(&out, HEAD);
    out.data = head;
    out.cap = HEAD;
    put_head(&out, beside);
    if (!good || memcmp(plain, head, HEAD) != 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "this link was cut or changed on the way");
    bytes_reader_init(&reader, plain + HEAD, length - HEAD - VAULT_FIXED_OVERHEAD);
    for (; reader.at != reader.end; trail.count++) {
        trail.item[trail.count].number = (int64_t)bytes_get_u64(&reader);
        trail.item[trail.count].paper = bytes_get_u32(&reader);
    }
    *ret_trail = trail;
    return PITH_OK;
}
