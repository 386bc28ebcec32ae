#include "engine/digest/compose.h"

#include "engine/intake/listing_gaps.h"
#include "engine/ranking/explain_score.h"
#include "engine/ranking/rank.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REASONS = 8 /* looked at for a line */, MOST_AUTHORS = 3, MOST_KNOWN = 1 << 22 };

struct composing {
    const struct digest_request *request;
    struct pith_digest *digest;
    struct digest_kept kept;
    int64_t *known; /* papers that are not shown again, ascending once sorted */
    size_t knowns, known_cap;
    uint64_t *title; /* of those mailed before or chosen now: their duplicates are not shown either */
    size_t titles, title_cap;
    struct features features; /* scratch */
    int32_t covered;          /* the last listing day of the digests before */
    bool missed;              /* papers of days that were mailed whole do not count now */
    double bar;               /* the score that a missed paper must reach */
    size_t item_cap, number_cap;
};

static void composing_clear(struct composing *composing)
{
    digest_kept_clear(&composing->kept);
    free(composing->known);
    free(composing->title);
    features_clear(&composing->features);
}

/* ---- what is not shown again ---- */

static enum pith_status add_known(struct composing *composing, int64_t id, struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&composing->known, &composing->known_cap, composing->knowns + 1, sizeof *composing->known,
                                        MOST_KNOWN, reterr);
    if (!status)
        composing->known[composing->knowns++] = id;
    return status;
}

static enum pith_status title_of(struct composing *composing, const struct store_row *row, uint64_t *ret_title,
                                 struct pith_error *reterr)
{
    enum pith_status status = features_read(row->features, row->features_length, &composing->features, reterr);
    if (!status)
        *ret_title = candidates_title(&composing->features);
    return status;
}

static enum pith_status add_title(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct composing *composing = user;
    uint64_t title;
    enum pith_status status = title_of(composing, row, &title, reterr);
    if (!status)
        status = pith_grow(&composing->title, &composing->title_cap, composing->titles + 1, sizeof *composing->title, MOST_KNOWN,
                           reterr);
    if (!status && title)
        composing->title[composing->titles++] = title;
    return status;
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

/* The paper of a key, unless the store does not hold it; with `mailed` its duplicates too. */
static enum pith_status know(struct composing *composing, const char *key, bool mailed, struct pith_error *reterr)
{
    int64_t id;
    enum pith_status status = store_find_key(composing->request->store, key, &id, NULL);
    if (status == PITH_NOT_FOUND)
        return PITH_OK;
    if (status)
        return store_find_key(composing->request->store, key, &id, reterr);
    status = add_known(composing, id, reterr);
    if (!status && mailed)
        status = store_visit_paper(composing->request->store, id, add_title, composing, reterr);
    return status;
}

static enum pith_status load_known(struct composing *composing, struct pith_error *reterr)
{
    const struct digest_log *log = composing->request->log;
    size_t votes;
    const struct profile_vote *vote = profile_votes(composing->request->profile, &votes);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < votes; i++)
        status = know(composing, vote[i].paper, false, reterr);
    for (size_t i = 0; !status && i < log->count; i++)
        for (size_t k = 0; !status && k < log->item[i].digest->count; k++)
            status = know(composing, log->item[i].digest->item[k].key, true, reterr);
    if (!status && composing->knowns)
        qsort(composing->known, composing->knowns, sizeof *composing->known, by_number);
    return status;
}

static bool is_duplicate(struct composing *composing, const struct store_row *row)
{
    uint64_t title;
    if (!composing->titles || title_of(composing, row, &title, NULL) || !title)
        return false;
    for (size_t i = 0; i < composing->titles; i++)
        if (composing->title[i] == title)
            return true;
    return false;
}

/* Mailed before, and whole. */
static bool is_covered(const struct composing *composing, int32_t day)
{
    const struct digest_log *log = composing->request->log;
    for (size_t i = 0; i < log->count; i++)
        if (log->item[i].digest->last == day && log->item[i].cut)
            return false;
    return day <= composing->covered;
}

static bool leaves_out(void *user, const struct store_row *row)
{
    struct composing *composing = user;
    if (composing->missed && is_covered(composing, row->day))
        return true;
    if (composing->knowns && bsearch(&row->id, composing->known, composing->knowns, sizeof row->id, by_number))
        return true;
    return is_duplicate(composing, row);
}

/* ---- an item, as people read it ---- */

