#!/usr/bin/env bash
# pith-train-embedding over a small corpus: an embedding that says where it comes from, the same from the same bytes and seed.
# usage: train_embedding.sh PITH-TRAIN-EMBEDDING
set -eu
train=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
    echo "$1"
    exit 1
}

python3 - >"$folder/corpus.jsonl" <<'CORPUS'
import json, random
random.seed(5)
fields = [[f"{stem}{ending}" for ending in ("um", "or", "ix", "al", "en", "ot")] for stem in ("brak", "lund", "fesk", "murt")]
for i in range(200):
    words = fields[i % 4]
    pick = lambda n: " ".join(random.choice(words) for _ in range(n))
    print(json.dumps({"id": f"p{i}", "title": f"{pick(4)} n{i}", "abstract": pick(20), "date": "2024-02-03" if i else "2023-01"}))
CORPUS
echo 'this is no paper' >>"$folder/corpus.jsonl"
options=(--dims 8 --batch 32 --epochs 2 --day 2024-03-01)

"$train" "${options[@]}" -o "$folder/one.space" <"$folder/corpus.jsonl" >"$folder/said" 2>"$folder/progress" || fail "does not train"
grep -q '200 papers' "$folder/said" || fail "does not say how many papers: $(cat "$folder/said")"
grep -q '1 lines could not be read' "$folder/progress" || fail "does not say that a line is no paper"
"$train" "${options[@]}" -o "$folder/two.space" <"$folder/corpus.jsonl" >/dev/null 2>&1
cmp "$folder/one.space" "$folder/two.space" || fail "the same corpus and seed give another table"
"$train" "${options[@]}" --seed 2 -o "$folder/three.space" <"$folder/corpus.jsonl" >/dev/null 2>&1
! cmp -s "$folder/one.space" "$folder/three.space" || fail "another seed gives the same table"

python3 - "$folder" <<'CHECK' || fail "the head does not say where the table comes from"
import datetime, hashlib, struct, sys
table = open(sys.argv[1] + "/one.space", "rb").read()
corpus = open(sys.argv[1] + "/corpus.jsonl", "rb").read()
version, dims, terms, method, papers = struct.unpack_from("<5I", table, 8)
seed, first, last, trained = struct.unpack_from("<Q3i", table, 32)
day = lambda *of: (datetime.date(*of) - datetime.date(1970, 1, 1)).days
assert (version, dims, method, papers, seed) == (1, 8, 1, 200, 1), (version, dims, method, papers, seed)
assert (first, last, trained) == (day(2024, 2, 3), day(2024, 2, 3), day(2024, 3, 1)), (first, last, trained)
assert table[64:96] == hashlib.blake2b(corpus, digest_size=32).digest()
assert terms >= 24 and len(table) == 128 + terms * (12 + dims), terms
CHECK

# by identifier, by title under another identifier, and one that is not in the corpus
sed -n '1,40p' "$folder/corpus.jsonl" >"$folder/seen.jsonl"
sed -n '41,50p' "$folder/corpus.jsonl" | sed 's/"id": "p/"id": "other/' >>"$folder/seen.jsonl"
echo '{"id": "elsewhere", "title": "no paper of the corpus", "abstract": "at all"}' >>"$folder/seen.jsonl"
"$train" "${options[@]}" --without "$folder/seen.jsonl" -o "$folder/without.space" <"$folder/corpus.jsonl" >"$folder/said" 2>"$folder/progress" ||
    fail "does not train without some papers"
grep -q '150 papers' "$folder/said" || fail "does not leave the papers out: $(cat "$folder/said")"
grep -q '50 left out' "$folder/progress" || fail "does not say how many it left out: $(cat "$folder/progress")"
sed -n '51,$p' "$folder/corpus.jsonl" | "$train" "${options[@]}" -o "$folder/rest.space" >/dev/null 2>&1
cmp <(tail -c +129 "$folder/without.space") <(tail -c +129 "$folder/rest.space") || fail "what is left out leaves a trace"
! "$train" --without "$folder/absent" -o "$folder/none.space" <"$folder/corpus.jsonl" 2>"$folder/error" || fail "takes an absent list"

! "$train" -o "$folder/none.space" </dev/null 2>"$folder/error" || fail "takes an empty corpus"
grep -q 'no paper' "$folder/error" || fail "does not say what is missing: $(cat "$folder/error")"
! "$train" </dev/null 2>/dev/null || fail "takes no output for granted"
! "$train" --words 2000000 -o "$folder/none.space" </dev/null 2>/dev/null || fail "takes more terms than a table holds"
[ ! -e "$folder/none.space" ] || fail "writes a table all the same"
echo "The trainer holds."
