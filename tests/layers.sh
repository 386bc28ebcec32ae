#!/usr/bin/env bash
# Who may include whom: the layers that README.md draws, held over every #include line.
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

third_party='^(gsl/|cblas|sqlite3|sodium|keyutils|jansson|libxml/|utf8proc|libstemmer|microhttpd|curl/|zlib|criterion/)'

# Every include as "FILE<tab>NAME": system headers as written, the project's own as a path from the root.
list_includes() {
    grep -rnoE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"][^>"]+[>"]' models engine cli api 2>/dev/null |
        while IFS=: read -r file _ line; do
            name=${line#*[<\"]}
            name=${name%[>\"]}
            case $line in
            *\"*) printf '%s\t./%s\n' "$file" "$(realpath -m --relative-to=. "$(dirname "$file")/$name")" ;;
            *) printf '%s\t%s\n' "$file" "$name" ;;
            esac
        done
}

# may_include FILE NAME: whether the layer of FILE allows a header of the project.
may_include() {
    case $1 in
    models/*) case $2 in ./models/* | ./engine/status.h) return 0 ;; esac ;;
    engine/sources/*) case $2 in ./engine/sources/* | ./engine/paper.h | ./engine/text.h | ./engine/bytes.h | ./engine/status.h) return 0 ;; esac ;;
    engine/*) case $2 in ./engine/* | ./models/*) return 0 ;; esac ;;
    cli/* | api/*) case $2 in ./engine/pith.h | ./engine/json.h | ./engine/status.h | "./${1%%/*}"/*) return 0 ;; esac ;;
    esac
    return 1
}

# may_use FILE NAME: whether FILE is one of those that may include this third-party header.
may_use() {
    case $2 in
    gsl/* | cblas*) case $1 in models/*.c) return 0 ;; esac ;;
    sqlite3*) [ "$1" = engine/store/store.c ] && return 0 ;;
    sodium*) [ "$1" = engine/crypto/vault.c ] && return 0 ;;
    keyutils*) [ "$1" = engine/crypto/keyring.c ] && return 0 ;;
    jansson*) case $1 in engine/door/bibliography.c | engine/door/json.c | engine/door/json_profile.c | engine/sources/*.c | api/*.c) return 0 ;; esac ;;
    libxml/*) case $1 in engine/sources/*.c) return 0 ;; esac ;;
    curl/*) case $1 in engine/intake/fetch/http.c | cli/mail/transport.c) return 0 ;; esac ;;
    zlib*) case $1 in engine/sources/gzip.c | api/compress.c) return 0 ;; esac ;;
    utf8proc* | libstemmer*) case $1 in engine/*.c) return 0 ;; esac ;;
    microhttpd*) [ "$1" = api/server.c ] && return 0 ;;
    esac
    return 1
}

check_includes() {
    list_includes >"$scratch/includes"
    [ -s "$scratch/includes" ] || fail "no #include line found at all: is this the project's root?"
    while IFS=$'\t' read -r file name; do
        case $name in
        ./*) may_include "$file" "$name" || fail "$file: its layer may not include ${name#./}" ;;
        *)
            if [[ $name =~ $third_party ]]; then
                case $file in
                *.h) fail "$file: no header of the project includes <$name>" ;;
                *) may_use "$file" "$name" || fail "$file: may not include <$name>" ;;
                esac
            fi
            ;;
        esac
    done <"$scratch/includes"
}

check_headers_alone() {
    local header
    for header in $(find models engine cli api tests -name '*.h' 2>/dev/null | sort); do
        echo "#include \"$PWD/$header\"" >"$scratch/alone.c"
        "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only "$scratch/alone.c" 2>"$scratch/errors" ||
            { fail "$header: does not compile alone"; head -n 5 "$scratch/errors"; }
    done
}

check_exports() {
    nm -D --defined-only --format=posix "$1" >"$scratch/symbols" || fail "$1: could not be read"
    grep -q '^pith_open ' "$scratch/symbols" || fail "$1: does not export pith_open"
    # What a sanitizer or the linker adds is not the project's.
    awk '{print $1}' "$scratch/symbols" | grep -vE '^(pith_|__(a|ub|l)san|__odr_|__start_|__stop_|_init$|_fini$|__bss_start$|_edata$|_end$)' |
        while read -r symbol; do echo "$1: exports $symbol"; done >"$scratch/exports"
    if [ -s "$scratch/exports" ]; then
        head -n 10 "$scratch/exports"
        fail "$1: exports more than pith_*"
    fi
}

check_includes
check_headers_alone
[ -z "$library" ] || check_exports "$library"
[ "$failures" -eq 0 ] || { echo "$failures rules of the layers are broken"; exit 1; }
echo "The layers hold."
