/* days: calendar days as numbers and as text. A day is days since 1970-01-01; PITH_NO_DAY: unknown, which is not 1970. */
#ifndef PITH_ENGINE_BASE_DAYS_H
#define PITH_ENGINE_BASE_DAYS_H

#include <pith/home.h>

/* "YYYY-MM-DD" (also "YYYY-M-D", and with a time after 'T' or blank, which is dropped) to a day; false when it is no date. */
bool days_from_text(const char *text, size_t length, int32_t *ret_day);
/* Writes "YYYY-MM-DD" and returns buffer; PITH_NO_DAY gives "". */
const char *days_text(int32_t day, char buffer[16]);

#endif
