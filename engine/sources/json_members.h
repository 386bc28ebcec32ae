/* json_members: which members the objects at the beginning of a JSON file have, from one look: the formats in JSON are told by them. */
#ifndef PITH_ENGINE_SOURCES_JSON_MEMBERS_H
#define PITH_ENGINE_SOURCES_JSON_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_MEMBERS_DEPTH = 4, JSON_MEMBERS = 1024 };

struct json_members {
    const char *bytes; /* the file, from its first bracket on */
    size_t length, count;
    struct json_member {
        const char *name; /* within bytes, not ended; NULL: nothing here */
        uint32_t length, depth;
    } item[JSON_MEMBERS]; /* found by what they hash to */
};

/* Looks at the beginning, up to where its first value ends: the first record says what the file is. Linear; never fails. */
void json_members_look(const char *bytes, size_t length, struct json_members *members);

/* Whether an object in the beginning has this member, within so many brackets: 1 for {"name"}, 2 for [{"name"}], … up to
 * JSON_MEMBERS_DEPTH. */
bool json_members_have(const struct json_members *members, const char *name, size_t depth);

#endif
