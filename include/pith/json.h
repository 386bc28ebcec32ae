/* json: results as JSON documents. Shared by cli and api. Every function gives one indented document, to be freed with pith_free, ending in a
 * newline. What is unknown (a day, a probability, a measure) is null; days are "YYYY-MM-DD". */
#ifndef PITH_JSON_H
#define PITH_JSON_H

#include <pith/pith.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pith_status pith_json_import(const char *file, const struct pith_import_report *report, char **ret_json,
                                  struct pith_error *reterr);
/* {"file","format","title","records","skipped","fault":{"line","reason"} or null,"first":{"keys":[…],"title":…}}: values are strings */
enum pith_status pith_json_explanation(const char *file, const struct pith_sniffed *sniffed, char **ret_json,
                                       struct pith_error *reterr);
enum pith_status pith_json_papers(const struct pith_papers *papers, char **ret_json, struct pith_error *reterr);
enum pith_status pith_json_votes(const struct pith_votes *votes, char **ret_json, struct pith_error *reterr);
/* Of each paper what is known and how it was ranked: {"rank","id","key","title","url","date","score","probability","announced","withdrawn",
 * "verdict","later","twins":[…],"reasons":[…],"near":[{"id","key","title","vote","likeness"}],"authors":[…],"categories":[…],"organisations":[…],
 * "abstract","links":{"page","pdf","doi","code","project"},"published","updated","upvotes","comments","citations"}; null is unknown. */
enum pith_status pith_json_ranking(const struct pith_ranking *ranking, char **ret_json, struct pith_error *reterr);
/* {"paper":{…}} of one, likewise. */
enum pith_status pith_json_shown(const struct pith_ranked *paper, char **ret_json, struct pith_error *reterr);
enum pith_status pith_json_account(const struct pith_account *account, char **ret_json, struct pith_error *reterr);
/* With "reliability": [{"said","liked","low","high","votes"}], how far the chances given came true. */
enum pith_status pith_json_replay(const struct pith_backtest *replay, char **ret_json, struct pith_error *reterr);
enum pith_status pith_json_summary(const struct pith_summary *summary, char **ret_json, struct pith_error *reterr);
/* {"days":[{"date","papers"}]}, as given. */
enum pith_status pith_json_listings(const struct pith_listing *listing, size_t count, char **ret_json, struct pith_error *reterr);
/* What a vote did: {"recorded":n,"papers":[…]}; `papers` NULL leaves the list out. */
enum pith_status pith_json_recorded(size_t recorded, const struct pith_papers *papers, char **ret_json, struct pith_error *reterr);
/* {"receipts":[{"source","time" (RFC 3339),"first","last","announced","fetched","new","merged","hidden","failed","unchanged","failure",
 * "note"}]}, the newest first as given; failure and note are null when there is none. */
enum pith_status pith_json_receipts(const struct pith_receipts *receipts, char **ret_json, struct pith_error *reterr);
/* What a seed did: {"what","seeded","standing","unknown","import":{…} or null}. */
enum pith_status pith_json_seeded(const char *what, const struct pith_seed_report *report, char **ret_json,
                                  struct pith_error *reterr);
/* {"readers":[{"id","named","passphrases","recovery_codes","key_files","tokens","bytes"}]} */
enum pith_status pith_json_readers(const struct pith_readers *readers, char **ret_json, struct pith_error *reterr);
/* {"keys":[{"slot","way","label","scopes":[…],"expires" (RFC 3339 or null),"used","damaged"}]} */
enum pith_status pith_json_keys(const struct pith_keys *keys, char **ret_json, struct pith_error *reterr);
/* {"slot","secret"}: what was made up, told once; null for a passphrase. */
enum pith_status pith_json_secret(const struct pith_secret *secret, char **ret_json, struct pith_error *reterr);
/* {"good","findings":[{"good","what"}]} of pith_check. */
struct pith_finding {
    bool good;
    char *what;
};
enum pith_status pith_json_findings(const struct pith_finding *finding, size_t count, char **ret_json, struct pith_error *reterr);
/* {"signers":{"from","to"},"votes":[…],"weights":[…]}: of the weights the first `limit`, 0 for all. */
enum pith_status pith_json_diff(const struct pith_diff *diff, size_t limit, char **ret_json, struct pith_error *reterr);
/* A digest whole: {"date","state":"open|claimed|sent|held|off","time" (RFC 3339),"first","last","listed","votes":{…},"learned",
 * "probabilities","expected","below","chance","notices":[…],"changes":[…],"papers":[{"number","section":"for_you|explore|missed","id",
 * "key","title","url","authors","category","reason","date","announced","withdrawn","probability","up","down","author_names":[…]} and
 * what else is known of a paper, as in a ranking],"reply","stop"}. What is ""
 * in the digest is null; "up", "down", "reply" and "stop" are tickets. */
enum pith_status pith_json_digest(const struct pith_digest *digest, char **ret_json, struct pith_error *reterr);
/* {"digests":[{"date","state","papers" (how many)}]}, as given. */
enum pith_status pith_json_digests(const struct pith_digest_day *kept, size_t digests, char **ret_json, struct pith_error *reterr);
const char *pith_json_digest_state(enum pith_digest_state state); /* "open", "claimed", …; static */
/* {"mail","likes","most","cost","explore","missed","announced":["new","cross","replaced"]}: all three when nothing is left out. */
enum pith_status pith_json_settings(const struct pith_settings *settings, char **ret_json, struct pith_error *reterr);
/* What a mail that answers a digest did: {"date","votes":[{"number","vote":"up|down"}],"known"}. */
enum pith_status pith_json_reply(const struct pith_reply *reply, char **ret_json, struct pith_error *reterr);
/* A line of a log: an object of texts, in this order, on one line with its end; a NULL value is left out. */
struct pith_json_pair {
    const char *name, *value;
};
enum pith_status pith_json_line(const struct pith_json_pair *pair, size_t count, char **ret_line, struct pith_error *reterr);
/* What an object has under a name, when that is a text or whole number: else, and when it does not fit, "". PITH_INPUT for what is no
 * object. */
enum pith_status pith_json_member(const char *json, size_t length, const char *name, char *value, size_t size,
                                  struct pith_error *reterr);
/* {"error":{"status":…,"message":…}}, with "matches":[…] when a name was ambiguous (`matches` not NULL). */
enum pith_status pith_json_error(const struct pith_error *error, const struct pith_papers *matches, char **ret_json);

#ifdef __cplusplus
}
#endif

#endif
