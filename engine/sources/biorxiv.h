/* biorxiv: what the formats of bioRxiv and medRxiv share. */
#ifndef PITH_ENGINE_SOURCES_BIORXIV_H
#define PITH_ENGINE_SOURCES_BIORXIV_H

#include "engine/sources/record.h"

/* Puts a title or an abstract without the typesetter's marks (O_LI, C_SCPLOW, a figure with its link and legend) and without HTML. */
void biorxiv_text(struct record *record, char **field, const char *text);

#endif
