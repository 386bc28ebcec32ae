/* pith on the command line. Two tables, of options and of commands, drive parsing, dispatch and help. */
#include "commands.h"

#include <locale.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#ifndef PITH_VERSION
#define PITH_VERSION "unknown"
#endif

struct option {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* what it takes, for help; NULL for a flag */
    size_t member;     /* of struct call: const char * with a value, bool for a flag */
    const char *help;
};

#define MEMBER(name) offsetof(struct call, name)

static const struct option everywhere[] = {
    {"home", 0, "DIR", MEMBER(home), "the folder of papers and profile (else PITH_HOME, else ~/.local/share/pith)"},
    {"passphrase-file", 0, "FILE", MEMBER(passphrase_file),
     "its first line opens the profile (else PITH_PASSPHRASE_FILE, else asked)"},
    {"json", 0, NULL, MEMBER(json), "print JSON, errors too"},
    {"help", 'h', NULL, MEMBER(help), "print this"},
    {"version", 0, NULL, MEMBER(version), "print the version"},
    {0},
};

static const struct option no_options[] = {{0}};
static const struct option init_options[] = {
    {"strength", 0, "LEVEL", MEMBER(strength),
     "time that a passphrase guess takes: interactive, moderate (default) or sensitive"},
    {0},
};
static const struct option rank_options[] = {
    {"date", 0, "DAY", MEMBER(date), "that day's listing, as YYYY-MM-DD (else the newest)"},
    {"since", 0, "DAY", MEMBER(since), "all listings from that day on"},
    {"all", 0, NULL, MEMBER(all), "every listed paper"},
    {"limit", 0, "N", MEMBER(limit), "print N papers (default 20, 0 for all)"},
    {0},
};
static const struct option why_options[] = {
    {"limit", 0, "N", MEMBER(limit), "print N terms of either sum (default 20, 0 for all)"},
    {0},
};
static const struct option vote_options[] = {
    {"from", 0, "FILE", MEMBER(from), "lines of {\"id\", \"vote\": \"up|down|none\", \"date\"}; - for standard input"},
    {0},
};
static const struct option export_options[] = {
    {"format", 0, "FORMAT", MEMBER(format), "json"},
    {"output", 'o', "FILE", MEMBER(output), "write there, readable by you alone (else standard output)"},
    {"force", 0, NULL, MEMBER(force), "replace FILE when it is there"},
    {0},
};
static const struct option status_options[] = {
    {"digest", 0, NULL, MEMBER(digest), "unlock, and print a digest of the votes: equal votes, equal digests"},
    {0},
};

enum { ANY = 1000000 };

