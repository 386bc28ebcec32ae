#include <pith/json.h>

#include "engine/base/unicode.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* NULL values below mean that memory ran out: json_pack and the _new functions pass them on, and finish() says so once. */

static json_t *real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *count(size_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *day(int32_t value)
{
    char buffer[16];
    return value == PITH_NO_DAY ? json_null() : json_string(pith_day_text(value, buffer));
}

/* File names need not be UTF-8: what is not becomes '?'. */
static json_t *text(const char *value)
{
    if (!value)
        return json_null();
    json_t *string = json_string(value);
    PITH_AUTO(pith_free_p) char *ascii = string ? NULL : strdup(value);
    if (!ascii)
        return string;
    for (char *c = ascii; *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    return json_string(ascii);
}

static json_t *verdict(int value)
{
    if (value == PITH_LATER || value == PITH_DONE)
        return json_string(value == PITH_LATER ? "later" : "done");
    return value == PITH_SEED ? json_string("seed") : value > 0 ? json_string("up") : value < 0 ? json_string("down") : json_null();
}

/* Takes over the document. */
static enum pith_status print(json_t *document, size_t layout, char **ret_json, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *body = document ? json_dumps(document, layout | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(document);
    if (!body)
        return pith_no_memory(reterr);
    enum pith_status status = text_mark_directions(&body, true, reterr);
    if (status)
        return status;
    size_t length = strlen(body);
    char *whole = realloc(body, length + 2);
    if (!whole)
        return pith_no_memory(reterr);
    body = NULL;
    memcpy(whole + length, "\n", 2);
    *ret_json = whole;
    return PITH_OK;
}

static enum pith_status finish(json_t *document, char **ret_json, struct pith_error *reterr)
{
    return print(document, JSON_INDENT(2), ret_json, reterr);
}

/* Appends to an array, or drops the array when memory ran out. */
static json_t *append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) == 0)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *import_object(const char *file, const struct pith_import_report *report)
{
    json_t *problems = json_array();
    for (size_t i = 0; i < report->problems; i++)
        problems = append(
            problems, json_pack("{s:o, s:o}", "line", count(report->problem[i].line), "reason", text(report->problem[i].reason)));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "file", text(file), "format", text(report->format),
                     "records", count(report->records), "added", count(report->added), "merged", count(report->merged), "known",
                     count(report->known), "skipped", count(report->skipped), "first", day(report->first_day), "last",
                     day(report->last_day), "problems", problems);
}

enum pith_status pith_json_import(const char *file, const struct pith_import_report *report, char **ret_json,
                                  struct pith_error *reterr)
{
    return finish(import_object(file, report), ret_json, reterr);
}

enum pith_status pith_json_seeded(const char *what, const struct pith_seed_report *report, char **ret_json,
                                  struct pith_error *reterr)
{
    return finish(json_pack("{s:o, s:o, s:o, s:o, s:o}", "what", text(what), "seeded", count(report->seeded), "standing",
                            count(report->standing), "unknown", count(report->unknown), "import",
                            report->import.format ? import_object(what, &report->import) : json_null()),
                  ret_json, reterr);
}

static json_t *field_value(const struct pith_field *field)
{
    if (!field->list)
        return text(field->value[0]);
    json_t *list = json_array();
    for (size_t i = 0; i < field->count; i++)
        list = append(list, text(field->value[i]));
    return list;
}

enum pith_status pith_json_explanation(const char *file, const struct pith_sniffed *sniffed, char **ret_json,
                                       struct pith_error *reterr)
{
    json_t *first = json_object();
    for (size_t i = 0; first && i < sniffed->fields; i++)
        if (json_object_set_new(first, sniffed->field[i].name, field_value(&sniffed->field[i])) != 0) {
            json_decref(first);
            first = NULL;
        }
    json_t *fault = sniffed->skipped ? json_pack("{s:o, s:o}", "line", count(sniffed->fault_line), "reason", text(sniffed->fault))
                                     : json_null();
    return finish(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "file", text(file), "format", text(sniffed->format), "title",
                            text(sniffed->title), "records", count(sniffed->records), "skipped", count(sniffed->skipped), "fault",
                            fault, "first", first),
                  ret_json, reterr);
}

