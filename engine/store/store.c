/* The connection: schema, every statement, transactions. The one file that speaks to SQLite. */
#include "engine/store/store_inside.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x70697468, /* "pith", in the file's header */
    BUSY_MS = 5000,              /* that another writer is waited for, */
    BUSY_LONGEST = 12,           /* so long at a time */
};

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
    "CREATE TABLE fetches(source TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, day INTEGER, next TEXT "
    "NOT NULL,"
    " first INTEGER, usual INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE receipts(id INTEGER PRIMARY KEY, source TEXT NOT NULL, time INTEGER NOT NULL, first INTEGER, last "
    "INTEGER,"
    " announced INTEGER NOT NULL, fetched INTEGER NOT NULL, added INTEGER NOT NULL, merged INTEGER NOT NULL,"
    " hidden INTEGER NOT NULL, failed INTEGER NOT NULL, unchanged INTEGER NOT NULL, failure TEXT NOT NULL, note TEXT "
    "NOT NULL);"
    "CREATE INDEX receipts_by_source ON receipts(source, id);",

    /* Tickets in mails: the key that they are sealed under, which were used, and what became of papers that they name by number. */
    "INSERT INTO salts VALUES('tickets', randomblob(32));"
    "CREATE TABLE spent(ticket BLOB PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE joined(paper INTEGER NOT NULL, kept INTEGER NOT NULL, PRIMARY KEY(paper, kept)) WITHOUT ROWID;",

    /* Where each paper stands in an embedding: summing that anew is most of scoring a paper. The embedding's name is kept as a
     * blob, which that column does not take for a number. */
    "ALTER TABLE features ADD COLUMN place BLOB;"
    "INSERT INTO meta VALUES('place_table', x'');",

    /* How new each text is; whether a paper is a chapter. Marks with the kinds of identifiers that their paper has: which papers of a
     * mark can be the same is then one step in the index, however many they are. The kinds of what is there are found at the next import
     * (meta 'marked'). */
    "ALTER TABLE papers ADD COLUMN origins BLOB;"
    "ALTER TABLE papers ADD COLUMN part INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE told(mark INTEGER NOT NULL, kinds INTEGER NOT NULL, paper INTEGER NOT NULL,"
    " PRIMARY KEY(mark, kinds, paper)) WITHOUT ROWID;"
    "INSERT INTO told SELECT mark, 0, paper FROM marks;"
    "DROP TABLE marks;"
    "ALTER TABLE told RENAME TO marks;"
    "CREATE INDEX marks_by_paper ON marks(paper);"
    "UPDATE meta SET value = NOT EXISTS(SELECT 1 FROM papers) WHERE name = 'marked';",

    /* A checksum of all that is kept of each paper: SQLite tells damaged pages, but not what stands in them. */
    "CREATE TABLE sums(paper INTEGER PRIMARY KEY, sum INTEGER NOT NULL);",

    /* Who a paper comes from, and where else than on its page it can be had. */
    "ALTER TABLE texts ADD COLUMN organisations TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE texts ADD COLUMN pdf TEXT;"
    "ALTER TABLE texts ADD COLUMN code TEXT;"
    "ALTER TABLE texts ADD COLUMN project TEXT;",
};
enum { SCHEMA_VERSION = sizeof migration / sizeof *migration };

/* ---- statements ---- */

#define RECEIPT "source, time, first, last, announced, fetched, added, merged, hidden, failed, unchanged, failure, note"
#define PLACE_TABLE_NAME "(SELECT value FROM meta WHERE name = 'place_table')"
/* The columns of a paper's record, as read_paper takes them (papers.c). */
#define RECORD                                                                                                                     \
    "title, upvotes, comments, citations, version, published, updated, announced, announce, withdrawn, source, source_rank,"       \
    " abstract, authors, categories, url, origins, part, organisations, pdf, code, project"
#define FIRST_KEY_OF(paper) "(SELECT key FROM paper_keys WHERE paper = " paper " ORDER BY position LIMIT 1)"

