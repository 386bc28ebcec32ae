#!/usr/bin/python3
"""What the commands that list and show papers write: to a terminal with links, colours and a pager; into a pipe without; as JSON whole. And which papers
the numbers mean afterwards.
usage: terminal_lists.py PITH"""
import json, os, re, subprocess, sys, tempfile
import terminal

pith = os.path.abspath(sys.argv[1])
root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
scratch = tempfile.TemporaryDirectory()
at = scratch.name
failures = checks = 0


def check(good, what):
    global failures, checks
    checks += 1
    if not good:
        failures += 1
        print("FAILED:", what)


with open(os.open(at + "/passphrase", os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
    file.write("correct horse\n")
environment = {"PITH_HOME": at + "/home", "PITH_PASSPHRASE_FILE": at + "/passphrase", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "NO_COLOR": "",
               "PAGER": "cat", "HOME": at}
for name in ("PITH_PAGER", "PITH_BROWSER", "LESS", "DISPLAY", "WAYLAND_DISPLAY"):
    os.environ.pop(name, None)
os.environ.update(environment)


def run(*words, code=0, **more):
    done = subprocess.run([pith, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, env={**os.environ, **more})
    check(done.returncode == code, f"pith {' '.join(words)} gave {done.returncode}, not {code}: {done.stderr}")
    return done.stdout if code == 0 else done.stderr


def show(*words, **more):
    """As a person at a terminal sees it, every byte."""
    code, out = terminal.written([pith, *words], {**environment, **more})
    check(code == 0, f"pith {' '.join(words)} at a terminal gave {code}: {out[-300:]}")
    return out.decode().replace("\r\n", "\n")


hostile = [
    {"title": "A paper \u202ewithout\u202c an identifier \u001b]0;owned\u0007 of its own", "abstract": "Kites \u001b[2J in\u009b31m the wind.",
     "authors": ["Ada \u2066Brown", "B", "C", "D", "E F"], "categories": ["cs.CL"], "date": "2025-05-27"},
    {"title": "A paper without an identifier", "abstract": "Its title is the beginning of another's.", "authors": [], "date": "2025-05-27"},
    {"id": "https://example.org/a", "title": "Bad link", "url": "https://example.org/\u001b]8;;x\u0007é", "pdf": "javascript:alert(1)", "date": "2025-05-27"},
    {"id": "2505.99999", "title": "All of it is known", "abstract": "An abstract.", "authors": ["Ann Lee", "Bo Ek", "Cy Dent", "Di Fox", "Ed Gray"],
     "categories": ["cs.LG", "stat.ML"], "organisations": ["Harvard University"], "pdf": "https://example.org/k.pdf", "code": "https://example.org/code",
     "project": "https://example.org/project", "date": "2025-05-27"},
]
# What other sources tell of the same paper.
snapshot = {"id": "2505.99999", "title": "All of it is known", "abstract": "An abstract.", "doi": "10.1000/known", "categories": "cs.LG stat.ML",
            "authors_parsed": [["Lee", "Ann", ""], ["Ek", "Bo", ""], ["Dent", "Cy", ""], ["Fox", "Di", ""], ["Gray", "Ed", ""]],
            "versions": [{"version": "v1", "created": "Tue, 20 May 2025 17:00:00 GMT"}, {"version": "v2", "created": "Thu, 22 May 2025 17:00:00 GMT"}],
            "update_date": "2025-05-22"}
upvoted = [{"paper": {"id": "2505.99999", "title": "All of it is known", "summary": "An abstract.", "upvotes": 12, "publishedAt": "2025-05-20T17:00:00.000Z",
                      "authors": [{"name": name} for name in hostile[3]["authors"]]}, "publishedAt": "2025-05-27T09:00:00.000Z", "title": "All of it is known"}]
with open(at + "/hostile.jsonl", "w") as file:
    for paper in hostile:
        file.write(json.dumps(paper) + "\n")
for name, document in (("snapshot.jsonl", snapshot), ("upvoted.json", upvoted)):
    with open(f"{at}/{name}", "w") as file:
        file.write(json.dumps(document) + "\n")
run("import", at + "/snapshot.jsonl", at + "/upvoted.json")
run("import", f"{root}/tests/data/demo-day1.jsonl", f"{root}/tests/data/demo-day2.jsonl", at + "/hostile.jsonl")
run("init", "--strength", "interactive")
run("up", "2505.17250", "2505.17153", "2505.17667", "2505.17826", "2505.17447", "2505.17714")
run("down", "2505.17550", "2505.17561", "2505.17574", "2505.17311", "2505.17047", "2505.17457")

# ---- lists ----

escapes = re.compile(r"\033\[[0-9;]*m|\033\]8;;[!-~]*\033\\")
for words in (["rank", "--limit", "0"], ["search", "paper"], ["rank", "--limit", "0", "--abstracts"], ["rank", "--limit", "0", "--oneline"], ["show", "All of it is known"],
              ["why", "All of it is known"], ["votes"], ["digest", "--date", "2025-05-27"], ["days"]):
    plain = escapes.sub("", show(*words))
    check(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain), f"{words[0]} passes no control character")
    check(not re.search("title:[0-9a-f]{32}", plain), f"{words[0]} shows no hash of a title")
out = show("rank", "--limit", "0")
check("\033]8;;https://arxiv.org/abs/2505.18298\033\\" in out and out.count("\033]8;;\033\\") == out.count("\033]8;;http"), "identifiers are links, and each ends")
check(re.search(r"\n +Mengqi Liao, Xiangyu Xi, Ruinian Chen, … Huaiyu Wan\n", escapes.sub("", out)), "the first three authors and the last")
check(re.search(r"\+ like \"[^\"]+\"", escapes.sub("", out)), "the liked paper that a paper is nearest to")
check("\033[1m" in out and "\033[" not in escapes.sub("", show("rank", NO_COLOR="1")) and "\033[1m" not in show("rank", NO_COLOR="1"), "NO_COLOR takes colours away")
check("\033" not in show("rank", TERM="dumb"), "a dumb terminal gets no escape")
piped = run("rank", "--limit", "0")
check("\033" not in piped and "Huaiyu Wan" in piped and "arXiv:2505.18298" in piped, "a pipe gets text alone")
check("Kites" in run("search", "kites", "--abstracts"), "abstracts on demand")
lines = run("rank", "--limit", "0", "--oneline").splitlines()
check(sum("  arXiv:" in line for line in lines) == 33, "a line a paper")
check(all(len(line) <= 80 for line in escapes.sub("", show("rank", "--oneline")).splitlines()[2:]), "as much of a title as the line holds")

# ---- templates ----

check(run("search", "all of it is known", "--format", r"{title}\t{authors}|{all_authors}|{id} {{{categories}}} {organisations} {page} {pdf} {doi} {code} {project} "
          r"{date} {published} {updated} {upvotes}[{vote}]") ==
      "All of it is known\tAnn Lee, Bo Ek, Cy Dent, … Ed Gray|Ann Lee, Bo Ek, Cy Dent, Di Fox, Ed Gray|arXiv:2505.99999 {cs.LG, stat.ML} Harvard University "
      "https://arxiv.org/abs/2505.99999 https://example.org/k.pdf https://doi.org/10.1000/known https://example.org/code https://example.org/project "
      "2025-05-27 2025-05-20 2025-05-22 12[]\n", "every field of a template")
check("there are rank, chance," in run("rank", "--format", "{nothing}", code=2), "an unknown field lists those that are")
check("has no }" in run("rank", "--format", "{title", code=2) and "has no {" in run("rank", "--format", "title}", code=2), "a brace alone")
run("rank", "--format", "{title}", "--json", code=2)
run("rank", "--abstracts", "--oneline", code=2)
fields = re.findall(r"\{([a-z_]+)\}", run("rank", "--help"))
told = run("rank", "--format", "{x}", code=2).split("there are ")[1].split(", ")
check(set(field.strip() for field in told) <= set(fields), "help names every field")

# ---- JSON ----

for words in (["rank", "--limit", "0"], ["search", "all of it is known"], ["why", "2505.99999"], ["show", "2505.99999"]):
    document = json.loads(run(*words, "--json"))
    papers = document["papers"] if "papers" in document else [document["paper"]]
    paper = next(paper for paper in papers if paper["id"] == "arXiv:2505.99999")
    check(paper["authors"][-1] == "Ed Gray" and paper["abstract"] == "An abstract." and paper["categories"] == ["cs.LG", "stat.ML"] and
          paper["organisations"] == ["Harvard University"] and paper["date"] == "2025-05-27" and paper["published"] == "2025-05-20" and paper["upvotes"] == 12 and
          paper["links"] == {"page": "https://arxiv.org/abs/2505.99999", "pdf": "https://example.org/k.pdf", "doi": "https://doi.org/10.1000/known",
                             "code": "https://example.org/code", "project": "https://example.org/project"}, f"{words[0]} --json tells all that is known")
days = json.loads(run("days", "--json"))["days"]
check([day for day in days if day["date"] in ("2025-05-26", "2025-05-27")] == [{"date": "2025-05-27", "papers": 36}, {"date": "2025-05-26", "papers": 30}] and
      days == sorted(days, key=lambda day: day["date"], reverse=True), f"days as JSON, the newest first: {days}")
check(run("days", "--limit", "1") == "2025-05-27 Tue  36 papers\n", "days for a person")

# ---- names ----

check("A paper without an identifier\n" in run("show", "A paper without an identifier"), "a whole title names its paper, though another goes on")
ambiguous = run("show", "an identifier", code=4)
check("title:" not in ambiguous and "whole title" in ambiguous, "papers without an identifier are listed by title")
whole = run("show", "2505.99999")
for words in ("Ann Lee, Bo Ek, Cy Dent, Di Fox, Ed Gray", "An abstract.", "Harvard University", "cs.LG, stat.ML", "https://example.org/k.pdf", "https://doi.org/10.1000/known",
              "2025-05-20", "12", "none yet", "\nfor  ", "\nagainst  "):
    check(words in whole, f"show tells {words!r}")

# ---- which papers numbers mean ----


def third(paper=3):
    return json.loads(run("show", str(paper), "--json"))["paper"]["id"]


def listed(*words):
    return [paper["id"] for paper in json.loads(run(*words, "--json"))["papers"]]


day = listed("rank", "--date", "2025-05-26", "--seen")
other = listed("rank", "--date", "2025-05-27")
check(day[2] != other[2], "the days differ")
show("rank", "--date", "2025-05-26", "--seen", "--limit", "5")
check(third() == day[2], "a list at the terminal is what numbers mean")
for words in (["rank", "--json"], ["rank"], ["search", "paper"], ["search", "paper", "--json"], ["digest", "--date", "2025-05-27"]):
    run(*words)
    check(third() == day[2], f"{' '.join(words)} into a pipe leaves the numbers alone")
digest = json.loads(run("digest", "--date", "2025-05-27", "--json"))["papers"]
show("digest", "--date", "2025-05-27")
check(third(digest[0]["number"]) == digest[0]["id"], "after a digest they mean its numbers")
check("pith rank" in run("show", "999", code=4) or "ranks 1 to" in run("show", "999", code=4), "a number past the end")

# ---- unread, later ----

voted = listed("search", "reasoning", "--unread")
check("arXiv:2505.17250" in listed("search", "reasoning") and "arXiv:2505.17250" not in voted and voted, "what was voted on is left out of a search")
check(set(listed("rank", "--date", "2025-05-26", "--seen", "--limit", "0")) - set(listed("rank", "--date", "2025-05-26", "--seen", "--unread", "--limit", "0")) >=
      {"arXiv:2505.17250", "arXiv:2505.17550"}, "and of a day")
run("rank", "--all", "--unread", "--seen", "--limit", "0")
check("nothing is on your reading list" in run("list", "--later", code=4), "an empty reading list")
check(run("later", "2505.18298", "2505.99999").count("later ") == 2, "two papers set aside")
check(sorted(listed("list", "--later")) == ["arXiv:2505.18298", "arXiv:2505.99999"], "stand on the reading list")
check("Ann Lee" in show("list", "--later") and "[later]" in run("rank", "--limit", "0"), "which is printed to be read")
check(third(1) in ("arXiv:2505.18298", "arXiv:2505.99999"), "and can be voted on by number")
check("10.1000/known" in run("list", "--later", "--format", "ris") and "2505.18298" in run("list", "--later", "-o", "-"), "or written for another program")
run("later", "--done", "2505.18298")
run("up", "2505.99999")
check("nothing is on your reading list" in run("list", "--later", code=4), "done and voted on are off it")
run("undo")
check(listed("list", "--later") == ["arXiv:2505.99999"], "and back by undo")
run("list", "--later", "--ups", code=2)
run("list", "--oneline", code=2)
check(json.loads(run("later", "2505.18440", "--json"))["recorded"] == 1, "later as JSON")

# ---- open ----

with open(at + "/browser", "w") as file:
    file.write(f'#!/bin/sh\nprintf "%s\\n" "$@" >{at}/opened\n')
os.chmod(at + "/browser", 0o700)
os.makedirs(at + "/bin")
os.symlink("../browser", at + "/bin/xdg-open")
run("open", "2505.99999", PITH_BROWSER=at + "/browser")
check(open(at + "/opened").read() == "https://arxiv.org/abs/2505.99999\n", "open starts the browser with the page")
check(json.loads(run("open", "--pdf", "2505.99999", "--json", PATH=at + "/bin:" + os.environ["PATH"]))["opened"] == "https://example.org/k.pdf" and
      open(at + "/opened").read() == "https://example.org/k.pdf\n", "or xdg-open with the PDF")
check("no PDF" in run("open", "--pdf", "Bad link", code=4), "what is no address of the web is none")
check("could not start" in run("open", "2505.99999", code=2, PITH_BROWSER=at + "/none"), "no such browser")
run("open", "2505.99999", code=1, PITH_BROWSER="false")

# ---- the pager ----

with open(at + "/pager", "w") as file:
    file.write(f'#!/bin/sh\necho "$LESS" >{at}/paged\ncat >>{at}/paged\necho paged\n')
os.chmod(at + "/pager", 0o700)
out = show("rank", PITH_PAGER=at + "/pager", PAGER="false")
check("paged" in out and "Huaiyu Wan" not in out and "Huaiyu Wan" in open(at + "/paged").read(), "a list goes through PITH_PAGER")
check(open(at + "/paged").read().startswith("FRX\n"), "with less's options as git sets them")
check("paged" in show("search", "paper", PAGER=at + "/pager") and "paged" in show("show", "1", PAGER=at + "/pager -x"), "PAGER, with words after it")
os.unlink(at + "/paged")
check("Huaiyu Wan" in show("rank", "--no-pager", PITH_PAGER=at + "/pager") and "Huaiyu Wan" in show("rank", PITH_PAGER="", PAGER=at + "/pager") and
      "Huaiyu Wan" in run("rank", PITH_PAGER=at + "/pager") and not os.path.exists(at + "/paged"), "none when it is not wanted, nor in a pipe")
out = show("rank", PITH_PAGER=at + "/none")
check("cannot be started" in out and "Huaiyu Wan" in out, "a pager that is not there costs nothing")
check("2025-05-27" in show("rank", "--limit", "0", PITH_PAGER="head -n 1"), "a reader who has read enough is no failure")

print(f"{failures} of {checks} checks failed" if failures else f"{checks} checks passed")
sys.exit(failures > 0)
