#include "testing.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATHS = 8, PATH_SIZE = 512 };

static const char *path_under(const char *variable, const char *fallback, const char *name)
{
    static char paths[PATHS][PATH_SIZE];
    static unsigned next;
    char *path = paths[next++ % PATHS];
    const char *root = getenv(variable);
    snprintf(path, PATH_SIZE, "%s/%s", root ? root : fallback, name);
    return path;
}

const char *testing_data(const char *name)
{
    return path_under("PITH_TEST_DATA", "tests/data", name);
}

const char *testing_shared(const char *name)
{
    const char *path = path_under("PITH_SHARED", "../shared", name);
    return access(path, R_OK) == 0 ? path : NULL;
}

char *testing_read(const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        abort();
    }
    fseek(file, 0, SEEK_END);
    size_t length = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(length + 1);
    if (!text || fread(text, 1, length, file) != length)
        abort();
    fclose(file);
    text[length] = '\0';
    if (ret_length)
        *ret_length = length;
    return text;
}

static char folders[PATHS][PATH_SIZE];
static unsigned folder_count;
static pid_t folder_owner;

static int remove_entry(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    (void)stat, (void)type, (void)ftw;
    return remove(path);
}

static void remove_folders(void)
{
    if (getpid() != folder_owner) /* a forked child leaves its parent's folders alone */
        return;
    for (unsigned i = 0; i < folder_count && i < PATHS; i++)
        nftw(folders[i], remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *testing_folder(void)
{
    if (folder_count == 0) {
        folder_owner = getpid();
        atexit(remove_folders);
    }
    char *folder = folders[folder_count++ % PATHS];
    const char *root = getenv("TMPDIR");
    snprintf(folder, PATH_SIZE, "%s/pith-test-XXXXXX", root ? root : "/tmp");
    if (!mkdtemp(folder))
        abort();
    return folder;
}
