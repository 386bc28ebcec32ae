#!/usr/bin/python3
"""Requests under an Idempotency-Key: done once when they come at the same time, through two services, after a restart and after a kill.
usage: once_api.py PITH_SERVE"""
import http.client, signal, sys, threading, time
from collections import Counter
from api_client import Checks, Server, papers

ROUNDS, AT_ONCE = 12, 6
check = Checks()
options = ("--rate", "0", "--quiet", "--workers", "8")
server = Server(sys.argv[1], *options)
server.ask("POST", "/v1/listings", server.operator, papers())
ann = server.reader("Ann")
ids = [f"arxiv:2401.{number:05d}" for number in range(40)]


def at_once(ask, servers):
    """What several get who ask at the same time, in turn by these services."""
    begun, answers = threading.Barrier(AT_ONCE), []

    def one(number):
        begun.wait()
        answers.append(ask(servers[number % len(servers)]))
    askers = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    return answers


def count(what):
    return server.ask("GET", "/v1/me", ann).json["votes"][what]


def tokens():
    return [key["label"] for key in server.ask("GET", "/v1/me/tokens", ann).json["keys"]]


def rounds(servers, name):
    """Each thing that is done once: by however many asked, and all were told the same or to ask again."""
    codes = Counter()
    for n in range(ROUNDS):
        key = {"Idempotency-Key": f"{name}-{n}"}
        made = at_once(lambda to: to.ask("POST", "/v1/me/tokens", ann, {"label": f"{name} {n}", "scopes": ["rank"]}, key), servers)
        codes.update(answer.status for answer in made)
        secrets = {answer.json["secret"] for answer in made if answer.status == 201}
        check(len(secrets) == 1 and tokens().count(f"{name} {n}") == 1, f"{name}: one token is made under one key: {[a.status for a in made]}")
        later = servers[0].ask("POST", "/v1/me/tokens", ann, {"label": f"{name} {n}", "scopes": ["rank"]}, key)
        check(later.status == 201 and {later.json["secret"]} == secrets, f"{name}: and told to whoever asks later")
        server.ask("DELETE", f"/v1/me/tokens/{later.json['slot']}", ann)
        for paper in ids[:5]:
            server.ask("PUT", f"/v1/me/votes/{paper}", ann, {"vote": "up"})
        before = count("up")
        undone = at_once(lambda to: to.ask("POST", "/v1/me/undo", ann, headers={"Idempotency-Key": f"{name}-undo-{n}"}), servers)
        codes.update(answer.status for answer in undone)
        check(before - count("up") == 1 and len({answer.body for answer in undone if answer.status == 200}) == 1, f"{name}: one change is undone")
        pair = {"winner": ids[10 + n], "loser": ids[25 + n % 10]}
        told = at_once(lambda to: to.ask("POST", "/v1/me/comparisons", ann, pair, {"Idempotency-Key": f"{name}-pair-{n}"}), servers)
        codes.update(answer.status for answer in told)
        check({answer.json["recorded"] for answer in told if answer.status == 200} == {1}, f"{name}: a comparison is told as recorded, to all")
        server.ask("POST", "/v1/me/undo", ann)
    check(set(codes) <= {200, 201, 409}, f"{name}: done, or under way: {dict(codes)}")


rounds([server], "one service")
other = Server(sys.argv[1], *options, home=server.home)
rounds([server, other], "two services")
check(other.stop() == 0, "it ends well")

# ---- a service that is started anew ----

paper = ids[30]
asked = [("/v1/me/votes", {"votes": [{"id": paper, "vote": "up"}]}), ("/v1/me/comparisons", {"winner": ids[31], "loser": ids[32]}),
         ("/v1/me/tokens", {"label": "kept", "scopes": ["rank"]}), ("/v1/me/undo", None)]
for end in (signal.SIGTERM, signal.SIGKILL):
    name = f"{end.name} "
    first = [server.ask("POST", target, ann, body, {"Idempotency-Key": name + target}) for target, body in asked]
    check([answer.status for answer in first] == [200, 200, 201, 200], f"done: {[answer.status for answer in first]}")
    state = server.ask("GET", "/v1/me", ann).json["digest"], tokens()
    server.process.send_signal(end)
    server.process.wait(60)
    server.process.stderr.close()
    server.start()
    again = [server.ask("POST", target, ann, body, {"Idempotency-Key": name + target}) for target, body in asked]
    check([(a.status, a.body) for a in again] == [(a.status, a.body) for a in first], f"after {end.name} told the same again")
    check((server.ask("GET", "/v1/me", ann).json["digest"], tokens()) == state, f"after {end.name} nothing is done again")
    check(server.ask("POST", "/v1/me/votes", ann, {"votes": [{"id": ids[33], "vote": "up"}]}, {"Idempotency-Key": name + "/v1/me/votes"}).status == 422,
          "nor is another body taken under that key")

# ---- killed at any time: what was told is not done again, and what was not told is done once when it is asked again ----

for n in range(ROUNDS):
    key = {"Idempotency-Key": f"kill-{n}"}
    for paper in ids[:6]:
        server.ask("PUT", f"/v1/me/votes/{paper}", ann, {"vote": "up"})
    before = count("up")

    def undo():
        try:
            server.ask("POST", "/v1/me/undo", ann, headers=key, checked=False)
        except (OSError, http.client.HTTPException):  # no answer came
            pass
    asker = threading.Thread(target=undo)
    asker.start()
    time.sleep(0.002 * n)
    server.process.kill()
    server.process.wait(60)
    asker.join()
    server.process.stderr.close()
    server.start()
    check(server.ask("POST", "/v1/me/undo", ann, headers=key).status == 200 and before - count("up") == 1, "undone once, whenever it was killed")

# ---- what failed is not kept, and nobody else's key is mine ----

key = {"Idempotency-Key": "mine"}
check(server.ask("POST", "/v1/me/comparisons", ann, {"winner": "arxiv:9999.99999", "loser": ids[1]}, key).status == 404, "no such paper")
check(server.ask("POST", "/v1/me/comparisons", ann, {"winner": ids[38], "loser": ids[39]}, key).json["recorded"] == 1, "the key is free after that")
ben = server.reader("Ben")
check(server.ask("POST", "/v1/me/comparisons", ben, {"winner": ids[1], "loser": ids[2]}, key).json["recorded"] == 1, "another reader's key is another")
check(server.ask("POST", "/v1/me/votes", ann, {"votes": []}, key).status in (200, 422), "another address's, too")
check(server.ask("POST", "/v1/me/undo", ann, headers={"Idempotency-Key": "k" * 101}).status == 400, "a key too long")
check(server.ask("POST", "/v1/me/undo", "pith_wrong", headers=key).status == 401, "a key proves nothing")
check(server.stop() == 0, "it ends well")
check.finish()
