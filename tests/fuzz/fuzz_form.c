/* Any bytes as a form's body, its first byte choosing the type: refused, or fields with names, and values that are text or a file's bytes. */
#include "tests/fuzz/fuzz.h"

#include "api/form.h"
#include "api/target.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=edge",
                                        "multipart/form-data; boundary=\"-\"", "text/plain"};
    struct form form = {0};
    struct pith_error error;
    if (!size)
        return 0;
    enum pith_status status = form_read(types[data[0] % 4], (const char *)data + 1, size - 1, &form, &error);
    fuzz_failed_well(status, PITH_USAGE, &error);
    HOLDS(!status || !form.text);
    HOLDS(form.fields <= FORM_FIELDS);
    for (size_t i = 0; i < form.fields; i++) {
        const struct form_field *field = &form.field[i];
        size_t length = 0;
        HOLDS(*field->name && strlen(field->name) < FORM_NAME);
        HOLDS(field->value >= form.text && field->value + field->length < form.text + size);
        HOLDS(field->file || (strlen(field->value) == field->length && target_is_text(field->value, true)));
        HOLDS((form_file(&form, field->name, &length) != NULL) == (field->file && field->length > 0));
    }
    form_clear(&form);
    return 0;
}
