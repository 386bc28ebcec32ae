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

Test(profile, votes_stand_replace_and_are_undone_without_a_trace)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store);
    char empty[2 * VAULT_FINGERPRINT + 1], one[2 * VAULT_FINGERPRINT + 1];
    strcpy(empty, digest(profile));
    vote(profile, "arxiv:1", VERDICT_UP, 1);
    strcpy(one, digest(profile));
    cr_expect_str_neq(one, empty);
    vote(profile, "arxiv:1", VERDICT_UP, 0);
    vote(profile, "arxiv:1", VERDICT_DOWN, 1);
    cr_expect_eq(profile_verdict(profile, "arxiv:1"), VERDICT_DOWN);
    cr_assert_eq(profile_undo(profile, NULL, NULL, NULL), PITH_OK);
    cr_expect_str_eq(digest(profile), one);
    vote(profile, "arxiv:1", VERDICT_NONE, 1);
    cr_expect_str_eq(digest(profile), empty);
    cr_assert_eq(profile_undo(profile, NULL, NULL, NULL), PITH_OK);
    cr_assert_eq(profile_undo(profile, NULL, NULL, NULL), PITH_OK);
    cr_expect_str_eq(digest(profile), empty);
    cr_expect_eq(profile_undo(profile, NULL, NULL, NULL), PITH_NOT_FOUND);
    profile_lock(profile);
    store_close(store);
}

Test(profile, comparisons_replace_their_opposite)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store);
    size_t count, recorded;
    struct profile_change over[] = {{.paper = "a", .loser = "b"}, {.paper = "c", .loser = "b"}};
    cr_assert_eq(profile_record(profile, over, 2, &recorded, NULL), PITH_OK);
    cr_expect_eq(recorded, 2);
    struct profile_change turned = {.paper = "b", .loser = "a"};
    cr_assert_eq(profile_record(profile, &turned, 1, NULL, NULL), PITH_OK);
    const struct profile_pair *pair = profile_pairs(profile, &count);
    cr_assert_eq(count, 2);
    cr_expect_str_eq(pair[0].winner, "b");
    cr_assert_eq(profile_undo(profile, NULL, NULL, NULL), PITH_OK);
    cr_assert_eq(profile_undo(profile, NULL, NULL, NULL), PITH_OK);
    profile_pairs(profile, &count);
    cr_expect_eq(count, 0, "both were one change");
    struct profile_change itself = {.paper = "a", .loser = "a"};
    cr_expect_eq(profile_record(profile, &itself, 1, NULL, NULL), PITH_USAGE);
    profile_lock(profile);
    store_close(store);
}

enum { PAPERS = 12, STEPS = 400 };

/* Random votes and undos against a plain table; reopening at the end gives the same. */
Test(profile, random_changes_and_undos_agree_with_a_plain_table)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store);
    static int table[STEPS + 1][PAPERS];
    size_t depth = 0;
    srand(11);
    for (int step = 0; step < STEPS; step++) {
        if (depth && rand() % 3 == 0) {
            cr_assert_eq(profile_undo(profile, NULL, NULL, NULL), PITH_OK);
            depth--;
        } else {
            int paper = rand() % PAPERS, verdict = rand() % 3 - 1;
            char key[200];
            snprintf(key, sizeof key, "id:%d-%0150d", paper, paper); /* long: several segments */
            bool new = table[depth][paper] != verdict;
            vote(profile, key, (enum profile_verdict)verdict, new);
            if (new) {
                memcpy(table[depth + 1], table[depth], sizeof table[0]);
                table[++depth][paper] = verdict;
            }
        }
        for (int paper = 0; paper < PAPERS; paper++) {
            char key[200];
            snprintf(key, sizeof key, "id:%d-%0150d", paper, paper);
            cr_assert_eq(profile_verdict(profile, key), table[depth][paper]);
        }
    }
    char before[2 * VAULT_FINGERPRINT + 1];
    strcpy(before, digest(profile));
    profile_lock(profile);
    profile = unlock(store);
    cr_expect_str_eq(digest(profile), before);
    profile_lock(profile);
    store_close(store);
}