static const char *const sql[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [BEGIN_READING] = "BEGIN",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",

    [FIND_KEY] = "SELECT paper FROM paper_keys WHERE key = ?1 ORDER BY paper LIMIT 1",
    [KEY_HOLDERS] = "SELECT paper FROM paper_keys WHERE key = ?1 AND (?2 OR NOT (SELECT part FROM papers WHERE id = paper))"
                    " ORDER BY paper LIMIT ?3",
    [KEY_TAKEN] = "SELECT EXISTS(SELECT 1 FROM paper_keys WHERE key = ?1 AND paper <> ?2)",
    [KINDS_OF] = "SELECT key FROM paper_keys WHERE paper = ?1",
    [EXACT_HOLDERS] = "SELECT paper FROM marks WHERE mark = ?1 ORDER BY paper LIMIT ?2",
    [NEXT_KINDS] = "SELECT min(kinds) FROM marks WHERE mark = ?1 AND kinds >= ?2",
    [MARK_HOLDERS] = "SELECT paper FROM marks WHERE mark = ?1 AND kinds = ?2 ORDER BY paper LIMIT ?3",
    [PUT_MARK] = "INSERT OR IGNORE INTO marks(mark, kinds, paper) VALUES(?1, ?2, ?3)",
    [SET_KINDS] = "UPDATE OR REPLACE marks SET kinds = ?2 WHERE paper = ?1 AND kinds <> ?2",
    [DROP_MARKS] = "DELETE FROM marks WHERE paper = ?1",
    [MOVE_MARKS] = "UPDATE OR IGNORE marks SET paper = ?1 WHERE paper = ?2",
    [MARKED] = "SELECT value FROM meta WHERE name = 'marked'",
    [SET_MARKED] = "UPDATE meta SET value = 1 WHERE name = 'marked'",
    [GET_PAPER] = "SELECT " RECORD " FROM papers JOIN texts ON paper = id WHERE id = ?1",
    [GET_KEYS] = "SELECT key FROM paper_keys WHERE paper = ?1 ORDER BY position",
    [FIRST_KEY] = "SELECT " FIRST_KEY_OF("?1"),

    [PUT_PAPER] = "REPLACE INTO papers(id, title, upvotes, comments, citations, version, published, updated,"
                  " announced, announce, withdrawn, source, source_rank, origins, part)"
                  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    [PUT_TEXT] = "REPLACE INTO texts(paper, abstract, authors, categories, url, organisations, pdf, code, project)"
                 " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [PUT_FEATURES] = "REPLACE INTO features(paper, blob, place) VALUES(?1, ?2, ?3)",
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
        "l.paper") ", p.title, p.upvotes, p.comments, f.blob, coalesce(nullif(l.announce, 0), p.announce), p.withdrawn,"
                   " f.place, " PLACE_TABLE_NAME
                   " FROM listings l CROSS JOIN papers p ON p.id = l.paper CROSS JOIN features f ON f.paper = l.paper"
                   " WHERE l.day BETWEEN ?1 AND ?2 AND (?1 = ?2 OR NOT EXISTS(SELECT 1 FROM listings later"
                   " WHERE later.paper = l.paper AND later.day > l.day AND later.day <= ?2))"
                   " ORDER BY l.day, l.position",
    [EACH_PAPER] = "SELECT p.id, l.day, " FIRST_KEY_OF(
        "p.id") ", p.title, p.upvotes, p.comments, f.blob, coalesce(nullif(l.announce, 0), p.announce), p.withdrawn, "
                "f.place, " PLACE_TABLE_NAME
                " FROM papers p CROSS JOIN features f ON f.paper = p.id LEFT JOIN listings l ON l.paper = p.id"
                " AND l.day = (SELECT max(day) FROM listings WHERE paper = p.id) ORDER BY l.day, l.position, p.id",
    [SHOW_PAPER] = "SELECT " RECORD ", (SELECT max(day) FROM listings WHERE paper = ?1), " FIRST_KEY_OF(
        "?1") ", blob, coalesce((SELECT nullif(announce, 0) FROM listings WHERE paper = ?1 ORDER BY day DESC LIMIT 1), announce), "
              "place, " PLACE_TABLE_NAME ", (SELECT group_concat(key, char(10)) FROM"
              " (SELECT key FROM paper_keys WHERE paper = ?1 ORDER BY position))"
              " FROM papers JOIN texts ON texts.paper = id JOIN features ON features.paper = id WHERE id = ?1",
    [VISIT_PAPER] = "SELECT id, (SELECT max(day) FROM listings WHERE paper = ?1), " FIRST_KEY_OF(
        "?1") ", title,"
              " upvotes, comments, blob, coalesce((SELECT nullif(announce, 0) FROM listings WHERE paper = ?1 ORDER BY "
              "day DESC LIMIT 1),"
              " announce), withdrawn, place, " PLACE_TABLE_NAME " FROM papers JOIN features ON paper = id WHERE id = ?1",
    [EACH_FEATURES] = "WITH RECURSIVE reach(last, most) AS (SELECT max(id), min(?1, max(id)) FROM papers), "
                      "spread(n) AS (SELECT 0 FROM reach WHERE most > 0 UNION ALL SELECT n + 1 FROM spread, reach "
                      "WHERE n + 1 < most) "
                      "SELECT paper, NULL, NULL, NULL, NULL, NULL, blob, 0, 0, place, " PLACE_TABLE_NAME
                      " FROM spread CROSS JOIN reach "
                      "CROSS JOIN features ON paper = last - n * last / most",
    [LATEST_DAY] = "SELECT max(day) FROM listings WHERE day <= ?1",
    [DAYS] = "SELECT DISTINCT day FROM listings ORDER BY day",
    [LISTINGS] = "SELECT day, count(*) FROM listings GROUP BY day ORDER BY day",
    [NONE_SUMMED] = "SELECT EXISTS(SELECT 1 FROM papers) AND NOT EXISTS(SELECT 1 FROM sums)",
    [NEXT_UNSUMMED] = "SELECT id FROM papers WHERE id > ?1 AND NOT EXISTS(SELECT 1 FROM sums WHERE paper = id) ORDER BY id LIMIT 1",
    [PAPER_THERE] = "SELECT EXISTS(SELECT 1 FROM papers WHERE id = ?1)",
    [NEXT_PAPER] = "SELECT id FROM papers WHERE id > ?1 ORDER BY id LIMIT 1",

    [SUM_RECORD] = "SELECT * FROM papers WHERE id = ?1",
    [SUM_TEXT] = "SELECT * FROM texts WHERE paper = ?1",
    [SUM_FEATURES] = "SELECT * FROM features WHERE paper = ?1",
    [SUM_KEYS] = "SELECT * FROM paper_keys WHERE paper = ?1 ORDER BY key",
    [SUM_LISTINGS] = "SELECT * FROM listings WHERE paper = ?1 ORDER BY day",
    [GET_SUM] = "SELECT sum FROM sums WHERE paper = ?1",
    [PUT_SUM] = "REPLACE INTO sums(paper, sum) VALUES(?1, ?2)",
    [DROP_SUM] = "DELETE FROM sums WHERE paper = ?1",
    [EACH_SUM] = "SELECT p.id, s.sum FROM papers p LEFT JOIN sums s ON s.paper = p.id"
                 " UNION ALL SELECT paper, sum FROM sums WHERE paper NOT IN (SELECT id FROM papers) ORDER BY 1",

    [FEATURE_VERSION] = "SELECT value FROM meta WHERE name = 'feature_version' AND EXISTS(SELECT 1 FROM papers)",
    [SET_FEATURE_VERSION] = "UPDATE meta SET value = ?1 WHERE name = 'feature_version'",
    [PLACE_TABLE] = "SELECT value FROM meta WHERE name = 'place_table'",
    [SET_PLACE_TABLE] = "UPDATE meta SET value = ?1 WHERE name = 'place_table'",
    [STAMP] = "SELECT value FROM meta WHERE name = 'stamp'",
    [RAISE_STAMP] = "UPDATE meta SET value = value + 1 WHERE name = 'stamp'",

    [GET_FETCH] = "SELECT etag, modified, day, next, first, usual FROM fetches WHERE source = ?1",
    [PUT_FETCH] = "REPLACE INTO fetches(source, etag, modified, day, next, first, usual) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [ADD_RECEIPT] = "INSERT INTO receipts(source, time, first, last, announced, fetched, added, merged, hidden, failed, unchanged,"
                    " failure, note) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    [DROP_RECEIPTS] = "DELETE FROM receipts WHERE source = ?1 AND id <="
                      " (SELECT id FROM receipts WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    [EACH_RECEIPT] = "SELECT " RECEIPT " FROM receipts ORDER BY id DESC LIMIT ?1",
    /* A failure is over once the source has answered again, unless papers are known to be missing. */
    [RECEIPTS_OF] =
        "SELECT " RECEIPT " FROM receipts AS one WHERE id IN (SELECT max(id) FROM receipts WHERE first <= ?2 AND last >= ?1"
        " AND NOT unchanged GROUP BY source) AND NOT (failure != '' AND announced <= fetched AND EXISTS (SELECT 1 FROM"
        " receipts AS later WHERE later.source = one.source AND later.id > one.id AND later.failure = '')) ORDER BY source",
    [PROFILES] = "SELECT id, public_key, name FROM profiles ORDER BY id",
    [PROFILE_STATE] = "SELECT (SELECT counter FROM sealed WHERE profile = ?1 AND kind = 1 AND number = 0),"
                      " (SELECT coalesce(max(sequence), 0) FROM inbox WHERE profile = ?1),"
                      " (SELECT value FROM meta WHERE name = 'stamp'), (SELECT coalesce(max(id), 0) FROM receipts)",
    [COUNT_PROFILES] = "SELECT count(*) FROM profiles",
    [FIND_PROFILE] = "SELECT id, public_key, name FROM profiles WHERE id = ?1",
    [RENAME_PROFILE] = "UPDATE profiles SET name = ?2 WHERE id = ?1",
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
    [INDEXED] = "SELECT place, paper FROM main.searchable ORDER BY place",
    [EACH_KEPT_WORD] = "SELECT doc, term, col, offset FROM temp.kept_words",
    [EACH_MADE_WORD] = "SELECT doc, term, col, offset FROM temp.made_words",
    [PROBE_PAPER] = "INSERT INTO temp.probe(rowid, title, abstract, authors, categories)"
                    " SELECT ?1, title, abstract, authors, categories FROM papers JOIN texts ON paper = id WHERE id = ?2",
    [EMPTY_PROBE] = "INSERT INTO temp.probe(probe) VALUES('delete-all')",
};

