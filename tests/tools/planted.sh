#!/bin/sh
# Sees leak-check fail on suites that leak or fail, and only on those: planted.sh LEAK-CHECK PLANTED-SUITE
set -u
leak_check=$1
suite=$2
failures=0
output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT

# expect CODE-IS-ZERO PATTERN ARGUMENT...: how a run ends and a line it must print.
expect() {
    zero=$1
    pattern=$2
    shift 2
    code=0
    "$leak_check" "$@" >"$output" 2>&1 || code=$?
    if { [ "$code" -eq 0 ] && [ "$zero" = no ]; } || { [ "$code" -ne 0 ] && [ "$zero" = yes ]; }; then
        echo "$*: ended with $code"
        failures=$((failures + 1))
    fi
    if ! grep -Eq "$pattern" "$output"; then
        echo "$*: said nothing like: $pattern"
        tail -n 5 "$output"
        failures=$((failures + 1))
    fi
}

# Criterion itself is content with both leaks; the report names who allocated.
expect no 'in leak_words_impl ' "$suite" --filter 'leak/words'
expect no 'in leak_bytes_impl ' "$suite" --filter 'leak/bytes'
expect no 'LeakSanitizer: detected memory leaks' "$suite" --filter 'leak/*'
expect no 'Failing: 1' "$suite" --filter 'failure/*'
expect yes 'Passing: 1' "$suite" --filter 'success/*'
[ "$failures" -eq 0 ]
