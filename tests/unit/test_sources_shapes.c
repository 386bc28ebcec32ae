/* What people's files hold, kind by kind: the shapes that exporters, publishers, mail programs and APIs give what is one paper all the
 * same. Each row is a file, in short, and what must be read of it. */
#include "engine/sources/sources.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TODAY = 20781, MOST = 12 };

struct got {
    char paper[MOST][3000];
    size_t papers, problems;
};

static void put_list(FILE *out, const char *name, const struct paper_list *list, size_t count)
{
    fprintf(out, " | %s", name);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%s", i ? "; " : " ", list->item[i]);
}

/* "title T | abstract A | by A; B | in C; D | keys K; L | on D | out D |" */
static enum pith_status take(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct got *got = user;
    char published[16], announced[16];
    (void)reterr;
    cr_assert_lt(got->papers, MOST);
    FILE *out = fmemopen(got->paper[got->papers++], sizeof *got->paper, "w");
    fprintf(out, "title %s | abstract %s", paper->title, paper->abstract);
    put_list(out, "by", &paper->authors, paper->authors.count);
    put_list(out, "in", &paper->categories, paper->categories.count);
    put_list(out, "keys", &paper->keys, paper->keys.count - 1);
    fprintf(out, " | on %s | out %s |%s", days_text(paper->published, published), days_text(paper->announced, announced),
            paper->withdrawn ? " withdrawn |" : "");
    fclose(out);
    return PITH_OK;
}

static void take_problem(void *user, size_t line, const char *reason)
{
    struct got *got = user;
    (void)line;
    (void)reason;
    got->problems++;
}

static void read_bytes(const char *bytes, size_t length, struct got *got)
{
    struct source_context context = {.today = TODAY, .paper = take, .problem = take_problem, .user = got};
    struct pith_error error = {0};
    memset(got, 0, sizeof *got);
    cr_expect_eq(sources_read(bytes, length, &context, NULL, &error), PITH_OK, "%.60s: %s", bytes, error.message);
}

/* One file, the words that its paper N must hold (from 1), "!" before those that it may not. */
struct row {
    const char *file, *words[6];
};

static void check_words(const struct row *row, const char *paper)
{
    for (size_t i = 0; i < 6 && row->words[i]; i++) {
        bool not = row->words[i][0] == '!';
        cr_expect(!strstr(paper, row->words[i] + not ) == not, "%s: %s in %s", row->file, row->words[i], paper);
    }
}

static void check(const struct row *rows, size_t count, const char *before, const char *behind)
{
    static struct got got;
    for (size_t i = 0; i < count; i++) {
        char file[8192];
        int length = snprintf(file, sizeof file, "%s%s%s", before, rows[i].file, behind);
        read_bytes(file, (size_t)length, &got);
        cr_expect_eq(got.papers, 1, "%s: %zu papers, %zu problems", rows[i].file, got.papers, got.problems);
        check_words(&rows[i], got.paper[0]);
    }
}
#define CHECK(rows, before, behind) check(rows, sizeof(rows) / sizeof *(rows), before, behind)

/* ---- BibTeX ---- */