Test(profile, wrong_passphrase_and_second_profile)
{
    struct store *store = make_store();
    struct profile *profile = NULL;
    struct pith_error error;
    cr_expect_eq(unlock_by(store, "wrong", &profile, &error), PITH_LOCKED);
    cr_expect_null(profile);
    cr_expect_eq(profile_create(store, NULL, "x", 1, PITH_INTERACTIVE, &error), PITH_EXISTS);
    store_close(store);
}

struct kept {
    int kind;
    int64_t number, counter;
    struct bytes blob;
};

static enum pith_status keep_row(void *user, int kind, int64_t number, int64_t counter, const void *blob, size_t length,
                                 struct pith_error *reterr)
{
    struct kept *kept = user;
    while (kept->kind)
        kept++;
    *kept = (struct kept){kind, number, counter, {0}};
    bytes_init(&kept->blob, 1 << 24);
    bytes_put(&kept->blob, blob, length);
    return bytes_done(&kept->blob, reterr);
}

static void put(struct store *store, const unsigned char *id, const struct kept *row, int64_t counter, const struct bytes *blob)
{
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    cr_assert_eq(store_put_sealed(store, id, row->kind, row->number, counter, blob, NULL), PITH_OK);
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
}

/* Opening reads every kind of row, not only what unlocking needs. */
static enum pith_status open_all(struct store *store, const unsigned char *id, const unsigned char *key)
{
    struct profile *profile = NULL;
    struct bytes plain;
    struct vault_key *fresh;
    cr_assert_eq(vault_key_from_bytes(key, &fresh, NULL), PITH_OK);
    enum pith_status status = profile_open(store, id, &fresh, &profile, NULL);
    bytes_init(&plain, 1 << 24);
    if (!status)
        status = profile_fetch(profile, ROW_MODEL, &plain, NULL);
    bytes_clear(&plain);
    profile_lock(profile);
    return status;
}

Test(profile, changed_missing_swapped_and_old_rows_are_told)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store);
    struct store_profile *profiles;
    size_t count;
    struct kept row[8] = {0}, old[8] = {0};
    struct bytes model;
    unsigned char key[VAULT_KEY];
    bytes_init(&model, 1000);
    bytes_put_string(&model, "a model", 7);
    cr_assert_eq(store_profiles(store, &profiles, &count, NULL), PITH_OK);
    const unsigned char *id = profiles[0].id;
    vote(profile, "arxiv:1", VERDICT_UP, 1);
    cr_assert_eq(profile_keep(profile, ROW_MODEL, &model, false, NULL), PITH_OK);
    cr_assert_eq(store_each_sealed(store, id, keep_row, old, NULL), PITH_OK);
    vote(profile, "arxiv:2", VERDICT_DOWN, 1);
    memcpy(key, vault_key_bytes(profile_key(profile)), VAULT_KEY);
    profile_lock(profile);
    cr_assert_eq(store_each_sealed(store, id, keep_row, row, NULL), PITH_OK);
    cr_assert_eq(open_all(store, id, key), PITH_OK);
    for (struct kept *at = row; at->kind; at++) {
        for (size_t i = 0; i < at->blob.length; i++) {
            at->blob.data[i] ^= 1;
            put(store, id, at, at->counter, &at->blob);
            cr_expect_eq(open_all(store, id, key), PITH_CORRUPT, "kind %d byte %zu", at->kind, i);
            at->blob.data[i] ^= 1;
        }
        put(store, id, at, at->counter + 1, &at->blob);
        cr_expect_eq(open_all(store, id, key), PITH_CORRUPT, "kind %d with another counter", at->kind);
        cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
        cr_assert_eq(store_delete_sealed(store, id, at->kind, at->number, NULL), PITH_OK);
        cr_assert_eq(store_commit(store, NULL), PITH_OK);
        cr_expect_eq(open_all(store, id, key), PITH_CORRUPT, "kind %d deleted", at->kind);
        put(store, id, at, at->counter, &at->blob);
    }
    cr_assert_eq(open_all(store, id, key), PITH_OK);
    put(store, id, &row[1], row[2].counter, &row[2].blob);
    cr_expect_eq(open_all(store, id, key), PITH_CORRUPT, "swapped");
    put(store, id, &row[1], row[1].counter, &row[1].blob);
    for (struct kept *at = row, *was = old; was->kind; at++, was++) { /* each row as it was a vote before */
        cr_assert(at->kind == was->kind && at->number == was->number);
        put(store, id, was, was->counter, &was->blob);
        bool same = at->counter == was->counter;
        cr_expect_eq(open_all(store, id, key), same ? PITH_OK : PITH_CORRUPT, "yesterday's row of kind %d", at->kind);
        put(store, id, at, at->counter, &at->blob);
    }
    cr_assert_eq(open_all(store, id, key), PITH_OK);
    for (int i = 0; i < 8; i++) {
        bytes_clear(&row[i].blob);
        bytes_clear(&old[i].blob);
    }
    bytes_clear(&model);
    free(profiles);
    store_close(store);
}

