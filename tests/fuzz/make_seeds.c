/* Writes the binary seeds of the corpora anew: make_seeds tests/data/fuzz
 * Salts, nonces and the key are fresh each time, so all of slot/ and sealed/ goes together. */
#include "tests/fuzz/fuzz.h"

#include "engine/crypto/credentials.h"
#include "engine/crypto/vault.h"
#include "engine/digest/ticket.h"
#include "engine/door/json_profile.h"
#include "engine/profile/digest_log.h"
#include "engine/profile/settings.h"
#include "models/embedding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 1 << 16 };

static const unsigned char profile[VAULT_ID] = "fuzzed profile";
static const char *root;

static void write_seed(const char *name, const void *bytes, size_t length)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *file = fopen(path, "wb");
    HOLDS(file && fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
}

/* A slot that asks for what `operations` and `memory` say, with a right checksum and no key in it. */
static void write_hollow_slot(const char *name, uint64_t operations, uint64_t memory)
{
    unsigned char filler[16 + 24 + 48 + 24 + 80] = {7}, check[16];
    struct bytes slot;
    bytes_init(&slot, LIMIT);
    bytes_put_u8(&slot, 1);
    bytes_put_u8(&slot, PITH_PASSPHRASE);
    bytes_put_u64(&slot, operations);
    bytes_put_u64(&slot, memory);
    bytes_put(&slot, filler, sizeof filler);
    vault_hash16(slot.data, slot.length, check);
    bytes_put(&slot, check, sizeof check);
    write_seed(name, slot.data, slot.length);
    bytes_clear(&slot);
}

static void write_row(const struct vault_key *key, const char *name, enum vault_row_kind kind, const char *text, size_t length)
{
    struct vault_place place = {profile, kind, 2, 3};
    struct bytes sealed, row;
    bytes_init(&sealed, LIMIT);
    bytes_init(&row, LIMIT);
    HOLDS(vault_seal(key, &place, text, length, 64, &sealed, NULL) == PITH_OK);
    bytes_put_u8(&row, (uint8_t)(kind - 1));
    bytes_put_u8(&row, 2);
    bytes_put_u8(&row, 3);
    bytes_put(&row, sealed.data, sealed.length);
    write_seed(name, row.data, row.length);
    bytes_clear(&sealed);
    bytes_clear(&row);
}

static void write_vault(void)
{
    struct vault_key *key;
    unsigned char public_key[VAULT_PUBLIC_KEY];
    struct bytes slot;
    struct vault_secret secret = {PITH_PASSPHRASE, "correct horse", 13};
    struct vault_slot terms = vault_passphrase_slot(PITH_INTERACTIVE);
    bytes_init(&slot, LIMIT);
    HOLDS(vault_start(NULL) == PITH_OK && vault_key_new(&key, public_key, NULL) == PITH_OK);
    HOLDS(vault_wrap(key, profile, &terms, &secret, "at home", &slot, NULL) == PITH_OK);
    write_seed("slot/passphrase", slot.data, slot.length);
    write_hollow_slot("slot/hollow", 1, 8192);
    write_hollow_slot("slot/endless", UINT64_MAX, 8192);
    write_hollow_slot("slot/greedy", 1, UINT64_MAX);
    write_hollow_slot("slot/no-work", 0, 0);
    write_row(key, "sealed/text", ROW_EVENTS, "a vote that nobody sees", 23);
    write_row(key, "sealed/nothing", ROW_SETTINGS, "", 0);
    write_row(key, "sealed/zeros-and-marks", ROW_LAST_LIST, "\x80\0\0\x80\0", 5);
    vault_key_free(key);
    bytes_clear(&slot);
}

static void derive(const char *title, const char *abstract, const char *author, struct bytes *blob)
{
    struct tokens *words;
    struct paper paper;
    paper_init(&paper);
    paper.title = strdup(title);
    paper.abstract = strdup(abstract);
    HOLDS(tokens_new(&words, NULL) == PITH_OK);
    if (*author) {
        HOLDS(paper_list_add(&paper.authors, author, strlen(author), 1, NULL) == PITH_OK);
        HOLDS(paper_list_add(&paper.categories, "cs.IR", 5, 1, NULL) == PITH_OK);
    }
    HOLDS(features_derive(words, &paper, blob, NULL) == PITH_OK);
    paper_clear(&paper);
    tokens_free(words);
}

