/* security_key for a pith that was built without libfido2: no security key is asked. */
#include "engine/crypto/device.h"

static enum pith_status without(struct pith_error *reterr)
{
    return pith_fail(
        reterr, PITH_IO,
        "this pith was built without FIDO2 security keys: build it with -Dfido2=enabled, or open the profile another way");
}

enum pith_status security_key_make(const struct device_words *pin, struct bytes *record, unsigned char secret[DEVICE_SECRET],
                                   struct pith_error *reterr)
{
    (void)pin, (void)record, (void)secret;
    return without(reterr);
}

enum pith_status security_key_ask(const struct device_words *pin, const unsigned char *record, size_t length,
                                  unsigned char secret[DEVICE_SECRET], struct pith_error *reterr)
{
    (void)pin, (void)record, (void)length, (void)secret;
    return without(reterr);
}
