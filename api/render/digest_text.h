/* digest_text: a digest as plain text, with all that its HTML has. */
#ifndef PITH_API_RENDER_DIGEST_TEXT_H
#define PITH_API_RENDER_DIGEST_TEXT_H

#include "api/base_url.h"
#include <pith/pith.h>

/* Lines of 72 characters at most, but for addresses. malloc'ed. */
enum pith_status digest_text(const struct pith_digest *digest, const struct base_url *base_url, char **ret_text,
                             struct pith_error *reterr);

#endif
