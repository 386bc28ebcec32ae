/* Any bytes as a config file: read, or refused with the line that is wrong. */
#include "cli/config.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/testing.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[4096];
    PITH_AUTO(config_free_p) struct config *config = NULL;
    struct pith_error error = {0};
    if (!*path)
        snprintf(path, sizeof path, "%s/config", testing_folder());
    FILE *file = fopen(path, "wb");
    HOLDS(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    enum pith_status status = config_read(path, &config, &error);
    HOLDS(status == PITH_OK || (status == PITH_INPUT && *error.message));
    for (size_t i = 0; config && i < config->sources; i++) {
        HOLDS(config->source[i].from && *config->source[i].name);
        HOLDS(config_source(config, config->source[i].name) == &config->source[i]);
    }
    return 0;
}
