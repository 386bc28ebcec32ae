/* bench_quality: how well pith ranks: replay of readers over real days, and topics with fixed draws of votes.
 * Usage: bench_quality [--scores FILE] [--without CHOICE] [DATA_FOLDER [TABLE|none|shipped [own]]]. TABLE: an embedding to use
 * instead of the one that came with pith; own: beside it one learnt from each store; CHOICE: what to leave out of the learner, as
 * --without help lists it. Without readers in DATA_FOLDER, its topics alone are ranked. Prints one line per number of votes: over all
 * topics, and over arXiv's and the biomedical ones apart. FILE gets what every draw and every day measured, a JSON object a line, which
 * compare_peers.py holds against others. */
#include "engine/intake/import.h"
#include "engine/learning/embedding_learn.h"
#include "engine/learning/embeddings.h"
#include "engine/learning/learner.h"
#include "engine/ranking/backtest.h"
#include "engine/ranking/rank.h"
#include "models/metrics.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PAPERS = 100000, COUNTS = 6 };
static const int votes_of[COUNTS] = {5, 10, 20, 50, 100, 200};

static void check(enum pith_status status, const struct pith_error *error)
{
    if (status) {
        fprintf(stderr, "bench_quality: %s\n", error->message);
        exit(1);
    }
}

static void import_file(struct store *store, const char *path)
{
    struct pith_error error;
    struct pith_import_report report;
    size_t length;
    char *bytes = testing_read(path, &length);
    check(import_bytes(store, bytes, length, &(struct import_options){.today = 0, .embedding = testing_shipped}, &report, &error),
          &error);
    free(bytes);
}

/* With --scores: what every draw and day measured. */
static FILE *scores;

static void note_scores(const char *of, const char *path, const char *group, int votes, const struct metrics_ranking *got)
{
    const char *name = strrchr(path, '/') + 1;
    if (scores)
        fprintf(scores, "{\"%s\": \"%.*s\", \"group\": \"%s\", \"votes\": %d, \"measures\": [%.17g, %.17g, %.17g, %.17g]}\n", of,
                (int)(strlen(name) - strlen(".jsonl")), name, group, votes, got->auc, got->ndcg10, got->ap, got->recall10);
}

/* With "own": a table learnt from each store. */
static bool learn_own;
/* With that or "--without": neither seeds nor pairs are measured. */
static bool only_order;

static void learn(struct store *store)
{
    static struct embedding *embedding;
    static unsigned char *bytes;
    struct pith_error error;
    size_t length;
    testing_own = NULL;
    if (embedding)
        embedding_close(embedding);
    free(bytes);
    embedding = NULL;
    bytes = NULL;
    if (!learn_own || embedding_learn(store, &(struct embedding_learn_options){NULL, EMBEDDING_LEARN_LEAST, 1, 0, NULL, NULL},
                                      &bytes, &length, &error))
        return;
    check(embedding_open(bytes, length, &embedding, &error), &error);
    testing_own = embedding;
}

/* ---- topics ---- */

struct candidate {
    char key[PAPER_KEY_SIZE];
    int label;
    struct features features;
};

struct topic {
    struct candidate *paper;
    size_t papers;
    json_t *label; /* key -> label */
};

static enum pith_status take_candidate(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct topic *topic = user;
    struct candidate *paper = &topic->paper[topic->papers++];
    snprintf(paper->key, sizeof paper->key, "%s", row->key);
    paper->label = (int)json_integer_value(json_object_get(topic->label, row->key));
    return features_read(row->features, row->features_length, &paper->features, reterr);
}

static void key_of(const char *id, char key[PAPER_KEY_SIZE])
{
    if (!paper_key_from_text(id, strlen(id), key, NULL))
        snprintf(key, PAPER_KEY_SIZE, "id:%s", id);
}

static json_t *read_lines(const char *path)
{
    size_t length;
    char *bytes = testing_read(path, &length);
    json_t *lines = json_array();
    for (char *line = strtok(bytes, "\n"); line; line = strtok(NULL, "\n"))
        json_array_append_new(lines, json_loads(line, 0, NULL));
    free(bytes);
    return lines;
}

