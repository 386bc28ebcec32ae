#include "engine/profile/settings.h"

enum { VERSION = 1, MOST_LIKES = 100, MOST_PAPERS = 200, MOST_COST = 100, MOST_EXPLORE = 2, MOST_MISSED = 20 };

struct pith_settings settings_default(void)
{
    return (struct pith_settings){
        .mail = true, .likes = 5, .most = 12, .explore = 1, .missed = 3, .announce = PITH_NEW | PITH_CROSS};
}

enum pith_status settings_check(const struct pith_settings *settings, struct pith_error *reterr)
{
    if (!(settings->likes > 0 && settings->likes <= MOST_LIKES))
        return pith_fail(reterr, PITH_USAGE, "the likes expected of a digest are more than 0 and at most %d", MOST_LIKES);
    if (settings->most < 1 || settings->most > MOST_PAPERS)
        return pith_fail(reterr, PITH_USAGE, "a digest has at most 1 to %d papers", MOST_PAPERS);
    if (!(settings->cost >= 0 && settings->cost <= MOST_COST))
        return pith_fail(reterr, PITH_USAGE, "an interruption costs 0 to %d missed likes", MOST_COST);
    if (settings->explore > MOST_EXPLORE)
        return pith_fail(reterr, PITH_USAGE, "a digest has 0 to %d papers to explore", MOST_EXPLORE);
    if (settings->missed > MOST_MISSED)
        return pith_fail(reterr, PITH_USAGE, "a digest has 0 to %d papers that were missed", MOST_MISSED);
    if (settings->announce & ~(unsigned)(PITH_NEW | PITH_CROSS | PITH_REPLACED))
        return pith_fail(reterr, PITH_USAGE, "papers are announced as new, cross-listed or replaced");
    return PITH_OK;
}

enum pith_status settings_write(const struct pith_settings *settings, struct bytes *bytes, struct pith_error *reterr)
{
    bytes->length = 0;
    bytes_put_u8(bytes, VERSION);
    bytes_put_u8(bytes, settings->mail);
    bytes_put_double(bytes, settings->likes);
    bytes_put_double(bytes, settings->cost);
    bytes_put_varint(bytes, settings->most);
    bytes_put_varint(bytes, settings->explore);
    bytes_put_varint(bytes, settings->missed);
    bytes_put_varint(bytes, settings->announce);
    return bytes_done(bytes, reterr);
}

/* A number that no setting has stands for one that is too large. */
static unsigned get_number(struct bytes_reader *reader)
{
    uint64_t number = bytes_get_varint(reader);
    return number < UINT32_MAX ? (unsigned)number : UINT32_MAX;
}

enum pith_status settings_read(const struct bytes *bytes, struct pith_settings *ret_settings, struct pith_error *reterr)
{
    struct pith_settings read = {0};
    struct bytes_reader reader;
    bytes_reader_init(&reader, bytes->length ? bytes->data : (const unsigned char *)"", bytes->length);
    bool known = bytes_get_u8(&reader) == VERSION;
    read.mail = bytes_get_u8(&reader);
    read.likes = bytes_get_double(&reader);
    read.cost = bytes_get_double(&reader);
    read.most = get_number(&reader);
    read.explore = get_number(&reader);
    read.missed = get_number(&reader);
    read.announce = get_number(&reader);
    if (!known || reader.failed || reader.at != reader.end || settings_check(&read, NULL))
        return pith_fail(reterr, PITH_CORRUPT, "the settings are damaged, or of a newer pith");
    *ret_settings = read;
    return PITH_OK;
}