Test(shapes, bibtex_identifiers)
{
    static const struct row rows[] = {
        {"eprint={0412207}, archivePrefix={arXiv}, primaryClass={cs.CL}", {"keys arxiv:cs/0412207 |"}},
        {"eprint={0412207}, archivePrefix={hep-th}", {"keys arxiv:hep-th/0412207 |"}},
        {"arxiv={2401.00201}", {"keys arxiv:2401.00201 |"}},
        {"journal={arXiv e-prints}, eid={arXiv:2401.00202}", {"keys arxiv:2401.00202 |"}},
        {"pages={arXiv:2401.00203}", {"keys arxiv:2401.00203 |"}},
        {"journal={CoRR}, volume={arXiv:2401.00204}", {"keys arxiv:2401.00204 |"}},
        {"journal={ArXiv}, volume={abs/2401.00205}", {"keys arxiv:2401.00205 |"}},
        {"note={Preprint, available at arXiv:2401.00206}", {"keys arxiv:2401.00206 |"}},
        {"note={A reply to arXiv:2401.00207}", {"!arxiv:"}},
        {"howpublished={\\url{https://arxiv.org/abs/2401.00208v2}}", {"keys arxiv:2401.00208 |"}},
        {"doi={https://doi.org/10.48550%2FarXiv.2401.00209}", {"keys arxiv:2401.00209 |"}},
        {"doi={DOI: 10.5555/KITE.1.}", {"keys doi:10.5555/kite.1 |"}},
        {"doi={doi:https://doi.org/10.5555/kite.2}", {"keys doi:10.5555/kite.2 |"}},
        {"url={https://doi.org/10.5555%2Fkite.3}", {"keys doi:10.5555/kite.3 |"}},
        {"url={https://www.example.org/doi/full/10.5555/kite.4?src=rss}", {"keys doi:10.5555/kite.4 |"}},
        {"url={https://www.biorxiv.org/content/10.1101/2020.02.02.200001v3.full.pdf}", {"keys doi:10.1101/2020.02.02.200001 |"}},
        {"url={https://www.medrxiv.org/content/10.64898/2026.02.02.200002v1.full-text}", {"keys doi:10.64898/2026.02.02.200002 |"}},
        {"url={https://www.biorxiv.org/content/early/2018/02/03/200003}", {"keys doi:10.1101/200003 |"}},
        {"doi={10.1002/(SICI)1097-0000(19980101)1:2{\\textless}33::AID-KIT4{\\textgreater}3.0.CO;2-5}",
         {"keys doi:10.1002/(sici)1097-0000(19980101)1:2<33::aid-kit4>3.0.co;2-5 |"}},
        {"doi={10.1002/(SICI)1097-0000(19980101)1:2&lt;33::AID-KIT5&gt;3.0.CO;2-5}",
         {"keys doi:10.1002/(sici)1097-0000(19980101)1:2<33::aid-kit5>3.0.co;2-5 |"}},
        {"doi={10.5555/kite\\_6}", {"keys doi:10.5555/kite_6 |"}},
        {"pmid={90000301}", {"keys pmid:90000301 |"}},
        {"note={PMID: 90000302}", {"keys pmid:90000302 |"}},
        {"eprint={90000303}, eprinttype={pubmed}", {"keys pmid:90000303 |"}},
        {"url={https://pubmed.ncbi.nlm.nih.gov/90000304/}", {"keys pmid:90000304 |"}},
        {"note={(doi: 10.5555/kite.7).}", {"!doi:10.5555/kite.7)"}},
    };
    CHECK(rows, "@article{k, title={Kites}, ", "}");
}

Test(shapes, bibtex_dates)
{
    static const struct row rows[] = {
        {"year=2021, month = \"10~\" # jan", {"| on 2021-01-10 |"}},
        {"year=2021, month = may # \"~3\"", {"| on 2021-05-03 |"}},
        {"year={2021}, month={4 June}", {"| on 2021-06-04 |"}},
        {"year=2021, month=jul # \"/\" # aug", {"| on 2021-07-01 |"}},
        {"year=2021, month=12 # \"~\" # feb", {"| on 2021-02-12 |"}},
        {"year=2021, month={sept}", {"| on 2021-09-01 |"}},
        {"year=2021, month={06}", {"| on 2021-06-01 |"}},
        {"year={\\noopsort{1990}2021}", {"| on 2021-01-01 |"}},
        {"year={[2021]}", {"| on 2021-01-01 |"}},
        {"year={2021b}", {"| on 2021-01-01 |"}},
        {"year={in press}", {"| on  |"}},
        {"date={2021-05-06/2021-06-07}", {"| on 2021-05-06 |"}},
        {"date={2021-21}", {"| on 2021-01-01 |"}},
        {"date={~2021-03}", {"| on 2021-03-01 |"}},
        {"date={2021-03-04?}", {"| on 2021-03-04 |"}},
        {"date={2021-03-XX}", {"| on 2021-03-01 |"}},
        {"date={20XX}", {"| on  |"}},
        {"year=2021, month=feb, day=31", {"| on 2021-02-01 |"}},
        {"date={2021-03-04T05:06:07Z}", {"| on 2021-03-04 |"}},
    };
    CHECK(rows, "@article{k, title={Kites}, ", "}");
}

