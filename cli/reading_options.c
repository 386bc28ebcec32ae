#include "cli/option.h"

#define NO_PAGER                                                                                                                   \
    {                                                                                                                              \
        "no-pager", 0, NULL, MEMBER(no_pager), "print all at once (else through PITH_PAGER, PAGER or less, on a terminal)"         \
    }
#define FORMS                                                                                                                      \
    {"abstracts", 0, NULL, MEMBER(abstracts), "with each paper's abstract"},                                                       \
    {                                                                                                                              \
        "oneline", 0, NULL, MEMBER(oneline), "a line for each paper"                                                               \
    }
#define FORMAT                                                                                                                     \
    {                                                                                                                              \
        "format", 0, "TEMPLATE", MEMBER(format), "in your own form, as \"{rank} {title}\""                                         \
    }
#define LIMIT                                                                                                                      \
    {                                                                                                                              \
        "limit", 0, "N", MEMBER(limit), "print N papers (default 20, 0 for all)"                                                   \
    }
#define UNREAD                                                                                                                     \
    {                                                                                                                              \
        "unread", 0, NULL, MEMBER(unread), "none that you voted on"                                                                \
    }
#define DAY                                                                                                                        \
    {                                                                                                                              \
        "date", 0, "DAY", MEMBER(date), "that day's listing, as YYYY-MM-DD (else the newest)"                                      \
    }
#define SEEN                                                                                                                       \
    {                                                                                                                              \
        "seen", 0, NULL, MEMBER(seen), "also what you voted on or were shown before the day of the listing"                        \
    }

const struct option rank_options[] = {
    DAY,
    {"since", 0, "DAY", MEMBER(since), "all listings from that day on"},
    {"all", 0, NULL, MEMBER(all), "every paper, listed or not"},
    ONLY,
    LIMIT,
    {"expect", 0, "LIKES", MEMBER(expect), "no more papers than hold so many likes, in expectation"},
    {"at-most-unwanted", 0, "SHARE", MEMBER(unwanted), "only as many as keep the share of unwanted ones at SHARE (0.3 or 30%)"},
    {"diverse", 0, "AMOUNT", MEMBER(diverse), "papers unlike those above first: 0 (not at all) to 1"},
    SEEN,
    UNREAD,
    FORMS,
    FORMAT,
    NO_PAGER,
    {0},
};
const struct option search_options[] = {
    {"mine", 0, NULL, MEMBER(mine), "what matches in your own order (else the most relevant first)"},
    LIMIT,
    UNREAD,
    FORMS,
    FORMAT,
    NO_PAGER,
    {0},
};
const struct option review_options[] = {
    {"date", 0, "DAY", MEMBER(date), "begin with that day's listing, as YYYY-MM-DD (else with the newest)"},
    SEEN,
    {0},
};
const struct option list_options[] = {
    {"ups", 0, NULL, MEMBER(ups), "what you like (the default)"},
    {"downs", 0, NULL, MEMBER(downs), "what you do not; with --ups: both"},
    {"later", 0, NULL, MEMBER(later), "your reading list, to be read here; with --format or --output as a library"},
    {"mine", 0, NULL, MEMBER(mine), "the reading list in your own order (else as you set the papers aside)"},
    FORMS,
    NO_PAGER,
    {"format", 0, "FORMAT", MEMBER(format), "bibtex (default), ris, csl-json or jsonl"},
    {"output", 'o', "FILE", MEMBER(output), "write there, readable by you alone (else standard output)"},
    {"force", 0, NULL, MEMBER(force), "replace FILE when it is there"},
    {0},
};
const struct option later_options[] = {
    {"done", 0, NULL, MEMBER(done), "take them off the reading list"},
    {"post", 0, NULL, MEMBER(post), "leave it sealed in the inbox: needs no passphrase, counts from the next unlock"},
    {0},
};
const struct option show_options[] = {NO_PAGER, {0}};
const struct option open_options[] = {
    {"pdf", 0, NULL, MEMBER(pdf), "its PDF (else the page with its abstract)"},
    {0},
};
const struct option days_options[] = {
    {"limit", 0, "N", MEMBER(limit), "print the N newest days (else all)"},
    NO_PAGER,
    {0},
};
const struct option page_options[] = {NO_PAGER, {0}};