static enum pith_status join_authors(const struct paper_list *authors, char **ret_text, struct pith_error *reterr)
{
    size_t count = authors->count, more = count > MOST_AUTHORS ? count - (MOST_AUTHORS - 1) : 0, shown = count - more;
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    if (!to)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < shown; i++)
        fprintf(to, "%s%s", i == 0 ? "" : i + 1 == shown && !more ? " and " : ", ", authors->item[i]);
    if (more)
        fprintf(to, " and %zu others", more);
    if (fclose(to) != 0) {
        free(text);
        return pith_no_memory(reterr);
    }
    *ret_text = text;
    return PITH_OK;
}

enum { EXCERPT = 150 /* bytes: two lines */ };

/* The first words of an abstract, blanks made one. */
static enum pith_status write_excerpt(const char *abstract, char **ret_text, struct pith_error *reterr)
{
    char text[EXCERPT + 8];
    size_t length = 0, word = 0;
    const char *at = abstract + strspn(abstract, " \t\r\n");
    while (*at && length < EXCERPT) {
        bool blank = strchr(" \t\r\n", *at) != NULL;
        if (blank)
            word = length;
        text[length++] = blank ? ' ' : *at;
        at += blank ? strspn(at, " \t\r\n") : 1;
    }
    if (*at && word > EXCERPT / 2)
        length = word;
    while (*at && length && word <= EXCERPT / 2 && ((unsigned char)text[length - 1] & 0x80))
        length--; /* not within a character */
    snprintf(text + length, sizeof text - length, "%s", *at ? "..." : "");
    *ret_text = strdup(text);
    return *ret_text ? PITH_OK : pith_no_memory(reterr);
}

/* What the item keeps of the paper's facts, so that a mail is the same whenever it is written. */
static enum pith_status keep_facts(const struct pith_ranked *paper, struct pith_digest_item *item, struct pith_error *reterr)
{
    bool liked = paper->nears && paper->near[0].verdict >= 0;
    item->liked = strdup(liked ? paper->near[0].title : "");
    item->pdf = strdup(paper->facts.pdf ? paper->facts.pdf : "");
    if (!item->liked || !item->pdf)
        return pith_no_memory(reterr);
    return write_excerpt(paper->facts.abstract, &item->excerpt, reterr);
}

/* Moves what a ranked paper holds into an item. */
static enum pith_status fill_item(struct composing *composing, struct pith_ranked *paper, int64_t id, enum pith_section section,
                                  struct pith_digest_item *item, struct pith_error *reterr)
{
    PITH_AUTO(paper_clear) struct paper record;
    paper_init(&record);
    item->section = section;
    item->number = composing->digest->count;
    item->day = paper->day;
    item->announce = paper->announce;
    item->withdrawn = paper->withdrawn;
    item->probability = paper->probability;
    item->key = PITH_TAKE(paper->key);
    item->id = PITH_TAKE(paper->id);
    item->title = PITH_TAKE(paper->title);
    item->url = PITH_TAKE(paper->url);
    enum pith_status status = store_get_paper(composing->request->store, id, &record, reterr);
    if (!status)
        status = join_authors(&record.authors, &item->authors, reterr);
    if (!status)
        status = pith_reason_line(paper, &item->reason, reterr);
    if (!status)
        status = keep_facts(paper, item, reterr);
    if (!status && !(item->category = strdup(record.categories.count ? record.categories.item[0] : "")))
        status = pith_no_memory(reterr);
    return status;
}

static enum pith_status add_item(struct composing *composing, struct pith_ranked *paper, enum pith_section section,
                                 struct pith_error *reterr)
{
    struct pith_digest *digest = composing->digest;
    struct digest_kept *kept = &composing->kept;
    size_t need = digest->count + 1;
    int64_t id;
    enum pith_status status = store_find_key(composing->request->store, paper->key, &id, reterr);
    if (!status)
        status = pith_grow(&digest->item, &composing->item_cap, need, sizeof *digest->item, MOST_KNOWN, reterr);
    if (!status)
        status = pith_grow(&kept->number, &composing->number_cap, need, sizeof *kept->number, MOST_KNOWN, reterr);
    if (status)
        return status;
    kept->number[digest->count] = id;
    struct pith_digest_item *item = &digest->item[digest->count++];
    *item = (struct pith_digest_item){0};
    status = fill_item(composing, paper, id, section, item, reterr);
    if (!status)
        status = store_visit_paper(composing->request->store, id, add_title, composing, reterr);
    if (!status)
        status = add_known(composing, id, reterr);
    if (!status)
        qsort(composing->known, composing->knowns, sizeof *composing->known, by_number);
    return status;
}

