/* arxiv_days: which day's page at arXiv a paper stands on.
 *
 * arXiv closes at 14:00 Eastern time from Monday to Friday and announces what came until then at 20:00, what came until Friday's close on
 * Sunday (info.arxiv.org/help/availability). Its page and its feed call that by the next weekday: Thursday evening's mailing is Friday's
 * page. That day names the batch, whatever brings it. Holidays, and papers that are held back, are announced later than is said here. */
#ifndef PITH_ENGINE_SOURCES_ARXIV_DAYS_H
#define PITH_ENGINE_SOURCES_ARXIV_DAYS_H

#include "engine/sources/record.h"

/* The page that a submission is first on, of its time ("2024-02-04T10:00:00Z", "Wed, 15 Mar 2023 18:34:08 GMT"); one without a time of day
 * counts as noon. False when there is no date. */
bool arxiv_page_of_submission(const char *text, size_t length, int32_t *ret_day);

/* The page of the batch that a mail's Date tells of; *ret_at_hour: it was sent in the hour in which arXiv sends. False also without a
 * zone: the hour decides. */
bool arxiv_page_of_mailing(const char *text, size_t length, int32_t *ret_day, bool *ret_at_hour);
/* The page of what came until this day's close. */
int32_t arxiv_page_after(int32_t day);

/* Of a record that names the times of its first and its present version, either of which may be NULL: where it is listed. A version that
 * came more than a week after the first is announced by itself, as a replacement. */
void arxiv_list_versions(struct record *record, const char *first, const char *present);

#endif
