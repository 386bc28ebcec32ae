#include "engine/sources/json_members.h"

#include <string.h>

enum { BEGINNING = 1 << 16 };

static uint32_t place_of(const char *name, size_t length, size_t depth)
{
    uint32_t hash = (uint32_t)depth;
    for (size_t i = 0; i < length && i < 24; i++)
        hash = hash * 31 + (unsigned char)name[i];
    return (hash ^ hash >> 10) % JSON_MEMBERS;
}

/* Where the member is, or would be. */
static size_t find(const struct json_members *members, const char *name, size_t length, size_t depth)
{
    size_t at = place_of(name, length, depth);
    const struct json_member *item = &members->item[at];
    while (item->name && (item->length != length || item->depth != depth || memcmp(item->name, name, length) != 0)) {
        at = (at + 1) % JSON_MEMBERS;
        item = &members->item[at];
    }
    return at;
}

static void put(struct json_members *members, const char *name, size_t length, size_t depth)
{
    if (depth > JSON_MEMBERS_DEPTH || members->count > JSON_MEMBERS / 2)
        return;
    struct json_member *item = &members->item[find(members, name, length, depth)];
    members->count += !item->name;
    *item = (struct json_member){name, (uint32_t)length, (uint32_t)depth};
}

/* The quote that ends a string; NULL when it is broken off. */
static const char *end_of_string(const char *at, const char *end)
{
    for (; at < end; at++) {
        if (*at == '"')
            return at;
        at += *at == '\\';
    }
    return NULL;
}

void json_members_look(const char *bytes, size_t length, struct json_members *members)
{
    const char *at = bytes, *end = bytes + (length < BEGINNING ? length : BEGINNING);
    size_t inside = 0;
    *members = (struct json_members){.bytes = bytes, .length = length};
    for (; at < end; at++) {
        if (*at == '{' || *at == '[') {
            inside++;
        } else if (*at == '}' || *at == ']') {
            inside -= inside > 0;
            if (!inside)
                return;
        } else if (*at == '"') {
            const char *name = at + 1, *stop = end_of_string(name, end);
            if (!stop)
                return;
            at = stop;
            while (stop + 1 < end && memchr(" \t\r\n", stop[1], 4))
                stop++;
            if (stop + 1 < end && stop[1] == ':')
                put(members, name, (size_t)(at - name), inside);
        }
    }
}

bool json_members_have(const struct json_members *members, const char *name, size_t depth)
{
    return members->item[find(members, name, strlen(name), depth)].name != NULL;
}
