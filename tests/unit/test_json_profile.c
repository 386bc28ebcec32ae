#include "engine/door/json_profile.h"
#include "engine/learning/embeddings.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Papers of topic t are numbers 100 t, 100 t + 1, … */
enum { PER_TOPIC = 8, MORE_PER_TOPIC = 20, VOTED = 4 };

static struct pith *open_with_papers(unsigned per_topic)
{
    struct pith *pith = NULL;
    struct pith_import_report report;
    struct pith_error error;
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(per_topic, &length);
    cr_assert_eq(testing_open(testing_folder(), true, &pith, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_import(pith, lines, length, 0, &report, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_create_profile(pith, "secret", 6, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "secret", 6, 0, NULL), PITH_OK);
    return pith;
}

static void cast_votes(struct pith *pith)
{
    for (unsigned i = 0; i < VOTED; i++) {
        struct pith_vote both[] = {{.paper = testing_paper_key(i), .verdict = 1, .day = testing_day(9)},
                                   {.paper = testing_paper_key(100 + i), .verdict = -1, .day = PITH_NO_DAY}};
        cr_assert_eq(pith_record(pith, both, 2, NULL, NULL), PITH_OK);
    }
    struct pith_vote pair = {.paper = testing_paper_key(200), .loser = testing_paper_key(300), .day = testing_day(9)};
    cr_assert_eq(pith_record(pith, &pair, 1, NULL, NULL), PITH_OK);
}

static char *export(struct pith *pith)
{
    char *json = NULL;
    struct pith_error error;
    cr_assert_eq(pith_export(pith, &json, &error), PITH_OK, "%s", error.message);
    testing_take_signature_off(json);
    return json;
}

static char *some_export(void)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers(PER_TOPIC);
    cast_votes(pith);
    return export(pith);
}

static struct pith_ranking *rank_all(struct pith *pith)
{
    struct pith_ranking *ranking = NULL;
    struct pith_rank_request request = {.size = sizeof request, .all = true, .seen = true, .duplicates = true};
    cr_assert_eq(pith_rank(pith, &request, &ranking, NULL), PITH_OK);
    return ranking;
}

/* ---- there and back ---- */

/* The other home holds more papers besides: those of both stand in the same order with the same scores, to the bit. */
Test(json_profile, ranks_the_same_papers_the_same_in_another_home)
{
    PITH_AUTO(pith_close_p) struct pith *here = open_with_papers(PER_TOPIC);
    PITH_AUTO(pith_close_p) struct pith *there = open_with_papers(MORE_PER_TOPIC);
    cast_votes(here);
    PITH_AUTO(pith_free_p) char *json = export(here);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *expected = rank_all(here);
    cr_assert_eq(pith_import_profile(there, json, strlen(json), NULL, NULL), PITH_OK);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank_all(there);
    cr_assert_eq(ranking->count, MORE_PER_TOPIC * TESTING_TOPICS);
    cr_expect(ranking->learned && ranking->ups == VOTED && ranking->downs == VOTED && ranking->pairs == 1);
    size_t found = 0;
    for (size_t i = 0; i < ranking->count && found < expected->count; i++) {
        if (strcmp(ranking->item[i].key, expected->item[found].key) != 0)
            continue;
        cr_expect_eq(memcmp(&ranking->item[i].score, &expected->item[found].score, sizeof(double)), 0);
        cr_expect_eq(ranking->item[i].verdict, expected->item[found].verdict);
        found++;
    }
    cr_expect_eq(found, PER_TOPIC * TESTING_TOPICS, "all of them, in this order");
    struct pith_summary one, other;
    cr_assert_eq(pith_summarise(here, &one, NULL), PITH_OK);
    cr_assert_eq(pith_summarise(there, &other, NULL), PITH_OK);
    cr_expect_str_eq(one.digest, other.digest);
}

Test(json_profile, an_import_exports_the_same_text)
{
    PITH_AUTO(pith_free_p) char *json = some_export();
    PITH_AUTO(pith_close_p) struct pith *there = open_with_papers(PER_TOPIC);
    cr_assert_eq(pith_import_profile(there, json, strlen(json), NULL, NULL), PITH_OK);
    PITH_AUTO(pith_free_p) char *again = export(there);
    cr_expect_str_eq(json, again);
    cr_expect_eq(pith_import_profile(there, json, strlen(json), NULL, NULL), PITH_EXISTS, "it has votes now");
}

Test(json_profile, title_weighting_comes_back)
{
    PITH_AUTO(pith_free_p) char *json = some_export();
    PITH_AUTO(pith_free_p) char *lifted = NULL;
    PITH_AUTO(json_profile_clear) struct json_profile profile = {0};
    PITH_AUTO(json_profile_clear) struct json_profile read = {0};
    cr_assert(strstr(json, "\"version\": 1,") && !strstr(json, "\"emphasis\""));
    cr_assert_eq(json_profile_read(json, strlen(json), &profile, NULL), PITH_OK);
    profile.model->term[1].title_weight = 0.3F;
    cr_assert_eq(json_profile_write(&profile, &lifted, NULL), PITH_OK);
    cr_expect(strstr(lifted, "\"version\": 3,"));
    cr_assert_eq(json_profile_read(lifted, strlen(lifted), &read, NULL), PITH_OK);
    cr_expect(read.model->term[0].title_weight == 1 && read.model->term[1].title_weight == 0.3F);
}

Test(json_profile, a_profile_without_votes_has_no_model)
{
    PITH_AUTO(pith_close_p) struct pith *here = open_with_papers(PER_TOPIC);
    PITH_AUTO(pith_close_p) struct pith *there = open_with_papers(PER_TOPIC);
    PITH_AUTO(pith_free_p) char *json = export(here);
    PITH_AUTO(json_profile_clear) struct json_profile profile = {0};
    cr_assert_eq(json_profile_read(json, strlen(json), &profile, NULL), PITH_OK);
    cr_expect(!profile.model && profile.votes == 0 && profile.pairs == 0);
    cr_assert_eq(pith_import_profile(there, json, strlen(json), NULL, NULL), PITH_OK);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank_all(there);
    cr_expect(!ranking->learned);
}

/* ---- refusals ---- */

/* Refused with PITH_INPUT and a message that holds `named`. */
static void expect_refused(const char *json, const char *named, const char *what)
{
    struct json_profile profile = {.votes = 77};
    struct pith_error error = {0};
    cr_expect_eq(json_profile_read(json, strlen(json), &profile, &error), PITH_INPUT, "%s: status %d", what, error.status);
    cr_expect(strstr(error.message, named), "%s: \"%s\" does not name %s", what, error.message, named);
    cr_expect(profile.votes == 77 && !profile.model, "results are untouched on failure");
    if (profile.votes != 77)
        json_profile_clear(&profile);
}

Test(json_profile, what_is_no_profile_is_refused_by_name)
{
    static const struct {
        const char *json, *named;
    } bad[] = {
        {"", "line 1"},
        {"\n\n{\"format\": }", "line 3, column"},
        {"[]", "\"format\""},
        {"{}", "\"format\" is not \"pith-profile\""},
        {"{\"format\":\"elfeed\",\"version\":1}", "pith-profile"},
        {"{\"format\":\"pith-profile\"}", "version"},
        {"{\"format\":\"pith-profile\",\"version\":6}", "version 6, this pith reads version 5"},
        {"{\"format\":\"pith-profile\",\"version\":0}", "version 0"},
        {"{\"format\":\"pith-profile\",\"version\":1,\"feature_version\":1}", "\"votes\""},
        {"{\"format\":\"pith-profile\",\"version\":1,\"feature_version\":1,\"votes\":[]}", "\"pairs\""},
        {"{\"format\":\"pith-profile\",\"version\":1,\"feature_version\":1,\"votes\":[],\"pairs\":[]} x", "line 1"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_refused(bad[i].json, bad[i].named, bad[i].json);
}

static json_t *parse(const char *json)
{
    json_t *root = json_loads(json, 0, NULL);
    cr_assert(root);
    return root;
}

static void expect_changed_refused(json_t *root, const char *named, const char *what)
{
    PITH_AUTO(pith_free_p) char *json = json_dumps(root, JSON_REAL_PRECISION(17));
    expect_refused(json, named, what);
}

/* A member taken out, then of another type, then as before. Of the root's own the message must hold the name. */
static void spoil_member(json_t *root, json_t *object, const char *where, const char *name)
{
    char what[128];
    const char *named = object == root ? name : "\"";
    json_t *kept = json_incref(json_object_get(object, name));
    json_object_del(object, name);
    snprintf(what, sizeof what, "%s without \"%s\"", where, name);
    expect_changed_refused(root, named, what);
    json_object_set_new(object, name, json_is_string(kept) ? json_integer(3) : json_string("three"));
    snprintf(what, sizeof what, "%s with another type of \"%s\"", where, name);
    expect_changed_refused(root, named, what);
    json_object_set_new(object, name, kept);
}

static void spoil_members(json_t *root, json_t *object, const char *where)
{
    const char *names[16], *name; /* gathered first: a member put back comes last */
    json_t *value;
    size_t count = 0;
    json_object_foreach(object, name, value)
    {
        cr_assert_lt(count, 16);
        names[count] = strdup(name);
        cr_assert(names[count++] && value);
    }
    cr_assert_gt(count, 0, "%s", where);
    for (size_t i = 0; i < count; i++) {
        spoil_member(root, object, where, names[i]);
        free((char *)names[i]);
    }
}

Test(json_profile, every_member_is_needed_and_of_its_type)
{
    PITH_AUTO(pith_free_p) char *json = some_export();
    json_t *root = parse(json), *model = json_object_get(root, "model");
    spoil_members(root, json_array_get(json_object_get(root, "votes"), 0), "a vote");
    spoil_members(root, json_array_get(json_object_get(root, "pairs"), 0), "a comparison");
    spoil_members(root, model, "the model");
    spoil_members(root, json_object_get(model, "variance"), "variance");
    spoil_members(root, json_object_get(model, "observation_weight"), "observation_weight");
    spoil_members(root, json_object_get(model, "calibration"), "calibration");
    spoil_members(root, json_array_get(json_object_get(model, "weights"), 0), "a weight");
    spoil_members(root, root, "the profile");
    json_decref(root);
}

/* Sets member `name` of `object` to a value for the time of one refusal. */
static void expect_value_refused(json_t *root, json_t *object, const char *name, json_t *value)
{
    json_t *kept = json_incref(json_object_get(object, name));
    json_object_set_new(object, name, value);
    expect_changed_refused(root, "\"", name);
    json_object_set_new(object, name, kept);
}

Test(json_profile, what_the_calibration_leaves_open_comes_back)
{
    PITH_AUTO(pith_free_p) char *json = some_export();
    PITH_AUTO(pith_free_p) char *open = NULL;
    PITH_AUTO(json_profile_clear) struct json_profile profile = {0};
    PITH_AUTO(json_profile_clear) struct json_profile read = {0};
    cr_assert(!strstr(json, "spread"));
    cr_assert_eq(json_profile_read(json, strlen(json), &profile, NULL), PITH_OK);
    profile.model->calibration = (struct calibration){1.5, -0.625, 0.25, -0.125, 0.375, true};
    cr_assert_eq(json_profile_write(&profile, &open, NULL), PITH_OK);
    cr_expect(strstr(open, "\"version\": 4,"));
    cr_assert_eq(json_profile_read(open, strlen(open), &read, NULL), PITH_OK);
    const struct calibration *got = &read.model->calibration;
    cr_expect(got->slope_spread == 0.25 && got->offset_slant == -0.125 && got->offset_spread == 0.375 && got->known);
    json_t *root = parse(open), *calibration = json_object_get(json_object_get(root, "model"), "calibration");
    spoil_members(root, calibration, "calibration");
    expect_value_refused(root, calibration, "slope_spread", json_real(-0.1));
    expect_value_refused(root, calibration, "offset_spread", json_real(1e300));
    json_decref(root);
    profile.model->listing = (struct calibration){2.5, -5.5, 0.125, -0.25, 0.75, true};
    PITH_AUTO(pith_free_p) char *listed = NULL;
    cr_assert_eq(json_profile_write(&profile, &listed, NULL), PITH_OK);
    cr_expect(strstr(listed, "\"version\": 5,"));
    struct json_profile again = {0};
    cr_assert_eq(json_profile_read(listed, strlen(listed), &again, NULL), PITH_OK);
    cr_expect(again.model->listing.known && again.model->listing.slope == 2.5 && again.model->listing.offset_spread == 0.75);
    json_profile_clear(&again);
    json_t *with_listing = parse(listed);
    expect_value_refused(with_listing, json_object_get(json_object_get(with_listing, "model"), "listing_calibration"), "slope",
                         json_real(-1));
    json_decref(with_listing);
}

Test(json_profile, values_out_of_range_are_refused)
{
    PITH_AUTO(pith_free_p) char *json = some_export();
    json_t *root = parse(json), *model = json_object_get(root, "model");
    json_t *weight = json_array_get(json_object_get(model, "weights"), 0);
    json_t *vote = json_array_get(json_object_get(root, "votes"), 0), *pair = json_array_get(json_object_get(root, "pairs"), 0);
    expect_value_refused(root, weight, "weight", json_real(1e39)); /* more than a float holds */
    expect_value_refused(root, weight, "weight", json_real(-1e300));
    expect_value_refused(root, weight, "emphasis", json_real(0));
    expect_value_refused(root, weight, "emphasis", json_real(1e4));
    expect_value_refused(root, weight, "papers", json_integer(-1));
    expect_value_refused(root, weight, "papers", json_integer(INT64_MAX));
    expect_value_refused(root, weight, "key", json_string("12"));
    expect_value_refused(root, weight, "key", json_string("zzzzzzzzzzzzzzzz"));
    expect_value_refused(root, weight, "feature", json_string("diffus"));
    expect_value_refused(root, weight, "feature", json_string("wordy:diffus"));
    expect_value_refused(root, model, "papers", json_integer(-1));
    expect_value_refused(root, model, "ups", json_integer(-1));
    expect_value_refused(root, model, "downs", json_integer(INT64_MAX));
    expect_value_refused(root, json_object_get(model, "variance"), "word", json_real(0));
    expect_value_refused(root, json_object_get(model, "variance"), "word", json_real(-1));
    expect_value_refused(root, json_object_get(model, "observation_weight"), "up", json_real(-1));
    expect_value_refused(root, json_object_get(model, "calibration"), "slope", json_real(-1)); /* would turn the order */
    expect_value_refused(root, vote, "vote", json_string("none")); /* what does not stand is not exported */
    expect_value_refused(root, vote, "vote", json_string("UP"));
    expect_value_refused(root, vote, "date", json_string("yesterday"));
    expect_value_refused(root, vote, "id", json_string(""));
    expect_value_refused(root, pair, "winner", json_string(""));
    expect_value_refused(root, pair, "date", json_string("2024-13-01"));
    json_decref(root);
}

/* What the parser itself must stop: no number of JSON, or none that a double holds. */
Test(json_profile, numbers_that_are_none_are_refused)
{
    static const char *const none[] = {"NaN", "Infinity", "-Infinity", "1e999", "nan"};
    PITH_AUTO(pith_free_p) char *json = some_export();
    char *weight = strstr(json, "\"weight\":");
    cr_assert(weight);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        PITH_AUTO(pith_free_p) char *bad = NULL;
        cr_assert_neq(asprintf(&bad, "%.*s\"weight\": %s%s", (int)(weight - json), json, none[i], strpbrk(weight, ",}\n")), -1);
        expect_refused(bad, "line ", none[i]);
    }
}

Test(json_profile, a_cut_export_is_refused_at_any_length)
{
    PITH_AUTO(pith_free_p) char *json = some_export();
    size_t length = strlen(json);
    for (size_t cut = 0; cut + 1 < length; cut += 1 + length / 300) {
        struct json_profile profile = {0};
        cr_expect_eq(json_profile_read(json, cut, &profile, NULL), PITH_INPUT, "%zu of %zu bytes", cut, length);
    }
}

Test(json_profile, a_refused_import_leaves_the_home_as_it_was)
{
    PITH_AUTO(pith_free_p) char *json = some_export();
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers(PER_TOPIC);
    struct pith_summary before, after;
    json_t *root = parse(json);
    json_object_set_new(json_object_get(json_object_get(root, "model"), "variance"), "word", json_integer(0));
    PITH_AUTO(pith_free_p) char *bad = json_dumps(root, 0);
    json_decref(root);
    cr_assert_eq(pith_summarise(pith, &before, NULL), PITH_OK);
    cr_expect_eq(pith_import_profile(pith, bad, strlen(bad), NULL, NULL), PITH_INPUT);
    cr_assert_eq(pith_summarise(pith, &after, NULL), PITH_OK);
    cr_expect_str_eq(before.digest, after.digest);
    cr_expect_eq(after.ups + after.downs + after.pairs, 0);
    cr_expect_eq(pith_import_profile(pith, json, strlen(json), NULL, NULL), PITH_OK, "the good one still goes in");
}

/* ---- dense views ---- */

static void no_table(void)
{
    testing_shipped = NULL;
}

Test(json_profile_embedding, an_export_ranks_the_same_where_the_table_is, .fini = no_table)
{
    testing_shipped = testing_embedding(true);
    PITH_AUTO(pith_close_p) struct pith *here = open_with_papers(PER_TOPIC);
    PITH_AUTO(pith_close_p) struct pith *there = open_with_papers(PER_TOPIC);
    cast_votes(here);
    PITH_AUTO(pith_free_p) char *json = export(here);
    cr_assert(strstr(json, "\"version\": 2") && strstr(json, embedding_name(testing_embedding(true))));
    cr_assert_eq(pith_import_profile(there, json, strlen(json), NULL, NULL), PITH_OK);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *first = rank_all(here);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *second = rank_all(there);
    cr_assert_eq(first->count, second->count);
    for (size_t i = 0; i < first->count; i++) {
        cr_expect_str_eq(first->item[i].key, second->item[i].key);
        cr_expect_float_eq(first->item[i].score, second->item[i].score, 1e-6);
    }
}

/* The votes are there: without the table they are learnt from anew. */
Test(json_profile_embedding, an_export_is_fitted_anew_where_the_table_is_not, .fini = no_table)
{
    testing_shipped = testing_embedding(true);
    PITH_AUTO(pith_close_p) struct pith *here = open_with_papers(PER_TOPIC);
    testing_shipped = NULL;
    PITH_AUTO(pith_close_p) struct pith *there = open_with_papers(PER_TOPIC);
    PITH_AUTO(pith_close_p) struct pith *plain = open_with_papers(PER_TOPIC);
    cast_votes(here);
    PITH_AUTO(pith_free_p) char *json = export(here);
    cast_votes(plain);
    cr_assert_eq(pith_import_profile(there, json, strlen(json), NULL, NULL), PITH_OK);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *first = rank_all(plain);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *second = rank_all(there);
    cr_assert(second->learned);
    for (size_t i = 0; i < first->count; i++)
        cr_expect_str_eq(first->item[i].key, second->item[i].key);
}

Test(json_profile_embedding, a_damaged_view_is_refused, .fini = no_table)
{
    static const char *const damage[] = {
        "7",
        "[7]",
        "[{}]",
        "[{\"table\":\"00\",\"variance\":1,\"mean\":[0],\"weight\":[0]}]",
        "[{\"table\":\"0123456789abcdef0123456789abcdef\",\"variance\":0,\"mean\":[0],\"weight\":[0]}]",
        "[{\"table\":\"0123456789abcdef0123456789abcdef\",\"variance\":1,\"mean\":[0],\"weight\":[0,1]}]",
        "[{\"table\":\"0123456789abcdef0123456789abcdef\",\"variance\":1,\"mean\":[],\"weight\":[]}]",
        "[{\"table\":\"0123456789abcdef0123456789abcdef\",\"variance\":1,\"mean\":[\"x\"],\"weight\":[0]}]",
        "[{\"table\":\"0123456789abcdef0123456789abcdef\",\"variance\":1,\"mean\":[1e300],\"weight\":[0]}]",
    };
    PITH_AUTO(pith_free_p) char *json = some_export();
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        json_t *root = parse(json);
        json_object_set_new(json_object_get(root, "model"), "spaces", json_loads(damage[i], JSON_DECODE_ANY, NULL));
        expect_changed_refused(root, "spaces", damage[i]);
        json_decref(root);
    }
}
