#include "engine/papers/tokens.h"

#include <libstemmer.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MAX_WORDS = 1 << 20, MAX_STEMS = 1 << 22, GROUP = 16, MOST_GRAM = 3 };

/* A word of a text as it was read, and the stem it stands for. */
struct entry {
    char *word, *stem;
    uint32_t word_length, stem_length, stem_id;
    bool stop;
};

struct tokens {
    struct sb_stemmer *stemmer;
    struct entry *entry; /* open addressing by word; word NULL is free */
    size_t entries, slots;
    char **stem;         /* by id, owned */
    uint32_t *stem_slot; /* open addressing by stem: id + 1 */
    size_t stems, stem_cap, stem_slots;
    struct word *list;
    size_t list_cap;
};

/* Function words that say nothing of a paper's subject; sorted. */
static const char *const stop_words[] = {
    "about",      "above",      "across",    "after",      "again",        "against",  "all",      "almost",     "alone",
    "along",      "already",    "also",      "although",   "always",       "am",       "among",    "amongst",    "an",
    "and",        "another",    "any",       "anyhow",     "anyone",       "anything", "anyway",   "anywhere",   "are",
    "around",     "as",         "at",        "back",       "be",           "became",   "because",  "become",     "becomes",
    "becoming",   "been",       "before",    "beforehand", "behind",       "being",    "below",    "beside",     "besides",
    "between",    "beyond",     "both",      "but",        "by",           "call",     "can",      "cannot",     "could",
    "did",        "do",         "does",      "doing",      "done",         "down",     "due",      "during",     "each",
    "either",     "else",       "elsewhere", "enough",     "etc",          "even",     "ever",     "every",      "everyone",
    "everything", "everywhere", "except",    "few",        "first",        "for",      "former",   "formerly",   "found",
    "from",       "full",       "further",   "get",        "give",         "go",       "had",      "has",        "have",
    "having",     "he",         "hence",     "her",        "here",         "hereby",   "herein",   "hers",       "herself",
    "him",        "himself",    "his",       "how",        "however",      "ie",       "if",       "in",         "indeed",
    "into",       "is",         "it",        "its",        "itself",       "just",     "keep",     "last",       "latter",
    "latterly",   "least",      "less",      "made",       "make",         "many",     "may",      "me",         "meanwhile",
    "might",      "mine",       "more",      "moreover",   "most",         "mostly",   "much",     "must",       "my",
    "myself",     "namely",     "neither",   "never",      "nevertheless", "next",     "no",       "nobody",     "none",
    "nor",        "not",        "nothing",   "now",        "nowhere",      "of",       "off",      "often",      "on",
    "once",       "one",        "only",      "onto",       "or",           "other",    "others",   "otherwise",  "our",
    "ours",       "ourselves",  "out",       "over",       "own",          "per",      "perhaps",  "please",     "put",
    "rather",     "re",         "same",      "see",        "seem",         "seemed",   "seeming",  "seems",      "several",
    "she",        "should",     "show",      "since",      "so",           "some",     "somehow",  "someone",    "something",
    "sometime",   "sometimes",  "somewhere", "still",      "such",         "take",     "than",     "that",       "the",
    "their",      "theirs",     "them",      "themselves", "then",         "thence",   "there",    "thereafter", "thereby",
    "therefore",  "therein",    "thereupon", "these",      "they",         "this",     "those",    "though",     "through",
    "throughout", "thru",       "thus",      "to",         "together",     "too",      "toward",   "towards",    "two",
    "under",      "until",      "up",        "upon",       "us",           "very",     "via",      "was",        "we",
    "well",       "were",       "what",      "whatever",   "when",         "whence",   "whenever", "where",      "whereafter",
    "whereas",    "whereby",    "wherein",   "whereupon",  "wherever",     "whether",  "which",    "while",      "whither",
    "who",        "whoever",    "whole",     "whom",       "whose",        "why",      "will",     "with",       "within",
    "without",    "would",      "yet",       "you",        "your",         "yours",    "yourself", "yourselves",
};

/* TeX commands that only change the look: they vanish with their backslash. */
static const char *const formatting[] = {
    "textbf", "textit", "textsc", "texttt", "textrm", "textsf",    "textup",        "emph",           "em",
    "it",     "bf",     "sc",     "tt",     "rm",     "underline", "textsubscript", "textsuperscript"};

