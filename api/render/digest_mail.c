#include "api/render/digest_mail.h"

#include "api/render/digest_html.h"
#include "api/render/digest_text.h"
#include "api/render/digest_words.h"
#include "api/writing.h"

#include <string.h>
#include <time.h>

enum { TITLE = 70 /* bytes of the first title in a subject */ };

void digest_message_id(const struct pith_digest *digest, const struct base_url *base_url, char id[DIGEST_MESSAGE_ID])
{
    char name[33];
    pith_fingerprint(digest->stop, strlen(digest->stop), name); /* where it may not be answered: told by what else is its own */
    snprintf(id, DIGEST_MESSAGE_ID, "<%s@%s>", *digest->reply ? digest->reply : name, base_url->host);
}

/* "7 papers for you, Thu 26 Nov: the first title" */
static void put_subject(FILE *to, const struct pith_digest *digest)
{
    char heading[DIGEST_SENTENCE], day[DIGEST_DAY], subject[DIGEST_SENTENCE + DIGEST_DAY + TITLE + 8];
    const char *title = digest->count && digest->item[0].section == PITH_FOR_YOU ? digest->item[0].title : "";
    size_t length = strlen(title);
    bool cut = length > TITLE;
    for (length = cut ? TITLE : length; cut && length && ((unsigned char)title[length] & 0xc0) == 0x80;)
        length--;
    for (size_t end = length; cut && end > TITLE / 2; end--) /* between two words, where there are some */
        if (title[end] == ' ') {
            length = end;
            break;
        }
    digest_heading(digest, heading);
    digest_day(digest->day, day);
    snprintf(subject, sizeof subject, "%s, %s%s%.*s%s", heading, day, length ? ": " : "", (int)length, title, cut ? "..." : "");
    mail_format_header(to, "Subject", subject);
}

static void put_date(FILE *to, int64_t seconds)
{
    static const char weekdays[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t when = (time_t)seconds;
    struct tm utc = {0};
    gmtime_r(&when, &utc);
    fprintf(to, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", weekdays + 3 * utc.tm_wday, utc.tm_mday, months + 3 * utc.tm_mon,
            utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

static void put_headers(FILE *to, const struct pith_digest *digest, const struct base_url *base_url,
                        const struct mail_format_address *from, const struct mail_format_address *recipient, const char *boundary)
{
    char id[DIGEST_MESSAGE_ID];
    struct mail_format_address pith = {.name = "pith"};
    snprintf(pith.address, sizeof pith.address, "pith@%.200s", base_url->host);
    digest_message_id(digest, base_url, id);
    mail_format_header_address(to, "From", from ? from : &pith);
    if (recipient)
        mail_format_header_address(to, "To", recipient);
    if (base_url->answers && *base_url->reply_to) {
        struct mail_format_address reply_to = {.name = "pith"};
        snprintf(reply_to.address, sizeof reply_to.address, "%.254s", base_url->reply_to);
        mail_format_header_address(to, "Reply-To", &reply_to);
    }
    put_subject(to, digest);
    put_date(to, digest->time);
    fprintf(to, "Message-ID: %s\r\n", id);
    fprintf(to, "List-Id: pith daily digest <digest.%s>\r\n", base_url->host);
    if (*digest->stop && *base_url->base)
        fprintf(to, "List-Unsubscribe: <%s/u/%s>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", base_url->base,
                digest->stop);
    fprintf(to,
            "Auto-Submitted: auto-generated\r\nContent-Language: en\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n",
            boundary);
}

static void put_part(FILE *to, const char *boundary, const char *type, const char *body)
{
    fprintf(to, "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", boundary, type);
    mail_format_body(to, body);
    fputs("\r\n", to);
}

enum pith_status digest_mail(const struct pith_digest *digest, const struct base_url *base_url,
                             const struct mail_format_address *from, const struct mail_format_address *recipient, char **ret_mail,
                             struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *text = NULL, *html = NULL;
    struct writing writing;
    char name[33], boundary[48];
    enum pith_status status = digest_text(digest, base_url, &text, reterr);
    if (!status)
        status = digest_html(digest, base_url, &html, reterr);
    if (!status)
        status = writing_begin(&writing, reterr);
    if (status)
        return status;
    pith_fingerprint(html, strlen(html), name);
    snprintf(boundary, sizeof boundary, "=_pith_%s", name); /* "=_" stands in no quoted-printable text */
    put_headers(writing.to, digest, base_url, from, recipient, boundary);
    put_part(writing.to, boundary, "text/plain", text);
    put_part(writing.to, boundary, "text/html", html);
    fprintf(writing.to, "--%s--\r\n", boundary);
    return writing_end(&writing, ret_mail, reterr);
}
