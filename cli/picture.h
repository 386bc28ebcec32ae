/* picture: how far chances given came true, for the eye: on the terminal, and as an SVG file. */
#ifndef PITH_CLI_PICTURE_H
#define PITH_CLI_PICTURE_H

#include "cli/terminal.h"
#include <pith/pith.h>

/* A line a bin to standard output; a bar of what was liked, a mark at what was said. */
void picture_print(const struct terminal *terminal, const struct pith_backtest *replay);
/* A picture that reads on light and dark grounds. malloc'ed. */
enum pith_status picture_svg(const struct pith_backtest *replay, char **ret_svg, struct pith_error *reterr);

#endif
