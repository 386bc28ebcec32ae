/* What leak-check must catch, run by planted.sh and never as a suite: tests that pass and leak, and one that fails. */
#include "engine/base/bytes.h"
#include "engine/papers/tokens.h"

#include <criterion/criterion.h>

Test(leak, words)
{
    struct tokens *words = NULL;
    cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
}

Test(leak, bytes)
{
    struct bytes bytes;
    bytes_init(&bytes, 100);
    bytes_put(&bytes, "forgotten", 9);
    cr_assert_eq(bytes_done(&bytes, NULL), PITH_OK);
}

Test(failure, plain)
{
    cr_expect_eq(bytes_done(&(struct bytes){.failed = true}, NULL), PITH_OK);
}

Test(success, plain)
{
    cr_expect_eq(bytes_done(&(struct bytes){.failed = false}, NULL), PITH_OK);
}
