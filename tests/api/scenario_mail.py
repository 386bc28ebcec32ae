#!/usr/bin/python3
"""The daily digest as a mail bot sends it and a reader uses it: claimed, mailed, scanned by prefetchers, voted on by its links and by an
answer, unsubscribed from; and the feeds. Every answer is held against api/openapi.json.
usage: scenario_mail.py PITH_SERVE"""
import datetime, email, email.policy, html.parser, json, re, sys, urllib.parse, xml.etree.ElementTree
from api_client import Checks, Server, name, papers, unasked

BASE = "https://pith.example.org/mine"
HOSTILE = ["<script>alert(1)</script> protein folding \"quoted\" & 'single' enzyme", "protein \u202efolding \u05d0\u05d1\u05d2 residue enzyme", "Protein " * 200,
           "Protein folding =?UTF-8?Q?Subject?= residue\u2028enzyme \U0001f9ec structure"]
check = Checks()
server = Server(sys.argv[1], "--base-url", BASE)
operator = server.operator
today = datetime.datetime.now(datetime.timezone.utc).date()
day, before = today.isoformat(), (today - datetime.timedelta(1)).isoformat()


def listing(date, first, titles=()):
    """A listing of that day, some of its titles replaced."""
    lines = [json.loads(line) for line in papers(first=first, date=date).splitlines()]
    for line, title in zip(lines[1::4], titles):
        line["title"] = title
    return "\n".join(map(json.dumps, lines)) + "\n"


def path(link):
    check(link.startswith(BASE + "/"), f"links begin with the base URL: {link}")
    return link[len(BASE):]


class Page(html.parser.HTMLParser):
    """Links, forms and text of a document; what is never closed; what would be loaded or run."""

    def __init__(self, text):
        super().__init__()
        self.links, self.forms, self.open, self.loaded, self.words, self.broken = [], [], [], [], "", False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag in ("script", "img", "link", "iframe", "object", "embed", "video", "audio") or any(a.startswith("on") or a in ("src", "background") for a in attributes):
            self.loaded.append(tag)
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "form":
            self.forms.append(attributes)

    def handle_endtag(self, tag):
        self.broken = self.broken or not self.open or self.open.pop() != tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self.open):
            self.words += data

    @property
    def good(self):
        return not self.broken and not self.open and not self.loaded


def page(method, target, **more):
    """Asks for a page: its status, and what is on it."""
    answer = server.ask(method, target, **more)
    check(answer.headers["content-type"].startswith("text/html") and answer.headers["cache-control"] == "no-store" and "noindex" in answer.headers["x-robots-tag"],
          f"{method} {target[:4]} gives a page that nobody keeps")
    seen = Page(answer.body.decode())
    check(seen.good, f"{method} {target[:4]} is whole, loads nothing and runs nothing")
    return answer.status, seen


# ---- a reader with a taste, and what they want ----

server.ask("POST", "/v1/listings", operator, listing(before, 1000))
check(server.ask("POST", "/v1/listings", operator, listing(day, 2000, HOSTILE)).json["added"] == 120, "today's listing comes in, odd titles too")
ann, ben = server.reader("Ann"), server.reader("Ben")
votes = [{"id": f"arxiv:2401.{1000 + n:05d}", "vote": "up" if n % 4 == 1 else "down", "date": before} for n in range(60)]
check(server.ask("POST", "/v1/me/votes", ann, {"votes": votes}).json["recorded"] == 60, "Ann has voted")
first = server.ask("GET", "/v1/me/settings", ann).json
check(first["mail"] and "new" in first["announced"], "digests are wanted until one says otherwise")
changed = server.ask("PUT", "/v1/me/settings", ann, {"likes": 4, "explore": 1, "cost": 0, "announced": ["new"]}).json
check(changed == {**first, "likes": 4, "explore": 1, "cost": 0, "announced": ["new"]}, "some settings change, the others stay")
check(server.ask("PUT", "/v1/me/settings", ann, {}).json == changed == server.ask("GET", "/v1/me/settings", ann).json, "nothing given, nothing changed")
for bad in ({"likes": 0}, {"likes": 101}, {"likes": "4"}, {"most": 0}, {"most": 2.5}, {"most": -1}, {"most": 201}, {"cost": -1}, {"explore": 3}, {"missed": 21}, {"mail": 1},
            {"announced": []}, {"announced": ["old"]}, {"announced": [1]}, {"colour": "red"}, {"likes": 5, "most": 10**9}):
    check(server.ask("PUT", "/v1/me/settings", ann, bad).status == 422, f"no settings: {bad}")
