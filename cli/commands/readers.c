/* The readers of a home: made, listed, renamed and removed, one by one or from a table. */
#include "cli/commands/commands.h"
#include "cli/csv.h"
#include "cli/files.h"
#include "cli/roster.h"
#include <pith/json.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- saying what was done ---- */

static enum pith_status print_line(const struct pith_json_pair *pairs, size_t count, struct pith_error *reterr)
{
    char *json = NULL;
    enum pith_status status = pith_json_line(pairs, count, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

static enum pith_status print_added(struct roster *roster, const struct roster_wish *wish, enum roster_outcome outcome,
                                    struct pith_error *reterr)
{
    char token[ROSTER_PATH], code[ROSTER_PATH];
    bool fresh = outcome == ROSTER_MADE || outcome == ROSTER_FINISHED;
    roster_token(roster, wish->name, token);
    roster_code(roster, wish->name, code);
    if (roster->call->json) {
        const struct pith_json_pair pairs[] = {{"reader", wish->name},
                                               {"outcome", roster_outcome_name(outcome)},
                                               {"token_file", token},
                                               {"recovery_file", fresh ? code : NULL}};
        return print_line(pairs, sizeof pairs / sizeof *pairs, reterr);
    }
    printf("%-8s  ", roster_outcome_name(outcome));
    terminal_text(stdout, wish->name);
    if (wish->address) {
        fputs("  ", stdout);
        terminal_text(stdout, wish->address);
    }
    if (fresh) {
        fputs("\n          recovery code: ", stdout);
        terminal_text(stdout, code);
    }
    putchar('\n');
    return PITH_OK;
}

/* ---- one ---- */

static void print_advice(const struct call *call)
{
    if (!call->json)
        puts("Give each reader the recovery code, and keep no copy: whoever has it opens the profile.");
}

static enum pith_status reader_add(struct roster *roster, struct pith_error *reterr)
{
    struct call *call = roster->call;
    const struct roster_wish wish = {.name = call->words[1], .address = call->mail, .seed = call->seed};
    enum roster_outcome outcome;
    enum pith_status status = roster_add(roster, &wish, &outcome, reterr);
    if (!status)
        status = print_added(roster, &wish, outcome, reterr);
    if (!status && (outcome == ROSTER_MADE || outcome == ROSTER_FINISHED))
        print_advice(call);
    return status;
}

static enum pith_status reader_remove(struct roster *roster, struct pith_error *reterr)
{
    struct call *call = roster->call;
    char question[300];
    snprintf(question, sizeof question, "This destroys the profile of %.100s: votes, what was learnt, and what opens it. Go on?",
             call->words[1]);
    enum pith_status status = call->yes ? PITH_OK : terminal_agree(question, "--yes", reterr);
    if (!status)
        status = roster_remove(roster, call->words[1], reterr);
    if (status)
        return status;
    const struct pith_json_pair pairs[] = {{"reader", call->words[1]}, {"outcome", "removed"}};
    if (call->json)
        return print_line(pairs, 2, reterr);
    fputs("removed   ", stdout);
    terminal_text(stdout, call->words[1]);
    putchar('\n');
    return PITH_OK;
}

static enum pith_status reader_rename(struct roster *roster, struct pith_error *reterr)
{
    struct call *call = roster->call;
    enum pith_status status = roster_rename(roster, call->words[1], call->words[2], reterr);
    if (status)
        return status;
    const struct pith_json_pair pairs[] = {{"reader", call->words[2]}, {"outcome", "renamed"}, {"before", call->words[1]}};
    if (call->json)
        return print_line(pairs, 3, reterr);
    fputs("renamed   ", stdout);
    terminal_text(stdout, call->words[1]);
    fputs(" is ", stdout);
    terminal_text(stdout, call->words[2]);
    fputs(" now\n", stdout);
    return PITH_OK;
}

/* ---- a table ---- */

enum { NAME, ADDRESS, SEED, COLUMNS };

struct importing {
    struct roster *roster;
    const char *file;
    int column[COLUMNS]; /* that holds it; -1: none */
    size_t rows, bad, fresh;
    char (*name)[256]; /* of the rows before */
    size_t names, cap;
};

static int column_of(const char *title)
{
    static const struct {
        const char *title;
        int column;
    } titles[] = {{"name", NAME},     {"reader", NAME},     {"mail", ADDRESS}, {"e-mail", ADDRESS},
                  {"email", ADDRESS}, {"address", ADDRESS}, {"seed", SEED},    {"library", SEED}};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (strcasecmp(title, titles[i].title) == 0)
            return titles[i].column;
    return -1;
}

/* A first row of titles says which column holds what. */
static bool take_titles(struct importing *importing, const struct csv_row *row)
{
    if (importing->rows || row->fault || column_of(row->field[0]) < 0)
        return false;
    for (int i = 0; i < COLUMNS; i++)
        importing->column[i] = -1;
    for (size_t i = 0; i < row->count; i++)
        if (column_of(row->field[i]) >= 0)
            importing->column[column_of(row->field[i])] = (int)i;
    return true;
}

static const char *cell(const struct importing *importing, const struct csv_row *row, int column)
{
    int at = importing->column[column];
    return at >= 0 && (size_t)at < row->count && *row->field[at] ? row->field[at] : NULL;
}

/* Whether an earlier row has the name; it is noted. */
static enum pith_status note_name(struct importing *importing, const char *name, bool *ret_known, struct pith_error *reterr)
{
    *ret_known = false;
    for (size_t i = 0; i < importing->names; i++)
        *ret_known = *ret_known || strcmp(importing->name[i], name) == 0;
    enum pith_status status = pith_grow(&importing->name, &importing->cap, importing->names + 1, sizeof *importing->name,
                                        MAIL_CONFIG_MAX_READERS, reterr);
    if (!status)
        snprintf(importing->name[importing->names++], sizeof *importing->name, "%.255s", name);
    return status;
}

/* Beside the table. */
static void find_seed(const struct importing *importing, const char *seed, char path[ROSTER_PATH])
{
    const char *slash = *seed == '/' ? NULL : strrchr(importing->file, '/');
    snprintf(path, ROSTER_PATH, "%.*s%.2000s", slash ? (int)(slash + 1 - importing->file) : 0, importing->file, seed);
}

static enum pith_status add_row(struct importing *importing, const struct csv_row *row, struct pith_error *reterr)
{
    char path[ROSTER_PATH];
    bool known = false;
    struct roster_wish wish = {0};
    if (row->fault)
        return pith_fail(reterr, PITH_INPUT, "%s", row->fault);
    wish.name = cell(importing, row, NAME);
    wish.address = cell(importing, row, ADDRESS);
    if (!wish.name)
        return pith_fail(reterr, PITH_INPUT, "there is no name");
    if (cell(importing, row, SEED)) {
        find_seed(importing, cell(importing, row, SEED), path);
        wish.seed = path;
    }
    enum pith_status status = note_name(importing, wish.name, &known, reterr);
    if (!status && known)
        status = pith_fail(reterr, PITH_INPUT, "the name %.100s stands above already", wish.name);
    enum roster_outcome outcome;
    if (!status)
        status = roster_add(importing->roster, &wish, &outcome, reterr);
    if (status)
        return status;
    importing->fresh += outcome == ROSTER_MADE || outcome == ROSTER_FINISHED;
    return print_added(importing->roster, &wish, outcome, reterr);
}

/* What is wrong with a row costs that row; what is wrong with the disk ends the run. */
static enum pith_status take_row(void *user, const struct csv_row *row, struct pith_error *reterr)
{
    struct importing *importing = user;
    struct pith_error error;
    if (take_titles(importing, row)) {
        importing->rows++;
        return importing->column[NAME] < 0
                   ? pith_fail(reterr, PITH_INPUT, "%.200s:%zu: no column is called name", importing->file, row->line)
                   : PITH_OK;
    }
    importing->rows++;
    enum pith_status status = add_row(importing, row, &error);
    if (status == PITH_IO || status == PITH_NOMEM || status == PITH_CORRUPT)
        return pith_fail(reterr, status, "%.200s:%zu: %s", importing->file, row->line, error.message);
    if (status) {
        importing->bad++;
        terminal_clear_progress(&importing->roster->call->terminal);
        fputs("pith: ", stderr);
        terminal_text(stderr, importing->file);
        fprintf(stderr, ":%zu: ", row->line);
        terminal_text(stderr, error.message);
        fputs(": this line was left out\n", stderr);
    }
    return PITH_OK;
}

static enum pith_status reader_import(struct roster *roster, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *text = NULL;
    struct importing importing = {.roster = roster, .file = roster->call->words[1], .column = {NAME, ADDRESS, SEED}};
    size_t length;
    enum pith_status status = files_read(importing.file, &text, &length, reterr);
    if (!status && memchr(text, '\0', length))
        status = pith_fail(reterr, PITH_INPUT, "%.200s holds a zero byte: it is no table", importing.file);
    if (!status)
        status = csv_read(text, take_row, &importing, reterr);
    free(importing.name);
    if (!status && importing.fresh)
        print_advice(roster->call);
    if (!status && importing.bad)
        status = pith_fail(reterr, PITH_INPUT, "%zu line%s of %.200s could not be used; the others were", importing.bad,
                           importing.bad == 1 ? "" : "s", importing.file);
    return status;
}

/* ---- list ---- */

static enum pith_status print_reader(struct roster *roster, const struct mail_config_reader *reader, size_t *found,
                                     struct pith_error *reterr)
{
    static const char *const states[] = {[ROSTER_WHOLE] = "whole", [ROSTER_HALF] = "half made", [ROSTER_LOST] = "no token"};
    static const char *const advice[] = {[ROSTER_WHOLE] = "",
                                         [ROSTER_HALF] = ": pith reader add finishes it",
                                         [ROSTER_LOST] = ": the token file does not open a profile here"};
    enum roster_state state;
    enum pith_status status = roster_state(roster, reader->name, &state, reterr);
    if (status)
        return status;
    *found += state == ROSTER_WHOLE;
    const struct pith_json_pair pairs[] = {
        {"reader", reader->name}, {"address", reader->address}, {"state", states[state]}, {"token_file", reader->token_file}};
    if (roster->call->json)
        return print_line(pairs, sizeof pairs / sizeof *pairs, reterr);
    terminal_text(stdout, reader->name);
    fputs("  ", stdout);
    terminal_text(stdout, reader->address);
    if (state != ROSTER_WHOLE)
        printf("  (%s%s)", states[state], advice[state]);
    putchar('\n');
    return PITH_OK;
}

/* Those that the config does not name: their names are sealed. */
static enum pith_status print_others(struct roster *roster, size_t found, struct pith_error *reterr)
{
    PITH_AUTO(pith_readers_free_p) struct pith_readers *readers = NULL;
    size_t unnamed = 0;
    enum pith_status status = pith_list_readers(roster->call->pith, &readers, reterr);
    if (status || roster->call->json)
        return status;
    for (size_t i = 0; i < readers->count; i++)
        unnamed += !readers->item[i].named;
    size_t others = readers->count > found + unnamed ? readers->count - found - unnamed : 0;
    if (unnamed == 1)
        puts("default  (the reader without a name: --reader default)");
    else if (unnamed)
        printf("%zu readers without a name: `pith readers` tells their ids\n", unnamed);
    if (others)
        printf("%zu more, whose name%s sealed and not in the config file: `pith readers` tells the id%s\n", others,
               others == 1 ? " is" : "s are", others == 1 ? "" : "s");
    if (!readers->count)
        puts("no reader is here yet: pith reader add NAME --mail ADDRESS");
    return PITH_OK;
}

static enum pith_status reader_list(struct roster *roster, struct pith_error *reterr)
{
    const struct config *config;
    size_t found = 0;
    enum pith_status status = call_config(roster->call, &config, reterr);
    for (size_t i = 0; !status && i < config->mailing->readers; i++)
        status = print_reader(roster, &config->mailing->reader[i], &found, reterr);
    return status ? status : print_others(roster, found, reterr);
}

enum pith_status command_reader(struct call *call, struct pith_error *reterr)
{
    static const struct {
        const char *name;
        size_t words;
        enum pith_status (*run)(struct roster *roster, struct pith_error *reterr);
    } verbs[] = {{"list", 1, reader_list},
                 {"add", 2, reader_add},
                 {"remove", 2, reader_remove},
                 {"rename", 3, reader_rename},
                 {"import", 2, reader_import}};
    PITH_AUTO(roster_close) struct roster roster = {.lock = -1};
    size_t i = 0;
    while (i < sizeof verbs / sizeof *verbs && (strcmp(verbs[i].name, call->words[0]) != 0 || verbs[i].words != call->count))
        i++;
    if (i == sizeof verbs / sizeof *verbs)
        return pith_fail(
            reterr, PITH_USAGE,
            "it is pith reader list, add NAME, remove NAME, rename NAME OTHER, or import FILE.csv: see `pith reader --help`");
    enum pith_status status = call_open(call, strcmp(call->words[0], "add") == 0 || strcmp(call->words[0], "import") == 0, reterr);
    if (!status)
        status = roster_open(call, &roster, reterr);
    return status ? status : verbs[i].run(&roster, reterr);
}
