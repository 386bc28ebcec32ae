/* bench_near: where ranking is hard. Papers near a reader's field, a sentence for a library, a change of mind, two interests, noise, only ups.
 * Usage: bench_near [--scores FILE] [--table FILE|none] [--draws N] DATA_FOLDER [SECTION ...]
 * Sections: graded, words, drift, two, noise, ups; without one, all. Every row says which table was used and how many of the papers measured
 * it may have seen. FILE gets a JSON object a line, what every reader, topic or draw measured; compare_near.py holds it against others. */
#include "engine/intake/import.h"
#include "engine/learning/embeddings.h"
#include "engine/learning/learner.h"
#include "models/metrics.h"
#include "models/random.h"
#include "tests/lib/testing.h"

#include <glob.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PAPERS = 20000, MAX_VOTES = 2000, DRAWS = 3 };

static FILE *scores;
static int draws = DRAWS;
static const char *table = "shipped";

static void check(enum pith_status status, const struct pith_error *error)
{
    if (status) {
        fprintf(stderr, "bench_near: %s\n", error->message);
        exit(1);
    }
}

/* ---- papers with a label for each of some interests ---- */

struct field {
    struct store *store;
    struct candidate {
        char key[PAPER_KEY_SIZE];
        int64_t id;
        double label; /* 0: none; 1, 2: which interest; or a grade */
        struct features features;
    } paper[MAX_PAPERS];
    size_t papers;
};

static enum pith_status take_candidate(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct field *field = user;
    struct candidate *paper = &field->paper[field->papers++];
    *paper = (struct candidate){0};
    paper->id = row->id;
    snprintf(paper->key, sizeof paper->key, "%s", row->key);
    return features_read(row->features, row->features_length, &paper->features, reterr);
}

