#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

enum { BAR = 24, NARROWEST = 40, WIDEST = 120, TURN_COLUMNS = sizeof "<U+202E>" - 1 };

static size_t window_width(void)
{
    struct winsize window = {0};
    size_t width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 ? window.ws_col : 0;
    if (width == 0)
        width = 80;
    return width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
}

void terminal_start(struct terminal *terminal)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool person = isatty(STDOUT_FILENO);
    *terminal = (struct terminal){
        .colour = person && (!no_color || !*no_color) && term && strcmp(term, "dumb") != 0,
        .width = person ? window_width() : 0,
        .progress = isatty(STDERR_FILENO),
    };
}

void terminal_style(const struct terminal *terminal, enum terminal_style style)
{
    static const char *const codes[] = {
        [STYLE_PLAIN] = "\033[0m", [STYLE_BOLD] = "\033[1m", [STYLE_FAINT] = "\033[2m",
        [STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[31m",
    };
    if (terminal->colour)
        fputs(codes[style], stdout);
}

/* A character that turns the direction of what follows: printed by its number, it turns nothing. */
static bool turns(uint32_t code)
{
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

/* The bytes of the character at `text`, its code and its columns; a byte that begins none counts as one of its own. */
static size_t decode(const char *text, uint32_t *ret_code, size_t *ret_columns)
{
    const unsigned char *byte = (const unsigned char *)text;
    size_t length = byte[0] < 0xC0 ? 1 : byte[0] < 0xE0 ? 2 : byte[0] < 0xF0 ? 3 : 4;
    uint32_t code = length == 1 ? byte[0] : byte[0] & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xC0) != 0x80) {
            *ret_code = byte[0];
            *ret_columns = 1;
            return 1;
        }
        code = code << 6 | (byte[i] & 0x3FU);
    }
    int columns = code < 0x80 ? 1 : wcwidth((wchar_t)code);
    *ret_code = code;
    *ret_columns = turns(code) ? TURN_COLUMNS : columns < 0 ? 1 : (size_t)columns;
    return length;
}

static size_t next_character(const char *text, size_t *ret_columns)
{
    uint32_t code;
    return decode(text, &code, ret_columns);
}

size_t terminal_columns(const char *text)
{
    size_t all = 0;
    while (*text) {
        size_t columns;
        text += next_character(text, &columns);
        all += columns;
    }
    return all;
}

/* C0, DEL, and C1 in its two UTF-8 bytes: what could move the cursor or name a window. */
static bool is_control(const char *text, size_t length)
{
    const unsigned char *byte = (const unsigned char *)text;
    return (length == 1 && (byte[0] < 0x20 || byte[0] == 0x7F)) || (length == 2 && byte[0] == 0xC2 && byte[1] < 0xA0);
}

static void print_range(FILE *file, const char *from, const char *to)
{
    while (from < to) {
        uint32_t code;
        size_t columns, length = decode(from, &code, &columns);
        if (is_control(from, length))
            fputc(' ', file);
        else if (turns(code))
            fprintf(file, "<U+%04X>", (unsigned)code);
        else
            fwrite(from, 1, length, file);
        from += length;
    }
}

void terminal_text(FILE *file, const char *text)
{
    print_range(file, text, text + strlen(text));
}

