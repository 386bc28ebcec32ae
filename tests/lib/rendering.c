#include "tests/lib/rendering.h"

#include "engine/sources/sources.h"

#include <stdlib.h>
#include <string.h>

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

/* As Zotero writes it: what TeX would take for a command is spelt out. */
static void put_tex(FILE *out, const char *text)
{
    static const char *const instead[] = {
        "\\%", "\\&", "\\#", "\\_", "\\$", "\\textbackslash{}", "\\textasciicircum{}", "\\textasciitilde{}",
        "\\{", "\\}", "-{}", "`{}", "'{}"};
    put(out, text, "%&#_$\\^~{}-`'", instead);
}

static void put_json(FILE *out, const char *text)
{
    static const char *const instead[] = {"\\\"", "\\\\"};
    fputc('"', out);
    put(out, text, "\"\\", instead);
    fputc('"', out);
}

/* "10.48550" of a key is an arXiv id: what stands behind the kind. */
static const char *id_of(const struct paper *paper)
{
    return paper->keys.item[0] + strlen("arxiv:");
}

/* Where the last name begins. */
static const char *last_name(const char *name)
{
    const char *blank = strrchr(name, ' ');
    return blank ? blank + 1 : name;
}

static void put_last_first(FILE *out, const char *name, void (*put_text)(FILE *out, const char *text))
{
    const char *last = last_name(name);
    char first[1024] = "";
    put_text(out, last);
    if (last > name && (size_t)(last - name) < sizeof first) {
        memcpy(first, name, (size_t)(last - name) - 1);
        fputs(", ", out);
        put_text(out, first);
    }
}

static void put_plain(FILE *out, const char *text)
{
    fputs(text, out);
}

static void put_all(FILE *out, const struct paper_list *list, const char *before, const char *between,
                    void (*put_text)(FILE *out, const char *text))
{
    for (size_t i = 0; i < list->count; i++) {
        fputs(i ? between : before, out);
        put_text(out, list->item[i]);
    }
}

/* ---- formats ---- */

static void write_jsonl(FILE *out, const struct paper *papers, size_t count)
{
    for (const struct paper *paper = papers; paper < papers + count; paper++) {
        fprintf(out, "{\"id\":\"%s\",\"title\":", paper->keys.item[0]);
        put_json(out, paper->title);
        fputs(",\"abstract\":", out);
        put_json(out, paper->abstract);
        fputs(",\"authors\":[", out);
        put_all(out, &paper->authors, "", ",", put_json);
        fputs("],\"categories\":[", out);
        put_all(out, &paper->categories, "", ",", put_json);
        fputs("]}\n", out);
    }
}

static void write_atom(FILE *out, const struct paper *papers, size_t count)
{
    fputs("<feed xmlns='http://www.w3.org/2005/Atom'>", out);
    for (const struct paper *paper = papers; paper < papers + count; paper++) {
        fprintf(out, "<entry><id>http://arxiv.org/abs/%s</id><published>2024-01-05T00:00:00Z</published><title>", id_of(paper));
        put_xml(out, paper->title);
        fputs("</title><summary>", out);
        put_xml(out, paper->abstract);
        fputs("</summary>", out);
        put_all(out, &paper->authors, "<author><name>", "</name></author><author><name>", put_xml);
        fputs(paper->authors.count ? "</name></author>" : "", out);
        put_all(out, &paper->categories, "<category term='", "'/><category term='", put_xml);
        fputs(paper->categories.count ? "'/></entry>\n" : "</entry>\n", out);
    }
    fputs("</feed>", out);
}

static void write_rss(FILE *out, const struct paper *papers, size_t count)
{
    fputs("<rss><channel>", out);
    for (const struct paper *paper = papers; paper < papers + count; paper++) {
        fprintf(out, "<item><guid>oai:arXiv.org:%s</guid><title>", id_of(paper));
        put_xml(out, paper->title);
        fprintf(out, "</title><description>arXiv:%s Announce Type: new \nAbstract: ", id_of(paper));
        put_xml(out, paper->abstract);
        fputs("</description><creator>", out);
        put_all(out, &paper->authors, "", ", ", put_xml);
        fputs("</creator>", out);
        put_all(out, &paper->categories, "<category>", "</category><category>", put_xml);
        fputs(paper->categories.count ? "</category></item>\n" : "</item>\n", out);
    }
    fputs("</channel></rss>", out);
}

