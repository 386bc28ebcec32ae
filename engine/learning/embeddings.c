#include "engine/learning/embeddings.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const struct embedding *embeddings_find(const struct embeddings *embeddings, const char *name)
{
    if (embeddings->shipped && strcmp(embedding_name(embeddings->shipped), name) == 0)
        return embeddings->shipped;
    return embeddings->own && strcmp(embedding_name(embeddings->own), name) == 0 ? embeddings->own : NULL;
}

size_t embeddings_count(const struct embeddings *embeddings)
{
    return (embeddings->shipped ? 1U : 0U) + (embeddings->own ? 1U : 0U);
}

/* ---- the file that comes with pith ---- */

void mapped_embedding_clear(struct mapped_embedding *mapped)
{
    if (mapped->embedding)
        embedding_close(mapped->embedding);
    if (mapped->bytes)
        munmap(mapped->bytes, mapped->length);
    *mapped = (struct mapped_embedding){0};
}

/* The folder of the program or library that this code is in, without a slash at its end; false when the system does not say. */
static bool find_own_folder(char folder[PATH_MAX])
{
    Dl_info object;
    char given[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", given, sizeof given - 1);
    if (dladdr((const void *)(uintptr_t)embeddings_find, &object) && object.dli_fname && strstr(object.dli_fname, ".so"))
        length = snprintf(given, sizeof given, "%s", object.dli_fname);
    if (length <= 0 || (size_t)length >= sizeof given)
        return false;
    given[length] = '\0';
    if (!realpath(given, folder))
        return false;
    *strrchr(folder, '/') = '\0';
    return true;
}

/* Opens the first of the places that has the file; -1 when none has, and then `path` is the last of them. */
static int open_found(char path[PATH_MAX], bool *ret_named)
{
    static const char *const beside[] = {"/pith/terms.embedding", "/../models/terms.embedding"};
    char folder[PATH_MAX];
    const char *named = getenv("PITH_EMBEDDINGS");
    *ret_named = named != NULL;
    if (named) {
        snprintf(path, PATH_MAX, "%s", named);
        return open(path, O_RDONLY | O_CLOEXEC);
    }
    bool knows_folder = find_own_folder(folder);
    for (size_t i = 0; knows_folder && i < sizeof beside / sizeof *beside; i++) {
        if (snprintf(path, PATH_MAX, "%s%s", folder, beside[i]) >= PATH_MAX)
            continue;
        int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file >= 0 || (errno != ENOENT && errno != ENOTDIR)) /* in the build tree, cli/pith is the program */
            return file;
    }
    snprintf(path, PATH_MAX, "%s", PITH_EMBEDDING_FILE);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static enum pith_status map(int file, const char *path, struct mapped_embedding *mapped, struct pith_error *reterr)
{
    struct stat state;
    if (fstat(file, &state))
        return pith_fail(reterr, PITH_IO, "%s cannot be read: %s", path, strerror(errno));
    if (!S_ISREG(state.st_mode) || state.st_size <= 0 || state.st_size > EMBEDDING_MAX_BYTES)
        return pith_fail(reterr, PITH_CORRUPT, "%s is no embedding: install pith again, or name the right file in PITH_EMBEDDINGS",
                         path);
    void *bytes = mmap(NULL, (size_t)state.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes == MAP_FAILED)
        return pith_fail(reterr, PITH_IO, "%s cannot be read: %s", path, strerror(errno));
    mapped->bytes = bytes;
    mapped->length = (size_t)state.st_size;
    return PITH_OK;
}

enum pith_status mapped_embedding_open(struct mapped_embedding *ret_mapped, struct pith_error *reterr)
{
    PITH_AUTO(mapped_embedding_clear) struct mapped_embedding mapped = {0};
    char path[PATH_MAX];
    bool named;
    struct pith_error why;
    *ret_mapped = mapped;
    int file = open_found(path, &named);
    if (named && !*path)
        return PITH_OK;
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
        return pith_fail(reterr, PITH_NOT_FOUND, "the embedding that comes with pith is not at %s: %s", path,
                         named ? "PITH_EMBEDDINGS must name its file" : "install pith again, or name its file in PITH_EMBEDDINGS");
    if (file < 0)
        return pith_fail(reterr, PITH_IO, "%s cannot be opened: %s", path, strerror(errno));
    enum pith_status status = map(file, path, &mapped, reterr);
    close(file);
    if (status)
        return status;
    status = embedding_open(mapped.bytes, mapped.length, &mapped.embedding, &why);
    if (status)
        return pith_fail(reterr, status, "%s cannot be used: %s: install pith again, or name the right file in PITH_EMBEDDINGS",
                         path, why.message);
    if (!named && strcmp(embedding_name(mapped.embedding), PITH_EMBEDDING_NAME) != 0)
        return pith_fail(
            reterr, PITH_CORRUPT,
            "%s is another embedding (%s) than this pith was built with (%s): install pith again, or name this file in "
            "PITH_EMBEDDINGS to use it all the same",
            path, embedding_name(mapped.embedding), PITH_EMBEDDING_NAME);
    *ret_mapped = mapped;
    mapped = (struct mapped_embedding){0};
    return PITH_OK;
}
