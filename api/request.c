#include "request.h"

#include <stdlib.h>
#include <string.h>

void reply_clear(struct reply *reply)
{
    free(reply->body);
    free(reply->link);
    free(reply->location);
    *reply = (struct reply){0};
}

void reply_take(struct reply *reply, int status, const char *type, char *text)
{
    free(reply->body);
    reply->status = status;
    reply->type = type;
    reply->body = text;
    reply->length = text ? strlen(text) : 0;
}
