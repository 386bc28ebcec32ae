/* store_inside: how the store's own files ask its SQLite file. SQLite itself is behind store.c, where every statement stands. */
#ifndef PITH_ENGINE_STORE_STORE_INSIDE_H
#define PITH_ENGINE_STORE_STORE_INSIDE_H

#include "engine/store/store.h"

#include <string.h>

enum statement {
    BEGIN,
    BEGIN_READING,
    COMMIT,
    ROLLBACK,
    FIND_KEY,
    KEY_HOLDERS,
    KEY_TAKEN,
    KINDS_OF,
    EXACT_HOLDERS,
    NEXT_KINDS,
    MARK_HOLDERS,
    PUT_MARK,
    SET_KINDS,
    DROP_MARKS,
    MOVE_MARKS,
    MARKED,
    SET_MARKED,
    GET_PAPER,
    GET_KEYS,
    FIRST_KEY,
    PUT_PAPER,
    PUT_TEXT,
    PUT_FEATURES,
    PUT_KEY,
    DROP_KEYS,
    DROP_PAPER,
    DROP_TEXT,
    DROP_FEATURES,
    DROP_LISTINGS,
    MOVE_LISTINGS,
    MOVE_KEYS,
    NOTE_JOINED,
    FOLLOW_JOINED,
    LIST_PAPER,
    ANNOUNCE,
    MERGE_ANNOUNCES,
    TITLES,
    NEXT_UNINDEXED,
    INDEX_PLACE,
    INDEX_WORDS,
    UNINDEX,
    SEARCH,
    COUNT,
    EACH_LISTED,
    EACH_PAPER,
    VISIT_PAPER,
    SHOW_PAPER,
    EACH_FEATURES,
    LATEST_DAY,
    DAYS,
    LISTINGS,
    SUM_RECORD,
    SUM_TEXT,
    SUM_FEATURES,
    SUM_KEYS,
    SUM_LISTINGS,
    GET_SUM,
    PUT_SUM,
    DROP_SUM,
    EACH_SUM,
    NONE_SUMMED,
    NEXT_UNSUMMED,
    PAPER_THERE,
    NEXT_PAPER,
    FEATURE_VERSION,
    SET_FEATURE_VERSION,
    PLACE_TABLE,
    SET_PLACE_TABLE,
    STAMP,
    RAISE_STAMP,
    GET_FETCH,
    PUT_FETCH,
    ADD_RECEIPT,
    DROP_RECEIPTS,
    EACH_RECEIPT,
    RECEIPTS_OF,
    PROFILES,
    PROFILE_STATE,
    COUNT_PROFILES,
    FIND_PROFILE,
    NAMED_PROFILE,
    RENAME_PROFILE,
    ADD_PROFILE,
    SET_PUBLIC_KEY,
    DELETE_PROFILE,
    DELETE_SLOTS,
    DELETE_ALL_SEALED,
    DELETE_INBOX,
    SALT,
    SPEND,
    TAKE_SPENT_BACK,
    IS_SPENT,
    FORGET_SPENT,
    POST_MESSAGE,
    WITHDRAW_MESSAGE,
    COUNT_MESSAGES,
    EACH_MESSAGE,
    DELETE_MESSAGES,
    BACKUP,
    CHECK,
    EACH_SLOT,
    PUT_SLOT,
    DELETE_SLOT,
    PUT_SEALED,
    DELETE_SEALED,
    GET_SEALED,
    EACH_SEALED,
    AT_OPEN, /* those below are of tables that are made in memory first: store_make_aside */
    INDEXED = AT_OPEN,
    EACH_KEPT_WORD,
    EACH_MADE_WORD,
    PROBE_PAPER,
    EMPTY_PROBE,
    STATEMENTS,
};

struct connection;

struct store {
    struct connection *connection;
    char *path;
    struct paper sources;        /* its keys: the names of formats handed out in papers */
    bool inside;                 /* a transaction is open */
    bool read_only;              /* opened where nothing can be written */
    int refusal;                 /* the system's error that told so */
    size_t reading;              /* how often store_begin_reading is open */
    bool grouped, part;          /* transactions are parts of one, which is open; a part is open */
    bool durable;                /* synchronous stands at FULL */
    bool touched;                /* this transaction changed papers or features */
    struct store_change *change; /* the papers that it changed, whose checksums are to be written */
    size_t changed, change_cap;
    bool aside;          /* words are looked up in memory, as the index could not be written */
    int64_t aside_stamp; /* what the papers were then */
    bool scrub;          /* this transaction replaced or deleted a key slot: no copy may stay in the WAL */
};

/* ---- what a statement is given ---- */

struct value { /* one parameter of a statement */
    enum { VALUE_NULL, VALUE_INTEGER, VALUE_TEXT, VALUE_BLOB } type;
    int64_t number;
    const void *data;
    size_t length;
};

static inline struct value integer(int64_t number)
{
    return (struct value){.type = VALUE_INTEGER, .number = number};
}

