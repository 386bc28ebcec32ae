#!/bin/bash
# Has libFuzzer run every target over its corpus, and look for new inputs, each for its share of SECONDS on all processors. Fails at the first
# stop: a sanitizer's report, a fact that does not hold, an input that takes longer than 20 s or 2 GiB. Where that is kept is said.
# usage: torture.sh FOLDER-OF-TARGETS CORPORA SECONDS
set -u
folder=$1 corpora=$2 seconds=$3
found=$folder/found
targets=("$folder"/fuzz-*[!.]) running=$(nproc)
for i in "${!targets[@]}"; do
    [ -f "${targets[i]}" ] || unset "targets[i]"
done
[ ${#targets[@]} -gt 0 ] || { echo "torture: no targets in $folder" >&2; exit 2; }
share=$((seconds * running / ${#targets[@]}))
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

# run TARGET: its last words when it stops.
run() {
    local name=${1##*/fuzz-} log
    mkdir -p "$found/$name"
    log=$found/$name.log
    if nice "$1" -max_total_time="$share" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$found/$name-" \
        "$found/$name" "$corpora/$name" >"$log" 2>&1; then
        echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
        return 0
    fi
    echo "$name stopped:" >&2
    grep -E -m 3 'runtime error|ERROR:|does not hold|Test unit written' "$log" >&2 || tail -5 "$log" >&2
    return 1
}
export -f run
export share found corpora
echo "${#targets[@]} targets, ${share} s each"
printf '%s\0' "${targets[@]}" | xargs -0 -P "$running" -I '{}' bash -c 'run "$1" || exit 255' _ '{}'
code=$?
[ $code -eq 0 ] || { echo "torture: a target stopped; its input and log lie in $found" >&2; exit 1; }
