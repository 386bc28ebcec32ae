/* A query is understood or refused: never more than its words reaches the index. */
#include "engine/ranking/search.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/testing.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct store *store;
    int64_t ids[4];
    size_t count;
    struct pith_error error;
    if (!store && store_open(testing_folder(), true, &store, &error))
        abort();
    char *query = calloc(size + 1, 1);
    memcpy(query, data, size);
    enum pith_status status = search_papers(store, &(struct search_wanted){.query = query, .most = 4}, ids, &count, &error);
    bool index_refused = status == PITH_USAGE && strstr(error.message, "cannot be understood");
    if ((status && status != PITH_USAGE && status != PITH_INPUT) || index_refused)
        abort();
    free(query);
    return 0;
}
