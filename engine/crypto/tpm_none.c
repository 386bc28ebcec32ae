/* tpm for a pith that was built without tpm2-tss: no TPM is asked. */
#include "engine/crypto/device.h"

static enum pith_status without(struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_IO,
                     "this pith was built without TPMs: build it with -Dtpm=enabled, or open the profile another way");
}

enum pith_status tpm_make(const struct device_words *name, struct bytes *record, unsigned char secret[DEVICE_SECRET],
                          struct pith_error *reterr)
{
    (void)name, (void)record, (void)secret;
    return without(reterr);
}

enum pith_status tpm_ask(const struct device_words *name, const unsigned char *record, size_t length,
                         unsigned char secret[DEVICE_SECRET], struct pith_error *reterr)
{
    (void)name, (void)record, (void)length, (void)secret;
    return without(reterr);
}