static void write_oai(FILE *out, const struct paper *papers, size_t count)
{
    fputs("<OAI-PMH><ListRecords>", out);
    for (const struct paper *paper = papers; paper < papers + count; paper++) {
        fprintf(out, "<record><header/><metadata><arXivRaw><id>%s</id><title>", id_of(paper));
        put_xml(out, paper->title);
        fputs("</title><abstract>", out);
        put_xml(out, paper->abstract);
        fputs("</abstract><authors>", out);
        put_all(out, &paper->authors, "", (paper - papers) % 2 ? " and " : ", ", put_xml);
        fputs("</authors><categories>", out);
        put_all(out, &paper->categories, "", " ", put_xml);
        fputs("</categories></arXivRaw></metadata></record>\n", out);
    }
    fputs("</ListRecords></OAI-PMH>", out);
}

static void write_mail(FILE *out, const struct paper *papers, size_t count)
{
    for (const struct paper *paper = papers; paper < papers + count; paper++) {
        fprintf(out, "\\\\\narXiv:%s\nDate: Fri, 5 Jan 2024 10:00:00 GMT   (1kb)\n\nTitle: %s\nAuthors: ", id_of(paper),
                paper->title);
        put_all(out, &paper->authors, "", ",\n  ", put_plain);
        fputs("\nCategories: ", out);
        put_all(out, &paper->categories, "", " ", put_plain);
        fprintf(out, "\n\\\\\n  %s\n\\\\ ( https://arxiv.org/abs/%s ,  1kb)\n", paper->abstract, id_of(paper));
    }
}

static void put_last_first_tex(FILE *out, const char *name)
{
    put_last_first(out, name, put_tex);
}

static void write_bibtex(FILE *out, const struct paper *papers, size_t count)
{
    for (const struct paper *paper = papers; paper < papers + count; paper++) {
        fprintf(out, "@article{k%zu,\n title = {", (size_t)(paper - papers));
        put_tex(out, paper->title);
        fputs("},\n abstract = {", out);
        put_tex(out, paper->abstract);
        fputs("},\n author = {", out);
        put_all(out, &paper->authors, "", " and ", put_last_first_tex);
        fprintf(out, "},\n eprint = {%s},\n keywords = {", id_of(paper));
        put_all(out, &paper->categories, "", "; ", put_tex);
        fputs("}\n}\n", out);
    }
}

static void put_last_first_plain(FILE *out, const char *name)
{
    put_last_first(out, name, put_plain);
}

static void write_ris(FILE *out, const struct paper *papers, size_t count)
{
    for (const struct paper *paper = papers; paper < papers + count; paper++) {
        fprintf(out, "TY  - JOUR\r\nTI  - %s\r\nAB  - %s", paper->title, paper->abstract);
        put_all(out, &paper->authors, "\r\nAU  - ", "\r\nAU  - ", put_last_first_plain);
        put_all(out, &paper->categories, "\r\nKW  - ", "\r\nKW  - ", put_plain);
        fprintf(out, "\r\nUR  - https://arxiv.org/abs/%s\r\nER  - \r\n", id_of(paper));
    }
}

static void put_csl_name(FILE *out, const char *name)
{
    const char *last = last_name(name);
    char first[1024] = "";
    if (last > name && (size_t)(last - name) < sizeof first)
        memcpy(first, name, (size_t)(last - name) - 1);
    fputs("{\"given\":", out);
    put_json(out, first);
    fputs(",\"family\":", out);
    put_json(out, last);
    fputc('}', out);
}

static void write_csl(FILE *out, const struct paper *papers, size_t count)
{
    fputc('[', out);
    for (const struct paper *paper = papers; paper < papers + count; paper++) {
        fprintf(out, "%s{\"type\":\"article\",\"number\":\"arXiv:%s\",\"title\":", paper > papers ? "," : "", id_of(paper));
        put_json(out, paper->title);
        fputs(",\"abstract\":", out);
        put_json(out, paper->abstract);
        fputs(",\"author\":[", out);
        put_all(out, &paper->authors, "", ",", put_csl_name);
        fputs("],\"keyword\":\"", out);
        put_all(out, &paper->categories, "", ",", put_plain);
        fputs("\"}\n", out);
    }
    fputc(']', out);
}

