/* The same papers written in one format after another are read as the same papers. */
#include "../engine/sources/sources.h"
#include "testing.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { PAPERS = 4 };

static const struct {
    const char *id, *title, *abstract, *last[3], *first[3], *category[2];
} papers[PAPERS] = {
    {"2401.00101", "Mending kites in a mild wind", "We mend kites. Kites that fly mend no kites.", {"Lindqvist", "Reel"}, {"Bo", "Quinn"}, {"cs.RO", "physics.flu-dyn"}},
    {"2401.00102", "When a<b and j<i, kites & strings fly", "For 0<delta<1 we show a > b & c.", {"Pe\xC3\xB1" "a", "\xC3\x89ole"}, {"Ana", "Hal"}, {"math.GT"}},
    {"2401.00103", "\"Wind\" and 'rain': a 5% rise", "It rained #1 of 100% days; 3_4 of them.", {"Gale"}, {"Lou"}, {"physics.ao-ph"}},
    {"2401.00104", "\xCE\xA9-kites, na\xC3\xAFvely", "\xCE\xA9 is large.", {"Wind", "Thread", "Knott"}, {"Ida", "C.", "Dora"}, {"cs.RO"}},
};

/* ---- writers ---- */

static void put(FILE *out, const char *text, const char *marks, const char *const *instead)
{
    for (; *text; text++) {
        const char *mark = strchr(marks, *text);
        if (mark)
            fputs(instead[mark - marks], out);
        else
            fputc(*text, out);
    }
}

static void put_xml(FILE *out, const char *text)
{
    static const char *const instead[] = {"&lt;", "&gt;", "&amp;"};
    put(out, text, "<>&", instead);
}

static void put_tex(FILE *out, const char *text)
{
    static const char *const instead[] = {"\\%", "\\&", "\\#", "\\_"};
    put(out, text, "%&#_", instead);
}

static void put_json(FILE *out, const char *text)
{
    static const char *const instead[] = {"\\\""};
    fputc('"', out);
    put(out, text, "\"", instead);
    fputc('"', out);
}

/* Names as "First Last" or "Last, First", divided. */
static void put_names(FILE *out, size_t i, bool last_first, const char *divider)
{
    for (size_t j = 0; j < 3 && papers[i].last[j]; j++)
        fprintf(out, "%s%s%s%s", j ? divider : "", last_first ? papers[i].last[j] : papers[i].first[j], last_first ? ", " : " ",
                last_first ? papers[i].first[j] : papers[i].last[j]);
}

static void put_categories(FILE *out, size_t i, const char *before, const char *behind)
{
    for (size_t j = 0; j < 2 && papers[i].category[j]; j++)
        fprintf(out, "%s%s%s", before, papers[i].category[j], behind);
}

static void write_atom(FILE *out)
{
    fputs("<feed xmlns='http://www.w3.org/2005/Atom'>", out);
    for (size_t i = 0; i < PAPERS; i++) {
        fprintf(out, "<entry><id>http://arxiv.org/abs/%s</id><published>2024-01-05T00:00:00Z</published><title>", papers[i].id);
        put_xml(out, papers[i].title);
        fputs("</title><summary>", out);
        put_xml(out, papers[i].abstract);
        fputs("</summary><author><name>", out);
        put_names(out, i, false, "</name></author><author><name>");
        fputs("</name></author>", out);
        put_categories(out, i, "<category term='", "'/>");
        fputs("</entry>\n", out);
    }
    fputs("</feed>", out);
}

static void write_rss(FILE *out)
{
    fputs("<rss><channel>", out);
    for (size_t i = 0; i < PAPERS; i++) {
        fprintf(out, "<item><guid>oai:arXiv.org:%s</guid><title>", papers[i].id);
        put_xml(out, papers[i].title);
        fprintf(out, "</title><description>arXiv:%s Announce Type: new \nAbstract: ", papers[i].id);
        put_xml(out, papers[i].abstract);
        fputs("</description><creator>", out);
        put_names(out, i, false, ", ");
        fputs("</creator>", out);
        put_categories(out, i, "<category>", "</category>");
        fputs("</item>\n", out);
    }
    fputs("</channel></rss>", out);
}

static void write_oai(FILE *out)
{
    fputs("<OAI-PMH><ListRecords>", out);
    for (size_t i = 0; i < PAPERS; i++) {
        fprintf(out, "<record><header/><metadata><arXivRaw><id>%s</id><title>", papers[i].id);
        put_xml(out, papers[i].title);
        fputs("</title><abstract>", out);
        put_xml(out, papers[i].abstract);
        fputs("</abstract><authors>", out);
        put_names(out, i, false, i % 2 ? " and " : ", ");
        fputs("</authors><categories>", out);
        put_categories(out, i, "", " ");
        fputs("</categories></arXivRaw></metadata></record>\n", out);
    }
    fputs("</ListRecords></OAI-PMH>", out);
}

static void write_mail(FILE *out)
{
    for (size_t i = 0; i < PAPERS; i++) {
        fprintf(out, "\\\\\narXiv:%s\nDate: Fri, 5 Jan 2024 10:00:00 GMT   (1kb)\n\nTitle: %s\nAuthors: ", papers[i].id, papers[i].title);
        put_names(out, i, false, ",\n  ");
        fputs("\nCategories: ", out);
        put_categories(out, i, "", " ");
        fprintf(out, "\n\\\\\n  %s\n\\\\ ( https://arxiv.org/abs/%s ,  1kb)\n", papers[i].abstract, papers[i].id);
    }
}

