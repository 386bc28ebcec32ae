#!/usr/bin/python3
"""The service over HTTP, as clients use it; every answer is held against api/openapi.json.
usage: scenario_api.py PITH_SERVE"""
import gzip, json, sys, time
from api_client import API, Checks, Server, papers, unasked

check = Checks()
server = Server(sys.argv[1])
operator = server.operator

# ---- the operator ----

check(server.ask("GET", "/healthz").json["status"] == "ok", "it runs")
check(server.ask("GET", "/readyz").json["status"] == "ready", "it can answer")
check(server.ask("GET", "/openapi.json").json == API, "it describes itself by the file in the tree")
check("scope" in server.ask("GET", "/problems/forbidden").body.decode(), "a type of problem says what it means")
check(server.ask("GET", "/problems/nonsense").status == 404, "an unknown one is not found")
for day in (1, 2, 3):
    listing = papers(day=day, first=1000 * day)
    answer = server.ask("POST", "/v1/listings", operator, listing)
    check(answer.json["added"] == 120 and answer.json["format"] == "jsonl", f"a listing of day {day} comes in")
check(server.ask("POST", "/v1/listings", operator, listing).json["known"] == 120, "the same again adds nothing")
check(server.ask("POST", "/v1/listings", operator, gzip.compress(listing.encode())).json["known"] == 120, "packed too")
check(server.ask("POST", "/v1/listings", operator, "no listing at all").status == 422, "what is no listing is refused")
check(server.ask("POST", "/v1/listings?today=yesterday", operator, listing).status == 422, "a day that is none")
check(server.ask("GET", "/v1/days", operator).json["days"] == ["2024-01-01", "2024-01-02", "2024-01-03"], "the days are listed")
check(len(server.ask("GET", "/v1/days?since=2024-01-03", operator).json["days"]) == 1, "from a day on")
check(server.ask("GET", "/v1/receipts", operator).json == {"receipts": []}, "nothing was fetched")
made = server.ask("POST", "/v1/readers", operator, {"name": "Ann Lee"})
check(made.status == 201 and made.json["recovery_code"].count("-") == 7, "a reader is made, and can recover")
ann = made.json["token"]
check(server.ask("POST", "/v1/readers", operator, {"name": "Ann  Lee"}).status == 409, "not twice")
ben = server.reader("Ben", scopes=["rank"], label="bot", until="2099-12-31")
for body, status in (({}, 422), ({"name": ""}, 422), ({"name": "C", "colour": "red"}, 422), ({"name": 5}, 422), ({"name": "C", "scopes": []}, 422),
                     ({"name": "C", "scopes": ["all"]}, 422), ({"name": "C", "until": "2020-01-01"}, 422), ([], 422)):
    check(server.ask("POST", "/v1/readers", operator, body).status == status, f"a reader cannot be made of {body}")
check(server.ask("POST", "/v1/readers", operator, '{"name":"C","name":"D"}', {"Content-Type": "application/json"}).status == 400, "a name twice")
check(server.ask("POST", "/v1/readers", operator, '{"name":"C"}', {"Content-Type": "text/plain"}).status == 415, "JSON said to be text")
check("pith_requests_total" in server.ask("GET", "/metrics", operator).body.decode(), "it counts")

# ---- rankings ----

first = server.ask("GET", "/v1/me/ranking?limit=5", ann)
check(first.json["date"] == "2024-01-03" and len(first.json["papers"]) == 5 and not first.json["learned"], "the newest day, before any vote")
days = [1 if n < 12 else 1 + n % 3 for n in range(120)]
ids = [f"arxiv:24{day:02d}.{1000 * day + n:05d}" for n, day in enumerate(days)]
for n in range(0, 12):
    answer = server.ask("PUT", f"/v1/me/votes/{ids[n]}", ann, {"vote": "up" if n % 4 == 1 else "down", "date": "2024-01-01"})
    check(answer.status == 200 and answer.json["recorded"] == 1, f"vote {n} is recorded")
