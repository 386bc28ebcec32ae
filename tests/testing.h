/* testing: what suites share. Paths to test data, files read whole, throw-away folders. Aborts on failure: tests only. */
#ifndef PITH_TESTING_H
#define PITH_TESTING_H

#include <stddef.h>

/* Path of a file under tests/data; static buffers, eight at a time. */
const char *testing_data(const char *name);
/* Path of a file under the folder of shared real data beside the project, or NULL when it is absent: then
 * `cr_skip("needs ../shared/…")`. */
const char *testing_shared(const char *name);
/* A file whole, NUL-terminated, malloc'ed. */
char *testing_read(const char *path, size_t *ret_length);
/* A new empty folder, removed with all in it when the process ends; static buffers, eight at a time. */
const char *testing_folder(void);

#endif