static void import_text(struct store *store, const char *bytes, size_t length)
{
    struct pith_error error;
    struct pith_import_report report;
    check(import_bytes(store, bytes, length, &(struct import_options){.today = 0, .embedding = testing_shipped}, &report, &error),
          &error);
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

/* By any of its identifiers. */
static struct candidate *find(struct field *field, const char *key)
{
    struct pith_error error;
    int64_t id;
    if (store_find_key(field->store, key, &id, &error)) /* refused at import: too long, say */
        return NULL;
    for (size_t i = 0; i < field->papers; i++)
        if (field->paper[i].id == id)
            return &field->paper[i];
    return NULL;
}

/* A store of these topics; label k + 1 for what topic k likes. */
static struct field *open_topics(const char *const *path, size_t count)
{
    struct pith_error error;
    struct field *field = calloc(1, sizeof *field);
    check(store_open(testing_folder(), true, &field->store, &error), &error);
    for (size_t k = 0; k < count; k++) {
        size_t length;
        char *bytes = testing_read(path[k], &length);
        import_text(field->store, bytes, length);
        free(bytes);
    }
    check(store_each_paper(field->store, take_candidate, field, &error), &error);
    for (size_t k = 0; k < count; k++) {
        json_t *lines = read_lines(path[k]), *line;
        size_t i;
        json_array_foreach(lines, i, line)
        {
            char key[PAPER_KEY_SIZE];
            key_of(json_string_value(json_object_get(line, "id")), key);
            struct candidate *paper = find(field, key);
            if (paper && json_integer_value(json_object_get(line, "label")))
                paper->label = (double)(k + 1);
        }
        json_decref(lines);
    }
    return field;
}

static void close_field(struct field *field)
{
    for (size_t i = 0; i < field->papers; i++)
        features_clear(&field->paper[i].features);
    store_close(field->store);
    free(field);
}

/* ---- what a reader says ---- */

struct reader {
    struct profile_vote vote[MAX_VOTES];
    size_t votes;
};

static bool is_voted(const struct reader *reader, const struct candidate *paper)
{
    for (size_t i = 0; i < reader->votes; i++)
        if (reader->vote[i].paper == paper->key)
            return true;
    return false;
}

static void say(struct reader *reader, struct candidate *paper, enum profile_verdict verdict)
{
    reader->vote[reader->votes] = (struct profile_vote){paper->key, verdict, 1, (uint32_t)reader->votes};
    reader->votes++;
}

/* A paper that is not voted on, of this label, or of any other than `label` when `other`. */
static struct candidate *draw(struct field *field, const struct reader *reader, struct random *random, double label, bool other)
{
    for (int tries = 0; tries < 100000; tries++) {
        struct candidate *paper = &field->paper[(size_t)(random_uniform(random) * (double)field->papers)];
        bool wanted = (paper->label > label - 0.5 && paper->label < label + 0.5) != other;
        if (wanted && !is_voted(reader, paper))
            return paper;
    }
    return NULL;
}

/* So many votes, three in ten of them ups of this label. */
static void vote_on(struct field *field, struct reader *reader, struct random *random, double label, size_t votes)
{
    for (size_t i = 0; i < votes; i++) {
        bool up = i % 10 == 0 || i % 10 == 3 || i % 10 == 6;
        struct candidate *paper = draw(field, reader, random, label, !up);
        if (paper)
            say(reader, paper, up ? VERDICT_UP : VERDICT_DOWN);
    }
}

/* Scores all papers; voted ones too. */
static void score_all(struct field *field, const struct reader *reader, double *score)
{
    struct pith_error error;
    struct learner learner = {0};
    struct model *model;
    struct model_row row = {0};
    const struct learner_request request = {.store = field->store,
                                            .embeddings = {testing_shipped, NULL},
                                            .hyperparameters = testing_hyperparameters,
                                            .vote = reader->vote,
                                            .votes = reader->votes,
                                            .background = LEARNER_BACKGROUND};
    check(learner_load(&learner, &request, &error), &error);
    check(learner_fit_alone(&learner, NULL, &model, &error), &error);
    for (size_t i = 0; i < field->papers; i++) {
        check(model_weigh(model, &field->paper[i].features, &row, &error), &error);
        score[i] = model_score(model, &row);
    }
    model_row_clear(&row);
    model_free(model);
    learner_clear(&learner);
}

/* How well the papers of these labels stand before all others that are not voted on. */
static struct metrics_ranking measure(const struct field *field, const struct reader *reader, const double *score, double low,
                                      double high)
{
    static double asked[MAX_PAPERS];
    static unsigned char truth[MAX_PAPERS];
    static size_t scratch[MAX_PAPERS];
    size_t count = 0;
    for (size_t i = 0; i < field->papers; i++) {
        const struct candidate *paper = &field->paper[i];
        if (is_voted(reader, paper))
            continue;
        asked[count] = score[i];
        truth[count++] = paper->label >= low && paper->label <= high;
    }
    return metrics_ranking(asked, truth, count, scratch);
}

/* ---- rows ---- */

struct mean {
    double ndcg10, auc;
    size_t count;
};

static void add(struct mean *mean, const struct metrics_ranking *got)
{
    mean->ndcg10 += got->ndcg10;
    mean->auc += got->auc;
    mean->count++;
}

static void print_row(const char *name, size_t votes, const struct mean *mean)
{
    double count = (double)mean->count;
    printf("| %s, table: %s | %zu | %.4f | %.4f | %zu |\n", name, table, votes, mean->ndcg10 / count, mean->auc / count,
           mean->count);
    fflush(stdout);
}

static void note(const char *section, const char *name, size_t votes, const struct metrics_ranking *got)
{
    if (scores)
        fprintf(scores, "{\"section\": \"%s\", \"of\": \"%s\", \"votes\": %zu, \"measures\": [%.17g, %.17g, %.17g, %.17g]}\n",
                section, name, votes, got->auc, got->ndcg10, got->ap, got->recall10);
}

/* ---- sections ---- */

/* Pairs of arXiv topics that differ, by name. */
enum { PAIRS = 4 };
static const char *const pair_of[PAIRS][2] = {{"embodied_vla", "llm_unlearning"},
                                              {"video_diffusion", "efficient_reasoning"},
                                              {"long_context", "think_with_images"},
                                              {"rl_mllm", "llm_unlearning"}};

static struct field *open_pair(const char *data, size_t pair)
{
    char path[2][4096];
    for (size_t k = 0; k < 2; k++)
        snprintf(path[k], sizeof path[k], "%s/topics/%s.jsonl", data, pair_of[pair][k]);
    return open_topics((const char *const[]){path[0], path[1]}, 2);
}

/* 200 votes for one interest, then some for another alone. */
static void drift(const char *data)
{
    static const size_t after[] = {5, 10, 20, 50};
    struct mean mean[2][4] = {0};
    static double score[MAX_PAPERS];
    for (size_t pair = 0; pair < PAIRS; pair++) {
        struct field *field = open_pair(data, pair);
        for (int k = 0; k < draws; k++) {
            struct reader reader = {0};
            struct random random = {(uint64_t)(100 * pair) + (uint64_t)k + 1};
            vote_on(field, &reader, &random, 1, 200);
            for (size_t n = 0, said = 0; n < 4; said = after[n++]) {
                vote_on(field, &reader, &random, 2, after[n] - said);
                score_all(field, &reader, score);
                for (int interest = 0; interest < 2; interest++) {
                    struct metrics_ranking got = measure(field, &reader, score, 2 - interest, 2 - interest);
                    add(&mean[interest][n], &got);
                    note(interest ? "drift, the old interest" : "drift", pair_of[pair][1], after[n], &got);
                }
            }
        }
        close_field(field);
    }
    for (size_t n = 0; n < 4; n++)
        print_row("a change of mind: the new interest", after[n], &mean[0][n]);
    for (size_t n = 0; n < 4; n++)
        print_row("a change of mind: the old interest", after[n], &mean[1][n]);
}

/* Two interests at once; the weaker one is the one that stands lower. */
static void two(const char *data)
{
    static const size_t votes[] = {10, 20, 50};
    struct mean weaker[3] = {0}, both[3] = {0};
    static double score[MAX_PAPERS];
    for (size_t pair = 0; pair < PAIRS; pair++) {
        struct field *field = open_pair(data, pair);
        for (int k = 0; k < draws; k++)
            for (size_t n = 0; n < 3; n++) {
                struct reader reader = {0};
                struct random random = {(uint64_t)(100 * pair) + (uint64_t)k + 51};
                for (size_t i = 0; i < votes[n]; i++) {
                    size_t up = i % 10 == 0 || i % 10 == 5 ? 1 : i % 10 == 3 || i % 10 == 8 ? 2 : 0;
                    struct candidate *paper = draw(field, &reader, &random, (double)up, false);
                    if (paper)
                        say(&reader, paper, up ? VERDICT_UP : VERDICT_DOWN);
                }
                score_all(field, &reader, score);
                struct metrics_ranking one = measure(field, &reader, score, 1, 1), other = measure(field, &reader, score, 2, 2);
                struct metrics_ranking all = measure(field, &reader, score, 1, 2);
                add(&weaker[n], one.auc < other.auc ? &one : &other);
                add(&both[n], &all);
                note("two, the weaker", pair_of[pair][0], votes[n], one.auc < other.auc ? &one : &other);
            }
        close_field(field);
    }
    for (size_t n = 0; n < 3; n++)
        print_row("two interests: the weaker one", votes[n], &weaker[n]);
    for (size_t n = 0; n < 3; n++)
        print_row("two interests: both", votes[n], &both[n]);
}

/* Topics and screenings: a fifth of the votes turned; or ups alone. */
static void each_topic(const char *data, const char *section, bool ups_alone)
{
    static const size_t noisy[] = {20, 50, 200}, alone[] = {2, 5, 10, 20, 50};
    const size_t *votes = ups_alone ? alone : noisy;
    size_t counts = ups_alone ? 5 : 3;
    static double score[MAX_PAPERS];
    struct mean mean[3][5] = {0};
    static const char *const folder[] = {"topics", "near/screenings"};
    static const char *const group[] = {"arXiv", "biomedical", "near screenings"};
    for (size_t f = 0; f < 2; f++) {
        char pattern[4096];
        glob_t found;
        snprintf(pattern, sizeof pattern, "%s/%s/*.jsonl", data, folder[f]);
        if (glob(pattern, 0, NULL, &found))
            continue;
        for (size_t p = 0; p < found.gl_pathc; p++) {
            const char *path = found.gl_pathv[p], *name = strrchr(path, '/') + 1;
            if (strstr(path, ".draws."))
                continue;
            size_t of = f == 1 ? 2 : strstr(name, "synergy") || strstr(name, "nagtegaal") ? 1 : 0;
            struct field *field = open_topics(&path, 1);
            size_t likes = 0;
            for (size_t i = 0; i < field->papers; i++)
                likes += field->paper[i].label > 0;
            for (int k = 0; k < draws; k++)
                for (size_t n = 0; n < counts; n++) {
                    struct reader reader = {0};
                    struct random random = {(uint64_t)k + 7};
                    size_t ups = ups_alone ? votes[n] : votes[n] * 3 / 10;
                    if (ups * 10 > likes * 7)
                        continue;
                    if (ups_alone)
                        for (size_t i = 0; i < ups; i++)
                            say(&reader, draw(field, &reader, &random, 1, false), VERDICT_UP);
                    else
                        vote_on(field, &reader, &random, 1, votes[n]);
                    for (size_t i = 0; !ups_alone && i < reader.votes; i += 5)
                        reader.vote[i].verdict = reader.vote[i].verdict == VERDICT_UP ? VERDICT_DOWN : VERDICT_UP;
                    score_all(field, &reader, score);
                    struct metrics_ranking got = measure(field, &reader, score, 1, 1);
                    add(&mean[of][n], &got);
                    note(section, name, votes[n], &got);
                }
            close_field(field);
        }
        globfree(&found);
    }
    for (size_t g = 0; g < 3; g++)
        for (size_t n = 0; n < counts; n++)
            if (mean[g][n].count) {
                char row[64];
                snprintf(row, sizeof row, "%s, %s", ups_alone ? "only ups" : "a fifth of votes turned", group[g]);
                print_row(row, votes[n], &mean[g][n]);
            }
}

static void noise(const char *data)
{
    each_topic(data, "noise", false);
}

static void ups(const char *data)
{
    each_topic(data, "ups", true);
}

/* ---- graded readers ---- */

/* The sum of the differences of grade that scores order wrongly, ties by half; and of all differences. */
static void losses(const double *grade, const double *score, size_t count, double *ret_wrong, double *ret_all)
{
    *ret_wrong = *ret_all = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++) {
            double gap = fabs(grade[i] - grade[j]), side = (grade[i] - grade[j]) * (score[i] - score[j]);
            *ret_all += gap;
            *ret_wrong += side < 0 ? gap : side > 0 ? 0 : gap / 2;
        }
}