check(server.ask("PUT", f"/v1/me/votes/{ids[1]}", ann, {"vote": "up"}).json["recorded"] == 0, "once")
following = server.ask("GET", "/v1/me/ranking?limit=25", ann).headers["link"].split(">")[0][1:]
check(server.ask("GET", following, ann).json["papers"][0]["rank"] == 26, "the first ranking after votes goes on, too")
ranking = server.ask("GET", "/v1/me/ranking?limit=25&explain=3", ann)
top = ranking.json["papers"]
check(sum("protein" in str(p["reasons"]) or "Ben Cole" in str(p["reasons"]) or int(p["key"][-5:]) % 4 == 1 for p in top) >= 20, "what was liked comes first")
check(all(len(p["reasons"]) <= 6 for p in top) and not ranking.json["probabilities"], "with reasons, before there are percentages")
tag = ranking.headers["etag"]
again = server.ask("GET", "/v1/me/ranking?limit=25&explain=3", ann, headers={"If-None-Match": tag})
check(again.status == 304 and again.headers["etag"] == tag, "nothing changed")
check(server.ask("GET", "/v1/me/ranking?limit=25&explain=3", ann, headers={"If-None-Match": '"other"'}).body == ranking.body, "another tag")
packed = server.ask("GET", "/v1/me/ranking?limit=25&explain=3", ann, headers={"Accept-Encoding": "gzip"})
check(gzip.decompress(packed.body) == ranking.body, "packed when asked")
check("content-encoding" not in server.ask("GET", "/v1/me/ranking", ann, headers={"Accept-Encoding": "gzip;q=0"}).headers, "not when refused")
collected, target = [], "/v1/me/ranking?limit=50"
while target:
    page = server.ask("GET", target, ann)
    collected += [p["rank"] for p in page.json["papers"]]
    target = page.headers["link"].split(">")[0][1:] if "link" in page.headers else None
check(collected == list(range(1, 121)), "pages make up the whole day, each paper once")
cursor = server.ask("GET", "/v1/me/ranking?limit=50", ann).headers["link"].split(">")[0][1:]
check(len(server.ask("GET", "/v1/me/ranking?since=2024-01-01&limit=1000", ann).json["papers"]) > 300, "several days")
check(server.ask("GET", "/v1/me/ranking?date=2024-01-02&limit=1", ann).json["date"] == "2024-01-02", "one day")
for bad in ("date=today", "since=2024-01-01&date=2024-01-01", "limit=0", "limit=5000", "limit=20.5", "limit=%2B5", "limit=", "limit=x", "cursor=nonsense", "cursor=5-0000000g", "cursor=-5-00000000",
            "explain=yes", "seen=1", "announced=old", "min_probability=2", "min_probability=0.5", "diverse=nan", "expect=-1"):
    check(server.ask("GET", "/v1/me/ranking?" + bad, ann).status == 422, f"?{bad} cannot be used")
check(server.ask("GET", "/v1/me/ranking?cursor=5-00000000", ann).status == 409, "a cursor of another list")
for bad in ("colour=red", "limit=5&limit=5", "date=%zz", "date=%00", "q=x", "=5", "date%20since=5"):
    check(server.ask("GET", "/v1/me/ranking?" + bad, ann).status == 400, f"?{bad} cannot be read")
check(server.ask("GET", "/v1/me/search?q=folding&limit=3", ann).json["listed"] > 10, "papers are found by words")
check(server.ask("GET", "/v1/me/search?q=unheardof", ann).status == 404, "or not")
check(server.ask("GET", "/v1/me/search", ann).status == 422, "words are needed")
why = server.ask("GET", f"/v1/me/papers/{ids[1]}/why", ann)
check(why.json["learned"] and abs(sum(r["contribution"] for r in why.json["paper"]["reasons"]) - why.json["paper"]["score"]) < 1e-6, "reasons add up")
check(server.ask("GET", "/v1/me/papers/1/why", ann).status == 404, "a rank is no identifier")
check(server.ask("GET", "/v1/me/papers/protein%20folding/why", ann).status == 404, "nor is a title")

# ---- votes ----

