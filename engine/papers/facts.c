#include "engine/papers/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void clear_names(struct pith_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->item[i]);
    free(names->item);
}

void facts_clear(struct pith_facts *facts)
{
    clear_names(&facts->authors);
    clear_names(&facts->categories);
    clear_names(&facts->organisations);
    free(facts->abstract);
    free(facts->pdf);
    free(facts->doi);
    free(facts->code);
    free(facts->project);
    *facts = (struct pith_facts){0};
}

static struct pith_names take_names(struct paper_list *list)
{
    struct pith_names names = {list->item, list->count};
    *list = (struct paper_list){0};
    return names;
}

/* What follows the kind in a paper's first key of that kind; NULL for none. */
static const char *key_of(const struct paper *paper, const char *kind)
{
    for (size_t i = 0; i < paper->keys.count; i++)
        if (strncmp(paper->keys.item[i], kind, strlen(kind)) == 0)
            return paper->keys.item[i] + strlen(kind);
    return NULL;
}

/* *ret_link stays NULL when there is no `id`, or no link can be made of it. */
static enum pith_status make_link(const char *base_url, const char *id, const char *ending, char **ret_link,
                                  struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *link = NULL;
    if (!id)
        return PITH_OK;
    if (asprintf(&link, "%s%s%s", base_url, id, ending) < 0) {
        link = NULL;
        return pith_no_memory(reterr);
    }
    if (paper_is_link(link))
        *ret_link = PITH_TAKE(link);
    return PITH_OK;
}

/* Where the source names no file, the archives whose papers all have one. */
static enum pith_status find_pdf(struct paper *paper, char **ret_pdf, struct pith_error *reterr)
{
    if (paper->pdf) {
        *ret_pdf = PITH_TAKE(paper->pdf);
        return PITH_OK;
    }
    const char *page = paper->url ? paper->url : "";
    bool preprint = strncmp(page, "https://www.biorxiv.org/content/10.", 35) == 0 ||
                    strncmp(page, "https://www.medrxiv.org/content/10.", 35) == 0;
    enum pith_status status = make_link("https://arxiv.org/pdf/", key_of(paper, "arxiv:"), "", ret_pdf, reterr);
    if (!status && !*ret_pdf)
        status = make_link("https://openreview.net/pdf?id=", key_of(paper, "openreview:"), "", ret_pdf, reterr);
    if (!status && !*ret_pdf && preprint)
        status = make_link("", page, ".full.pdf", ret_pdf, reterr);
    return status;
}

enum pith_status facts_take(struct paper *paper, struct pith_facts *facts, struct pith_error *reterr)
{
    facts->authors = take_names(&paper->authors);
    facts->categories = take_names(&paper->categories);
    facts->organisations = take_names(&paper->organisations);
    facts->abstract = PITH_TAKE(paper->abstract);
    facts->code = PITH_TAKE(paper->code);
    facts->project = PITH_TAKE(paper->project);
    facts->published = paper->published;
    facts->updated = paper->updated;
    facts->upvotes = paper->upvotes;
    facts->comments = paper->comments;
    facts->citations = paper->citations;
    enum pith_status status = find_pdf(paper, &facts->pdf, reterr);
    return status ? status : make_link("https://doi.org/", key_of(paper, "doi:"), "", &facts->doi, reterr);
}
