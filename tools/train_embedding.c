/* pith-train-embedding: a corpus in pith's JSON Lines on standard input -> an embedding.
 *
 * Splits titles and abstracts as the engine does, so that the terms are those that a store's features hold; keeps the most frequent
 * words and pairs of neighbouring words; learns their vectors (models/contrastive) and writes them as an embedding (models/embedding). */
#include "engine/crypto/vault.h"
#include "engine/papers/paper_features.h"
#include "engine/papers/tokens.h"
#include "engine/sources/sources.h"
#include "models/contrastive.h"
#include "models/embedding.h"

#include <argp.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_WITHOUT = 256, PIECE = 32 << 20, MAX_TOKENS = 1 << 30, MAX_TEXTS = 1 << 26, MAX_STEMS = 1 << 22 };
static const uint32_t GAP = UINT32_MAX; /* between tokens that are no neighbours */

/* ---- papers that a table must not see ---- */

/* Every key of every such paper as 16 bytes of its hash: identifiers, and the title's. Sorted once all are in. */
struct withheld {
    struct key_hash {
        unsigned char byte[16];
    } * hash;
    size_t count, cap;
    size_t skipped; /* lines that could not be read */
};

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct key_hash));
}

static struct key_hash hash_key(const char *key)
{
    struct key_hash hash;
    vault_hash16(key, strlen(key), hash.byte);
    return hash;
}

static enum pith_status withhold_paper(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct withheld *withheld = user;
    size_t need = withheld->count + paper->keys.count;
    enum pith_status status = pith_grow(&withheld->hash, &withheld->cap, need, sizeof *withheld->hash, MAX_TEXTS, reterr);
    for (size_t i = 0; !status && i < paper->keys.count; i++)
        withheld->hash[withheld->count++] = hash_key(paper->keys.item[i]);
    return status;
}

static void note_unknown(void *user, size_t line, const char *reason)
{
    (void)line, (void)reason;
    ((struct withheld *)user)->skipped++;
}

static bool is_withheld(const struct withheld *withheld, const struct paper *paper)
{
    for (size_t i = 0; withheld->count && i < paper->keys.count; i++) {
        struct key_hash hash = hash_key(paper->keys.item[i]);
        if (bsearch(&hash, withheld->hash, withheld->count, sizeof hash, by_hash))
            return true;
    }
    return false;
}

/* ---- the corpus, as stems ---- */

struct corpus {
    struct tokens *words;
    uint32_t *token; /* stem ids and GAP */
    size_t tokens, token_cap;
    size_t *start; /* of each text: title and abstract in turn; one more at the end */
    size_t texts, start_cap;
    const char **stem; /* by stem id */
    size_t stems, stem_cap;
    size_t skipped;
    int32_t first_day, last_day;
    struct vault_fingerprint *digest;
    struct withheld *withheld; /* papers that are not to be learnt from */
    size_t left_out;           /* as they are among those */
};

static void corpus_clear(struct corpus *corpus)
{
    tokens_free(corpus->words);
    free(corpus->token);
    free(corpus->start);
    free(corpus->stem);
    if (corpus->digest)
        vault_fingerprint_free(corpus->digest, NULL);
}

static size_t papers_of(const struct corpus *corpus)
{
    return corpus->texts / 2;
}

static enum pith_status note_stem(struct corpus *corpus, const struct word *word, struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&corpus->stem, &corpus->stem_cap, (size_t)word->stem_id + 1, sizeof *corpus->stem,
                                        MAX_STEMS, reterr);
    while (!status && corpus->stems <= word->stem_id)
        corpus->stem[corpus->stems++] = NULL;
    if (!status)
        corpus->stem[word->stem_id] = word->stem;
    return status;
}