many = {"votes": [{"id": ids[n], "vote": "up" if n % 4 == 1 else "down", "date": f"2024-01-{days[n]:02d}"} for n in range(12, 60)]}
check(server.ask("POST", "/v1/me/votes", ann, many).json["recorded"] == 48, "many votes at once")
check(server.ask("GET", cursor, ann).status == 409, "a page after that is of another list")
bad = {"votes": [{"id": ids[70], "vote": "up"}, {"id": "arxiv:9999.99999", "vote": "up"}]}
answer = server.ask("POST", "/v1/me/votes", ann, bad)
check(answer.status == 422 and "/votes/1" in answer.json["detail"], "one that cannot be is named")
check(server.ask("GET", f"/v1/me/votes/{ids[70]}", ann).status == 404, "and none is recorded")
for body in ({"votes": [5]}, {"votes": [{"id": ids[0]}]}, {"votes": {}}, {}, {"votes": [], "x": 1}):
    check(server.ask("POST", "/v1/me/votes", ann, body).status == 422, f"no votes: {body}")
check(server.ask("GET", f"/v1/me/votes/{ids[13]}", ann).json["vote"] == "up", "a vote can be looked up")
check(server.ask("GET", "/v1/me/votes/10.1101%2F2024.01.01.123456", ann).status == 404, "by any identifier")
listed = server.ask("GET", "/v1/me/votes?limit=7", ann)
check(len(listed.json["votes"]) == 7 and listed.json["counts"]["up"] == 15 and "link" in listed.headers, "votes in pages")
for body in ({"vote": "sideways"}, {"vote": "none"}, {}, {"vote": "up", "date": "soon"}, {"vote": None}):
    check(server.ask("PUT", f"/v1/me/votes/{ids[3]}", ann, body).status == 422, f"no vote: {body}")
check(server.ask("DELETE", f"/v1/me/votes/{ids[3]}", ann).status == 204 and server.ask("DELETE", f"/v1/me/votes/{ids[3]}", ann).status == 404, "a vote is taken back, once")
once = {"Idempotency-Key": "key-1"}
pair = {"winner": ids[61], "loser": ids[62]}
check(server.ask("POST", "/v1/me/comparisons", ann, pair, once).json["recorded"] == 1, "a comparison")
check(server.ask("POST", "/v1/me/comparisons", ann, pair, once).json["recorded"] == 1, "told the same under the same key")
check(server.ask("POST", "/v1/me/comparisons", ann, pair).json["recorded"] == 0, "but it stood already")
check(server.ask("POST", "/v1/me/comparisons", ann, {"winner": ids[61], "loser": ids[63]}, once).status == 422, "another body under the same key")
check(server.ask("POST", "/v1/me/comparisons", ann, {"winner": ids[61], "loser": ids[61]}).status == 422, "with itself")
before = server.ask("GET", "/v1/me", ann).json
undone = server.ask("POST", "/v1/me/undo", ann, headers={"Idempotency-Key": "undo-1"})
check(len(undone.json["comparisons"]) == 1, "undo tells what it took back")
check(server.ask("POST", "/v1/me/undo", ann, headers={"Idempotency-Key": "undo-1"}).body == undone.body, "once under one key")
redone = server.ask("POST", "/v1/me/redo", ann)
check(redone.json["comparisons"] == undone.json["comparisons"] and server.ask("POST", "/v1/me/redo", ann).status == 404, "redo brings it back, once")
server.ask("POST", "/v1/me/undo", ann)
library = "@article{a, title={Folding proteins with kites}, author={Ben Cole}, year={2024}, doi={10.1/a}, keywords={kites}}\n@article{b, title={Other things}, doi={10.1/b}}\n"
seeded = server.ask("POST", "/v1/me/seeds?about=kites", ann, library.encode(), {"Content-Type": "application/x-bibtex"})
check(seeded.status == 200 and seeded.json["seeded"] == 1 and seeded.json["import"]["format"] == "bibtex", f"a library is taken as liked: {seeded.body}")
check(server.ask("POST", "/v1/me/seeds", ann, {"words": "proof of a theorem"}).json["seeded"] == 1 and server.ask("POST", "/v1/me/seeds", ann, {"words": "proof of a theorem"}).json["standing"] == 1, "words too, once")
check(server.ask("POST", "/v1/me/seeds", ann, f"{ids[80]}\narxiv:2401.99999\n".encode(), {"Content-Type": "text/plain"}).json["unknown"] == 1, "and identifiers")
check(server.ask("POST", "/v1/me/seeds", ann, b"\x00\x01", {"Content-Type": "text/plain"}).status == 422 and server.ask("POST", "/v1/me/seeds?about=x", ann, {"words": "x"}).status == 422, "not what is neither")
for _ in range(3):
    server.ask("POST", "/v1/me/undo", ann)
