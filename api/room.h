/* room: how much of memory the bodies that are being received may take, and who may take how much of it: so that half-sent ones of some
 * hold up nobody else's. Those who proved who they are have most of it to themselves; of either part nobody has more than a share. Safe
 * to use from several threads. */
#ifndef PITH_API_ROOM_H
#define PITH_API_ROOM_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

struct room;

enum pith_status room_new(size_t proven, size_t others, struct room **ret_room, struct pith_error *reterr); /* bytes of each part */
void room_free(struct room *room);
PITH_CLEANUP(struct room, room_free);

/* Who takes it, and how many bytes they may have at a time. Known by a hash; two that share one have one share. */
struct room_taker {
    size_t place, share;
    bool proven;
};
/* `who`: a token that proved itself, or an address. */
struct room_taker room_taker_of(const struct room *room, const char *who, size_t length, bool proven, size_t share);
/* False when so many more bytes are not to be had. */
bool room_take(struct room *room, const struct room_taker *taker, size_t bytes);
void room_give(struct room *room, const struct room_taker *taker, size_t bytes);

#endif
