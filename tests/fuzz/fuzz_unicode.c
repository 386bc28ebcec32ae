/* Any bytes as a paper's text: normalising settles, words stand in order, derived features read back and can be named. */
#include "tests/fuzz/fuzz.h"

#include "engine/base/unicode.h"
#include "engine/papers/paper_features.h"
#include "engine/store/store.h"

#include <stdlib.h>
#include <string.h>

/* Naming a feature goes over those before it, and looking for its words splits the text again: of many, some are checked. */
enum { NAMED = 500, SURFACES = 24 };

static struct tokens *words; /* one for the whole run, as an import has: its cache must not change what it says */

static void check_words(const char *text)
{
    const struct word *list;
    size_t count, length = strlen(text);
    HOLDS(tokens_split(words, text, length, &list, &count, NULL) == PITH_OK);
    for (size_t i = 0; i < count; i++) {
        HOLDS(list[i].start < list[i].end && list[i].end <= length);
        HOLDS(list[i].stem_length == strlen(list[i].stem) && list[i].stem_length > 0);
        HOLDS(list[i].stem_length <= WORDS_MAX_STEM && fuzz_is_normal(list[i].stem));
        HOLDS(i == 0 || (list[i].position > list[i - 1].position && list[i].end >= list[i - 1].end));
        HOLDS(i == 0 || list[i].start >= list[i - 1].end || /* but where no blanks part words: they overlap */
              (list[i].start >= list[i - 1].start && (text[list[i].start] & 0x80)));
        HOLDS(i == 0 || (list[i].stem_id == list[i - 1].stem_id) == (strcmp(list[i].stem, list[i - 1].stem) == 0));
    }
}

static void check_folding(const char *text)
{
    PITH_AUTO(pith_free_p) char *folded = NULL;
    HOLDS(unicode_fold(text, &folded, NULL) == PITH_OK);
    HOLDS(fuzz_is_normal(folded) && !strchr(folded, ' '));
}

static void check_feature(const struct feature *feature, const struct bytes *blob, const struct paper *paper)
{
    char name[FEATURE_NAME_SIZE], surface[FEATURE_NAME_SIZE];
    feature_name(blob->data, blob->length, feature->index, name);
    HOLDS(feature_key(feature->view, name, strlen(name)) == feature->key);
    HOLDS(feature->title + feature->body > 0);
    if (feature->index >= SURFACES || feature->view > VIEW_BIGRAM)
        return;
    const char *text = feature->title ? paper->title : paper->abstract;
    HOLDS(feature_surface(words, text, name, surface) && surface[0]);
}

static int by_key(const void *a, const void *b)
{
    uint64_t left = ((const struct feature *)a)->key, right = ((const struct feature *)b)->key;
    return left < right ? -1 : left > right;
}

static void check_features(const struct paper *paper)
{
    PITH_AUTO(bytes_clear) struct bytes blob;
    PITH_AUTO(features_clear) struct features features = {0};
    struct pith_error error;
    bytes_init(&blob, STORE_MAX_FEATURES);
    enum pith_status status = features_derive(words, paper, &blob, &error);
    fuzz_failed_well(status, PITH_INPUT, &error);
    if (status)
        return;
    HOLDS(features_read(blob.data, blob.length, &features, NULL) == PITH_OK);
    for (size_t i = 0; i < features.count; i += features.count / NAMED + 1)
        check_feature(&features.item[i], &blob, paper);
    qsort(features.item, features.count, sizeof *features.item, by_key);
    for (size_t i = 1; i < features.count; i++)
        HOLDS(features.item[i - 1].key != features.item[i].key);
}

/* Half the bytes as title, author and category, half as abstract. */
static void check_paper(const char *data, size_t size)
{
    PITH_AUTO(paper_clear) struct paper paper;
    paper_init(&paper);
    HOLDS(unicode_normalise(data, size / 2, true, &paper.title, NULL, NULL) == PITH_OK);
    HOLDS(unicode_normalise(data + size / 2, size - size / 2, true, &paper.abstract, NULL, NULL) == PITH_OK);
    HOLDS(paper_list_add(&paper.authors, paper.title, strlen(paper.title), PAPER_MAX_AUTHORS, NULL) == PITH_OK);
    HOLDS(paper_list_add(&paper.categories, paper.title, strlen(paper.title), PAPER_MAX_CATEGORIES, NULL) == PITH_OK);
    HOLDS(fuzz_is_normal(paper.title) && fuzz_is_normal(paper.abstract));
    check_words(paper.abstract);
    check_folding(paper.abstract);
    check_features(&paper);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PITH_AUTO(pith_free_p) char *text = NULL;
    PITH_AUTO(pith_free_p) char *again = NULL;
    size_t length = 0;
    struct pith_error error;
    if (!words)
        HOLDS(tokens_new(&words, NULL) == PITH_OK);
    enum pith_status status = unicode_normalise((const char *)data, size, false, &text, &length, &error);
    fuzz_failed_well(status, PITH_INPUT, &error);
    HOLDS((status == PITH_OK) == !(size && memchr(data, 0, size)));
    if (status)
        return 0;
    HOLDS(length == strlen(text) && fuzz_is_normal(text));
    HOLDS(unicode_normalise(text, length, false, &again, NULL, NULL) == PITH_OK && strcmp(text, again) == 0);
    check_words(text);
    check_paper((const char *)data, size);
    return 0;
}