enum pith_status tokens_new(struct tokens **ret_words, struct pith_error *reterr)
{
    PITH_AUTO(tokens_free_p) struct tokens *words = pith_calloc(1, sizeof *words);
    if (!words)
        return pith_no_memory(reterr);
    words->stemmer = sb_stemmer_new("english", "UTF_8");
    words->slots = words->stem_slots = 1 << 12;
    words->entry = pith_calloc(words->slots, sizeof *words->entry);
    words->stem_slot = pith_calloc(words->stem_slots, sizeof *words->stem_slot);
    if (!words->stemmer || !words->entry || !words->stem_slot)
        return pith_no_memory(reterr);
    *ret_words = PITH_TAKE(words);
    return PITH_OK;
}

void tokens_free(struct tokens *words)
{
    if (!words)
        return;
    for (size_t i = 0; words->entry && i < words->slots; i++)
        free(words->entry[i].word);
    for (size_t i = 0; i < words->stems; i++)
        free(words->stem[i]);
    if (words->stemmer)
        sb_stemmer_delete(words->stemmer);
    free(words->entry);
    free(words->stem);
    free(words->stem_slot);
    free(words->list);
    free(words);
}

static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001B3);
    return hash ^ hash >> 29;
}

/* ---- the cache: word -> stem ---- */

static size_t stem_place(const struct tokens *words, const char *stem, size_t length)
{
    size_t slot = (size_t)hash_of(stem, length) & (words->stem_slots - 1);
    while (words->stem_slot[slot]) {
        const char *there = words->stem[words->stem_slot[slot] - 1];
        if (strlen(there) == length && memcmp(there, stem, length) == 0)
            break;
        slot = (slot + 1) & (words->stem_slots - 1);
    }
    return slot;
}

static enum pith_status widen_stems(struct tokens *words, struct pith_error *reterr)
{
    uint32_t *wider = pith_calloc(2 * words->stem_slots, sizeof *wider);
    if (!wider)
        return pith_no_memory(reterr);
    free(words->stem_slot);
    words->stem_slot = wider;
    words->stem_slots *= 2;
    for (size_t i = 0; i < words->stems; i++)
        words->stem_slot[stem_place(words, words->stem[i], strlen(words->stem[i]))] = (uint32_t)i + 1;
    return PITH_OK;
}

static enum pith_status intern_stem(struct tokens *words, const char *stem, size_t length, uint32_t *ret_id,
                                    struct pith_error *reterr)
{
    size_t slot = stem_place(words, stem, length);
    if (words->stem_slot[slot]) {
        *ret_id = words->stem_slot[slot] - 1;
        return PITH_OK;
    }
    enum pith_status status = pith_grow(&words->stem, &words->stem_cap, words->stems + 1, sizeof *words->stem, MAX_STEMS, reterr);
    if (status)
        return status;
    char *copy = strndup(stem, length);
    if (!copy)
        return pith_no_memory(reterr);
    words->stem[words->stems] = copy;
    *ret_id = (uint32_t)words->stems++;
    words->stem_slot[slot] = *ret_id + 1;
    return 2 * words->stems > words->stem_slots ? widen_stems(words, reterr) : PITH_OK;
}

static size_t entry_place(const struct tokens *words, const char *word, size_t length)
{
    size_t slot = (size_t)hash_of(word, length) & (words->slots - 1);
    while (words->entry[slot].word &&
           (words->entry[slot].word_length != length || memcmp(words->entry[slot].word, word, length) != 0))
        slot = (slot + 1) & (words->slots - 1);
    return slot;
}

static enum pith_status widen_entries(struct tokens *words, struct pith_error *reterr)
{
    struct entry *old = words->entry;
    size_t old_slots = words->slots;
    struct entry *wider = pith_calloc(2 * old_slots, sizeof *wider);
    if (!wider)
        return pith_no_memory(reterr);
    words->entry = wider;
    words->slots = 2 * old_slots;
    for (size_t i = 0; i < old_slots; i++)
        if (old[i].word)
            words->entry[entry_place(words, old[i].word, old[i].word_length)] = old[i];
    free(old);
    return PITH_OK;
}