static enum pith_status add_text(struct corpus *corpus, const char *text, struct pith_error *reterr)
{
    const struct word *word;
    size_t count;
    enum pith_status status = tokens_split(corpus->words, text, strlen(text), &word, &count, reterr);
    if (!status)
        status = pith_grow(&corpus->token, &corpus->token_cap, corpus->tokens + 2 * count, sizeof *corpus->token, MAX_TOKENS,
                           reterr);
    if (!status)
        status = pith_grow(&corpus->start, &corpus->start_cap, corpus->texts + 2, sizeof *corpus->start, MAX_TEXTS, reterr);
    if (!status && corpus->texts == 0)
        corpus->start[0] = 0;
    for (size_t i = 0; !status && i < count; i++) {
        if (i && word[i].position != word[i - 1].position + 1)
            corpus->token[corpus->tokens++] = GAP;
        corpus->token[corpus->tokens++] = word[i].stem_id;
        status = note_stem(corpus, &word[i], reterr);
    }
    if (!status)
        corpus->start[++corpus->texts] = corpus->tokens;
    return status;
}

static enum pith_status add_paper(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct corpus *corpus = user;
    if (is_withheld(corpus->withheld, paper)) {
        corpus->left_out++;
        return PITH_OK;
    }
    int32_t day = paper->announced != PITH_NO_DAY ? paper->announced : paper->published;
    if (day != PITH_NO_DAY && (corpus->first_day == EMBEDDING_NO_DAY || day < corpus->first_day))
        corpus->first_day = day;
    if (day != PITH_NO_DAY && (corpus->last_day == EMBEDDING_NO_DAY || day > corpus->last_day))
        corpus->last_day = day;
    enum pith_status status = add_text(corpus, paper->title, reterr);
    return status ? status : add_text(corpus, paper->abstract, reterr);
}

static void note_problem(void *user, size_t line, const char *reason)
{
    struct corpus *corpus = user;
    if (corpus->skipped++ < 5)
        fprintf(stderr, "pith-train-embedding: a line is left out (%zu of its piece): %s\n", line, reason);
}

/* Lines of papers in pieces of whole lines, into `digest` too (may be NULL). */
static enum pith_status read_lines(FILE *file, const struct source_context *context, struct vault_fingerprint *digest,
                                   const char *name, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *bytes = malloc(PIECE);
    if (!bytes)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for %s", name);
    enum pith_status status = PITH_OK;
    for (size_t have = 0, got = 1; !status && (got || have);) {
        got = fread(bytes + have, 1, PIECE - have, file);
        if (digest)
            vault_fingerprint_add(digest, bytes + have, got);
        have += got;
        const char *end = got ? memrchr(bytes, '\n', have) : NULL;
        size_t whole = end ? (size_t)(end - bytes) + 1 : have;
        if (whole)
            status = source_jsonl.read(bytes, whole, context, reterr);
        memmove(bytes, bytes + whole, have - whole);
        have -= whole;
    }
    if (!status && ferror(file))
        status = pith_fail(reterr, PITH_IO, "%s could not be read", name);
    return status;
}

static enum pith_status read_withheld(struct withheld *withheld, const char *path, struct pith_error *reterr)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return pith_fail(reterr, PITH_IO, "%s cannot be read", path);
    size_t before = withheld->count;
    struct source_context context = {.paper = withhold_paper, .problem = note_unknown, .user = withheld, .today = PITH_NO_DAY};
    enum pith_status status = read_lines(file, &context, NULL, path, reterr);
    fclose(file);
    if (!status && withheld->skipped)
        fprintf(stderr, "pith-train-space: %zu lines of %s could not be read\n", withheld->skipped, path);
    withheld->skipped = 0;
    if (!status && withheld->count == before)
        status = pith_fail(reterr, PITH_INPUT, "there is no paper in %s; it takes lines of {\"title\", \"abstract\", …}", path);
    return status;
}

