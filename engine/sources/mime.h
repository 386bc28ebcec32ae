/* mime: the text in a mail, or in each mail of a mailbox, as it was before it was packed for sending. */
#ifndef PITH_ENGINE_SOURCES_MIME_H
#define PITH_ENGINE_SOURCES_MIME_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

/* Where texts go: a line "Date: …" of the mail, then the text. `line` is where that begins in the file. */
struct mime_reader {
    enum pith_status (*text)(void *user, const char *text, size_t length, size_t line, struct pith_error *reterr);
    void *user;
    bool own; /* of HTML, leave out what the writer quotes (html_lines) */
};

/* Whether the bytes begin as a mail or a mailbox does. */
bool mime_is_mail(const char *bytes, size_t length);

/* The value of a mail's own header ("Subject:", whatever the case), its lines joined; "" when there is none. malloc'ed. */
enum pith_status mime_header(const char *bytes, size_t length, const char *name, char **ret_value, struct pith_error *reterr);

/* The subject with its encoded words (=?utf-8?Q?R=C3=A9?=, RFC 2047) as their characters. malloc'ed, UTF-8 as far as the mail is. */
enum pith_status mime_subject(const char *bytes, size_t length, char **ret_subject, struct pith_error *reterr);

/* Hands over every plain text of every mail; of a mail without one, its HTML with the tags taken out. Its
 * characters are UTF-8, whatever set the part names. Encodings that are damaged are read as far as they go. Fails only as the reader does, or out of memory. */
enum pith_status mime_read(const char *bytes, size_t length, const struct mime_reader *reader, struct pith_error *reterr);

#endif
