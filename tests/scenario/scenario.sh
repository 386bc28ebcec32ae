#!/usr/bin/env bash
# The pith command over two days of papers, from the first import to a second home.
# usage: scenario.sh PITH [PYTHON]   PYTHON has sqlite3 and jsonschema (default /usr/bin/python3).
set -u
pith=$(realpath "${1:?usage: scenario.sh PITH [PYTHON]}")
python=${2:-/usr/bin/python3}
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
data=tests/data
schema=cli/ranking.schema.json

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
home=$scratch/home
passphrase=$scratch/passphrase
. tests/lib/checking.sh

umask 077
echo "correct horse" >"$passphrase"
echo "wrong horse" >"$scratch/wrong"

# The whole ranking without what may differ between homes.
ranking_of() {
    "$pith" --home "$1" --passphrase-file "$passphrase" rank --all --limit 0 --json
}

# ---- papers ----

check 4 "a home that is not there" status
check 0 "import of two days" import "$data/demo-day1.jsonl" "$data/demo-day2.jsonl"
says out "demo-day1.jsonl .*30 papers: 30 new" "the first day's report"
says out "demo-day2.jsonl .*32 papers: 32 new" "the second day's report"
check 0 "import again" import "$data/demo-day1.jsonl" "$data/demo-day2.jsonl"
says out "30 papers: 0 new, 0 improved, 30 known" "a day imported twice adds nothing"
input=$data/demo-day1.jsonl check 0 "import from standard input" import -
check 3 "import of what is no listing" import "$schema"
printf '@article{a,\n year = 2020\n}\n@article{b,\n year = 2021\n}\n' >"$scratch/none.bib"
printf '@article{a,\n year = 2020\n}\n@article{b,\n title = {Kites of some use}\n}\n' >"$scratch/some.bib"
home=$scratch/junk check 3 "import of a file none of whose records can be used" import "$scratch/none.bib"
says err "none of its 2 records could be used: the record has no title" "it is said, with a reason"
home=$scratch/junk check 3 "the same for programs" import --json "$scratch/none.bib"
says out '"skipped": 2' "the report counts them"
home=$scratch/junk check 0 "import of a file some of whose records can be used" import "$scratch/some.bib"
says out "1 paper: .*, 1 could not be used" "they are counted"
says err "some.bib:1: skipped: the record has no title" "and named"
check 0 "what a file is taken for" import --explain "$data/demo-day1.jsonl"
says out "^  title +[A-Z]" "the first record's title"
check 0 "the same for programs" import --explain "$data/demo-day1.jsonl" --json
says out '"format": "jsonl"' "the format as JSON"
says out '"authors": \[' "a list stays a list"
check 3 "nothing to explain" import --explain "$schema"
check 4 "import of a file that is not there" import "$scratch/missing.jsonl"
check 0 "rank without a profile" rank --date 2025-05-26
says out "no profile yet" "a ranking without a profile says so"
check 0 "search without a profile" search "language model" -- -survey
says out "^[0-9]+ papers?, .*most relevant first" "a search says how many there are"
check 4 "search for what is not there" search zzyzx
check 2 "search without a word" search since:2025-05-01
check 4 "no profile has no order" search model --mine
home=$scratch/announced
check 0 "import of a feed with new versions" import "$data/sources/rss.xml" "$data/sources/snapshot.jsonl"
check 0 "all of it" rank --all
says out "new version" "a new version is marked"
says out "\[withdrawn\]" "a withdrawn paper is marked"
check 0 "new papers alone" rank --all --only new
checks=$((checks + 1))
! grep -q "new version" "$scratch/out" || fail "new versions are left out"
check 0 "new versions alone" rank --all --only cross,replaced
says out " 1 paper$" "there is one"
check 2 "an announcement that is none" rank --only old
home=$scratch/home
check 4 "rank of a day without papers" rank --date 1999-01-01
check 2 "a day that is no day" rank --date yesterday
check 2 "an unknown option" rank --frobnicate
check 2 "a forgotten value swallows no option" rank --date --json
says err "date needs a value" "and is named"
check 2 "an unknown command" frobnicate
check 4 "a vote without a profile" up 2505.17250

