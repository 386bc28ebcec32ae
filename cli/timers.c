#include "cli/timers.h"

#include "cli/files.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNIT = 4 * PATH_MAX };

struct unit {
    const char *name, *what, *after, *words, *when; /* after: "" for nothing; words: of pith */
};
static const struct unit units[] = {
    {"pith-fetch", "Fetch the day's papers", "", "update", "Mon..Fri 06:00"},
    {"pith-digest", "Mail the day's papers", "After=pith-fetch.service\n", "digest --send", "Mon..Fri 07:00"},
};

static enum pith_status find_self(char path[PATH_MAX], struct pith_error *reterr)
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (length <= 0)
        return pith_fail(reterr, PITH_IO, "could not find this program: %s", strerror(errno));
    path[length] = '\0';
    return PITH_OK;
}

bool timers_can(void)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char path[PATH_MAX];
    return runtime && *runtime == '/' && snprintf(path, sizeof path, "%s/systemd", runtime) < (int)sizeof path &&
           access(path, F_OK) == 0;
}

/* As systemd reads a word of a command: % and $ stand for themselves when doubled. */
static void quote(const char *text, char *quoted, size_t size)
{
    size_t length = 0;
    quoted[length++] = '"';
    for (; *text && length + 4 < size; text++) {
        if (*text == '%' || *text == '$')
            quoted[length++] = *text;
        if (*text == '"' || *text == '\\')
            quoted[length++] = '\\';
        quoted[length++] = *text;
    }
    quoted[length++] = '"';
    quoted[length] = '\0';
}

/* What was said of home and config when the timers were set up holds for them too. */
static void write_options(const struct call *call, char *options, size_t size)
{
    char word[2 * PATH_MAX], real[PATH_MAX];
    const struct {
        const char *name, *value;
    } said[] = {{"--home", call->home}, {"--config", call->config}, {"--reader", call->reader}};
    size_t used = 0;
    *options = '\0';
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (said[i].value && used < size) {
            bool file = i < 2 && realpath(said[i].value, real);
            quote(file ? real : said[i].value, word, sizeof word);
            used += (size_t)snprintf(options + used, size - used, " %s %s", said[i].name, word);
        }
}

static enum pith_status unit_folder(char folder[PATH_MAX], struct pith_error *reterr)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = config && *config == '/' ? snprintf(folder, PATH_MAX, "%s/systemd/user", config)
                 : home && *home          ? snprintf(folder, PATH_MAX, "%s/.config/systemd/user", home)
                                          : -1;
    return length > 0 && length < PATH_MAX ? PITH_OK : pith_fail(reterr, PITH_USAGE, "no folder for timers: HOME is not set");
}

static enum pith_status write_unit(const char *folder, const struct unit *unit, const char *kind, const char *text,
                                   struct pith_error *reterr)
{
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s.%s", folder, unit->name, kind);
    return files_replace(path, text, strlen(text), reterr);
}

static enum pith_status write_units(const struct call *call, const struct unit *unit, const char *folder, struct pith_error *reterr)
{
    char text[UNIT], options[UNIT / 2], self[PATH_MAX], program[2 * PATH_MAX];
    enum pith_status status = find_self(self, reterr);
    if (status)
        return status;
    quote(self, program, sizeof program);
    write_options(call, options, sizeof options);
    int length = snprintf(
        text, sizeof text,
        "# Written by pith setup.\n[Unit]\nDescription=%s\nDocumentation=man:pith(1)\n%s\n[Service]\nType=oneshot\n"
        "ExecStart=%s %s%s\n",
        unit->what, unit->after, program, unit->words, options);
    if (length >= (int)sizeof text)
        return pith_fail(reterr, PITH_USAGE, "the names of home and config are too long for a timer");
    status = write_unit(folder, unit, "service", text, reterr);
    snprintf(
        text, sizeof text,
        "# Written by pith setup. `systemctl --user edit %s.timer` changes the hour.\n[Unit]\nDescription=%s, on the mornings of "
        "weekdays\n\n[Timer]\nOnCalendar=%s\nRandomizedDelaySec=15min\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n",
        unit->name, unit->what, unit->when);
    return status ? status : write_unit(folder, unit, "timer", text, reterr);
}

static enum pith_status systemctl(const char *first, const char *second, const char *third, struct pith_error *reterr)
{
    int state = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        execlp("systemctl", "systemctl", "--user", "--quiet", first, second, third, (char *)NULL);
        _exit(127);
    }
    while (child > 0 && waitpid(child, &state, 0) < 0 && errno == EINTR)
        continue;
    if (child > 0 && WIFEXITED(state) && WEXITSTATUS(state) == 0)
        return PITH_OK;
    return pith_fail(reterr, PITH_IO, "the units are written, but `systemctl --user %s%s%s` failed", first, third ? " --now " : "",
                     third ? third : "");
}

enum pith_status timers_install(const struct call *call, bool mails, struct pith_error *reterr)
{
    char folder[PATH_MAX];
    size_t count = mails ? 2 : 1;
    enum pith_status status = unit_folder(folder, reterr);
    for (size_t i = 0; !status && i < count; i++)
        status = write_units(call, &units[i], folder, reterr);
    if (!status)
        status = systemctl("daemon-reload", NULL, NULL, reterr);
    for (size_t i = 0; !status && i < count; i++) {
        char timer[64];
        snprintf(timer, sizeof timer, "%s.timer", units[i].name);
        status = systemctl("enable", "--now", timer, reterr);
    }
    return status;
}

enum pith_status timers_crontab(const struct call *call, bool mails, char *line, size_t size, struct pith_error *reterr)
{
    char options[UNIT / 2], self[PATH_MAX];
    enum pith_status status = find_self(self, reterr);
    if (status)
        return status;
    write_options(call, options, sizeof options);
    snprintf(line, size, mails ? "0 6 * * 1-5 %s %s%s && %s %s%s" : "0 6 * * 1-5 %s %s%s", self, units[0].words, options, self,
             units[1].words, options);
    return PITH_OK;
}