/* ---- sections ---- */

/* *ret_ranking is NULL when nothing is left to show of these days. */
static enum pith_status rank(struct composing *composing, const struct model *model, const struct pith_rank_request *request,
                             struct pith_ranking **ret_ranking, struct pith_error *reterr)
{
    const struct candidates_except except = {leaves_out, composing};
    struct pith_error error;
    const struct rank_means means = {
        .store = composing->request->store, .model = model, .profile = composing->request->profile, .except = &except};
    enum pith_status status = rank_listing(&means, request, ret_ranking, &error);
    if (status == PITH_NOT_FOUND) {
        *ret_ranking = NULL;
        return PITH_OK;
    }
    return status ? pith_fail(reterr, status, "%s", error.message) : PITH_OK;
}

static enum pith_status count_row(void *user, const struct store_row *row, struct pith_error *reterr)
{
    (void)row, (void)reterr;
    ++*(size_t *)user;
    return PITH_OK;
}

static enum pith_status choose_for_you(struct composing *composing, int32_t listed, struct pith_error *reterr)
{
    const struct pith_settings *settings = composing->request->settings;
    const struct pith_rank_request request = {.size = sizeof request,
                                              .first = listed,
                                              .last = listed,
                                              .announce = settings->announce,
                                              .limit = settings->most,
                                              .expect = settings->likes,
                                              .reasons = REASONS};
    struct pith_digest *digest = composing->digest;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    double none = 1;
    digest->first = digest->last = listed;
    enum pith_status status = rank(composing, composing->request->model, &request, &ranking, reterr);
    if (!status && !ranking)
        return store_each_listed(composing->request->store, listed, listed, count_row, &digest->listed, reterr);
    if (status)
        return status;
    digest->listed = ranking->listed;
    for (size_t i = 0; !status && i < ranking->count; i++) {
        composing->bar = ranking->item[i].score;
        none *= 1 - ranking->item[i].probability;
        status = add_item(composing, &ranking->item[i], PITH_FOR_YOU, reterr);
    }
    if (digest->probabilities) {
        digest->expected = ranking->expected;
        digest->below = ranking->missed;
        digest->chance = 1 - none;
    }
    return status;
}

static enum pith_status choose_missed(struct composing *composing, int32_t before, struct pith_error *reterr)
{
    const struct pith_settings *settings = composing->request->settings;
    const struct pith_rank_request request = {.size = sizeof request,
                                              .first = composing->request->day - DIGEST_REACH,
                                              .last = before,
                                              .announce = settings->announce,
                                              .limit = settings->missed,
                                              .reasons = REASONS};
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    if (!composing->request->model || !settings->missed || before < request.first)
        return PITH_OK;
    composing->missed = true;
    enum pith_status status = rank(composing, composing->request->model, &request, &ranking, reterr);
    composing->missed = false;
    for (size_t i = 0; !status && ranking && i < ranking->count; i++)
        if (ranking->item[i].score >= composing->bar)
            status = add_item(composing, &ranking->item[i], PITH_MISSED, reterr);
    return status;
}

/* Votes and day, as a number. */
static enum pith_status seed_of(const struct composing *composing, uint64_t *ret_seed, struct pith_error *reterr)
{
    char text[2 * VAULT_FINGERPRINT + 16];
    unsigned char hash[16];
    struct bytes_reader reader;
    enum pith_status status = profile_fingerprint(composing->request->profile, text, reterr);
    if (status)
        return status;
    snprintf(text + 2 * VAULT_FINGERPRINT, 16, " %d", (int)composing->request->day);
    vault_hash16(text, strlen(text), hash);
    bytes_reader_init(&reader, hash, sizeof hash);
    *ret_seed = bytes_get_u64(&reader);
    return PITH_OK;
}

