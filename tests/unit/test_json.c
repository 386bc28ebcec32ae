#include <pith/json.h>

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Parses what a json function gave, and frees it. */
static json_t *parsed(char *text)
{
    json_error_t error;
    cr_assert_eq(text[strlen(text) - 1], '\n', "a document ends in a newline");
    json_t *document = json_loads(text, 0, &error);
    cr_assert(document, "line %d: %s", error.line, error.text);
    free(text);
    return document;
}

static json_t *at(json_t *document, const char *name)
{
    json_t *value = json_object_get(document, name);
    cr_assert(value, "%s is missing", name);
    return value;
}

static const char *string_at(json_t *document, const char *name)
{
    return json_string_value(at(document, name));
}

static long long integer_at(json_t *document, const char *name)
{
    cr_assert(json_is_integer(at(document, name)), "%s is no integer", name);
    return json_integer_value(at(document, name));
}

static struct pith_reason reasons[] = {{"word:diffus", "diffusion", 0.1}, {"base", "base rate", -1.5}};

static struct pith_ranked ranked(double probability, int upvotes, int verdict)
{
    return (struct pith_ranked){.rank = 1,
                                .key = "arxiv:2506.02483",
                                .id = "arXiv:2506.02483",
                                .title = "Größe \"quoted\"",
                                .url = "https://arxiv.org/abs/2506.02483",
                                .day = 20240,
                                .score = -1.4,
                                .probability = probability,
                                .facts = {.abstract = (char *)"They fly.",
                                          .pdf = (char *)"https://x.example/1.pdf",
                                          .published = 20200,
                                          .updated = PITH_NO_DAY,
                                          .upvotes = upvotes,
                                          .comments = -1,
                                          .citations = 2},
                                .verdict = verdict,
                                .reasons = reasons,
                                .reason_count = 2};
}

static char *ranking_text(double probability, int upvotes, int verdict)
{
    struct pith_ranked item = ranked(probability, upvotes, verdict);
    struct pith_ranking ranking = {.first = 20239,
                                   .last = 20240,
                                   .listed = 7,
                                   .ups = 3,
                                   .downs = 2,
                                   .pairs = 1,
                                   .learned = true,
                                   .probabilities = isfinite(probability),
                                   .item = &item,
                                   .count = 1};
    char *text = NULL;
    cr_assert_eq(pith_json_ranking(&ranking, &text, NULL), PITH_OK);
    return text;
}

Test(json, ranking_has_every_member)
{
    json_t *document = parsed(ranking_text(0.25, 12, 1)), *paper = json_array_get(at(document, "papers"), 0);
    cr_assert_str_eq(string_at(document, "date"), "2025-06-01");
    cr_assert_str_eq(string_at(document, "first"), "2025-05-31");
    cr_assert_eq(integer_at(document, "listed"), 7);
    cr_assert(json_is_true(at(document, "learned")));
    cr_assert(json_is_true(at(document, "probabilities")));
    cr_assert_eq(integer_at(at(document, "votes"), "pairs"), 1);
    cr_assert_eq(integer_at(paper, "rank"), 1);
    cr_assert_str_eq(string_at(paper, "title"), "Größe \"quoted\"");
    cr_assert_eq(json_real_value(at(paper, "probability")), 0.25);
    cr_assert_eq(integer_at(paper, "upvotes"), 12);
    cr_assert_str_eq(string_at(paper, "verdict"), "up");
    cr_assert_str_eq(string_at(json_array_get(at(paper, "reasons"), 1), "feature"), "base");
    cr_assert_str_eq(string_at(paper, "abstract"), "They fly.");
    cr_assert_str_eq(string_at(at(paper, "links"), "page"), "https://arxiv.org/abs/2506.02483");
    cr_assert_str_eq(string_at(at(paper, "links"), "pdf"), "https://x.example/1.pdf");
    cr_assert(json_is_null(at(at(paper, "links"), "doi")));
    cr_assert_str_eq(string_at(paper, "published"), "2025-04-22");
    cr_assert(json_is_null(at(paper, "updated")));
    cr_assert_eq(integer_at(paper, "citations"), 2);
    cr_assert_eq(json_array_size(at(paper, "authors")), 0);
    cr_assert(json_is_false(at(paper, "later")));
    json_decref(document);
}

