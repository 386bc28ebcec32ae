#!/usr/bin/python3
"""One person's digest: written in every form, and mailed once by a mail server, by sendmail, and into a maildir. No service and no token.
usage: scenario_send.py PITH"""
import email, email.policy, json, os, sys, time
from api_client import Checks, papers
from mail_server import Mailbox
from one_person import Person

check = Checks()
me = Person(sys.argv[1], check)
TODAY = time.strftime("%Y-%m-%d", time.gmtime())

me.write("secret", "correct horse battery\n")
me.write(".config/pith/config", "[pith]\npassphrase-file = ~/secret\n")
me.write("today.jsonl", papers(date=TODAY))
me.run(0, "import", "today.jsonl")
me.run(0, "init", "--strength", "interactive", "--new-passphrase-file", "secret")


def letters(folder="Maildir"):
    new = me.path(folder, "new")
    return [email.message_from_bytes(open(os.path.join(new, name), "rb").read(), policy=email.policy.default) for name in sorted(os.listdir(new))] if os.path.isdir(new) else []


def parts(mail):
    return {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}


# ---- written ----

check("<!DOCTYPE html>" in me.run(0, "digest", "--format", "html"), "as HTML")
check("/t/" not in me.out and 'href="/' not in me.out and "settings\"" not in me.out, "without a service, it links to none")
check("== For you ==" in me.run(0, "digest", "--format", "text"), f"as text: {me.out[:300]}")
check("pith up" in me.out and "http://" not in me.out.split("-- \n")[1] and "answering this mail" not in me.out, f"which says how to vote here, and promises no answer: {me.out[-600:]}")
check(json.loads(me.run(0, "digest", "--format", "json"))["state"] == "open" and json.loads(me.run(0, "digest", "--json"))["papers"], "as JSON")
mail = email.message_from_string(me.run(0, "digest", "--format", "eml", "--to", "Ann Lee <ann@lab.example>"), policy=email.policy.default)
check(mail["To"] == "Ann Lee <ann@lab.example>" and mail["From"] == "Ann Lee <ann@lab.example>" and mail["Message-ID"].endswith("@lab.example>"), f"as a mail: {mail['From']} {mail['Message-ID']}")
check("List-Unsubscribe" not in mail and set(parts(mail)) == {"text/plain", "text/html"}, "that offers no link that leads nowhere")
me.run(0, "digest", "--to", "ann@lab.example", "-o", "one.eml")
check(email.message_from_string(me.read("one.eml"))["To"] == "ann@lab.example" and os.stat(me.path("one.eml")).st_mode & 0o777 == 0o600, "into a file of its own")
me.run(4, "digest", "--format", "text", "-o", "one.eml")
me.run(0, "digest", "--format", "text", "-o", "one.eml", "--force")
me.run(2, "digest", "--format", "odt")
me.run(3, "digest", "--to", "nobody")
me.run(2, "digest", "--send", "--format", "eml")
me.run(3, "digest", "--send")
check("pith config set mail.to" in me.err, f"what is missing is said: {me.err}")

me.run(0, "config", "set", "server.base-url", "https://pith.lab.example")
check("https://pith.lab.example/t/" in me.run(0, "digest", "--format", "text"), "with a service, links lead there")
me.run(0, "config", "set", "server.base-url", "")

# ---- into a maildir ----

me.run(0, "config", "set", "mail.maildir", "~/Maildir")
check("sent " in me.run(0, "digest", "--send") and len(letters()) == 1, f"a first mail: {me.out}")
check("sent before" in me.run(0, "digest", "--send") and len(letters()) == 1, "is sent once")
first = letters()[0]
check("answering this mail" not in parts(first)["text/plain"], "no answer is promised where none is read")
check("\r" not in open(me.path("Maildir/new", os.listdir(me.path("Maildir/new"))[0])).read(), "lines end as they do here")
check(json.loads(me.run(0, "digest", "--json"))["state"] == "sent", "the profile knows")
events = [json.loads(line)["event"] for line in me.read(".local/state/pith/mail.jsonl").splitlines()]
check(events == ["claimed", "handing over", "sent", "told"], f"each step is in the journal: {events}")

# ---- by sendmail, by SMTP: other days' digests ----


def day(back):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400 * back))


me.run(0, "config", "set", "mail.maildir", "")
me.run(0, "config", "set", "mail.to", "ann@lab.example")
program = me.write("sendmail", f"#!/bin/sh\n[ \"$*\" = '-t -i' ] || exit 64\ncat >>{me.path('outbox')}\nexit $(cat {me.path('code')})\n", 0o700)
me.run(0, "config", "set", "mail.sendmail", program)
me.write("code", "0")
check("sent " in me.run(0, "digest", "--send", "--date", day(1)) and me.read("outbox").count("To: ann@lab.example") == 1, f"sendmail takes it: {me.out} {me.err}")
me.run(0, "digest", "--send", "--date", day(1))
check(me.read("outbox").count("Message-ID") == 1, "once")
me.write("code", "67")
check("knows no such address" in me.run(1, "digest", "--send", "--date", day(2)), f"a refusal is told: {me.out}")
me.run(0, "config", "set", "mail.sendmail", me.path("none"))
check("could not be run" in me.run(1, "digest", "--send", "--date", day(3)), f"a program that is none: {me.out}")
me.write("killed", "#!/bin/sh\ncat >/dev/null\nkill -9 $$\n", 0o700)
me.run(0, "config", "set", "mail.sendmail", "~/killed")
check("in doubt" in me.run(1, "digest", "--send", "--date", day(4), "--in-doubt", "hold"), f"one that died with the mail in hand: {me.out}")
check("in doubt" in me.run(1, "digest", "--send", "--date", day(4), "--in-doubt", "hold") and "told" in me.run(0, "digest", "--send", "--date", day(4), "--in-doubt", "sent"), f"is left to its reader: {me.out}")

box = Mailbox()
box.start()
me.run(0, "config", "set", "mail.sendmail", "")
me.run(0, "config", "set", "smtp.url", f"smtp://127.0.0.1:{box.port}")
me.run(0, "config", "set", "smtp.starttls", "no")
me.run(0, "config", "set", "mail.inbound", "maildir:~/answers")
me.run(0, "config", "set", "mail.reply-to", "pith@lab.example")
check("sent " in me.run(0, "digest", "--send", "--date", day(5)) and len(box.of("ann@lab.example")) == 1, f"a mail server takes it: {me.out} {me.err}")
mail = email.message_from_bytes(box.of("ann@lab.example")[0], policy=email.policy.default)
check("pith@lab.example" in mail["Reply-To"], "answers go where they are read")
check("answering this mail" in " ".join(parts(mail)["text/plain"].split()), "and the mail says that it can be answered")
check("sent " in me.run(0, "digest", "--send", "--date", day(6), "--to", "ben@lab.example") and len(box.of("ben@lab.example")) == 1, "to another address")
box.stop()
check.finish()
