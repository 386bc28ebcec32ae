/* Security keys, through libfido2. The secret is the key's HMAC of the record's salt under what it keeps for the record's credential. */
#include "engine/crypto/device.h"

#include <fido.h>
#include <string.h>

/* The record: flags, salt, then the credential's id. */
enum { FLAGS = 1, SALT = 32, LEAST_RECORD = FLAGS + SALT + 1, WITH_PIN = 1 };
enum { MAX_KEYS = 16, CHALLENGE = 32, PATIENCE = 60 * 1000 /* ms */ };
static const char PARTY[] = "pith";

static void list_free(fido_dev_info_t **list)
{
    fido_dev_info_free(list, MAX_KEYS);
}

static void credential_free(fido_cred_t **credential)
{
    fido_cred_free(credential);
}

static void assertion_free(fido_assert_t **assertion)
{
    fido_assert_free(assertion);
}

static void info_free(fido_cbor_info_t **info)
{
    fido_cbor_info_free(info);
}

static void key_free(fido_dev_t **key)
{
    if (*key)
        fido_dev_close(*key);
    fido_dev_free(key);
}

/* A failed call of libfido2 as a status and a sentence. */
static enum pith_status tell(int failed, struct pith_error *reterr)
{
    switch (failed) {
    case FIDO_OK: return PITH_OK;
    case FIDO_ERR_NO_CREDENTIALS:
    case FIDO_ERR_INVALID_CREDENTIAL:
        return pith_fail(reterr, PITH_LOCKED,
                         "the security key that is plugged in does not open this profile: plug in the one that was "
                         "added, or open the profile another way");
    case FIDO_ERR_PIN_REQUIRED: return pith_fail(reterr, PITH_USAGE, "the security key's PIN is needed");
    case FIDO_ERR_PIN_INVALID:
        return pith_fail(reterr, PITH_LOCKED, "wrong PIN of the security key: after some wrong ones it takes no more");
    case FIDO_ERR_PIN_AUTH_BLOCKED:
        return pith_fail(reterr, PITH_LOCKED, "the security key takes no PIN for now: unplug it, plug it in, and try again");
    case FIDO_ERR_PIN_BLOCKED:
        return pith_fail(reterr, PITH_LOCKED, "the security key's PIN is blocked by wrong ones: open the profile another way");
    case FIDO_ERR_USER_ACTION_TIMEOUT:
    case FIDO_ERR_ACTION_TIMEOUT:
    case FIDO_ERR_OPERATION_DENIED:
    case FIDO_ERR_KEEPALIVE_CANCEL:
    case FIDO_ERR_UP_REQUIRED:
        return pith_fail(reterr, PITH_LOCKED, "nobody touched the security key: try again, and touch it while it blinks");
    default:
        return pith_fail(reterr, PITH_IO, "the security key failed (%s): plug it in again, and try again", fido_strerr(failed));
    }
}

/* The keys that are plugged in; one at least. */
static enum pith_status find(fido_dev_info_t **ret_list, size_t *ret_count, struct pith_error *reterr)
{
    PITH_AUTO(list_free) fido_dev_info_t *list = NULL;
    size_t count = 0;
    fido_init(FIDO_DISABLE_U2F_FALLBACK);
    list = fido_dev_info_new(MAX_KEYS);
    if (!list)
        return pith_no_memory(reterr);
    if (fido_dev_info_manifest(list, MAX_KEYS, &count) != FIDO_OK || count == 0)
        return pith_fail(reterr, PITH_IO, "no security key is plugged in: plug it in, or open the profile another way");
    *ret_list = PITH_TAKE(list);
    *ret_count = count;
    return PITH_OK;
}