/* The best of the day under a taste that the votes leave possible; shown with what is known. */
static enum pith_status explore_once(struct composing *composing, int32_t listed, uint64_t seed, struct pith_error *reterr)
{
    const struct digest_request *asked = composing->request;
    const struct pith_rank_request request = {
        .size = sizeof request, .first = listed, .last = listed, .announce = asked->settings->announce, .limit = 1};
    PITH_AUTO(model_free_p) struct model *drawn = NULL;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    PITH_AUTO(explainer_clear)
    struct explainer explainer = {.store = asked->store, .model = asked->model, .profile = asked->profile, .reasons = REASONS};
    struct pith_ranked paper;
    int64_t id;
    enum pith_status status = learner_draw(asked->learner, seed, &drawn, reterr);
    if (!status)
        status = rank(composing, drawn, &request, &ranking, reterr);
    if (status || !ranking)
        return status;
    status = store_find_key(asked->store, ranking->item[0].key, &id, reterr);
    if (!status)
        status = explainer_open(&explainer, reterr);
    if (!status)
        status = explain_score(&explainer, id, &paper, reterr);
    if (status)
        return status;
    paper.day = ranking->item[0].day;
    paper.announce = ranking->item[0].announce;
    status = add_item(composing, &paper, PITH_EXPLORE, reterr);
    explain_score_clear(&paper);
    return status;
}

static enum pith_status explore(struct composing *composing, int32_t listed, struct pith_error *reterr)
{
    const struct digest_request *asked = composing->request;
    uint64_t seed;
    if (!asked->model || !asked->learner || !asked->settings->explore)
        return PITH_OK;
    enum pith_status status = seed_of(composing, &seed, reterr);
    for (unsigned i = 0; !status && i < asked->settings->explore; i++)
        status = explore_once(composing, listed, seed + i, reterr);
    return status;
}

/* ---- sentences ---- */

static enum pith_status take_notices(struct composing *composing, struct pith_error *reterr)
{
    struct pith_digest *digest = composing->digest;
    int32_t reach = digest->day - DIGEST_REACH, first = composing->covered < reach ? reach : composing->covered + 1;
    PITH_AUTO(listing_gaps_clear) struct listing_gaps notices = {.count = 0};
    enum pith_status status = listing_gaps_of(composing->request->store, first < digest->day ? first : digest->day, digest->day,
                                              &notices, reterr);
    digest->notice = pith_calloc(NOTICES_MOST, sizeof *digest->notice);
    if (!status && !digest->notice)
        status = pith_no_memory(reterr);
    if (status)
        return status;
    memcpy(digest->notice, notices.sentence, notices.count * sizeof *digest->notice);
    digest->notices = notices.count;
    notices.count = 0;
    composing->kept.cut = notices.cut;
    return PITH_OK;
}

static const struct pith_digest *digest_before(const struct composing *composing)
{
    const struct digest_log *log = composing->request->log;
    const struct pith_digest *before = NULL;
    for (size_t i = 0; i < log->count && log->item[i].digest->day < composing->request->day; i++)
        before = log->item[i].digest;
    return before;
}

static size_t more(size_t now, size_t before)
{
    return now > before ? now - before : 0;
}

static void put_count(FILE *to, const char *lead, size_t count, const char *what, const char *many)
{
    if (count)
        fprintf(to, "%s%zu %s", lead, count, count == 1 ? what : many);
}

/* "Learnt from 4 new votes: 3 up, 1 down." */
static enum pith_status tell_votes(struct composing *composing, struct pith_error *reterr)
{
    struct pith_digest *digest = composing->digest;
    const struct pith_digest *before = digest_before(composing);
    size_t length = 0;
    if (!before)
        return PITH_OK;
    size_t ups = more(digest->ups, before->ups), downs = more(digest->downs, before->downs),
           pairs = more(digest->pairs, before->pairs);
    if (!(ups + downs + pairs))
        return PITH_OK;
    FILE *to = open_memstream(&digest->change[digest->changes], &length);
    if (!to)
        return pith_no_memory(reterr);
    put_count(to, "Learnt from ", ups + downs + pairs, "new vote:", "new votes:");
    put_count(to, " ", ups, "up", "up");
    put_count(to, ups ? ", " : " ", downs, "down", "down");
    put_count(to, ups + downs ? ", " : " ", pairs, "comparison", "comparisons");
    fputc('.', to);
    bool good = fclose(to) == 0 && digest->change[digest->changes];
    digest->changes++;
    return good ? PITH_OK : pith_no_memory(reterr);
}

/* "Your answer to the digest of Thursday, 26 November counts: liked 1, 7; not for you 4." No sign stands behind a number: an answer that quotes this
 * would vote by it. */
static void put_numbers(FILE *to, const struct answer *answer, int verdict, const char *lead)
{
    const char *between = lead;
    for (size_t i = 0; i < answer->votes; i++)
        if (answer->vote[i].verdict == verdict) {
            fprintf(to, "%s%u", between, answer->vote[i].number);
            between = ", ";
        }
}