/* ---- ways in ---- */

static const unsigned char token_bytes[32] = "thirty-two bytes nobody guesses";
static const struct vault_secret token_secret = {PITH_TOKEN, token_bytes, sizeof token_bytes};

static int64_t add_token(struct profile *profile, uint32_t scopes, int64_t expires)
{
    struct vault_slot terms = {.kind = PITH_TOKEN, .scopes = scopes, .expires = expires};
    int64_t number = 0;
    cr_assert_eq(profile_put_slot(profile, &number, &terms, &token_secret, "bot", NULL), PITH_OK);
    return number;
}

/* Opens the only profile by the token. */
static enum pith_status by_token(struct store *store, int64_t now, struct profile **ret_profile)
{
    struct store_profile found;
    cr_assert_eq(profile_find(store, NULL, &found, NULL), PITH_OK);
    return profile_unlock(store, found.id, &token_secret, now, ret_profile, NULL);
}

Test(profile, a_token_brings_its_scopes_until_its_end)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store), *opened;
    cr_expect_eq(profile_scopes(profile), UINT32_MAX);
    cr_expect_eq(add_token(profile, 3, 1000), 2);
    cr_assert_eq(by_token(store, 1000, &opened), PITH_OK);
    cr_expect_eq(profile_scopes(opened), 3);
    profile_lock(opened);
    cr_expect_eq(by_token(store, 1001, &opened), PITH_LOCKED);
    cr_assert_eq(profile_revoke_slot(profile, 2, NULL), PITH_OK);
    cr_expect_eq(by_token(store, 0, &opened), PITH_LOCKED);
    cr_expect_eq(profile_revoke_slot(profile, 2, NULL), PITH_NOT_FOUND);
    add_token(profile, 3, 0);
    cr_expect_eq(profile_revoke_slot(profile, 1, NULL), PITH_USAGE, "a token is no last way in");
    profile_lock(profile);
    store_close(store);
}

struct one_slot {
    int64_t number;
    struct bytes blob;
};

static enum pith_status keep_slot(void *user, int64_t number, int kind, const void *blob, size_t length, struct pith_error *reterr)
{
    struct one_slot *slot = user;
    (void)reterr;
    if (kind != PITH_TOKEN)
        return PITH_OK;
    slot->number = number;
    bytes_init(&slot->blob, 1000);
    bytes_put(&slot->blob, blob, length);
    return PITH_OK;
}

static void put_slot(struct store *store, const unsigned char *id, int64_t number, const struct bytes *blob)
{
    cr_assert_eq(store_begin(store, true, NULL), PITH_OK);
    cr_assert_eq(store_put_slot(store, id, number, PITH_TOKEN, blob, NULL), PITH_OK);
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
}

static size_t good_slots(struct profile *profile, size_t *ret_all)
{
    struct profile_slot *slot;
    size_t good = 0;
    cr_assert_eq(profile_slots(profile, &slot, ret_all, NULL), PITH_OK);
    for (size_t i = 0; i < *ret_all; i++)
        good += slot[i].good;
    free(slot);
    return good;
}