check(server.ask("GET", "/v1/me", ann).json["votes"]["pairs"] == 0 and before["votes"]["pairs"] == 1, "and no more")
likely = server.ask("GET", "/v1/me/ranking?min_probability=0.1&limit=1000", ann).json
check(likely["probabilities"] and 0 < len(likely["papers"]) < 120 and all(p["probability"] >= 0.1 for p in likely["papers"]), "only what is likely liked")
replay = server.ask("GET", "/v1/me/replay", ann)
check(replay.json["days"] >= 1 and replay.json["mean"]["auc"] > 0.8, "the self-test")
check(server.ask("GET", "/v1/me/export", ann).json["format"] == "pith-profile", "the profile goes with its reader")

# ---- who may what ----

check(server.ask("GET", "/v1/me", ben).json["scopes"] == ["rank"] and server.ask("GET", "/v1/me/ranking", ben).json["votes"]["up"] == 0, "Ben has a profile of his own")
for method, target, body in (("GET", "/v1/me/votes", None), ("PUT", f"/v1/me/votes/{ids[0]}", {"vote": "up"}), ("POST", "/v1/me/undo", None),
                             ("GET", "/v1/me/export", None), ("GET", "/v1/me/tokens", None), ("POST", "/v1/me/tokens", {"label": "x", "scopes": ["manage"]})):
    check(server.ask(method, target, ben, body).status == 403, f"a token to rank may not {method} {target}")
for target in ("/v1/me", "/v1/me/ranking", "/v1/me/export"):
    check(server.ask("GET", target, operator).status == 401, f"the operator reads nobody's {target}")
    check(server.ask("GET", target).status == 401, f"nobody reads {target} without a token")
for target in ("/v1/days", "/metrics"):
    check(server.ask("GET", target, ann).status == 401, f"a reader is no operator: {target}")
added = server.ask("POST", "/v1/me/tokens", ann, {"label": "phone", "scopes": ["rank", "vote"]})
phone = added.json["secret"]
check(added.status == 201 and server.ask("GET", "/v1/me/ranking", phone).status == 200, "a further token")
keys = server.ask("GET", "/v1/me/tokens", ann).json["keys"]
check([k["label"] for k in keys] == ["first", "phone"], "tokens are listed, other ways in are not")
check(server.ask("DELETE", f"/v1/me/tokens/{added.json['slot']}", ann).status == 204, "it ends")
check(server.ask("GET", "/v1/me/ranking", phone).status == 401, "at once, also where an answer was kept")
check(server.ask("DELETE", "/v1/me/tokens/1", ann).status == 404 and server.ask("DELETE", "/v1/me/tokens/x", ann).status == 404, "the recovery code is no token")
check(server.ask("DELETE", "/v1/readers/Ben", operator).status == 204 and server.ask("GET", "/v1/me/ranking", ben).status == 401, "an erased reader's token opens nothing")
check(server.ask("DELETE", "/v1/readers/Ben", operator).status == 404, "and there is none to erase")
check(server.ask("GET", "/v1/nothing").status == 404 and server.ask("PATCH", "/v1/me").status == 405, "other addresses and methods")
head = server.ask("HEAD", "/healthz", checked=False)
check(head.status == 200 and not head.body, "HEAD is GET without the body")

# ---- nothing of it is forgotten, and nothing secret is logged ----

digest = server.ask("GET", "/v1/me", ann).json["digest"]
check(server.stop() == 0, "SIGTERM ends it well")
log = "".join(server.log)
check(all(secret not in log for secret in (operator, ann, ben, phone, ids[0], "protein")), "the log has no tokens, papers or words")
server.start()
check(server.ask("GET", "/v1/me", ann).json["digest"] == digest, "all votes are there after a restart")
check(not unasked(server, mail=False), f"every route was asked and answered well; not: {unasked(server, mail=False)}")
check(server.stop() == 0, "and again")
check.finish()