static enum pith_status open_key(const fido_dev_info_t *list, size_t at, fido_dev_t **ret_key, struct pith_error *reterr)
{
    PITH_AUTO(key_free) fido_dev_t *key = fido_dev_new();
    if (!key)
        return pith_no_memory(reterr);
    int failed = fido_dev_open(key, fido_dev_info_path(fido_dev_info_ptr(list, at)));
    if (failed) {
        fido_dev_free(&key);
        return pith_fail(reterr, PITH_IO, "could not open the security key (%s): is it yours to use? (`ls -l /dev/hidraw*`)",
                         fido_strerr(failed));
    }
    fido_dev_set_timeout(key, PATIENCE);
    *ret_key = PITH_TAKE(key);
    return PITH_OK;
}

static enum pith_status check_able(fido_dev_t *key, struct pith_error *reterr)
{
    PITH_AUTO(info_free) fido_cbor_info_t *info = fido_cbor_info_new();
    if (!info)
        return pith_no_memory(reterr);
    if (fido_dev_is_fido2(key) && fido_dev_get_cbor_info(key, info) == FIDO_OK) {
        char **name = fido_cbor_info_extensions_ptr(info);
        for (size_t i = 0; i < fido_cbor_info_extensions_len(info); i++)
            if (strcmp(name[i], "hmac-secret") == 0)
                return PITH_OK;
    }
    return pith_fail(reterr, PITH_IO, "this security key can keep no secret: one is needed that has FIDO2's extension hmac-secret");
}

/* The PIN as libfido2 takes it; the caller wipes it. */
static enum pith_status take_pin(const struct device_words *words, char pin[DEVICE_MAX_PIN + 1], struct pith_error *reterr)
{
    if (words->length > DEVICE_MAX_PIN || (words->length && memchr(words->text, 0, words->length)))
        return pith_fail(reterr, PITH_USAGE, "a security key's PIN has at most %d bytes", DEVICE_MAX_PIN);
    if (words->length)
        memcpy(pin, words->text, words->length);
    pin[words->length] = '\0';
    return PITH_OK;
}

/* Asks for the secret. With `touch` false: only whether the key knows the credential. `pin` NULL: none. */
static enum pith_status get(fido_dev_t *key, const unsigned char *record, size_t length, bool touch, const char *pin,
                            unsigned char *secret, struct pith_error *reterr)
{
    unsigned char challenge[CHALLENGE];
    PITH_AUTO(assertion_free) fido_assert_t *assertion = fido_assert_new();
    if (!assertion)
        return pith_no_memory(reterr);
    vault_random(challenge, sizeof challenge);
    int failed = fido_assert_set_rp(assertion, PARTY);
    if (!failed)
        failed = fido_assert_set_clientdata_hash(assertion, challenge, sizeof challenge);
    if (!failed)
        failed = fido_assert_allow_cred(assertion, record + FLAGS + SALT, length - FLAGS - SALT);
    if (!failed && touch)
        failed = fido_assert_set_extensions(assertion, FIDO_EXT_HMAC_SECRET);
    if (!failed && touch)
        failed = fido_assert_set_hmac_salt(assertion, record + FLAGS, SALT);
    if (!failed)
        failed = fido_assert_set_up(assertion, touch ? FIDO_OPT_TRUE : FIDO_OPT_FALSE);
    if (!failed)
        failed = fido_dev_get_assert(key, assertion, pin);
    if (failed)
        return tell(failed, reterr);
    if (touch && (fido_assert_count(assertion) != 1 || fido_assert_hmac_secret_len(assertion, 0) != DEVICE_SECRET))
        return pith_fail(reterr, PITH_IO, "the security key gave no secret: plug it in again, and try again");
    if (touch)
        memcpy(secret, fido_assert_hmac_secret_ptr(assertion, 0), DEVICE_SECRET);
    return PITH_OK;
}