struct row {
    sqlite3_stmt *statement;
};

struct connection {
    sqlite3 *db;
    struct row row[STATEMENTS];
};

/* ---- errors ---- */

static enum pith_status fail_code(int code, const char *path, const char *detail, struct pith_error *reterr)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return pith_fail(reterr, PITH_IO, "another pith is writing to %s: try again in a moment", path);
    case SQLITE_FULL:
        return pith_fail(reterr, PITH_IO, "the disk is full: %s could not be written; free some space and try again", path);
    case SQLITE_READONLY:
        return pith_fail(reterr, PITH_IO, "%s cannot be written: check its permissions and those of its folder", path);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return pith_fail(reterr, PITH_IO, "%s cannot be opened: it must be a file, in a folder, that you may read and write", path);
    case SQLITE_IOERR:
        return pith_fail(reterr, PITH_IO,
                         "%s could not be read or written (%s): the disk may be full, over its quota or failing; "
                         "nothing was changed",
                         path, detail);
    case SQLITE_NOTADB:
        return pith_fail(reterr, PITH_CORRUPT, "%s is not a pith database: move it away or name another home", path);
    case SQLITE_CORRUPT: return pith_fail(reterr, PITH_CORRUPT, "%s is damaged (%s): restore it from a backup", path, detail);
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG: return pith_fail(reterr, PITH_NOMEM, "%s: out of memory, or a record past the limit", path);
    default: return pith_fail(reterr, PITH_IO, "%s could not be read or written: %s", path, detail);
    }
}

