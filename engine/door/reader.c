#include "engine/door/handle.h"

#include "engine/base/unicode.h"
#include "engine/crypto/credentials.h"
#include "engine/crypto/device.h"
#include "engine/crypto/keyring.h"
#include "engine/crypto/vault.h"
#include "engine/door/export.h"
#include "engine/door/json_profile.h"
#include "engine/papers/place.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the reader ---- */

enum pith_status pith_set_reader(struct pith *pith, const char *reader, struct pith_error *reterr)
{
    char *copy = reader ? strdup(reader) : NULL;
    if (reader && !copy)
        return pith_no_memory(reterr);
    profile_lock(pith->profile);
    pith->profile = NULL;
    free(pith->reader);
    pith->reader = copy;
    return PITH_OK;
}

enum pith_status pith_has_profile(struct pith *pith, bool *ret_has, struct pith_error *reterr)
{
    struct store_profile found;
    enum pith_status status = profile_find(pith->store, pith->reader, &found, reterr);
    if (status && status != PITH_NOT_FOUND)
        return status;
    *ret_has = status == PITH_OK;
    return PITH_OK;
}

enum pith_status pith_create_profile(struct pith *pith, const char *passphrase, size_t length, enum pith_strength strength,
                                     struct pith_error *reterr)
{
    return profile_create(pith->store, pith->reader, passphrase, length, strength, reterr);
}

enum pith_status pith_create_by_code(struct pith *pith, struct pith_secret **ret_code, struct pith_error *reterr)
{
    unsigned char bytes[CREDENTIALS_RECOVERY];
    const struct vault_slot terms = {.kind = PITH_RECOVERY_CODE};
    PITH_AUTO(pith_secret_free_p) struct pith_secret *told = pith_calloc(1, sizeof *told);
    if (!told)
        return pith_no_memory(reterr);
    vault_random(bytes, sizeof bytes);
    credentials_write_recovery(bytes, told->text);
    told->slot = 1;
    enum pith_status status = profile_create_with(pith->store, pith->reader, &terms,
                                                  &(struct vault_secret){PITH_RECOVERY_CODE, bytes, sizeof bytes}, reterr);
    vault_wipe(bytes, sizeof bytes);
    if (!status)
        *ret_code = PITH_TAKE(told);
    return status;
}

/* ---- who is here ---- */

void pith_readers_free(struct pith_readers *readers)
{
    free(readers->item);
    free(readers);
}

static enum pith_status count_way(void *user, int64_t slot, int kind, const void *blob, size_t length, struct pith_error *reterr)
{
    struct pith_reader *reader = user;
    (void)slot, (void)blob, (void)length, (void)reterr;
    reader->passphrases += kind == PITH_PASSPHRASE;
    reader->codes += kind == PITH_RECOVERY_CODE;
    reader->files += kind == PITH_KEY_FILE;
    reader->tokens += kind == PITH_TOKEN;
    reader->security_keys += kind == PITH_FIDO2;
    reader->tpms += kind == PITH_TPM;
    return PITH_OK;
}

static enum pith_status count_bytes(void *user, int kind, int64_t number, int64_t counter, const void *blob, size_t length,
                                    struct pith_error *reterr)
{
    struct pith_reader *reader = user;
    (void)kind, (void)number, (void)counter, (void)blob, (void)reterr;
    reader->bytes += length;
    return PITH_OK;
}

enum pith_status pith_list_readers(struct pith *pith, struct pith_readers **ret_readers, struct pith_error *reterr)
{
    PITH_AUTO(pith_readers_free_p) struct pith_readers *readers = pith_calloc(1, sizeof *readers);
    PITH_AUTO(pith_free_p) struct store_profile *profile = NULL;
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    size_t count = 0;
    enum pith_status status = store_begin_reading(pith->store, &reading, reterr);
    if (!status)
        status = store_profiles(pith->store, &profile, &count, reterr);
    if (!status && (!readers || !(readers->item = pith_calloc(count, sizeof *readers->item))))
        status = pith_no_memory(reterr);
    for (size_t i = 0; !status && i < count; i++) {
        struct pith_reader *reader = &readers->item[readers->count++];
        reader->named = profile[i].named;
        profile_write_id(profile[i].id, reader->id);
        status = store_each_slot(pith->store, profile[i].id, count_way, reader, reterr);
        if (!status)
            status = store_each_sealed(pith->store, profile[i].id, count_bytes, reader, reterr);
    }
    if (!status)
        *ret_readers = PITH_TAKE(readers);
    return status;
}