static json_t *paper(const char *key, const char *id, const char *title)
{
    return json_pack("{s:o, s:o, s:o}", "id", text(id), "key", text(key), "title", text(title));
}

static json_t *paper_list(const struct pith_papers *papers)
{
    json_t *list = json_array();
    for (size_t i = 0; i < papers->count; i++)
        list = append(list, paper(papers->item[i].key, papers->item[i].id, papers->item[i].title));
    return list;
}

enum pith_status pith_json_papers(const struct pith_papers *papers, char **ret_json, struct pith_error *reterr)
{
    return finish(json_pack("{s:o, s:b}", "papers", paper_list(papers), "more", papers->more), ret_json, reterr);
}

enum pith_status pith_json_recorded(size_t recorded, const struct pith_papers *papers, char **ret_json, struct pith_error *reterr)
{
    return finish(papers ? json_pack("{s:o, s:o}", "recorded", count(recorded), "papers", paper_list(papers))
                         : json_pack("{s:o}", "recorded", count(recorded)),
                  ret_json, reterr);
}

static json_t *vote_counts(size_t ups, size_t downs, size_t pairs)
{
    return json_pack("{s:o, s:o, s:o}", "up", count(ups), "down", count(downs), "pairs", count(pairs));
}

static json_t *all_counts(const struct pith_votes *votes)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "up", count(votes->ups), "down", count(votes->downs), "pairs", count(votes->pairs),
                     "seeds", count(votes->seeds));
}

static json_t *thumb(const struct pith_standing *vote)
{
    json_t *cast = vote->verdict ? verdict(vote->verdict) : json_string("none"); /* as votes are written in JSON Lines */
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "id", text(vote->id), "key", text(vote->key), "title", text(vote->title), "vote",
                     cast, "date", day(vote->day));
}

static json_t *comparison(const struct pith_standing *vote)
{
    return json_pack("{s:o, s:o, s:o}", "winner", paper(vote->key, vote->id, vote->title), "loser",
                     paper(vote->loser, vote->loser_id, vote->loser_title), "date", day(vote->day));
}

enum pith_status pith_json_votes(const struct pith_votes *votes, char **ret_json, struct pith_error *reterr)
{
    json_t *thumbs = json_array(), *comparisons = json_array();
    for (size_t i = 0; i < votes->count; i++) {
        const struct pith_standing *vote = &votes->item[i];
        if (vote->loser)
            comparisons = append(comparisons, comparison(vote));
        else
            thumbs = append(thumbs, thumb(vote));
    }
    return finish(json_pack("{s:o, s:o, s:o}", "counts", all_counts(votes), "votes", thumbs, "comparisons", comparisons), ret_json,
                  reterr);
}

static json_t *known_text(const char *value)
{
    return value && *value ? text(value) : json_null();
}

static json_t *reasons(const struct pith_ranked *ranked)
{
    json_t *list = json_array();
    for (size_t i = 0; i < ranked->reason_count; i++) {
        const struct pith_reason *reason = &ranked->reasons[i];
        list = append(list, json_pack("{s:o, s:o, s:o}", "feature", text(reason->feature), "label", text(reason->label),
                                      "contribution", real(reason->contribution)));
    }
    return list;
}

static const char *announce_name(enum pith_announce announce)
{
    switch (announce) {
    case PITH_NEW: return "new";
    case PITH_CROSS: return "cross";
    case PITH_REPLACED: return "replaced";
    }
    return "new";
}

static json_t *names(const struct pith_names *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        array = append(array, text(list->item[i]));
    return array;
}

static json_t *known_count(int value)
{
    return value < 0 ? json_null() : json_integer(value);
}

