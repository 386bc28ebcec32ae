/* digests: where the digest of a delivery comes from, and who is told that it was sent: a profile of this home, or a service that is asked by
 * the reader's token. What fails settles the delivery, or leaves it pending. */
#ifndef PITH_CLI_MAIL_DIGESTS_H
#define PITH_CLI_MAIL_DIGESTS_H

#include "cli/mail/delivery.h"
#include "cli/passphrase.h"

struct digests {
    const struct delivery_means *means;
    const struct passphrase *token; /* of the reader, for a service */
};

/* Puts the digest into a state, "claimed" or "sent", and fills in the delivery's state, papers and Message-ID as they are now. *ret_done false: that
 * could not be done. */
enum pith_status digests_put(const struct digests *from, struct delivery *delivery, const char *state, bool *ret_done,
                             struct pith_error *reterr);
/* The mail, malloc'ed; NULL when there is none. */
enum pith_status digests_mail(const struct digests *from, struct delivery *delivery, char **ret_mail, size_t *ret_length,
                              struct pith_error *reterr);
/* As digests_put, but nothing is changed. The delivery's state stays "" when that could not be done. */
enum pith_status digests_look(const struct digests *from, struct delivery *delivery, struct pith_error *reterr);

#endif
