#!/usr/bin/python3
"""A lab's morning, end to end: service, bot, mail server, and readers who scan, click, take back, answer and unsubscribe.
usage: scenario_digest.py PITH PITH_SERVE"""
import datetime, email, email.policy, json, os, re, socket, subprocess, sys, tempfile
import browser
from api_client import ROOT, Checks, Server, papers, private_file
from mail_server import Mailbox

pith, serve = map(os.path.abspath, sys.argv[1:3])
check = Checks()
scratch = tempfile.TemporaryDirectory()
today = datetime.datetime.now(datetime.timezone.utc).date()
day, before = today.isoformat(), (today - datetime.timedelta(1)).isoformat()
READERS = ("ann", "ben", "cal")


def write(name, text):
    return private_file(scratch.name, name, text)


def command(code, *arguments, home=True, **more):
    run = subprocess.run([pith, *(("--home", server.home) if home else ()), *arguments], capture_output=True, text=True, **more)
    check(run.returncode == code, f"pith {arguments[:3]} gave {run.returncode}: {run.stderr}{run.stdout}")
    return run.stdout


def bot():
    out = command(0, "mail", "--json", "--config", config, home=False)
    return {line["reader"]: line["outcome"] for line in map(json.loads, out.splitlines())}


def ranked(token):
    return [paper["key"] for paper in server.ask("GET", "/v1/me/ranking?limit=50", token).json["papers"]]


box = Mailbox()
box.start()
server = Server(serve, "--quiet", "--rate", "0")
base = f"http://127.0.0.1:{server.port}"
server.ask("POST", "/v1/listings", server.operator, papers(first=1000, date=before))
server.ask("POST", "/v1/listings", server.operator, papers(first=2000, date=day))
tokens = {name: server.reader(name, scopes=["rank", "vote"]) for name in READERS}
files = {name: write(name, token + "\n") for name, token in tokens.items()}
votes = [{"id": f"arxiv:2401.{1000 + n:05d}", "vote": "up" if n % 4 == 1 else "down", "date": before} for n in range(60)]
for token in tokens.values():
    server.ask("POST", "/v1/me/votes", token, {"votes": votes})

# ---- settings and a look, on the command line ----

for name in READERS:
    shown = command(0, "settings", "likes=4", "cost=0", "explore=1", "--json", "--token-file", files[name])
    check(json.loads(shown)["likes"] == 4 and json.loads(shown)["cost"] == 0, "settings are set")
check("likes      4" in command(0, "settings", "--token-file", files["ann"]), "and shown")
for bad in ("likes=0", "likes=many", "most=1.5", "mail=perhaps", "colour=red", "announced=old", "likes"):
    command(2, "settings", bad, "--token-file", files["ann"])
check("For you" in command(0, "digest", "--token-file", files["ann"]), "a digest is looked at")
check(json.loads(command(0, "digest", "--json", "--date", day, "--token-file", files["ann"]))["state"] == "open", "which claims nothing")
command(2, "digest", "--date", "2999-01-01", "--token-file", files["ann"])

# ---- mailed ----

config = write("mail.conf", f"[server]\nurl = {base}\n[smtp]\nurl = smtp://127.0.0.1:{box.port}\nfrom = pith <pith@lab.example>\nstarttls = yes\nretries = 2\n[mail]\njournal = "
               f"{scratch.name}/journal.jsonl\n" + "".join(f'[reader "{name}"]\naddress = {name}@lab.example\ntoken-file = {name}\n' for name in READERS[:2]))
check(bot() == {"ann": "sent", "ben": "sent"}, "two digests are mailed")
check(bot() == {"ann": "sent before", "ben": "sent before"} and len(box.messages) == 2, "once")
environment = {**os.environ, "PITH_URL": base, "PITH_FROM": "pith@lab.example", "SMTP_URL": f"smtp://127.0.0.1:{box.port}"}
roster = write("readers", f"ben ben@lab.example {files['ben']}\ncal cal@lab.example {files['cal']}\n")
shell = [os.path.join(ROOT, "api/examples/mail-bot.sh"), roster]
run = subprocess.run(shell, capture_output=True, text=True, env=environment)
check(run.returncode == 0 and run.stdout == "ben: sent\ncal: claimed\ncal: sent\n", f"the bot in shell sends the third, and nothing twice: {run.stdout}{run.stderr}")
check(len(box.messages) == 3 and subprocess.run(shell, capture_output=True, env=environment).returncode == 0 and len(box.messages) == 3, "once")
bad = write("bad", f"dan dan@lab.example {write('nobody', 'pith_nothing')}\n" + open(roster).read())
run = subprocess.run([shell[0], bad], capture_output=True, text=True, env=environment)
check(run.returncode == 1 and "dan: failed" in run.stderr and "cal: sent" in run.stdout, "one that fails costs it no other")
check(not any(token in run.stderr + run.stdout for token in tokens.values()), "and it prints no token")
mails = {to: email.message_from_bytes(content, policy=email.policy.default) for to, content in box.messages}
check(all(mail["To"] == to for to, mail in mails.items()), "each to its reader")
mail = mails["ann@lab.example"]
markup, text = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))
digest = server.ask("GET", f"/v1/me/digest?date={day}", tokens["ann"]).json

