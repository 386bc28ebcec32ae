/* What is asked of a server on loopback that behaves badly. */
#include "engine/intake/fetch/http.h"
#include "tests/lib/testing.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int server_input = -1, port;
static pid_t server;

static void start_server(const char *option)
{
    char path[4096];
    int input[2], output[2];
    snprintf(path, sizeof path, "%s/../lib/fetch_server.py", testing_data(""));
    cr_assert_eq(pipe(input) + pipe(output), 0);
    server = fork();
    if (server == 0) {
        dup2(input[0], 0);
        dup2(output[1], 1);
        close(input[1]);
        close(output[0]);
        unsetenv("LD_PRELOAD");
        execl("/usr/bin/python3", "python3", path, option, (char *)NULL);
        _exit(127);
    }
    close(input[0]);
    close(output[1]);
    server_input = input[1];
    FILE *lines = fdopen(output[0], "r");
    cr_assert_eq(fscanf(lines, "%d", &port), 1, "the server did not start");
    fclose(lines);
}

static void stop_server(void)
{
    int code;
    close(server_input);
    waitpid(server, &code, 0);
}

static enum pith_status get(const char *scheme, const char *path, struct http_request request, struct http_answer *answer,
                            struct pith_error *error)
{
    static char url[512];
    PITH_AUTO(http_free_p) struct http *http = NULL;
    snprintf(url, sizeof url, "%s://127.0.0.1:%d%s", scheme, port, path);
    request.url = url;
    cr_assert_eq(http_new(&http, NULL), PITH_OK);
    *error = (struct pith_error){0};
    return http_get(http, &request, answer, error);
}

Test(http, answers_good_and_bad, .timeout = 60)
{
    struct pith_error error;
    const struct http_request local = {.local = true, .seconds = 20, .most = 4 << 20};
    PITH_AUTO(http_answer_clear) struct http_answer good = {0};
    PITH_AUTO(http_answer_clear) struct http_answer moved = {0};
    PITH_AUTO(http_answer_clear) struct http_answer known = {0};
    PITH_AUTO(http_answer_clear) struct http_answer busy = {0};
    struct http_answer none = {0};
    start_server("");
    cr_expect_eq(get("http", "/good/rss/cs.LG", local, &good, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(good.code, 200);
    cr_expect_str_eq(good.etag, "\"v1\"");
    cr_expect_str_eq(good.type, "application/xml");
    cr_expect_eq(good.retry_after, -1);
    cr_expect_eq(strlen(good.body), good.length);

    struct http_request again = local;
    again.etag = good.etag;
    cr_expect_eq(get("http", "/good/rss/cs.LG", again, &known, &error), PITH_OK);
    cr_expect_eq(known.code, 304);
    cr_expect_eq(get("http", "/busy/rss/cs.LG", local, &busy, &error), PITH_OK);
    cr_expect_eq(busy.code, 429);
    cr_expect_eq(busy.retry_after, 1);
    cr_expect_eq(get("http", "/to-good/rss/cs.LG", local, &moved, &error), PITH_OK);
    cr_expect_eq(moved.code, 301, "no redirect is followed here");
    cr_expect(strstr(moved.location, "/good/rss/cs.LG"), "%s", moved.location);

    cr_expect_eq(get("http", "/huge/x", local, &none, &error), PITH_IO);
    cr_expect(strstr(error.message, "more than 4 MiB"), "%s", error.message);
    cr_expect_eq(get("http", "/bomb/x", local, &none, &error), PITH_IO);
    cr_expect(strstr(error.message, "more than 4 MiB"), "%s", error.message);
    cr_expect_eq(get("http", "/cut/x", local, &none, &error), PITH_IO);
    cr_expect(strstr(error.message, "cut off"), "%s", error.message);
    struct http_request hurried = local;
    hurried.seconds = 1;
    cr_expect_eq(get("http", "/slow/x", hurried, &none, &error), PITH_IO);
    cr_expect(strstr(error.message, "too slow"), "%s", error.message);

    struct http_request outside = local;
    outside.local = false;
    cr_expect_eq(get("http", "/good/rss/cs.LG", outside, &none, &error), PITH_USAGE);
    cr_expect(strstr(error.message, "private network"), "%s", error.message);
    cr_expect_eq(get("ftp", "/x", local, &none, &error), PITH_USAGE);
    cr_expect_eq(get("file", "/etc/passwd", local, &none, &error), PITH_USAGE);
    cr_expect_null(none.body);
    stop_server();
}

Test(http, a_certificate_that_nobody_trusts_is_refused, .timeout = 60)
{
    struct pith_error error;
    struct http_answer none = {0};
    start_server("--tls");
    cr_expect_eq(get("https", "/good/rss/cs.LG", (struct http_request){.local = true, .seconds = 20}, &none, &error), PITH_IO);
    cr_expect(strstr(error.message, "not trusted"), "%s", error.message);
    stop_server();
}

static bool is_public(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return http_is_public((const struct sockaddr *)&v4);
    cr_assert_eq(inet_pton(AF_INET6, text, &v6.sin6_addr), 1, "%s", text);
    return http_is_public((const struct sockaddr *)&v6);
}

Test(http, private_networks_are_known)
{
    static const char *const ours[] = {"127.0.0.1",
                                       "127.255.0.1",
                                       "10.1.2.3",
                                       "172.16.0.1",
                                       "172.31.255.255",
                                       "192.168.1.1",
                                       "169.254.169.254",
                                       "100.64.0.1",
                                       "0.0.0.0",
                                       "224.0.0.1",
                                       "255.255.255.255",
                                       "198.18.0.1",
                                       "::1",
                                       "::",
                                       "fe80::1",
                                       "fc00::1",
                                       "fd12::1",
                                       "ff02::1",
                                       "::ffff:127.0.0.1",
                                       "::ffff:10.0.0.1",
                                       "64:ff9b::192.168.0.1",
                                       "2002:7f00:1::",
                                       "::127.0.0.1"};
    static const char *const theirs[] = {"8.8.8.8",        "172.32.0.1",       "172.15.255.255", "151.101.1.1", "2606:4700::1",
                                         "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "100.128.0.1",    "192.167.1.1"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        cr_expect_not(is_public(ours[i]), "%s", ours[i]);
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        cr_expect(is_public(theirs[i]), "%s", theirs[i]);
    const struct sockaddr other = {.sa_family = AF_UNIX};
    cr_expect_not(http_is_public(&other));
}
