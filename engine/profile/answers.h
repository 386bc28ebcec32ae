/* answers: what came of the last mails that answered digests, as the bytes that are sealed (FORMAT.md, "Answers"). Each is told once, in the next
 * digest. */
#ifndef PITH_ENGINE_PROFILE_ANSWERS_H
#define PITH_ENGINE_PROFILE_ANSWERS_H

#include "engine/base/bytes.h"
#include <pith/pith.h>

enum { ANSWERS_MOST = 16, ANSWERS_VOTES = 64, ANSWERS_FAULT = 240 /* bytes */ };

struct answer {
    int32_t digest; /* the day of the digest that was answered */
    int32_t told;   /* the day of the digest that tells of it; PITH_NO_DAY: none yet */
    size_t votes;   /* 0: it could not be used */
    struct {
        unsigned number;
        int verdict; /* 1 up, -1 down */
    } vote[ANSWERS_VOTES];
    char fault[ANSWERS_FAULT]; /* why it could not be used; "" when it was */
};
struct answers {
    struct answer item[ANSWERS_MOST]; /* the oldest first */
    size_t count;
};

/* PITH_CORRUPT for bytes that are none. No bytes: no answers. */
enum pith_status answers_read(const struct bytes *bytes, struct answers *ret_answers, struct pith_error *reterr);
/* `bytes` is cleared first. */
enum pith_status answers_write(const struct answers *answers, struct bytes *bytes, struct pith_error *reterr);
/* The oldest goes when there are too many. */
void answers_add(struct answers *answers, const struct answer *answer);
/* Whether the digest of this day tells of it. */
bool answers_is_told(const struct answer *answer, int32_t day);

#endif
