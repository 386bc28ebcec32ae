#include "engine/door/handle.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What must not be found stands here masked, so that the search does not find itself. */
enum { MASK = 0xa5, MOST = 128, HUGE_REGION = 1 << 30 };

struct needle {
    const char *name;
    unsigned char masked[MOST];
    size_t length;
};
static struct needle needles[8];
static size_t count;

static void remember(const char *name, const void *secret, size_t length)
{
    struct needle *needle = &needles[count++];
    cr_assert(length >= 8 && length <= MOST);
    needle->name = name;
    needle->length = length;
    for (size_t i = 0; i < length; i++)
        needle->masked[i] = ((const unsigned char *)secret)[i] ^ MASK;
}

/* How often the needle stands in these bytes; first the byte that is rare, unmasked one at a time. */
static size_t find(const struct needle *needle, const unsigned char *bytes, size_t length)
{
    size_t found = 0;
    const unsigned char *at = bytes, *end = bytes + length;
    while ((at = memchr(at, needle->masked[0] ^ MASK, (size_t)(end - at)))) {
        size_t same = 1;
        while (same < needle->length && at + same < end && at[same] == (needle->masked[same] ^ MASK))
            same++;
        found += same == needle->length;
        at++;
    }
    return found;
}

/* How many needles stand there; each is named. */
static size_t find_all(const char *where, const unsigned char *bytes, size_t length)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        size_t hits = find(&needles[i], bytes, length);
        if (hits)
            fprintf(stderr, "the %s stands in %s\n", needles[i].name, where);
        found += hits;
    }
    return found;
}

/* Everything that this process can read, but for regions as large as only a sanitizer's are. */
static size_t search_memory(void)
{
    char line[512];
    size_t found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY);
    size_t searched = 0;
    cr_assert(maps && memory >= 0);
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char may;
        if (sscanf(line, "%lx-%lx %c", &from, &to, &may) != 3 || may != 'r' || to - from > HUGE_REGION)
            continue;
        unsigned char *copy = malloc(to - from);
        cr_assert(copy);
        ssize_t got = pread(memory, copy, to - from, (off_t)from);
        if (got > 0)
            found += find_all(line, copy, (size_t)got);
        searched += got > 0 ? (size_t)got : 0;
        if (copy)
            explicit_bzero(copy, to - from); /* no memset: a compiler leaves out one before free */
        free(copy);
    }
    fclose(maps);
    close(memory);
    cr_expect_gt(searched, 1 << 20);
    return found;
}

static size_t search_files(const char *home)
{
    char pattern[4096];
    size_t hits = 0;
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/*", home);
    cr_assert_eq(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        size_t length;
        char *bytes = testing_read(found.gl_pathv[i], &length);
        hits += find_all(found.gl_pathv[i], (unsigned char *)bytes, length);
        free(bytes);
    }
    globfree(&found);
    return hits;
}

/* A passphrase that stands nowhere in the program. */
static void make_passphrase(char text[24])
{
    for (size_t i = 0; i < 23; i++)
        text[i] = (char)('a' + (i * 7 + 3) % 26);
    text[23] = '\0';
}

static void make_key(struct pith *pith, enum pith_way way, const char *name)
{
    struct pith_secret *secret;
    struct pith_key_request request = {.size = sizeof request, .way = way, .scopes = way == PITH_TOKEN ? 15 : 0};
    cr_assert_eq(pith_put_key(pith, &request, &secret, NULL), PITH_OK);
    remember(name, secret->text, strlen(secret->text) - 1);
    char text[sizeof secret->text];
    strcpy(text, secret->text);
    pith_secret_free(secret);
    cr_expect_eq(pith_unlock(pith, way, text, strlen(text), 0, NULL), PITH_OK);
    explicit_bzero(text, sizeof text);
}

static void use_profile(const char *home)
{
    char passphrase[24];
    struct pith *pith;
    struct pith_import_report report;
    size_t length;
    char *lines = testing_papers(4, &length);
    make_passphrase(passphrase);
    remember("passphrase", passphrase, 23);
    cr_assert_eq(pith_open(home, true, &pith, NULL), PITH_OK);
    cr_assert_eq(pith_import(pith, lines, length, 0, &report, NULL), PITH_OK);
    cr_assert_eq(pith_create_profile(pith, passphrase, 23, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, passphrase, 23, 0, NULL), PITH_OK);
    remember("profile key", vault_key_bytes(profile_key(pith->profile)), VAULT_KEY);
    make_key(pith, PITH_RECOVERY_CODE, "recovery code");
    make_key(pith, PITH_KEY_FILE, "key file");
    make_key(pith, PITH_TOKEN, "token");
    struct pith_vote vote = {.paper = testing_paper_key(0), .verdict = 1, .day = testing_day(5)};
    struct pith_rank_request request = {.size = sizeof request, .first = PITH_NO_DAY, .last = PITH_NO_DAY, .remember = true};
    struct pith_ranking *ranking;
    cr_assert_eq(pith_record(pith, &vote, 1, NULL, NULL), PITH_OK);
    cr_assert_eq(pith_rank(pith, &request, &ranking, NULL), PITH_OK);
    pith_ranking_free(ranking);
    explicit_bzero(passphrase, sizeof passphrase);
    pith_close(pith);
    free(lines);
}

Test(secrets, none_is_left_in_memory_or_files)
{
    const char *home = testing_folder();
    use_profile(home);
    cr_assert_eq(count, 5);
    cr_expect_eq(search_files(home), 0);
    cr_expect_eq(search_memory(), 0);
}

Test(secrets, the_search_finds_what_is_there)
{
    char planted[24];
    make_passphrase(planted);
    remember("planted", planted, 23);
    cr_expect_eq(find(&needles[0], (unsigned char *)planted, sizeof planted), 1);
    cr_expect_eq(find(&needles[0], (unsigned char *)planted + 1, sizeof planted - 1), 0);
    cr_expect_geq(search_memory(), 1, "it stands on the stack");
    char *heap = strdup(planted);
    explicit_bzero(planted, sizeof planted);
    cr_expect_geq(search_memory(), 1, "it stands on the heap");
    explicit_bzero(heap, strlen(heap));
    free(heap);
    cr_expect_eq(search_memory(), 0, "it is wiped");
}
