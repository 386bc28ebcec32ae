/* Any text as a table: each row has its fields within the text, on a line of its own, and no row is read twice. */
#include "cli/csv.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

struct seen {
    const char *text;
    size_t length, line;
};

static enum pith_status look(void *user, const struct csv_row *row, struct pith_error *reterr)
{
    struct seen *seen = user;
    (void)reterr;
    HOLDS(row->line > seen->line);
    HOLDS(row->fault ? *row->fault != '\0' : row->count > 0);
    HOLDS(row->count <= CSV_FIELDS);
    seen->line = row->line;
    for (size_t i = 0; i < row->count; i++) {
        HOLDS(row->field[i] >= seen->text && row->field[i] <= seen->text + seen->length);
        HOLDS(!strchr(row->field[i], '\n') || row->fault);
    }
    return PITH_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    HOLDS(text);
    memcpy(text, data, size);
    text[size] = '\0';
    struct seen seen = {text, strlen(text), 0};
    size_t lines = 1;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    HOLDS(csv_read(text, look, &seen, NULL) == PITH_OK && seen.line <= lines);
    free(text);
    return 0;
}
