#include "engine/intake/listing_gaps.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum pith_status listing_gaps_shortfall(const struct pith_receipt *receipt, char **ret_line, struct pith_error *reterr)
{
    char last[16], *line = NULL;
    int64_t missing = (int64_t)receipt->announced - (int64_t)receipt->fetched;
    *ret_line = NULL;
    if (missing <= 0 && !*receipt->failure && !*receipt->note)
        return PITH_OK;
    const char *day = days_text(receipt->last, last), *why = *receipt->failure ? receipt->failure : receipt->note;
    int length = missing > 0 ? asprintf(&line, "%s, %s: %lld of %lld papers came%s%s", receipt->source, day,
                                        (long long)receipt->fetched, (long long)receipt->announced, *why ? ": " : "", why)
                             : asprintf(&line, "%s, %s: %s", receipt->source, day, why);
    if (length < 0)
        return pith_no_memory(reterr);
    *ret_line = line;
    return PITH_OK;
}

void listing_gaps_clear(struct listing_gaps *notices)
{
    for (size_t i = 0; i < notices->count; i++)
        free(notices->sentence[i]);
    notices->count = 0;
}

const char *listing_gaps_day(int32_t day, char text[NOTICES_DAY])
{
    static const char *const weekday[] = {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};
    static const char *const month[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    char date[16];
    days_text(day, date);
    snprintf(text, NOTICES_DAY, "%s, %d %s", weekday[(day % 7 + 7) % 7], atoi(date + 8), month[(atoi(date + 5) + 11) % 12]);
    return text;
}

static enum pith_status add(struct listing_gaps *notices, struct pith_error *reterr, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum pith_status add(struct listing_gaps *notices, struct pith_error *reterr, const char *format, ...)
{
    va_list arguments;
    if (notices->count == NOTICES_MOST)
        return PITH_OK;
    va_start(arguments, format);
    int length = vasprintf(&notices->sentence[notices->count], format, arguments);
    va_end(arguments);
    if (length < 0)
        return pith_no_memory(reterr);
    notices->count++;
    return PITH_OK;
}

struct noting {
    struct listing_gaps *notices;
    int32_t day;
    bool posted_nothing; /* on that day */
};

static bool is_empty(const struct pith_receipt *receipt)
{
    return receipt->announced == 0 && receipt->fetched == 0 && !*receipt->failure && !receipt->unchanged;
}

static enum pith_status note_receipt(void *user, const struct pith_receipt *receipt, struct pith_error *reterr)
{
    struct noting *noting = user;
    char day[NOTICES_DAY];
    PITH_AUTO(pith_free_p) char *line = NULL;
    int64_t missing = (int64_t)receipt->announced - (int64_t)receipt->fetched;
    bool arxiv = strncmp(receipt->source, "arxiv:", 6) == 0 || strncmp(receipt->note, "arXiv ", 6) == 0;
    noting->notices->cut |= missing > 0 || *receipt->failure;
    if (is_empty(receipt)) {
        noting->posted_nothing |= receipt->last == noting->day;
        return add(noting->notices, reterr, "%s posted nothing on %s.", arxiv ? "arXiv" : receipt->source,
                   listing_gaps_day(receipt->last, day));
    }
    if (missing > 0 && !*receipt->failure)
        return add(noting->notices, reterr, "Listing incomplete: %lld of %lld papers of %s came for %s.",
                   (long long)receipt->fetched, (long long)receipt->announced, receipt->source,
                   listing_gaps_day(receipt->last, day));
    enum pith_status status = listing_gaps_shortfall(receipt, &line, reterr);
    if (status || !line)
        return status;
    size_t length = strlen(line);
    return add(noting->notices, reterr, "%s%s", line, strchr(".!?", line[length - 1]) ? "" : ".");
}

enum pith_status listing_gaps_of(struct store *store, int32_t first, int32_t day, struct listing_gaps *notices,
                                 struct pith_error *reterr)
{
    struct noting noting = {.notices = notices, .day = day};
    char text[NOTICES_DAY];
    int32_t latest;
    enum pith_status status = store_receipts_of(store, first, day, note_receipt, &noting, reterr);
    if (status)
        return status;
    status = store_latest_day(store, day, &latest, NULL);
    if (status == PITH_NOT_FOUND)
        return noting.posted_nothing ? PITH_OK : add(notices, reterr, "No listing has come yet.");
    if (status)
        return store_latest_day(store, day, &latest, reterr);
    return latest == day || noting.posted_nothing ? PITH_OK
                                                  : add(notices, reterr, "No listing since %s.", listing_gaps_day(latest, text));
}
