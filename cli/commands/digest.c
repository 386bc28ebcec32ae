/* Commands on the reader's own digest: a look at it, and what is wanted of it. */
#include "cli/commands/commands.h"
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
    print_detail(call, item->id);
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

enum pith_status command_digest(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = NULL;
    char *json = NULL;
    int32_t day = PITH_NO_DAY;
    enum pith_status status = call->date ? call_day("date", call->date, &day, reterr) : PITH_OK;
    if (!status)
        status = call_unlock(call, reterr);
    if (!status)
        status = pith_get_digest(call->pith, day, call_now(), &digest, reterr);
    if (status)
        return status;
    terminal_clear_progress(&call->terminal);
    if (!call->json) {
        print_digest(call, digest);
        return PITH_OK;
    }
    status = pith_json_digest(digest, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
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
