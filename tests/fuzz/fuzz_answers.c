/* Any bytes as the record of answers: refused, or read and then written so that they read as the same again. */
#include "engine/profile/answers.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    struct answers read, again;
    bytes_init(&bytes, 1 << 20);
    bytes_put(&bytes, data, size);
    if (bytes_done(&bytes, NULL) || answers_read(&bytes, &read, NULL))
        return 0;
    HOLDS(read.count <= ANSWERS_MOST);
    HOLDS(answers_write(&read, &bytes, NULL) == PITH_OK && answers_read(&bytes, &again, NULL) == PITH_OK);
    HOLDS(memcmp(&read, &again, sizeof read) == 0);
    return 0;
}
