#include "engine/profile/inbox_message.h"
#include "engine/profile/profile.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char passphrase[] = "correct horse";

static struct store *make_store(void)
{
    struct store *store;
    struct pith_error error;
    cr_assert_eq(vault_start(&error), PITH_OK);
    cr_assert_eq(store_open(testing_folder(), true, &store, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(profile_create(store, NULL, passphrase, strlen(passphrase), PITH_INTERACTIVE, &error), PITH_OK);
    return store;
}

/* Opens the store's only profile by a passphrase. */
static enum pith_status unlock_by(struct store *store, const char *typed, struct profile **ret_profile, struct pith_error *reterr)
{
    struct store_profile found;
    struct vault_secret secret = {PITH_PASSPHRASE, typed, strlen(typed)};
    enum pith_status status = profile_find(store, NULL, &found, reterr);
    return status ? status : profile_unlock(store, found.id, &secret, 0, ret_profile, reterr);
}

static struct profile *unlock(struct store *store)
{
    struct profile *profile;
    struct pith_error error;
    cr_assert_eq(unlock_by(store, passphrase, &profile, &error), PITH_OK, "%s", error.message);
    return profile;
}

static void vote(struct profile *profile, const char *paper, enum profile_verdict verdict, size_t expected)
{
    size_t recorded = 99;
    struct profile_change change = {.paper = paper, .verdict = verdict, .day = 20000};
    cr_assert_eq(profile_record(profile, &change, 1, &recorded, NULL), PITH_OK);
    cr_expect_eq(recorded, expected);
}

static const char *digest(const struct profile *profile)
{
    static char hex[4][2 * VAULT_FINGERPRINT + 1];
    static unsigned next;
    char *at = hex[next++ % 4];
    cr_assert_eq(profile_fingerprint(profile, at, NULL), PITH_OK);
    return at;
}

static void post(struct store *store, const char *paper, enum profile_verdict verdict, unsigned char ticket)
{
    struct store_profile to;
    unsigned char bytes[STORE_TICKET] = {ticket};
    struct profile_change change = {.paper = paper, .verdict = verdict, .day = 20000};
    cr_assert_eq(profile_find(store, NULL, &to, NULL), PITH_OK);
    cr_assert_eq(profile_post(store, &to, bytes, &change, NULL), PITH_OK);
}

static void post_junk(struct store *store, const unsigned char *id, unsigned char ticket, size_t length)
{
    struct bytes junk;
    unsigned char bytes[STORE_TICKET] = {ticket}, zeros[STORE_MAX_MESSAGE] = {0};
    bytes_init(&junk, STORE_MAX_MESSAGE);
    bytes_put(&junk, zeros, length);
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    cr_assert_eq(store_post(store, id, bytes, &junk, NULL, NULL), PITH_OK);
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
    bytes_clear(&junk);
}

Test(inbox, the_inbox_is_taken_in_in_order_once_and_without_junk)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store);
    size_t taken, junk;
    vote(profile, "arxiv:1", VERDICT_UP, 1);
    post(store, "arxiv:1", VERDICT_DOWN, 1);
    post(store, "arxiv:2", VERDICT_UP, 2);
    post_junk(store, profile_id(profile), 3, 304);
    post_junk(store, profile_id(profile), 4, 0);
    post(store, "arxiv:1", VERDICT_UP, 5);
    post(store, "arxiv:3", VERDICT_DOWN, 6);
    post(store, "arxiv:3", VERDICT_UP, 6); /* the same ticket while it waits */
    cr_assert_eq(profile_receive(profile, &taken, &junk, NULL), PITH_OK);
    cr_expect_eq(taken, 4);
    cr_expect_eq(junk, 2);
    cr_expect_eq(profile_verdict(profile, "arxiv:1"), VERDICT_UP, "the last word counts");
    cr_expect_eq(profile_verdict(profile, "arxiv:2"), VERDICT_UP);
    cr_expect_eq(profile_verdict(profile, "arxiv:3"), VERDICT_DOWN);
    cr_assert_eq(profile_receive(profile, &taken, &junk, NULL), PITH_OK);
    cr_expect_eq(taken + junk, 0, "the inbox is empty now");
    cr_assert_eq(profile_undo(profile, NULL, NULL, NULL), PITH_OK);
    cr_expect_eq(profile_verdict(profile, "arxiv:3"), VERDICT_NONE, "each message is its own change");
    cr_expect_eq(profile_verdict(profile, "arxiv:2"), VERDICT_UP);
    profile_lock(profile);
    profile = unlock(store);
    cr_expect_eq(profile_verdict(profile, "arxiv:2"), VERDICT_UP, "and it is in the log");
    profile_lock(profile);
    store_close(store);
}

