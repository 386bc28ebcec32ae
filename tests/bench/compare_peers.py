#!/usr/bin/env python3
"""How pith stands beside other systems' recipes on the same votes.

Usage: compare_peers.py SCORES PEERS DATA
SCORES is what `bench_quality --scores` wrote; PEERS is a Python file with functions topics(paths) and replay(readers, days) that give
every recipe's measures (AUC, nDCG@10, AP, R@10) of the same draws and days, in the same order; DATA the folder of the votes.

Prints every recipe, the best of them in each column, pith, the difference, and a 95% interval of it by the paired bootstrap (Efron &
Tibshirani 1993, ch. 13): topics are drawn with replacement and then draws of votes within each, or readers and then days; pith and the
peer take the same ones. The best peer is the one with the best mean; it stays the same in every resample. The same input, the same output.
"""
import collections, glob, importlib.util, json, os, sys
import numpy as np

MEASURES = ("AUC", "nDCG@10", "AP", "R@10")
RESAMPLES = 2000
SEED = 1


def read_scores(path):
    """pith's measures: scores[group][votes][topic or reader] = a row for each draw or day; votes is None for readers."""
    scores = collections.defaultdict(lambda: collections.defaultdict(lambda: collections.defaultdict(list)))
    with open(path) as lines:
        for line in map(json.loads, lines):
            votes = line["votes"] if "topic" in line else None
            scores[line["group"]][votes][line.get("topic") or line["reader"]].append(line["measures"])
    return scores


def read_peers(path, data):
    """The peers' measures: peers[topic or reader][recipe, votes] = a row for each draw or day."""
    spec = importlib.util.spec_from_file_location("peers", path)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True  # beside the peers nothing is left
    spec.loader.exec_module(module)
    np.random.seed(SEED)  # some recipes draw from the common generator
    topics = sorted(f for f in glob.glob(os.path.join(data, "topics", "*.jsonl")) if not f.endswith(".draws.jsonl"))
    readers = sorted(glob.glob(os.path.join(data, "readers", "*.jsonl")))
    replayed = module.replay(readers, os.path.join(data, "days")) if readers else {}
    return {"topic": dict(module.topics(topics)), "reader": dict(replayed)}


def mean(rows):
    """Mean over draws, then over topics."""
    return np.mean([np.mean(each, axis=0) for each in rows], axis=0)


def interval(differences, chance):
    """2.5% and 97.5% quantiles of the mean difference; `differences` holds an array of rows for each topic."""
    means = np.empty((RESAMPLES, len(MEASURES)))
    for i in range(RESAMPLES):
        chosen = chance.integers(len(differences), size=len(differences))
        means[i] = mean([differences[k][chance.integers(len(differences[k]), size=len(differences[k]))] for k in chosen])
    return np.quantile(means, (0.025, 0.975), axis=0)


def compare(pith, peers):
    """One column: every recipe's mean; the best one's name, pith's mean and the interval of the difference, by measure."""
    recipes = {name: [np.array(each[name]) for each in peers] for name in peers[0]}
    means = {name: mean(rows) for name, rows in recipes.items()}
    intervals = {}
    columns = []
    for measure in range(len(MEASURES)):
        best = max(means, key=lambda name: means[name][measure])
        if best not in intervals:
            pairs = [ours - theirs for ours, theirs in zip(pith, recipes[best], strict=True)]
            intervals[best] = interval(pairs, np.random.default_rng(SEED))
        columns.append((best, mean(pith)[measure], intervals[best][:, measure]))
    return means, columns


def print_table(title, heads, compared, measures):
    """compared: for each head, what compare() gave; measures: for each head, which measure is shown."""
    print(f"\n{title}\n| | " + " | ".join(heads) + " |\n|---|" + "--:|" * len(heads))
    row = lambda name, cells: print(f"| {name} | " + " | ".join(cells) + " |")
    for recipe in compared[0][0]:
        row(recipe, [f"{means[recipe][m]:.4f}" for (means, _), m in zip(compared, measures)])
    chosen = [(means[columns[m][0]][m], *columns[m]) for (means, columns), m in zip(compared, measures)]
    row("best peer", [f"{peer:.4f} {name}" for peer, name, _, _ in chosen])
    row("pith", [f"{ours:.4f}" for _, _, ours, _ in chosen])
    row("difference", [f"{ours - peer:+.4f}" for peer, _, ours, _ in chosen])
    row("95% of it", [f"{low:+.4f} to {high:+.4f}" for _, _, _, (low, high) in chosen])


def main():
    scores = read_scores(sys.argv[1])
    peers = read_peers(sys.argv[2], sys.argv[3])
    for group, by_votes in scores.items():
        if None in by_votes:
            readers = sorted(by_votes[None])
            ours = [np.array(by_votes[None][name]) for name in readers]
            theirs = [{recipe: rows for (recipe, _), rows in peers["reader"][name].items()} for name in readers]
            print_table(f"{len(readers)} readers, by day", MEASURES, [compare(ours, theirs)] * len(MEASURES), range(len(MEASURES)))
            continue
        compared = []
        for votes, by_topic in by_votes.items():
            topics = sorted(by_topic)
            theirs = [{recipe: rows for (recipe, n), rows in peers["topic"][name].items() if n == votes} for name in topics]
            compared.append(compare([np.array(by_topic[name]) for name in topics], theirs))
        for measure in (1, 0):
            print_table(f"{len(topics)} {group} topics, {MEASURES[measure]}", [f"{votes} votes" for votes in by_votes], compared,
                        [measure] * len(compared))


if __name__ == "__main__":
    main()
