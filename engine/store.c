#include "store.h"

#include "text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x70697468, /* "pith", in the file's header */
    BUSY_MS = 5000,
    MAX_SOURCES = 64, /* names of formats one store can hold */
    CONFIRM_CHARACTERS = 200, /* of an abstract, folded, that show two papers of one title to be one */
    MARGIN = 8,               /* a cut may fall in a character that folds with its neighbour */
    TELLING_TITLE = 20,       /* letters and digits of a title that with its year names one paper */
    JOINED_POSITION = 1000, /* keys of a joined paper stand after those of the paper that stays */
};

/* Between the items of a list kept in one column: text_normalise leaves no control character in any of them. */
#define SEPARATOR '\x1f'

/* ---- schema: migration[v] makes version v + 1 out of version v. Append only. ---- */

static const char *const migration[] = {
    /* What ranking reads (papers, features) stands apart from what only showing one paper reads (texts). */
    "CREATE TABLE papers(id INTEGER PRIMARY KEY, title TEXT NOT NULL, upvotes INTEGER, comments INTEGER,"
    " citations INTEGER, version INTEGER NOT NULL, published INTEGER, updated INTEGER, announced INTEGER,"
    " announce INTEGER NOT NULL, withdrawn INTEGER NOT NULL, source TEXT NOT NULL, source_rank INTEGER NOT NULL);"
    "CREATE TABLE texts(paper INTEGER PRIMARY KEY, abstract TEXT NOT NULL, authors TEXT NOT NULL,"
    " categories TEXT NOT NULL, url TEXT);"
    "CREATE TABLE features(paper INTEGER PRIMARY KEY, blob BLOB NOT NULL);"
    "CREATE TABLE paper_keys(key TEXT NOT NULL, paper INTEGER NOT NULL, position INTEGER NOT NULL,"
    " PRIMARY KEY(key, paper)) WITHOUT ROWID;"
    "CREATE INDEX paper_keys_by_paper ON paper_keys(paper, position);"
    "CREATE TABLE listings(day INTEGER NOT NULL, position INTEGER NOT NULL, paper INTEGER NOT NULL,"
    " PRIMARY KEY(day, position)) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX listings_by_paper ON listings(paper, day);"
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    /* A random start: the stamps of two stores differ. */
    "INSERT INTO meta VALUES('stamp', abs(random() >> 16)), ('feature_version', 0);"
    "CREATE TABLE profiles(id BLOB PRIMARY KEY, public_key BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE slots(profile BLOB NOT NULL, slot INTEGER NOT NULL, kind INTEGER NOT NULL, blob BLOB NOT NULL,"
    " PRIMARY KEY(profile, slot)) WITHOUT ROWID;"
    "CREATE TABLE sealed(profile BLOB NOT NULL, kind INTEGER NOT NULL, number INTEGER NOT NULL,"
    " counter INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY(profile, kind, number));"
    "CREATE TABLE inbox(sequence INTEGER PRIMARY KEY, profile BLOB NOT NULL, ticket BLOB NOT NULL, blob BLOB NOT NULL,"
    " UNIQUE(profile, ticket));",

    /* Readers by name: a hash under a key of this store alone, so that two stores' hashes cannot be compared. */
    "ALTER TABLE profiles ADD COLUMN name BLOB;"
    "CREATE UNIQUE INDEX profiles_by_name ON profiles(name);"
    "CREATE TABLE salts(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "INSERT INTO salts VALUES('names', randomblob(32));",

    /* By what each record of a paper can be recognised: its title with the year, its title with the abstract's beginning. Not
     * indexed by paper: only joining two asks that way, and that is rare. */
    "CREATE TABLE marks(mark INTEGER NOT NULL, paper INTEGER NOT NULL, PRIMARY KEY(mark, paper)) WITHOUT ROWID;"
    "INSERT INTO meta SELECT 'marked', NOT EXISTS(SELECT 1 FROM papers);",

    /* Words to papers. The index keeps no texts, and a paper that changed gets another row: the old one points nowhere. */
    "CREATE VIRTUAL TABLE search USING fts5(title, abstract, authors, categories, content='',"
    " tokenize='porter unicode61 remove_diacritics 2');"
    "CREATE TABLE searchable(paper INTEGER PRIMARY KEY, place INTEGER NOT NULL UNIQUE);",

    /* A paper is new on one day and replaced on another. */
    "ALTER TABLE listings ADD COLUMN announce INTEGER NOT NULL DEFAULT 0;",

    /* Where each source was left off, and what came of each run. */
    "CREATE TABLE fetches(source TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, day INTEGER, next TEXT NOT NULL,"
    " first INTEGER, usual INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE receipts(id INTEGER PRIMARY KEY, source TEXT NOT NULL, time INTEGER NOT NULL, first INTEGER, last INTEGER,"
    " announced INTEGER NOT NULL, fetched INTEGER NOT NULL, added INTEGER NOT NULL, merged INTEGER NOT NULL,"
    " hidden INTEGER NOT NULL, failed INTEGER NOT NULL, unchanged INTEGER NOT NULL, failure TEXT NOT NULL, note TEXT NOT NULL);"
    "CREATE INDEX receipts_by_source ON receipts(source, id);",

    /* Tickets in mails: the key that they are sealed under, which were used, and what became of papers that they name by number. */
    "INSERT INTO salts VALUES('tickets', randomblob(32));"
    "CREATE TABLE spent(ticket BLOB PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE joined(paper INTEGER NOT NULL, kept INTEGER NOT NULL, PRIMARY KEY(paper, kept)) WITHOUT ROWID;",
};
enum { SCHEMA_VERSION = sizeof migration / sizeof *migration };

/* ---- statements ---- */

enum statement {
    BEGIN,
    COMMIT,
    ROLLBACK,
    FIND_KEY,
    KEY_HOLDERS,
    KEY_TAKEN,
    HAS_ARXIV,
    MARK_HOLDERS,
    PUT_MARK,
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
    VISIT_PAPER,
    EACH_FEATURES,
    LATEST_DAY,
    DAYS,
    NEXT_PAPER,
    FEATURE_VERSION,
    SET_FEATURE_VERSION,
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
    STATEMENTS,
};

#define RECEIPT "source, time, first, last, announced, fetched, added, merged, hidden, failed, unchanged, failure, note"
#define FIRST_KEY_OF(paper) "(SELECT key FROM paper_keys WHERE paper = " paper " ORDER BY position LIMIT 1)"

