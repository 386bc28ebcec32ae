"""A user's account for tests: a HOME of its own, and pith run in it as its user runs it."""
import os, pty, select, subprocess, tempfile


class Person:
    def __init__(self, pith, check):
        self.pith, self.check = os.path.abspath(pith), check
        self.folder = tempfile.TemporaryDirectory()
        self.home = self.folder.name
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("PITH_HOME", "PITH_READER", "PITH_PASS", "PITH_KEY", "PITH_TOKEN", "XDG_"))}
        self.env.update(HOME=self.home, TZ="UTC")
        self.out = self.err = ""

    def path(self, *parts):
        return os.path.join(self.home, *parts)

    def write(self, name, text, mode=0o600):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def read(self, *parts):
        with open(self.path(*parts), encoding="utf-8") as file:
            return file.read()

    def run(self, code, *words, typed="", **more):
        """Runs pith; what it printed, once its exit code is as expected."""
        ran = subprocess.run([self.pith, *words], input=typed, capture_output=True, text=True, env={**self.env, **more}, cwd=self.home)
        self.out, self.err = ran.stdout, ran.stderr
        self.check(ran.returncode == code, f"pith {' '.join(words)}: exit code {ran.returncode}, not {code}: {self.err} {self.out}")
        return self.out

    def type(self, code, words, answers, **more):
        """Runs pith at a terminal of its own, and types each answer once its question stands there; what the terminal showed."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.home)
            os.execve(self.pith, [self.pith, *words], {**self.env, "TERM": "dumb", **more})
        shown, at = "", 0
        while True:
            ready, _, _ = select.select([terminal], [], [], 60)
            try:
                got = os.read(terminal, 4096) if ready else b""
            except OSError:
                got = b""
            if not got:
                break
            shown += got.decode(errors="replace")
            while answers and answers[0][0] in shown[at:]:
                question, answer = answers.pop(0)
                at += shown[at:].index(question) + len(question)
                os.write(terminal, answer.encode() + b"\n")
        os.close(terminal)
        state = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        self.out = shown.replace("\r\n", "\n")
        self.check(state == code, f"pith {' '.join(words)}: exit code {state}, not {code}: {self.out}")
        self.check(not answers, f"pith {' '.join(words)} never asked {answers}: {self.out}")
        return self.out
