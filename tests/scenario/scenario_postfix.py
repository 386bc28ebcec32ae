#!/usr/bin/python3
"""Answers through a real Postfix on loopback, by the lines of docs/mail.md, and sorted by a real Sieve. Needs root, and the Debian packages postfix and dovecot-sieve.
usage: scenario_postfix.py PITH"""
import email, email.policy, os, pwd, re, shutil, smtplib, subprocess, sys, tempfile, time
from api_client import Checks, papers
from mail_server import free_port
from one_person import Person

SKIPPED = 77
check = Checks()
if os.geteuid() != 0 or not shutil.which("postfix"):
    print("skipped: this test starts Postfix, as root")
    raise SystemExit(SKIPPED)
DOCUMENT = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/mail.md"), encoding="utf-8").read()


def documented(language):
    return re.search(f"```{language}\n(.*?)```", DOCUMENT, re.S).group(1)


class Postfix:
    """One of its own: its queue, its port, its aliases; no other mail server of the machine is touched."""

    def __init__(self, aliases):
        self.folder = tempfile.mkdtemp(dir="/tmp", prefix="postfix")
        os.chmod(self.folder, 0o755)
        self.port = free_port()
        etc, queue, data = (os.path.join(self.folder, name) for name in ("etc", "queue", "data"))
        for path in (etc, queue, data):
            os.mkdir(path, 0o755)
        shutil.chown(data, "postfix")
        with open(os.path.join(etc, "aliases"), "w") as file:
            file.write(aliases)
        with open(os.path.join(etc, "main.cf"), "w") as file:
            file.write(f"""compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
multi_instance_enable = yes
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.lab.example
mydestination = lab.example
mynetworks = 127.0.0.0/8
default_transport = error:nothing leaves this test
local_recipient_maps =
alias_maps = hash:{etc}/aliases
alias_database = hash:{etc}/aliases
maillog_file = {self.folder}/log
maillog_file_prefixes = {self.folder}
""")
        with open("/usr/share/postfix/master.cf.dist") as dist, open(os.path.join(etc, "master.cf"), "w") as file:
            file.write(re.sub(r"^smtp      inet.*$", f"127.0.0.1:{self.port} inet n - n - - smtpd", dist.read(), flags=re.M).replace("       y       -", "       n       -"))
        self.etc = etc
        subprocess.run(["postalias", "-c", etc, os.path.join(etc, "aliases")], check=True)
        self.do("start")

    def do(self, what):
        done = subprocess.run(["postfix", "-c", self.etc, what], capture_output=True, text=True)
        check(done.returncode == 0, f"postfix {what}: {done.stdout} {done.stderr} {self.log()}")

    def log(self):
        path = os.path.join(self.folder, "log")
        return open(path).read()[-1500:] if os.path.exists(path) else ""

    def stop(self):
        self.do("stop")
        shutil.rmtree(self.folder, ignore_errors=True)


me = Person(sys.argv[1], check)
os.chmod(me.home, 0o755)
day = time.strftime("%Y-%m-%d", time.gmtime())
me.write("secret", "correct horse battery\n")
me.write("today.jsonl", papers(date=day))
me.run(0, "import", "today.jsonl")
me.run(0, "init", "--strength", "interactive", "--new-passphrase-file", "secret")
me.run(0, "config", "set", "pith.passphrase-file", "~/secret")

spool = me.path("spool")
for part in ("", "new", "cur", "tmp"):
    os.mkdir(os.path.join(spool, part))
    os.chown(os.path.join(spool, part), pwd.getpwnam("nobody").pw_uid, -1)
aliases = documented("aliases").replace("/var/spool/pith/", spool + "/") + f"ann: {me.path('ann')}/\n"
os.mkdir(me.path("ann"))
for part in ("new", "cur", "tmp"):
    os.mkdir(me.path("ann", part))
for part in ("", "new", "cur", "tmp"):
    os.chown(me.path("ann", part), pwd.getpwnam("nobody").pw_uid, -1)
postfix = Postfix(aliases)


def wait(folder):
    """The mails that come there, once one does."""
    end = time.time() + 30
    while not os.listdir(os.path.join(folder, "new")) and time.time() < end:
        time.sleep(0.1)
    names = os.listdir(os.path.join(folder, "new"))
    check(names, f"a mail comes: {postfix.log()}")
    return [email.message_from_bytes(open(os.path.join(folder, "new", name), "rb").read(), policy=email.policy.default) for name in names]


try:
    me.run(0, "config", "set", "mail.to", "ann@lab.example")
    me.run(0, "config", "set", "smtp.from", "pith <pith@lab.example>")
    me.run(0, "config", "set", "smtp.url", f"smtp://127.0.0.1:{postfix.port}")
    me.run(0, "config", "set", "smtp.starttls", "no")
    me.run(0, "config", "set", "mail.inbound", f"maildir:{spool}")
    check("  sent  " in me.run(0, "digest", "--send"), f"Postfix takes the digest: {me.out} {me.err} {postfix.log()}")
    mail = wait(me.path("ann"))[0]
    check(mail["To"] == "ann@lab.example" and "answering this mail" in " ".join(mail.get_body(("plain",)).get_content().split()), "and brings it, with leave to answer")
    text = f"From: Ann <ann@lab.example>\r\nTo: {mail['From']}\r\nMessage-ID: <1@lab.example>\r\nIn-Reply-To: {mail['Message-ID']}\r\nSubject: Re: {mail['Subject']}\r\n\r\n1+ 2-\r\n"
    with smtplib.SMTP("127.0.0.1", postfix.port) as smtp:
        smtp.sendmail("ann@lab.example", ["pith@lab.example"], text)
    wait(spool)
    me.run(0, "mail", "--inbound", "maildir")
    check("1 counted" in me.out, f"the answer counts: {me.out} {me.err}")
    check(me.run(0, "votes").splitlines()[-1].startswith("1 up, 1 down"), f"as votes: {me.out}")
finally:
    postfix.stop()

if shutil.which("sieve-test"):
    script, answer = me.write("sort.sieve", documented("sieve"), 0o644), me.write("answer", text, 0o644)
    other = me.write("other", "From: x@y\r\nSubject: hello\r\n\r\nHello\r\n", 0o644)
    conf = me.write("dovecot.conf", f"mail_uid = nobody\nmail_gid = nogroup\nmail_home = {me.home}\nfirst_valid_uid = 1\nmail_location = maildir:{me.path('sorted')}\n", 0o644)
    os.mkdir(me.path("sorted"))
    os.chown(me.path("sorted"), pwd.getpwnam("nobody").pw_uid, -1)
    os.chmod(me.home, 0o777)  # the compiled script lies beside it
    for path, folder in ((answer, "pith"), (other, "INBOX")):
        sorted_ = subprocess.run(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "sieve-test", "-c", conf, script, path], capture_output=True, text=True,
                                 env={"HOME": me.home, "USER": "nobody", "PATH": os.environ["PATH"]})
        check(f"store message in folder: {folder}" in sorted_.stdout and sorted_.returncode == 0, f"Sieve sorts {os.path.basename(path)} into {folder}: {sorted_.stdout} {sorted_.stderr}")
else:
    print("sieve-test is not here: the Sieve lines are not run")
check.finish()
