#!/usr/bin/python3
"""Answers to digests, read in a maildir and by IMAP: they vote once, and the next digest says what came of them.
usage: scenario_answers.py PITH"""
import email, email.policy, json, os, sys, time
from api_client import Checks, papers
from imap_server import Folder
from one_person import Person

check = Checks()
me = Person(sys.argv[1], check)


def day(back):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400 * back))


me.write("secret", "correct horse battery\n")
me.write("before.jsonl", papers(date=day(1)))
me.write("today.jsonl", papers(date=day(0), first=200))
me.run(0, "import", "before.jsonl", "today.jsonl")
me.run(0, "init", "--strength", "interactive", "--new-passphrase-file", "secret")
me.run(0, "config", "set", "pith.passphrase-file", "~/secret")
me.run(0, "config", "set", "mail.maildir", "~/Maildir")
me.run(0, "config", "set", "mail.inbound", "maildir:~/answers")


def letter(name):
    with open(me.path("Maildir/new", name), "rb") as file:
        return email.message_from_bytes(file.read(), policy=email.policy.default)


me.run(0, "digest", "--send", "--date", day(1))
first = letter(os.listdir(me.path("Maildir/new"))[0])
plain = first.get_body(("plain",)).get_content()
check("answering this mail" in " ".join(plain.split()), f"the mail says that it can be answered: {plain[-800:]}")
count = 0


def answer(text, folder="answers/new", **headers):
    """A mail that answers the first digest, where answers come in."""
    global count
    count += 1
    lines = {"From": "Ann <ann@lab.example>", "To": "pith@lab.example", "Message-ID": f"<{count}@lab.example>", "In-Reply-To": first["Message-ID"], "Subject": "Re: papers", **headers}
    mail = "".join(f"{name}: {value}\n" for name, value in lines.items() if value) + "\n" + text
    if folder:
        me.write(f"{folder}/{count}", mail)
    return mail


def read(code=0, *words):
    return {one["mail"]: one for one in map(json.loads, (line for line in me.run(code, "mail", "--json", "--inbound", "maildir", *words).splitlines() if line.startswith("{\"mail")))}


# ---- a maildir ----

me.run(4, "mail", "--inbound", "maildir")
for part in ("new", "cur", "tmp"):
    os.makedirs(me.path("answers", part))
answer("1+ 4- 7+\n\n> quoted\n> 2+\n")
answer("1+ and perhaps 4?\n5 +- 2\n")
answer("Thank you!\n", **{"Auto-Submitted": "auto-replied"})
answer("2+\n", **{"In-Reply-To": "<nobody@lab.example>"})
answer("Lovely papers, thank you.\n")
said = read()
check([said[str(number)]["outcome"] for number in range(1, 6)] == ["counted", "unused", "unused", "unused", "unused"], f"an answer votes, and what is none is told: {said}")
check("1+ 4- 7+ on the digest of" in said["1"]["what"], f"by number: {said['1']}")
check(sorted(os.listdir(me.path("answers/cur"))) == ["1:2,S", "2:2,", "3:2,", "4:2,", "5:2,"] and not os.listdir(me.path("answers/new")), "what counted is seen, the rest waits for people")
check(me.run(0, "votes").splitlines()[-1].startswith("2 up, 1 down"), f"the votes stand: {me.out}")
check(not read(), "what was read is not read again")
me.write("answers/new/again", answer("1+ 4- 7+\n\n> quoted\n> 2+\n", folder=None, **{"Message-ID": "<1@lab.example>"}))
check(read()["again"]["outcome"] == "known", "nor does the same mail count twice")
answer("3-\n", folder="elsewhere/new")
os.makedirs(me.path("elsewhere/cur"))
check(list(read(0, "elsewhere").values())[0]["outcome"] == "counted", "another folder is named")

# ---- the next digest ----

text = " ".join(me.run(0, "digest", "--format", "text").split())
check("Your answer to the digest of" in text and "counts: liked 1, 7; not for you 4." in text and "counts: not for you 3." in text, f"the next digest tells what counted: {text[-1500:]}")
check(text.count("could not be used") == 2 and "it is not clear what" in text and "no line of votes" in text, f"and what did not, but of no program's mail: {text[-1500:]}")
me.run(0, "digest", "--send")
sent = [letter(name) for name in os.listdir(me.path("Maildir/new"))]
told = [mail for mail in sent if "Your answer to the digest" in " ".join(mail.get_body(("plain",)).get_content().split())]
check(len(sent) == 2 and len(told) == 1 and told[0]["Message-ID"] != first["Message-ID"], "the mail too")
quoting = answer(told[0].get_body(("plain",)).get_content(), **{"In-Reply-To": told[0]["Message-ID"]})
check(list(read().values())[0]["outcome"] == "unused", "an answer that quotes it unmarked votes for nothing")

# ---- by IMAP ----

box = Folder("pith", "hunter2")
me.write("password", "hunter2\n")
me.run(2, "mail", "--inbound", "imap")
me.run(0, "config", "set", "mail.inbound", f"imap://127.0.0.1:{box.port}/INBOX")
config = me.read(".config/pith/config").replace("[mail]\n", "[mail]\ninbound-user = pith\ninbound-password-file = ~/password\n")
me.write(".config/pith/config", config)
good = box.put(answer("8+ 9+\n", folder=None).replace("\n", "\r\n").encode())
bad = box.put(b"Subject: hello\r\n\r\nNo answer at all\r\n")
me.run(0, "mail", "--inbound", "imap")
check("counted   mail 1" in me.out and "unused    mail 2" in me.out and "1 counted, 0 known, 1 unused" in me.out, f"mails are read: {me.out} {me.err} {box.asked}")
check(box.flags == {good: {"\\Answered"}, bad: {"\\Answered", "\\Flagged"}}, f"and marked: {box.flags}")
check(me.run(0, "votes").splitlines()[-1].startswith("4 up, 2 down"), f"their votes stand: {me.out}")
me.run(0, "mail", "--inbound", "imap")
check("0 counted" in me.out, "once")
box.flags[good].clear()  # as after a kill between vote and mark
me.run(0, "mail", "--inbound", "imap")
check("known     mail 1" in me.out, "read again after a kill, it counts once")
me.write("password", "wrong\n")
me.run(1, "mail", "--inbound", "imap")
check("hunter2" not in me.err and "wrong" not in me.err.replace("wrong password", ""), f"a password that is refused is told, and not shown: {me.err}")
me.write("password", "hunter2\n", 0o644)
me.run(2, "mail", "--inbound", "imap")
check("chmod 600" in me.err, "nor is one that others can read used")
me.run(2, "mail", "--inbound", "pop3")
me.run(2, "mail", "now")
check.finish()
