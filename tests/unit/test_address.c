#include "api/address.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *share(const char *text)
{
    static char shown[ADDRESS_TEXT];
    struct address address;
    if (!address_read(text, strlen(text), &address))
        return "none";
    address_share(&address, shown);
    return shown;
}

Test(address, is_read_with_or_without_a_port)
{
    cr_expect_str_eq(share("192.0.2.1"), "192.0.2.1");
    cr_expect_str_eq(share("192.0.2.1:8417"), "192.0.2.1");
    cr_expect_str_eq(share("::ffff:192.0.2.1"), "192.0.2.1", "an IPv4 address in IPv6's clothes");
    cr_expect_str_eq(share("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::", "of IPv6 the network is counted");
    cr_expect_str_eq(share("[2001:db8:1:2::9]:80"), "2001:db8:1:2::");
    cr_expect_str_eq(share("[::1]"), "::");
    static const char *const none[] = {
        "",         "x",           "192.0.2", "192.0.2.1:", "192.0.2.1:x",   "192.0.2.1:123456", "[192.0.2.1]", "[::1",
        "[::1]x:1", "192.0.2.256", "unknown", "_hidden",    "2001:db8::1:x", "[::1]:",           "1.2.3.4 "};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        cr_expect_str_eq(share(none[i]), "none", "%s", none[i]);
}

/* Who asks, by a header's value, when `peer` brings it and "10.0.0.0/8,127.0.0.1,2001:db8::/32" are trusted. */
static const char *client(bool forwarded, const char *peer, const char *value)
{
    static char shown[ADDRESS_TEXT];
    struct proxies proxies = {0};
    struct address from;
    cr_assert_eq(proxies_add(&proxies, "10.0.0.0/8,127.0.0.1", NULL), PITH_OK);
    cr_assert_eq(proxies_add(&proxies, "2001:db8::/32", NULL), PITH_OK);
    cr_assert_eq(proxies_set_header(&proxies, forwarded ? "forwarded" : "x-forwarded-for", NULL), PITH_OK);
    cr_assert(address_read(peer, strlen(peer), &from));
    from = proxies_client(&proxies, &from, value);
    address_share(&from, shown);
    return shown;
}

Test(address, is_the_nearest_that_no_trusted_proxy_is)
{
    static const struct {
        const char *peer, *value, *client;
    } hops[] = {
        {"127.0.0.1", "192.0.2.7", "192.0.2.7"},
        {"127.0.0.1", "192.0.2.9, 192.0.2.7", "192.0.2.7"}, /* the first is what the client itself wrote */
        {"127.0.0.1", "192.0.2.9,192.0.2.7 ,\t10.1.2.3", "192.0.2.7"},
        {"127.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"},
        {"127.0.0.1", "2001:db8::5, 2001:db8::6", "2001:db8::"},
        {"127.0.0.1", "2a00:1:2:3:4::5", "2a00:1:2:3::"},
        {"127.0.0.1", "192.0.2.7:4711", "192.0.2.7"},
        {"127.0.0.1", "192.0.2.9, unknown, 10.1.2.3", "10.1.2.3"}, /* behind a proxy that does not say */
        {"127.0.0.1", "", "127.0.0.1"},
        {"127.0.0.1", NULL, "127.0.0.1"},
        {"127.0.0.1", "192.0.2.9, 192.0.2.7, ,,10.0.0.1,", "192.0.2.7"}, /* empty ones are none */
        {"192.0.2.1", "192.0.2.7", "192.0.2.1"},                         /* no trusted proxy: what it writes counts for nothing */
        {"11.0.0.1", "192.0.2.7", "11.0.0.1"},
        {"::ffff:10.9.9.9", "192.0.2.7", "192.0.2.7"},
    };
    for (size_t i = 0; i < sizeof hops / sizeof *hops; i++)
        cr_expect_str_eq(client(false, hops[i].peer, hops[i].value), hops[i].client, "%s", hops[i].value);
}

Test(address, is_read_from_forwarded_too)
{
    cr_expect_str_eq(client(true, "127.0.0.1", "for=192.0.2.7"), "192.0.2.7");
    cr_expect_str_eq(client(true, "127.0.0.1", "For=\"192.0.2.7:80\";proto=https;by=10.0.0.1"), "192.0.2.7");
    cr_expect_str_eq(client(true, "127.0.0.1", "for=192.0.2.9, proto=https; for=\"[2a00:1::5]:80\""), "2a00:1::");
    cr_expect_str_eq(client(true, "127.0.0.1", "for=192.0.2.7;host=\"a,b;for=1.1.1.1\", for=10.0.0.1"), "192.0.2.7", "quoted");
    cr_expect_str_eq(client(true, "127.0.0.1", "for=192.0.2.9, for=_hidden"), "127.0.0.1");
    cr_expect_str_eq(client(true, "127.0.0.1", "for=192.0.2.9, proto=https"), "127.0.0.1", "it does not say");
    cr_expect_str_eq(client(true, "127.0.0.1", "for=\""), "127.0.0.1");
    cr_expect_str_eq(client(true, "127.0.0.1", "192.0.2.7"), "127.0.0.1", "the other header's form");
}

Test(address, takes_the_last_hops_of_many)
{
    char many[4096] = "";
    for (int i = 0; i < 200; i++)
        strcat(many, "203.0.113.9, ");
    strcat(many, "192.0.2.7");
    cr_expect_str_eq(client(false, "127.0.0.1", many), "192.0.2.7");
    strcat(many, ", 10.0.0.1");
    cr_expect_str_eq(client(false, "127.0.0.1", many), "192.0.2.7");
}

Test(address, of_a_proxy_is_given_right)
{
    static const char *const bad[] = {"",          "x",         "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "::1/129",    "10.0.0.1,",
                                      ",10.0.0.1", "localhost", "10.0.0.1:80", "[::1]",     "10.0.0.1 ",  "10.0.0.0/-1"};
    struct proxies proxies = {0};
    struct pith_error error;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(proxies_add(&proxies, bad[i], &error), PITH_USAGE, "%s", bad[i]);
    cr_expect_eq(proxies_set_header(&proxies, "X-Real-IP", &error), PITH_USAGE);
    struct address any = {{0}};
    proxies = (struct proxies){0};
    cr_expect_not(proxies_trust(&proxies, &any), "nobody is trusted unless told");
    cr_assert_eq(proxies_add(&proxies, "0.0.0.0/0", NULL), PITH_OK);
    cr_expect_not(proxies_trust(&proxies, &any), "an address that is not known is no IPv4 address");
    while (proxies.count < ADDRESS_PROXIES)
        cr_assert_eq(proxies_add(&proxies, "10.0.0.1", NULL), PITH_OK);
    cr_expect_eq(proxies_add(&proxies, "10.0.0.1", &error), PITH_USAGE);
}
