#!/usr/bin/python3
"""From nothing to a first mail, as a new user meets it: five questions at a terminal, or their answers as options; timers; what is next.
usage: scenario_setup.py PITH"""
import os, shutil, subprocess, sys, time
from api_client import Checks, papers
from one_person import Person

check = Checks()
TODAY = time.strftime("%Y-%m-%d", time.gmtime())
WEAK = ("--strength", "interactive")
CONFIG = ".config/pith/config"

# ---- at a terminal ----

me = Person(sys.argv[1], check)
check(me.run(0) == "There is no profile yet: pith setup\n", f"a new user is told where to begin: {me.out}")
me.run(2, "setup", "--passphrase-file", me.write("secret", "correct horse battery\n"), *WEAK)
check("--fetch SOURCES answers" in me.err, f"without a terminal the option that answers is named: {me.err}")
me = Person(sys.argv[1], check)
me.write("today.jsonl", papers(date=TODAY))
me.run(0, "import", "today.jsonl")
shown = me.type(0, ["setup", *WEAK], [("passphrase:", "correct horse battery"), ("sure:", "correct horse battery"), ("empty for nothing:", ""), ("empty for nothing:", "/no/such/library"),
                                      ("empty for nothing:", "protein folding"), ("or no:", "me at home"), ("or no:", "me@lab.example"), ("yes or no:", "perhaps"), ("yes or no:", "yes")])
check("there is no file /no/such/library" in shown and "is no address and no folder" in shown, "a wrong answer is told, and asked for again")
check("120 papers" in shown and "protein" in shown.split("120 papers")[1], "it ends with today's ranking")
check("What is next:" in shown and "pith key add recovery" in shown and "pith digest --send" in shown, f"and what is next: {shown[-400:]}")
check(me.read(CONFIG).count("\n#") > 20 and "key-file = key" in me.read(CONFIG), "the config is commented")
check(os.stat(me.path(".config/pith/key")).st_mode & 0o777 == 0o600 and "0 up" in me.run(0, "votes"), "and the key file opens the profile from now on")
before = me.read(CONFIG)
shown = me.type(0, ["setup"], [("empty for nothing:", "")])
check("passphrase:" not in shown and "or no:" not in shown and me.read(CONFIG) == before, "run again, it asks only what is still open, and changes nothing")
check(me.run(0, "key", "list").count("pith setup") == 1, f"no way in is added twice: {me.out}")

# ---- by options: setup, and the first mail ----

me = Person(sys.argv[1], check)
me.write("secret", "correct horse battery\n")
me.write("today.jsonl", papers(date=TODAY))
me.write("library.bib", "@article{a, title={Folding proteins with kites}, author={Ben Cole}, year={2024}, doi={10.1/a}}\n")
me.run(0, "import", "today.jsonl")
me.run(0, "setup", "--passphrase-file", "secret", "--fetch", "no", "--seed", "library.bib", "--mail", "~/Maildir", "--unlock", "no", *WEAK)
check("library.bib: 1 taken as liked" in me.out, f"a library is a start: {me.out[:300]}")
check("sent " in me.run(0, "digest", "--send") and len(os.listdir(me.path("Maildir/new"))) == 1, f"and the mail comes, without the passphrase: {me.out} {me.err}")
me.run(5, "votes")
token = me.read(".config/pith/digest.token").strip()
check(token not in me.read(CONFIG) and os.stat(me.path(".config/pith/digest.token")).st_mode & 0o777 == 0o600, "by a token in a file of its own")
me.run(5, "key", "list", "--token-file", ".config/pith/digest.token")
me.run(3, "setup", "--passphrase-file", "secret", "--fetch", "no", "--mail", "me@@lab", "--unlock", "no")
check("me@@lab" not in me.read(CONFIG), "an address is checked")

# ---- fetched, each morning ----

server = subprocess.Popen([sys.executable, os.path.join(os.path.dirname(__file__), "../lib/fetch_server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
port = server.stdout.readline().strip().rsplit(":", 1)[-1]
me = Person(sys.argv[1], check)
me.write("secret", "correct horse battery\n")
me.write(CONFIG, f'# mine\n[source "arxiv"]\nfrom = arxiv:cs.LG\nmirror = http://127.0.0.1:{port}/good\nlocal = yes\n')
me.write("run/systemd/private", "")
me.write("bin/systemctl", f'#!/bin/sh\necho "$*" >>{me.path("asked")}\nexit $(cat {me.path("code")} 2>/dev/null || echo 0)\n', 0o700)
SYSTEMD = {"XDG_RUNTIME_DIR": me.path("run"), "PATH": me.path("bin") + ":" + os.environ["PATH"]}
answers = ["setup", "--passphrase-file", "secret", "--seed", "kites", "--mail", "me@lab.example", "--unlock", "yes", *WEAK]
me.run(0, *answers, **SYSTEMD)
check("Mending kites" in me.out, f"what is fetched is ranked: {me.out} {me.err}")
check(me.read(CONFIG).startswith("# mine\n"), "a config that is there is kept")
check(me.read("asked").splitlines() == ["--user --quiet daemon-reload", "--user --quiet enable --now pith-fetch.timer", "--user --quiet enable --now pith-digest.timer"], f"timers are started: {me.read('asked')}")
units = me.path(".config/systemd/user")
check(sorted(os.listdir(units)) == ["pith-digest.service", "pith-digest.timer", "pith-fetch.service", "pith-fetch.timer"], "of two services")
command = [line for line in me.read(".config/systemd/user/pith-fetch.service").splitlines() if line.startswith("ExecStart=")]
check(command == [f'ExecStart="{os.path.realpath(sys.argv[1])}" update'], f"that run this pith: {command}")
if shutil.which("systemd-analyze"):
    verified = subprocess.run(["systemd-analyze", "verify", "--user", "--man=no", *(os.path.join(units, name) for name in sorted(os.listdir(units)))], capture_output=True, text=True,
                              env={**me.env, "XDG_RUNTIME_DIR": me.path("run")})
    said = [line for line in verified.stderr.splitlines() if "pith-" in line]
    check(not said, f"systemd-analyze verify takes the units: {said}")
else:
    print("systemd-analyze is not here: the units are not verified")
me.write("code", "1")
me.run(0, *answers, **SYSTEMD)
check("failed" in me.err and "systemctl" in me.err, f"a systemd that refuses is told, and setup goes on: {me.err}")
me.run(0, *answers)
check("crontab -e" in me.out and "update && " in me.out and "digest --send" in me.out, f"without systemd, a line for cron: {me.out}")

# ---- what is next ----

me.run(0, "key", "add", "recovery")
me.run(0, "config", "set", "source.arxiv.mirror", f"http://127.0.0.1:{port}/html")
said = me.run(1, "update")
check("cut short" in said, "the source does not answer")
check("arxiv failed (" in me.run(0) and "pith update" in me.out, f"which is said: {me.out}")
check("recovery" not in me.out, "what is done is said no longer")
me.run(0, "settings", "mail=off")
check("digest" not in me.run(0), "nor what is not wanted")
server.stdin.close()
server.wait()
check.finish()
