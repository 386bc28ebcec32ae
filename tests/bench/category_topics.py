#!/usr/bin/env python3
"""Topics that nobody picked: arXiv's own categories, each a reader's taste, over the real days. ./bootstrap bench categories has them ranked.

Usage: category_topics.py DATA FOLDER
For every category that 75 to 1,500 of the days' papers are in, FOLDER/topics gets up to 250 of these and 1,200 other papers, without authors
and categories, and draws of votes as DATA's topics have them. The same data, the same topics.
"""
import collections, glob, json, os, random, sys

LEAST, MOST, UPS, DOWNS, DRAWS = 75, 1500, 250, 1200, 5
VOTES = (5, 10, 20, 50, 100, 200)


def read_papers(data):
    papers = {}
    for path in sorted(glob.glob(f"{data}/days/*.jsonl")):
        with open(path, encoding="utf-8") as lines:
            for paper in map(json.loads, lines):
                papers.setdefault(paper["id"], paper)
    return list(papers.values())


def write_lines(path, rows):
    with open(path, "w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)


def draw_votes(chance, ups, downs):
    """Three in ten are ups, but half of the ups at most: the rest is to be found."""
    for votes in VOTES:
        liked = min(max(2, round(0.3 * votes)), len(ups) // 2)
        for seed in range(DRAWS):
            yield {"n": votes, "seed": seed, "up": [paper["id"] for paper in chance.sample(ups, liked)],
                   "down": [paper["id"] for paper in chance.sample(downs, votes - liked)]}


def write_topic(papers, category, stem):
    chance = random.Random(category)
    ups = [paper for paper in papers if category in paper["categories"]]
    ups = chance.sample(ups, min(UPS, len(ups)))
    downs = chance.sample([paper for paper in papers if category not in paper["categories"]], DOWNS)
    rows = [{"id": paper["id"], "title": paper["title"], "abstract": paper["abstract"], "label": int(category in paper["categories"])}
            for paper in ups + downs]
    chance.shuffle(rows)
    write_lines(f"{stem}.jsonl", rows)
    write_lines(f"{stem}.draws.jsonl", draw_votes(chance, ups, downs))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, folder = sys.argv[1:]
    os.makedirs(f"{folder}/topics", exist_ok=True)
    papers = read_papers(data)
    size = collections.Counter(category for paper in papers for category in set(paper["categories"]))
    for category in sorted(category for category, count in size.items() if LEAST <= count <= MOST):
        write_topic(papers, category, f"{folder}/topics/{category.replace('.', '_')}")


main()
