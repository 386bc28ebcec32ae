#include "api/room.h"

#include <criterion/criterion.h>
#include <stdint.h>

static struct room *make(size_t proven, size_t others)
{
    struct room *room = NULL;
    cr_assert_eq(room_new(proven, others, &room, NULL), PITH_OK);
    return room;
}

Test(room, gives_nobody_more_than_a_share)
{
    PITH_AUTO(room_free_p) struct room *room = make(0, 100);
    const struct room_taker ann = room_taker_of(room, "ann", 3, false, 10), ben = room_taker_of(room, "ben", 3, false, 10);
    cr_expect(room_take(room, &ann, 4) && room_take(room, &ann, 6));
    cr_expect_not(room_take(room, &ann, 1));
    cr_expect(room_take(room, &ben, 10), "another has a share too");
    room_give(room, &ann, 4);
    cr_expect(room_take(room, &ann, 4) && !room_take(room, &ann, 1), "what was given back is there again");
    cr_expect_not(room_take(room, &(struct room_taker){ann.place, 5, false}, SIZE_MAX), "nor does a number turn over");
}

Test(room, keeps_apart_what_is_for_those_who_proved_themselves)
{
    PITH_AUTO(room_free_p) struct room *room = make(20, 10);
    const struct room_taker stranger = room_taker_of(room, "x", 1, false, 10), other = room_taker_of(room, "y", 1, false, 10),
                            reader = room_taker_of(room, "x", 1, true, 20);
    cr_expect(room_take(room, &stranger, 10));
    cr_expect_not(room_take(room, &other, 1), "all that strangers have");
    cr_expect(room_take(room, &reader, 20));
    cr_expect_not(room_take(room, &reader, 1));
    room_give(room, &stranger, 10);
    cr_expect(room_take(room, &other, 10));
}
