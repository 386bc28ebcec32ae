#include "api/rate_limit.h"

#include <pith/pith.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 16384, SALT = 16, LONGEST = 256 };

struct bucket {
    double left;
    int64_t at; /* when that was so */
};
struct rate_limit {
    pthread_mutex_t lock;
    double rate, most;
    unsigned char salt[SALT]; /* so that nobody can choose whom to share a bucket with */
    struct bucket bucket[BUCKETS];
};

enum pith_status rate_limit_new(double rate, double most, struct rate_limit **ret_limits, struct pith_error *reterr)
{
    struct rate_limit *limits = pith_calloc(1, sizeof *limits);
    if (!limits)
        return pith_no_memory(reterr);
    pthread_mutex_init(&limits->lock, NULL);
    limits->rate = rate;
    limits->most = most;
    pith_random(limits->salt, sizeof limits->salt);
    for (size_t i = 0; i < BUCKETS; i++)
        limits->bucket[i].left = most;
    *ret_limits = limits;
    return PITH_OK;
}

void rate_limit_free(struct rate_limit *limits)
{
    pthread_mutex_destroy(&limits->lock);
    free(limits);
}

static size_t bucket_of(const struct rate_limit *limits, const char *who, size_t length)
{
    unsigned char text[SALT + LONGEST];
    char hex[33];
    if (length > LONGEST)
        length = LONGEST;
    memcpy(text, limits->salt, SALT);
    memcpy(text + SALT, who, length);
    pith_fingerprint(text, SALT + length, hex);
    explicit_bzero(text, sizeof text); /* it may have been a token */
    hex[8] = '\0';
    return strtoul(hex, NULL, 16) % BUCKETS;
}

bool rate_limit_take(struct rate_limit *limits, const char *who, size_t length, int64_t milliseconds)
{
    if (limits->rate <= 0)
        return true;
    size_t place = bucket_of(limits, who, length);
    pthread_mutex_lock(&limits->lock);
    struct bucket *bucket = &limits->bucket[place];
    if (milliseconds > bucket->at) {
        bucket->left += (double)(milliseconds - bucket->at) / 1000 * limits->rate;
        if (bucket->left > limits->most)
            bucket->left = limits->most;
        bucket->at = milliseconds;
    }
    bool good = bucket->left >= 1;
    if (good)
        bucket->left -= 1;
    pthread_mutex_unlock(&limits->lock);
    return good;
}