# ---- a scanner looks at every link ----

standing = server.ask("GET", "/v1/me", tokens["ann"]).json["digest"]
links = sorted(set(re.findall(re.escape(base) + r"/[tu]/[\w/-]+", markup + text)))
check(len(links) > 2 * len(digest["papers"]), "the mail has links")
for link in links:
    for method in ("GET", "HEAD"):
        check(server.ask(method, link[len(base):], checked=False).status == 200, f"{method} of a link")
check(server.ask("GET", "/v1/me", tokens["ann"]).json["digest"] == standing and server.ask("GET", "/v1/me/settings", tokens["ann"]).json["mail"], "changes nothing")

# ---- the text, an answer by mail ----

check(all(paper["title"].split()[0] in text for paper in digest["papers"]) and base in text, "the text part has the papers, and links")
answer = write("answer.eml", f"From: ann@lab.example\r\nTo: pith@lab.example\r\nMessage-ID: <1@lab.example>\r\nSubject: Re: papers\r\nIn-Reply-To: {mail['Message-ID']}\r\n\r\n2+ 3-\r\n")
check("up   2\n" in command(0, "vote", "--from-mail", answer), "an answer votes, and nothing was unlocked")
check(json.loads(command(0, "vote", "--json", "--from-mail", "-", input=open(answer).read()))["known"], "the same mail again changes nothing")
stands = server.ask("GET", "/v1/me/votes/" + digest["papers"][1]["key"], tokens["ann"]).json["vote"]
check(stands == "up", "it counts at the next unlock")
command(3, "vote", "--from-mail", write("empty.eml", "From: ann@lab.example\r\n\r\nthank you\r\n"))
command(2, "vote")

# ---- a browser ----

if browser.installed():
    first = ranked(tokens["ann"])
    paper = digest["papers"][0]
    seen = browser.Browser()
    seen.open("file://" + write("mail.html", markup))
    check(seen.shows(paper["title"][:20]), "the mail is shown")
    seen.click(f'a[href*="{paper["down"]}"]')
    check(seen.shows("Is this paper not for you?"), "a thumb leads to a page that asks")
    check(server.ask("GET", "/v1/me/votes/" + paper["key"], tokens["ann"]).status == 404, "so far nothing is recorded")
    seen.click("button")
    check(seen.shows("This paper is not for you"), "its button says that it is done")
    changed = ranked(tokens["ann"])
    check(server.ask("GET", "/v1/me/votes/" + paper["key"], tokens["ann"]).json["vote"] == "down" and changed != first, "the next ranking is another")
    seen.click("button")
    check(seen.shows("Taken back"), "it can be taken back")
    check(server.ask("GET", "/v1/me/votes/" + paper["key"], tokens["ann"]).status == 404 and ranked(tokens["ann"]) == first, "without a trace")
    loads = 1
    for following in digest["papers"][1:4]:  # a vote a load from here on
        check(seen.shows("The next one of this mail") and seen.shows(following["title"]), "the page offers the next paper of the mail")
        seen.click(".pair form:first-child button")
        loads += 1
        check(seen.wait(f"document.querySelector('blockquote').innerText.includes({json.dumps(following['title'])})") and seen.shows("You like this paper"), "and says so")
        check(server.ask("GET", "/v1/me/votes/" + following["key"], tokens["ann"]).json.get("vote") == "up", "one click votes on it")
    check(loads == 4, "a vote is a load")
    seen.close()
else:
    print("no browser: chromium and chromium-driver are not installed, so the pages were not clicked through")

# ---- one click to end it ----

stop = mail["List-Unsubscribe"].strip("<>")
check(mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", "the mail can be ended by one click")
answer = server.ask("POST", stop[len(base):], body="List-Unsubscribe=One-Click", headers={"Content-Type": "application/x-www-form-urlencoded"})
check(answer.status == 200, "which a mail program sends")
later = command(0, "mail", "--json", "--config", config, "--date", before, home=False)
check([json.loads(line)["outcome"] for line in later.splitlines()][0] == "off" and not server.ask("GET", "/v1/me/settings", tokens["ann"]).json["mail"], f"the next claim is off: {later}")
check(json.loads(command(0, "settings", "mail=on", "--json", "--token-file", files["ann"]))["mail"], "and on again by the reader")
check(subprocess.run([pith, "serve", "--help"], capture_output=True, text=True).stdout.startswith("pith serve:"), "pith serve is the service")
check(subprocess.run([pith, "serve", "--home", server.home, "--listen", "nowhere"], capture_output=True).returncode == 2, "and gets its options")
server.stop()
with socket.create_server(("127.0.0.1", 0)) as listening:
    service = subprocess.Popen(["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" serve --home "$1" 3<&'
                                + str(listening.fileno()), pith, server.home], pass_fds=[listening.fileno()], stderr=subprocess.DEVNULL)
    server.port = listening.getsockname()[1]
    check(server.ask("GET", "/healthz").json["status"] == "ok", "it takes a socket that systemd hands over")
    service.terminate()
    check(service.wait(60) == 0, "and ends when it is told to")
box.stop()
check.finish()
