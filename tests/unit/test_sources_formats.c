/* Every format: what its files must give, the project's own and real ones, and what hostile ones may not do. */
#include "engine/base/unicode.h"
#include "engine/sources/sources.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { TODAY = 20781, ANY = -1 }; /* 2026-11-24 */

/* ---- what was read: counts, and the first paper and the last in a few words ---- */

struct got {
    int papers, problems, announce[ANNOUNCE_REPLACE_CROSS + 1], withdrawn;
    char first[6000], last[6000]; /* see describe */
    char reason[600];             /* of the last problem */
    const struct source *source;
    enum pith_status status;
    struct pith_error error;
};

static void add_list(FILE *out, const char *name, const struct paper_list *list, size_t count)
{
    fprintf(out, " | %s", name);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%s", i ? ", " : " ", list->item[i]);
}

/* "KEY v1 | title T | abstract A | by A, B | in C, D | of E, F | also KEY | published D updated D announced D | …" */
static void describe(const struct paper *paper, char *text, size_t size)
{
    char published[16], updated[16], announced[16];
    FILE *out = fmemopen(text, size, "w");
    fprintf(out, "%s v%d | title %s | abstract %.900s", paper->keys.item[0], paper->version, paper->title, paper->abstract);
    add_list(out, "by", &paper->authors, paper->authors.count);
    add_list(out, "in", &paper->categories, paper->categories.count);
    if (paper->organisations.count)
        add_list(out, "of", &paper->organisations, paper->organisations.count);
    for (size_t i = 1; i + 1 < paper->keys.count; i++)
        fprintf(out, " | also %s", paper->keys.item[i]);
    fprintf(out, " | published %s updated %s announced %s | type %d | up %d comments %d citations %d%s | %s",
            days_text(paper->published, published), days_text(paper->updated, updated), days_text(paper->announced, announced),
            (int)paper->announce, paper->upvotes, paper->comments, paper->citations, paper->withdrawn ? " | withdrawn" : "",
            paper->url ? paper->url : "");
    fprintf(out, " | pdf %s code %s project %s", paper->pdf ? paper->pdf : "", paper->code ? paper->code : "",
            paper->project ? paper->project : "");
    fclose(out);
    text[size - 1] = '\0';
}

static enum pith_status take(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct got *got = user;
    (void)reterr;
    if (!got->papers++)
        describe(paper, got->first, sizeof got->first);
    describe(paper, got->last, sizeof got->last);
    got->announce[paper->announce]++;
    got->withdrawn += paper->withdrawn;
    return PITH_OK;
}

static void take_problem(void *user, size_t line, const char *reason)
{
    struct got *got = user;
    got->problems++;
    snprintf(got->reason, sizeof got->reason, "%zu: %s", line, reason);
}

static void read_bytes(const char *bytes, size_t length, struct got *got)
{
    struct source_context context = {.today = TODAY, .paper = take, .problem = take_problem, .user = got};
    memset(got, 0, sizeof *got);
    got->status = sources_read(bytes, length, &context, &got->source, &got->error);
}

static void read_path(const char *path, struct got *got)
{
    size_t length;
    char *bytes = testing_read(path, &length);
    read_bytes(bytes, length, got);
    free(bytes);
}

/* ---- a table of files ---- */

struct expected {
    const char *file, *format;
    int papers, problems; /* ANY: not told */
    const char *first[8]; /* all of these stand in the first paper */
    const char *last[4];  /* and these in the last */
    const char *reason;   /* in the last problem, or in the error */
    int announce[5];      /* new, cross, replace, replace-cross, withdrawn; all 0: not told */
};

static void check_words(const char *const *words, size_t most, const char *text, const char *file)
{
    for (size_t i = 0; i < most && words[i]; i++)
        cr_expect(strstr(text, words[i]), "%s: looked for <%s> in <%s>", file, words[i], text);
}

static void check(const struct expected *expected, const char *path)
{
    struct got got;
    read_path(path, &got);
    cr_expect_eq(got.status, PITH_OK, "%s: %s", expected->file, got.error.message);
    if (got.status)
        return;
    cr_expect_str_eq(got.source->name, expected->format, "%s", expected->file);
    cr_expect(expected->papers == ANY || got.papers == expected->papers, "%s: %d papers", expected->file, got.papers);
    cr_expect(expected->problems == ANY || got.problems == expected->problems, "%s: %d problems: %s", expected->file, got.problems,
              got.reason);
    check_words(expected->first, 8, got.first, expected->file);
    check_words(expected->last, 4, got.last, expected->file);
    cr_expect(!expected->reason || strstr(got.reason, expected->reason), "%s: %s", expected->file, got.reason);
    bool told = false;
    for (size_t i = 0; i < 5; i++)
        told |= expected->announce[i] != 0;
    for (size_t i = 0; told && i < 5; i++)
        cr_expect_eq(i < 4 ? got.announce[i + 1] : got.withdrawn, expected->announce[i], "%s: announce %zu", expected->file, i);
}

