#include "engine/papers/paper_features.h"

#include "engine/base/unicode.h"

#include <endian.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blob: version byte; words (count; each: stem, title count, body count); bigrams (count; each: two word indices, two counts);
 * authors (count; each: key, name); categories (count; each: name); upvotes, comments and days of age, each + 1, 0 for unknown. Counts and
 * indices are varints. */

/* HEAD: the version and two counts. */
enum { MAX_BLOB = 64 << 10, HEAD = 7, MAX_FEATURES = 1 << 16, MAX_WORDS_KEPT = 4096, MAX_BIGRAMS = 8192, MAX_PEOPLE = 300 };
/* Levels of a number: 0, then the powers of two. */
enum { LEVELS = 12, NUMBERS = FEATURE_VIEWS - VIEW_UPVOTES };

double features_root(uint32_t count)
{
    static const double roots[] = {0, 1, 1.4142135623730951, 1.7320508075688772, 2, 2.23606797749979};
    return count < sizeof roots / sizeof *roots ? roots[count] : sqrt(count);
}

const char *feature_view_name(enum feature_view view)
{
    switch (view) {
    case VIEW_WORD: return "word";
    case VIEW_BIGRAM: return "bigram";
    case VIEW_AUTHOR: return "author";
    case VIEW_CATEGORY: return "category";
    case VIEW_TITLE: return "title";
    case VIEW_UPVOTES: return "upvotes";
    case VIEW_COMMENTS: return "comments";
    case VIEW_AGE: return "age";
    case FEATURE_VIEWS: break;
    }
    return "unknown";
}

void features_clear(struct features *features)
{
    free(features->item);
    *features = (struct features){0};
}

/* ---- keys ---- */

/* MurmurHash3's finaliser: every bit of the result depends on every bit of the argument. */
static uint64_t mix(uint64_t hash)
{
    hash = (hash ^ hash >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    hash = (hash ^ hash >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    hash ^= hash >> 33;
    return hash ? hash : 1; /* 0 marks a free place in tables */
}

/* Eight bytes of the name at a time, little end first, the last ones filled up with zeros. A view is mixed before the name comes, as names may
 * differ in their first byte alone, and so do the views' numbers ("2+" of view 5 and "1+" of view 6); a word's is 0 and changes nothing. */
static uint64_t name_key(enum feature_view view, const char *name, size_t length)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325) ^ (unsigned)view;
    if (view != VIEW_WORD)
        hash = mix(hash);
    for (size_t at = 0; at < length; at += 8) {
        unsigned char eight[8] = {0};
        memcpy(eight, name + at, length - at < 8 ? length - at : 8);
        uint64_t block;
        memcpy(&block, eight, 8);
        hash = mix(hash ^ le64toh(block));
    }
    return hash;
}

static uint64_t bigram_key(uint64_t first, uint64_t second)
{
    return mix(first * 3 + second);
}

static uint64_t title_key(uint64_t word)
{
    return mix(word + VIEW_TITLE);
}

uint64_t feature_key(enum feature_view view, const char *name, size_t length)
{
    if (view == VIEW_BIGRAM) {
        const char *blank = memchr(name, ' ', length);
        size_t first = blank ? (size_t)(blank - name) : length, skip = blank ? first + 1 : length;
        return bigram_key(name_key(VIEW_WORD, name, first), name_key(VIEW_WORD, name + skip, length - skip));
    }
    if (view == VIEW_TITLE)
        return title_key(name_key(VIEW_WORD, name, length));
    if (view == VIEW_AUTHOR) { /* by the folded name: spelling with or without marks is one person */
        PITH_AUTO(pith_free_p) char *whole = strndup(name, length);
        PITH_AUTO(pith_free_p) char *folded = NULL;
        if (whole && unicode_fold(whole, &folded, NULL) == PITH_OK)
            return name_key(view, folded, strlen(folded));
    }
    return name_key(view, name, length);
}

/* ---- deriving ---- */

struct count {
    uint32_t title, body;
};
struct bigram_count {
    uint32_t first, second; /* indices of words */
    struct count count;
};

