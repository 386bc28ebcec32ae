#include "engine/crypto/credentials.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char DIGITS[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void make_secret(unsigned char *secret, size_t length, unsigned seed)
{
    for (size_t i = 0; i < length; i++)
        secret[i] = (unsigned char)((i + 1) * 37 * (seed + 1) + seed);
}

/* ---- recovery codes ---- */

static void expect_recovery(const char *text, const unsigned char secret[CREDENTIALS_RECOVERY])
{
    unsigned char read[CREDENTIALS_RECOVERY];
    struct pith_error error;
    cr_assert_eq(credentials_read_recovery(text, strlen(text), read, &error), PITH_OK, "%s: %s", text, error.message);
    cr_expect_eq(memcmp(read, secret, sizeof read), 0, "%s", text);
}

/* Refused, naming the group. */
static void expect_mistyped(const char *text, size_t group)
{
    unsigned char read[CREDENTIALS_RECOVERY] = {9};
    char named[32];
    struct pith_error error;
    snprintf(named, sizeof named, "group %zu ", group);
    cr_assert_eq(credentials_read_recovery(text, strlen(text), read, &error), PITH_USAGE, "%s", text);
    cr_expect(strstr(error.message, named), "%s: %s", text, error.message);
    cr_expect_eq(read[0], 9, "untouched on failure");
}

Test(codes, a_recovery_code_is_read_back_as_people_write_it)
{
    unsigned char secret[CREDENTIALS_RECOVERY];
    char text[CREDENTIALS_RECOVERY_TEXT], other[2 * CREDENTIALS_RECOVERY_TEXT];
    for (unsigned seed = 0; seed < 50; seed++) {
        make_secret(secret, sizeof secret, seed);
        credentials_write_recovery(secret, text);
        cr_expect_eq(strlen(text), 47);
        expect_recovery(text, secret);
        size_t length = 0;
        for (const char *at = text; *at; at++) { /* small letters, blanks for hyphens, and the digits that people mix up */
            other[length++] = *at == '-' ? ' ' : *at == '1' ? 'l' : *at == '0' ? 'o' : (char)(*at >= 'A' ? *at + 32 : *at);
            other[length] = '\0';
        }
        expect_recovery(other, secret);
    }
}

Test(codes, one_wrong_character_or_two_exchanged_are_told_with_their_group)
{
    unsigned char secret[CREDENTIALS_RECOVERY];
    char text[CREDENTIALS_RECOVERY_TEXT];
    make_secret(secret, sizeof secret, 3);
    credentials_write_recovery(secret, text);
    for (size_t i = 0; text[i]; i++) {
        char right = text[i];
        if (right == '-')
            continue;
        for (const char *wrong = DIGITS; *wrong; wrong++) {
            if (*wrong == right)
                continue;
            text[i] = *wrong;
            expect_mistyped(text, i / 6 + 1);
        }
        text[i] = right;
        if (text[i + 1] == '-' || !text[i + 1] || text[i + 1] == right)
            continue;
        text[i] = text[i + 1];
        text[i + 1] = right;
        expect_mistyped(text, i / 6 + 1);
        text[i + 1] = text[i];
        text[i] = right;
    }
}

Test(codes, exchanged_groups_and_wrong_lengths_are_told)
{
    unsigned char secret[CREDENTIALS_RECOVERY], read[CREDENTIALS_RECOVERY];
    char text[CREDENTIALS_RECOVERY_TEXT], turned[2 * CREDENTIALS_RECOVERY_TEXT];
    struct pith_error error;
    make_secret(secret, sizeof secret, 8);
    credentials_write_recovery(secret, text);
    strcpy(turned, text);
    memcpy(turned, text + 6, 5);
    memcpy(turned + 6, text, 5);
    expect_mistyped(turned, 1);
    cr_expect_eq(credentials_read_recovery(text, 46, read, &error), PITH_USAGE);
    cr_expect(strstr(error.message, "1 are missing"), "%s", error.message);
    snprintf(turned, sizeof turned, "%.40s-22222-22", text);
    cr_expect_eq(credentials_read_recovery(turned, strlen(turned), read, &error), PITH_USAGE);
    cr_expect_eq(credentials_read_recovery("", 0, read, &error), PITH_USAGE);
    cr_expect_eq(credentials_read_recovery("ABCDE-F!HIJ", 11, read, &error), PITH_USAGE);
    cr_expect(strstr(error.message, "group 2 "), "%s", error.message);
}

/* ---- key files and tokens: any one character changed is told ---- */

static enum pith_status read_key_file(const char *text, size_t length)
{
    unsigned char read[CREDENTIALS_SECRET];
    return credentials_read_key_file(text, length, read, NULL);
}

static enum pith_status read_token(const char *text, size_t length)
{
    struct credentials_token read;
    return credentials_read_token(text, length, &read, NULL);
}

static void expect_all_changes_told(char *text, size_t length, enum pith_status (*read)(const char *, size_t))
{
    cr_assert_eq(read(text, length), PITH_OK);
    for (size_t i = 0; i < length; i++) {
        char right = text[i];
        for (int wrong = '!'; wrong < 127; wrong++) {
            text[i] = (char)wrong;
            if (wrong != right)
                cr_assert_eq(read(text, length), PITH_USAGE, "%s", text);
        }
        text[i] = right;
    }
    for (size_t cut = 0; cut < length; cut++)
        cr_expect_eq(read(text, cut), PITH_USAGE);
}

Test(codes, a_key_file_is_read_back_or_told)
{
    unsigned char secret[CREDENTIALS_SECRET], read[CREDENTIALS_SECRET];
    char text[CREDENTIALS_KEY_FILE_TEXT];
    make_secret(secret, sizeof secret, 1);
    credentials_write_key_file(secret, text);
    cr_assert_eq(credentials_read_key_file(text, strlen(text), read, NULL), PITH_OK);
    cr_expect_eq(memcmp(read, secret, sizeof read), 0);
    expect_all_changes_told(text, strlen(text) - 1, read_key_file); /* without the line's end */
}

Test(codes, a_token_is_read_back_or_told)
{
    struct credentials_token token, read;
    char text[CREDENTIALS_TOKEN_TEXT], spaced[CREDENTIALS_TOKEN_TEXT + 8];
    make_secret(token.profile, sizeof token.profile, 5);
    make_secret(token.secret, sizeof token.secret, 6);
    credentials_write_token(&token, text);
    snprintf(spaced, sizeof spaced, "  %s\r\n", text);
    cr_assert_eq(credentials_read_token(spaced, strlen(spaced), &read, NULL), PITH_OK);
    cr_expect_eq(memcmp(&read, &token, sizeof read), 0);
    expect_all_changes_told(text, strlen(text), read_token);
    cr_expect_eq(read_token("bearer", 6), PITH_USAGE);
}
