/* Any bytes as a mail that answers a digest: votes are within the digest, each number once, and no ticket of another key is taken. */
#include "tests/fuzz/fuzz.h"

#include "engine/digest/mail_votes.h"

#include <string.h>

enum { PAPERS = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char key[STORE_TICKET_KEY] = "a key that every fuzzer knows";
    const char *mail = size ? (const char *)data : "";
    struct pith_reply reply = {.day = 7};
    struct ticket ticket;
    struct pith_error error;
    HOLDS(vault_start(NULL) == PITH_OK);
    enum pith_status status = reply_ticket(key, mail, size, &ticket, &error);
    HOLDS(!status || status == PITH_INPUT || status == PITH_NOT_FOUND);
    HOLDS(status || ticket.kind == PITH_TICKET_REPLY);
    status = reply_votes(mail, size, PAPERS, &reply, &error);
    fuzz_failed_well(status, PITH_INPUT, &error);
    HOLDS(status ? reply.votes == 0 : reply.votes > 0 && reply.votes <= PAPERS);
    for (size_t i = 0; i < reply.votes; i++) {
        HOLDS(reply.vote[i].number >= 1 && reply.vote[i].number <= PAPERS);
        HOLDS(i == 0 || reply.vote[i].number > reply.vote[i - 1].number);
        HOLDS(reply.vote[i].verdict == 1 || reply.vote[i].verdict == -1);
    }
    HOLDS(reply.day == 7);
    return 0;
}