static enum pith_status tell_answer(struct pith_digest *digest, const struct answer *answer, struct pith_error *reterr)
{
    char day[NOTICES_DAY];
    size_t length = 0;
    bool liked = false;
    for (size_t i = 0; i < answer->votes; i++)
        liked = liked || answer->vote[i].verdict > 0;
    FILE *to = open_memstream(&digest->change[digest->changes], &length);
    if (!to)
        return pith_no_memory(reterr);
    fprintf(to, "Your answer to the digest of %s %s", listing_gaps_day(answer->digest, day),
            answer->votes ? "counts: " : "could not be used: ");
    put_numbers(to, answer, 1, "liked ");
    put_numbers(to, answer, -1, liked ? "; not for you " : "not for you ");
    fprintf(to, "%s.", answer->fault);
    bool good = fclose(to) == 0 && digest->change[digest->changes];
    digest->changes++;
    return good ? PITH_OK : pith_no_memory(reterr);
}

static enum pith_status tell_changes(struct composing *composing, struct pith_error *reterr)
{
    const struct digest_request *request = composing->request;
    struct pith_digest *digest = composing->digest;
    size_t answers = request->answers ? request->answers->count : 0;
    digest->change = pith_calloc(answers + 1, sizeof *digest->change);
    if (!digest->change)
        return pith_no_memory(reterr);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < answers; i++)
        if (answers_is_told(&request->answers->item[i], request->day))
            status = tell_answer(digest, &request->answers->item[i], reterr);
    return status ? status : tell_votes(composing, reterr);
}

/* ---- the whole ---- */

static void describe(struct composing *composing)
{
    const struct digest_request *request = composing->request;
    struct pith_digest *digest = composing->digest;
    const struct pith_digest *before = digest_before(composing);
    digest->day = request->day;
    digest->time = request->time;
    digest->first = digest->last = PITH_NO_DAY;
    digest->expected = digest->below = digest->chance = NAN;
    digest->learned = request->model != NULL;
    digest->probabilities = request->model && request->model->listing.known;
    digest->chance = digest->probabilities ? 0 : NAN;
    if (request->model) {
        digest->ups = request->model->ups;
        digest->downs = request->model->downs;
        digest->pairs = request->model->pairs;
    }
    composing->bar = -INFINITY;
    composing->covered = PITH_NO_DAY;
    for (size_t i = 0; before && i < request->log->count && request->log->item[i].digest->day <= before->day; i++)
        composing->covered = request->log->item[i].digest->last > composing->covered ? request->log->item[i].digest->last
                                                                                     : composing->covered;
}

static enum pith_status choose_sections(struct composing *composing, struct pith_error *reterr)
{
    const struct digest_request *request = composing->request;
    int32_t listed = PITH_NO_DAY;
    enum pith_status status = store_latest_day(request->store, request->day, &listed, NULL);
    if (status == PITH_NOT_FOUND)
        return PITH_OK;
    if (status)
        return store_latest_day(request->store, request->day, &listed, reterr);
    bool fresh = listed > composing->covered && listed >= request->day - DIGEST_REACH;
    if (fresh)
        status = choose_for_you(composing, listed, reterr);
    if (!status && fresh)
        status = explore(composing, listed, reterr);
    return status ? status : choose_missed(composing, fresh ? listed - 1 : listed, reterr);
}

static enum pith_digest_state judge(const struct composing *composing)
{
    const struct pith_settings *settings = composing->request->settings;
    if (!settings->mail)
        return PITH_DIGEST_OFF;
    return composing->digest->chance < settings->cost / (1 + settings->cost) ? PITH_DIGEST_HELD : PITH_DIGEST_OPEN;
}

enum pith_status digest_compose(const struct digest_request *request, struct digest_kept *ret_kept, struct pith_error *reterr)
{
    PITH_AUTO(composing_clear) struct composing composing = {.request = request};
    composing.digest = composing.kept.digest = pith_calloc(1, sizeof *composing.digest);
    if (!composing.digest)
        return pith_no_memory(reterr);
    describe(&composing);
    enum pith_status status = load_known(&composing, reterr);
    if (!status)
        status = choose_sections(&composing, reterr);
    if (!status)
        status = take_notices(&composing, reterr);
    if (!status)
        status = tell_changes(&composing, reterr);
    if (status)
        return status;
    composing.digest->state = judge(&composing);
    *ret_kept = composing.kept;
    composing.kept = (struct digest_kept){0};
    return PITH_OK;
}
