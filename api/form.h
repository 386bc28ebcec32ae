/* form: the body of a page's form, taken apart: application/x-www-form-urlencoded, or multipart/form-data (RFC 7578) where a file
 * comes with it. */
#ifndef PITH_API_FORM_H
#define PITH_API_FORM_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

enum { FORM_FIELDS = 32, FORM_NAME = 40 };

struct form {
    char *text; /* what the fields point into */
    struct form_field {
        const char *name;
        const char *value; /* UTF-8 text with a NUL after it; of a file its bytes */
        size_t length;
        bool file;
    } field[FORM_FIELDS];
    size_t fields;
};
/* PITH_USAGE for another content type, a broken escape, a part without a name, a name given twice, text that is no UTF-8 or has control
 * characters other than line ends and tabs, too many fields. Zeroed fields where the body is empty. */
enum pith_status form_read(const char *content_type, const char *body, size_t length, struct form *ret_form,
                           struct pith_error *reterr);
void form_clear(struct form *form); /* for AUTO: overwrites what it frees, which may have been a token */

/* A field's text; "" when it did not come, or is a file. */
const char *form_text(const struct form *form, const char *name);
/* The bytes of a file; NULL when none came, or an empty one. */
const char *form_file(const struct form *form, const char *name, size_t *ret_length);

#endif