static void import_libraries(struct store *store, json_t *readers)
{
    json_t *reader, *paper;
    size_t i, k;
    json_array_foreach(readers, i, reader)
    {
        json_array_foreach(json_object_get(reader, "library"), k, paper)
        {
            char id[64];
            snprintf(id, sizeof id, "%s/%zu", json_string_value(json_object_get(reader, "reader")), k);
            json_t *line = json_pack("{s:s, s:O, s:O}", "id", id, "title", json_object_get(paper, "title"), "abstract",
                                     json_object_get(paper, "abstract"));
            char *text = json_dumps(line, JSON_COMPACT);
            import_text(store, text, strlen(text));
            free(text);
            json_decref(line);
        }
    }
}

static void grade_reader(struct field *field, json_t *of, double *ret_wrong, double *ret_all)
{
    struct reader reader = {0};
    static double score[MAX_PAPERS];
    double grade[256], graded[256];
    const char *id, *name = json_string_value(json_object_get(of, "reader"));
    size_t count = 0;
    json_t *value;
    for (size_t k = 0; k < json_array_size(json_object_get(of, "library")); k++) {
        char text[64], key[PAPER_KEY_SIZE];
        snprintf(text, sizeof text, "%s/%zu", name, k);
        key_of(text, key);
        say(&reader, find(field, key), VERDICT_SEED);
    }
    score_all(field, &reader, score);
    json_object_foreach(json_object_get(of, "grades"), id, value)
    {
        char key[PAPER_KEY_SIZE];
        key_of(id, key);
        grade[count] = json_number_value(value);
        graded[count++] = score[find(field, key) - field->paper];
    }
    losses(grade, graded, count, ret_wrong, ret_all);
    if (scores)
        fprintf(scores, "{\"section\": \"graded\", \"of\": \"%s\", \"wrong\": %.17g, \"all\": %.17g}\n", name, *ret_wrong,
                *ret_all);
}