static const char *const sql[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",

    [FIND_KEY] = "SELECT paper FROM paper_keys WHERE key = ?1 ORDER BY paper LIMIT 1",
    [KEY_HOLDERS] = "SELECT paper FROM paper_keys WHERE key = ?1 ORDER BY paper",
    [KEY_TAKEN] = "SELECT EXISTS(SELECT 1 FROM paper_keys WHERE key = ?1 AND paper <> ?2)",
    [HAS_ARXIV] = "SELECT EXISTS(SELECT 1 FROM paper_keys WHERE paper = ?1 AND key GLOB 'arxiv:*')",
    [MARK_HOLDERS] = "SELECT paper FROM marks WHERE mark = ?1 ORDER BY paper",
    [PUT_MARK] = "INSERT OR IGNORE INTO marks(mark, paper) VALUES(?1, ?2)",
    [DROP_MARKS] = "DELETE FROM marks WHERE paper = ?1",
    [MOVE_MARKS] = "UPDATE OR IGNORE marks SET paper = ?1 WHERE paper = ?2",
    [MARKED] = "SELECT value FROM meta WHERE name = 'marked'",
    [SET_MARKED] = "UPDATE meta SET value = 1 WHERE name = 'marked'",
    [GET_PAPER] = "SELECT title, upvotes, comments, citations, version, published, updated, announced, announce,"
                  " withdrawn, source, source_rank, abstract, authors, categories, url"
                  " FROM papers JOIN texts ON paper = id WHERE id = ?1",
    [GET_KEYS] = "SELECT key FROM paper_keys WHERE paper = ?1 ORDER BY position",
    [FIRST_KEY] = "SELECT " FIRST_KEY_OF("?1"),

    [PUT_PAPER] = "REPLACE INTO papers(id, title, upvotes, comments, citations, version, published, updated,"
                  " announced, announce, withdrawn, source, source_rank)"
                  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    [PUT_TEXT] = "REPLACE INTO texts(paper, abstract, authors, categories, url) VALUES(?1, ?2, ?3, ?4, ?5)",
    [PUT_FEATURES] = "REPLACE INTO features(paper, blob) VALUES(?1, ?2)",
    [PUT_KEY] = "INSERT OR IGNORE INTO paper_keys(key, paper, position) VALUES(?1, ?2, ?3)",
    [DROP_KEYS] = "DELETE FROM paper_keys WHERE paper = ?1",
    [DROP_PAPER] = "DELETE FROM papers WHERE id = ?1",
    [DROP_TEXT] = "DELETE FROM texts WHERE paper = ?1",
    [DROP_FEATURES] = "DELETE FROM features WHERE paper = ?1",
    [DROP_LISTINGS] = "DELETE FROM listings WHERE paper = ?1",
    [MOVE_LISTINGS] = "UPDATE OR IGNORE listings SET paper = ?1 WHERE paper = ?2",
    [MOVE_KEYS] = "UPDATE OR IGNORE paper_keys SET paper = ?1, position = position + ?3 WHERE paper = ?2",
    [NOTE_JOINED] = "INSERT OR IGNORE INTO joined(paper, kept) VALUES(?2, ?1)",
    [FOLLOW_JOINED] = "WITH RECURSIVE chain(id) AS (SELECT ?1 UNION SELECT kept FROM chain JOIN joined ON joined.paper = chain.id)"
                      " SELECT papers.id FROM chain JOIN papers ON papers.id = chain.id ORDER BY papers.id LIMIT ?2",
    [LIST_PAPER] = "INSERT OR IGNORE INTO listings(day, position, paper, announce)"
                   " VALUES(?1, coalesce((SELECT max(position) + 1 FROM listings WHERE day = ?1), 0), ?2, ?3)",
    [ANNOUNCE] = "UPDATE listings SET announce = ?3 WHERE paper = ?2 AND day = ?1 AND (announce = 0 OR announce > ?3)",
    [MERGE_ANNOUNCES] = "UPDATE listings SET announce = d.announce FROM listings d WHERE listings.paper = ?1 AND d.paper = ?2"
                        " AND d.day = listings.day AND d.announce <> 0"
                        " AND (listings.announce = 0 OR listings.announce > d.announce)",

    [TITLES] = "SELECT id, title FROM papers ORDER BY id",
    [NEXT_UNINDEXED] = "SELECT id FROM papers WHERE id > ?1 AND NOT EXISTS(SELECT 1 FROM searchable WHERE paper = id)"
                       " ORDER BY id LIMIT 1",
    [INDEX_PLACE] = "INSERT INTO searchable(paper, place)"
                    " VALUES(?1, 1 + max((SELECT coalesce(max(place), 0) FROM searchable),"
                    " (SELECT coalesce(max(id), 0) FROM search_docsize)))",
    [INDEX_WORDS] = "INSERT INTO search(rowid, title, abstract, authors, categories)"
                    " SELECT (SELECT place FROM searchable WHERE paper = ?1), title, abstract, authors, categories"
                    " FROM papers JOIN texts ON paper = id WHERE id = ?1",
    [UNINDEX] = "DELETE FROM searchable WHERE paper = ?1",
    [SEARCH] = "SELECT s.paper FROM search CROSS JOIN searchable s ON s.place = search.rowid"
               " WHERE search MATCH ?1 AND ((?2 IS NULL AND ?3 IS NULL) OR EXISTS(SELECT 1 FROM listings l"
               " WHERE l.paper = s.paper AND l.day >= coalesce(?2, l.day) AND l.day <= coalesce(?3, l.day)))"
               " ORDER BY bm25(search, 8.0, 1.0, 4.0, 2.0), s.paper LIMIT ?4",
    [COUNT] = "SELECT (SELECT count(*) FROM papers), count(DISTINCT day), min(day), max(day) FROM listings",
    [EACH_LISTED] = "SELECT l.paper, l.day, " FIRST_KEY_OF(
        "l.paper") ", p.title, p.upvotes, p.comments, f.blob, coalesce(nullif(l.announce, 0), p.announce), p.withdrawn"
                   " FROM listings l CROSS JOIN papers p ON p.id = l.paper CROSS JOIN features f ON f.paper = l.paper"
                   " WHERE l.day BETWEEN ?1 AND ?2 AND (?1 = ?2 OR NOT EXISTS(SELECT 1 FROM listings later"
                   " WHERE later.paper = l.paper AND later.day > l.day AND later.day <= ?2))"
                   " ORDER BY l.day, l.position",
    [VISIT_PAPER] = "SELECT id, (SELECT max(day) FROM listings WHERE paper = ?1), " FIRST_KEY_OF(
        "?1") ", title,"
              " upvotes, comments, blob, coalesce((SELECT nullif(announce, 0) FROM listings WHERE paper = ?1 ORDER BY day DESC LIMIT 1),"
              " announce), withdrawn FROM papers JOIN features ON paper = id WHERE id = ?1",
    [EACH_FEATURES] = "WITH RECURSIVE reach(last, most) AS (SELECT max(id), min(?1, max(id)) FROM papers), "
                      "spread(n) AS (SELECT 0 FROM reach WHERE most > 0 UNION ALL SELECT n + 1 FROM spread, reach "
                      "WHERE n + 1 < most) "
                      "SELECT paper, NULL, NULL, NULL, NULL, NULL, blob, 0, 0 FROM spread CROSS JOIN reach "
                      "CROSS JOIN features ON paper = last - n * last / most",
    [LATEST_DAY] = "SELECT max(day) FROM listings WHERE day <= ?1",
    [DAYS] = "SELECT DISTINCT day FROM listings ORDER BY day",
    [NEXT_PAPER] = "SELECT id FROM papers WHERE id > ?1 ORDER BY id LIMIT 1",

    [FEATURE_VERSION] = "SELECT value FROM meta WHERE name = 'feature_version' AND EXISTS(SELECT 1 FROM papers)",
    [SET_FEATURE_VERSION] = "UPDATE meta SET value = ?1 WHERE name = 'feature_version'",
    [STAMP] = "SELECT value FROM meta WHERE name = 'stamp'",
    [RAISE_STAMP] = "UPDATE meta SET value = value + 1 WHERE name = 'stamp'",

    [GET_FETCH] = "SELECT etag, modified, day, next, first, usual FROM fetches WHERE source = ?1",
    [PUT_FETCH] = "REPLACE INTO fetches(source, etag, modified, day, next, first, usual) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [ADD_RECEIPT] = "INSERT INTO receipts(source, time, first, last, announced, fetched, added, merged, hidden, failed, unchanged,"
                    " failure, note) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    [DROP_RECEIPTS] = "DELETE FROM receipts WHERE source = ?1 AND id <="
                      " (SELECT id FROM receipts WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    [EACH_RECEIPT] = "SELECT " RECEIPT " FROM receipts ORDER BY id DESC LIMIT ?1",
    [RECEIPTS_OF] = "SELECT " RECEIPT " FROM receipts WHERE id IN (SELECT max(id) FROM receipts WHERE first <= ?2 AND last >= ?1"
                    " AND NOT unchanged GROUP BY source) ORDER BY source",
    [PROFILES] = "SELECT id, public_key, name FROM profiles ORDER BY id",
    [PROFILE_STATE] = "SELECT (SELECT counter FROM sealed WHERE profile = ?1 AND kind = 1 AND number = 0),"
                      " (SELECT coalesce(max(sequence), 0) FROM inbox WHERE profile = ?1),"
                      " (SELECT value FROM meta WHERE name = 'stamp'), (SELECT coalesce(max(id), 0) FROM receipts)",
    [COUNT_PROFILES] = "SELECT count(*) FROM profiles",
    [FIND_PROFILE] = "SELECT id, public_key, name FROM profiles WHERE id = ?1",
    [NAMED_PROFILE] = "SELECT id, public_key, name FROM profiles WHERE name = ?1",
    [ADD_PROFILE] = "INSERT INTO profiles(id, public_key, name) VALUES(?1, ?2, ?3)",
    [SET_PUBLIC_KEY] = "UPDATE profiles SET public_key = ?2 WHERE id = ?1",
    [DELETE_PROFILE] = "DELETE FROM profiles WHERE id = ?1",
    [DELETE_SLOTS] = "DELETE FROM slots WHERE profile = ?1",
    [DELETE_ALL_SEALED] = "DELETE FROM sealed WHERE profile = ?1",
    [DELETE_INBOX] = "DELETE FROM inbox WHERE profile = ?1",
    [SALT] = "SELECT value FROM salts WHERE name = ?1",
    [SPEND] = "INSERT OR IGNORE INTO spent(ticket, last) VALUES(?1, ?2)",
    [TAKE_SPENT_BACK] = "DELETE FROM spent WHERE ticket = ?1",
    [IS_SPENT] = "SELECT EXISTS(SELECT 1 FROM spent WHERE ticket = ?1)",
    [FORGET_SPENT] = "DELETE FROM spent WHERE last < ?1",
    [POST_MESSAGE] = "INSERT OR IGNORE INTO inbox(profile, ticket, blob) VALUES(?1, ?2, ?3)",
    [WITHDRAW_MESSAGE] = "DELETE FROM inbox WHERE profile = ?1 AND ticket = ?2",
    [COUNT_MESSAGES] = "SELECT count(*) FROM inbox WHERE profile = ?1",
    [EACH_MESSAGE] = "SELECT sequence, blob FROM inbox WHERE profile = ?1 ORDER BY sequence",
    [DELETE_MESSAGES] = "DELETE FROM inbox WHERE profile = ?1 AND sequence <= ?2",
    [BACKUP] = "VACUUM INTO ?1",
    [CHECK] = "PRAGMA integrity_check(20)",
    [EACH_SLOT] = "SELECT slot, kind, blob FROM slots WHERE profile = ?1 ORDER BY slot",
    [PUT_SLOT] = "REPLACE INTO slots(profile, slot, kind, blob) VALUES(?1, ?2, ?3, ?4)",
    [DELETE_SLOT] = "DELETE FROM slots WHERE profile = ?1 AND slot = ?2",
    [PUT_SEALED] = "REPLACE INTO sealed(profile, kind, number, counter, blob) VALUES(?1, ?2, ?3, ?4, ?5)",
    [DELETE_SEALED] = "DELETE FROM sealed WHERE profile = ?1 AND kind = ?2 AND number = ?3",
    [GET_SEALED] = "SELECT counter, blob FROM sealed WHERE profile = ?1 AND kind = ?2 AND number = ?3",
    [EACH_SEALED] = "SELECT kind, number, counter, blob FROM sealed WHERE profile = ?1 ORDER BY kind, number",
};

struct store {
    sqlite3 *db;
    char *path;
    sqlite3_stmt *statement[STATEMENTS];
    struct paper sources; /* its keys: the names of formats handed out in papers */
    bool inside;          /* a transaction is open */
    bool durable;         /* synchronous stands at FULL */
    bool touched;         /* this transaction changed papers or features */
    bool scrub;           /* this transaction replaced or deleted a key slot: no copy may stay in the WAL */
};

/* ---- errors ---- */

static enum pith_status fail_code(int code, const char *path, const char *detail, struct pith_error *reterr)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return pith_fail(reterr, PITH_IO, "another pith is writing to %s: try again in a moment", path);
    case SQLITE_FULL:
        return pith_fail(reterr, PITH_IO, "the disk is full: %s could not be written; free some space and try again",
                         path);
    case SQLITE_READONLY:
        return pith_fail(reterr, PITH_IO, "%s cannot be written: check its permissions and those of its folder", path);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return pith_fail(reterr, PITH_IO,
                         "%s cannot be opened: it must be a file, in a folder, that you may read and write", path);
    case SQLITE_IOERR:
        return pith_fail(reterr, PITH_IO,
                         "%s could not be read or written (%s): the disk may be full, over its quota or failing; "
                         "nothing was changed",
                         path, detail);
    case SQLITE_NOTADB:
        return pith_fail(reterr, PITH_CORRUPT, "%s is not a pith database: move it away or name another home", path);
    case SQLITE_CORRUPT:
        return pith_fail(reterr, PITH_CORRUPT, "%s is damaged (%s): restore it from a backup", path, detail);
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG: return pith_fail(reterr, PITH_NOMEM, "%s: out of memory, or a record past the limit", path);
    default: return pith_fail(reterr, PITH_IO, "%s could not be read or written: %s", path, detail);
    }
}

