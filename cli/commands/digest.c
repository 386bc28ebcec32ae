/* Commands on the reader's own digest: a look at it, sending it, and what is wanted of it. */
#include "cli/commands/commands.h"
#include "cli/files.h"
#include "cli/mail/round.h"
#include "cli/paper_print.h"
#include <pith/json.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- digest ---- */

static const char *section_name(const struct pith_digest *digest, enum pith_section section)
{
    static const char *const names[] = {
        [PITH_FOR_YOU] = "For you", [PITH_EXPLORE] = "To explore", [PITH_MISSED] = "You may have missed"};
    if (section == PITH_FOR_YOU && !digest->learned)
        return "To begin with"; /* nobody knows yet whether they are */
    return names[section];
}

static void print_sentences(const struct call *call, char *const *sentence, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        terminal_wrapped(&call->terminal, 0, sentence[i]);
        putchar('\n');
    }
}

/* An indented line of details, where there are any. */
static void print_detail(const struct call *call, const char *detail)
{
    if (!*detail)
        return;
    printf("     ");
    terminal_style(&call->terminal, STYLE_FAINT);
    terminal_wrapped(&call->terminal, 5, detail);
    terminal_style(&call->terminal, STYLE_PLAIN);
    putchar('\n');
}

static void print_item(const struct call *call, const struct pith_digest_item *item)
{
    printf("%3zu  ", item->number);
    terminal_style(&call->terminal, STYLE_BOLD);
    terminal_wrapped(&call->terminal, 5, item->title);
    terminal_style(&call->terminal, STYLE_PLAIN);
    char chance[PITH_CHANCE_SIZE];
    if (isfinite(item->probability))
        printf("  %s", pith_chance_text(item->probability, chance));
    if (item->withdrawn)
        fputs("  (withdrawn)", stdout);
    putchar('\n');
    print_detail(call, item->authors);
    print_detail(call, paper_name(item->id));
    print_detail(call, item->reason);
}

static void print_digest(const struct call *call, const struct pith_digest *digest)
{
    static const char *const states[] = {[PITH_DIGEST_OPEN] = "a look: nothing was sent",
                                         [PITH_DIGEST_CLAIMED] = "about to be sent",
                                         [PITH_DIGEST_SENT] = "sent",
                                         [PITH_DIGEST_HELD] = "held back: not worth an interruption",
                                         [PITH_DIGEST_OFF] = "you want no mail"};
    char day[16];
    printf("Digest of %s (%s): %zu of %zu papers\n", pith_day_text(digest->day, day), states[digest->state], digest->count,
           digest->listed);
    print_sentences(call, digest->notice, digest->notices);
    print_sentences(call, digest->change, digest->changes);
    for (size_t i = 0; i < digest->count; i++) {
        const struct pith_digest_item *item = &digest->item[i];
        if (i == 0 || item->section != digest->item[i - 1].section)
            printf("\n%s\n", section_name(digest, item->section));
        print_item(call, item);
    }
}

/* So that a number names a paper of this digest. */
static enum pith_status keep_numbers(struct call *call, const struct pith_digest *digest, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) const char **keys = pith_calloc(digest->count, sizeof *keys);
    if (!keys)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < digest->count; i++)
        keys[i] = digest->item[i].key;
    if (!digest->count)
        return PITH_OK;
    return pith_keep_numbers(call->pith, keys, digest->count, call_is_piped(call), reterr);
}

/* ---- as a file, or sent ---- */

static enum pith_status write_form(struct call *call, const struct pith_digest *digest, const struct mail_config *mailing,
                                   char **ret_text, struct pith_error *reterr)
{
    static const struct {
        const char *name;
        enum pith_form form;
    } forms[] = {{"text", PITH_FORM_TEXT}, {"html", PITH_FORM_HTML}, {"eml", PITH_FORM_MAIL}};
    const char *to = call->to ? call->to : mailing->to;
    struct pith_form_request request = {.size = sizeof request,
                                        .digest = digest,
                                        .base_url = mailing->base_url,
                                        .answers = mailing->inbound.from,
                                        .from = mailing->smtp.from ? mailing->smtp.from : to,
                                        .to = to,
                                        .reply_to = mailing->reply_to};
    if (strcmp(call->format, "json") == 0)
        return pith_json_digest(digest, ret_text, reterr);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(call->format, forms[i].name) == 0) {
            request.form = forms[i].form;
            return pith_write_digest(&request, ret_text, reterr);
        }
    return pith_fail(reterr, PITH_USAGE, "--format %s: html, text, eml or json is expected", call->format);
}

static enum pith_status print_form(struct call *call, const struct pith_digest *digest, const struct mail_config *mailing,
                                   struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *text = NULL;
    enum pith_status status = write_form(call, digest, mailing, &text, reterr);
    if (status)
        return status;
    terminal_clear_progress(&call->terminal);
    if (call->output && strcmp(call->output, "-") != 0)
        return files_write_private(call->output, text, strlen(text), call->force, reterr);
    fputs(text, stdout);
    return PITH_OK;
}

/* Claimed, sent and settled as everybody's is: the journal and the profile know what was sent. */
static enum pith_status send_own(struct call *call, const struct config *config, int32_t day, struct pith_error *reterr)
{
    const struct mail_config *mailing = config->mailing;
    const char *reader = call_reader(call), *to = call->to ? call->to : mailing->to;
    PITH_AUTO(pith_free_p) char *name = strdup(reader ? reader : "default"), *address = to ? strdup(to) : NULL;
    struct mail_config_reader own = {.name = name, .address = address, .maildir = call->to ? NULL : mailing->maildir};
    struct round round;
    if (!name || (to && !address))
        return pith_no_memory(reterr);
    enum pith_status status = call->to ? PITH_OK : mail_config_check_sending(mailing, config->path, false, reterr);
    if (!status)
        status = round_begin(call, mailing, &round, reterr);
    if (!status && mailing->token_file && !call_names_way(call)) { /* as everybody's, by a token */
        own.token_file = mailing->token_file;
        status = call_open(call, false, reterr);
    } else if (!status) {
        status = call_unlock(call, reterr);
    }
    return status ? status : round_run(&round, &own, 1, day == PITH_NO_DAY ? call_utc_today() : day, reterr);
}