enum { MOST_THUMBS = 1000, MOST_PAIRS = 100 };

/* What a reader is taken to have said of a topic. */
struct said {
    struct profile_vote vote[MOST_THUMBS];
    size_t votes;
    struct profile_pair pair[MOST_PAIRS];
    size_t pairs;
    json_t *named; /* papers that are left out of the order, said or not */
};

static void said_clear(struct said *said)
{
    for (size_t i = 0; i < said->votes; i++)
        free(said->vote[i].paper);
    for (size_t i = 0; i < said->pairs; i++) {
        free(said->pair[i].winner);
        free(said->pair[i].loser);
    }
    json_decref(said->named);
}

/* The first `most` ups and downs of a draw as thumbs. The others are named too, if `name_all`. */
static void take_thumbs(struct said *said, json_t *draw, size_t most, bool name_all)
{
    for (int up = 0; up < 2; up++) {
        json_t *ids = json_object_get(draw, up ? "up" : "down");
        for (size_t i = 0; i < json_array_size(ids) && (i < most || name_all); i++) {
            char key[PAPER_KEY_SIZE];
            key_of(json_string_value(json_array_get(ids, i)), key);
            json_object_set_new(said->named, key, json_true());
            if (i < most)
                said->vote[said->votes++] = (struct profile_vote){strdup(key), up ? VERDICT_UP : VERDICT_DOWN, 0, 0};
        }
    }
}

/* The next paper of this label that is not named yet, in a fixed order that *at walks through; NULL when there is none. Names it. */
static char *take_unnamed(struct said *said, const struct topic *topic, bool label, size_t *at)
{
    size_t step = topic->papers / 7 * 2 + 1;
    for (; *at < topic->papers; (*at)++) {
        const struct candidate *paper = &topic->paper[*at * step % topic->papers];
        if ((bool)paper->label != label || json_object_get(said->named, paper->key))
            continue;
        json_object_set_new(said->named, paper->key, json_true());
        return strdup(paper->key);
    }
    return NULL;
}

/* How well what was said orders the papers that are not named. */
static struct metrics_ranking order_rest(struct store *store, struct topic *topic, const struct said *said)
{
    static double score[MAX_PAPERS];
    static unsigned char truth[MAX_PAPERS];
    static size_t scratch[MAX_PAPERS];
    struct pith_error error;
    struct learner learner = {0};
    struct model *model;
    check(learner_load(&learner,
                       &(struct learner_request){.store = store,
                                                 .embeddings = {testing_shipped, testing_own},
                                                 .hyperparameters = testing_hyperparameters,
                                                 .vote = said->vote,
                                                 .votes = said->votes,
                                                 .pair = said->pair,
                                                 .pairs = said->pairs,
                                                 .background = LEARNER_BACKGROUND},
                       &error),
          &error);
    check(learner_fit(&learner, NULL, &model, &error), &error);
    struct model_row row = {0};
    size_t asked = 0;
    for (size_t i = 0; i < topic->papers; i++) {
        if (json_object_get(said->named, topic->paper[i].key))
            continue;
        check(model_weigh(model, &topic->paper[i].features, &row, &error), &error);
        score[asked] = model_score(model, &row);
        truth[asked++] = (unsigned char)topic->paper[i].label;
    }
    struct metrics_ranking got = metrics_ranking(score, truth, asked, scratch);
    model_row_clear(&row);
    model_free(model);
    learner_clear(&learner);
    return got;
}

/* `votes_most`: the first so many of the draw's votes, ups and downs in turn; `seeds` ups more are named, and said with `as_seeds`. */
static struct metrics_ranking run_draw(struct store *store, struct topic *topic, json_t *draw, size_t votes_most, size_t seeds,
                                       bool as_seeds)
{
    struct said said = {.named = json_object()};
    size_t at = 0;
    take_thumbs(&said, draw, votes_most, false);
    for (size_t i = 0; i < seeds; i++) {
        char *key = take_unnamed(&said, topic, true, &at);
        if (key && as_seeds)
            said.vote[said.votes++] = (struct profile_vote){key, VERDICT_SEED, 0, 0};
        else
            free(key);
    }
    struct metrics_ranking got = order_rest(store, topic, &said);
    said_clear(&said);
    return got;
}