Test(json, what_is_unknown_is_null)
{
    json_t *document = parsed(ranking_text(NAN, -1, 0)), *paper = json_array_get(at(document, "papers"), 0);
    cr_assert(json_is_null(at(paper, "probability")));
    cr_assert(json_is_null(at(paper, "upvotes")));
    cr_assert(json_is_null(at(paper, "verdict")));
    json_decref(document);
}

Test(json, numbers_are_printed_as_written)
{
    char *text = ranking_text(NAN, 0, -1);
    cr_assert(strstr(text, "\"contribution\": 0.1\n"), "%s", text);
    cr_assert(strstr(text, "\"score\": -1.4,"), "%s", text);
    cr_assert(strstr(text, "\"verdict\": \"down\""), "%s", text);
    free(text);
}

Test(json, empty_ranking_has_null_days)
{
    struct pith_ranking ranking = {.first = PITH_NO_DAY, .last = PITH_NO_DAY};
    char *text = NULL;
    cr_assert_eq(pith_json_ranking(&ranking, &text, NULL), PITH_OK);
    json_t *document = parsed(text);
    cr_assert(json_is_null(at(document, "date")));
    cr_assert(json_is_null(at(document, "first")));
    cr_assert_eq(json_array_size(at(document, "papers")), 0);
    json_decref(document);
}

Test(json, import_report_with_problems)
{
    struct pith_import_report report = {.format = "jsonl",
                                        .records = 3,
                                        .added = 2,
                                        .known = 1,
                                        .skipped = 1,
                                        .first_day = 20240,
                                        .last_day = PITH_NO_DAY,
                                        .problems = 1,
                                        .problem = {{.line = 4, .reason = "no title"}}};
    char *text = NULL;
    cr_assert_eq(pith_json_import("day.jsonl", &report, &text, NULL), PITH_OK);
    json_t *document = parsed(text), *problem = json_array_get(at(document, "problems"), 0);
    cr_assert_str_eq(string_at(document, "file"), "day.jsonl");
    cr_assert_eq(integer_at(document, "added"), 2);
    cr_assert(json_is_null(at(document, "last")));
    cr_assert_eq(integer_at(problem, "line"), 4);
    cr_assert_str_eq(string_at(problem, "reason"), "no title");
    json_decref(document);
}

Test(json, file_name_outside_utf8_is_replaced)
{
    struct pith_import_report report = {0};
    char *text = NULL;
    cr_assert_eq(pith_json_import("t\xE4glich.txt", &report, &text, NULL), PITH_OK);
    json_t *document = parsed(text);
    cr_assert_str_eq(string_at(document, "file"), "t?glich.txt");
    cr_assert(json_is_null(at(document, "format")));
    json_decref(document);
}

Test(json, votes_apart_from_comparisons)
{
    struct pith_standing standing[] = {{.key = "arxiv:1", .id = "arXiv:1", .title = "One", .verdict = -1, .day = 20240},
                                       {.key = "arxiv:1",
                                        .id = "arXiv:1",
                                        .title = "One",
                                        .loser = "arxiv:2",
                                        .loser_id = "arXiv:2",
                                        .loser_title = "",
                                        .day = 20241}};
    struct pith_votes votes = {.item = standing, .count = 2, .downs = 1, .pairs = 1};
    char *text = NULL;
    cr_assert_eq(pith_json_votes(&votes, &text, NULL), PITH_OK);
    json_t *document = parsed(text), *pair = json_array_get(at(document, "comparisons"), 0);
    cr_assert_eq(json_array_size(at(document, "votes")), 1);
    cr_assert_str_eq(string_at(json_array_get(at(document, "votes"), 0), "vote"), "down");
    cr_assert_str_eq(string_at(at(pair, "winner"), "key"), "arxiv:1");
    cr_assert_str_eq(string_at(at(pair, "loser"), "title"), "");
    cr_assert_str_eq(string_at(pair, "date"), "2025-06-02");
    json_decref(document);
}

