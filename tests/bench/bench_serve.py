#!/usr/bin/python3
"""How many rankings a second the service gives, beside a bare reply of libmicrohttpd in the same run.
usage: bench_serve.py PITH_SERVE BARE_SERVER [SECONDS]   SECONDS (5 to 600) for each of the first two lines; default 10"""
import json, os, random, statistics, subprocess, sys, tempfile, threading, time
from concurrent.futures import ThreadPoolExecutor
from api_client import Server, papers

READERS, PAPERS, VOTES, CONNECTIONS, SHORT, ROUNDS = 1000, 300, 12, 64, 10, 5
RANKING = "/v1/me/ranking?limit=20"

# Every request of a run is written before it begins. Each of wrk's connections takes the next of all of them.
SCRIPT = """
local requests, at = {}, 0
function init()
  for line in io.lines(os.getenv("BENCH_REQUESTS")) do
    local token, method, target, body = line:match("^(%S+) (%S+) (%S+) ?(.*)$")
    local headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
    requests[#requests + 1] = wrk.format(method, target, headers, body ~= "" and body or nil)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


def resident(process):
    """MiB of a process that lie in memory."""
    with open(f"/proc/{process}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


class Load:
    """One run of wrk against a port: what came of it, and the memory of the process that answered."""

    def __init__(self, port, process, requests, seconds):
        with tempfile.TemporaryDirectory() as folder:
            script, lines = os.path.join(folder, "load.lua"), os.path.join(folder, "requests")
            with open(script, "w") as file:
                file.write(SCRIPT)
            with open(lines, "w") as file:
                file.writelines(" ".join(request) + "\n" for request in requests)
            run = subprocess.Popen(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "-s", script, f"http://127.0.0.1:{port}"],
                                   stdout=subprocess.PIPE, text=True, env={**os.environ, "BENCH_REQUESTS": lines})
            self.memory, ended = [], threading.Event()
            sampler = threading.Thread(target=self.sample, args=(process, ended))
            sampler.start()
            output = run.communicate()[0]
            ended.set()
            sampler.join()
        result = next((line for line in output.splitlines() if line.startswith("RESULT")), None)
        if not result:
            raise SystemExit("bench_serve: wrk said: " + output)
        count, microseconds, self.half, self.late, self.errors = map(int, result.split()[1:])
        self.rate = count / microseconds * 1e6

    def sample(self, process, ended):
        while not ended.wait(1):
            self.memory.append(resident(process))

    def line(self, what):
        print(f"{what:52} {self.rate:9,.0f} {self.half / 1000:9.2f} {self.late / 1000:9.2f} {self.errors:7} {self.memory[-1]:9.1f}", flush=True)


def insist(server, target, token, body):
    """Posts until the service is not too busy with other writing."""
    while (answer := server.ask("POST", target, token, body, checked=False)).status == 503:
        time.sleep(int(answer.headers["retry-after"]))
    assert answer.status < 300, answer.body
    return answer


def fill(server):
    """A day of papers, and readers with a dozen votes each, of a taste of their own; their tokens."""
    lines = papers(per_topic=PAPERS // 4).splitlines()
    server.ask("POST", "/v1/listings", server.operator, "\n".join(lines), checked=False)
    ids = [json.loads(line)["id"] for line in lines]

    def make(number):
        some = random.Random(number)
        token = insist(server, "/v1/readers", server.operator, {"name": f"Reader {number}"}).json["token"]
        votes = [{"id": ids[paper], "vote": "up" if paper % 4 == number % 4 else "down"} for paper in some.sample(range(PAPERS), VOTES)]
        insist(server, "/v1/me/votes", token, {"votes": votes})
        return token

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(make, range(READERS))), ids


def beside_bare(program, size, server, rankings, seconds):
    """Both in turn, for as long each, so that what else the machine does meets both: the rounds of each."""
    bare = subprocess.Popen([program, str(size)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port, slice_of = int(bare.stdout.readline()), max(seconds // ROUNDS, 2)
    pairs = [(Load(port, bare.pid, rankings, slice_of), Load(server.port, server.process.pid, rankings, slice_of)) for _ in range(ROUNDS)]
    bare.communicate("")
    return zip(*pairs)


class Together:
    """Rounds as one line: medians of rates and times, sums of errors, all of the memory."""
    line = Load.line

    def __init__(self, rounds):
        self.rate, self.half, self.late = (statistics.median(getattr(one, name) for one in rounds) for name in ("rate", "half", "late"))
        self.errors = sum(one.errors for one in rounds)
        self.memory = [sample for one in rounds for sample in one.memory]


def vote_lines(tokens, ids):
    """Each reader changes a vote, and once all have, each asks for a ranking: up the first time, down the second."""
    for verdict in ("up", "down"):
        body = json.dumps({"vote": verdict}, separators=(",", ":"))
        yield from ((token, "PUT", f"/v1/me/votes/{ids[0]}", body) for token in tokens)
        yield from ((token, "GET", RANKING) for token in tokens)


def warm(server, tokens):
    """Each reader's first ranking fits a model, which is a change; the answer of the second is kept."""
    with ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            list(pool.map(lambda token: server.ask("GET", RANKING, token, checked=False), tokens))


def verdict(what, good, value):
    print(f"{'reached' if good else 'MISSED '}  {what}: {value}")
    return good


def main():
    seconds = int(sys.argv[3]) if len(sys.argv) > 3 else SHORT
    if not 5 <= seconds <= 600:
        raise SystemExit("bench_serve: give 5 to 600 seconds")
    server = Server(sys.argv[1], "--rate", "0", "--quiet")
    tokens, ids = fill(server)
    rankings = [(token, "GET", RANKING) for token in tokens]
    size = len(server.ask("GET", RANKING, tokens[0], checked=False).body)
    print(f"{READERS:,} readers with {VOTES} votes each ask for 20 of {PAPERS} papers over {CONNECTIONS} connections; the load and its server share "
          f"{os.cpu_count()} processors.")
    print(f"{'':52} {'a second':>9} {'p50 ms':>9} {'p99 ms':>9} {'errors':>7} {'MiB':>9}")
    warm(server, tokens)
    bares, kepts = beside_bare(sys.argv[2], size, server, rankings, seconds)
    bare, kept = Together(bares), Together(kepts)
    bare.line(f"a bare reply of {size:,} bytes")
    kept.line("rankings, nothing having changed since the last")
    voted = Load(server.port, server.process.pid, list(vote_lines(tokens, ids)), SHORT)
    voted.line("votes and rankings in turn, each fitted anew")
    server.stop()
    server.options = (*server.options, "--answers", "0")
    server.start()
    opened = Load(server.port, server.process.pid, rankings, SHORT)
    opened.line("rankings, no answer kept: each opens a profile")
    server.stop()
    share = statistics.median(one.rate / other.rate for one, other in zip(kepts, bares))
    lateness = statistics.median(one.late / other.late for one, other in zip(kepts, bares))
    settled = kept.memory[len(kept.memory) // 4]
    good = [verdict("a quarter of the bare reply's rate", share >= 0.25, f"{share:.2f}"),
            verdict("p99 within ten times the bare reply's", lateness <= 10, f"{lateness:.1f}"),
            verdict("no error", not any(load.errors for load in (bare, kept, voted, opened)), sum(load.errors for load in (bare, kept, voted, opened))),
            verdict("memory is flat", kept.memory[-1] <= settled * 1.05, f"{settled:.1f} MiB after a quarter of the time, {kept.memory[-1]:.1f} at the end")]
    raise SystemExit(0 if all(good) else 1)


main()
