#include "engine/base/bytes.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- helpers ---- */

/* A reader over a copy on the heap of just that size: AddressSanitizer then sees one byte too many. */
static struct bytes_reader read_copy(const void *data, size_t length, unsigned char **ret_copy)
{
    struct bytes_reader reader;
    *ret_copy = malloc(length ? length : 1);
    cr_assert_not_null(*ret_copy);
    if (length)
        memcpy(*ret_copy, data, length);
    bytes_reader_init(&reader, length ? *ret_copy : *ret_copy + 1, length);
    return reader;
}

static uint64_t read_varint(const void *data, size_t length, bool *ret_failed, size_t *ret_used)
{
    PITH_AUTO(pith_free_p) unsigned char *copy = NULL;
    struct bytes_reader reader = read_copy(data, length, &copy);
    const unsigned char *start = reader.at;
    uint64_t value = bytes_get_varint(&reader);
    *ret_failed = reader.failed;
    *ret_used = (size_t)(reader.at - start);
    return value;
}

static void expect_varint(uint64_t value, size_t length)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    bool failed;
    size_t used;
    bytes_init(&bytes, 16);
    bytes_put_varint(&bytes, value);
    cr_expect_eq(bytes.length, length, "%llu takes %zu bytes", (unsigned long long)value, bytes.length);
    uint64_t got = read_varint(bytes.data, bytes.length, &failed, &used);
    cr_expect(got == value && !failed && used == length, "%llu came back as %llu", (unsigned long long)value,
              (unsigned long long)got);
    for (size_t cut = 0; cut < length; cut++) {
        cr_expect_eq(read_varint(bytes.data, cut, &failed, &used), 0);
        cr_expect(failed, "%llu cut to %zu bytes was read", (unsigned long long)value, cut);
    }
}

/* ---- varints ---- */

Test(bytes, varints_at_every_change_of_length_come_back)
{
    expect_varint(0, 1);
    for (unsigned seven = 1; seven <= 9; seven++) {
        uint64_t limit = UINT64_C(1) << 7 * seven;
        expect_varint(limit - 1, seven);
        expect_varint(limit, seven + 1);
        expect_varint(limit + 1, seven + 1);
    }
    expect_varint(UINT32_MAX, 5);
    expect_varint(UINT64_MAX, 10);
}

Test(bytes, a_varint_past_64_bits_is_refused)
{
    unsigned char raw[12];
    bool failed;
    size_t used;
    memset(raw, 0x80, sizeof raw);
    raw[9] = 1;
    cr_expect_eq(read_varint(raw, 10, &failed, &used), UINT64_C(1) << 63);
    cr_expect_not(failed);
    raw[9] = 2; /* bit 64 */
    cr_expect_eq(read_varint(raw, 10, &failed, &used), 0);
    cr_expect(failed);
    raw[9] = 0x81; /* an eleventh byte, though it adds nothing */
    raw[10] = 0;
    cr_expect_eq(read_varint(raw, 11, &failed, &used), 0);
    cr_expect(failed);
}

/* ---- fixed widths ---- */

Test(bytes, integers_are_little_endian)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    struct bytes_reader reader;
    bytes_init(&bytes, 100);
    bytes_put_u8(&bytes, 0xFE);
    bytes_put_u32(&bytes, 0x89ABCDEF);
    bytes_put_u64(&bytes, UINT64_C(0xFEDCBA9876543210));
    cr_assert_eq(bytes.length, 13);
    cr_expect_arr_eq(bytes.data, "\xFE\xEF\xCD\xAB\x89\x10\x32\x54\x76\x98\xBA\xDC\xFE", 13);
    bytes_reader_init(&reader, bytes.data, bytes.length);
    cr_expect_eq(bytes_get_u8(&reader), 0xFE);
    cr_expect_eq(bytes_get_u32(&reader), 0x89ABCDEF);
    cr_expect_eq(bytes_get_u64(&reader), UINT64_C(0xFEDCBA9876543210));
    cr_expect(!reader.failed && reader.at == reader.end);
}

Test(bytes, numbers_come_back_to_the_bit)
{
    const double wide[] = {0.0,       -0.0,          1.0 / 3,   5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, INFINITY,
                           -INFINITY, nan("0x1234"), -nan("1"), 0.1};
    const float narrow[] = {0.0F, -0.0F, 1.0F / 3, 1e-45F, 3.4028234e38F, INFINITY, nanf("0x12")};
    PITH_AUTO(bytes_clear) struct bytes bytes;
    struct bytes_reader reader;
    bytes_init(&bytes, 1000);
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        bytes_put_double(&bytes, wide[i]);
    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
        bytes_put_float(&bytes, narrow[i]);
    bytes_reader_init(&reader, bytes.data, bytes.length);
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        double got = bytes_get_double(&reader);
        cr_expect_arr_eq(&got, &wide[i], sizeof got, "double %zu", i);
    }
    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++) {
        float got = bytes_get_float(&reader);
        cr_expect_arr_eq(&got, &narrow[i], sizeof got, "float %zu", i);
    }
    cr_expect(!reader.failed && reader.at == reader.end);
}

/* ---- strings and counts ---- */

