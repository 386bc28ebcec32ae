/* Any bytes in the inbox: as a sealed message, and as what a message holds. What is no vote is dropped and counted; the inbox is
 * empty afterwards and the votes are whole. */
#include "tests/fuzz/fuzz.h"
#include "tests/lib/testing.h"

#include "engine/profile/profile.h"

#include <stdlib.h>
#include <string.h>

static struct store *store;
static struct store_profile to;
static struct profile *profile;

static void start(void)
{
    struct vault_secret secret = {PITH_PASSPHRASE, "word", 4};
    HOLDS(vault_start(NULL) == PITH_OK);
    HOLDS(store_open(testing_folder(), true, &store, NULL) == PITH_OK);
    HOLDS(profile_create(store, NULL, "word", 4, PITH_INTERACTIVE, NULL) == PITH_OK);
    HOLDS(profile_find(store, NULL, &to, NULL) == PITH_OK);
    HOLDS(profile_unlock(store, to.id, &secret, 0, &profile, NULL) == PITH_OK);
}

static void post(const struct bytes *message, unsigned char ticket)
{
    unsigned char bytes[STORE_TICKET] = {ticket};
    HOLDS(store_begin(store, false, NULL) == PITH_OK);
    HOLDS(store_post(store, to.id, bytes, message, NULL, NULL) == PITH_OK);
    HOLDS(store_commit(store, NULL) == PITH_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PITH_AUTO(bytes_clear) struct bytes raw;
    PITH_AUTO(bytes_clear) struct bytes sealed;
    size_t taken, junk, votes, before;
    if (!profile)
        start();
    if (size > STORE_MAX_MESSAGE / 2)
        return 0;
    bytes_init(&raw, STORE_MAX_MESSAGE);
    bytes_init(&sealed, STORE_MAX_MESSAGE);
    bytes_put(&raw, data, size);
    HOLDS(vault_post(to.public_key, data, size, 256, &sealed, NULL) == PITH_OK);
    profile_votes(profile, &before);
    post(&raw, 1);
    post(&sealed, 2);
    HOLDS(profile_receive(profile, &taken, &junk, NULL) == PITH_OK);
    HOLDS(taken + junk == 2 && taken <= 1);
    profile_votes(profile, &votes);
    HOLDS(votes + 1 >= before && votes <= before + 1);
    HOLDS(profile_receive(profile, &taken, &junk, NULL) == PITH_OK && taken + junk == 0);
    if (taken && votes > 100)
        HOLDS(profile_undo(profile, NULL, NULL, NULL) == PITH_OK);
    return 0;
}
