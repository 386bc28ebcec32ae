#!/usr/bin/python3
"""A reader's pages in a real browser: signing in, reading, voting with and without a script, keys, undo, search, settings, seeds, `pith web`; each
page on a phone, in the dark, and held by axe-core to what screen readers need.
usage: scenario_pages.py PITH PITH_SERVE"""
import glob, io, os, re, signal, subprocess, sys, tarfile, tempfile, time, urllib.parse
import browser
from api_client import Checks, Server, papers

pith, serve = map(os.path.abspath, sys.argv[1:3])
os.environ["PITH_EMBEDDINGS"] = ""  # what is liked is told by the words of these papers alone
check = Checks()
scratch = tempfile.TemporaryDirectory()
if not browser.installed():
    print("no browser: chromium and chromium-driver are not installed, so the pages were not read")
    sys.exit(77)

server = Server(serve, "--quiet", "--rate", "0")
base = f"http://127.0.0.1:{server.port}"
for day in (1, 2, 3):
    server.ask("POST", "/v1/listings", server.operator, papers(day=day))
hostile = '{"id": "arXiv:2403.99999", "title": "<script>document.title=1</script> & \\"quotes\\"", "abstract": "a </details> b <img src=x onerror=alert(1)>", ' \
          '"authors": ["<b>Bold</b>"], "categories": ["cs.CV"], "date": "2024-01-03", "url": "javascript:alert(1)"}'
server.ask("POST", "/v1/listings", server.operator, hostile + "\n")
token = server.reader("Ann")
reading = server.reader("Cal", scopes=["rank"])
votes = [{"id": f"arxiv:240{day}.{n:05d}", "vote": "up" if n % 4 == 0 else "down", "date": f"2024-01-0{day}"} for day in (1, 2) for n in range(40)]
seen = browser.Browser()
seen.look(1100, 900)


def standing(paper):
    answer = server.ask("GET", "/v1/me/votes/" + urllib.parse.quote(paper, safe=""), token)
    return answer.json["vote"] if answer.status == 200 else None


def first_paper():
    return seen.run("return document.querySelector('article.paper button[name=up], article.paper button[data-mark=up]').value")


def reads(words):
    """As Browser.shows, of the page's HTML and without a script of its own."""
    for _ in range(100):
        if words in seen.ask("GET", "/source"):
            return True
        time.sleep(0.1)
    return False


def sign_in(with_token, path="/"):
    seen.open(base + path)
    check(seen.shows("Your token"), f"{path} asks for a token")
    seen.fill("#token", with_token)
    seen.click("main button")


# ---- signing in ----

sign_in("pith_nothing")
check(seen.shows("opens nothing here") and "/sign-in" in seen.run("return location.href"), "a wrong token opens nothing, and is told")
sign_in(token, "/search?q=galaxy")
check(seen.shows("halo") and "/search?q=galaxy" in seen.run("return location.href"), "signed in, it leads to what was asked for")
cookies = seen.ask("GET", "/cookie")
check(len(cookies) == 1 and cookies[0]["httpOnly"] and cookies[0]["secure"] and cookies[0]["sameSite"] == "Strict" and cookies[0]["name"].startswith("__Host-pith"),
      f"the cookie is for this host alone, and no script's: {[{**cookie, 'value': ''} for cookie in cookies]}")
check(seen.run("return document.cookie") == "", "no script reads it")

# ---- reading before any vote ----

seen.open(base + "/")
check(seen.shows("as the listing has them") and seen.shows("your library"), "before any vote it says so, and where to start")
check(seen.run("return document.querySelectorAll('article.paper').length") == 25, "25 papers on a page")
check(seen.run("return document.querySelectorAll('article.paper details').length") == 25, "each with its abstract, folded")
server.ask("POST", "/v1/me/votes", token, {"votes": votes})

# ---- voting without a script ----

