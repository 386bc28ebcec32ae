#!/usr/bin/python3
"""pith mail against a mail server on loopback, and a service whose answers are set by the test.
usage: scenario_bot.py PITH"""
import email, fcntl, http.server, json, os, subprocess, sys, tempfile, threading, time, urllib.parse
from api_client import Checks
from mail_server import Mailbox, free_port, make_certificate

PITH = os.path.abspath(sys.argv[1])
DAY = time.strftime("%Y-%m-%d", time.gmtime())
check = Checks()
scratch = tempfile.TemporaryDirectory()
journal = os.path.join(scratch.name, "state/pith/mail.jsonl")


class Service(http.server.ThreadingHTTPServer):
    """What the bot asks of pith: by token, the state of each day's digest."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.daemon_threads = True
        self.states, self.off, self.failing, self.asked = {}, {}, [], []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def answer(self, code, kind, body):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def state(self, name, day):
        kept = self.server.states.get((name, day), "open")
        document = {"date": day, "state": self.server.off.get(name, kept), "papers": 3, "message_id": f"<{day}.{name}@pith.example.org>"}
        self.answer(200, "application/json", json.dumps(document).encode())

    def begin(self):
        """The reader's name, by token; None when the request was answered already."""
        self.server.asked.append((self.command, self.path))
        name = self.headers.get("Authorization", "").removeprefix("Bearer token-of-")
        if self.server.failing:
            self.answer(self.server.failing.pop(0), "application/problem+json", b'{"title":"busy"}')
        elif name not in ("ann", "ben", "cal"):
            self.answer(401, "application/problem+json", b'{"detail":"this token opens nothing"}')
        else:
            return name
        return None

    def do_PUT(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name, day = self.begin(), self.path.rsplit("/", 1)[1]
        if name and name not in self.server.off and self.server.states.get((name, day)) != "sent":
            self.server.states[name, day] = body["state"]
        if name:
            self.state(name, day)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        name = self.begin()
        if name and query.get("format") != "eml":
            self.state(name, query["date"])
        elif name:
            self.answer(200, "message/rfc822", f"From: {query['from']}\r\nTo: {query['to']}\r\nMessage-ID: <{query['date']}.{name}@pith.example.org>\r\nSubject: 3 papers\r\n\r\n"
                        f".A line that begins with a dot\r\nand papers for {name}\r\n".encode())


def write(name, text, mode=0o600):
    path = os.path.join(scratch.name, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def config(smtp, mail="", server="", readers=("ann", "ben", "cal"), more="retries = 2\n"):
    lines = [f"[server]\nurl = http://127.0.0.1:{service.server_port}/ # the service\n{server}", f'[smtp]\nurl = {smtp}\nfrom = "pith <pith@lab.example>"\nstarttls = yes\n{more}',
             f"[mail]\n{mail}"]
    for name in readers:
        write(f"tokens/{name}", f"token-of-{name}\n")
        lines.append(f'[reader "{name.title()}"]\naddress = "{name.title()} <{name}@lab.example>"\ntoken-file = tokens/{name}')
    return write("mail.conf", "\n".join(lines) + "\n")


def bot(code, what, path, *options):
    """Runs pith mail; the lines of its answer by reader."""
    run = subprocess.run([PITH, "mail", "--json", "--config", path, *options], capture_output=True, text=True,
                         env={**os.environ, "XDG_STATE_HOME": os.path.join(scratch.name, "state"), "HOME": scratch.name})
    check(run.returncode == code, f"{what}: exit code {run.returncode}, not {code}: {run.stderr} {run.stdout}")
    check("token-of" not in run.stdout + run.stderr and "hunter2" not in run.stdout + run.stderr, f"{what}: no secret is printed")
    bot.said = run.stderr
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith('{"reader"')]
    return {line["reader"].lower(): line for line in lines}


def outcomes(lines):
    return {name: line["outcome"] for name, line in lines.items()}


def fresh():
    """As if nothing had been sent."""
    service.states.clear()
    box.messages.clear()
    box.said.clear()
    if os.path.exists(journal):
        os.unlink(journal)


ALL = {"ann", "ben", "cal"}
service = Service()
box = Mailbox()
box.start()
plain = f"smtp://127.0.0.1:{box.port}"

# ---- the usual day ----

lines = bot(0, "a first run", config(plain))
check(outcomes(lines) == dict.fromkeys(ALL, "sent"), f"everybody's is sent: {lines}")
check(len(box.messages) == 3 and all(len(box.of(f"{name}@lab.example")) == 1 for name in ALL), "each to its reader")
letter = email.message_from_bytes(box.of("ann@lab.example")[0])
check(letter["Message-ID"] == f"<{DAY}.ann@pith.example.org>" and letter["To"] == "Ann <ann@lab.example>", "as the service made it")
check(letter.get_payload().startswith(".A line that begins with a dot\r\nand"), "to the byte, dots too")
check(set(service.states.values()) == {"sent"}, "the service knows")
events = [json.loads(line)["event"] for line in open(journal)]
check(events == ["claimed", "handing over", "sent", "told"] * 3, f"each step is in the journal: {events}")
check(os.stat(journal).st_mode & 0o777 == 0o600, "which is nobody else's to read")
check(outcomes(bot(0, "a second run", config(plain))) == dict.fromkeys(ALL, "sent before") and len(box.messages) == 3, "sends nothing")
check(subprocess.run([PITH, "mail", "--config", config(plain)], capture_output=True, text=True, env={**os.environ, "XDG_STATE_HOME": os.path.join(scratch.name, "state")})
      .stdout.count("sent before") == 3, "people are told the same")

# ---- held, off, one reader, another day ----

fresh()
service.off.update(ann="held", ben="off")
check(outcomes(bot(0, "held and off", config(plain))) == {"ann": "held", "ben": "off", "cal": "sent"}, "are said, and are no failures")
service.off.clear()
check(outcomes(bot(0, "one reader", config(plain), "--only", "Ann")) == {"ann": "sent"} and len(box.messages) == 2, "one alone")
bot(4, "a reader that is none", config(plain), "--only", "Zoe")
check(bot(0, "another day", config(plain), "--date", "2026-01-05", "--only", "Ben")["ben"]["date"] == "2026-01-05", "that day's")
bot(2, "a day that is none", config(plain), "--date", "monday")

write("credentials/tokens_ann", "token-of-ann\n", 0o440)
os.environ["CREDENTIALS_DIRECTORY"] = os.path.join(scratch.name, "credentials")
check(outcomes(bot(0, "tokens that systemd loaded", config(plain, readers=["ann"]), "--date", "2026-01-06")) == {"ann": "sent"}, "are read where it put them")
del os.environ["CREDENTIALS_DIRECTORY"]

# ---- rehearsed ----

fresh()
folder = os.path.join(scratch.name, "letters")
os.mkdir(folder)
lines = bot(0, "a dry run", config(plain), "--dry-run", folder)
check(outcomes(lines) == dict.fromkeys(ALL, "written") and sorted(os.listdir(folder)) == [f"{DAY}-{name}.eml" for name in ("Ann", "Ben", "Cal")], "writes files")
check(not box.messages and not service.states and not os.path.exists(journal), "claims nothing, sends nothing, and keeps no journal")

# ---- refused for now, refused for good ----

box.said["ann@lab.example"] = ["451 greylisted", "data 451 try again"]
lines = bot(0, "temporary refusals", config(plain))
check(outcomes(lines) == dict.fromkeys(ALL, "sent") and len(box.of("ann@lab.example")) == 1, "are tried again")
fresh()
box.said["ben@lab.example"] = ["550 no such user", "250 OK"]
box.asked.clear()
lines = bot(1, "a refusal for good", config(plain))
check(outcomes(lines) == {"ann": "sent", "ben": "failed", "cal": "sent"} and "no such user" in lines["ben"]["reason"], f"costs nobody else: {lines}")
check(box.asked.count("ben@lab.example") == 1, "and is not tried again")
box.said.clear()
check(outcomes(bot(0, "once it is mended", config(plain))) == {"ann": "sent before", "ben": "sent", "cal": "sent before"}, "the next run sends it")
fresh()
box.said["ann@lab.example"] = ["data 552 too much mail"]
lines = bot(1, "a refusal after the mail", config(plain))
check(outcomes(lines)["ann"] == "failed" and "too much mail" in lines["ann"]["reason"], "is told")

# ---- nobody there ----

fresh()
lines = bot(1, "no mail server", config(f"smtp://127.0.0.1:{free_port()}", more="retries = 1\n"))
check(outcomes(lines) == dict.fromkeys(ALL, "failed") and set(service.states.values()) == {"claimed"}, "everything fails, and stays claimed")
check(outcomes(bot(0, "once it is back", config(plain))) == dict.fromkeys(ALL, "sent"), "is sent")
fresh()
service.failing[:] = [503, 429]
check(outcomes(bot(0, "a busy service", config(plain))) == dict.fromkeys(ALL, "sent"), "is asked again")
port = service.server_port
fresh()
path = config(plain, more="retries = 0\n")
with open(path) as file:
    text = file.read()
down = write("down.conf", text.replace(str(port), str(free_port()), 1))
check(outcomes(bot(1, "no service", down)) == dict.fromkeys(ALL, "failed") and not box.messages, "sends nothing")
write("tokens/ben", "token-of-nobody\n")
lines = bot(1, "a token that opens nothing", path)
check(outcomes(lines) == {"ann": "sent", "ben": "failed", "cal": "sent"} and "opens nothing" in lines["ben"]["reason"], "costs nobody else")
fresh()
path = config(plain)
os.chmod(os.path.join(scratch.name, "tokens/cal"), 0o644)
lines = bot(1, "a token file that others can read", path)
check(outcomes(lines) == {"ann": "sent", "ben": "sent", "cal": "failed"} and "chmod 600" in lines["cal"]["reason"], "is refused")

# ---- a bot that was killed: what its journal says ----


def left(event, state="claimed", torn="", date=DAY):
    """A journal whose last word on Ann's digest is this."""
    fresh()
    service.states["ann", date] = state
    write("state/pith/mail.jsonl", "".join(json.dumps({"date": date, "reader": "Ann", "event": word}) + "\n" for word in (*event,)) + torn)


left(["claimed"], torn='{"time":"2026-11-26T06:00:03Z","date":"2026-1')
check(outcomes(bot(0, "killed before the hand-over", config(plain), "--only", "Ann")) == {"ann": "sent"} and "torn" in bot.said, "is sent; the torn line is cut off and said")
check(all(json.loads(line) for line in open(journal)), "and the journal is whole again")
left(["claimed", "handing over", "sent"])
check(outcomes(bot(0, "killed before the service knew", config(plain), "--only", "Ann")) == {"ann": "told"} and not box.messages, "is not sent again")
check(service.states["ann", DAY] == "sent", "but told")
left(["claimed", "handing over"])
check(outcomes(bot(0, "killed while it was handed over", config(plain), "--only", "Ann")) == {"ann": "sent again"} and len(box.messages) == 1, "is sent again")
left(["claimed", "handing over"])
check(outcomes(bot(1, "the same with in-doubt = hold", config(plain, mail="in-doubt = hold\n"), "--only", "Ann")) == {"ann": "in doubt"} and not box.messages, "is held")
check(outcomes(bot(0, "the operator says it arrived", config(plain, mail="in-doubt = hold\n"), "--in-doubt", "sent")) == {"ann": "told", "ben": "sent", "cal": "sent"}, "is told")
left(["claimed", "handing over"])
check(outcomes(bot(0, "the operator says it did not", config(plain, mail="in-doubt = hold\n"), "--in-doubt", "again", "--only", "Ann")) == {"ann": "sent again"}, "is sent")
bot(2, "the operator mumbles", config(plain), "--in-doubt", "perhaps")
fresh()
box.said["ann@lab.example"] = ["data lost"]
check(outcomes(bot(0, "an answer that is lost", config(plain), "--only", "Ann")) == {"ann": "sent again"}, "leaves it in doubt")
check(len(box.of("ann@lab.example")) == 2 and len(set(box.of("ann@lab.example"))) == 1, "it went out twice, the same to the byte")
fresh()
box.said["ann@lab.example"] = ["data lost"]
check(outcomes(bot(1, "the same, to be held", config(plain, mail="in-doubt = hold\n"), "--only", "Ann")) == {"ann": "in doubt"} and len(box.messages) == 1, "it is not repeated")
yesterday = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400))
left(["claimed"], date=yesterday)
bot(0, "what yesterday left", config(plain), "--only", "Ann")
check([email.message_from_bytes(content)["Message-ID"][1:11] for content in box.of("ann@lab.example")] == [yesterday, DAY], "is finished first")
left(["claimed"], torn="nonsense\n")
bot(6, "a journal that is none", config(plain))
check(not box.messages and "mail.jsonl:2" in bot.said, "nothing is sent by it; its line is named")
fresh()
with open(write("state/pith/mail.jsonl", "")) as held:
    fcntl.flock(held, fcntl.LOCK_EX)
    bot(4, "two bots at once", config(plain))
    check("another pith mail" in bot.said and not box.messages, "the second stays out")