struct deriving {
    const char *stem[MAX_WORDS_KEPT];
    uint32_t stem_length[MAX_WORDS_KEPT], stem_id[MAX_WORDS_KEPT];
    struct count word[MAX_WORDS_KEPT];
    size_t words;
    uint16_t word_slot[2 * MAX_WORDS_KEPT]; /* open addressing by stem id: index + 1 */
    struct bigram_count bigram[MAX_BIGRAMS];
    size_t bigrams;
    uint16_t bigram_slot[2 * MAX_BIGRAMS];
};

static size_t word_index(struct deriving *deriving, const struct word *word)
{
    size_t slot = word->stem_id * 2654435761U % (2 * MAX_WORDS_KEPT);
    while (deriving->word_slot[slot]) {
        size_t index = deriving->word_slot[slot] - 1U;
        if (deriving->stem_id[index] == word->stem_id)
            return index;
        slot = (slot + 1) % (2 * MAX_WORDS_KEPT);
    }
    if (deriving->words == MAX_WORDS_KEPT)
        return SIZE_MAX;
    size_t index = deriving->words++;
    deriving->word_slot[slot] = (uint16_t)(index + 1);
    deriving->stem[index] = word->stem;
    deriving->stem_length[index] = word->stem_length;
    deriving->stem_id[index] = word->stem_id;
    return index;
}

static struct count *bigram_of(struct deriving *deriving, size_t first, size_t second)
{
    size_t slot = ((uint32_t)first * 2654435761U ^ (uint32_t)second * 2246822519U) % (2 * MAX_BIGRAMS);
    while (deriving->bigram_slot[slot]) {
        struct bigram_count *bigram = &deriving->bigram[deriving->bigram_slot[slot] - 1U];
        if (bigram->first == first && bigram->second == second)
            return &bigram->count;
        slot = (slot + 1) % (2 * MAX_BIGRAMS);
    }
    if (deriving->bigrams == MAX_BIGRAMS)
        return NULL;
    deriving->bigram_slot[slot] = (uint16_t)(deriving->bigrams + 1);
    deriving->bigram[deriving->bigrams] = (struct bigram_count){.first = (uint32_t)first, .second = (uint32_t)second};
    return &deriving->bigram[deriving->bigrams++].count;
}

static void add(struct count *count, bool title)
{
    count->title += title;
    count->body += !title;
}

static enum pith_status count_text(struct tokens *words, const char *text, bool title, struct deriving *deriving,
                                   struct pith_error *reterr)
{
    const struct word *list;
    size_t count, before = SIZE_MAX;
    enum pith_status status = tokens_split(words, text, strlen(text), &list, &count, reterr);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++) {
        size_t index = word_index(deriving, &list[i]);
        if (index != SIZE_MAX)
            add(&deriving->word[index], title);
        if (index != SIZE_MAX && before != SIZE_MAX && list[i].position == list[i - 1].position + 1) {
            struct count *bigram = bigram_of(deriving, before, index);
            if (bigram)
                add(bigram, title);
        }
        before = index;
    }
    return PITH_OK;
}

/* Each person once. */
static void put_authors(const struct paper *paper, struct bytes *blob)
{
    size_t authors = paper->authors.count < MAX_PEOPLE ? paper->authors.count : MAX_PEOPLE;
    uint64_t seen[MAX_PEOPLE];
    size_t kept[MAX_PEOPLE], count = 0;
    for (size_t i = 0; i < authors; i++) {
        const char *name = paper->authors.item[i];
        uint64_t key = feature_key(VIEW_AUTHOR, name, strlen(name));
        size_t j = 0;
        while (j < count && seen[j] != key)
            j++;
        if (j < count || strlen(name) >= FEATURE_NAME_SIZE)
            continue;
        seen[count] = key;
        kept[count++] = i;
    }
    bytes_put_varint(blob, count);
    for (size_t i = 0; i < count; i++) {
        const char *name = paper->authors.item[kept[i]];
        bytes_put_u64(blob, seen[i]);
        bytes_put_string(blob, name, strlen(name));
    }
}