static enum pith_status fail(const struct store *store, struct pith_error *reterr)
{
    return fail_code(sqlite3_errcode(store->db), store->path, sqlite3_errmsg(store->db), reterr);
}

/* ---- running statements ---- */

struct value { /* one parameter of a statement */
    enum { VALUE_NULL, VALUE_INTEGER, VALUE_TEXT, VALUE_BLOB } type;
    int64_t number;
    const void *data;
    size_t length;
};

static struct value integer(int64_t number)
{
    return (struct value){.type = VALUE_INTEGER, .number = number};
}

static struct value known(int64_t number, int64_t unknown)
{
    return number == unknown ? (struct value){0} : integer(number);
}

static struct value text(const char *data)
{
    return data ? (struct value){.type = VALUE_TEXT, .data = data, .length = strlen(data)} : (struct value){0};
}

static struct value blob(const void *data, size_t length)
{
    return (struct value){.type = VALUE_BLOB, .data = data ? data : "", .length = length};
}

static struct value bytes(const struct bytes *data)
{
    return blob(data->data, data->length);
}

static void rest(sqlite3_stmt *row)
{
    sqlite3_reset(row); /* an error was reported when it was stepped */
}
PITH_CLEANUP(sqlite3_stmt, rest);

static int bind(sqlite3_stmt *row, int at, const struct value *value)
{
    switch (value->type) {
    case VALUE_NULL: return sqlite3_bind_null(row, at);
    case VALUE_INTEGER: return sqlite3_bind_int64(row, at, value->number);
    case VALUE_TEXT: return sqlite3_bind_text64(row, at, value->data, value->length, SQLITE_STATIC, SQLITE_UTF8);
    case VALUE_BLOB: return sqlite3_bind_blob64(row, at, value->data, value->length, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

/* Binds as many values as the statement has parameters; hands it over as rows to step through with next_row. What the values
 * point to must stay until *ret_row rests. */
static enum pith_status query(struct store *store, enum statement which, const struct value *values,
                              sqlite3_stmt **ret_row, struct pith_error *reterr)
{
    sqlite3_stmt *row = store->statement[which];
    assert(!sqlite3_stmt_busy(row)); /* a visit must not start the statement it is visited by */
    int parameters = sqlite3_bind_parameter_count(row);
    for (int i = 0; i < parameters; i++)
        if (bind(row, i + 1, &values[i]) != SQLITE_OK)
            return fail(store, reterr);
    *ret_row = row;
    return PITH_OK;
}

static enum pith_status next_row(struct store *store, sqlite3_stmt *row, bool *ret_more, struct pith_error *reterr)
{
    int code = sqlite3_step(row);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return fail(store, reterr);
    *ret_more = code == SQLITE_ROW;
    return PITH_OK;
}

/* The first row, if there is one. */
static enum pith_status first_row(struct store *store, enum statement which, const struct value *values,
                                  sqlite3_stmt **ret_row, bool *ret_more, struct pith_error *reterr)
{
    enum pith_status status = query(store, which, values, ret_row, reterr);
    return status ? status : next_row(store, *ret_row, ret_more, reterr);
}

static enum pith_status run(struct store *store, enum statement which, const struct value *values,
                            struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    bool more = false;
    return first_row(store, which, values, &row, &more, reterr);
}

/* One integer; `missing` when there is no row or it is NULL. */
static enum pith_status ask(struct store *store, enum statement which, const struct value *values, int64_t missing,
                            int64_t *ret_number, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    bool more = false;
    enum pith_status status = first_row(store, which, values, &row, &more, reterr);
    if (status)
        return status;
    *ret_number = more && sqlite3_column_type(row, 0) != SQLITE_NULL ? sqlite3_column_int64(row, 0) : missing;
    return PITH_OK;
}

static int column_int(sqlite3_stmt *row, int column, int unknown)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? unknown : sqlite3_column_int(row, column);
}

static const char *column_text(sqlite3_stmt *row, int column)
{
    const unsigned char *value = sqlite3_column_text(row, column);
    return value ? (const char *)value : "";
}

static enum pith_status copy_text(const char *from, char **ret_text, struct pith_error *reterr)
{
    char *copy = strdup(from);
    if (!copy)
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    *ret_text = copy;
    return PITH_OK;
}

/* ---- opening ---- */

/* Makes a folder and the missing ones above it. */
static enum pith_status make_folder(const char *home, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *path = NULL;
    enum pith_status status = copy_text(home, &path, reterr);
    if (status)
        return status;
    for (char *slash = path; slash;) {
        slash = strchr(slash + 1, '/');
        if (slash)
            *slash = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return pith_fail(reterr, PITH_IO, "the folder %s cannot be made: %s", path, strerror(errno));
        if (slash)
            *slash = '/';
    }
    return PITH_OK;
}

static enum pith_status make_file(const char *home, const char *path, struct pith_error *reterr)
{
    enum pith_status status = make_folder(home, reterr);
    if (status)
        return status;
    /* Not open(): closing a descriptor would drop the locks that another handle of this process holds on the file. */
    if (mknod(path, S_IFREG | 0600, 0) != 0 && errno != EEXIST)
        return pith_fail(reterr, PITH_IO, "%s cannot be made: %s", path, strerror(errno));
    return PITH_OK;
}

static enum pith_status check_file(const char *path, struct pith_error *reterr)
{
    struct stat file;
    if (stat(path, &file) == 0)
        return PITH_OK;
    if (errno == ENOENT || errno == ENOTDIR)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no %s yet: import a listing or make a profile first", path);
    return pith_fail(reterr, PITH_IO, "%s cannot be opened: %s", path, strerror(errno));
}

static enum pith_status execute(struct store *store, const char *script, struct pith_error *reterr)
{
    return sqlite3_exec(store->db, script, NULL, NULL, NULL) == SQLITE_OK ? PITH_OK : fail(store, reterr);
}

/* One integer from SQL outside the table: pragmas, before the schema is known to be there. */
static enum pith_status read_number(struct store *store, const char *question, int64_t *ret_number,
                                    struct pith_error *reterr)
{
    sqlite3_stmt *row;
    if (sqlite3_prepare_v2(store->db, question, -1, &row, NULL) != SQLITE_OK)
        return fail(store, reterr);
    enum pith_status status = PITH_OK;
    if (sqlite3_step(row) == SQLITE_ROW)
        *ret_number = sqlite3_column_int64(row, 0);
    else
        status = fail(store, reterr);
    sqlite3_finalize(row);
    return status;
}

/* The schema version of the file; 0 for an empty one. */
static enum pith_status read_version(struct store *store, int64_t *ret_version, struct pith_error *reterr)
{
    int64_t application = 0, version = 0, tables = 0;
    enum pith_status status = read_number(store, "PRAGMA application_id", &application, reterr);
    if (!status)
        status = read_number(store, "PRAGMA user_version", &version, reterr);
    if (!status)
        status = read_number(store, "SELECT count(*) FROM sqlite_master", &tables, reterr);
    if (status)
        return status;
    if (application != APPLICATION_ID && (application || version || tables))
        return fail_code(SQLITE_NOTADB, store->path, "", reterr);
    if (version > SCHEMA_VERSION)
        return pith_fail(reterr, PITH_INPUT,
                         "%s was made by a newer pith (schema %lld, this one knows %d): update pith", store->path,
                         (long long)version, (int)SCHEMA_VERSION);
    if (version < 0)
        return fail_code(SQLITE_CORRUPT, store->path, "impossible schema version", reterr);
    *ret_version = version;
    return PITH_OK;
}

/* Inside a write transaction: another pith may have migrated while this one waited for it. */
static enum pith_status migrate_inside(struct store *store, struct pith_error *reterr)
{
    int64_t version;
    enum pith_status status = read_version(store, &version, reterr);
    for (; !status && version < SCHEMA_VERSION; version++)
        status = execute(store, migration[version], reterr);
    if (status)
        return status;
    char mark[96];
    snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT", (int)APPLICATION_ID,
             (int)SCHEMA_VERSION);
    return execute(store, mark, reterr);
}

static enum pith_status migrate(struct store *store, struct pith_error *reterr)
{
    int64_t version;
    enum pith_status status = read_version(store, &version, reterr);
    if (status || version == SCHEMA_VERSION)
        return status;
    status = execute(store, "BEGIN IMMEDIATE", reterr);
    if (status)
        return status;
    status = migrate_inside(store, reterr);
    if (status)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static enum pith_status configure(struct store *store, struct pith_error *reterr)
{
    sqlite3_busy_timeout(store->db, BUSY_MS);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, STORE_MAX_SEALED + PAPER_MAX_RECORD);
    return execute(store,
                   "PRAGMA cache_size = -16384;" /* KiB */
                   "PRAGMA temp_store = MEMORY;"
                   "PRAGMA secure_delete = ON;"
                   "PRAGMA synchronous = NORMAL;"
                   "PRAGMA wal_autocheckpoint = 4000;", /* pages: 16 MB */
                   reterr);
}

static enum pith_status prepare(struct store *store, struct pith_error *reterr)
{
    for (enum statement i = 0; i < STATEMENTS; i++) {
        int code = sqlite3_prepare_v3(store->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &store->statement[i], NULL);
        if (code == SQLITE_ERROR) /* a table or column is not there */
            return fail_code(SQLITE_CORRUPT, store->path, sqlite3_errmsg(store->db), reterr);
        if (code != SQLITE_OK)
            return fail(store, reterr);
    }
    return PITH_OK;
}

static enum pith_status connect_file(struct store *store, struct pith_error *reterr)
{
    int code = sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return fail_code(code, store->path, sqlite3_errstr(code), reterr);
    enum pith_status status = configure(store, reterr);
    if (!status)
        status = migrate(store, reterr);
    if (!status) /* after the check of what file this is: it writes to the header */
        status = execute(store, "PRAGMA journal_mode = WAL", reterr);
    return status ? status : prepare(store, reterr);
}

enum pith_status store_open(const char *home, bool create, struct store **ret_store, struct pith_error *reterr)
{
    AUTO(store_close_p) struct store *store = pith_calloc(1, sizeof *store);
    if (!store)
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    paper_init(&store->sources);
    if (asprintf(&store->path, "%s/pith.db", home) < 0) {
        store->path = NULL;
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    }
    enum pith_status status = create ? make_file(home, store->path, reterr) : check_file(store->path, reterr);
    if (!status)
        status = connect_file(store, reterr);
    if (status)
        return status;
    *ret_store = TAKE(store);
    return PITH_OK;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store_rollback(store);
    for (enum statement i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(store->statement[i]);
    sqlite3_close(store->db);
    paper_clear(&store->sources);
    free(store->path);
    free(store);
}

/* ---- transactions ---- */

enum pith_status store_begin(struct store *store, bool durable, struct pith_error *reterr)
{
    assert(!store->inside);
    if (durable != store->durable) {
        enum pith_status status = execute(store, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                                          reterr);
        if (status)
            return status;
        store->durable = durable;
    }
    enum pith_status status = run(store, BEGIN, NULL, reterr);
    if (status)
        return status;
    store->inside = true;
    store->touched = false;
    store->scrub = false;
    return PITH_OK;
}

enum pith_status store_commit(struct store *store, struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = store->touched ? run(store, RAISE_STAMP, NULL, reterr) : PITH_OK;
    if (!status)
        status = run(store, COMMIT, NULL, reterr);
    if (status) {
        store_rollback(store);
        return status;
    }
    store->inside = false;
    if (store->scrub) /* best effort: a reader at work keeps the old pages until the next checkpoint */
        sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return PITH_OK;
}

void store_rollback(struct store *store)
{
    if (!store->inside)
        return;
    if (!sqlite3_get_autocommit(store->db)) /* SQLite itself rolls back when the disk is full */
        run(store, ROLLBACK, NULL, NULL);
    store->inside = false;
}

/* ---- finding papers ---- */

static bool is_title_key(const char *key)
{
    return strncmp(key, "title:", 6) == 0;
}

struct matches { /* distinct ids, ascending */
    int64_t *id;
    size_t count, max;
};

static bool has_match(const struct matches *matches, int64_t id)
{
    for (size_t i = 0; i < matches->count; i++)
        if (matches->id[i] == id)
            return true;
    return false;
}

static void add_match(struct matches *matches, int64_t id)
{
    if (matches->count == matches->max || has_match(matches, id))
        return;
    size_t at = matches->count++;
    for (; at > 0 && matches->id[at - 1] > id; at--)
        matches->id[at] = matches->id[at - 1];
    matches->id[at] = id;
}

static int year_of(int32_t day)
{
    time_t seconds = (time_t)day * 86400;
    struct tm calendar;
    return gmtime_r(&seconds, &calendar) ? calendar.tm_year : INT32_MAX;
}

/* Bytes of the first `characters` of valid UTF-8. */
static size_t prefix_length(const char *folded, size_t characters)
{
    size_t length = 0;
    for (; folded[length]; length++)
        if (((unsigned char)folded[length] & 0xC0) != 0x80 && characters-- == 0)
            break;
    return length;
}

/* The first 64 bits of a key made by paper_title_key. */
static uint64_t hash_of_key(const char *key)
{
    char digits[17] = "";
    memcpy(digits, key + strlen("title:"), 16);
    return strtoull(digits, NULL, 16);
}

/* Title and year; not of a title like "Editorial", which many papers of one year have. */
static enum pith_status mark_year(const struct paper *paper, uint64_t title, struct store_marks *marks, struct pith_error *reterr)
{
    if (paper->published == PAPER_NO_DAY)
        return PITH_OK;
    AUTO(pith_free_p) char *folded = NULL;
    enum pith_status status = text_fold(paper->title, &folded, reterr);
    if (!status && text_characters(folded) >= TELLING_TITLE)
        marks->mark[marks->count++] = (int64_t)(title + (uint64_t)year_of(paper->published));
    return status;
}

/* The first characters of an abstract, folded. The rest is not looked at, as long as the beginning gives enough of them. */
static enum pith_status fold_beginning(const char *abstract, char **ret_folded, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *folded = NULL;
    AUTO(pith_free_p) char *beginning = strndup(abstract, prefix_length(abstract, 3 * CONFIRM_CHARACTERS));
    if (!beginning)
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    enum pith_status status = text_fold(beginning, &folded, reterr);
    if (!status && text_characters(folded) < CONFIRM_CHARACTERS + MARGIN && strlen(beginning) < strlen(abstract)) {
        free(folded);
        folded = NULL;
        status = text_fold(abstract, &folded, reterr);
    }
    if (status)
        return status;
    folded[prefix_length(folded, CONFIRM_CHARACTERS)] = '\0';
    *ret_folded = TAKE(folded);
    return PITH_OK;
}

static enum pith_status mark_abstract(const struct paper *paper, uint64_t title, struct store_marks *marks,
                                      struct pith_error *reterr)
{
    AUTO(pith_free_p) char *folded = NULL;
    char key[PAPER_KEY_SIZE];
    enum pith_status status = fold_beginning(paper->abstract, &folded, reterr);
    if (status || !*folded)
        return status;
    status = paper_title_key(folded, key, reterr);
    if (!status)
        marks->mark[marks->count++] = (int64_t)(title ^ hash_of_key(key));
    return status;
}

enum pith_status store_marks_of(const struct paper *paper, struct store_marks *ret_marks, struct pith_error *reterr)
{
    struct store_marks marks = {.count = 0};
    char own[PAPER_KEY_SIZE];
    enum pith_status status = PITH_OK;
    snprintf(own, sizeof own, "%s", paper->keys.count ? paper->keys.item[paper->keys.count - 1] : "");
    if (!is_title_key(own))
        status = paper_title_key(paper->title, own, reterr);
    uint64_t title = status ? 0 : hash_of_key(own);
    if (!status)
        status = mark_year(paper, title, &marks, reterr);
    if (!status)
        status = mark_abstract(paper, title, &marks, reterr);
    if (!status)
        *ret_marks = marks;
    return status;
}

static enum pith_status has_arxiv(struct store *store, int64_t id, bool *ret_has, struct pith_error *reterr)
{
    int64_t has;
    enum pith_status status = ask(store, HAS_ARXIV, (struct value[]){integer(id)}, 0, &has, reterr);
    if (!status)
        *ret_has = has != 0;
    return status;
}

/* Whether the paper, or one it was matched with, has an arXiv id. */
static enum pith_status any_arxiv(struct store *store, const struct paper *paper, const struct matches *matches,
                                  bool *ret_has, struct pith_error *reterr)
{
    bool has = false;
    for (size_t i = 0; i < paper->keys.count; i++)
        has = has || strncmp(paper->keys.item[i], "arxiv:", 6) == 0;
    for (size_t i = 0; !has && i < matches->count; i++) {
        enum pith_status status = has_arxiv(store, matches->id[i], &has, reterr);
        if (status)
            return status;
    }
    *ret_has = has;
    return PITH_OK;
}

/* A paper of one mark: taken, unless both have arXiv ids, which then differ. */
static enum pith_status consider(struct store *store, const struct paper *paper, int64_t id, struct matches *matches,
                                 struct pith_error *reterr)
{
    bool other = false;
    enum pith_status status = has_arxiv(store, id, &other, reterr);
    if (!status && other)
        status = any_arxiv(store, paper, matches, &other, reterr);
    if (!status && !other)
        add_match(matches, id);
    return status;
}

static enum pith_status match_key(struct store *store, const char *key, struct matches *matches, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    enum pith_status status = query(store, KEY_HOLDERS, (struct value[]){text(key)}, &row, reterr);
    for (bool more = true; !status;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            return status;
        add_match(matches, sqlite3_column_int64(row, 0));
    }
    return status;
}

static enum pith_status match_mark(struct store *store, const struct paper *paper, int64_t mark, struct matches *matches,
                                   struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    enum pith_status status = query(store, MARK_HOLDERS, (struct value[]){integer(mark)}, &row, reterr);
    for (bool more = true; !status;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            return status;
        int64_t id = sqlite3_column_int64(row, 0);
        if (!has_match(matches, id))
            status = consider(store, paper, id, matches, reterr);
    }
    return status;
}

enum pith_status store_same_papers(struct store *store, const struct paper *paper, const struct store_marks *marks, int64_t *ids,
                                   size_t max, size_t *ret_count, struct pith_error *reterr)
{
    struct matches matches = {.id = ids, .max = max};
    enum pith_status status = PITH_OK;
    /* What identifiers say comes before what titles suggest. */
    for (size_t i = 0; !status && i < paper->keys.count; i++)
        if (!is_title_key(paper->keys.item[i]))
            status = match_key(store, paper->keys.item[i], &matches, reterr);
    for (size_t i = 0; !status && i < marks->count; i++)
        status = match_mark(store, paper, marks->mark[i], &matches, reterr);
    if (!status)
        *ret_count = matches.count;
    return status;
}

enum pith_status store_mark_paper(struct store *store, int64_t id, const struct store_marks *marks, struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < marks->count; i++)
        status = run(store, PUT_MARK, (struct value[]){integer(marks->mark[i]), integer(id)}, reterr);
    return status;
}

enum pith_status store_is_marked(struct store *store, bool *ret_marked, struct pith_error *reterr)
{
    int64_t marked;
    enum pith_status status = ask(store, MARKED, NULL, 1, &marked, reterr);
    if (!status)
        *ret_marked = marked != 0;
    return status;
}

enum pith_status store_set_marked(struct store *store, struct pith_error *reterr)
{
    assert(store->inside);
    return run(store, SET_MARKED, NULL, reterr);
}

enum pith_status store_find_key(struct store *store, const char *key, int64_t *ret_id, struct pith_error *reterr)
{
    int64_t id;
    enum pith_status status = ask(store, FIND_KEY, (struct value[]){text(key)}, 0, &id, reterr);
    if (status)
        return status;
    if (id == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "no paper is known as %s", key);
    *ret_id = id;
    return PITH_OK;
}

static enum pith_status no_paper(int64_t id, struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_NOT_FOUND, "there is no paper with number %lld", (long long)id);
}

