/* Any bytes as a paper's stored features: what reads can be named feature by feature. */
#include "tests/fuzz/fuzz.h"

#include "engine/papers/paper_features.h"

#include <string.h>

/* `plain`: every word so far is without blanks and NUL, which names cannot show. */
static void check_feature(const struct features *features, size_t i, const char *name, bool plain)
{
    const struct feature *feature = &features->item[i];
    bool named = feature_key(feature->view, name, strlen(name)) == feature->key;
    bool hashed = feature->view == VIEW_WORD || feature->view == VIEW_CATEGORY; /* an author's key is stored */
    HOLDS(feature->view < FEATURE_VIEWS && feature->key);
    HOLDS(feature->index == i || (feature->view == VIEW_TITLE && features->item[feature->index].view == VIEW_WORD));
    HOLDS(i == 0 || feature->view >= features->item[i - 1].view);
    HOLDS(named || !hashed || strlen(name) < FEATURE_NAME_SIZE - 1);
    HOLDS(named || !plain || feature->view != VIEW_BIGRAM);
}

static bool is_plain(const struct feature *feature, const char *name)
{
    return !strchr(name, ' ') && feature_key(feature->view, name, strlen(name)) == feature->key;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PITH_AUTO(features_clear) struct features features = {0};
    struct pith_error error;
    bool plain = true; /* every word so far */
    enum pith_status status = features_read(data, size, &features, &error);
    fuzz_failed_well(status, PITH_CORRUPT, &error);
    for (size_t i = 0; !status && i < features.count; i++) {
        char name[FEATURE_NAME_SIZE];
        memset(name, 'x', sizeof name);
        feature_name(data, size, features.item[i].index, name);
        HOLDS(memchr(name, 0, sizeof name));
        plain = plain && (features.item[i].view != VIEW_WORD || is_plain(&features.item[i], name));
        check_feature(&features, i, name, plain);
    }
    return 0;
}
