#!/usr/bin/env bash
# pith fetch, update and receipts against a server on loopback that answers well and badly.
# usage: scenario_fetch.sh PITH [PYTHON]
set -u
pith=$(realpath "${1:?usage: scenario_fetch.sh PITH [PYTHON]}")
python=${2:-/usr/bin/python3}
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
scratch=$(mktemp -d)
home=$scratch/home
passphrase=$scratch/none
. tests/lib/checking.sh

coproc server { exec "$python" tests/lib/fetch_server.py; }
trap 'exec {server[1]}>&-; rm -rf "$scratch"' EXIT
read -r port <&"${server[0]}"
place=http://127.0.0.1:$port
export XDG_CONFIG_HOME=$scratch/config
config=$XDG_CONFIG_HOME/pith/config
mkdir -p "$XDG_CONFIG_HOME/pith"

# source NAME HOW FROM: adds one to the config file.
source() {
    printf '[source "%s"]\nfrom = %s\nmirror = %s/%s\nlocal = yes\n' "$1" "$3" "$place" "$2" >>"$config"
}

# ---- the config file ----

check 2 "update without a source" update
check 2 "a source that is none" fetch nonsense
for bad in 'contact = x' '[fetch' '[other]' '[source "a"]' '[source a]' $'[fetch]\ncolour = red' $'[source "a"]\nfrom = hf\nfrom = hf' \
    $'[source "a"]\nfrom = hf\n[source "a"]\nfrom = hf' $'[source "a"]\nfrom = hf\nlocal = perhaps' $'[source "a:b"]\nfrom = hf' $'[fetch]\ncontact =' 'words'; do
    printf '# a comment\n%s\n' "$bad" >"$scratch/bad"
    check 3 "a config file with: $bad" update --config "$scratch/bad"
    says err "bad:[0-9]+: " "its line is named"
done
check 4 "a config file that is not there" update --config "$scratch/missing"
printf '[fetch]\ncontact = reader@example.org\n' >"$config"

# ---- one source after another ----

check 1 "an address of a private network" fetch "$place/good/rss/cs.LG"
says out "private network" "it is not asked"
source feed good arxiv:cs.LG
check 0 "a day's feed" fetch feed
says out "feed: 3 announced, 3 fetched, 3 new, 0 merged, 0 hidden, 0 failed; listed 2024-01-05" "its receipt"
check 0 "the same again" fetch feed
says out "unchanged since the last run" "what did not change is not sent again"
"$python" -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())' "$place/asked" >"$scratch/out"
says out "pith/[0-9.]+ .reader@example.org" "the source's keeper is told who asks"
source new good arxiv:cs.LG
printf 'only = new, cross\n' >>"$config"
check 0 "only what is new" fetch new --json
says out '"hidden": 1' "the rest is counted"
source busy busy arxiv:cs.LG
check 0 "a source that asks for patience" fetch busy
source moved to-good arxiv:cs.LG
check 0 "a source that moved" fetch moved
source weekend weekend arxiv:cs.LG
check 0 "a day without papers" fetch weekend
says out "arXiv announced nothing" "it is said"
source past good arxiv:cs.LG
check 0 "days of the past" fetch past --since 2024-01-02
says out "3 fetched, 3 new" "all pages came"
source stale stale arxiv:cs.LG
check 0 "a place in a list that is no longer known" fetch stale --since 2024-01-02
says out "5 fetched" "it starts once more"
source papers good hf
check 0 "daily papers" fetch papers --since "$(date -d "2 days ago" +%F)"
says out "papers: [1-9][0-9]+ announced" "of three days"
source cells good biorxiv:neuroscience
check 0 "pages of bioRxiv" fetch cells --since 2024-01-03
says out "5 announced, 5 fetched" "to the last"
source venue good openreview:Kites.cc/2024/Conference
check 0 "pages of OpenReview" fetch venue
says out "3 announced, 3 fetched" "to the last"

source short short biorxiv:neuroscience
check 0 "pages that end before the total" fetch short --since 2024-01-03
says out "5 announced, 2 fetched, [0-9]+ new, [0-9]+ merged, 0 hidden, 0 failed" "nothing is asked for twice, and nothing failed"
"$python" -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())' "$place/asked" >"$scratch/out"
says out '"short/details": 2[,}]' "two pages were asked for"
source quiet quiet medrxiv
check 0 "a day without posts" fetch quiet
says out "medRxiv posted nothing" "it is said"
source broken broken openreview:Kites.cc/2024/Conference
check 3 "a run of which no record can be used" fetch broken
says out "failed: none of 2 records could be used: the record has no title" "it has failed, and says why"
source half half openreview:Kites.cc/2024/Conference
check 0 "a run of which some records can be used" fetch half
says out "half: 3 announced, 2 fetched, 2 new, 0 merged, 0 hidden, 1 failed" "the others are kept, and it is counted"
says out "1 record could not be used: the record has no title" "and it is said why"
sed -i '/"broken"/,$d' "$config"

# ---- what goes wrong is said, kept, and costs none of the others ----

for how in empty html loop file gone cut; do
    source "$how" "$how" arxiv:cs.LG
done
check 1 "an empty answer" fetch empty
says out "cut short: .*nothing at all" "it is no empty listing"
check 1 "a page of HTML" fetch html
says out "text/html.*which is no listing" "it is no listing"
check 1 "a redirect without end" fetch loop
check 1 "a redirect to a file" fetch file
says out "not followed" "it is not followed"
check 1 "nothing there" fetch gone
says out "answers 404" "the code is told"
sed -i '/"cut"/,$d' "$config" # each try waits longer
check 1 "all sources" update
says out "venue: 3 announced" "one that fails costs none of the others"
says out "cut short" "and is told"
check 0 "receipts" receipts --limit 0
says out "html: 0 announced" "every run has one"
check 0 "receipts as JSON" receipts --json
says out '"failure": "http' "with the failure"
check 0 "a ranking" rank
says out "not all is here: .*empty" "what is missing is said with it"
check 0 "a ranking as JSON" rank --json
python_check "the ranking follows cli/ranking.schema.json" "$scratch/out" cli/ranking.schema.json <<'PYTHON'
import json, sys, jsonschema
ranking = json.load(open(sys.argv[1]))
jsonschema.validate(ranking, json.load(open(sys.argv[2])))
assert ranking["shortfalls"]
PYTHON

finish
