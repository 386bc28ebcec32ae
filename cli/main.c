/* pith on the command line. Two tables, of options and of commands, drive parsing, dispatch and help. */
#include "cli/commands/commands.h"
#include "cli/next.h"
#include "cli/option.h"

#include <locale.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

static const struct option everywhere[] = {
    {"home", 0, "DIR", MEMBER(home), "the folder of papers and profiles (else PITH_HOME, else ~/.local/share/pith)"},
    {"reader", 0, "NAME", MEMBER(reader),
     "whose profile, where there are several: a name, default for the one without, or id:ID (else PITH_READER)"},
    {"passphrase-file", 0, "FILE", MEMBER(passphrase_file),
     "its first line opens the profile (else PITH_PASSPHRASE_FILE, else asked)"},
    {"key-file", 0, "FILE", MEMBER(key_file), "a file of `pith key add file` opens it (else PITH_KEY_FILE)"},
    {"token-file", 0, "FILE", MEMBER(token_file), "a token of `pith token add` opens it (else PITH_TOKEN_FILE)"},
    {"recovery", 0, NULL, MEMBER(recovery), "ask for the recovery code instead"},
    {"fido2", 0, NULL, MEMBER(fido2), "a security key of `pith key add fido2` opens it, when touched"},
    {"tpm", 0, NULL, MEMBER(tpm), "this machine's TPM opens it (PITH_TPM names one, as tpm2-tss does)"},
    {"witness", 0, "FILE", MEMBER(witness), "tells an older store put back; kept elsewhere (else PITH_WITNESS)"},
    {"config", 0, "FILE", MEMBER(config), "the config file (else ~/.config/pith/config, by XDG_CONFIG_HOME)"},
    {"json", 0, NULL, MEMBER(json), "print JSON, errors too"},
    {"help", 'h', NULL, MEMBER(help), "print this"},
    {"version", 0, NULL, MEMBER(version), "print the version"},
    {0},
};

#define STRENGTH                                                                                                                   \
    {                                                                                                                              \
        "strength", 0, "LEVEL", MEMBER(strength),                                                                                  \
            "time that a passphrase guess takes: interactive, moderate (default) or sensitive"                                     \
    }
#define NEW_PASSPHRASE                                                                                                             \
    {                                                                                                                              \
        "new-passphrase-file", 0, "FILE", MEMBER(new_passphrase_file), "its first line is the new passphrase (else asked)"         \
    }
#define EXPORT_PASSPHRASE                                                                                                          \
    {                                                                                                                              \
        "export-passphrase-file", 0, "FILE", MEMBER(export_passphrase_file), "its first line opens a sealed export (else asked)"   \
    }