/* What is known of a paper; `authors` is the name that the list of them has. */
static json_t *facts(const struct pith_facts *known, const char *page, const char *authors)
{
    json_t *links = json_pack("{s:o, s:o, s:o, s:o, s:o}", "page", known_text(page), "pdf", known_text(known->pdf), "doi",
                              known_text(known->doi), "code", known_text(known->code), "project", known_text(known->project));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", authors, names(&known->authors), "categories",
                     names(&known->categories), "organisations", names(&known->organisations), "abstract",
                     known_text(known->abstract), "links", links, "published", day(known->published), "updated",
                     day(known->updated), "upvotes", known_count(known->upvotes), "comments", known_count(known->comments),
                     "citations", known_count(known->citations));
}

/* Both as one object; takes both over. */
static json_t *joined(json_t *one, json_t *other)
{
    if (one && other && json_object_update(one, other) == 0) {
        json_decref(other);
        return one;
    }
    json_decref(one);
    json_decref(other);
    return NULL;
}

static json_t *near_papers(const struct pith_ranked *ranked)
{
    json_t *list = json_array();
    for (size_t i = 0; i < ranked->nears; i++) {
        const struct pith_near *near = &ranked->near[i];
        list = append(list, json_pack("{s:o, s:o, s:o, s:o, s:o}", "id", text(near->id), "key", text(near->key), "title",
                                      text(near->title), "vote", verdict(near->verdict), "likeness", real(near->likeness)));
    }
    return list;
}

static json_t *ranked_paper(const struct pith_ranked *ranked)
{
    json_t *duplicates = json_array();
    for (size_t i = 0; i < ranked->duplicates; i++)
        duplicates = append(duplicates, text(ranked->duplicate[i]));
    json_t *place = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:o, s:b, s:o, s:o, s:o}", "rank",
                              ranked->rank ? count(ranked->rank) : json_null(), "id", text(ranked->id), "key", text(ranked->key),
                              "title", text(ranked->title), "url", text(ranked->url), "date", day(ranked->day), "score",
                              real(ranked->score), "probability", real(ranked->probability), "announced",
                              announce_name(ranked->announce), "withdrawn", ranked->withdrawn, "verdict", verdict(ranked->verdict),
                              "later", ranked->later, "twins", duplicates, "reasons", reasons(ranked), "near", near_papers(ranked));
    return joined(place, facts(&ranked->facts, ranked->url, "authors"));
}

enum pith_status pith_json_shown(const struct pith_ranked *paper, char **ret_json, struct pith_error *reterr)
{
    return finish(json_pack("{s:o}", "paper", ranked_paper(paper)), ret_json, reterr);
}

enum pith_status pith_json_ranking(const struct pith_ranking *ranking, char **ret_json, struct pith_error *reterr)
{
    json_t *papers = json_array(), *shortfalls = json_array();
    for (size_t i = 0; i < ranking->count; i++)
        papers = append(papers, ranked_paper(&ranking->item[i]));
    for (size_t i = 0; i < ranking->shortfalls; i++)
        shortfalls = append(shortfalls, text(ranking->shortfall[i]));
    return finish(json_pack("{s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:o}", "date", day(ranking->last), "first",
                            day(ranking->first), "listed", count(ranking->listed), "seen", count(ranking->seen), "learned",
                            ranking->learned, "probabilities", ranking->probabilities, "expected", real(ranking->expected),
                            "missed", real(ranking->missed), "votes", vote_counts(ranking->ups, ranking->downs, ranking->pairs),
                            "papers", papers, "shortfalls", shortfalls),
                  ret_json, reterr);
}

enum pith_status pith_json_account(const struct pith_account *account, char **ret_json, struct pith_error *reterr)
{
    json_t *influences = json_array();
    for (size_t i = 0; i < account->influence_count; i++) {
        const struct pith_influence *influence = &account->influences[i];
        influences = append(influences, json_pack("{s:o, s:o, s:o, s:o, s:o}", "key", text(influence->key), "title",
                                                  text(influence->title), "over", text(influence->loser_title), "vote",
                                                  influence->loser_title ? json_null() : verdict(influence->verdict),
                                                  "contribution", real(influence->contribution)));
    }
    return finish(json_pack("{s:o, s:b, s:o, s:o}", "paper", ranked_paper(&account->paper), "learned", account->learned, "prior",
                            real(account->prior), "influences", influences),
                  ret_json, reterr);
}

