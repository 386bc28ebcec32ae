#include "engine/crypto/credentials.h"
#include "engine/door/export.h"
#include "engine/door/json_profile.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct vault_key *key;

static void start(void)
{
    unsigned char public_key[VAULT_PUBLIC_KEY];
    cr_assert_eq(vault_start(NULL), PITH_OK);
    cr_assert_eq(vault_key_new(&key, public_key, NULL), PITH_OK);
}

static void end(void)
{
    vault_key_free(key);
}

TestSuite(export, .init = start, .fini = end);

/* An export of these thumbs and comparison, and of a model with a weight for each of two words; `emphasis` is the second's. */
static char *make_export(struct profile_vote *votes, size_t vote_count, struct profile_pair *pairs, size_t pair_count,
                         const double weights[2], double title_weight)
{
    static const char *const names[] = {"diffus", "survey"};
    struct model *model;
    char *json;
    cr_assert_eq(model_new(&model, NULL), PITH_OK);
    model->papers = 100;
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        model->variance[view] = 1;
    for (size_t i = 0; i < 2; i++) {
        struct model_term term = {.key = feature_key(VIEW_WORD, names[i], strlen(names[i])),
                                  .view = VIEW_WORD,
                                  .papers = 3,
                                  .weight = (float)weights[i],
                                  .title_weight = i ? (float)title_weight : 1};
        cr_assert_eq(model_add_term(model, &term, names[i], NULL), PITH_OK);
    }
    cr_assert_eq(model_finish(model, NULL), PITH_OK);
    struct json_profile profile = {.model = model, .vote = votes, .votes = vote_count, .pair = pairs, .pairs = pair_count};
    cr_assert_eq(json_profile_write(&profile, &json, NULL), PITH_OK);
    cr_assert_eq(export_sign(key, &json, NULL), PITH_OK);
    model_free(model);
    return json;
}

static char up[] = "arxiv:2506.00001", down[] = "arxiv:2506.00002", third[] = "arxiv:2506.00003";

static char *some_export(void)
{
    struct profile_vote votes[] = {{up, VERDICT_UP, 20000, 0}, {down, VERDICT_DOWN, 20000, 1}};
    struct profile_pair pair = {up, down, 20000, 2};
    return make_export(votes, 2, &pair, 1, (const double[]){0.5, -0.25}, 1);
}

Test(export, a_signed_export_verifies_and_reads_as_before)
{
    char *json = some_export();
    bool is_signed = false;
    unsigned char signer[VAULT_SIGNER], expected[VAULT_SIGNER], signature[VAULT_SIGNATURE];
    struct json_profile profile = {0};
    cr_assert_eq(export_verify(json, strlen(json), &is_signed, signer, NULL), PITH_OK);
    cr_expect(is_signed);
    vault_sign(key, "", 0, expected, signature);
    cr_expect_eq(memcmp(signer, expected, sizeof signer), 0);
    cr_assert_eq(json_profile_read(json, strlen(json), &profile, NULL), PITH_OK);
    cr_expect(profile.votes == 2 && profile.pairs == 1 && profile.model && profile.model->terms == 2);
    json_profile_clear(&profile);
    free(json);
}

Test(export, no_changed_byte_is_taken_for_signed)
{
    char *json = some_export();
    size_t length = strlen(json), refused = 0;
    for (size_t i = 0; i < length; i++) {
        bool is_signed = false;
        unsigned char signer[VAULT_SIGNER];
        json[i] ^= 1;
        enum pith_status status = export_verify(json, length, &is_signed, signer, NULL);
        cr_expect(status == PITH_CORRUPT || (status == PITH_OK && !is_signed), "byte %zu", i);
        refused += status == PITH_CORRUPT;
        json[i] ^= 1;
    }
    cr_expect_gt(refused, length - 30, "only a broken name of the signature leaves an unsigned export");
    for (size_t cut = 0; cut < length; cut++) {
        bool is_signed = false;
        unsigned char signer[VAULT_SIGNER];
        cr_expect(export_verify(json, cut, &is_signed, signer, NULL) || !is_signed, "cut at %zu", cut);
    }
    free(json);
}

Test(export, what_changed_is_listed)
{
    struct profile_vote votes[] = {{up, VERDICT_DOWN, 20000, 0}, {third, VERDICT_UP, 20001, 0}};
    char *from = some_export(), *to = make_export(votes, 2, NULL, 0, (const double[]){0.5, 1.25}, 1), hex[65];
    struct pith_diff *diff;
    cr_assert_eq(export_diff(from, strlen(from), to, strlen(to), &diff, NULL), PITH_OK);
    cr_assert_eq(diff->votes, 4);
    cr_expect(strcmp(diff->vote[0].id, "arXiv:2506.00001") == 0 && diff->vote[0].from == 1 && diff->vote[0].to == -1);
    cr_expect(diff->vote[1].loser && diff->vote[1].from == 1 && diff->vote[1].to == 0, "the comparison is gone");
    cr_expect(strcmp(diff->vote[2].id, "arXiv:2506.00002") == 0 && diff->vote[2].from == -1 && diff->vote[2].to == 0);
    cr_expect(strcmp(diff->vote[3].id, "arXiv:2506.00003") == 0 && diff->vote[3].from == 0 && diff->vote[3].to == 1);
    cr_assert_eq(diff->weights, 1);
    cr_expect_str_eq(diff->weight[0].feature, "word:survey");
    cr_expect(diff->weight[0].from == -0.25 && diff->weight[0].to == 1.25);
    unsigned char signer[VAULT_SIGNER], signature[VAULT_SIGNATURE];
    vault_sign(key, "", 0, signer, signature);
    credentials_write_hex32(signer, hex);
    cr_expect_str_eq(diff->signer_from, hex);
    cr_expect_str_eq(diff->signer_to, hex);
    pith_diff_free(diff);
    cr_assert_eq(export_diff(from, strlen(from), from, strlen(from), &diff, NULL), PITH_OK);
    cr_expect_eq(diff->votes + diff->weights, 0, "nothing differs from itself");
    pith_diff_free(diff);
    to[20] ^= 1;
    cr_expect_eq(export_diff(from, strlen(from), to, strlen(to), &diff, NULL), PITH_CORRUPT);
    free(from);
    free(to);
}

/* A word that is lifted half as much and weighs twice as much says the same of a paper. */
Test(export, weights_are_compared_as_they_count)
{
    char *plain = make_export(NULL, 0, NULL, 0, (const double[]){0.5, -0.25}, 1);
    char *same = make_export(NULL, 0, NULL, 0, (const double[]){0.5, -0.5}, 0.5);
    char *other = make_export(NULL, 0, NULL, 0, (const double[]){0.5, -0.25}, 4);
    struct pith_diff *diff;
    cr_assert_eq(export_diff(plain, strlen(plain), same, strlen(same), &diff, NULL), PITH_OK);
    cr_expect_eq(diff->weights, 0);
    pith_diff_free(diff);
    cr_assert_eq(export_diff(plain, strlen(plain), other, strlen(other), &diff, NULL), PITH_OK);
    cr_assert_eq(diff->weights, 1);
    cr_expect(diff->weight[0].from == -0.25 && diff->weight[0].to == -1);
    pith_diff_free(diff);
    free(plain);
    free(same);
    free(other);
}
