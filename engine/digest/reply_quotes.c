#include "engine/digest/reply_quotes.h"

#include "engine/sources/mime.h"
#include <pith/status.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LONGEST_NAME = 32, MOST_HEADERS = 6 };

/* ---- lines ---- */

static bool holds(const struct line *line, const char *word)
{
    for (size_t at = 0, size = strlen(word); at + size <= line->length; at++)
        if (strncasecmp(line->text + at, word, size) == 0)
            return true;
    return false;
}

static bool ends_in(const struct line *line, const char *text)
{
    size_t length = strlen(text);
    return line->length >= length && memcmp(line->text + line->length - length, text, length) == 0;
}

/* Without blanks, hard blanks and the stars of bold type around it. */
static struct line trimmed(struct line line)
{
    static const char hard_blank[] = "\xC2\xA0";
    while (line.length && memchr(" \t*", *line.text, 3))
        line_skip(&line, 1);
    while (line_starts(&line, hard_blank))
        line_skip(&line, 2);
    while (line.length && (memchr(" \t*", line.text[line.length - 1], 3) || ends_in(&line, hard_blank)))
        line.length -= ends_in(&line, hard_blank) ? 2 : 1;
    return line;
}

/* The next line that is not empty; false at the end. */
static bool next_line(const char **at, const char *end, struct line *line)
{
    size_t number = 0;
    while (lines_next(at, end, &number, line)) {
        *line = trimmed(*line);
        if (line->length)
            return true;
    }
    return false;
}

static bool is_rule(const struct line *line)
{
    static const char *const rules[] = {"-----", "_____", "\xE2\x80\x94\xE2\x80\x94\xE2\x80\x94",
                                        "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80"};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (line_starts(line, rules[i]))
            return true;
    return line_starts(line, "---") && line->length > 8 && ends_in(line, "---"); /* "---- On … wrote ----" */
}

/* "1:31", "10.00", "10h00" with a day's number before or behind it: somebody wrote at a time. */
static bool holds_time(const struct line *line)
{
    size_t digits = 0;
    bool clock = false;
    for (size_t i = 0; i < line->length; i++) {
        bool digit = line->text[i] >= '0' && line->text[i] <= '9';
        digits += digit;
        clock |= i && i + 2 < line->length && memchr(":.h", line->text[i], 3) && line->text[i - 1] >= '0' &&
                 line->text[i - 1] <= '9' && line->text[i + 1] >= '0' && line->text[i + 1] <= '5' && line->text[i + 2] >= '0' &&
                 line->text[i + 2] <= '9';
    }
    return clock && digits >= 5;
}

/* "On …, Pith <pith@example.org> wrote:", "Am … schrieb …:", "Le …, … a écrit :": it ends in a colon and names an address, or says "wrote",
 * or says when. */
static bool is_attribution(const struct line *line)
{
    static const char *const wrote[] = {"wrote",
                                        "schrieb",
                                        "geschrieben",
                                        "a \xC3\xA9"
                                        "crit",
                                        "escribi",
                                        "scritto",
                                        "scrisse",
                                        "escreveu",
                                        "schreef",
                                        "geschreven",
                                        "skrev",
                                        "skreiv",
                                        "kirjoitti",
                                        "napisa",
                                        "napsal",
                                        "nap\xC3\xADsal",
                                        "\xC3\xADrta",
                                        "a scris",
                                        "yazd\xC4\xB1",
                                        "\xC5\x9Funlar\xC4\xB1",
                                        "\xCE\xAD\xCE\xB3\xCF\x81\xCE\xB1\xCF\x88\xCE\xB5",
                                        "\xD0\xBF\xD0\xB8\xD1\x81\xD0\xB0\xD0\xBB",
                                        "\xD0\xBF\xD0\xB8\xD1\x88\xD0\xB5\xD1\x82",
                                        "\xE5\x86\x99\xE9\x81\x93",
                                        "\xE5\xAF\xAB\xE9\x81\x93",
                                        "\xE3\x81\xAE\xE3\x83\xA1\xE3\x83\xBC\xE3\x83\xAB",
                                        "\xE6\x9B\xB8\xE3\x81\x8D\xE3\x81\xBE\xE3\x81\x97\xE3\x81\x9F",
                                        "\xEC\x9E\x91\xEC\x84\xB1",
                                        "vi\xE1\xBA\xBFt",
                                        "menulis",
                                        "\xD7\x9B\xD7\xAA\xD7\x91",
                                        "\xD9\x83\xD8\xAA\xD8\xA8",
                                        "kirjutas",
                                        "rakst\xC4\xABja",
                                        "ra\xC5\xA1\xC4\x97",
                                        "je napisao",
                                        "\xE0\xB9\x80\xE0\xB8\x82\xE0\xB8\xB5\xE0\xB8\xA2\xE0\xB8\x99",
                                        "forwarded message",
                                        "original message",
                                        "weitergeleitet",
                                        "messaggio inoltrato",
                                        "message transf",
                                        "mensaje reenviado"};
    if (!ends_in(line, ":") && !ends_in(line, "\xEF\xBC\x9A"))
        return false;
    if (memchr(line->text, '@', line->length) || ends_in(line, ">:") || holds_time(line))
        return true;
    for (size_t i = 0; i < sizeof wrote / sizeof *wrote; i++)
        if (holds(line, wrote[i]))
            return true;
    return false;
}

