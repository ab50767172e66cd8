#!/usr/bin/env bash
# Lays out every tracked or new source file with clang-format; with --check it only names the files that differ.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.h' '*.cpp' '*.cu' '*.cuh' | sort -u |
    while read -r f; do [[ -f "$f" ]] && echo "$f"; done)
if ((${#files[@]} == 0)); then
    exit 0
fi
# Another version lays out differently.
version="$(clang-format --version | sed -E 's/.*version ([0-9]+)\..*/\1/')"
if [[ "$version" != 14 ]]; then
    echo "format: clang-format $version is not 14, whose layout this project keeps. Install clang-format 14." >&2
    exit 1
fi
if [[ "${1:-}" != --check ]]; then
    printf '%s\n' "${files[@]}" | xargs -n 20 -P "$(nproc)" clang-format -i
    exit 0
fi
bad=0
while read -r file; do
    echo "$file: not laid out by clang-format. Run make format." >&2
    bad=1
done < <(printf '%s\n' "${files[@]}" | xargs clang-format --dry-run 2>&1 |
    sed -nE 's/^([^:]+):[0-9]+:[0-9]+: warning: code should be clang-formatted.*/\1/p' | sort -u)
exit "$bad"