enum pith_status store_paper_key(struct store *store, int64_t id, char key[PAPER_KEY_SIZE], struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    bool more = false;
    enum pith_status status = first_row(store, FIRST_KEY, (struct value[]){integer(id)}, &row, &more, reterr);
    if (status)
        return status;
    if (!more || sqlite3_column_type(row, 0) == SQLITE_NULL)
        return no_paper(id, reterr);
    snprintf(key, PAPER_KEY_SIZE, "%s", column_text(row, 0));
    return PITH_OK;
}

enum pith_status store_find_title(struct store *store, const char *part, int64_t *ids, size_t max, size_t *ret_count,
                                  struct pith_error *reterr)
{
    AUTO(pith_free_p) char *wanted = NULL;
    enum pith_status status = text_fold(part, &wanted, reterr);
    if (status)
        return status;
    if (text_characters(wanted) < 3)
        return pith_fail(reterr, PITH_USAGE,
                         "\"%s\" is too short to look for in titles: give at least 3 letters or digits", part);
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    status = query(store, TITLES, NULL, &row, reterr);
    size_t count = 0;
    for (bool more = true; !status && count < max;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        AUTO(pith_free_p) char *title = NULL;
        status = text_fold(column_text(row, 1), &title, reterr);
        if (!status && strstr(title, wanted))
            ids[count++] = sqlite3_column_int64(row, 0);
    }
    if (!status)
        *ret_count = count;
    return status;
}