static const struct command {
    const char *name, *arguments, *summary;
    enum pith_status (*run)(struct call *call, struct pith_error *reterr);
    size_t least, most; /* words after the name */
    const struct option *options;
    const char *more, *example;
} commands[] = {
    {"import", "FILE...|-", "bring in listings; the format is told from content", command_import, 1, ANY, no_options,
     "A listing is a feed, mailing or page of arXiv, bioRxiv, Hugging Face, PubMed, OpenReview, Semantic Scholar or\n"
     "OpenAlex, a library in BibTeX, RIS, CSL-JSON or Zotero's own formats, or JSON Lines; it may be packed with gzip.\n"
     "Importing again adds nothing. A record that cannot be used is named and skipped; a file that is no listing is "
     "refused.",
     "pith import 2025-06-04.txt"},
    {"init", "", "make your profile, sealed by a passphrase", command_init, 0, 0, init_options,
     "The passphrase is asked for twice, or read from the passphrase file. It cannot be recovered.", "pith init"},
    {"rank", "", "the day's papers in your order", command_rank, 0, 0, rank_options,
     "Beside each paper: the chance that you like it, and what speaks for (+) and against (−) it. The ranks printed\n"
     "can be voted on until the next rank.",
     "pith rank --since 2025-06-01 --limit 50"},
    {"up", "PAPER...", "you like these", command_up, 1, ANY, no_options,
     "A paper is named by its rank in the last listing, an identifier in any spelling, or a part of its title. When\n"
     "several papers fit, they are listed and nothing is recorded. A later vote on a paper replaces an earlier one.",
     "pith up 2 2506.02483 \"masked diffusion\""},
    {"down", "PAPER...", "you do not", command_down, 1, ANY, no_options, "Papers are named as for `pith up`.",
     "pith down 3 \"survey of\""},
    {"prefer", "A [B...] over C", "you like A (and B) better than C", command_prefer, 3, ANY, no_options,
     "Says which is better, not that either is good. Papers are named as for `pith up`.", "pith prefer 2 5 over 1"},
    {"undo", "", "take the last change of votes back", command_undo, 0, 0, no_options,
     "What one command recorded is taken back as one, and leaves no trace.", "pith undo"},
    {"votes", "", "list the votes that stand", command_votes, 0, 0, no_options, NULL, "pith votes"},
    {"vote", "--from FILE|-", "record many votes, all or none", command_vote, 0, 0, vote_options,
     "One JSON object a line. A line that cannot be used is named, and then nothing is recorded.",
     "echo '{\"id\": \"2506.02483\", \"vote\": \"up\"}' | pith vote --from -"},
    {"why", "PAPER", "how a paper's score comes about", command_why, 1, 1, why_options,
     "The score as a sum twice over: of the paper's properties, and of your votes.", "pith why 1"},
    {"replay", "", "how well the past would have been ordered", command_replay, 0, 0, no_options,
     "Learns from the votes before each day, orders that day, and compares with your ups; beside it the same for the\n"
     "listing's own order and a centroid of your votes. 1 is perfect; an AUC of 0.5 is chance.",
     "pith replay"},
    {"export", "", "write the profile out in clear", command_export, 0, 0, export_options,
     "What comes out is no longer sealed.", "pith export -o profile.json"},
    {"import-profile", "FILE", "take an export into a new profile", command_import_profile, 1, 1, no_options,
     "The profile must have no votes yet: make it with `pith init`.", "pith import-profile profile.json"},
    {"status", "", "what is there", command_status, 0, 0, status_options, NULL, "pith status --digest"},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(void)
{
    fputs("pith puts each day's papers in your order, learnt from your thumbs and kept sealed.\n\n"
          "  pith init                     once: make your profile\n"
          "  pith import today.txt         each day: bring in the listing,\n"
          "  pith rank                     read it in your order,\n"
          "  pith up 2 5                   and vote: by rank, identifier or part of a title\n"
          "  pith down \"survey of\"\n\n",
          stdout);
    for (size_t i = 0; i < COMMANDS; i++) {
        int used = printf("%s %s", commands[i].name, commands[i].arguments);
        printf("%*s%s\n", used < 24 ? 24 - used : 1, "", commands[i].summary);
    }
    fputs("\nEverywhere: --home DIR, --passphrase-file FILE, --json, --help, --version.\n"
          "More, with an example: pith COMMAND --help\n",
          stdout);
}

static void print_options(const struct option *option)
{
    for (; option->name; option++) {
        int used = option->letter ? printf("  -%c, --%s", option->letter, option->name)
                                  : printf("  --%s", option->name);
        if (option->value)
            used += printf(" %s", option->value);
        printf("%*s%s\n", used < 26 ? 26 - used : 1, "", option->help);
    }
}

static void print_command_help(const struct command *command)
{
    printf("pith %s%s%s: %s\n", command->name, *command->arguments ? " " : "", command->arguments, command->summary);
    if (command->more)
        printf("\n%s\n", command->more);
    printf("\nExample:\n  %s\n\n", command->example);
    print_options(command->options);
    print_options(everywhere);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* The option that `argument` (-o, --name or --name=value) spells, in one table. */
static const struct option *find_option(const struct option *option, const char *argument)
{
    for (; option->name; option++) {
        size_t length = strlen(option->name);
        if (argument[1] != '-' && argument[1] == option->letter && argument[2] == '\0')
            return option;
        if (argument[1] == '-' && strncmp(argument + 2, option->name, length) == 0 &&
            (argument[2 + length] == '\0' || argument[2 + length] == '='))
            return option;
    }
    return NULL;
}

/* Takes the option at arguments[*at], and its value, into the call. */
static enum pith_status take_option(struct call *call, const struct option *option, char **arguments, size_t *at,
                                    struct pith_error *reterr)
{
    const char *equals = arguments[*at][1] == '-' ? strchr(arguments[*at], '=') : NULL;
    char *member = (char *)call + option->member;
    const char *value = equals ? equals + 1 : NULL;
    if (!option->value) {
        if (equals)
            return pith_fail(reterr, PITH_USAGE, "--%s takes no value", option->name);
        *(bool *)(void *)member = true;
        return PITH_OK;
    }
    if (!value)
        value = arguments[*at + 1] ? arguments[++*at] : NULL;
    if (!value)
        return pith_fail(reterr, PITH_USAGE, "--%s needs a value: %s", option->name, option->value);
    memcpy(member, &value, sizeof value);
    return PITH_OK;
}

/* `command` is NULL until its name has come. */
static enum pith_status take_argument(struct call *call, const struct command **command, char **arguments, size_t *at,
                                      bool *words_only, struct pith_error *reterr)
{
    const char *argument = arguments[*at];
    if (!*words_only && strcmp(argument, "--") == 0) {
        *words_only = true;
        return PITH_OK;
    }
    if (!*words_only && argument[0] == '-' && argument[1]) {
        const struct option *option = *command ? find_option((*command)->options, argument) : NULL;
        if (!option)
            option = find_option(everywhere, argument);
        if (option)
            return take_option(call, option, arguments, at, reterr);
        return pith_fail(reterr, PITH_USAGE, "%s is no option%s%s: see `pith %s%s--help`", argument,
                         *command ? " of pith " : " here", *command ? (*command)->name : "",
                         *command ? (*command)->name : "", *command ? " " : "");
    }
    if (*command) {
        call->words[call->count++] = argument;
        return PITH_OK;
    }
    *command = find_command(argument);
    if (!*command)
        return pith_fail(reterr, PITH_USAGE, "%s is no command of pith: see `pith --help`", argument);
    return PITH_OK;
}

static enum pith_status check_words(const struct call *call, const struct command *command, struct pith_error *reterr)
{
    if (call->help || call->version || (call->count >= command->least && call->count <= command->most))
        return PITH_OK;
    if (command->most == 0)
        return pith_fail(reterr, PITH_USAGE, "pith %s takes no \"%s\": see `pith %s --help`", command->name,
                         call->words[0], command->name);
    return pith_fail(reterr, PITH_USAGE, "it is pith %s %s: see `pith %s --help`", command->name, command->arguments,
                     command->name);
}

/* All arguments are taken even after a wrong one, so that a --json anywhere shapes the error. */
static enum pith_status parse(struct call *call, const struct command **ret_command, char **arguments,
                              struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    const struct command *command = NULL;
    bool words_only = false;
    for (size_t at = 0; arguments[at]; at++) {
        struct pith_error error;
        enum pith_status one = take_argument(call, &command, arguments, &at, &words_only, &error);
        if (one && !status) {
            status = one;
            *reterr = error;
        }
    }
    if (status)
        return status;
    if (!command && !call->help && !call->version)
        return pith_fail(reterr, PITH_USAGE, "no command given: see `pith --help`");
    *ret_command = command;
    return command ? check_words(call, command, reterr) : PITH_OK;
}

static enum pith_status run(struct call *call, const struct command *command, struct pith_error *reterr)
{
    if (call->version) {
        puts("pith " PITH_VERSION);
        return PITH_OK;
    }
    if (call->help) {
        if (command)
            print_command_help(command);
        else
            print_help();
        return PITH_OK;
    }
    enum pith_status status = command->run(call, reterr);
    if (call->pith)
        pith_close(call->pith);
    call->pith = NULL;
    return status;
}

static int status_to_exit(enum pith_status status)
{
    switch (status) {
    case PITH_OK: return 0;
    case PITH_IO:
    case PITH_NOMEM: return 1;
    case PITH_USAGE: return 2;
    case PITH_INPUT: return 3;
    case PITH_NOT_FOUND:
    case PITH_AMBIGUOUS:
    case PITH_EXISTS: return 4;
    case PITH_LOCKED: return 5;
    case PITH_CORRUPT: return 6;
    }
    return 1;
}

int main(int argc, char **argv)
{
    struct call call = {0};
    const struct command *command = NULL;
    struct pith_error error = {0};
    setlocale(LC_CTYPE, "");
    terminal_start(&call.terminal);
    call.words = pith_calloc((size_t)argc + 1, sizeof *call.words);
    enum pith_status status = call.words ? PITH_OK : pith_fail(&error, PITH_NOMEM, "out of memory");
    if (!status)
        status = parse(&call, &command, argc > 0 ? argv + 1 : argv, &error);
    if (!status)
        status = run(&call, command, &error);
    if (status)
        call_tell(&call, &error, NULL);
    terminal_clear_progress(&call.terminal);
    free(call.words);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("pith: could not write to standard output\n", stderr);
        return status ? status_to_exit(status) : status_to_exit(PITH_IO);
    }
    return status_to_exit(status);
}
