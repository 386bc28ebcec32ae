#!/usr/bin/env python3
"""Readers who vote by facts alone, over 40 real days: by authors, by category, by upvotes. models/README.md has what bench_quality finds.

Usage: made_up_readers.py DATA FOLDER, then bench_quality --without nothing FOLDER/facts, FOLDER/categories and FOLDER/numbers
Each folder gets days, readers, and one draw of one topic, as bench_quality wants topics too. FOLDER/numbers has its days as Daily Papers JSON
with upvotes and comments that are drawn. The same data, the same readers.
"""
import collections
import json
import os
import random
import sys

DAYS, AUTHORS, UPS, DOWNS = 40, 120, 4, 6
CATEGORIES = ("cs.RO", "cs.IR", "cs.HC", "cs.CY", "cs.SD", "cs.SE", "eess.IV", "cs.GR", "astro-ph.GA", "stat.ML", "cs.MM", "eess.SY")
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


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, folder = sys.argv[1:]
    random.seed(7)
    days = read_days(data)
    facts, categories, numbers = f"{folder}/facts", f"{folder}/categories", f"{folder}/numbers"
    for each in (facts, categories, numbers):
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


main()