/* Bytes that continue a character of UTF-8 count for none. */
enum pith_status pith_check_passphrase(const char *passphrase, size_t length, struct pith_error *reterr)
{
    size_t characters = 0;
    bool same = true;
    for (size_t i = 0; i < length; i++) {
        characters += ((unsigned char)passphrase[i] & 0xC0) != 0x80;
        same = same && passphrase[i] == passphrase[0];
    }
    if (characters >= PITH_PASSPHRASE_LEAST && !same)
        return PITH_OK;
    return pith_fail(reterr, PITH_USAGE,
                     "this passphrase would be guessed at once: take %d characters or more, best four or five words that make no "
                     "sentence; nothing was changed",
                     PITH_PASSPHRASE_LEAST);
}

enum pith_status pith_erase(struct pith *pith, struct pith_error *reterr)
{
    struct store_profile found;
    enum pith_status status = PITH_OK;
    if (pith->profile)
        memcpy(found.id, profile_id(pith->profile), sizeof found.id);
    else
        status = profile_find(pith->store, pith->reader, &found, reterr);
    if (status)
        return status;
    profile_lock(pith->profile);
    pith->profile = NULL;
    keyring_drop(found.id, NULL);
    return profile_erase(pith->store, found.id, reterr);
}

/* An opened profile becomes the open one: checked against the witness before what waits in the inbox is written to it. Where nothing
 * can be written it waits on. */
static enum pith_status take_profile(struct pith *pith, struct profile *opened, struct pith_error *reterr)
{
    PITH_AUTO(profile_lock_p) struct profile *profile = opened;
    struct pith_error waits = {0};
    size_t taken = 0, junk = 0;
    enum pith_status status = pith->witness ? profile_witness(profile, pith->witness, reterr) : PITH_OK;
    if (status)
        return status;
    status = profile_receive(profile, &taken, &junk, &waits);
    if (status && status != PITH_IO)
        return pith_fail(reterr, status, "%s", waits.message);
    profile_lock(pith->profile);
    pith->profile = PITH_TAKE(profile);
    pith->unkept = status ? waits : (struct pith_error){0};
    pith->taken = taken;
    pith->junk = junk;
    return PITH_OK;
}

/* The bytes of a secret that is no passphrase; a token names its profile as well. */
struct read_secret {
    unsigned char bytes[CREDENTIALS_SECRET];
    struct vault_secret secret;
    struct store_profile whose;
};

static enum pith_status read_secret(struct pith *pith, enum pith_way way, const char *text, size_t length, struct read_secret *read,
                                    struct pith_error *reterr)
{
    struct credentials_token token;
    enum pith_status status = PITH_OK;
    read->secret = (struct vault_secret){way, read->bytes, CREDENTIALS_SECRET};
    switch (way) {
    case PITH_PASSPHRASE:
    case PITH_FIDO2:
    case PITH_TPM:
        read->secret.bytes = text;
        read->secret.length = length;
        break;
    case PITH_RECOVERY_CODE:
        read->secret.length = CREDENTIALS_RECOVERY;
        status = credentials_read_recovery(text, length, read->bytes, reterr);
        break;
    case PITH_KEY_FILE: status = credentials_read_key_file(text, length, read->bytes, reterr); break;
    case PITH_TOKEN:
        status = credentials_read_token(text, length, &token, reterr);
        if (status)
            return status;
        memcpy(read->bytes, token.secret, sizeof token.secret);
        vault_wipe(token.secret, sizeof token.secret);
        status = store_find_profile(pith->store, token.profile, &read->whose, reterr);
        return status == PITH_NOT_FOUND ? pith_fail(reterr, PITH_LOCKED, "this token is of no profile here") : status;
    }
    return status ? status : profile_find(pith->store, pith->reader, &read->whose, reterr);
}