Test(shapes, bibtex_dates_of_parents)
{
    static struct got got;
    static const char file[] =
        "@inproceedings{one, title={First kite}, crossref={Meet}}\n@inproceedings{two, title={Second kite}, xdata={meet}}\n"
        "@inproceedings{three, title={Third kite}, crossref={gone}}\n@proceedings{meet, title={A meeting}, year=2019, month=mar}\n";
    read_bytes(file, sizeof file - 1, &got);
    cr_assert_eq(got.papers, 4);
    cr_expect(strstr(got.paper[0], "| on 2019-03-01 |") && strstr(got.paper[1], "| on 2019-03-01 |") &&
              strstr(got.paper[2], "| on  |"));
}

Test(shapes, bibtex_names)
{
    static const struct row rows[] = {
        {"Lee, Ann and et al.", {"| by Ann Lee |"}},
        {"Lee, Ann et al.", {"| by Ann Lee |"}},
        {"Lee, Ann AND Cole, Bo and others", {"| by Ann Lee; Bo Cole |"}},
        {"Lee, Ann; Cole, Bo; Dow, Cy", {"| by Ann Lee; Bo Cole; Cy Dow |"}},
        {"Ann Lee, Bo Cole, Cy Dow", {"| by Ann Lee; Bo Cole; Cy Dow |"}},
        {"McLee, Jr., Ann B. and {Cole Sr.}, Bo", {"| by Ann B. McLee Jr.; Bo Cole Sr. |"}},
        {"{Kites, Winds and Rain} and {The {KITE} Team}", {"| by Kites, Winds and Rain; The KITE Team |"}},
        {"Nguy{\\~\\^e}n, Xu{\\^a}n and {\\DJ}{\\u{a}}ng, B{\\'{\\^e}}", {"| by Xuân Nguyễn; Bế Đăng |"}},
        {"M&uuml;ller, J&ouml;rg", {"| by Jörg Müller |"}},
    };
    CHECK(rows, "@article{k, title={Kites}, author={", "}}");
}

Test(shapes, bibtex_fields_and_comments)
{
    static const struct row rows[] = {
        {"@article{k, title={Kites}, keywords=\"Wind\", keywords=\"Rain\", keyword={Sun; Moon, {a, b}}}",
         {"| in Wind; Rain; Sun; Moon; a, b |"}},
        {"@Comment{\n @article{h, title={Hidden}}\n}\n@Comment{jabref-meta: x:1\\;y{};}\n@article{k, title={Shown}}\n %@article{p, "
         "title={Behind}}\n",
         {"title Shown |"}},
        {"@comment never closed { @article\n@article{k, title={Shown}}", {"title Shown |"}},
        {"@article{k,\r title={With returns},\r year=2001\r}\r", {"title With returns |"}},
        {"@article{k, title={Cells of $\\less$i$\\greater$E. coli$\\less$/i$\\greater$ at "
         "{\\textless}b{\\textgreater}5{\\textless}/b{\\textgreater} K}}",
         {"title Cells of E. coli at 5 K |"}},
        {"@article{k, title={CO<sub>2</sub> &amp; <i>Quercus</i> at p &amp;lt; 0.05}}", {"title CO2 & Quercus at p < 0.05 |"}},
        {"@article{k, title={When a<b and c>d <b and c> e}}", {"title When a<b and c>d <b and c> e |"}},
        {"@article{k, title={K}, abstract={<jats:title>Abstract</jats:title><jats:p>We see <jats:italic>n</jats:italic> "
         "kites.</jats:p>}}",
         {"abstract We see n kites. |"}},
    };
    CHECK(rows, "", "");
}

