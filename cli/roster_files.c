#include "cli/roster_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL = 6 /* letters that a temporary file's name ends in */ };

static const char *const folders[] = {"making", "tokens", "recovery"};
enum { FOLDERS = sizeof folders / sizeof *folders };

static void path_of(const struct roster *roster, const char *folder, const char *name, char path[ROSTER_PATH])
{
    snprintf(path, ROSTER_PATH, "%.3700s%s/%.250s", roster->folder, folder, name);
}

void roster_token(const struct roster *roster, const char *name, char path[ROSTER_PATH])
{
    path_of(roster, "tokens", name, path);
}

void roster_code(const struct roster *roster, const char *name, char path[ROSTER_PATH])
{
    path_of(roster, "recovery", name, path);
}

enum pith_status roster_files_begin(const struct roster *roster, const char *name, char making[ROSTER_PATH],
                                    struct pith_error *reterr)
{
    char path[ROSTER_PATH];
    for (size_t i = 0; i < FOLDERS; i++) {
        path_of(roster, folders[i], "", path);
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return pith_fail(reterr, PITH_IO, "could not make the folder %.200s: %s", path, strerror(errno));
    }
    path_of(roster, "making", name, making);
    return PITH_OK;
}

static bool looks_temporary(const char *name)
{
    size_t length = strlen(name);
    if (length < TAIL + 2 || name[length - TAIL - 1] != '.')
        return false;
    for (const char *at = name + length - TAIL; *at; at++)
        if (!isalnum((unsigned char)*at))
            return false;
    return true;
}

static enum pith_status tidy(const struct roster *roster, const char *folder, DIR *open, struct pith_error *reterr)
{
    struct pith *pith = roster->call->pith;
    char path[ROSTER_PATH];
    enum pith_status status = PITH_OK;
    for (struct dirent *entry; !status && (entry = readdir(open));) {
        bool has = false;
        if (!looks_temporary(entry->d_name))
            continue;
        status = pith_set_reader(pith, entry->d_name, reterr);
        bool known = !status && pith_has_profile(pith, &has, NULL) == PITH_OK;
        path_of(roster, folder, entry->d_name, path);
        if (known && !has)
            unlink(path);
    }
    return status;
}

enum pith_status roster_files_tidy(const struct roster *roster, struct pith_error *reterr)
{
    char path[ROSTER_PATH];
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < FOLDERS; i++) {
        path_of(roster, folders[i], "", path);
        DIR *open = opendir(path);
        if (!open)
            continue;
        status = tidy(roster, folders[i], open, reterr);
        closedir(open);
    }
    return status;
}
