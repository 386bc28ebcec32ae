/* timers: what fetches and mails by itself each morning: user timers of systemd, where that runs. */
#ifndef PITH_CLI_TIMERS_H
#define PITH_CLI_TIMERS_H

#include "cli/call.h"

/* Whether systemd runs this user's services. */
bool timers_can(void);
/* Writes the units of `pith update` and, with `mails`, of `pith digest --send` to $XDG_CONFIG_HOME/systemd/user, and starts their timers. Those that
 * are there already are written anew. PITH_IO names the step that failed. */
enum pith_status timers_install(const struct call *call, bool mails, struct pith_error *reterr);
/* The same as a line of a crontab. */
enum pith_status timers_crontab(const struct call *call, bool mails, char *line, size_t size, struct pith_error *reterr);

#endif
