#include "api/render/digest_words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const weekdays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

static struct tm civil(int32_t day)
{
    time_t seconds = (time_t)day * 86400;
    struct tm civil = {0};
    gmtime_r(&seconds, &civil);
    return civil;
}

void digest_day(int32_t day, char text[DIGEST_DAY])
{
    struct tm on = civil(day);
    snprintf(text, DIGEST_DAY, "%.3s %d %.3s", weekdays[on.tm_wday], on.tm_mday, months[on.tm_mon]);
}

void digest_whole_day(int32_t day, char text[DIGEST_DAY])
{
    struct tm on = civil(day);
    snprintf(text, DIGEST_DAY, "%s %d %s %d", weekdays[on.tm_wday], on.tm_mday, months[on.tm_mon], on.tm_year + 1900);
}

static size_t count_of(const struct pith_digest *digest, enum pith_section section)
{
    size_t count = 0;
    for (size_t i = 0; i < digest->count; i++)
        count += digest->item[i].section == section;
    return count;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* Of so many papers, to be expected: tenths of many would say more than is known. */
static int decimals(double count)
{
    return count < 9.95 ? 1 : 0;
}

void digest_heading(const struct pith_digest *digest, char text[DIGEST_SENTENCE])
{
    size_t yours = count_of(digest, PITH_FOR_YOU), missed = count_of(digest, PITH_MISSED), explore = count_of(digest, PITH_EXPLORE);
    if (yours && !digest->learned) /* nobody knows yet whether they are */
        snprintf(text, DIGEST_SENTENCE, "%zu paper%s to begin with", yours, plural(yours));
    else if (yours)
        snprintf(text, DIGEST_SENTENCE, "%zu paper%s for you", yours, plural(yours));
    else if (missed)
        snprintf(text, DIGEST_SENTENCE, "%zu paper%s you may have missed", missed, plural(missed));
    else if (explore)
        snprintf(text, DIGEST_SENTENCE, "%zu paper%s to explore", explore, plural(explore));
    else
        snprintf(text, DIGEST_SENTENCE, "Nothing new for you");
}

/* "Chosen from 120 papers listed on Thu 26 Nov." */
static size_t say_listing(const struct pith_digest *digest, char text[DIGEST_SENTENCE])
{
    char first[DIGEST_DAY], last[DIGEST_DAY];
    if (digest->first == PITH_NO_DAY)
        return (size_t)snprintf(text, DIGEST_SENTENCE, "No listing has come since the digest before.");
    digest_day(digest->first, first);
    digest_day(digest->last, last);
    bool one = digest->first == digest->last;
    return (size_t)snprintf(text, DIGEST_SENTENCE, "Chosen from %zu paper%s listed %s%s%s%s.", digest->listed,
                            plural(digest->listed), one ? "on " : "from ", first, one ? "" : " to ", one ? "" : last);
}

void digest_summary(const struct pith_digest *digest, char text[DIGEST_SENTENCE])
{
    size_t used = say_listing(digest, text), votes = digest->ups + digest->downs + digest->pairs;
    if (digest->first == PITH_NO_DAY)
        return;
    if (!digest->learned)
        snprintf(text + used, DIGEST_SENTENCE - used,
                 " There are no votes yet, so they stand as the listing has them: say what you like, and the next "
                 "digest is in your order.");
    else if (isfinite(digest->expected) && isfinite(digest->below))
        snprintf(text + used, DIGEST_SENTENCE - used,
                 " Expect to like about %.*f of those for you, and to miss about %.*f in what is left out.",
                 decimals(digest->expected), digest->expected, decimals(digest->below), digest->below);
    else
        snprintf(text + used, DIGEST_SENTENCE - used,
                 " The order is learnt from %zu vote%s; chances are shown from %d votes on, with %d of each kind.", votes,
                 plural(votes), PITH_CHANCE_VOTES, PITH_CHANCE_EACH);
}

void digest_state(const struct pith_digest *digest, char text[DIGEST_SENTENCE])
{
    char chance[PITH_CHANCE_SIZE];
    pith_chance_text(digest->chance, chance);
    *text = '\0';
    if (digest->state == PITH_DIGEST_OFF)
        snprintf(text, DIGEST_SENTENCE, "This digest is not mailed: you have unsubscribed.");
    else if (digest->state == PITH_DIGEST_HELD && *chance)
        snprintf(text, DIGEST_SENTENCE,
                 "This digest is not mailed: the chance that you like anything in it is %s, too little for an interruption.",
                 chance);
    else if (digest->state == PITH_DIGEST_HELD)
        snprintf(text, DIGEST_SENTENCE, "This digest is not mailed: there is too little in it for an interruption.");
}

size_t digest_closing(const struct pith_digest *digest, const struct base_url *base_url, const char *sentence[DIGEST_CLOSING])
{
    size_t count = 0;
    if (digest->probabilities)
        sentence[count++] = "A percentage is the chance that you will like the paper, as your votes tell; beside it "
                            "stands what it comes from.";
    bool votes = digest->count && *digest->item[0].up;
    if (votes && *base_url->base)
        sentence[count++] = "A link records a vote only when you press the button on its page.";
    /* Without an example: an answer may quote it unmarked, and would vote by it. */
    if (*digest->reply && base_url->answers)
        sentence[count++] = "You can also vote by answering this mail: write the number of a paper with a plus "
                            "directly behind it to like it, or with a minus to turn it down, as many as you want.";
    if (votes && !*base_url->base)
        sentence[count++] = "To vote at a terminal, type \"pith up\" or \"pith down\" and the identifier that stands beside a "
                            "paper. \"pith settings mail=off\" ends these mails.";
    return count;
}

void digest_reason(const struct pith_digest_item *item, char text[DIGEST_SENTENCE])
{
    static const char close[] = "close to \"", liked[] = "\" (liked)";
    const char *end = strncmp(item->reason, close, sizeof close - 1) == 0 ? strstr(item->reason, liked) : NULL;
    if (!end || !item->liked || !*item->liked) {
        snprintf(text, DIGEST_SENTENCE, "%s", item->reason);
        return;
    }
    const char *title = item->reason + sizeof close - 1, *rest = end + sizeof liked - 1;
    rest += strspn(rest, ", ");
    snprintf(text, DIGEST_SENTENCE, "because you liked \"%.*s\"%s%s", (int)(end - title), title, *rest ? "; " : "", rest);
}

void digest_notices(const struct pith_digest *digest, char text[DIGEST_SENTENCE])
{
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; i < digest->notices && used < DIGEST_SENTENCE; i++)
        used += (size_t)snprintf(text + used, DIGEST_SENTENCE - used, "%s%s", i ? " " : "", digest->notice[i]);
}

