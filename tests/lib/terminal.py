"""A terminal of a test's own: programs run in tmux, keys are sent, the screen is read as a person would. And what a program writes to a terminal, byte for
byte."""
import os, pty, shutil, subprocess, tempfile, time


def installed():
    return shutil.which("tmux") is not None


class Terminal:
    def __init__(self, columns, rows, environment, utf8=True):
        self.folder = tempfile.TemporaryDirectory()
        self.environment = environment
        self.utf8 = utf8
        everything = {**os.environ, **environment, "TMUX": ""}
        self.server = ["tmux", *(["-u"] if utf8 else []), "-S", self.folder.name + "/socket", "-f", "/dev/null"]
        # tmux itself stores what it is sent as UTF-8; what the program is told is the environment's.
        subprocess.run([*self.server, "new-session", "-d", "-x", str(columns), "-y", str(rows), "env", *(f"{k}={v}" for k, v in environment.items()), "sh"],
                       env={**everything, "LC_ALL": "C.UTF-8"}, check=True)
        self.tmux("set-option", "-g", "remain-on-exit", "on")

    def tmux(self, *words):
        return subprocess.run([*self.server, *words], check=True, capture_output=True, text=True).stdout

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def run(self, command):
        self.type(command)
        self.keys("Enter")

    def screen(self, styled=False):
        return self.tmux("capture-pane", "-p", *(["-e"] if styled else []))

    def lines(self):
        return self.screen().split("\n")

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def shows(self, *texts, seconds=60):
        """Waits until the screen shows all of them."""
        for _ in range(seconds * 10):
            if all(text in self.screen() for text in texts):
                return True
            time.sleep(0.1)
        print("the screen never showed", texts, "but\n" + self.screen())
        return False

    def close(self):
        subprocess.run([*self.server, "kill-server"], capture_output=True)
        self.folder.cleanup()


def written(command, environment, columns=100):
    """What the command writes to a terminal, and its exit code."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(environment)
        os.environ["COLUMNS"] = str(columns)
        os.execvp(command[0], command)
    out = b""
    while True:
        try:
            got = os.read(terminal, 65536)
        except OSError: # the process ended
            break
        if not got:
            break
        out += got
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), out