static void post_message(struct store *store, const struct inbox_message *message, unsigned char ticket)
{
    struct store_profile to;
    unsigned char bytes[STORE_TICKET] = {ticket};
    cr_assert_eq(profile_find(store, NULL, &to, NULL), PITH_OK);
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    cr_assert_eq(inbox_message_post(store, &to, bytes, message, NULL), PITH_OK);
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
}

static void post_named(struct store *store, const char *paper, enum profile_verdict verdict, uint64_t name)
{
    const struct inbox_message message = {.kind = MESSAGE_CHANGE, .event = {(char *)paper, NULL, verdict, 20000, true, name}};
    post_message(store, &message, (unsigned char)name);
}

static void post_undo(struct store *store, uint64_t name)
{
    post_message(store, &(struct inbox_message){.kind = MESSAGE_UNDO, .name = name}, (unsigned char)(name + 128));
}

/* What tickets left goes again, from the middle of a log of several segments, in any order, and nothing else. */
Test(inbox, what_a_ticket_left_goes_from_the_middle_of_a_long_log)
{
    enum { EVENTS = 60 };
    struct store *store = make_store(), *plain = make_store();
    struct profile *profile = unlock(store), *without = unlock(plain);
    char key[1200], before[2 * VAULT_FINGERPRINT + 1];
    size_t taken, junk;
    for (int i = 0; i < EVENTS; i++) {
        snprintf(key, sizeof key, "id:%d-%01000d", i, i);
        if (i % 3) {
            vote(profile, key, i % 2 ? VERDICT_UP : VERDICT_DOWN, 1);
            vote(without, key, i % 2 ? VERDICT_UP : VERDICT_DOWN, 1);
        } else {
            post_named(store, key, VERDICT_UP, (uint64_t)i + 1);
            cr_assert_eq(profile_receive(profile, &taken, &junk, NULL), PITH_OK);
        }
    }
    strcpy(before, digest(without));
    profile_lock(without);
    store_close(plain);
    cr_expect_str_neq(digest(profile), before);
    profile_lock(profile);
    for (int i = EVENTS - 1; i >= 0; i--)
        if (i % 3 == 0)
            post_undo(store, (uint64_t)((i * 7) % EVENTS) + 1);
    profile = unlock(store);
    cr_assert_eq(profile_receive(profile, &taken, &junk, NULL), PITH_OK);
    cr_expect_eq(taken, EVENTS / 3);
    cr_expect_str_eq(digest(profile), before);
    profile_lock(profile);
    profile = unlock(store);
    cr_expect_str_eq(digest(profile), before, "and so it is on the disk");
    struct profile_extent extent;
    cr_assert_eq(profile_check(profile, &extent, NULL), PITH_OK);
    cr_expect_eq(extent.events, EVENTS - EVENTS / 3);
    profile_lock(profile);
    store_close(store);
}

Test(inbox, what_waits_is_taken_into_the_log_as_another_pith_left_it)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store), *other;
    size_t taken, junk;
    post_named(store, "arxiv:1", VERDICT_UP, 5);
    cr_assert_eq(profile_receive(profile, &taken, &junk, NULL), PITH_OK);
    other = unlock(store);
    vote(other, "arxiv:2", VERDICT_UP, 1);
    post_undo(store, 5);
    post_named(store, "arxiv:3", VERDICT_DOWN, 6);
    cr_expect(profile_is_stale(profile) && !profile_is_stale(other));
    cr_assert_eq(profile_receive(profile, &taken, &junk, NULL), PITH_OK);
    cr_expect_eq(taken, 2);
    cr_expect_eq(profile_verdict(profile, "arxiv:1"), VERDICT_NONE);
    cr_expect_eq(profile_verdict(profile, "arxiv:2"), VERDICT_UP);
    cr_expect_eq(profile_verdict(profile, "arxiv:3"), VERDICT_DOWN);
    cr_assert_eq(profile_refresh(other, NULL), PITH_OK);
    cr_expect_str_eq(digest(other), digest(profile));
    profile_lock(profile);
    profile_lock(other);
    store_close(store);
}

