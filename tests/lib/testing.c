#include "tests/lib/testing.h"

#include "engine/door/handle.h"
#include "engine/papers/paper_features.h"
#include "models/embedding.h"

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATHS = 8, PATH_SIZE = 512 };

static const char *path_under(const char *variable, const char *fallback, const char *name)
{
    static char paths[PATHS][PATH_SIZE];
    static unsigned next;
    char *path = paths[next++ % PATHS];
    const char *root = getenv(variable);
    snprintf(path, PATH_SIZE, "%s/%s", root ? root : fallback, name);
    return path;
}

const char *testing_data(const char *name)
{
    return path_under("PITH_TEST_DATA", "tests/data", name);
}

const char *testing_shared(const char *name)
{
    const char *path = path_under("PITH_SHARED", "../shared", name);
    return access(path, R_OK) == 0 ? path : NULL;
}

char *testing_read(const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        abort();
    }
    fseek(file, 0, SEEK_END);
    size_t length = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(length + 1);
    if (!text || fread(text, 1, length, file) != length)
        abort();
    fclose(file);
    text[length] = '\0';
    if (ret_length)
        *ret_length = length;
    return text;
}

static char folders[PATHS][PATH_SIZE];
static unsigned folder_count;
static pid_t folder_owner;

static int remove_entry(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    (void)stat, (void)type, (void)ftw;
    return remove(path);
}

