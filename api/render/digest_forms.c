/* What stands behind pith/mail.h: digests as the service and the command line write them. */
#include <pith/mail.h>

#include "api/render/digest_html.h"
#include "api/render/digest_mail.h"
#include "api/render/digest_text.h"

#include <stdio.h>
#include <string.h>

_Static_assert((int)PITH_MESSAGE_ID >= (int)DIGEST_MESSAGE_ID, "a Message-ID fits");

/* Without a service the mail is of the host that it is from. */
static enum pith_status read_site(const struct pith_form_request *request, const struct mail_format_address *from,
                                  struct base_url *site, struct pith_error *reterr)
{
    struct mail_format_address reply_to;
    enum pith_status status = PITH_OK;
    *site = (struct base_url){.host = "localhost"};
    if (request->base_url)
        status = base_url_read(request->base_url, site, reterr);
    else if (request->from)
        snprintf(site->host, sizeof site->host, "%s", strrchr(from->address, '@') + 1);
    if (!status && request->reply_to)
        status = mail_format_read_address(request->reply_to, &reply_to, reterr);
    if (!status && request->reply_to)
        snprintf(site->reply_to, sizeof site->reply_to, "%s", reply_to.address);
    site->answers = request->answers;
    return status;
}

static enum pith_status read_addresses(const struct pith_form_request *request, struct mail_format_address *from,
                                       struct mail_format_address *to, struct pith_error *reterr)
{
    enum pith_status status = request->from ? mail_format_read_address(request->from, from, reterr) : PITH_OK;
    return status || !request->to ? status : mail_format_read_address(request->to, to, reterr);
}

enum pith_status pith_write_digest(const struct pith_form_request *request, char **ret_text, struct pith_error *reterr)
{
    struct mail_format_address from, to;
    struct base_url site;
    enum pith_status status = read_addresses(request, &from, &to, reterr);
    if (!status)
        status = read_site(request, &from, &site, reterr);
    if (status)
        return status;
    switch (request->form) {
    case PITH_FORM_TEXT: return digest_text(request->digest, &site, ret_text, reterr);
    case PITH_FORM_HTML: return digest_html(request->digest, &site, ret_text, reterr);
    case PITH_FORM_MAIL: break;
    }
    return digest_mail(request->digest, &site, request->from ? &from : NULL, request->to ? &to : NULL, ret_text, reterr);
}

enum pith_status pith_message_id(const struct pith_form_request *request, char id[PITH_MESSAGE_ID], struct pith_error *reterr)
{
    struct mail_format_address from, to;
    struct base_url site;
    char whole[DIGEST_MESSAGE_ID];
    enum pith_status status = read_addresses(request, &from, &to, reterr);
    if (!status)
        status = read_site(request, &from, &site, reterr);
    if (status)
        return status;
    digest_message_id(request->digest, &site, whole);
    snprintf(id, PITH_MESSAGE_ID, "%s", whole);
    return PITH_OK;
}

enum pith_status pith_check_address(const char *address, struct pith_error *reterr)
{
    struct mail_format_address read;
    return mail_format_read_address(address, &read, reterr);
}
