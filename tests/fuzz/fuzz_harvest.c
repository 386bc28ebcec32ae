/* Any bytes as a source's name and as its answer: a next address that is one, or none. The first line is the name. */
#include "engine/intake/fetch/harvest.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    size_t length = end ? (size_t)(end - data) : size;
    char *name = calloc(length + 1, 1), *body = calloc(size - length + 1, 1);
    struct harvest_source source;
    struct harvest harvest;
    memcpy(name, data, length);
    memcpy(body, data + length, size - length);
    if (harvest_parse(name, &source, NULL) == PITH_OK &&
        harvest_start(&harvest, &source, NULL, 20000, size % 2 ? 19990 : PITH_NO_DAY, 20010, NULL) == PITH_OK)
        for (int steps = 0; steps < 50 && !harvest.done; steps++) {
            HOLDS(strncasecmp(harvest.url, "http", 4) == 0 && strlen(harvest.url) < HTTP_MAX_URL);
            HOLDS(!strpbrk(harvest.url, " \r\n\t"));
            if (harvest_step(&harvest, body, size - length, (size_t)steps % 3, NULL))
                break;
        }
    free(name);
    free(body);
    return 0;
}