static enum pith_status fail(const struct store *store, struct pith_error *reterr)
{
    sqlite3 *db = store->connection->db;
    return fail_code(sqlite3_errcode(db), store->path, sqlite3_errmsg(db), reterr);
}

/* ---- running statements ---- */

void store_rest(struct row *row)
{
    sqlite3_reset(row->statement); /* an error was reported when it was stepped */
}

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

enum pith_status store_query(struct store *store, enum statement which, const struct value *values, struct row **ret_row,
                             struct pith_error *reterr)
{
    struct row *row = &store->connection->row[which];
    assert(!sqlite3_stmt_busy(row->statement)); /* a visit must not start the statement it is visited by */
    int parameters = sqlite3_bind_parameter_count(row->statement);
    for (int i = 0; i < parameters; i++)
        if (bind(row->statement, i + 1, &values[i]) != SQLITE_OK)
            return fail(store, reterr);
    *ret_row = row;
    return PITH_OK;
}

enum pith_status store_next_row(struct store *store, struct row *row, bool *ret_more, struct pith_error *reterr)
{
    int code = sqlite3_step(row->statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return fail(store, reterr);
    *ret_more = code == SQLITE_ROW;
    return PITH_OK;
}

enum pith_status store_first_row(struct store *store, enum statement which, const struct value *values, struct row **ret_row,
                                 bool *ret_more, struct pith_error *reterr)
{
    enum pith_status status = store_query(store, which, values, ret_row, reterr);
    return status ? status : store_next_row(store, *ret_row, ret_more, reterr);
}

enum pith_status store_run(struct store *store, enum statement which, const struct value *values, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    bool more = false;
    return store_first_row(store, which, values, &row, &more, reterr);
}

enum pith_status store_ask(struct store *store, enum statement which, const struct value *values, int64_t missing,
                           int64_t *ret_number, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    bool more = false;
    enum pith_status status = store_first_row(store, which, values, &row, &more, reterr);
    if (status)
        return status;
    *ret_number = more && !row_is_null(row, 0) ? row_number(row, 0) : missing;
    return PITH_OK;
}

/* A column that is NULL, 0 or empty counts for nothing, so that one which a newer schema adds changes no sum. */
static void sum_column(sqlite3_stmt *row, int column, uint64_t *sum)
{
    const char *name = sqlite3_column_name(row, column);
    int type = sqlite3_column_type(row, column);
    int64_t number = type == SQLITE_INTEGER ? sqlite3_column_int64(row, column) : 0;
    const void *data = type == SQLITE_INTEGER ? &number : sqlite3_column_blob(row, column);
    size_t length = type == SQLITE_INTEGER ? (number ? sizeof number : 0) : (size_t)sqlite3_column_bytes(row, column);
    if (!length || !data || !name)
        return;
    store_add_to_sum(sum, name, strlen(name));
    store_add_to_sum(sum, data, length);
}

enum pith_status store_sum_rows(struct store *store, enum statement which, int64_t id, uint64_t *sum, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, which, (struct value[]){integer(id)}, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        for (int i = 0; i < sqlite3_column_count(row->statement); i++)
            sum_column(row->statement, i, sum);
        store_add_to_sum(sum, "", 0);
    }
    return status;
}

