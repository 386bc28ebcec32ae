#!/usr/bin/python3
"""No token stays in the service's memory once its request is answered: reads all of that memory.
usage: memory_api.py PITH_SERVE   Exit code 77, which counts as skipped, where memory may not be read."""
import http.client, os, re, sys, urllib.parse
from api_client import Checks, Server, papers

check = Checks()
os.environ.pop("MALLOC_PERTURB_", None)  # meson sets it: it would hide what is not wiped
server = Server(sys.argv[1], "--rate", "0")


def memory():
    """What the process can write: heap, stacks, the memory of its threads and libraries."""
    pieces = []
    with open(f"/proc/{server.process.pid}/maps") as maps, open(f"/proc/{server.process.pid}/mem", "rb", 0) as whole:
        for line in maps:
            first, last, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if not rights.startswith("rw"):
                continue
            try:
                whole.seek(int(first, 16))
                pieces.append(whole.read(int(last, 16) - int(first, 16)))
            except (OSError, ValueError):
                continue  # a page that guards another
    return b"\n".join(pieces)


try:
    before = memory()
except PermissionError:
    print("skipped: the memory of another process may not be read here")
    server.stop()
    raise SystemExit(77)
check(server.operator.encode() in before, "what is kept on purpose, the operator's token, is found")
server.ask("POST", "/v1/listings", server.operator, papers())
tokens = [server.reader(name) for name in ("Ann", "Ben", "Cid")]
for token in tokens:
    server.ask("PUT", "/v1/me/votes/arxiv:2401.00001", token, {"vote": "up"})
    for _ in range(3):
        check(server.ask("GET", "/v1/me/ranking", token).status == 200, "a ranking")
    server.ask("GET", "/v1/me/export", token)
    here, kept = f"http://127.0.0.1:{server.port}", f"__Host-pith-{server.port}={token}"
    typed = urllib.parse.urlencode({"token": token, "stay": "1"})
    signed = server.ask("POST", "/sign-in", body=typed, headers={"Content-Type": "application/x-www-form-urlencoded", "Origin": here}, checked=False)
    check(signed.status == 303 and token in signed.headers["set-cookie"], "a page is signed in to")
    for _ in range(2):
        check(server.ask("GET", "/", headers={"Cookie": "other=1; " + kept}, checked=False).status == 200, "and read")
    server.ask("POST", "/v1/me/comparisons", token, {"winner": "arxiv:2401.00001", "loser": "arxiv:2401.00002"}, {"Idempotency-Key": "one"})
added = server.ask("POST", "/v1/me/tokens", tokens[0], {"label": "phone", "scopes": ["rank"]}).json["secret"]
wrong = tokens[0][:-1] + ("A" if tokens[0][-1] != "A" else "B")
server.ask("GET", "/v1/me", wrong)
server.ask("GET", "/v1/me", added)
open_wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
open_wire.request("GET", "/v1/me", headers={"Authorization": "Bearer " + tokens[1]})
open_wire.getresponse().read()  # and the connection stays
cookie_wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
cookie_wire.request("GET", "/", headers={"Cookie": f"__Host-pith-{server.port}={tokens[2]}"})
cookie_wire.getresponse().read()
after = memory()
for what, token in (("Ann's", tokens[0]), ("Ben's, whose connection is open", tokens[1]), ("Cid's, whose browser's connection is open", tokens[2]), ("a new", added), ("a wrong", wrong)):
    secret = token[len("pith_"):].encode()
    places = [after[at.start() - 40:at.end() + 8] for at in re.finditer(re.escape(secret[-30:]), after)]
    check(not places, f"{what} token is not in memory: {len(places)} places, the first {places[:1]}")
open_wire.close()
cookie_wire.close()
check(server.stop() == 0, "it ends well")
check(all(token not in "".join(server.log) for token in (*tokens, added, wrong)), "no token is logged")
check.finish()
