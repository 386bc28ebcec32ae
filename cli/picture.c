#include "cli/picture.h"

#include <stdlib.h>
#include <string.h>

enum { BAR = 40, SIDE = 400, LEFT = 70, TOP = 40, BELOW = 70, RIGHT = 30 };

/* ---- on the terminal ---- */

static void print_bins(const struct terminal *terminal, const char *counted, const struct pith_bin *bins, size_t count)
{
    printf("\n%9s %9s %6s  0%%%*s100%%\n", "said", "liked", counted, BAR - 4, "");
    for (size_t i = 0; i < count; i++) {
        const struct pith_bin *bin = &bins[i];
        int liked = (int)(bin->liked * BAR + 0.5), place = (int)(bin->said * (BAR - 1) + 0.5);
        char said[PITH_CHANCE_SIZE];
        printf("%9s %8.0f%% %6zu  ", pith_chance_text(bin->said, said), 100 * bin->liked, bin->count);
        for (int at = 0; at < BAR; at++) {
            bool mark = at == place;
            if (mark)
                terminal_style(terminal, STYLE_BOLD);
            else
                terminal_style(terminal, at < liked ? STYLE_GOOD : STYLE_FAINT);
            fputs(mark ? "|" : at < liked ? "=" : ".", stdout);
            terminal_style(terminal, STYLE_PLAIN);
        }
        putchar('\n');
    }
}

void picture_print(const struct terminal *terminal, const struct pith_backtest *replay)
{
    if (replay->bins)
        print_bins(terminal, "votes", replay->bin, replay->bins);
    if (replay->listing_bins) {
        puts("\nAll papers of these days' listings, in groups that were each told as many likes:");
        print_bins(terminal, "papers", replay->listing_bin, replay->listing_bins);
    }
    if (replay->bins || replay->listing_bins)
        puts("= how many were liked, | what was said: the bar should end at the mark");
}

/* ---- as a file ---- */

static double across(double share)
{
    return LEFT + share * SIDE;
}

static double down(double share)
{
    return TOP + (1 - share) * SIDE;
}

static void put_frame(FILE *out, const struct pith_backtest *replay)
{
    int width = LEFT + SIDE + RIGHT, height = TOP + SIDE + BELOW;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
            "aria-labelledby=\"t d\">\n"
            "<title id=\"t\">Reliability of pith's probabilities</title>\n"
            "<desc id=\"d\">Share of papers liked over the chance that was given before the vote, in %zu groups of %zu votes in "
            "all. On the "
            "diagonal, chances come true.</desc>\n"
            "<style>svg{color-scheme:light dark;font:14px "
            "sans-serif}rect.ground{fill:#fff}text{fill:#222}.grid{stroke:#ddd}.ideal{stroke:#888;"
            "stroke-dasharray:5 "
            "5}.range{stroke:#06c;stroke-width:2}.dot{fill:#06c}@media(prefers-color-scheme:dark){rect.ground{fill:#181818}"
            "text{fill:#eee}.grid{stroke:#444}.ideal{stroke:#aaa}.range{stroke:#6af}.dot{fill:#6af}}</style>\n"
            "<rect class=\"ground\" width=\"100%%\" height=\"100%%\"/>\n",
            width, height, width, height, replay->bins, replay->probabilities);
    for (int i = 0; i <= 4; i++) {
        double share = i / 4.0;
        fprintf(out, "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", across(0), down(share), across(1),
                down(share));
        fprintf(out, "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", across(share), down(0),
                across(share), down(1));
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%d%%</text>\n", across(0) - 8, down(share) + 5, 25 * i);
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d%%</text>\n", across(share), down(0) + 22, 25 * i);
    }
    fprintf(out, "<line class=\"ideal\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", across(0), down(0), across(1),
            down(1));
    fprintf(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">chance given before the vote</text>\n", across(0.5),
            TOP + SIDE + 48);
    fprintf(out, "<text transform=\"translate(18 %.1f) rotate(-90)\" text-anchor=\"middle\">share liked</text>\n", down(0.5));
    fprintf(out, "<text x=\"%.1f\" y=\"24\" text-anchor=\"middle\">%zu votes, calibration error %.3f</text>\n", across(0.5),
            replay->probabilities, replay->ece);
}

enum pith_status picture_svg(const struct pith_backtest *replay, char **ret_svg, struct pith_error *reterr)
{
    char *svg = NULL;
    size_t length;
    FILE *out = open_memstream(&svg, &length);
    if (!out)
        return pith_no_memory(reterr);
    put_frame(out, replay);
    for (size_t i = 0; i < replay->bins; i++) {
        const struct pith_bin *bin = &replay->bin[i];
        fprintf(out, "<line class=\"range\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", across(bin->said), down(bin->low),
                across(bin->said), down(bin->high));
        fprintf(out,
                "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"><title>%.1f%% said, %.0f%% of %zu liked</title></circle>\n",
                across(bin->said), down(bin->liked), 100 * bin->said, 100 * bin->liked, bin->count);
    }
    fputs("</svg>\n", out);
    if (fclose(out) != 0) {
        free(svg);
        return pith_no_memory(reterr);
    }
    *ret_svg = svg;
    return PITH_OK;
}
