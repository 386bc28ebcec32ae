#include "engine/crypto/device.h"

bool device_opens(enum pith_way kind)
{
    return kind == PITH_FIDO2 || kind == PITH_TPM;
}

enum pith_status device_make(enum pith_way kind, const struct device_words *words, struct bytes *record,
                             unsigned char secret[DEVICE_SECRET], struct pith_error *reterr)
{
    record->length = 0;
    enum pith_status status = kind == PITH_TPM ? tpm_make(words, record, secret, reterr)
                                               : security_key_make(words, record, secret, reterr);
    return status ? status : bytes_done(record, reterr);
}

enum pith_status device_ask(enum pith_way kind, const struct device_words *words, const unsigned char *record, size_t length,
                            unsigned char secret[DEVICE_SECRET], struct pith_error *reterr)
{
    return kind == PITH_TPM ? tpm_ask(words, record, length, secret, reterr)
                            : security_key_ask(words, record, length, secret, reterr);
}