static inline struct value known(int64_t number, int64_t unknown)
{
    return number == unknown ? (struct value){0} : integer(number);
}

static inline struct value text(const char *data)
{
    return data ? (struct value){.type = VALUE_TEXT, .data = data, .length = strlen(data)} : (struct value){0};
}

static inline struct value blob(const void *data, size_t length)
{
    return (struct value){.type = VALUE_BLOB, .data = data ? data : "", .length = length};
}

static inline struct value bytes(const struct bytes *data)
{
    return blob(data->data, data->length);
}

/* ---- what it answers ---- */

struct row; /* a statement at one of its rows */
void store_rest(struct row *row);
PITH_CLEANUP(struct row, store_rest);

bool row_is_null(const struct row *row, int column);
int64_t row_number(const struct row *row, int column);
int row_int(const struct row *row, int column, int unknown); /* `unknown` for NULL */
const char *row_text(const struct row *row, int column);     /* "" for NULL; as a blob, until the next row */
const void *row_blob(const struct row *row, int column);     /* never NULL */
size_t row_length(const struct row *row, int column);        /* of the text or blob that was asked for last */

/* Binds as many values as the statement has parameters; hands it over as rows to step through with store_next_row. What the values
 * point to must stay until *ret_row rests. */
enum pith_status store_query(struct store *store, enum statement which, const struct value *values, struct row **ret_row,
                             struct pith_error *reterr);
enum pith_status store_next_row(struct store *store, struct row *row, bool *ret_more, struct pith_error *reterr);
/* The first row, if there is one. */
enum pith_status store_first_row(struct store *store, enum statement which, const struct value *values, struct row **ret_row,
                                 bool *ret_more, struct pith_error *reterr);
enum pith_status store_run(struct store *store, enum statement which, const struct value *values, struct pith_error *reterr);
/* One integer; `missing` when there is no row or it is NULL. */
enum pith_status store_ask(struct store *store, enum statement which, const struct value *values, int64_t missing,
                           int64_t *ret_number, struct pith_error *reterr);

/* After a statement: rows it changed, the number of the row it added. */
int store_changed(const struct store *store);
int64_t store_last_id(const struct store *store);
/* After one that failed: whether what it adds is there already; what SQLite has to say of a question that makes no sense, or NULL. */
bool store_conflicts(const struct store *store);
const char *store_misunderstood(const struct store *store);
/* When an answer of SQLite's check of pages tells that one could not be read, and not that it is damaged: PITH_IO, PITH_NOMEM. */
enum pith_status store_unread(const struct store *store, const char *said, struct pith_error *reterr);
/* PITH_CORRUPT: the file holds what no pith writes. */
enum pith_status store_corrupt(const struct store *store, const char *detail, struct pith_error *reterr);

/* ---- the file ---- */

/* PITH_IO when the file at the store's path is not the one that is open. */
enum pith_status store_check_place(const struct store *store, struct pith_error *reterr);
/* Writes what waits in the WAL of this file into it; then keeps everybody out of the file, damaged or not, until the holder is let go.
 * PITH_IO while anybody has it open. */
struct store_hold;
enum pith_status store_hold(const char *path, struct store_hold **ret_hold, struct pith_error *reterr);
void store_let_go(struct store_hold *hold);
PITH_CLEANUP(struct store_hold, store_let_go);

/* ---- tables in memory ---- */

/* Runs SQL that makes or drops tables of the schema `temp`, which stays in memory. With `asked`, prepares the statements of these tables. */
enum pith_status store_make_aside(struct store *store, const char *script, bool asked, struct pith_error *reterr);
/* Drops the index in memory, so that what is written next reaches the one in the file. */
void store_end_aside(struct store *store);

/* ---- checksums of papers ---- */

struct store_change {
    int64_t id;
    bool damaged; /* before this transaction: its checksum stays, so that the damage shows until it is mended */
};
/* Before each change of what is kept of a paper; 0: one that is about to be made. */
enum pith_status store_touch(struct store *store, int64_t id, struct pith_error *reterr);
/* At the end of a transaction: writes the checksums of what was touched. */
enum pith_status store_seal_touched(struct store *store, struct pith_error *reterr);
/* Adds bytes to a sum; the sum of all columns of a statement's rows, by name. */
void store_add_to_sum(uint64_t *sum, const void *bytes, size_t length);
enum pith_status store_sum_rows(struct store *store, enum statement which, int64_t id, uint64_t *sum, struct pith_error *reterr);

/* ---- what several of the files need ---- */

enum pith_status store_copy_text(const char *from, char **ret_text, struct pith_error *reterr);
/* Makes a folder and the missing ones above it. */
enum pith_status store_make_folder(const char *home, struct pith_error *reterr);
/* Whether a paper's key is that of its title. */
bool store_is_title_key(const char *key);
/* PITH_NOT_FOUND for a paper's number. */
enum pith_status store_no_paper(int64_t id, struct pith_error *reterr);

#endif