static int compare_text(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

static enum pith_status look_up(struct tokens *words, const char *word, size_t length, const struct entry **ret_entry,
                                struct pith_error *reterr)
{
    size_t slot = entry_place(words, word, length);
    if (words->entry[slot].word) {
        *ret_entry = &words->entry[slot];
        return PITH_OK;
    }
    if (2 * (words->entries + 1) > words->slots) {
        enum pith_status status = widen_entries(words, reterr);
        if (status)
            return status;
        slot = entry_place(words, word, length);
    }
    struct entry entry = {.word_length = (uint32_t)length};
    entry.word = strndup(word, length);
    if (!entry.word)
        return pith_no_memory(reterr);
    entry.stop = bsearch(entry.word, stop_words, sizeof stop_words / sizeof *stop_words, sizeof *stop_words, compare_text);
    const sb_symbol *stem = sb_stemmer_stem(words->stemmer, (const sb_symbol *)word, (int)length);
    size_t stem_length = stem ? (size_t)sb_stemmer_length(words->stemmer) : 0;
    if (!stem_length) { /* nothing left of it: the word is its own stem */
        stem = (const sb_symbol *)word;
        stem_length = length;
    }
    enum pith_status status = intern_stem(words, (const char *)stem, stem_length, &entry.stem_id, reterr);
    if (status) {
        free(entry.word);
        return status;
    }
    entry.stem = words->stem[entry.stem_id];
    entry.stem_length = (uint32_t)stem_length;
    words->entry[slot] = entry;
    words->entries++;
    *ret_entry = &words->entry[slot];
    return PITH_OK;
}

/* ---- scripts without blanks between words ---- */

/* How many letters of such a script count as a word, one word beginning at every letter: two where a letter stands for a syllable or
 * more, as words have one or two; three of an alphabet. 0: the script has blanks. */
static unsigned gram_of(utf8proc_int32_t point)
{
    static const struct {
        utf8proc_int32_t first, last;
        unsigned gram;
    } scripts[] = {
        {0x0E00, 0x0EFF, 3},   /* Thai, Lao */
        {0x1000, 0x109F, 3},   /* Burmese */
        {0x1780, 0x17FF, 3},   /* Khmer */
        {0x1950, 0x19DF, 3},   /* Tai Le, New Tai Lue */
        {0x1A20, 0x1AAF, 3},   /* Tai Tham */
        {0x2E80, 0x2FDF, 2},   /* radicals */
        {0x3005, 0x30FF, 2},   /* kana */
        {0x31F0, 0x31FF, 2},   /* kana */
        {0x3400, 0x4DBF, 2},   /* Chinese characters */
        {0x4E00, 0x9FFF, 2},   /* Chinese characters */
        {0xA9E0, 0xA9FF, 3},   /* Burmese */
        {0xAA60, 0xAA7F, 3},   /* Burmese */
        {0xF900, 0xFAFF, 2},   /* Chinese characters */
        {0x20000, 0x3FFFF, 2}, /* Chinese characters */
    };
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (point >= scripts[i].first && point <= scripts[i].last)
            return scripts[i].gram;
    return 0;
}

/* ---- reading a text ---- */

struct reading {
    struct tokens *words;
    const char *text;
    size_t length, at;
    char word[WORDS_MAX_STEM]; /* being read, lower case */
    size_t word_length, start, end;
    bool letter;
    unsigned gram;          /* of the script being read; the word is then its last letters, at most so many */
    size_t letters;         /* of them there are */
    size_t from[MOST_GRAM]; /* where each begins in the text */
    bool counted;           /* whether they count as a word already */
    uint32_t position;
    size_t count;
    struct pith_error *reterr;
};

static enum pith_status add_word(struct reading *reading)
{
    const struct entry *entry = NULL;
    enum pith_status status = look_up(reading->words, reading->word, reading->word_length, &entry, reading->reterr);
    if (status || entry->stop)
        return status;
    struct tokens *words = reading->words;
    status = pith_grow(&words->list, &words->list_cap, reading->count + 1, sizeof *words->list, MAX_WORDS, reading->reterr);
    if (status)
        return status;
    words->list[reading->count++] = (struct word){.stem = entry->stem,
                                                  .stem_length = entry->stem_length,
                                                  .stem_id = entry->stem_id,
                                                  .position = reading->position++,
                                                  .start = (uint32_t)reading->start,
                                                  .end = (uint32_t)reading->end};
    return PITH_OK;
}

static enum pith_status end_word(struct reading *reading)
{
    bool counts = reading->gram ? reading->word_length && !reading->counted : reading->word_length >= 2 && reading->letter;
    enum pith_status status = counts ? add_word(reading) : PITH_OK;
    reading->word_length = reading->letters = reading->gram = 0;
    reading->letter = reading->counted = false;
    return status;
}

/* A letter of a script without blanks: with those before it, it is a word. A shorter run is one at its end. */
static enum pith_status put_unparted(struct reading *reading, const char *bytes, size_t length, size_t width, unsigned gram)
{
    enum pith_status status = reading->gram == gram ? PITH_OK : end_word(reading);
    if (status)
        return status;
    reading->gram = gram;
    if (reading->letters == gram) { /* the first one is behind */
        size_t first = 1;
        while (((unsigned char)reading->word[first] & 0xC0) == 0x80)
            first++;
        reading->word_length -= first;
        memmove(reading->word, reading->word + first, reading->word_length);
        memmove(reading->from, reading->from + 1, (gram - 1) * sizeof *reading->from);
        reading->letters--;
    }
    memcpy(reading->word + reading->word_length, bytes, length);
    reading->word_length += length;
    reading->from[reading->letters++] = reading->at;
    reading->start = reading->from[0];
    reading->end = reading->at + width;
    if (reading->letters < gram)
        return PITH_OK;
    reading->counted = true;
    return add_word(reading);
}

static enum pith_status put(struct reading *reading, const char *bytes, size_t length, size_t width, bool letter)
{
    enum pith_status status = reading->gram ? end_word(reading) : PITH_OK;
    if (reading->word_length == 0)
        reading->start = reading->at;
    if (reading->word_length + length <= sizeof reading->word) {
        memcpy(reading->word + reading->word_length, bytes, length);
        reading->word_length += length;
    }
    reading->letter |= letter;
    reading->end = reading->at + width;
    return status;
}

/* After a backslash: a formatting command vanishes; else the backslash alone does. */
static size_t skip_command(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof formatting / sizeof *formatting; i++) {
        size_t size = strlen(formatting[i]);
        if (size < length && memcmp(text, formatting[i], size) == 0 && strchr("{ ", text[size]))
            return size + (text[size] == ' ');
    }
    return 0;
}