/* ---- the index of words ---- */

enum pith_status store_next_unindexed(struct store *store, int64_t after, int64_t *ret_id, struct pith_error *reterr)
{
    int64_t id;
    enum pith_status status = ask(store, NEXT_UNINDEXED, (struct value[]){integer(after)}, 0, &id, reterr);
    if (status)
        return status;
    if (id == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "every paper is indexed");
    *ret_id = id;
    return PITH_OK;
}

enum pith_status store_index_paper(struct store *store, int64_t id, struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = run(store, INDEX_PLACE, (struct value[]){integer(id)}, reterr);
    return status ? status : run(store, INDEX_WORDS, (struct value[]){integer(id)}, reterr);
}

enum pith_status store_search(struct store *store, const char *expression, int32_t first, int32_t last, int64_t *ids, size_t max,
                              size_t *ret_count, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    const struct value values[] = {text(expression), known(first, PAPER_NO_DAY), known(last, PAPER_NO_DAY), integer((int64_t)max)};
    enum pith_status status = query(store, SEARCH, values, &row, reterr);
    size_t count = 0;
    for (int code; !status && count < max; count++) {
        code = sqlite3_step(row);
        if (code == SQLITE_DONE)
            break;
        if (code == SQLITE_ERROR) /* what FTS5 says of an expression */
            return pith_fail(reterr, PITH_USAGE, "the query cannot be understood: %s", sqlite3_errmsg(store->db));
        if (code != SQLITE_ROW)
            return fail(store, reterr);
        ids[count] = sqlite3_column_int64(row, 0);
    }
    if (!status)
        *ret_count = count;
    return status;
}

/* ---- reading a paper ---- */

static enum pith_status split_list(const char *items, size_t max, struct paper_list *list, struct pith_error *reterr)
{
    while (*items) {
        size_t length = strcspn(items, (const char[]){SEPARATOR, '\0'});
        enum pith_status status = paper_list_add(list, items, length, max, reterr);
        if (status)
            return status;
        items += length + (items[length] == SEPARATOR);
    }
    return PITH_OK;
}

/* The one copy of a format's name that papers point to. */
static enum pith_status source_name(struct store *store, const char *name, const char **ret_name,
                                    struct pith_error *reterr)
{
    struct paper_list *names = &store->sources.keys;
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->item[i], name) == 0) {
            *ret_name = names->item[i];
            return PITH_OK;
        }
    enum pith_status status = paper_list_add(names, name, strlen(name), MAX_SOURCES, reterr);
    if (!status)
        *ret_name = names->item[names->count - 1];
    return status;
}

static enum paper_announce announce_of(int number)
{
    return number >= ANNOUNCE_UNKNOWN && number <= ANNOUNCE_REPLACE_CROSS ? (enum paper_announce)number : ANNOUNCE_UNKNOWN;
}

static void read_numbers(sqlite3_stmt *row, struct paper *paper)
{
    paper->upvotes = column_int(row, 1, PAPER_MISSING);
    paper->comments = column_int(row, 2, PAPER_MISSING);
    paper->citations = column_int(row, 3, PAPER_MISSING);
    paper->version = column_int(row, 4, 0);
    paper->published = column_int(row, 5, PAPER_NO_DAY);
    paper->updated = column_int(row, 6, PAPER_NO_DAY);
    paper->announced = column_int(row, 7, PAPER_NO_DAY);
    paper->announce = announce_of(column_int(row, 8, ANNOUNCE_UNKNOWN));
    paper->withdrawn = column_int(row, 9, 0) != 0;
    paper->source_rank = column_int(row, 11, 0);
}

static enum pith_status read_paper(struct store *store, sqlite3_stmt *row, struct paper *paper,
                                   struct pith_error *reterr)
{
    read_numbers(row, paper);
    enum pith_status status = copy_text(column_text(row, 0), &paper->title, reterr);
    if (!status)
        status = source_name(store, column_text(row, 10), &paper->source, reterr);
    if (!status)
        status = copy_text(column_text(row, 12), &paper->abstract, reterr);
    if (!status)
        status = split_list(column_text(row, 13), PAPER_MAX_AUTHORS, &paper->authors, reterr);
    if (!status)
        status = split_list(column_text(row, 14), PAPER_MAX_CATEGORIES, &paper->categories, reterr);
    if (!status && sqlite3_column_type(row, 15) != SQLITE_NULL)
        status = copy_text(column_text(row, 15), &paper->url, reterr);
    return status;
}

static enum pith_status read_keys(struct store *store, int64_t id, struct paper_list *keys, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    enum pith_status status = query(store, GET_KEYS, (struct value[]){integer(id)}, &row, reterr);
    for (bool more = true; !status;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const char *key = column_text(row, 0);
        status = paper_list_add(keys, key, strlen(key), PAPER_MAX_KEYS * 4, reterr); /* joined ones too */
    }
    return status;
}

enum pith_status store_get_paper(struct store *store, int64_t id, struct paper *ret_paper, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    AUTO(paper_clear) struct paper paper;
    paper_init(&paper);
    bool more = false;
    enum pith_status status = first_row(store, GET_PAPER, (struct value[]){integer(id)}, &row, &more, reterr);
    if (status)
        return status;
    if (!more)
        return no_paper(id, reterr);
    status = read_paper(store, row, &paper, reterr);
    if (!status)
        status = read_keys(store, id, &paper.keys, reterr);
    if (status)
        return status;
    *ret_paper = paper;
    paper_init(&paper);
    return PITH_OK;
}

/* ---- writing a paper ---- */

static enum pith_status join_list(const struct paper_list *list, char **ret_text, struct pith_error *reterr)
{
    size_t length = 1;
    for (size_t i = 0; i < list->count; i++)
        length += strlen(list->item[i]) + 1;
    char *joined = pith_calloc(length, 1);
    if (!joined)
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    char *at = joined;
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            *at++ = SEPARATOR;
        at = stpcpy(at, list->item[i]);
    }
    *ret_text = joined;
    return PITH_OK;
}

static enum pith_status put_record(struct store *store, const struct paper *paper, int64_t *id,
                                   struct pith_error *reterr)
{
    const struct value values[] = {
        known(*id, 0),
        text(paper->title),
        known(paper->upvotes, PAPER_MISSING),
        known(paper->comments, PAPER_MISSING),
        known(paper->citations, PAPER_MISSING),
        integer(paper->version),
        known(paper->published, PAPER_NO_DAY),
        known(paper->updated, PAPER_NO_DAY),
        known(paper->announced, PAPER_NO_DAY),
        integer((int64_t)paper->announce),
        integer(paper->withdrawn),
        text(paper->source ? paper->source : ""),
        integer(paper->source_rank),
    };
    enum pith_status status = run(store, PUT_PAPER, values, reterr);
    if (!status && *id == 0)
        *id = sqlite3_last_insert_rowid(store->db);
    return status;
}

static enum pith_status put_text(struct store *store, const struct paper *paper, int64_t id, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *authors = NULL;
    AUTO(pith_free_p) char *categories = NULL;
    enum pith_status status = join_list(&paper->authors, &authors, reterr);
    if (!status)
        status = join_list(&paper->categories, &categories, reterr);
    if (status)
        return status;
    const struct value values[] = {integer(id), text(paper->abstract), text(authors), text(categories),
                                   text(paper->url)};
    return run(store, PUT_TEXT, values, reterr);
}

static enum pith_status key_taken(struct store *store, const char *key, int64_t id, int64_t *ret_taken,
                                  struct pith_error *reterr)
{
    return ask(store, KEY_TAKEN, (struct value[]){text(key), integer(id)}, 0, ret_taken, reterr);
}

/* What a paper without an identifier is called: its title key, numbered when another paper has it. */
static enum pith_status title_name(struct store *store, const char *key, int64_t id, char name[PAPER_KEY_SIZE],
                                   struct pith_error *reterr)
{
    snprintf(name, PAPER_KEY_SIZE, "%s", key);
    int length = (int)strcspn(key, ".");
    int64_t taken;
    enum pith_status status = key_taken(store, name, id, &taken, reterr);
    for (int number = 2; !status && taken; number++) {
        snprintf(name, PAPER_KEY_SIZE, "%.*s.%d", length, key, number);
        status = key_taken(store, name, id, &taken, reterr);
    }
    return status;
}

static enum pith_status put_keys(struct store *store, const struct paper_list *keys, int64_t id,
                                 struct pith_error *reterr)
{
    char name[PAPER_KEY_SIZE];
    enum pith_status status = PITH_OK;
    if (is_title_key(keys->item[0])) {
        status = title_name(store, keys->item[0], id, name, reterr);
        if (!status)
            status = run(store, PUT_KEY, (struct value[]){text(name), integer(id), integer(0)}, reterr);
    }
    for (size_t i = 0; !status && i < keys->count; i++)
        status = run(store, PUT_KEY, (struct value[]){text(keys->item[i]), integer(id), integer((int64_t)i + 1)},
                     reterr);
    return status;
}

