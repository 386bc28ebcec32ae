#!/usr/bin/env bash
# Nothing is lost and nothing cries wolf: several at once, homes where nothing can be written, stores put back or changed by others.
# usage: scenario_whole.sh PITH [PYTHON]
set -u
pith=$(realpath "${1:?usage: scenario_whole.sh PITH [PYTHON]}")
python=${2:-/usr/bin/python3}
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
data=tests/data

scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
home=$scratch/home
passphrase=$scratch/passphrase
. tests/lib/checking.sh

umask 077
echo "correct horse" >"$passphrase"

# ---- a passphrase that is none ----

for weak in x 1234567 aaaaaaaaaaaa ééééééé; do
    echo "$weak" >"$scratch/weak"
    check 2 "a passphrase that is guessed at once" init --new-passphrase-file "$scratch/weak"
    says err "8 characters or more" "what to take instead"
done

# ---- two at once ----

for round in 1 2 3 4 5; do
    for one in a b; do
        "$pith" --home "$scratch/two$round" --passphrase-file "$passphrase" init --strength interactive >"$scratch/$one" 2>&1 &
        eval "process_$one=$!"
    done
    wait "$process_a"
    first=$?
    wait "$process_b"
    second=$?
    checks=$((checks + 1))
    case "$first $second" in
    "0 4" | "4 0") ;;
    *) fail "two inits at once ended with $first and $second" ;;
    esac
done
home=$scratch/two1 check 0 "what two inits left" votes

check 0 "import" import "$data/demo-day1.jsonl" "$data/demo-day2.jsonl"
check 0 "init" init --strength interactive
check 0 "a listing" rank --all --limit 12
checks=$((checks + 1))
[ -s "$scratch/err" ] && fail "a listing that was kept says: $(cat "$scratch/err")"
papers=$("$pith" --home "$home" --passphrase-file "$passphrase" rank --all --limit 12 --json | grep -oE '"id": "arXiv:[0-9.]+"' | cut -d'"' -f4)
processes=()
for paper in $papers; do
    "$pith" --home "$home" --passphrase-file "$passphrase" up "$paper" >>"$scratch/voters" 2>&1 &
    processes+=($!)
done
refused=0
for process in "${processes[@]}"; do wait "$process" || refused=$((refused + 1)); done
checks=$((checks + 1))
[ "$refused" = 0 ] || fail "$refused of 12 votes at once were refused: $(tail -n 1 "$scratch/voters")"
check 0 "all are there" votes
says out "^12 up, 0 down" "every vote at once counts"
check 0 "check" check
says out "papers: titles, texts, authors.* are as they were stored" "the papers' texts are checked, and it says so"

# ---- several profiles without a name ----

check 0 "backup" backup "$scratch/backup"
other=$scratch/other
home=$other check 0 "another home" init --strength interactive
"$python" - "$home/pith.db" "$other/pith.db" <<'EOF' || fail "two profiles without a name"
import sqlite3, sys
store = sqlite3.connect(sys.argv[1])
store.execute("ATTACH ? AS other", (sys.argv[2],))
for table in ("profiles", "slots", "sealed"):
    store.execute(f"INSERT INTO {table} SELECT * FROM other.{table}")
store.commit()
EOF
check 2 "which of two is meant" votes
says err "pith readers" "what lists them"
check 0 "readers" readers
checks=$((checks + 1))
[ "$(grep -c '^id:[0-9a-f]\{8\}  without a name' "$scratch/out")" = 2 ] || fail "pith readers does not list both"
ids=$(grep -oE '^id:[0-9a-f]{8}' "$scratch/out")
check 0 "readers as JSON" readers --json
for id in $ids; do
    check 0 "votes of one without a name" --reader "$id" votes
    grep -q "^12 up" "$scratch/out" || unwanted=$id
done
check 4 "an id that is none" --reader id:00000000 votes
check 0 "the one that is not wanted" --reader "$unwanted" erase --yes
check 0 "the other is the only one again" votes
says out "^12 up, 0 down" "its votes"

# ---- a backup put in the place of a store that is open ----

check 0 "another vote" down 2505.17550
"$python" - "$home/pith.db" <<'EOF' &
import sqlite3, sys, time
store = sqlite3.connect(sys.argv[1])
store.execute("SELECT count(*) FROM papers").fetchone()
time.sleep(600)
EOF
holder=$!
for _ in $(seq 100); do [ -e "$home/pith.db-shm" ] && break; sleep 0.1; done
check 1 "restore over a store that is open" restore --force "$scratch/backup"
says err "is open in another pith.*stop it first" "why not, and what to do"
check 0 "nothing was changed" votes
says out "^12 up, 1 down" "the vote since the backup"
kill "$holder"
wait "$holder" 2>/dev/null
check 0 "restore once nobody has it open" restore --force "$scratch/backup"
check 0 "the backup" votes
says out "^12 up, 0 down" "the votes of the backup"

# ---- where nothing can be written ----

# as_reader ARGUMENT...: pith as somebody who may not write the home; out and err as check leaves them.
as_reader() {
    local expected=$1 what=$2 code=0 as=()
    shift 2
    checks=$((checks + 1))
    [ "$(id -u)" -ne 0 ] || as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    "${as[@]}" "$pith" --home "$scratch/shut/home" --passphrase-file "$scratch/shut/passphrase" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || code=$?
    [ "$code" -eq "$expected" ] && return
    fail "$what: pith $* gave exit code $code, not $expected"
    head -n 4 "$scratch/err" >&2
}
check 0 "a listing" rank --date 2025-05-27 --limit 3
mkdir "$scratch/shut" "$scratch/open"
cp -r "$home" "$scratch/shut/home"
cp "$passphrase" "$scratch/shut/passphrase"
if [ "$(id -u)" -eq 0 ]; then
    chmod 711 "$scratch"
    chown -R 65534:65534 "$scratch/shut" "$scratch/open"
