#include "engine/sources/extra.h"

#include <string.h>
#include <strings.h>

void extra_key(struct record *record, const char *text)
{
    static const char *const words[] = {"DOI ", "DOI: ", "PMID: ", "PMID ", "arXiv: ", "arXiv "};
    if (!text)
        return;
    text += strspn(text, " \t\r\n");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strncasecmp(text, words[i], strlen(words[i])) != 0)
            continue;
        text += strlen(words[i]);
        if (*words[i] == 'P' && text[strspn(text, "0123456789")] == '\0')
            record_key_of_kind(record, "pmid:", text);
        else if (*words[i] != 'P')
            record_key_string(record, text);
        return;
    }
    record_key_string(record, text);
}

void extra_keys(struct record *record, const char *text)
{
    while (text && *text) {
        size_t length = strcspn(text, "\n;");
        char line[128] = "";
        if (length < sizeof line) {
            memcpy(line, text, length);
            char *category = strchr(line, '[');
            if (category)
                *category = '\0';
            extra_key(record, line);
        }
        text += length + (text[length] != '\0');
    }
}
