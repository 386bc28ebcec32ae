#include "engine/profile/vote_event.h"

#include "engine/crypto/vault.h"

#include <stdlib.h>
#include <string.h>

enum { STARTS_BATCH = 1, PAIR = 2, VERDICT_SHIFT = 2, VERDICT_BITS = 3, NAMED = 16, SHELF = 32 };

static void wipe_text(char *text)
{
    if (text)
        vault_wipe(text, strlen(text));
    free(text);
}

void vote_event_clear(struct vote_event *event)
{
    wipe_text(event->paper);
    wipe_text(event->loser);
    *event = (struct vote_event){0};
}

void vote_event_put(struct bytes *bytes, const struct vote_event *event)
{
    bool shelf = verdict_is_of_shelf(event->verdict);
    unsigned verdict = (unsigned)(shelf ? event->verdict - VERDICT_DONE : event->verdict + 1);
    unsigned flags = (event->starts_batch ? STARTS_BATCH : 0U) | (event->loser ? PAIR : 0U) | (event->name ? NAMED : 0U) |
                     (shelf ? SHELF : 0U) | verdict << VERDICT_SHIFT;
    bytes_put_u8(bytes, (uint8_t)flags);
    bytes_put_u32(bytes, (uint32_t)event->day);
    if (event->name)
        bytes_put_u64(bytes, event->name);
    bytes_put_string(bytes, event->paper, strlen(event->paper));
    if (event->loser)
        bytes_put_string(bytes, event->loser, strlen(event->loser));
}

bool vote_event_get(struct bytes_reader *reader, unsigned version, struct vote_event *ret_event)
{
    unsigned flags = bytes_get_u8(reader),
             known = STARTS_BATCH | PAIR | VERDICT_BITS << VERDICT_SHIFT | (version > 1 ? NAMED : 0U) | (version > 2 ? SHELF : 0U);
    int verdict = (int)(flags >> VERDICT_SHIFT & VERDICT_BITS);
    if (flags & SHELF && (verdict > VERDICT_LATER - VERDICT_DONE || flags & PAIR))
        reader->failed = true;
    *ret_event = (struct vote_event){.starts_batch = flags & STARTS_BATCH,
                                     .verdict = (enum profile_verdict)(flags & SHELF ? VERDICT_DONE + verdict : verdict - 1)};
    ret_event->day = (int32_t)bytes_get_u32(reader);
    ret_event->name = flags & NAMED ? bytes_get_u64(reader) : 0;
    ret_event->paper = bytes_take_string(reader);
    ret_event->loser = flags & PAIR ? bytes_take_string(reader) : NULL;
    if (!reader->failed && !(flags & ~known) && ret_event->paper && (ret_event->loser || !(flags & PAIR)))
        return true;
    vote_event_clear(ret_event);
    return false;
}
