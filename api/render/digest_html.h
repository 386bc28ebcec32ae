/* digest_html: a digest as one HTML document, for mail and for browsers. It loads nothing from anywhere, asks for no script, and does not
 * tell that it was read; thumbs are links. What a mail program drops of the style leaves it readable. */
#ifndef PITH_API_RENDER_DIGEST_HTML_H
#define PITH_API_RENDER_DIGEST_HTML_H

#include "api/base_url.h"
#include <pith/pith.h>

/* malloc'ed. */
enum pith_status digest_html(const struct pith_digest *digest, const struct base_url *base_url, char **ret_html,
                             struct pith_error *reterr);

#endif