Test(json, account_sums_and_names_both_sides)
{
    struct pith_influence influence[] = {{.key = "arxiv:1", .title = "One", .verdict = 1, .contribution = 0.5},
                                         {.key = "arxiv:1", .title = "One", .loser_title = "Two", .contribution = 0.25}};
    struct pith_account account = {
        .paper = ranked(0.5, 1, 0), .learned = true, .prior = -2.15, .influences = influence, .influence_count = 2};
    account.paper.rank = 0;
    char *text = NULL;
    cr_assert_eq(pith_json_account(&account, &text, NULL), PITH_OK);
    json_t *document = parsed(text), *list = at(document, "influences");
    cr_assert(json_is_null(at(at(document, "paper"), "rank")));
    cr_assert_str_eq(string_at(json_array_get(list, 0), "vote"), "up");
    cr_assert(json_is_null(at(json_array_get(list, 0), "over")));
    cr_assert_str_eq(string_at(json_array_get(list, 1), "over"), "Two");
    cr_assert(json_is_null(at(json_array_get(list, 1), "vote")));
    json_decref(document);
}

Test(json, replay_nulls_undefined_measures)
{
    struct pith_quality whole = {.auc = 0.75, .ndcg10 = 0.5, .ap = 0.25, .recall10 = 1};
    struct pith_quality none = {NAN, NAN, NAN, NAN};
    struct pith_backtest_day day = {20240, 50, 3, 9, whole, none, none};
    struct pith_backtest replay = {.day = &day,
                                   .days = 1,
                                   .model = whole,
                                   .listing = none,
                                   .centroid = none,
                                   .brier = 0.125,
                                   .log_loss = 0.375,
                                   .ece = NAN,
                                   .settled_ece = 0.25,
                                   .settled = 7};
    char *text = NULL;
    cr_assert_eq(pith_json_replay(&replay, &text, NULL), PITH_OK);
    json_t *document = parsed(text), *mean = at(document, "mean");
    cr_assert_eq(json_real_value(at(mean, "auc")), 0.75);
    cr_assert_eq(json_real_value(at(mean, "brier")), 0.125);
    cr_assert_eq(json_real_value(at(mean, "log_loss")), 0.375);
    cr_assert_eq(json_real_value(at(mean, "settled_ece")), 0.25);
    cr_assert(json_is_null(at(mean, "ece")));
    cr_assert(json_is_null(at(at(document, "listing"), "ndcg10")));
    cr_assert_eq(integer_at(json_array_get(at(document, "per_day"), 0), "voted"), 9);
    json_decref(document);
}

Test(json, locked_summary_tells_no_votes)
{
    struct pith_summary summary = {.papers = 50, .days = 1, .first_day = 20240, .last_day = 20240, .has_profile = true};
    char *text = NULL;
    cr_assert_eq(pith_json_summary(&summary, &text, NULL), PITH_OK);
    json_t *document = parsed(text);
    cr_assert_eq(integer_at(document, "papers"), 50);
    cr_assert(json_is_true(at(document, "profile")));
    cr_assert(json_is_null(at(document, "votes")));
    cr_assert(json_is_null(at(document, "digest")));
    json_decref(document);
}

Test(json, unlocked_summary_tells_votes_and_digest)
{
    struct pith_summary summary = {.has_profile = true, .unlocked = true, .ups = 4, .digest = "0a1b"};
    char *text = NULL;
    cr_assert_eq(pith_json_summary(&summary, &text, NULL), PITH_OK);
    json_t *document = parsed(text);
    cr_assert_eq(integer_at(at(document, "votes"), "up"), 4);
    cr_assert_str_eq(string_at(document, "digest"), "0a1b");
    json_decref(document);
}

Test(json, papers_and_what_was_recorded)
{
    struct pith_paper paper = {.key = "doi:10.1/x", .id = "doi:10.1/x", .title = "X"};
    struct pith_papers papers = {.item = &paper, .count = 1, .more = true};
    char *text = NULL;
    cr_assert_eq(pith_json_papers(&papers, &text, NULL), PITH_OK);
    json_t *document = parsed(text);
    cr_assert(json_is_true(at(document, "more")));
    cr_assert_str_eq(string_at(json_array_get(at(document, "papers"), 0), "title"), "X");
    json_decref(document);
    cr_assert_eq(pith_json_recorded(1, &papers, &text, NULL), PITH_OK);
    document = parsed(text);
    cr_assert_eq(integer_at(document, "recorded"), 1);
    cr_assert_eq(json_array_size(at(document, "papers")), 1);
    json_decref(document);
    cr_assert_eq(pith_json_recorded(3, NULL, &text, NULL), PITH_OK);
    document = parsed(text);
    cr_assert_null(json_object_get(document, "papers"));
    json_decref(document);
}

