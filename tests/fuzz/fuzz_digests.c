/* Any bytes as the digests that were kept: they are refused, or the same when written again. */
#include "tests/fuzz/fuzz.h"

#include "engine/profile/digest_log.h"

#include <string.h>

enum { LIMIT = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PITH_AUTO(digest_log_clear) struct digest_log log = {0};
    PITH_AUTO(digest_log_clear) struct digest_log again = {0};
    PITH_AUTO(bytes_clear) struct bytes bytes;
    PITH_AUTO(bytes_clear) struct bytes twice;
    struct pith_error error;
    bytes_init(&bytes, LIMIT);
    bytes_init(&twice, LIMIT);
    bytes_put(&bytes, data, size);
    if (size > LIMIT / 2)
        return 0;
    enum pith_status status = digest_log_read(&bytes, &log, &error);
    fuzz_failed_well(status, PITH_CORRUPT, &error);
    if (status)
        return 0;
    HOLDS(log.count <= PITH_DIGEST_DAYS);
    HOLDS(digest_log_write(&log, &bytes, NULL) == PITH_OK && digest_log_read(&bytes, &again, NULL) == PITH_OK);
    HOLDS(digest_log_write(&again, &twice, NULL) == PITH_OK);
    HOLDS(again.count == log.count && twice.length == bytes.length && memcmp(twice.data, bytes.data, bytes.length) == 0);
    return 0;
}
