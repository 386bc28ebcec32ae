#!/usr/bin/env python3
"""What pith exports as BibTeX, read back by pybtex, bibtexparser and biber: bibtex_readers.py PITH

Papers that hold every printable character, and texts made to break out, stand in every field. Each reader must find the papers, the
fields that pith writes and no other, and the text as it was once TeX's spellings are undone. A reader that is not installed is named."""
import json, os, re, shutil, subprocess, sys, tempfile

pith = sys.argv[1]
FIELDS = {"title", "author", "date", "year", "eprint", "archiveprefix", "doi", "url", "keywords", "abstract"}
HOSTILE = ['Quiet}, url = "http://evil.example/", annote = {', "Sets { and bounds", "Sets } and bounds", "}} @misc{x, title={y",
           "a \\input{/etc/passwd} b", "$\\input{/etc/passwd}$ x", "a ^^5cinput b", "% a comment", "Lee and Cole", "a, b; c", "``q'' -- ---", "Ünïcödé → 日本"]
SPELLINGS = [(r"\textbackslash{}", "\\"), (r"\textbraceleft{}", "{"), (r"\textbraceright{}", "}"), (r"\textasciicircum{}", "^"), (r"\textasciitilde{}", "~"),
             (r"\textless{}", "<"), (r"\textgreater{}", ">"), (r"\textbar{}", "|"), (r"\&", "&"), (r"\%", "%"), (r"\#", "#"), (r"\_", "_"), (r"\$", "$"),
             ("-{}", "-"), ("`{}", "`"), ("'{}", "'"), ("?{}", "?"), ("!{}", "!")]


def plain(text):
    """Text without TeX's spellings, from left to right, as a reader of TeX does."""
    out, at = "", 0
    while at < len(text):
        for spelling, character in SPELLINGS:
            if text.startswith(spelling, at):
                out, at = out + character, at + len(spelling)
                break
        else:
            out, at = out + text[at], at + 1
    return out


def export(rows):
    with tempfile.TemporaryDirectory() as folder:
        word, lines = folder + "/word", folder + "/lines.jsonl"
        with open(os.open(word, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write("correct horse\n")
        with open(lines, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
        env = {**os.environ, "PITH_HOME": folder + "/home", "PITH_PASSPHRASE_FILE": word}
        run = lambda *words: subprocess.run([pith, *words], env=env, capture_output=True, text=True, check=True).stdout
        run("init", "--strength", "interactive")
        run("import", lines)
        run("up", *[row["id"] for row in rows])
        return run("list", "--ups", "--format", "bibtex")


def with_pybtex(text):
    from pybtex.database import parse_string
    return [dict(entry.fields) | {"author": str(entry.persons["author"][0])} for entry in parse_string(text, "bibtex").entries.values()]


def with_bibtexparser(text):
    import bibtexparser
    from bibtexparser.bparser import BibTexParser
    return [{name: value for name, value in entry.items() if name not in ("ENTRYTYPE", "ID")}
            for entry in bibtexparser.loads(text, BibTexParser(common_strings=True)).entries]


def with_biber(text):
    if not shutil.which("biber"):
        raise ImportError("biber is not installed")
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/in.bib", "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run(["biber", "--tool", "--nodieonerror", "--output-file", folder + "/out.bib", folder + "/in.bib"], capture_output=True, text=True, cwd=folder)
        if re.search(r"^(ERROR|WARN) - (?!.*(datamodel|Duplicate))", done.stdout, re.M) or not os.path.exists(folder + "/out.bib"):
            sys.exit("biber complains:\n" + done.stdout)
        with open(folder + "/out.bib", encoding="utf-8") as file:
            return [{"title": None}] * len(re.findall(r"^@MISC\{", file.read(), re.M))


def main():
    texts = [f"A{c}b {c}{c}c d{c} {c} e" for c in map(chr, range(0x21, 0x7F))] + HOSTILE
    rows = [{"id": f"2401.{i + 1:05d}", "title": f"N{i} {text}", "abstract": f"Of N{i}: {text}", "authors": [f"Ann {text}"], "categories": [text],
             "date": "2024-01-02"} for i, text in enumerate(texts)]
    text = export(rows)
    wanted = {row["title"]: row for row in rows}
    for name, read in (("pybtex", with_pybtex), ("bibtexparser", with_bibtexparser), ("biber", with_biber)):
        try:
            entries = read(text)
        except ImportError as missing:
            print(f"{name}: not tried ({missing})")
            continue
        assert len(entries) == len(rows), f"{name} reads {len(entries)} papers of {len(rows)}"
        for entry in entries if name != "biber" else []:
            assert set(entry) <= FIELDS, f"{name} reads fields that pith did not write: {set(entry) - FIELDS}"
            row = wanted.pop(plain(entry["title"]), None) if name == "pybtex" else next((r for r in rows if r["title"] == plain(entry["title"])), None)
            assert row, f"{name} reads a title that was none: {entry['title']}"
            assert plain(entry["abstract"]) == row["abstract"], f"{name}: {entry['abstract']}"
            assert entry["eprint"] == row["id"], f"{name}: {entry['eprint']}"
        print(f"{name}: {len(entries)} papers, every text as it was")


main()