enum pith_status pith_unlock(struct pith *pith, enum pith_way way, const char *text, size_t length, int64_t now,
                             struct pith_error *reterr)
{
    struct read_secret read;
    struct profile *profile;
    enum pith_status status = read_secret(pith, way, text, length, &read, reterr);
    if (!status)
        status = profile_unlock(pith->store, read.whose.id, &read.secret, now, &profile, reterr);
    vault_wipe(&read, sizeof read);
    return status ? status : take_profile(pith, profile, reterr);
}

enum pith_status pith_unlock_kept(struct pith *pith, struct pith_error *reterr)
{
    struct store_profile found;
    struct vault_key *key = NULL;
    struct profile *profile;
    enum pith_status status = profile_find(pith->store, pith->reader, &found, reterr);
    if (!status)
        status = keyring_get(found.id, &key, reterr);
    if (!status)
        status = profile_open(pith->store, found.id, &key, &profile, reterr);
    if (status == PITH_LOCKED) { /* sealed anew since */
        keyring_drop(found.id, NULL);
        return pith_fail(reterr, PITH_NOT_FOUND, "the key that was kept is not the profile's any more");
    }
    return status ? status : take_profile(pith, profile, reterr);
}

enum pith_status pith_keep_unlocked(struct pith *pith, unsigned seconds, struct pith_error *reterr)
{
    enum pith_status status = handle_need(pith, PITH_MAY_MANAGE, reterr);
    if (!status && (seconds < 1 || seconds > KEYRING_LONGEST))
        status = pith_fail(reterr, PITH_USAGE, "a key is kept for 1 second to %d hours", KEYRING_LONGEST / 3600);
    return status ? status : keyring_put(profile_id(pith->profile), profile_key(pith->profile), seconds, reterr);
}

enum pith_status pith_forget_kept(struct pith *pith, struct pith_error *reterr)
{
    struct store_profile found;
    enum pith_status status = profile_find(pith->store, pith->reader, &found, reterr);
    return status ? status : keyring_drop(found.id, reterr);
}

int64_t pith_expires(const struct pith *pith)
{
    return pith->profile ? profile_expires(pith->profile) : 0;
}

unsigned pith_scopes(const struct pith *pith)
{
    return pith->profile ? profile_scopes(pith->profile) : 0;
}

void pith_received(const struct pith *pith, size_t *ret_taken, size_t *ret_junk)
{
    *ret_taken = pith->taken;
    *ret_junk = pith->junk;
}

enum pith_status pith_set_witness(struct pith *pith, const char *path, struct pith_error *reterr)
{
    char *copy = path ? strdup(path) : NULL;
    if (path && !copy)
        return pith_no_memory(reterr);
    free(pith->witness);
    pith->witness = copy;
    return path && pith->profile ? profile_witness(pith->profile, path, reterr) : PITH_OK;
}

const char *pith_unwitnessed(const struct pith *pith)
{
    return pith->profile ? profile_unwitnessed(pith->profile) : "";
}

enum pith_status pith_post(struct pith *pith, const struct pith_vote *vote, const unsigned char *ticket, struct pith_error *reterr)
{
    struct store_profile found;
    unsigned char fresh[PITH_TICKET];
    struct profile_change change = {vote->paper, vote->loser, (enum profile_verdict)vote->verdict, vote->day};
    enum pith_status status = profile_find(pith->store, pith->reader, &found, reterr);
    vault_random(fresh, sizeof fresh);
    return status ? status : profile_post(pith->store, &found, ticket ? ticket : fresh, &change, reterr);
}

/* ---- export ---- */

static enum pith_status export_now(struct pith *pith, char **ret_json, struct pith_error *reterr)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    enum pith_status status = handle_read(pith, PITH_MAY_EXPORT, &reading, reterr);
    if (!status)
        status = handle_current_model(pith, &model, reterr);
    if (status)
        return status;
    struct json_profile profile = {.model = model};
    profile.vote = (struct profile_vote *)profile_votes(pith->profile, &profile.votes);
    profile.shelf = (struct profile_vote *)profile_shelf(pith->profile, &profile.shelved);
    profile.pair = (struct profile_pair *)profile_pairs(pith->profile, &profile.pairs);
    return json_profile_write(&profile, ret_json, reterr);
}