static enum pith_status read_ascii(struct reading *reading, char byte)
{
    if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) {
        return put(reading, &byte, 1, 1, byte >= 'a');
    }
    if (byte >= 'A' && byte <= 'Z') {
        char lower = (char)(byte | 0x20);
        return put(reading, &lower, 1, 1, true);
    }
    const char *rest = reading->text + reading->at + 1;
    size_t left = reading->length - reading->at - 1;
    if (byte == '$' || byte == '{' || byte == '}')
        return PITH_OK;
    if (byte == '\\') {
        reading->at += skip_command(rest, left);
        return PITH_OK;
    }
    if (byte == '\'' && reading->word_length && left && (*rest == 's' || *rest == 'S') &&
        (left == 1 || !((unsigned char)rest[1] & 0x80 || (rest[1] | 0x20) >= 'a'))) { /* possessive */
        reading->at++;
        return end_word(reading);
    }
    enum pith_status status = end_word(reading);
    if (strchr(".!?;:", byte) && byte && (!left || *rest == ' '))
        reading->position++;
    return status;
}

/* Full stops of scripts that put no blank after one. */
static bool ends_sentence(utf8proc_int32_t point)
{
    static const utf8proc_int32_t stops[] = {0x3002, 0xFF0E, 0xFF01, 0xFF1F, 0xFF1A, 0xFF1B, 0xFF61, 0x104B, 0x17D4};
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        if (point == stops[i])
            return true;
    return false;
}

static enum pith_status read_wide(struct reading *reading, size_t *ret_width)
{
    utf8proc_int32_t point, folded[GROUP];
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)reading->text + reading->at;
    utf8proc_ssize_t width = utf8proc_iterate(at, (utf8proc_ssize_t)(reading->length - reading->at), &point);
    *ret_width = width > 0 ? (size_t)width : 1;
    if (width <= 0)
        return end_word(reading);
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(
        point, folded, GROUP, UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK, &boundary);
    bool any = false;
    enum pith_status status = PITH_OK;
    for (utf8proc_ssize_t i = 0; !status && i < count && i < GROUP; i++) {
        utf8proc_category_t category = utf8proc_category(folded[i]);
        bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
        bool digit = category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL;
        if (!letter && !digit)
            continue;
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t length = utf8proc_encode_char(folded[i], bytes);
        unsigned gram = letter ? gram_of(folded[i]) : 0;
        status = gram ? put_unparted(reading, (const char *)bytes, (size_t)length, *ret_width, gram)
                      : put(reading, (const char *)bytes, (size_t)length, *ret_width, letter);
        any = true;
    }
    if (status || any || count == 0) /* a combining mark alone does not end a word */
        return status;
    status = end_word(reading);
    reading->position += ends_sentence(point);
    return status;
}

enum pith_status tokens_split(struct tokens *words, const char *text, size_t length, const struct word **ret_list,
                              size_t *ret_count, struct pith_error *reterr)
{
    struct reading reading = {.words = words, .text = text, .length = length, .reterr = reterr};
    enum pith_status status = PITH_OK;
    while (!status && reading.at < length) {
        size_t width = 1;
        if ((unsigned char)text[reading.at] < 0x80)
            status = read_ascii(&reading, text[reading.at]);
        else
            status = read_wide(&reading, &width);
        reading.at += width;
    }
    if (!status)
        status = end_word(&reading);
    if (status)
        return status;
    *ret_list = words->list;
    *ret_count = reading.count;
    return PITH_OK;
}
