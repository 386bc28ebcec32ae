#include "engine/door/export.h"

#include "engine/crypto/credentials.h"
#include "engine/door/json_profile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char SIGNATURE[] = ",\n \"signature\": {\"key\": \""; /* what is before it is signed */
static const char VALUE[] = "\", \"value\": \"", END[] = "\"}\n}\n";
enum { HEX_SIGNER = 2 * VAULT_SIGNER, HEX_SIGNATURE = 2 * VAULT_SIGNATURE };

/* ---- signatures ---- */

enum pith_status export_sign(const struct vault_key *key, char **json, struct pith_error *reterr)
{
    unsigned char signer[VAULT_SIGNER], signature[VAULT_SIGNATURE];
    char hex_signer[CREDENTIALS_HEX32], hex[2][CREDENTIALS_HEX32];
    size_t whole = strlen(*json), length = (size_t)(strrchr(*json, '}') - *json); /* to before the object's own brace */
    while (length && strchr("\n ", (*json)[length - 1]))
        length--;
    vault_sign(key, *json, length, signer, signature);
    credentials_write_hex32(signer, hex_signer);
    credentials_write_hex32(signature, hex[0]);
    credentials_write_hex32(signature + 32, hex[1]);
    char *text;
    if (asprintf(&text, "%.*s%s%s%s%s%s%s", (int)length, *json, SIGNATURE, hex_signer, VALUE, hex[0], hex[1], END) < 0)
        return pith_no_memory(reterr);
    vault_wipe(*json, whole);
    free(*json);
    *json = text;
    return PITH_OK;
}

static bool read_hex(const char *hex, size_t count, unsigned char *bytes)
{
    for (size_t i = 0; i < count; i++) {
        unsigned value;
        if (strspn(hex + 2 * i, "0123456789abcdef") < 2 || sscanf(hex + 2 * i, "%2x", &value) != 1)
            return false;
        bytes[i] = (unsigned char)value;
    }
    return true;
}

/* The last place where `mark` stands. */
static const char *find_last(const char *text, size_t length, const char *mark)
{
    const char *found = NULL;
    for (const char *at = text; (at = memmem(at, length - (size_t)(at - text), mark, strlen(mark))); at++)
        found = at;
    return found;
}

/* The signature's parts, when all that follows the mark has its shape. */
static bool read_signature(const char *at, size_t left, unsigned char signer[VAULT_SIGNER],
                           unsigned char signature[VAULT_SIGNATURE])
{
    char tail[sizeof SIGNATURE + HEX_SIGNER + sizeof VALUE + HEX_SIGNATURE + sizeof END];
    size_t value = sizeof SIGNATURE - 1 + HEX_SIGNER, end = value + sizeof VALUE - 1 + HEX_SIGNATURE;
    if (left != end + sizeof END - 1)
        return false;
    memcpy(tail, at, left);
    tail[left] = '\0';
    return memcmp(tail + value, VALUE, sizeof VALUE - 1) == 0 && strcmp(tail + end, END) == 0 &&
           read_hex(tail + sizeof SIGNATURE - 1, VAULT_SIGNER, signer) &&
           read_hex(tail + value + sizeof VALUE - 1, VAULT_SIGNATURE, signature);
}

enum pith_status export_verify(const char *json, size_t length, bool *ret_signed, unsigned char signer[VAULT_SIGNER],
                               struct pith_error *reterr)
{
    unsigned char signature[VAULT_SIGNATURE], read[VAULT_SIGNER];
    const char *at = find_last(json, length, SIGNATURE);
    if (!at && !find_last(json, length, "\"signature\"")) {
        *ret_signed = false;
        return PITH_OK;
    }
    if (!at || !read_signature(at, length - (size_t)(at - json), read, signature) ||
        !vault_verify(read, json, (size_t)(at - json), signature))
        return pith_fail(reterr, PITH_CORRUPT, "the export was changed after it was signed: take it from where it came from again");
    memcpy(signer, read, VAULT_SIGNER);
    *ret_signed = true;
    return PITH_OK;
}

/* ---- differences ---- */

void pith_diff_free(struct pith_diff *diff)
{
    for (size_t i = 0; i < diff->votes; i++) {
        free(diff->vote[i].id);
        free(diff->vote[i].loser);
    }
    for (size_t i = 0; i < diff->weights; i++)
        free(diff->weight[i].feature);
    free(diff->vote);
    free(diff->weight);
    free(diff);
}

static enum pith_status read_export(const char *json, size_t length, struct json_profile *profile, char hex[65],
                                    struct pith_error *reterr)
{
    unsigned char signer[VAULT_SIGNER];
    bool is_signed = false;
    enum pith_status status = export_verify(json, length, &is_signed, signer, reterr);
    if (!status)
        status = json_profile_read(json, length, profile, reterr);
    if (!status && is_signed)
        credentials_write_hex32(signer, hex);
    return status;
}

/* What one of the exports says: a thumb or a comparison. */
struct said {
    const char *paper, *loser; /* loser NULL: a thumb */
    int from, to;
};

