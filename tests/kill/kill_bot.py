#!/usr/bin/python3
"""Kills the service and the mail bot at random moments: no digest is lost, no vote that was acknowledged, and none stands in a mailbox twice.
usage: kill_bot.py PITH PITH_SERVE [KILLS [SECONDS]]   KILLS (100) in all, fewer when SECONDS (70) are over."""
import collections, datetime, email, json, os, random, subprocess, sys, tempfile, threading, time
from api_client import Server, papers, private_file
from mail_server import Mailbox

pith, serve = map(os.path.abspath, sys.argv[1:3])
kills = int(sys.argv[3]) if len(sys.argv) > 3 else 100
seconds = int(sys.argv[4]) if len(sys.argv) > 4 else 70
chance = random.Random(1)
scratch = tempfile.TemporaryDirectory()
today = datetime.datetime.now(datetime.timezone.utc).date()
READERS = ("ann", "ben", "cal", "dan", "eve", "fay", "gus", "hal")
DAYS = 14  # a digest can be sent for so long


def write(name, text):
    return private_file(scratch.name, name, text)


class Voter(threading.Thread):
    """Votes all the time, and remembers what was acknowledged; what was cut off may count or not."""

    def __init__(self):
        super().__init__(daemon=True)
        self.chance, self.known, self.open = random.Random(2), {}, {}
        self.ended = False

    def run(self):
        while not self.ended:
            reader, number = self.chance.choice(READERS), self.chance.randrange(120)
            paper, vote = f"arxiv:2401.{1000 + number:05d}", self.chance.choice(("up", "down"))
            self.open.setdefault((reader, paper), set()).add(vote)
            try:
                if server.ask("PUT", f"/v1/me/votes/{paper}", tokens[reader], {"vote": vote}, checked=False).status == 200:
                    self.known[reader, paper], self.open[reader, paper] = vote, set()
            except OSError:
                pass
            time.sleep(0.1)


def bot(day):
    return subprocess.Popen([pith, "mail", "--json", "--config", config, "--date", day], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(day):
    """Runs until everything is done, as the next run of a timer would."""
    run = bot(day)
    out, err = run.communicate(timeout=120)
    assert run.returncode == 0, f"{day}: a run that nobody killed failed: {err}{out}"
    return [json.loads(line)["outcome"] for line in out.splitlines()]


def killed(day):
    """Starts the bot and kills it, or the service under it; true when that came in time."""
    run = bot(day)
    time.sleep(chance.random() * usual / 2)
    if chance.random() < 0.7:
        came = run.poll() is None
        run.kill()
        run.communicate()
        return came
    server.process.kill()
    server.process.communicate()
    server.start(server.port)
    run.communicate(timeout=120)
    return True


box = Mailbox()
box.slow = 0.05
box.start()
server = Server(serve, "--rate", "0", "--quiet")
server.ask("POST", "/v1/listings", server.operator, papers(first=1000, date=(today - datetime.timedelta(DAYS + 1)).isoformat()))
server.ask("POST", "/v1/listings", server.operator, papers(first=2000, date=(today - datetime.timedelta(DAYS)).isoformat()))
tokens = {name: server.reader(name, scopes=["rank", "vote"]) for name in READERS}
for token in tokens.values():
    server.ask("PUT", "/v1/me/settings", token, {"cost": 0})
text = f"[server]\nurl = http://127.0.0.1:{server.port}\n[smtp]\nurl = smtp://127.0.0.1:{box.port}\nfrom = pith@lab.example\nstarttls = no\nretries = 3\n"
text += f"[mail]\njournal = {scratch.name}/journal.jsonl\n"
for name in READERS:
    text += f'[reader "{name}"]\naddress = {name}@lab.example\ntoken-file = {write(name, tokens[name])}\n'
config = write("mail.conf", text)

days = [(today - datetime.timedelta(DAYS - 1 - n)).isoformat() for n in range(DAYS)]
finish(days[0])
start = time.monotonic()
finish(days[1])
usual = time.monotonic() - start
voter = Voter()
voter.start()
done, used = 0, 2
end = time.monotonic() + seconds
while done < kills and used < len(days) and time.monotonic() < end:
    for _ in range(16):
        done += killed(days[used])
    outcomes = finish(days[used])
    assert set(outcomes) <= {"sent", "sent again", "sent before", "told"}, outcomes
    used += 1
voter.ended = True
voter.join()

# ---- what is left ----

for (reader, paper), vote in voter.known.items():
    standing = server.ask("GET", f"/v1/me/votes/{paper}", tokens[reader]).json["vote"]
    assert standing in {vote} | voter.open[reader, paper], f"{reader} had voted {vote} on {paper}, and {standing} stands"
boxes = collections.defaultdict(list)
for address, content in box.messages:
    boxes[address, email.message_from_bytes(content)["Message-ID"]].append(content)
for name, token in tokens.items():
    states = {digest["date"]: digest["state"] for digest in server.ask("GET", "/v1/me/digests", token).json["digests"]}
    assert all(states[day] == "sent" for day in days[:used]), f"{name}: a digest was lost: {states}"
    assert sum(address == f"{name}@lab.example" for address, _ in boxes) == used, f"{name} has another number of mails than days"
doubts, last = collections.Counter(), {}
for line in open(os.path.join(scratch.name, "journal.jsonl")):
    entry = json.loads(line)
    key = f"{entry['reader']}@lab.example", entry["message_id"]
    if entry["event"] == "handing over" and last.get(key) == "handing over":
        doubts[key] += 1
    assert not (entry["event"] == "handing over" and last.get(key) in ("sent", "told")), f"{key} was handed over after it was known to be sent"
    last[key] = entry["event"]
repeats = 0
for key, copies in boxes.items():
    repeats += len(copies) - 1
    assert len(set(copies)) == 1, f"{key}: a repeat is not the same mail"
    assert len(copies) - 1 <= doubts[key], f"{key} was sent twice, and nothing was in doubt"
assert done > 0, "no kill came in time: nothing was shown"
box.stop()
server.process.kill()
print(f"{done} kills, {used} days of {len(READERS)} readers: {len(boxes)} digests, none lost, none twice in a mailbox; "
      f"{sum(doubts.values())} hand-overs in doubt, {repeats} of them repeats on the wire, each the same to the byte; {len(voter.known)} votes acknowledged, none lost")
