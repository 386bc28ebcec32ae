#!/bin/bash
# Programs and libraries as they are built for a release: position-independent, with stack protectors, checked libc calls, relocations that are
# read-only from the start, no executable stack, and Intel's control-flow marks.
# usage: hardened.sh FILE...
set -u
failed=0

# has WHAT COMMAND...: the command's output, of the file, holds the pattern.
has() {
    local what=$1 pattern=$2
    shift 2
    if ! "$@" "$file" 2>/dev/null | grep -qE -- "$pattern"; then
        echo "FAILED: $file has no $what" >&2
        failed=1
    fi
}

[ $# -gt 0 ] || { echo "usage: hardened.sh FILE..." >&2; exit 2; }
for file in "$@"; do
    has "position-independent code" 'Type: +DYN' readelf -h
    has "relocations that are read-only" 'GNU_RELRO' readelf -lW
    has "binding at the start" '\(BIND_NOW\)|FLAGS.*NOW' readelf -dW
    has "stack protector" '__stack_chk_fail' readelf -sW --dyn-syms
    has "checked libc calls" '__(memcpy|snprintf|vsnprintf|fprintf|asprintf|strcpy|memset|read)_chk' readelf -sW --dyn-syms
    if readelf -lW "$file" | grep -E 'GNU_STACK' | grep -q 'E 0x'; then
        echo "FAILED: $file has an executable stack" >&2
        failed=1
    fi
    case $(uname -m) in
    x86_64) # that the whole file is marked so, Debian's crt1.o prevents: then each function's beginning shows it
        entry=main
        [[ $file != *.so* ]] || entry=pith_open
        has "control-flow marks" endbr64 objdump -d --disassemble="$entry" ;;
    esac
    case $file in
    *.so*) ;;
    *) has "the flag of position-independent programs" 'FLAGS_1.*PIE' readelf -dW ;;
    esac
done
[ $failed -eq 0 ] && echo "$# files are hardened"
exit $failed