static const struct option no_options[] = {{0}};
static const struct option import_options[] = {
    {"explain", 0, NULL, MEMBER(explain), "store nothing; print the format and the first record, field by field"},
    {0},
};
static const struct option fetch_options[] = {
    {"since", 0, "DAY", MEMBER(since), "what was announced from that day on (else what is new since the last run)"},
    ONLY,
    {0},
};
static const struct option receipts_options[] = {
    {"limit", 0, "N", MEMBER(limit), "print N receipts (default 20, 0 for all)"},
    {0},
};
static const struct option init_options[] = {STRENGTH, NEW_PASSPHRASE, {0}};
static const struct option setup_options[] = {
    {"fetch", 0, "SOURCES", MEMBER(fetch), "answers what is to be fetched: \"cs.LG cs.CL hf\", or no"},
    {"seed", 0, "FILE|WORDS", MEMBER(seed), "answers what you like already, or no"},
    {"mail", 0, "ADDRESS", MEMBER(mail), "answers whom the digest is mailed to; or a maildir, or no"},
    {"unlock", 0, "YES|NO", MEMBER(unlock_at_login), "answers whether a key file opens the profile"},
    STRENGTH,
    NEW_PASSPHRASE,
    {0},
};
static const struct option reader_options[] = {
    {"mail", 0, "ADDRESS", MEMBER(mail), "whom the reader's digest is mailed to"},
    {"seed", 0, "FILE", MEMBER(seed), "a library, listing or list of identifiers that the reader likes"},
    {"yes", 0, NULL, MEMBER(yes), "do not ask before a profile is destroyed"},
    {0},
};
static const struct option undo_options[] = {
    {"yes", 0, NULL, MEMBER(yes), "do not ask"},
    {0},
};
static const struct option post_options[] = {
    {"post", 0, NULL, MEMBER(post), "leave it sealed in the inbox: needs no passphrase, counts from the next unlock"},
    {0},
};
static const struct option key_options[] = {
    STRENGTH,
    NEW_PASSPHRASE,
    {"label", 0, "NAME", MEMBER(label), "what you call this way in, sealed with it"},
    {0},
};
static const struct option token_options[] = {
    {"allow", 0, "SCOPES", MEMBER(allow), "what it may: rank, vote, export, manage, or several with commas"},
    {"until", 0, "DAY", MEMBER(until), "its last day, as YYYY-MM-DD (else it does not end)"},
    {0},
};
static const struct option replay_options[] = {
    {"picture", 0, "FILE", MEMBER(picture), "draw how far chances came true, as SVG"},
    {"force", 0, NULL, MEMBER(force), "replace FILE when it is there"},
    {0},
};
static const struct option unlock_options[] = {
    {"for", 0, "TIME", MEMBER(duration), "how long: 30m, 8h (default), 2d; a week at most"},
    {0},
};
static const struct option force_options[] = {
    {"force", 0, NULL, MEMBER(force), "replace what is there"},
    {0},
};
static const struct option erase_options[] = {
    {"yes", 0, NULL, MEMBER(yes), "do not ask"},
    {0},
};
static const struct option diff_options[] = {
    {"limit", 0, "N", MEMBER(limit), "print N weights (default 20, 0 for all)"},
    EXPORT_PASSPHRASE,
    {0},
};
static const struct option import_profile_options[] = {EXPORT_PASSPHRASE, {0}};
static const struct option seed_options[] = {
    {"about", 0, "KEYWORD", MEMBER(about), "of a file only what carries this keyword, category or collection"},
    {"forget", 0, NULL, MEMBER(forget), "take all seeds back"},
    {0},
};
static const struct option why_options[] = {
    {"limit", 0, "N", MEMBER(limit), "print N terms of either sum (default 20, 0 for all)"},
    {"no-pager", 0, NULL, MEMBER(no_pager), "print all at once"},
    {0},
};
static const struct option vote_options[] = {
    {"from-mail", 0, "FILE", MEMBER(from_mail),
     "a mail that answers a digest (\"1+ 4-\"); - for standard input; needs no passphrase"},
    {"from", 0, "FILE", MEMBER(from), "lines of {\"id\", \"vote\": \"up|down|none\", \"date\"}; - for standard input"},
    {0},
};
static const struct option export_options[] = {
    {"sealed", 0, "FILE", MEMBER(sealed), "write one file sealed under a passphrase of its own"},
    {"format", 0, "FORMAT", MEMBER(format), "json: in clear"},
    {"output", 'o', "FILE", MEMBER(output), "write in clear there, readable by you alone (else standard output)"},
    {"yes", 0, NULL, MEMBER(yes), "do not ask before writing in clear"},
    {"force", 0, NULL, MEMBER(force), "replace FILE when it is there"},
    STRENGTH,
    NEW_PASSPHRASE,
    {0},
};
static const struct option digest_options[] = {
    {"date", 0, "DAY", MEMBER(date), "that day's, as YYYY-MM-DD (else today's)"},
    {"format", 0, "FORMAT", MEMBER(format), "html, text, eml (a mail) or json, in place of a look at the terminal"},
    {"output", 'o', "FILE", MEMBER(output), "write there, readable by you alone (else standard output)"},
    {"force", 0, NULL, MEMBER(force), "replace FILE when it is there"},
    {"send", 0, NULL, MEMBER(send), "mail it, once"},
    {"to", 0, "ADDRESS", MEMBER(to), "whom the mail goes to (else mail.to of the config file)"},
    {"in-doubt", 0, "WHAT", MEMBER(doubt), "with --send, a mail of which it is not known whether it arrived: again, hold or sent"},
    {"no-pager", 0, NULL, MEMBER(no_pager), "print all at once"},
    {0},
};
static const struct option mail_options[] = {
    {"date", 0, "DAY", MEMBER(date), "that day's digests, as YYYY-MM-DD (else today's by UTC, and what was left unfinished)"},
    {"only", 0, "READER", MEMBER(only), "one reader of the config file"},
    {"dry-run", 0, "DIR", MEMBER(dry_run), "write DIR/DATE-READER.eml; claim and send nothing"},
    {"in-doubt", 0, "WHAT", MEMBER(doubt),
     "a mail of which it is not known whether it arrived: again, hold or sent (else the config's)"},
    {"inbound", 0, "maildir DIR|imap", MEMBER(inbound), "read answers to digests: they vote, and the next digest says so"},
    {0},
};
static const struct option web_options[] = {
    {"port", 0, "N", MEMBER(port), "of this machine (else 8417, or any that is free)"},
    {"no-browser", 0, NULL, MEMBER(no_browser), "open none: print the link alone"},
    {0},
};
static const struct option status_options[] = {
    {"fingerprint", 0, NULL, MEMBER(fingerprint), "unlock, and print a fingerprint of the votes: equal votes, equal fingerprints"},
    {"digest", 0, NULL, MEMBER(digest), NULL},
    {0},
};

