#include "api/form.h"

#include "api/target.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BOUNDARY = 70 /* characters at most, RFC 2046 */ };

static bool has_name(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->fields; i++)
        if (strcmp(form->field[i].name, name) == 0)
            return true;
    return false;
}

static enum pith_status add_field(struct form *form, const struct form_field *field, struct pith_error *reterr)
{
    if (!*field->name || strlen(field->name) >= FORM_NAME || !target_is_text(field->name, false))
        return pith_fail(reterr, PITH_USAGE, "the form has a field without a name that can be read");
    if (has_name(form, field->name))
        return pith_fail(reterr, PITH_USAGE, "the form has the field %s twice", field->name);
    if (form->fields == FORM_FIELDS)
        return pith_fail(reterr, PITH_USAGE, "the form has more than %d fields", FORM_FIELDS);
    if (!field->file && (strlen(field->value) != field->length || !target_is_text(field->value, true)))
        return pith_fail(reterr, PITH_USAGE, "the field %s holds bytes that are no UTF-8 text", field->name);
    form->field[form->fields++] = *field;
    return PITH_OK;
}

static enum pith_status read_escaped(struct form *form, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (char *at = form->text; !status && at && *at;) {
        char *next = strchr(at, '&');
        if (next)
            *next++ = '\0';
        char *equals = strchr(at, '=');
        if (equals)
            *equals = '\0';
        char *value = equals ? equals + 1 : at + strlen(at);
        status = target_unescape(at, true, reterr);
        if (!status)
            status = target_unescape(value, true, reterr);
        const struct form_field field = {at, value, strlen(value), false};
        if (!status)
            status = add_field(form, &field, reterr);
        at = next;
    }
    return status;
}

/* ---- parts ---- */

/* The boundary that the content type names, with the two dashes before it; false when there is none. */
static bool read_boundary(const char *type, char boundary[BOUNDARY + 3])
{
    const char *at = strcasestr(type, "boundary=");
    if (!at)
        return false;
    at += strlen("boundary=");
    bool quoted = *at == '"';
    at += quoted;
    size_t length = strcspn(at, quoted ? "\"" : "; \t");
    if (!length || length > BOUNDARY)
        return false;
    memcpy(boundary, "--", 2);
    memcpy(boundary + 2, at, length);
    boundary[length + 2] = '\0';
    return true;
}

/* The value of `name="…"` in a header line, ended where it stands; NULL when it is not there. */
static char *quoted_value(char *line, const char *name)
{
    size_t length = strlen(name);
    for (char *at = line; (at = strstr(at, name)); at += length) {
        bool whole = at > line && (at[-1] == ' ' || at[-1] == ';') && at[length] == '=' && at[length + 1] == '"';
        char *value = at + length + 2, *end = whole ? strchr(value, '"') : NULL;
        if (!end)
            continue;
        *end = '\0';
        return value;
    }
    return NULL;
}

/* One part: header lines, an empty line, the content. `end` lies before `part` where one boundary follows another. */
static enum pith_status read_part(struct form *form, char *part, char *end, struct pith_error *reterr)
{
    struct form_field field = {0};
    char *content = end > part ? memmem(part, (size_t)(end - part), "\r\n\r\n", 4) : NULL;
    if (!content)
        return pith_fail(reterr, PITH_USAGE, "the form has a part without a content");
    *content = *end = '\0';
    field.value = content + 4;
    field.length = (size_t)(end - field.value);
    for (char *line = part, *next; line && *line; line = next) {
        next = strstr(line, "\r\n");
        if (next) {
            *next = '\0';
            next += 2;
        }
        if (strncasecmp(line, "Content-Disposition:", 20) != 0)
            continue;
        char *file = strstr(line, "filename="), *name = NULL;
        field.file = file != NULL;
        if (file)
            file[-1] = '\0'; /* what a file is called says nothing */
        name = quoted_value(line, "name");
        field.name = name;
    }
    return field.name ? add_field(form, &field, reterr) : pith_fail(reterr, PITH_USAGE, "the form has a part without a name");
}

static enum pith_status read_parts(struct form *form, const char *boundary, size_t length, struct pith_error *reterr)
{
    char *end = form->text + length;
    char line[BOUNDARY + 5] = "\r\n";
    size_t dashes = strlen(boundary);
    strcat(line, boundary);
    if (length < dashes || memcmp(form->text, boundary, dashes) != 0)
        return pith_fail(reterr, PITH_USAGE, "the form does not begin with its boundary");
    char *at = form->text + dashes;
    while (end - at >= 2 && memcmp(at, "\r\n", 2) == 0) {
        char *next = memmem(at, (size_t)(end - at), line, dashes + 2);
        if (!next)
            return pith_fail(reterr, PITH_USAGE, "the form ends within a part");
        enum pith_status status = read_part(form, at + 2, next, reterr);
        if (status)
            return status;
        at = next + dashes + 2;
    }
    return end - at >= 2 && memcmp(at, "--", 2) == 0 ? PITH_OK : pith_fail(reterr, PITH_USAGE, "the form has no end");
}

static bool is_type(const char *type, const char *name)
{
    size_t length = strlen(name);
    return type && strncasecmp(type, name, length) == 0 && strchr("; \t", type[length]);
}

enum pith_status form_read(const char *content_type, const char *body, size_t length, struct form *ret_form,
                           struct pith_error *reterr)
{
    PITH_AUTO(form_clear) struct form form = {.text = pith_calloc(length + 1, 1)};
    char boundary[BOUNDARY + 3];
    enum pith_status status;
    if (!form.text)
        return pith_no_memory(reterr);
    if (length)
        memcpy(form.text, body, length);
    if (!length)
        status = PITH_OK;
    else if (is_type(content_type, "multipart/form-data") && read_boundary(content_type, boundary))
        status = read_parts(&form, boundary, length, reterr);
    else if (is_type(content_type, "application/x-www-form-urlencoded") && strlen(form.text) == length)
        status = read_escaped(&form, reterr);
    else
        status = pith_fail(reterr, PITH_USAGE, "the body is no form");
    if (status)
        return status;
    *ret_form = form;
    form = (struct form){0};
    return PITH_OK;
}

void form_clear(struct form *form)
{
    for (size_t i = 0; form->text && i < form->fields; i++)
        explicit_bzero((char *)(size_t)form->field[i].value, form->field[i].length);
    free(form->text);
    *form = (struct form){0};
}

static const struct form_field *find(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->fields; i++)
        if (strcmp(form->field[i].name, name) == 0)
            return &form->field[i];
    return NULL;
}

const char *form_text(const struct form *form, const char *name)
{
    const struct form_field *field = find(form, name);
    return field && !field->file ? field->value : "";
}

const char *form_file(const struct form *form, const char *name, size_t *ret_length)
{
    const struct form_field *field = find(form, name);
    if (!field || !field->file || !field->length)
        return NULL;
    *ret_length = field->length;
    return field->value;
}
