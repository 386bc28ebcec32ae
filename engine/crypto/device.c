#include "engine/crypto/device.h"

bool device_opens(enum vault_slot_kind kind)
{
    return kind == SLOT_FIDO2 || kind == SLOT_TPM;
}

enum pith_status device_make(enum vault_slot_kind kind, const struct device_words *words, struct bytes *record,
                             unsigned char secret[DEVICE_SECRET], struct pith_error *reterr)
{
    record->length = 0;
    enum pith_status status = kind == SLOT_TPM ? tpm_make(words, record, secret, reterr)
                                               : security_key_make(words, record, secret, reterr);
    return status ? status : bytes_done(record, reterr);
}

enum pith_status device_ask(enum vault_slot_kind kind, const struct device_words *words, const unsigned char *record, size_t length,
                            unsigned char secret[DEVICE_SECRET], struct pith_error *reterr)
{
    return kind == SLOT_TPM ? tpm_ask(words, record, length, secret, reterr)
                            : security_key_ask(words, record, length, secret, reterr);
}
