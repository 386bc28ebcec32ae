/* merge: two records of one paper as one. */
#ifndef PITH_ENGINE_PAPERS_MERGE_H
#define PITH_ENGINE_PAPERS_MERGE_H

#include "engine/papers/paper.h"

/* Joins two records of one paper into `into`, so that any order of joining gives the same: keys united in a fixed order of
 * kinds (of very many, the first 11 identifiers and 5 title keys); title, abstract and authors each of the record that has one and is
 * of the latest version, then the latest update, then the better source_rank, then the smaller in byte order (of authors, the fuller
 * list before that); withdrawn if the record of the latest version is; the fuller list of categories and of organisations, known values over unknown, the larger count, the earlier published
 * day. *ret_changed tells whether `into` differs from before. */
enum pith_status import_merge(struct paper *into, const struct paper *other, bool *ret_changed, struct pith_error *reterr);

/* Puts a finished record's keys in the order that merging gives: the last, of its title, stays last. */
void merge_order_keys(struct paper_list *keys);

#endif
