#!/usr/bin/env bash
# Kills pith at random points of importing and voting: what it acknowledged is there afterwards, and nothing by halves.
# usage: kill.sh PITH [KILLS [SECONDS]]   KILLS (200) in all, fewer when SECONDS (240) are over.
set -u
pith=$(realpath "${1:?usage: kill.sh PITH [KILLS [SECONDS]]}")
kills=${2:-200}
seconds=${3:-240}
batch=25 # papers a file, and votes a batch

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PITH_HOME=$scratch/home PITH_PASSPHRASE_FILE=$scratch/passphrase
umask 077
echo "correct horse" >"$PITH_PASSPHRASE_FILE"
RANDOM=1

# The number called $1 in a JSON answer.
number() {
    grep -oE "\"$1\": *[0-9]+" | head -n 1 | grep -oE '[0-9]+$'
}

# write_batch N: papers whose identifiers and titles occur in no other batch, and votes on them.
write_batch() {
    local i id
    : >"$scratch/papers.jsonl"
    : >"$scratch/votes.jsonl"
    for ((i = 0; i < batch; i++)); do
        id=$(printf '24%02d.%05d' $((1 + $1 / 1000 % 12)) $((1 + $1 % 1000 * batch + i)))
        printf '{"id": "%s", "title": "Paper %d of batch %d", "abstract": "Text %d about matter %d.", "date": "2025-05-26"}\n' \
            "$id" "$i" "$1" "$i" "$1" >>"$scratch/papers.jsonl"
        printf '{"id": "%s", "vote": "%s"}\n' "$id" "$([ $((i % 2)) -eq 0 ] && echo up || echo down)" >>"$scratch/votes.jsonl"
    done
}

microseconds() {
    echo "${EPOCHREALTIME/[.,]/}"
}

# killed LIMIT ARGUMENT...: runs pith and kills it within LIMIT microseconds; true when it had acknowledged.
killed() {
    local limit=$1 process wait
    shift
    wait=$(((RANDOM * 32768 + RANDOM) % limit))
    : >"$scratch/out" # one that is killed before it begins must not leave the answer of the run before
    "$pith" "$@" >"$scratch/out" 2>"$scratch/err" &
    process=$!
    sleep "$((wait / 1000000)).$(printf '%06d' $((wait % 1000000)))"
    kill -9 "$process" 2>/dev/null
    wait "$process" 2>/dev/null
    [ -s "$scratch/out" ]
}

count_papers() {
    PITH_PASSPHRASE_FILE="" "$pith" status --json 2>"$scratch/err" | number papers
}

count_votes() {
    local answer
    answer=$("$pith" status --digest --json 2>"$scratch/err") || return
    echo $(($(number up <<<"$answer") + $(number down <<<"$answer")))
}

die() {
    echo "kill $done_kills: $*"
    cat "$scratch/err"
    exit 1
}

# hold COMMAND COUNTER BEFORE NOW ACKNOWLEDGED: after a kill there is all of a batch or nothing, and all once acknowledged.
hold() {
    [ -n "$4" ] || die "the home could not be read after a kill during $1"
    [ "$4" -eq "$3" ] || [ "$4" -eq $(($3 + batch)) ] || die "$1 was left by halves: $3 $2 before, $4 after"
    [ "$5" -eq 0 ] || [ "$4" -eq $(($3 + batch)) ] || die "$1 had acknowledged, but $2 are $4 as before"
}

done_kills=0 acknowledged=0 kept=0
write_batch 0
start=$(microseconds)
"$pith" import "$scratch/papers.jsonl" >/dev/null || die "the first import failed"
import_time=$(($(microseconds) - start))
"$pith" init --strength interactive >/dev/null || die "init failed"
start=$(microseconds)
"$pith" vote --from "$scratch/votes.jsonl" >/dev/null || die "the first votes failed"
vote_time=$(($(microseconds) - start))
papers=$(count_papers)
votes=$(count_votes)
[ "$papers $votes" = "$batch $batch" ] || die "$batch papers and votes went in, $papers and $votes are there"

end=$((SECONDS + seconds))
for ((n = 1; done_kills < kills && SECONDS < end; n++)); do
    write_batch "$n"
    ack=0
    killed $((import_time * 6 / 5)) import "$scratch/papers.jsonl" && ack=1
    done_kills=$((done_kills + 1))
    now=$(count_papers)
    hold "an import" papers "$papers" "$now" "$ack"
    acknowledged=$((acknowledged + ack)) kept=$((kept + (now > papers)))
    if [ "$now" -eq "$papers" ]; then
        "$pith" import "$scratch/papers.jsonl" >/dev/null 2>"$scratch/err" || die "importing again after a kill failed"
        now=$((papers + batch))
    fi
    papers=$now

    [ "$done_kills" -lt "$kills" ] || break
    ack=0
    killed $((vote_time * 6 / 5)) vote --from "$scratch/votes.jsonl" && ack=1
    done_kills=$((done_kills + 1))
    now=$(count_votes)
    hold "a vote" votes "$votes" "$now" "$ack"
    acknowledged=$((acknowledged + ack)) kept=$((kept + (now > votes)))
    votes=$now
done

[ "$kept" -lt "$done_kills" ] || die "no kill came in time: nothing was shown"
echo "$done_kills kills: $acknowledged had acknowledged, $kept were kept whole, the others left nothing; none was lost"
