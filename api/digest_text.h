/* digest_text: a digest as plain text, with all that its HTML has. */
#ifndef PITH_API_DIGEST_TEXT_H
#define PITH_API_DIGEST_TEXT_H

#include "../engine/pith.h"
#include "site.h"

/* Lines of 72 characters at most, but for addresses. malloc'ed. */
enum pith_status digest_text(const struct pith_digest *digest, const struct site *site, char **ret_text, struct pith_error *reterr);

#endif