enum pith_status store_put_paper(struct store *store, const struct paper *paper, const struct bytes *features,
                                 int64_t *id, struct pith_error *reterr)
{
    assert(store->inside && paper->keys.count > 0 && *id >= 0);
    int64_t number = *id;
    enum pith_status status = PITH_OK;
    if (number > 0)
        status = run(store, DROP_KEYS, (struct value[]){integer(number)}, reterr);
    if (!status && number > 0)
        status = run(store, UNINDEX, (struct value[]){integer(number)}, reterr);
    if (!status)
        status = put_record(store, paper, &number, reterr);
    if (!status)
        status = put_text(store, paper, number, reterr);
    if (!status)
        status = put_keys(store, &paper->keys, number, reterr);
    if (!status)
        status = store_put_features(store, number, features, reterr);
    if (!status)
        *id = number;
    return status;
}

enum pith_status store_put_features(struct store *store, int64_t id, const struct bytes *features,
                                    struct pith_error *reterr)
{
    assert(store->inside && !features->failed && features->length <= STORE_MAX_FEATURES);
    store->touched = true;
    return run(store, PUT_FEATURES, (struct value[]){integer(id), bytes(features)}, reterr);
}

enum pith_status store_join_papers(struct store *store, int64_t keep, int64_t drop, struct pith_error *reterr)
{
    assert(store->inside && keep != drop);
    store->touched = true;
    const struct value move[] = {integer(keep), integer(drop), integer(JOINED_POSITION)};
    enum pith_status status = run(store, MERGE_ANNOUNCES, move, reterr);
    if (!status)
        status = run(store, MOVE_LISTINGS, move, reterr);
    if (!status)
        status = run(store, MOVE_KEYS, move, reterr);
    if (!status)
        status = run(store, MOVE_MARKS, move, reterr);
    if (!status)
        status = run(store, NOTE_JOINED, move, reterr);
    /* What both had was not moved, and goes with the rest. */
    static const enum statement drops[] = {UNINDEX, DROP_LISTINGS, DROP_KEYS, DROP_MARKS, DROP_TEXT, DROP_FEATURES, DROP_PAPER};
    for (size_t i = 0; !status && i < sizeof drops / sizeof *drops; i++)
        status = run(store, drops[i], (struct value[]){integer(drop)}, reterr);
    return status;
}

enum pith_status store_list_paper(struct store *store, int32_t day, int64_t id, enum paper_announce announce, bool *ret_added,
                                  struct pith_error *reterr)
{
    assert(store->inside);
    const struct value values[] = {integer(day), integer(id), integer((int64_t)announce)};
    enum pith_status status = run(store, LIST_PAPER, values, reterr);
    bool added = !status && sqlite3_changes(store->db) > 0;
    if (!status && !added && announce != ANNOUNCE_UNKNOWN)
        status = run(store, ANNOUNCE, values, reterr);
    if (!status)
        *ret_added = added;
    return status;
}

/* ---- listings ---- */

enum pith_status store_count(struct store *store, struct store_counts *ret_counts, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    bool more = false;
    enum pith_status status = first_row(store, COUNT, NULL, &row, &more, reterr);
    if (status)
        return status;
    *ret_counts = (struct store_counts){.papers = sqlite3_column_int64(row, 0),
                                        .days = sqlite3_column_int64(row, 1),
                                        .first_day = column_int(row, 2, PAPER_NO_DAY),
                                        .last_day = column_int(row, 3, PAPER_NO_DAY)};
    return PITH_OK;
}

static enum pith_status visit_rows(struct store *store, enum statement which, const struct value *values,
                                   store_visit *visit, void *user, size_t *ret_count, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    enum pith_status status = query(store, which, values, &row, reterr);
    size_t count = 0;
    for (bool more = true; !status; count++) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const void *features = sqlite3_column_blob(row, 6);
        const struct store_row seen = {.id = sqlite3_column_int64(row, 0),
                                       .day = column_int(row, 1, PAPER_NO_DAY),
                                       .key = column_text(row, 2),
                                       .title = column_text(row, 3),
                                       .upvotes = column_int(row, 4, PAPER_MISSING),
                                       .comments = column_int(row, 5, PAPER_MISSING),
                                       .announce = announce_of(column_int(row, 7, ANNOUNCE_UNKNOWN)),
                                       .withdrawn = column_int(row, 8, 0) != 0,
                                       .features = features ? features : "",
                                       .features_length = (size_t)sqlite3_column_bytes(row, 6)};
        status = visit(user, &seen, reterr);
    }
    if (!status)
        *ret_count = count;
    return status;
}

enum pith_status store_each_listed(struct store *store, int32_t first, int32_t last, store_visit *visit, void *user,
                                   struct pith_error *reterr)
{
    size_t count;
    return visit_rows(store, EACH_LISTED, (struct value[]){integer(first), integer(last)}, visit, user, &count, reterr);
}

enum pith_status store_visit_paper(struct store *store, int64_t id, store_visit *visit, void *user,
                                   struct pith_error *reterr)
{
    size_t count;
    enum pith_status status = visit_rows(store, VISIT_PAPER, (struct value[]){integer(id)}, visit, user, &count,
                                         reterr);
    return status || count > 0 ? status : no_paper(id, reterr);
}

enum pith_status store_each_features(struct store *store, int64_t limit, store_visit *visit, void *user,
                                     struct pith_error *reterr)
{
    assert(limit >= 0); /* to SQLite a negative limit is none */
    size_t count;
    return visit_rows(store, EACH_FEATURES, (struct value[]){integer(limit)}, visit, user, &count, reterr);
}

enum pith_status store_latest_day(struct store *store, int32_t not_after, int32_t *ret_day, struct pith_error *reterr)
{
    int64_t day;
    enum pith_status status = ask(store, LATEST_DAY, (struct value[]){integer(not_after)}, PAPER_NO_DAY, &day, reterr);
    if (status)
        return status;
    if (day == PAPER_NO_DAY)
        return pith_fail(reterr, PITH_NOT_FOUND, "no paper is listed: import a listing first");
    *ret_day = (int32_t)day;
    return PITH_OK;
}

enum pith_status store_days(struct store *store, int32_t **ret_days, size_t *ret_count, struct pith_error *reterr)
{
    AUTO(pith_free_p) int32_t *days = NULL;
    size_t count = 0, cap = 0;
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    enum pith_status status = query(store, DAYS, NULL, &row, reterr);
    for (bool more = true; !status;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        status = pith_grow(&days, &cap, count + 1, sizeof *days, SIZE_MAX / sizeof *days, reterr);
        if (!status)
            days[count++] = sqlite3_column_int(row, 0);
    }
    if (status)
        return status;
    *ret_days = TAKE(days);
    *ret_count = count;
    return PITH_OK;
}

/* ---- features ---- */

enum pith_status store_feature_version(struct store *store, int *ret_version, struct pith_error *reterr)
{
    int64_t version;
    enum pith_status status = ask(store, FEATURE_VERSION, NULL, 0, &version, reterr);
    if (!status)
        *ret_version = (int)version;
    return status;
}

enum pith_status store_set_feature_version(struct store *store, int version, struct pith_error *reterr)
{
    assert(store->inside);
    return run(store, SET_FEATURE_VERSION, (struct value[]){integer(version)}, reterr);
}