seen.look(1100, 900, scripts=False)
seen.open(base + "/")
check("in your order" in seen.ask("GET", "/source"), "it is in the reader's order")
check("because you liked" in seen.ask("GET", "/source"), "and says what it is like")
source = seen.ask("GET", "/source")
shown = re.findall(r'<button form="vote" name="up" value="([^"]+)"', source)
seen.click("article.paper:nth-of-type(3) button[data-mark=up]")
check(reads("You like “") and "#p" in seen.ask("GET", "/url"), "the page says so, at the same paper")
source = seen.ask("GET", "/source")
check(standing(shown[2]) == "up", "Like records a vote")
after = re.findall(r'<button form="vote" name="(?:up|none)" value="([^"]+)" data-mark="up"', source)
check(after == shown, "and the order stays while it is read")
check('aria-pressed="true"' in source, "its button is pressed")
seen.click("#said button")
check(reads("Undone") and standing(shown[2]) is None, "the undo bar takes it back")
seen.click("article.paper:nth-of-type(2) button[data-mark=down]")
check(reads("is not for you") and standing(shown[1]) == "down", "Not for me records")
seen.click("article.paper:nth-of-type(2) button[data-mark=down]")
check(reads("is taken back") and standing(shown[1]) is None, "pressed again it is taken back")
seen.click("article.paper:nth-of-type(4) button[data-mark=later]")
check(reads("is on your reading list"), "Later says so")
seen.open(base + "/later")
check(shown[3] in seen.ask("GET", "/source"), "Later puts a paper on the reading list")
seen.click("button[data-mark=later]")
check(reads("Nothing is set aside"), "and takes it off again")

# ---- voting with a script ----

seen.look(1100, 900)
seen.open(base + "/")
paper = first_paper()
seen.run("window.marker = 1")
seen.click("article.paper button[data-mark=up]")
check(seen.shows("You like “") and seen.run("return window.marker") == 1, "with a script it is saved without another load")
check(standing(paper) == "up" and seen.run("return document.querySelector('button[data-mark=up]').getAttribute('aria-pressed')") == "true", "and shown")
seen.click("article.paper button[data-mark=up]")
check(seen.shows("is taken back") and standing(paper) is None, "a second time takes it back")

# ---- keys ----

seen.open(base + "/")
seen.press("jj")
check(seen.run("return [...document.querySelectorAll('article.paper')].findIndex((paper) => paper.classList.contains('here'))") == 1, "j goes on")
seen.press("k")
here = seen.run("return document.querySelector('article.paper.here button').value")
seen.press(" ")
check(seen.run("return document.querySelector('article.paper.here details').open"), "space unfolds the abstract")
seen.press("u")
check(seen.shows("You like “") and standing(here) == "up", "u likes")
seen.press("d")
check(seen.shows("is not for you") and standing(here) == "down", "d does not")
seen.press("l")
check(seen.shows("on your reading list"), "l sets aside")
seen.press("z")
check(seen.shows("Undone") and standing(here) == "down", "z undoes the last of them")
seen.press("?")
check(seen.run("return document.getElementById('keys').open"), "? shows the keys")
seen.press("jw")
check(seen.shows("Why it stands where it stands"), "w shows why")
check(seen.run("return document.querySelectorAll('table.sum').length") == 2 and seen.run("return document.querySelectorAll('table.sum svg rect').length") > 4,
      "as two sums, drawn as bars")
seen.open(base + "/")
seen.press("/")
check(seen.wait("location.pathname === '/search'"), "/ searches")

# ---- days, filters, search ----

seen.open(base + "/?day=2024-01-01")
check(seen.shows("Monday 1 January 2024"), "another day")
seen.press("n")
check(seen.shows("Tuesday 2 January 2024"), "n goes to the next")
seen.open(base + "/?day=2019-05-05")
check(seen.shows("Monday 1 January 2024"), "a day without a listing leads to one")
seen.open(base + "/?category=cs&show=50")
check(seen.run("return [...document.querySelectorAll('.facts li:first-child')].every((item) => item.innerText.startsWith('cs.'))"), "a category alone")
seen.open(base + "/?least=0.75")
check(seen.run("return [...document.querySelectorAll('.reason strong')].every((item) => parseInt(item.innerText.replace(/[^0-9]/g, '')) >= 75)"), "a least chance")
seen.open(base + "/?unread=1&show=50")
check(here not in seen.ask("GET", "/source"), "only unread leaves out what was voted on")
seen.open(base + "/?kind=cross")
check(seen.shows("No paper of this day fits"), "cross-listed alone")
seen.open(base + "/search")
seen.fill("#q", "telescope -survey")
seen.click("main form button")
check(seen.wait("location.search.includes('telescope')"), "search")
seen.fill("#q", "nosuchword")
seen.click("main form button")
check(seen.shows("No paper here has all of these words"), "and finding nothing")

