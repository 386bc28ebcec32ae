#include "cli/csv.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* Rows as "LINE:field|field" or "LINE!fault", a newline between. */
static enum pith_status write_row(void *user, const struct csv_row *row, struct pith_error *reterr)
{
    char *all = user;
    (void)reterr;
    sprintf(all + strlen(all), "%s%zu%s", *all ? "\n" : "", row->line, row->fault ? "!" : ":");
    if (row->fault)
        strcat(all, row->fault);
    for (size_t i = 0; !row->fault && i < row->count; i++)
        sprintf(all + strlen(all), "%s%s", i ? "|" : "", row->field[i]);
    return PITH_OK;
}

static void expect_rows(const char *text, const char *expected)
{
    char copy[1000], all[4000] = "";
    snprintf(copy, sizeof copy, "%s", text);
    cr_expect_eq(csv_read(copy, write_row, all, NULL), PITH_OK);
    cr_expect_str_eq(all, expected, "%s gives %s", text, all);
}

Test(csv, rows_and_fields)
{
    expect_rows("", "");
    expect_rows("\n\n  \n", "");
    expect_rows("a", "1:a");
    expect_rows("a,b\nc,d\n", "1:a|b\n2:c|d");
    expect_rows("a,b\r\n\r\nc,\r\n", "1:a|b\n3:c|");
    expect_rows("\xef\xbb\xbfname,mail\n Ann Lee , ann@b \n", "1:name|mail\n2:Ann Lee|ann@b");
    expect_rows(",\n,,x", "1:|\n2:||x");
}

Test(csv, what_parts_them_is_told_by_the_first_row)
{
    expect_rows("a;b\nc,d;e\n", "1:a|b\n2:c,d|e");
    expect_rows("a\tb\n\tc\n", "1:a|b\n2:|c");
    expect_rows("\"x;y\",b\n1;2,3\n", "1:x;y|b\n2:1;2|3");
}

Test(csv, quotes)
{
    expect_rows("\"Lee, Ann\",x\n", "1:Lee, Ann|x");
    expect_rows("\"say \"\"hi\"\"\" , \"\"\n", "1:say \"hi\"|");
    expect_rows("a \"b\" c,d", "1:a \"b\" c|d");
    expect_rows("\"a\"\r\n", "1:a");
}

Test(csv, a_wrong_row_costs_itself)
{
    expect_rows("a,b\n\"c,d\ne,f\n", "1:a|b\n2!its quotes do not match\n3:e|f");
    expect_rows("a,\"b\"c\nd,e", "1!its quotes do not match\n2:d|e");
    expect_rows("\"\"\"\n\"\"\"\"\n\"", "1!its quotes do not match\n2:\"\n3!its quotes do not match");
    expect_rows("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n1,2\n", "1!it has too many fields\n2:1|2");
}

static enum pith_status stop(void *user, const struct csv_row *row, struct pith_error *reterr)
{
    ++*(size_t *)user;
    return row->line == 2 ? pith_fail(reterr, PITH_IO, "enough") : PITH_OK;
}

Test(csv, whoever_takes_rows_can_stop)
{
    char text[] = "a\nb\nc\n";
    size_t rows = 0;
    cr_expect_eq(csv_read(text, stop, &rows, NULL), PITH_IO);
    cr_expect_eq(rows, 2);
}
