/* page: the frame that the reader's pages share, and the few things that all of them have. Everything on them works without a script;
 * api/pages/pith.js adds keys and saving without another load. They load nothing from elsewhere and draw nothing by style attributes. */
#ifndef PITH_API_RENDER_PAGE_H
#define PITH_API_RENDER_PAGE_H

#include <pith/pith.h>

#include <stdio.h>

enum page_tab { PAGE_NONE, PAGE_TODAY, PAGE_LATER, PAGE_SEARCH, PAGE_LEARNT, PAGE_SETTINGS, PAGE_ACCOUNT };
enum { PAGE_ROOT = 32 /* REPLY_ROOT */, PAGE_ANCHOR = 12, PAGE_MESSAGE = 400, PAGE_BACK = 600 };

struct page {
    char root[PAGE_ROOT];       /* from this page to the first: "", "../", … */
    char form_token[33];        /* "" where nobody is signed in */
    char back[PAGE_BACK];       /* this page, from the root: "./?day=2026-12-01"; forms come back here */
    char message[PAGE_MESSAGE]; /* what was done just now; "" for nothing */
    bool undo;                  /* and it can be taken back */
    unsigned scopes;            /* that the reader's token has, in bits of pith_scope */
    enum page_tab tab;
    bool bare; /* the content brings its own first heading */
    bool wide; /* pictures and tables rather than reading */
};

/* From <html> to the <main>'s first heading; `title` is the heading too. The end. */
void page_begin(FILE *to, const struct page *page, const char *title);
void page_end(FILE *to, const struct page *page);

/* <form> of its own to an address from the root, with what it must carry; and its end. */
void page_form(FILE *to, const struct page *page, const char *action, const char *more);
/* The form that a page's vote buttons belong to, once a page: `<button form="vote" …>`. */
void page_vote_form(FILE *to, const struct page *page);

/* Text of an address's path or query, escaped for both. */
void page_escape(FILE *to, const char *text);
/* "pab12cd34": where a paper stands on a page. */
void page_anchor(const char *key, char anchor[PAGE_ANCHOR]);
bool page_may(const struct page *page, enum pith_scope scope);

#endif