enum pith_status store_next_paper(struct store *store, int64_t after, int64_t *ret_id, struct pith_error *reterr)
{
    int64_t id;
    enum pith_status status = ask(store, NEXT_PAPER, (struct value[]){integer(after)}, 0, &id, reterr);
    if (status)
        return status;
    if (id == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no paper after number %lld", (long long)after);
    *ret_id = id;
    return PITH_OK;
}

enum pith_status store_catalogue_stamp(struct store *store, int64_t *ret_stamp, struct pith_error *reterr)
{
    return ask(store, STAMP, NULL, 0, ret_stamp, reterr);
}

/* ---- fetching ---- */

static void copy_column(char *to, size_t size, sqlite3_stmt *row, int column)
{
    snprintf(to, size, "%s", column_text(row, column));
}

enum pith_status store_get_fetch(struct store *store, const char *source, struct store_fetch *ret_fetch, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    struct store_fetch fetch = {.day = PAPER_NO_DAY, .from = PAPER_NO_DAY};
    bool more = false;
    enum pith_status status = first_row(store, GET_FETCH, (struct value[]){text(source)}, &row, &more, reterr);
    if (status)
        return status;
    if (more) {
        copy_column(fetch.etag, sizeof fetch.etag, row, 0);
        copy_column(fetch.modified, sizeof fetch.modified, row, 1);
        fetch.day = column_int(row, 2, PAPER_NO_DAY);
        copy_column(fetch.next, sizeof fetch.next, row, 3);
        fetch.from = column_int(row, 4, PAPER_NO_DAY);
        fetch.usual = (size_t)sqlite3_column_int64(row, 5);
    }
    *ret_fetch = fetch;
    return PITH_OK;
}

enum pith_status store_put_fetch(struct store *store, const char *source, const struct store_fetch *fetch, struct pith_error *reterr)
{
    assert(store->inside);
    return run(store, PUT_FETCH,
               (struct value[]){text(source), text(fetch->etag), text(fetch->modified), known(fetch->day, PAPER_NO_DAY),
                                text(fetch->next), known(fetch->from, PAPER_NO_DAY), integer((int64_t)fetch->usual)},
               reterr);
}

enum pith_status store_add_receipt(struct store *store, const struct store_receipt *receipt, struct pith_error *reterr)
{
    assert(store->inside);
    const struct value values[] = {
        text(receipt->source),         integer(receipt->time),   known(receipt->first, PAPER_NO_DAY),
        known(receipt->last, PAPER_NO_DAY), integer(receipt->announced), integer(receipt->fetched),
        integer(receipt->added),       integer(receipt->merged), integer(receipt->hidden),
        integer(receipt->failed),      integer(receipt->unchanged), text(receipt->failure),
        text(receipt->note),
    };
    enum pith_status status = run(store, ADD_RECEIPT, values, reterr);
    return status ? status
                  : run(store, DROP_RECEIPTS, (struct value[]){text(receipt->source), integer(STORE_RECEIPTS)}, reterr);
}

static enum pith_status visit_receipts(struct store *store, enum statement which, const struct value *values,
                                       store_receipt_visit *visit, void *user, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    enum pith_status status = query(store, which, values, &row, reterr);
    for (bool more = true; !status;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        struct store_receipt receipt = {.time = sqlite3_column_int64(row, 1),
                                        .first = column_int(row, 2, PAPER_NO_DAY),
                                        .last = column_int(row, 3, PAPER_NO_DAY),
                                        .announced = sqlite3_column_int64(row, 4),
                                        .fetched = sqlite3_column_int64(row, 5),
                                        .added = sqlite3_column_int64(row, 6),
                                        .merged = sqlite3_column_int64(row, 7),
                                        .hidden = sqlite3_column_int64(row, 8),
                                        .failed = sqlite3_column_int64(row, 9),
                                        .unchanged = sqlite3_column_int64(row, 10) != 0};
        copy_column(receipt.source, sizeof receipt.source, row, 0);
        copy_column(receipt.failure, sizeof receipt.failure, row, 11);
        copy_column(receipt.note, sizeof receipt.note, row, 12);
        status = visit(user, &receipt, reterr);
    }
    return status;
}

enum pith_status store_each_receipt(struct store *store, size_t most, store_receipt_visit *visit, void *user,
                                    struct pith_error *reterr)
{
    return visit_receipts(store, EACH_RECEIPT, (struct value[]){integer((int64_t)most)}, visit, user, reterr);
}

enum pith_status store_receipts_of(struct store *store, int32_t first, int32_t last, store_receipt_visit *visit, void *user,
                                   struct pith_error *reterr)
{
    return visit_receipts(store, RECEIPTS_OF, (struct value[]){integer(first), integer(last)}, visit, user, reterr);
}

/* ---- profiles ---- */

static struct value profile_id(const unsigned char *profile)
{
    return blob(profile, STORE_PROFILE_ID);
}

static enum pith_status read_profile(struct store *store, sqlite3_stmt *row, struct store_profile *profile,
                                     struct pith_error *reterr)
{
    bool named = sqlite3_column_type(row, 2) != SQLITE_NULL;
    if (sqlite3_column_bytes(row, 0) != STORE_PROFILE_ID || sqlite3_column_bytes(row, 1) != STORE_PUBLIC_KEY ||
        (named && sqlite3_column_bytes(row, 2) != STORE_NAME))
        return fail_code(SQLITE_CORRUPT, store->path, "a profile's record has another size", reterr);
    memcpy(profile->id, sqlite3_column_blob(row, 0), STORE_PROFILE_ID);
    memcpy(profile->public_key, sqlite3_column_blob(row, 1), STORE_PUBLIC_KEY);
    profile->named = named;
    memset(profile->name, 0, sizeof profile->name);
    if (named)
        memcpy(profile->name, sqlite3_column_blob(row, 2), STORE_NAME);
    return PITH_OK;
}

/* PITH_NOT_FOUND without words of its own: the caller knows what was looked for. */
static enum pith_status find_profile(struct store *store, enum statement which, struct value wanted,
                                     struct store_profile *ret_profile, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    bool more = false;
    enum pith_status status = first_row(store, which, &wanted, &row, &more, reterr);
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
    return ask(store, COUNT_PROFILES, NULL, 0, ret_count, reterr);
}

static enum pith_status read_salt(struct store *store, const char *name, unsigned char *key, size_t size, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    bool more = false;
    enum pith_status status = first_row(store, SALT, (struct value[]){text(name)}, &row, &more, reterr);
    if (status)
        return status;
    if (!more || sqlite3_column_bytes(row, 0) != (int)size)
        return fail_code(SQLITE_CORRUPT, store->path, "a key of the store is missing", reterr);
    memcpy(key, sqlite3_column_blob(row, 0), size);
    return PITH_OK;
}

enum pith_status store_name_key(struct store *store, unsigned char key[STORE_NAME_KEY], struct pith_error *reterr)
{
    return read_salt(store, "names", key, STORE_NAME_KEY, reterr);
}

enum pith_status store_profiles(struct store *store, struct store_profile **ret_profiles, size_t *ret_count,
                                struct pith_error *reterr)
{
    AUTO(pith_free_p) struct store_profile *profiles = NULL;
    size_t count = 0, cap = 0;
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    enum pith_status status = query(store, PROFILES, NULL, &row, reterr);
    for (bool more = true; !status;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        status = pith_grow(&profiles, &cap, count + 1, sizeof *profiles, SIZE_MAX / sizeof *profiles, reterr);
        if (!status)
            status = read_profile(store, row, &profiles[count++], reterr);
    }
    if (status)
        return status;
    *ret_profiles = TAKE(profiles);
    *ret_count = count;
    return PITH_OK;
}

enum pith_status store_profile_state(struct store *store, const unsigned char *profile, int64_t state[STORE_STATE], struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    bool more = false;
    enum pith_status status = first_row(store, PROFILE_STATE, (struct value[]){profile_id(profile)}, &row, &more, reterr);
    if (status)
        return status;
    if (!more || sqlite3_column_type(row, 0) == SQLITE_NULL)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no such profile in %s", store->path);
    for (int i = 0; i < STORE_STATE; i++)
        state[i] = sqlite3_column_int64(row, i);
    return PITH_OK;
}

enum pith_status store_add_profile(struct store *store, const struct store_profile *profile, struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = run(
        store, ADD_PROFILE,
        (struct value[]){profile_id(profile->id), blob(profile->public_key, STORE_PUBLIC_KEY),
                         profile->named ? blob(profile->name, STORE_NAME) : (struct value){0}},
        reterr);
    if (status && (sqlite3_errcode(store->db) & 0xff) == SQLITE_CONSTRAINT)
        return pith_fail(reterr, PITH_EXISTS, "this profile is in %s already", store->path);
    return status;
}

enum pith_status store_set_public_key(struct store *store, const unsigned char *profile,
                                      const unsigned char *public_key, struct pith_error *reterr)
{
    assert(store->inside);
    return run(store, SET_PUBLIC_KEY, (struct value[]){profile_id(profile), blob(public_key, STORE_PUBLIC_KEY)},
               reterr);
}

enum pith_status store_delete_slots(struct store *store, const unsigned char *profile, struct pith_error *reterr)
{
    assert(store->inside);
    store->scrub = true;
    return run(store, DELETE_SLOTS, (struct value[]){profile_id(profile)}, reterr);
}

enum pith_status store_delete_profile(struct store *store, const unsigned char *profile, struct pith_error *reterr)
{
    static const enum statement all[] = {DELETE_SLOTS, DELETE_ALL_SEALED, DELETE_INBOX, DELETE_PROFILE};
    assert(store->inside);
    store->scrub = true;
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < sizeof all / sizeof *all; i++)
        status = run(store, all[i], (struct value[]){profile_id(profile)}, reterr);
    return status;
}

/* ---- inbox ---- */

enum pith_status store_post(struct store *store, const unsigned char *profile, const unsigned char ticket[STORE_TICKET],
                            const struct bytes *message, bool *ret_added, struct pith_error *reterr)
{
    assert(store->inside && !message->failed);
    int64_t waiting;
    enum pith_status status = ask(store, COUNT_MESSAGES, (struct value[]){profile_id(profile)}, 0, &waiting, reterr);
    if (!status && (waiting >= STORE_MAX_INBOX || message->length > STORE_MAX_MESSAGE))
        status = pith_fail(reterr, PITH_NOMEM,
                           "the inbox takes at most %d messages of %d bytes until the profile is unlocked",
                           STORE_MAX_INBOX, STORE_MAX_MESSAGE);
    const struct value values[] = {profile_id(profile), blob(ticket, STORE_TICKET), bytes(message)};
    if (!status)
        status = run(store, POST_MESSAGE, values, reterr);
    if (!status && ret_added)
        *ret_added = sqlite3_changes(store->db) > 0;
    return status;
}

enum pith_status store_each_message(struct store *store, const unsigned char *profile, store_message_visit *visit,
                                    void *user, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    enum pith_status status = query(store, EACH_MESSAGE, (struct value[]){profile_id(profile)}, &row, reterr);
    for (bool more = true; !status;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const void *data = sqlite3_column_blob(row, 1);
        status = visit(user, sqlite3_column_int64(row, 0), data ? data : "", (size_t)sqlite3_column_bytes(row, 1),
                       reterr);
    }
    return status;
}

enum pith_status store_delete_messages(struct store *store, const unsigned char *profile, int64_t until,
                                       struct pith_error *reterr)
{
    assert(store->inside);
    return run(store, DELETE_MESSAGES, (struct value[]){profile_id(profile), integer(until)}, reterr);
}

enum pith_status store_withdraw(struct store *store, const unsigned char *profile, const unsigned char ticket[STORE_TICKET],
                                bool *ret_withdrawn, struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = run(store, WITHDRAW_MESSAGE, (struct value[]){profile_id(profile), blob(ticket, STORE_TICKET)}, reterr);
    if (!status)
        *ret_withdrawn = sqlite3_changes(store->db) > 0;
    return status;
}

/* ---- tickets ---- */

enum pith_status store_ticket_key(struct store *store, unsigned char key[STORE_TICKET_KEY], struct pith_error *reterr)
{
    return read_salt(store, "tickets", key, STORE_TICKET_KEY, reterr);
}

enum pith_status store_spend(struct store *store, const unsigned char ticket[STORE_TICKET], int32_t last, int32_t today, bool *ret_fresh,
                             struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = run(store, FORGET_SPENT, (struct value[]){integer(today)}, reterr);
    if (!status)
        status = run(store, SPEND, (struct value[]){blob(ticket, STORE_TICKET), integer(last)}, reterr);
    if (!status)
        *ret_fresh = sqlite3_changes(store->db) > 0;
    return status;
}

enum pith_status store_take_spent_back(struct store *store, const unsigned char ticket[STORE_TICKET], bool *ret_taken,
                                       struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = run(store, TAKE_SPENT_BACK, (struct value[]){blob(ticket, STORE_TICKET)}, reterr);
    if (!status)
        *ret_taken = sqlite3_changes(store->db) > 0;
    return status;
}

enum pith_status store_is_spent(struct store *store, const unsigned char ticket[STORE_TICKET], bool *ret_spent, struct pith_error *reterr)
{
    int64_t spent;
    enum pith_status status = ask(store, IS_SPENT, (struct value[]){blob(ticket, STORE_TICKET)}, 0, &spent, reterr);
    if (!status)
        *ret_spent = spent != 0;
    return status;
}