# ---- markup in what is shown ----

seen.open(base + "/search?q=quotes")
shown_title = seen.shows("<script>document.title=1</script>")
check(shown_title and seen.run("return document.title") == "Search · pith", f"markup in a title is text: {seen.run('return document.title + document.body.innerText')}")
check(seen.run("return document.images.length + [...document.links].filter((link) => link.protocol === 'javascript:').length") == 0, "and no link runs anything")

# ---- what was learnt ----

seen.open(base + "/learnt")
check(seen.shows("denoising") or seen.shows("diffusion"), "the words that speak for a paper")
check(seen.shows("Ada Brown") and seen.shows("cs.CV") and seen.shows("Votes over time"), "authors, categories, votes over time")
seen.click("a[href$='learnt/chances']")
check(seen.shows("How true the chances came") and seen.run("return document.querySelectorAll('svg.reliability circle').length") > 1, "how true the chances came")
check(seen.run("return document.querySelectorAll('svg.reliability rect.count').length") == 10, "with a histogram")

# ---- settings, seeds, account ----

seen.open(base + "/settings")
seen.fill("#likes", "7")
seen.click("main form button")
check(seen.shows("Your settings are saved") and server.ask("GET", "/v1/me/settings", token).json["likes"] == 7, "settings are saved")
seen.run("document.getElementById('likes').type = 'text'; document.getElementById('likes').value = 'many'")
seen.click("main form button")
check(seen.shows("Nothing was saved") and server.ask("GET", "/v1/me/settings", token).json["likes"] == 7, "what is no number is not")
seen.open(base + "/seeds")
seen.fill("#words", "telescopes and galaxies")
seen.click("main form button")
check(seen.shows("Papers taken as liked: 1"), "words to start from")
library = os.path.join(scratch.name, "own.bib")
with open(library, "w") as file:
    file.write('@article{a, title={A paper of one\'s own}, author={Doe, Jane}, doi={10.1234/own}, year={2023}}\n')
seen.open(base + "/seeds")
seen.attach("#file", library)
seen.click("main form:nth-of-type(2) button")
check(seen.shows("Papers taken as liked: 1"), "a library")
seen.open(base + "/seeds")
seen.fill("#text", "no library\nof anything")
seen.click("main form:nth-of-type(2) button")
check(seen.shows("Nothing was taken"), "what is none is refused")
seen.open(base + "/account")
seen.run("document.querySelector('details').open = true")
seen.fill("#label", "phone")
seen.click("details form button")
check(seen.shows("shown this once"), "a token is made")
made = seen.run("return document.querySelector('.made code').innerText")
check(server.ask("GET", "/v1/me", made).status == 200, "which opens the profile")
seen.run("[...document.querySelectorAll('.ways li')].find((way) => way.innerText.includes('phone')).querySelector('button').click()")
check(seen.shows("opens nothing any more") and server.ask("GET", "/v1/me", made).status == 401, "and is ended")

# ---- every page: its size, a phone, the dark, what screen readers need ----

pages = ["/", "/?show=50", "/paper/" + urllib.parse.quote(shown[0], safe=""), "/search?q=galaxy", "/later", "/learnt", "/learnt/chances", "/settings", "/seeds",
         "/account"]
for path in pages:
    for width, dark in ((1100, False), (360, True)):
        seen.look(width, 800, dark)
        seen.open(base + path)
        check(seen.run("return document.documentElement.scrollWidth <= window.innerWidth"), f"{path} fits {width} points")
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in seen.ask("GET", "/cookie"))
    size = len(server.ask("GET", path, headers={"Cookie": cookie}, checked=False).body)
    check(size < 100000, f"{path} has {size} bytes")
seen.look(550, 400)  # a window of 1100 at 200 %
seen.open(base + "/")
check(seen.run("return document.documentElement.scrollWidth <= window.innerWidth"), "at 200 % nothing is cut off")
seen.look(1100, 800, media="print")
check(seen.run("return getComputedStyle(document.querySelector('.top')).display") == "none", "print leaves out what paper cannot do")


def axe():
    """axe-core's script, by npm; None where that has no way to it."""
    run = subprocess.run(["npm", "pack", "axe-core@4", "--silent", "--pack-destination", scratch.name], capture_output=True, text=True, cwd=scratch.name, timeout=120)
    packed = glob.glob(os.path.join(scratch.name, "axe-core-*.tgz"))
    if run.returncode or not packed:
        return None
    with tarfile.open(packed[0]) as files:
        return files.extractfile("package/axe.min.js").read().decode()