static void remove_folders(void)
{
    if (getpid() != folder_owner) /* a forked child leaves its parent's folders alone */
        return;
    for (unsigned i = 0; i < folder_count && i < PATHS; i++)
        nftw(folders[i], remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *testing_folder(void)
{
    if (folder_count == 0) {
        folder_owner = getpid();
        atexit(remove_folders);
    }
    char *folder = folders[folder_count++ % PATHS];
    const char *root = getenv("TMPDIR");
    snprintf(folder, PATH_SIZE, "%s/pith-test-XXXXXX", root ? root : "/tmp");
    if (!mkdtemp(folder))
        abort();
    return folder;
}

/* ---- invented papers ---- */

enum { TOPIC_WORDS = 12, COMMON_WORDS = 20, TITLE_LENGTH = 5, ABSTRACT_LENGTH = 30 };

static const char *const topic_words[TESTING_TOPICS][TOPIC_WORDS] = {
    {"diffusion", "image", "pixel", "denoising", "texture", "camera", "video", "depth", "scene", "mask", "lighting", "color"},
    {"protein", "molecule", "binding", "chemical", "atom", "enzyme", "folding", "ligand", "drug", "cell", "genome", "reaction"},
    {"translation", "grammar", "corpus", "dialogue", "token", "syntax", "speech", "phrase", "lexicon", "summary", "vowel", "verb"},
    {"robot", "gripper", "policy", "torque", "walking", "motor", "navigation", "drone", "joint", "tactile", "obstacle", "arm"},
};
static const char *const common_words[COMMON_WORDS] = {"method",  "large",  "fast",  "baseline", "measure", "learn",    "network",
                                                       "error",   "train",  "data",  "simple",   "sample",  "robust",   "problem",
                                                       "improve", "deeper", "bound", "scale",    "theory",  "benchmark"};

static unsigned draw(unsigned *state, unsigned below)
{
    *state = *state * 1664525U + 1013904223U;
    return (*state >> 16) % below;
}

static void write_words(FILE *lines, unsigned *state, unsigned topic, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        bool common = draw(state, 2);
        fprintf(lines, "%s%s", i ? " " : "",
                common ? common_words[draw(state, COMMON_WORDS)] : topic_words[topic][draw(state, TOPIC_WORDS)]);
    }
}

void testing_paper(FILE *lines, unsigned number, unsigned topic, unsigned day)
{
    unsigned state = number * 2654435761U + 1;
    fprintf(lines, "{\"id\":\"arXiv:2401.%05u\",\"date\":\"2024-01-%02u\",\"title\":\"", number, day);
    write_words(lines, &state, topic, TITLE_LENGTH);
    fputs("\",\"abstract\":\"", lines);
    write_words(lines, &state, topic, ABSTRACT_LENGTH);
    fprintf(lines, "\",\"authors\":[\"Ada Author%u\"],\"categories\":[\"cs.T%u\"]}\n", topic * 3 + draw(&state, 3), topic);
}

char *testing_papers(unsigned per_topic, size_t *ret_length)
{
    char *text = NULL;
    FILE *lines = open_memstream(&text, ret_length);
    if (!lines)
        abort();
    for (unsigned i = 0; i < per_topic; i++)
        for (unsigned topic = 0; topic < TESTING_TOPICS; topic++)
            testing_paper(lines, 100 * topic + i, topic, 1 + i % 4);
    fclose(lines);
    return text;
}

const char *testing_paper_key(unsigned number)
{
    static char keys[PATHS][32];
    static unsigned next;
    char *key = keys[next++ % PATHS];
    snprintf(key, sizeof keys[0], "arxiv:2401.%05u", number);
    return key;
}

int32_t testing_day(unsigned day)
{
    return 19722 + (int32_t)day; /* 2024-01-01 is day 19723 */
}

void testing_take_signature_off(char *json)
{
    char *signature = strstr(json, ",\n \"signature\"");
    if (!signature)
        abort();
    strcpy(signature, "\n}\n");
}

enum { EMBEDDING_DIMS = 24 };

/* A word's key, and its vector: the direction of its topic (TESTING_TOPICS: none) and a direction of its own. */
static void place_word(struct tokens *words, const char *text, unsigned topic, bool knows, unsigned number, uint64_t *key,
                       float *vector)
{
    const struct word *word;
    size_t count;
    unsigned state = number * 2654435761U + 1;
    if (tokens_split(words, text, strlen(text), &word, &count, NULL) || count != 1)
        abort();
    *key = feature_key(VIEW_WORD, word->stem, word->stem_length);
    for (unsigned d = 0; d < EMBEDDING_DIMS; d++) {
        float own = (float)draw(&state, 2001) / 1000 - 1;
        vector[d] = knows ? 0.5F * own + (d == topic ? 2.0F : 0) : (d == 0 ? 2.0F : 0);
    }
}

struct made_embedding {
    unsigned char *bytes;
    size_t length;
    struct embedding *embedding;
};

static const struct made_embedding *make_embedding(bool knows)
{
    enum { ALL = TESTING_TOPICS * TOPIC_WORDS + COMMON_WORDS };
    static struct made_embedding both[2];
    struct made_embedding *made = &both[knows];
    uint64_t key[ALL];
    float vector[ALL * EMBEDDING_DIMS];
    uint32_t terms = 0;
    struct tokens *words;
    if (made->embedding)
        return made;
    if (tokens_new(&words, NULL))
        abort();
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++)
        for (unsigned i = 0; i < TOPIC_WORDS; i++, terms++)
            place_word(words, topic_words[topic][i], topic, knows, terms, &key[terms], vector + terms * EMBEDDING_DIMS);
    for (unsigned i = 0; i < COMMON_WORDS; i++, terms++)
        place_word(words, common_words[i], TESTING_TOPICS, knows, terms, &key[terms], vector + terms * EMBEDDING_DIMS);
    tokens_free(words);
    struct embedding_origin origin = {.method = EMBEDDING_CONTRAST, .papers = 1};
    if (embedding_make(&origin, &(struct embedding_rows){key, vector, terms, EMBEDDING_DIMS}, &made->bytes, &made->length, NULL) ||
        embedding_open(made->bytes, made->length, &made->embedding, NULL))
        abort();
    return made;
}

const struct embedding *testing_embedding(bool knows)
{
    return make_embedding(knows)->embedding;
}

void testing_write_embedding(const char *path, bool knows)
{
    const struct made_embedding *made = make_embedding(knows);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(made->bytes, 1, made->length, file) != made->length || fclose(file))
        abort();
}

const struct embedding *testing_shipped, *testing_own;
const struct learner_hyperparameters *testing_hyperparameters;

enum pith_status testing_open(const char *home, bool create, struct pith **ret_pith, struct pith_error *reterr)
{
    enum pith_status status = pith_open(home, create, ret_pith, reterr);
    if (!status)
        (*ret_pith)->embeddings.shipped = testing_shipped;
    return status;
}
