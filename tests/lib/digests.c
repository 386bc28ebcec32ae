#include "tests/lib/digests.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 20783 /* 2026-11-26 */, NOON = 43200 };

static const struct pith_digest_item papers[] = {
    {.section = PITH_FOR_YOU,
     .key = "arxiv:2611.00001",
     .id = "arXiv:2611.00001",
     .title = "Proteins That Fold Themselves: Diffusion Models over Backbones",
     .url = "https://arxiv.org/abs/2611.00001",
     .authors = "Ada Brown, Ben Cole and 5 others",
     .category = "q-bio.BM",
     .reason = "close to \"Kites\" (liked), diffusion models, protein",
     .liked = "Kites",
     .excerpt = "Proteins fold by themselves, and a model that undoes noise learns how. It is tried on backbones...",
     .pdf = "https://arxiv.org/pdf/2611.00001",
     .announce = PITH_NEW,
     .probability = 0.915},
    {.section = PITH_FOR_YOU,
     .key = "doi:10.1101/2026.11.20.000002",
     .id = "doi:10.1101/2026.11.20.000002",
     .title = "A Survey of What Enzymes Do at Night",
     .url = "https://doi.org/10.1101/2026.11.20.000002",
     .authors = "Cid D\303\255az and Dot Ewing",
     .category = "biochemistry",
     .reason = "enzyme, Dot Ewing",
     .announce = PITH_CROSS,
     .probability = 0.72},
    {.section = PITH_FOR_YOU,
     .key = "arxiv:2611.00003",
     .id = "arXiv:2611.00003",
     .title = "Folding at Scale, Revisited",
     .url = "https://arxiv.org/abs/2611.00003",
     .authors = "Eve Fox",
     .category = "cs.LG",
     .reason = "folding",
     .announce = PITH_REPLACED,
     .probability = 0.41},
    {.section = PITH_EXPLORE,
     .key = "arxiv:2611.00004",
     .id = "arXiv:2611.00004",
     .title = "Galaxies in the Halo of a Telescope",
     .url = "https://arxiv.org/abs/2611.00004",
     .authors = "Gus Hale",
     .category = "astro-ph.GA",
     .reason = "little is known of your taste here",
     .announce = PITH_NEW,
     .probability = 0.2},
    {.section = PITH_MISSED,
     .key = "arxiv:2611.00005",
     .id = "arXiv:2611.00005",
     .title = "Residues of a Theorem",
     .url = "https://arxiv.org/abs/2611.00005",
     .authors = "",
     .category = "math.AG",
     .reason = "residue",
     .announce = PITH_NEW,
     .withdrawn = true,
     .probability = 0.65},
};
enum { PAPERS = sizeof papers / sizeof *papers };

static void *needed(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static char **one_line(const char *line, size_t *count)
{
    char **list = needed(malloc(sizeof *list));
    *list = needed(strdup(line));
    *count = 1;
    return list;
}

static struct pith_digest_item own_item(const struct pith_digest_item *paper, size_t number)
{
    struct pith_digest_item item = *paper;
    char **const owned[] = {&item.key, &item.id, &item.title, &item.url, &item.authors, &item.category, &item.reason};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        *owned[i] = needed(strdup(*owned[i]));
    item.liked = needed(strdup(item.liked ? item.liked : ""));
    item.excerpt = needed(strdup(item.excerpt ? item.excerpt : ""));
    item.pdf = needed(strdup(item.pdf ? item.pdf : ""));
    item.number = number;
    item.day = item.section == PITH_MISSED ? DAY - 3 : DAY;
    snprintf(item.up, sizeof item.up, "up-%zu_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", number);
    snprintf(item.down, sizeof item.down, "down-%zu_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB", number);
    return item;
}

struct pith_digest *digests_make(const char *title)
{
    struct pith_digest *digest = needed(calloc(1, sizeof *digest));
    *digest = (struct pith_digest){.day = DAY,
                                   .state = PITH_DIGEST_CLAIMED,
                                   .time = (int64_t)DAY * 86400 + NOON,
                                   .first = DAY,
                                   .last = DAY,
                                   .listed = 120,
                                   .ups = 20,
                                   .downs = 25,
                                   .pairs = 2,
                                   .learned = true,
                                   .probabilities = true,
                                   .expected = 2.05,
                                   .below = 1.32,
                                   .chance = 0.96,
                                   .count = PAPERS,
                                   .reply = "reply_CCCCCCCCCCCCCCCCCCCC",
                                   .stop = "stop_DDDDDDDDDDDDDDDDDDDD"};
    digest->item = needed(calloc(PAPERS, sizeof *digest->item));
    for (size_t i = 0; i < PAPERS; i++)
        digest->item[i] = own_item(&papers[i], i + 1);
    if (title) {
        free(digest->item[0].title);
        digest->item[0].title = needed(strdup(title));
    }
    digest->notice = one_line("arXiv posted nothing on Wed 25 Nov.", &digest->notices);
    digest->change = one_line("Learnt from 3 new votes; \"enzyme\" gained the most.", &digest->changes);
    return digest;
}

struct pith_digest *digests_long(size_t count)
{
    struct pith_digest *digest = digests_make(NULL);
    digest->item = needed(realloc(digest->item, count * sizeof *digest->item));
    while (digest->count < count) {
        digest->item[digest->count] = own_item(&papers[0], digest->count + 1);
        digest->item[digest->count++].section = PITH_MISSED;
    }
    return digest;
}

struct pith_digest *digests_unlearned(void)
{
    struct pith_digest *digest = digests_make(NULL);
    digest->ups = digest->downs = digest->pairs = 0;
    digest->learned = digest->probabilities = false;
    digest->expected = digest->below = digest->chance = NAN;
    *digest->reply = '\0';
    for (size_t i = 0; i < digest->count; i++) {
        struct pith_digest_item *item = &digest->item[i];
        *item->up = *item->down = *item->reason = '\0';
        item->probability = NAN;
    }
    return digest;
}

struct pith_digest *digests_empty(void)
{
    struct pith_digest *digest = needed(calloc(1, sizeof *digest));
    *digest = (struct pith_digest){.day = DAY,
                                   .state = PITH_DIGEST_HELD,
                                   .time = (int64_t)DAY * 86400,
                                   .first = PITH_NO_DAY,
                                   .last = PITH_NO_DAY,
                                   .expected = NAN,
                                   .below = NAN,
                                   .chance = NAN};
    return digest;
}
