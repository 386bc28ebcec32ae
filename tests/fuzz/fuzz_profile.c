/* Any bytes as an exported profile: what reads is written, read and written again the same, and its model can be kept. */
#include "tests/fuzz/fuzz.h"

#include "engine/door/json_profile.h"

#include <string.h>

static void check_model(const struct model *model)
{
    PITH_AUTO(model_free_p) struct model *kept = NULL;
    PITH_AUTO(bytes_clear) struct bytes bytes;
    struct pith_error error = {0};
    for (size_t i = 0; i < model->terms; i++) /* else a rarity is no number */
        HOLDS(model->term[i].papers <= model->papers);
    bytes_init(&bytes, MODEL_MAX_BYTES);
    HOLDS(model_write(model, &bytes, NULL) == PITH_OK);
    fuzz_failed_well(model_read(bytes.data, bytes.length, &kept, &error), PITH_OK, &error);
}

static void check_again(const struct json_profile *profile)
{
    PITH_AUTO(pith_free_p) char *first = NULL;
    PITH_AUTO(pith_free_p) char *second = NULL;
    PITH_AUTO(json_profile_clear) struct json_profile again = {0};
    struct pith_error error = {0};
    HOLDS(json_profile_write(profile, &first, NULL) == PITH_OK);
    fuzz_failed_well(json_profile_read(first, strlen(first), &again, &error), PITH_OK, &error);
    HOLDS(again.votes == profile->votes && again.pairs == profile->pairs);
    HOLDS(json_profile_write(&again, &second, NULL) == PITH_OK && strcmp(first, second) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PITH_AUTO(json_profile_clear) struct json_profile profile = {0};
    struct pith_error error;
    enum pith_status status = json_profile_read((const char *)data, size, &profile, &error);
    fuzz_failed_well(status, PITH_INPUT, &error);
    if (status) {
        HOLDS(!profile.model && !profile.vote && !profile.pair);
        return 0;
    }
    check_again(&profile);
    if (profile.model)
        check_model(profile.model);
    return 0;
}
