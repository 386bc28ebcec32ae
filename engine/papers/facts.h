/* facts: what the store knows of a paper, as readers are told it. */
#ifndef PITH_ENGINE_PAPERS_FACTS_H
#define PITH_ENGINE_PAPERS_FACTS_H

#include "engine/papers/paper.h"
#include <pith/papers.h>

/* Moves texts and lists out of `paper`, which keeps its keys, title and numbers. `facts` is empty before; facts_clear frees it. */
enum pith_status facts_take(struct paper *paper, struct pith_facts *facts, struct pith_error *reterr);
void facts_clear(struct pith_facts *facts);

#endif
