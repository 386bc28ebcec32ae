/* rendering: papers written in one listing or library format after another, for tests and benchmarks. */
#ifndef PITH_TESTS_LIB_RENDERING_H
#define PITH_TESTS_LIB_RENDERING_H

#include "engine/papers/paper.h"

#include <stdio.h>

/* Papers read from JSON Lines, all with an arXiv id. */
struct rendering_papers {
    struct paper *paper;
    size_t count, cap, most;
};
/* At most `most` papers of these bytes, added. Aborts on failure. */
void rendering_read(struct rendering_papers *papers, const char *bytes, size_t length, size_t most);
void rendering_clear(struct rendering_papers *papers);

struct rendering {
    const char *format; /* the source that reads it */
    void (*write)(FILE *out, const struct paper *papers, size_t count);
};
/* Every format in turn; NULL past the last. */
const struct rendering *rendering_at(size_t index);
/* All papers in that format; malloc'ed. */
char *rendering_write(const struct rendering *rendering, const struct paper *papers, size_t count, size_t *ret_length);

#endif