Test(shapes, bibtex_macros_are_read_but_make_no_large_file_of_a_small_one)
{
    static struct got got;
    char *file = NULL;
    size_t length;
    FILE *out = open_memstream(&file, &length);
    fprintf(out, "@string{j = \"Kites\"}\n@article{a, title = j # \" and \" # j}\n@string{l = \"%4000s\"}\n", "x");
    for (int i = 0; i < 2000; i++)
        fprintf(out, "@article{b, note = l # l # l # l}\n");
    fclose(out);
    read_bytes(file, length, &got);
    cr_expect(got.papers == 1 && strstr(got.paper[0], "title Kites and Kites |"), "%s", got.paper[0]);
    cr_expect_eq(got.problems, 2000);
    free(file);
}

/* ---- RIS ---- */

Test(shapes, ris)
{
    static const struct row rows[] = {
        {"M3  - doi:10.5555/kite.11", {"keys doi:10.5555/kite.11 |"}},
        {"M3  - Article", {"keys |"}},
        {"L3  - 10.5555/kite.12", {"keys doi:10.5555/kite.12 |"}},
        {"N1  - doi: 10.5555/kite.13", {"keys doi:10.5555/kite.13 |"}},
        {"ID  - 10.5555/kite.14", {"keys doi:10.5555/kite.14 |"}},
        {"DO  - https://dx.doi.org/10.5555/kite.15.", {"keys doi:10.5555/kite.15 |"}},
        {"UR  - https://doi.org/10.1002/(SICI)1097-0000(1998)1:2<3::AID-K1>3.0.CO;2-5",
         {"keys doi:10.1002/(sici)1097-0000(1998)1:2<3::aid-k1>3.0.co;2-5 |"}},
        {"UR  - https://example.org/a; https://doi.org/10.5555/kite.16", {"keys doi:10.5555/kite.16 |"}},
        {"DB  - MEDLINE\nAN  - 90000401", {"keys pmid:90000401 |"}},
        {"DP  - NLM\nC7  - 90000402", {"keys pmid:90000402 |"}},
        {"DB  - Embase\nAN  - 90000403", {"keys |"}},
        {"PM  - 90000404", {"keys pmid:90000404 |"}},
        {"N1  - PMID: 90000405", {"keys pmid:90000405 |"}},
        {"SP  - arXiv:2401.00301", {"keys arxiv:2401.00301 |"}},
        {"JO  - arXiv:2401.00302 [cs.LG]", {"keys arxiv:2401.00302 |"}},
        {"T2  - arXiv preprint arXiv:2401.00303", {"keys arxiv:2401.00303 |"}},
        {"AN  - arXiv:2401.00304", {"keys arxiv:2401.00304 |"}},
        {"N2  - First.\nN2  - Second.", {"abstract First. Second. |"}},
        {"AB  - One.\nAB  - Two.\nN2  - Three.", {"abstract One. Two. |"}},
        {"AB  - <p>The <b>wind</b> at p &lt; 5.</p>", {"abstract The wind at p < 5. |"}},
        {"AU  - M&uuml;ller, J.\nAU  - Lee, Ann, Jr.", {"by J. Müller; Ann Lee Jr. |"}},
    };
    CHECK(rows, "TY  - JOUR\nTI  - Kites\n", "\nER  - \n");
}

/* ---- CSL-JSON ---- */

