#!/usr/bin/python3
"""pith review in a real terminal (tmux): keys sent, screens read, resized while open, killed amid votes.
usage: scenario_review.py PITH"""
import json, os, re, shlex, signal, subprocess, sys, tempfile, time
from api_client import Checks

PITH = os.path.abspath(sys.argv[1])
DATA = os.environ["PITH_TEST_DATA"]
PATIENCE = 30  # seconds; a test waits for what it expects, however slow the machine
check = Checks()
scratch = tempfile.TemporaryDirectory()
passphrase = os.path.join(scratch.name, "passphrase")
clean = {name: value for name, value in os.environ.items()
         if not name.startswith(("PITH_", "LC_", "LANG", "TMUX")) and name not in ("NO_COLOR", "COLUMNS", "LINES")}
clean.update(PITH_EMBEDDINGS="", LC_ALL="C.UTF-8", XDG_DATA_HOME=os.path.join(scratch.name, "nothing"))

with open(passphrase, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
    file.write("correct horse\n")


def pith(home, *arguments, code=0, **options):
    done = subprocess.run([PITH, "--home", home, "--passphrase-file", passphrase, *arguments], capture_output=True, text=True, env=clean,
                          stdin=subprocess.DEVNULL, **options)
    check(done.returncode == code, f"pith {' '.join(arguments)}: exit code {done.returncode}, {done.stderr}")
    return done


def new_home(*listings):
    home = tempfile.mkdtemp(dir=scratch.name)
    if listings:
        pith(home, "import", *listings)
    pith(home, "init", "--strength", "interactive")
    return home


def votes(home):
    """What stands: identifiers by verdict."""
    return {vote["id"]: vote["vote"] for vote in json.loads(pith(home, "votes", "--json").stdout)["votes"]}


def kept(path):
    try:
        return open(path).read().strip()
    except OSError:
        return ""


class Terminal:
    """One screen with one program on it, of a tmux server of this test's own."""

    socket = os.path.join(scratch.name, "tmux")
    config = os.path.join(scratch.name, "tmux.conf")
    runner = os.path.join(scratch.name, "run")
    count = 0

    @classmethod
    def tmux(cls, *arguments):
        done = subprocess.run(["tmux", "-u", "-S", cls.socket, "-f", cls.config, *arguments], capture_output=True, text=True,
                              env=clean)
        if done.returncode:
            raise RuntimeError(f"tmux {arguments}: {done.stderr}")
        return done.stdout

    def __init__(self, home, *arguments, size=(80, 24), asks=False, **environment):
        Terminal.count += 1
        self.name = f"t{Terminal.count}"
        words = ["env", *(f"{name}={value}" for name, value in environment.items()), PITH, "--home", home]
        words += ([] if asks else ["--passphrase-file", passphrase]) + ["review", *arguments]
        self.files = os.path.join(scratch.name, self.name)
        self.tmux("new-session", "-d", "-s", self.name, "-x", str(size[0]), "-y", str(size[1]), shlex.join([self.runner, self.files, *words]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tmux("kill-session", "-t", self.name)

    def screen(self, styles=False):
        return self.tmux("capture-pane", "-p", "-t", self.name, *(["-e"] if styles else ["-J"] if self.code() else []))

    def code(self):
        """The program's exit code, as the shell tells it; "" while it runs."""
        return kept(self.files + ".code")

    def pid(self):
        return int(kept(self.files + ".pid"))

    def lines(self):
        return self.screen().split("\n")

    def until(self, holds, what):
        """Waits until the screen is as it should be; a check of its own."""
        end = time.monotonic() + PATIENCE
        while not (good := holds(self.screen())) and time.monotonic() < end:
            time.sleep(0.05)
        check(good, what)
        if not good:
            print(self.screen())
        return self

    def shows(self, *texts):
        return self.until(lambda screen: all(text in screen for text in texts), f"the screen shows {texts}")

    def keys(self, *keys):
        self.tmux("send-keys", "-t", self.name, *keys)
        return self

    def type(self, text):
        self.tmux("send-keys", "-t", self.name, "-l", text)
        return self

    def resize(self, columns, rows):
        self.tmux("resize-window", "-t", self.name, "-x", str(columns), "-y", str(rows))
        return self

    def ends(self, code):
        self.until(lambda _: self.code(), "the program ends")
        check(self.code() == str(code), f"exit code {self.code()}, not {code}")
        return self

    def chosen(self):
        """The title of the chosen row, as far as it is shown."""
        found = re.search(r"^>..{4} (?: *[<>]?\d+% )?(.*?)(?:\.\.\.)?(?: *[│|].*)?$", self.screen(), re.M)
        return found.group(1).strip() if found else ""


with open(Terminal.config, "w") as file:
    file.write("set -g default-terminal screen\nset -g status off\nset -g escape-time 0\nset -g exit-empty off\n")

with open(Terminal.runner, "w", opener=lambda path, flags: os.open(path, flags, 0o700)) as file:
    file.write("""#!/bin/sh
# Runs a command here, its process and then its exit code kept in files, and stays so that the screen can be read.
files=$1
shift
sh -c 'echo $$ >"$0.pid"; exec "$@"' "$files" "$@"
echo $? >"$files.new" && mv "$files.new" "$files.code"
exec sleep 1000
""")

DAYS = os.path.join(DATA, "demo-day1.jsonl"), os.path.join(DATA, "demo-day2.jsonl")


def reading():
    """A reader's keys at 80 by 24."""
    home = new_home(*DAYS)
    with Terminal(home, PITH_BROWSER=browser()) as terminal:
        terminal.shows("2025-05-27  32 papers, 32 unread", "No votes yet", "arXiv:2505.18237", "(space shows more)", "u up  d down")
        first = terminal.chosen()
        check(first.startswith("Think or Not?"), f"the first paper is chosen, not {first}")
        check(max(map(len, terminal.lines())) == 80, "lines are as wide as the terminal")
        terminal.keys("Space").shows("Page      https://arxiv.org/abs/2505.18237")
        terminal.keys("b").shows("Think or Not? Exploring Thinking Efficiency in Large Reasoning Models via an\n")
        terminal.keys("o").shows("Opened in a browser: https://arxiv.org/abs/2505.18237")
        terminal.until(lambda _: opened() == "https://arxiv.org/abs/2505.18237", "the browser got the link alone")
        terminal.keys("u").shows("Voted up, z undoes it: Think or Not?", "31 unread", " +   1 Think", ">    2 ")
        terminal.keys("d").shows("Voted down, z undoes it", " -   2 ", ">    3 ")
        terminal.keys("l").shows("Set aside for later, z undoes it", " L   3 ", ">    4 ")
        terminal.keys("Down").shows(">    5 ").keys("k").shows(">    4 ").keys("j").shows("p: better than the one before, ")
        terminal.keys("p").shows("Preferred, z undoes it, over: ")
        terminal.keys("z").shows("Taken back: Preferred: ")
        terminal.keys("z").shows("Taken back: Set aside for later", ">    3 ", "30 unread")
        terminal.keys("w").shows("Its score is ", "the sum of what stands in the paper", "base rate")
        terminal.keys("G").shows("before any vote of yours", "voted up: Think or Not?").keys("q").shows(">    3 ")
        terminal.keys("?").shows("Keys of pith review", "as `pith undo` does").keys("Escape").shows(">    3 ")
        terminal.keys("x").shows("This key does nothing here")
        terminal.keys("G").shows(">   32 ").keys("j").shows("This is the last paper of the day: n shows the next day.")
        terminal.keys("u").shows("No unread paper follows: n shows the next day.").keys("g").shows(">+   1 ")
        terminal.keys("n").shows("2025-05-27 is the newest day")
        terminal.keys("N").shows("2025-05-26  30 papers", "Chances come after 30 votes").keys("N").shows("2025-05-26 is the oldest day")
        terminal.keys("/").shows("Search:", "Enter searches").type("reasoningg").keys("BSpace", "Enter")
        terminal.shows("Search: reasoning ", "the most relevant first")
        terminal.keys("/").type("xyzzy").keys("Enter").shows('No paper of this store matches "xyzzy"', "Search: reasoning ")
        terminal.keys("/").type("abc").keys("Escape").until(lambda screen: "abc" not in screen, "a search can be given up")
        terminal.keys("q").shows("2025-05-26  30 papers").keys("q").ends(0)
    stand = votes(home)
    check([stand.get(f"arXiv:{number}") for number in ("2505.18237", "2505.18298")] == ["up", "down"], f"votes are kept: {stand}")
    check(len(stand) == 3, f"what was taken back is gone: {stand}")
    with Terminal(home) as terminal:
        terminal.shows("29 unread").keys("o").shows("Could not start xdg-open" if not have("xdg-open") else "Opened")


def have(program):
    return any(os.access(os.path.join(folder, program), os.X_OK) for folder in clean["PATH"].split(":"))


def browser():
    path = os.path.join(scratch.name, "browser")
    with open(path, "w", opener=lambda path, flags: os.open(path, flags, 0o700)) as file:
        file.write(f'#!/bin/sh\necho "I write where nobody reads"\nprintf "%s\\n" "$@" >{shlex.quote(path)}.got\n')
    return path


def opened():
    return kept(os.path.join(scratch.name, "browser.got"))


def sizes():
    """Small, wide, and resized while open; a page of its own too."""
    home = new_home(*DAYS)

    def beside(screen):
        line = screen.split("\n")[1]
        return line.startswith(">    1 Think or Not?") and "│ Think or Not? Exploring" in line

    with Terminal(home, size=(200, 60)) as terminal:
        terminal.until(beside, "at 200 by 60 the paper stands beside the list").shows("   32 ", "Page      https://arxiv.org/abs/2505.18237")
        check(max(map(len, terminal.lines())) == 200 and len(terminal.lines()) == 61, "the whole terminal is used")
        terminal.resize(80, 24).until(lambda screen: "─" * 80 in screen and "│" not in screen, "at 80 by 24 it stands below")
        terminal.keys("j").shows(">    2 ").resize(39, 9).shows("Too small: 40 by 10 is needed.")
        terminal.keys("u").resize(40, 10).shows("31 unread", ">    3 ")
        terminal.keys("?").shows("Keys of pith review").resize(200, 60).shows("back, or quit").keys("q")
        terminal.until(lambda screen: "│" in screen, "a page closed after a resize shows the list")
        terminal.keys("q").ends(0)
    check(len(votes(home)) == 1, "a vote counts in a terminal that is too small")


def kills():
    """Votes said to be recorded survive kill -9 and the loss of the terminal."""
    home = new_home(*DAYS)
    acknowledged = {}
    numbers = re.compile(r"arXiv:[\d.]+")
    for round_, end in enumerate((signal.SIGKILL, signal.SIGKILL, signal.SIGHUP, signal.SIGTERM)):
        with Terminal(home) as terminal:
            for key, verdict in (("u", "up"), ("d", "down"), ("u", "up"))[:round_ + 1]:
                left = f"{32 - len(acknowledged)} unread"
                terminal.shows(left, f"\narXiv:")
                paper = numbers.search(terminal.screen()).group()
                terminal.keys(key).shows(f"{32 - len(acknowledged) - 1} unread")
                acknowledged[paper] = verdict
            terminal.keys("j", "j")
            os.kill(terminal.pid(), end)
            terminal.until(lambda _: terminal.code(), f"signal {end} ends it")
        check(votes(home) == acknowledged, f"{votes(home)} stand, {acknowledged} were acknowledged")
    with Terminal(home) as terminal:
        terminal.shows(f"{32 - len(acknowledged)} unread")
        process = terminal.pid()
    end = time.monotonic() + PATIENCE
    while os.path.exists(f"/proc/{process}") and time.monotonic() < end:
        time.sleep(0.05)
    check(not os.path.exists(f"/proc/{process}"), "it ends when its terminal is closed")
    pith(home, "check")


def hostile_listing():
    path = os.path.join(scratch.name, "hostile.jsonl")
    titles = ["A \u202eturned\u202c title \u2066isolated\u2069", "Control \x1b[2J\x1b]0;owned\x07 and \x9b31m", "中文标题没有空格" * 12,
              "Écoles naïves — “quoted” e\u0301\u0301 \U0001F9D1\u200d\U0001F52C", "x" * 500]
    with open(path, "w") as file:
        for i, title in enumerate(titles):
            file.write(json.dumps({"id": f"2506.0000{i}", "title": title, "abstract": title * 3, "authors": [title] * 40,
                                   "categories": ["cs.CL"], "date": "2025-06-02"}) + "\n")
    return path, len(titles)


def charsets():
    """UTF-8 and C locales; titles that would take the terminal over."""
    listing, count = hostile_listing()
    for locale in ("C.UTF-8", "C", "POSIX"):
        home = new_home(listing)
        for size in ((80, 24), (200, 60)):
            with Terminal(home, size=size, LC_ALL=locale) as terminal:
                terminal.shows(f"{count} papers", "<U+202E>turned<U+202C> title")
                for _ in range(count):
                    row = terminal.screen().split("\n")
                    check(row[0].startswith("2025-06-02  5 papers") and row[0].endswith("pith review"), f"{locale}: the head stands: {row[0]}")
                    check(row[size[1] - 1].startswith("u up  d down"), f"{locale}: the foot stands: {row[size[1] - 1]}")
                    check(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", terminal.screen()), f"{locale}: no control character")
                    check(locale == "C.UTF-8" or terminal.screen().isascii(), f"{locale}: ASCII alone")
                    terminal.keys("j")
                terminal.shows(f"\n> {count:4} ").keys("q").ends(0)
        with Terminal(home, LC_ALL=locale) as terminal:
            terminal.shows("5 unread").keys("u").shows("Voted up", "4 unread")
            terminal.keys("/").type("naïve").keys("Enter")
            terminal.until(lambda screen: "Search: na" in screen or "matches" in screen, f"{locale}: letters beyond ASCII can be typed")


def colours():
    """Colour where there is any; nothing is told by colour alone."""
    home = new_home(*DAYS)
    coloured = re.compile(r"\x1b\[(?:[\d;]*;)?3[0-7]")
    for environment, has in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "vt100"}, False), ({"TERM": "screen", "NO_COLOR": ""}, True)):
        with Terminal(home, **environment) as terminal:
            terminal.shows("unread").keys("u").shows("Voted up", " + ")
            check(bool(coloured.search(terminal.screen(styles=True))) == has, f"{environment}: colour is {'' if has else 'not '}used")
            terminal.keys("z").shows("Taken back").keys("q").ends(0)


def plain_sentences():
    """Where there is no screen to show, one sentence says so."""
    home = new_home()
    with Terminal(home) as terminal:
        terminal.shows("no paper is listed yet: `pith import FILE`").ends(4)
    home = new_home(*DAYS)
    done = pith(home, "review", code=2)
    check("standard output is none" in done.stderr and "`pith rank`" in done.stderr and not done.stdout, f"no terminal: {done.stderr}")
    with Terminal(home, TERM="dumb") as terminal:
        terminal.shows("TERM=dumb", "`pith rank`").ends(2)
    with Terminal(home, TERM="no-such-terminal") as terminal:
        terminal.shows("TERM=no-such-terminal", "`pith rank`").ends(2)
    with Terminal(home, "--json") as terminal:
        terminal.shows("prints no JSON").ends(2)
    with Terminal(home, "--date", "2025-05-26") as terminal:
        terminal.shows("2025-05-26  30 papers").keys("z").shows("There is nothing to undo")
        terminal.keys("p").shows("There is nothing to prefer this over").keys("w").shows("so there is nothing to explain")
    with Terminal(home, asks=True) as terminal:
        terminal.shows("Passphrase:").type("correct horse").keys("Enter").shows("2025-05-27  32 papers").keys("q").ends(0)
    with Terminal(home, asks=True) as terminal:
        terminal.shows("Passphrase:").type("wrong").keys("Enter").ends(5)
    with Terminal(tempfile.mkdtemp(dir=scratch.name), asks=True) as terminal:
        terminal.shows("make a profile first").ends(4)


try:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server below ends too
    for scenario in (plain_sentences, charsets, colours, sizes, kills, reading):
        scenario()
finally:
    if os.path.exists(Terminal.socket):
        Terminal.tmux("kill-server")
check.finish()
