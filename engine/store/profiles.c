/* Profiles as the store knows them: ways in, sealed rows, the inbox, tickets. */
#include "engine/store/store_inside.h"

#include <assert.h>
#include <string.h>

/* ---- profiles ---- */

static struct value profile_id(const unsigned char *profile)
{
    return blob(profile, STORE_PROFILE_ID);
}

static enum pith_status read_profile(struct store *store, struct row *row, struct store_profile *profile, struct pith_error *reterr)
{
    bool named = !row_is_null(row, 2);
    if (row_length(row, 0) != STORE_PROFILE_ID || row_length(row, 1) != STORE_PUBLIC_KEY ||
        (named && row_length(row, 2) != STORE_NAME))
        return store_corrupt(store, "a profile's record has another size", reterr);
    memcpy(profile->id, row_blob(row, 0), STORE_PROFILE_ID);
    memcpy(profile->public_key, row_blob(row, 1), STORE_PUBLIC_KEY);
    profile->named = named;
    memset(profile->name, 0, sizeof profile->name);
    if (named)
        memcpy(profile->name, row_blob(row, 2), STORE_NAME);
    return PITH_OK;
}

/* PITH_NOT_FOUND without words of its own: the caller knows what was looked for. */
static enum pith_status find_profile(struct store *store, enum statement which, struct value wanted,
                                     struct store_profile *ret_profile, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    bool more = false;
    enum pith_status status = store_first_row(store, which, &wanted, &row, &more, reterr);
    if (!status && !more)
        status = pith_fail(reterr, PITH_NOT_FOUND, "there is no such profile in %s", store->path);
    return status ? status : read_profile(store, row, ret_profile, reterr);
}

enum pith_status store_find_profile(struct store *store, const unsigned char *id, struct store_profile *ret_profile,
                                    struct pith_error *reterr)
{
    return find_profile(store, FIND_PROFILE, profile_id(id), ret_profile, reterr);
}

enum pith_status store_named_profile(struct store *store, const unsigned char *name, struct store_profile *ret_profile,
                                     struct pith_error *reterr)
{
    return find_profile(store, NAMED_PROFILE, blob(name, STORE_NAME), ret_profile, reterr);
}

enum pith_status store_count_profiles(struct store *store, int64_t *ret_count, struct pith_error *reterr)
{
    return store_ask(store, COUNT_PROFILES, NULL, 0, ret_count, reterr);
}

static enum pith_status read_salt(struct store *store, const char *name, unsigned char *key, size_t size, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    bool more = false;
    enum pith_status status = store_first_row(store, SALT, (struct value[]){text(name)}, &row, &more, reterr);
    if (status)
        return status;
    if (!more || row_length(row, 0) != size)
        return store_corrupt(store, "a key of the store is missing", reterr);
    memcpy(key, row_blob(row, 0), size);
    return PITH_OK;
}

enum pith_status store_name_key(struct store *store, unsigned char key[STORE_NAME_KEY], struct pith_error *reterr)
{
    return read_salt(store, "names", key, STORE_NAME_KEY, reterr);
}

enum pith_status store_profiles(struct store *store, struct store_profile **ret_profiles, size_t *ret_count,
                                struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct store_profile *profiles = NULL;
    size_t count = 0, cap = 0;
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, PROFILES, NULL, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        status = pith_grow(&profiles, &cap, count + 1, sizeof *profiles, SIZE_MAX / sizeof *profiles, reterr);
        if (!status)
            status = read_profile(store, row, &profiles[count++], reterr);
    }
    if (status)
        return status;
    *ret_profiles = PITH_TAKE(profiles);
    *ret_count = count;
    return PITH_OK;
}

enum pith_status store_profile_state(struct store *store, const unsigned char *profile, int64_t state[STORE_STATE],
                                     struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    bool more = false;
    enum pith_status status = store_first_row(store, PROFILE_STATE, (struct value[]){profile_id(profile)}, &row, &more, reterr);
    if (status)
        return status;
    if (!more || row_is_null(row, 0))
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no such profile in %s", store->path);
    for (int i = 0; i < STORE_STATE; i++)
        state[i] = row_number(row, i);
    return PITH_OK;
}