/* ---- blocks of headers ---- */

/* "Name: value", the name short and without digits. Returns the length of the name, 0 for none. */
static size_t header_name(const struct line *line)
{
    for (size_t at = 0; at < line->length && at < LONGEST_NAME; at++) {
        bool wide = line->length - at >= 3 && memcmp(line->text + at, "\xEF\xBC\x9A", 3) == 0;
        if (line->text[at] == ':' || wide)
            return at;
        if (memchr("0123456789+<>@,;.()", line->text[at], 19))
            return 0;
    }
    return 0;
}

static bool is_from(const struct line *line, size_t length)
{
    static const char *const names[] = {"From",
                                        "Von",
                                        "De",
                                        "Da",
                                        "Van",
                                        "Fr\xC3\xA5n",
                                        "Fra",
                                        "L\xC3\xA4hett\xC3\xA4j\xC3\xA4",
                                        "Od",
                                        "Nadawca",
                                        "Kimden",
                                        "Felad\xC3\xB3",
                                        "De la",
                                        "Absender",
                                        "Exp\xC3\xA9"
                                        "diteur",
                                        "Remitente",
                                        "Mittente",
                                        "Afzender",
                                        "Avs\xC3\xA4ndare",
                                        "Afsender",
                                        "Odes\xC3\xADlatel",
                                        "\xD0\x9E\xD1\x82",
                                        "\xD0\x92\xD1\x96\xD0\xB4",
                                        "\xCE\x91\xCF\x80\xCF\x8C",
                                        "\xE5\x8F\x91\xE4\xBB\xB6\xE4\xBA\xBA",
                                        "\xE5\xAF\x84\xE4\xBB\xB6\xE8\x80\x85",
                                        "\xE5\xB7\xAE\xE5\x87\xBA\xE4\xBA\xBA",
                                        "\xEB\xB3\xB4\xEB\x82\xB8 \xEC\x82\xAC\xEB\x9E\x8C",
                                        "\xEB\xB3\xB4\xEB\x82\xB8\xEC\x82\xAC\xEB\x9E\x8C",
                                        "Dari",
                                        "T\xE1\xBB\xAB",
                                        "\xD7\x9E\xD7\x90\xD7\xAA",
                                        "\xD9\x85\xD9\x86"};
    while (length && line->text[length - 1] == ' ')
        length--;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && strncasecmp(line->text, names[i], length) == 0)
            return true;
    return false;
}

/* Headers of the mail answered: lines of "Name: value" on end, of which one names the sender or an address. */
static bool is_header_block(const struct line *first, const char *rest, const char *end)
{
    struct line line = *first;
    size_t lines = 0, number = 0;
    bool telling = false;
    for (size_t name; lines < MOST_HEADERS && (name = header_name(&line)) != 0; lines++) {
        telling |= is_from(&line, name) || memchr(line.text, '@', line.length);
        if (!lines_next(&rest, end, &number, &line))
            return telling && lines > 0;
        line = trimmed(line);
    }
    return telling && lines >= 2;
}

/* ---- a mail ---- */

bool reply_quotes_is_own(struct reply_quotes *quotes, const struct line *whole, const char *rest, const char *end)
{
    struct line line = trimmed(*whole), next;
    if (quotes->ended)
        return false;
    if (!line.length) {
        quotes->marked = false;
        return true;
    }
    if (*line.text == '>' || quotes->marked) {
        quotes->marked = true;
        return false;
    }
    if (is_attribution(&line)) {
        quotes->ended = !next_line(&rest, end, &next) || *next.text != '>';
        return false;
    }
    quotes->ended = line_is(&line, "--") || is_rule(&line) || is_header_block(&line, rest, end);
    return !quotes->ended;
}

/* ---- answers that nobody wrote ---- */

