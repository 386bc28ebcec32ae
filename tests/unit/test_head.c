#include "api/head.h"

#include <criterion/criterion.h>
#include <string.h>

/* A head as libmicrohttpd leaves it in memory: parted at blanks, colons and line ends, each of them a NUL. Lines end in CR LF. */
static enum head look(const char *text)
{
    struct head_check check;
    char head[1024], raw[256];
    strcpy(head, text);
    char *blank = strchr(head, ' '), *end = strstr(head, "\r\n"), *version = end;
    while (version[-1] != ' ')
        version--;
    char *place = blank + 1;
    while (*place == ' ') /* it passes over more of them */
        place++;
    *blank = version[-1] = *end = '\0';
    strcpy(raw, place);
    head_begin(&check, head, place, raw, version);
    char *line = end + 2;
    while (line[0] != '\r' && line[0] != '\n') {
        char *next = strchr(line, '\n'), *colon = strchr(line, ':'), *value = colon + 1;
        char *stop = next[-1] == '\r' ? next - 1 : next;
        value += strspn(value, " \t");
        *colon = *stop = '\0';
        head_field(&check, line, strlen(line), value, strlen(value));
        line = next + 1;
    }
    return head_end(&check, line + (line[0] == '\r' ? 2 : 1));
}

#define GET "GET /v1/me HTTP/1.1\r\nHost: x\r\n"

Test(head, is_good_when_it_can_be_read_in_one_way)
{
    cr_expect_eq(look(GET "\r\n"), HEAD_GOOD);
    cr_expect_eq(look(GET "A:b\r\nEmpty:\r\nTabs:\ta\tb\t\r\nContent-Length: 5\r\n\r\n"), HEAD_GOOD);
    cr_expect_eq(look("GET /a?b=c%20d HTTP/1.0\r\n\r\n"), HEAD_GOOD, "HTTP/1.0 needs no host");
    cr_expect_eq(look("GET / HTTP/1.1\r\nhost: [2001:db8::1]:8417\r\nX: \xc3\xa9\r\n\r\n"), HEAD_GOOD);
    cr_expect_eq(look(GET "Transfer-Encoding: chunked\r\n\r\n"), HEAD_CHUNKED);
}

Test(head, whose_lines_were_moved_is_read_by_its_fields)
{
    struct head_check check;
    head_begin(&check, "GET", NULL, "/v1/me", "HTTP/1.1");
    head_field(&check, "Host", 4, "x", 1);
    head_field(&check, "Cookie", 6, "a=b", 3);
    cr_expect_eq(head_end(&check, "elsewhere"), HEAD_GOOD);
    head_field(&check, "Cookie", 6, "a=c", 3);
    cr_expect_eq(head_end(&check, "elsewhere"), HEAD_AMBIGUOUS);
}

Test(head, is_refused_when_it_can_be_read_in_two)
{
    static const char *const bad[] = {
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \xc3\xa9\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /  HTTP/1.1\r\nHost: x\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: x\r\n\r\n",
        GET "Content-Length : 5\r\n\r\n",
        GET "Content-Length\t: 5\r\n\r\n",
        GET " Content-Length: 5\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: x\r\nHost: x\r\n\r\n",
        GET ": a\r\n\r\n",
        GET "N\xc3\xa9: a\r\n\r\n",
        GET "X: a\rTransfer-Encoding: chunked\r\n\r\n",
        GET "X: a\r\r\n\r\n",
        GET "X: a\nY: b\r\n\r\n",
        GET "X: a\n\r\n",
        GET "X: a\r\n\n",
        GET "X: \x01\r\n\r\n",
        GET "X: \x7f\r\n\r\n",
        GET "X: \v5\r\n\r\n",
        GET "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
        GET "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        GET "Authorization: a\r\nauthorization: b\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(look(bad[i]), HEAD_AMBIGUOUS, "%s", bad[i]);
}
