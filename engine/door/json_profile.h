/* json_profile: the learned profile and votes as JSON, as FORMAT.md documents them. With json, all that the engine knows of JSON. */
#ifndef PITH_ENGINE_DOOR_JSON_PROFILE_H
#define PITH_ENGINE_DOOR_JSON_PROFILE_H

#include "engine/learning/model.h"
#include "engine/profile/profile.h"

struct json_profile {
    struct model *model; /* NULL: none was fitted yet */
    struct profile_vote *vote;
    size_t votes;
    struct profile_pair *pair;
    size_t pairs;
    struct profile_vote *shelf; /* set aside to be read; their verdicts are VERDICT_LATER */
    size_t shelved;
};
void json_profile_clear(struct json_profile *profile); /* frees; for PITH_AUTO */

/* One object; borrowed values. malloc'ed. */
enum pith_status json_profile_write(const struct json_profile *profile, char **ret_json, struct pith_error *reterr);
/* PITH_INPUT with line and column, or the member that is wrong. */
enum pith_status json_profile_read(const char *json, size_t length, struct json_profile *ret_profile, struct pith_error *reterr);

/* A line {"id","vote":"up|down|none|later|done","date"}: *ret_day is `today` without a date. PITH_INPUT says what is wrong with it. */
enum pith_status json_vote_read(const char *line, size_t length, int32_t today, char key[PAPER_KEY_SIZE],
                                enum profile_verdict *ret_verdict, int32_t *ret_day, struct pith_error *reterr);

#endif