static json_t *quality(const struct pith_quality *value)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "auc", real(value->auc), "ndcg10", real(value->ndcg10), "ap", real(value->ap),
                     "recall10", real(value->recall10));
}

static json_t *replay_days(const struct pith_backtest *replay)
{
    json_t *list = json_array();
    for (size_t i = 0; i < replay->days; i++) {
        const struct pith_backtest_day *one = &replay->day[i];
        list = append(list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "date", day(one->day), "listed", count(one->listed),
                                      "ups", count(one->ups), "voted", count(one->voted), "pith", quality(&one->model), "listing",
                                      quality(&one->listing), "centroid", quality(&one->centroid)));
    }
    return list;
}

static json_t *bins_json(const struct pith_bin *bins, size_t filled, const char *counted)
{
    json_t *list = json_array();
    for (size_t i = 0; i < filled; i++)
        list = append(list, json_pack("{s:o, s:o, s:o, s:o, s:o}", "said", real(bins[i].said), "liked", real(bins[i].liked), "low",
                                      real(bins[i].low), "high", real(bins[i].high), counted, count(bins[i].count)));
    return list;
}

/* What whole listings were told to hold; null where none was. */
static json_t *replay_listings(const struct pith_backtest *replay)
{
    if (!replay->told)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "days", count(replay->told), "expected", real(replay->expected),
                     "liked", real(replay->liked), "expected_first", real(replay->expected_first), "liked_first",
                     real(replay->liked_first), "brier", real(replay->listing_brier), "reliability",
                     bins_json(replay->listing_bin, replay->listing_bins, "papers"));
}

enum pith_status pith_json_replay(const struct pith_backtest *replay, char **ret_json, struct pith_error *reterr)
{
    json_t *mean = quality(&replay->model);
    if (mean && (json_object_set_new(mean, "brier", real(replay->brier)) != 0 ||
                 json_object_set_new(mean, "log_loss", real(replay->log_loss)) != 0 ||
                 json_object_set_new(mean, "ece", real(replay->ece)) != 0 ||
                 json_object_set_new(mean, "settled_ece", real(replay->settled_ece)) != 0)) {
        json_decref(mean);
        mean = NULL;
    }
    return finish(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "days", count(replay->days), "probabilities",
                            count(replay->probabilities), "settled", count(replay->settled), "reliability",
                            bins_json(replay->bin, replay->bins, "votes"), "listings", replay_listings(replay), "mean", mean,
                            "listing", quality(&replay->listing), "centroid", quality(&replay->centroid), "per_day",
                            replay_days(replay)),
                  ret_json, reterr);
}

enum pith_status pith_json_summary(const struct pith_summary *summary, char **ret_json, struct pith_error *reterr)
{
    return finish(json_pack("{s:I, s:I, s:o, s:o, s:I, s:b, s:b, s:o, s:o, s:o, s:o, s:o}", "papers", (json_int_t)summary->papers,
                            "days", (json_int_t)summary->days, "first", day(summary->first_day), "last", day(summary->last_day),
                            "readers", (json_int_t)summary->readers, "profile", summary->has_profile, "unlocked", summary->unlocked,
                            "votes", summary->unlocked ? vote_counts(summary->ups, summary->downs, summary->pairs) : json_null(),
                            "seeds", summary->unlocked ? count(summary->seeds) : json_null(), "later",
                            summary->unlocked ? count(summary->later) : json_null(), "given",
                            summary->given ? json_pack("{s:o, s:o}", "votes", count(summary->given), "liked", count(summary->liked))
                                           : json_null(),
                            "digest", summary->digest[0] ? text(summary->digest) : json_null()),
                  ret_json, reterr);
}

