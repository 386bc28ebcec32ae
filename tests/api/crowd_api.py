#!/usr/bin/python3
"""Many connections in a closed loop: each asks, waits for its answer and asks again. Not one answer may be lost, however many come at once.
usage: crowd_api.py PITH_SERVE"""
import resource, selectors, socket, sys, time
from api_client import Checks, Server, papers

PATIENCE = 120  # seconds without any answer at all: then nothing more will come
NEED = 4096     # open files, of the service and of this

check = Checks()
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if hard != resource.RLIM_INFINITY and hard < NEED:
    print(f"left out: {hard} open files at most")
    raise SystemExit(77)  # which meson counts as skipped
resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, NEED), hard))


def crowd(port, token, count, rounds):
    """How many answers of `count` connections, each asking `rounds` times, came; and how many connections were cut."""
    ask = f"GET /v1/me/ranking?limit=3 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    poll = selectors.DefaultSelector()
    wires = {}
    for _ in range(count):
        wire = socket.create_connection(("127.0.0.1", port), timeout=60)
        wires[wire] = [rounds, b""]
        poll.register(wire, selectors.EVENT_READ)
    for wire in wires:  # all at once, so that as many events as there are connections wait
        wire.sendall(ask)
    answers = cut = 0
    last = time.monotonic()
    while wires and time.monotonic() - last < PATIENCE:
        for key, _ in poll.select(1):
            wire, last = key.fileobj, time.monotonic()
            left, got = wires[wire]
            try:
                piece = wire.recv(65536)
            except ConnectionError:
                piece = b""
            got += piece
            head, blank, body = got.partition(b"\r\n\r\n")
            if blank and len(body) >= int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]):
                answers += head.startswith(b"HTTP/1.1 200")
                left, got = left - 1, b""
                if left and piece:
                    wire.sendall(ask)
            wires[wire] = [left, got]
            if not left or not piece:
                cut += left > 0
                poll.unregister(wire)
                wire.close()
                del wires[wire]
    return answers, cut + len(wires)


server = Server(sys.argv[1], "--rate", "0", "--quiet", "--connections", "2000", "--per-address", "2000")
server.ask("POST", "/v1/listings", server.operator, papers())
ann = server.reader("Ann")
check(server.ask("GET", "/v1/me/ranking?limit=3", ann).status == 200, "a ranking")
for count, rounds in ((127, 20), (128, 40), (129, 20), (256, 20), (384, 10), (512, 10), (2000, 5)):
    answers, cut = crowd(server.port, ann, count, rounds)
    check((answers, cut) == (count * rounds, 0), f"{count} connections, {rounds} questions each: {answers} answers, {cut} connections cut")
check(server.ask("GET", "/v1/me", ann).status == 200, "and it goes on")
check(server.stop() == 0, "it ends well")
server = Server(sys.argv[1], "--rate", "0", "--quiet", "--per-address", "1000")
server.ask("POST", "/v1/listings", server.operator, papers())
answers, cut = crowd(server.port, server.reader("Ben"), 256, 20)
check((answers, cut) == (5120, 0), f"as many connections as it takes unless told otherwise: {answers} answers, {cut} cut")
check(server.stop() == 0, "it ends well")
check.finish()