enum pith_status pith_export(struct pith *pith, char **ret_json, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *json = NULL;
    enum pith_status status = handle_need(pith, PITH_MAY_EXPORT, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = export_now(pith, &json, reterr);
    if (!status)
        status = text_mark_directions(&json, true, reterr);
    if (!status)
        status = export_sign(profile_key(pith->profile), &json, reterr);
    if (!status)
        status = handle_keep(pith, NULL, 0, reterr);
    if (!status)
        *ret_json = PITH_TAKE(json);
    return status;
}

/* The buffer becomes the caller's. */
static enum pith_status hand_over(struct bytes *bytes, char **ret_bytes, size_t *ret_length, struct pith_error *reterr)
{
    bytes_put_u8(bytes, 0); /* a NUL after the end: text can be used as a string */
    enum pith_status status = bytes_done(bytes, reterr);
    if (status)
        return status;
    *ret_length = bytes->length - 1;
    *ret_bytes = (char *)PITH_TAKE(bytes->data);
    return PITH_OK;
}

enum pith_status pith_seal_export(const char *json, const char *passphrase, size_t length, enum pith_strength strength,
                                  char **ret_sealed, size_t *ret_length, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes sealed;
    bytes_init(&sealed, STORE_MAX_SEALED);
    enum pith_status status = vault_stream_seal(passphrase, length, strength, json, strlen(json), &sealed, reterr);
    return status ? status : hand_over(&sealed, ret_sealed, ret_length, reterr);
}

bool pith_is_sealed(const char *bytes, size_t length)
{
    return vault_is_stream(bytes, length);
}

enum pith_status pith_open_export(const char *sealed, size_t sealed_length, const char *passphrase, size_t length, char **ret_json,
                                  size_t *ret_length, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = vault_start(reterr);
    if (!status)
        status = vault_stream_open(passphrase, length, sealed, sealed_length, &plain, reterr);
    return status ? status : hand_over(&plain, ret_json, ret_length, reterr);
}

enum pith_status pith_signer(struct pith *pith, char signer[65], struct pith_error *reterr)
{
    unsigned char key[VAULT_SIGNER], signature[VAULT_SIGNATURE];
    enum pith_status status = handle_need(pith, 0, reterr);
    if (status)
        return status;
    vault_sign(profile_key(pith->profile), "", 0, key, signature);
    credentials_write_hex32(key, signer);
    return PITH_OK;
}

enum pith_status pith_diff(const char *from, size_t from_length, const char *to, size_t to_length, struct pith_diff **ret_diff,
                           struct pith_error *reterr)
{
    enum pith_status status = vault_start(reterr);
    return status ? status : export_diff(from, from_length, to, to_length, ret_diff, reterr);
}

static enum pith_status take_votes(struct pith *pith, const struct json_profile *profile, struct pith_error *reterr)
{
    size_t count = profile->votes + profile->pairs + profile->shelved, at = 0;
    PITH_AUTO(pith_free_p) struct profile_change *change = pith_calloc(count, sizeof *change);
    if (!change)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < profile->votes; i++)
        change[at++] = (struct profile_change){profile->vote[i].paper, NULL, profile->vote[i].verdict, profile->vote[i].day};
    for (size_t i = 0; i < profile->pairs; i++)
        change[at++] = (struct profile_change){profile->pair[i].winner, profile->pair[i].loser, VERDICT_NONE, profile->pair[i].day};
    for (size_t i = 0; i < profile->shelved; i++) /* after the votes, which take from the shelf */
        change[at++] = (struct profile_change){profile->shelf[i].paper, NULL, VERDICT_LATER, profile->shelf[i].day};
    return profile_record(pith->profile, change, count, NULL, reterr);
}

static enum pith_status keep_model(struct pith *pith, struct model *model, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    bytes_init(&bytes, MODEL_MAX_BYTES);
    enum pith_status status = profile_fingerprint(pith->profile, model->votes, reterr);
    if (!status)
        status = model_write(model, &bytes, reterr);
    return status ? status : profile_keep(pith->profile, ROW_MODEL, &bytes, false, reterr);
}

