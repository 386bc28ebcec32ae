#include "api/render/sum.h"

#include "api/render/html.h"

#include <math.h>

enum { HALF = 100 };

void sum_begin(FILE *to, const char *caption)
{
    fputs("<table class=\"sum\">\n<caption>", to);
    html_text(to, caption);
    fputs("</caption>\n<tbody>\n", to);
}

static void put_number(FILE *to, double value)
{
    fprintf(to, "<td class=\"number\">%s%.2f</td>", value < 0 ? "−" : "+", fabs(value));
}

void sum_row(FILE *to, const char *mark, const char *label, const char *href, double value, double scale)
{
    double width = scale > 0 ? fmin(fabs(value) / scale, 1) * HALF : 0;
    fputs("<tr><th scope=\"row\">", to);
    if (*mark)
        fprintf(to, "<small>%s</small> ", mark);
    if (href)
        fprintf(to, "<a href=\"%s\">", href);
    fputs("<bdi>", to);
    html_text(to, label);
    fprintf(to, "</bdi>%s</th>", href ? "</a>" : "");
    put_number(to, value);
    fprintf(to,
            "<td class=\"bar\"><svg viewBox=\"0 0 %d 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"%s\" "
            "x=\"%.1f\" "
            "width=\"%.1f\" height=\"10\"/><path d=\"M%d 0V10\"/></svg></td></tr>\n",
            2 * HALF, value < 0 ? "no" : "yes", value < 0 ? HALF - width : HALF, width, HALF);
}

void sum_end(FILE *to, const char *label, double value)
{
    fputs("</tbody>\n<tfoot>\n<tr><th scope=\"row\">", to);
    html_text(to, label);
    fputs("</th>", to);
    put_number(to, value);
    fputs("<td></td></tr>\n</tfoot>\n</table>\n", to);
}
