/* hf_item: one paper as Hugging Face's API gives it, which its pages hold too. */
#ifndef PITH_HF_ITEM_H
#define PITH_HF_ITEM_H

#include "json_record.h"

void hf_item_read(const struct json_t *item, struct record *record);

#endif