enum pith_status store_add_profile(struct store *store, const struct store_profile *profile, struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = store_run(store, ADD_PROFILE,
                                        (struct value[]){profile_id(profile->id), blob(profile->public_key, STORE_PUBLIC_KEY),
                                                         profile->named ? blob(profile->name, STORE_NAME) : (struct value){0}},
                                        reterr);
    if (status && store_conflicts(store))
        return pith_fail(reterr, PITH_EXISTS, "this profile is in %s already", store->path);
    return status;
}

enum pith_status store_set_public_key(struct store *store, const unsigned char *profile, const unsigned char *public_key,
                                      struct pith_error *reterr)
{
    assert(store->inside);
    return store_run(store, SET_PUBLIC_KEY, (struct value[]){profile_id(profile), blob(public_key, STORE_PUBLIC_KEY)}, reterr);
}

enum pith_status store_rename_profile(struct store *store, const unsigned char *profile, const unsigned char *name,
                                      struct pith_error *reterr)
{
    assert(store->inside);
    return store_run(store, RENAME_PROFILE, (struct value[]){profile_id(profile), blob(name, STORE_NAME)}, reterr);
}

enum pith_status store_delete_slots(struct store *store, const unsigned char *profile, struct pith_error *reterr)
{
    assert(store->inside);
    store->scrub = true;
    return store_run(store, DELETE_SLOTS, (struct value[]){profile_id(profile)}, reterr);
}

enum pith_status store_delete_profile(struct store *store, const unsigned char *profile, struct pith_error *reterr)
{
    static const enum statement all[] = {DELETE_SLOTS, DELETE_ALL_SEALED, DELETE_INBOX, DELETE_PROFILE};
    assert(store->inside);
    store->scrub = true;
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < sizeof all / sizeof *all; i++)
        status = store_run(store, all[i], (struct value[]){profile_id(profile)}, reterr);
    return status;
}

/* ---- inbox ---- */

enum pith_status store_post(struct store *store, const unsigned char *profile, const unsigned char ticket[STORE_TICKET],
                            const struct bytes *message, bool *ret_added, struct pith_error *reterr)
{
    assert(store->inside && !message->failed);
    int64_t waiting;
    enum pith_status status = store_ask(store, COUNT_MESSAGES, (struct value[]){profile_id(profile)}, 0, &waiting, reterr);
    if (!status && (waiting >= STORE_MAX_INBOX || message->length > STORE_MAX_MESSAGE))
        status = pith_fail(reterr, PITH_NOMEM, "the inbox takes at most %d messages of %d bytes until the profile is unlocked",
                           STORE_MAX_INBOX, STORE_MAX_MESSAGE);
    const struct value values[] = {profile_id(profile), blob(ticket, STORE_TICKET), bytes(message)};
    if (!status)
        status = store_run(store, POST_MESSAGE, values, reterr);
    if (!status && ret_added)
        *ret_added = store_changed(store) > 0;
    return status;
}

enum pith_status store_each_message(struct store *store, const unsigned char *profile, store_message_visit *visit, void *user,
                                    struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, EACH_MESSAGE, (struct value[]){profile_id(profile)}, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const void *data = row_blob(row, 1);
        status = visit(user, row_number(row, 0), data, row_length(row, 1), reterr);
    }
    return status;
}

enum pith_status store_delete_messages(struct store *store, const unsigned char *profile, int64_t until, struct pith_error *reterr)
{
    assert(store->inside);
    return store_run(store, DELETE_MESSAGES, (struct value[]){profile_id(profile), integer(until)}, reterr);
}

enum pith_status store_withdraw(struct store *store, const unsigned char *profile, const unsigned char ticket[STORE_TICKET],
                                bool *ret_withdrawn, struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = store_run(store, WITHDRAW_MESSAGE, (struct value[]){profile_id(profile), blob(ticket, STORE_TICKET)},
                                        reterr);
    if (!status)
        *ret_withdrawn = store_changed(store) > 0;
    return status;
}

/* ---- tickets ---- */

enum pith_status store_ticket_key(struct store *store, unsigned char key[STORE_TICKET_KEY], struct pith_error *reterr)
{
    return read_salt(store, "tickets", key, STORE_TICKET_KEY, reterr);
}

enum pith_status store_spend(struct store *store, const unsigned char ticket[STORE_TICKET], int32_t last, int32_t today,
                             bool *ret_fresh, struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = store_run(store, FORGET_SPENT, (struct value[]){integer(today)}, reterr);
    if (!status)
        status = store_run(store, SPEND, (struct value[]){blob(ticket, STORE_TICKET), integer(last)}, reterr);
    if (!status)
        *ret_fresh = store_changed(store) > 0;
    return status;
}

