/* fuzz: what the fuzz targets share. A target is one LLVMFuzzerTestOneInput, which says what must hold of any input;
 * replay.c calls it over a corpus, libFuzzer over what it thinks up. */
#ifndef PITH_TESTS_FUZZ_FUZZ_H
#define PITH_TESTS_FUZZ_FUZZ_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts, naming the fact, when it does not hold: in every build, unlike assert. */
#define HOLDS(fact) ((fact) ? (void)0 : fuzz_broken(#fact, __FILE__, __LINE__))
_Noreturn void fuzz_broken(const char *fact, const char *file, int line);

/* The status is one of two that the header promises, and a failure says something. */
void fuzz_failed_well(enum pith_status status, enum pith_status expected, const struct pith_error *error);

/* Valid UTF-8 as unicode_normalise leaves it: no control character, no blank at either end, no two in a row. */
bool fuzz_is_normal(const char *text);

/* A file of the corpora (under tests/data/fuzz), which a target needs itself; malloc'ed. */
unsigned char *fuzz_read_seed(const char *name, size_t *ret_length);

#endif
