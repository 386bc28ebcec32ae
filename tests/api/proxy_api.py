#!/usr/bin/python3
"""The service behind nginx, by the lines that docs/service.md gives; left out where nginx is not installed.
usage: proxy_api.py PITH_SERVE"""
import atexit, http.client, json, os, re, shutil, socket, ssl, subprocess, sys, tempfile, time
from api_client import ROOT, Checks, Server, certificate, papers

LISTING, LARGE = 64 << 20, (64 << 20) + 1

check = Checks()
program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
if not program:
    print("left out: nginx is not installed")
    raise SystemExit(77)  # which meson counts as skipped
folder = tempfile.TemporaryDirectory()
base = os.path.join(folder.name, "own")
certificate(base)
OPTIONS = "--base-url", "https://pith.example.org", "--trusted-proxy", "127.0.0.1,::1", "--per-address", "8"
server = Server(sys.argv[1], *OPTIONS)
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]

# ---- the lines of the manual, with addresses and files of this test ----

with open(os.path.join(ROOT, "docs/service.md")) as file:
    lines = re.search(r"```nginx\n(.*?)```", file.read(), re.S)[1]
for of_manual, of_test in (("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"), ("127.0.0.1:8417", f"127.0.0.1:{server.port}"),
                           ("/etc/ssl/certs/pith.pem", base + ".pem"), ("/etc/ssl/private/pith.key", base + ".key")):
    check(of_manual in lines, f"the manual says {of_manual}")
    lines = lines.replace(of_manual, of_test)
config = os.path.join(folder.name, "nginx.conf")
places = "".join(f"{kind}_temp_path {folder.name}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
with open(config, "w") as file:
    file.write(f"daemon off;\nmaster_process off;\npid {folder.name}/pid;\nerror_log {folder.name}/errors;\nevents {{}}\n"
               f"http {{\naccess_log off;\n{places}{lines}}}\n")
proxy = subprocess.Popen([program, "-e", os.path.join(folder.name, "errors"), "-p", folder.name, "-c", config])
atexit.register(proxy.kill)
context = ssl.create_default_context(cafile=base + ".pem")


def ask(method, target, token=None, body=None, source="127.0.0.1", **headers):
    """One request by way of nginx, from an address: status, headers, body."""
    wire = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=context, source_address=(source, 0))
    wire.request(method, target, body, {**({"Authorization": "Bearer " + token} if token else {}), **headers})
    answer = wire.getresponse()
    whole = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    wire.close()
    return whole


for _ in range(100):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        break
    except ConnectionRefusedError:
        time.sleep(0.1)
check(ask("GET", "/healthz")[0] == 200, "nginx passes on what is asked")
check(ask("POST", "/v1/listings", server.operator, papers() + "\n" * (2 << 20))[0] == 200, "a listing of 2 MiB, which nginx holds back until it is whole")
check(ask("POST", "/v1/listings", server.operator, b"\n" * LARGE)[0] == 413, "one beyond 64 MiB")
status, _, body = ask("POST", "/v1/listings", server.operator, b"\n" * LISTING)
check(status == 422 and b"/problems/" in body, f"one of 64 MiB, which is empty, reaches the service: {status}")
ann = server.reader("Ann")
check(ask("PUT", "/v1/me/votes/arxiv:2401.00001", ann, json.dumps({"vote": "up"}), **{"Content-Type": "application/json"})[0] == 200, "a vote")
for _ in range(3):
    status, headers, body = ask("GET", "/v1/me/ranking?limit=5", ann)
    check(status == 200 and len(json.loads(body)["papers"]) == 5 and headers["etag"].startswith("W/"), "a ranking, kept or not")
status, headers, body = ask("GET", "/v1/me/ranking?limit=5", ann, **{"If-None-Match": headers["etag"]})
check(status == 304 and not body, "nothing changed")
check(ask("GET", "/v1/me/ranking?limit=5", ann, **{"Accept-Encoding": "gzip"})[1].get("content-encoding") == "gzip", "packed")
check(ask("GET", "/v1/me/votes/doi%3A10.1%2Fx", ann)[0] == 404, "an escaped slash stays one")
check(ask("GET", "/v1/me")[1]["www-authenticate"].startswith("Bearer"), "who is not known is told how to prove it")
wire = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=context)
for _ in range(20):
    wire.request("GET", "/v1/me", headers={"Authorization": "Bearer " + ann})
    answer = wire.getresponse()
    check(answer.status == 200 and answer.read(), "many over one connection")
