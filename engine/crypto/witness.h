/* witness: what the head of a profile was when last seen, in a small file kept elsewhere, so that an older store put back shows.
 *
 * A line a profile: "pith-witness 1", the profile's id, the head's counter and its tag in hex. Nothing in it is secret. */
#ifndef PITH_ENGINE_CRYPTO_WITNESS_H
#define PITH_ENGINE_CRYPTO_WITNESS_H

#include <pith/status.h>

#include <stdint.h>

enum { WITNESS_ID = 16, WITNESS_TAG = 16 };

struct witness_head {
    unsigned char id[WITNESS_ID];
    int64_t counter;
    unsigned char tag[WITNESS_TAG];
};

/* PITH_CORRUPT when the file knows a later head of this profile, or another one of the same counter. A file or line that is not
 * there says nothing; PITH_INPUT for a file of another kind. */
enum pith_status witness_check(const char *path, const struct witness_head *head, struct pith_error *reterr);
/* Notes the head, on the disk when this returns. Other profiles' lines stay. */
enum pith_status witness_note(const char *path, const struct witness_head *head, struct pith_error *reterr);

#endif