static enum pith_status read_corpus(struct corpus *corpus, FILE *file, struct pith_error *reterr)
{
    struct source_context context = {.paper = add_paper, .problem = note_problem, .user = corpus, .today = PITH_NO_DAY};
    enum pith_status status = read_lines(file, &context, corpus->digest, "the corpus", reterr);
    fprintf(stderr, "%zu papers read, %zu left out as told, %zu lines could not be read\n", papers_of(corpus), corpus->left_out,
            corpus->skipped);
    if (!status && papers_of(corpus) == 0)
        status = pith_fail(reterr, PITH_INPUT,
                           "there is no paper on standard input; it takes lines of {\"title\", \"abstract\", …}");
    return status;
}

/* ---- terms ---- */

/* A stem has `second` GAP. */
struct term {
    uint32_t first, second, papers;
};

struct terms {
    struct term *item; /* once chosen: stems, then pairs, each by (first, second) */
    uint32_t count, words;
};

static int by_number(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

static int by_papers(const void *a, const void *b)
{
    const struct term *left = a, *right = b;
    if (left->papers != right->papers)
        return left->papers > right->papers ? -1 : 1;
    if (left->first != right->first)
        return left->first < right->first ? -1 : 1;
    return left->second < right->second ? -1 : left->second > right->second;
}

static int by_name(const void *a, const void *b)
{
    const struct term *left = a, *right = b;
    if (left->first != right->first)
        return left->first < right->first ? -1 : 1;
    return left->second < right->second ? -1 : left->second > right->second;
}

static uint64_t pair_of(uint32_t first, uint32_t second)
{
    return (uint64_t)first << 32 | second;
}

/* The distinct stems (pairs: neighbours) of a paper, sorted, into `found`; returns how many. */
static size_t distinct(const struct corpus *corpus, size_t paper, bool pairs, uint64_t *found)
{
    size_t count = 0, kept = 0;
    for (size_t text = 2 * paper; text < 2 * paper + 2; text++)
        for (size_t i = corpus->start[text]; i < corpus->start[text + 1]; i++) {
            bool neighbours = i > corpus->start[text] && corpus->token[i - 1] != GAP;
            if (corpus->token[i] != GAP && (!pairs || neighbours))
                found[count++] = pairs ? pair_of(corpus->token[i - 1], corpus->token[i]) : pair_of(corpus->token[i], GAP);
        }
    qsort(found, count, sizeof *found, by_number);
    for (size_t i = 0; i < count; i++)
        if (!i || found[i] != found[i - 1])
            found[kept++] = found[i];
    return kept;
}

/* Appends the `most` stems (or pairs) that the most papers have, of those that at least `least` have. */
static enum pith_status choose(const struct corpus *corpus, bool pairs, uint32_t least, uint32_t most, struct terms *terms,
                               struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) uint64_t *found = pith_calloc(corpus->tokens + 1, sizeof *found);
    if (!found)
        return pith_no_memory(reterr);
    size_t count = 0, candidates = 0;
    for (size_t paper = 0; paper < papers_of(corpus); paper++)
        count += distinct(corpus, paper, pairs, found + count);
    qsort(found, count, sizeof *found, by_number);
    PITH_AUTO(pith_free_p) struct term *candidate = pith_calloc(count / least + 1, sizeof *candidate);
    if (!candidate)
        return pith_no_memory(reterr);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && found[end] == found[i];)
            end++;
        if (end - i >= least)
            candidate[candidates++] = (struct term){(uint32_t)(found[i] >> 32), (uint32_t)found[i], (uint32_t)(end - i)};
    }
    qsort(candidate, candidates, sizeof *candidate, by_papers);
    uint32_t taken = candidates < most ? (uint32_t)candidates : most;
    struct term *item = pith_recalloc(terms->item, terms->count + taken + 1, sizeof *item);
    if (!item)
        return pith_no_memory(reterr);
    terms->item = item;
    memcpy(item + terms->count, candidate, taken * sizeof *item);
    qsort(item + terms->count, taken, sizeof *item, by_name);
    terms->count += taken;
    return PITH_OK;
}