/* ---- cold start ---- */

enum { SEEDS = 5, SEED_ROWS = COUNTS + 1 };
static struct {
    double with[SEED_ROWS], without[SEED_ROWS]; /* sums of nDCG@10 over draws */
    size_t draws[SEED_ROWS];
} cold;

/* Five ups more as seeds, beside the same votes without them; and seeds alone. The seeds are in neither order. */
static void measure_seeds(struct store *store, struct topic *topic, json_t *draw, size_t k)
{
    cold.with[k + 1] += run_draw(store, topic, draw, SIZE_MAX, SEEDS, true).ndcg10;
    cold.without[k + 1] += run_draw(store, topic, draw, SIZE_MAX, SEEDS, false).ndcg10;
    cold.draws[k + 1]++;
    if (k > 0)
        return;
    cold.with[0] += run_draw(store, topic, draw, 0, SEEDS, true).ndcg10;
    cold.draws[0]++;
}

static void print_seeds(void)
{
    printf("\n| votes | nDCG@10 | and %d seeds | draws |\n|--:|--:|--:|--:|\n", SEEDS);
    for (size_t k = 0; k < SEED_ROWS; k++) {
        double draws = (double)cold.draws[k];
        if (k == 0)
            printf("| 0 | | %.4f | %zu |\n", cold.with[k] / draws, cold.draws[k]);
        else
            printf("| %d | %.4f | %.4f | %zu |\n", votes_of[k - 1], cold.without[k] / draws, cold.with[k] / draws, cold.draws[k]);
    }
}

/* ---- what a click is worth ---- */

enum { FIELDS = 2, WAYS = 3 };
static const char *const field_name[FIELDS] = {"arXiv", "biomedical"};
static const char *const way_name[WAYS] = {"half of the thumbs", "all thumbs", "half, and as many pairs"};
static struct {
    double ndcg10, auc; /* sums over draws */
    size_t draws;
} click[FIELDS][WAYS][COUNTS];

/* All of a draw's thumbs; half of them; and half of them with a comparison for each of the others, of an up over a down that no thumb is
 * on. All three order the same papers: those that none of them names. */
static void measure_pairs(struct store *store, struct topic *topic, json_t *draw, size_t k, size_t field)
{
    size_t clicks = (size_t)votes_of[k], pairs = clicks - clicks / 4 * 2;
    if (pairs > MOST_PAIRS)
        return;
    for (int way = 0; way < WAYS; way++) {
        struct said said = {.named = json_object()};
        size_t up = 0, down = 0;
        take_thumbs(&said, draw, way == 1 ? SIZE_MAX : clicks / 4, true);
        for (size_t i = 0; i < pairs; i++)
            said.pair[said.pairs++] = (struct profile_pair){take_unnamed(&said, topic, true, &up),
                                                            take_unnamed(&said, topic, false, &down), 0, 0};
        bool enough = said.pair[pairs - 1].winner && said.pair[pairs - 1].loser;
        if (way < 2)
            while (said.pairs) {
                said.pairs--;
                free(said.pair[said.pairs].winner);
                free(said.pair[said.pairs].loser);
            }
        if (enough) {
            struct metrics_ranking got = order_rest(store, topic, &said);
            click[field][way][k].ndcg10 += got.ndcg10;
            click[field][way][k].auc += got.auc;
            click[field][way][k].draws++;
        }
        said_clear(&said);
    }
}

static void print_pairs(void)
{
    printf("\n| clicks | | nDCG@10 | AUC | draws |\n|--:|---|--:|--:|--:|\n");
    for (size_t field = 0; field < FIELDS; field++)
        for (size_t k = 0; k < COUNTS; k++)
            for (size_t way = 0; way < WAYS && click[field][way][k].draws; way++) {
                double draws = (double)click[field][way][k].draws;
                printf("| %d | %s, %s | %.4f | %.4f | %zu |\n", votes_of[k], field_name[field], way_name[way],
                       click[field][way][k].ndcg10 / draws, click[field][way][k].auc / draws, click[field][way][k].draws);
            }
}

