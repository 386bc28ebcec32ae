#include "cli/mail/local_mail.h"

#include "cli/files.h"
#include <pith/pith.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { NAME = 64 };

/* Lines end in LF on this machine. malloc'ed. */
static char *to_local(const struct transport_mail *mail, size_t *ret_length)
{
    char *text = pith_calloc(mail->length + 1, 1);
    size_t length = 0;
    for (size_t i = 0; text && i < mail->length; i++)
        if (mail->bytes[i] != '\r' || i + 1 == mail->length || mail->bytes[i + 1] != '\n')
            text[length++] = mail->bytes[i];
    *ret_length = length;
    return text;
}

static enum pith_status give(struct transport_receipt *receipt, enum transport_fate fate, const char *where, const char *what)
{
    receipt->fate = fate;
    snprintf(receipt->reason, sizeof receipt->reason, "%.200s %s", where, what);
    return PITH_OK;
}

/* ---- sendmail ---- */

/* In memory as a whole before the program starts: it cannot take a part of the mail for all of it, whatever becomes of this process. */
static int hold(const char *text, size_t length)
{
    int file = memfd_create("mail", MFD_CLOEXEC);
    for (size_t put = 0; file >= 0 && put < length;) {
        ssize_t got = write(file, text + put, length - put);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            close(file);
            return -1;
        }
        put += (size_t)got;
    }
    if (file >= 0)
        lseek(file, 0, SEEK_SET);
    return file;
}

static void judge(const char *program, int state, struct transport_receipt *receipt)
{
    int code = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
    if (code == 0)
        receipt->fate = TRANSPORT_DONE;
    else if (code < 0)
        give(receipt, TRANSPORT_IN_DOUBT, program, "was killed while it had the mail");
    else if (code == 127)
        give(receipt, TRANSPORT_REFUSED, program, "could not be run: is it installed?");
    else if (code == EX_TEMPFAIL || code == EX_OSERR || code == EX_IOERR)
        give(receipt, TRANSPORT_LATER, program, "could not take the mail now");
    else
        give(receipt, TRANSPORT_REFUSED, program, code == EX_NOUSER ? "knows no such address" : "did not take the mail");
}

enum pith_status local_mail_send(const char *program, const struct transport_mail *mail, struct transport_receipt *ret_receipt,
                                 struct pith_error *reterr)
{
    size_t length = 0;
    PITH_AUTO(pith_free_p) char *text = to_local(mail, &length);
    struct transport_receipt receipt = {0};
    int state = 0, file = text ? hold(text, length) : -1;
    if (file < 0)
        return pith_no_memory(reterr);
    enum pith_status status = mail->handing_over(mail->handing_over_user, reterr);
    pid_t child = status ? -1 : fork();
    if (child == 0) {
        dup2(file, STDIN_FILENO);
        dup2(STDERR_FILENO, STDOUT_FILENO); /* what it says is no answer of ours */
        execl(program, "sendmail", "-t", "-i", (char *)NULL);
        _exit(127);
    }
    close(file);
    if (status)
        return status;
    while (child > 0 && waitpid(child, &state, 0) < 0 && errno == EINTR)
        continue;
    if (child < 0)
        give(&receipt, TRANSPORT_LATER, program, "could not be started");
    else
        judge(program, state, &receipt);
    *ret_receipt = receipt;
    return PITH_OK;
}

bool local_mail_find(char path[4096])
{
    const char *at = getenv("PATH");
    char places[8192];
    snprintf(places, sizeof places, "%s:/usr/sbin:/usr/lib", at ? at : "/usr/bin");
    char *rest = NULL;
    for (char *folder = strtok_r(places, ":", &rest); folder; folder = strtok_r(NULL, ":", &rest))
        if (*folder == '/' && snprintf(path, 4096, "%s/sendmail", folder) < 4096 && access(path, X_OK) == 0)
            return true;
    return false;
}

/* ---- a maildir ---- */

static bool make(const char *folder, const char *part, char path[PATH_MAX])
{
    struct stat whole;
    if (snprintf(path, PATH_MAX, "%s/%s", folder, part) >= PATH_MAX)
        return false;
    if (mkdir(path, 0700) == 0 && geteuid() == 0 && stat(folder, &whole) == 0) /* its owner is to read it */
        return chown(path, whole.st_uid, whole.st_gid) == 0;
    return errno == EEXIST || access(path, W_OK | X_OK) == 0;
}

/* Whether the folder has the mail, as it came or with flags behind its name. */
static bool holds(const char *folder, const char *name)
{
    size_t length = strlen(name);
    bool found = false;
    DIR *open = opendir(folder);
    for (struct dirent *entry; open && !found && (entry = readdir(open));)
        found = strncmp(entry->d_name, name, length) == 0 && (!entry->d_name[length] || entry->d_name[length] == ':');
    if (open)
        closedir(open);
    return found;
}

static bool give_to_owner(const char *file, const char *folder)
{
    struct stat whole;
    return geteuid() != 0 || (stat(folder, &whole) == 0 && chown(file, whole.st_uid, whole.st_gid) == 0);
}

/* From tmp to new at one stroke, as a maildir is written. */
static enum pith_status put(const char *folder, const char *name, const char *text, size_t length,
                            const struct transport_mail *mail, struct transport_receipt *receipt, struct pith_error *reterr)
{
    char tmp[PATH_MAX], new[PATH_MAX], cur[PATH_MAX], before[PATH_MAX + NAME], after[PATH_MAX + NAME];
    struct pith_error error;
    if (!make(folder, "tmp", tmp) || !make(folder, "cur", cur) || !make(folder, "new", new))
        return give(receipt, TRANSPORT_LATER, folder, "is no maildir that can be written to");
    if (holds(new, name) || holds(cur, name))
        return PITH_OK;
    snprintf(before, sizeof before, "%s/%s", tmp, name);
    snprintf(after, sizeof after, "%s/%s", new, name);
    if (files_write_private(before, text, length, true, &error) || !give_to_owner(before, folder))
        return give(receipt, TRANSPORT_LATER, folder, "could not be written to");
    enum pith_status status = mail->handing_over(mail->handing_over_user, reterr);
    if (!status && rename(before, after) != 0)
        give(receipt, TRANSPORT_LATER, folder, "could not take the mail from its tmp to its new");
    if (status)
        unlink(before);
    return status;
}

enum pith_status local_mail_put(const char *folder, const struct transport_mail *mail, struct transport_receipt *ret_receipt,
                                struct pith_error *reterr)
{
    size_t length = 0;
    PITH_AUTO(pith_free_p) char *text = to_local(mail, &length);
    struct transport_receipt receipt = {0};
    char print[33], name[NAME], whole[PATH_MAX];
    if (!text)
        return pith_no_memory(reterr);
    snprintf(whole, sizeof whole, "%.*s/", PATH_MAX - 2, folder);
    files_make_folders(whole);
    pith_fingerprint(text, length, print);
    snprintf(name, sizeof name, "%s.pith", print);
    enum pith_status status = put(folder, name, text, length, mail, &receipt, reterr);
    if (!status)
        *ret_receipt = receipt;
    return status;
}
