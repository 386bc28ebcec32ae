/* The command that takes papers in. */
#include "cli/commands/commands.h"
#include "cli/files.h"
#include <pith/json.h>

#include <stdlib.h>
#include <string.h>

enum { LONGEST_VALUE = 400 };

static const char *name_of(const char *file)
{
    return strcmp(file, "-") == 0 ? "standard input" : file;
}

static void print_problems(const char *file, const struct pith_import_report *report)
{
    for (size_t i = 0; i < report->problems; i++) {
        fputs("pith: ", stderr);
        terminal_text(stderr, name_of(file));
        fprintf(stderr, ":%zu: skipped: ", report->problem[i].line);
        terminal_text(stderr, report->problem[i].reason);
        fputc('\n', stderr);
    }
    if (report->skipped > report->problems)
        fprintf(stderr, "pith: and %zu more records skipped\n", report->skipped - report->problems);
}

static void print_report(const char *file, const struct pith_import_report *report)
{
    char first[16], last[16];
    terminal_text(stdout, name_of(file));
    if (!report->records && !report->skipped) {
        printf(" (%s): no papers: nothing was posted or announced on its days\n", report->format);
        return;
    }
    printf(" (%s): %zu paper%s: %zu new, %zu improved, %zu known", report->format, report->records, report->records == 1 ? "" : "s",
           report->added, report->merged, report->known);
    if (report->skipped)
        printf(", %zu could not be used", report->skipped);
    if (report->first_day != PITH_NO_DAY)
        printf("; listed %s", pith_day_text(report->first_day, first));
    if (report->last_day != report->first_day)
        printf(" to %s", pith_day_text(report->last_day, last));
    putchar('\n');
}

static enum pith_status import_one(struct call *call, const char *file, struct pith_error *reterr)
{
    PITH_AUTO(files_close) struct files_input input = {.file = -1};
    struct pith_import_report report = {0};
    enum pith_status status = files_open(file, &input, reterr);
    if (status)
        return status;
    struct pith_error error;
    status = pith_import_input(call->pith, &input.input, call_today(), &report, &error);
    if (status)
        return pith_fail(reterr, status, "%s: %s", name_of(file), error.message);
    terminal_clear_progress(&call->terminal);
    print_problems(file, &report);
    if (!call->json) {
        print_report(file, &report);
        return call_judge_import(call, name_of(file), &report, reterr);
    }
    char *json = NULL;
    status = pith_json_import(name_of(file), &report, &json, reterr);
    if (!status)
        call_print_json(json);
    return status ? status : call_judge_import(call, name_of(file), &report, reterr);
}

/* As much of a text as fits in a few lines, cut on a character's boundary. */
static void print_value(const char *text, size_t *left)
{
    size_t length = strlen(text), most = length < *left ? length : *left;
    while (most < length && most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80)
        most--;
    char part[LONGEST_VALUE + 1];
    memcpy(part, text, most);
    part[most] = '\0';
    terminal_text(stdout, part);
    if (most < length)
        fputs(" …", stdout);
    *left -= most < length ? *left : most;
}

static void print_field(const struct pith_field *field)
{
    size_t left = LONGEST_VALUE;
    printf("  %-12s ", field->name);
    for (size_t i = 0; i < field->count && left > 0; i++) {
        fputs(i ? "; " : "", stdout);
        print_value(field->list || *field->value[i] ? field->value[i] : "(none)", &left);
    }
    if (field->list)
        printf(" (%zu)", field->count);
    putchar('\n');
}

static void print_explanation(const char *file, const struct pith_sniffed *sniffed)
{
    terminal_text(stdout, name_of(file));
    printf(": %s (%s): %zu record%s, %zu that cannot be used\n", sniffed->title, sniffed->format, sniffed->records,
           sniffed->records == 1 ? "" : "s", sniffed->skipped);
    if (sniffed->skipped) {
        printf("  %-12s line %zu: ", "first fault", sniffed->fault_line);
        terminal_text(stdout, sniffed->fault);
        putchar('\n');
    }
    for (size_t i = 0; i < sniffed->fields; i++)
        print_field(&sniffed->field[i]);
}

static enum pith_status explain_one(const struct call *call, const char *file, struct pith_error *reterr)
{
    PITH_AUTO(files_close) struct files_input input = {.file = -1};
    PITH_AUTO(pith_sniffed_free_p) struct pith_sniffed *sniffed = NULL;
    char *json = NULL;
    enum pith_status status = files_open(file, &input, reterr);
    if (status)
        return status;
    struct pith_error error;
    status = pith_sniff(&input.input, call_today(), &sniffed, &error);
    if (status)
        return pith_fail(reterr, status, "%s: %s", name_of(file), error.message);
    if (!call->json) {
        print_explanation(file, sniffed);
        return PITH_OK;
    }
    status = pith_json_explanation(name_of(file), sniffed, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

/* A refused file does not keep the others out; each is reported where it stands, and the command fails in the end. */
enum pith_status command_import(struct call *call, struct pith_error *reterr)
{
    enum pith_status status = call->explain ? PITH_OK : call_open(call, true, reterr), worst = PITH_OK;
    if (status)
        return status;
    for (size_t i = 0; i < call->count; i++) {
        struct pith_error error;
        status = call->explain ? explain_one(call, call->words[i], &error) : import_one(call, call->words[i], &error);
        if (!status)
            continue;
        call->told = false;
        call_tell(call, &error, NULL);
        if (!worst || status == PITH_INPUT)
            worst = status;
    }
    return worst;
}