enum pith_status pith_import_profile(struct pith *pith, const char *json, size_t length, char signer[65], struct pith_error *reterr)
{
    PITH_AUTO(json_profile_clear) struct json_profile profile = {0};
    unsigned char key[VAULT_SIGNER];
    bool is_signed = false;
    size_t votes, pairs;
    enum pith_status status = handle_need(pith, PITH_MAY_MANAGE, reterr);
    if (status)
        return status;
    profile_votes(pith->profile, &votes);
    profile_pairs(pith->profile, &pairs);
    if (votes + pairs)
        return pith_fail(reterr, PITH_EXISTS, "this profile has votes already: import into a new home (--home DIR, pith init)");
    status = export_verify(json, length, &is_signed, key, reterr);
    if (!status)
        status = json_profile_read(json, length, &profile, reterr);
    if (!status)
        status = take_votes(pith, &profile, reterr);
    if (status)
        return status;
    if (signer)
        signer[0] = '\0';
    if (signer && is_signed)
        credentials_write_hex32(key, signer);
    if (!profile.model)
        return PITH_OK;
    return keep_model(pith, profile.model, reterr);
}

/* ---- ways in ---- */

void pith_keys_free(struct pith_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        free(keys->item[i].label);
    free(keys->item);
    free(keys);
}

enum pith_status pith_list_keys(struct pith *pith, struct pith_keys **ret_keys, struct pith_error *reterr)
{
    PITH_AUTO(pith_keys_free_p) struct pith_keys *keys = pith_calloc(1, sizeof *keys);
    PITH_AUTO(pith_free_p) struct profile_slot *slot = NULL;
    size_t count = 0;
    enum pith_status status = handle_need(pith, PITH_MAY_MANAGE, reterr);
    if (!status)
        status = profile_slots(pith->profile, &slot, &count, reterr);
    if (!status && (!keys || !(keys->item = pith_calloc(count, sizeof *keys->item))))
        status = pith_no_memory(reterr);
    for (size_t i = 0; !status && i < count; i++) {
        struct pith_key *key = &keys->item[keys->count++];
        *key = (struct pith_key){slot[i].number,        (enum pith_way)slot[i].terms.kind,
                                 strdup(slot[i].label), slot[i].terms.operations,
                                 slot[i].terms.memory,  slot[i].terms.scopes,
                                 slot[i].terms.expires, slot[i].used,
                                 !slot[i].good};
        if (!key->label)
            status = pith_no_memory(reterr);
    }
    if (!status)
        *ret_keys = PITH_TAKE(keys);
    return status;
}

void pith_secret_free(struct pith_secret *secret)
{
    vault_wipe(secret, sizeof *secret);
    free(secret);
}

/* Makes up a secret of this kind: its bytes, and how people and files carry it. */
static void make_secret(const struct pith *pith, enum pith_way way, unsigned char bytes[CREDENTIALS_SECRET],
                        struct pith_secret *told)
{
    struct credentials_token token;
    vault_random(bytes, CREDENTIALS_SECRET);
    switch (way) {
    case PITH_PASSPHRASE:
    case PITH_FIDO2:
    case PITH_TPM: break;
    case PITH_RECOVERY_CODE: credentials_write_recovery(bytes, told->text); break;
    case PITH_KEY_FILE: credentials_write_key_file(bytes, told->text); break;
    case PITH_TOKEN:
        memcpy(token.profile, profile_id(pith->profile), VAULT_ID);
        memcpy(token.secret, bytes, CREDENTIALS_SECRET);
        credentials_write_token(&token, told->text);
        vault_wipe(&token, sizeof token);
        break;
    }
}

/* What the request asks for, in vault's terms; `bytes` holds what is made up. */
static enum pith_status read_request(const struct pith *pith, const struct pith_key_request *request,
                                     unsigned char bytes[CREDENTIALS_SECRET], struct vault_slot *terms, struct vault_secret *secret,
                                     struct pith_secret *told, struct pith_error *reterr)
{
    *terms = (struct vault_slot){.kind = (enum pith_way)request->way};
    *secret = (struct vault_secret){terms->kind, bytes,
                                    request->way == PITH_RECOVERY_CODE ? CREDENTIALS_RECOVERY : CREDENTIALS_SECRET};
    if (request->way == PITH_PASSPHRASE) {
        *terms = vault_passphrase_slot(request->strength);
        secret->bytes = request->passphrase;
        secret->length = request->length;
    } else if (request->way == PITH_TOKEN) {
        terms->scopes = request->scopes;
        terms->expires = request->expires;
        if (!request->scopes || request->expires < 0)
            return pith_fail(reterr, PITH_USAGE, "a token needs --allow: rank, vote, export, manage, or several with commas");
    }
    make_secret(pith, request->way, bytes, told);
    return PITH_OK;
}

