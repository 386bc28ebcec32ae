"""What the tests of the service share: a server to talk to, and every answer held against api/openapi.json."""
import atexit, http.client, json, os, re, socket, subprocess, tempfile, urllib.parse
import jsonschema

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
API = json.load(open(os.path.join(ROOT, "api/openapi.json")))
VERBS = ("get", "put", "post", "delete", "patch")


def resolve(node):
    """References of OpenAPI's own (not of schemas) followed."""
    return resolve(API["components"][node["$ref"].split("/")[2]][node["$ref"].split("/")[3]]) if "$ref" in node else node


def operation(method, path):
    for pattern, verbs in API["paths"].items():
        if method.lower() in verbs and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
            return f"{method} {pattern}", verbs[method.lower()]
    return None, None


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """pith-serve on a free port of loopback, with a home of its own unless one is given."""

    def __init__(self, program, *options, home=None):
        self.folder = None if home else tempfile.TemporaryDirectory()
        self.home = home or os.path.join(self.folder.name, "home")
        self.seen = set()
        self.options = options
        self.program = program
        atexit.register(lambda: self.process.poll() is None and self.process.kill())
        self.start()

    def start(self, port=0):
        self.process = subprocess.Popen([self.program, "--home", self.home, "--listen", f"127.0.0.1:{port}", *self.options],
                                        stderr=subprocess.PIPE, text=True)
        self.log = []
        for line in self.process.stderr:
            self.log.append(line)
            if "listening on" in line:
                self.port = int(line.rsplit(":", 1)[1])
                break
        else:
            raise SystemExit("pith-serve did not start: " + "".join(self.log))
        with open(os.path.join(self.home, "operator.token")) as file:
            self.operator = file.read().strip()

    def stop(self):
        """Ends it as an operator would; its exit code."""
        self.process.terminate()
        self.log += self.process.stderr.readlines()
        code = self.process.wait(60)
        self.process.stderr.close()
        return code

    def ask(self, method, target, token=None, body=None, headers={}, checked=True):
        """One request; the answer is held against the description, whatever it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        head = dict(headers)
        if token:
            head["Authorization"] = "Bearer " + token
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            head.setdefault("Content-Type", "application/json")
        connection.request(method, target, body, head)
        response = connection.getresponse()
        answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        connection.close()
        if checked:
            self.check(method, target, answer)
        return answer

    def check(self, method, target, answer):
        name, found = operation(method, urllib.parse.urlsplit(target).path)
        kind = answer.headers.get("content-type", "").split(";")[0]
        if not found:
            assert answer.status in (400, 404, 405), f"{method} {target} is not described, and gave {answer.status}"
            schema = API["components"]["schemas"]["problem"]
        else:
            self.seen.add((name, answer.status))
            described = found["responses"].get(str(answer.status))
            assert described, f"{name} gave {answer.status}, which is not described"
            content = resolve(described).get("content")
            if not content:
                assert not answer.body, f"{name} {answer.status} has a body"
                return
            assert kind in content, f"{name} {answer.status} is {kind}, not {list(content)}"
            schema = content[kind]["schema"]
        if kind.endswith("json") and "content-encoding" not in answer.headers:
            jsonschema.Draft202012Validator({**schema, "components": API["components"]}).validate(json.loads(answer.body))

    def reader(self, name, **more):
        """A new reader's token."""
        answer = self.ask("POST", "/v1/readers", self.operator, {"name": name, **more})
        assert answer.status == 201, answer.body
        return answer.json["token"]

    def raw(self, data, timeout=10):
        """Bytes as they are; what came back until the other end closed or fell silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as wire:
            wire.sendall(data)
            answer = b""
            try:
                while piece := wire.recv(65536):
                    answer += piece
                    head, _, rest = answer.partition(b"\r\n\r\n")
                    length = re.search(rb"(?i)content-length: (\d+)", head)
                    if length and len(rest) >= int(length[1]):
                        break
            except (TimeoutError, ConnectionError):
                pass
            return answer


MAIL = ("/v1/me/digest", "/v1/me/settings", "/v1/replies", "/t/", "/u/", "/feeds/")


def unasked(server, mail):
    """Routes that are described, about mail or all others, and were not asked and answered well."""
    described = {f"{verb.upper()} {path}" for path, verbs in API["paths"].items() for verb in VERBS if verb in verbs and path.startswith(MAIL) == mail}
    return sorted(described - {name for name, code in server.seen if code < 300})


def certificate(base):
    """BASE.pem and BASE.key: a certificate for 127.0.0.1 that nobody signed."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", base + ".key", "-out",
                    base + ".pem", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)


class Checks:
    """Counts what held, and names what did not."""

    def __init__(self):
        self.count = self.failed = 0

    def __call__(self, good, what):
        self.count += 1
        if not good:
            self.failed += 1
            print("FAILED:", what)

    def finish(self):
        print(f"{self.failed} of {self.count} checks failed" if self.failed else f"{self.count} checks passed")
        raise SystemExit(1 if self.failed else 0)


def name(number):
    """A word of its own for each number: titles that differ in digits alone count as one."""
    return "".join("bcdfghklmnprstvz"[number >> shift & 15] + "aeiou"[number >> shift & 3] for shift in (0, 4, 8, 12))


def papers(topics=4, per_topic=30, day=1, first=0, date=None):
    """A listing of invented papers as JSON Lines: each topic has words, an author and a category of its own."""
    words = [("diffusion image denoising latent sampler", "cs.CV", "Ada Brown"), ("protein folding residue structure enzyme", "q-bio.BM", "Ben Cole"),
             ("proof lemma theorem conjecture algebra", "math.AG", "Cid Diaz"), ("galaxy redshift halo telescope survey", "astro-ph.GA", "Dot Ewing")]
    lines = []
    for number in range(per_topic * topics):
        topic = number % topics
        text, category, author = words[topic]
        some = text.split()
        lines.append(json.dumps({
            "id": f"arXiv:24{day:02d}.{first + number:05d}", "title": f"On {some[number % 5]} and {some[(number // 5 + 1) % 5]} by {name(first + number)}",
            "abstract": f"We study {text}. Case {first + number} uses {some[number % 5]} with {some[(number + 2) % 5]} and reports results.",
            "authors": [author, f"Person {number}"], "categories": [category], "date": date or f"2024-01-{day:02d}"}))
    return "\n".join(lines) + "\n"


def private_file(folder, name, text):
    """Writes a file that nobody else may read; where it is."""
    path = os.path.join(folder, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    return path
