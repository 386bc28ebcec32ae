# What the scenario scripts share. Sourced; needs $pith, $python, $scratch, $home and $passphrase.
failures=0
checks=0

unset PITH_HOME PITH_READER PITH_PASSPHRASE_FILE PITH_KEY_FILE PITH_TOKEN_FILE PITH_WITNESS
fail() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

# check CODE WHAT ARGUMENT...: runs pith on $home, keeps its output in $scratch/out and err, compares the exit code.
check() {
    local expected=$1 what=$2 code=0
    shift 2
    checks=$((checks + 1))
    "$pith" --home "$home" --passphrase-file "$passphrase" "$@" >"$scratch/out" 2>"$scratch/err" <"${input:-/dev/null}" || code=$?
    cat "$scratch/err" >>"$scratch/all-errors"
    [ "$code" -eq "$expected" ] && return
    fail "$what: pith $* gave exit code $code, not $expected"
    head -n 4 "$scratch/err" >&2
}

# says FILE PATTERN WHAT: out or err of the last check matches.
says() {
    checks=$((checks + 1))
    grep -qE -- "$2" "$scratch/$1" && return
    fail "$3: $1 has nothing like /$2/"
    head -n 4 "$scratch/$1" >&2
}

digest() {
    check 0 "status --fingerprint" status --fingerprint
    awk '$1 == "fingerprint" {print $2}' "$scratch/out"
}

# same_digest BEFORE WHAT: the votes are what they were.
same_digest() {
    checks=$((checks + 1))
    if [ -z "$1" ] || [ "$1" != "$(digest)" ]; then
        fail "$2: the digest of the votes changed"
    fi
}

python_check() {
    local what=$1
    shift
    checks=$((checks + 1))
    "$python" - "$@" || fail "$what"
}

finish() {
    if [ "$failures" -gt 0 ]; then
        echo "$failures of $checks checks failed"
        exit 1
    fi
    echo "$checks checks passed"
}
