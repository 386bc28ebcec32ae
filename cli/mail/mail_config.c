#include "cli/mail/mail_config.h"

#include "cli/sections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RETRIES = 9, MOST_RETRIES = 20, TIMEOUT = 300, LONGEST_TIMEOUT = 3600, LONGEST_NAME = 200, LONGEST_PATH = 4096 };

static const char expected[] = "a section is [server], [smtp], [mail] or [reader \"NAME\"]";

struct parsing {
    struct mail_config *mailing;
    size_t cap;
};

void mail_config_free(struct mail_config *mailing)
{
    char *const owned[] = {mailing->url,       mailing->certificate,        mailing->smtp.url,         mailing->smtp.user,
                           mailing->smtp.from, mailing->smtp.password_file, mailing->smtp.certificate, mailing->journal};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    for (size_t i = 0; i < mailing->readers; i++) {
        free(mailing->reader[i].name);
        free(mailing->reader[i].address);
        free(mailing->reader[i].token_file);
    }
    free(mailing->reader);
    free(mailing);
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

static enum pith_status take_path(const struct sections_line *line, const char *path, int length, char **field,
                                  struct pith_error *reterr)
{
    struct sections_line whole = *line;
    if (length < 0 || length >= LONGEST_PATH)
        return sections_refuse(line, "the file's name is too long", reterr);
    whole.value = path;
    return sections_text(&whole, field, reterr);
}

/* Beside the config file. */
static enum pith_status take_file(const struct sections_line *line, char **field, struct pith_error *reterr)
{
    const char *slash = *line->value == '/' ? NULL : strrchr(line->path, '/');
    char path[LONGEST_PATH];
    int length = snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash + 1 - line->path) : 0, line->path, line->value);
    return take_path(line, path, length, field, reterr);
}

/* Among systemd's credentials, where it set some, as it names what it loads from a folder; else beside the config file. */
static enum pith_status take_secret(const struct sections_line *line, char **field, struct pith_error *reterr)
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    char path[LONGEST_PATH];
    if (*line->value == '/' || !credentials || !*credentials)
        return take_file(line, field, reterr);
    int length = snprintf(path, sizeof path, "%s/%s", credentials, line->value);
    for (char *at = path + strlen(credentials) + 1; length < LONGEST_PATH && *at; at++)
        *at = *at == '/' ? '_' : *at;
    return take_path(line, path, length, field, reterr);
}

static enum pith_status take_url(const struct sections_line *line, const char *plain, const char *sealed, char **field,
                                 struct pith_error *reterr)
{
    char said[120];
    snprintf(said, sizeof said, "url is %s… or %s…, without user and password", plain, sealed);
    if ((strncmp(line->value, plain, strlen(plain)) != 0 && strncmp(line->value, sealed, strlen(sealed)) != 0) ||
        strpbrk(line->value, "@ ?#"))
        return sections_refuse(line, said, reterr);
    enum pith_status status = sections_text(line, field, reterr);
    if (!status && (*field)[strlen(*field) - 1] == '/')
        (*field)[strlen(*field) - 1] = '\0';
    return status;
}

/* What stands in angles stands at the end, and nothing is there that a header cannot hold. */
static bool is_address(const char *text)
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
    if (!is_address(line->value))
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
        return take_file(line, &mailing->certificate, reterr);
    if (strcmp(line->key, "insecure") == 0)
        return sections_flag(line, &mailing->insecure, reterr);
    return sections_refuse(line, "[server] has the keys url, certificate and insecure", reterr);
}

static enum pith_status take_smtp(struct mail_config *mailing, const struct sections_line *line, struct pith_error *reterr)
{
    if (strcmp(line->key, "url") == 0)
        return take_url(line, "smtp://", "smtps://", &mailing->smtp.url, reterr);
    if (strcmp(line->key, "user") == 0)
        return sections_text(line, &mailing->smtp.user, reterr);
    if (strcmp(line->key, "password-file") == 0)
        return take_secret(line, &mailing->smtp.password_file, reterr);
    if (strcmp(line->key, "from") == 0)
        return take_address(line, &mailing->smtp.from, reterr);
    if (strcmp(line->key, "starttls") == 0)
        return take_starttls(line, &mailing->smtp.starttls, reterr);
    if (strcmp(line->key, "certificate") == 0)
        return take_file(line, &mailing->smtp.certificate, reterr);
    if (strcmp(line->key, "insecure") == 0)
        return sections_flag(line, &mailing->smtp.insecure, reterr);
    if (strcmp(line->key, "retries") == 0)
        return sections_number(line, 0, MOST_RETRIES, &mailing->smtp.retries, reterr);
    if (strcmp(line->key, "timeout") == 0)
        return sections_number(line, 1, LONGEST_TIMEOUT, &mailing->smtp.timeout, reterr);
    return sections_refuse(
        line, "[smtp] has the keys url, user, password-file, from, starttls, certificate, insecure, retries and timeout", reterr);
}

