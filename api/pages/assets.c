/* What pages load besides themselves: the style sheet, the script, the picture beside their title. The same for everybody. */
#include "api/pages/pages.h"

#include <string.h>

extern const char pages_style[], pages_script[]; /* api/pages/pith.css, api/pages/pith.js */

static const char icon[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\">"
                           "<circle cx=\"16\" cy=\"16\" r=\"13\" fill=\"none\" stroke=\"#0f766e\" stroke-width=\"3\"/>"
                           "<circle cx=\"16\" cy=\"16\" r=\"5\" fill=\"#0f766e\"/></svg>\n";

static enum pith_status send_asset(struct exchange *exchange, const char *type, const char *content, struct pith_error *reterr)
{
    char *copy = strdup(content);
    if (!copy)
        return pith_no_memory(reterr);
    reply_take(exchange->reply, 200, type, copy);
    exchange->reply->lasting = true;
    return PITH_OK;
}

enum pith_status page_style_sheet(struct exchange *exchange, struct pith_error *reterr)
{
    return send_asset(exchange, "text/css; charset=utf-8", pages_style, reterr);
}

enum pith_status page_script(struct exchange *exchange, struct pith_error *reterr)
{
    return send_asset(exchange, "text/javascript; charset=utf-8", pages_script, reterr);
}

enum pith_status page_icon(struct exchange *exchange, struct pith_error *reterr)
{
    return send_asset(exchange, "image/svg+xml", icon, reterr);
}
