#include "tests/lib/describing.h"

#include <stdio.h>

void describe_paper(const struct paper *paper, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s|%s|%s|%s|%d|v%d|%d %d %d %u|%d %d %d|%d", paper->title, paper->abstract,
                                   paper->url ? paper->url : "-", paper->source, paper->source_rank, paper->version,
                                   paper->published, paper->updated, paper->announced, (unsigned)paper->announce, paper->upvotes,
                                   paper->comments, paper->citations, paper->withdrawn);
    const struct paper_list *const lists[] = {&paper->keys, &paper->authors, &paper->categories};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            used += (size_t)snprintf(text + used, size - used, "%s%s", j ? "," : "|", lists[i]->item[j]);
}

char *describe_digest(const struct pith_digest *digest)
{
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    fprintf(to, "%d %d %ld %d %d %zu %zu %zu %zu %d %d %.17g %.17g %.17g\n", digest->day, digest->state, (long)digest->time,
            digest->first, digest->last, digest->listed, digest->ups, digest->downs, digest->pairs, digest->learned,
            digest->probabilities, digest->expected, digest->below, digest->chance);
    for (size_t i = 0; i < digest->notices; i++)
        fprintf(to, "%s\n", digest->notice[i]);
    for (size_t i = 0; i < digest->changes; i++)
        fprintf(to, "%s\n", digest->change[i]);
    for (size_t i = 0; i < digest->count; i++) {
        const struct pith_digest_item *item = &digest->item[i];
        fprintf(to, "%d %zu %s %s %s %s %s %s %s %d %d %d %.17g %s %s\n", item->section, item->number, item->key, item->id,
                item->title, item->url, item->authors, item->category, item->reason, item->day, item->announce, item->withdrawn,
                item->probability, item->up, item->down);
    }
    fprintf(to, "%s %s\n", digest->reply, digest->stop);
    fclose(to);
    return text;
}