enum pith_status pith_json_listings(const struct pith_listing *listing, size_t listings, char **ret_json, struct pith_error *reterr)
{
    json_t *list = json_array();
    for (size_t i = 0; i < listings; i++)
        list = append(list, json_pack("{s:o, s:o}", "date", day(listing[i].day), "papers", count(listing[i].papers)));
    return finish(json_pack("{s:o}", "days", list), ret_json, reterr);
}

static const char *way_name(enum pith_way way)
{
    switch (way) {
    case PITH_PASSPHRASE: return "passphrase";
    case PITH_RECOVERY_CODE: return "recovery";
    case PITH_KEY_FILE: return "file";
    case PITH_TOKEN: return "token";
    case PITH_FIDO2: return "fido2";
    case PITH_TPM: return "tpm";
    }
    return "unknown";
}

static json_t *scope_list(unsigned scopes)
{
    static const struct {
        unsigned scope;
        const char *name;
    } names[] = {{PITH_MAY_RANK, "rank"}, {PITH_MAY_VOTE, "vote"}, {PITH_MAY_EXPORT, "export"}, {PITH_MAY_MANAGE, "manage"}};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (scopes & names[i].scope)
            list = append(list, json_string(names[i].name));
    return list;
}

static json_t *moment(int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm utc;
    char buffer[32];
    if (!seconds || !gmtime_r(&when, &utc) || !strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &utc))
        return json_null();
    return json_string(buffer);
}

enum pith_status pith_json_receipts(const struct pith_receipts *receipts, char **ret_json, struct pith_error *reterr)
{
    json_t *list = json_array();
    for (size_t i = 0; i < receipts->count; i++) {
        const struct pith_receipt *one = &receipts->item[i];
        list = append(list,
                      json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "source", text(one->source),
                                "time", moment(one->time), "first", day(one->first), "last", day(one->last), "announced",
                                count(one->announced), "fetched", count(one->fetched), "new", count(one->added), "merged",
                                count(one->merged), "hidden", count(one->hidden), "failed", count(one->failed), "unchanged",
                                one->unchanged, "failure", known_text(one->failure), "note", known_text(one->note)));
    }
    return finish(json_pack("{s:o}", "receipts", list), ret_json, reterr);
}

enum pith_status pith_json_keys(const struct pith_keys *keys, char **ret_json, struct pith_error *reterr)
{
    json_t *list = json_array();
    for (size_t i = 0; i < keys->count; i++) {
        const struct pith_key *key = &keys->item[i];
        list = append(list, json_pack("{s:I, s:o, s:o, s:o, s:o, s:b, s:b}", "slot", (json_int_t)key->slot, "way",
                                      key->damaged ? json_null() : json_string(way_name(key->way)), "label",
                                      text(*key->label ? key->label : NULL), "scopes",
                                      key->way == PITH_TOKEN ? scope_list(key->scopes) : json_null(), "expires",
                                      moment(key->expires), "used", key->used, "damaged", key->damaged));
    }
    return finish(json_pack("{s:o}", "keys", list), ret_json, reterr);
}

enum pith_status pith_json_readers(const struct pith_readers *readers, char **ret_json, struct pith_error *reterr)
{
    json_t *list = json_array();
    for (size_t i = 0; i < readers->count; i++) {
        const struct pith_reader *reader = &readers->item[i];
        list = append(list,
                      json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", text(reader->id), "named", reader->named,
                                "passphrases", count(reader->passphrases), "recovery_codes", count(reader->codes), "key_files",
                                count(reader->files), "tokens", count(reader->tokens), "security_keys",
                                count(reader->security_keys), "tpms", count(reader->tpms), "bytes", count(reader->bytes)));
    }
    return finish(json_pack("{s:o}", "readers", list), ret_json, reterr);
}