enum pith_status store_follow(struct store *store, int64_t id, int64_t *ids, size_t max, size_t *ret_count, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    size_t count = 0;
    enum pith_status status = query(store, FOLLOW_JOINED, (struct value[]){integer(id), integer((int64_t)max)}, &row, reterr);
    for (bool more = true; !status;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        ids[count++] = sqlite3_column_int64(row, 0);
    }
    if (!status)
        *ret_count = count;
    return status;
}

/* ---- slots and sealed rows ---- */

enum pith_status store_each_slot(struct store *store, const unsigned char *profile, store_slot_visit *visit, void *user,
                                 struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    enum pith_status status = query(store, EACH_SLOT, (struct value[]){profile_id(profile)}, &row, reterr);
    for (bool more = true; !status;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const void *data = sqlite3_column_blob(row, 2);
        status = visit(user, sqlite3_column_int64(row, 0), sqlite3_column_int(row, 1), data ? data : "",
                       (size_t)sqlite3_column_bytes(row, 2), reterr);
    }
    return status;
}

enum pith_status store_put_slot(struct store *store, const unsigned char *profile, int64_t slot, int kind,
                                const struct bytes *data, struct pith_error *reterr)
{
    assert(store->inside && !data->failed);
    store->scrub = true;
    const struct value values[] = {profile_id(profile), integer(slot), integer(kind), bytes(data)};
    return run(store, PUT_SLOT, values, reterr);
}

enum pith_status store_delete_slot(struct store *store, const unsigned char *profile, int64_t slot,
                                   struct pith_error *reterr)
{
    assert(store->inside);
    store->scrub = true;
    return run(store, DELETE_SLOT, (struct value[]){profile_id(profile), integer(slot)}, reterr);
}

enum pith_status store_put_sealed(struct store *store, const unsigned char *profile, int kind, int64_t number,
                                  int64_t counter, const struct bytes *data, struct pith_error *reterr)
{
    assert(store->inside && !data->failed && data->length <= STORE_MAX_SEALED);
    const struct value values[] = {profile_id(profile), integer(kind), integer(number), integer(counter), bytes(data)};
    return run(store, PUT_SEALED, values, reterr);
}

enum pith_status store_delete_sealed(struct store *store, const unsigned char *profile, int kind, int64_t number,
                                     struct pith_error *reterr)
{
    assert(store->inside);
    return run(store, DELETE_SEALED, (struct value[]){profile_id(profile), integer(kind), integer(number)}, reterr);
}

enum pith_status store_get_sealed(struct store *store, const unsigned char *profile, int kind, int64_t number,
                                  int64_t *ret_counter, struct bytes *data, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    bool more = false;
    const struct value values[] = {profile_id(profile), integer(kind), integer(number)};
    enum pith_status status = first_row(store, GET_SEALED, values, &row, &more, reterr);
    if (status)
        return status;
    if (!more)
        return pith_fail(reterr, PITH_NOT_FOUND, "%s has no sealed row %d/%lld", store->path, kind, (long long)number);
    bytes_clear(data);
    bytes_put(data, sqlite3_column_blob(row, 1), (size_t)sqlite3_column_bytes(row, 1));
    status = bytes_done(data, reterr);
    if (!status)
        *ret_counter = sqlite3_column_int64(row, 0);
    return status;
}

enum pith_status store_each_sealed(struct store *store, const unsigned char *profile, store_sealed_visit *visit,
                                   void *user, struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    enum pith_status status = query(store, EACH_SEALED, (struct value[]){profile_id(profile)}, &row, reterr);
    for (bool more = true; !status;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const void *data = sqlite3_column_blob(row, 3);
        status = visit(user, sqlite3_column_int(row, 0), sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2),
                       data ? data : "", (size_t)sqlite3_column_bytes(row, 3), reterr);
    }
    return status;
}

/* ---- the file as a whole ---- */

enum pith_status store_check(struct store *store, void (*problem)(void *user, const char *what), void *user,
                             struct pith_error *reterr)
{
    AUTO(rest_p) sqlite3_stmt *row = NULL;
    enum pith_status status = query(store, CHECK, NULL, &row, reterr);
    for (bool more = true; !status;) {
        status = next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const char *said = column_text(row, 0);
        if (strcmp(said, "ok") != 0)
            problem(user, said);
    }
    return status;
}

/* What was written to a file, or which names stand in a folder, outlives a power cut. */
static enum pith_status sync_path(const char *path, struct pith_error *reterr)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int failed = file < 0 || fsync(file) != 0 ? errno : 0;
    if (file >= 0)
        close(file);
    return failed ? pith_fail(reterr, PITH_IO, "%s could not be written to the disk: %s", path, strerror(failed))
                  : PITH_OK;
}

static enum pith_status sync_folder_of(const char *path, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *copy = NULL;
    enum pith_status status = copy_text(path, &copy, reterr);
    return status ? status : sync_path(dirname(copy), reterr);
}

/* Puts a finished file under its name; with `force` in place of what stood there. */
static enum pith_status name_file(const char *from, const char *to, bool force, struct pith_error *reterr)
{
    int failed = force ? rename(from, to) : link(from, to);
    if (failed && errno == EEXIST)
        return pith_fail(reterr, PITH_EXISTS, "%s is there already: nothing was changed (--force replaces it)", to);
    if (failed)
        return pith_fail(reterr, PITH_IO, "%s could not be made: %s", to, strerror(errno));
    return sync_folder_of(to, reterr);
}

static enum pith_status temporary_beside(const char *path, char **ret_name, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *name = NULL;
    if (asprintf(&name, "%s.XXXXXX", path) < 0) {
        name = NULL;
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    }
    int file = mkstemp(name); /* mode 0600 */
    if (file < 0)
        return pith_fail(reterr, PITH_IO, "%s could not be made: %s", path, strerror(errno));
    close(file);
    *ret_name = TAKE(name);
    return PITH_OK;
}

enum pith_status store_backup(struct store *store, const char *path, bool force, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *made = NULL;
    assert(!store->inside);
    enum pith_status status = temporary_beside(path, &made, reterr);
    if (status)
        return status;
    status = run(store, BACKUP, (struct value[]){text(made)}, reterr);
    if (!status)
        status = sync_path(made, reterr);
    if (!status)
        status = name_file(made, path, force, reterr);
    unlink(made);
    return status;
}

static void keep_first(void *user, const char *what)
{
    struct pith_error *first = user;
    if (!first->status)
        pith_fail(first, PITH_CORRUPT, "%s", what);
}

static enum pith_status copy_file(const char *from, const char *to, struct pith_error *reterr)
{
    char chunk[1 << 16];
    enum pith_status status = PITH_OK;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return pith_fail(reterr, errno == ENOENT ? PITH_NOT_FOUND : PITH_IO, "%s could not be read: %s", from,
                         strerror(errno));
    int out = open(to, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);
    for (ssize_t got = 1; !status && got;) {
        got = out < 0 ? -1 : read(in, chunk, sizeof chunk);
        if (got < 0 || (got > 0 && write(out, chunk, (size_t)got) != got))
            status = pith_fail(reterr, PITH_IO, "%s could not be copied to %s: %s", from, to, strerror(errno));
    }
    close(in);
    if (out >= 0)
        close(out);
    return status ? status : sync_path(to, reterr);
}

/* Whether the file is a whole store: opened as one in a folder of its own, so that nothing is written beside the original. */
static enum pith_status note_damage(const char *home, struct pith_error *reterr)
{
    AUTO(store_close_p) struct store *store = NULL;
    struct pith_error first = {0};
    enum pith_status status = store_open(home, false, &store, reterr);
    if (!status)
        status = store_check(store, keep_first, &first, reterr);
    if (!status && first.status)
        status = pith_fail(reterr, PITH_CORRUPT, "the backup is damaged (%s): nothing was changed", first.message);
    return status;
}

/* Votes that wait in the WAL go into the file; a WAL that stays, beside a file that does not open, is moved aside: it must not
 * meet another file of this name. */
static enum pith_status settle(const char *home, const char *target, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *wal = NULL;
    AUTO(pith_free_p) char *aside = NULL;
    struct store *store = NULL;
    if (store_open(home, false, &store, NULL) == PITH_OK)
        store_close(store);
    if (asprintf(&wal, "%s-wal", target) < 0 || asprintf(&aside, "%s.replaced-wal", target) < 0)
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    if (rename(wal, aside) == 0 || errno == ENOENT)
        return PITH_OK;
    return pith_fail(reterr, PITH_IO, "%s could not be moved aside: %s", wal, strerror(errno));
}

/* The store that stood there is kept as pith.db.replaced; at no moment is there none. */
static enum pith_status take_place(const char *home, const char *copy, const char *target, bool force,
                                   struct pith_error *reterr)
{
    AUTO(pith_free_p) char *aside = NULL;
    if (access(target, F_OK) != 0)
        return name_file(copy, target, false, reterr);
    if (!force)
        return pith_fail(reterr, PITH_EXISTS,
                         "%s is there already: nothing was changed (--force puts the backup in its place)", target);
    if (asprintf(&aside, "%s.replaced", target) < 0) {
        aside = NULL;
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    }
    enum pith_status status = settle(home, target, reterr);
    unlink(aside);
    if (!status)
        status = name_file(target, aside, false, reterr);
    return status ? status : name_file(copy, target, true, reterr);
}

enum pith_status store_restore(const char *home, const char *backup, bool force, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *target = NULL;
    AUTO(pith_free_p) char *folder = NULL;
    AUTO(pith_free_p) char *copy = NULL;
    if (asprintf(&target, "%s/pith.db", home) < 0 || asprintf(&folder, "%s/restore.XXXXXX", home) < 0)
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    enum pith_status status = make_folder(home, reterr);
    if (!status && !mkdtemp(folder))
        status = pith_fail(reterr, PITH_IO, "%s could not be made: %s", folder, strerror(errno));
    if (status)
        return status;
    if (asprintf(&copy, "%s/pith.db", folder) < 0) {
        copy = NULL;
        status = pith_fail(reterr, PITH_NOMEM, "out of memory");
    }
    if (!status)
        status = copy_file(backup, copy, reterr);
    if (!status)
        status = note_damage(folder, reterr);
    if (!status)
        status = take_place(home, copy, target, force, reterr);
    if (copy)
        unlink(copy);
    rmdir(folder);
    return status;
}
