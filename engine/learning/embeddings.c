#include "engine/learning/embeddings.h"

#include <pthread.h>
#include <string.h>

/* In models/shipped.S; weak, so that a program may leave the table out. */
extern const unsigned char embedding_shipped_start[] __attribute__((weak)), embedding_shipped_end[] __attribute__((weak));

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct embedding *opened;
static const struct embedding *shipped, *own;

static void open_shipped(void)
{
    if (embedding_shipped_start &&
        embedding_open(embedding_shipped_start, (size_t)(embedding_shipped_end - embedding_shipped_start), &opened, NULL) ==
            PITH_OK)
        shipped = opened;
}

const struct embedding *embeddings_shipped(void)
{
    pthread_once(&once, open_shipped);
    return shipped;
}

void embeddings_replace(const struct embedding *embedding)
{
    pthread_once(&once, open_shipped);
    shipped = embedding;
}

const struct embedding *embeddings_own(void)
{
    return own;
}

void embeddings_set_own(const struct embedding *embedding)
{
    own = embedding;
}

const struct embedding *embeddings_find(const char *name)
{
    const struct embedding *embedding = embeddings_shipped();
    if (embedding && strcmp(embedding_name(embedding), name) == 0)
        return embedding;
    return own && strcmp(embedding_name(own), name) == 0 ? own : NULL;
}
