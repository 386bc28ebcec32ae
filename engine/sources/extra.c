#include "engine/sources/extra.h"

#include <string.h>
#include <strings.h>

static size_t skip_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    if (strncasecmp(text, word, length) != 0 || !strchr(": ", text[length]))
        return 0;
    return length + strspn(text + length, ": ");
}

void extra_key(struct record *record, const char *text)
{
    size_t used;
    if (!text)
        return;
    text += strspn(text, " \t\r\n");
    if ((used = skip_word(text, "PMID")) != 0 || (used = skip_word(text, "PubMed")) != 0) {
        char number[16] = "";
        size_t digits = strspn(text + used, "0123456789");
        if (digits && digits < sizeof number && !strchr("abcdefghijklmnopqrstuvwxyz-", text[used + digits] | 0x20)) {
            memcpy(number, text + used, digits);
            record_key_of_kind(record, "pmid:", number);
        }
    } else if (strncasecmp(text, "abs/", 4) == 0) { /* DBLP: abs/2206.07690 */
        record_key_string(record, text + 4);
    } else if (strncasecmp(text, "arXiv preprint", 14) == 0 || strncasecmp(text, "arXiv e-prints", 14) == 0) {
        const char *id = strcasestr(text, "arXiv:");
        record_key_string(record, id);
    } else if ((used = skip_word(text, "tex.eprint")) != 0 || (used = skip_word(text, "eprint")) != 0 ||
               (used = skip_word(text, "arXiv ID")) != 0 || (used = skip_word(text, "arXivID")) != 0) {
        record_key_string(record, text + used);
    } else if ((used = skip_word(text, "DOI")) != 0 || (used = skip_word(text, "arXiv")) != 0) {
        record_key_string(record, text + used);
    } else {
        record_key_string(record, text);
    }
}

/* Where a part ends: a line, or a semicolon that no identifier goes on behind. */
static size_t part_length(const char *text)
{
    size_t length = strcspn(text, "\n;");
    while (text[length] == ';' && text[length + 1] && !strchr(" \t\r\n", text[length + 1]) &&
           strncasecmp(text + length + 1, "PMID", 4) != 0 && strncasecmp(text + length + 1, "DOI", 3) != 0 &&
           strncasecmp(text + length + 1, "arXiv", 5) != 0)
        length += 1 + strcspn(text + length + 1, "\n;");
    return length;
}

void extra_keys(struct record *record, const char *text)
{
    while (text && *text) {
        size_t length = part_length(text);
        char line[256] = "";
        if (length < sizeof line) {
            memcpy(line, text, length);
            char *category = strstr(line, " [");
            if (category)
                *category = '\0';
            extra_key(record, line);
        }
        text += length + (text[length] != '\0');
    }
}
