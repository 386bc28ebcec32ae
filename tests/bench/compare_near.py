#!/usr/bin/env python3
"""How pith stands beside the obvious where ranking is hard, on the same readers and topics.

Usage: compare_near.py SCORES PEERS DATA
SCORES is what `bench_near --scores` wrote; PEERS the Python file with other systems' recipes; DATA the folder of papers. Prints the loss of
each recipe over the graded readers, and BM25 (Robertson and Zaragoza 2009) beside pith for a sentence in place of a library; each with the
difference to pith and a 95% interval of it by the paired bootstrap over readers or topics. The same input, the same output.
"""
import collections, importlib.util, json, math, os, sys
import numpy as np

RESAMPLES, SEED = 2000, 1


def load(path):
    spec = importlib.util.spec_from_file_location("peers", path)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True  # beside the peers nothing is left
    spec.loader.exec_module(module)
    return module


def graded_losses(peers, data):
    """(wrong, all) of each recipe, by reader."""
    papers = peers.read(os.path.join(data, "near", "graded_papers.jsonl"))
    readers = peers.read(os.path.join(data, "near", "graded_readers.jsonl"))
    row = {paper["id"]: i for i, paper in enumerate(papers)}
    library = [paper for reader in readers for paper in reader["library"]]
    names = [f"{reader['reader']}/{i}" for reader in readers for i in range(len(reader["library"]))]
    words = peers.TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2).fit_transform(map(peers.text, papers + library))
    places = peers.encoded([paper["id"] for paper in papers] + names)
    lost, at = collections.defaultdict(dict), len(papers)
    for reader in readers:
        own = np.arange(at, at + len(reader["library"]))
        at += len(own)
        graded, grade = np.array([row[i] for i in reader["grades"]]), list(reader["grades"].values())
        cosines = {"words": (words[graded] @ words[own].T).toarray()}
        if places is not None:
            cosines["encoder"] = places[graded] @ places[own].T
        for name, cosine in cosines.items():
            lost[name + ", mean cosine"][reader["reader"]] = peers.wrong(grade, cosine.mean(1))
            lost[name + ", mean of the three nearest"][reader["reader"]] = peers.wrong(grade, np.sort(cosine, 1)[:, -3:].mean(1))
    return lost


def bm25(peers, texts, query):
    counter = peers.TfidfVectorizer(use_idf=False, norm=None, stop_words="english")
    counts = counter.fit_transform(texts).tocsc()
    length = np.asarray(counts.sum(1)).ravel()
    score = np.zeros(len(texts))
    for word in sorted(set(counter.build_analyzer()(query)) & counter.vocabulary_.keys()):
        often = counts[:, counter.vocabulary_[word]].toarray().ravel()
        rarity = math.log((len(texts) - (often > 0).sum() + 0.5) / ((often > 0).sum() + 0.5))
        score += max(rarity, 1e-6) * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * length / length.mean()))
    return score


def interval(statistic, count):
    """2.5% and 97.5% quantiles of a statistic over readers or topics drawn with replacement."""
    chance = np.random.default_rng(SEED)
    return np.quantile([statistic(chance.integers(count, size=count)) for _ in range(RESAMPLES)], (0.025, 0.975))


def print_graded(peers, ours, data):
    names = sorted(ours)
    pith = np.array([ours[name] for name in names])
    loss = lambda of, rows: of[rows, 0].sum() / of[rows, 1].sum()
    everyone = np.arange(len(names))
    print(f"\n| graded readers: {len(names)} | loss | pith less it | 95% of it |\n|---|--:|--:|--:|")
    print(f"| pith | {loss(pith, everyone):.4f} | | |")
    for recipe, lost in sorted(graded_losses(peers, data).items()):
        other = np.array([lost[name] for name in names])
        low, high = interval(lambda rows: loss(pith, rows) - loss(other, rows), len(names))
        print(f"| {recipe} | {loss(other, everyone):.4f} | {loss(pith, everyone) - loss(other, everyone):+.4f} | {low:+.4f} to {high:+.4f} |")


def print_words(peers, ours, queries):
    names = sorted(ours)
    other = []
    for name in names:
        papers = peers.read(queries[name]["path"])
        truth = np.array([paper["label"] for paper in papers])
        other.append(peers.measures(truth, bm25(peers, list(map(peers.text, papers)), queries[name]["words"])))
    pith, other = np.array([ours[name] for name in names]), np.array(other)
    print(f"\n| a sentence for a library: {len(names)} topics | pith | BM25 | difference | 95% of it |\n|---|--:|--:|--:|--:|")
    for i, measure in enumerate(("AUC", "nDCG@10", "AP", "R@10")):
        gap = pith[:, i] - other[:, i]
        low, high = interval(lambda rows: gap[rows].mean(), len(names))
        print(f"| {measure} | {pith[:, i].mean():.4f} | {other[:, i].mean():.4f} | {gap.mean():+.4f} | {low:+.4f} to {high:+.4f} |")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    with open(sys.argv[1]) as lines:
        rows = [json.loads(line) for line in lines]
    peers = load(sys.argv[2])
    graded = {row["of"]: (row["wrong"], row["all"]) for row in rows if row["section"] == "graded"}
    words = {row["of"]: row["measures"] for row in rows if row["section"] == "words"}
    if graded:
        print_graded(peers, graded, sys.argv[3])
    if words:
        print_words(peers, words, {row["of"]: row for row in rows if row["section"] == "query"})


main()
