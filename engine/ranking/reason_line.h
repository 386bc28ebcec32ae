/* reason_line: why a paper stands where it does, in one line for people (pith_reason_line). */
#ifndef PITH_ENGINE_RANKING_REASON_LINE_H
#define PITH_ENGINE_RANKING_REASON_LINE_H

#include <pith/pith.h>

/* What the paper as a whole, its place in all dense views, adds to the score. */
double reason_line_whole(const struct pith_ranked *paper);

#endif