static void graded(const char *data)
{
    struct pith_error error;
    char path[4096];
    size_t length, i;
    snprintf(path, sizeof path, "%s/near/graded_readers.jsonl", data);
    json_t *readers = read_lines(path), *reader;
    struct field *field = calloc(1, sizeof *field);
    check(store_open(testing_folder(), true, &field->store, &error), &error);
    snprintf(path, sizeof path, "%s/near/graded_papers.jsonl", data);
    char *bytes = testing_read(path, &length);
    import_text(field->store, bytes, length);
    free(bytes);
    import_libraries(field->store, readers);
    check(store_each_paper(field->store, take_candidate, field, &error), &error);
    double wrong = 0, all = 0;
    json_array_foreach(readers, i, reader)
    {
        double some, of;
        grade_reader(field, reader, &some, &of);
        wrong += some;
        all += of;
    }
    printf("| graded papers by a library of 2 to 20, loss; table: %s | %zu readers | %.4f | | |\n", table, json_array_size(readers),
           wrong / all);
    close_field(field);
    json_decref(readers);
}

/* ---- a sentence for a library ---- */

static const struct {
    const char *topic, *words;
} wanted[] = {
    {"dair_ai_weekly", "New large language models, agents and reasoning methods that matter for people who build with AI"},
    {"efficient_reasoning", "Efficient reasoning of large language models with shorter chains of thought and less overthinking"},
    {"embodied_vla", "Vision-language-action models for robot manipulation and embodied agents"},
    {"llm_unlearning", "Machine unlearning for large language models: removing knowledge and private data"},
    {"long_context", "Long context language models: extending the context window, KV cache compression and sparse attention"},
    {"rl_mllm", "Reinforcement learning for multimodal large language models and visual reasoning"},
    {"think_with_images", "Thinking with images: multimodal models that reason by using visual tools and cropping"},
    {"video_diffusion", "Video generation with diffusion models"},
    {"nagtegaal_2019", "Nudging physicians to change clinical decisions, such as default orders, reminders and feedback"},
    {"synergy_jeyaraman_2020",
     "Mesenchymal stem cells and autologous chondrocytes for cartilage defects and osteoarthritis of the knee"},
    {"synergy_menon_2022", "Systematic reviews of environmental and occupational exposures and health outcomes"},
    {"synergy_van_der_valk_2021", "Hair cortisol as a measure of long term stress, obesity and metabolic health"},
    {"clef_CD008081", "Optical coherence tomography for detection of macular oedema in patients with diabetic retinopathy"},
    {"clef_CD009372",
     "Computed tomography and magnetic resonance angiography for detecting intracranial vascular malformation after "
     "intracerebral haemorrhage"},
    {"clef_CD010438",
     "Thromboelastography and rotational thromboelastometry for trauma-induced coagulopathy in adult trauma patients with "
     "bleeding"},
    {"clef_CD010542", "Transient elastography for diagnosis of hepatic fibrosis in people with alcoholic liver disease"},
    {"clef_CD010632", "FDG-PET for early diagnosis of Alzheimer's disease dementia in people with mild cognitive impairment"},
    {"clef_CD010705", "GenoType MTBDRsl assay for detection of resistance to second-line anti-tuberculosis drugs"},
};

