/* csv: rows of fields (RFC 4180): parted by commas, semicolons or tabs, whichever the first row has; quoted where need be; a row is one
 * line, that ends in LF or CR LF, so that a quote which is missing costs its own line alone. */
#ifndef PITH_CLI_CSV_H
#define PITH_CLI_CSV_H

#include <pith/status.h>

enum { CSV_FIELDS = 16 };

/* One row; blanks around an unquoted field are taken off. Borrowed until the next one. */
struct csv_row {
    size_t line; /* that it begins on */
    char *field[CSV_FIELDS];
    size_t count;
    const char *fault; /* why it cannot be used: quotes that do not match, too many fields; NULL: it can */
};
typedef enum pith_status csv_take(void *user, const struct csv_row *row, struct pith_error *reterr);

/* Hands over each row that is not empty, and stops where that fails. `text` is written over. */
enum pith_status csv_read(char *text, csv_take *take, void *user, struct pith_error *reterr);

#endif
