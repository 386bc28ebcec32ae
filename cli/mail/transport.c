#include "cli/mail/transport.h"

#include <pith/json.h>
#include <pith/version.h>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { CONNECT_SECONDS = 20, MOST_BODY = 16 << 20, LINE = 256 };

struct transport {
    CURL *http, *smtp, *imap;
};

struct attempt { /* one under way */
    bool local;  /* this machine alone may be connected to */
    bool refused, too_large;
    char *body;
    size_t length, cap;
    const struct transport_mail *mail;
    size_t sent;
    bool handed_over;
    char last[LINE]; /* what a mail server refused with last; "" for nothing */
    struct pith_error error;
};

enum pith_status transport_new(struct transport **ret_wire, struct pith_error *reterr)
{
    PITH_AUTO(transport_free_p) struct transport *wire = pith_calloc(1, sizeof *wire);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        return pith_fail(reterr, PITH_IO, "the network library does not start");
    if (wire) {
        wire->http = curl_easy_init();
        wire->smtp = curl_easy_init();
        wire->imap = curl_easy_init();
    }
    if (!wire || !wire->http || !wire->smtp || !wire->imap)
        return pith_no_memory(reterr);
    *ret_wire = PITH_TAKE(wire);
    return PITH_OK;
}

void transport_free(struct transport *wire)
{
    curl_easy_cleanup(wire->http);
    curl_easy_cleanup(wire->smtp);
    curl_easy_cleanup(wire->imap);
    free(wire);
}

enum pith_status transport_escape(const char *text, char **ret_escaped, struct pith_error *reterr)
{
    char *escaped = curl_easy_escape(NULL, text, 0);
    char *copy = escaped ? strdup(escaped) : NULL;
    curl_free(escaped);
    if (!copy)
        return pith_no_memory(reterr);
    *ret_escaped = copy;
    return PITH_OK;
}

/* ---- addresses ---- */

static bool is_loopback(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    if (address->sa_family != AF_INET6)
        return false;
    memcpy(&v6, address, sizeof v6);
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct attempt *attempt = user;
    (void)purpose;
    if (attempt->local && !is_loopback(&address->addr)) {
        attempt->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_common(CURL *curl, struct attempt *attempt, const char *url, const char *protocols, const char *certificate,
                       unsigned seconds)
{
    curl_easy_reset(curl); /* keeps connections */
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)(seconds < CONNECT_SECONDS ? seconds : CONNECT_SECONDS));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)seconds);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, attempt);
    if (certificate)
        curl_easy_setopt(curl, CURLOPT_CAINFO, certificate);
}

static void give(struct transport_receipt *receipt, enum transport_fate fate, const char *what, const char *why)
{
    receipt->fate = fate;
    snprintf(receipt->reason, sizeof receipt->reason, "%.80s%s%.200s", what, *why ? ": " : "", why);
}

/* Why there was no answer, and whether another attempt may get one. */
static void give_code(const struct attempt *attempt, CURLcode code, const char *what, struct transport_receipt *receipt)
{
    if (attempt->refused) {
        give(receipt, TRANSPORT_REFUSED, what,
             "this is not this machine, and without TLS a secret could be read on the way: use TLS, or set insecure = "
             "yes");
        return;
    }
    switch ((int)code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: give(receipt, TRANSPORT_REFUSED, what, "this is no address that can be asked"); break;
    case CURLE_PEER_FAILED_VERIFICATION:
        give(receipt, TRANSPORT_REFUSED, what, "it does not prove who it is: its certificate is not trusted");
        break;
    case CURLE_SSL_CACERT_BADFILE: give(receipt, TRANSPORT_REFUSED, what, "the file of trusted certificates cannot be read"); break;
    case CURLE_USE_SSL_FAILED: give(receipt, TRANSPORT_REFUSED, what, "it offers no TLS (STARTTLS)"); break;
    case CURLE_LOGIN_DENIED: give(receipt, TRANSPORT_REFUSED, what, "it does not accept user and password"); break;
    case CURLE_OPERATION_TIMEDOUT: give(receipt, TRANSPORT_LATER, what, "it is too slow: given up"); break;
    default: give(receipt, TRANSPORT_LATER, what, attempt->too_large ? "it answers with too much" : curl_easy_strerror(code));
    }
}

/* ---- the service ---- */

