/* random: numbers that look drawn and are the same for the same seed. */
#ifndef PITH_MODELS_RANDOM_H
#define PITH_MODELS_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state; /* the seed, to begin with */
};

uint64_t random_next(struct random *random);
double random_uniform(struct random *random); /* from 0 to below 1 */
double random_normal(struct random *random);  /* mean 0, variance 1 */

#endif
