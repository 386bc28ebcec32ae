#!/usr/bin/env bash
# Kills pith at random points of voting, changing its passphrase, sealing anew and taking the inbox in: what it acknowledged holds
# afterwards, the profile opens by one way in, whole, and the digest is that of the votes.
# usage: kill_profile.sh PITH [KILLS [SECONDS]]   KILLS (500) in all, fewer when SECONDS (400) are over.
set -u
pith=$(realpath "${1:?usage: kill_profile.sh PITH [KILLS [SECONDS]]}")
kills=${2:-500}
seconds=${3:-400}
papers=200

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PITH_HOME=$scratch/home
unset PITH_PASSPHRASE_FILE PITH_READER PITH_WITNESS
umask 077
echo "correct horse" >"$scratch/now"
echo "battery staple" >"$scratch/next"
RANDOM=2

die() {
    echo "kill $done_kills, $what: $*"
    cat "$scratch/err"
    exit 1
}

open() {
    "$pith" --passphrase-file "$scratch/now" "$@" 2>"$scratch/err"
}

paper() {
    printf '2401.%05d' $((1 + $1 % papers))
}

# killed KIND ARGUMENT...: runs pith and kills it in the second half of the time that such a run takes, the first being the
# key derivation; true when it had acknowledged.
declare -A takes=([up]=150000 [key]=300000 [votes]=150000 [post]=60000)
killed() {
    local kind=$1 process wait
    shift
    wait=$((takes[$kind] / 2 + (RANDOM * 32768 + RANDOM) % (takes[$kind] / 2)))
    : >"$scratch/out" # one that is killed before it begins must not leave the answer of the run before
    "$pith" "$@" >"$scratch/out" 2>"$scratch/err" &
    process=$!
    sleep "$((wait / 1000000)).$(printf '%06d' $((wait % 1000000)))"
    kill -9 "$process" 2>/dev/null
    wait "$process" 2>/dev/null
    done_kills=$((done_kills + 1))
    [ -s "$scratch/out" ]
}

# measure KIND ARGUMENT...: how long an unhindered run takes, and a fifth more.
measure() {
    local kind=$1 start=${EPOCHREALTIME/[.,]/}
    shift
    "$pith" "$@" >/dev/null 2>"$scratch/err" || die "an unhindered run failed: $*"
    takes[$kind]=$(((${EPOCHREALTIME/[.,]/} - start) * 6 / 5))
}

# The verdict that stands on a paper: up, down or nothing.
standing() {
    awk -v id="arXiv:$1" '{for (i = 1; i <= NF; i++) if ($i == id) print $(i - 1)}' "$scratch/votes"
}

# hold PAPER VERDICT ACKNOWLEDGED: the vote stands, or (never acknowledged) what stood before does. Notes which.
hold() {
    open votes >"$scratch/votes" || die "the profile does not open"
    local now
    now=$(standing "$1")
    if [ "$now" = "$2" ]; then
        stood[$1]=$2
        kept=$((kept + 1))
    else
        [ "$now" = "${stood[$1]:-}" ] || die "$1 stands at '$now': neither '$2' nor '${stood[$1]:-}'"
        [ "$3" -eq 0 ] || die "$2 on $1 had been acknowledged and is lost"
    fi
}

# swap ACKNOWLEDGED: exactly one of the two passphrases opens the profile, the new one when that was acknowledged.
swap() {
    local old=0 new=0
    open status --digest >/dev/null && old=1
    "$pith" --passphrase-file "$scratch/next" status --digest >/dev/null 2>"$scratch/err" && new=1
    [ $((old + new)) -eq 1 ] || die "passphrases that open it: $old old, $new new"
    [ "$1" -eq 0 ] || [ "$new" -eq 1 ] || die "the new passphrase had been acknowledged and does not open it"
    if [ "$new" -eq 1 ]; then
        mv "$scratch/now" "$scratch/old" && mv "$scratch/next" "$scratch/now" && mv "$scratch/old" "$scratch/next"
        kept=$((kept + 1))
    fi
}

what=start done_kills=0 kept=0 acknowledged=0
declare -A stood=()
for ((i = 0; i < papers; i++)); do
    printf '{"id": "%s", "title": "Paper %d on matter %d", "abstract": "Text about matter %d.", "date": "2025-05-26"}\n' \
        "$(paper "$i")" "$i" $((i % 7)) $((i % 5))
done >"$scratch/papers.jsonl"
"$pith" import "$scratch/papers.jsonl" >/dev/null || die "import failed"
"$pith" --passphrase-file "$scratch/now" init --strength interactive >/dev/null || die "init failed"
first=$(paper 0)
measure up --passphrase-file "$scratch/now" up "$first"
stood[$first]=up
measure votes --passphrase-file "$scratch/now" votes
measure post up --post "$first"
measure key --passphrase-file "$scratch/now" key change --strength interactive --new-passphrase-file "$scratch/now"

end=$((SECONDS + seconds))
for ((n = 1; done_kills < kills && SECONDS < end; n++)); do
    id=$(paper $((n * 7)))
    verdict=$([ $((n % 3)) -eq 0 ] && echo down || echo up)

    what=vote ack=0
    killed up --passphrase-file "$scratch/now" "$verdict" "$id" && ack=1
    hold "$id" "$verdict" "$ack"
    acknowledged=$((acknowledged + ack))

    what="key change" ack=0
    killed key --passphrase-file "$scratch/now" key change --strength interactive --new-passphrase-file "$scratch/next" && ack=1
    swap "$ack"
    acknowledged=$((acknowledged + ack))

    what=post ack=0
    id=$(paper $((n * 7 + 3)))
    killed post "$verdict" --post "$id" && ack=1
    what="taking the inbox in" # killed too; what was left is there all the same
    killed votes --passphrase-file "$scratch/now" votes
    hold "$id" "$verdict" "$ack"
    acknowledged=$((acknowledged + ack))

    what=rotation ack=0
    killed key --passphrase-file "$scratch/now" key rotate --strength interactive --new-passphrase-file "$scratch/next" && ack=1
    swap "$ack"
    acknowledged=$((acknowledged + ack))
done

what=end
open check >"$scratch/out" || { cat "$scratch/out"; die "the check at the end found damage"; }
digest=$(open status --digest --json | grep -o '"digest": "[0-9a-f]*"')
for id in "${!stood[@]}"; do
    printf '{"id": "%s", "vote": "%s"}\n' "$id" "${stood[$id]}"
done >"$scratch/stood.jsonl"
export PITH_HOME=$scratch/again
"$pith" import "$scratch/papers.jsonl" >/dev/null && open init --strength interactive >/dev/null &&
    open vote --from "$scratch/stood.jsonl" >/dev/null || die "the same votes did not go into another home"
[ "$digest" = "$(open status --digest --json | grep -o '"digest": "[0-9a-f]*"')" ] || die "the digest is not that of the votes"
[ "$kept" -lt "$done_kills" ] || die "no kill came in time: nothing was shown"
echo "$done_kills kills: $acknowledged had acknowledged, $kept were kept whole; none was lost, and the digest is that of the votes"
