#include "cli/mail/mail_config.h"

#include "cli/sections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RETRIES = 9, MOST_RETRIES = 20, TIMEOUT = 300, LONGEST_TIMEOUT = 3600, LONGEST_NAME = 200 };

void mail_config_free(struct mail_config *mailing)
{
    char *const owned[] = {mailing->url,
                           mailing->certificate,
                           mailing->base_url,
                           mailing->smtp.url,
                           mailing->smtp.user,
                           mailing->smtp.from,
                           mailing->smtp.password_file,
                           mailing->smtp.certificate,
                           mailing->to,
                           mailing->sendmail,
                           mailing->maildir,
                           mailing->reply_to,
                           mailing->token_file,
                           mailing->inbound.from,
                           mailing->inbound.user,
                           mailing->inbound.password_file,
                           mailing->journal};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    for (size_t i = 0; i < mailing->readers; i++) {
        free(mailing->reader[i].name);
        free(mailing->reader[i].address);
        free(mailing->reader[i].token_file);
        free(mailing->reader[i].maildir);
    }
    free(mailing->reader);
    free(mailing);
}

enum pith_status mail_config_new(struct mail_config **ret_mailing, struct pith_error *reterr)
{
    struct mail_config *mailing = pith_calloc(1, sizeof *mailing);
    if (!mailing)
        return pith_no_memory(reterr);
    mailing->smtp.retries = RETRIES;
    mailing->smtp.timeout = TIMEOUT;
    *ret_mailing = mailing;
    return PITH_OK;
}

bool mail_config_doubt_from_text(const char *text, enum mail_config_doubt *ret_doubt)
{
    static const char *const names[] = {[MAIL_CONFIG_AGAIN] = "again", [MAIL_CONFIG_HOLD] = "hold", [MAIL_CONFIG_SENT] = "sent"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0) {
            *ret_doubt = (enum mail_config_doubt)i;
            return true;
        }
    return false;
}

enum pith_status mail_config_bare(const char *address, char *bare, size_t size, struct pith_error *reterr)
{
    const char *open = strrchr(address, '<'), *start = open ? open + 1 : address;
    size_t length = strcspn(start, ">");
    if (length >= size)
        return pith_fail(reterr, PITH_USAGE, "the address %.100s… is too long", start);
    memcpy(bare, start, length);
    bare[length] = '\0';
    return PITH_OK;
}

/* ---- values ---- */

static enum pith_status take_url(const struct sections_line *line, const char *plain, const char *sealed, char **field,
                                 struct pith_error *reterr)
{
    char said[120];
    snprintf(said, sizeof said, "%.20s is %s… or %s…, without user and password", line->key, plain, sealed);
    if ((strncmp(line->value, plain, strlen(plain)) != 0 && strncmp(line->value, sealed, strlen(sealed)) != 0) ||
        strpbrk(line->value, "@ ?#"))
        return sections_refuse(line, said, reterr);
    enum pith_status status = sections_text(line, field, reterr);
    if (!status && (*field)[strlen(*field) - 1] == '/')
        (*field)[strlen(*field) - 1] = '\0';
    return status;
}

/* What stands in angles stands at the end, and nothing is there that a header cannot hold. */
bool mail_config_is_address(const char *text)
{
    char bare[320];
    const char *open = strchr(text, '<'), *shut = strchr(text, '>');
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < ' ' || *at == '\x7f')
            return false;
    if (!open != !shut || (open && (strchr(open + 1, '<') || shut < open || shut[1])))
        return false;
    return !mail_config_bare(text, bare, sizeof bare, NULL) && strchr(bare, '@') && !strpbrk(bare, " ,;\"()");
}

static enum pith_status take_address(const struct sections_line *line, char **field, struct pith_error *reterr)
{
    if (!mail_config_is_address(line->value))
        return sections_refuse(line, "an address is written ann@lab.example or \"Ann Lee <ann@lab.example>\"", reterr);
    return sections_text(line, field, reterr);
}

static enum pith_status take_starttls(const struct sections_line *line, enum transport_starttls *starttls,
                                      struct pith_error *reterr)
{
    static const char *const names[] = {
        [TRANSPORT_REQUIRED] = "required", [TRANSPORT_IF_OFFERED] = "yes", [TRANSPORT_NEVER] = "no"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(line->value, names[i]) == 0) {
            *starttls = (enum transport_starttls)i;
            return PITH_OK;
        }
    return sections_refuse(line, "starttls is required, yes (where it is offered) or no", reterr);
}

/* ---- sections ---- */

