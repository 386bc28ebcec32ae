#include "api/render/feed.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct pith_reason reasons[] = {{"base", "base rate", 2},
                                       {"word:diffus", "diffusion", 0.5},
                                       {"word:survey", "survey", -0.4},
                                       {"author:ada brown", "Ada Brown", 0.2},
                                       {"other", "everything else", 0.1}};
static struct pith_ranked papers[] = {{.rank = 1,
                                       .key = "arxiv:2611.00001",
                                       .id = "arXiv:2611.00001",
                                       .title = "<b>Bold</b> & \"quoted\" ]]> \357\277\276",
                                       .url = "https://arxiv.org/abs/2611.00001?a&b",
                                       .day = 20783,
                                       .probability = 0.72,
                                       .announce = PITH_NEW,
                                       .reasons = reasons,
                                       .reason_count = 5},
                                      {.rank = 2,
                                       .key = "arxiv:2611.00002",
                                       .id = "arXiv:2611.00002",
                                       .title = "Plain",
                                       .url = "javascript:alert(1)",
                                       .day = 20782,
                                       .probability = NAN,
                                       .announce = PITH_REPLACED}};
static const struct pith_ranking ranking = {.first = 20782, .last = 20783, .item = papers, .count = 2};

static char *atom(const struct pith_ranking *of, const char *reader)
{
    char *feed = NULL;
    cr_assert_eq(feed_atom(of, reader, &feed, NULL), PITH_OK);
    return feed;
}

Test(feed, atom_has_what_rfc_4287_asks_for)
{
    PITH_AUTO(pith_free_p) char *feed = atom(&ranking, "pith_secret");
    cr_expect(strstr(feed, "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n<title>"));
    cr_expect(strstr(feed, "<updated>2026-11-26T00:00:00Z</updated>\n<link rel=\"self\""));
    cr_expect(strstr(feed, "<author><name>pith</name></author>"));
    cr_expect(strstr(feed, "<title type=\"text\">&lt;b&gt;Bold&lt;/b&gt; &amp; &quot;quoted&quot; ]]&gt; </title>"));
    cr_expect(strstr(feed, "href=\"https://arxiv.org/abs/2611.00001?a&amp;b\""));
    cr_expect(strstr(feed, "<updated>2026-11-25T00:00:00Z</updated>"));
    cr_expect(strstr(feed, "72%. Speaking for it: diffusion, Ada Brown. arXiv:2611.00001</content>"));
    cr_expect(strstr(feed, ">arXiv:2611.00002, new version</content>"), "no chance, no reasons");
    cr_expect_not(strstr(feed, "javascript"));
    cr_expect_not(strstr(feed, "secret"), "the token is in the address alone");
}

Test(feed, keeps_its_identifiers)
{
    PITH_AUTO(pith_free_p) char *one = atom(&ranking, "a"), *again = atom(&ranking, "a"), *other = atom(&ranking, "b");
    cr_expect_str_eq(one, again);
    const char *feed_id = strstr(one, "<id>"), *other_id = strstr(other, "<id>");
    cr_expect(strncmp(feed_id, "<id>urn:uuid:", 13) == 0);
    cr_expect(strncmp(feed_id, other_id, 54) != 0, "each reader has a feed of their own");
    cr_expect(strncmp(strstr(feed_id + 4, "<id>"), strstr(other_id + 4, "<id>"), 54) == 0, "a paper is the same in all");
}

Test(feed, json_is_version_1_1)
{
    PITH_AUTO(pith_free_p) char *text = NULL;
    cr_assert_eq(feed_json(&ranking, &text, NULL), PITH_OK);
    json_t *feed = json_loads(text, 0, NULL), *items = json_object_get(feed, "items");
    cr_assert_eq(json_array_size(items), 2);
    cr_expect_str_eq(json_string_value(json_object_get(feed, "version")), "https://jsonfeed.org/version/1.1");
    json_t *first = json_array_get(items, 0), *second = json_array_get(items, 1);
    cr_expect_str_eq(json_string_value(json_object_get(first, "title")), papers[0].title);
    cr_expect_str_eq(json_string_value(json_object_get(first, "date_published")), "2026-11-26T00:00:00Z");
    cr_expect_str_eq(json_string_value(json_object_get(first, "content_text")),
                     "72%. Speaking for it: diffusion, Ada Brown. arXiv:2611.00001");
    cr_expect_str_eq(json_string_value(json_object_get(first, "url")), papers[0].url);
    cr_expect_null(json_object_get(second, "url"));
    cr_expect_eq(strncmp(json_string_value(json_object_get(first, "id")), "urn:uuid:", 9), 0);
    json_decref(feed);
}

Test(feed, of_an_empty_store_is_a_feed)
{
    const struct pith_ranking none = {.first = PITH_NO_DAY, .last = PITH_NO_DAY};
    PITH_AUTO(pith_free_p) char *feed = atom(&none, "a"), *text = NULL;
    cr_expect(strstr(feed, "<updated>1970-01-01T00:00:00Z</updated>"));
    cr_assert_eq(feed_json(&none, &text, NULL), PITH_OK);
    cr_expect(strstr(text, "\"items\": []"));
}