static bool begins_with(const char *value, const char *const *words, size_t count)
{
    value += strspn(value, " \t");
    for (size_t i = 0; i < count; i++)
        if (strncasecmp(value, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

/* What programs begin a subject with in somebody's absence, or where a mail did not arrive; in each language. */
static const char *const subjects[] = {"Automatic reply",
                                       "Automatic response",
                                       "Auto-reply",
                                       "Auto reply",
                                       "Autoreply",
                                       "Auto response",
                                       "Auto-response",
                                       "Autoresponse",
                                       "Auto:",
                                       "Automated reply",
                                       "Automated response",
                                       "Out of office",
                                       "Out-of-office",
                                       "Out of the office",
                                       "OOO:",
                                       "OOO -",
                                       "I am out of",
                                       "I'm out of",
                                       "I am away",
                                       "I'm away",
                                       "Away from",
                                       "Vacation",
                                       "On vacation",
                                       "On leave",
                                       "Annual leave",
                                       "Parental leave",
                                       "Maternity leave",
                                       "Automatische Antwort",
                                       "Automatische Beantwortung",
                                       "Abwesenheit",
                                       "Abwesend",
                                       "Nicht im Büro",
                                       "Im Urlaub",
                                       "Urlaub:",
                                       "Urlaubsmeldung",
                                       "Réponse automatique",
                                       "Réponse d'absence",
                                       "Absence du bureau",
                                       "Absence:",
                                       "Absence :",
                                       "Absent ",
                                       "Absent:",
                                       "Absent(e)",
                                       "En vacances",
                                       "En congé",
                                       "Message d'absence",
                                       "Respuesta autom",
                                       "Fuera de la oficina",
                                       "Fuera de oficina",
                                       "Ausente",
                                       "De vacaciones",
                                       "Risposta automatica",
                                       "Fuori sede",
                                       "Fuori ufficio",
                                       "Assente",
                                       "In ferie",
                                       "Resposta autom",
                                       "Fora do escrit",
                                       "Ausência tempor",
                                       "Automatisch antwoord",
                                       "Automatische beantwoording",
                                       "Afwezig",
                                       "Niet aanwezig",
                                       "Autosvar",
                                       "Automatiskt svar",
                                       "Automatisk svar",
                                       "Frånvaro",
                                       "Fravær",
                                       "Automaattinen",
                                       "Poissa",
                                       "Odpowiedź autom",
                                       "Autoodpowied",
                                       "Nieobecno",
                                       "Automatická odpov",
                                       "Nepřítomnost",
                                       "Automatikus v",
                                       "Házon kív",
                                       "Răspuns automat",
                                       "Otomatik Yanıt",
                                       "Otomatik yanıt",
                                       "Ofis Dışı",
                                       "Automatski odgovor",
                                       "Samodejni odgovor",
                                       "Автоответ",
                                       "Автоматическ",
                                       "Автоматичн",
                                       "Автовідповідь",
                                       "Αυτόματη",
                                       "תשובה אוטומטית",
                                       "رد تلقائي",
                                       "自动答复",
                                       "自动回复",
                                       "自動回覆",
                                       "自動回復",
                                       "自動答覆",
                                       "自動応答",
                                       "自動返信",
                                       "不在通知",
                                       "不在の",
                                       "外出中",
                                       "자동 회신",
                                       "자동회신",
                                       "부재중",
                                       "부재 중",
                                       "Trả lời tự động",
                                       "Balasan otomatis",
                                       "ตอบกลับอัต",
                                       "Undeliver",
                                       "Delivery Status Notification",
                                       "Delivery failure",
                                       "Delivery delayed",
                                       "Mail delivery failed",
                                       "Returned mail",
                                       "Failure notice",
                                       "Unzustellbar",
                                       "Non remis",
                                       "Read:",
                                       "Gelesen:",
                                       "Lu :",
                                       "Leído:"};

static bool tells(const char *header, const char *value)
{
    static const char *const precedence[] = {"auto", "bulk", "junk"}, *const report[] = {"multipart/report"},
                             *const nobody[] = {"<>"}, *const responder[] = {"Autoresponder"}, *const no[] = {"no"};
    if (strcmp(header, "Auto-Submitted:") == 0)
        return *value && !begins_with(value, no, 1);
    if (strcmp(header, "Precedence:") == 0)
        return begins_with(value, precedence, sizeof precedence / sizeof *precedence);
    if (strcmp(header, "X-POST-MessageClass:") == 0)
        return strcasestr(value, "autorespon") != NULL;
    if (strcmp(header, "Delivered-To:") == 0)
        return begins_with(value, responder, 1);
    if (strcmp(header, "Content-Type:") == 0)
        return begins_with(value, report, 1);
    if (strcmp(header, "Return-Path:") == 0)
        return begins_with(value, nobody, 1);
    if (strcmp(header, "Subject:") == 0)
        return begins_with(value, subjects, sizeof subjects / sizeof *subjects);
    return *value && !begins_with(value, no, 1); /* the others are there for nothing else */
}

bool reply_quotes_is_automatic(const char *mail, size_t length)
{
    static const char *const headers[] = {"Auto-Submitted:",      "X-Auto-Response-Suppress:",
                                          "X-Autoreply:",         "X-Autorespond:",
                                          "X-Autoresponder:",     "X-Auto-Reply:",
                                          "X-Autoreply-From:",    "X-Mail-Autoreply:",
                                          "X-Autogenerated:",     "X-Vacation:",
                                          "X-Failed-Recipients:", "Precedence:",
                                          "X-Precedence:",        "X-POST-MessageClass:",
                                          "Delivered-To:",        "Content-Type:",
                                          "Return-Path:",         "Subject:"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        PITH_AUTO(pith_free_p) char *value = NULL;
        bool subject = strcmp(headers[i], "Subject:") == 0;
        enum pith_status status = subject ? mime_subject(mail, length, &value, NULL)
                                          : mime_header(mail, length, headers[i], &value, NULL);
        if (status == PITH_OK && *value) {
            value[strlen(value) - 1] = '\0'; /* the blank behind it */
            if (tells(strcmp(headers[i], "X-Precedence:") == 0 ? "Precedence:" : headers[i], value))
                return true;
        }
    }
    return false;
}
