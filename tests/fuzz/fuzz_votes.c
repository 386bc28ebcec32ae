/* Any bytes as lines of votes: all are recorded or none, the same again changes nothing, and an undo leaves no trace. */
#include "tests/fuzz/fuzz.h"

#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <string.h>

enum { TODAY = 20000 };

static const char papers[] = "{\"id\": \"2506.00001\", \"title\": \"Folding maps of small towns\"}\n"
                             "{\"id\": \"2506.00002\", \"title\": \"A ladder for shallow wells\"}\n"
                             "{\"id\": \"own-3\", \"title\": \"Counting geese from below\"}\n";
static struct pith *pith;

static void start(void)
{
    struct pith_import_report report;
    HOLDS(pith_open(testing_folder(), true, &pith, NULL) == PITH_OK);
    HOLDS(pith_import(pith, papers, strlen(papers), TODAY, &report, NULL) == PITH_OK && report.added == 3);
    HOLDS(pith_create_profile(pith, "word", 4, PITH_INTERACTIVE, NULL) == PITH_OK);
    HOLDS(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, NULL) == PITH_OK);
}

static void digest(char hex[65])
{
    struct pith_summary summary;
    HOLDS(pith_summarise(pith, &summary, NULL) == PITH_OK);
    memcpy(hex, summary.digest, sizeof summary.digest);
}

struct lines {
    size_t all, bad, last;
};

static void count_problem(void *user, size_t line, const char *reason)
{
    struct lines *lines = user;
    HOLDS(line > lines->last && line <= lines->all && reason[0]);
    lines->last = line;
    lines->bad++;
}

static void undo(size_t recorded, const char *expected)
{
    char now[65];
    struct pith_votes *undone = NULL;
    HOLDS(pith_undo(pith, &undone, NULL) == PITH_OK && undone->count == recorded);
    pith_votes_free(undone);
    digest(now);
    HOLDS(strcmp(now, expected) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char before[65], after[65], again[65];
    struct lines lines = {.all = 1};
    struct pith_error error;
    size_t recorded = 0, repeated = 0;
    if (!pith)
        start();
    for (size_t i = 0; i < size; i++)
        lines.all += data[i] == '\n';
    digest(before);
    struct pith_lines_request request = {.size = sizeof request,
                                         .bytes = (const char *)data,
                                         .length = size,
                                         .today = TODAY,
                                         .problem = count_problem,
                                         .user = &lines};
    enum pith_status status = pith_record_lines(pith, &request, &recorded, &error);
    fuzz_failed_well(status, PITH_INPUT, &error);
    HOLDS((status == PITH_OK) == (lines.bad == 0) && recorded <= lines.all);
    digest(after);
    HOLDS(recorded || strcmp(before, after) == 0);
    if (!recorded)
        return 0;
    request.problem = NULL;
    HOLDS(pith_record_lines(pith, &request, &repeated, NULL) == PITH_OK);
    digest(again);
    HOLDS(strcmp(after, again) == 0);
    if (repeated) /* lines that contradict each other */
        undo(repeated, after);
    undo(recorded, before);
    return 0;
}