# ---- TLS and passwords ----

fresh()
certificate = make_certificate(scratch.name)
password = write("password", "hunter2\n")
login = f"user = pith\npassword-file = {password}\nretries = 0\n"
sealed = Mailbox(certificate, implicit=True)
sealed.start()
tls = f"smtps://127.0.0.1:{sealed.port}"
lines = bot(1, "a certificate that nobody trusts", config(tls, more="retries = 0\n"))
check(outcomes(lines) == dict.fromkeys(ALL, "failed") and "not trusted" in lines["ann"]["reason"] and not sealed.messages, "is refused")
check(outcomes(bot(0, "one that the config trusts", config(tls, more="retries = 0\ncertificate = certificate.pem\n"))) == dict.fromkeys(ALL, "sent"), "is taken")
fresh()
guarded = Mailbox(certificate, user=("pith", "hunter2"))
guarded.start()
starttls = f"smtp://127.0.0.1:{guarded.port}"
with open(config(starttls, more=login + "certificate = certificate.pem\n")) as file:
    text = file.read().replace("starttls = yes\n", "starttls = required\n")
good = write("mail.conf", text)
check(outcomes(bot(0, "STARTTLS and a password", good)) == dict.fromkeys(ALL, "sent") and len(guarded.messages) == 3, "are used")
fresh()
check(outcomes(bot(1, "STARTTLS that nobody trusts", write("mail.conf", text.replace("certificate = certificate.pem\n", "")))) == dict.fromkeys(ALL, "failed"), "is refused")
write("password", "wrong\n")
lines = bot(1, "a wrong password", write("mail.conf", text))
check(outcomes(lines) == dict.fromkeys(ALL, "failed"), f"fails: {lines}")
write("password", "hunter2\n", 0o640)
bot(2, "a password file that others can read", write("mail.conf", text))
check("chmod 600" in bot.said, "is refused")
lines = bot(1, "STARTTLS that is required and not offered", write("mail.conf", text.replace(str(guarded.port), str(box.port)).replace(login, "retries = 0\n")))
check(outcomes(lines) == dict.fromkeys(ALL, "failed") and not box.messages, f"is not done without: {lines}")
lines = bot(1, "plain http elsewhere", write("mail.conf", text.replace(f"http://127.0.0.1:{service.server_port}", "http://192.0.2.1").replace(login, "retries = 0\n")))
check("without TLS" in lines["ann"]["reason"], "a token is not shown to the network")
write("password", "hunter2\n")
elsewhere = text.replace(f"127.0.0.1:{guarded.port}", "192.0.2.1:25").replace("starttls = required", "starttls = yes")
check("without TLS" in bot(1, "a password without TLS", write("mail.conf", elsewhere))["ann"]["reason"], "nor a password")

