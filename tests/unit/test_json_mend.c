#include "engine/sources/json_mend.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

static char *mend(const char *text)
{
    PITH_AUTO(bytes_clear) struct bytes out;
    bytes_init(&out, 1 << 16);
    json_mend(text, strlen(text), &out);
    cr_assert_eq(bytes_done(&out, NULL), PITH_OK);
    return strndup((const char *)out.data, out.length);
}

Test(json_mend, makes_json_of_what_is_written_for_it)
{
    static const char *const rows[][2] = {
        {"{\"a\": NaN, \"b\": -Infinity, \"c\": None}", "{\"a\": null, \"b\": null, \"c\": null}"},
        {"{\"a\": 123456789012345678901, \"b\": 1e999}", "{\"a\": null, \"b\": null}"},
        {"\"half \\ud83d here\"", "\"half \\uFFFD here\""},
        {"\"late \\ude00\"", "\"late \\uFFFD\""},
        {"\"whole \\ud83d\\ude00\"", "\"whole \\ud83d\\ude00\""},
        {"\"a\tb\"", "\"a b\""},
        {"\"no\\u0000thing\"", "\"no thing\""},
        {"\"\\alpha\"", "\"\\\\alpha\""},
        {"[true, false, null, -1.5, 7]", "[true, false, null, -1.5, 7]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        PITH_AUTO(pith_free_p) char *mended = mend(rows[i][0]);
        cr_expect_str_eq(mended, rows[i][1], "%s", rows[i][0]);
        json_t *root = json_loads(mended, JSON_DECODE_ANY, NULL);
        cr_expect(root, "%s", mended);
        json_decref(root);
    }
}

Test(json_mend, leaves_what_is_broken_otherwise)
{
    static const char *const broken[] = {"{\"a\"", "\"open", "\"cut \\", "\"cut \\u12", "{\"a\" 1}"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        PITH_AUTO(pith_free_p) char *mended = mend(broken[i]);
        json_t *root = json_loads(mended, JSON_DECODE_ANY, NULL);
        cr_expect_null(root, "%s", broken[i]);
        json_decref(root);
    }
}