static size_t take_body(char *data, size_t size, size_t count, void *user)
{
    struct attempt *attempt = user;
    size_t length = size * count;
    attempt->too_large = pith_grow(&attempt->body, &attempt->cap, attempt->length + length + 1, 1, MOST_BODY, NULL) != PITH_OK;
    if (attempt->too_large)
        return 0;
    memcpy(attempt->body + attempt->length, data, length);
    attempt->length += length;
    attempt->body[attempt->length] = '\0';
    return length;
}

static void wipe(struct curl_slist *headers)
{
    for (struct curl_slist *at = headers; at; at = at->next)
        explicit_bzero(at->data, strlen(at->data));
    curl_slist_free_all(headers);
}

static struct curl_slist *add_header(struct curl_slist *headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(headers, line);
    if (!longer && headers)
        wipe(headers);
    return longer;
}

static struct curl_slist *make_headers(const struct transport_request *request)
{
    char line[1200];
    snprintf(line, sizeof line, "Content-Type: %.80s", request->type ? request->type : "application/json");
    struct curl_slist *headers = add_header(NULL, line);
    if (!headers || !request->token)
        return headers;
    snprintf(line, sizeof line, "Authorization: Bearer %.*s", (int)request->token_length, request->token);
    headers = add_header(headers, line);
    explicit_bzero(line, sizeof line);
    return headers;
}

/* What the service says of itself when it refuses. */
static void give_problem(const struct attempt *attempt, long code, const char *what, struct transport_receipt *receipt)
{
    char detail[201] = "";
    if (!attempt->body || pith_json_member(attempt->body, attempt->length, "detail", detail, sizeof detail, NULL) || !*detail)
        snprintf(detail, sizeof detail, "it answers %ld", code);
    give(receipt, code == 429 || code >= 500 ? TRANSPORT_LATER : TRANSPORT_REFUSED, what, detail);
}