static int by_paper(const void *a, const void *b)
{
    const struct said *left = a, *right = b;
    int paper = strcmp(left->paper, right->paper);
    if (paper)
        return paper;
    if (!left->loser != !right->loser)
        return left->loser ? 1 : -1;
    return left->loser ? strcmp(left->loser, right->loser) : 0;
}

static size_t gather(const struct json_profile *profile, bool to, struct said *said)
{
    size_t count = 0;
    for (size_t i = 0; i < profile->votes; i++)
        said[count++] = (struct said){profile->vote[i].paper, NULL, to ? 0 : (int)profile->vote[i].verdict,
                                      to ? (int)profile->vote[i].verdict : 0};
    for (size_t i = 0; i < profile->pairs; i++)
        said[count++] = (struct said){profile->pair[i].winner, profile->pair[i].loser, !to, to};
    return count;
}

static enum pith_status add_vote(struct pith_diff *diff, const struct said *said, struct pith_error *reterr)
{
    struct pith_diff_vote *vote = &diff->vote[diff->votes];
    *vote = (struct pith_diff_vote){.from = said->from, .to = said->to};
    enum pith_status status = paper_display_id(said->paper, &vote->id, reterr);
    if (!status)
        diff->votes++;
    if (!status && said->loser)
        status = paper_display_id(said->loser, &vote->loser, reterr);
    return status;
}

static enum pith_status diff_votes(const struct json_profile *from, const struct json_profile *to, struct pith_diff *diff,
                                   struct pith_error *reterr)
{
    size_t most = from->votes + from->pairs + to->votes + to->pairs;
    PITH_AUTO(pith_free_p) struct said *said = pith_calloc(most + 1, sizeof *said);
    diff->vote = pith_calloc(most + 1, sizeof *diff->vote);
    if (!said || !diff->vote)
        return pith_no_memory(reterr);
    size_t count = gather(from, false, said);
    count += gather(to, true, said + count);
    qsort(said, count, sizeof *said, by_paper);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < count; i++) {
        struct said both = said[i];
        if (i + 1 < count && by_paper(&said[i], &said[i + 1]) == 0) {
            both.from += said[i + 1].from; /* one of them is 0 */
            both.to += said[++i].to;
        }
        if (both.from != both.to)
            status = add_vote(diff, &both, reterr);
    }
    return status;
}

static int by_move(const void *a, const void *b)
{
    const struct pith_diff_weight *left = a, *right = b;
    double l = fabs(left->to - left->from), r = fabs(right->to - right->from);
    return l != r ? (l > r ? -1 : 1) : strcmp(left->feature, right->feature);
}

static enum pith_status add_weight(struct pith_diff *diff, const struct model *model, const struct model_term *term, double from,
                                   double to, struct pith_error *reterr)
{
    if (from == to)
        return PITH_OK;
    struct pith_diff_weight *weight = &diff->weight[diff->weights];
    *weight = (struct pith_diff_weight){NULL, from, to};
    if (asprintf(&weight->feature, "%s:%s", feature_view_name((enum feature_view)term->view), model->names + term->name) < 0)
        return pith_no_memory(reterr);
    diff->weights++;
    return PITH_OK;
}

/* What a term weighs in a paper, whatever it is lifted by. */
static double weight_of(const struct model_term *term)
{
    return (double)term->weight * (double)term->title_weight;
}

/* Terms stand by ascending key in both. */
static enum pith_status diff_weights(const struct model *from, const struct model *to, struct pith_diff *diff,
                                     struct pith_error *reterr)
{
    size_t left = from ? from->terms : 0, right = to ? to->terms : 0, i = 0, j = 0;
    enum pith_status status = PITH_OK;
    diff->weight = pith_calloc(left + right + 1, sizeof *diff->weight);
    if (!diff->weight)
        return pith_no_memory(reterr);
    while (!status && (i < left || j < right)) {
        const struct model_term *one = i < left ? &from->term[i] : NULL, *other = j < right ? &to->term[j] : NULL;
        bool in_from = one && (!other || one->key <= other->key), in_to = other && (!one || other->key <= one->key);
        double was = in_from ? weight_of(one) : 0, is = in_to ? weight_of(other) : 0;
        status = add_weight(diff, in_from ? from : to, in_from ? one : other, was, is, reterr);
        i += in_from;
        j += in_to;
    }
    if (diff->weights)
        qsort(diff->weight, diff->weights, sizeof *diff->weight, by_move);
    return status;
}

enum pith_status export_diff(const char *from, size_t from_length, const char *to, size_t to_length, struct pith_diff **ret_diff,
                             struct pith_error *reterr)
{
    PITH_AUTO(json_profile_clear) struct json_profile old = {0};
    PITH_AUTO(json_profile_clear) struct json_profile new = {0};
    PITH_AUTO(pith_diff_free_p) struct pith_diff *diff = pith_calloc(1, sizeof *diff);
    if (!diff)
        return pith_no_memory(reterr);
    enum pith_status status = read_export(from, from_length, &old, diff->signer_from, reterr);
    if (!status)
        status = read_export(to, to_length, &new, diff->signer_to, reterr);
    if (!status)
        status = diff_votes(&old, &new, diff, reterr);
    if (!status)
        status = diff_weights(old.model, new.model, diff, reterr);
    if (!status)
        *ret_diff = PITH_TAKE(diff);
    return status;
}
