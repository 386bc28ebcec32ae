#include "cli/mail/inbound.h"

#include "cli/files.h"
#include "cli/mail/imap.h"
#include <pith/json.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_SECONDS = 60, REASON = 400, VOTES = 16 * PITH_REPLY_VOTES };

/* ---- one mail ---- */

static void write_votes(const struct pith_reply *reply, char votes[VOTES])
{
    size_t used = 0;
    *votes = '\0';
    for (size_t i = 0; i < reply->votes && used < VOTES; i++)
        used += (size_t)snprintf(votes + used, VOTES - used, "%s%u%c", i ? " " : "", reply->vote[i].number,
                                 reply->vote[i].verdict > 0 ? '+' : '-');
}

static enum pith_status report(struct inbound *inbound, const char *name, enum inbound_fate fate, const char *what,
                               struct pith_error *reterr)
{
    static const char *const names[] = {
        [INBOUND_COUNTED] = "counted", [INBOUND_KNOWN] = "known", [INBOUND_UNUSED] = "unused", [INBOUND_LATER] = "later"};
    char *json = NULL;
    inbound->counted += fate == INBOUND_COUNTED;
    inbound->known += fate == INBOUND_KNOWN;
    inbound->unused += fate == INBOUND_UNUSED;
    inbound->later += fate == INBOUND_LATER;
    if (!inbound->call->json) {
        printf("%-8s  ", names[fate]);
        terminal_text(stdout, name);
        fputs(": ", stdout);
        terminal_text(stdout, what);
        putchar('\n');
        return PITH_OK;
    }
    const struct pith_json_pair pairs[] = {{"mail", name}, {"outcome", names[fate]}, {"what", what}};
    enum pith_status status = pith_json_line(pairs, sizeof pairs / sizeof *pairs, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

/* By the home: the ticket in the mail names the reader, and the votes wait in the sealed inbox. */
static enum pith_status take_here(struct inbound *inbound, const char *mail, size_t length, enum inbound_fate *fate,
                                  char what[REASON], struct pith_error *reterr)
{
    struct pith_reply reply;
    struct pith_error error;
    char votes[VOTES], day[16];
    enum pith_status status = pith_post_reply(inbound->call->pith, mail, length, call_utc_today(), &reply, &error);
    if (status == PITH_CORRUPT)
        return pith_fail(reterr, status, "%s", error.message);
    *fate = status == PITH_IO || status == PITH_NOMEM ? INBOUND_LATER
            : status                                  ? INBOUND_UNUSED
            : reply.known                             ? INBOUND_KNOWN
                                                      : INBOUND_COUNTED;
    if (status) {
        snprintf(what, REASON, "%.399s", error.message);
        return PITH_OK;
    }
    write_votes(&reply, votes);
    snprintf(what, REASON, "%.300s on the digest of %s", votes, pith_day_text(reply.day, day));
    return PITH_OK;
}

static enum pith_status take_there(struct inbound *inbound, const char *mail, enum inbound_fate *fate, char what[REASON],
                                   struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *body = NULL;
    struct transport_receipt receipt;
    char url[2048], date[16] = "";
    size_t length = 0;
    snprintf(url, sizeof url, "%.2000s/v1/replies", inbound->mailing->url);
    const struct transport_request request = {.method = "POST",
                                              .url = url,
                                              .body = mail,
                                              .type = "message/rfc822",
                                              .certificate = inbound->mailing->certificate,
                                              .insecure = inbound->mailing->insecure,
                                              .seconds = ANSWER_SECONDS};
    enum pith_status status = transport_ask(inbound->wire, &request, &receipt, &body, &length, reterr);
    if (status)
        return status;
    *fate = receipt.fate == TRANSPORT_DONE ? INBOUND_COUNTED : receipt.fate == TRANSPORT_REFUSED ? INBOUND_UNUSED : INBOUND_LATER;
    if (!body) {
        snprintf(what, REASON, "%.299s", receipt.reason);
        return PITH_OK;
    }
    pith_json_member(body, length, "date", date, sizeof date, NULL);
    *fate = strstr(body, "\"known\": true") || strstr(body, "\"known\":true") ? INBOUND_KNOWN : INBOUND_COUNTED;
    snprintf(what, REASON, "votes on the digest of %s", date);
    return PITH_OK;
}

enum pith_status inbound_take(struct inbound *inbound, const char *name, const char *mail, size_t length,
                              enum inbound_fate *ret_fate, struct pith_error *reterr)
{
    enum inbound_fate fate = INBOUND_UNUSED;
    char what[REASON] = "it is longer than an answer can be";
    enum pith_status status = PITH_OK;
    if (length <= INBOUND_MOST && !memchr(mail, '\0', length))
        status = inbound->mailing->url ? take_there(inbound, mail, &fate, what, reterr)
                                       : take_here(inbound, mail, length, &fate, what, reterr);
    if (!status)
        status = report(inbound, name, fate, what, reterr);
    if (!status)
        *ret_fate = fate;
    return status;
}

/* ---- a maildir ---- */

/* Out of new: seen where it counted, unseen where people are to look at it. */
static enum pith_status file_away(const char *folder, const char *name, enum inbound_fate fate, struct pith_error *reterr)
{
    char from[2 * PATH_MAX], to[2 * PATH_MAX];
    if (fate == INBOUND_LATER)
        return PITH_OK;
    snprintf(from, sizeof from, "%s/new/%s", folder, name);
    snprintf(to, sizeof to, "%s/cur/%s:2,%s", folder, name, fate == INBOUND_UNUSED ? "" : "S");
    return rename(from, to) == 0 || errno == ENOENT
               ? PITH_OK
               : pith_fail(reterr, PITH_IO, "could not move %.200s to %.200s/cur: %s", name, folder, strerror(errno));
}

static enum pith_status take_file(struct inbound *inbound, const char *folder, const char *name, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *mail = NULL;
    char path[2 * PATH_MAX];
    enum inbound_fate fate;
    size_t length = 0;
    snprintf(path, sizeof path, "%s/new/%s", folder, name);
    enum pith_status status = files_read(path, &mail, &length, reterr);
    if (status == PITH_NOT_FOUND) /* somebody else was first */
        return PITH_OK;
    if (!status)
        status = inbound_take(inbound, name, mail, length, &fate, reterr);
    return status ? status : file_away(folder, name, fate, reterr);
}

static int is_mail(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static enum pith_status read_maildir(struct inbound *inbound, const char *folder, struct pith_error *reterr)
{
    char path[2 * PATH_MAX];
    struct dirent **entry = NULL;
    snprintf(path, sizeof path, "%s/new", folder);
    int count = scandir(path, &entry, is_mail, alphasort);
    if (count < 0)
        return pith_fail(reterr, errno == ENOENT ? PITH_NOT_FOUND : PITH_IO, "%.300s is no maildir that can be read: %s", folder,
                         strerror(errno));
    enum pith_status status = PITH_OK;
    for (int i = 0; i < count; i++) {
        if (!status)
            status = take_file(inbound, folder, entry[i]->d_name, reterr);
        free(entry[i]);
    }
    free(entry);
    return status;
}

enum pith_status inbound_run(struct inbound *inbound, const char *from, struct pith_error *reterr)
{
    static const char folder[] = "maildir:";
    bool local = strncmp(from, folder, sizeof folder - 1) == 0;
    enum pith_status status = local && !inbound->mailing->url ? PITH_OK : transport_new(&inbound->wire, reterr);
    if (!status)
        status = local ? read_maildir(inbound, from + sizeof folder - 1, reterr) : imap_read(inbound, from, reterr);
    transport_free_p(&inbound->wire);
    if (status)
        return status;
    if (!inbound->call->json)
        printf("%zu counted, %zu known, %zu unused, %zu left for later\n", inbound->counted, inbound->known, inbound->unused,
               inbound->later);
    return inbound->later ? pith_fail(reterr, PITH_IO, "%zu answer%s could not be looked at now: the next run tries again",
                                      inbound->later, inbound->later == 1 ? "" : "s")
                          : PITH_OK;
}