wire.close()

# ---- whoever stands behind it ----

HERE, THERE = "127.0.0.2", "127.0.0.3"  # two clients' addresses, of no trusted proxy
stranger = [ask("GET", "/v1/me", "pith_wrong", source=HERE)[0] for _ in range(60)]
check(stranger[0] == 401 and 429 in stranger, f"who guesses is slowed down: {stranger}")
check(ask("GET", "/v1/me", "pith_wrong", source=THERE)[0] == 401, "and nobody of another address, though both come through one proxy")
codes = []
for n in range(95):
    ask("GET", "/v1/me", "pith_wrong", source=HERE)
    codes.append(ask("GET", "/v1/me", ann, source=HERE)[0])
check(codes == [200] * 95, f"nor is a good token, from whichever address: {codes.count(200)} of 95")
lies = [ask("GET", "/v1/me", "pith_wrong", source=HERE, **{"X-Forwarded-For": f"192.0.2.{n}", "Forwarded": f"for=192.0.2.{n}"})[0] for n in range(60)]
check(429 in lies, "what a client writes in those headers helps it nothing")
wires = [http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=context) for _ in range(40)]
for wire in wires:  # all at once: nginx holds a connection for each
    wire.request("GET", "/v1/me/ranking", headers={"Authorization": "Bearer " + ann})
check([wire.getresponse().status for wire in wires] == [200] * 40, "connections of a trusted proxy are not counted as one address's")
for wire in wires:
    wire.close()
check(server.stop() == 0, "it ends well")


def guess(options, **lines):
    """What 40 wrong tokens each of another client get, and then a client's first, by a service with these options."""
    global server
    server = Server(sys.argv[1], "--quiet", *options)
    got = [server.ask("GET", "/v1/me", "pith_wrong", headers={name: value.format(n) for name, value in lines.items()}, checked=False).status for n in range(40)]
    check(server.stop() == 0, "it ends well")
    return got.count(401)


trust = ("--trusted-proxy", "127.0.0.0/8")
named = ("--client-address-header", "Forwarded")
check(guess(trust, **{"X-Forwarded-For": "192.0.2.{}"}) == 40, "X-Forwarded-For of a trusted proxy")
check(guess(trust, **{"X-Forwarded-For": "192.0.2.{}, 127.0.0.9"}) == 40, "two trusted ones in a row")
check(guess((*trust, *named), Forwarded='for="[2a00:1:0:{}::1]:80";proto=https') == 40, "Forwarded, where the operator says so")
check(guess((*trust, *named), Forwarded="for=192.0.2.{}, for=203.0.113.5") <= 31, "the nearest counts")
check(guess(trust, Forwarded="for=192.0.2.{}") <= 31, "not unless told")
check(guess((*trust, *named), **{"X-Forwarded-For": "192.0.2.{}"}) <= 31, "one header of the two is read")
check(guess((), **{"X-Forwarded-For": "192.0.2.{}", "Forwarded": "for=192.0.2.{}"}) <= 31, "of nobody else")
check(guess(("--trusted-proxy", "192.0.2.0/24"), **{"X-Forwarded-For": "198.51.100.{}"}) <= 31, "nor of who is no trusted proxy")
for bad in (("--trusted-proxy", "localhost"), ("--trusted-proxy", "10.0.0.0/33"), ("--client-address-header", "X-Real-IP")):
    run = subprocess.run([sys.argv[1], "--home", folder.name, "--listen", "127.0.0.1:0", *bad], capture_output=True, text=True, timeout=60)
    check(run.returncode == 2 and bad[1].split("/")[0] in run.stderr, f"{bad} is refused: {run.stderr}")
proxy.terminate()
check(proxy.wait(30) == 0, "nginx ends")
check.finish()
