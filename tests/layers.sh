#!/usr/bin/env bash
# Who may include whom (ARCHITECTURE.md), held over every #include line; every header compiles alone.
# usage: layers.sh [libpith.so]   With the library, also: it exports pith_* and nothing else.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
library=${1:-}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

fail() {
    echo "$1"
    failures=$((failures + 1))
}

check_includes() {
    python3 - <<'PYTHON' || fail "the floors do not hold"
import os, re, sys

FLOORS = "base crypto papers sources store intake profile learning ranking digest door".split()  # each may include those before it
OWN = "models", "engine", "cli", "api", "tools", "examples", "include"
# Third-party headers, and the files that may include them.
THIRD = {
    r"gsl/|cblas": r"models/.*\.c",
    r"sqlite3": r"engine/store/store\.c",
    r"sodium": r"engine/crypto/vault\.c",
    r"keyutils": r"engine/crypto/keyring\.c",
    r"fido": r"engine/crypto/security_key\.c",
    r"tss2/": r"engine/crypto/tpm\.c",
    r"jansson": r"engine/(sources/.*|door/(bibliography|json|json_profile))\.c|api/.*\.c",
    r"libxml/": r"engine/sources/.*\.c",
    r"curl/": r"engine/intake/fetch/http\.c|cli/mail/transport\.c",
    r"zlib": r"engine/sources/gzip\.c|api/compress\.c",
    r"utf8proc": r"engine/(base|papers)/.*\.c",
    r"libstemmer": r"engine/papers/tokens\.c",
    r"curses": r"cli/review/(review|screen)\.c",
    r"microhttpd": r"api/server(_lanes|_requests)?\.c",
    r"criterion/": r"tests/.*",
}

faults, graph = [], {}


def floor(path):
    return FLOORS.index(path.split("/")[1])


def may_include(file, name):
    """Whether a file may include a header of the project; both as paths from the root, installed headers as pith/NAME.h."""
    if file.startswith("include/"):
        return name.startswith("pith/")
    if file.startswith("models/"):
        return name.startswith("models/") or name == "pith/status.h"
    if file.startswith("engine/sources/"):
        return name.startswith(("engine/sources/", "engine/papers/", "engine/base/", "pith/"))
    if file.startswith("engine/"):
        if name.startswith("engine/"):
            return floor(name) <= floor(file)
        return name.startswith("pith/") or name.startswith("models/") and floor(file) >= FLOORS.index("papers")
    if file.startswith(("cli/", "api/")):
        return name.startswith("pith/") or name.startswith(file.split("/")[0] + "/")
    if file.startswith("examples/"):
        return name == "pith/pith.h"
    return name.startswith(("pith/", "engine/", "models/", "tools/"))  # tools/


def module(path):
    return os.path.splitext(path)[0]


def look(file):
    for line in open(file, encoding="utf-8"):
        found = re.match(r'\s*#\s*include\s*(["<])([^">]+)', line)
        if not found:
            continue
        quoted, name = found.group(1) == '"', found.group(2)
        if quoted or name.startswith("pith/"):
            path = "include/" + name if name.startswith("pith/") else name
            if not os.path.exists(path):
                faults.append(f"{file}: {name} is written from the project's root, where no such file is")
            elif not may_include(file, name):
                faults.append(f"{file}: its floor may not include {name}")
            graph.setdefault(module(file), set()).add(module(path))
        for pattern, allowed in THIRD.items():
            if not quoted and re.match(pattern, name):
                if file.endswith(".h"):
                    faults.append(f"{file}: no header of the project includes <{name}>")
                elif not re.fullmatch(allowed, file):
                    faults.append(f"{file}: may not include <{name}>")


def circles():
    """Modules of different folders that reach each other: the strongly connected components (Tarjan 1972)."""
    order, low, stack, on = {}, {}, [], set()

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        on.add(node)
        for other in sorted(graph.get(node, ())):
            if other not in order:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in on:
                low[node] = min(low[node], order[other])
        if low[node] == order[node]:
            ring = []
            while not ring or ring[-1] != node:
                ring.append(stack.pop())
                on.discard(ring[-1])
            if len({os.path.dirname(member) for member in ring}) > 1:
                faults.append("a circle: " + ", ".join(sorted(ring)))

    for node in sorted(graph):
        if node not in order:
            visit(node)


sys.setrecursionlimit(10000)
for top in OWN:
    for folder, _, names in os.walk(top):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                look(os.path.join(folder, name))
circles()
if not graph:
    faults.append("no #include line found at all: is this the project's root?")
for fault in sorted(faults):
    print(fault)
sys.exit(bool(faults))
PYTHON
}

check_headers_alone() {
    local header
    for header in $(find include models engine cli api tests -name '*.h' 2>/dev/null | sort); do
        echo "#include \"$PWD/$header\"" >"$scratch/alone.c"
        "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -I. -Iinclude -Wall -Wextra -Werror -fsyntax-only "$scratch/alone.c" 2>"$scratch/errors" ||
            { fail "$header: does not compile alone"; head -n 5 "$scratch/errors"; }
    done
}

check_exports() {
    nm -D --defined-only --format=posix "$1" >"$scratch/symbols" || fail "$1: could not be read"
    grep -qE '^pith_open(@@[A-Z0-9_.]+)? ' "$scratch/symbols" || fail "$1: does not export pith_open"
    # What a sanitizer or the linker adds is not the project's.
    awk '{print $1}' "$scratch/symbols" |
        grep -vE '^(pith_|PITH_[0-9]|__(a|ub|l|t)san|__odr_|__start_|__stop_|_init$|_fini$|__bss_start$|_edata$|_end$)' |
        while read -r symbol; do echo "$1: exports $symbol"; done >"$scratch/exports"
    if [ -s "$scratch/exports" ]; then
        head -n 10 "$scratch/exports"
        fail "$1: exports more than pith_*"
    fi
}

# An installed header has no macro without the prefix: it would be the embedding program's too.
check_macros() {
    grep -nE '^[[:space:]]*#[[:space:]]*define[[:space:]]+[A-Za-z_]+' include/pith/*.h | grep -vE 'define[[:space:]]+PITH_' >"$scratch/macros"
    if [ -s "$scratch/macros" ]; then
        cat "$scratch/macros"
        fail "an installed header defines a macro without the prefix PITH_"
    fi
}

check_includes
check_headers_alone
check_macros
[ -z "$library" ] || check_exports "$library"
[ "$failures" -eq 0 ] || { echo "$failures rules of the layers are broken"; exit 1; }
echo "The layers hold."
