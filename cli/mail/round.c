#include "cli/mail/round.h"

#include "cli/mail/local_mail.h"
#include "cli/passphrase.h"
#include <pith/json.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { UNFINISHED_DAYS = 7, LONGEST_PAUSE = 256 /* seconds */ };

static enum pith_status add(struct round *round, const struct mail_config_reader *reader, int32_t day, struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&round->delivery, &round->cap, round->count + 1, sizeof *round->delivery,
                                        (size_t)MAIL_CONFIG_MAX_READERS * (UNFINISHED_DAYS + 1), reterr);
    if (!status)
        round->delivery[round->count++] = (struct delivery){.reader = reader, .day = day};
    return status;
}

/* Today's digest of each reader, after those that earlier runs left unfinished; with --date that day's alone. */
static enum pith_status plan(struct round *round, const struct mail_config_reader *readers, size_t count, int32_t today,
                             struct pith_error *reterr)
{
    const struct call *call = round->call;
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < count; i++) {
        int32_t day = PITH_NO_DAY;
        if (call->only && strcmp(call->only, readers[i].name) != 0)
            continue;
        while (!status && round->means.journal && !call->date &&
               (day = journal_unfinished(round->means.journal, readers[i].name, day, today)) != PITH_NO_DAY)
            status = add(round, &readers[i], day, reterr);
        if (!status)
            status = add(round, &readers[i], today, reterr);
    }
    if (!status && !round->count)
        status = pith_fail(reterr, PITH_NOT_FOUND, "--only %.200s: the config has no reader of this name", call->only);
    return status;
}

