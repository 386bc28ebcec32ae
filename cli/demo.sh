#!/usr/bin/env bash
# Shows what pith does: two days of papers, a dozen votes on the first, the second before and after.
# usage: demo.sh PITH
set -euo pipefail
pith=$(realpath "${1:?usage: demo.sh PITH}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PITH_HOME=$(mktemp -d)
trap 'rm -rf "$PITH_HOME"' EXIT
PITH_PASSPHRASE_FILE=$PITH_HOME/passphrase
export PITH_HOME PITH_PASSPHRASE_FILE

bold="" plain=""
[ ! -t 1 ] || bold=$'\e[1m' plain=$'\e[0m'

step() {
    printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

run() {
    printf '\n$ pith %s\n' "$*"
    "$pith" "$@"
}

echo "This home is thrown away at the end; nothing of yours is touched. (Real titles, retold abstracts.)"

step "1. Two days of papers come in."
run import tests/data/demo-day1.jsonl tests/data/demo-day2.jsonl

step "2. A profile is made, sealed by a passphrase. (Here it stands in a file; pith would ask you.)"
(umask 077 && echo "three words suffice" >"$PITH_PASSPHRASE_FILE")
run init --strength interactive

step "3. The second day before any vote: the listing's own order."
run rank --date 2025-05-27 --limit 8

step "4. A dozen votes on the first day, by one who likes reasoning and reinforcement learning, not video or medicine."
run up 2505.17250 2505.17153 2505.17667 2505.17826 2505.17447 2505.17714
run down 2505.17550 2505.17561 2505.17574 2505.17311 2505.17047 2505.17457

step "5. The second day again, in this reader's order, with what speaks for (+) and against (−) each paper."
run rank --date 2025-05-27 --limit 8

step "6. Why the first of them stands first."
run why 1

step "Now your own papers. A listing is a feed, mailing or page of arXiv and others, in any format that docs/formats.md names:"
command=${pith#"$PWD"/}
cat <<EOF

  $command init
  $command import FILE
  $command rank            then: $command up 1 3
EOF
