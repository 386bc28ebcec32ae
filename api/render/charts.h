/* charts: pictures of what was learnt and how true it came, as SVG within a page: coloured by its style sheet, told in words beside them. */
#ifndef PITH_API_RENDER_CHARTS_H
#define PITH_API_RENDER_CHARTS_H

#include <pith/pith.h>

#include <stdio.h>

enum { CHARTS_LEAST = 30 /* votes with a chance, below which no picture is drawn */ };

/* Ups and downs of so many stretches of time, the last one ending today: bars up and bars down. `label`: of each stretch. */
struct charts_stretch {
    unsigned ups, downs;
    char label[16];
};
void charts_votes(FILE *to, const struct charts_stretch *stretch, size_t count);
/* How many of the papers that were given a chance were liked, and below it how often which chance was given. */
void charts_reliability(FILE *to, const struct pith_backtest *replay);

#endif
