/* Any bytes as a request's target: refused, or parts that are text, and that give the same parts when they are escaped again. */
#include "tests/fuzz/fuzz.h"

#include "api/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void escape(FILE *to, const char *text)
{
    for (; *text; text++)
        fprintf(to, "%%%02x", (unsigned char)*text);
}

static void read_again(const struct target *target)
{
    char *raw = NULL;
    size_t length = 0;
    struct target again;
    FILE *to = open_memstream(&raw, &length);
    HOLDS(to);
    for (size_t i = 0; i < target->segments; i++) {
        fputc('/', to);
        escape(to, target->segment[i]);
    }
    for (size_t i = 0; i < target->parameters; i++) {
        fputc(i ? '&' : '?', to);
        escape(to, target->parameter[i].name);
        fputc('=', to);
        escape(to, target->parameter[i].value);
    }
    HOLDS(fclose(to) == 0);
    if (length <= TARGET_LONGEST) {
        HOLDS(target_read(raw, &again, NULL) == PITH_OK);
        HOLDS(again.segments == target->segments && again.parameters == target->parameters);
        for (size_t i = 0; i < target->segments; i++)
            HOLDS(strcmp(again.segment[i], target->segment[i]) == 0);
        for (size_t i = 0; i < target->parameters; i++) {
            const char *value = target_parameter(&again, target->parameter[i].name);
            HOLDS(value && strcmp(value, target->parameter[i].value) == 0);
        }
    }
    free(raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct target target;
    struct pith_error error;
    char *raw = calloc(size + 1, 1);
    HOLDS(raw);
    memcpy(raw, data, size);
    enum pith_status status = target_read(raw, &target, &error);
    fuzz_failed_well(status, PITH_USAGE, &error);
    if (!status) {
        HOLDS(target.segments > 0 && target.segments <= TARGET_SEGMENTS && target.parameters <= TARGET_PARAMETERS);
        read_again(&target);
    }
    free(raw);
    return 0;
}