Test(shapes, csl)
{
    static const struct row rows[] = {
        {"\"issued\": \"2020-02-11\"", {"| on 2020-02-11 |"}},
        {"\"issued\": [{\"year\": \"2019\", \"month\": \"4\", \"day\": \"5\"}]", {"| on 2019-04-05 |"}},
        {"\"issued\": [[2018, 7, 1]]", {"| on 2018-07-01 |"}},
        {"\"issued\": [2018, 7]", {"| on 2018-07-01 |"}},
        {"\"issued\": 2017", {"| on 2017-01-01 |"}},
        {"\"issued\": {\"year\": 2015, \"month\": 6}", {"| on 2015-06-01 |"}},
        {"\"issued\": {\"date-parts\": [[\"2016\", \"May\"]]}", {"| on 2016-05-01 |"}},
        {"\"issued\": {\"date-parts\": [[2013, 13]]}", {"| on 2013-01-01 |"}},
        {"\"issued\": {\"date-parts\": [[null]]}", {"| on  |"}},
        {"\"issued\": {\"raw\": \"2020-2-11\"}", {"| on 2020-02-11 |"}},
        {"\"PMID\": 90000501", {"keys pmid:90000501 |"}},
        {"\"PMID\": \"90000502\"", {"keys pmid:90000502 |"}},
        {"\"note\": \"arXiv:2401.00401 [cs]\\nPMID: 90000503\\nPMCID: PMC1\"", {"arxiv:2401.00401", "pmid:90000503"}},
        {"\"author\": [{\"family\": \"Gr&ouml;&szlig;e\", \"given\": \"J&ouml;rg\"}, \"Lee, Ann\", {\"name\": \"Kite Org\"}]",
         {"Jörg Größe", "Kite Org"}},
        {"\"abstract\": \"<p>Text &lt; 3 &amp;amp; more.</p>\"", {"abstract Text < 3 & more. |"}},
    };
    CHECK(rows, "[{\"id\": 1, \"type\": \"article-journal\", \"title\": \"R&amp;D of <i>kites</i> <sup>2</sup>\", ", "}]");
    struct row title = {"\"issued\": 2017", {"title R&D of kites 2 |"}};
    check(&title, 1, "[{\"id\": 1, \"type\": \"article-journal\", \"title\": \"R&amp;D of <i>kites</i> <sup>2</sup>\", ", "}]");
}

/* ---- PubMed ---- */

Test(shapes, pubmed_xml)
{
    static const struct row rows[] = {
        {"<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Drachen im Wind.</VernacularTitle>",
         {"title Drachen im Wind. |"}},
        {"<ArticleTitle/><VernacularTitle>Nur Drachen.</VernacularTitle>", {"title Nur Drachen. |"}},
        {"<ArticleTitle>[Kites in wind].</ArticleTitle>", {"title Kites in wind |"}},
        {"<ArticleTitle>[(11)C]kites fly [corrected].</ArticleTitle>", {"title [(11)C]kites fly [corrected]. |"}},
        {"<ArticleTitle>[11C]kites and [18F]winds [see comments]</ArticleTitle>",
         {"title [11C]kites and [18F]winds [see comments] |"}},
        {"<ArticleTitle>K</ArticleTitle><Abstract><AbstractText Label=\"UNLABELLED\">No heading.</AbstractText><AbstractText "
         "Label=\"RESULTS\">It flew.</AbstractText></Abstract>",
         {"abstract No heading. RESULTS: It flew. |"}},
        {"<ArticleTitle>K</ArticleTitle><ELocationID EIdType=\"doi\" ValidYN=\"N\">10.5555/wrong</ELocationID>",
         {"!10.5555/wrong"}},
        {"<ArticleTitle>K</ArticleTitle><PublicationTypeList><PublicationType>Retracted "
         "Publication</PublicationType></PublicationTypeList>",
         {"withdrawn"}},
        {"<ArticleTitle>Of &lt;i&gt;E. coli&lt;/i&gt; and H<sub>2</sub>O</ArticleTitle>", {"title Of E. coli and H2O |"}},
    };
    CHECK(rows, "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article>",
          "</Article><OtherAbstract "
          "Language=\"ger\"><AbstractText>Anders.</AbstractText></OtherAbstract><KeywordList><Keyword>wind</Keyword></"
          "KeywordList></MedlineCitation></PubmedArticle></PubmedArticleSet>");
    static const struct row other = {"<ArticleTitle>K</ArticleTitle>", {"abstract Anders. | by | in wind |"}};
    check(&other, 1, "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article>",
          "</Article><OtherAbstract "
          "Language=\"ger\"><AbstractText>Anders.</AbstractText></OtherAbstract><KeywordList><Keyword>wind</Keyword></"
          "KeywordList></MedlineCitation></PubmedArticle></PubmedArticleSet>");
}

