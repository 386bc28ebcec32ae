/* mail: a digest as people read it: text, one HTML document, or a mail to be sent as it is. */
#ifndef PITH_MAIL_H
#define PITH_MAIL_H

#include <pith/digest.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pith_form { PITH_FORM_TEXT, PITH_FORM_HTML, PITH_FORM_MAIL };
struct pith_form_request {
    size_t size; /* sizeof of this struct, as the program was compiled: later versions add members at the end */
    const struct pith_digest *digest;
    enum pith_form form;
    const char *base_url; /* where readers reach the service: links lead there; NULL: there is none, and nothing is linked */
    bool answers;         /* answers to the mail are read: it says so */
    const char *from;     /* of a mail: "Ann Lee <ann@lab.example>"; NULL: pith at the host of base_url */
    const char *to;       /* likewise; NULL: nobody is named */
    const char *reply_to; /* likewise; NULL: answers go to `from` */
};
/* The same digest is the same text, byte for byte; lines of a mail end in CR LF. Free it with pith_free. PITH_USAGE for what is no base URL,
 * PITH_INPUT for what is no address. */
enum pith_status pith_write_digest(const struct pith_form_request *request, char **ret_text, struct pith_error *reterr);
/* The mail's Message-ID, "<…@HOST>". */
enum { PITH_MESSAGE_ID = 356 };
enum pith_status pith_message_id(const struct pith_form_request *request, char id[PITH_MESSAGE_ID], struct pith_error *reterr);
/* PITH_INPUT for what is not one address, with or without a name. */
enum pith_status pith_check_address(const char *address, struct pith_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
