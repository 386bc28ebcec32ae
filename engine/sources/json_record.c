#include "json_record.h"

#include "../text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum pith_status json_record_check_depth(const char *bytes, size_t length, struct pith_error *reterr)
{
    size_t depth = 0;
    bool text = false;
    for (size_t i = 0; i < length; i++) {
        char byte = bytes[i];
        if (text) {
            i += byte == '\\';
            text = byte != '"';
        } else if (byte == '"') {
            text = true;
        } else if (byte == '{' || byte == '[') {
            if (++depth > SOURCES_MAX_DEPTH)
                return pith_fail(reterr, PITH_INPUT, "JSON nested deeper than %d", SOURCES_MAX_DEPTH);
        } else if ((byte == '}' || byte == ']') && depth) {
            depth--;
        }
    }
    return PITH_OK;
}

enum pith_status json_record_text(const json_t *value, const char *name, char **ret_text, struct pith_error *reterr)
{
    *ret_text = NULL;
    if (!value || json_is_null(value))
        return PITH_OK;
    if (!json_is_string(value))
        return pith_fail(reterr, PITH_INPUT, "\"%s\" is not a string", name);
    return text_normalise(json_string_value(value), json_string_length(value), true, ret_text, NULL, reterr);
}

static enum pith_status add_item(const json_t *item, const char *name, struct paper_list *list, size_t max,
                                 struct pith_error *reterr)
{
    AUTO(pith_free_p) char *text = NULL;
    enum pith_status status = json_record_text(item, name, &text, reterr);
    if (status || !text || !*text)
        return status;
    if (list->count == max)
        return pith_fail(reterr, PITH_INPUT, "\"%s\" has more than %zu items", name, max);
    return paper_list_add(list, text, strlen(text), max, reterr);
}

enum pith_status json_record_list(const json_t *array, const char *name, const char *member, struct paper_list *list, size_t max,
                                  struct pith_error *reterr)
{
    if (!array || json_is_null(array))
        return PITH_OK;
    if (!json_is_array(array))
        return pith_fail(reterr, PITH_INPUT, "\"%s\" is not an array", name);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        if (!json_is_true(json_object_get(item, "hidden")))
            status = add_item(member ? json_object_get(item, member) : item, name, list, max, reterr);
    }
    return status;
}
