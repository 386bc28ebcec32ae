#include "cli/terminal.h"

#include "cli/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { BAR = 24, NARROWEST = 40, WIDEST = 120 };

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
    bool person = isatty(STDOUT_FILENO), able = person && term && strcmp(term, "dumb") != 0;
    *terminal = (struct terminal){
        .colour = able && (!no_color || !*no_color),
        .links = able,
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

size_t terminal_columns(const char *text)
{
    return text_columns(text, false);
}

static void print_range(FILE *file, const char *from, const char *to)
{
    struct text_part part;
    for (; from < to; from += part.length) {
        text_next(from, false, &part);
        fputs(part.shown, file);
    }
}

void terminal_text(FILE *file, const char *text)
{
    print_range(file, text, text + strlen(text));
}

void terminal_cut(FILE *file, const char *text, size_t columns)
{
    size_t fitting = columns ? text_fitting(text, columns, false) : strlen(text);
    if (!text[fitting]) {
        print_range(file, text, text + fitting);
        return;
    }
    print_range(file, text, text + text_fitting(text, columns - 1, false));
    fputs("…", file);
}

/* An address as it may stand in an escape sequence: what is not plain ASCII is spelt by its bytes. */
static void print_address(const char *address)
{
    for (const unsigned char *at = (const unsigned char *)address; *at; at++)
        printf(*at > ' ' && *at < 0x7F ? "%c" : "%%%02X", *at);
}

void terminal_begin_link(const struct terminal *terminal, const char *address)
{
    if (!terminal->links || !*address)
        return;
    fputs("\033]8;;", stdout);
    print_address(address);
    fputs("\033\\", stdout);
}

void terminal_end_link(const struct terminal *terminal, const char *address)
{
    if (terminal->links && *address)
        fputs("\033]8;;\033\\", stdout);
}

void terminal_wrapped(const struct terminal *terminal, size_t indent, const char *text)
{
    size_t column = indent;
    while (*text == ' ')
        text++;
    while (*text) {
        const char *end = text;
        size_t word = 0;
        struct text_part part;
        for (; *end && *end != ' '; word += part.columns, end += part.length)
            text_next(end, false, &part);
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
