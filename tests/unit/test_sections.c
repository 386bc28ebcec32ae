#include "cli/sections.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes lines down as they come: "3 source/morning from=hf". */
static enum pith_status write_down(void *user, const struct sections_line *line, struct pith_error *reterr)
{
    FILE *to = user;
    if (line->key && strcmp(line->key, "refused") == 0)
        return sections_refuse(line, "not this one", reterr);
    fprintf(to, "%zu %s/%s", line->line, line->section, line->title ? line->title : "-");
    fprintf(to, line->key ? " %s=%s\n" : "\n", line->key, line->value);
    return PITH_OK;
}

static const char *write_file(const char *text, size_t length)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/config", testing_folder());
    FILE *file = fopen(path, "wb");
    cr_assert(file && fwrite(text, 1, length, file) == length && fclose(file) == 0);
    return path;
}

/* What is read of a text, or why it is not; malloc'ed. */
static char *read_text(const char *text, enum pith_status expected)
{
    char *lines = NULL;
    size_t length;
    struct pith_error error = {0};
    FILE *to = open_memstream(&lines, &length);
    enum pith_status status = sections_read(write_file(text, strlen(text)), "a section is [one]", write_down, to, &error);
    fclose(to);
    cr_expect_eq(status, expected, "%s: %s", text, error.message);
    if (!status)
        return lines;
    free(lines);
    const char *after = strstr(error.message, "/config:");
    return strdup(after ? after + strlen("/config:") : error.message);
}

static void expect_read(const char *text, const char *expected)
{
    char *lines = read_text(text, PITH_OK);
    cr_expect_str_eq(lines, expected);
    free(lines);
}

static void expect_refused(const char *text, const char *expected)
{
    char *message = read_text(text, PITH_INPUT);
    cr_expect_str_eq(message, expected);
    free(message);
}

Test(sections, are_read_line_by_line)
{
    expect_read("", "");
    expect_read("\n \t\n# a comment\n", "");
    expect_read("[one]\nkey = value\n\n  other=two words  \n[source \"a b\"]\r\nfrom = hf\r\n",
                "1 one/-\n2 one/- key=value\n4 one/- other=two words\n5 source/a b\n6 source/a b from=hf\n");
    expect_read("[ one ]\nlast = line without an end", "1 one/-\n2 one/- last=line without an end\n");
    expect_read("[one]\nkey = a = b\n", "1 one/-\n2 one/- key=a = b\n");
    expect_read("[one]\nkey = 1\nkey = 2\n", "1 one/-\n2 one/- key=1\n3 one/- key=2\n");
}

Test(sections, comments_follow_a_blank_and_stand_in_no_quotes)
{
    expect_read("[one] # this\nkey = value # that\nkey = value\t# that\n", "1 one/-\n2 one/- key=value\n3 one/- key=value\n");
    expect_read("[one]\nurl = http://h/#part\n", "1 one/-\n2 one/- url=http://h/#part\n");
    expect_read("[one]\nname = \"a # b\" # c\n", "1 one/-\n2 one/- name=a # b\n");
}

Test(sections, quotes_come_off_when_they_are_two)
{
    expect_read("[one]\nname = \" a \"\n", "1 one/-\n2 one/- name= a \n");
    expect_read("[one]\nname = \"\n", "1 one/-\n2 one/- name=\"\n");
    expect_read("[one]\nname = a \"b\"\n", "1 one/-\n2 one/- name=a \"b\"\n");
    expect_read("[one \"\"]\n", "1 one/\n");
}

Test(sections, what_is_none_is_refused_by_its_line)
{
    expect_refused("[one]\n\nno equals sign\n", "3: expected `key = value`, a section in brackets, or a comment after #");
    expect_refused("= value\n", "1: expected `key = value`, a section in brackets, or a comment after #");
    expect_refused("key = value\n", "1: a key before any section: put one above it");
    expect_refused("[one]\nkey =\n", "2: the key has no value: leave the line out");
    expect_refused("[one]\nkey = \"\"\n", "2: the key has no value: leave the line out");
    expect_refused("[one]\nkey = # value\n", "2: the key has no value: leave the line out");
    expect_refused("[one]\n[two\n", "2: a section is [one]");
    expect_refused("[one\n[", "1: a section is [one]");
    expect_refused("[one two]\n", "1: a section is [one]");
    expect_refused("[one]\nrefused = yes\nkey\n", "2: not this one");
}

Test(sections, files_that_are_no_config_are_refused)
{
    static char large[SECTIONS_MAX_FILE + 1];
    const char *none = "/nowhere/config";
    struct pith_error error;
    memset(large, '#', sizeof large);
    cr_expect_eq(sections_read(write_file(large, sizeof large), "", write_down, stderr, &error), PITH_INPUT);
    cr_expect(strstr(error.message, "larger than a config file can be"), "%s", error.message);
    cr_expect_eq(sections_read(write_file(large, sizeof large - 1), "", write_down, stderr, NULL), PITH_OK);
    cr_expect_eq(sections_read(write_file("[one]\n\0", 7), "", write_down, stderr, &error), PITH_INPUT);
    cr_expect(strstr(error.message, "holds a zero byte"), "%s", error.message);
    cr_expect_eq(sections_read(none, "", write_down, stderr, &error), PITH_NOT_FOUND);
    cr_expect(strstr(error.message, none), "%s", error.message);
}

static struct sections_line make_line(const char *value)
{
    return (struct sections_line){.path = "mail.conf", .line = 7, .section = "one", .key = "key", .value = value};
}

Test(sections, values_are_checked)
{
    static const char *const numbers[] = {"0", "10"}, *const none[] = {"",   "11", "-1",  "+1",
                                                                       " 1", "1x", "0x1", "99999999999999999999999"};
    struct pith_error error;
    struct sections_line line = make_line("no");
    PITH_AUTO(pith_free_p) char *text = NULL;
    unsigned number = 77;
    bool flag = true;
    cr_expect(sections_flag(&line, &flag, NULL) == PITH_OK && !flag);
    line = make_line("yes");
    cr_expect(sections_flag(&line, &flag, NULL) == PITH_OK && flag);
    line = make_line("Yes");
    cr_expect_eq(sections_flag(&line, &flag, &error), PITH_INPUT);
    cr_expect_str_eq(error.message, "mail.conf:7: key is yes or no");
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        line = make_line(none[i]);
        cr_expect_eq(sections_number(&line, 0, 10, &number, &error), PITH_INPUT, "\"%s\"", none[i]);
        cr_expect_str_eq(error.message, "mail.conf:7: key is a number from 0 to 10");
    }
    cr_expect_eq(number, 77, "untouched");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        line = make_line(numbers[i]);
        cr_expect(sections_number(&line, 0, 10, &number, NULL) == PITH_OK && number == 10 * i);
    }
    cr_expect_eq(sections_text(&line, &text, NULL), PITH_OK);
    cr_expect_str_eq(text, "10");
    cr_expect_eq(sections_text(&line, &text, &error), PITH_INPUT);
    cr_expect_str_eq(error.message, "mail.conf:7: this key stands above already");
}