enum pith_status store_take_spent_back(struct store *store, const unsigned char ticket[STORE_TICKET], bool *ret_taken,
                                       struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = store_run(store, TAKE_SPENT_BACK, (struct value[]){blob(ticket, STORE_TICKET)}, reterr);
    if (!status)
        *ret_taken = store_changed(store) > 0;
    return status;
}

enum pith_status store_is_spent(struct store *store, const unsigned char ticket[STORE_TICKET], bool *ret_spent,
                                struct pith_error *reterr)
{
    int64_t spent;
    enum pith_status status = store_ask(store, IS_SPENT, (struct value[]){blob(ticket, STORE_TICKET)}, 0, &spent, reterr);
    if (!status)
        *ret_spent = spent != 0;
    return status;
}

enum pith_status store_follow(struct store *store, int64_t id, int64_t *ids, size_t max, size_t *ret_count,
                              struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    size_t count = 0;
    enum pith_status status = store_query(store, FOLLOW_JOINED, (struct value[]){integer(id), integer((int64_t)max)}, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        ids[count++] = row_number(row, 0);
    }
    if (!status)
        *ret_count = count;
    return status;
}

/* ---- slots and sealed rows ---- */

enum pith_status store_each_slot(struct store *store, const unsigned char *profile, store_slot_visit *visit, void *user,
                                 struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, EACH_SLOT, (struct value[]){profile_id(profile)}, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const void *data = row_blob(row, 2);
        status = visit(user, row_number(row, 0), row_int(row, 1, 0), data, row_length(row, 2), reterr);
    }
    return status;
}

enum pith_status store_put_slot(struct store *store, const unsigned char *profile, int64_t slot, int kind, const struct bytes *data,
                                struct pith_error *reterr)
{
    assert(store->inside && !data->failed);
    store->scrub = true;
    const struct value values[] = {profile_id(profile), integer(slot), integer(kind), bytes(data)};
    return store_run(store, PUT_SLOT, values, reterr);
}

enum pith_status store_delete_slot(struct store *store, const unsigned char *profile, int64_t slot, struct pith_error *reterr)
{
    assert(store->inside);
    store->scrub = true;
    return store_run(store, DELETE_SLOT, (struct value[]){profile_id(profile), integer(slot)}, reterr);
}

enum pith_status store_put_sealed(struct store *store, const unsigned char *profile, int kind, int64_t number, int64_t counter,
                                  const struct bytes *data, struct pith_error *reterr)
{
    assert(store->inside && !data->failed && data->length <= STORE_MAX_SEALED);
    const struct value values[] = {profile_id(profile), integer(kind), integer(number), integer(counter), bytes(data)};
    return store_run(store, PUT_SEALED, values, reterr);
}

enum pith_status store_delete_sealed(struct store *store, const unsigned char *profile, int kind, int64_t number,
                                     struct pith_error *reterr)
{
    assert(store->inside);
    return store_run(store, DELETE_SEALED, (struct value[]){profile_id(profile), integer(kind), integer(number)}, reterr);
}

enum pith_status store_get_sealed(struct store *store, const unsigned char *profile, int kind, int64_t number, int64_t *ret_counter,
                                  struct bytes *data, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    bool more = false;
    const struct value values[] = {profile_id(profile), integer(kind), integer(number)};
    enum pith_status status = store_first_row(store, GET_SEALED, values, &row, &more, reterr);
    if (status)
        return status;
    if (!more)
        return pith_fail(reterr, PITH_NOT_FOUND, "%s has no sealed row %d/%lld", store->path, kind, (long long)number);
    bytes_clear(data);
    bytes_put(data, row_blob(row, 1), row_length(row, 1));
    status = bytes_done(data, reterr);
    if (!status)
        *ret_counter = row_number(row, 0);
    return status;
}

enum pith_status store_each_sealed(struct store *store, const unsigned char *profile, store_sealed_visit *visit, void *user,
                                   struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, EACH_SEALED, (struct value[]){profile_id(profile)}, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const void *data = row_blob(row, 3);
        status = visit(user, row_int(row, 0, 0), row_number(row, 1), row_number(row, 2), data, row_length(row, 3), reterr);
    }
    return status;
}