Test(json, error_names_status_and_matches)
{
    struct pith_error error = {PITH_AMBIGUOUS, "which?"};
    struct pith_paper paper = {.key = "k", .id = "i", .title = "t"};
    struct pith_papers matches = {.item = &paper, .count = 1};
    char *text = NULL;
    cr_assert_eq(pith_json_error(&error, &matches, &text), PITH_OK);
    json_t *document = parsed(text), *body = at(document, "error");
    cr_assert_str_eq(string_at(body, "status"), "ambiguous");
    cr_assert_str_eq(string_at(body, "message"), "which?");
    cr_assert_eq(json_array_size(at(body, "matches")), 1);
    json_decref(document);
    cr_assert_eq(pith_json_error(&error, NULL, &text), PITH_OK);
    document = parsed(text);
    cr_assert_null(json_object_get(at(document, "error"), "matches"));
    json_decref(document);
}

/* ---- the daily digest ---- */

Test(json, digest_has_every_member)
{
    struct pith_digest_item items[] = {{.section = PITH_FOR_YOU,
                                        .number = 1,
                                        .key = "arxiv:2506.02483",
                                        .id = "arXiv:2506.02483",
                                        .title = "One",
                                        .url = "https://arxiv.org/abs/2506.02483",
                                        .authors = "Ada Brown",
                                        .category = "cs.CL",
                                        .reason = "diffusion",
                                        .day = 20240,
                                        .announce = PITH_CROSS,
                                        .probability = 0.5,
                                        .up = "up-ticket",
                                        .down = "down-ticket"},
                                       {.section = PITH_MISSED,
                                        .number = 2,
                                        .key = "k",
                                        .id = "k",
                                        .title = "Two",
                                        .url = "",
                                        .authors = "",
                                        .category = "",
                                        .reason = "",
                                        .day = PITH_NO_DAY,
                                        .announce = PITH_NEW,
                                        .probability = NAN}};
    char *notices[] = {"nothing was posted"};
    struct pith_digest digest = {.day = 20241,
                                 .state = PITH_DIGEST_HELD,
                                 .time = 1748800000,
                                 .first = 20240,
                                 .last = 20240,
                                 .listed = 7,
                                 .ups = 3,
                                 .learned = true,
                                 .expected = 0.5,
                                 .below = NAN,
                                 .chance = 0.5,
                                 .notice = notices,
                                 .notices = 1,
                                 .item = items,
                                 .count = 2,
                                 .stop = "stop-ticket"};
    char *text = NULL;
    cr_assert_eq(pith_json_digest(&digest, &text, NULL), PITH_OK);
    json_t *document = parsed(text), *one = json_array_get(at(document, "papers"), 0),
           *two = json_array_get(at(document, "papers"), 1);
    cr_expect_str_eq(string_at(document, "date"), "2025-06-02");
    cr_expect_str_eq(string_at(document, "state"), "held");
    cr_expect_str_eq(string_at(document, "time"), "2025-06-01T17:46:40Z");
    cr_expect_eq(json_real_value(at(document, "expected")), 0.5);
    cr_expect(json_is_null(at(document, "below")));
    cr_expect_str_eq(json_string_value(json_array_get(at(document, "notices"), 0)), "nothing was posted");
    cr_expect_eq(json_array_size(at(document, "changes")), 0);
    cr_expect(json_is_null(at(document, "reply")));
    cr_expect_str_eq(string_at(document, "stop"), "stop-ticket");
    cr_expect_str_eq(string_at(one, "section"), "for_you");
    cr_expect_str_eq(string_at(one, "announced"), "cross");
    cr_expect_str_eq(string_at(one, "up"), "up-ticket");
    cr_expect_str_eq(string_at(one, "down"), "down-ticket");
    cr_expect_str_eq(string_at(two, "section"), "missed");
    cr_expect_eq(integer_at(two, "number"), 2);
    static const char *const unknown[] = {"url", "authors", "category", "reason", "date", "probability", "up", "down"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        cr_expect(json_is_null(at(two, unknown[i])), "%s", unknown[i]);
    json_decref(document);
}

Test(json, digests_are_listed_with_their_state)
{
    const struct pith_digest_day days[] = {{20241, PITH_DIGEST_CLAIMED, 3}, {20240, PITH_DIGEST_SENT, 5}};
    char *text = NULL;
    cr_assert_eq(pith_json_digests(days, 2, &text, NULL), PITH_OK);
    json_t *document = parsed(text), *second = json_array_get(at(document, "digests"), 1);
    cr_expect_eq(json_array_size(at(document, "digests")), 2);
    cr_expect_str_eq(string_at(second, "date"), "2025-06-01");
    cr_expect_str_eq(string_at(second, "state"), "sent");
    cr_expect_eq(integer_at(second, "papers"), 5);
    json_decref(document);
}

Test(json, settings_that_leave_nothing_out_list_every_announcement)
{
    struct pith_settings settings = {.mail = true, .likes = 2.5, .most = 20, .cost = 0.25, .explore = 1, .missed = 3};
    char *text = NULL;
    cr_assert_eq(pith_json_settings(&settings, &text, NULL), PITH_OK);
    json_t *all = parsed(text);
    settings.announce = PITH_REPLACED;
    cr_assert_eq(pith_json_settings(&settings, &text, NULL), PITH_OK);
    json_t *some = parsed(text);
    cr_expect(json_is_true(at(all, "mail")));
    cr_expect_eq(json_real_value(at(all, "likes")), 2.5);
    cr_expect_eq(integer_at(all, "most"), 20);
    cr_expect_eq(json_array_size(at(all, "announced")), 3);
    cr_expect_eq(json_array_size(at(some, "announced")), 1);
    cr_expect_str_eq(json_string_value(json_array_get(at(some, "announced"), 0)), "replaced");
    json_decref(all);
    json_decref(some);
}

Test(json, a_reply_tells_the_votes_it_held)
{
    const struct pith_reply reply = {.day = 20240, .vote = {{3, 1}, {5, -1}}, .votes = 2, .known = true};
    char *text = NULL;
    cr_assert_eq(pith_json_reply(&reply, &text, NULL), PITH_OK);
    json_t *document = parsed(text), *second = json_array_get(at(document, "votes"), 1);
    cr_expect_str_eq(string_at(document, "date"), "2025-06-01");
    cr_expect_eq(json_array_size(at(document, "votes")), 2);
    cr_expect_eq(integer_at(second, "number"), 5);
    cr_expect_str_eq(string_at(second, "vote"), "down");
    cr_expect(json_is_true(at(document, "known")));
    json_decref(document);
}

Test(json, a_line_of_a_log_stays_one_line_and_leaves_out_what_is_not_there)
{
    const struct pith_json_pair pairs[] = {{"reader", "Ann \"A\"\nLee"}, {"reason", NULL}, {"event", "sent"}};
    char *line = NULL, value[32];
    cr_assert_eq(pith_json_line(pairs, 3, &line, NULL), PITH_OK);
    cr_assert_eq(strchr(line, '\n'), line + strlen(line) - 1);
    cr_assert_null(strstr(line, "reason"));
    cr_assert_eq(pith_json_member(line, strlen(line), "reader", value, sizeof value, NULL), PITH_OK);
    cr_assert_str_eq(value, "Ann \"A\"\nLee");
    free(line);
}

Test(json, a_member_is_a_text_or_number_that_fits)
{
    static const char json[] = "{\"state\":\"claimed\",\"papers\":12,\"long\":\"123456789\",\"list\":[]}";
    char value[9];
    static const char *const expected[][2] = {{"state", "claimed"}, {"papers", "12"}, {"long", ""}, {"list", ""}, {"missing", ""}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        cr_assert_eq(pith_json_member(json, strlen(json), expected[i][0], value, sizeof value, NULL), PITH_OK);
        cr_assert_str_eq(value, expected[i][1]);
    }
    cr_assert_eq(pith_json_member("[1]", 3, "state", value, sizeof value, NULL), PITH_INPUT);
    cr_assert_eq(pith_json_member("{", 1, "state", value, sizeof value, NULL), PITH_INPUT);
}