static enum pith_status print_line(const struct delivery *delivery, struct pith_error *reterr)
{
    char day[16], *json = NULL;
    const struct pith_json_pair pairs[] = {{"reader", delivery->reader->name},
                                           {"date", pith_day_text(delivery->day, day)},
                                           {"outcome", delivery_outcome_name(delivery->outcome)},
                                           {"message_id", *delivery->inbox_message_id ? delivery->inbox_message_id : NULL},
                                           {"reason", *delivery->reason ? delivery->reason : NULL}};
    enum pith_status status = pith_json_line(pairs, sizeof pairs / sizeof *pairs, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

static void print_delivery(const struct call *call, const struct delivery *delivery)
{
    static const char *const notes[] = {
        [DELIVERY_AGAIN] = "an earlier hand-over was in doubt: a repeat has the same Message-ID",
        [DELIVERY_TOLD] = "sent by an earlier run; the service knows now",
        [DELIVERY_BEFORE] = "",
        [DELIVERY_HELD] = "not worth an interruption",
        [DELIVERY_OFF] = "wants no mail",
    };
    enum delivery_outcome outcome = delivery->outcome;
    bool bad = outcome == DELIVERY_FAILED || outcome == DELIVERY_IN_DOUBT;
    char day[16];
    terminal_style(&call->terminal, STYLE_FAINT);
    printf("%s  ", pith_day_text(delivery->day, day));
    terminal_style(&call->terminal, bad ? STYLE_BAD : STYLE_PLAIN);
    printf("%-11s  ", delivery_outcome_name(outcome));
    terminal_style(&call->terminal, STYLE_PLAIN);
    terminal_text(stdout, delivery->reader->name);
    if (outcome == DELIVERY_SENT)
        printf(": %s papers to %s", delivery->papers,
               delivery->reader->maildir ? delivery->reader->maildir : delivery->reader->address);
    const char *note = outcome < sizeof notes / sizeof *notes && notes[outcome] ? notes[outcome] : delivery->reason;
    if (*note) {
        fputs(": ", stdout);
        terminal_text(stdout, note);
    }
    putchar('\n');
}

/* Tells what became of a delivery, once it is settled. */
static enum pith_status report(struct round *round, const struct delivery *delivery, struct pith_error *reterr)
{
    struct terminal *terminal = &round->call->terminal;
    if (delivery->outcome == DELIVERY_PENDING)
        return PITH_OK;
    round->settled++;
    round->failed += delivery->outcome == DELIVERY_FAILED || delivery->outcome == DELIVERY_IN_DOUBT;
    terminal_clear_progress(terminal);
    enum pith_status status = PITH_OK;
    if (round->call->json)
        status = print_line(delivery, reterr);
    else
        print_delivery(round->call, delivery);
    fflush(stdout);
    terminal_progress(terminal, "mailing", round->settled, round->count);
    return status;
}

/* Twice as long each time, and a random part of it less: so that many bots do not come back at once. */
static void pause_before(struct round *round, unsigned attempt)
{
    uint32_t random;
    pith_random(&random, sizeof random);
    int64_t longest = attempt < 9 ? 1000 << (attempt - 1) : LONGEST_PAUSE * 1000;
    int64_t milliseconds = longest / 2 + random % (longest / 2);
    struct timespec wait = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
    terminal_clear_progress(&round->call->terminal);
    fprintf(stderr, "pith: %zu of %zu digests are not sent yet; trying again in %lld s\n", round->count - round->settled,
            round->count, (long long)(milliseconds + 999) / 1000);
    while (nanosleep(&wait, &wait) != 0 && errno == EINTR)
        continue;
}

/* Each that is pending gets one attempt a turn, so that whoever fails holds up nobody else. */
static enum pith_status run(struct round *round, struct pith_error *reterr)
{
    unsigned retries = round->means.mailing->smtp.retries;
    const char *folder = round->call->dry_run;
    enum pith_status status = PITH_OK;
    for (unsigned turn = 0; !status && turn <= retries && round->settled < round->count; turn++) {
        if (turn)
            pause_before(round, turn);
        for (size_t i = 0; !status && i < round->count; i++) {
            struct delivery *delivery = &round->delivery[i];
            if (delivery->outcome != DELIVERY_PENDING)
                continue;
            round->means.now = call_now();
            status = folder ? delivery_rehearse(&round->means, delivery, folder, reterr)
                            : delivery_attempt(&round->means, delivery, reterr);
            if (!status && turn == retries)
                delivery_give_up(&round->means, delivery);
            if (!status)
                status = report(round, delivery, reterr);
        }
    }
    return status;
}

/* $XDG_STATE_HOME/pith/mail.jsonl, else ~/.local/state/pith/mail.jsonl. */
static enum pith_status journal_path(const struct mail_config *mailing, char path[PATH_MAX], struct pith_error *reterr)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int length = -1;
    if (mailing->journal)
        length = snprintf(path, PATH_MAX, "%s", mailing->journal);
    else if (state && *state == '/')
        length = snprintf(path, PATH_MAX, "%s/pith/mail.jsonl", state);
    else if (home && *home)
        length = snprintf(path, PATH_MAX, "%s/.local/state/pith/mail.jsonl", home);
    return length > 0 && length < PATH_MAX ? PITH_OK
                                           : pith_fail(reterr, PITH_USAGE, "where is the journal? Put journal = FILE under [mail]");
}

static enum pith_status open_journal(struct round *round, char path[PATH_MAX], int32_t today, struct journal **ret_journal,
                                     struct pith_error *reterr)
{
    bool torn = false;
    enum pith_status status = journal_path(round->means.mailing, path, reterr);
    if (!status)
        status = journal_open(path, today - UNFINISHED_DAYS, ret_journal, &torn, reterr);
    if (!status && torn)
        fprintf(stderr, "pith: the last line of the journal was torn, by a bot that was killed: it was cut off\n");
    return status;
}

/* What the run needs besides the config: the home where there is no service, and the program where there is no mail server. */
static void find_means(struct round *round)
{
    const struct mail_config *mailing = round->means.mailing;
    round->means.sendmail = mailing->sendmail;
    if (!mailing->smtp.url && !mailing->sendmail && local_mail_find(round->sendmail))
        round->means.sendmail = round->sendmail;
    round->means.pith = round->call->pith;
}

static enum pith_status check_way(const struct round *round, const struct mail_config_reader *readers, size_t count,
                                  struct pith_error *reterr)
{
    for (size_t i = 0; i < count && !round->call->dry_run; i++)
        if (!readers[i].maildir && !round->means.mailing->smtp.url && !round->means.sendmail)
            return pith_fail(reterr, PITH_USAGE,
                             "nothing here sends mail: name a mail server (pith config set smtp.url smtp://HOST:587), install a "
                             "program sendmail, or name a folder (pith config set mail.maildir ~/Maildir)");
    return PITH_OK;
}

enum pith_status round_run(struct round *round, const struct mail_config_reader *readers, size_t count, int32_t today,
                           struct pith_error *reterr)
{
    PITH_AUTO(journal_close_p) struct journal *journal = NULL;
    PITH_AUTO(transport_free_p) struct transport *wire = NULL;
    const char *password_file = round->means.mailing->smtp.password_file;
    struct passphrase password = {0};
    char path[PATH_MAX];
    find_means(round);
    enum pith_status status = check_way(round, readers, count, reterr);
    if (!status && password_file && !round->call->dry_run)
        status = passphrase_read_private(&password, password_file, "password", reterr);
    if (!status && !round->call->dry_run)
        status = open_journal(round, path, today, &journal, reterr);
    if (!status && (round->means.mailing->smtp.url || !round->means.pith))
        status = transport_new(&wire, reterr);
    password.text[password.length] = '\0';
    round->means.password = password.length ? password.text : NULL;
    round->means.journal = journal;
    round->means.wire = wire;
    if (!status)
        status = plan(round, readers, count, today, reterr);
    if (!status)
        status = run(round, reterr);
    free(round->delivery);
    passphrase_wipe(&password);
    if (status || !round->failed)
        return status;
    round->call->told = round->call->json; /* each in its line */
    return pith_fail(reterr, PITH_IO, "%zu of %zu digest%s could not be sent, or may not have been", round->failed, round->count,
                     round->count == 1 ? "" : "s");
}

enum pith_status round_begin(struct call *call, const struct mail_config *mailing, struct round *ret_round,
                             struct pith_error *reterr)
{
    *ret_round = (struct round){.call = call, .means = {.mailing = mailing, .in_doubt = mailing->in_doubt}};
    if (call->doubt && !mail_config_doubt_from_text(call->doubt, &ret_round->means.in_doubt))
        return pith_fail(reterr, PITH_USAGE, "--in-doubt %s: again, hold or sent is expected", call->doubt);
    return PITH_OK;
}