Test(bytes, strings_are_borrowed_with_their_nul_bytes)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    struct bytes_reader reader;
    size_t length = 99;
    bytes_init(&bytes, 1000);
    bytes_put_string(&bytes, "a\0b", 3);
    bytes_put_string(&bytes, "", 0);
    bytes_reader_init(&reader, bytes.data, bytes.length);
    const char *text = bytes_get_string(&reader, &length);
    cr_expect(length == 3 && memcmp(text, "a\0b", 3) == 0 && (const unsigned char *)text == bytes.data + 1);
    bytes_get_string(&reader, &length);
    cr_expect(length == 0 && !reader.failed);
}

Test(bytes, a_string_longer_than_what_is_left_is_none)
{
    static const struct {
        const char *raw;
        size_t length;
    } bad[] = {{"", 0},
               {"\4abc", 4},
               {"\x7F", 1},
               {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"
                "ab",
                12}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        PITH_AUTO(pith_free_p) unsigned char *copy = NULL;
        struct bytes_reader reader = read_copy(bad[i].raw, bad[i].length, &copy);
        size_t length = 99;
        cr_expect_str_eq(bytes_get_string(&reader, &length), "", "case %zu", i);
        cr_expect(length == 0 && reader.failed, "case %zu", i);
    }
}

static size_t read_count(uint64_t count, size_t rest, size_t each, bool *ret_failed)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    struct bytes_reader reader;
    bytes_init(&bytes, 1000);
    bytes_put_varint(&bytes, count);
    for (size_t i = 0; i < rest; i++)
        bytes_put_u8(&bytes, 0);
    bytes_reader_init(&reader, bytes.data, bytes.length);
    size_t got = bytes_get_count(&reader, each);
    *ret_failed = reader.failed;
    return got;
}

Test(bytes, a_count_is_no_larger_than_the_rest_can_hold)
{
    bool failed;
    cr_expect_eq(read_count(3, 12, 4, &failed), 3);
    cr_expect_not(failed);
    cr_expect_eq(read_count(3, 11, 4, &failed), 0);
    cr_expect(failed);
    cr_expect_eq(read_count(0, 0, 4, &failed), 0);
    cr_expect_not(failed);
    cr_expect_eq(read_count(UINT64_MAX, 40, 4, &failed), 0, "a product that wraps around");
    cr_expect(failed);
    cr_expect_eq(read_count((UINT64_C(1) << 62) + 1, 40, 4, &failed), 0, "a product that wraps around to 4");
    cr_expect(failed);
    cr_expect_eq(read_count(5, 5, 0, &failed), 5, "things of no size count as one byte");
    cr_expect_not(failed);
    cr_expect_eq(read_count(6, 5, 0, &failed), 0);
    cr_expect(failed);
}

/* ---- failing ---- */

Test(bytes, once_failed_a_reader_gives_nothing_more)
{
    struct bytes_reader reader;
    size_t length = 99;
    bytes_reader_init(&reader, "\x01\x02\x03", 3);
    cr_expect_eq(bytes_get_u32(&reader), 0);
    cr_assert(reader.failed);
    cr_expect_eq(bytes_get_u8(&reader), 0, "three bytes are left, but what they mean is not known any more");
    cr_expect_eq(bytes_get_varint(&reader), 0);
    cr_expect_eq(bytes_get_count(&reader, 1), 0);
    cr_expect_eq(bytes_get_u64(&reader), 0);
    cr_expect_eq(bytes_get_double(&reader), 0.0);
    cr_expect_null(bytes_get(&reader, 0));
    cr_expect_str_eq(bytes_get_string(&reader, &length), "");
    cr_expect(length == 0 && reader.failed);
}

Test(bytes, reading_nothing_fails_only_when_something_is_asked_for)
{
    struct bytes_reader reader;
    bytes_reader_init(&reader, NULL, 0);
    cr_expect_not_null(bytes_get(&reader, 0));
    cr_expect_not(reader.failed);
    cr_expect_eq(bytes_get_u8(&reader), 0);
    cr_expect(reader.failed);
}

Test(bytes, a_writer_takes_its_maximum_and_not_a_byte_more)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    struct pith_error error = {0};
    bytes_init(&bytes, 20);
    bytes_put(&bytes, "0123456789012345678", 19);
    bytes_put_u8(&bytes, 'x');
    cr_expect_eq(bytes_done(&bytes, &error), PITH_OK);
    cr_expect(bytes.length == 20 && bytes.cap <= 20);
    bytes_put(&bytes, "", 0);
    cr_expect_eq(bytes_done(&bytes, &error), PITH_OK, "nothing more still fits");
    bytes_put_u8(&bytes, 'y');
    cr_expect_eq(bytes_done(&bytes, &error), PITH_NOMEM);
    cr_expect_eq(error.status, PITH_NOMEM);
    cr_expect_not_null(strstr(error.message, "20 bytes"));
    cr_expect_eq(bytes.length, 20);
}

Test(bytes, a_put_that_failed_stops_those_after_it)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    bytes_init(&bytes, 4);
    bytes_put_u8(&bytes, 'a');
    bytes_put_u64(&bytes, 1);
    bytes_put_u8(&bytes, 'b'); /* would fit */
    cr_expect(bytes.failed && bytes.length == 1 && bytes.data[0] == 'a');
    bytes_clear(&bytes);
    cr_expect(!bytes.failed && bytes.length == 0 && bytes.max == 4, "cleared, it is as new");
    bytes_put_u8(&bytes, 'c');
    volatile size_t huge = SIZE_MAX; /* with the byte that is there the sum is 0 */
    bytes_put(&bytes, "", huge);
    cr_expect_eq(bytes_done(&bytes, NULL), PITH_NOMEM);
}
