#!/usr/bin/env bash
# The ways into a profile, and what keeps it whole: as the command's user meets them.
# usage: scenario_profile.sh PITH [PYTHON]
set -u
pith=$(realpath "${1:?usage: scenario_profile.sh PITH [PYTHON]}")
python=${2:-/usr/bin/python3}
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
data=tests/data

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
home=$scratch/home
passphrase=$scratch/passphrase
. tests/lib/checking.sh

umask 077
echo "correct horse" >"$passphrase"
echo "battery staple" >"$scratch/other"
echo "paper clip" >"$scratch/third"

# with FILE COMMAND...: runs it with another passphrase file.
with() {
    local kept=$passphrase
    passphrase=$1
    shift
    "$@"
    passphrase=$kept
}

# without COMMAND...: the secret is named by the arguments alone; the empty passphrase file option is not given.
without() {
    local expected=$1 what=$2 code=0
    shift 2
    checks=$((checks + 1))
    "$pith" --home "$home" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || code=$?
    cat "$scratch/err" >>"$scratch/all-errors"
    [ "$code" -eq "$expected" ] && return
    fail "$what: pith $* gave exit code $code, not $expected"
    head -n 4 "$scratch/err" >&2
}

check 0 "import" import "$data/demo-day1.jsonl" "$data/demo-day2.jsonl"
check 0 "init" init --strength interactive
check 0 "votes" up 2505.17250 2505.17153 2505.17667
check 0 "votes" down 2505.17550 2505.17561
check 0 "rank" rank --date 2025-05-27
before=$(digest)

# ---- ways in ----

check 0 "key list" key list
says out "1  passphrase  2 passes over 64 MiB  .opened the profile now." "the passphrase's slot, and how it is stretched"
check 2 "the last way in" key revoke 1
says err "last way in" "the last way in stays"
check 0 "a second passphrase" key add passphrase --strength interactive --label laptop --new-passphrase-file "$scratch/other"
with "$scratch/other" check 0 "the second passphrase opens it" votes

check 0 "key change" key change --strength interactive --new-passphrase-file "$scratch/third"
check 5 "the changed passphrase has ended" votes
with "$scratch/third" check 0 "the new one opens it" key change --strength interactive --new-passphrase-file "$passphrase"
check 0 "revoke" key revoke 2
with "$scratch/other" check 5 "a revoked passphrase" votes
check 4 "a slot that is not there" key revoke 7
check 0 "a recovery code" key add recovery --json
checks=$((checks + 1))
code=$(grep -oE '([0-9A-Z]{5}-){7}[0-9A-Z]{5}' "$scratch/out") || fail "no recovery code was printed"
check 0 "a key file" key add file "$scratch/key"
check 4 "a key file over another" key add file "$scratch/key"
checks=$((checks + 1))
[ "$(stat -c %a "$scratch/key")" = 600 ] || fail "a key file can be read by others"
without 0 "the key file opens it" --key-file "$scratch/key" votes
sed 's/.$/x/' "$scratch/key" >"$scratch/mistyped"
without 2 "a damaged key file" --key-file "$scratch/mistyped" votes
check 0 "key list" key list --json
checks=$((checks + 1))
[ "$(grep -c '"way": "file"' "$scratch/out")" = 1 ] || fail "a key file that could not be written left a slot behind"
python_check "the recovery code is asked for and opens the profile; a mistyped group is named" "$pith" "$home" "$code" <<'EOF'
import os, pty, sys
pith, home, code = sys.argv[1:]
def ask(typed):
    process, terminal = pty.fork()
    if process == 0:
        os.execv(pith, [pith, "--home", home, "--recovery", "votes"])
    out, asked = b"", False
    while True:
        try:
            got = os.read(terminal, 4096)
        except OSError: # the process ended
            break
        if not got:
            break
        out += got
        if not asked and b"code: " in out: # what is typed before that is thrown away
            os.write(terminal, typed.encode() + b"\n")
            asked = True
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), out.decode()
status, out = ask(code.lower().replace("-", " "))
assert status == 0 and "3 up, 2 down" in out, out
assert code[:5] not in out, "the code was echoed"
groups = code.split("-")
groups[3] = groups[3][:2] + ("A" if groups[3][2] != "A" else "B") + groups[3][3:]
status, out = ask("-".join(groups))
assert status == 2 and "group 4" in out, out
EOF

# ---- tokens ----

check 2 "a token that may nothing" token add idle
check 2 "a token with an unknown scope" token add idle --allow fly
check 2 "a token that has ended" token add idle --allow rank --until 2020-01-01
check 0 "a token" token add mailbot --allow rank --until 2099-12-31 --json
grep -oE 'pith_[A-Za-z0-9_-]+' "$scratch/out" >"$scratch/token"
without 0 "the token ranks" --token-file "$scratch/token" rank --date 2025-05-27
without 5 "the token does not vote" --token-file "$scratch/token" up 2505.17250
says err "may not do that" "why a token is refused"
without 5 "nor exports" --token-file "$scratch/token" export --yes
without 5 "nor makes tokens" --token-file "$scratch/token" token add more --allow manage
check 0 "token list" token list
says out "mailbot  may rank  until 2099-12-31" "what the token may, and until when"
cp -r "$home" "$scratch/edited"
"$python" - "$scratch/edited/pith.db" <<'EOF'
import hashlib, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
slot, blob = database.execute("SELECT slot, blob FROM slots WHERE kind = 4").fetchone()
wider = bytearray(blob)
wider[2] = 15  # all scopes, and the checksum made right
wider[-16:] = hashlib.blake2b(bytes(wider[:-16]), digest_size=16).digest()
database.execute("UPDATE slots SET blob = ? WHERE slot = ?", (bytes(wider), slot))
database.commit()
EOF
kept=$home home=$scratch/edited
without 5 "a token widened in the database" --token-file "$scratch/token" votes
check 6 "check finds the edited slot" check
says out "WRONG .*key slot" "which slot was edited"
home=$kept
check 0 "token revoke" token revoke mailbot
without 5 "a revoked token" --token-file "$scratch/token" rank
checks=$((checks + 1))
grep -q "$(cut -c6-30 "$scratch/token")" -r "$home" && fail "the token stands in the home folder"