/* Two handles, each changing what the other does not know of yet. */
Test(inbox, changes_over_an_older_state_keep_what_others_wrote)
{
    struct store *store = make_store();
    struct profile *one = unlock(store), *other = unlock(store);
    vote(one, "arxiv:1", VERDICT_UP, 1);
    vote(other, "arxiv:2", VERDICT_DOWN, 1);
    vote(one, "arxiv:3", VERDICT_UP, 1);
    cr_expect_eq(profile_verdict(one, "arxiv:2"), VERDICT_DOWN, "a change reads what stands");
    cr_assert_eq(profile_undo(other, NULL, NULL, NULL), PITH_OK);
    cr_expect_eq(profile_verdict(other, "arxiv:3"), VERDICT_NONE, "the last change is the last of all");
    cr_expect_eq(profile_verdict(other, "arxiv:1"), VERDICT_UP);
    profile_lock(one);
    profile_lock(other);
    store_close(store);
}

/* An open profile whose way in has ended meanwhile says so, and nothing of damage. */
Test(inbox, a_way_in_that_ends_while_the_profile_is_open_locks_it)
{
    static const char token[32] = "thirty-two bytes of a token here";
    const struct vault_slot terms = {.kind = PITH_TOKEN, .scopes = 15};
    const struct vault_slot sealed_anew = {.kind = PITH_RECOVERY_CODE};
    const struct vault_secret secret = {PITH_TOKEN, token, sizeof token}, code = {PITH_RECOVERY_CODE, "0123456789abcdefghij", 20};
    for (int ending = 0; ending < 3; ending++) {
        struct store *store = make_store();
        struct profile *owner = unlock(store), *profile;
        struct pith_error error = {0};
        struct profile_slot *slots;
        size_t count;
        int64_t number = 0;
        cr_assert_eq(profile_put_slot(owner, &number, &terms, &secret, "bot", NULL), PITH_OK);
        cr_assert_eq(profile_unlock(store, profile_id(owner), &secret, 0, &profile, NULL), PITH_OK);
        cr_expect_eq(profile_refresh(profile, NULL), PITH_OK);
        switch (ending) {
        case 0: cr_assert_eq(profile_revoke_slot(owner, number, NULL), PITH_OK); break;
        case 1: cr_assert_eq(profile_rotate(owner, &sealed_anew, &code, "", NULL), PITH_OK); break;
        case 2: cr_assert_eq(profile_erase(store, profile_id(owner), NULL), PITH_OK); break;
        }
        cr_expect_eq(profile_refresh(profile, &error), PITH_LOCKED, "%s", error.message);
        cr_expect(strstr(error.message, "meanwhile"), "%s", error.message);
        cr_expect_eq(profile_slots(profile, &slots, &count, NULL), PITH_LOCKED);
        struct profile_change change = {.paper = "arxiv:1", .verdict = VERDICT_UP, .day = 1};
        cr_expect_eq(profile_record(profile, &change, 1, NULL, NULL), PITH_LOCKED);
        profile_lock(profile);
        profile_lock(owner);
        store_close(store);
    }
}

Test(inbox, a_flood_of_messages_is_bounded)
{
    struct store *store = make_store();
    struct store_profile to;
    struct bytes junk;
    enum pith_status status = PITH_OK;
    size_t added = 0;
    cr_assert_eq(profile_find(store, NULL, &to, NULL), PITH_OK);
    bytes_init(&junk, 2 * STORE_MAX_MESSAGE);
    bytes_put(&junk, "x", 1);
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    for (uint32_t i = 0; !status; i++) {
        unsigned char ticket[STORE_TICKET] = {0};
        memcpy(ticket, &i, sizeof i);
        status = store_post(store, to.id, ticket, &junk, NULL, NULL);
        added += !status;
    }
    cr_expect_eq(status, PITH_NOMEM);
    cr_expect_eq(added, STORE_MAX_INBOX);
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
    struct profile *profile = unlock(store);
    size_t taken, dropped;
    cr_assert_eq(profile_receive(profile, &taken, &dropped, NULL), PITH_OK);
    cr_expect_eq(taken, 0);
    cr_expect_eq(dropped, STORE_MAX_INBOX);
    profile_lock(profile);
    bytes_clear(&junk);
    store_close(store);
}
