#include "api/room.h"

#include <pith/pith.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { TAKERS = 4096, SALT = 16, LONGEST = 256 };

struct room {
    pthread_mutex_t lock;
    unsigned char salt[SALT]; /* so that nobody can choose whom to share with */
    size_t most[2], taken[2]; /* of others, of those who proved themselves */
    size_t taker[2][TAKERS];
};

enum pith_status room_new(size_t proven, size_t others, struct room **ret_room, struct pith_error *reterr)
{
    struct room *room = pith_calloc(1, sizeof *room);
    if (!room)
        return pith_no_memory(reterr);
    pthread_mutex_init(&room->lock, NULL);
    pith_random(room->salt, sizeof room->salt);
    room->most[false] = others;
    room->most[true] = proven;
    *ret_room = room;
    return PITH_OK;
}

void room_free(struct room *room)
{
    pthread_mutex_destroy(&room->lock);
    free(room);
}

struct room_taker room_taker_of(const struct room *room, const char *who, size_t length, bool proven, size_t share)
{
    unsigned char text[SALT + LONGEST];
    char hex[33];
    if (length > LONGEST)
        length = LONGEST;
    memcpy(text, room->salt, SALT);
    memcpy(text + SALT, who, length);
    pith_fingerprint(text, SALT + length, hex);
    explicit_bzero(text, sizeof text); /* it may have been a token */
    hex[8] = '\0';
    return (struct room_taker){strtoul(hex, NULL, 16) % TAKERS, share, proven};
}

bool room_take(struct room *room, const struct room_taker *taker, size_t bytes)
{
    size_t *all = &room->taken[taker->proven], *mine = &room->taker[taker->proven][taker->place];
    pthread_mutex_lock(&room->lock);
    bool good = bytes <= room->most[taker->proven] - *all && *mine <= taker->share && bytes <= taker->share - *mine;
    if (good) {
        *mine += bytes;
        *all += bytes;
    }
    pthread_mutex_unlock(&room->lock);
    return good;
}

void room_give(struct room *room, const struct room_taker *taker, size_t bytes)
{
    pthread_mutex_lock(&room->lock);
    room->taker[taker->proven][taker->place] -= bytes;
    room->taken[taker->proven] -= bytes;
    pthread_mutex_unlock(&room->lock);
}
