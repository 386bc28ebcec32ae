/* The bot that mails everybody's digest, and reads the answers: it runs unwatched. */
#include "cli/commands/commands.h"
#include "cli/mail/inbound.h"
#include "cli/mail/round.h"

#include <limits.h>
#include <string.h>

/* ---- sending ---- */

static enum pith_status send_digests(struct call *call, const struct config *config, struct pith_error *reterr)
{
    struct round round;
    int32_t today = call_utc_today();
    enum pith_status status = call->date ? call_day("date", call->date, &today, reterr) : PITH_OK;
    if (!status)
        status = mail_config_check_sending(config->mailing, config->path, true, reterr);
    if (!status)
        status = round_begin(call, config->mailing, &round, reterr);
    if (!status && !config->mailing->url) /* no service: the readers of this home */
        status = call_open(call, false, reterr);
    return status ? status : round_run(&round, config->mailing->reader, config->mailing->readers, today, reterr);
}

/* ---- reading answers ---- */

/* Where --inbound says, in the words of the command line: "maildir DIR", "imap", or "maildir" for the folder of the config file. */
static enum pith_status find_inbound(const struct call *call, const struct mail_config *mailing, char from[MAIL_CONFIG_INBOUND],
                                     struct pith_error *reterr)
{
    const char *kept = mailing->inbound.from, *what = call->inbound;
    bool folder = strcmp(what, "maildir") == 0, server = strcmp(what, "imap") == 0;
    if (!folder && !server)
        return pith_fail(reterr, PITH_USAGE, "--inbound %.100s: it is maildir DIR, or imap", what);
    if (folder && call->count == 1)
        return snprintf(from, MAIL_CONFIG_INBOUND, "maildir:%s", call->words[0]) < MAIL_CONFIG_INBOUND
                   ? PITH_OK
                   : pith_fail(reterr, PITH_USAGE, "the folder's name is too long");
    if (call->count || !kept || folder != (strncmp(kept, "maildir:", 8) == 0))
        return pith_fail(reterr, PITH_USAGE,
                         folder ? "which maildir? pith mail --inbound maildir DIR, or pith config set mail.inbound maildir:DIR"
                                : "which server? pith config set mail.inbound imaps://HOST/INBOX");
    snprintf(from, MAIL_CONFIG_INBOUND, "%s", kept);
    return PITH_OK;
}

static enum pith_status read_answers(struct call *call, const struct mail_config *mailing, struct pith_error *reterr)
{
    struct inbound inbound = {.call = call, .mailing = mailing};
    char from[MAIL_CONFIG_INBOUND];
    enum pith_status status = find_inbound(call, mailing, from, reterr);
    if (!status && !mailing->url)
        status = call_open(call, false, reterr);
    return status ? status : inbound_run(&inbound, from, reterr);
}

enum pith_status command_mail(struct call *call, struct pith_error *reterr)
{
    const struct config *config;
    enum pith_status status = call_config(call, &config, reterr);
    if (status)
        return status;
    if (call->inbound)
        return read_answers(call, config->mailing, reterr);
    return call->count ? pith_fail(reterr, PITH_USAGE, "pith mail takes no \"%.100s\": see `pith mail --help`", call->words[0])
                       : send_digests(call, config, reterr);
}