Test(profile, a_revoked_slot_put_back_opens_nothing)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store), *opened;
    struct one_slot kept;
    size_t all;
    add_token(profile, 15, 0);
    cr_assert_eq(store_each_slot(store, profile_id(profile), keep_slot, &kept, NULL), PITH_OK);
    cr_assert_eq(profile_revoke_slot(profile, kept.number, NULL), PITH_OK);
    put_slot(store, profile_id(profile), kept.number, &kept.blob);
    cr_expect_eq(by_token(store, 0, &opened), PITH_LOCKED, "the true key is in it, but the head knows it no more");
    cr_expect_eq(good_slots(profile, &all), 1);
    cr_expect_eq(all, 2);
    put_slot(store, profile_id(profile), 9, &kept.blob);
    cr_expect_eq(by_token(store, 0, &opened), PITH_LOCKED, "nor under another number");
    cr_assert_eq(profile_revoke_slot(profile, kept.number, NULL), PITH_OK, "a foreign slot can be removed");
    profile_lock(profile);
    bytes_clear(&kept.blob);
    store_close(store);
}

Test(profile, another_passphrase_in_a_slot_ends_the_old_one)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store), *opened;
    struct vault_slot terms = vault_passphrase_slot(PITH_INTERACTIVE);
    struct vault_secret fresh = {PITH_PASSPHRASE, "battery staple", 14};
    int64_t number = 1;
    vote(profile, "arxiv:1", VERDICT_UP, 1);
    cr_assert_eq(profile_put_slot(profile, &number, &terms, &fresh, "", NULL), PITH_OK);
    cr_expect_eq(unlock_by(store, passphrase, &opened, NULL), PITH_LOCKED);
    cr_assert_eq(unlock_by(store, "battery staple", &opened, NULL), PITH_OK);
    cr_expect_str_eq(digest(opened), digest(profile));
    profile_lock(opened);
    number = 7;
    cr_expect_eq(profile_put_slot(profile, &number, &terms, &fresh, "", NULL), PITH_NOT_FOUND);
    profile_lock(profile);
    store_close(store);
}

Test(profile, rotation_keeps_what_is_sealed_and_ends_every_other_way_in)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store), *opened;
    struct vault_slot terms = vault_passphrase_slot(PITH_INTERACTIVE);
    struct vault_secret fresh = {PITH_PASSPHRASE, "battery staple", 14};
    unsigned char old[VAULT_KEY], id[VAULT_ID];
    struct vault_key *key;
    struct bytes model, plain;
    bytes_init(&model, 1000);
    bytes_init(&plain, 1000);
    bytes_put_string(&model, "a model", 7);
    vote(profile, "arxiv:1", VERDICT_UP, 1);
    cr_assert_eq(profile_keep(profile, ROW_MODEL, &model, false, NULL), PITH_OK);
    add_token(profile, 15, 0);
    memcpy(old, vault_key_bytes(profile_key(profile)), VAULT_KEY);
    memcpy(id, profile_id(profile), VAULT_ID);
    char before[2 * VAULT_FINGERPRINT + 1];
    strcpy(before, digest(profile));
    cr_assert_eq(profile_rotate(profile, &terms, &fresh, "", NULL), PITH_OK);
    vote(profile, "arxiv:2", VERDICT_UP, 1);
    cr_assert_eq(profile_undo(profile, NULL, NULL, NULL), PITH_OK);
    cr_expect_str_eq(digest(profile), before, "the open profile goes on");
    profile_lock(profile);
    cr_expect_eq(unlock_by(store, passphrase, &opened, NULL), PITH_LOCKED);
    cr_expect_eq(by_token(store, 0, &opened), PITH_LOCKED);
    cr_assert_eq(vault_key_from_bytes(old, &key, NULL), PITH_OK);
    cr_expect_eq(profile_open(store, id, &key, &opened, NULL), PITH_LOCKED, "the old key is not the profile's any more");
    cr_assert_eq(unlock_by(store, "battery staple", &opened, NULL), PITH_OK);
    cr_expect_str_eq(digest(opened), before);
    cr_assert_eq(profile_fetch(opened, ROW_MODEL, &plain, NULL), PITH_OK);
    cr_expect(plain.length == model.length && memcmp(plain.data, model.data, model.length) == 0);
    profile_lock(opened);
    bytes_clear(&model);
    bytes_clear(&plain);
    store_close(store);
}