Test(shapes, nbib)
{
    static const struct row rows[] = {
        {"TI  - [Not Available].\nTT  - Drachen.", {"title Drachen. |"}},
        {"TI  - [Kites].", {"title Kites |"}},
        {"TI  - K\nOAB - Anders.", {"abstract Anders. |"}},
        {"TI  - K\nAB  - UNLABELLED: Text.\nOAB - Anders.", {"abstract Text. |"}},
        {"TI  - K\nAB  - One.\nAB  - Two.", {"abstract One. Two. |"}},
        {"TI  - K\nMH  - *Wind/physiology/*trends\nMH  - Rain\nMH  - Wind\nOT  - *gusts", {"| in Wind; Rain; gusts |"}},
        {"TI  - K\nFAU - Lee, Ann Jr\nFAU - Cole, Bo", {"| by Ann Lee Jr; Bo Cole |"}},
    };
    CHECK(rows, "PMID- 90000601\n", "\n");
    static struct got got;
    static const char returns[] = "PMID- 90000602\rTI  - With returns.\r\rPMID- 90000603\rTI  - Again.\r";
    read_bytes(returns, sizeof returns - 1, &got);
    cr_expect_eq(got.papers, 2);
}

/* ---- bioRxiv ---- */

Test(shapes, biorxiv)
{
    static const struct row rows[] = {
        {"AO_SCPLOWBSTRACTC_SCPLOWKites O_LIflyC_LI at p&lt;0.05. O_FIG O_LINKSMALLFIG WIDTH=200 HEIGHT=9 "
         "SRC=\\\"FIGDIR/small/1.gif\\\" ALT=\\\"F\\\"> View larger version (2K): org.highwire.dtl.DTLVardef@1 C_FIG Wind.",
         {"abstract Kites fly at p<0.05. Wind. |"}},
        {"O_ST_ABSAbstractC_ST_ABSKites. C_LIO_LIO_SCPLOWDNAC_SCPLOW [~]5", {"abstract Kites. DNA ~5 |"}},
        {"Cut. O_FIG O_LINKSMALLFIG WIDTH=1 SRC=\\\"FIGDIR/small/1.gif\\\" ALT=\\\"F\\\"> View larger version (2K): "
         "org.highwire.x@1",
         {"abstract Cut. |"}},
        {"The heat capacity C_P and O_2 stay", {"abstract The heat capacity C_P and O_2 stay |"}},
    };
    CHECK(rows,
          "{\"messages\":[{\"status\":\"ok\"}],\"collection\":[{\"doi\":\"10.64898/2026.01.02.700001\",\"title\":\"Kites of <em>E. "
          "coli</em> &amp; more\",\"authors\":\"Gr&ouml;&szlig;e, A. B.; Kite Group; Lee, C. "
          "Jr.\",\"date\":\"2026-01-02\",\"version\":\"1\",\"abstract\":\"",
          "\"}]}");
    static const struct row names = {"K", {"title Kites of E. coli & more |", "| by A. B. Größe; Kite Group; C. Lee Jr. |"}};
    check(&names, 1,
          "{\"messages\":[{\"status\":\"ok\"}],\"collection\":[{\"doi\":\"10.64898/2026.01.02.700001\",\"title\":\"Kites of <em>E. "
          "coli</em> &amp; more\",\"authors\":\"Gr&ouml;&szlig;e, A. B.; Kite Group; Lee, C. "
          "Jr.\",\"date\":\"2026-01-02\",\"version\":\"1\",\"abstract\":\"",
          "\"}]}");
}

/* ---- mail ---- */

static const char item_start[] = "------------------------------------------------------------------------------\n\\\\\narXiv:2401."
                                 "00501\nDate: Wed, 3 Jan 2024 18:34:08 GMT   (2kb,D)\n\n";

