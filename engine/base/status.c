#include <pith/status.h>
#include <pith/version.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum pith_status pith_fail(struct pith_error *reterr, enum pith_status status, const char *format, ...)
{
    if (reterr) {
        va_list arguments;
        va_start(arguments, format);
        int length = vsnprintf(reterr->message, sizeof reterr->message, format, arguments);
        va_end(arguments);
        reterr->status = status;
        if (length >= (int)sizeof reterr->message) { /* cut: do not end inside a UTF-8 character */
            size_t end = sizeof reterr->message - 1;
            while (end > 0 && ((unsigned char)reterr->message[end - 1] & 0xC0) == 0x80)
                end--;
            if (end > 0 && ((unsigned char)reterr->message[end - 1] & 0x80))
                end--;
            reterr->message[end] = '\0';
        }
    }
    return status;
}

enum pith_status pith_no_memory(struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_NOMEM, "out of memory: close other programs, or give pith more memory, and try again");
}

const char *pith_status_name(enum pith_status status)
{
    switch (status) {
    case PITH_OK: return "ok";
    case PITH_USAGE: return "usage";
    case PITH_INPUT: return "input";
    case PITH_NOT_FOUND: return "not-found";
    case PITH_AMBIGUOUS: return "ambiguous";
    case PITH_EXISTS: return "exists";
    case PITH_LOCKED: return "locked";
    case PITH_CORRUPT: return "corrupt";
    case PITH_IO: return "io";
    case PITH_NOMEM: return "no-memory";
    }
    return "unknown";
}

void *pith_calloc(size_t count, size_t size)
{
    return calloc(count ? count : 1, size); /* calloc checks the product */
}

void *pith_recalloc(void *old, size_t count, size_t size)
{
    return reallocarray(old, count ? count : 1, size);
}

enum pith_status pith_grow(void *array, size_t *cap, size_t need, size_t size, size_t max, struct pith_error *reterr)
{
    if (need <= *cap)
        return PITH_OK;
    if (need > max)
        return pith_fail(reterr, PITH_NOMEM, "more than %zu items in one list", max);
    size_t room = *cap ? *cap * 2 : 16;
    if (room < need)
        room = need;
    if (room > max)
        room = max;
    void *old;
    memcpy(&old, array, sizeof old);
    void *new = pith_recalloc(old, room, size);
    if (!new)
        return pith_no_memory(reterr);
    memcpy(array, &new, sizeof new);
    *cap = room;
    return PITH_OK;
}

void pith_free(void *memory)
{
    free(memory);
}

const char *pith_version(void)
{
    return PITH_VERSION;
}

void pith_free_p(void *owner)
{
    void *memory;
    memcpy(&memory, owner, sizeof memory);
    free(memory);
    memset(owner, 0, sizeof memory);
}
