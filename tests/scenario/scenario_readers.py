#!/usr/bin/python3
"""A lab of fifty from a table: made once however often that is asked for, one added, one removed, one renamed; mails in fifty maildirs. No service.
usage: scenario_readers.py PITH [READERS]"""
import json, os, re, sys, time
from api_client import Checks, papers
from one_person import Person

check = Checks()
me = Person(sys.argv[1], check)
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 50
TODAY = time.strftime("%Y-%m-%d", time.gmtime())
me.write("today.jsonl", papers(date=TODAY))
me.run(0, "import", "today.jsonl")
CONFIG = ".config/pith/config"


def name(number):
    return f"Reader {number}" if number % 3 else f"Zoë {number}"


def secrets():
    """Every secret that stands in a file, by its path."""
    found = {}
    for folder in ("tokens", "recovery", "making"):
        for file in sorted(os.listdir(me.path(".config/pith", folder))):
            path = os.path.join(".config/pith", folder, file)
            check(os.stat(me.path(path)).st_mode & 0o777 == 0o600, f"{path} is its owner's alone")
            found[folder, file] = me.read(path)
    return found


# ---- the first reader, without a name ----

me.write("secret", "correct horse battery\n")
me.run(0, "init", "--strength", "interactive", "--new-passphrase-file", "secret")
me.run(0, "seed", "protein folding", "--passphrase-file", "secret")

# ---- fifty ----

me.write("lab.csv", "\ufeffname,mail\r\n" + "".join(f'"{name(i)}",reader{i}@lab.example\r\n' for i in range(COUNT)))
me.run(0, "reader", "import", "lab.csv")
check(me.out.count("made ") == COUNT and "keep no copy" in me.out, f"all are made: {me.out[:300]} {me.err}")
first, config = secrets(), me.read(CONFIG)
check(len(first) == 2 * COUNT and config.count("\n[reader ") == COUNT, "each has a token, a code and a section")
check(not any(secret.strip() in config + me.out for secret in first.values()), "no secret is printed, or stands in the config")
me.run(0, "reader", "import", "lab.csv")
check(me.out.count("there ") == COUNT and "keep no copy" not in me.out, "run again, it makes nothing")
check(secrets() == first and me.read(CONFIG) == config, "and changes no file")
me.run(0, "votes", "--reader", name(7), "--token-file", me.path(".config/pith/tokens", name(7)))
ways = json.loads(me.run(0, "readers", "--json"))["readers"]
check(len(ways) == COUNT + 1 and sum(one["recovery_codes"] == 1 and one["tokens"] == 1 and one["passphrases"] == 0 for one in ways) == COUNT, "a profile opens by its code and its token alone")

check("1 seed" in me.run(0, "votes", "--reader", "default", "--passphrase-file", "secret"), f"the first reader stays reachable: {me.out}")
me.run(2, "votes", "--passphrase-file", "secret")
check("--reader default" in me.err, f"which is said where a name is asked for: {me.err}")

# ---- mails ----

program = me.write("sendmail", f"#!/usr/bin/python3\nimport email, os, sys\nmail = sys.stdin.read()\nto = email.message_from_string(mail)['To']\n"
                   f"folder = '{me.path('spool')}/' + to\nos.makedirs(folder, exist_ok=True)\nopen(folder + '/' + str(len(os.listdir(folder))), 'w').write(mail)\n", 0o700)
me.run(3, "mail")
check("from" in me.err, f"what is missing is said: {me.err}")
me.run(0, "config", "set", "smtp.from", "pith@lab.example")
me.run(0, "config", "set", "mail.sendmail", program)
me.run(0, "mail")
check(me.out.count("  sent  ") == COUNT, f"each is sent: {me.out[:300]} {me.err[:300]}")
me.run(0, "reader", "add", "Late", "--mail", "late@lab.example")
me.run(0, "mail")
check(me.out.count("sent before") == COUNT and me.out.count("  sent  ") == 1, f"one added gets one, and nobody a second: {me.out[-200:]}")
spool = {address: os.listdir(me.path("spool", address)) for address in os.listdir(me.path("spool"))}
check(len(spool) == COUNT + 1 and all(len(mails) == 1 for mails in spool.values()), "fifty maildirs have one mail each")
text = me.read("spool", "reader7@lab.example", "0")
check("/t/" not in text and "Subject:" in text, "that links to no service, as there is none")

