/* Any bytes as a ticket's text, and as what is sealed in one: a text that another pith made is none, and what this one made comes
 * back as it was. */
#include "tests/fuzz/fuzz.h"

#include "engine/crypto/credentials.h"
#include "engine/digest/ticket.h"

#include <stdlib.h>
#include <string.h>

enum { PLAIN = 35, SEALED = PLAIN + VAULT_FIXED_OVERHEAD };

static const unsigned char key[STORE_TICKET_KEY] = "a key that every fuzzer knows";

static void read_text(const uint8_t *data, size_t size)
{
    struct ticket ticket;
    struct pith_error error;
    unsigned char name[STORE_TICKET];
    char again[PITH_TICKET_TEXT];
    PITH_AUTO(pith_free_p) char *text = strndup((const char *)data, size);
    enum pith_status status = ticket_read(key, text, &ticket, name, &error);
    fuzz_failed_well(status, PITH_NOT_FOUND, &error);
    if (status)
        return;
    ticket_write(key, &ticket, again);
    HOLDS(strcmp(again, text) == 0);
}

/* The bytes as if the key's holder had sealed them. */
static void read_plain(const uint8_t *data, size_t size)
{
    unsigned char plain[PLAIN] = {0}, sealed[SEALED];
    char text[PITH_TICKET_TEXT];
    memcpy(plain, data, size < PLAIN ? size : PLAIN);
    vault_fixed_box(key, plain, sizeof plain, sealed);
    credentials_write_base64url(sealed, sizeof sealed, text);
    read_text((const uint8_t *)text, strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HOLDS(vault_start(NULL) == PITH_OK);
    read_text(data, size);
    read_plain(data, size);
    return 0;
}