static const struct expected own_files[] = {
    {"atom-api.xml",
     "arxiv-atom",
     2,
     1,
     {"arxiv:2401.00001 v2 | title Mending kites in a mild wind | abstract We mend kites & fly them, with 0<delta<1 and a mild",
      "| by Ana Pe\xC3\xB1"
      "a, Bo Lindqvist | in cs.RO, physics.flu-dyn | also doi:10.5555/kites.1",
      "published 2024-01-02 updated 2024-01-09 announced  | type 0 | up -1 comments -1 citations -1 | "},
     {"arxiv:math/0309136 v1 | title 0 |", "withdrawn"},
     "31: arXiv answered with an error: incorrect id format for kite",
     {0}},
    {"atom-daily.xml",
     "arxiv-atom",
     1,
     0,
     {"arxiv:2401.00002 v1 | title Knots that hold | abstract A knot that holds is tied twice. | by Dora Knott, Ed, Flo Tie | in "
      "cs.RO",
      "published  updated  announced 2024-01-05"},
     {0},
     NULL,
     {0, 1, 0, 0, 0}},
    {"rss.xml",
     "arxiv-rss",
     3,
     2,
     {"arxiv:2401.00002 v1 | title Knots that hold | abstract A knot that holds is tied twice. | by Dora Knott, Ed, Flo Tie | in "
      "cs.RO, math.GT | also doi:10.5555/knots.2",
      "announced 2024-01-05"},
     {"arxiv:2401.00005 v0", "abstract Only an abstract."},
     "34: the record has no title",
     {1, 0, 0, 1, 0}},
    {"oai-raw.xml",
     "arxiv-oai",
     1,
     0,
     {"arxiv:2401.00007 v10 | title Lines of kites in a strong wind | abstract Lines break when the wind is strong. |",
      "by The Kite Collaboration, Gus Line, Hal \xC3\x89ole, Ida Wind | in cs.RO, physics.flu-dyn | also doi:10.5555/lines.7",
      "published 2024-01-02 updated 2024-01-05", "| withdrawn"},
     {0},
     NULL,
     {0}},
    {"oai.xml",
     "arxiv-oai",
     1,
     0,
     {"arxiv:chao-dyn/9901001", "by Kay Jib Jr | in chao-dyn", "published 1999-01-03 updated 1999-02-04"},
     {0},
     NULL,
     {0}},
    {"oai-none.xml", "arxiv-oai", 0, 0, {0}, {0}, NULL, {0}},
    {"oai-error.xml", "arxiv-oai", 0, 1, {0}, {0}, "badResumptionToken: it has expired", {0}},
    {"pubmed.xml",
     "pubmed-xml",
     2,
     1,
     {"doi:10.5555/wind.1 v0 | title Wind of H2O and kites | abstract AIMS: To fly. RESULTS: It flew. | by Lou Gale Jr, Kite Study "
      "Group | in Wind | also pmid:90000001 | published 1998-12-01",
      "withdrawn"},
     {"pmid:90000002 v0 | title Le vent | abstract  | by | in | published 2024-01-15"},
     "15: the record holds no article",
     {0}},
    {"biorxiv-rss.xml",
     "biorxiv-rss",
     1,
     1,
     {"doi:10.1101/2024.01.02.000001 v2 | title Birds & kites share <a wind | abstract They share it. | by M. -N. Kite, O. Falcon, "
      "P. Q. de Heron",
      "announced 2024-01-03 | type 3"},
     {0},
     "before 2024",
     {0}},
    {"zotero.rdf",
     "zotero-rdf",
     2,
     0,
     {"arxiv:2401.00009 v0 | title Reels for long lines | abstract A reel winds a long line. | by Quinn Reel, R. Spool | in Kites, "
      "Reels | also doi:10.5555/zotero.9 | published 2024-01-06"},
     {"title Chapter of strings"},
     NULL,
     {0}},
    {"listing.txt",
     "arxiv-mail",
     4,
     0,
     {"arxiv:2401.00012 v1 | title Mending kites with very long titles | abstract A kite is mended with care, and tested in wind. "
      "|",
      "by Ana Pe\xC3\xB1"
      "a, Bo Lindqvist, C. Thread | in cs.RO, physics.flu-dyn | also doi:10.5555/kites.12",
      "published 2024-01-03 updated  announced 2024-01-04 | type 1"},
     {"arxiv:2301.00015 v0 | title Reels | abstract  |", "published  updated 2024-01-03"},
     NULL,
     {1, 1, 1, 1, 1}},
    {"one.abs",
     "arxiv-mail",
     1,
     0,
     {"arxiv:math/0309137 v2 | title Lines | abstract A line. | by Ana Line",
      "published 2003-09-08 updated 2008-03-05 announced  | type 0"},
     {0},
     NULL,
     {0, 0, 0, 0, 1}},
    {"forwarded.eml",
     "arxiv-mail",
     4,
     0,
     {"arxiv:2401.00012 v1 | title Mending kites with very long titles | abstract A kite is mended with care, and tested in wind. "
      "|",
      "by Ana Pe\xC3\xB1"
      "a, Bo Lindqvist, C. Thread |",
      "announced 2024-01-04"},
     {"title Reels"},
     NULL,
     {1, 1, 1, 1, 1}},
    {"two.mbox",
     "arxiv-mail",
     5,
     0,
     {"arxiv:2401.00012", "announced 2024-01-04"},
     {"arxiv:2401.00016", "From here on", "announced 2024-01-08"},
     NULL,
     {2, 1, 1, 1, 1}},
    {"library.bib",
     "bibtex",
     3,
     2,
     {"arxiv:2401.00020 v0 | title Mending Kites in a Mild Wind \xE2\x80\x94 a study of H2O and CO2 & more | abstract We mend 20% "
      "of kites. They fly. |",
      "by Ana Pe\xC3\xB1"
      "a, Quinn von Reel Jr., The Kite Group, Bo Lindqvist, David | in cs.RO, physics.flu-dyn, kites, wind, mending |",
      "also doi:10.5555/kites.20 | published 2024-02-01"},
     {"arxiv:2401.00022 v0 | title CoRR |", "by Cas van Thread |", "published 2023-11-01", "| https://example.org/a_b?c=1&d=%20"},
     "23: the record has no title",
     {0}},
    {"library.ris",
     "ris",
     2,
     1,
     {"arxiv:2401.00023 v2 | title Mending kites in the wind | abstract We mend. ER then more. | by Ana Pe\xC3\xB1"
      "a, Quinn Reel Jr | in kites | also doi:10.5555/ris.1 | published 2014-07-25",
      "http://example.org/1"},
     {"title A book of wind", "by Lou Gale", "published 1999-01-01"},
     "23: the record has no title",
     {0}},
    {"library.nbib",
     "nbib",
     2,
     1,
     {"doi:10.5555/nbib.3 v0 | title Kites over a city: a record of ten years. | abstract BACKGROUND: Kites fly. They fall. | by "
      "Ana Pe\xC3\xB1"
      "a, Kite Study Group | in Wind | also pmid:90000003 | published 1990-01-01"},
     {"pmid:90000005", "abstract One. Two.", "published 2024-01-05"},
     "17: the record has no title",
     {0}},
    {"page.md",
     "hf-markdown",
     2,
     0,
     {"arxiv:2401.00030 v0 | title Mending kites in a mild wind | abstract We mend paper kites and fly them. |",
      "published 2024-01-06 updated  announced 2026-11-24 | type 0 | up 117 "},
     {"hf:wind-blog", "title A blog about wind", "| of Kite Lab | published 2024-01-07",
      "up -1 comments -1 citations -1 |  | pdf  code https://git.example/kite/wind project "},
     NULL,
     {0}},
    {"page.html",
     "hf-page",
     1,
     0,
     {"arxiv:2401.00031 v0 | title Kites &amp; 'wind' | abstract They fly. | by Ana Pe\xC3\xB1"
      "a |",
      "published 2024-01-05 updated  announced 2024-01-08", "up 0 comments -1"},
     {0},
     NULL,
     {0}},
    {"hf.json",
     "hf-json",
     3,
     1,
     {"arxiv:2401.00037 v0 | title Kites | abstract They fly. | by Ana Pe\xC3\xB1"
      "a |",
      "| of Kite Lab | published 2024-01-05 updated  announced 2024-01-08", "up 0 comments 2",
      "code https://git.example/kites project "},
     {"hf:wind-blog", "withdrawn"},
     "2: the item is no JSON object",
     {0}},
    {"snapshot.jsonl",
     "arxiv-snapshot",
     3,
     1,
     {"arxiv:2401.00032 v2 | title Mending kites again | abstract We mend kites. | by Ana Pe\xC3\xB1"
      "a, C. Thread Jr | in cs.RO, physics.flu-dyn | also doi:10.5555/snap.32 | published 2024-01-01 updated 2024-01-02"},
     {"arxiv:hep-th/9901001 v1 | title Gone", "by Ida Wind, Hal Eole", "withdrawn"},
     "3: ",
     {0}},
    {"s2.json",
     "semantic-scholar",
     3,
     0,
     {"arxiv:2401.00033 v0 | title Wind over kites | abstract It blows. | by A. Pe\xC3\xB1"
      "a | in Physics, Engineering | also doi:10.5555/s2.33 | also pmid:90000033 | also "
      "s2:0123456789abcdef0123456789abcdef01234567 | published 2024-01-06",
      "citations 0"},
     {"s2:2123456789abcdef0123456789abcdef01234567", "published 1999-01-01", "citations -1"},
     NULL,
     {0}},
    {"openalex.json",
     "openalex",
     2,
     1,
     {"arxiv:2401.00034 v0 | title H2O & kites, a<b | abstract We kites and more kites | by Ana Pe\xC3\xB1"
      "a, C. Thread | in Kites, Wind | also doi:10.5555/oa.1 | also pmid:90000034 | also openalex:W900001",
      "citations 7 | withdrawn"},
     {0},
     "has no title",
     {0}},
    {"biorxiv.json",
     "biorxiv-json",
     2,
     0,
     {"doi:10.64898/2026.01.02.000001 v1 | title Birds and kites | abstract They share the wind . | by M. N. Kite, P. de Heron | "
      "in ecology | published 2026-06-30 updated  announced 2026-06-30 | type 1",
      "https://www.biorxiv.org/content/10.64898/2026.01.02.000001v1"},
     {"doi:10.1101/2026.01.02.000002 v3", "also doi:10.5555/birds", "https://www.medrxiv.org/content/10.1101/2026.01.02.000002v3"},
     NULL,
     {1, 0, 1, 0, 0}},
    {"biorxiv-none.json", "biorxiv-json", 0, 0, {0}, {0}, NULL, {0}},
    {"feed.xml",
     "feed",
     2,
     1,
     {"doi:10.5555/feed.1 v0 | title Uptake of air & wind | abstract The uptake", "by Kit Flyer, Ann String"},
     {"doi:10.5555/feed.2", "by Kit Flyer, Ann String"},
     "names no paper",
     {0}},
    {"dump.jsonl",
     "biorxiv-json",
     2,
     0,
     {"doi:10.1101/001891 v0 | title Kites of old | abstract Old. | by Ana Pe\xC3\xB1"
      "a, C. Thread |",
      "published 2014-01-17"},
     {"doi:10.1101/001892"},
     NULL,
     {0}},
    {"openreview.json",
     "openreview",
     2,
     0,
     {"openreview:kiteKITE01 v0 | title Learning to mend | abstract We learn. | by Ana Pe\xC3\xB1"
      "a, C. Thread | in mending, kites, wind | published 2024-01-06 updated 2024-01-07",
      "withdrawn"},
     {"openreview:kiteKITE02 v0 | title Bare values | abstract Of the first API. |", "https://openreview.net/forum?id=kiteKITE02"},
     NULL,
     {0}},
    {"csl.json",
     "csl-json",
     2,
     1,
     {"arxiv:2401.00035 v0 | title Kites of paper, a<b | abstract They fly. | by Quinn von Reel Jr, Kite Group | in kites, wind | "
      "also doi:10.5555/csl.1 | also pmid:90000035 | published 2014-07-25"},
     {"title Season", "published 1999-01-01"},
     "4: the record has no title",
     {0}},
    {"zotero.json",
     "csl-json",
     1,
     0,
     {"arxiv:2401.00036 v0 | title Reels | abstract A reel. | by Quinn Reel, Kite Group | in reels | also pmid:90000036 | "
      "published 2024-01-06"},
     {0},
     NULL,
     {0}},
};