/* Lower case, each once. */
static void put_categories(const struct paper *paper, struct bytes *blob)
{
    char name[MAX_PEOPLE][64];
    size_t count = 0;
    for (size_t i = 0; i < paper->categories.count && count < MAX_PEOPLE; i++) {
        const char *category = paper->categories.item[i];
        size_t length = strlen(category), j = 0;
        if (!length || length >= sizeof name[0])
            continue;
        for (size_t k = 0; k <= length; k++)
            name[count][k] = (char)(category[k] >= 'A' && category[k] <= 'Z' ? category[k] | 0x20 : category[k]);
        while (j < count && strcmp(name[j], name[count]) != 0)
            j++;
        count += j == count;
    }
    bytes_put_varint(blob, count);
    for (size_t i = 0; i < count; i++)
        bytes_put_string(blob, name[i], strlen(name[i]));
}

/* Days from publication to the first listing; a listing ahead of the day that its paper gives is no younger than new. */
static int age_of(const struct paper *paper)
{
    if (paper->published == PITH_NO_DAY || paper->announced == PITH_NO_DAY)
        return PAPER_MISSING;
    int64_t days = (int64_t)paper->announced - paper->published;
    return days < 0 ? 0 : days > INT_MAX ? INT_MAX : (int)days;
}

static void put_number(struct bytes *blob, int number)
{
    bytes_put_varint(blob, number < 0 ? 0 : (uint64_t)number + 1);
}

static size_t varint_size(uint64_t number)
{
    size_t size = 1;
    while (number >>= 7)
        size++;
    return size;
}

static size_t count_size(const struct count *count)
{
    return varint_size(count->title) + varint_size(count->body);
}

/* Of a text longer than a record may hold, its beginning is counted: first the words that fit, then the bigrams of these. */
static void fit_words(struct deriving *deriving, size_t room)
{
    size_t size = 0, kept = 0;
    for (; kept < deriving->words; kept++) {
        size_t i = kept;
        size += varint_size(deriving->stem_length[i]) + deriving->stem_length[i] + count_size(&deriving->word[i]);
        if (size > room)
            break;
    }
    deriving->words = kept;
    for (kept = 0; kept < deriving->bigrams; kept++) {
        const struct bigram_count *bigram = &deriving->bigram[kept];
        size += varint_size(bigram->first) + varint_size(bigram->second) + count_size(&bigram->count);
        if (size > room)
            break;
    }
    deriving->bigrams = kept;
}

static void put_words(const struct deriving *deriving, struct bytes *blob)
{
    bytes_put_varint(blob, deriving->words);
    for (size_t i = 0; i < deriving->words; i++) {
        bytes_put_string(blob, deriving->stem[i], deriving->stem_length[i]);
        bytes_put_varint(blob, deriving->word[i].title);
        bytes_put_varint(blob, deriving->word[i].body);
    }
    bytes_put_varint(blob, deriving->bigrams);
    for (size_t i = 0; i < deriving->bigrams; i++) {
        bytes_put_varint(blob, deriving->bigram[i].first);
        bytes_put_varint(blob, deriving->bigram[i].second);
        bytes_put_varint(blob, deriving->bigram[i].count.title);
        bytes_put_varint(blob, deriving->bigram[i].count.body);
    }
}

/* What stands besides words in a paper's features. */
static void put_facts(const struct paper *paper, struct bytes *facts)
{
    put_authors(paper, facts);
    put_categories(paper, facts);
    put_number(facts, paper->upvotes);
    put_number(facts, paper->comments);
    put_number(facts, age_of(paper));
}

enum pith_status features_derive(struct tokens *words, const struct paper *paper, struct bytes *blob, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct deriving *deriving = pith_calloc(1, sizeof *deriving);
    PITH_AUTO(bytes_clear) struct bytes facts;
    bytes_init(&facts, MAX_BLOB - HEAD);
    if (!deriving)
        return pith_no_memory(reterr);
    enum pith_status status = count_text(words, paper->title, true, deriving, reterr);
    if (!status)
        status = count_text(words, paper->abstract, false, deriving, reterr);
    if (status)
        return status;
    put_facts(paper, &facts);
    fit_words(deriving, MAX_BLOB - HEAD - facts.length);
    blob->length = 0;
    blob->failed = blob->full = false;
    bytes_put_u8(blob, FEATURES_VERSION);
    put_words(deriving, blob);
    bytes_put(blob, facts.data, facts.length);
    if ((facts.failed && !facts.full) || (blob->failed && !blob->full))
        return pith_no_memory(reterr);
    if (facts.failed || blob->failed) /* of the longest names in the greatest number alone */
        return pith_fail(reterr, PITH_INPUT, "the paper has more authors and categories than a record may hold");
    return PITH_OK;
}

