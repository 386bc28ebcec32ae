/* Any bytes as the mail bot's config file: read with all that it needs, or refused with the line that is wrong. */
#include "cli/config.h"
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
    PITH_AUTO(config_free_p) struct config *config = NULL;
    struct pith_error error = {0};
    if (!*path)
        snprintf(path, sizeof path, "%s/mail.conf", testing_folder());
    FILE *file = fopen(path, "wb");
    HOLDS(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    enum pith_status status = config_read(path, &config, &error);
    HOLDS(status == PITH_OK || (status == PITH_INPUT && strncmp(error.message, path, strlen(path)) == 0));
    HOLDS(!status == (config != NULL));
    if (!config)
        return 0;
    const struct mail_config *mailing = config->mailing;
    HOLDS(!mailing->url || strncmp(mailing->url, "http", 4) == 0);
    HOLDS(!mailing->smtp.url || strncmp(mailing->smtp.url, "smtp", 4) == 0);
    HOLDS(!mailing->smtp.user == !mailing->smtp.password_file);
    if (!mail_config_check_sending(mailing, path, true, &error))
        HOLDS(mailing->readers > 0);
    for (size_t i = 0; i < mailing->readers; i++)
        check_reader(&mailing->reader[i]);
    return 0;
}