Test(sources_formats, own_files)
{
    char path[200];
    for (size_t i = 0; i < sizeof own_files / sizeof *own_files; i++) {
        snprintf(path, sizeof path, "sources/%s", own_files[i].file);
        check(&own_files[i], testing_data(path));
    }
}

static const struct expected real_files[] = {
    {"arxiv-atom/api2026_empty_unknown_id.xml", "arxiv-atom", 0, 0, {0}, {0}, NULL, {0}},
    {"arxiv-atom/api2026_error_http400_bad_id.xml", "arxiv-atom", 0, 1, {0}, {0}, "incorrect id format for abc", {0}},
    {"arxiv-atom/api2026_id_list_one_missing_34authors.xml",
     "arxiv-atom",
     1,
     0,
     {"arxiv:1707.08567 v1", "Dirk W\xC3\xBC"
                             "bben"},
     {0},
     NULL,
     {0}},
    {"arxiv-atom/api2026_title_is_zero.xml", "arxiv-atom", 1, 0, {"| title 0 |"}, {0}, NULL, {0}},
    {"arxiv-atom/api2026_oldid_affiliations.xml",
     "arxiv-atom",
     1,
     0,
     {"arxiv:astro-ph/0601001 v1", "by Andrew Gould, Susan Dorsher, B. Scott Gaudi, Andrzej Udalski |"},
     {0},
     NULL,
     {0}},
    {"arxiv-atom/api2026_search_10.xml", "arxiv-atom", 10, 0, {0}, {0}, NULL, {0}},
    {"arxiv-rss/rss2_2026_cs_ai.xml", "arxiv-rss", 3, 0, {"abstract Although language"}, {0}, NULL, {3, 0, 0, 0, 0}},
    {"arxiv-rss/rss2_2026_cs_lg.xml", "arxiv-rss", 3, 0, {"abstract This work presents"}, {0}, NULL, {3, 0, 0, 0, 0}},
    {"arxiv-rss/rss2_2026_weekend_empty.xml", "arxiv-rss", 0, 0, {0}, {0}, NULL, {0}},
    {"arxiv-rss/SYNTHETIC_rss2_edge_cases.xml",
     "arxiv-rss",
     4,
     1,
     {0},
     {"arxiv:2607.33333", "abstract Abstract only"},
     "no title",
     {1, 1, 0, 1, 0}},
    {"biorxiv/biorxiv_rss1_rdf_2019.xml",
     "biorxiv-rss",
     1,
     0,
     {"doi:10.1101/857789 v1", "by D. Kukla, A. Crampton, D. Wood, S. Khetani |"},
     {0},
     NULL,
     {1, 0, 0, 0, 0}},
    {"pubmed/biopython_pubmed1.xml",
     "pubmed-xml",
     2,
     0,
     {"pmid:12091962", "by J Michael Olivero |", "published 1990-01-01"},
     {0},
     NULL,
     {0}},
    {"pubmed/biopython_pubmed2.xml", "pubmed-xml", 2, 0, {"doi:10.1006/cryo.2001.2328", "also pmid:11748933"}, {0}, NULL, {0}},
    {"pubmed/jabref_MedlineImporterTestArticleItalics.xml",
     "pubmed-xml",
     1,
     0,
     {"doi:10.18632/oncotarget.25083", "APOE"},
     {0},
     NULL,
     {0}},
    {"pubmed/jabref_MedlineImporterTestMathML.xml", "pubmed-xml", 1, 0, {"title CellML 2.0."}, {0}, NULL, {0}},
    {"pubmed/jabref_MedlineImporterTestNbib.xml",
     "pubmed-xml",
     2,
     0,
     {"doi:10.3275/8949"},
     {"title Rheumatoid Arthritis"},
     NULL,
     {0}},
    {"pubmed/jabref_MedlineImporterTestMalformedEntry.xml", "pubmed-xml", 0, 1, {0}, {0}, "ends within this record", {0}},
    {"arxiv-email/q-fin_new.txt",
     "arxiv-mail",
     16,
     0,
     {"arxiv:2303.08867 v1", "announced 2023-03-16"},
     {0},
     NULL,
     {13, 0, 3, 0, 0}},
    {"arxiv-email/q-fin_new.CP.txt", "arxiv-mail", 2, 0, {0}, {0}, NULL, {1, 1, 0, 0, 0}},
    {"arxiv-email/q-fin_new.TR.txt", "arxiv-mail", 1, 0, {0}, {0}, NULL, {1, 0, 0, 0, 0}},
    {"arxiv-email/math_new.OA.txt",
     "arxiv-mail",
     3,
     0,
     {0},
     {"by Ludwik D\xC4\x85"
      "browski, Andrzej Sitarz, Pawe\xC5\x82 Zalecki"},
     NULL,
     {0, 1, 2, 0, 0}},
    {"arxiv-email/math_new.AG.txt", "arxiv-mail", 2, 0, {0}, {0}, NULL, {0, 1, 1, 0, 0}},
    {"arxiv-email/astro-ph_new.IM.txt", "arxiv-mail", 15, 0, {0}, {0}, NULL, {7, 3, 4, 1, 0}},
    {"arxiv-email/astro-ph_9204.txt", "arxiv-mail", 6, 0, {"arxiv:astro-ph/9204001 v1", "published 1992-04-13"}, {0}, NULL, {0}},
    {"arxiv-email/math_pastweek.AG.txt", "arxiv-mail", 1, 0, {"arxiv:2204.88888"}, {0}, NULL, {0}},
    {"arxiv-email/abs/0704.0156.abs", "arxiv-mail", 1, 0, {"arxiv:0704.0156 v2", "withdrawn"}, {0}, NULL, {0}},
    {"arxiv-email/abs/0704.0525.abs", "arxiv-mail", 1, 0, {"arxiv:0704.0525 v2", "withdrawn"}, {0}, NULL, {0}},
    {"arxiv-email/abs/0906.3336.abs", "arxiv-mail", 1, 0, {"arxiv:0906.3336 v2", "withdrawn"}, {0}, NULL, {0}},
    {"arxiv-email/abs/2101.10016.abs", "arxiv-mail", 1, 0, {"arxiv:2101.10016 v8", "withdrawn"}, {0}, NULL, {0}},
    {"mail/ASSEMBLED_arxiv_math.OA_daily.eml", "arxiv-mail", 3, 0, {"announced 2023-06-08"}, {0}, NULL, {0, 1, 2, 0, 0}},
    {"bibtex/crashers/empty_key.bib", "bibtex", 2, 0, {"title Mendeley: empty citation key"}, {"title must survive"}, NULL, {0}},
    {"bibtex/crashers/format_string_segv.bib", "bibtex", 1, 0, {0}, {0}, NULL, {0}},
    {"bibtex/crashers/format_string_n.bib", "bibtex", 0, 1, {0}, {0}, NULL, {0}},
    {"bibtex/crashers/nul_abort.bib", "bibtex", 0, 1, {0}, {0}, "NUL", {0}},
    {"bibtex/crashers/name_leading_comma_heap_underflow.bib",
     "bibtex",
     1,
     0,
     {"by Paul Hobson, David, Antony Lee |"},
     {0},
     NULL,
     {0}},
    {"bibtex/bbt_arxiv_460.biblatex.bib",
     "bibtex",
     3,
     0,
     {"arxiv:1401.2910", "Troels F. R\xC3\xB8nnow", "also doi:10.1126/science.1252319", "published 2014-07-25"},
     {0},
     NULL,
     {0}},
    {"bibtex/bbt_arxiv_460.bibtex.bib", "bibtex", 3, 0, {"arxiv:1401.2910"}, {0}, NULL, {0}},
    {"bibtex/bbt_arxiv_cat_2483.bib", "bibtex", 1, 0, {"arxiv:2206.07690", "in cs, eess, q-bio"}, {0}, NULL, {0}},
    {"bibtex/bbt_author_split.bib",
     "bibtex",
     1,
     0,
     {"Cu2O", "by M. E. Abu-Zeid, A. E. Rakhshani, A. A. Al-Jassar, Y. A. Youssef |"},
     {0},
     NULL,
     {0}},
    {"bibtex/bbt_chokes_664.bib", "bibtex", 1, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_discarded_873_head.bib", "bibtex", 87, 1, {0}, {0}, "has no end", {0}},
    {"bibtex/bbt_eprinttype_959.bib", "bibtex", 1, 0, {"doi:10.1023/b:logi.0000021744.10237.d0"}, {0}, NULL, {0}},
    {"bibtex/bbt_import2.bib", "bibtex", 2, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_literal_names.bib", "bibtex", 1, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_math_472.bib", "bibtex", 2, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_mendeley_head.bib", "bibtex", 27, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_names_92.bib", "bibtex", 1, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_parbreak_2789.bib", "bibtex", 1, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_percent_95.bib", "bibtex", 1, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_plus_field_2660.bib", "bibtex", 209, ANY, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_preamble_def_732.bib", "bibtex", 1, 0, {"Pavel Krej\xC4\x8D\xC3\xAD"}, {0}, NULL, {0}},
    {"bibtex/bbt_qiqqa.bib", "bibtex", 2, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_ring_1115.bib",
     "bibtex",
     1,
     0,
     {"Radim \xC5\x98"
      "eh\xC5\xAF\xC5\x99"
      "ek"},
     {0},
     NULL,
     {0}},
    {"bibtex/bbt_round_parens_871.bib", "bibtex", 1, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_space_citekey_716.bib", "bibtex", 2, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_square_94.bib", "bibtex", 1, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_string_154.bib", "bibtex", 1, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_string_spaces_1081.bib", "bibtex", 1, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_titlecase_1246.bib", "bibtex", 2, 0, {0}, {0}, NULL, {0}},
    {"bibtex/bbt_unknown_cmd_1733.bib", "bibtex", 1, 0, {"arxiv:astro-ph/0405395"}, {0}, NULL, {0}},
    {"bibtex/jabref_examples.bib", "bibtex", 2, 2, {0}, {0}, NULL, {0}},
    {"ris/jabref_RisImporterCorrupted.ris",
     "ris",
     1,
     0,
     {"doi:10.1023/a:1017379030770", "by Warren Harrison", "published 2001-09-01"},
     {0},
     NULL,
     {0}},
    {"ris/jabref_RisImporterTest1.ris", "ris", 1, ANY, {0}, {0}, NULL, {0}},
    {"ris/jabref_RisImporterTest5a.ris", "ris", 1, 0, {0}, {0}, NULL, {0}},
    {"ris/jabref_RisImporterTest8_date.ris", "ris", 1, 0, {"published 2005-07-15"}, {0}, NULL, {0}},
    {"ris/jabref_RisImporterTestDOI.ris", "ris", 1, 0, {"doi:10.1589/jpts.28.186", "also pmid:26957754"}, {0}, NULL, {0}},
    {"ris/jabref_RisImporterTestScopus.ris", "ris", 1, 0, {0}, {0}, NULL, {0}},
    {"ris/rispy_basic.ris", "ris", 1, 0, {"by Claude E. Shannon", "published 1948-07-01"}, {0}, NULL, {0}},
    {"ris/rispy_bom.ris", "ris", 0, 1, {0}, {0}, "no title", {0}},
    {"ris/rispy_empty_tag.ris", "ris", 1, 0, {0}, {0}, NULL, {0}},
    {"ris/rispy_extraneous_data.ris", "ris", 2, 0, {0}, {0}, NULL, {0}},
    {"ris/rispy_full.ris", "ris", 2, 0, {"by Karl Marx, Astrid Lindgren |", "published 2014-01-01"}, {0}, NULL, {0}},
    {"ris/rispy_full_without_whitespace.ris", "ris", 2, 0, {0}, {0}, NULL, {0}},
    {"ris/rispy_multiline.ris", "ris", 0, 3, {0}, {0}, "no title", {0}},
    {"ris/rispy_starting_newlines.ris", "ris", 1, 0, {0}, {0}, NULL, {0}},
    {"ris/rispy_urls.ris", "ris", 4, 0, {0}, {0}, NULL, {0}},
    {"ris/rispy_utf_chars.ris", "ris", 0, 1, {0}, {0}, "no title", {0}},
    {"pubmed/biopython_pubmed_result1.txt", "nbib", 1, 0, {"pmid:12230038", "published 2002-09-01"}, {0}, NULL, {0}},
    {"pubmed/biopython_pubmed_result2.txt", "nbib", 4, 0, {"doi:10.1186/1471-2105-7-10", "also pmid:16403221"}, {0}, NULL, {0}},
    {"pubmed/biopython_pubmed_result3.txt", "nbib", 1, 0, {0}, {0}, NULL, {0}},
    {"pubmed/jabref_MedlinePlainImporterTestCompleteEntry.txt", "nbib", 1, 0, {"by Vicky Long, Hilary Marland |"}, {0}, NULL, {0}},
    {"pubmed/jabref_MedlinePlainImporterTestMultiAbstract.txt", "nbib", 0, 1, {0}, {0}, NULL, {0}},
    {"pubmed/jabref_MedlinePlainImporterTestMultipleEntries.txt", "nbib", 1, ANY, {"pmid:20481061"}, {0}, NULL, {0}},
    {"hf-papers/api_daily_papers_2026-06-12_subset.json",
     "hf-json",
     8,
     0,
     {"arxiv:2606.00467", "published 2026-05-30", "up 0 "},
     {"| of Massachusetts Institute of Technology |",
      "code https://github.com/Aiden0526/EvoArena project https://aiden0526.github.io/EvoArena/"},
     NULL,
     {0}},
    {"hf-papers/SYNTHETIC_page_daily.html",
     "hf-page",
     2,
     0,
     {"arxiv:2606.00467", "published 2026-05-30 updated  announced 2026-06-12", "up 0 "},
     {0},
     NULL,
     {0}},
    {"hf-papers/text_capture_trending_excerpt.md",
     "hf-markdown",
     2,
     0,
     {"arxiv:2610.05608", "| of Kandinsky Lab | published 2026-10-04", "up 117",
      "code https://github.com/kandinskylab/kandinsky-6"},
     {"arxiv:2309.06180", "PagedAttention |"},
     NULL,
     {0}},
    {"kaggle-arxiv/snapshot_record1.jsonl",
     "arxiv-snapshot",
     1,
     0,
     {"arxiv:0704.0001 v2", "by C. Bal\xC3\xA1zs, E. L. Berger", "published 2007-04-02 updated 2007-07-24"},
     {0},
     NULL,
     {0}},
    {"kaggle-arxiv/DERIVED_from_abs_withdrawn.jsonl", "arxiv-snapshot", 4, 0, {"arxiv:0704.0156 v2"}, {0}, NULL, {0, 0, 3, 0, 4}},
    {"semantic-scholar/s2_batch_with_null.json", "semantic-scholar", 3, 0, {"doi:10.2139/ssrn.288970"}, {0}, NULL, {0}},
    {"semantic-scholar/s2_match_title.json",
     "semantic-scholar",
     1,
     0,
     {"s2:6fe8c5bf8dddaadf10c765133d38dfef5714347f"},
     {0},
     NULL,
     {0}},
    {"openalex/works_search_2026_trimmed.json",
     "openalex",
     2,
     0,
     {"doi:10.1038/s41586-021-03534-y", "also pmid:34012082 | also openalex:W3161425918"},
     {0},
     NULL,
     {0}},
    {"openalex/REINVERTED_W3128349626.json",
     "openalex",
     1,
     0,
     {"openalex:W3128349626", "abstract To help researchers"},
     {0},
     NULL,
     {0}},
    {"biorxiv/details_2026-08-01_excerpt.json",
     "biorxiv-json",
     1,
     0,
     {"doi:10.64898/2026.07.31.741992 v1", "by M. Loconsole, C. Xue, E. Garcia-Pelegrin |"},
     {0},
     NULL,
     {1, 0, 0, 0, 0}},
    {"biorxiv/paperscraper_dump_head.jsonl",
     "biorxiv-json",
     3,
     0,
     {"doi:10.1101/001891", "Gut, M\xC3\xB3nica Bay\xC3\xA9s"},
     {0},
     NULL,
     {0}},
    {"openreview/notes_v1_SYNTHETIC.json",
     "openreview",
     1,
     0,
     {"openreview:note123", "by Alice Example, Bob Example | in v1"},
     {0},
     NULL,
     {0}},
    {"openreview/notes_v2_neurips2024.json", "openreview", 1, 0, {"openreview:aVh9KRZdRk"}, {0}, NULL, {0}},
    {"csl-json/bbt_2963.csl.json", "csl-json", 1, 0, {0}, {0}, NULL, {0}},
    {"csl-json/bbt_availabledate_3286.csl.json", "csl-json", 4, 0, {0}, {0}, NULL, {0}},
    {"csl-json/bbt_creators_365.csl.json", "csl-json", 6, 1, {0}, {0}, NULL, {0}},
    {"csl-json/bbt_dates_360.csl.json", "csl-json", 15, 0, {"published 2011-05-25"}, {0}, NULL, {0}},
    {"csl-json/bbt_native_arxiv_460.json", "csl-json", 3, 0, {"arxiv:1305.4904"}, {0}, NULL, {0}},
    {"csl-json/bbt_pandoc.csl.json", "csl-json", 4, 0, {0}, {0}, NULL, {0}},
};

Test(sources_formats, real_files)
{
    char path[200];
    if (!testing_shared("samples"))
        cr_skip("needs ../shared/samples");
    for (size_t i = 0; i < sizeof real_files / sizeof *real_files; i++) {
        snprintf(path, sizeof path, "samples/%s", real_files[i].file);
        const char *found = testing_shared(path);
        cr_expect(found, "%s is missing", path);
        if (found)
            check(&real_files[i], found);
    }
}

static enum pith_status keep_abstract(void *user, struct paper *paper, struct pith_error *reterr)
{
    (void)reterr;
    *(char **)user = strdup(paper->abstract);
    return PITH_OK;
}

/* An abstract put together from its index is the one that was taken apart. */
Test(sources_formats, real_index_of_an_abstract)
{
    const char *path = testing_shared("samples/openalex/REINVERTED_W3128349626.json");
    if (!path)
        cr_skip("needs ../shared/samples");
    size_t length;
    char *abstract = NULL, *text, *bytes = testing_read(path, &length);
    struct source_context context = {.today = TODAY, .paper = keep_abstract, .problem = take_problem, .user = &abstract};
    cr_assert_eq(sources_read(bytes, length, &context, NULL, NULL), PITH_OK);
    free(bytes);
    bytes = testing_read(testing_shared("samples/openalex/expected_W3128349626_abstract.txt"), &length);
    cr_assert_eq(unicode_normalise(bytes, length, true, &text, NULL, NULL), PITH_OK);
    cr_expect_str_eq(abstract, text + strlen("Abstract "));
    free(abstract);
    free(text);
    free(bytes);
}

/* ---- hostile ---- */

/* Whatever is cut off, what is read is whole, and something is said. */
Test(sources_formats, cut_off_at_every_byte)
{
    char path[200];
    for (size_t i = 0; i < sizeof own_files / sizeof *own_files; i++) {
        size_t length;
        snprintf(path, sizeof path, "sources/%s", own_files[i].file);
        char *bytes = testing_read(testing_data(path), &length);
        for (size_t cut = 0; cut < length; cut++) {
            struct got got;
            char *copy = malloc(cut ? cut : 1);
            memcpy(copy, bytes, cut);
            read_bytes(copy, cut, &got);
            cr_expect(got.status == PITH_OK || got.status == PITH_INPUT);
            cr_expect(got.status == PITH_OK || got.papers == 0, "%s cut at %zu", own_files[i].file, cut);
            cr_expect(got.papers <= own_files[i].papers || own_files[i].papers == ANY, "%s cut at %zu: %d papers",
                      own_files[i].file, cut, got.papers);
            free(copy);
        }
        free(bytes);
    }
}

/* A NUL, a stray byte or an unpaired surrogate in any place costs at most the record it is in. */
Test(sources_formats, damaged_at_every_seventh_byte)
{
    static const unsigned char damage[] = {0, 0xFF, 0x1B, '<', '&', '"', '{'};
    char path[200];
    for (size_t i = 0; i < sizeof own_files / sizeof *own_files; i++) {
        size_t length;
        snprintf(path, sizeof path, "sources/%s", own_files[i].file);
        char *bytes = testing_read(testing_data(path), &length);
        for (size_t at = 0; at < length; at += 7) {
            struct got got;
            char kept = bytes[at];
            bytes[at] = (char)damage[at / 7 % sizeof damage];
            read_bytes(bytes, length, &got);
            cr_expect(got.status == PITH_OK || got.status == PITH_INPUT);
            bytes[at] = kept;
        }
        free(bytes);
    }
}

Test(sources_formats, a_bad_byte_costs_one_record)
{
    size_t length;
    struct got got;
    char *bytes = testing_read(testing_data("sources/rss.xml"), &length);
    char *title = strstr(bytes, "Knots that hold");
    title[5] = '\xE9'; /* Latin-1 in a file that says UTF-8 */
    read_bytes(bytes, length, &got);
    cr_expect(strstr(got.first, "title Knots\xC3\xA9that hold"), "%s", got.first);
    title[5] = '\0';
    read_bytes(bytes, length, &got);
    cr_expect_eq(got.papers, 2);
    cr_expect_eq(got.problems, 3);
    free(bytes);
}

static const char bomb[] =
    "<?xml version=\"1.0\"?>\n<!DOCTYPE feed [<!ENTITY a \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\">\n"
    "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">\n"
    "<!ENTITY passwords SYSTEM \"file:///etc/passwd\"><!ENTITY % far SYSTEM \"http://127.0.0.1:9/x.dtd\"> %far;]>\n"
    "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>http://arxiv.org/abs/2401.00001v1</id>\n"
    "<title>Bomb &c; of &passwords; and &eacute; &#233; &lt;</title><published>2024-01-02</published></entry></feed>";

Test(sources_formats, no_entity_is_expanded_and_no_file_opened)
{
    struct got got;
    read_bytes(bomb, sizeof bomb - 1, &got);
    cr_expect_eq(got.papers, 1, "%s", got.reason);
    cr_expect(strstr(got.first, "| title Bomb &c; of &passwords; and \xC3\xA9 \xC3\xA9 < |"), "%s", got.first);
}

/* A document with one record of `fill` repeated, between what stands before and behind it. */
static char *build(const char *before, const char *fill, size_t times, const char *behind, size_t *ret_length)
{
    char *bytes = NULL;
    FILE *out = open_memstream(&bytes, ret_length);
    fputs(before, out);
    for (size_t i = 0; i < times; i++)
        fputs(fill, out);
    fputs(behind, out);
    fclose(out);
    return bytes;
}

static void expect_one_problem(const char *before, const char *fill, size_t times, const char *behind, const char *reason)
{
    size_t length;
    struct got got;
    char *bytes = build(before, fill, times, behind, &length);
    read_bytes(bytes, length, &got);
    cr_expect_eq(got.status, PITH_OK, "%s", got.error.message);
    cr_expect_eq(got.papers, 1);
    cr_expect_eq(got.problems, 1);
    cr_expect(strstr(got.reason, reason), "%s", got.reason);
    free(bytes);
}

Test(sources_formats, deep_and_huge_records_cost_themselves)
{
    static const char feed[] = "<feed><entry><id>http://arxiv.org/abs/2401.00001v1</id><title>";
    static const char rest[] = "</title></entry><entry><id>http://arxiv.org/abs/2401.00002v1</id><title>T</title></entry></feed>";
    expect_one_problem(feed, "<b>", 200000, rest, "nested deeper");
    expect_one_problem(feed, "long ", 400000, rest, "larger than");
    expect_one_problem(feed, "long ", 4000, rest, "longer than");
}

Test(sources_formats, deep_and_huge_items_cost_themselves)
{
    static const char list[] = "[{\"paper\":{\"id\":\"2401.00001\",\"title\":";
    expect_one_problem("[{\"paper\":{\"id\":\"2401.00001\",\"title\":\"", "long ", 400000,
                       "\"}},{\"paper\":{\"id\":\"2401.00002\",\"title\":\"T\"}}]", "larger than");
    expect_one_problem(list, "[", 0, "{}}},{\"paper\":{\"id\":\"2401.00002\",\"title\":\"T\"}}]", "has no title");
    char deep[400] = "", behind[400] = "";
    memset(deep, '[', 100);
    memset(behind, ']', 100);
    strcat(behind, "}},\n{\"paper\":{\"id\":\"2401.00002\",\"title\":\"T\"}}]");
    expect_one_problem(list, deep, 1, behind, "nested deeper");
}

/* One line without an end, whatever it begins as. */
Test(sources_formats, a_line_of_megabytes)
{
    static const char *const beginnings[] = {"{\"id\":\"2401.00001\",\"title\":\"",
                                             "[{\"paper\":{\"id\":\"",
                                             "@article{k, title={",
                                             "TY  - JOUR\nTI  - ",
                                             "PMID- 1\nTI  - ",
                                             "\\\\\narXiv:2401.00001\n\nTitle: ",
                                             "<feed><entry><title>",
                                             "<rss><channel><item a='",
                                             "<!doctype html><div data-target=\"DailyPapers\" data-props=\"",
                                             "From: arxiv\nTo: x\nSubject: y\n\n",
                                             "{\"notes\":[{\"id\":\"",
                                             "# [](https://huggingface.co/papers/1)\n### [",
                                             "Subscribe\n"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        static const char *const fills[] = {"word ", "<", "{", "\\", "@a{", "\"", "&"};
        for (size_t j = 0; j < sizeof fills / sizeof *fills; j++) {
            size_t length;
            struct got got;
            char *bytes = build(beginnings[i], fills[j], (1500 << 10) / strlen(fills[j]), "", &length);
            read_bytes(bytes, length, &got);
            cr_expect(got.status == PITH_OK || got.status == PITH_INPUT);
            cr_expect(got.status || got.problems || got.papers, "%s", beginnings[i]);
            free(bytes);
        }
    }
}

Test(sources_formats, an_error_is_no_listing)
{
    static const char *const errors[] = {"{\"error\":\"Paper with id 0 not found\"}",
                                         "{\"message\":\"Too Many Requests\",\"code\":\"429\"}"};
    struct got got;
    for (size_t i = 0; i < 2; i++) {
        read_bytes(errors[i], strlen(errors[i]), &got);
        cr_expect_eq(got.status, PITH_INPUT);
        cr_expect(strstr(got.error.message, i ? "Too Many Requests" : "id 0 not found"), "%s", got.error.message);
    }
}

Test(sources_formats, listings_put_together)
{
    size_t length, whole;
    struct got got;
    char *bytes = testing_read(testing_data("sources/listing.txt"), &length), *twice = build("", bytes, 2, "", &whole);
    read_bytes(twice, whole, &got);
    cr_expect_eq(got.papers, 8);
    cr_expect_eq(got.announce[ANNOUNCE_NEW], 2);
    free(bytes);
    free(twice);
}

/* ---- gzip ---- */

/* One gzip member that holds these bytes, added to `out`. */
static void pack(FILE *out, const char *bytes, size_t length)
{
    z_stream stream = {0};
    size_t most = length + 1024;
    unsigned char *packed = malloc(most);
    cr_assert_eq(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)bytes;
    stream.avail_in = (unsigned)length;
    stream.next_out = packed;
    stream.avail_out = (unsigned)most;
    cr_assert_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    fwrite(packed, 1, most - stream.avail_out, out);
    deflateEnd(&stream);
    free(packed);
}

Test(sources_formats, a_packed_file_is_read_as_what_it_holds)
{
    static const char one[] = "{\"id\":\"arXiv:2401.00010\",\"title\":\"Packed kites\"}\n";
    static const char two[] = "{\"id\":\"arXiv:2401.00011\",\"title\":\"A second member\"}\n";
    struct got got;
    char *bytes = NULL;
    size_t length;
    FILE *out = open_memstream(&bytes, &length);
    pack(out, one, sizeof one - 1);
    pack(out, two, sizeof two - 1);
    fclose(out);
    read_bytes(bytes, length, &got);
    cr_expect_eq(got.status, PITH_OK, "%s", got.error.message);
    cr_expect_str_eq(got.source->name, "jsonl");
    cr_expect_eq(got.papers, 2);
    for (size_t cut = 0; cut < length; cut++) {
        read_bytes(bytes, cut, &got);
        cr_expect(got.status == PITH_INPUT || got.problems > 0 || got.papers == 1, "cut to %zu", cut);
    }
    free(bytes);
}

/* What reading a packed file of this beginning and of 100 MiB of nothing says. */
static void read_a_bomb(const char *start, struct got *got)
{
    char *bytes = NULL, *zeros = calloc(100, 1 << 20);
    size_t length;
    FILE *out = open_memstream(&bytes, &length);
    memcpy(zeros, start, strlen(start));
    pack(out, zeros, (size_t)100 << 20);
    fclose(out);
    read_bytes(bytes, length, got);
    cr_expect_eq(got->status, PITH_INPUT);
    free(zeros);
    free(bytes);
}

Test(sources_formats, a_packed_file_may_not_grow_without_end)
{
    struct got got;
    read_a_bomb("@article{a, title = {", &got);
    cr_expect(strstr(got.error.message, "larger than 64 MiB"), "%s", got.error.message);
    read_a_bomb("{\"title\":\"A line without end", &got);
    cr_expect(strstr(got.error.message, "200 times"), "%s", got.error.message);
}

/* ---- files that come in pieces ---- */

struct flow { /* numbered papers, a line each, up to so many bytes, given a few bytes at a time */
    size_t line, lines, padding, at, length, step;
    char *text;
};

static void next_line(struct flow *flow)
{
    bool broken = flow->line % 1000 == 999;
    int length = snprintf(flow->text, flow->padding + 200, "{\"id\":\"arXiv:2401.%05zu\",\"title\":\"Kite %zu\"%s%*s}\n",
                          flow->line % 90000 + 1, flow->line, broken ? "," : "", (int)flow->padding, "");
    flow->line++;
    flow->at = 0;
    flow->length = (size_t)length;
}

static enum pith_status read_flow(void *user, char *buffer, size_t size, size_t *ret_got, struct pith_error *reterr)
{
    struct flow *flow = user;
    (void)reterr;
    if (flow->at == flow->length && flow->line < flow->lines)
        next_line(flow);
    size_t left = flow->length - flow->at, some = left < size ? left : size;
    some = some < flow->step ? some : flow->step;
    memcpy(buffer, flow->text + flow->at, some);
    flow->at += some;
    *ret_got = some;
    return PITH_OK;
}

struct heard {
    size_t papers, problems, first, last;
    char reason[160];
};

static enum pith_status count_paper(void *user, struct paper *paper, struct pith_error *reterr)
{
    (void)paper;
    (void)reterr;
    ((struct heard *)user)->papers++;
    return PITH_OK;
}

static void hear_problem(void *user, size_t line, const char *reason)
{
    struct heard *heard = user;
    if (!heard->problems++)
        heard->first = line;
    heard->last = line;
    snprintf(heard->reason, sizeof heard->reason, "%s", reason);
}

static void read_a_flow(struct flow *flow, struct heard *heard)
{
    const struct source *source = NULL;
    struct pith_error error = {0};
    *heard = (struct heard){0};
    flow->text = calloc(flow->padding + 200, 1);
    const struct pith_input from = {.read = read_flow, .user = flow};
    const struct source_context context = {.today = 20000, .paper = count_paper, .problem = hear_problem, .user = heard};
    cr_expect_eq(sources_read_input(&from, &context, &source, &error), PITH_OK, "%s", error.message);
    cr_expect_str_eq(source->name, "jsonl");
    free(flow->text);
}

Test(sources_formats, a_file_of_lines_may_be_larger_than_memory_should_be)
{
    struct heard heard;
    struct flow flow = {.lines = 2500, .padding = 30000, .step = SIZE_MAX}; /* 75 MB */
    read_a_flow(&flow, &heard);
    cr_expect_eq(heard.papers, 2498);
    cr_expect_eq(heard.problems, 2);
    cr_expect_eq(heard.first, 1000, "lines are counted over all pieces");
    cr_expect_eq(heard.last, 2000);
}

Test(sources_formats, a_file_may_come_a_byte_at_a_time)
{
    struct heard heard;
    struct flow flow = {.lines = 1001, .padding = 10, .step = 1};
    read_a_flow(&flow, &heard);
    cr_expect_eq(heard.papers, 1000);
    cr_expect_eq(heard.first, 1000);
}

Test(sources_formats, a_line_that_no_memory_holds_costs_itself)
{
    size_t length;
    char *bytes = NULL, *long_line = malloc((size_t)70 << 20);
    memset(long_line, 'x', (size_t)70 << 20);
    FILE *out = open_memstream(&bytes, &length);
    fputs("{\"id\":\"arXiv:2401.00001\",\"title\":\"Before\"}\n{\"title\":\"", out);
    fwrite(long_line, 1, (size_t)70 << 20, out);
    fputs("\"}\n{\"id\":\"arXiv:2401.00002\",\"title\":\"Behind\"}\n{\"title\":{}}\n", out);
    fclose(out);
    struct source_memory memory = {bytes, length};
    struct heard heard = {0};
    const struct pith_input from = sources_memory(&memory);
    const struct source_context context = {.paper = count_paper, .problem = hear_problem, .user = &heard};
    cr_expect_eq(sources_read_input(&from, &context, NULL, NULL), PITH_OK);
    cr_expect_eq(heard.papers, 2);
    cr_expect_eq(heard.problems, 2);
    cr_expect_eq(heard.first, 2);
    cr_expect_eq(heard.last, 4);
    free(long_line);
    free(bytes);
}

/* ---- the table of formats ---- */

Test(sources_formats, names_are_stable_and_unique)
{
    size_t count = 0;
    for (const struct source *source; (source = sources_at(count)) != NULL; count++) {
        cr_expect(source->name[0] && source->title[0]);
        for (size_t i = 0; i < count; i++)
            cr_expect_str_neq(source->name, sources_at(i)->name);
    }
    cr_expect_null(sources_at(count + 1));
}

static bool is_in_manual(const char *name)
{
    char path[600], mark[64];
    size_t length;
    snprintf(path, sizeof path, "%s/../../docs/formats.md", testing_data(""));
    snprintf(mark, sizeof mark, "`%s`", name);
    char *text = testing_read(path, &length);
    bool found = strstr(text, mark) != NULL;
    free(text);
    return found;
}

Test(sources_formats, every_format_is_in_the_manual_and_has_a_file_here)
{
    const struct source *source;
    for (size_t i = 0; (source = sources_at(i)) != NULL; i++) {
        bool has_file = strcmp(source->name, "jsonl") == 0 || strcmp(source->name, "daily-papers-text") == 0; /* test_sources.c */
        for (size_t j = 0; j < sizeof own_files / sizeof *own_files; j++)
            has_file |= strcmp(source->name, own_files[j].format) == 0;
        cr_expect(has_file, "%s", source->name);
        cr_expect(is_in_manual(source->name), "%s", source->name);
    }
    cr_expect_lt(strlen(sources_known()), 450, "it must fit in an error message");
}
