/* Any bytes as settings: they are refused, or in range and the same when written again. */
#include "tests/fuzz/fuzz.h"

#include "engine/profile/settings.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pith_settings settings, again;
    struct pith_error error;
    PITH_AUTO(bytes_clear) struct bytes bytes;
    bytes_init(&bytes, 1 << 16);
    bytes_put(&bytes, data, size);
    enum pith_status status = settings_read(&bytes, &settings, &error);
    fuzz_failed_well(status, PITH_CORRUPT, &error);
    if (status)
        return 0;
    HOLDS(settings_check(&settings, NULL) == PITH_OK);
    HOLDS(settings_write(&settings, &bytes, NULL) == PITH_OK && settings_read(&bytes, &again, NULL) == PITH_OK);
    HOLDS(again.mail == settings.mail && again.most == settings.most && again.likes <= settings.likes &&
          again.likes >= settings.likes);
    return 0;
}