static enum pith_status take_server(struct mail_config *mailing, const struct sections_line *line, struct pith_error *reterr)
{
    if (strcmp(line->key, "url") == 0)
        return take_url(line, "http://", "https://", &mailing->url, reterr);
    if (strcmp(line->key, "certificate") == 0)
        return sections_file(line, &mailing->certificate, reterr);
    if (strcmp(line->key, "insecure") == 0)
        return sections_flag(line, &mailing->insecure, reterr);
    if (strcmp(line->key, "base-url") == 0)
        return take_url(line, "http://", "https://", &mailing->base_url, reterr);
    return sections_refuse(line, "[server] has the keys url, base-url, certificate and insecure", reterr);
}

static enum pith_status take_smtp(struct mail_config *mailing, const struct sections_line *line, struct pith_error *reterr)
{
    if (strcmp(line->key, "url") == 0)
        return take_url(line, "smtp://", "smtps://", &mailing->smtp.url, reterr);
    if (strcmp(line->key, "user") == 0)
        return sections_text(line, &mailing->smtp.user, reterr);
    if (strcmp(line->key, "password-file") == 0)
        return sections_secret(line, &mailing->smtp.password_file, reterr);
    if (strcmp(line->key, "from") == 0)
        return take_address(line, &mailing->smtp.from, reterr);
    if (strcmp(line->key, "starttls") == 0)
        return take_starttls(line, &mailing->smtp.starttls, reterr);
    if (strcmp(line->key, "certificate") == 0)
        return sections_file(line, &mailing->smtp.certificate, reterr);
    if (strcmp(line->key, "insecure") == 0)
        return sections_flag(line, &mailing->smtp.insecure, reterr);
    if (strcmp(line->key, "retries") == 0)
        return sections_number(line, 0, MOST_RETRIES, &mailing->smtp.retries, reterr);
    if (strcmp(line->key, "timeout") == 0)
        return sections_number(line, 1, LONGEST_TIMEOUT, &mailing->smtp.timeout, reterr);
    return sections_refuse(
        line, "[smtp] has the keys url, user, password-file, from, starttls, certificate, insecure, retries and timeout", reterr);
}

static enum pith_status take_inbound(const struct sections_line *line, char **field, struct pith_error *reterr)
{
    static const char folder[] = "maildir:";
    if (strncmp(line->value, folder, sizeof folder - 1) != 0)
        return take_url(line, "imap://", "imaps://", field, reterr);
    PITH_AUTO(pith_free_p) char *path = NULL;
    char whole[MAIL_CONFIG_INBOUND];
    struct sections_line rest = *line;
    rest.value += sizeof folder - 1;
    if (!*rest.value)
        return sections_refuse(line, "inbound is maildir:DIR, imaps://HOST/INBOX or imap://HOST/INBOX", reterr);
    enum pith_status status = sections_file(&rest, &path, reterr);
    if (status)
        return status;
    if (snprintf(whole, sizeof whole, "%s%s", folder, path) >= (int)sizeof whole)
        return sections_refuse(line, "the folder's name is too long", reterr);
    rest.value = whole;
    return sections_text(&rest, field, reterr);
}

static enum pith_status take_mail(struct mail_config *mailing, const struct sections_line *line, struct pith_error *reterr)
{
    if (strcmp(line->key, "journal") == 0)
        return sections_text(line, &mailing->journal, reterr);
    if (strcmp(line->key, "to") == 0)
        return take_address(line, &mailing->to, reterr);
    if (strcmp(line->key, "reply-to") == 0)
        return take_address(line, &mailing->reply_to, reterr);
    if (strcmp(line->key, "token-file") == 0)
        return sections_secret(line, &mailing->token_file, reterr);
    if (strcmp(line->key, "sendmail") == 0)
        return sections_file(line, &mailing->sendmail, reterr);
    if (strcmp(line->key, "maildir") == 0)
        return sections_file(line, &mailing->maildir, reterr);
    if (strcmp(line->key, "inbound") == 0)
        return take_inbound(line, &mailing->inbound.from, reterr);
    if (strcmp(line->key, "inbound-user") == 0)
        return sections_text(line, &mailing->inbound.user, reterr);
    if (strcmp(line->key, "inbound-password-file") == 0)
        return sections_secret(line, &mailing->inbound.password_file, reterr);
    if (strcmp(line->key, "in-doubt") != 0)
        return sections_refuse(
            line,
            "[mail] has the keys to, token-file, sendmail, maildir, journal, in-doubt, reply-to, inbound, inbound-user and "
            "inbound-password-file",
            reterr);
    return mail_config_doubt_from_text(line->value, &mailing->in_doubt)
               ? PITH_OK
               : sections_refuse(line, "in-doubt is again, hold or sent", reterr);
}