# ---- the inbox ----

without 0 "a vote left while locked" up --post 2505.17550
without 5 "a rank means nothing while locked" up --post 1
check 0 "the vote counts at the next unlock" votes
says err "1 message from the inbox taken in" "that it came from the inbox is said"
says out "4 up, 1 down" "the vote from the inbox stands"
check 0 "it is undone as any other" undo
same_digest "$before" "undo of a vote from the inbox"

# ---- kept by the kernel ----

if "$pith" --home "$home" --passphrase-file "$passphrase" unlock --for 1h >"$scratch/out" 2>"$scratch/err"; then
    without 0 "the kept key opens it" votes
    without 0 "lock" lock
    without 5 "locked again" votes
else
    says err "the kernel keeps no keys here" "a kernel without keyring is named"
fi
check 2 "a time that is none" unlock --for soon

# ---- whole, and elsewhere ----

check 0 "check" check
says out "good +profile: head and [0-9]+ sealed rows" "what was verified"
check 0 "backup" backup "$scratch/backup.db"
check 4 "backup over a file" backup "$scratch/backup.db"
check 0 "the witness is started" --witness "$scratch/witness" votes
check 0 "a vote that the witness sees" --witness "$scratch/witness" up 2505.17047
check 4 "restore over a store" restore "$scratch/backup.db"
head -c 20000 "$scratch/backup.db" >"$scratch/cut.db"
check 6 "restore of a cut file" restore --force "$scratch/cut.db"
check 0 "nothing was changed" votes
says out "4 up, 2 down" "a refused restore leaves the votes"
check 0 "restore" restore --force "$scratch/backup.db"
same_digest "$before" "the backup's votes are back"
check 6 "the witness tells" --witness "$scratch/witness" votes
says err "an older copy was put back" "what the witness tells"
check 0 "sealed export" export --sealed "$scratch/export.pith" --strength interactive --new-passphrase-file "$scratch/other"
check 2 "an export in clear asks first" export -o "$scratch/clear.json"
check 0 "an export in clear" export --yes -o "$scratch/clear.json"
check 0 "a vote" up 2505.17047
check 0 "a later export" export --yes -o "$scratch/later.json"
check 0 "diff" diff "$scratch/clear.json" "$scratch/later.json"
says out "1 vote and .* differ; both are signed by the same profile" "what changed, and who says so"
says out "^\\+ up +arXiv:2505.17047" "the vote that was added"
sed 's/"up"/"down"/' "$scratch/later.json" >"$scratch/forged.json"
check 6 "diff with a forged export" diff "$scratch/clear.json" "$scratch/forged.json"
first=$home home=$scratch/second
check 0 "a second home" import "$data/demo-day1.jsonl" "$data/demo-day2.jsonl"
check 0 "init" init --strength interactive
check 6 "a forged export" import-profile "$scratch/forged.json"
check 5 "the wrong passphrase for an export" import-profile "$scratch/export.pith" --export-passphrase-file "$passphrase"
check 0 "a sealed export" import-profile "$scratch/export.pith" --export-passphrase-file "$scratch/other"
same_digest "$before" "the votes came with the sealed export"
home=$first
check 0 "rotate" key rotate --strength interactive --new-passphrase-file "$scratch/third"
check 5 "the old passphrase after rotation" votes
without 5 "the key file after rotation" --key-file "$scratch/key" votes
with "$scratch/third" check 0 "check after rotation" check

# ---- several readers, and none ----

passphrase=$scratch/third
check 0 "another reader" --reader "Ann Lee" init --strength interactive
check 2 "which reader is not said" votes
check 4 "an unknown reader" --reader "Bob" votes
check 0 "her votes" --reader "Ann Lee" up 2505.17250
check 0 "status" status
says out "readers +2" "how many readers there are"
checks=$((checks + 1))
grep -qa "Ann Lee" "$home"/pith.db* && fail "a reader's name stands in the store"
check 0 "erase" --reader "Ann Lee" erase --yes
says out "What remains, in clear" "what erasing leaves"
check 0 "the other reader is as before" votes
check 0 "erase" erase --yes
check 0 "status" status
says out "none: make one" "no profile is left"
checks=$((checks + 1))
[ "$("$python" -c 'import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
print(sum(d.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("slots", "sealed", "inbox", "profiles")))' "$home/pith.db")" = 0 ] ||
    fail "rows of an erased profile are left"

# ---- no secret was ever said on standard error ----

for secret in "correct horse" "battery staple" "paper clip" "${code:0:11}" "$(cut -c 17-40 "$scratch/key")" "$(cut -c 6-30 "$scratch/token")"; do
    checks=$((checks + 1))
    [ ${#secret} -ge 10 ] || fail "a secret to look for is missing"
    grep -qF -- "$secret" "$scratch/all-errors" && fail "a secret was printed on standard error"
done
finish
