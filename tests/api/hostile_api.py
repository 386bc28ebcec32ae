#!/usr/bin/python3
"""Malformed, oversized, slow, smuggled and cross-token requests to the service, and the answer that each must get.
usage: hostile_api.py PITH_SERVE"""
import json, os, re, socket, subprocess, sys, tempfile, time, urllib.parse
from api_client import Checks, Server, certificate, papers

check = Checks()
server = Server(sys.argv[1], "--deadline", "2", "--per-address", "40", "--rate", "0")
operator = server.operator
server.ask("POST", "/v1/listings", operator, papers())
ann, ben = server.reader("Ann"), server.reader("Ben")
paper = "arxiv:2401.00001"


def status(data, timeout=10):
    answer = server.raw(data, timeout)
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


def request(line="GET /v1/me HTTP/1.1", *headers, host=True, token=ann, body=b""):
    head = [line, *(["Host: x"] if host else []), *([f"Authorization: Bearer {token}"] if token else []), *headers]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


# ---- read in two ways, or not at all ----

put = f"PUT /v1/me/votes/{paper} HTTP/1.1"
up = b'{"vote":"up"}'
kind = "Content-Type: application/json"
check(status(request()) == 200, "a plain request")
check(status(request(put, kind, "Content-Length: 13", "Content-Length: 13", body=up)) == 400, "two lengths")
check(status(request(put, kind, "Content-Length: 13", "Content-Length: 5", body=up)) in (0, 400), "two lengths that differ")
check(status(request(put, kind, "Content-Length: 13", "Transfer-Encoding: chunked", body=b"d\r\n" + up + b"\r\n0\r\n\r\n")) in (0, 400), "a length beside chunks")
check(status(request(put, kind, "Transfer-Encoding: chunked", body=b"d\r\n" + up + b"\r\n0\r\n\r\n")) == 411, "chunks")
check(status(request("GET /v1/me HTTP/1.1", "X-Odd: a\0b")) in (0, 400), "a byte of 0 in a header")
check(status(request(host=False)) == 400, "no host")
check(status(request("GET /v1/me HTTP/1.1", "Host: y")) == 400, "two hosts")
check(status(request("GET /v1/me HTTP/1.1", f"Authorization: Bearer {ben}")) == 400, "two tokens")
check(status(request("GET /v1/me HTTP/1.1", "Content-Length: -5")) in (0, 400), "a negative length")
check(status(request("GET /v1/me HTTP/1.1", "Content-Length: 99999999999999999999999")) in (0, 400, 413), "a length past all numbers")
check(status(request("GET /v1/me HTTP/1.1", "Content-Length: 5", body=b"hello")) == 413, "a body where none is taken")
check(status(request("GET /v1/%zz HTTP/1.1")) == 400 and status(request("GET /v1/%00 HTTP/1.1")) == 400, "broken escapes")
check(status(request("GET /v1/%ff HTTP/1.1")) == 400 and status(request("GET /v1/%c0%af HTTP/1.1")) == 400, "no UTF-8")
check(status(request("GET /v1/../../etc/passwd HTTP/1.1")) == 404 and status(request("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1")) == 404, "paths lead nowhere")
check(status(request("GET http://elsewhere/v1/me HTTP/1.1")) in (400, 404), "another host in the request line")
check(status(request("GET v1/me HTTP/1.1")) in (0, 400), "no path")
check(status(request("BREW /v1/me HTTP/1.1")) in (400, 405), "an unknown method")
check(status(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200), 5) in (0, 400), "TLS to plain HTTP")
check(status(os.urandom(2000) + b"\r\n\r\n", 5) in (0, 400), "noise")
check(status(b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n") in (400, 414), "a long address")
check(status(request("GET /v1/me HTTP/1.1", "X-Long: " + "a" * 60000)) in (0, 400, 413, 431), "long headers")
check(status(request("GET /v1/me HTTP/1.1", *[f"X-{i}: y" for i in range(4000)])) in (0, 400, 413, 431), "many headers")
check(status(request("GET /v1/me/ranking?" + "&".join(f"a{i}=1" for i in range(40)) + " HTTP/1.1")) == 400, "many parameters")

# One answer, 400, and an end: nothing of what follows is read as another request, which would be Ben's vote.
behind = request("PUT /v1/me/votes/arxiv:2401.00007 HTTP/1.1", kind, "Content-Length: 13", token=ben, body=up)
long = f"Content-Length: {len(behind)}"
smuggled = {
    "a blank before the colon": request(put, "Transfer-Encoding : chunked", kind, "Content-Length: 13", body=up),
    "a tab before the colon": request(put, "Transfer-Encoding\t: chunked", kind, "Content-Length: 13", body=up),
    "a blank before the colon of a length": request(put, kind, "Content-Length : 5", "Content-Length: 13", body=up),
    "one such length alone": request(put, kind, long.replace(":", " :")),
    "a bare CR": request(put, kind, "X: a\rTransfer-Encoding: chunked", "Content-Length: 13", body=up),
    "a bare CR at a line's end": request(put, kind, "X: a\r", "Content-Length: 13", body=up),
    "a bare CR in a name": request(put, kind, "X\rTransfer-Encoding: chunked", "Content-Length: 13", body=up),
    "a bare LF": request(put, kind, "X: a\nTransfer-Encoding: chunked", "Content-Length: 13", body=up),
    "bare LFs": request(put, kind, "Content-Length: 13", body=up).replace(b"\r\n", b"\n"),
    "an empty line of LF alone": request(put, kind, "Content-Length: 13").replace(b"13\r\n\r\n", b"13\r\n\n") + up,
    "a line that begins with a blank": f"{put}\r\n Transfer-Encoding: chunked\r\nHost: x\r\nAuthorization: Bearer {ann}\r\n{kind}\r\nContent-Length: 13\r\n\r\n".encode() + up,
    "a length that does so": f"{put}\r\n Content-Length: 5\r\nHost: x\r\nAuthorization: Bearer {ann}\r\n{kind}\r\nContent-Length: 13\r\n\r\n".encode() + up,
    "a line that goes on in the next": request(put, kind, "X: y\r\n\tTransfer-Encoding: chunked", "Content-Length: 13", body=up),
    "a token of two lines": request("GET /v1/me HTTP/1.1", f"Authorization: Bearer\r\n {ann}", token=None),
    "a name of no letters": request(put, kind, ": chunked", "Content-Length: 13", body=up),
    "a name with a bracket": request(put, kind, "Transfer-Encoding[]: chunked", "Content-Length: 13", body=up),
    "a control character in a value": request(put, kind, "X: \x01", "Content-Length: 13", body=up),
    "a second token behind a blank": request("GET /v1/me HTTP/1.1", f"Authorization : Bearer {ben}"),
    "two blanks": request("GET  /v1/me HTTP/1.1"),
    "a blank at the target's end": request("GET /v1/me  HTTP/1.1"),
    "a blank in the target": request("GET /v1/me /v1/me HTTP/1.1"),
    "a host that is none": request("GET /v1/me HTTP/1.1", "Host: a b/c?d@e", host=False),
    "no host": request("GET /v1/me HTTP/1.1", host=False),
    **{f"a length of {length!r}": request(put, kind, f"Content-Length: {length}") for length in
       (f"{len(behind)}, {len(behind)}", f"+{len(behind)}", f"{len(behind)};", "", "0x0d", "1 3", "\x0b13", "-1", "9" * 30, "13.0")},
}
for what, head in smuggled.items():
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as wire:
        wire.sendall(head + behind)
        answer = b""
        try:
            while piece := wire.recv(65536):
                answer += piece
            ended = True
        except ConnectionResetError:
            ended = True
        except TimeoutError:
            ended = False
    codes = re.findall(rb"HTTP/1\.[01] (\d{3})", answer)
    check(ended and codes == [b"400"], f"{what}: 400, once, and an end: {codes} {ended}")
check(server.ask("GET", "/v1/me/votes/arxiv:2401.00007", ben).status == 404, "and nothing of it was done")
check(server.raw(request("GET /v1/me HTTP/1.1", "X-Any: !#$%&'*+-.^_`|~ \t\x80\xff")).count(b"HTTP/1.1 200") == 1, "what is odd and clear is taken")

# ---- too large, too deep, of another kind ----

check(status(request(put, kind, "Content-Length: 2000000")) == 413, "a body too large is refused before it comes")
check(status(request("POST /v1/listings HTTP/1.1", "Content-Length: 70000000", token=operator)) == 413, "a listing too large")
check(status(request("POST /v1/listings HTTP/1.1", "Content-Length: 60000000", token=ann)) == 401, "or by a reader")
for body, expected in ((b"[" * 100000, 400), (b'{"vote":"up"', 400), (b'{"vote":"\xff"}', 400), (b'{"vote":"u\0p"}', 400), (b"", 400), (b"null", 400),
                       (b'{"vote":"up","vote":"down"}', 400), (b'{"vote":"up\\u0000"}', 400), (b'"up"', 400), (b"1e999", 400)):
    got = status(request(put, kind, f"Content-Length: {len(body)}", body=body))
    check(got in (expected, 422), f"a body of {body[:20]}: {got}")
check(server.ask("GET", f"/v1/me/votes/{paper}", ann).status == 404, "none of that was recorded")

# ---- tokens ----

for token in ("", "x", "pith_", ann[:-1], ann + "x", ann[:-1] + ("A" if ann[-1] != "A" else "B"), ben[:40] + ann[40:], "pith_" + "A" * 70, "\u00e9" * 10):
    check(status(request(token=token)) in (400, 401, 429), f"no token: {token[:12]}")
    time.sleep(0.05)
check(status(request("GET /v1/me HTTP/1.1", f"Authorization: Basic {ann}", token=None)) == 401, "another kind of proof")
check(status(request("GET /v1/me?token=" + ann + " HTTP/1.1", token=None)) == 401, "a token in the address is none")
server.ask("PUT", f"/v1/me/votes/{paper}", ann, {"vote": "up"})
for _ in range(3):
    mine, others = server.ask("GET", "/v1/me/ranking?seen=true", ann), server.ask("GET", "/v1/me/ranking?seen=true", ben)
    check(mine.json["votes"]["up"] == 1 and others.json["votes"]["up"] == 0 and mine.headers["etag"] != others.headers["etag"], "an answer is nobody else's, kept or not")
    check(server.ask("GET", "/v1/me/ranking?seen=true", ben, headers={"If-None-Match": mine.headers["etag"]}).status == 200, "nor is its tag")
codes = [server.ask("GET", "/v1/me", "pith_wrong").status for _ in range(60)]
check(codes[-1] == 429 and codes.count(401) <= 32, "guessing is slowed down")
for _ in range(20):
    server.ask("GET", "/v1/me", "pith_wrong")
    check(status(request()) == 200 and server.ask("GET", "/v1/days", operator).status == 200, "whoever guesses: a good token from the same address passes")
    check(server.ask("PUT", f"/v1/me/votes/{paper}", ann, {"vote": "up"}).status == 200, "its votes, too")
check(server.ask("GET", "/v1/me", "pith_wrong").status == 429, "and guessing still is slowed down")
time.sleep(1.5)
check(server.ask("GET", "/v1/me", "pith_wrong").status == 401, "not for ever")

# ---- bodies that are sent by half ----


def hold(size, head):
    """A connection that sent all of a body but its end."""
    wire = socket.create_connection(("127.0.0.1", crowded.port), timeout=20)
    try:
        wire.sendall(head + b"x" * size)
    except ConnectionError:  # refused meanwhile
        pass
    return wire


def mail(size):
    return f"POST /v1/replies HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: {size}\r\n\r\n".encode()


crowded = Server(sys.argv[1], "--quiet", "--rate", "0", "--connections", "500", "--per-address", "400")
crowded.ask("POST", "/v1/listings", crowded.operator, papers())
cid, dot = crowded.reader("Cid"), crowded.reader("Dot")
held = [hold((1 << 20) - 2, mail(1 << 20)) for _ in range(200)]
held += [hold(1 << bits, mail((1 << bits) + 1)) for bits in range(19, 2, -1) for _ in range(2)]
check(crowded.ask("POST", "/v1/replies", body="x" * 70000, headers={"Content-Type": "text/plain"}).status == 503, "an address that holds its share has no more")
for _ in range(5):
    check(crowded.ask("PUT", f"/v1/me/votes/{paper}", cid, {"vote": "up"}).status == 200, "votes pass while an address holds half-sent bodies")
    check(crowded.ask("POST", "/v1/listings", crowded.operator, papers(day=2) + "\n" * (2 << 20)).status == 200, "and listings")
wrong = [cid[:-1] + ("A" if cid[-1] != "A" else "B"), cid[:50] + dot[50:], "pith_wrong"]
for token in wrong:
    got = crowded.raw(f"PUT /v1/me/votes/{paper} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{kind}\r\nContent-Length: 1000000\r\n\r\n".encode())
    check(got.startswith(b"HTTP/1.1 401"), "a token that proves nothing brings no body: it is refused before")
vote = f"PUT /v1/me/votes/{paper} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {dot}\r\n{kind}\r\nContent-Length: 1048576\r\n\r\n".encode()
held += [hold((1 << 20) - 2, vote) for _ in range(100)]
check(crowded.ask("PUT", f"/v1/me/votes/{paper}", cid, {"vote": "down"}).status == 200, "nor does another reader who holds bodies stop votes")
for wire in held:
    wire.close()
for _ in range(100):  # until the service has noticed
    if (last := crowded.ask("POST", "/v1/replies", body="x" * 70000, headers={"Content-Type": "text/plain"}).status) != 503:
        break
    time.sleep(0.1)
check(last == 422, f"what was held is given back: {last}")
check(crowded.stop() == 0, "it ends well")

# ---- slow, many, gone ----

started = time.time()
with socket.create_connection(("127.0.0.1", server.port)) as wire:
    wire.sendall(b"GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    cut = False
    while not cut and time.time() - started < 15:
        time.sleep(0.25)
        try:
            wire.sendall(b"a")
        except OSError:
            cut = True
check(cut and time.time() - started < 8, f"who sends a byte at a time is cut off after the deadline: {time.time() - started:.1f} s")
started = time.time()
with socket.create_connection(("127.0.0.1", server.port), timeout=15) as wire:
    wire.sendall(request(put, kind, "Content-Length: 13", body=b"{"))
    try:
        end = wire.recv(100)
    except OSError:
        end = b""
check(not end.startswith(b"HTTP/1.1 2") and time.time() - started < 8, "a body that never ends, too")
wires = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
time.sleep(0.5)
closed = 0
for wire in wires:
    wire.settimeout(0.05)
    try:
        closed += wire.recv(1) == b""
    except TimeoutError:
        pass
    except OSError:
        closed += 1
check(closed >= 15, f"of 60 connections from one address 40 stay: {closed} were closed")
for wire in wires:
    wire.close()
time.sleep(0.5)
for _ in range(20):
    with socket.create_connection(("127.0.0.1", server.port)) as wire:
        wire.sendall(request("GET /v1/me/ranking HTTP/1.1"))
check(server.ask("GET", "/v1/me", ann).status == 200, "clients that go away before the answer harm nothing")
two = request("GET /healthz HTTP/1.1") + request("GET /healthz HTTP/1.1", "Connection: close")
with socket.create_connection(("127.0.0.1", server.port), timeout=5) as wire:
    wire.sendall(two)
    both = b""
    while piece := wire.recv(65536):
        both += piece
check(both.count(b"HTTP/1.1 200") == 2, "two requests at once are two")

# ---- odd, but right ----

many = [f"X-Header-{i}: value {i} " + "v" * 40 for i in range(60)]
check(status(request("GET /v1/me HTTP/1.1", *many, "Cookie: " + "; ".join(f"c{i}={'x' * 30}" for i in range(40)))) == 200, "60 headers and long cookies")
check(status(request("GET /v1/me HTTP/1.1", "Accept-Language:de", "X-Empty:", "X-Blank:   ", "X-Wide:  a  b  ", "User-Agent: \u00e9\u00e8")) == 200, "headers with and without blanks")
with socket.create_connection(("127.0.0.1", server.port), timeout=10) as wire:
    wire.sendall(request(put, kind, "Content-Length: 13", "Expect: 100-continue"))
    check(wire.recv(65536).startswith(b"HTTP/1.1 100"), "who asks first is told to go on")
    wire.sendall(up)
    check(wire.recv(65536).startswith(b"HTTP/1.1 200"), "and answered after the body")
check(status(request("GET /healthz HTTP/1.0", host=False, token=None)) == 200 or server.raw(request("GET /healthz HTTP/1.0", host=False, token=None)).startswith(b"HTTP/1.0 200"), "HTTP/1.0")
head = server.raw(request("HEAD /v1/me HTTP/1.1", "Connection: close"))
check(head.startswith(b"HTTP/1.1 200") and head.endswith(b"\r\n\r\n"), "HEAD gives no body")
check(status(request(put, kind, "Transfer-Encoding: chunked", "Trailer: X-End", body=b"d\r\n" + up + b"\r\n0\r\nX-End: 1\r\n\r\n")) == 411, "chunks with a trailer")
garbage = server.raw(request(put, kind, "Content-Length: 13", "Connection: close", body=up + b"\0\xffGET /x HTTP/1.1\r\n\r\n"))
check(garbage.startswith(b"HTTP/1.1 200") and garbage.count(b"HTTP/1.1") == 1, "what follows the last body is no request")
with socket.create_connection(("127.0.0.1", server.port)) as deaf:
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.sendall(request("GET /openapi.json HTTP/1.1") * 200)
    check(server.ask("GET", "/v1/me", ann).status == 200, "who never reads holds up nobody else")
check("access-control-allow-origin" not in server.ask("GET", "/v1/me", ann, headers={"Origin": "https://elsewhere.example"}).headers, "no other site may read")
check(server.ask("GET", "/v1/me", ann).headers["x-content-type-options"] == "nosniff", "what is JSON is taken for nothing else")

# ---- pages: forms and cookies from elsewhere ----

here = f"http://127.0.0.1:{server.port}"
kept = f"__Host-pith-{server.port}"


def page(method, target, who=None, fields=None, origin=here, kind="application/x-www-form-urlencoded", **more):
    head = {**({"Cookie": f"{kept}={who}"} if who else {}), **({"Origin": origin} if origin and method == "POST" else {}), **more}
    body = fields if isinstance(fields, (bytes, type(None))) else urllib.parse.urlencode(fields)
    if body is not None:
        head["Content-Type"] = kind
    return server.ask(method, target, body=body, headers=head, checked=False)


def form_of(who):
    return re.search(rb'name="form" value="([0-9a-f]{32})"', page("GET", "/", who).body)[1].decode()


first, second = form_of(ann), form_of(ben)
key = "arxiv:2401.00002"
vote = {"up": key, "back": "./", "form": first}
check(first != second and ann not in page("GET", "/", ann).body.decode(), "each reader's forms carry a word of their own, and no page its token")
for fields, more, what in (({**vote, "form": ""}, {}, "no form token"), ({**vote, "form": second}, {}, "another reader's"), ({**vote, "form": first[:-1]}, {}, "one cut short"),
                           (vote, {"origin": "https://elsewhere.example"}, "another origin"), (vote, {"origin": "null"}, "no origin to name"), (vote, {"origin": None}, "none at all"),
                           (vote, {"origin": here + ".elsewhere.example"}, "an origin that begins like this one"), (vote, {"Sec-Fetch-Site": "cross-site"}, "another site"),
                           (vote, {"Sec-Fetch-Site": "same-site"}, "another port of this host")):
    check(page("POST", "/vote", ann, fields, **more).status == 403, f"a forged vote: {what}")
check(page("POST", "/vote", ann, vote, kind="text/plain").status == 415 and page("POST", "/vote", ann, vote, kind="multipart/form-data; boundary=x").status in (400, 415), "of another type")
check(page("GET", "/vote?up=" + key, ann).status == 405 and page("POST", "/vote", None, vote).status == 303, "by a look, or by nobody")
check(server.ask("POST", "/vote", ann, body=urllib.parse.urlencode(vote), headers={"Content-Type": "application/x-www-form-urlencoded", "Origin": here}, checked=False).status == 303,
      "a header's token opens no page")
check(server.ask("GET", "/v1/me", headers={"Cookie": f"{kept}={ann}"}).status == 401, "nor a cookie the API")
check(server.ask("GET", f"/v1/me/votes/{key}", ann).status == 404, "none of that was recorded")
check(page("POST", "/vote", ann, vote).status == 303 and server.ask("GET", f"/v1/me/votes/{key}", ann).json["vote"] == "up", "a page's own is")
for away in ("//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "./..//elsewhere.example", "./\r\nSet-Cookie: a=b", "javascript:alert(1)", "./x" * 400):
    there = page("POST", "/vote", ann, {**vote, "back": away}).headers["location"]
    check(there.startswith("./?said=up&on="), f"a form leads nowhere else: {there[:60]}")
    there = page("GET", "/signed-in?to=" + urllib.parse.quote(away), ann).headers.get("location", "./")
    check(there == "./", f"nor does signing in: {there[:60]}")
for body in (b"", b"up", b"up=%", b"up=%00", b"up=%ff", b"a=1&a=2", b"&".join(b"f%d=1" % i for i in range(50)), b"=" * 9000, b"\0" * 20):
    check(page("POST", "/vote", ann, body).status in (400, 403, 413), f"a form of {body[:12]}")
seeds = "multipart/form-data; boundary=edge"
for body in (b"", b"--edge--", b"--edge\r\n\r\nx\r\n--edge--", b"--edge\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n", b"--edge" * 1000, os.urandom(3000),
             b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\n2\r\n--edge--'):
    check(page("POST", "/seeds", ann, body, kind=seeds).status in (400, 403), f"parts of {body[:12]}")
check(page("POST", "/seeds", ann, b"x", kind="multipart/form-data; boundary=" + "b" * 200).status == 400, "a boundary past all measure")
for answer in (page("GET", "/", ann), page("GET", "/sign-in"), page("GET", "/paper/nothing", ann)):
    check(answer.headers["x-frame-options"] == "DENY" and "frame-ancestors 'none'" in answer.headers["content-security-policy"], "no page may be framed")
policy = page("GET", "/", ann).headers["content-security-policy"]
check("unsafe" not in policy and "default-src 'none'" in policy and "script-src 'self'" in policy, f"and runs its own script alone: {policy}")
check(page("GET", "/", ann).headers["cache-control"] == "no-store" and "etag" not in page("GET", "/", ann).headers, "no cache keeps one")
check("access-control-allow-origin" not in page("GET", "/", ann, Origin="https://elsewhere.example").headers, "no other site reads one")
check(status(request("GET / HTTP/1.1", f"Cookie: {kept}={ann}", f"Cookie: {kept}={ben}", token=None)) == 400, "two headers of cookies")
led = page("GET", "/", None, **{"Sec-Fetch-Site": "cross-site"})
check(led.status == 200 and b'http-equiv="refresh"' in led.body, "who comes from a mail is led on, with the cookie")
markup = json.dumps({"id": "arXiv:2401.90001", "title": "</a><script>x</script>", "abstract": "</details><img src=x onerror=y>", "authors": ["<i>A</i>"], "categories": ["\"><b>"],
                     "url": "javascript:x", "date": "2024-01-01"})
server.ask("POST", "/v1/listings", operator, markup + "\n")
for target in ("/?show=50", "/search?q=script", "/paper/arXiv%3A2401.90001"):
    body = page("GET", target, ann).body
    check(b"<script>x" not in body and b"<img" not in body and b'"><b>' not in body and b"javascript:" not in body, f"markup is text on {target}")
stolen = server.reader("Dan")
check(page("GET", "/", stolen).status == 200, "a cookie opens the page")
slot = next(one["slot"] for one in server.ask("GET", "/v1/me/tokens", stolen).json["keys"] if one["used"])
server.ask("DELETE", f"/v1/me/tokens/{slot}", stolen)
ended = page("GET", "/", stolen)
check(ended.status == 303 and "sign-in" in ended.headers["location"] and "Max-Age=0" in ended.headers["set-cookie"], "and once its token is revoked, no more")
check(page("POST", "/vote", stolen, {**vote, "form": "0" * 32}).status == 303 and page("GET", "/later", stolen).status == 303, "nowhere")
codes = [page("POST", "/sign-in", None, {"token": "pith_wrong"}).status for _ in range(60)]
check(codes[-1] == 429 and 401 in codes, "guessing at the door is slowed down as well")
time.sleep(1.5)
check(page("GET", "/in/" + "0" * 64).status == 404, "no link signs in where none was given out")
check(server.stop() == 0, "it ends well")

# ---- a client as it comes ----

folder = tempfile.TemporaryDirectory()
base = os.path.join(folder.name, "own")
certificate(base)
large = os.path.join(folder.name, "listing")
with open(large, "w") as file:
    file.write(papers() + "\n" * (2 << 20))


def curl(*arguments):
    """Status and body length of each answer, in order."""
    run = subprocess.run(["curl", "-sS", "--cacert", base + ".pem", "-w", "%{http_code} %{size_download}\n", "-o", os.devnull, *arguments],
                         capture_output=True, text=True, timeout=60)
    return [tuple(map(int, line.split())) for line in run.stdout.splitlines()] or run.stderr


def headers(wide):
    return [part for i in range(60) for part in ("-H", f"X-Header-{i}: value {i} {'v' * (wide * i)}")]


def cookies(count):
    return "-H", "Cookie: " + "; ".join(f"c{i}={'x' * 60}" for i in range(count))


for options, scheme in (((), "http"), (("--certificate", base + ".pem", "--key", base + ".key"), "https")):
    server = Server(sys.argv[1], "--rate", "0", "--deadline", "5", *options)
    address, bearer = f"{scheme}://127.0.0.1:{server.port}", ("-H", f"Authorization: Bearer {server.operator}")
    check([answer[0] for answer in curl(*bearer, *headers(2), *cookies(60), address + "/v1/days", "-o", os.devnull, address + "/v1/days")] == [200, 200],
          f"{scheme}: 60 headers and long cookies, twice over one connection")
    for header in (("-H", "Expect: 100-continue"), ("-H", "Expect:")):
        answer = curl(*bearer, *header, "-H", "Content-Type: text/plain", "--data-binary", "@" + large, address + "/v1/listings")
        check(answer[0][0] == 200, f"{scheme}: a listing of 2 MiB, {header[1]} {answer}")
    answer = curl("-0", "-H", "Connection: keep-alive", *bearer, *headers(2), address + "/v1/days", "-o", os.devnull, address + "/healthz")
    check([one[0] for one in answer] == [200, 200], f"{scheme}: HTTP/1.0 that keeps its connection: {answer}")
    check(curl("-I", *bearer, *cookies(60), address + "/v1/days")[0][:2] == (200, 0), f"{scheme}: HEAD")
    for wide in range(4, 12):  # about where there is no room left, not even for an answer
        curl(*bearer, *headers(wide), *cookies(80), address + "/v1/days")
    check(curl("--compressed", "-A", "", *bearer, address + "/openapi.json")[0][0] == 200, f"{scheme}: packed, for a client without a name")
    check(server.stop() == 0, f"{scheme}: it ends well, and nothing is left of requests that never came whole")
check.finish()
