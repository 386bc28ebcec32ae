#include "api/render/charts.h"

enum { WIDTH = 640, HALF = 80, SIDE = 320, LEFT = 56, TOP = 16, HISTOGRAM = 64, GAP = 40 };

/* ---- votes over time ---- */

void charts_votes(FILE *to, const struct charts_stretch *stretch, size_t count)
{
    unsigned most = 1;
    for (size_t i = 0; i < count; i++) {
        most = stretch[i].ups > most ? stretch[i].ups : most;
        most = stretch[i].downs > most ? stretch[i].downs : most;
    }
    double step = (double)WIDTH / (double)count;
    fprintf(to,
            "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Votes over time: likes above the line, the "
            "others below\">\n",
            WIDTH, 2 * HALF + 24);
    for (size_t i = 0; i < count; i++) {
        double x = step * (double)i + step * 0.15, width = step * 0.7, up = (double)stretch[i].ups / most * (HALF - 6),
               down = (double)stretch[i].downs / most * (HALF - 6);
        if (stretch[i].ups || stretch[i].downs)
            fprintf(to,
                    "<g><title>%s: %u liked, %u not</title><rect class=\"yes\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                    "height=\"%.1f\" rx=\"2\"/><rect "
                    "class=\"no\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%.1f\" rx=\"2\"/></g>\n",
                    stretch[i].label, stretch[i].ups, stretch[i].downs, x, HALF - up, width, up, x, HALF, width, down);
        if (i % 4 == 0)
            fprintf(to, "<text x=\"%.1f\" y=\"%d\">%s</text>\n", x, 2 * HALF + 18, stretch[i].label);
    }
    fprintf(to, "<path class=\"axis\" d=\"M0 %dH%d\"/>\n</svg>\n", HALF, WIDTH);
}

/* ---- chances ---- */

static double across(double share)
{
    return LEFT + share * SIDE;
}

static double down(double share)
{
    return TOP + (1 - share) * SIDE;
}

static void put_grid(FILE *to)
{
    for (int i = 0; i <= 4; i++) {
        double share = i / 4.0;
        fprintf(to, "<path class=\"grid\" d=\"M%.0f %.0fH%.0fM%.0f %.0fV%.0f\"/>\n", across(0), down(share), across(1),
                across(share), down(0), down(1));
        fprintf(to, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">%d%%</text>\n", across(0) - 8, down(share) + 4, 25 * i);
        fprintf(to, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">%d%%</text>\n", across(share),
                down(0) + HISTOGRAM + GAP + 4, 25 * i);
    }
    fprintf(to, "<path class=\"ideal\" d=\"M%.0f %.0fL%.0f %.0f\"/>\n", across(0), down(0), across(1), down(1));
}

static void put_bins(FILE *to, const struct pith_backtest *replay)
{
    for (size_t i = 0; i < replay->bins; i++) {
        const struct pith_bin *bin = &replay->bin[i];
        fprintf(to, "<path class=\"range\" d=\"M%.1f %.1fV%.1f\"/>\n", across(bin->said), down(bin->low), down(bin->high));
    }
    for (size_t i = 0; i < replay->bins; i++) {
        const struct pith_bin *bin = &replay->bin[i];
        fprintf(to,
                "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"><title>%.0f%% said, %.0f%% of %zu liked</title></circle>\n",
                across(bin->said), down(bin->liked), 100 * bin->said, 100 * bin->liked, bin->count);
    }
}

static void put_histogram(FILE *to, const struct pith_backtest *replay)
{
    size_t most = 1;
    double base = down(0) + 24 + HISTOGRAM;
    for (size_t i = 0; i < PITH_BINS; i++)
        most = replay->given[i] > most ? replay->given[i] : most;
    for (size_t i = 0; i < PITH_BINS; i++) {
        double height = (double)replay->given[i] / (double)most * HISTOGRAM;
        fprintf(to,
                "<rect class=\"count\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"1\"><title>%zu times %zu to "
                "%zu%%</title></rect>\n",
                across((double)i / PITH_BINS) + 1, base - height, (double)SIDE / PITH_BINS - 2, height, replay->given[i], 10 * i,
                10 * i + 10);
    }
    fprintf(to, "<path class=\"axis\" d=\"M%.0f %.1fH%.0f\"/>\n", across(0), base, across(1));
}

void charts_reliability(FILE *to, const struct pith_backtest *replay)
{
    if (replay->probabilities < CHARTS_LEAST)
        return;
    int height = TOP + SIDE + HISTOGRAM + GAP + 36;
    fprintf(to,
            "<svg class=\"chart reliability\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Share of papers liked over the "
            "chance that they were "
            "given, in %zu groups of %zu votes; on the diagonal chances come true\">\n",
            LEFT + SIDE + 24, height, replay->bins, replay->probabilities);
    put_grid(to);
    put_bins(to, replay);
    put_histogram(to, replay);
    fprintf(to, "<text class=\"name\" x=\"%.0f\" y=\"%d\" text-anchor=\"middle\">chance given, and how often</text>\n", across(0.5),
            height - 8);
    fprintf(to,
            "<text class=\"name\" transform=\"translate(12 %.0f) rotate(-90)\" text-anchor=\"middle\">share liked</text>\n</svg>\n",
            down(0.5));
}
