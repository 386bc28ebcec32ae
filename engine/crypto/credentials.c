#include "engine/crypto/credentials.h"

#include <stdbool.h>
#include <string.h>

enum { GROUPS = 8, GROUP_DATA = 4, GROUP = GROUP_DATA + 1, DIGIT_BITS = 5, CHECK = 4 };
enum { TOKEN_BYTES = VAULT_ID + CREDENTIALS_SECRET + CHECK, TOKEN_CHARACTERS = (TOKEN_BYTES * 8 + 5) / 6 };

static const char DIGITS[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's base 32 */
static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char TOKEN_MARK[] = "pith_", KEY_FILE_MARK[] = "pith key file 1 ";

_Static_assert(GROUPS *GROUP_DATA *DIGIT_BITS == CREDENTIALS_RECOVERY * 8, "the groups hold the secret");
_Static_assert(GROUPS *(GROUP + 1) <= CREDENTIALS_RECOVERY_TEXT, "room for groups, hyphens and NUL");
_Static_assert(sizeof TOKEN_MARK + TOKEN_CHARACTERS <= CREDENTIALS_TOKEN_TEXT, "room for a token");
_Static_assert(sizeof KEY_FILE_MARK + 2 * (CREDENTIALS_SECRET + CHECK) + 2 <= CREDENTIALS_KEY_FILE_TEXT, "room for a key file");

/* ---- recovery codes ---- */

/* Times x in GF(32) by x^5 + x^2 + 1. */
static unsigned times_x(unsigned digit)
{
    digit <<= 1;
    return digit & 32 ? digit ^ 37U : digit;
}

/* A polynomial of the place and the digits at x: any one wrong digit, or two neighbours exchanged, changes it. */
static unsigned check_digit(const unsigned digit[GROUP_DATA], unsigned group)
{
    unsigned sum = group;
    for (size_t i = 0; i < GROUP_DATA; i++)
        sum = times_x(sum) ^ digit[i];
    return times_x(sum);
}

void credentials_write_recovery(const unsigned char secret[CREDENTIALS_RECOVERY], char text[CREDENTIALS_RECOVERY_TEXT])
{
    for (unsigned group = 0; group < GROUPS; group++) {
        unsigned digit[GROUP_DATA];
        for (unsigned i = 0; i < GROUP_DATA; i++) {
            unsigned bit = (group * GROUP_DATA + i) * DIGIT_BITS;
            unsigned pair = (unsigned)secret[bit / 8] << 8 | (bit / 8 + 1 < CREDENTIALS_RECOVERY ? secret[bit / 8 + 1] : 0U);
            digit[i] = pair >> (16 - DIGIT_BITS - bit % 8) & 31;
            *text++ = DIGITS[digit[i]];
        }
        *text++ = DIGITS[check_digit(digit, group)];
        *text++ = group + 1 < GROUPS ? '-' : '\0';
    }
}

/* -1: not of the alphabet. */
static int digit_of(char character)
{
    switch (character) {
    case 'i':
    case 'I':
    case 'l':
    case 'L': return 1;
    case 'o':
    case 'O': return 0;
    default: break;
    }
    for (int i = 0; DIGITS[i]; i++)
        if (DIGITS[i] == character || (DIGITS[i] >= 'A' && DIGITS[i] + 32 == character))
            return i;
    return -1;
}

static enum pith_status read_digits(const char *text, size_t length, unsigned digit[GROUPS * GROUP], struct pith_error *reterr)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (strchr(" -\t\r\n", text[i]))
            continue;
        int value = digit_of(text[i]);
        if (value < 0)
            return pith_fail(reterr, PITH_USAGE, "group %zu of the recovery code has a character that no code has",
                             count / GROUP + 1);
        if (count == GROUPS * GROUP)
            return pith_fail(reterr, PITH_USAGE, "the recovery code is too long: it has %d groups of %d characters", GROUPS, GROUP);
        digit[count++] = (unsigned)value;
    }
    if (count < GROUPS * GROUP)
        return pith_fail(reterr, PITH_USAGE, "the recovery code is too short: it has %d groups of %d characters, %zu are missing",
                         GROUPS, GROUP, GROUPS * GROUP - count);
    return PITH_OK;
}

enum pith_status credentials_read_recovery(const char *text, size_t length, unsigned char secret[CREDENTIALS_RECOVERY],
                                           struct pith_error *reterr)
{
    unsigned digit[GROUPS * GROUP];
    unsigned char read[CREDENTIALS_RECOVERY] = {0};
    enum pith_status status = read_digits(text, length, digit, reterr);
    for (unsigned group = 0; !status && group < GROUPS; group++) {
        const unsigned *of_group = digit + group * GROUP;
        if (check_digit(of_group, group) != of_group[GROUP_DATA])
            status = pith_fail(reterr, PITH_USAGE, "group %u of the recovery code is mistyped", group + 1);
        for (unsigned i = 0; i < GROUP_DATA; i++) {
            unsigned bit = (group * GROUP_DATA + i) * DIGIT_BITS, shifted = of_group[i] << (16 - DIGIT_BITS - bit % 8);
            read[bit / 8] |= (unsigned char)(shifted >> 8);
            if (bit / 8 + 1 < CREDENTIALS_RECOVERY)
                read[bit / 8 + 1] |= (unsigned char)(shifted & 255);
        }
    }
    if (!status)
        memcpy(secret, read, sizeof read);
    vault_wipe(digit, sizeof digit);
    vault_wipe(read, sizeof read);
    return status;
}

/* ---- hex ---- */

static void write_hex(const unsigned char *bytes, size_t count, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        *hex++ = digits[bytes[i] >> 4];
        *hex++ = digits[bytes[i] & 15];
    }
    *hex = '\0';
}

