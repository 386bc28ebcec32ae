#!/usr/bin/env python3
"""Readers made up over 40 real days. docs/measurements.md has what bench_quality finds.

Usage: made_up_readers.py DATA FOLDER, then bench_quality --without nothing FOLDER/facts, and each other:
  facts       by authors and by categories
  numbers     by upvotes; its days are Daily Papers JSON with upvotes and comments that are drawn
  categories  twelve, by a category each
  text        the same twelve, over days that name no category
  ups, few    the same with a third of the downs, and with three tenths of all votes
  words       twelve by a word in title or abstract, who vote the other way now and then; no day names a category
Each folder gets days, readers, and one draw of one topic, as bench_quality wants topics too. The same data, the same readers.
"""
import collections
import json
import os
import random
import sys

DAYS, AUTHORS, UPS, DOWNS = 40, 120, 4, 6
CATEGORIES = ("cs.RO", "cs.IR", "cs.HC", "cs.CY", "cs.SD", "cs.SE", "eess.IV", "cs.GR", "astro-ph.GA", "stat.ML", "cs.MM", "eess.SY")
WORDS = ("graph", "quantum", "reinforcement", "protein", "privacy", "robot", "speech", "causal", "federated", "recommend", "galax",
         "optimal control")
TOPIC = "think_with_images"


def read_days(data):
    names = sorted(name for name in os.listdir(f"{data}/days") if name.endswith(".jsonl"))[:DAYS]
    days = {}
    for name in names:
        with open(f"{data}/days/{name}", encoding="utf-8") as lines:
            days[name[:10]] = [json.loads(line) for line in lines]
    return days


def write_reader(path, days, likes):
    """Every day up to UPS of what the reader likes, and DOWNS of the rest."""
    with open(path, "w", encoding="utf-8") as votes:
        for day, papers in days.items():
            ups = [paper for paper in papers if likes(paper)]
            random.shuffle(ups)
            liked = {paper["id"] for paper in ups}
            rest = [paper for paper in papers if paper["id"] not in liked]
            said = [(paper, "up") for paper in ups[:UPS]] + [(paper, "down") for paper in random.sample(rest, min(DOWNS, len(rest)))]
            for paper, vote in said:
                votes.write(json.dumps({"date": day, "id": paper["id"], "vote": vote}) + "\n")


def draw_numbers(days):
    for papers in days.values():
        for paper in papers:
            paper["upvotes"] = int(min(2000, random.paretovariate(0.7) * 2))
            paper["comments"] = max(0, int(paper["upvotes"] / 20 + random.gauss(0, 2)))


def daily_paper(day, paper):
    return {"title": paper["title"], "numComments": paper["comments"],
            "paper": {"id": paper["id"].replace("arXiv:", ""), "title": paper["title"], "summary": paper["abstract"],
                      "upvotes": paper["upvotes"], "publishedAt": f"{day}T00:00:00.000Z", "submittedOnDailyAt": f"{day}T10:00:00.000Z",
                      "authors": [{"name": author} for author in paper.get("authors", [])]}}


def make_folder(data, folder):
    for name in ("days", "readers", "topics"):
        os.makedirs(f"{folder}/{name}")
    os.symlink(os.path.abspath(f"{data}/topics/{TOPIC}.jsonl"), f"{folder}/topics/{TOPIC}.jsonl")
    with open(f"{data}/topics/{TOPIC}.draws.jsonl", encoding="utf-8") as draws, \
            open(f"{folder}/topics/{TOPIC}.draws.jsonl", "w", encoding="utf-8") as first:
        first.write(draws.readline())


def write_lines(path, rows):
    with open(path, "w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)


def write_days(folder, days):
    """By title, abstract and authors alone."""
    for day, papers in days.items():
        write_lines(f"{folder}/days/{day}.jsonl", ({name: paper[name] for name in ("id", "title", "abstract", "authors", "date") if name in paper}
                                                   for paper in papers))


def thin_readers(categories, text, ups, few):
    random.seed(5)
    for name in sorted(CATEGORIES):
        with open(f"{categories}/readers/{name}.jsonl", encoding="utf-8") as lines:
            votes = [json.loads(line) for line in lines]
        write_lines(f"{text}/readers/{name}.jsonl", votes)
        write_lines(f"{few}/readers/{name}.jsonl", [vote for vote in votes if random.random() < 0.3])
        write_lines(f"{ups}/readers/{name}.jsonl", [vote for vote in votes if random.random() < (0.35 if vote["vote"] == "down" else 1)])


def votes_by_word(word, days):
    chance = random.Random(word)
    for day, papers in days.items():
        liked = [word in f"{paper['title']} {paper['abstract']}".lower() for paper in papers]
        for like, most, slip in ((True, UPS, 0.1), (False, DOWNS, 0.03)):
            some = [paper for paper, likes in zip(papers, liked) if likes == like]
            for paper in chance.sample(some, min(most, len(some))):
                slipped = chance.random() <= slip
                yield {"date": day, "id": paper["id"], "vote": "up" if like != slipped else "down"}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, folder = sys.argv[1:]
    random.seed(7)
    days = read_days(data)
    folders = facts, categories, numbers, text, ups, few, words = [
        f"{folder}/{name}" for name in ("facts", "categories", "numbers", "text", "ups", "few", "words")]
    for each in folders:
        make_folder(data, each)
    for day in days:
        for each in (facts, categories):
            os.symlink(os.path.abspath(f"{data}/days/{day}.jsonl"), f"{each}/days/{day}.jsonl")
    papers_of = collections.Counter(author for papers in days.values() for paper in papers for author in paper.get("authors", []))
    prolific = [author for author, papers in papers_of.items() if papers >= 5]
    random.shuffle(prolific)
    followed = set(prolific[:AUTHORS])
    write_reader(f"{facts}/readers/authors.jsonl", days, lambda paper: not followed.isdisjoint(paper.get("authors", [])))
    write_reader(f"{facts}/readers/category.jsonl", days, lambda paper: "cs.CR" in paper.get("categories", []))
    write_reader(f"{facts}/readers/first_category.jsonl", days,
                 lambda paper: (paper.get("categories") or [""])[0] in ("cs.RO", "eess.AS"))
    draw_numbers(days)
    write_reader(f"{numbers}/readers/crowd.jsonl", days, lambda paper: paper["upvotes"] >= 32)
    write_reader(f"{numbers}/readers/crowd_and_topic.jsonl", days,
                 lambda paper: paper["upvotes"] >= 8 and "cs.CV" in paper.get("categories", []))
    write_reader(f"{numbers}/readers/topic.jsonl", days,
                 lambda paper: "cs.CL" in paper.get("categories", []) and "language" in paper["abstract"].lower())
    for day, papers in days.items():
        with open(f"{numbers}/days/{day}.jsonl", "w", encoding="utf-8") as listing:
            json.dump([daily_paper(day, paper) for paper in papers], listing)
    random.seed(99)
    for name in CATEGORIES:
        write_reader(f"{categories}/readers/{name}.jsonl", days, lambda paper: name in paper.get("categories", []))
    thin_readers(categories, text, ups, few)
    for word in WORDS:
        write_lines(f"{words}/readers/{word.replace(' ', '_')}.jsonl", votes_by_word(word, days))
    for each in (text, ups, few, words):
        write_days(each, days)


main()