check(server.ask("GET", "/v1/me/settings", ann).json == changed, "and none of that was kept")

# ---- looked at ----

look = server.ask("GET", f"/v1/me/digest?date={day}", ann)
check(look.json["state"] == "open" and look.json["probabilities"] and look.json["listed"] == 120, "a digest to look at")
sections = [p["section"] for p in look.json["papers"]]
check(sections.count("for_you") >= 3 and sections.count("explore") <= 1 and sorted(sections, key=["for_you", "explore", "missed"].index) == sections, "its sections in order")
check([p["number"] for p in look.json["papers"]] == list(range(1, len(sections) + 1)), "numbered through")
look = server.ask("GET", f"/v1/me/digest?date={day}", ann)  # the first one left a fitted model behind
check(server.ask("GET", f"/v1/me/digest?date={day}", ann, headers={"If-None-Match": look.headers["etag"]}).status == 304, "nothing changed since")
for form, kind in (("html", "text/html"), ("text", "text/plain"), ("eml", "message/rfc822"), ("json", "application/json")):
    for _ in range(2):
        answer = server.ask("GET", f"/v1/me/digest?date={day}&format={form}", ann)
        check(answer.headers["content-type"].startswith(kind) and answer.headers["etag"], f"as {form}, kept or not")
check(server.ask("GET", "/v1/me/digests", ann).json == {"digests": []}, "looking keeps nothing")
for bad in ("date=soon", "date=2999-01-01", "format=pdf", "from=ann@example.org", "format=html&to=ann@example.org", "format=eml&to=ann", "format=eml&to=a@example.org,b@example.org",
            "format=eml&from=%22Ann%22%20Lee%22%20%3Ca@example.org%3E"):
    check(server.ask("GET", "/v1/me/digest?" + bad, ann).status == 422, f"?{bad} cannot be used")
check(server.ask("GET", "/v1/me/digest?format=eml&to=a@example.org%0d%0aBcc:b@example.org", ann).status == 400, "a header cannot be put in")

# ---- claimed and mailed ----

check(server.ask("PUT", f"/v1/me/digests/{day}", ann, {"state": "sent"}).status == 404, "what was not claimed cannot have been sent")
for target, body in ((f"/v1/me/digests/{day}", {"state": "open"}), ("/v1/me/digests/soon", {"state": "claimed"}), ("/v1/me/digests/2999-01-01", {"state": "claimed"}), (f"/v1/me/digests/{day}", {})):
    check(server.ask("PUT", target, ann, body).status == 422, f"no state: {target} {body}")