fi
chmod -R a-w "$scratch/shut"
as_reader 0 "rank" rank --date 2025-05-26 --limit 3
says err "nothing of this was kept.*permissions" "why ranks mean the listing before"
as_reader 0 "the same again" rank --date 2025-05-27 --limit 3
as_reader 0 "why" why 2505.17250
as_reader 0 "status" status --digest
as_reader 0 "votes" votes
says out "^12 up, 0 down" "the votes of a read-only home"
as_reader 0 "a search" search diffusion
says out "arXiv:" "what was found where nothing can be written"
as_reader 0 "check" check
says out "search index: it holds the words of" "the search index is verified"
as_reader 0 "backup elsewhere" backup "$scratch/open/backup"
as_reader 1 "a vote" down 2505.17550
says err "cannot be written: check its permissions" "why it cannot be recorded"
chmod -R u+w "$scratch/shut"

# ---- characters that turn the direction of text ----

printf '{"id":"2401.99999","title":"Safe \xe2\x80\xaegnp.exe\xe2\x80\xac of widgets","abstract":"A \xe2\x81\xa6text\xe2\x81\xa9.","authors":["Mal\xe2\x80\xaelory"],"date":"2025-05-28"}\n' >"$scratch/turned.jsonl"
check 0 "import" import "$scratch/turned.jsonl"
# turns_nothing WHAT: the last output holds no such character.
turns_nothing() {
    checks=$((checks + 1))
    LC_ALL=C grep -qaE $'\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$scratch/out" && fail "$1 holds a character that turns the direction of text"
}
check 0 "rank" rank --date 2025-05-28
says out "Safe <U\+202E>gnp.exe<U\+202C> of widgets" "such a character is named"
turns_nothing "a ranking"
check 0 "rank as JSON" rank --date 2025-05-28 --json
says out 'Safe .u202egnp.exe.u202c of widgets' "it is escaped in JSON"
turns_nothing "a ranking in JSON"
check 0 "a vote" up 2401.99999
for format in bibtex ris csl-json jsonl; do
    check 0 "list as $format" list --format "$format"
    says out "202[eE]" "it is marked in $format"
    turns_nothing "an export as $format"
done
check 0 "export" export --yes
turns_nothing "an exported profile"

# ---- what others do to the file ----

check 0 "a search, which indexes" search diffusion
rm -rf "$scratch/changed"
cp -r "$home" "$scratch/changed"
"$python" - "$scratch/changed/pith.db" <<'EOF'
import sqlite3, sys
store = sqlite3.connect(sys.argv[1])
(one, first), (other, second) = store.execute("SELECT paper, place FROM searchable WHERE paper IN (3, 5)").fetchall()
store.execute("UPDATE searchable SET place = -1 WHERE paper = ?", (one,))
store.execute("UPDATE searchable SET place = ? WHERE paper = ?", (first, other))
store.execute("UPDATE searchable SET place = ? WHERE paper = ?", (second, one))
store.commit()
EOF
home=$scratch/changed check 6 "exchanged words" check
says out "^WRONG  the search index holds other words for paper [35], [a-z]+:" "a paper found by another's words"
rm -rf "$scratch/changed"
cp -r "$home" "$scratch/changed"
"$python" - "$scratch/changed/pith.db" <<'EOF'
import sqlite3, sys
store = sqlite3.connect(sys.argv[1])
store.execute("UPDATE search_data SET block = zeroblob(length(block)) WHERE id > 10")
store.commit()
EOF
home=$scratch/changed check 6 "an index that was overwritten" check
says out "^WRONG  the search index" "an index that cannot be read"

# changed WHAT PROGRAM: the check tells a change made by a program of Python, which has `path` and `text`, a part of an abstract.
changed() {
    rm -rf "$scratch/changed"
    cp -r "$home" "$scratch/changed"
    "$python" - "$scratch/changed/pith.db" "$2" <<'EOF' || fail "$1 could not be changed"
import os, random, re, sqlite3, sys
path = sys.argv[1]
random.seed(1)
store = sqlite3.connect(path)
exec(sys.argv[2])
EOF
    home=$scratch/changed check 6 "$1" check
    says out "^WRONG  paper [0-9]+, [a-z]+:.* is not as it was stored" "$1 is told"
}
changed "a title" 'store.execute("UPDATE papers SET title = title || \"s\" WHERE id = 3"); store.commit()'
changed "an abstract" 'store.execute("UPDATE texts SET abstract = lower(abstract) WHERE paper = 5"); store.commit()'
changed "an identifier" 'store.execute("UPDATE paper_keys SET position = position + 7 WHERE paper = 4"); store.commit()'
changed "a day" 'store.execute("UPDATE listings SET day = day + 100 WHERE paper = 6"); store.commit()'
changed "upvotes" 'store.execute("UPDATE papers SET upvotes = 999 WHERE id = 7"); store.commit()'
changed "a paper that is gone" 'store.execute("DELETE FROM papers WHERE id = 8"); store.commit()'
changed "random bytes within a page" '
text = store.execute("SELECT abstract FROM texts WHERE paper = 9").fetchone()[0].encode()[20:60]
store.close()
whole = open(path, "rb").read()
at = whole.index(text)
with open(path, "r+b") as file:
    file.seek(at)
    file.write(bytes(random.choice(b"abcdefgh") for _ in range(30)))'
check 0 "the store itself is whole" check
finish
