#!/usr/bin/python3
"""Kills pith setup and pith reader at random moments, then runs them again: nothing is lost, nobody is locked out, no key is left in a stray file.
usage: kill_setup.py PITH [KILLS [SECONDS]]   KILLS (24) in all, fewer when SECONDS (120) are over."""
import json, os, random, subprocess, sys, time
from api_client import Checks, papers
from one_person import Person

kills = int(sys.argv[2]) if len(sys.argv) > 2 else 24
end = time.time() + (int(sys.argv[3]) if len(sys.argv) > 3 else 120)
chance, check = random.Random(1), Checks()
TODAY = time.strftime("%Y-%m-%d", time.gmtime())


def kill(person, words, longest):
    """Starts pith, and kills it before it is done, most of the time."""
    child = subprocess.Popen([person.pith, *words], env=person.env, cwd=person.home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(chance.random() * longest)
    child.kill()
    return child.wait() == -9


def took(person, words):
    start = time.time()
    person.run(0, *words)
    return time.time() - start


def files(person, *folder):
    path = person.path(*folder)
    return sorted(os.listdir(path)) if os.path.isdir(path) else []


# ---- readers of one home ----

lab = Person(sys.argv[1], check)
lab.write("today.jsonl", papers(per_topic=5, date=TODAY))
lab.run(0, "import", "today.jsonl")
library = lab.write("library.bib", "@article{a, title={Folding proteins with kites}, author={Ben Cole}, year={2024}, doi={10.1/a}}\n")


def add(name):
    return ["reader", "add", name, "--mail", "ann@lab.example", "--seed", library]


def whole(name):
    """One whose files open the profile, and nothing else does."""
    lab.run(0, "votes", "--token-file", lab.path(".config/pith/tokens", name))
    check("1 seed" in lab.out, f"{name} has its seed: {lab.out}")
    check(lab.read(".config/pith/recovery", name).count("-") > 3, f"{name} has a recovery code")


longest = took(lab, add("First"))
names, killed, done = ["First"], 0, 0
while done < kills * 2 // 3 and time.time() < end:
    name = f"Reader {done}"
    for _ in range(chance.choice((1, 1, 2))):
        killed += kill(lab, add(name), longest)
    lab.run(0, *add(name))
    whole(name)
    if chance.random() < 0.3:
        killed += kill(lab, ["reader", "rename", name, name + "b"], longest / 2)
        if f"tokens/{name}b" not in lab.read(".config/pith/config") or name in files(lab, ".config/pith/tokens"):
            lab.run(0, "reader", "rename", name, name + "b")
        name += "b"
        whole(name)
    names.append(name)
    if chance.random() < 0.3:
        killed += kill(lab, ["reader", "remove", name, "--yes"], longest / 2)
        lab.run(0 if f'"{name}"' in lab.read(".config/pith/config") or name in files(lab, ".config/pith/tokens") + files(lab, ".config/pith/recovery") else 4, "reader", "remove", name, "--yes")
        names.remove(name)
    done += 1
ways = json.loads(lab.run(0, "readers", "--json"))["readers"]
check(len(ways) == len(names), f"{len(names)} readers are here, not {len(ways)}")
check(all((one["recovery_codes"], one["tokens"], one["passphrases"]) == (1, 1, 0) for one in ways), f"each opens by one code and one token: {ways}")
check(files(lab, ".config/pith/tokens") == files(lab, ".config/pith/recovery") == sorted(names), "and no stray file holds a key")
check(not files(lab, ".config/pith/making"), "nor what they were made by")
check(all(json.loads(line)["state"] == "whole" for line in lab.run(0, "reader", "list", "--json").splitlines()), "all are whole")

# ---- one person's setup ----

turn = 0
while turn < kills - kills * 2 // 3 and time.time() < end:
    me = Person(sys.argv[1], check)
    me.write("today.jsonl", papers(per_topic=5, date=TODAY))
    me.write("secret", "correct horse battery\n")
    me.run(0, "import", "today.jsonl")
    unlock = chance.choice(("yes", "no"))
    words = ["setup", "--passphrase-file", "secret", "--strength", "interactive", "--fetch", "no", "--seed", "protein folding", "--mail", "~/Maildir", "--unlock", unlock]
    for _ in range(chance.choice((1, 1, 2))):
        killed += kill(me, words, longest * 2)
    me.run(0, *words)
    me.run(0, "votes", "--passphrase-file", "secret")
    check("1 seed" in me.out, f"the seed stands once: {me.out}")
    me.run(0, "digest", "--send")
    check(len(files(me, "Maildir/new")) == 1, "the mail comes")
    ways = json.loads(me.run(0, "readers", "--json"))["readers"]
    check(len(ways) == 1 and (ways[0]["passphrases"], ways[0]["key_files"], ways[0]["tokens"]) == (1, unlock == "yes", unlock == "no"), f"one profile, and no way in too many: {ways}")
    turn += 1
print(f"{killed} kills of {done} readers and {turn} setups")
check(killed > 0, "some were killed before they were done")
check.finish()
