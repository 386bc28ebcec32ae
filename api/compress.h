/* compress: a reply's body as gzip, for clients that ask for it. */
#ifndef PITH_API_COMPRESS_H
#define PITH_API_COMPRESS_H

#include "api/request.h"

/* Packs the body where `accept_encoding` (may be NULL) takes gzip and it is worth it. */
void compress_reply(struct reply *reply, const char *accept_encoding);
/* Whether such a header takes gzip: named, and not with q=0. */
bool compress_accepted(const char *accept_encoding);

#endif