void terminal_wrapped(const struct terminal *terminal, size_t indent, const char *text)
{
    size_t column = indent;
    while (*text == ' ')
        text++;
    while (*text) {
        const char *end = text;
        size_t word = 0, columns;
        for (; *end && *end != ' '; word += columns)
            end += next_character(end, &columns);
        if (terminal->width && column > indent && column + 1 + word > terminal->width) {
            printf("\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        print_range(stdout, text, end);
        column += word;
        for (text = end; *text == ' ';)
            text++;
    }
}

void terminal_clear_progress(struct terminal *terminal)
{
    if (terminal->progress_shown)
        fputs("\r\033[K", stderr);
    terminal->progress_shown = false;
}

void terminal_progress(void *user, const char *what, size_t done, size_t all)
{
    static const char full[BAR + 1] = "########################", empty[BAR + 1] = "........................";
    struct terminal *terminal = user;
    if (!terminal->progress)
        return;
    if (all > 0 && done >= all) {
        terminal_clear_progress(terminal);
        return;
    }
    terminal->progress_shown = true;
    if (all == 0) {
        fprintf(stderr, "\r\033[K%s %zu", what, done);
        fflush(stderr);
        return;
    }
    int filled = (int)((double)done / (double)all * BAR);
    fprintf(stderr, "\r\033[K%s [%.*s%.*s] %zu of %zu", what, filled, full, BAR - filled, empty, done, all);
    fflush(stderr);
}

static volatile sig_atomic_t interrupted;

static void note_signal(int number)
{
    interrupted = number;
}

static const int stopping[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { STOPPING = sizeof stopping / sizeof *stopping };

static void catch_signals(struct sigaction before[STOPPING])
{
    struct sigaction note = {.sa_handler = note_signal}; /* no SA_RESTART: the read is to end */
    interrupted = 0;
    for (size_t i = 0; i < STOPPING; i++)
        sigaction(stopping[i], &note, &before[i]);
}

static void release_signals(const struct sigaction before[STOPPING])
{
    for (size_t i = 0; i < STOPPING; i++)
        sigaction(stopping[i], &before[i], NULL);
    if (interrupted)
        raise(interrupted);
}

/* Reads to the end of the line; what does not fit is read and dropped. */
static enum pith_status read_line(int file, char *buffer, size_t size, size_t *ret_length, struct pith_error *reterr)
{
    size_t length = 0;
    char c = 0;
    ssize_t got;
    while (!interrupted && (got = read(file, &c, 1)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return pith_fail(reterr, PITH_IO, "could not read from the terminal: %s", strerror(errno));
        if (c == '\n')
            break;
        if (length < size)
            buffer[length] = c;
        length++;
    }
    explicit_bzero(&c, sizeof c);
    if (length > size)
        return pith_fail(reterr, PITH_USAGE, "what was typed is longer than %zu bytes", size);
    *ret_length = length;
    return PITH_OK;
}

enum pith_status terminal_ask_secret(const char *prompt, char *buffer, size_t size, size_t *ret_length, struct pith_error *reterr)
{
    int file = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios before;
    if (file < 0 || tcgetattr(file, &before) != 0) {
        if (file >= 0)
            close(file);
        return pith_fail(reterr, PITH_LOCKED,
                         "no terminal to ask on: give --passphrase-file FILE, --token-file FILE or --key-file FILE "
                         "(or set PITH_PASSPHRASE_FILE, PITH_TOKEN_FILE or PITH_KEY_FILE)");
    }
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    struct sigaction actions[STOPPING];
    catch_signals(actions);
    tcsetattr(file, TCSAFLUSH, &quiet);
    dprintf(file, "%s", prompt);
    enum pith_status status = read_line(file, buffer, size, ret_length, reterr);
    dprintf(file, "\n");
    tcsetattr(file, TCSAFLUSH, &before);
    close(file);
    release_signals(actions);
    if (!status && interrupted)
        return pith_fail(reterr, PITH_LOCKED, "interrupted while asking");
    return status;
}

enum pith_status terminal_ask(const char *question, const char *instead, char *buffer, size_t size, struct pith_error *reterr)
{
    size_t length = 0;
    int file = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (file < 0)
        return pith_fail(reterr, PITH_USAGE, "%s No terminal to ask on: %s answers", question, instead);
    dprintf(file, "%s ", question);
    enum pith_status status = read_line(file, buffer, size - 1, &length, reterr);
    close(file);
    if (status)
        return status;
    size_t start = 0;
    while (length && (unsigned char)buffer[length - 1] <= ' ')
        length--;
    while (start < length && (unsigned char)buffer[start] <= ' ')
        start++;
    memmove(buffer, buffer + start, length - start);
    buffer[length - start] = '\0';
    return PITH_OK;
}

enum pith_status terminal_agree(const char *question, const char *instead, struct pith_error *reterr)
{
    char answer[8];
    size_t length = 0;
    int file = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (file < 0)
        return pith_fail(reterr, PITH_USAGE, "%s No terminal to ask on: %s says yes", question, instead);
    dprintf(file, "%s [y/N] ", question);
    enum pith_status status = read_line(file, answer, sizeof answer, &length, reterr);
    close(file);
    if (!status && ((length == 1 && strncasecmp(answer, "y", 1) == 0) || (length == 3 && strncasecmp(answer, "yes", 3) == 0)))
        return PITH_OK;
    return pith_fail(reterr, PITH_USAGE, "not agreed to: nothing was done");
}
