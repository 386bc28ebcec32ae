#include "api/target.h"

#include <stdbool.h>
#include <string.h>

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The length of the UTF-8 sequence at `at`, 0 when it is none (overlong, a surrogate, past U+10FFFF). */
static size_t sequence(const unsigned char *at)
{
    if (at[0] < 0x80)
        return 1;
    size_t length = at[0] >= 0xc2 && at[0] < 0xe0 ? 2 : (at[0] & 0xf0) == 0xe0 ? 3 : at[0] >= 0xf0 && at[0] < 0xf5 ? 4 : 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] >= 0xa0) || (at[0] == 0xf0 && at[1] < 0x90) ||
        (at[0] == 0xf4 && at[1] >= 0x90))
        return 0;
    return length;
}

bool target_is_text(const char *text, bool lines)
{
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        size_t length = sequence(at);
        bool blank = lines && (*at == '\n' || *at == '\r' || *at == '\t');
        if (!length || (*at < 0x20 && !blank) || *at == 0x7f)
            return false;
        at += length;
    }
    return true;
}

enum pith_status target_unescape(char *text, bool query, struct pith_error *reterr)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '%') {
            int high = hex_digit(from[1]), low = high < 0 ? -1 : hex_digit(from[2]);
            if (low < 0 || high * 16 + low == 0)
                return pith_fail(reterr, PITH_USAGE, "the address or form has a broken %% escape");
            *to++ = (char)(high * 16 + low);
            from += 2;
        } else {
            *to++ = query && *from == '+' ? ' ' : *from;
        }
    }
    *to = '\0';
    return PITH_OK;
}

static enum pith_status decode(char *text, bool query, struct pith_error *reterr)
{
    enum pith_status status = target_unescape(text, query, reterr);
    if (!status && !target_is_text(text, false))
        status = pith_fail(reterr, PITH_USAGE, "the address has bytes that are no UTF-8 text");
    return status;
}

static enum pith_status read_path(char *path, struct target *target, struct pith_error *reterr)
{
    if (*path != '/')
        return pith_fail(reterr, PITH_USAGE, "an address begins with /");
    for (char *at = path + 1; at;) {
        char *slash = strchr(at, '/');
        if (slash)
            *slash = '\0';
        if (target->segments == TARGET_SEGMENTS)
            return pith_fail(reterr, PITH_USAGE, "the address has more than %d parts", TARGET_SEGMENTS);
        enum pith_status status = decode(at, false, reterr);
        if (status)
            return status;
        target->segment[target->segments++] = at;
        at = slash ? slash + 1 : NULL;
    }
    return PITH_OK;
}

static enum pith_status read_query(char *query, struct target *target, struct pith_error *reterr)
{
    for (char *at = query; at && *at;) {
        char *next = strchr(at, '&');
        if (next)
            *next++ = '\0';
        char *equals = strchr(at, '=');
        if (equals)
            *equals = '\0';
        char *value = equals ? equals + 1 : at + strlen(at);
        enum pith_status status = decode(at, true, reterr);
        if (!status)
            status = decode(value, true, reterr);
        if (!status && target_parameter(target, at))
            status = pith_fail(reterr, PITH_USAGE, "the parameter %.40s is given twice", at);
        if (!status && target->parameters == TARGET_PARAMETERS)
            status = pith_fail(reterr, PITH_USAGE, "there are more than %d parameters", TARGET_PARAMETERS);
        if (status)
            return status;
        target->parameter[target->parameters++] = (struct parameter){at, value};
        at = next;
    }
    return PITH_OK;
}

enum pith_status target_read(const char *raw, struct target *ret_target, struct pith_error *reterr)
{
    size_t length = strlen(raw);
    if (length > TARGET_LONGEST)
        return pith_fail(reterr, PITH_USAGE, "the address is longer than %d bytes", TARGET_LONGEST);
    ret_target->segments = ret_target->parameters = 0;
    memcpy(ret_target->text, raw, length + 1);
    ret_target->text[length + 1] = '\0';
    char *question = strchr(ret_target->text, '?');
    if (question)
        *question++ = '\0';
    enum pith_status status = read_path(ret_target->text, ret_target, reterr);
    return status ? status : read_query(question, ret_target, reterr);
}

const char *target_parameter(const struct target *target, const char *name)
{
    for (size_t i = 0; i < target->parameters; i++)
        if (strcmp(target->parameter[i].name, name) == 0)
            return target->parameter[i].value;
    return NULL;
}
