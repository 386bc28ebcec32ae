#include "api/problem.h"

#include "api/render/html.h"
#include "api/writing.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    int status;
    const char *name, *title, *meaning;
} problems[] = {
    [PROBLEM_MALFORMED] = {400, "malformed", "The request cannot be read",
                           "Address, parameters or JSON are not well formed; the detail says where."},
    [PROBLEM_UNPROVEN] = {401, "unproven", "A token is needed",
                          "Send a token that opens a profile here, as: Authorization: Bearer TOKEN"},
    [PROBLEM_FORBIDDEN] = {403, "forbidden", "This token may not do that",
                           "The token is good, but was made without the scope that this needs; or a link is past its last day."},
    [PROBLEM_NOT_FOUND] = {404, "not-found", "There is no such thing", "The address, paper, vote, token or reader does not exist."},
    [PROBLEM_METHOD] = {405, "method", "This address takes other methods", "The header Allow lists them."},
    [PROBLEM_CONFLICT] = {409, "conflict", "It does not go with what is there",
                          "It exists already, could be several things, or changed since the list was begun."},
    [PROBLEM_LENGTH] = {411, "length", "A body needs its length", "Send Content-Length; bodies in chunks are not taken."},
    [PROBLEM_LARGE] = {413, "large", "The body is too large", "The detail says how large one may be here."},
    [PROBLEM_TYPE] = {415, "type", "The body is of another type", "The detail says which one is taken here."},
    [PROBLEM_UNUSABLE] = {422, "unusable", "It can be read but not be used",
                          "A value is missing, unknown or out of range; nothing was changed."},
    [PROBLEM_MANY] = {429, "many", "Too many requests", "Wait for as many seconds as the header Retry-After says."},
    [PROBLEM_INTERNAL] = {500, "internal", "The service failed",
                          "The cause stands in the service's log; the operator can look it up."},
    [PROBLEM_BUSY] = {503, "busy", "The service cannot do this now",
                      "Try again after as many seconds as the header Retry-After says."},
};
enum { PROBLEMS = sizeof problems / sizeof *problems };

/* What somebody is told whose link did not do what it says. */
static void put_page(FILE *to, enum problem problem)
{
    const char *title = problems[problem].title, *meaning = problems[problem].meaning;
    if (problem == PROBLEM_FORBIDDEN) {
        title = "This link is too old";
        meaning = "The last day on which it could be used is over, and nothing was changed. Later digests have links "
                  "that work.";
    } else if (problem == PROBLEM_NOT_FOUND) {
        title = "This link leads nowhere";
        meaning = "It was changed or cut short on its way, or what it stood for is gone. Nothing was changed.";
    } else if (problem == PROBLEM_MANY || problem == PROBLEM_BUSY) {
        meaning = "Nothing was changed. Please try again in a moment.";
    }
    html_begin(to, title);
    fputs("<p>", to);
    html_text(to, meaning);
    fputs("</p>\n", to);
    html_end(to);
}

/* The same to a reader, on a page of theirs: what was wrong with what they sent, and the way back. */
static void put_site_page(FILE *to, enum problem problem, const char *detail, const char *root)
{
    bool internal = problem == PROBLEM_INTERNAL || problem == PROBLEM_BUSY;
    html_begin(to, problem != PROBLEM_FORBIDDEN ? problems[problem].title
                   : detail                     ? "This was not done"
                                                : "Your token may not do that");
    fputs("<p>", to);
    html_text(to, internal || !detail ? problems[problem].meaning : "Nothing was changed: ");
    if (!internal && detail) {
        html_text(to, detail);
        fputs(".", to);
    }
    fprintf(to, "</p>\n<p><a href=\"%s./\">Back to today’s papers</a></p>\n", root);
    html_end(to);
}

static void set_page(struct reply *reply, enum problem problem, const char *detail)
{
    struct writing writing;
    char *page = NULL;
    if (!writing_begin(&writing, NULL)) {
        if (reply->base_url)
            put_site_page(writing.to, problem, detail, reply->root);
        else
            put_page(writing.to, problem);
        writing_end(&writing, &page, NULL);
    }
    reply_take(reply, problems[problem].status, TYPE_HTML, page);
    reply->people = true;
}

static void set_document(struct reply *reply, enum problem problem, const char *detail)
{
    char type[64] = "/problems/";
    strcat(type, problems[problem].name);
    bool internal = problem == PROBLEM_INTERNAL || problem == PROBLEM_BUSY;
    json_t *document = json_pack("{s:s, s:s, s:i}", "type", type, "title", problems[problem].title, "status",
                                 problems[problem].status);
    if (document && detail && !internal)
        json_object_set_new(document, "detail", json_string(detail));
    char *text = document ? json_dumps(document, JSON_INDENT(2)) : NULL;
    json_decref(document);
    reply_take(reply, problems[problem].status, "application/problem+json", text);
    reply->challenge = problem == PROBLEM_UNPROVEN;
}

void problem_set(struct reply *reply, enum problem problem, const char *detail)
{
    bool people = reply->people, base_url = reply->base_url;
    char root[REPLY_ROOT];
    memcpy(root, reply->root, sizeof root);
    reply_clear(reply);
    reply->base_url = base_url;
    memcpy(reply->root, root, sizeof root);
    if (people)
        set_page(reply, problem, detail);
    else
        set_document(reply, problem, detail);
    if (problem == PROBLEM_BUSY || problem == PROBLEM_MANY)
        reply->retry = 1;
}

enum problem problem_of_status(enum pith_status status)
{
    switch (status) {
    case PITH_USAGE:
    case PITH_INPUT: return PROBLEM_UNUSABLE;
    case PITH_NOT_FOUND: return PROBLEM_NOT_FOUND;
    case PITH_AMBIGUOUS:
    case PITH_EXISTS: return PROBLEM_CONFLICT;
    case PITH_LOCKED: return PROBLEM_FORBIDDEN;
    case PITH_IO:
    case PITH_NOMEM: return PROBLEM_BUSY;
    case PITH_OK:
    case PITH_CORRUPT: break;
    }
    return PROBLEM_INTERNAL;
}

const char *problem_meaning(const char *name)
{
    for (size_t i = 0; i < PROBLEMS; i++)
        if (strcmp(problems[i].name, name) == 0)
            return problems[i].meaning;
    return NULL;
}