/* A device makes its secret up itself; `record` is what the slot keeps of it. */
static enum pith_status ask_device(const struct pith *pith, const struct pith_key_request *request, bool rotate,
                                   unsigned char bytes[CREDENTIALS_SECRET], struct bytes *record, struct vault_slot *terms,
                                   struct pith_error *reterr)
{
    const char *text = request->device ? request->device : "";
    if (!device_opens(terms->kind))
        return PITH_OK;
    if (rotate)
        return pith_fail(reterr, PITH_USAGE, "sealing anew leaves one way in, which must not be a device: take a passphrase");
    enum pith_status status = profile_check_device(pith->profile, terms->kind, request->slot, reterr);
    if (!status)
        status = device_make(terms->kind, &(struct device_words){text, strlen(text)}, record, bytes, reterr);
    terms->record = record->data;
    terms->record_length = record->length;
    return status;
}

/* Puts a slot as requested, alone after a rotation. */
static enum pith_status put_key(struct pith *pith, const struct pith_key_request *request, bool rotate,
                                struct pith_secret **ret_secret, struct pith_error *reterr)
{
    unsigned char bytes[CREDENTIALS_SECRET];
    struct vault_slot terms;
    struct vault_secret secret;
    const char *label = request->label ? request->label : "";
    PITH_AUTO(bytes_clear) struct bytes record;
    bytes_init(&record, VAULT_MAX_RECORD);
    PITH_AUTO(pith_secret_free_p) struct pith_secret *told = pith_calloc(1, sizeof *told);
    if (!told)
        return pith_no_memory(reterr);
    enum pith_status status = handle_need(pith, PITH_MAY_MANAGE, reterr);
    if (!status)
        status = read_request(pith, request, bytes, &terms, &secret, told, reterr);
    if (!status)
        status = ask_device(pith, request, rotate, bytes, &record, &terms, reterr);
    told->slot = rotate ? 1 : request->slot;
    if (!status)
        status = rotate ? profile_rotate(pith->profile, &terms, &secret, label, reterr)
                        : profile_put_slot(pith->profile, &told->slot, &terms, &secret, label, reterr);
    vault_wipe(bytes, sizeof bytes);
    if (!status)
        *ret_secret = PITH_TAKE(told);
    return status;
}

enum pith_status pith_put_key(struct pith *pith, const struct pith_key_request *request, struct pith_secret **ret_secret,
                              struct pith_error *reterr)
{
    struct pith_key_request asked;
    enum pith_status status = handle_take_request(request, &asked, sizeof asked, reterr);
    return status ? status : put_key(pith, &asked, false, ret_secret, reterr);
}

enum pith_status pith_rotate(struct pith *pith, const struct pith_key_request *request, struct pith_secret **ret_secret,
                             struct pith_error *reterr)
{
    struct pith_key_request asked;
    enum pith_status status = handle_take_request(request, &asked, sizeof asked, reterr);
    if (!status)
        status = put_key(pith, &asked, true, ret_secret, reterr);
    if (!status)
        keyring_drop(profile_id(pith->profile), NULL);
    return status;
}

enum pith_status pith_revoke_key(struct pith *pith, int64_t slot, struct pith_error *reterr)
{
    enum pith_status status = handle_need(pith, PITH_MAY_MANAGE, reterr);
    return status ? status : profile_revoke_slot(pith->profile, slot, reterr);
}

/* ---- nothing lost, nothing touched ---- */

struct checking {
    void (*told)(void *user, bool good, const char *what);
    void *user;
    const struct embedding *embedding; /* that papers are placed in; NULL: none */
    size_t wrong, count;
    struct store *store;
    struct features features;
};

