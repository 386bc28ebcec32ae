/* transport for a pith that was built without libcurl: nothing is asked and nothing is sent. */
#include "cli/mail/transport.h"

static enum pith_status refuse(struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_USAGE, "this pith was built without the mail bot: build it with -Dfetch=enabled");
}

enum pith_status transport_new(struct transport **ret_transport, struct pith_error *reterr)
{
    (void)ret_transport;
    return refuse(reterr);
}

void transport_free(struct transport *transport)
{
    (void)transport;
}

enum pith_status transport_ask(struct transport *transport, const struct transport_request *request,
                               struct transport_receipt *ret_receipt, char **ret_body, size_t *ret_length,
                               struct pith_error *reterr)
{
    (void)transport, (void)request, (void)ret_receipt, (void)ret_body, (void)ret_length;
    return refuse(reterr);
}

enum pith_status transport_send(struct transport *transport, const struct transport_mail *mail,
                                struct transport_receipt *ret_receipt, struct pith_error *reterr)
{
    (void)transport, (void)mail, (void)ret_receipt;
    return refuse(reterr);
}

enum pith_status transport_escape(const char *text, char **ret_escaped, struct pith_error *reterr)
{
    (void)text, (void)ret_escaped;
    return refuse(reterr);
}

enum pith_status transport_read(struct transport *transport, const struct transport_mailbox *mailbox,
                                struct transport_receipt *ret_receipt, char **ret_body, size_t *ret_length,
                                struct pith_error *reterr)
{
    (void)transport, (void)mailbox, (void)ret_receipt, (void)ret_body, (void)ret_length;
    return refuse(reterr);
}
