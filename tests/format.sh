#!/usr/bin/env bash
# Every .c and .h is laid out as .clang-format says, by the major version of clang-format that it is written for: others lay out differently.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
major=14

for program in "clang-format-$major" clang-format; do
    [[ $("$program" --version 2>/dev/null) != *" version $major."* ]] || break
    program=
done
if [ -z "$program" ]; then
    echo "Skipped: the layout is checked by clang-format $major alone, which is not installed."
    exit 77
fi
mapfile -t files < <(find include models engine cli api tools examples tests -name '*.[ch]' 2>/dev/null | sort)
if [ ${#files[@]} -eq 0 ]; then
    echo "no .c or .h found at all: is this the project's root?"
    exit 1
fi
if ! "$program" --dry-run -Werror "${files[@]}"; then
    echo "To lay these files out: $program -i FILE"
    exit 1
fi
echo "All ${#files[@]} files are laid out as .clang-format says."
