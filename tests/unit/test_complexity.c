/* No input costs a parser more than in proportion to its length: each hostile shape is read at two sizes, one four times the other, and a
 * doubling may take three times the processor's time at most. What grows with the square takes four. The least of several tries counts,
 * so that a busy machine fails nothing. */
#include "engine/base/unicode.h"
#include "engine/digest/mail_votes.h"
#include "engine/digest/reply_quotes.h"
#include "engine/sources/sources.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIZE = 40 << 10, TRIES = 24 };
static const double most_growth = 3;
static const double short_time = 0.004, long_time = 0.5; /* seconds: too little to compare; too much to be the machine's fault */

static enum pith_status take(void *user, struct paper *paper, struct pith_error *reterr)
{
    (void)user;
    (void)paper;
    (void)reterr;
    return PITH_OK;
}

static void take_problem(void *user, size_t line, const char *reason)
{
    (void)user;
    (void)line;
    (void)reason;
}

static double spent(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* A file: what stands before, this over and over, what stands behind. '#' in it is a number that grows. */
struct shape {
    const char *name, *before, *over, *behind;
};

#define MAIL "From: no-reply@arxiv.org\nTo: x@y\nSubject: cs daily\nMIME-Version: 1.0\n"
#define ATOM "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>http://arxiv.org/abs/2401.00001v1</id><title>"
#define PUBMED "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>T</ArticleTitle>"
#define LISTING "------------\n\\\\\narXiv:2401.00001\nDate: Mon, 1 Jan 2024 00:00:00 GMT   (1kb)\n\n"

static const struct shape shapes[] = {
    {"combining marks", "{\"id\":\"a\",\"title\":\"T\",\"abstract\":\"a", "\xCC\x96\xCC\x81", "\"}\n"},
    {"attributes", ATOM "T</title><summary><a ", "a#=\"1\" ", "/></summary></entry></feed>"},
    {"name spaces", ATOM "T</title><summary><a ", "xmlns:a#=\"u#\" ", "/></summary></entry></feed>"},
    {"tags that open", ATOM "T</title><summary>", "<b>", "</summary></entry></feed>"},
    {"entries that open", ATOM "T</title>", "<entry>", ""},
    {"escaped tags", PUBMED "<Abstract><AbstractText>", "&lt;",
     "</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"},
    {"sections", PUBMED "<Abstract>", "<AbstractText Label=\"A\">b</AbstractText>",
     "</Abstract></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"},
    {"HTML mail of <", MAIL "Content-Type: text/html\n\n", "<", ""},
    {"HTML mail of quotes", MAIL "Content-Type: text/html\n\n", "<blockquote class=\"gmail_quote\">", ""},
    {"HTML mail of references", MAIL "Content-Type: text/html\n\n", "&amp; &x", ""},
    {"mail of boundaries", MAIL "Content-Type: multipart/mixed; boundary=\"a\"\n\n", "--a\n", ""},
    {"mail of wrapped lines", MAIL "\n" LISTING "Title: a\nAuthors: ", "b\n", "\\\\\n a\n\\\\\n"},
    {"authors", MAIL "\n" LISTING "Title: a\nAuthors: ", "A & B (c), Jr.; ", "\n\\\\\n a\n\\\\\n"},
    {"authors in open brackets", MAIL "\n" LISTING "Title: a\nAuthors: ", "(", ")\n\\\\\n a\n\\\\\n"},
    {"BibTeX accents", "@article{a,title={", "{\\'", "}}"},
    {"BibTeX commands", "@article{a,title={", "\\emph{", "}}"},
    {"BibTeX unknown commands", "@article{a,title={", "\\x{", "}}"},
    {"BibTeX switches", "@article{a,title={", "{\\it a", "}}"},
    {"BibTeX dollars", "@article{a,title={", "$\\a ", "}}"},
    {"BibTeX stacked accents", "@article{a,title={", "\\'\\^\\~", "}}"},
    {"BibTeX less-than signs", "@article{a,title={", "<i a=", "}}"},
    {"BibTeX references", "@article{a,title={", "&amp;", "}}"},
    {"BibTeX comments", "@article{a,title={T}}\n", "@comment{a\n", ""},
    {"BibTeX keywords", "@article{a,title={T},keywords={", "a;", "}}"},
    {"BibTeX keyword fields", "@article{a,title={T},", "keywords={x},", "}"},
    {"BibTeX names", "@article{a,title={T},author={", "A and ", "B}}"},
    {"BibTeX names with semicolons", "@article{a,title={T},author={", "A; ", "B}}"},
    {"BibTeX names with commas", "@article{a,title={T},author={", "A B, ", "B}}"},
    {"BibTeX suffixes", "@article{a,title={T},author={A and ", "Jr. and ", "B}}"},
    {"BibTeX parents", "", "@a{k#, title={T}, crossref={k1}, year=2001}\n", ""},
    {"BibTeX strings", "", "@string{s# = \"v\"}\n", "@a{k, title=s1}\n"},
    {"BibTeX braces", "@article{a,title={", "{", "}}"},
    {"BibTeX percent signs", "@article{a,title={T}}\n", "%@article{a,\n", ""},
    {"RIS abstracts", "TY  - JOUR\nTI  - T\n", "AB  - b\n", "ER  - \n"},
    {"RIS lines", "TY  - JOUR\nTI  - T\nAB  - a\n", "b\n", "ER  - \n"},
    {"RIS addresses", "TY  - JOUR\nTI  - T\nUR  - ", "a;", "\nER  - \n"},
    {"RIS notes", "TY  - JOUR\nTI  - T\nN1  - doi:", "a;", "\nER  - \n"},
    {"nbib abstracts", "PMID- 1\nTI  - T\n", "AB  - b\n", ""},
    {"nbib lines", "PMID- 1\nTI  - T\nAB  - a\n", "      b\n", ""},
    {"bioRxiv marks", "{\"collection\":[{\"doi\":\"10.1101/2020.01.01.000001\",\"title\":\"T\",\"abstract\":\"", "O_FIG ", "\"}]}"},
    {"bioRxiv links", "{\"collection\":[{\"doi\":\"10.1101/2020.01.01.000001\",\"title\":\"T\",\"abstract\":\"", "WIDTH=", "\"}]}"},
    {"CSL markup", "[{\"type\":\"article\",\"title\":\"T\",\"abstract\":\"", "&amp;lt;!--", "\"}]"},
    {"CSL notes", "[{\"type\":\"article\",\"title\":\"T\",\"note\":\"", "DOI;", "\"}]"},
    {"JSON strings", "[{\"type\":\"article\",\"title\":\"", "\\\"", "\"}]"},
    {"markdown", "# [Day\n### [T](https://huggingface.co/papers/2401.00001)\n", "text of it\n", ""},
    {"UTF-16", "\xFF\xFE", "\xD8\xD8", ""},
    {"returns", "@article{a,\r", "title={a},\r", "}\r"},
    {"commands of arXiv's", MAIL "\n" LISTING "Title: ", "\\textbf{\\x ", "\nAuthors: A\n\\\\\n a\n\\\\\n"},
};

static char *make(const struct shape *shape, size_t size, size_t *ret_length)
{
    char *file = NULL;
    size_t number = 1, length = 0;
    FILE *out = open_memstream(&file, ret_length);
    fputs(shape->before, out);
    for (; length < size; number++)
        for (const char *at = shape->over; *at; at++, length++) {
            if (*at == '#')
                fprintf(out, "%zu", number);
            else
                fputc(*at, out);
        }
    fputs(shape->behind, out);
    fclose(out);
    return file;
}

static void read_once(const char *file, size_t length)
{
    const struct source_context context = {.today = 20000, .paper = take, .problem = take_problem};
    struct pith_reply reply = {0};
    sources_read(file, length, &context, NULL, NULL);
    reply_votes(file, length, 10, &reply, NULL);
}

static double measure(const char *file, size_t length)
{
    double start = spent();
    read_once(file, length);
    return spent() - start;
}

Test(complexity, twice_the_input_takes_no_more_than_thrice_the_time)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t length, fourfold;
        PITH_AUTO(pith_free_p) char *file = make(&shapes[i], SIZE, &length);
        PITH_AUTO(pith_free_p) char *longer = make(&shapes[i], 4 * (size_t)SIZE, &fourfold);
        double growth = most_growth + 1, time = 1e9, more = 1e9; /* the least of each so far: what is above it is the machine's */
        for (int attempt = 0; attempt < TRIES && growth > most_growth; attempt++) {
            time = fmin(time, measure(file, length));
            more = fmin(more, measure(longer, fourfold));
            attempt += time > long_time ? TRIES / 4 : 0;
            growth = more < short_time ? 0 : sqrt(more / fmax(time, short_time / 4)); /* of one doubling, of two that were read */
        }
        cr_expect_leq(growth, most_growth, "%s: %.1f times (%.3f s at first)", shapes[i].name, growth, time);
    }
}

Test(complexity, marks_on_one_letter_are_thirty_at_most)
{
    char text[4 + 2 * 100] = "a", *normal = NULL;
    for (size_t i = 0; i < 100; i++)
        memcpy(text + 1 + 2 * i, i % 2 ? "\xCC\x81" : "\xCC\x96", 3);
    cr_assert_eq(unicode_normalise(text, strlen(text), false, &normal, NULL, NULL), PITH_OK);
    cr_expect_eq(unicode_characters(normal), 30); /* one of them is in the á */
    free(normal);
}
