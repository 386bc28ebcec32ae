/* Any bytes as a record of answered requests: it is read or refused, and what was added to one that is read is found again. */
#include "tests/fuzz/fuzz.h"

#include "engine/profile/once.h"

#include <string.h>

enum { NOW = 1704200000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    struct once_request request = {{1}, {2}};
    struct once_answer answer, added = {NOW + 60, 200, (const unsigned char *)"text", 4};
    struct pith_error error;
    bytes_init(&record, 8 * ONCE_MOST);
    if (size > ONCE_MOST)
        return 0;
    bytes_put(&record, data, size);
    if (size >= sizeof request)
        memcpy(&request, data + size - sizeof request, sizeof request);
    enum pith_status status = once_find(&record, &request, NOW, &answer, &error);
    if (status != PITH_NOT_FOUND && status != PITH_EXISTS)
        fuzz_failed_well(status, PITH_CORRUPT, &error);
    if (status == PITH_OK)
        HOLDS(answer.text >= record.data && answer.length <= record.length && answer.expires > NOW);
    if (status != PITH_NOT_FOUND)
        return 0;
    status = once_add(&record, &request, &added, NOW, &error);
    fuzz_failed_well(status, PITH_CORRUPT, &error);
    if (status)
        return 0;
    HOLDS(record.length <= ONCE_MOST);
    HOLDS(once_find(&record, &request, NOW, &answer, &error) == PITH_OK);
    HOLDS(answer.status == 200 && answer.length == 4 && memcmp(answer.text, "text", 4) == 0);
    return 0;
}
