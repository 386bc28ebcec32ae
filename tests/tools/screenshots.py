#!/usr/bin/python3
"""Takes the pictures in docs/screenshots: the demo's two days of papers, read after its dozen votes and as many again.
usage: screenshots.py PITH_SERVE FOLDER"""
import os, sys, time, urllib.parse
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import browser
from api_client import ROOT, Server

UP = "2505.17250 2505.17153 2505.17667 2505.17826 2505.17447 2505.17714".split()
DOWN = "2505.17550 2505.17561 2505.17574 2505.17311 2505.17047 2505.17457".split()
serve, folder = map(os.path.abspath, sys.argv[1:3])
os.makedirs(folder, exist_ok=True)
server = Server(serve, "--quiet", "--rate", "0")
for day in (1, 2):
    with open(os.path.join(ROOT, f"tests/data/demo-day{day}.jsonl")) as file:
        server.ask("POST", "/v1/listings", server.operator, file.read())
token = server.reader("Ann")
server.ask("POST", "/v1/me/votes", token, {"votes": [{"id": paper, "vote": vote, "date": "2025-05-26"} for vote, papers in (("up", UP), ("down", DOWN)) for paper in papers]})
first = server.ask("GET", "/v1/me/ranking?date=2025-05-27&limit=1", token).json["papers"][0]["key"]
base = f"http://127.0.0.1:{server.port}"
seen = browser.Browser()
seen.look(1100, 900)
seen.open(base + "/")
seen.picture(os.path.join(folder, "sign-in.png"))
seen.fill("#token", token)
seen.click("main button")
seen.wait("document.querySelector('article.paper')")
paper = "/paper/" + urllib.parse.quote(first, safe="")
for name, path, width, height, dark in (("today", "/?day=2025-05-27", 1100, 900, False), ("today-dark", "/?day=2025-05-27", 1100, 900, True),
                                        ("today-phone", "/?day=2025-05-27", 390, 844, False), ("why", paper, 1100, 1400, False), ("learnt", "/learnt", 1100, 1100, False),
                                        ("learnt-phone-dark", "/learnt", 390, 844, True), ("settings", "/settings", 1100, 900, False), ("account", "/account", 1100, 900, False)):
    seen.look(width, height, dark)
    seen.open(base + path)
    if name == "today":
        seen.run("document.querySelector('article.paper details').open = true")
    time.sleep(0.3)
    seen.picture(os.path.join(folder, name + ".png"))
    print(f"{name}.png: {width} by {height}{', dark' if dark else ''}")
seen.look(700, 1000)
mail = os.path.join(seen.folder.name, "mail.html")
with open(mail, "wb") as file:
    file.write(server.ask("GET", "/v1/me/digest?date=2025-05-27&format=html", token).body)
seen.open("file://" + mail)
seen.picture(os.path.join(folder, "mail.png"))
seen.close()
server.stop()