static void write_snapshot(FILE *out, const struct paper *papers, size_t count)
{
    for (const struct paper *paper = papers; paper < papers + count; paper++) {
        fprintf(out, "{\"id\":\"%s\",\"update_date\":null,\"title\":", id_of(paper));
        put_json(out, paper->title);
        fputs(",\"abstract\":", out);
        put_json(out, paper->abstract);
        fputs(",\"categories\":\"", out);
        put_all(out, &paper->categories, "", " ", put_plain);
        fputs("\",\"authors_parsed\":[", out);
        for (size_t i = 0; i < paper->authors.count; i++) {
            const char *name = paper->authors.item[i], *last = last_name(name);
            char first[1024] = "";
            if (last > name && (size_t)(last - name) < sizeof first)
                memcpy(first, name, (size_t)(last - name) - 1);
            fputs(i ? ",[" : "[", out);
            put_json(out, last);
            fputc(',', out);
            put_json(out, first);
            fputs(",\"\"]", out);
        }
        fputs("]}\n", out);
    }
}

static const struct rendering renderings[] = {
    {"jsonl", write_jsonl},   {"arxiv-atom", write_atom}, {"arxiv-rss", write_rss},
    {"arxiv-oai", write_oai}, {"arxiv-mail", write_mail}, {"bibtex", write_bibtex},
    {"ris", write_ris},       {"csl-json", write_csl},    {"arxiv-snapshot", write_snapshot},
};

const struct rendering *rendering_at(size_t index)
{
    return index < sizeof renderings / sizeof *renderings ? &renderings[index] : NULL;
}

char *rendering_write(const struct rendering *rendering, const struct paper *papers, size_t count, size_t *ret_length)
{
    char *bytes = NULL;
    FILE *out = open_memstream(&bytes, ret_length);
    if (!out)
        abort();
    rendering->write(out, papers, count);
    if (fclose(out) != 0)
        abort();
    return bytes;
}

/* ---- reading ---- */

/* Subject classes ("68T50, 68T07", "I.2.7") stand beside the categories in arXiv's formats, and only some give them. */
static bool is_category(const char *text)
{
    return strpbrk(text, "abcdefghijklmnopqrstuvwxyz") != NULL;
}

static void copy_categories(const struct paper_list *from, struct paper_list *to)
{
    for (size_t i = 0; i < from->count; i++)
        if (is_category(from->item[i]) && paper_list_add(to, from->item[i], strlen(from->item[i]), PAPER_MAX_CATEGORIES, NULL))
            abort();
}

static void copy_list(const struct paper_list *from, struct paper_list *to)
{
    for (size_t i = 0; i < from->count; i++)
        if (paper_list_add(to, from->item[i], strlen(from->item[i]), PAPER_MAX_AUTHORS, NULL))
            abort();
}

static enum pith_status keep(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct rendering_papers *papers = user;
    if (papers->count == papers->most || strncmp(paper->keys.item[0], "arxiv:", 6) != 0)
        return PITH_OK;
    if (pith_grow(&papers->paper, &papers->cap, papers->count + 1, sizeof *papers->paper, papers->most, reterr))
        abort();
    struct paper *kept = &papers->paper[papers->count++];
    paper_init(kept);
    kept->title = strdup(paper->title);
    kept->abstract = strdup(paper->abstract);
    kept->source = paper->source;
    copy_list(&paper->keys, &kept->keys);
    copy_list(&paper->authors, &kept->authors);
    copy_categories(&paper->categories, &kept->categories);
    return PITH_OK;
}

static void refuse(void *user, size_t line, const char *reason)
{
    (void)user;
    fprintf(stderr, "rendering: line %zu: %s\n", line, reason);
    abort();
}

void rendering_read(struct rendering_papers *papers, const char *bytes, size_t length, size_t most)
{
    const struct source_context context = {.paper = keep, .problem = refuse, .user = papers};
    papers->most = most;
    struct pith_error error;
    if (sources_read(bytes, length, &context, NULL, &error)) {
        fprintf(stderr, "rendering: %s\n", error.message);
        abort();
    }
}

void rendering_clear(struct rendering_papers *papers)
{
    for (size_t i = 0; i < papers->count; i++)
        paper_clear(&papers->paper[i]);
    free(papers->paper);
    *papers = (struct rendering_papers){0};
}
