#!/usr/bin/env python3
"""A server on loopback that answers as sources do, well and badly. Prints its port, then serves until standard input ends.

The first part of a path says how: /good/… answers, /busy/… asks for patience once, /empty, /html, /loop, /cut, /huge, /bomb, /slow,
/file, /plain redirect or misbehave. With --tls it speaks TLS under a certificate that nobody trusts."""
import gzip, http.server, json, os, ssl, subprocess, sys, tempfile, threading, time, urllib.parse

asked = {}


def rss(items, day="Fri, 05 Jan 2024"):
    body = "".join(
        f"<item><guid>oai:arXiv.org:{id}v1</guid><title>{title}</title><description>arXiv:{id}v1 Announce Type: {kind} \n"
        f"Abstract: About {title.lower()}.</description><category>cs.LG</category>"
        f"<arxiv:announce_type>{kind}</arxiv:announce_type><pubDate>{day} 00:00:00 -0500</pubDate></item>"
        for id, title, kind in items)
    return ('<rss xmlns:arxiv="http://arxiv.org/schemas/atom"><channel>'
            f"<pubDate>{day} 00:00:00 -0500</pubDate>{body}</channel></rss>").encode()


FEED = [("2401.00001", "Mending kites", "new"), ("2401.00002", "Flying strings", "cross"), ("2401.00003", "Old knots", "replace")]


def oai(ids, token):
    records = "".join(
        f"<record><header/><metadata><arXivRaw><id>{id}</id><title>Harvested {id}</title><abstract>Text of {id}.</abstract>"
        f"<authors>Ida Wind</authors><categories>cs.LG</categories><version version='v1'><date>Wed, 3 Jan 2024 10:00:00 GMT</date>"
        "</version></arXivRaw></metadata></record>" for id in ids)
    end = f"<resumptionToken>{token}</resumptionToken>" if token else ""
    return f"<OAI-PMH><ListRecords>{records}{end}</ListRecords></OAI-PMH>".encode()


def harvest(how, query):
    token = query.get("resumptionToken", [""])[0]
    if token == "skip%3D2&x":
        if how == "stale" and asked.setdefault("stale", 0) < 1:
            asked["stale"] += 1
            return b"<OAI-PMH><error code='badResumptionToken'>expired</error></OAI-PMH>"
        return oai(["2401.00013"], "")
    return oai(["2401.00011", "2401.00012"], "skip%3D2&amp;x")


def hugging_face(query):
    day = query["date"][0]
    count = 2 if day.endswith("06") else 12
    return json.dumps([{"paper": {"id": f"24{day[5:7]}.{int(day[8:]) * 100 + i:05d}", "title": f"Paper {i} of {day}", "summary": "Text.",
                                  "authors": [], "submittedOnDailyAt": day + "T00:00:00.000Z"}} for i in range(count)]).encode()


def rxiv(path, how="good"):
    cursor = int(path.split("/")[-2])
    if how == "quiet" or (how == "short" and cursor > 0):  # fewer than it said, or none at all
        return json.dumps({"messages": [{"status": "no posts found"}], "collection": []}).encode()
    items = [{"doi": f"10.1101/2024.01.0{n}.1", "title": f"Cells {n}", "abstract": "Cells.", "authors": "Wind, I.", "version": "1",
              "date": "2024-01-04", "category": "neuroscience", "server": "biorxiv"} for n in range(cursor, min(cursor + 2, 5))]
    return json.dumps({"messages": [{"status": "ok", "total": "5", "cursor": cursor, "count": len(items)}], "collection": items}).encode()


def notes(query, how="good"):
    offset = int(query["offset"][0])
    if how == "broken":  # submissions without a title
        return json.dumps({"notes": [{"id": f"f{n}", "forum": f"f{n}", "content": {}} for n in range(2)], "count": 2}).encode()
    if how == "half":  # the second without a title, the third with a list of authors that is none
        made = [{"title": {"value": "Half"}}, {}, {"title": {"value": "Whole"}, "authors": {"value": 7}}]
        return json.dumps({"notes": [{"id": f"h{n}", "forum": f"h{n}", "content": content} for n, content in enumerate(made)], "count": 3}).encode()
    left = [{"id": f"forum{n:06d}", "forum": f"forum{n:06d}", "content": {"title": {"value": f"Submission {n}"}, "abstract": {"value": "Text."}},
             "invitations": ["x"]} for n in range(offset, min(offset + 2, 3))]
    return json.dumps({"notes": left, "count": 3}).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, body, code=200, kind="application/xml", **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def misbehave(self, how):
        if how == "loop":
            return self.answer(b"", 302, Location=self.path)
        if how == "file":
            return self.answer(b"", 302, Location="file:///etc/passwd")
        if how == "to-good":
            return self.answer(b"", 301, Location=self.path.replace("/to-good/", "/good/"))
        if how == "empty":
            return self.answer(b"")
        if how == "html":
            return self.answer(b"<html><title>Please log in</title></html>", kind="text/html; charset=utf-8")
        if how == "gone":
            return self.answer(b"no", 404)
        if how == "bomb":
            return self.answer(gzip.compress(bytes(64 << 20)), Content_Encoding="gzip")
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        if how == "cut":
            self.send_header("Content-Length", "1000000")
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            if how == "cut":
                self.wfile.write(b"<rss>")
            while how in ("huge", "slow"):
                self.wfile.write(b"x" * (1 << 20) if how == "huge" else b"x")
                self.wfile.flush()
                if how == "slow":
                    time.sleep(0.5)
        except OSError:
            pass

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        how, _, rest = url.path.lstrip("/").partition("/")
        asked[how + "/" + rest.split("/")[0]] = asked.get(how + "/" + rest.split("/")[0], 0) + 1
        if how == "asked":
            return self.answer(json.dumps(asked).encode(), kind="application/json")
        asked["agent"] = self.headers.get("User-Agent")
        if how == "busy" and asked.get("busy/rss", 0) == 1:
            return self.answer(b"later", 429, Retry_After="1")
        if how not in ("good", "stale", "busy", "still", "again", "weekend", "short", "quiet", "broken", "half"):
            return self.misbehave(how)
        if rest.startswith("rss/"):
            if self.headers.get("If-None-Match") == '"v1"':
                return self.answer(b"", 304, ETag='"v1"')
            if how == "weekend":
                return self.answer(rss([]))
            day = "Mon, 08 Jan 2024" if how == "again" else "Fri, 05 Jan 2024"
            return self.answer(rss(FEED, day), **({"ETag": '"v1"'} if how == "good" else {}))
        if rest == "oai":
            return self.answer(harvest(how, query))
        if rest == "api/daily_papers":
            return self.answer(hugging_face(query), kind="application/json")
        if rest.startswith("details/"):
            return self.answer(rxiv(rest, how), kind="application/json")
        if rest == "notes":
            return self.answer(notes(query, how), kind="application/json")
        self.answer(b"nothing here", 404)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if "--tls" in sys.argv:
        folder = tempfile.mkdtemp()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/key", "-out", f"{folder}/certificate",
                        "-days", "1", "-subj", "/CN=127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/certificate", f"{folder}/key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


main()
