#include "api/pages/session.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct base_url base_of(const char *url)
{
    struct base_url base;
    cr_assert_eq(base_url_read(url, &base, NULL), PITH_OK);
    return base;
}

Test(session, keeps_the_token_in_a_cookie_that_is_this_services_alone)
{
    static const struct {
        const char *url, *cookie;
    } cases[] = {
        {"https://pith.example.org", "__Host-pith=pith_x; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Strict"},
        {"http://127.0.0.1:8417", "__Host-pith-8417=pith_x; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Strict"},
        {"http://[::1]:8417", "__Host-pith-8417=pith_x; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Strict"},
        {"https://lab.example.org/pith", "__Secure-pith=pith_x; Path=/pith/; Max-Age=60; HttpOnly; Secure; SameSite=Strict"},
        {"https://10.0.0.1", "__Host-pith=pith_x; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Strict"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct base_url base = base_of(cases[i].url);
        PITH_AUTO(pith_free_p) char *cookie = NULL, *none = NULL, *session = NULL;
        cr_assert_eq(session_cookie(&base, "pith_x", 6, 60, &cookie, NULL), PITH_OK);
        cr_expect_str_eq(cookie, cases[i].cookie);
        cr_assert_eq(session_cookie(&base, NULL, 0, 0, &none, NULL), PITH_OK);
        cr_expect(strstr(none, "=; ") && strstr(none, "Max-Age=0"), "%s", none);
        cr_assert_eq(session_cookie(&base, "pith_x", 6, 0, &session, NULL), PITH_OK);
        cr_expect_not(strstr(session, "Max-Age"), "until the browser ends");
        cookie[strcspn(cookie, ";")] = '\0';
        struct request request = {.cookie = cookie};
        size_t length = 0;
        const char *token = session_token(&base, &request, &length);
        cr_assert(token);
        cr_expect(length == 6 && memcmp(token, "pith_x", 6) == 0);
    }
}

Test(session, finds_its_cookie_among_others)
{
    struct base_url base = base_of("https://pith.example.org");
    static const struct {
        const char *header, *token;
    } cases[] = {
        {"a=b; __Host-pith=pith_1; c=d", "pith_1"},
        {"__Host-pith=pith_1", "pith_1"},
        {"x__Host-pith=pith_1", NULL},
        {"__Host-pith-8417=pith_1", NULL},
        {"__Host-pith=", NULL},
        {"__Host-pith", NULL},
        {"a=__Host-pith=pith_1", NULL},
        {"", NULL},
        {NULL, NULL},
        {";;; __Host-pith=pith_1;", "pith_1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request request = {.cookie = cases[i].header};
        size_t length = 0;
        const char *token = session_token(&base, &request, &length);
        cr_expect_eq(token != NULL, cases[i].token != NULL, "%s", cases[i].header);
        if (token && cases[i].token)
            cr_expect(length == strlen(cases[i].token) && memcmp(token, cases[i].token, length) == 0);
    }
}

Test(session, tells_its_own_pages_from_others)
{
    struct base_url base = base_of("https://pith.example.org/mine");
    static const struct {
        const char *origin, *site, *host;
        bool own;
    } cases[] = {
        {"https://pith.example.org", "same-origin", "pith.example.org", true},
        {"https://pith.example.org", NULL, NULL, true},
        {"http://localhost:9000", NULL, "localhost:9000", true}, /* through a tunnel */
        {NULL, "same-origin", "pith.example.org", true},
        {NULL, NULL, "pith.example.org", false},
        {"null", NULL, "pith.example.org", false},
        {"null", "same-origin", "null", false},
        {"https://pith.example.org.evil.example", NULL, "pith.example.org", false},
        {"https://pith.example.org", "cross-site", "pith.example.org", false},
        {"https://pith.example.org", "same-site", "pith.example.org", false},
        {"https://pith.example.org:8443", NULL, "pith.example.org", false},
        {"https://elsewhere.example", NULL, "pith.example.org", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request request = {.origin = cases[i].origin, .fetch_site = cases[i].site, .host = cases[i].host};
        cr_expect_eq(session_same_origin(&base, &request), cases[i].own, "%zu", i);
    }
}

Test(session, gives_each_token_a_form_token_that_does_not_tell_it)
{
    char one[SESSION_FORM], again[SESSION_FORM], other[SESSION_FORM];
    session_form_token("pith_1", 6, one);
    session_form_token("pith_1", 6, again);
    session_form_token("pith_2", 6, other);
    cr_expect_str_eq(one, again);
    cr_expect_str_neq(one, other);
    cr_expect_eq(strlen(one), SESSION_FORM - 1);
}