Test(shapes, mail_that_was_wrapped)
{
    static const struct row rows[] = {
        {"Title: Kites that a mail program\nwrapped\nwithout an indent\nAuthors: Ann Lee, Bo\nCole\nCategories: cs.LG\ncs.RO",
         {"title Kites that a mail program wrapped without an indent |", "| by Ann Lee; Bo Cole | in cs.LG; cs.RO |"}},
        {"Title: Kites\n\xC2\xA0 with hard blanks\nAuthors: Ann Lee\nCategories: cs.LG", {"title Kites with hard blanks |"}},
        {"Title: K\nAuthors: Ann Lee, Bo Cole,\n  Jr., Cy Dow III, D. Eng\n  Sr\nCategories: cs.LG",
         {"| by Ann Lee; Bo Cole Jr.; Cy Dow III; D. Eng Sr |"}},
        {"Title: K\nAuthors: Kite Team: Ann Lee, Bo Cole et al. (9 additional authors not shown)\nCategories: cs.LG",
         {"| by Kite Team; Ann Lee; Bo Cole |"}},
        {"Title: K\nAuthors: The K Collaboration: Ann Lee, and Bo Cole, on behalf of the Wind Group\nCategories: cs.LG",
         {"| by The K Collaboration; Ann Lee; Bo Cole; Wind Group |"}},
        {"Title: Schr\\\"odinger's \\emph{kite} \\ourway{}\nAuthors: Xu\\^an Th\\'{\\u{a}}ng Nguy\\~{\\^e}n & \\DJ or\\dj e "
         "Lee\nCategories: cs.LG",
         {"title Schrödinger's kite ourway{} |", "| by Xuân Thắng Nguyễn; Đorđe Lee |"}},
    };
    char before[1024];
    snprintf(before, sizeof before, "Date: Fri, 5 Jan 24 01:31:14 GMT\nSubject: cs daily\n\n%s", item_start);
    CHECK(rows, before, "\n\\\\\n  Text.\n\\\\ ( https://arxiv.org/abs/2401.00501 ,  2kb)\n");
}

Test(shapes, mail_in_any_zone_is_of_one_day)
{
    static const char *const dates[] = {"Fri, 5 Jan 2024 01:31:14 GMT",   "Thu, 4 Jan 2024 20:31:14 -0500",
                                        "Fri, 5 Jan 2024 02:31:14 +0100", "Fri, 5 Jan 2024 10:31:14 +0900",
                                        "Fri, 5 Jan 2024 01:31:14 -0000", "Fri, 5 Jan 2024 01:31:14 +0000 (UTC)",
                                        "Thu, 4 Jan 2024 20:31:14 EST",   "Thu, 4 Jan 2024 17:31:14 PST"};
    static struct got got;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        char mail[2048];
        int length = snprintf(
            mail, sizeof mail,
            "From: no-reply@arXiv.org\nTo: r@example.org\nSubject: cs daily\nDate: %s\nContent-Type: text/plain\n\n%sTitle: "
            "K\nAuthors: A Lee\nCategories: cs.LG\n\\\\\n  T.\n\\\\ ( https://arxiv.org/abs/2401.00501 ,  2kb)\n",
            dates[i], item_start);
        read_bytes(mail, (size_t)length, &got);
        cr_expect(strstr(got.paper[0], "| out 2024-01-04 |"), "%s: %s", dates[i], got.paper[0]);
    }
}

