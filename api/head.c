#include "api/head.h"

#include <string.h>
#include <strings.h>

/* RFC 9110, 5.6.2: what a name is made of. */
static bool is_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        bool letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (!letter && (!c || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return length > 0;
}

/* No control character but a tab. */
static bool is_value(const char *value, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)value[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* RFC 3986, 3.2.2 and 3.2.3: a host, and perhaps a port. */
static bool is_host(const char *value, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)value[i];
        bool letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (!letter && !strchr("-._~%!$&'()*+,;=:[]", c))
            return false;
    }
    return length > 0;
}

void head_begin(struct head_check *check, const char *method, const char *place, const char *raw, const char *version)
{
    size_t length = strlen(raw);
    *check = (struct head_check){
        .next = version + strlen(version) + 2, .old = strcmp(version, "HTTP/1.0") == 0, .moved = place == NULL};
    check->bad = !is_name(method, strlen(method)) || strchr(raw, ' ') || !is_value(raw, length) ||
                 (place && (place != method + strlen(method) + 1 || version != place + length + 1));
}

void head_field(struct head_check *check, const char *name, size_t name_size, const char *value, size_t size)
{
    bool host = name_size == 4 && strncasecmp(name, "Host", 4) == 0;
    check->bad = check->bad || (!check->moved && name != check->next) || !value || !is_name(name, name_size) ||
                 !is_value(value, size) || (host && !is_host(value, size));
    check->lengths += name_size == 14 && strncasecmp(name, "Content-Length", 14) == 0;
    check->chunks += name_size == 17 && strncasecmp(name, "Transfer-Encoding", 17) == 0;
    check->proofs += name_size == 13 && strncasecmp(name, "Authorization", 13) == 0;
    check->cookies += name_size == 6 && strncasecmp(name, "Cookie", 6) == 0;
    check->hosts += host;
    check->next = value ? value + size + 2 : NULL;
}

enum head head_end(struct head_check *check, const char *end)
{
    if (check->bad || (!check->moved && end && end != check->next + 2) || check->lengths > 1 || check->hosts > 1 ||
        check->proofs > 1 || check->cookies > 1 || (check->chunks && check->lengths) || (!check->hosts && !check->old))
        return HEAD_AMBIGUOUS;
    return check->chunks ? HEAD_CHUNKED : HEAD_GOOD;
}
