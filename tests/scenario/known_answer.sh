#!/usr/bin/env bash
# A store and a sealed export that were written once and are kept for ever: every later pith opens them, by each way in, and finds
# the same votes. tests/data/kept holds them with their secrets; a digest there is what `pith status --digest` said then.
# usage: known_answer.sh PITH [PYTHON]
set -u
pith=$(realpath "${1:?usage: known_answer.sh PITH [PYTHON]}")
python=${2:-/usr/bin/python3}
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
kept=tests/data/kept

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
umask 077
cp $kept/passphrase $kept/key $kept/token $kept/export-passphrase "$scratch"
home=$scratch/home
passphrase=$scratch/passphrase
. tests/lib/checking.sh

# opens_as WHAT ARGUMENT...: a fresh copy of the kept store has the kept votes.
opens_as() {
    local what=$1
    shift
    rm -rf "$home"
    "$pith" --home "$home" restore $kept/store.db >/dev/null || fail "the kept store cannot be restored"
    checks=$((checks + 1))
    "$pith" --home "$home" "$@" status --digest >"$scratch/out" 2>"$scratch/err" </dev/null || fail "the kept store does not open by its $what"
    says out "^digest +$(cat $kept/digest)$" "the votes of the kept store, opened by its $what"
    says err "1 message from the inbox taken in" "the message in the kept store's inbox"
}

opens_as passphrase --passphrase-file "$scratch/passphrase"
opens_as "key file" --key-file "$scratch/key"
opens_as token --token-file "$scratch/token"
opens_as "reader's name" --passphrase-file "$scratch/passphrase" --reader "Ann Lee"
checks=$((checks + 1))
"$python" - "$pith" "$home" "$(cat $kept/recovery)" "$(cat $kept/digest)" <<'EOF' || fail "the kept store does not open by its recovery code"
import os, pty, sys
pith, home, code, digest = sys.argv[1:]
process, terminal = pty.fork()
if process == 0:
    os.execv(pith, [pith, "--home", home, "--recovery", "status", "--digest"])
out, asked = b"", False
while True:
    try:
        got = os.read(terminal, 4096)
    except OSError: # the process ended
        break
    if not got:
        break
    out += got
    if not asked and b"code: " in out:
        os.write(terminal, code.encode() + b"\n")
        asked = True
os.waitpid(process, 0)
sys.exit(0 if digest.encode() in out else 1)
EOF
check 0 "check of the kept store" check

home=$scratch/new
check 0 "a new home" init --strength interactive
check 0 "the kept export" import-profile $kept/export.pith --export-passphrase-file "$scratch/export-passphrase"
check 0 "status" status --digest
says out "^digest +$(cat $kept/export-digest)$" "the votes of the kept export"

checks=$((checks + 1))
code=0
"$python" tests/scenario/read_sealed_export.py $kept/export.pith $kept/export-passphrase $kept/export-digest || code=$?
[ "$code" = 0 ] || [ "$code" = 77 ] || fail "FORMAT.md alone does not open the kept export"
finish