Test(shapes, mail_that_was_forwarded_and_mail_in_html)
{
    static struct got got;
    static const char forwarded[] =
        "From: Reader <r@example.org>\nTo: p@example.org\nSubject: Fwd: cs daily\nDate: Sat, 6 Jan 2024 09:12:00 "
        "+0100\nContent-Type: text/plain\n\n"
        "---------- Forwarded message ---------\nFrom: <no-reply@arxiv.org>\nDate: Fri, Jan 5, 2024 at 2:31 AM\nSubject: cs "
        "daily\n\n"
        " received from  Wed  3 Jan 24 19:00:00 GMT  to  Thu  4 Jan 24 19:00:00 GMT\n%sTitle: K\nAuthors: A Lee\nCategories: "
        "cs.LG\n\\\\\n  T.\n\\\\ ( https://arxiv.org/abs/2401.00501 ,\n2kb)\n";
    static const char html[] =
        "From: no-reply@arXiv.org\nTo: r@example.org\nSubject: cs daily\nDate: Fri, 5 Jan 2024 01:31:14 GMT\nContent-Type: "
        "text/html; charset=iso-8859-2\n\n"
        "<html><head><style>p {x}</style></head><body><div "
        "class=\"gmail_quote\">------------------------------<br>\n\\\\<br>\narXiv:2401.00501<br>\nDate: Wed, 3 Jan 2024 18:34:08 "
        "GMT&nbsp; (2kb,D)<br>\n<br>\n"
        "Title: Kites &lt; winds<br>\n&nbsp; go on<br>\nAuthors: \xA3ukasz Lee,<br>\n&nbsp; Bo Cole<br>\nCategories: "
        "cs.LG<br>\n\\\\<br>\n&nbsp; Text.<br>\n\\\\ ( https://arxiv.org/abs/2401.00501 ,&nbsp; 2kb)<br>\n</div></body></html>\n";
    char mail[4096];
    int length = snprintf(mail, sizeof mail, forwarded, item_start);
    read_bytes(mail, (size_t)length, &got);
    cr_expect(got.papers == 1 && strstr(got.paper[0], "| out 2024-01-04 |"), "%s", got.paper[0]);
    read_bytes(html, sizeof html - 1, &got);
    cr_expect(got.papers == 1 &&
                  strstr(got.paper[0], "title Kites < winds go on | abstract Text. | by Łukasz Lee; Bo Cole | in cs.LG"),
              "%s", got.paper[0]);
}

/* ---- character sets ---- */

Test(shapes, character_sets)
{
    static struct got got;
    static const char plain[] = "@article{k, title={Gr\xC3\xB6\xC3\x9F"
                                "e}, year=2001}\n";
    for (int big = 0; big < 4; big++) { /* UTF-16 of both orders, with the mark and without */
        char wide[256];
        size_t length = 0;
        const unsigned points[] = {0xFEFF, '@', 'm', 'i', 's', 'c', '{',  'k',  ',', ' ', 't', 'i',
                                   't',    'l', 'e', '=', '{', 'G', 0xF6, 0xDF, '}', '}', '\n'};
        for (size_t i = big >= 2; i < sizeof points / sizeof *points; i++) {
            wide[length++] = (char)(big % 2 ? points[i] >> 8 : points[i] & 0xFF);
            wide[length++] = (char)(big % 2 ? points[i] & 0xFF : points[i] >> 8);
        }
        read_bytes(wide, length, &got);
        cr_expect(got.papers == 1 && strstr(got.paper[0], "title Göß |"), "%d: %s", big, got.paper[0]);
    }
    static const char declared[] = "% Encoding: windows-1250\n@misc{k, title={\xA3\xF3"
                                   "d\x9F}}\n",
                      xml[] = "<?xml version=\"1.0\" "
                              "encoding=\"koi8-r\"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</"
                              "PMID><Article><ArticleTitle>\xF7\xC5\xD4\xC5\xD2</ArticleTitle></Article></MedlineCitation></"
                              "PubmedArticle></PubmedArticleSet>";
    read_bytes(declared, sizeof declared - 1, &got);
    cr_expect(got.papers == 1 && strstr(got.paper[0], "title Łódź |"), "%s", got.paper[0]);
    read_bytes(xml, sizeof xml - 1, &got);
    cr_expect(got.papers == 1 && strstr(got.paper[0], "title Ветер |"), "%s", got.paper[0]);
    read_bytes(plain, sizeof plain - 1, &got);
    cr_expect(strstr(got.paper[0], "title Größe |"));
}