# ---- configs ----

for bad, said in (("url = x", "before any section"), ("[server]\nurl = ftp://x", "url is"), ("[server]\nurl = http://u:p@x", "without user"), ("[cat]", "a section is"),
                  ("[smtp]\nretries = many", "retries is"), ("[smtp]\nstarttls = maybe", "starttls is"), ("[smtp]\nfrom = pith", "an address"), ("[mail]\nin-doubt = no", "in-doubt is"),
                  ('[reader "A"]\n[reader "A"]', "of this name"), ("[server]\nurl = http://x", "no [reader"), ('[reader "A"]\naddress = a@b\ntoken-file = t', "[smtp] needs from"),
                  ('[smtp]\nfrom = a@b\n[reader "A"]\naddress = a@b\ntoken-file = t', "[smtp] needs a url"),
                  ("[server]\nurl = http://x\n[smtp]\nurl = smtp://x\nfrom = a@b\nuser = u", "go together"), ('[server]\nurl = http://x\n[smtp]\nurl = smtp://x\nfrom = a@b\n[reader "A"]', "needs an address")):
    bot(3, f"a config with {bad!r}", write("bad.conf", bad + "\n"))
    check(said in bot.said, f"{bad!r} is named: {bot.said}")
check(subprocess.run([PITH, "mail"], capture_output=True, env={**os.environ, "HOME": scratch.name}).returncode == 3, "readers are needed")
check(not any("token-of" in line or "hunter2" in line for line in open(journal)) if os.path.exists(journal) else True, "no secret is in the journal")
for one in (box, sealed, guarded):
    one.stop()
check.finish()
