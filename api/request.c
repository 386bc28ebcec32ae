#include "api/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void reply_clear(struct reply *reply)
{
    free(reply->body);
    free(reply->link);
    free(reply->location);
    if (reply->cookie)
        explicit_bzero(reply->cookie, strlen(reply->cookie));
    free(reply->cookie);
    *reply = (struct reply){0};
}

void reply_take(struct reply *reply, int status, const char *type, char *text)
{
    free(reply->body);
    reply->status = status;
    snprintf(reply->type, sizeof reply->type, "%s", type);
    reply->body = text;
    reply->length = text ? strlen(text) : 0;
}
