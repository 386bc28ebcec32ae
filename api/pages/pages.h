/* pages: the reader's pages in a browser: their table of routes, and what their handlers share. A page is read by the token in the
 * reader's cookie (session.h); what changes anything is a form of a page, which is answered by leading back to the page it came from. */
#ifndef PITH_API_PAGES_PAGES_H
#define PITH_API_PAGES_PAGES_H

#include "api/render/page.h"
#include "api/routes.h"

/* What a page needs to know, from the request: message and undo by its parameters said, on, n. */
enum pith_status pages_open(struct exchange *exchange, enum page_tab tab, struct page *ret_page, struct pith_error *reterr);
/* This page's own address for forms to come back to: `path` from the root, and the named parameters (blanks around each) as they came. */
void pages_come_back(struct exchange *exchange, struct page *page, const char *path, const char *parameters);
/* Takes over a finished page. */
struct writing;
enum pith_status pages_send(struct exchange *exchange, struct writing *writing, struct pith_error *reterr);
/* Leads to an address from the root, 303. */
enum pith_status pages_lead(struct exchange *exchange, const char *address, struct pith_error *reterr);

/* What was done, in words that a page says after it. */
enum pages_said {
    SAID_NOTHING,
    SAID_UP,
    SAID_DOWN,
    SAID_LATER,
    SAID_NONE,
    SAID_NOT_LATER,
    SAID_UNDONE,
    SAID_NOTHING_TO_UNDO,
    SAID_SEEDED,
    SAID_SETTINGS,
    SAID_TOKEN_ENDED,
};
/* An address that a form or a link names to come back to, where it is one below the root as pages write them; else `usual`. */
const char *pages_back(const char *given, const char *usual);
/* Leads back to the page that the form names (`usual` where it names none), which says so: of the paper with this key, to which it leads,
 * or of `count` papers. A script gets the words as JSON instead. */
enum pith_status pages_done(struct exchange *exchange, const char *usual, enum pages_said said, const char *key, size_t count,
                            struct pith_error *reterr);

/* api/pages/sign_in.c */
exchange_handler page_sign_in, page_take_token, page_signed_in, page_sign_out, page_sign_in_once;
/* api/pages/assets.c */
exchange_handler page_style_sheet, page_script, page_icon;
/* api/pages/today.c */
exchange_handler page_today;
/* api/pages/marks.c */
exchange_handler page_vote;
/* api/pages/paper.c */
exchange_handler page_paper;
/* api/pages/search.c */
exchange_handler page_search;
/* api/pages/later.c */
exchange_handler page_later;
/* api/pages/learnt.c */
exchange_handler page_learnt, page_chances;
/* api/pages/seeds.c */
exchange_handler page_seeds, page_take_seeds;
/* api/pages/settings.c */
exchange_handler page_settings, page_take_settings;
/* api/pages/account.c */
exchange_handler page_account, page_add_token, page_end_token, page_export, page_likes, page_erase;

#endif
