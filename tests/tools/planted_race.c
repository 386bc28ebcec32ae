/* What ThreadSanitizer must catch, run by planted_race.sh and never as a suite: two threads count without a lock, and two with one. */
#include <criterion/criterion.h>
#include <pthread.h>

enum { ROUNDS = 1000 };

struct count {
    pthread_mutex_t lock;
    bool locked;
    int value;
};

static void *add(void *user)
{
    struct count *count = user;
    for (int i = 0; i < ROUNDS; i++) {
        if (count->locked)
            pthread_mutex_lock(&count->lock);
        count->value++;
        if (count->locked)
            pthread_mutex_unlock(&count->lock);
    }
    return NULL;
}

static void count_in_two_threads(bool locked)
{
    struct count count = {.lock = PTHREAD_MUTEX_INITIALIZER, .locked = locked};
    pthread_t other;
    cr_assert_eq(pthread_create(&other, NULL, add, &count), 0);
    add(&count);
    pthread_join(other, NULL);
    cr_expect_leq(count.value, 2 * ROUNDS);
}

Test(race, with_a_lock)
{
    count_in_two_threads(true);
}

Test(race, without_a_lock)
{
    count_in_two_threads(false);
}