enum pith_status pith_json_secret(const struct pith_secret *secret, char **ret_json, struct pith_error *reterr)
{
    return finish(json_pack("{s:I, s:o}", "slot", (json_int_t)secret->slot, "secret", text(*secret->text ? secret->text : NULL)),
                  ret_json, reterr);
}

enum pith_status pith_json_findings(const struct pith_finding *finding, size_t count, char **ret_json, struct pith_error *reterr)
{
    json_t *list = json_array();
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        good = good && finding[i].good;
        list = append(list, json_pack("{s:b, s:o}", "good", finding[i].good, "what", text(finding[i].what)));
    }
    return finish(json_pack("{s:b, s:o}", "good", good, "findings", list), ret_json, reterr);
}

static json_t *diff_vote(const struct pith_diff_vote *vote)
{
    if (vote->loser)
        return json_pack("{s:o, s:o, s:b, s:b}", "winner", text(vote->id), "loser", text(vote->loser), "from", vote->from, "to",
                         vote->to);
    return json_pack("{s:o, s:o, s:o}", "id", text(vote->id), "from", verdict(vote->from), "to", verdict(vote->to));
}

enum pith_status pith_json_diff(const struct pith_diff *diff, size_t limit, char **ret_json, struct pith_error *reterr)
{
    json_t *votes = json_array(), *weights = json_array();
    for (size_t i = 0; i < diff->votes; i++)
        votes = append(votes, diff_vote(&diff->vote[i]));
    for (size_t i = 0; i < diff->weights && (!limit || i < limit); i++)
        weights = append(weights, json_pack("{s:o, s:f, s:f}", "feature", text(diff->weight[i].feature), "from",
                                            diff->weight[i].from, "to", diff->weight[i].to));
    return finish(json_pack("{s:{s:o, s:o}, s:o, s:o, s:o}", "signers", "from", text(*diff->signer_from ? diff->signer_from : NULL),
                            "to", text(*diff->signer_to ? diff->signer_to : NULL), "votes", votes, "moved", count(diff->weights),
                            "weights", weights),
                  ret_json, reterr);
}

/* ---- the daily digest ---- */

const char *pith_json_digest_state(enum pith_digest_state state)
{
    switch (state) {
    case PITH_DIGEST_OPEN: return "open";
    case PITH_DIGEST_CLAIMED: return "claimed";
    case PITH_DIGEST_SENT: return "sent";
    case PITH_DIGEST_HELD: return "held";
    case PITH_DIGEST_OFF: return "off";
    }
    return "open";
}

static const char *section_name(enum pith_section section)
{
    switch (section) {
    case PITH_FOR_YOU: return "for_you";
    case PITH_EXPLORE: return "explore";
    case PITH_MISSED: return "missed";
    }
    return "for_you";
}

static json_t *digest_paper(const struct pith_digest_item *item)
{
    json_t *place = json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:o, s:o, s:o}", "number",
                              count(item->number), "section", section_name(item->section), "id", text(item->id), "key",
                              text(item->key), "title", text(item->title), "url", known_text(item->url), "authors",
                              known_text(item->authors), "category", known_text(item->category), "reason", known_text(item->reason),
                              "date", day(item->day), "announced", announce_name(item->announce), "withdrawn", item->withdrawn,
                              "probability", real(item->probability), "up", known_text(item->up), "down", known_text(item->down));
    return joined(place, facts(&item->facts, item->url, "author_names"));
}

static json_t *text_list(char *const *value, size_t values)
{
    json_t *list = json_array();
    for (size_t i = 0; i < values; i++)
        list = append(list, text(value[i]));
    return list;
}