static enum pith_status take_mail(struct mail_config *mailing, const struct sections_line *line, struct pith_error *reterr)
{
    if (strcmp(line->key, "journal") == 0)
        return sections_text(line, &mailing->journal, reterr);
    if (strcmp(line->key, "in-doubt") != 0)
        return sections_refuse(line, "[mail] has the keys journal and in-doubt", reterr);
    return mail_config_doubt_from_text(line->value, &mailing->in_doubt)
               ? PITH_OK
               : sections_refuse(line, "in-doubt is again, hold or sent", reterr);
}

static enum pith_status take_reader(struct mail_config_reader *reader, const struct sections_line *line, struct pith_error *reterr)
{
    if (strcmp(line->key, "address") == 0)
        return take_address(line, &reader->address, reterr);
    if (strcmp(line->key, "token-file") == 0)
        return take_secret(line, &reader->token_file, reterr);
    return sections_refuse(line, "a reader has the keys address and token-file", reterr);
}

/* The journal knows readers by these names. */
static enum pith_status open_reader(struct parsing *parsing, const struct sections_line *line, struct pith_error *reterr)
{
    struct mail_config *mailing = parsing->mailing;
    if (!*line->title || strlen(line->title) > LONGEST_NAME)
        return sections_refuse(line, "a reader's name has 1 to 200 bytes: [reader \"Ann\"]", reterr);
    for (size_t i = 0; i < mailing->readers; i++)
        if (strcmp(mailing->reader[i].name, line->title) == 0)
            return sections_refuse(line, "a reader of this name stands above already", reterr);
    enum pith_status status = pith_grow(&mailing->reader, &parsing->cap, mailing->readers + 1, sizeof *mailing->reader,
                                        MAIL_CONFIG_MAX_READERS, reterr);
    if (status)
        return status;
    char *copy = strdup(line->title);
    if (!copy)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the config file");
    mailing->reader[mailing->readers++] = (struct mail_config_reader){.name = copy, .line = line->line};
    return PITH_OK;
}

static enum pith_status take(void *user, const struct sections_line *line, struct pith_error *reterr)
{
    static const struct {
        const char *name;
        enum pith_status (*take)(struct mail_config *mailing, const struct sections_line *line, struct pith_error *reterr);
    } sections[] = {{"server", take_server}, {"smtp", take_smtp}, {"mail", take_mail}};
    struct parsing *parsing = user;
    if (strcmp(line->section, "reader") == 0 && line->title)
        return line->key ? take_reader(&parsing->mailing->reader[parsing->mailing->readers - 1], line, reterr)
                         : open_reader(parsing, line, reterr);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (strcmp(line->section, sections[i].name) == 0 && !line->title)
            return line->key ? sections[i].take(parsing->mailing, line, reterr) : PITH_OK;
    return sections_refuse(line, expected, reterr);
}

/* What must be there, is. */
static enum pith_status check(const struct mail_config *mailing, const char *path, struct pith_error *reterr)
{
    if (!mailing->url)
        return pith_fail(reterr, PITH_INPUT, "%.200s: [server] needs a url", path);
    if (!mailing->smtp.url || !mailing->smtp.from)
        return pith_fail(reterr, PITH_INPUT, "%.200s: [smtp] needs a url and from", path);
    if (!mailing->smtp.user != !mailing->smtp.password_file)
        return pith_fail(reterr, PITH_INPUT, "%.200s: in [smtp] user and password-file go together", path);
    if (!mailing->readers)
        return pith_fail(reterr, PITH_INPUT, "%.200s: there is no [reader \"NAME\"]", path);
    for (size_t i = 0; i < mailing->readers; i++)
        if (!mailing->reader[i].address || !mailing->reader[i].token_file)
            return sections_refuse(&(struct sections_line){.path = path, .line = mailing->reader[i].line},
                                   "the reader needs an address and a token-file", reterr);
    return PITH_OK;
}

enum pith_status mail_config_read(const char *path, struct mail_config **ret_mailing, struct pith_error *reterr)
{
    PITH_AUTO(mail_config_free_p) struct mail_config *mailing = pith_calloc(1, sizeof *mailing);
    if (!mailing)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the config file");
    mailing->smtp.retries = RETRIES;
    mailing->smtp.timeout = TIMEOUT;
    struct parsing parsing = {.mailing = mailing};
    enum pith_status status = sections_read(path, expected, take, &parsing, reterr);
    if (!status)
        status = check(mailing, path, reterr);
    if (!status)
        *ret_mailing = PITH_TAKE(mailing);
    return status;
}
