/* testing: what suites share. Paths to test data, files read whole, throw-away folders. Aborts on failure: tests only. */
#ifndef PITH_TESTS_LIB_TESTING_H
#define PITH_TESTS_LIB_TESTING_H

#include <pith/home.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Path of a file under tests/data; static buffers, eight at a time. */
const char *testing_data(const char *name);
/* Path of a file under the folder of shared real data beside the project, or NULL when it is absent: then
 * `cr_skip("needs ../shared/…")`. */
const char *testing_shared(const char *name);
/* A file whole, NUL-terminated, malloc'ed. */
char *testing_read(const char *path, size_t *ret_length);
/* A new empty folder, removed with all in it when the process ends; static buffers, eight at a time. */
const char *testing_folder(void);

/* An invented paper as a line of JSON: identifier arXiv:2401.NNNNN of its number, words of one topic among words of none, an
 * author and a category of the topic, listed on that day of January 2024. The same arguments, the same line. */
enum { TESTING_TOPICS = 4 };
void testing_paper(FILE *lines, unsigned number, unsigned topic, unsigned day);
/* Some of every topic: numbers 100 t, 100 t + 1, … are about topic t, listed in turn on days 1 to 4. malloc'ed. */
char *testing_papers(unsigned per_topic, size_t *ret_length);
/* "arxiv:2401.NNNNN"; static buffers, eight at a time. */
const char *testing_paper_key(unsigned number);
/* That day of January 2024, in days since 1970-01-01. */
int32_t testing_day(unsigned day);
/* Takes the signature off an export, which differs from profile to profile: what stays is one JSON object. */
void testing_take_signature_off(char *json);

/* An embedding over the invented papers' words, opened; stays until the process ends. One that knows gives the words of
 * each topic a direction of their own, so that a paper stands where its topic does; one that does not gives all words one place. */
struct embedding;
const struct embedding *testing_embedding(bool knows);
/* The embeddings that a suite works with, NULL at first: what comes with pith, and what a store learnt. */
extern const struct embedding *testing_shipped, *testing_own;
/* Writes it as a file. */
void testing_write_embedding(const char *path, bool knows);
/* A home that places its papers in testing_shipped. */
enum pith_status testing_open(const char *home, bool create, struct pith **ret_pith, struct pith_error *reterr);
/* What a suite learns by; NULL: as readers do. */
struct learner_hyperparameters;
extern const struct learner_hyperparameters *testing_hyperparameters;

#endif
