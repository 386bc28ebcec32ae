#!/usr/bin/env bash
# The mail bot in forty lines: each reader's digest of the day, claimed, handed to a mail server, and said to be sent.
# usage: mail-bot.sh READERS [DAY]     DAY as YYYY-MM-DD (else today's, UTC)
#
# READERS has a line a reader: NAME ADDRESS TOKEN-FILE. The environment: PITH_URL (https://pith.lab.example), PITH_FROM (an address),
# SMTP_URL (smtp://mail.lab.example:587), and SMTP_CONFIG, a file of further options to curl for the mail server, as in
#     user = "pith:password"
#     ssl-reqd
# Secrets are read from files by curl itself, so none stands in a list of processes. A digest in state "sent", "held" or "off" is passed
# over, so running it again sends nothing twice; it keeps no journal: killed in the moment between a mail server's "250" and the line
# that says "sent", it sends that mail again, the same to the byte under the same Message-ID. `pith mail` does all this and knows more.
set -euo pipefail
readers=${1:?usage: mail-bot.sh READERS [DAY]} day=${2:-$(date -u +%F)} failed=0
letter=$(mktemp)
trap 'rm -f "$letter"' EXIT

# api TOKEN-FILE METHOD PATH [OPTION...]: one request as the reader.
api() {
    local token=$1 method=$2 path=$3
    shift 3
    curl --silent --show-error --fail-with-body --max-time 120 --request "$method" --config <(printf 'oauth2-bearer = "%s"\n' "$(<"$token")") \
        "$@" "$PITH_URL$path"
}
put() { # TOKEN-FILE STATE: what state the digest is in then
    api "$1" PUT "/v1/me/digests/$day" --json "{\"state\": \"$2\"}" | jq -er .state
}
deliver() { # NAME ADDRESS TOKEN-FILE
    local state
    state=$(put "$3" claimed) || return 1
    echo "$1: $state"
    [ "$state" = claimed ] || return 0
    api "$3" GET /v1/me/digest --get --data "date=$day" --data format=eml --data-urlencode "from=$PITH_FROM" --data-urlencode "to=$2" --output "$letter" || return 1
    curl --silent --show-error --max-time 300 ${SMTP_CONFIG:+--config "$SMTP_CONFIG"} --mail-from "$PITH_FROM" --mail-rcpt "$2" --upload-file "$letter" "$SMTP_URL" || return 1
    echo "$1: $(put "$3" sent)"
}
while read -r name address token; do
    deliver "$name" "$address" "$token" </dev/null || { echo "$name: failed" >&2; failed=1; }
done <"$readers"
exit "$failed"