try:
    script = axe()
except (OSError, subprocess.TimeoutExpired):
    script = None
if script:
    audit = "const done = arguments[arguments.length - 1]; axe.run(document, {resultTypes: ['violations']}).then((found) => done(found.violations.map((one) => " \
            "one.id + ': ' + one.nodes.map((node) => node.html.slice(0, 120)).join(' | '))), (error) => done([String(error)]))"
    for path in [*pages, "/sign-in"]:
        for width, dark in ((1100, False), (1100, True), (360, False)):
            seen.look(width, 800, dark)
            seen.open(base + path)
            seen.run("for (const part of document.querySelectorAll('details')) part.open = true")
            seen.protocol("Runtime.evaluate", expression=script)
            found = seen.ask("POST", "/execute/async", {"script": audit, "args": []})
            check(not found, f"axe of {path} at {width}{' dark' if dark else ''}: {found[:3]}")
else:
    print("no axe-core: npm could not fetch it, so the pages were not held against it")

# ---- signing out ----

seen.look(1100, 900)
seen.open(base + "/account")
seen.click("form[action$='sign-out'] button")
check(seen.shows("Your token") and seen.ask("GET", "/cookie") == [], "signing out takes the cookie")
sign_in(reading)
check(seen.shows("as the listing has them") and seen.run("return document.querySelectorAll('button[form=vote]').length") == 0, "who may only rank gets no buttons")
tabs = seen.run("return [...document.querySelectorAll('.top nav li')].map((item) => item.innerText.trim()).join()")
check(tabs == "Today,Search,Learnt,Account", f"nor pages that they may not use: {tabs}")
seen.open(base + "/settings")
check(seen.shows("Your token may not do that"), "and is told so")

# ---- pith web ----

home = os.path.join(scratch.name, "own")
secret = os.path.join(scratch.name, "secret")
with open(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
    file.write("correct horse battery staple\n")
opener = os.path.join(scratch.name, "xdg-open")
with open(os.open(opener, os.O_WRONLY | os.O_CREAT, 0o700), "w") as file:
    file.write(f'#!/bin/sh\ncp "$1" "{scratch.name}/opened.html"\n')
environment = {**os.environ, "PITH_HOME": home, "PITH_PASSPHRASE_FILE": secret, "PATH": scratch.name + ":" + os.environ["PATH"], "XDG_RUNTIME_DIR": scratch.name}
subprocess.run([pith, "init", "--strength", "interactive"], env=environment, check=True, capture_output=True)
subprocess.run([pith, "import", "-"], env=environment, input=papers(), text=True, check=True, capture_output=True)
web = subprocess.Popen([pith, "web"], env=environment, stdout=subprocess.PIPE, text=True)
link = re.search(r"http://\S+", web.stdout.readline())[0]
for _ in range(100):
    if os.path.exists(os.path.join(scratch.name, "opened.html")):
        break
    time.sleep(0.1)
with open(os.path.join(scratch.name, "opened.html")) as file:
    check(link in file.read(), "the browser is started at a file that leads to the link")
seen.ask("DELETE", "/cookie")
seen.open("file://" + os.path.join(scratch.name, "opened.html"))
check(seen.wait("location.protocol === 'http:' && location.pathname === '/'") and seen.shows("as the listing has them"), "which signs in")
seen.click("article.paper button[data-mark=up]")
check(seen.shows("You like “"), "and may vote")
seen.open(link)
check(seen.shows("leads nowhere"), "once")
tokens = subprocess.run([pith, "token", "list"], env=environment, capture_output=True, text=True).stdout
check("pith web" in tokens, f"its token is among the ways in: {tokens}")
web.send_signal(signal.SIGINT)
check(web.wait(60) == 0, "Ctrl-C ends it")
tokens = subprocess.run([pith, "token", "list"], env=environment, capture_output=True, text=True).stdout
check("pith web" not in tokens, "and its token")
check(not glob.glob(os.path.join(scratch.name, "pith-web-*")), "and leaves no link lying about")
check("up" in subprocess.run([pith, "votes"], env=environment, capture_output=True, text=True).stdout, "the vote stays")
seen.close()
check(server.stop() == 0, "the service ends well")
check.finish()
