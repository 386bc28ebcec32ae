/* Runs a fuzz target over a corpus without libFuzzer: replay FOLDER INPUTS
 *
 * Every file whole, then every truncation and every flip of one bit of each small file, in an order that never changes. A file
 * with more of these than its share of INPUTS has every second, third, … one tried. An empty or missing folder fails. */
#include "tests/fuzz/fuzz.h"

#include "tests/lib/testing.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL = 8192, FEWEST = 64 };

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static char current[512]; /* the input being run, for who looks into a failure */
static size_t inputs;

static void name_input(void)
{
    fprintf(stderr, "input: %s\n", current);
}

static void on_abort(int number)
{
    name_input();
    signal(number, SIG_DFL);
}

/* On memory of just that size, so that AddressSanitizer sees a byte read past the end. */
static void run(const unsigned char *bytes, size_t length)
{
    unsigned char *copy = malloc(length ? length : 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, length);
    HOLDS(LLVMFuzzerTestOneInput(length ? copy : copy + 1, length) == 0);
    HOLDS(memcmp(copy, bytes, length) == 0); /* an input is read, never written */
    free(copy);
    inputs++;
}

/* Change number `change` of a file: a truncation to that length, then the flips. */
static void run_changed(const char *name, unsigned char *bytes, size_t length, size_t change)
{
    if (change < length) {
        snprintf(current, sizeof current, "%s cut to %zu bytes", name, change);
        run(bytes, change);
        return;
    }
    size_t at = (change - length) / 8, bit = (change - length) % 8;
    snprintf(current, sizeof current, "%s with bit %zu of byte %zu flipped", name, bit, at);
    bytes[at] ^= (unsigned char)(1U << bit);
    run(bytes, length);
    bytes[at] ^= (unsigned char)(1U << bit);
}

static void replay_file(const char *folder, const char *name, size_t share)
{
    char path[512];
    size_t length;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(current, sizeof current, "%s", name);
    unsigned char *bytes = (unsigned char *)testing_read(path, &length);
    run(bytes, length);
    size_t changes = length <= SMALL ? 9 * length : 0, step = changes / share + 1;
    for (size_t change = 0; change < changes; change += step)
        run_changed(name, bytes, length, change);
    free(bytes);
}

static int is_seed(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct dirent **file = NULL;
    int files = argc == 3 ? scandir(argv[1], &file, is_seed, alphasort) : -1;
    if (files <= 0) {
        fprintf(stderr, "usage: replay FOLDER INPUTS, with files in the folder\n");
        return 2;
    }
    signal(SIGABRT, on_abort);
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(name_input);
    size_t share = strtoul(argv[2], NULL, 10) / (size_t)files;
    for (int i = 0; i < files; i++) {
        replay_file(argv[1], file[i]->d_name, share > FEWEST ? share : FEWEST);
        free(file[i]);
    }
    free(file);
    printf("%d files, %zu inputs\n", files, inputs);
    return 0;
}
