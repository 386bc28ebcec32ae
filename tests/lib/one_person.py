"""A user's account for tests: a HOME of its own, and pith run in it as its user runs it."""
import os, subprocess, tempfile


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