/* The term's number, or GAP when it was not chosen. */
static uint32_t number_of(const struct terms *terms, uint32_t first, uint32_t second)
{
    struct term wanted = {first, second, 0};
    bool pair = second != GAP;
    const struct term *from = terms->item + (pair ? terms->words : 0);
    const struct term *found = bsearch(&wanted, from, pair ? terms->count - terms->words : terms->words, sizeof wanted, by_name);
    return found ? (uint32_t)(found - terms->item) : GAP;
}

static uint64_t key_of(const struct corpus *corpus, const struct term *term)
{
    char name[2 * WORDS_MAX_STEM + 2];
    if (term->second == GAP)
        return feature_key(VIEW_WORD, corpus->stem[term->first], strlen(corpus->stem[term->first]));
    int length = snprintf(name, sizeof name, "%s %s", corpus->stem[term->first], corpus->stem[term->second]);
    return feature_key(VIEW_BIGRAM, name, (size_t)length);
}

/* ---- learning ---- */

/* The texts as numbers of terms: each word, and after it the pair that it ends. */
struct numbered {
    uint32_t *token;
    size_t *start;
    float *rarity;
};

static void numbered_clear(struct numbered *numbered)
{
    free(numbered->token);
    free(numbered->start);
    free(numbered->rarity);
}

static enum pith_status number_texts(const struct corpus *corpus, const struct terms *terms, struct numbered *numbered,
                                     struct pith_error *reterr)
{
    numbered->token = pith_calloc(2 * corpus->tokens + 1, sizeof *numbered->token);
    numbered->start = pith_calloc(corpus->texts + 1, sizeof *numbered->start);
    numbered->rarity = pith_calloc(terms->count + 1, sizeof *numbered->rarity);
    if (!numbered->token || !numbered->start || !numbered->rarity)
        return pith_no_memory(reterr);
    size_t at = 0;
    for (size_t text = 0; text < corpus->texts; text++) {
        for (size_t i = corpus->start[text]; i < corpus->start[text + 1]; i++) {
            if (corpus->token[i] == GAP)
                continue;
            bool neighbours = i > corpus->start[text] && corpus->token[i - 1] != GAP;
            numbered->token[at] = number_of(terms, corpus->token[i], GAP);
            at += numbered->token[at] != GAP;
            numbered->token[at] = neighbours ? number_of(terms, corpus->token[i - 1], corpus->token[i]) : GAP;
            at += numbered->token[at] != GAP;
        }
        numbered->start[text + 1] = at;
    }
    for (uint32_t i = 0; i < terms->count; i++) /* near 1 for a rare term */
        numbered->rarity[i] = (logf((1 + (float)papers_of(corpus)) / (1 + (float)terms->item[i].papers)) + 1) / 8;
    return PITH_OK;
}

struct watch {
    time_t start;
    double loss;
};

static void show_step(void *user, const struct contrastive_step *step)
{
    struct watch *watch = user;
    watch->loss = step->step == 1 ? step->loss : 0.98 * watch->loss + 0.02 * step->loss;
    if (step->step % 20 == 0 || step->step == step->steps)
        fprintf(stderr, "\rstep %zu of %zu, %.0f s: loss %.3f, scale %.1f ", step->step, step->steps,
                difftime(time(NULL), watch->start), watch->loss, step->scale);
    if (step->step == step->steps)
        fputc('\n', stderr);
}

struct arguments {
    struct contrastive_options options;
    uint32_t words, pairs;
    int32_t day;
    const char *out;
    const char *without[MOST_WITHOUT]; /* files of papers that are left out */
    size_t withouts;
};

/* A term in fewer papers has too little to learn from. */
enum { LEAST_WORD = 5, LEAST_PAIR = 10 };

