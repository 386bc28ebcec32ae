/* export: the learned profile as a file, and back. */
#ifndef PITH_EXPORT_H
#define PITH_EXPORT_H

#include <pith/reader.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The learned profile in clear, as documented in FORMAT.md (one JSON object), signed by a key of the profile. Free it with
 * pith_free, as all texts here. */
enum pith_status pith_export(struct pith *pith, char **ret_json, struct pith_error *reterr);
/* An export sealed under a passphrase of its own, and back. */
enum pith_status pith_seal_export(const char *json, const char *passphrase, size_t length, enum pith_strength strength,
                                  char **ret_sealed, size_t *ret_length, struct pith_error *reterr);
bool pith_is_sealed(const char *bytes, size_t length);
/* PITH_LOCKED for a wrong passphrase, PITH_CORRUPT when the file was changed or cut short. */
enum pith_status pith_open_export(const char *sealed, size_t sealed_length, const char *passphrase, size_t length, char **ret_json,
                                  size_t *ret_length, struct pith_error *reterr);
/* Takes an export in clear into an unlocked profile without votes: its votes and its model. PITH_EXISTS when it has votes,
 * PITH_CORRUPT when it is signed and was changed. `signer` (may be NULL) takes the signer's public key in hex, "" when the export
 * is not signed. */
enum pith_status pith_import_profile(struct pith *pith, const char *json, size_t length, char signer[65],
                                     struct pith_error *reterr);
/* The public key that signs this profile's exports, in hex. */
enum pith_status pith_signer(struct pith *pith, char signer[65], struct pith_error *reterr);

struct pith_diff_vote {
    char *id;     /* for people */
    char *loser;  /* of a comparison; NULL for a thumb */
    int from, to; /* thumbs: verdicts, 0 for none; comparisons: 1 when it stands */
};
struct pith_diff_weight {
    char *feature;   /* "word:diffus" */
    double from, to; /* times its title weight (FORMAT.md, Model); 0 where it is missing */
};
struct pith_diff {
    struct pith_diff_vote *vote; /* those that differ, by id */
    size_t votes;
    struct pith_diff_weight *weight; /* those that differ, by falling size of the move */
    size_t weights;
    char signer_from[65], signer_to[65]; /* hex; "" when not signed */
};
void pith_diff_free(struct pith_diff *diff);
PITH_CLEANUP(struct pith_diff, pith_diff_free);
/* What changed from one export in clear to another. PITH_CORRUPT when a signed one was changed. */
enum pith_status pith_diff(const char *from, size_t from_length, const char *to, size_t to_length, struct pith_diff **ret_diff,
                           struct pith_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