static bool read_hex(const char *hex, unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < 2 * count; i++) {
        const char *at = hex[i] ? strchr(digits, hex[i]) : NULL;
        if (!at)
            return false;
        unsigned value = (unsigned)(at - digits);
        bytes[i / 2] = (unsigned char)(i % 2 ? bytes[i / 2] | value : value << 4);
    }
    return true;
}

void credentials_write_hex32(const unsigned char bytes[32], char hex[CREDENTIALS_HEX32])
{
    write_hex(bytes, 32, hex);
}

/* ---- key files ---- */

void credentials_write_key_file(const unsigned char secret[CREDENTIALS_SECRET], char text[CREDENTIALS_KEY_FILE_TEXT])
{
    unsigned char hash[16];
    size_t mark = sizeof KEY_FILE_MARK - 1;
    vault_hash16(secret, CREDENTIALS_SECRET, hash);
    memcpy(text, KEY_FILE_MARK, mark);
    write_hex(secret, CREDENTIALS_SECRET, text + mark);
    text[mark + 2 * CREDENTIALS_SECRET] = ' ';
    write_hex(hash, CHECK, text + mark + 2 * CREDENTIALS_SECRET + 1);
    strcat(text, "\n");
}

enum pith_status credentials_read_key_file(const char *text, size_t length, unsigned char secret[CREDENTIALS_SECRET],
                                           struct pith_error *reterr)
{
    enum { MARK = sizeof KEY_FILE_MARK - 1, LINE = MARK + 2 * CREDENTIALS_SECRET + 1 + 2 * CHECK };
    unsigned char read[CREDENTIALS_SECRET], check[CHECK], hash[16];
    if (length < LINE || memcmp(text, KEY_FILE_MARK, MARK) != 0)
        return pith_fail(reterr, PITH_USAGE, "this is no key file: `pith key add file FILE` makes one");
    bool good = read_hex(text + MARK, read, CREDENTIALS_SECRET) && text[MARK + 2 * CREDENTIALS_SECRET] == ' ' &&
                read_hex(text + MARK + 2 * CREDENTIALS_SECRET + 1, check, CHECK);
    if (good)
        vault_hash16(read, sizeof read, hash);
    good = good && memcmp(hash, check, CHECK) == 0;
    if (good)
        memcpy(secret, read, sizeof read);
    vault_wipe(read, sizeof read);
    return good ? PITH_OK : pith_fail(reterr, PITH_USAGE, "the key file is damaged: use your copy of it");
}

/* ---- base64url ---- */

void credentials_write_base64url(const unsigned char *bytes, size_t length, char *text)
{
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < length; i++) {
        held = (held << 8 | bytes[i]) & 0xffff;
        for (bits += 8; bits >= 6; bits -= 6)
            *text++ = BASE64[held >> (bits - 6) & 63];
    }
    if (bits)
        *text++ = BASE64[held << (6 - bits) & 63];
    *text = '\0';
}

bool credentials_read_base64url(const char *text, unsigned char *bytes, size_t length)
{
    unsigned bits = 0, held = 0;
    size_t count = 0;
    for (size_t i = 0; i < (length * 8 + 5) / 6; i++) {
        const char *at = text[i] ? strchr(BASE64, text[i]) : NULL;
        if (!at)
            return false;
        held = (held << 6 | (unsigned)(at - BASE64)) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[count++] = (unsigned char)(held >> bits);
        }
    }
    return (held & ((1U << bits) - 1)) == 0;
}

/* ---- tokens ---- */

static void put_token(const struct credentials_token *token, unsigned char raw[TOKEN_BYTES])
{
    unsigned char hash[16];
    memcpy(raw, token->profile, VAULT_ID);
    memcpy(raw + VAULT_ID, token->secret, CREDENTIALS_SECRET);
    vault_hash16(raw, TOKEN_BYTES - CHECK, hash);
    memcpy(raw + TOKEN_BYTES - CHECK, hash, CHECK);
}

void credentials_write_token(const struct credentials_token *token, char text[CREDENTIALS_TOKEN_TEXT])
{
    unsigned char raw[TOKEN_BYTES];
    put_token(token, raw);
    memcpy(text, TOKEN_MARK, sizeof TOKEN_MARK - 1);
    text += sizeof TOKEN_MARK - 1;
    credentials_write_base64url(raw, TOKEN_BYTES, text);
    vault_wipe(raw, sizeof raw);
}

enum pith_status credentials_read_token(const char *text, size_t length, struct credentials_token *ret_token,
                                        struct pith_error *reterr)
{
    enum { MARK = sizeof TOKEN_MARK - 1 };
    unsigned char raw[TOKEN_BYTES], again[TOKEN_BYTES];
    struct credentials_token token = {0};
    while (length && strchr(" \t\r\n", *text)) {
        text++;
        length--;
    }
    while (length && strchr(" \t\r\n", text[length - 1]))
        length--;
    if (length < MARK || strncmp(text, TOKEN_MARK, MARK) != 0)
        return pith_fail(reterr, PITH_USAGE, "this is no token: one starts with \"%s\"", TOKEN_MARK);
    bool good = length == MARK + TOKEN_CHARACTERS && credentials_read_base64url(text + MARK, raw, TOKEN_BYTES);
    if (good) {
        memcpy(token.profile, raw, VAULT_ID);
        memcpy(token.secret, raw + VAULT_ID, CREDENTIALS_SECRET);
        put_token(&token, again);
        good = memcmp(raw, again, TOKEN_BYTES) == 0;
        vault_wipe(again, sizeof again);
    }
    if (good)
        *ret_token = token;
    vault_wipe(raw, sizeof raw);
    vault_wipe(&token, sizeof token);
    return good ? PITH_OK : pith_fail(reterr, PITH_USAGE, "the token is mistyped or cut short");
}