static void words(const char *data)
{
    static double score[MAX_PAPERS];
    struct mean mean = {0};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        char path[4096], key[4096];
        const char *at = path;
        snprintf(path, sizeof path, "%s/%s/%s.jsonl", data, strncmp(wanted[i].topic, "clef", 4) ? "topics" : "near/screenings",
                 wanted[i].topic);
        snprintf(key, sizeof key, PAPER_TEXT "%s", wanted[i].words);
        struct field *field = open_topics(&at, 1);
        struct reader reader = {.vote = {{key, VERDICT_SEED, 1, 0}}, .votes = 1};
        score_all(field, &reader, score);
        struct metrics_ranking got = measure(field, &reader, score, 1, 1);
        add(&mean, &got);
        note("words", wanted[i].topic, 0, &got);
        if (scores)
            fprintf(scores, "{\"section\": \"query\", \"of\": \"%s\", \"words\": \"%s\", \"path\": \"%s\"}\n", wanted[i].topic,
                    wanted[i].words, path);
        close_field(field);
    }
    print_row("a sentence for a library", 0, &mean);
}

/* ---- the command line ---- */

static const struct {
    const char *name;
    void (*run)(const char *data);
} sections[] = {{"graded", graded}, {"words", words}, {"drift", drift}, {"two", two}, {"noise", noise}, {"ups", ups}};