static void tell(struct checking *checking, bool good, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void tell(struct checking *checking, bool good, const char *format, ...)
{
    char what[640];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    checking->wrong += !good;
    checking->told(checking->user, good, what);
}

static void tell_damage(void *user, const char *what)
{
    tell(user, false, "database: %s", what);
}

/* Whether a kept place is where the features place their paper, to the bit. */
static bool place_holds(const struct embedding *embedding, const struct features *features, const struct embedding_kept *kept)
{
    float place[EMBEDDING_MAX_DIMS];
    if (!embedding || !kept->table || strcmp(kept->table, embedding_name(embedding)) != 0)
        return true;
    place_paper(embedding, features, place);
    return kept->length == embedding_dims(embedding) * sizeof *place && memcmp(kept->bytes, place, kept->length) == 0;
}

static enum pith_status check_features(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct checking *checking = user;
    enum pith_status status = features_read(row->features, row->features_length, &checking->features, reterr);
    if (status && status != PITH_CORRUPT)
        return status;
    checking->count++;
    if (status)
        tell(checking, false, "features of paper %lld are damaged: import its listing again", (long long)row->id);
    else if (!place_holds(checking->embedding, &checking->features, &row->place))
        tell(checking, false, "the place of paper %lld among the term vectors is damaged: restore the store from a backup",
             (long long)row->id);
    return PITH_OK;
}

static void tell_changed(void *user, int64_t id)
{
    struct checking *checking = user;
    char key[PAPER_KEY_SIZE] = "";
    store_paper_key(checking->store, id, key, NULL);
    tell(checking, false,
         "paper %lld%s%s is not as it was stored (its title, text, authors, numbers, identifiers, days or features): "
         "restore the store "
         "from a backup",
         (long long)id, *key ? ", " : "", key);
}

static enum pith_status check_texts(struct pith *pith, struct checking *checking, struct pith_error *reterr)
{
    size_t count = 0, unknown = 0, wrong = checking->wrong;
    enum pith_status status = store_check_papers(pith->store, tell_changed, checking, &count, &unknown, reterr);
    if (!status && checking->wrong == wrong)
        tell(checking, true, "papers: titles, texts, authors, numbers, identifiers and days of %zu are as they were stored",
             count - unknown);
    if (!status && unknown)
        tell(checking, true, "papers: %zu of an older pith have no checksum yet: they get one where the store can be written",
             unknown);
    return status;
}

static void tell_other_words(void *user, int64_t id)
{
    struct checking *checking = user;
    char key[PAPER_KEY_SIZE] = "";
    store_paper_key(checking->store, id, key, NULL);
    tell(checking, false, "the search index holds other words for paper %lld%s%s than its text: restore the store from a backup",
         (long long)id, *key ? ", " : "", key);
}

static enum pith_status check_index(struct pith *pith, struct checking *checking, struct pith_error *reterr)
{
    size_t count = 0, wrong = checking->wrong;
    struct pith_error error;
    enum pith_status status = store_check_index(pith->store, tell_other_words, checking, &count, &error);
    if (status == PITH_CORRUPT)
        tell(checking, false, "the search index cannot be read (%s): restore the store from a backup", error.message);
    else if (status)
        return pith_fail(reterr, status, "%s", error.message);
    else if (checking->wrong == wrong)
        tell(checking, true, "search index: it holds the words of %zu papers as their texts have them", count);
    return PITH_OK;
}

static enum pith_status check_catalogue(struct pith *pith, struct checking *checking, struct pith_error *reterr)
{
    size_t wrong = checking->wrong;
    enum pith_status status = store_check(pith->store, tell_damage, checking, reterr);
    if (!status && checking->wrong == wrong)
        tell(checking, true, "database: every page and index is whole");
    wrong = checking->wrong;
    if (!status)
        status = store_each_features(pith->store, INT64_MAX, check_features, checking, reterr);
    if (!status && checking->wrong == wrong)
        tell(checking, true, "papers: the features of all %zu can be read", checking->count);
    if (!status)
        status = check_texts(pith, checking, reterr);
    return status ? status : check_index(pith, checking, reterr);
}

static enum pith_status check_slot(void *user, int64_t slot, int kind, const void *blob, size_t length, struct pith_error *reterr)
{
    struct checking *checking = user;
    struct vault_slot terms;
    struct pith_error error;
    (void)reterr;
    checking->count++;
    if (vault_slot_read(blob, length, &terms, &error) || (int)terms.kind != kind)
        tell(checking, false, "key slot %lld is damaged", (long long)slot);
    return PITH_OK;
}

/* What can be told without a key: each profile's slots have the checksums they were written with. */
static enum pith_status check_slots(struct pith *pith, struct checking *checking, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct store_profile *profiles = NULL;
    size_t count = 0, wrong = checking->wrong;
    enum pith_status status = store_profiles(pith->store, &profiles, &count, reterr);
    checking->count = 0;
    for (size_t i = 0; !status && i < count; i++)
        status = store_each_slot(pith->store, profiles[i].id, check_slot, checking, reterr);
    if (!status && checking->wrong == wrong)
        tell(checking, true, "key slots: the checksums of all %zu, of %zu profile%s, are right", checking->count, count,
             count == 1 ? "" : "s");
    return status;
}

static enum pith_status check_ways_in(struct pith *pith, struct checking *checking, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct profile_slot *slot = NULL;
    size_t count = 0, wrong = checking->wrong;
    enum pith_status status = profile_slots(pith->profile, &slot, &count, reterr);
    for (size_t i = 0; !status && i < count; i++)
        if (!slot[i].good)
            tell(checking, false, "key slot %lld is not the one the profile's head knows: revoke it", (long long)slot[i].number);
    if (!status && checking->wrong == wrong)
        tell(checking, true, "ways in: all %zu are those the profile's head knows", count);
    return status;
}

/* A failure of the profile is something found; the check goes on. */
static enum pith_status check_profile(struct pith *pith, struct checking *checking, struct pith_error *reterr)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    char votes[2 * VAULT_FINGERPRINT + 1];
    struct profile_extent extent;
    struct pith_error error;
    enum pith_status status = profile_check(pith->profile, &extent, &error);
    if (!status)
        status = profile_fingerprint(pith->profile, votes, &error);
    if (!status)
        status = handle_kept_model(pith, votes, &model, &error);
    if (status == PITH_CORRUPT)
        tell(checking, false, "profile: %s", error.message);
    else if (status)
        return pith_fail(reterr, status, "%s", error.message);
    else
        tell(checking, true, "profile: head and %zu sealed row%s (%zu bytes) opened and in place, %zu event%s in the log",
             extent.rows, extent.rows == 1 ? "" : "s", extent.bytes, extent.events, extent.events == 1 ? "" : "s");
    if (pith->witness)
        tell(checking, true, "witness: no later state of this profile is known to %s", pith->witness);
    return check_ways_in(pith, checking, reterr);
}