/* ---- reading ---- */

static void keep(struct features *features, uint64_t key, uint32_t title, uint32_t body, enum feature_view view)
{
    features->item[features->count] = (struct feature){
        .key = key, .title = title, .body = body, .index = (uint32_t)features->count, .view = view};
    features->count++;
}

static void read_words(struct bytes_reader *reader, size_t words, struct features *features)
{
    for (size_t i = 0; i < words; i++) {
        size_t length;
        const char *stem = bytes_get_string(reader, &length);
        uint32_t title = (uint32_t)bytes_get_varint(reader), body = (uint32_t)bytes_get_varint(reader);
        keep(features, name_key(VIEW_WORD, stem, length), title, body, VIEW_WORD);
        reader->failed |= length == 0 || length > WORDS_MAX_STEM;
    }
}

static void read_bigrams(struct bytes_reader *reader, size_t words, size_t bigrams, struct features *features)
{
    for (size_t i = 0; i < bigrams; i++) {
        size_t first = (size_t)bytes_get_varint(reader), second = (size_t)bytes_get_varint(reader);
        uint32_t title = (uint32_t)bytes_get_varint(reader), body = (uint32_t)bytes_get_varint(reader);
        if (first >= words || second >= words) {
            reader->failed = true;
            return;
        }
        keep(features, bigram_key(features->item[first].key, features->item[second].key), title, body, VIEW_BIGRAM);
    }
}

/* Titles' words once more, as a view of their own; named by the same words. */
static void read_titles(size_t words, struct features *features)
{
    for (size_t i = 0; i < words; i++) {
        const struct feature *word = &features->item[i];
        if (word->title == 0)
            continue;
        keep(features, title_key(word->key), word->title, 0, VIEW_TITLE);
        features->item[features->count - 1].index = (uint32_t)i;
    }
}

/* "0+", "1+", "2+", "4+", …; returns its length. */
static size_t name_level(size_t level, char name[FEATURE_NAME_SIZE])
{
    return (size_t)snprintf(name, FEATURE_NAME_SIZE, "%d+", level ? 1 << (level - 1) : 0);
}

/* How many levels a number reaches that is kept as itself + 1. */
static size_t levels_of(uint64_t kept)
{
    size_t levels = kept > 0;
    while (levels && levels < LEVELS && kept - 1 >= UINT64_C(1) << (levels - 1))
        levels++;
    return levels;
}

static void read_levels(const uint64_t kept[NUMBERS], struct features *features)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        for (size_t level = 0; level < levels_of(kept[i]); level++) {
            char name[FEATURE_NAME_SIZE];
            enum feature_view view = (enum feature_view)(VIEW_UPVOTES + i);
            keep(features, name_key(view, name, name_level(level, name)), 0, 1, view);
        }
    }
}

static enum pith_status more_room(struct features *features, size_t count, struct pith_error *reterr)
{
    return pith_grow(&features->item, &features->cap, features->count + count, sizeof *features->item, MAX_FEATURES, reterr);
}

enum pith_status features_read(const void *blob, size_t length, struct features *features, struct pith_error *reterr)
{
    struct bytes_reader reader;
    bytes_reader_init(&reader, blob, length);
    features->count = 0;
    if (bytes_get_u8(&reader) != FEATURES_VERSION)
        reader.failed = true;
    size_t words = bytes_get_count(&reader, 3);
    enum pith_status status = more_room(features, words, reterr);
    if (!status)
        read_words(&reader, words, features);
    size_t bigrams = bytes_get_count(&reader, 4);
    if (!status)
        status = more_room(features, bigrams, reterr);
    if (!status && !reader.failed)
        read_bigrams(&reader, words, bigrams, features);
    for (enum feature_view view = VIEW_AUTHOR; !status && view <= VIEW_CATEGORY; view++) {
        size_t names = bytes_get_count(&reader, view == VIEW_AUTHOR ? 9 : 1);
        status = more_room(features, names, reterr);
        for (size_t i = 0; !status && i < names; i++) {
            size_t size;
            uint64_t key = view == VIEW_AUTHOR ? bytes_get_u64(&reader) : 0;
            const char *name = bytes_get_string(&reader, &size);
            keep(features, view == VIEW_AUTHOR ? key : name_key(view, name, size), 0, 1, view);
            reader.failed |= size >= FEATURE_NAME_SIZE || (view == VIEW_AUTHOR && key == 0);
        }
    }
    uint64_t number[NUMBERS];
    for (size_t i = 0; i < NUMBERS; i++)
        number[i] = bytes_get_varint(&reader);
    if (!status)
        status = more_room(features, words + NUMBERS * LEVELS, reterr);
    if (status)
        return status;
    if (reader.failed || reader.at != reader.end)
        return pith_fail(reterr, PITH_CORRUPT, "a paper's stored features are damaged");
    read_titles(words, features);
    read_levels(number, features);
    return PITH_OK;
}

