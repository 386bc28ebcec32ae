/* Any bytes as the mail bot's journal: read but for a torn last line, which is cut off, or refused and left as it is. What is put then is
 * found again. */
#include "cli/mail/journal.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/testing.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { DAY = 20000 };

static size_t size_of(const char *path)
{
    struct stat about;
    HOLDS(stat(path, &about) == 0);
    return (size_t)about.st_size;
}

/* Opened again there is nothing to cut, and what was put is there. */
static void expect_whole(const char *path)
{
    PITH_AUTO(journal_close_p) struct journal *journal = NULL;
    bool torn = true;
    HOLDS(journal_open(path, DAY, &journal, &torn, NULL) == PITH_OK && !torn);
    HOLDS(journal_last(journal, DAY, "Ann") == JOURNAL_CLAIMED);
    HOLDS(journal_unfinished(journal, "Ann", DAY - 1, DAY + 1) == DAY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[4096];
    PITH_AUTO(journal_close_p) struct journal *journal = NULL;
    struct pith_error error = {0};
    bool torn = false;
    if (!*path)
        snprintf(path, sizeof path, "%s/mail.jsonl", testing_folder());
    FILE *file = fopen(path, "wb");
    HOLDS(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    enum pith_status status = journal_open(path, DAY, &journal, &torn, &error);
    fuzz_failed_well(status, PITH_CORRUPT, &error);
    if (status) {
        HOLDS(size_of(path) == size);
        return 0;
    }
    HOLDS(torn == (size > 0 && data[size - 1] != '\n') && torn == (size_of(path) < size));
    const struct journal_entry entry = {.day = DAY, .reader = "Ann", .event = JOURNAL_CLAIMED};
    HOLDS(journal_put(journal, &entry, 0, NULL) == PITH_OK);
    journal_close(PITH_TAKE(journal));
    expect_whole(path);
    return 0;
}