static enum pith_status learn(struct corpus *corpus, const struct arguments *arguments, unsigned char **ret_bytes,
                              size_t *ret_length, struct terms *terms, struct pith_error *reterr)
{
    enum pith_status status = choose(corpus, false, LEAST_WORD, arguments->words, terms, reterr);
    terms->words = terms->count;
    if (!status)
        status = choose(corpus, true, LEAST_PAIR, arguments->pairs, terms, reterr);
    PITH_AUTO(numbered_clear) struct numbered numbered = {0};
    if (!status)
        status = number_texts(corpus, terms, &numbered, reterr);
    if (status)
        return status;
    fprintf(stderr, "%u words and %u pairs of words, %zu tokens\n", terms->words, terms->count - terms->words,
            numbered.start[corpus->texts]);
    PITH_AUTO(pith_free_p) float *vector = pith_calloc((size_t)terms->count * arguments->options.dims + 1, sizeof *vector);
    PITH_AUTO(pith_free_p) uint64_t *key = pith_calloc(terms->count + 1, sizeof *key);
    if (!vector || !key)
        return pith_no_memory(reterr);
    struct contrastive_corpus texts = {papers_of(corpus), terms->count, numbered.start, numbered.token, numbered.rarity};
    struct watch watch = {.start = time(NULL)};
    status = contrastive_train(&texts, &arguments->options, show_step, &watch, vector, reterr);
    if (status)
        return status;
    for (uint32_t i = 0; i < terms->count; i++)
        key[i] = key_of(corpus, &terms->item[i]);
    struct embedding_origin origin = {EMBEDDING_CONTRAST,
                                      (uint32_t)papers_of(corpus),
                                      arguments->options.seed,
                                      corpus->first_day,
                                      corpus->last_day,
                                      arguments->day,
                                      {0}};
    char hex[2 * VAULT_FINGERPRINT + 1];
    vault_fingerprint_free(corpus->digest, hex);
    corpus->digest = NULL;
    for (int i = 0; i < EMBEDDING_FINGERPRINT; i++)
        sscanf(hex + 2 * i, "%2hhx", &origin.corpus[i]);
    return embedding_make(&origin, &(struct embedding_rows){key, vector, terms->count, arguments->options.dims}, ret_bytes,
                          ret_length, reterr);
}

static enum pith_status write_file(const char *path, const void *bytes, size_t length, struct pith_error *reterr)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return pith_fail(reterr, PITH_IO, "%s cannot be written", path);
    bool written = fwrite(bytes, 1, length, file) == length;
    if (fclose(file) != 0 || !written)
        return pith_fail(reterr, PITH_IO, "%s cannot be written", path);
    return PITH_OK;
}

static enum pith_status read_all_withheld(const struct arguments *arguments, struct withheld *withheld, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < arguments->withouts; i++)
        status = read_withheld(withheld, arguments->without[i], reterr);
    if (withheld->count)
        qsort(withheld->hash, withheld->count, sizeof *withheld->hash, by_hash);
    return status;
}

static enum pith_status train(const struct arguments *arguments, struct pith_error *reterr)
{
    struct withheld withheld = {0};
    PITH_AUTO(corpus_clear)
    struct corpus corpus = {.first_day = EMBEDDING_NO_DAY, .last_day = EMBEDDING_NO_DAY, .withheld = &withheld};
    PITH_AUTO(pith_free_p) unsigned char *bytes = NULL;
    struct terms terms = {0};
    size_t length = 0;
    enum pith_status status = vault_start(reterr);
    if (!status)
        status = tokens_new(&corpus.words, reterr);
    if (!status)
        status = vault_fingerprint_new(&corpus.digest, reterr);
    if (!status)
        status = read_all_withheld(arguments, &withheld, reterr);
    if (!status)
        status = read_corpus(&corpus, stdin, reterr);
    if (corpus.digest) /* without them it is another corpus */
        vault_fingerprint_add(corpus.digest, withheld.hash, withheld.count * sizeof *withheld.hash);
    free(withheld.hash);
    if (!status)
        status = learn(&corpus, arguments, &bytes, &length, &terms, reterr);
    free(terms.item);
    if (!status)
        status = write_file(arguments->out, bytes, length, reterr);
    PITH_AUTO(embedding_close_p) struct embedding *embedding = NULL;
    if (!status)
        status = embedding_open(bytes, length, &embedding, reterr);
    if (!status)
        printf("%s: %u terms in %u dimensions from %u papers, fingerprint %s\n", arguments->out, embedding_terms(embedding),
               embedding_dims(embedding), embedding_origin(embedding)->papers, embedding_name(embedding));
    return status;
}