void digest_address(const struct pith_digest *digest, char address[DIGEST_ADDRESS])
{
    char day[16];
    if (digest->last == PITH_NO_DAY)
        snprintf(address, DIGEST_ADDRESS, "/");
    else
        snprintf(address, DIGEST_ADDRESS, "/?day=%.4s%.2s%.2s", pith_day_text(digest->last, day), day + 5, day + 8);
}

const struct digest_section *digest_section(enum pith_section section)
{
    static const struct digest_section sections[] = {
        [PITH_FOR_YOU] = {"For you", ""},
        [PITH_EXPLORE] = {"Exploring", "Guesses at what else you may like, where your votes leave it open."},
        [PITH_MISSED] = {"You may have missed", "From listings that were not mailed to you."},
    };
    return &sections[section];
}

static const char *announced(const struct pith_digest_item *item)
{
    switch (item->announce) {
    case PITH_CROSS: return "cross-listed";
    case PITH_REPLACED: return "new version";
    case PITH_NEW: break;
    }
    return "";
}

void digest_facts(const struct pith_digest_item *item, struct digest_facts *ret_facts)
{
    char day[DIGEST_DAY];
    *ret_facts = (struct digest_facts){0};
    if (item->section == PITH_MISSED && item->day != PITH_NO_DAY) {
        digest_day(item->day, day);
        snprintf(ret_facts->day, sizeof ret_facts->day, "listed %s", day);
    }
    const char *all[DIGEST_FACTS] = {
        item->withdrawn ? "withdrawn" : "", item->authors, item->category, item->id, announced(item), ret_facts->day};
    for (size_t i = 0; i < DIGEST_FACTS; i++)
        if (all[i] && *all[i])
            ret_facts->fact[ret_facts->count++] = all[i];
}