static void write_profile(struct model *model)
{
    char up[] = "arxiv:2506.00001", down[] = "id:own-3";
    struct profile_vote votes[] = {{up, VERDICT_UP, 20000, 0}, {down, VERDICT_DOWN, PITH_NO_DAY, 1}};
    struct profile_pair pair = {up, down, 20001, 2};
    struct json_profile exported = {model, votes, 2, &pair, 1};
    char *json;
    HOLDS(json_profile_write(&exported, &json, NULL) == PITH_OK);
    write_seed("profile/exported", json, strlen(json));
    free(json);
}

static const struct calibration calibration = {2.5, -2, 0.25, -0.125, 0.5, true};

/* Its terms are those of the features. */
static void write_model(const char *name, const struct bytes *blob)
{
    struct features features = {0};
    struct model *model;
    struct bytes bytes;
    bytes_init(&bytes, LIMIT);
    HOLDS(model_new(&model, NULL) == PITH_OK && features_read(blob->data, blob->length, &features, NULL) == PITH_OK);
    model->papers = 300;
    model->ups = 3;
    model->calibration = calibration;
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        model->variance[view] = 0.5;
    for (size_t i = 0; i < features.count; i++) {
        char feature[FEATURE_NAME_SIZE];
        struct model_term term = {.key = features.item[i].key,
                                  .papers = (uint32_t)(i % 200),
                                  .weight = (float)i / 8 - 1,
                                  .title_weight = 1 + (float)(i % 3),
                                  .view = (uint8_t)features.item[i].view};
        feature_name(blob->data, blob->length, (uint32_t)i, feature);
        HOLDS(model_add_term(model, &term, feature, NULL) == PITH_OK);
    }
    HOLDS(model_finish(model, NULL) == PITH_OK && model_write(model, &bytes, NULL) == PITH_OK);
    write_seed(name, bytes.data, bytes.length);
    if (features.count)
        write_profile(model);
    features_clear(&features);
    model_free(model);
    bytes_clear(&bytes);
}

/* One dense view over a table that is nowhere. */
static void write_dense_model(const char *name)
{
    float mean[3] = {0.5, -0.25, 0}, weight[3] = {1, 2, -3};
    struct model *model;
    struct bytes bytes;
    bytes_init(&bytes, LIMIT);
    HOLDS(model_new(&model, NULL) == PITH_OK);
    model->calibration = calibration;
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        model->variance[view] = 0.5;
    HOLDS(model_add_embedding(model, "0123456789abcdef0123456789abcdef", 3, 0.25, mean, weight, NULL) == PITH_OK);
    HOLDS(model_finish(model, NULL) == PITH_OK && model_write(model, &bytes, NULL) == PITH_OK);
    write_seed(name, bytes.data, bytes.length);
    model_free(model);
    bytes_clear(&bytes);
}

static void write_embedding(const char *name, uint32_t terms, uint32_t dims)
{
    struct embedding_origin origin = {
        .method = EMBEDDING_CONTRAST, .papers = 9, .seed = 1, .first_day = 20000, .last_day = EMBEDDING_NO_DAY};
    uint64_t key[16];
    float vector[16 * 16];
    unsigned char *bytes;
    size_t length;
    for (uint32_t i = 0; i < terms; i++)
        key[i] = (i + 1) * UINT64_C(0x0FEDCBA987654321);
    for (uint32_t i = 0; i < terms * dims; i++)
        vector[i] = (float)(i % 31) - 15;
    HOLDS(embedding_make(&origin, &(struct embedding_rows){key, vector, terms, dims}, &bytes, &length, NULL) == PITH_OK);
    write_seed(name, bytes, length);
    free(bytes);
}

static void write_settings(void)
{
    const struct pith_settings defaults = settings_default();
    struct bytes bytes;
    bytes_init(&bytes, LIMIT);
    HOLDS(settings_write(&defaults, &bytes, NULL) == PITH_OK);
    write_seed("settings/defaults", bytes.data, bytes.length);
    bytes_clear(&bytes);
}

