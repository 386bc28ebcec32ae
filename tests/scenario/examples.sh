#!/usr/bin/env bash
# The examples as a program's author builds them: in C, in C++, and in Python without a build step. All three print the same ranking.
# usage: examples.sh LIBPITH.so
set -u
library=$(realpath "$1")
folder=$(dirname "$library")
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
failures=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
papers=tests/data/demo-day1.jsonl
words="diffusion models for images"

fail() {
    echo "FAILED: $1"
    failures=$((failures + 1))
}

export LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}

"${CC:-cc}" -std=c11 -Wall -Wextra -Werror -Iinclude examples/rank.c "$library" -o "$scratch/rank-c" || fail "rank.c does not build as C"
"${CXX:-c++}" -x c++ -std=c++17 -Wall -Wextra -Wno-missing-field-initializers -Werror -Iinclude -c examples/rank.c -o "$scratch/rank.o" &&
    "${CXX:-c++}" "$scratch/rank.o" "$library" -o "$scratch/rank-cxx" || fail "rank.c does not build as C++"
for header in include/pith/*.h; do
    printf '#include <pith/%s>\n' "$(basename "$header")" >"$scratch/alone.cpp"
    "${CXX:-c++}" -std=c++17 -Wall -Wextra -Werror -Iinclude -fsyntax-only "$scratch/alone.cpp" || fail "$header does not compile alone in C++"
done
"$scratch/rank-c" "$scratch/home-c" "$papers" "$words" >"$scratch/c" || fail "rank, in C"
"$scratch/rank-cxx" "$scratch/home-cxx" "$papers" "$words" >"$scratch/cxx" || fail "rank, in C++"
LIBPITH=$library /usr/bin/python3 examples/rank.py "$scratch/home-py" "$papers" "$words" >"$scratch/py" || fail "rank.py"
[ "$(wc -l <"$scratch/c")" -eq 10 ] || fail "ten papers are ranked: $(cat "$scratch/c")"
head -n 3 "$scratch/c" | grep -qi "diffusion" || fail "what was asked for leads the list: $(cat "$scratch/c")"
cmp -s "$scratch/c" "$scratch/cxx" || fail "C++ ranks as C does"
cmp -s "$scratch/c" "$scratch/py" || { diff "$scratch/c" "$scratch/py"; fail "Python ranks as C does"; }
[ "$failures" -eq 0 ] || exit 1
echo "The examples rank."