static bool is_medical(const char *path)
{
    return strstr(path, "synergy") || strstr(path, "nagtegaal");
}

static void run_topic(const char *path, struct metrics_ranking mean[COUNTS])
{
    struct pith_error error;
    struct store *store;
    struct topic topic = {.paper = calloc(MAX_PAPERS, sizeof *topic.paper), .label = json_object()};
    check(store_open(testing_folder(), true, &store, &error), &error);
    import_file(store, path);
    learn(store);
    json_t *papers = read_lines(path), *draw, *paper;
    size_t i;
    json_array_foreach(papers, i, paper)
    {
        char key[PAPER_KEY_SIZE];
        key_of(json_string_value(json_object_get(paper, "id")), key);
        json_object_set(topic.label, key, json_object_get(paper, "label"));
    }
    check(store_each_paper(store, take_candidate, &topic, &error), &error);
    char draws_path[4096];
    snprintf(draws_path, sizeof draws_path, "%.*s.draws.jsonl", (int)(strlen(path) - strlen(".jsonl")), path);
    json_t *draws = read_lines(draws_path);
    size_t seen[COUNTS] = {0};
    json_array_foreach(draws, i, draw)
    {
        size_t k = 0;
        while (k < COUNTS && votes_of[k] != json_integer_value(json_object_get(draw, "n")))
            k++;
        if (k == COUNTS)
            continue;
        struct metrics_ranking got = run_draw(store, &topic, draw, SIZE_MAX, 0, false);
        note_scores("topic", path, is_medical(path) ? "biomedical" : "arXiv", votes_of[k], &got);
        if (!only_order) {
            measure_seeds(store, &topic, draw, k);
            measure_pairs(store, &topic, draw, k, is_medical(path));
        }
        seen[k]++;
        mean[k].auc += (got.auc - mean[k].auc) / (double)seen[k];
        mean[k].ndcg10 += (got.ndcg10 - mean[k].ndcg10) / (double)seen[k];
        mean[k].ap += (got.ap - mean[k].ap) / (double)seen[k];
        mean[k].recall10 += (got.recall10 - mean[k].recall10) / (double)seen[k];
    }
    json_decref(papers);
    json_decref(draws);
    json_decref(topic.label);
    for (size_t k = 0; k < topic.papers; k++)
        features_clear(&topic.paper[k].features);
    free(topic.paper);
    store_close(store);
}

static void topics(const char *data)
{
    char pattern[4096];
    glob_t found;
    struct metrics_ranking all[3][COUNTS] = {0}; /* everything, arXiv, biomedical */
    size_t count[3] = {0};
    snprintf(pattern, sizeof pattern, "%s/topics/*.jsonl", data);
    if (glob(pattern, 0, NULL, &found))
        exit(1);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        if (strstr(path, ".draws."))
            continue;
        struct metrics_ranking mean[COUNTS] = {0};
        run_topic(path, mean);
        for (int group = 0; group < 3; group++) {
            if (group != 0 && is_medical(path) != (group == 2))
                continue;
            count[group]++;
            for (int k = 0; k < COUNTS; k++) {
                all[group][k].auc += mean[k].auc;
                all[group][k].ndcg10 += mean[k].ndcg10;
                all[group][k].ap += mean[k].ap;
                all[group][k].recall10 += mean[k].recall10;
            }
        }
    }
    globfree(&found);
    static const char *const name[3] = {"all topics", "arXiv", "biomedical"};
    for (int group = 0; group < 3; group++) {
        for (int k = 0; k < COUNTS && count[group]; k++) {
            double n = (double)count[group];
            printf("| pith, %zu %s | %d | %.4f | %.4f | %.4f | %.4f |\n", count[group], name[group], votes_of[k],
                   all[group][k].auc / n, all[group][k].ndcg10 / n, all[group][k].ap / n, all[group][k].recall10 / n);
        }
    }
}

