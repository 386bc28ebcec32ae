#!/usr/bin/python3
"""The service as an operator runs it: TLS, a socket handed over, an address in use, an end while requests are at work.
usage: operate_api.py PITH_SERVE"""
import http.client, os, socket, ssl, subprocess, sys, tempfile, threading
from api_client import Checks, Server, certificate, papers

check = Checks()
program = sys.argv[1]
folder = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(folder.name, name)


def refused(*options):
    """Exit code and words of a service that is not to start."""
    run = subprocess.run([program, "--home", path("home"), *options], capture_output=True, text=True, timeout=60)
    return run.returncode, run.stderr


# ---- the operator's token: whole or not at all ----

os.makedirs(path("half"), mode=0o700)
open(path("half/operator.token"), "w").close()
os.chmod(path("half/operator.token"), 0o600)
server = Server(program, home=path("half"))
check(len(server.operator) >= 32, "an empty token file, left by a service that had no room, is filled")
check(os.stat(path("half/operator.token")).st_mode & 0o777 == 0o600, "and is its owner's alone")
check(sorted(os.listdir(path("half"))) >= ["operator.token", "pith.db"] and not [n for n in os.listdir(path("half")) if n.startswith("operator.token.")],
      "nothing is left beside it")
before = server.operator
check(server.stop() == 0, "it ends")
server.start()
check(server.operator == before, "a token that is there stays")
check(server.stop() == 0, "it ends")

# ---- TLS ----

certificate(path("one"))
certificate(path("two"))
pair = ("--certificate", path("one.pem"), "--key", path("one.key"))
server = Server(program, *pair)
trusted = ssl.create_default_context(cafile=path("one.pem"))
wire = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=30, context=trusted)
wire.request("GET", "/healthz")
check(wire.getresponse().status == 200, "it answers by TLS")
wire.close()
try:
    http.client.HTTPSConnection("127.0.0.1", server.port, timeout=30).request("GET", "/healthz")
    check(False, "a certificate that nobody signed is not trusted")
except ssl.SSLCertVerificationError:
    pass
check(not server.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 3).startswith(b"HTTP/1.1 200"), "and nothing in clear")
check(server.stop() == 0, "it ends")
code, words = refused("--listen", "127.0.0.1:0", "--certificate", path("one.pem"), "--key", path("two.key"))
check(code == 1 and "a pair" in words, f"certificate and key of two pairs: {words}")
code, words = refused("--listen", "127.0.0.1:0", "--certificate", path("one.pem"))
check(code == 2 and "go together" in words, "a certificate without its key")
code, words = refused("--listen", "127.0.0.1:0", "--certificate", path("none.pem"), "--key", path("one.key"))
check(code == 1 and "none.pem" in words, "a file that is not there is named")

# ---- where ----