/* ---- the command line ---- */

static const struct argp_option argp_options[] = {
    {"output", 'o', "FILE", 0, "the embedding to write (needed)", 0},
    {"seed", 's', "NUMBER", 0, "of all that is drawn at random (default 1)", 0},
    {"day", 'd', "YYYY-MM-DD", 0, "the day of training, to be noted in the embedding", 0},
    {"dims", 'n', "NUMBER", 0, "dimensions of a vector (default 160)", 0},
    {"words", 'w', "NUMBER", 0, "most words (default 45000)", 0},
    {"pairs", 'p', "NUMBER", 0, "most pairs of neighbouring words (default 52500)", 0},
    {"epochs", 'e', "NUMBER", 0, "times over the corpus (default 3)", 0},
    {"batch", 'b', "NUMBER", 0, "papers a step (default 1024)", 0},
    {"without", 'x', "FILE", 0, "leave out the papers of these lines, by identifier and title; may be given again", 0},
    {0},
};

static uint64_t number_from(struct argp_state *state, const char *text, uint64_t most)
{
    char *end;
    unsigned long long number = strtoull(text, &end, 10);
    if (*end || end == text || *text == '-' || number > most)
        argp_error(state, "%s is no number up to %llu", text, (unsigned long long)most);
    return number;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'o': arguments->out = text; break;
    case 'x':
        if (arguments->withouts == MOST_WITHOUT)
            argp_error(state, "at most %d files are left out", MOST_WITHOUT);
        arguments->without[arguments->withouts++] = text;
        break;
    case 's': arguments->options.seed = number_from(state, text, UINT64_MAX); break;
    case 'n': arguments->options.dims = (uint32_t)number_from(state, text, EMBEDDING_MAX_DIMS); break;
    case 'w': arguments->words = (uint32_t)number_from(state, text, 1 << 20); break;
    case 'p': arguments->pairs = (uint32_t)number_from(state, text, 1 << 20); break;
    case 'e': arguments->options.epochs = (uint32_t)number_from(state, text, 1000); break;
    case 'b': arguments->options.batch = (uint32_t)number_from(state, text, 8192); break;
    case 'd':
        if (!days_from_text(text, strlen(text), &arguments->day))
            argp_error(state, "%s is no day", text);
        break;
    case ARGP_KEY_END:
        if (!arguments->out)
            argp_error(state, "where to? --output FILE");
        if (!arguments->options.dims || arguments->words + arguments->pairs > embedding_most_terms(arguments->options.dims))
            argp_error(state, "an embedding holds at most %u terms of %u dimensions", embedding_most_terms(arguments->options.dims),
                       arguments->options.dims);
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.options = {.dims = 160,
                                              .batch = 1024,
                                              .epochs = 3,
                                              .rate = 5e-3,
                                              .drop_title = 0.3,
                                              .drop_abstract = 0.5,
                                              .seed = 1,
                                              .workers = 2},
                                  .words = 45000,
                                  .pairs = 52500,
                                  .day = EMBEDDING_NO_DAY};
    static const struct argp argp = {argp_options,
                                     parse,
                                     NULL,
                                     "Learns an embedding from papers, one a line as {\"title\": …, \"abstract\": …} on "
                                     "standard input.",
                                     NULL,
                                     NULL,
                                     NULL};
    struct pith_error error;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    enum pith_status status = train(&arguments, &error);
    if (status)
        fprintf(stderr, "pith-train-embedding: %s\n", error.message);
    return status ? 1 : 0;
}