static enum pith_status look(struct call *call, const struct config *config, int32_t day, struct pith_error *reterr)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = NULL;
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_get_digest(call->pith, day, call_now(), &digest, reterr);
    if (!status)
        status = keep_numbers(call, digest, reterr);
    if (status)
        return status;
    if (call->format)
        return print_form(call, digest, config->mailing, reterr);
    terminal_clear_progress(&call->terminal);
    call_page(call);
    print_digest(call, digest);
    return PITH_OK;
}

enum pith_status command_digest(struct call *call, struct pith_error *reterr)
{
    const struct config *config;
    int32_t day = PITH_NO_DAY;
    enum pith_status status = call->date ? call_day("date", call->date, &day, reterr) : PITH_OK;
    if (!status)
        status = call_config(call, &config, reterr);
    if (!status && call->to)
        status = pith_check_address(call->to, reterr);
    if (!status && call->send && (call->format || call->output))
        status = pith_fail(reterr, PITH_USAGE, "--send sends the digest; --format and --output write it: give one of them");
    if (status)
        return status;
    if (!call->format && ((call->json && !call->send) || call->output || (call->to && !call->send)))
        call->format = call->json ? "json" : call->to ? "eml" : "text";
    return call->send ? send_own(call, config, day, reterr) : look(call, config, day, reterr);
}

/* ---- settings ---- */

static enum pith_status take_flag(bool *flag, const char *word, const char *value, struct pith_error *reterr)
{
    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
        return pith_fail(reterr, PITH_USAGE, "%s: on or off is expected", word);
    *flag = strcmp(value, "on") == 0;
    return PITH_OK;
}

static enum pith_status take_real(double *number, const char *word, const char *value, struct pith_error *reterr)
{
    char *end;
    double read = strtod(value, &end);
    if (end == value || *end || !isfinite(read))
        return pith_fail(reterr, PITH_USAGE, "%s: a number is expected", word);
    *number = read;
    return PITH_OK;
}

static enum pith_status take_count(unsigned *count, const char *word, const char *value, struct pith_error *reterr)
{
    char *end;
    unsigned long read = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || read > 1000000)
        return pith_fail(reterr, PITH_USAGE, "%s: a whole number is expected", word);
    *count = (unsigned)read;
    return PITH_OK;
}

/* What stands after "NAME=" in the word; NULL when it begins otherwise. */
static const char *value_of(const char *word, const char *name)
{
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

/* "likes=5"; whether it makes sense is the engine's to say. */
static enum pith_status take_setting(struct pith_settings *settings, const char *word, struct pith_error *reterr)
{
    const char *value;
    if ((value = value_of(word, "mail")))
        return take_flag(&settings->mail, word, value, reterr);
    if ((value = value_of(word, "likes")))
        return take_real(&settings->likes, word, value, reterr);
    if ((value = value_of(word, "cost")))
        return take_real(&settings->cost, word, value, reterr);
    if ((value = value_of(word, "most")))
        return take_count(&settings->most, word, value, reterr);
    if ((value = value_of(word, "explore")))
        return take_count(&settings->explore, word, value, reterr);
    if ((value = value_of(word, "missed")))
        return take_count(&settings->missed, word, value, reterr);
    if ((value = value_of(word, "announced")))
        return call_only(value, &settings->announce, reterr);
    return pith_fail(reterr, PITH_USAGE, "%s: settings are mail=on|off, likes=, most=, cost=, explore=, missed=, announced=", word);
}

static void print_settings(const struct pith_settings *settings)
{
    static const struct {
        enum pith_announce kind;
        const char *name;
    } kinds[] = {{PITH_NEW, "new"}, {PITH_CROSS, "cross"}, {PITH_REPLACED, "replaced"}};
    unsigned announce = settings->announce ? settings->announce : PITH_NEW | PITH_CROSS | PITH_REPLACED;
    printf("mail       %s\n", settings->mail ? "on" : "off");
    printf("likes      %-6g \"for you\" ends where so many are to be expected\n", settings->likes);
    printf("most       %-6u papers for you at most\n", settings->most);
    printf("cost       %-6g of an interruption, in likes missed\n", settings->cost);
    printf("explore    %-6u picks outside what is known to be liked\n", settings->explore);
    printf("missed     %-6u papers at most of listings that were not mailed\n", settings->missed);
    const char *lead = "announced  ";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (announce & kinds[i].kind) {
            printf("%s%s", lead, kinds[i].name);
            lead = ", ";
        }
    putchar('\n');
}

enum pith_status command_settings(struct call *call, struct pith_error *reterr)
{
    struct pith_settings settings;
    char *json = NULL;
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_get_settings(call->pith, &settings, reterr);
    for (size_t i = 0; !status && i < call->count; i++)
        status = take_setting(&settings, call->words[i], reterr);
    if (!status && call->count)
        status = pith_put_settings(call->pith, &settings, reterr);
    if (status)
        return status;
    if (!call->json) {
        print_settings(&settings);
        return PITH_OK;
    }
    status = pith_json_settings(&settings, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}
