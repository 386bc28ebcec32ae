/* Any bytes as the mail bot's config file: read with all that it needs, or refused with the line that is wrong. */
#include "cli/mail/mail_config.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/testing.h"

#include <stdio.h>
#include <string.h>

static void check_reader(const struct mail_config_reader *reader)
{
    char bare[320];
    HOLDS(*reader->name && *reader->token_file && reader->line > 0);
    HOLDS(mail_config_bare(reader->address, bare, sizeof bare, NULL) == PITH_OK && strchr(bare, '@'));
    HOLDS(!strpbrk(bare, " \t,;\"()<>\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[4096];
    PITH_AUTO(mail_config_free_p) struct mail_config *mailing = NULL;
    struct pith_error error = {0};
    if (!*path)
        snprintf(path, sizeof path, "%s/mail.conf", testing_folder());
    FILE *file = fopen(path, "wb");
    HOLDS(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    enum pith_status status = mail_config_read(path, &mailing, &error);
    HOLDS(status == PITH_OK || (status == PITH_INPUT && strncmp(error.message, path, strlen(path)) == 0));
    HOLDS(!status == (mailing != NULL));
    if (!mailing)
        return 0;
    HOLDS(strncmp(mailing->url, "http", 4) == 0 && strncmp(mailing->smtp.url, "smtp", 4) == 0);
    HOLDS(mailing->smtp.from && !mailing->smtp.user == !mailing->smtp.password_file && mailing->readers > 0);
    for (size_t i = 0; i < mailing->readers; i++)
        check_reader(&mailing->reader[i]);
    return 0;
}