claimed = server.ask("PUT", f"/v1/me/digests/{day}", ann, {"state": "claimed"}).json
check(claimed["state"] == "claimed" and claimed["papers"] == len(sections) and claimed["message_id"].endswith("@pith.example.org>"), "claimed")
check(server.ask("PUT", f"/v1/me/digests/{day}", ann, {"state": "claimed"}).json == claimed, "claimed again, it is the same")
whole = f"/v1/me/digest?date={day}&format=eml&from=" + urllib.parse.quote("Papers, daily <pith@example.org>".replace("Papers, daily", '"Papers, daily"')) + "&to=" + urllib.parse.quote("J\u00f6rg <ann@example.org>")
raw = server.ask("GET", whole, ann).body
server.ask("PUT", "/v1/me/votes/arxiv:2401.01061", ann, {"vote": "up"})
check(server.ask("GET", whole, ann).body == raw, "the same bytes, whatever changed meanwhile")
check(raw.isascii() and b"\0" not in raw and max(map(len, raw.split(b"\r\n"))) < 998 and raw.count(b"\n") == raw.count(b"\r\n"), "in lines of ASCII")
mail = email.message_from_bytes(raw, policy=email.policy.default)
text, markup = (mail.get_body((kind,)) for kind in ("plain", "html"))
check(not mail.defects and not text.defects and not markup.defects and [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"], "a whole mail: text, then HTML")
check(mail["From"].addresses[0].display_name == "Papers, daily" and mail["To"].addresses[0].display_name == "J\u00f6rg" and mail["To"].addresses[0].addr_spec == "ann@example.org", "with its addresses")
check(mail["Message-ID"] == claimed["message_id"] and mail["List-Id"].endswith("<digest.pith.example.org>") and mail["Auto-Submitted"] == "auto-generated", "and the headers of a list")
check(mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", "that one click ends")
stop = path(mail["List-Unsubscribe"][1:-1])
digest = server.ask("GET", f"/v1/me/digest?date={day}", ann).json
check(f"{sections.count('for_you')} papers for you" in mail["Subject"] and len(mail["Subject"]) < 150, "its subject says how many")
body = Page(markup.get_content())
check(body.good, "its HTML is whole, loads nothing and runs nothing")
plain = re.sub(r"\s+", " ", text.get_content())
for paper in digest["papers"]:
    check(paper["title"][:40] in body.words and paper["reason"] in body.words, f"the HTML has paper {paper['number']}")
    check(paper["title"].split()[0] in plain and paper["url"] in plain and paper["up"] in plain and paper["down"] in plain, f"the text has paper {paper['number']}")
    check(f"{100 * paper['probability']:.0f}%" in body.words, "with its chance")
links = [link for link in body.links if link.startswith((BASE + "/t/", BASE + "/u/"))]
check(len(links) == 2 * len(digest["papers"]) + 1 and all(link in text.get_content() for link in links), "the text has all links of the HTML")

# ---- scanned ----

standing = server.ask("GET", "/v1/me", ann).json["digest"]
for link in links:
    check(page("GET", path(link))[0] == 200, "a link shows a page")
    check(server.ask("HEAD", path(link), checked=False).status == 200, "or its head")
check(server.ask("GET", "/v1/me", ann).json["digest"] == standing and server.ask("GET", "/v1/me/settings", ann).json == changed, "looking changes nothing")

# ---- voted on ----

one, two = digest["papers"][0], digest["papers"][1]
up, down = "/t/" + one["up"], "/t/" + one["down"]


def vote(paper):
    answer = server.ask("GET", "/v1/me/votes/" + urllib.parse.quote(paper["key"], safe=":"), ann)
    return answer.json["vote"] if answer.status == 200 else None


status, seen = page("GET", up)
check("Do you like" in seen.words and one["title"][:30] in seen.words and len(seen.forms) == 1, "a page says what its button does")
target = urllib.parse.urljoin(up, seen.forms[0]["action"])
check(seen.forms[0]["method"] == "post" and target == up, "which sends to the same address")
status, seen = page("POST", target, body="", headers={"Content-Type": "application/x-www-form-urlencoded"})
check(status == 200 and "You like this paper" in seen.words, "it is recorded")
check(page("POST", up)[0] == 200 and "You like" in page("GET", up)[1].words, "once, and the page knows")
back = urllib.parse.urljoin(up, seen.forms[0]["action"])
check(back == up + "/undo" and vote(one) == "up", "at the next unlock it counts")
status, seen = page("POST", back)
check(status == 200 and "Taken back" in seen.words and vote(one) is None, "it can be taken back")
check(page("POST", back)[0] == 200 and vote(one) is None and urllib.parse.urljoin(back, seen.forms[0]["action"]) == up, "once, and given again")
check("Do you like" in page("GET", back)[1].words, "a browser that comes back to that address finds a page")
page("POST", up)
status, seen = page("GET", back)
check("You like" in seen.words and urllib.parse.urljoin(back, seen.forms[0]["action"]) == back, "as things stand")
page("POST", back)
check(vote(one) is None, "taken back before it was looked at, it never was")
page("POST", up)
page("POST", down)
check(vote(one) == "down", "the later thumb stands")
page("POST", down + "/undo")
check(vote(one) == "up", "what stood before stands again")
check(server.ask("PUT", f"/v1/me/digests/{day}", ann, {"state": "sent"}).json == {**claimed, "state": "sent"}, "it was sent")
check(server.ask("PUT", f"/v1/me/digests/{day}", ann, {"state": "sent"}).status == 200 and server.ask("PUT", f"/v1/me/digests/{day}", ann, {"state": "claimed"}).json["state"] == "sent", "once")
check(server.ask("GET", "/v1/me/digests", ann).json == {"digests": [{"date": day, "state": "sent", "papers": len(sections)}]}, "and is listed")
check(server.ask("GET", whole, ann).body == raw, "the mail is still the same")

# ---- answered ----

def answer_mail(words, head=f"In-Reply-To: {claimed['message_id']}", **more):
    mail = f"From: Ann <ann@example.org>\r\nTo: pith@example.org\r\nMessage-ID: <{abs(hash(words))}@example.org>\r\nSubject: Re: {mail_subject}\r\n{head}\r\n\r\n{words}\r\n"
    return server.ask("POST", "/v1/replies", body=mail.encode(), headers={"Content-Type": "message/rfc822"}, **more)


offered = "&format=eml&answers=yes&reply_to=Votes%20%3Cvotes%40example.org%3E"
mail = server.ask("GET", whole.split("&format")[0] + offered, ann).body.decode()
check("answering this mail" in " ".join(mail.replace("=\r\n", "").split()) and "Reply-To: pith <votes@example.org>" in mail, "a mail says that it can be answered where that is asked for")
check(server.ask("GET", whole.split("&format")[0] + "&format=eml&answers=perhaps", ann).status == 422, "by yes or no")
mail_subject = "3 papers"
reply = answer_mail("2+ 3-\r\n\r\n> 1. A paper\r\n> 4+\r\n")
check(reply.json["date"] == day and reply.json["votes"] == [{"number": 2, "vote": "up"}, {"number": 3, "vote": "down"}] and not reply.json["known"], "an answer votes by number")
check(vote(two) == "up" and vote(digest["papers"][2]) == "down", "at the next unlock it counts")
check(answer_mail("2+ 3-\r\n\r\n> 1. A paper\r\n> 4+\r\n").json["known"], "the same mail again does not")
check(answer_mail("Thank you!").status == 422 and answer_mail("1+", "X-Nothing: here").status == 404, "no votes; no digest")
check(server.ask("POST", "/v1/replies", body="2+", headers={"Content-Type": "application/json"}).status == 415, "no mail")
unchanged = "\r\n".join([f"In-Reply-To: {claimed['message_id']}", "Message-ID: <quoted@example.org>", "", ""]) + "Interesting.\r\n\r\n-----Original Message-----\r\n" + text.get_content().replace("\n", "\r\n")
check(server.ask("POST", "/v1/replies", body=unchanged.encode(), headers={"Content-Type": "text/plain"}).status == 422, "a digest quoted unmarked votes for nothing")

# ---- unsubscribed from ----

status, seen = page("GET", stop)
check("Unsubscribe" in seen.words and server.ask("GET", "/v1/me/settings", ann).json["mail"], "a page to unsubscribe on, and no more")
one_click = {"body": "List-Unsubscribe=One-Click", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
status, seen = page("POST", stop, **one_click)
check(status == 200 and "You are unsubscribed" in seen.words, "one click ends it")
check(not server.ask("GET", "/v1/me/settings", ann).json["mail"], "as settings tell")
check(server.ask("PUT", f"/v1/me/digests/{before}", ann, {"state": "claimed"}).json["state"] == "off", "there is nothing to send then")
check(page("POST", stop, **one_click)[0] == 200 and "You are unsubscribed" in page("GET", stop)[1].words, "again changes nothing")
check("You are unsubscribed" in page("GET", stop + "/undo")[1].words and not server.ask("GET", "/v1/me/settings", ann).json["mail"], "nor does a look at the way back")
status, seen = page("POST", stop + "/undo")
check(status == 200 and server.ask("GET", "/v1/me/settings", ann).json == changed, "subscribed again, all else as it was")
multipart = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
page("POST", stop, body=multipart, headers={"Content-Type": "multipart/form-data; boundary=x"})
check(not server.ask("GET", "/v1/me/settings", ann).json["mail"], "by a form in parts, too")
server.ask("PUT", "/v1/me/settings", ann, {"mail": True})
check(server.ask("POST", stop, body="x" * 5000).status == 413, "a body larger than any form")

# ---- forged, of another kind, too old ----

for ticket in ("x", up[3:-1], up[3:-1] + ("A" if up[-1] != "A" else "B"), stop[3:], digest["reply"], "A" * 90, "%3Cscript%3E", ann):
    status, seen = page("GET", "/t/" + ticket)
    check(status == 404 and "leads nowhere" in seen.words and page("POST", "/t/" + ticket)[0] == 404 and page("POST", f"/t/{ticket}/undo")[0] == 404, f"no ticket: {ticket[:12]}")
for ticket in (up[3:], digest["reply"], "x"):
    check(page("GET", "/u/" + ticket)[0] == 404 and page("POST", "/u/" + ticket, **one_click)[0] == 404, "nor one that unsubscribes")
check(page("GET", up + "?utm_source=x")[0] == 400, "nothing is added to a link")
server.ask("POST", "/v1/listings", operator, listing("2024-01-03", 3000))
check(server.ask("PUT", "/v1/me/digests/2024-01-03", ann, {"state": "claimed"}).status == 422, "a digest of long ago is not mailed")
old = server.ask("GET", "/v1/me/digest?date=2024-01-03", ann).json
check(old["state"] == "open" and len(old["papers"]) > 0, "but can be looked at")
status, seen = page("GET", "/t/" + old["papers"][0]["up"])
check(status == 403 and "too old" in seen.words and page("POST", "/t/" + old["papers"][0]["up"])[0] == 403, "its thumbs are past their last day")
check(old["reply"] is None, "and what was never mailed is not answered")

# ---- nobody else's ----

check(server.ask("GET", "/v1/me/digests", ben).json == {"digests": []}, "what Ann claimed is not Ben's")
others = server.ask("GET", f"/v1/me/digest?date={day}", ben).json
check(others["state"] == "open" and not others["learned"] and not others["probabilities"] and all(p["probability"] is None for p in others["papers"]), "Ben's is his own")
check(not {p["up"] for p in others["papers"]} & {p["up"] for p in digest["papers"]}, "no ticket is both's")
reading = server.ask("POST", "/v1/me/tokens", ann, {"label": "feeds", "scopes": ["rank"]}).json["secret"]
limited = server.ask("GET", f"/v1/me/digest?date={day}", reading).json
check(all(p["up"] is None and p["down"] is None for p in limited["papers"]) and limited["reply"] is None, "who may only rank gets no thumbs")
check(server.ask("GET", "/v1/me/settings", reading).status == 403 and server.ask("PUT", "/v1/me/settings", reading, {"mail": False}).status == 403, "nor the settings")
for method, target, sent in (("GET", "/v1/me/digest", None), ("GET", "/v1/me/digests", None), ("PUT", f"/v1/me/digests/{day}", {"state": "claimed"}), ("GET", "/v1/me/settings", None)):
    check(server.ask(method, target, None, sent).status == 401 and server.ask(method, target, operator, sent).status == 401, f"nor does anybody without {target}")

# ---- feeds ----

atom = server.ask("GET", f"/feeds/{reading}/atom.xml")
ATOM = "{http://www.w3.org/2005/Atom}"
tree = xml.etree.ElementTree.fromstring(atom.body)
entries = tree.findall(ATOM + "entry")
check(atom.headers["content-type"].startswith("application/atom+xml") and tree.tag == ATOM + "feed" and len(entries) == 20, "an Atom feed of 20 papers")
check(all(len(tree.findall(ATOM + part)) == 1 for part in ("id", "title", "updated", "author")), "with what a feed needs")
check(all(len(entry.findall(ATOM + part)) == 1 for entry in entries for part in ("id", "title", "updated", "link", "content")), "and what an entry needs")
check(len({entry.find(ATOM + "id").text for entry in entries}) == 20 and all(entry.find(ATOM + "updated").text == day + "T00:00:00Z" for entry in entries), "each its own, of today")
feed = server.ask("GET", f"/feeds/{reading}/feed.json")
check([item["id"] for item in feed.json["items"]] == [entry.find(ATOM + "id").text for entry in entries], "the JSON feed has the same")
check(reading not in atom.body.decode() + feed.body.decode(), "the token is in the address alone")
for form, answer in (("atom.xml", atom), ("feed.json", feed)):
    check(server.ask("GET", f"/feeds/{reading}/{form}").body == answer.body, "the same again")
    check(server.ask("GET", f"/feeds/{reading}/{form}", headers={"If-None-Match": answer.headers["etag"]}).status == 304, "nothing changed since")
    refused = server.ask("GET", f"/feeds/{ann}/{form}")
    check(refused.status == 403 and "rank alone" in refused.json["detail"], "a token that may more is not taken from an address")
    check(server.ask("GET", f"/feeds/{reading[:-1]}x/{form}").status == 401 and server.ask("GET", f"/feeds/{operator}/{form}").status == 401, "nor is another")
ranking = server.ask("GET", "/v1/me/ranking?limit=20", ann).json["papers"]
check([item["title"] for item in feed.json["items"]] == [paper["title"] for paper in ranking], "in the reader's order")

# ---- nothing secret is logged, and whoever asks too often waits ----

unseen = unasked(server, mail=True)
check(not unseen, f"every route was asked and answered well; not: {unseen}")
check(server.stop() == 0, "SIGTERM ends it well")
log = "".join(server.log)
check(all(secret not in log for secret in (ann, reading, up[3:], stop[3:], digest["reply"], "protein")), "the log has no tokens, tickets or words")
check("/t/{ticket}" in log and "/feeds/{token}/atom.xml" in log, "but says what was asked")
server.start()
check("You like this paper" in page("GET", up)[1].words, "what was recorded is there after a restart")
check(server.stop() == 0, "and again")
slow = Server(sys.argv[1], "--rate", "1", "--quiet", home=server.home)
codes = [slow.ask("POST", up, checked=False).status for _ in range(12)]
check(codes[0] == 200 and codes[-1] == 429, f"an address asks so often: {codes}")
check("Too many" in Page(slow.ask("GET", up).body.decode()).words, "which a page says")
check(slow.stop() == 0, "and ends well")
check.finish()
