/* The bot that mails everybody's digest: it runs unwatched. */
#include "cli/commands/commands.h"
#include "cli/mail/round.h"

enum pith_status command_mail(struct call *call, struct pith_error *reterr)
{
    const struct config *config;
    struct round round;
    int32_t today = call_utc_today();
    enum pith_status status = call->date ? call_day("date", call->date, &today, reterr) : PITH_OK;
    if (!status)
        status = call_config(call, &config, reterr);
    if (!status)
        status = mail_config_check_sending(config->mailing, config->path, true, reterr);
    if (!status)
        status = round_begin(call, config->mailing, &round, reterr);
    if (!status && !config->mailing->url) /* no service: the readers of this home */
        status = call_open(call, false, reterr);
    return status ? status : round_run(&round, config->mailing->reader, config->mailing->readers, today, reterr);
}