static enum pith_status make_credential(fido_dev_t *key, const char *pin, struct bytes *record, struct pith_error *reterr)
{
    unsigned char challenge[CHALLENGE], user[CHALLENGE], salt[SALT];
    PITH_AUTO(credential_free) fido_cred_t *credential = fido_cred_new();
    if (!credential)
        return pith_no_memory(reterr);
    vault_random(challenge, sizeof challenge);
    vault_random(user, sizeof user);
    vault_random(salt, sizeof salt);
    int failed = fido_cred_set_type(credential, COSE_ES256);
    if (!failed)
        failed = fido_cred_set_clientdata_hash(credential, challenge, sizeof challenge);
    if (!failed)
        failed = fido_cred_set_rp(credential, PARTY, "pith");
    if (!failed)
        failed = fido_cred_set_user(credential, user, sizeof user, "pith", NULL, NULL);
    if (!failed)
        failed = fido_cred_set_extensions(credential, FIDO_EXT_HMAC_SECRET);
    if (!failed)
        failed = fido_dev_make_cred(key, credential, pin);
    if (failed)
        return tell(failed, reterr);
    size_t length = fido_cred_id_len(credential);
    if (length == 0 || length > VAULT_MAX_RECORD - FLAGS - SALT)
        return pith_fail(reterr, PITH_IO, "the security key made a credential of %zu bytes, which pith cannot keep", length);
    bytes_put_u8(record, pin ? WITH_PIN : 0);
    bytes_put(record, salt, sizeof salt);
    bytes_put(record, fido_cred_id_ptr(credential), length);
    return bytes_done(record, reterr);
}

enum pith_status security_key_make(const struct device_words *words, struct bytes *record, unsigned char secret[DEVICE_SECRET],
                                   struct pith_error *reterr)
{
    PITH_AUTO(list_free) fido_dev_info_t *list = NULL;
    PITH_AUTO(key_free) fido_dev_t *key = NULL;
    char pin[DEVICE_MAX_PIN + 1];
    size_t count = 0;
    enum pith_status status = find(&list, &count, reterr);
    if (!status && count > 1)
        status = pith_fail(reterr, PITH_AMBIGUOUS, "%zu security keys are plugged in: leave only the one to be added", count);
    if (!status)
        status = open_key(list, 0, &key, reterr);
    if (!status)
        status = check_able(key, reterr);
    if (!status && fido_dev_has_pin(key) && !words->length)
        status = tell(FIDO_ERR_PIN_REQUIRED, reterr);
    if (!status)
        status = take_pin(words, pin, reterr);
    if (status)
        return status;
    const char *given = fido_dev_has_pin(key) ? pin : NULL;
    status = make_credential(key, given, record, reterr);
    if (!status)
        status = get(key, record->data, record->length, true, given, secret, reterr);
    vault_wipe(pin, sizeof pin);
    return status;
}

enum pith_status security_key_ask(const struct device_words *words, const unsigned char *record, size_t length,
                                  unsigned char secret[DEVICE_SECRET], struct pith_error *reterr)
{
    PITH_AUTO(list_free) fido_dev_info_t *list = NULL;
    char pin[DEVICE_MAX_PIN + 1];
    size_t count = 0;
    if (length < LEAST_RECORD || record[0] & ~WITH_PIN)
        return pith_fail(reterr, PITH_CORRUPT, "what the key slot keeps of its security key is damaged");
    enum pith_status status = find(&list, &count, reterr);
    if (!status)
        status = take_pin(words, pin, reterr);
    enum pith_status known = status ? status : PITH_LOCKED;
    for (size_t i = 0; !status && known && i < count; i++) { /* the one that knows the credential is touched, no other */
        PITH_AUTO(key_free) fido_dev_t *key = NULL;
        known = open_key(list, i, &key, reterr);
        if (!known)
            known = get(key, record, length, false, NULL, NULL, reterr);
        if (known)
            continue;
        if (record[0] & WITH_PIN && !words->length)
            status = tell(FIDO_ERR_PIN_REQUIRED, reterr);
        else
            status = get(key, record, length, true, record[0] & WITH_PIN ? pin : NULL, secret, reterr);
    }
    vault_wipe(pin, sizeof pin);
    return status ? status : known;
}