enum pith_status transport_ask(struct transport *wire, const struct transport_request *request,
                               struct transport_receipt *ret_receipt, char **ret_body, size_t *ret_length,
                               struct pith_error *reterr)
{
    static const char what[] = "the service";
    struct attempt attempt = {.local = request->token && !request->insecure && strncmp(request->url, "https:", 6) != 0};
    struct transport_receipt receipt = {0};
    long code = 0;
    struct curl_slist *headers = make_headers(request);
    if (!headers)
        return pith_no_memory(reterr);
    set_common(wire->http, &attempt, request->url, "http,https", request->certificate, request->seconds);
    curl_easy_setopt(wire->http, CURLOPT_USERAGENT, "pith/" PITH_VERSION);
    curl_easy_setopt(wire->http, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(wire->http, CURLOPT_HTTPHEADER, headers);
    if (request->body)
        curl_easy_setopt(wire->http, CURLOPT_POSTFIELDS, request->body);
    curl_easy_setopt(wire->http, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(wire->http, CURLOPT_WRITEDATA, &attempt);
    CURLcode done = curl_easy_perform(wire->http);
    curl_easy_getinfo(wire->http, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_setopt(wire->http, CURLOPT_HTTPHEADER, NULL);
    wipe(headers);
    if (done != CURLE_OK)
        give_code(&attempt, done, what, &receipt);
    else if (code / 100 != 2)
        give_problem(&attempt, code, what, &receipt);
    *ret_receipt = receipt;
    *ret_body = receipt.fate == TRANSPORT_DONE ? PITH_TAKE(attempt.body) : NULL;
    *ret_length = attempt.length;
    free(attempt.body);
    return PITH_OK;
}

/* ---- a mail server ---- */

/* The end of the bytes makes curl send the dot: before that, it is noted that the mail is being handed over. */
static size_t give_mail(char *buffer, size_t size, size_t count, void *user)
{
    struct attempt *attempt = user;
    const struct transport_mail *mail = attempt->mail;
    size_t left = mail->length - attempt->sent, room = size * count, length = left < room ? left : room;
    if (left == 0) {
        attempt->handed_over = mail->handing_over(mail->handing_over_user, &attempt->error) == PITH_OK;
        return attempt->handed_over ? 0 : CURL_READFUNC_ABORT;
    }
    memcpy(buffer, mail->bytes + attempt->sent, length);
    attempt->sent += length;
    return length;
}

/* Each line that the mail server says; refusals are kept, as people want to read them. */
static size_t take_line(char *line, size_t size, size_t count, void *user)
{
    struct attempt *attempt = user;
    size_t length = size * count;
    if (length >= 3 && (line[0] == '4' || line[0] == '5')) {
        size_t kept = length < sizeof attempt->last ? length : sizeof attempt->last - 1;
        while (kept && (line[kept - 1] == '\r' || line[kept - 1] == '\n'))
            kept--;
        memcpy(attempt->last, line, kept);
        attempt->last[kept] = '\0';
    }
    return length;
}

static void judge(struct attempt *attempt, CURLcode done, long code, struct transport_receipt *receipt)
{
    static const char what[] = "the mail server";
    if (done == CURLE_OK)
        return;
    bool refused = code >= 400 && code < 600; /* its last word */
    if (refused && *attempt->last)
        give(receipt, code >= 500 ? TRANSPORT_REFUSED : TRANSPORT_LATER, what, attempt->last);
    else
        give_code(attempt, done, what, receipt);
    if (attempt->handed_over && !refused)
        receipt->fate = TRANSPORT_IN_DOUBT;
}

enum pith_status transport_send(struct transport *wire, const struct transport_mail *mail, struct transport_receipt *ret_receipt,
                                struct pith_error *reterr)
{
    static const long uses[] = {
        [TRANSPORT_REQUIRED] = CURLUSESSL_ALL, [TRANSPORT_IF_OFFERED] = CURLUSESSL_TRY, [TRANSPORT_NEVER] = CURLUSESSL_NONE};
    bool sealed = strncmp(mail->url, "smtps:", 6) == 0 || mail->starttls == TRANSPORT_REQUIRED;
    struct attempt attempt = {.local = mail->password && !sealed && !mail->insecure, .mail = mail};
    struct transport_receipt receipt = {0};
    long code = 0;
    struct curl_slist *to = curl_slist_append(NULL, mail->to);
    if (!to)
        return pith_no_memory(reterr);
    set_common(wire->smtp, &attempt, mail->url, "smtp,smtps", mail->certificate, mail->seconds);
    curl_easy_setopt(wire->smtp, CURLOPT_USE_SSL, uses[mail->starttls]);
    curl_easy_setopt(wire->smtp, CURLOPT_USERNAME, mail->user);
    curl_easy_setopt(wire->smtp, CURLOPT_PASSWORD, mail->password);
    curl_easy_setopt(wire->smtp, CURLOPT_MAIL_FROM, mail->from);
    curl_easy_setopt(wire->smtp, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(wire->smtp, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(wire->smtp, CURLOPT_READFUNCTION, give_mail);
    curl_easy_setopt(wire->smtp, CURLOPT_READDATA, &attempt);
    curl_easy_setopt(wire->smtp, CURLOPT_HEADERFUNCTION, take_line);
    curl_easy_setopt(wire->smtp, CURLOPT_HEADERDATA, &attempt);
    CURLcode done = curl_easy_perform(wire->smtp);
    curl_easy_getinfo(wire->smtp, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_setopt(wire->smtp, CURLOPT_PASSWORD, NULL);
    curl_easy_setopt(wire->smtp, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(to);
    if (attempt.error.status) {
        if (reterr)
            *reterr = attempt.error;
        return attempt.error.status;
    }
    judge(&attempt, done, code, &receipt);
    *ret_receipt = receipt;
    return PITH_OK;
}

/* ---- answers ---- */

enum pith_status transport_read(struct transport *wire, const struct transport_mailbox *mailbox,
                                struct transport_receipt *ret_receipt, char **ret_body, size_t *ret_length,
                                struct pith_error *reterr)
{
    static const char what[] = "the mail server";
    bool sealed = strncmp(mailbox->url, "imaps:", 6) == 0;
    struct attempt attempt = {.local = mailbox->password && !sealed && !mailbox->insecure};
    struct transport_receipt receipt = {0};
    (void)reterr;
    set_common(wire->imap, &attempt, mailbox->url, "imap,imaps", mailbox->certificate, mailbox->seconds);
    curl_easy_setopt(wire->imap, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
    curl_easy_setopt(wire->imap, CURLOPT_USERNAME, mailbox->user);
    curl_easy_setopt(wire->imap, CURLOPT_PASSWORD, mailbox->password);
    curl_easy_setopt(wire->imap, CURLOPT_CUSTOMREQUEST, mailbox->command);
    curl_easy_setopt(wire->imap, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(wire->imap, CURLOPT_WRITEDATA, &attempt);
    CURLcode done = curl_easy_perform(wire->imap);
    curl_easy_setopt(wire->imap, CURLOPT_PASSWORD, NULL);
    if (done != CURLE_OK)
        give_code(&attempt, done, what, &receipt);
    *ret_receipt = receipt;
    *ret_body = receipt.fate == TRANSPORT_DONE ? PITH_TAKE(attempt.body) : NULL;
    *ret_length = attempt.length;
    free(attempt.body);
    return PITH_OK;
}