enum pith_status pith_json_digest(const struct pith_digest *digest, char **ret_json, struct pith_error *reterr)
{
    json_t *papers = json_array();
    for (size_t i = 0; i < digest->count; i++)
        papers = append(papers, digest_paper(&digest->item[i]));
    return finish(json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "date",
                            day(digest->day), "state", pith_json_digest_state(digest->state), "time", moment(digest->time), "first",
                            day(digest->first), "last", day(digest->last), "listed", count(digest->listed), "votes",
                            vote_counts(digest->ups, digest->downs, digest->pairs), "learned", digest->learned, "probabilities",
                            digest->probabilities, "expected", real(digest->expected), "below", real(digest->below), "chance",
                            real(digest->chance), "notices", text_list(digest->notice, digest->notices), "changes",
                            text_list(digest->change, digest->changes), "papers", papers, "reply", known_text(digest->reply),
                            "stop", known_text(digest->stop)),
                  ret_json, reterr);
}

enum pith_status pith_json_digests(const struct pith_digest_day *kept, size_t digests, char **ret_json, struct pith_error *reterr)
{
    json_t *list = json_array();
    for (size_t i = 0; i < digests; i++)
        list = append(list, json_pack("{s:o, s:s, s:o}", "date", day(kept[i].day), "state", pith_json_digest_state(kept[i].state),
                                      "papers", count(kept[i].papers)));
    return finish(json_pack("{s:o}", "digests", list), ret_json, reterr);
}

enum pith_status pith_json_settings(const struct pith_settings *settings, char **ret_json, struct pith_error *reterr)
{
    static const enum pith_announce all[] = {PITH_NEW, PITH_CROSS, PITH_REPLACED};
    json_t *announced = json_array();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!settings->announce || settings->announce & all[i])
            announced = append(announced, json_string(announce_name(all[i])));
    return finish(json_pack("{s:b, s:f, s:o, s:f, s:o, s:o, s:o}", "mail", settings->mail, "likes", settings->likes, "most",
                            count(settings->most), "cost", settings->cost, "explore", count(settings->explore), "missed",
                            count(settings->missed), "announced", announced),
                  ret_json, reterr);
}

enum pith_status pith_json_reply(const struct pith_reply *reply, char **ret_json, struct pith_error *reterr)
{
    json_t *votes = json_array();
    for (size_t i = 0; i < reply->votes; i++)
        votes = append(votes,
                       json_pack("{s:o, s:o}", "number", count(reply->vote[i].number), "vote", verdict(reply->vote[i].verdict)));
    return finish(json_pack("{s:o, s:o, s:b}", "date", day(reply->day), "votes", votes, "known", reply->known), ret_json, reterr);
}

enum pith_status pith_json_error(const struct pith_error *error, const struct pith_papers *matches, char **ret_json)
{
    const char *status = pith_status_name(error->status);
    json_t *body = matches ? json_pack("{s:s, s:o, s:o}", "status", status, "message", text(error->message), "matches",
                                       paper_list(matches))
                           : json_pack("{s:s, s:o}", "status", status, "message", text(error->message));
    return finish(json_pack("{s:o}", "error", body), ret_json, NULL);
}

enum pith_status pith_json_line(const struct pith_json_pair *pair, size_t pairs, char **ret_line, struct pith_error *reterr)
{
    json_t *line = json_object();
    bool good = true;
    for (size_t i = 0; i < pairs; i++)
        good = (!pair[i].value || json_object_set_new(line, pair[i].name, text(pair[i].value)) == 0) && good;
    if (!good) {
        json_decref(line);
        line = NULL;
    }
    return print(line, JSON_COMPACT, ret_line, reterr);
}

enum pith_status pith_json_member(const char *json, size_t length, const char *name, char *value, size_t size,
                                  struct pith_error *reterr)
{
    json_error_t error;
    json_t *document = json_loadb(json, length, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(document)) {
        json_decref(document);
        return pith_fail(reterr, PITH_INPUT, "this is no JSON object");
    }
    const json_t *member = json_object_get(document, name);
    *value = '\0';
    if (json_is_string(member) && json_string_length(member) < size)
        memcpy(value, json_string_value(member), json_string_length(member) + 1);
    else if (json_is_integer(member))
        snprintf(value, size, "%lld", (long long)json_integer_value(member));
    json_decref(document);
    return PITH_OK;
}