static enum pith_status check_all(struct pith *pith, struct checking *checking, struct pith_error *reterr)
{
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    enum pith_status status = store_begin_reading(pith->store, &reading, reterr);
    if (!status && pith->profile)
        status = handle_need(pith, 0, reterr);
    if (!status)
        status = check_catalogue(pith, checking, reterr);
    if (!status)
        status = check_slots(pith, checking, reterr);
    return status || !pith->profile ? status : check_profile(pith, checking, reterr);
}

/* All of one moment, so that what others write meanwhile is not taken for damage. */
enum pith_status pith_check(struct pith *pith, void (*told)(void *user, bool good, const char *what), void *user,
                            struct pith_error *reterr)
{
    struct checking checking = {.told = told, .user = user, .store = pith->store, .embedding = pith->embeddings.shipped};
    enum pith_status status = handle_refresh(pith, reterr);
    if (!status)
        status = store_seal_all(pith->store, reterr);
    if (!status || status == PITH_IO) /* where nothing can be written, features stay as they are */
        status = check_all(pith, &checking, reterr);
    features_clear(&checking.features);
    if (!status && checking.wrong)
        status = pith_fail(reterr, PITH_CORRUPT, "%zu thing%s wrong: restore a backup of the store (`pith restore`)",
                           checking.wrong, checking.wrong == 1 ? " is" : "s are");
    return status;
}

enum pith_status pith_backup(struct pith *pith, const char *path, bool force, struct pith_error *reterr)
{
    return store_backup(pith->store, path, force, reterr);
}

enum pith_status pith_restore(const char *home, const char *backup, bool force, struct pith_error *reterr)
{
    enum pith_status status = vault_start(reterr);
    return status ? status : store_restore(home, backup, force, reterr);
}
