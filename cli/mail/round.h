/* round: digests delivered to some readers, each tried again until it is settled; a line is printed for each. */
#ifndef PITH_CLI_MAIL_ROUND_H
#define PITH_CLI_MAIL_ROUND_H

#include "cli/call.h"
#include "cli/mail/delivery.h"

struct round {
    struct call *call;           /* with its home open: digests come from there; else from the service of the config */
    struct delivery_means means; /* mailing and in_doubt are given, the rest is found */
    struct delivery *delivery;
    size_t count, cap, settled, failed;
    char sendmail[4096];
};

/* The digests of `today` for these readers, and those of the last seven days that were left unfinished. PITH_IO when any failed or is in doubt. */
enum pith_status round_run(struct round *round, const struct mail_config_reader *readers, size_t count, int32_t today,
                           struct pith_error *reterr);
/* What the config and --in-doubt say of the round. PITH_USAGE. */
enum pith_status round_begin(struct call *call, const struct mail_config *mailing, struct round *ret_round,
                             struct pith_error *reterr);

#endif