static void write_bibtex(FILE *out)
{
    for (size_t i = 0; i < PAPERS; i++) {
        fprintf(out, "@article{k%zu,\n title = {", i);
        put_tex(out, papers[i].title);
        fputs("},\n abstract = {", out);
        put_tex(out, papers[i].abstract);
        fputs("},\n author = {", out);
        put_names(out, i, i % 2, " and ");
        fprintf(out, "},\n eprint = {%s},\n keywords = {", papers[i].id);
        put_categories(out, i, "", "; ");
        fputs("}\n}\n", out);
    }
}

static void write_ris(FILE *out)
{
    for (size_t i = 0; i < PAPERS; i++) {
        fprintf(out, "TY  - JOUR\r\nTI  - %s\r\nAB  - %s\r\nAU  - ", papers[i].title, papers[i].abstract);
        put_names(out, i, true, "\r\nAU  - ");
        put_categories(out, i, "\r\nKW  - ", "");
        fprintf(out, "\r\nUR  - https://arxiv.org/abs/%s\r\nER  - \r\n", papers[i].id);
    }
}

static void write_csl(FILE *out)
{
    fputc('[', out);
    for (size_t i = 0; i < PAPERS; i++) {
        fprintf(out, "%s{\"type\":\"article\",\"number\":\"arXiv:%s\",\"title\":", i ? "," : "", papers[i].id);
        put_json(out, papers[i].title);
        fputs(",\"abstract\":", out);
        put_json(out, papers[i].abstract);
        fputs(",\"author\":[{\"given\":\"", out);
        for (size_t j = 0; j < 3 && papers[i].last[j]; j++)
            fprintf(out, "%s%s\",\"family\":\"%s\"}", j ? ",{\"given\":\"" : "", papers[i].first[j], papers[i].last[j]);
        fputs("],\"keyword\":\"", out);
        put_categories(out, i, "", ",");
        fputs("\"}\n", out);
    }
    fputc(']', out);
}

static void write_snapshot(FILE *out)
{
    for (size_t i = 0; i < PAPERS; i++) {
        fprintf(out, "{\"id\":\"%s\",\"update_date\":null,\"title\":", papers[i].id);
        put_json(out, papers[i].title);
        fputs(",\"abstract\":", out);
        put_json(out, papers[i].abstract);
        fputs(",\"categories\":\"", out);
        put_categories(out, i, "", " ");
        fputs("\",\"authors\":\"", out);
        put_names(out, i, false, ", ");
        fputs("\"}\n", out);
    }
}

/* ---- reading them back ---- */

static void check_list(const struct paper_list *list, size_t at, const char *text)
{
    cr_assert_gt(list->count, at);
    cr_expect_str_eq(list->item[at], text);
}

static enum pith_status take(void *user, struct paper *paper, struct pith_error *reterr)
{
    size_t i = (*(size_t *)user)++, authors = 0, categories = 0;
    char text[64];
    (void)reterr;
    cr_assert_lt(i, PAPERS);
    snprintf(text, sizeof text, "arxiv:%s", papers[i].id);
    cr_expect_str_eq(paper->keys.item[0], text);
    cr_expect_str_eq(paper->title, papers[i].title);
    cr_expect_str_eq(paper->abstract, papers[i].abstract);
    for (; authors < 3 && papers[i].last[authors]; authors++) {
        snprintf(text, sizeof text, "%s %s", papers[i].first[authors], papers[i].last[authors]);
        check_list(&paper->authors, authors, text);
    }
    for (; categories < 2 && papers[i].category[categories]; categories++)
        check_list(&paper->categories, categories, papers[i].category[categories]);
    cr_expect_eq(paper->authors.count, authors);
    cr_expect_eq(paper->categories.count, categories);
    return PITH_OK;
}

static void take_problem(void *user, size_t line, const char *reason)
{
    (void)user;
    cr_expect_fail("line %zu: %s", line, reason);
}

static void check(void (*write)(FILE *out), const char *format)
{
    char *bytes = NULL;
    size_t length, read = 0;
    struct source_context context = {.today = 20000, .paper = take, .problem = take_problem, .user = &read};
    const struct source *source = NULL;
    struct pith_error error;
    FILE *out = open_memstream(&bytes, &length);
    write(out);
    fclose(out);
    cr_expect_eq(sources_read(bytes, length, &context, &source, &error), PITH_OK, "%s", error.message);
    cr_assert_not_null(source, "%s", format);
    cr_expect_str_eq(source->name, format);
    cr_expect_eq(read, PAPERS, "%s", format);
    free(bytes);
}

Test(sources_same, in_every_format)
{
    check(write_atom, "arxiv-atom");
    check(write_rss, "arxiv-rss");
    check(write_oai, "arxiv-oai");
    check(write_mail, "arxiv-mail");
    check(write_bibtex, "bibtex");
    check(write_ris, "ris");
    check(write_csl, "csl-json");
    check(write_snapshot, "arxiv-snapshot");
}