static enum pith_status take_reader(struct mail_config_reader *reader, const struct sections_line *line, struct pith_error *reterr)
{
    if (strcmp(line->key, "address") == 0)
        return take_address(line, &reader->address, reterr);
    if (strcmp(line->key, "token-file") == 0)
        return sections_secret(line, &reader->token_file, reterr);
    if (strcmp(line->key, "maildir") == 0)
        return sections_file(line, &reader->maildir, reterr);
    return sections_refuse(line, "a reader has the keys address, maildir and token-file", reterr);
}

/* The journal knows readers by these names. */
static enum pith_status open_reader(struct mail_config *mailing, const struct sections_line *line, struct pith_error *reterr)
{
    if (!*line->title || strlen(line->title) > LONGEST_NAME)
        return sections_refuse(line, "a reader's name has 1 to 200 bytes: [reader \"Ann\"]", reterr);
    for (size_t i = 0; i < mailing->readers; i++)
        if (strcmp(mailing->reader[i].name, line->title) == 0)
            return sections_refuse(line, "a reader of this name stands above already", reterr);
    enum pith_status status = pith_grow(&mailing->reader, &mailing->cap, mailing->readers + 1, sizeof *mailing->reader,
                                        MAIL_CONFIG_MAX_READERS, reterr);
    if (status)
        return status;
    char *copy = strdup(line->title);
    if (!copy)
        return pith_no_memory(reterr);
    mailing->reader[mailing->readers++] = (struct mail_config_reader){.name = copy, .line = line->line};
    return PITH_OK;
}

enum pith_status mail_config_take(struct mail_config *mailing, const struct sections_line *line, bool *ret_known,
                                  struct pith_error *reterr)
{
    static const struct {
        const char *name;
        enum pith_status (*take)(struct mail_config *mailing, const struct sections_line *line, struct pith_error *reterr);
    } sections[] = {{"server", take_server}, {"smtp", take_smtp}, {"mail", take_mail}};
    *ret_known = true;
    if (strcmp(line->section, "reader") == 0 && line->title)
        return line->key ? take_reader(&mailing->reader[mailing->readers - 1], line, reterr) : open_reader(mailing, line, reterr);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (strcmp(line->section, sections[i].name) == 0 && !line->title)
            return line->key ? sections[i].take(mailing, line, reterr) : PITH_OK;
    *ret_known = false;
    return PITH_OK;
}

enum pith_status mail_config_check(const struct mail_config *mailing, const char *path, struct pith_error *reterr)
{
    if (!mailing->smtp.user != !mailing->smtp.password_file)
        return pith_fail(reterr, PITH_INPUT, "%.200s: in [smtp] user and password-file go together", path);
    if (!mailing->inbound.user != !mailing->inbound.password_file)
        return pith_fail(reterr, PITH_INPUT, "%.200s: in [mail] inbound-user and inbound-password-file go together", path);
    if ((mailing->smtp.url != NULL) + (mailing->sendmail != NULL) + (mailing->maildir != NULL) > 1)
        return pith_fail(reterr, PITH_INPUT, "%.200s: mail goes one way: url in [smtp], or sendmail or maildir in [mail]", path);
    for (size_t i = 0; i < mailing->readers; i++)
        if (!mailing->reader[i].address || !mailing->reader[i].token_file)
            return sections_refuse(&(struct sections_line){.path = path, .line = mailing->reader[i].line},
                                   "the reader needs an address and a token-file", reterr);
    return PITH_OK;
}

static bool each_has_a_maildir(const struct mail_config *mailing)
{
    for (size_t i = 0; i < mailing->readers; i++)
        if (!mailing->reader[i].maildir)
            return false;
    return mailing->readers > 0;
}

enum pith_status mail_config_check_sending(const struct mail_config *mailing, const char *path, bool everybody,
                                           struct pith_error *reterr)
{
    bool delivered = everybody ? each_has_a_maildir(mailing) : mailing->maildir != NULL;
    if (everybody && !mailing->readers)
        return pith_fail(reterr, PITH_INPUT,
                         "%.200s: there is no [reader \"NAME\"]: `pith reader add NAME --mail ADDRESS` writes one", path);
    if (everybody && mailing->maildir)
        return pith_fail(reterr, PITH_INPUT, "%.200s: maildir in [mail] is for one's own digest; put it under a [reader \"NAME\"]",
                         path);
    if (!delivered && everybody && !mailing->smtp.from)
        return pith_fail(reterr, PITH_INPUT, "%.200s: [smtp] needs from, the address that mails come from", path);
    if (!delivered && everybody && !mailing->smtp.url && !mailing->sendmail)
        return pith_fail(reterr, PITH_INPUT, "%.200s: [smtp] needs a url, or [mail] a sendmail", path);
    if (!everybody && !mailing->to && !mailing->maildir)
        return pith_fail(reterr, PITH_INPUT,
                         "where is the digest to go? Set an address: pith config set mail.to you@example.org (or give --to)");
    return PITH_OK;
}
