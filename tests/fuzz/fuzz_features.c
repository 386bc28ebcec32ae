/* Any bytes as a paper's stored features: what reads can be named feature by feature. */
#include "fuzz.h"

#include "../../engine/features.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(features_clear) struct features features = {0};
    struct pith_error error;
    enum pith_status status = features_read(data, size, &features, &error);
    fuzz_failed_well(status, PITH_CORRUPT, &error);
    for (size_t i = 0; !status && i < features.count; i++) {
        const struct feature *feature = &features.item[i];
        char name[FEATURE_NAME_SIZE];
        memset(name, 'x', sizeof name);
        feature_name(data, size, feature->index, name);
        HOLDS(memchr(name, 0, sizeof name));
        HOLDS(feature->index == i || (feature->view == VIEW_TITLE && features.item[feature->index].view == VIEW_WORD));
        HOLDS(feature->view < FEATURE_VIEWS && feature->key);
        HOLDS(i == 0 || feature->view >= features.item[i - 1].view);
        HOLDS((feature->view != VIEW_BIGRAM) || strchr(name, ' '));
    }
    return 0;
}