bool row_is_null(const struct row *row, int column)
{
    return sqlite3_column_type(row->statement, column) == SQLITE_NULL;
}

int64_t row_number(const struct row *row, int column)
{
    return sqlite3_column_int64(row->statement, column);
}

int row_int(const struct row *row, int column, int unknown)
{
    return row_is_null(row, column) ? unknown : sqlite3_column_int(row->statement, column);
}

const char *row_text(const struct row *row, int column)
{
    const unsigned char *value = sqlite3_column_text(row->statement, column);
    return value ? (const char *)value : "";
}

const void *row_blob(const struct row *row, int column)
{
    const void *value = sqlite3_column_blob(row->statement, column);
    return value ? value : "";
}

size_t row_length(const struct row *row, int column)
{
    return (size_t)sqlite3_column_bytes(row->statement, column);
}

int store_changed(const struct store *store)
{
    return sqlite3_changes(store->connection->db);
}

int64_t store_last_id(const struct store *store)
{
    return sqlite3_last_insert_rowid(store->connection->db);
}

bool store_conflicts(const struct store *store)
{
    return (sqlite3_errcode(store->connection->db) & 0xff) == SQLITE_CONSTRAINT;
}

const char *store_misunderstood(const struct store *store)
{
    return sqlite3_errcode(store->connection->db) == SQLITE_ERROR ? sqlite3_errmsg(store->connection->db) : NULL;
}

enum pith_status store_corrupt(const struct store *store, const char *detail, struct pith_error *reterr)
{
    return fail_code(SQLITE_CORRUPT, store->path, detail, reterr);
}

