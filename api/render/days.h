/* days: the strip of listing days above a list, and the field to choose any other. */
#ifndef PITH_API_RENDER_DAYS_H
#define PITH_API_RENDER_DAYS_H

#include "api/render/page.h"

/* `day`: ascending; `shown`: one of them. `more`: what the links carry besides the day, "&unread=1" or "". */
void days_put(FILE *to, const struct page *page, const int32_t *day, size_t count, int32_t shown, const char *more);

#endif