/* ---- names ---- */

static void name_bigram(struct bytes_reader *stems, size_t first, size_t second, char name[FEATURE_NAME_SIZE])
{
    const char *part[2] = {"", ""};
    size_t size[2] = {0, 0};
    for (size_t at = 0; at <= first || at <= second; at++) {
        size_t length;
        const char *stem = bytes_get_string(stems, &length);
        bytes_get_varint(stems);
        bytes_get_varint(stems);
        for (size_t i = 0; i < 2; i++) {
            if (at == (i ? second : first)) {
                part[i] = stem;
                size[i] = length;
            }
        }
    }
    snprintf(name, FEATURE_NAME_SIZE, "%.*s %.*s", (int)size[0], part[0], (int)size[1], part[1]);
}

void feature_name(const void *blob, size_t length, uint32_t index, char name[FEATURE_NAME_SIZE])
{
    struct bytes_reader reader;
    bytes_reader_init(&reader, blob, length);
    bytes_get_u8(&reader);
    size_t words = bytes_get_count(&reader, 3), at = 0, size = 0, first = index, second = SIZE_MAX, titles = 0;
    struct bytes_reader stems = reader;
    for (; at < words; at++) {
        const char *stem = bytes_get_string(&reader, &size);
        titles += bytes_get_varint(&reader) > 0;
        bytes_get_varint(&reader);
        if (at == index) {
            snprintf(name, FEATURE_NAME_SIZE, "%.*s", (int)size, stem);
            return;
        }
    }
    size_t bigrams = bytes_get_count(&reader, 4);
    for (; at < words + bigrams; at++) {
        size_t left = (size_t)bytes_get_varint(&reader), right = (size_t)bytes_get_varint(&reader);
        bytes_get_varint(&reader);
        bytes_get_varint(&reader);
        if (at == index) {
            first = left;
            second = right;
        }
    }
    if (second != SIZE_MAX) {
        name_bigram(&stems, first, second, name);
        return;
    }
    name[0] = '\0';
    for (enum feature_view view = VIEW_AUTHOR; view <= VIEW_CATEGORY; view++) {
        size_t names = bytes_get_count(&reader, 1);
        for (size_t i = 0; i < names; i++, at++) {
            if (view == VIEW_AUTHOR)
                bytes_get_u64(&reader);
            const char *text = bytes_get_string(&reader, &size);
            if (at == index)
                snprintf(name, FEATURE_NAME_SIZE, "%.*s", (int)size, text);
        }
    }
    at += titles;
    for (size_t i = 0; i < NUMBERS; i++) {
        size_t levels = levels_of(bytes_get_varint(&reader));
        if (index >= at && index < at + levels)
            name_level(index - at, name);
        at += levels;
    }
}

bool feature_surface(struct tokens *words, const char *text, const char *name, char surface[FEATURE_NAME_SIZE])
{
    const struct word *list;
    size_t count;
    const char *blank = strchr(name, ' ');
    size_t first = blank ? (size_t)(blank - name) : strlen(name);
    if (tokens_split(words, text, strlen(text), &list, &count, NULL))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (list[i].stem_length != first || memcmp(list[i].stem, name, first) != 0)
            continue;
        size_t last = blank ? i + 1 : i;
        if (blank && (last == count || list[last].position != list[i].position + 1 || strcmp(list[last].stem, blank + 1) != 0))
            continue;
        snprintf(surface, FEATURE_NAME_SIZE, "%.*s", (int)(list[last].end - list[i].start), text + list[i].start);
        return true;
    }
    return false;
}