/* A day with a paper, one without. Its strings are borrowed. */
static void write_digests(void)
{
    char key[] = "arxiv:2506.00001", title[] = "Kites", none[] = "", *sentence[] = {title};
    int64_t number = 7;
    struct pith_digest_item item = {.section = PITH_MISSED,
                                    .number = 1,
                                    .announce = PITH_NEW,
                                    .probability = 0.5,
                                    .key = key,
                                    .id = key,
                                    .title = title,
                                    .url = none,
                                    .authors = none,
                                    .category = none,
                                    .reason = none,
                                    .day = 20000};
    struct pith_digest digest[] = {
        {.day = 20000,
         .state = PITH_DIGEST_SENT,
         .item = &item,
         .count = 1,
         .notice = sentence,
         .notices = 1,
         .first = 20000,
         .last = 20000},
        {.day = 20001, .state = PITH_DIGEST_CLAIMED, .change = sentence, .changes = 1, .first = PITH_NO_DAY, .last = PITH_NO_DAY}};
    struct digest_kept kept[] = {{&digest[0], &number, true}, {&digest[1], &number, false}};
    const struct digest_log log = {kept, 2, 2};
    struct bytes bytes;
    bytes_init(&bytes, LIMIT);
    HOLDS(digest_log_write(&log, &bytes, NULL) == PITH_OK);
    write_seed("digests/two-days", bytes.data, bytes.length);
    bytes_clear(&bytes);
}

/* A mail that answers the digest of a ticket. */
static void write_reply(const char *ticket)
{
    char mail[1024];
    snprintf(mail, sizeof mail,
             "From: reader@example.org\nTo: pith@example.org\nSubject: Re: [pith:%s] papers\nIn-Reply-To: <%s@host>\n"
             "Content-Type: text/plain\n\n1+ 4-\n7 +\n\nOn Monday pith\n<pith@host> wrote:\n> 9+\n-- \n2+\n",
             ticket, ticket);
    write_seed("reply/plain", mail, strlen(mail));
}

/* Under the key of fuzz_ticket. */
static void write_tickets(void)
{
    static const unsigned char key[STORE_TICKET_KEY] = "a key that every fuzzer knows";
    struct ticket ticket = {.kind = PITH_TICKET_THUMB, .number = 7, .paper = 77, .verdict = -1, .day = 20000, .last = 20045};
    char text[PITH_TICKET_TEXT];
    memcpy(ticket.profile, profile, VAULT_ID);
    ticket_write(key, &ticket, text);
    write_seed("ticket/thumb", text, strlen(text));
    ticket.kind = PITH_TICKET_REPLY;
    ticket_write(key, &ticket, text);
    write_seed("ticket/reply", text, strlen(text));
    write_reply(text);
    write_seed("ticket/plain", "\1\3fuzzed profile\0\0\7\0\0\0\0\0\0\0\0\0\0\0\1\1\1\2\2", 35);
}

/* One of each kind, as fuzz_message seals them. */
static void write_messages(void)
{
    static const char change[] = "\2\1\x19\x20\x4e\0\0\1\2\3\4\5\6\7\10\7arxiv:9", undo[] = "\2\2\1\2\3\4\5\6\7\10",
                      mail[] = "\2\3", reply[] = "\2\4\x20\x4e\0\0\x21\x4e\0\0\2\1\2\4";
    write_seed("message/named", change, sizeof change - 1);
    write_seed("message/undo", undo, sizeof undo - 1);
    write_seed("message/reply", reply, sizeof reply);  /* with a zero: the second is a down */
    write_seed("message/mail-off", mail, sizeof mail); /* with a zero */
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_seeds FOLDER\n");
        return 2;
    }
    root = argv[1];
    write_vault();
    write_settings();
    write_digests();
    write_tickets();
    write_messages();
    struct bytes blob;
    bytes_init(&blob, LIMIT);
    derive("Mending kites in a mild wind", "We mend paper kites. Paper kites that fly mend no kites.", "Ana Peña", &blob);
    write_seed("features/kites", blob.data, blob.length);
    write_model("model/kites", &blob);
    derive("", "", "", &blob);
    write_seed("features/nothing", blob.data, blob.length);
    write_model("model/nothing", &blob);
    write_dense_model("model/dense");
    write_embedding("space/small", 1, 1);
    write_embedding("space/full", 16, 16);
    bytes_clear(&blob);
    return 0;
}