# ---- votes ----

check 0 "init" init --strength interactive
check 4 "init twice" init --strength interactive
check 0 "rank before any vote" rank --date 2025-05-26 --limit 5
says out "no votes yet" "a ranking before any vote says so"
check 0 "why before any vote" why 2505.17250
check 0 "a digest before any vote" digest --date 2025-05-27
says out "^To begin with" "a digest before any vote promises nothing"
check 4 "undo with nothing to undo" undo

check 0 "a vote by identifier" up 2505.17250
says out "ConciseRL" "a vote names its paper"
check 0 "the same vote again" up arXiv:2505.17250v1
says out "stood already" "a vote that stands is not recorded again"
check 0 "votes" votes
says out "^1 up, 0 down, 0 comparisons" "one vote stands"
check 0 "a vote by URL" up https://arxiv.org/abs/2505.17153v2
says out "Amplify Adjacent" "a vote by URL names its paper"
check 0 "a vote by a Hugging Face URL" up https://huggingface.co/papers/2505.17667
check 0 "a vote by a part of the title" down "harry potter"
says out "17160" "a vote by title names its paper"
"$pith" --home "$home" --passphrase-file "$passphrase" rank --date 2025-05-26 --limit 0 --json >"$scratch/ranking.json"
read -r rank id < <("$python" -c 'import json, sys
print(*next((p["rank"], p["id"]) for p in json.load(open(sys.argv[1]))["papers"] if p["verdict"] is None))' "$scratch/ranking.json")
check 0 "a vote by rank" down "${rank:-0}"
says out "${id:-no paper}" "a vote by rank goes to the paper shown there"
check 4 "a rank that was not shown" up 9999
check 4 "a paper that is not there" up 2505.99999
before=$(digest)
check 0 "the fingerprint of the votes" status --fingerprint
says out "^fingerprint  $before$" "the fingerprint of the votes"
check 0 "the fingerprint by its older name" status --digest
says out "^digest   $before$" "the older name still prints what it printed"
check 0 "the options of status" status --help
says out "--fingerprint" "the options of status"
! grep -q -e --digest "$scratch/out" || fail "help names an older name"

check 4 "an ambiguous title" up "reinforcement learning"
says err "arXiv:2505\.17250" "an ambiguous title lists its matches"
says err "arXiv:2505\.18454" "an ambiguous title lists all its matches"
same_digest "$before" "an ambiguous title records nothing"
check 4 "one name of two is unknown" up 2505.17826 2505.99999
same_digest "$before" "a vote on several papers is all or none"

check 0 "a verdict turned" down 2505.17250
[ "$before" != "$(digest)" ] || fail "a turned verdict: the digest did not change"
check 0 "undo" undo
same_digest "$before" "an undone vote leaves no trace"
check 0 "a comparison" prefer 2505.17826 2505.17447 over 2505.17616
says out "over" "a comparison names its papers"
check 2 "a comparison without over" prefer 2505.17826 2505.17447 2505.17616
check 2 "a paper against itself" prefer 2505.17826 over 2505.17826

# ---- many votes ----

before=$(digest)
cat >"$scratch/votes.jsonl" <<'EOF'
{"id": "2505.17826", "vote": "up", "date": "2025-05-26"}
{"id": "2505.17447", "vote": "sideways", "date": "2025-05-26"}
{"id": "2505.17561", "vote": "down"}
EOF
check 3 "votes with an error" vote --from "$scratch/votes.jsonl"
says err ":2: " "the wrong line is named"
same_digest "$before" "a file of votes with an error records nothing"
sed -i 's/sideways/up/' "$scratch/votes.jsonl"
check 0 "votes from a file" vote --from "$scratch/votes.jsonl"
says out "^3 votes recorded" "all votes of a file are recorded"
check 0 "the same votes again" vote --from "$scratch/votes.jsonl"
says out "^0 votes recorded" "a file of votes twice records nothing new"
after=$(digest)
check 2 "undo of a file of votes, with nobody to ask" undo
says out "2505\.17447" "what would be taken back is shown"
says err "--yes" "and what agrees beforehand is named"
same_digest "$after" "nothing is taken back unasked"
check 0 "undo of a file of votes" undo --yes
same_digest "$before" "a file of votes is undone as one"
check 0 "redo" redo
same_digest "$after" "redo brings it back"
check 4 "redo of nothing" redo
check 0 "undo once more" undo --yes
check 0 "another vote" up 2505.17826
check 4 "redo after another vote" redo
check 0 "undo of that vote" undo
check 0 "votes from the file once more" vote --from "$scratch/votes.jsonl"

# ---- seeds ----

cp -r "$home" "$scratch/seeded"
home=$scratch/seeded
before=$(digest)
check 0 "words as a seed" seed "reasoning of language models at test time"
says out "1 taken as liked" "words are one seed"
check 0 "a paper as a seed" seed 2505.18237
check 0 "a paper that was voted on" seed 2505.17826
says out "0 taken as liked, 1 voted on" "a seed does not replace a vote"
check 0 "a library as seeds" seed "$data/sources/library.bib"
says out "[1-9] taken as liked" "its papers are seeds"
printf '2505.17250\n\n2505.99999\n' >"$scratch/ids.txt"
check 0 "identifiers as seeds" seed "$scratch/ids.txt"
says out "1 not in the store" "those that are not there are counted"
check 0 "votes with seeds" votes
says out "seed words  reasoning" "words are listed among them"
check 0 "seeds taken back" seed --forget
same_digest "$before" "forgotten seeds leave no trace in what stands"
check 3 "a file that is no library" seed "$schema"
check 3 "a library none of whose records can be used" seed "$scratch/none.bib"
check 2 "seed of nothing" seed
check 2 "too many words" seed "$(printf 'many words %.0s' {1..40})"
home=$scratch/home

# ---- rankings ----

check 2 "a number that is none" rank --expect many
check 2 "a share that is none" rank --at-most-unwanted 2
check 0 "a list of likes" rank --date 2025-05-27 --expect 2 --diverse 20%
check 0 "rank as JSON" rank --date 2025-05-27 --limit 0 --json
cp "$scratch/out" "$scratch/ranking.json"
python_check "the ranking follows cli/ranking.schema.json, and its reasons add up" "$scratch/ranking.json" "$schema" <<'EOF'
import json, sys
import jsonschema
ranking, schema = (json.load(open(path)) for path in sys.argv[1:])
jsonschema.validate(ranking, schema)
assert ranking["learned"] and len(ranking["papers"]) == ranking["listed"] == 32
scores = [paper["score"] for paper in ranking["papers"]]
assert scores == sorted(scores, reverse=True), "not in order of score"
for paper in ranking["papers"]:
    total = sum(reason["contribution"] for reason in paper["reasons"])
    assert abs(total - paper["score"]) < 1e-6, (paper["id"], total, paper["score"])
EOF
check 0 "rank twice" rank --date 2025-05-27 --limit 0 --json
checks=$((checks + 1))
cmp -s "$scratch/out" "$scratch/ranking.json" || fail "the same votes gave another ranking"
check 0 "why as JSON" why 1 --json
check 0 "votes as JSON" votes --json
check 4 "an error as JSON" up "reinforcement learning" --json
says out '"matches"' "an ambiguous title lists its matches in JSON"

# ---- a second home ----

check 0 "export" export --yes -o "$scratch/profile.json"
check 4 "export over a file" export --yes -o "$scratch/profile.json"
checks=$((checks + 1))
[ "$(stat -c %a "$scratch/profile.json")" = 600 ] || fail "an export can be read by others"
ranking_of "$home" >"$scratch/first.json" 2>/dev/null
before=$(digest)
first=$home
home=$scratch/second
check 0 "import into the second home" import "$data/demo-day1.jsonl" "$data/demo-day2.jsonl"
check 0 "init of the second home" init --strength interactive
check 3 "import-profile of what is no export" import-profile "$schema"
check 0 "import-profile" import-profile "$scratch/profile.json"
same_digest "$before" "the second home has the first one's votes"
check 4 "import-profile into a profile with votes" import-profile "$scratch/profile.json"
ranking_of "$home" >"$scratch/other.json" 2>/dev/null
python_check "both homes rank the same" "$scratch/first.json" "$scratch/other.json" <<'EOF'
import json, sys
first, other = (json.load(open(path))["papers"] for path in sys.argv[1:])
assert [paper["id"] for paper in first] == [paper["id"] for paper in other], "another order"
for one, two in zip(first, other):
    assert abs(one["score"] - two["score"]) < 1e-6, (one["id"], one["score"], two["score"])
EOF
home=$first

# ---- the wrong key, and damage ----

right=$passphrase
passphrase=$scratch/wrong
check 5 "a wrong passphrase" rank
passphrase=$right
: >"$scratch/empty"
passphrase=$scratch/empty
check 2 "an empty passphrase file" rank
passphrase=$right

# The profile's key slots and sealed rows, as "TABLE CONDITION"; the catalogue in clear is not among them.
list_sealed() {
    "$python" - "$first/pith.db" <<'EOF'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for (slot,) in database.execute("SELECT slot FROM slots"):
    print(f"slots slot={slot}")
for kind, number in database.execute("SELECT kind, number FROM sealed"):
    print(f"sealed kind={kind} AND number={number}")
EOF
}

# damage HOW TABLE CONDITION: flips a bit of a row, or deletes it, in a fresh copy of the first home.
damage() {
    rm -rf "$scratch/damaged"
    cp -r "$first" "$scratch/damaged"
    "$python" - "$scratch/damaged/pith.db" "$@" <<'EOF'
import sqlite3, sys
path, how, table, condition = sys.argv[1:]
database = sqlite3.connect(path)
if how == "delete":
    changed = database.execute(f"DELETE FROM {table} WHERE {condition}")
else:
    (blob,) = database.execute(f"SELECT blob FROM {table} WHERE {condition}").fetchone()
    damaged = bytearray(blob)
    damaged[len(damaged) // 2] ^= 1
    changed = database.execute(f"UPDATE {table} SET blob = ? WHERE {condition}", (bytes(damaged),))
assert changed.rowcount == 1
database.commit()
EOF
}

list_sealed >"$scratch/sealed"
checks=$((checks + 1))
[ "$(wc -l <"$scratch/sealed")" -ge 3 ] || fail "the profile has fewer rows than a slot, a head and its votes"
home=$scratch/damaged
while read -r table condition; do
    damage flip "$table" "$condition" || fail "$table $condition could not be damaged"
    check 6 "a flipped bit in $table $condition" rank --date 2025-05-27
    [ "$table" = sealed ] || continue
    damage delete "$table" "$condition" || fail "$table $condition could not be deleted"
    check 6 "without $table $condition" rank --date 2025-05-27
done <"$scratch/sealed"
# ---- a page whose papers have upvotes, comments and ages ----

"$python" - >"$scratch/daily.json" <<'EOF'
import json
topics = ["graphs", "proteins", "video", "agents"]
print(json.dumps([{"title": "", "numComments": 1 + i % 3,
                   "paper": {"submittedOnDailyAt": "2026-05-18T08:00:00.000Z",
                             "id": f"2605.{i:05}", "title": f"On {topics[i % 4]}, part {i}", "summary": f"What {topics[i % 4]} are.",
                             "publishedAt": f"2026-05-1{i % 6}T00:00:00.000Z", "upvotes": 5 + 7 * i}} for i in range(40)]))
EOF
home=$scratch/daily
check 0 "import of a daily page" import "$scratch/daily.json"
check 0 "a profile for it" init --strength interactive
check 0 "its papers liked" up 2605.00039 2605.00038 2605.00037
check 0 "its papers disliked" down 2605.00000 2605.00001 2605.00002
check 0 "rank by words and numbers" rank
check 0 "why by numbers" why 2605.00036 --limit 0
says out "upvotes known" "a number's reasons"
says out "[0-9]+ or more comments" "a number's reasons"
says out "days old when listed" "a number's reasons"

home=$first
check 0 "the first home after all that" rank --date 2025-05-27

finish
