#!/usr/bin/env python3
"""Every paper that the benches measure, a JSON object a line: what an embedding must not have seen to be judged by them.

Usage: measured_papers.py DATA
"""
import glob, json, sys


def read(path):
    with open(path, encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def papers(data):
    for path in sorted(glob.glob(f"{data}/days/*.jsonl") + glob.glob(f"{data}/topics/*.jsonl") + glob.glob(f"{data}/near/screenings/*.jsonl")):
        if not path.endswith(".draws.jsonl"):
            yield from read(path)
    yield from read(f"{data}/near/graded_papers.jsonl")
    for reader in read(f"{data}/near/graded_readers.jsonl"):
        for number, paper in enumerate(reader["library"]):
            yield {"id": f"{reader['reader']}/{number}", **paper}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for paper in papers(sys.argv[1]):
        print(json.dumps({"id": paper["id"], "title": paper["title"], "abstract": paper.get("abstract", "")}))


main()
