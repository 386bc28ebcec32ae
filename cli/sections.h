/* sections: a config file, line by line. Sections, each a name in brackets and maybe a title in quotes; in them lines `key = value`, the
 * value maybe in quotes; comments from a # that begins a line or follows a blank. */
#ifndef PITH_CLI_SECTIONS_H
#define PITH_CLI_SECTIONS_H

#include <pith/status.h>

#include <stdbool.h>

enum { SECTIONS_MAX_FILE = 1 << 20 };

/* A section that begins (`key` NULL) or a key in it, as the file goes on. Borrowed. */
struct sections_line {
    const char *path;
    size_t line;
    const char *section, *title; /* "source", "morning"; title NULL for none; section NULL before the first */
    const char *key, *value;     /* value never "" */
};
typedef enum pith_status sections_take(void *user, const struct sections_line *line, struct pith_error *reterr);

/* Reads the file and hands over each line. Stops at the first that is refused, or is none: PITH_INPUT names file and line, and what was
 * expected; `sections` says what sections there are. PITH_NOT_FOUND, PITH_IO. */
enum pith_status sections_read(const char *path, const char *sections, sections_take *take, void *user, struct pith_error *reterr);

/* For those who take lines: a refusal; a text, once; yes or no; a number in a range; a file, in the user's home after ~/ and else beside
 * the config file; a file that holds a secret: where systemd set CREDENTIALS_DIRECTORY, there, with _ for a slash, as it names what it
 * loads from a folder. */
enum pith_status sections_refuse(const struct sections_line *line, const char *expected, struct pith_error *reterr);
enum pith_status sections_text(const struct sections_line *line, char **field, struct pith_error *reterr);
enum pith_status sections_flag(const struct sections_line *line, bool *flag, struct pith_error *reterr);
enum pith_status sections_number(const struct sections_line *line, unsigned least, unsigned most, unsigned *number,
                                 struct pith_error *reterr);
enum pith_status sections_file(const struct sections_line *line, char **field, struct pith_error *reterr);
enum pith_status sections_secret(const struct sections_line *line, char **field, struct pith_error *reterr);

#endif
