#include "sources.h"

#include "gzip.h"

#include <string.h>

/* In order of recognition: the strictest first. */
static const struct source *const known[] = {
    &source_arxiv_atom,
    &source_arxiv_rss,
    &source_arxiv_oai,
    &source_pubmed_xml,
    &source_biorxiv_rss,
    &source_zotero_rdf,
    &source_hf_page,
    &source_arxiv_mail,
    &source_hf_json,
    &source_arxiv_snapshot,
    &source_semantic_scholar,
    &source_openalex,
    &source_biorxiv_json,
    &source_openreview,
    &source_csl_json,
    &source_jsonl, /* after every other kind of JSON: any object with a title is one */
    &source_bibtex,
    &source_nbib, /* before RIS, whose tags look alike */
    &source_ris,
    &source_hf_markdown,
    &source_daily_papers_text,
};
enum { KNOWN = sizeof known / sizeof *known };

static void skip_start(const char **bytes, size_t *length)
{
    if (*length >= 3 && memcmp(*bytes, "\xEF\xBB\xBF", 3) == 0) {
        *bytes += 3;
        *length -= 3;
    }
    while (*length && memchr(" \t\r\n", **bytes, 4)) {
        (*bytes)++;
        (*length)--;
    }
}

const struct source *sources_at(size_t index)
{
    return index < KNOWN ? known[index] : NULL;
}

const struct source *sources_recognise(const char *bytes, size_t length)
{
    if (gzip_is(bytes, length)) /* what it holds has a format, not the file */
        return NULL;
    skip_start(&bytes, &length);
    for (size_t i = 0; i < KNOWN; i++)
        if (known[i]->recognise(bytes, length))
            return known[i];
    return NULL;
}

const char *sources_known(void)
{
    return "arXiv (Atom, RSS, OAI-PMH, mailing, listing, snapshot), Hugging Face papers (JSON, HTML, markdown, text), PubMed "
           "(XML, nbib), bioRxiv (JSON, RSS), JSON of OpenReview, Semantic Scholar and OpenAlex, BibTeX, RIS, CSL-JSON, Zotero "
           "(RDF, JSON), and JSON Lines with \"title\"; each may be packed with gzip";
}

static enum pith_status read_plain(const char *bytes, size_t length, const struct source_context *context,
                                   const struct source **ret_source, struct pith_error *reterr)
{
    const char *start = bytes;
    size_t left = length;
    skip_start(&start, &left);
    if (!left)
        return pith_fail(reterr, PITH_INPUT, "the file is empty");
    const struct source *source = sources_recognise(bytes, length);
    if (!source)
        return pith_fail(reterr, PITH_INPUT, "unknown format: looked for %s", sources_known());
    if (ret_source)
        *ret_source = source;
    return source->read(bytes, length, context, reterr);
}

static enum pith_status read_packed(const char *bytes, size_t length, const struct source_context *context,
                                    const struct source **ret_source, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *plain = NULL;
    size_t size = 0;
    bool cut = false;
    enum pith_status status = gzip_unpack(bytes, length, SOURCES_MAX_FILE, &plain, &size, &cut, reterr);
    if (!status)
        status = read_plain(plain, size, context, ret_source, reterr);
    if (!status && cut)
        context->problem(context->user, 1, "the gzip file is cut off: what there is of it was read");
    return status;
}

enum pith_status sources_read(const char *bytes, size_t length, const struct source_context *context,
                              const struct source **ret_source, struct pith_error *reterr)
{
    if (ret_source)
        *ret_source = NULL;
    if (length > SOURCES_MAX_FILE)
        return pith_fail(reterr, PITH_INPUT, "the file is larger than %d MiB: split it", SOURCES_MAX_FILE >> 20);
    return gzip_is(bytes, length) ? read_packed(bytes, length, context, ret_source, reterr)
                                  : read_plain(bytes, length, context, ret_source, reterr);
}
