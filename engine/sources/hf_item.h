/* hf_item: one paper as Hugging Face's API gives it, which its pages hold too. */
#ifndef PITH_ENGINE_SOURCES_HF_ITEM_H
#define PITH_ENGINE_SOURCES_HF_ITEM_H

#include "engine/sources/json_record.h"

void hf_item_read(const struct json_t *item, struct record *record);

#endif
