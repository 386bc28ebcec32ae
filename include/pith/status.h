/* status: how every function says what went wrong, and the few helpers that own memory.
 *
 * The floor everybody stands on: includes nothing of the project.
 *
 * Conventions, everywhere in pith:
 *  - a function that can fail returns enum pith_status and takes `struct pith_error *reterr` last (NULL allowed);
 *  - `T **ret_x` hands over ownership; a returned pointer is borrowed; results are untouched on failure;
 *  - a status is passed up unchanged: the message nearest the cause is the one the user reads.
 */
#ifndef PITH_STATUS_H
#define PITH_STATUS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pith_status {
    PITH_OK = 0,
    PITH_USAGE,     /* the caller asked for something that makes no sense: an argument to correct */
    PITH_INPUT,     /* data handed in (a file, a request body) cannot be used */
    PITH_NOT_FOUND, /* what was named does not exist */
    PITH_AMBIGUOUS, /* what was named could be several things; nothing was guessed */
    PITH_EXISTS,    /* what was to be created is there already */
    PITH_LOCKED,    /* no key, or the wrong one */
    PITH_CORRUPT,   /* stored data failed its integrity check */
    PITH_IO,        /* the disk, the database or the system refused */
    PITH_NOMEM,     /* out of memory, or past a stated limit */
};

/* What went wrong, in a sentence for the person at the other end. No secret ever stands in it. */
struct pith_error {
    enum pith_status status;
    char message[512];
};

/* Fills *reterr (when not NULL) and returns `status`: `return pith_fail(reterr, PITH_INPUT, "line %zu: …", n);`
 * A message longer than the buffer is cut on a character boundary. */
enum pith_status pith_fail(struct pith_error *reterr, enum pith_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* pith_fail for an allocation that failed: PITH_NOMEM, in one sentence for all of them. */
enum pith_status pith_no_memory(struct pith_error *reterr);

/* The status's name in lower case, for logs and JSON: "ok", "usage", "input", … */
const char *pith_status_name(enum pith_status status);

/* Memory. count*size is checked; NULL on overflow or exhaustion. Zeroed. Free with free(). */
void *pith_calloc(size_t count, size_t size);
/* As realloc, for arrays: NULL leaves `old` as it was. New bytes are not zeroed. */
void *pith_recalloc(void *old, size_t count, size_t size);
/* Grows `*array` (of `size`-byte elements, capacity *cap) to hold `need` elements, at least doubling, never past `max`
 * elements. PITH_NOMEM past the maximum or when memory is out. */
enum pith_status pith_grow(void *array, size_t *cap, size_t need, size_t size, size_t max, struct pith_error *reterr);

/* Scope ends lifetimes: `AUTO(pith_free_p) char *text = NULL;` runs the cleanup on every way out;
 * `*ret_text = TAKE(text);` hands over and leaves NULL behind.
 * PITH_CLEANUP(store, store_close) defines store_close_p for `AUTO(store_close_p) struct store *s`. */
#define PITH_AUTO(cleanup_function) __attribute__((cleanup(cleanup_function)))
#define PITH_TAKE(owner)                                                                                                           \
    __extension__({                                                                                                                \
        __typeof__(owner) taken_ = (owner);                                                                                        \
        (owner) = NULL;                                                                                                            \
        taken_;                                                                                                                    \
    })
#define PITH_CLEANUP(type, function)                                                                                               \
    static inline void function##_p(type **owner)                                                                                  \
    {                                                                                                                              \
        if (*owner) {                                                                                                              \
            function(*owner);                                                                                                      \
            *owner = NULL;                                                                                                         \
        }                                                                                                                          \
    }                                                                                                                              \
    struct pith_cleanup_needs_a_semicolon

/* Frees a string or an array that the library handed out; NULL is allowed. */
void pith_free(void *memory);
/* For PITH_AUTO on anything from malloc: frees and sets the pointer at `owner` to NULL. */
void pith_free_p(void *owner);

#ifdef __cplusplus
}
#endif

#endif