/* ---- replay ---- */

static bool has_readers(const char *data)
{
    char pattern[4096];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/readers/*.jsonl", data);
    bool has = glob(pattern, 0, NULL, &found) == 0;
    if (has)
        globfree(&found);
    return has;
}

static void replay(const char *data)
{
    struct pith_error error;
    struct store *store;
    char pattern[4096];
    glob_t found;
    check(store_open(testing_folder(), true, &store, &error), &error);
    snprintf(pattern, sizeof pattern, "%s/days/*.jsonl", data);
    if (glob(pattern, 0, NULL, &found))
        exit(1);
    for (size_t i = 0; i < found.gl_pathc; i++)
        import_file(store, found.gl_pathv[i]);
    globfree(&found);
    learn(store);
    snprintf(pattern, sizeof pattern, "%s/readers/*.jsonl", data);
    if (glob(pattern, 0, NULL, &found))
        exit(1);
    struct pith_quality mean = {0};
    double brier = 0, log_loss = 0, ece = 0, settled_ece = 0, readers = (double)found.gl_pathc;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        json_t *lines = read_lines(found.gl_pathv[i]), *line;
        struct profile_vote *vote = calloc(json_array_size(lines), sizeof *vote);
        size_t k;
        json_array_foreach(lines, k, line)
        {
            char key[PAPER_KEY_SIZE];
            const char *date = json_string_value(json_object_get(line, "date"));
            key_of(json_string_value(json_object_get(line, "id")), key);
            vote[k].paper = strdup(key);
            vote[k].verdict = strcmp(json_string_value(json_object_get(line, "vote")), "up") == 0 ? VERDICT_UP : VERDICT_DOWN;
            days_from_text(date, strlen(date), &vote[k].day);
        }
        struct pith_backtest *got;
        check(backtest_votes(&(struct backtest_request){.store = store,
                                                        .embeddings = {testing_shipped, testing_own},
                                                        .hyperparameters = testing_hyperparameters,
                                                        .vote = vote,
                                                        .votes = k},
                             &got, &error),
              &error);
        for (size_t day = 0; day < got->days; day++) {
            const struct pith_quality *quality = &got->day[day].model;
            const struct metrics_ranking measured = {quality->auc, quality->ndcg10, quality->ap, quality->recall10};
            note_scores("reader", found.gl_pathv[i], "days", (int)day, &measured);
        }
        const char *name = strrchr(found.gl_pathv[i], '/') + 1;
        printf("| %.*s | %zu days | %.4f | %.4f | %.4f | %.4f | Brier %.4f | log loss %.4f | ECE %.4f, %.4f from %d votes on | "
               "centroid nDCG@10 %.4f |\n",
               (int)(strlen(name) - 6), name, got->days, got->model.auc, got->model.ndcg10, got->model.ap, got->model.recall10,
               got->brier, got->log_loss, got->ece, got->settled_ece, PITH_SETTLED, got->centroid.ndcg10);
        printf("| %.*s, whole listings | %zu days | likes expected %.1f, given %.0f; of the first ten %.1f, %.0f | Brier %.5f |\n",
               (int)(strlen(name) - 6), name, got->told, got->expected, got->liked, got->expected_first, got->liked_first,
               got->listing_brier);
        fflush(stdout);
        mean.auc += got->model.auc / readers;
        mean.ndcg10 += got->model.ndcg10 / readers;
        mean.ap += got->model.ap / readers;
        mean.recall10 += got->model.recall10 / readers;
        brier += got->brier / readers;
        log_loss += got->log_loss / readers;
        ece += got->ece / readers;
        settled_ece += got->settled_ece / readers;
        pith_backtest_free(got);
        for (size_t v = 0; v < k; v++)
            free(vote[v].paper);
        free(vote);
        json_decref(lines);
    }
    globfree(&found);
    printf("| pith, mean of readers | days | %.4f | %.4f | %.4f | %.4f | Brier %.4f | log loss %.4f | ECE %.4f, %.4f from %d votes "
           "on |\n",
           mean.auc, mean.ndcg10, mean.ap, mean.recall10, brier, log_loss, ece, settled_ece, PITH_SETTLED);
    store_close(store);
}

/* The embedding is used to the end. */
static void use_table(const char *path)
{
    static struct mapped_embedding shipped;
    static struct embedding *embedding;
    struct pith_error error;
    size_t length;
    if (strcmp(path, "shipped") == 0) {
        check(mapped_embedding_open(&shipped, &error), &error);
        testing_shipped = shipped.embedding;
    } else if (strcmp(path, "none") != 0) {
        char *bytes = testing_read(path, &length);
        check(embedding_open(bytes, length, &embedding, &error), &error);
        testing_shipped = embedding;
    }
}

/* ---- choices left out ---- */

static struct learner_hyperparameters choices; /* with --without */

static const struct {
    const char *name, *means;
    double *choice[2], instead;
} left_out[] = {
    {"nothing", "nothing: the order alone, as it is", {NULL}, 0},
    {"bigrams", "neighbouring words", {&choices.variance[VIEW_BIGRAM]}, 1e-9},
    {"titles", "the title's words once more", {&choices.variance[VIEW_TITLE]}, 1e-9},
    {"authors", "authors", {&choices.variance[VIEW_AUTHOR]}, 1e-9},
    {"categories", "categories", {&choices.variance[VIEW_CATEGORY]}, 1e-9},
    {"ups", "ups that outweigh downs", {&choices.ups_over_downs}, 1},
    {"background", "background papers as weak downs", {&choices.background_share}, 0},
    {"growth", "variances that grow with votes", {&choices.growth}, 0},
    {"latent", "the store's latent directions", {&choices.lsa_prior_share}, 0},
    {"lean", "the lean towards what many papers differ by", {&choices.lean}, 0},
    {"emphasis", "what titles name, lifted", {&choices.title_weight}, 0},
    {"widths", "widths by this reader's evidence", {&choices.text_spread, &choices.facts_spread}, 0},
    {"slab", "views of facts let go where they decide", {&choices.facts_against}, 0},
    {"averaging", "chances averaged over what the calibration leaves open", {&choices.left_open}, 0},
    {"early", "lean and latent directions", {&choices.lean, &choices.lsa_prior_share}, 0},
};

static void leave_out(const char *name)
{
    size_t all = sizeof left_out / sizeof *left_out, i = 0;
    while (i < all && strcmp(name, left_out[i].name) != 0)
        i++;
    for (size_t k = 0; i == all && k < all; k++)
        fprintf(stderr, "--without %-10s  %s\n", left_out[k].name, left_out[k].means);
    if (i == all)
        exit(2);
    choices = learner_defaults;
    for (size_t k = 0; k < 2 && left_out[i].choice[k]; k++)
        *left_out[i].choice[k] = left_out[i].instead;
    testing_hyperparameters = &choices;
    only_order = true;
}

static FILE *open_scores(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

int main(int argc, char **argv)
{
    for (; argc > 2 && strncmp(argv[1], "--", 2) == 0; argc -= 2, argv += 2) {
        if (strcmp(argv[1], "--scores") == 0)
            scores = open_scores(argv[2]);
        else if (strcmp(argv[1], "--without") == 0)
            leave_out(argv[2]);
    }
    learn_own = argc > 3 && strcmp(argv[3], "own") == 0;
    only_order |= learn_own;
    use_table(argc > 2 ? argv[2] : "shipped");
    const char *data = argc > 1 ? argv[1] : testing_shared("data");
    if (!data) {
        fprintf(stderr, "bench_quality: needs the folder of real days, readers and topics: bench_quality [DATA_FOLDER]\n");
        return 2;
    }
    printf("| who | votes | AUC | nDCG@10 | AP | R@10 |\n|---|--:|--:|--:|--:|--:|\n");
    topics(data);
    if (has_readers(data)) /* of made-up topics nobody has read */
        replay(data);
    if (!only_order) {
        print_seeds();
        print_pairs();
    }
    if (scores && fclose(scores)) {
        perror("the scores");
        return 1;
    }
    return 0;
}