enum pith_status store_unread(const struct store *store, const char *said, struct pith_error *reterr)
{
    static const char mark[] = "error code=";
    const char *at = strstr(said, mark);
    int code = at ? atoi(at + strlen(mark)) : strstr(said, "failed to get page") ? SQLITE_IOERR_READ : SQLITE_OK;
    bool damage = code == SQLITE_OK || (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
    return damage ? PITH_OK : fail_code(code, store->path, sqlite3_errstr(code), reterr);
}

enum pith_status store_copy_text(const char *from, char **ret_text, struct pith_error *reterr)
{
    char *copy = strdup(from);
    if (!copy)
        return pith_no_memory(reterr);
    *ret_text = copy;
    return PITH_OK;
}

/* ---- opening ---- */

enum pith_status store_make_folder(const char *home, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *path = NULL;
    enum pith_status status = store_copy_text(home, &path, reterr);
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
    enum pith_status status = store_make_folder(home, reterr);
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
    return sqlite3_exec(store->connection->db, script, NULL, NULL, NULL) == SQLITE_OK ? PITH_OK : fail(store, reterr);
}

/* One integer from SQL outside the table: pragmas, before the schema is known to be there. */
static enum pith_status read_number(struct store *store, const char *question, int64_t *ret_number, struct pith_error *reterr)
{
    sqlite3_stmt *row;
    if (sqlite3_prepare_v2(store->connection->db, question, -1, &row, NULL) != SQLITE_OK)
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
        return pith_fail(reterr, PITH_INPUT, "%s was made by a newer pith (schema %lld, this one knows %d): update pith",
                         store->path, (long long)version, (int)SCHEMA_VERSION);
    if (version < 0)
        return store_corrupt(store, "impossible schema version", reterr);
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
        sqlite3_exec(store->connection->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

/* SQLite's own handler soon sleeps 100 ms at a time, and comes to nothing beside others who write without a pause. */
static int wait_for_others(void *user, int times)
{
    int milliseconds = times < BUSY_LONGEST ? times + 1 : BUSY_LONGEST;
    (void)user;
    if (times > BUSY_LONGEST + (BUSY_MS - BUSY_LONGEST * BUSY_LONGEST / 2) / BUSY_LONGEST)
        return 0;
    sqlite3_sleep(milliseconds);
    return 1;
}

static enum pith_status configure(struct store *store, struct pith_error *reterr)
{
    sqlite3_busy_handler(store->connection->db, wait_for_others, NULL);
    sqlite3_db_config(store->connection->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->connection->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_limit(store->connection->db, SQLITE_LIMIT_LENGTH, STORE_MAX_SEALED + PAPER_MAX_RECORD);
    return execute(store,
                   "PRAGMA cache_size = -16384;" /* KiB */
                   "PRAGMA temp_store = MEMORY;"
                   "PRAGMA secure_delete = ON;"
                   "PRAGMA synchronous = NORMAL;"
                   "PRAGMA wal_autocheckpoint = 4000;", /* pages: 16 MB */
                   reterr);
}

static enum pith_status prepare(struct store *store, enum statement first, enum statement end, struct pith_error *reterr)
{
    for (enum statement i = first; i < end; i++) {
        sqlite3_stmt **statement = &store->connection->row[i].statement;
        int code = sqlite3_prepare_v3(store->connection->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
        if (code == SQLITE_ERROR) /* a table or column is not there */
            return store_corrupt(store, sqlite3_errmsg(store->connection->db), reterr);
        if (code != SQLITE_OK)
            return fail(store, reterr);
    }
    return PITH_OK;
}

enum pith_status store_make_aside(struct store *store, const char *script, bool asked, struct pith_error *reterr)
{
    enum pith_status status = execute(store, script, reterr);
    return !status && asked && !store->connection->row[AT_OPEN].statement ? prepare(store, AT_OPEN, STATEMENTS, reterr) : status;
}

static enum pith_status connect(struct store *store, const char *name, int flags, struct pith_error *reterr)
{
    int code = sqlite3_open_v2(name, &store->connection->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return fail_code(code, store->path, sqlite3_errstr(code), reterr);
    enum pith_status status = configure(store, reterr);
    return status ? status : migrate(store, reterr);
}

static void disconnect(struct store *store)
{
    for (enum statement i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(store->connection->row[i].statement);
    sqlite3_close(store->connection->db);
    memset(store->connection, 0, sizeof *store->connection);
}

/* "file:" and the path, with what means something there written as %XX. */
static char *address_of(const char *path)
{
    static const char digits[] = "0123456789ABCDEF";
    char *address = pith_calloc(3 * strlen(path) + 32, 1), *at = address;
    if (!address)
        return NULL;
    at = stpcpy(at, *path == '/' ? "file://" : "file:");
    for (; *path; path++) {
        if (strchr("%?#", *path)) {
            *at++ = '%';
            *at++ = digits[(unsigned char)*path >> 4];
            *at++ = digits[*path & 15];
        } else {
            *at++ = *path;
        }
    }
    strcpy(at, "?immutable=1");
    return address;
}

/* Whether what keeps the store from being opened is that nothing can be written beside it: readers of a WAL need a file there. */
static bool cannot_write_beside(struct store *store)
{
    PITH_AUTO(pith_free_p) char *wal = NULL;
    struct stat file;
    int code = sqlite3_errcode(store->connection->db) & 0xff;
    if (code != SQLITE_CANTOPEN && code != SQLITE_IOERR && code != SQLITE_FULL && code != SQLITE_READONLY)
        return false;
    store->refusal = sqlite3_system_errno(store->connection->db);
    if (asprintf(&wal, "%s-wal", store->path) < 0) {
        wal = NULL;
        return false;
    }
    bool waits = stat(wal, &file) == 0 && file.st_size > 0; /* without the WAL the file would be an older one */
    return !waits && access(store->path, R_OK) == 0;
}

/* The file as it stands, without a lock or a file beside it. */
static enum pith_status connect_to_read(struct store *store, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *address = address_of(store->path);
    if (!address)
        return pith_no_memory(reterr);
    disconnect(store);
    store->read_only = true;
    return connect(store, address, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, reterr);
}

static enum pith_status connect_file(struct store *store, struct pith_error *reterr)
{
    struct pith_error first = {0};
    enum pith_status status = connect(store, store->path, SQLITE_OPEN_READWRITE, &first);
    if (!status) { /* after the check of what file this is: it writes to the header */
        status = execute(store, "PRAGMA journal_mode = WAL", &first);
        if (status && sqlite3_db_readonly(store->connection->db, "main") == 1)
            status = PITH_OK;
    }
    if (status == PITH_IO && cannot_write_beside(store) && !connect_to_read(store, NULL))
        status = PITH_OK;
    if (status)
        return pith_fail(reterr, status, "%s", first.message);
    int64_t old = 0;
    status = prepare(store, 0, AT_OPEN, reterr);
    if (!status)
        status = store_ask(store, NONE_SUMMED, NULL, 0, &old, reterr);
    if (!status && old)
        store_seal_all(store, NULL); /* where it cannot be written, it can be read without */
    return status;
}

enum pith_status store_open(const char *home, bool create, struct store **ret_store, struct pith_error *reterr)
{
    PITH_AUTO(store_close_p) struct store *store = pith_calloc(1, sizeof *store);
    if (!store)
        return pith_no_memory(reterr);
    paper_init(&store->sources);
    store->connection = pith_calloc(1, sizeof *store->connection);
    if (!store->connection)
        return pith_no_memory(reterr);
    if (asprintf(&store->path, "%s/pith.db", home) < 0) {
        store->path = NULL;
        return pith_no_memory(reterr);
    }
    enum pith_status status = create ? make_file(home, store->path, reterr) : check_file(store->path, reterr);
    if (!status)
        status = connect_file(store, reterr);
    if (status)
        return status;
    *ret_store = PITH_TAKE(store);
    return PITH_OK;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store_rollback(store);
    if (store->connection)
        disconnect(store);
    paper_clear(&store->sources);
    free(store->change);
    free(store->connection);
    free(store->path);
    free(store);
}

/* ---- transactions ---- */

enum pith_status store_check_place(const struct store *store, struct pith_error *reterr)
{
    int moved = 0;
    int code = sqlite3_file_control(store->connection->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (code != SQLITE_OK || !moved)
        return PITH_OK;
    return pith_fail(reterr, PITH_IO,
                     "another file was put in the place of %s while it was open (a backup?): nothing was written; start again",
                     store->path);
}

static enum pith_status refuse_to_write(const struct store *store, struct pith_error *reterr)
{
    return store->refusal == ENOSPC || store->refusal == EDQUOT ? fail_code(SQLITE_FULL, store->path, "", reterr)
                                                                : fail_code(SQLITE_READONLY, store->path, "", reterr);
}

static enum pith_status set_durable(struct store *store, bool durable, struct pith_error *reterr)
{
    if (durable == store->durable)
        return PITH_OK;
    enum pith_status status = execute(store, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", reterr);
    if (!status)
        store->durable = durable;
    return status;
}

static enum pith_status begin_part(struct store *store, struct pith_error *reterr)
{
    assert(!store->part);
    store->changed = 0;
    store->touched = false;
    enum pith_status status = execute(store, "SAVEPOINT part", reterr);
    store->part = !status;
    return status;
}

enum pith_status store_begin(struct store *store, bool durable, struct pith_error *reterr)
{
    if (store->grouped)
        return begin_part(store, reterr);
    assert(!store->inside && !store->reading);
    if (store->read_only)
        return refuse_to_write(store, reterr);
    store_end_aside(store);
    enum pith_status status = set_durable(store, durable, reterr);
    if (!status)
        status = store_run(store, BEGIN, NULL, reterr);
    if (status)
        return status;
    store->inside = true;
    store->changed = 0;
    store->touched = false;
    store->scrub = false;
    status = store_check_place(store, reterr); /* nobody can replace it from here on: see store_hold */
    if (status)
        store_rollback(store);
    return status;
}

enum pith_status store_begin_reading(struct store *store, struct store **ret_reading, struct pith_error *reterr)
{
    int64_t stamp;
    enum pith_status status = PITH_OK;
    if (!store->inside && !store->reading) {
        status = store_run(store, BEGIN_READING, NULL, reterr);
        if (!status) /* the moment is that of the first row read */
            status = store_ask(store, STAMP, NULL, 0, &stamp, reterr);
        if (!status)
            status = store_check_place(store, reterr);
        if (status && !sqlite3_get_autocommit(store->connection->db))
            store_run(store, ROLLBACK, NULL, NULL);
    }
    if (status)
        return status;
    store->reading++;
    *ret_reading = store;
    return PITH_OK;
}

void store_end_reading(struct store *reading)
{
    assert(reading->reading);
    if (--reading->reading == 0 && !reading->inside && !sqlite3_get_autocommit(reading->connection->db))
        store_run(reading, COMMIT, NULL, NULL);
}

enum pith_status store_commit(struct store *store, struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = store_seal_touched(store, reterr);
    if (!status && store->touched)
        status = store_run(store, RAISE_STAMP, NULL, reterr);
    if (!status)
        status = store->part ? execute(store, "RELEASE part", reterr) : store_run(store, COMMIT, NULL, reterr);
    if (status) {
        store_rollback(store);
        return status;
    }
    store->inside = store->grouped;
    if (store->part) {
        store->part = false;
        return PITH_OK;
    }
    if (store->scrub) /* best effort: a reader at work keeps the old pages until the next checkpoint */
        sqlite3_wal_checkpoint_v2(store->connection->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return PITH_OK;
}

void store_rollback(struct store *store)
{
    if (!store->inside || (store->grouped && !store->part))
        return;
    bool open = !sqlite3_get_autocommit(store->connection->db); /* SQLite itself rolls back when the disk is full */
    if (open && store->part)
        execute(store, "ROLLBACK TO part; RELEASE part", NULL);
    else if (open)
        store_run(store, ROLLBACK, NULL, NULL);
    store->part = false;
    store->inside = store->grouped;
}

enum pith_status store_begin_group(struct store *store, struct pith_error *reterr)
{
    enum pith_status status = store_begin(store, true, reterr);
    store->grouped = !status;
    return status;
}

enum pith_status store_end_group(struct store *store, bool keep, struct pith_error *reterr)
{
    assert(store->grouped && !store->part);
    store->grouped = false;
    store->touched = false; /* each part told it */
    bool open = !sqlite3_get_autocommit(store->connection->db);
    if (keep && open)
        return store_commit(store, reterr);
    store_rollback(store);
    return keep ? fail_code(SQLITE_FULL, store->path, "", reterr) : PITH_OK;
}

/* ---- keeping others out ---- */

struct store_hold {
    sqlite3 *db;
    sqlite3_file *file; /* locked */
};

static enum pith_status fail_open_elsewhere(const char *path, struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_IO, "%s is open in another pith (a service?): stop it first; nothing was changed", path);
}

/* A connection that has read a WAL keeps others from leaving it: PITH_IO. Damage is none of this function's business. */
static enum pith_status settle(sqlite3 *db, const char *path, struct pith_error *reterr)
{
    int code = sqlite3_exec(db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    return code == SQLITE_BUSY || code == SQLITE_LOCKED ? fail_open_elsewhere(path, reterr) : PITH_OK;
}

enum pith_status store_hold(const char *path, struct store_hold **ret_hold, struct pith_error *reterr)
{
    PITH_AUTO(store_let_go_p) struct store_hold *hold = pith_calloc(1, sizeof *hold);
    sqlite3_file *file = NULL;
    if (!hold)
        return pith_no_memory(reterr);
    int code = sqlite3_open_v2(path, &hold->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return fail_code(code, path, sqlite3_errstr(code), reterr);
    enum pith_status status = settle(hold->db, path, reterr);
    if (status)
        return status;
    code = sqlite3_file_control(hold->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code == SQLITE_OK && file && file->pMethods)
        code = file->pMethods->xLock(file, SQLITE_LOCK_SHARED);
    if (code == SQLITE_OK && file && file->pMethods) {
        hold->file = file;
        code = file->pMethods->xLock(file, SQLITE_LOCK_EXCLUSIVE);
    }
    if (code != SQLITE_OK || !hold->file)
        return fail_open_elsewhere(path, reterr);
    *ret_hold = PITH_TAKE(hold);
    return PITH_OK;
}

void store_let_go(struct store_hold *hold)
{
    if (hold->file)
        hold->file->pMethods->xUnlock(hold->file, SQLITE_LOCK_NONE);
    sqlite3_close(hold->db);
    free(hold);
}