/* ---- readers ---- */

Test(profile, readers_are_told_apart_by_name)
{
    struct store *store = make_store();
    struct store_profile ann, again;
    struct pith_error error;
    struct vault_secret secret = {PITH_PASSPHRASE, "word", 4};
    struct profile *profile;
    char name[PROFILE_MAX_NAME + 1];
    cr_assert_eq(profile_create(store, "Ann Lee", "word", 4, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_expect_eq(profile_create(store, " Ann\tLee ", "word", 4, PITH_INTERACTIVE, NULL), PITH_EXISTS, "the same name");
    cr_expect_eq(profile_find(store, NULL, &again, &error), PITH_USAGE);
    cr_expect(strstr(error.message, "2 readers"), "%s", error.message);
    cr_assert_eq(profile_find(store, "Ann Lee", &ann, NULL), PITH_OK);
    cr_expect_eq(profile_find(store, "Bob", &again, NULL), PITH_NOT_FOUND);
    cr_expect_eq(profile_create(store, "", "word", 4, PITH_INTERACTIVE, NULL), PITH_USAGE);
    cr_assert_eq(profile_unlock(store, ann.id, &secret, 0, &profile, NULL), PITH_OK);
    cr_assert_eq(profile_name(profile, name, NULL), PITH_OK);
    cr_expect_str_eq(name, "Ann Lee");
    profile_lock(profile);
    cr_assert_eq(profile_erase(store, ann.id, NULL), PITH_OK);
    cr_expect_eq(profile_find(store, "Ann Lee", &again, NULL), PITH_NOT_FOUND);
    profile = unlock(store);
    cr_assert_eq(profile_name(profile, name, NULL), PITH_OK);
    cr_expect_str_eq(name, "", "the one that is left has none");
    profile_lock(profile);
    store_close(store);
}

/* A row of one profile, put where another has its own, is told. */
Test(profile, rows_of_another_profile_are_told)
{
    struct store *store = make_store();
    struct store_profile ann;
    struct vault_secret secret = {PITH_PASSPHRASE, "word", 4};
    struct profile *profile = unlock(store), *opened;
    struct kept row[8] = {0};
    vote(profile, "arxiv:1", VERDICT_UP, 1);
    cr_assert_eq(store_each_sealed(store, profile_id(profile), keep_row, row, NULL), PITH_OK);
    cr_assert_eq(profile_create(store, "Ann", "word", 4, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(profile_find(store, "Ann", &ann, NULL), PITH_OK);
    for (struct kept *at = row; at->kind; at++) {
        put(store, ann.id, at, at->counter, &at->blob);
        cr_expect_eq(profile_unlock(store, ann.id, &secret, 0, &opened, NULL), PITH_CORRUPT, "kind %d", at->kind);
    }
    profile_lock(profile);
    for (int i = 0; i < 8; i++)
        bytes_clear(&row[i].blob);
    store_close(store);
}

/* ---- what lengths tell ---- */

static size_t sealed_length(struct store *store, const unsigned char *id)
{
    struct kept row[8] = {0};
    size_t length = 0;
    cr_assert_eq(store_each_sealed(store, id, keep_row, row, NULL), PITH_OK);
    for (struct kept *at = row; at->kind; at++) {
        length += at->blob.length;
        bytes_clear(&at->blob);
    }
    return length;
}

Test(profile, lengths_do_not_tell_how_many_votes_there_are)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store);
    vote(profile, "arxiv:2401.00000", VERDICT_UP, 1);
    size_t length = sealed_length(store, profile_id(profile));
    for (int i = 1; i < 100; i++) {
        char key[32];
        snprintf(key, sizeof key, "arxiv:2401.%05d", i);
        vote(profile, key, VERDICT_UP, 1);
        cr_expect_eq(sealed_length(store, profile_id(profile)), length, "%d votes", i + 1);
    }
    profile_lock(profile);
    store_close(store);
}