with socket.create_server(("127.0.0.1", 0)) as taken:
    code, words = refused("--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    check(code == 1 and "in use" in words, f"an address in use: {words}")
for bad in ("localhost:80", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:99999", "[::1]"):
    check(refused("--listen", bad)[0] in (1, 2), f"no address: {bad}")
os.makedirs(path("open"))
with open(path("open/operator.token"), "w") as file:
    file.write("x" * 40)
os.chmod(path("open/operator.token"), 0o644)
run = subprocess.run([program, "--home", path("open"), "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=60)
check(run.returncode == 2 and "can be read by others" in run.stderr, "a token that others can read")
wide = subprocess.Popen([program, "--home", path("home"), "--listen", "0.0.0.0:0"], stderr=subprocess.PIPE, text=True)
check("in clear" in wide.stderr.readline() + wide.stderr.readline(), "that tokens go in clear is said")
wide.terminate()
wide.stderr.read()
check(wide.wait(60) == 0, "it ends")

# ---- a socket that listens already ----

handed = socket.create_server(("127.0.0.1", 0))
launch = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); os.execv(sys.argv[2], sys.argv[2:])"
activated = subprocess.Popen([sys.executable, "-c", launch, str(handed.fileno()), program, "--home", path("home"), "--quiet"], stderr=subprocess.PIPE,
                             text=True, pass_fds=[handed.fileno()])
wire = http.client.HTTPConnection("127.0.0.1", handed.getsockname()[1], timeout=60)
wire.request("GET", "/healthz")
check(wire.getresponse().status == 200, "it answers at a socket that it was handed")
wire.close()
activated.terminate()
activated.stderr.read()
check(activated.wait(60) == 0, "and ends")
handed.close()

# ---- pages of another origin ----

page = "https://reader.example.org"
for bad in ("reader.example.org", page + "/", "*", "null", "https://Reader.example.org", page + "/path"):
    code, words = refused("--listen", "127.0.0.1:0", "--cors-origin", bad)
    check(code == 2 and "no origin" in words, f"no origin: {bad}: {words}")
server = Server(program, "--cors-origin", page)
ann = server.reader("Ann")


def leave(method, target, origin=page, token=None, **more):
    """What a page of an origin is told about a request: status, and the headers that are about it."""
    answer = server.ask(method, target, token, headers={"Origin": origin, **more}, checked=False)
    return answer.status, {name[15:]: value for name, value in answer.headers.items() if name.startswith("access-control-")}, answer.headers.get("vary", "")


status, given, vary = leave("GET", "/v1/me", token=ann)
check(status == 200 and given["allow-origin"] == page and "Origin" in vary, f"the origin that was named may read: {given}")
check(leave("GET", "/v1/me")[:2] == (401, given), "and what was refused, too")
check("allow-credentials" not in given, "no cookie or password of the browser's")
status, given, _ = leave("OPTIONS", "/v1/me/votes/arxiv:2401.00001", **{"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"})
check(status == 204 and given["allow-origin"] == page and given["allow-methods"] == "GET, HEAD, PUT, DELETE", f"a browser may ask first: {status} {given}")
check(given["allow-headers"] == "Authorization, Content-Type, Idempotency-Key, If-None-Match" and "allow-credentials" not in given, f"with these headers: {given}")
for other in ("https://elsewhere.example", page + ".elsewhere.example", "http://reader.example.org", page + ":8443", "null", ""):
    check(leave("GET", "/v1/me", other, ann)[:2] == (200, {}), f"no other origin: {other}")
    check(leave("OPTIONS", "/v1/me", other, **{"Access-Control-Request-Method": "GET"})[:2] == (405, {}), f"nor when it asks first: {other}")
for target in ("/t/ticket", "/t/ticket/undo", "/u/ticket"):
    for method in ("GET", "POST", "OPTIONS"):
        check(leave(method, target, **{"Access-Control-Request-Method": "POST"})[1] == {}, f"{method} {target} is for people alone")
check(leave("OPTIONS", "/nowhere", **{"Access-Control-Request-Method": "GET"})[0] == 404, "nothing is at no address")
check(leave("OPTIONS", "/v1/me")[0] == 405, "OPTIONS by itself is no method")
check(server.stop() == 0, "it ends")

# ---- the end ----

server = Server(program, "--rate", "0")
for day in (1, 2, 3):
    listing = papers(day=day, per_topic=60, first=1000 * day)
    server.ask("POST", "/v1/listings", server.operator, listing)
ann = server.reader("Ann")
votes = [{"id": f"arxiv:24{day:02d}.{1000 * day + n:05d}", "vote": "up" if n % 4 == 1 else "down", "date": f"2024-01-{day:02d}"} for day in (1, 2, 3) for n in range(60)]
server.ask("POST", "/v1/me/votes", ann, {"votes": votes})
answers, begun = [], threading.Barrier(9)


def ask():
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.request("GET", "/v1/me/replay", headers={"Authorization": "Bearer " + ann})
    begun.wait()
    answers.append(connection.getresponse().status)


askers = [threading.Thread(target=ask) for _ in range(8)]
for asker in askers:
    asker.start()
begun.wait()
server.ask("GET", "/healthz")  # by now the others are being answered
check(server.stop() == 0, "SIGTERM ends it well")
for asker in askers:
    asker.join()
check(answers == [200] * 8, f"what was accepted is answered: {answers}")
check.finish()
