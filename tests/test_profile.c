#include "../engine/profile.h"
#include "testing.h"

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
    cr_assert_eq(profile_create(store, NULL, passphrase, strlen(passphrase), VAULT_INTERACTIVE, &error), PITH_OK);
    return store;
}

/* Opens the store's only profile by a passphrase. */
static enum pith_status unlock_by(struct store *store, const char *typed, struct profile **ret_profile, struct pith_error *reterr)
{
    struct store_profile found;
    struct vault_secret secret = {SLOT_PASSPHRASE, typed, strlen(typed)};
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
    static char hex[4][2 * VAULT_DIGEST + 1];
    static unsigned next;
    char *at = hex[next++ % 4];
    cr_assert_eq(profile_digest(profile, at, NULL), PITH_OK);
    return at;
}

Test(profile, votes_stand_replace_and_are_undone_without_a_trace)
{
    struct store *store = make_store();
    struct profile *profile = unlock(store);
    char empty[2 * VAULT_DIGEST + 1], one[2 * VAULT_DIGEST + 1];
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
    char before[2 * VAULT_DIGEST + 1];
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
    cr_expect_eq(profile_create(store, NULL, "x", 1, VAULT_INTERACTIVE, &error), PITH_EXISTS);
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
    put(store, id, &old[1], old[1].counter, &old[1].blob);
    cr_expect_eq(open_all(store, id, key), PITH_CORRUPT, "yesterday's");
    for (int i = 0; i < 8; i++) {
        bytes_clear(&row[i].blob);
        bytes_clear(&old[i].blob);
    }
    bytes_clear(&model);
    free(profiles);
    store_close(store);
}