# ---- one removed, one renamed ----

me.run(2, "reader", "remove", name(3))
me.run(0, "reader", "remove", name(3), "--yes")
check(name(3) not in me.run(0, "reader", "list").splitlines()[3] and f'"{name(3)}"' not in me.read(CONFIG) and ("tokens", name(3)) not in secrets(), "one removed is gone, with all that opened it")
me.run(4, "reader", "remove", name(3), "--yes")
me.run(0, "reader", "rename", name(4), "Dr. No")
check(secrets()["tokens", "Dr. No"] == first["tokens", name(4)], "one renamed keeps token and code")
me.run(0, "votes", "--reader", "Dr. No", "--token-file", me.path(".config/pith/tokens/Dr. No"))
me.run(4, "votes", "--reader", name(4), "--passphrase-file", "secret")
me.run(4, "reader", "rename", "Dr. No", name(5))
me.run(4, "reader", "rename", name(4), name(6))
me.run(0, "mail")
check("failed" not in me.out and me.out.count("sent before") == COUNT, f"and is mailed nothing twice: {me.out[-300:]}")
check("default  (the reader without a name" in me.run(0, "reader", "list") and me.out.count("lab.example") == COUNT, f"all are listed: {me.out[-300:]}")
states = [json.loads(line) for line in me.run(0, "reader", "list", "--json").splitlines()]
check({one["state"] for one in states} == {"whole"}, "as whole")

# ---- wrong lines cost themselves alone ----

me.write("more.csv", 'name;mail;seed\nGood;good@lab.example;\nBad;not an address;\n;nobody@lab.example;\nGood;again@lab.example;\n"Torn;torn@lab.example;\na/b;slash@lab.example;\n'
         'Two;"two@lab.example, three@lab.example";\nSeedy;seedy@lab.example;none.bib\nFine;Fine One <fine@lab.example>;\n')
me.run(3, "reader", "import", "more.csv")
check(re.findall(r"more\.csv:(\d+):", me.err) == ["3", "4", "5", "6", "7", "8", "9"], f"each is named by its line: {me.err}")
check(me.out.count("made ") == 2 and "7 lines" in me.err, "the others are made")
check("Torn" not in me.read(CONFIG) and not os.listdir(me.path(".config/pith/making")), "nothing is left of the wrong ones")
for wrong in ("", ".hidden", "default", "id:1a2b3c4d", "a/b", 'a"b', "a\nb", " a", "x" * 201):
    me.run(2, "reader", "add", wrong)
me.run(3, "reader", "add", "Ann", "--mail", "ann@lab.example\nBcc: x@y")
me.run(2, "reader", "become", "Ann")
me.run(0, "reader", "add", "Good", "--mail", "better@lab.example")
check("changed" in me.out and "better@lab.example" in me.read(CONFIG), "another address is taken")

# ---- seeds, and lost tokens ----

me.write("library.bib", "@article{a, title={Folding proteins with kites}, author={Ben Cole}, year={2024}, doi={10.1/a}}\n")
me.run(0, "reader", "add", "Seeded", "--mail", "s@lab.example", "--seed", "library.bib")
check("1 seed" in me.run(0, "votes", "--token-file", me.path(".config/pith/tokens/Seeded")), "seeds count from the start")
me.run(0, "reader", "add", "Seeded", "--seed", "library.bib")
check("there" in me.out, "and are taken once")
os.rename(me.path(".config/pith/tokens/Seeded"), me.path("kept"))
me.run(4, "reader", "add", "Seeded")
check("does not open the profile" in me.err and not os.path.exists(me.path(".config/pith/tokens/Seeded")), f"a token that is gone is told, and nothing is made over: {me.err}")
check("no token" in me.run(0, "reader", "list"), "the list tells too")
os.rename(me.path("kept"), me.path(".config/pith/tokens/Seeded"))
me.run(0, "reader", "add", "Seeded")
me.write(".config/pith/tokens/Stray", "pith-token\n")
me.run(4, "reader", "add", "Stray")
check(me.read(".config/pith/tokens/Stray") == "pith-token\n", "a token of nobody is written over by nobody")
check.finish()
