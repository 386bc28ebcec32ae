/* digest_html: a digest as one HTML document, for mail and for browsers. It loads nothing from anywhere, asks for no script, and does not
 * tell that it was read; thumbs are links. What a mail program drops of the style leaves it readable. */
#ifndef PITH_API_DIGEST_HTML_H
#define PITH_API_DIGEST_HTML_H

#include "../engine/pith.h"
#include "site.h"

/* malloc'ed. */
enum pith_status digest_html(const struct pith_digest *digest, const struct site *site, char **ret_html, struct pith_error *reterr);

#endif
