/* Any bytes as a listing, as the format they look like and as another: what is read is a paper fit to keep. */
#include "tests/fuzz/fuzz.h"

#include "engine/sources/sources.h"

#include <stdlib.h>
#include <string.h>

static void check_list(const struct paper_list *list, size_t max)
{
    HOLDS(list->count <= max);
    for (size_t i = 0; i < list->count; i++)
        HOLDS(list->item[i][0] && fuzz_is_normal(list->item[i]));
}

/* A key is one that a reader can type to name the paper. */
static void check_keys(const struct paper *paper)
{
    char key[PAPER_KEY_SIZE];
    HOLDS(paper->keys.count > 0 && paper->keys.count <= PAPER_MAX_KEYS);
    for (size_t i = 0; i < paper->keys.count; i++) {
        const char *item = paper->keys.item[i];
        HOLDS(paper_key_from_text(item, strlen(item), key, NULL) && strcmp(item, key) == 0);
        for (size_t j = 0; j < i; j++)
            HOLDS(strcmp(item, paper->keys.item[j]) != 0);
    }
    HOLDS(paper_title_key(paper->title, key, NULL) == PITH_OK);
    HOLDS(strcmp(paper->keys.item[paper->keys.count - 1], key) == 0);
}

static void check_day(int32_t day)
{
    char text[16];
    int32_t again;
    if (day == PITH_NO_DAY)
        return;
    days_text(day, text);
    HOLDS(days_from_text(text, strlen(text), &again) && again == day);
}

struct reading {
    const struct source *source;
    size_t length, done;
};

static enum pith_status take_paper(void *user, struct paper *paper, struct pith_error *reterr)
{
    const struct reading *reading = user;
    (void)reterr;
    check_keys(paper);
    HOLDS(paper->title[0] && fuzz_is_normal(paper->title) && fuzz_is_normal(paper->abstract));
    check_list(&paper->authors, PAPER_MAX_AUTHORS);
    check_list(&paper->categories, PAPER_MAX_CATEGORIES);
    check_day(paper->announced);
    check_day(paper->published);
    check_day(paper->updated);
    HOLDS(paper->upvotes >= PAPER_MISSING && paper->comments >= PAPER_MISSING && paper->version >= 0);
    HOLDS(!reading->source || strcmp(paper->source, reading->source->name) == 0);
    return PITH_OK;
}

static void take_problem(void *user, size_t line, const char *reason)
{
    const struct reading *reading = user;
    HOLDS(line >= 1 && line <= reading->length + 1 && reason[0]);
    for (; *reason; reason++) /* it may be cut anywhere */
        HOLDS(*reason >= 0x20 && *reason < 0x7F);
}

static void take_progress(void *user, size_t done, size_t all)
{
    struct reading *reading = user;
    HOLDS(done >= reading->done && done <= all);
    reading->done = done;
}

static void read_as(const struct source *source, const char *bytes, size_t length)
{
    struct reading reading = {source, length, 0};
    struct source_context context = {
        .today = 20000, .paper = take_paper, .problem = take_problem, .progress = take_progress, .user = &reading};
    struct pith_error error;
    fuzz_failed_well(source->read(bytes, length, &context, &error), PITH_INPUT, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    const struct source *source = NULL;
    struct reading reading = {NULL, SOURCES_MAX_FILE, 0}; /* of which format is told once it is unpacked and in UTF-8 */
    struct source_context context = {
        .today = 20000, .paper = take_paper, .problem = take_problem, .progress = take_progress, .user = &reading};
    struct pith_error error;
    enum pith_status status = sources_read(bytes, size, &context, &source, &error);
    fuzz_failed_well(status, PITH_INPUT, &error);
    HOLDS(source || status == PITH_INPUT);
    size_t formats = 0;
    while (sources_at(formats))
        formats++;
    read_as(sources_at(size % formats), bytes, size); /* one that it is not, most likely */
    return 0;
}
