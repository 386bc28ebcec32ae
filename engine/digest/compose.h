/* compose: a digest: what a reader is to be told on a day, composed from listings, the fitted taste and what was mailed before. Keeps nothing.
 *
 * - Which days: "for you" is chosen from the newest listing day up to the digest's own that no digest before it covered, if it is at most
 *   DIGEST_REACH days back; "you may have missed" from those before it that none covered, or that were incomplete then.
 * - Which papers: none that was in a kept digest or voted on, and no duplicate of one that was mailed. A paper was missed when it
 *   would have stood in "for you" today.
 * - How many: "for you" ends where `likes` are to be expected, at `most` at the latest. Without votes it is the listing's order by
 *   popularity, alone.
 * - Exploring: each pick is the best paper not listed yet under a taste drawn from the posterior (learner_draw), seeded by the votes
 *   and the day: what may be liked, by what is not known yet.
 * - When to stay silent: the chance that "for you" holds a liked paper is 1 - Π(1 - p). It is held back where that is below
 *   cost / (1 + cost): interrupting for nothing costs `cost`, keeping a liked paper back costs 1, and there both weigh the same
 *   (cost-sensitive selective intervention, as in "PRISM: Festina Lente Proactivity"). */
#ifndef PITH_ENGINE_DIGEST_COMPOSE_H
#define PITH_ENGINE_DIGEST_COMPOSE_H

#include "engine/learning/learner.h"
#include "engine/learning/model.h"
#include "engine/profile/answers.h"
#include "engine/profile/digest_log.h"
#include "engine/profile/profile.h"
#include "engine/store/store.h"

enum { DIGEST_REACH = 14 /* days back */ };

struct digest_request {
    struct store *store;
    struct profile *profile;
    const struct model *model;     /* NULL: nothing is learnt yet */
    const struct learner *learner; /* to draw tastes from; NULL: no exploring */
    const struct pith_settings *settings;
    const struct digest_log *log;
    const struct answers *answers; /* to mails of earlier days */
    int32_t day;
    int64_t time;
};
/* Its state is OPEN, HELD or OFF. */
enum pith_status digest_compose(const struct digest_request *request, struct digest_kept *ret_kept, struct pith_error *reterr);

#endif