/* The table is used to the end. */
static void use_table(const char *path)
{
    struct pith_error error;
    struct embedding *embedding = NULL;
    static struct mapped_embedding mapped; /* or the shipped one */
    size_t length;
    if (strcmp(path, "shipped") == 0) {
        check(mapped_embedding_open(&mapped, &error), &error);
        testing_shipped = mapped.embedding;
        return;
    }
    if (strcmp(path, "none") != 0) {
        char *bytes = testing_read(path, &length);
        check(embedding_open(bytes, length, &embedding, &error), &error);
    }
    testing_shipped = embedding;
    const char *name = strrchr(path, '/');
    table = name ? name + 1 : path;
}

static void run_section(const char *name, const char *data)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (!name || strcmp(sections[i].name, name) == 0)
            sections[i].run(data);
}

int main(int argc, char **argv)
{
    const char *named = "shipped";
    for (; argc > 2 && strncmp(argv[1], "--", 2) == 0; argc -= 2, argv += 2) {
        if (strcmp(argv[1], "--scores") == 0)
            scores = fopen(argv[2], "w");
        else if (strcmp(argv[1], "--table") == 0)
            named = argv[2];
        else if (strcmp(argv[1], "--draws") == 0)
            draws = atoi(argv[2]);
    }
    use_table(named);
    const char *data = argc > 1 ? argv[1] : testing_shared("data");
    if (!data) {
        fprintf(stderr, "bench_near: needs the folder of real days, readers and topics: bench_near [DATA_FOLDER]\n");
        return 2;
    }
    printf("| what | votes | nDCG@10 | AUC | readings |\n|---|--:|--:|--:|--:|\n");
    for (int i = 2; i < argc; i++)
        run_section(argv[i], data);
    if (argc <= 2)
        run_section(NULL, data);
    return scores && fclose(scores) ? 1 : 0;
}
