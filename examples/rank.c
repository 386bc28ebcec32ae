/* Ranks the papers of a file by a taste told in words: rank HOME FILE WORDS
 * cc rank.c $(pkg-config --cflags --libs pith) -o rank */
#include <pith/pith.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void need(enum pith_status status, const struct pith_error *error)
{
    if (status != PITH_OK) {
        fprintf(stderr, "rank: %s\n", error->message);
        exit(1);
    }
}

static enum pith_status read_file(void *user, char *buffer, size_t size, size_t *ret_got, struct pith_error *reterr)
{
    *ret_got = fread(buffer, 1, size, (FILE *)user);
    return ferror((FILE *)user) ? pith_fail(reterr, PITH_IO, "the file cannot be read") : PITH_OK;
}

int main(int argc, char **argv)
{
    struct pith *pith;
    struct pith_error error;
    struct pith_import_report report;
    struct pith_ranking *ranking;
    bool seeded;
    int32_t today = (int32_t)(time(NULL) / 86400);
    if (argc != 4) {
        fprintf(stderr, "usage: rank HOME FILE WORDS\n");
        return 2;
    }
    FILE *file = fopen(argv[2], "rb");
    if (!file) {
        perror(argv[2]);
        return 1;
    }
    struct pith_input input = {.read = read_file, .user = file};
    struct pith_rank_request request = {.size = sizeof request, .first = PITH_NO_DAY, .last = PITH_NO_DAY, .limit = 10};
    need(pith_open(argv[1], true, &pith, &error), &error);
    need(pith_import_input(pith, &input, today, &report, &error), &error);
    need(pith_create_profile(pith, "a passphrase", 12, PITH_INTERACTIVE, &error), &error);
    need(pith_unlock(pith, PITH_PASSPHRASE, "a passphrase", 12, 0, &error), &error);
    need(pith_seed_words(pith, argv[3], today, &seeded, &error), &error);
    need(pith_rank(pith, &request, &ranking, &error), &error);
    for (size_t i = 0; i < ranking->count; i++)
        printf("%2zu  %+.2f  %s\n", ranking->item[i].rank, ranking->item[i].score, ranking->item[i].title);
    pith_ranking_free(ranking);
    pith_close(pith);
    fclose(file);
    return 0;
}