enum { ANY = 1000000 };

#define TEMPLATE_HELP                                                                                                              \
    "With --format each paper is printed by a template: {rank} {chance} {score} {title} {authors} {all_authors} {abstract} {id}\n" \
    "{categories} {organisations} {page} {pdf} {doi} {code} {project} {date} {published} {updated} {upvotes} {comments}\n"         \
    "{citations} {vote} {reason} {near}; \\n and \\t are a line's end and a tab, {{ and }} are braces."

static const struct command {
    const char *name, *arguments, *summary;
    enum pith_status (*run)(struct call *call, struct pith_error *reterr);
    size_t least, most;           /* words after the name */
    const struct option *options; /* NULL: what comes after the name is for another program */
    const char *more, *example;
} commands[] = {
    {"setup", "", "from nothing to today's ranking: at most five questions", command_setup, 0, 0, setup_options,
     "Asks for a passphrase, what to fetch, what you like already, whether to mail the day's papers, and whether a key file is to\n"
     "open the profile. Writes the config file with comments, starts timers where systemd runs, fetches and ranks. It can be run\n"
     "again, and asks only what is still open.",
     "pith setup"},
    {"import", "FILE...|-", "bring in listings; the format is told from content", command_import, 1, ANY, import_options,
     "A listing is a feed, mailing or page of arXiv, bioRxiv, Hugging Face, PubMed, OpenReview, Semantic Scholar or\n"
     "OpenAlex, a library in BibTeX, RIS, CSL-JSON or Zotero's own formats, or JSON Lines; it may be packed with "
     "gzip.\n"
     "Importing again adds nothing. A record that cannot be used is named and skipped; a file that is no listing is "
     "refused.",
     "pith import 2025-06-04.txt"},
    {"fetch", "SOURCE...", "fetch listings, and bring them in", command_fetch, 1, ANY, fetch_options,
     "arxiv:cs.LG+cs.CL   the day's feed, and the days missed since the last run\n"
     "hf                  Hugging Face Daily Papers\n"
     "biorxiv:CATEGORY, medrxiv:CATEGORY, openreview:VENUE\n"
     "https://…           any feed or listing that `pith import` reads\n"
     "NAME                a source of the config file\n"
     "A receipt says what was announced and what came of it; what is missing is said with the next rank.",
     "pith fetch arxiv:cs.LG+cs.CL --only new,cross"},
    {"update", "", "fetch every source of the config file", command_update, 0, 0, no_options,
     "One that fails costs none of the others.", "pith update"},
    {"receipts", "", "what came of the last fetches", command_receipts, 0, 0, receipts_options, NULL, "pith receipts"},
    {"init", "", "make your profile, sealed by a passphrase", command_init, 0, 0, init_options,
     "The passphrase is asked for twice, or read from the passphrase file. It cannot be recovered.", "pith init"},
    {"seed", "FILE|PAPER|\"WORDS\"...", "start from a library, papers or words, before there are votes", command_seed, 0, ANY,
     seed_options,
     "A seed counts as liked, but less than a vote, and less the more votes there are; it never replaces one. A file "
     "is\n"
     "a library or listing that `pith import` reads (it is imported too), or a list of identifiers. \"Words about "
     "your\n"
     "interests\" are taken as if they were a paper. `pith undo` takes one command back.",
     "pith seed library.bib \"diffusion models for protein design\""},
    {"rank", "", "the day's papers in your order", command_rank, 0, 0, rank_options,
     "Beside each paper: the chance that you like it, and the largest reasons for (+) and against (−) it. On a terminal its\n"
     "identifier is a link, and its number can be voted on until the next list; what goes into a pipe or a file leaves the "
     "numbers\n"
     "alone, once a list stood on the terminal.\n\n" TEMPLATE_HELP,
     "pith rank --since 2025-06-01 --limit 50"},
    {"review", "", "read the day's papers and vote, in a full screen", command_review, 0, 0, review_options,
     "u votes up, d votes down, l sets aside for later, z takes back, ? shows all keys. A vote is kept as it is made. With\n"
     "NO_COLOR there is no colour; PITH_BROWSER names the program that opens a link.",
     "pith review"},
    {"search", "WORDS...", "papers of the store by words", command_search, 1, ANY, search_options,
     "All words must stand in the paper, in any form. \"Two words\" are a phrase, diffus* a beginning, -survey must not\n"
     "stand there; one OR other; title:WORD, author:NAME, category:cs.LG, since:DAY, until:DAY. Numbers can be voted on.\n"
     "After a word that begins with - put --, as in: pith search -- diffusion -survey\n\n" TEMPLATE_HELP,
     "pith search diffusion author:\"Jane Doe\" since:2025-05-01 --mine"},
    {"show", "PAPER", "all that is known of a paper, and why in three lines", command_show, 1, 1, show_options,
     "Papers are named as for `pith up`.", "pith show 2"},
    {"open", "PAPER", "a paper's page, or its PDF, in a browser", command_open, 1, 1, open_options,
     "The browser is PITH_BROWSER, else what xdg-open starts. Papers are named as for `pith up`.", "pith open --pdf 2"},
    {"days", "", "which days papers are listed on, and how many", command_days, 0, 0, days_options, NULL, "pith days --limit 7"},
    {"up", "PAPER...", "you like these", command_up, 1, ANY, post_options,
     "A paper is named by its rank in the last listing, an identifier in any spelling, or a part of its title. When\n"
     "several papers fit, they are listed and nothing is recorded. A later vote on a paper replaces an earlier one.",
     "pith up 2 2506.02483 \"masked diffusion\""},
    {"down", "PAPER...", "you do not", command_down, 1, ANY, post_options, "Papers are named as for `pith up`.",
     "pith down 3 \"survey of\""},
    {"prefer", "A [B...] over C", "you like A (and B) better than C", command_prefer, 3, ANY, post_options,
     "Says which is better, not that either is good. Papers are named as for `pith up`.", "pith prefer 2 5 over 1"},
    {"later", "PAPER...", "set these aside to be read", command_later, 1, ANY, later_options,
     "`pith list --later` prints the reading list. A vote up or down takes a paper from it too.", "pith later 4 7"},
    {"undo", "", "take the last change of votes back", command_undo, 0, 0, undo_options,
     "What one command recorded is taken back as one. More than one vote is shown first, and asked about. It leaves no trace in "
     "what\n"
     "is learnt; until the next vote, `pith redo` brings it back.",
     "pith undo"},
    {"redo", "", "bring back what undo took back", command_redo, 0, 0, no_options,
     "The last first, as long as no other vote was recorded.", "pith redo"},
    {"votes", "", "list the votes that stand", command_votes, 0, 0, page_options, NULL, "pith votes"},
    {"list", "", "papers you voted on, for a reference manager; your reading list", command_list, 0, 0, list_options,
     "Zotero, JabRef and others take these in; so does `pith import`. With --later alone the reading list is printed to be read, "
     "and "
     "its\nnumbers can be voted on.",
     "pith list --ups --format ris -o liked.ris"},
    {"vote", "--from|--from-mail FILE|-", "record many votes, all or none", command_vote, 0, 0, vote_options,
     "One JSON object a line: one that cannot be used is named, and then nothing is recorded. Or a mail that answers a "
     "digest: its\n"
     "votes are left sealed in the inbox, and count from the next unlock.",
     "echo '{\"id\": \"2506.02483\", \"vote\": \"up\"}' | pith vote --from -"},
    {"why", "PAPER", "how a paper's score comes about", command_why, 1, 1, why_options,
     "The score as a sum twice over: of the paper's properties, and of your votes.", "pith why 1"},
    {"replay", "", "how well the past would have been ordered", command_replay, 0, 0, replay_options,
     "Learns from the votes before each day, orders that day, and compares with your ups; beside it the same for the\n"
     "listing's own order and a centroid of your votes. 1 is perfect; an AUC of 0.5 is chance.",
     "pith replay"},
    {"export", "", "take the profile out: sealed, or in clear", command_export, 0, 0, export_options,
     "With --sealed: one file under a passphrase of its own. Else in clear: what comes out is sealed no longer, so "
     "pith\n"
     "asks first. Either is signed, so that a change shows. `pith import-profile` takes it in elsewhere.",
     "pith export --sealed profile.pith"},
    {"import-profile", "FILE", "take an export into a new profile", command_import_profile, 1, 1, import_profile_options,
     "Sealed or in clear. The profile must have no votes yet: make it with `pith init`.", "pith import-profile profile.pith"},
    {"diff", "A B", "what changed between two exports", command_diff, 2, 2, diff_options,
     "Votes that differ, and the weights that moved most. Signatures are checked first.", "pith diff may.json june.json"},
    {"key", "list|add|change|revoke|rotate", "the ways into the profile", command_key, 1, 3, key_options,
     "pith key list                  the ways in, by slot\n"
     "pith key add passphrase        one more passphrase\n"
     "pith key add recovery          a code to keep on paper, shown once\n"
     "pith key add file FILE         a file that opens the profile\n"
     "pith key add fido2             a FIDO2 security key that opens it, when touched\n"
     "pith key add tpm               the TPM of this machine\n"
     "pith key change [SLOT]         another passphrase in place of the old one, which ends at once\n"
     "pith key revoke SLOT           that way in ends; the last one stays\n"
     "pith key rotate                seal everything under a new key; all other ways in end",
     "pith key add recovery"},
    {"token", "list|add|revoke", "ways in for scripts and services, each with what it may", command_token, 1, 2, token_options,
     "pith token add NAME --allow rank,vote     shown once\n"
     "pith token list\n"
     "pith token revoke NAME",
     "pith token add mailbot --allow rank --until 2027-01-31"},
    {"unlock", "", "ask once: the kernel keeps the key for a while", command_unlock, 0, 0, unlock_options,
     "In memory of the Linux kernel, never in a file, and for processes of this user alone.", "pith unlock --for 8h"},
    {"lock", "", "end that at once", command_lock, 0, 0, no_options, NULL, "pith lock"},
    {"learn-space", "", "learn from this store's papers which words go together", command_learn_embedding, 0, 0, no_options,
     "pith comes with an embedding: a vector for each word, learnt from abstracts of many fields. In a field that it\n"
     "has not seen, an embedding of the store's own does better. Rankings use it by themselves as far as it helps.\n"
     "It takes 5,000 papers; more are better.",
     "pith learn-space"},
    {"check", "", "verify everything, and say what was verified", command_check, 0, 0, no_options,
     "The database's pages, every paper's text and features, the search index, every key slot, every sealed row; with --witness "
     "that no "
     "older\n"
     "copy was put back. Exit code 6 when anything is wrong.",
     "pith check"},
    {"backup", "FILE", "copy the store to one file, sealed as it is", command_backup, 1, 1, force_options,
     "Others may read and vote meanwhile.", "pith backup /media/stick/pith-2026-11.db"},
    {"restore", "FILE", "put a backup in the home folder", command_restore, 1, 1, force_options,
     "The backup is checked first. With --force the store that is there is kept as pith.db.replaced; a service that "
     "has it open\n"
     "must be stopped first.",
     "pith restore /media/stick/pith-2026-11.db"},
    {"reader", "list|add|remove|rename|import", "readers of a server, and their mail", command_reader, 1, 3, reader_options,
     "pith reader list                  who is in the config file, and whose profile is whole\n"
     "pith reader add NAME --mail ADDRESS --seed FILE\n"
     "pith reader remove NAME\n"
     "pith reader rename NAME OTHER\n"
     "pith reader import FILE.csv       a line a reader: name, address, and a file of seeds if any\n"
     "Each reader gets a profile, a token in tokens/NAME and a recovery code in recovery/NAME, both beside the config file and\n"
     "readable by you alone, and a section of the config file. Run again, it changes nothing, and finishes what was half made.",
     "pith reader add \"Ann Lee\" --mail ann@lab.example"},
    {"readers", "", "whose profiles are here, as far as that shows without a key", command_readers, 0, 0, no_options,
     "Names are sealed. Where several profiles have none, each can be named by its id: --reader id:1a2b3c4d. So `pith "
     "--reader\n"
     "id:1a2b3c4d votes` shows what is in it, and `pith --reader id:1a2b3c4d erase` removes the one that is not "
     "wanted.",
     "pith readers"},
    {"erase", "", "destroy the profile, keys first", command_erase, 0, 0, erase_options,
     "The papers stay. There is no way back but a backup.", "pith erase"},
    {"digest", "", "look at your digest of the day, write it to a file, or mail it", command_digest, 0, 0, digest_options,
     "What a mail holds: papers for you, one or two to explore, what you may have missed. Looking sends and claims "
     "nothing.\n"
     "With --send it goes to mail.to of the config file (`pith config`), by the mail server of [smtp], the program sendmail, or\n"
     "into a maildir. Sending again sends nothing twice. No service is needed.",
     "pith digest --send --to you@example.org"},
    {"settings", "[NAME=VALUE...]", "what you want of the daily digest", command_settings, 0, ANY, no_options,
     "mail=on|off        whether digests are mailed\n"
     "likes=N            \"for you\" ends where so many likes are to be expected\n"
     "most=N             papers for you at most\n"
     "cost=N             of an interruption, in likes missed: the higher, the more days are silent; 0: none is\n"
     "explore=N          picks outside what you are known to like\n"
     "missed=N           papers at most of listings that were not mailed\n"
     "announced=KINDS    new, cross, replaced, or several with commas",
     "pith settings likes=5 cost=0.5"},
    {"config", "[get NAME|set NAME VALUE|edit]", "the config file that every command reads", command_config, 0, 3, no_options,
     "pith config                       where it is, and what it sets\n"
     "pith config get smtp.url          url in the section [smtp]\n"
     "pith config set source.morning.from arxiv:cs.LG\n"
     "                                  from in [source \"morning\"]; an empty value takes the line out\n"
     "pith config edit                  all of it in your editor; what does not read is not taken\n"
     "Comments stay. A sample with every setting is installed as share/doc/pith/examples/config.",
     "pith config set fetch.contact you@example.org"},
    {"web", "", "read your papers in a browser", command_web, 0, 0, web_options,
     "Starts the service for this machine alone and opens a browser at a link that signs in once. Ctrl-C ends both the service "
     "and\nthe sign-in.",
     "pith web"},
    {"serve", "[OPTION...]", "serve readers over HTTP", command_serve, 0, ANY, NULL, NULL, "pith serve --listen 127.0.0.1:8417"},
    {"mail", "", "send everybody's digest of the day, or read the answers", command_mail, 0, 1, mail_options,
     "Opens each reader's profile by the token that the config file names, here or at a service of pith, and hands the mails to a\n"
     "mail server. Running it again sends nothing twice: the profile and a journal know what was sent. Only when the answer to a\n"
     "mail's last dot was lost is it in doubt whether it arrived; then it is sent again as the same mail under the same\n"
     "Message-ID, or held for you. man pith has the config file.",
     "pith mail --config /etc/pith/mail.conf"},
    {"status", "", "what is there", command_status, 0, 0, status_options, NULL, "pith status --fingerprint"},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

enum { HELP_COLUMN = 24, OPTION_COLUMN = 30 };

static void print_help(void)
{
    fputs("pith puts each day's papers in your order, learnt from your thumbs and kept sealed.\n\n"
          "  pith setup                    once: your profile, and what is fetched\n"
          "  pith update                   each day: fetch the listing (or pith import today.txt),\n"
          "  pith rank                     read it in your order,\n"
          "  pith up 2 5                   and vote: by rank, identifier or part of a title\n"
          "  pith down \"survey of\"\n\n",
          stdout);
    for (size_t i = 0; i < COMMANDS; i++) {
        int used = printf("%s %s", commands[i].name, commands[i].arguments);
        if (used >= HELP_COLUMN) {
            putchar('\n');
            used = 0;
        }
        printf("%*s%s\n", HELP_COLUMN - used, "", commands[i].summary);
    }
    fputs("\nEverywhere: --home DIR, --reader NAME, --json; --passphrase-file, --key-file, --token-file FILE, "
          "--recovery,\n"
          "--fido2, --tpm; --witness FILE, --config FILE, --help, --version.\n"
          "More, with an example: pith COMMAND --help\n",
          stdout);
}

static void print_options(const struct option *option)
{
    for (; option && option->name; option++) {
        if (!option->help)
            continue;
        int used = option->letter ? printf("  -%c, --%s", option->letter, option->name) : printf("  --%s", option->name);
        if (option->value)
            used += printf(" %s", option->value);
        printf("%*s%s\n", used < OPTION_COLUMN ? OPTION_COLUMN - used : 1, "", option->help);
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

static const struct option *option_of(const struct command *command, const char *argument)
{
    const struct option *option = command ? find_option(command->options, argument) : NULL;
    return option ? option : find_option(everywhere, argument);
}

static bool is_option(const struct command *command, const char *argument)
{
    return argument[0] == '-' && argument[1] && option_of(command, argument);
}

/* Takes the option at arguments[*at], and its value, into the call. A forgotten value does not swallow the next option. */
static enum pith_status take_option(struct call *call, const struct command *command, const struct option *option, char **arguments,
                                    size_t *at, struct pith_error *reterr)
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
    if (!value && arguments[*at + 1] && !is_option(command, arguments[*at + 1]))
        value = arguments[++*at];
    if (!value)
        return pith_fail(reterr, PITH_USAGE, "--%s needs a value: %s", option->name, option->value);
    memcpy(member, &value, sizeof value);
    return PITH_OK;
}

/* `command` is NULL until its name has come. */
static enum pith_status take_argument(struct call *call, const struct command **command, char **arguments, size_t *at,
                                      bool *tokens_only, struct pith_error *reterr)
{
    const char *argument = arguments[*at];
    if (!*tokens_only && strcmp(argument, "--") == 0) {
        *tokens_only = true;
        return PITH_OK;
    }
    if (!*tokens_only && argument[0] == '-' && argument[1]) {
        const struct option *option = option_of(*command, argument);
        if (option)
            return take_option(call, *command, option, arguments, at, reterr);
        return pith_fail(reterr, PITH_USAGE, "%s is no option%s%s: see `pith %s%s--help`", argument,
                         *command ? " of pith " : " here", *command ? (*command)->name : "", *command ? (*command)->name : "",
                         *command ? " " : "");
    }
    if (*command) {
        call->words[call->count++] = argument;
        return PITH_OK;
    }
    *command = find_command(argument);
    if (!*command)
        return pith_fail(reterr, PITH_USAGE, "%s is no command of pith: see `pith --help`", argument);
    *tokens_only = !(*command)->options;
    return PITH_OK;
}

static enum pith_status check_words(const struct call *call, const struct command *command, struct pith_error *reterr)
{
    if (call->help || call->version || (call->count >= command->least && call->count <= command->most))
        return PITH_OK;
    if (command->most == 0)
        return pith_fail(reterr, PITH_USAGE, "pith %s takes no \"%s\": see `pith %s --help`", command->name, call->words[0],
                         command->name);
    return pith_fail(reterr, PITH_USAGE, "it is pith %s %s: see `pith %s --help`", command->name, command->arguments,
                     command->name);
}

/* All arguments are taken even after a wrong one, so that a --json anywhere shapes the error. */
static enum pith_status parse(struct call *call, const struct command **ret_command, char **arguments, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    const struct command *command = NULL;
    bool tokens_only = false;
    for (size_t at = 0; arguments[at]; at++) {
        struct pith_error error;
        enum pith_status one = take_argument(call, &command, arguments, &at, &tokens_only, &error);
        if (one && !status) {
            status = one;
            *reterr = error;
        }
    }
    if (status)
        return status;
    *ret_command = command;
    return command ? check_words(call, command, reterr) : PITH_OK;
}

/* What is shown is right, but the next call will not know of it. */
static void tell_unkept(const char *why)
{
    fputs("pith: nothing of this was kept, so ranks still mean the listing shown before, and what waits in the inbox "
          "waits on: ",
          stderr);
    terminal_text(stderr, why);
    fputc('\n', stderr);
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
    enum pith_status status = command ? command->run(call, reterr) : next_print(call, reterr);
    struct pith_error unwitnessed = {0}, unkept = {0};
    if (call->pith) {
        snprintf(unwitnessed.message, sizeof unwitnessed.message, "%s", pith_unwitnessed(call->pith));
        snprintf(unkept.message, sizeof unkept.message, "%s", pith_unkept(call->pith));
        pith_close(call->pith); /* while the reader reads, nothing is unlocked */
    }
    call->pith = NULL;
    pager_end(&call->pager);
    if (*unwitnessed.message)
        fprintf(stderr, "pith: what changed is recorded, but %s\n", unwitnessed.message);
    if (!status && *unkept.message)
        tell_unkept(unkept.message);
    config_free_p(&call->settings);
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
    setenv("TSS2_LOG", "all+none", 0); /* what fails in the TPM's library is told in a sentence, not in its log */
    prctl(PR_SET_DUMPABLE, 0);         /* no core file, and no other process of this user reads what is typed here */
    terminal_start(&call.terminal);
    call.words = pith_calloc((size_t)argc + 1, sizeof *call.words);
    enum pith_status status = call.words ? PITH_OK : pith_no_memory(&error);
    if (!status)
        status = parse(&call, &command, argc > 0 ? argv + 1 : argv, &error);
    if (!status)
        status = run(&call, command, &error);
    if (status)
        call_tell(&call, &error, NULL);
    terminal_clear_progress(&call.terminal);
    free(call.words);
    if (!call.pager.ended && (fflush(stdout) != 0 || ferror(stdout))) {
        fputs("pith: could not write to standard output\n", stderr);
        return status ? status_to_exit(status) : status_to_exit(PITH_IO);
    }
    return status_to_exit(status);
}
