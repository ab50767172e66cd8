#!/usr/bin/env bash
# The decisions of installer/setup without its downloads: what CUDA is found, and the sentences where it cannot go on.
set -uo pipefail
source_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
wrong=0
expect() { # what, text that must show, output
    if [[ "$3" != *"$2"* ]]; then
        printf '%s: "%s" is missing from:\n%s\n' "$1" "$2" "$3"
        wrong=1
    fi
}
toolkit() { # folder, release
    mkdir -p "$work/$1/bin"
    printf '#!/bin/sh\necho "Cuda compilation tools, release %s, V%s.1"\n' "$2" "$2" >"$work/$1/bin/nvcc"
    chmod +x "$work/$1/bin/nvcc"
}
# A PATH with the plain tools alone, so that nothing of this machine is found.
mkdir -p "$work/plain"
for tool in bash env sh sed grep cut cat dirname readlink sha256sum tail fold touch mkdir df awk uname; do
    ln -s "$(command -v "$tool")" "$work/plain/$tool"
done

toolkit thirteen 13.0
toolkit twelve 12.4
expect "a CUDA 13 toolkit" "toolkit=$work/thirteen" \
    "$(CUDA_HOME="$work/thirteen" "$source_root/installer/setup/detect_cuda.sh")"
found="$(CUDA_HOME="$work/twelve" PATH="$work/plain" "$source_root/installer/setup/detect_cuda.sh")"
expect "a CUDA 12 toolkit is passed over" "passed_over=$work/twelve (CUDA 12)" "$found"

expect "a choice that is none" "Use CUDA=auto, CUDA=on or CUDA=off" \
    "$(CUDA=maybe "$source_root/installer/setup/setup.sh" build 2>&1)"
expect "a part that is none" "Use build or check" "$("$source_root/installer/setup/setup.sh" other 2>&1)"
expect "no apt-get" "this system has no apt-get" \
    "$(PATH="$work/plain" "$source_root/installer/setup/system_packages.sh" "$source_root/installer/setup/packages-build.txt" 2>&1)"

# A package database in which nothing is installed, and no way to become root.
printf '#!/bin/sh\n' >"$work/plain/apt-get"
printf '#!/bin/sh\n' >"$work/plain/dpkg-query"
chmod +x "$work/plain/apt-get" "$work/plain/dpkg-query"
ordinary=()
((EUID != 0)) || ordinary=("$(command -v setpriv)" --reuid=65534 --regid=65534 --clear-groups)
chmod -R a+rX "$work"
if "${ordinary[@]}" test -r "$source_root/installer/setup/system_packages.sh" 2>/dev/null; then
    expect "no sudo" "Have root run:  apt-get install g++" \
        "$("${ordinary[@]}" "$work/plain/env" PATH="$work/plain" "$source_root/installer/setup/system_packages.sh" \
            "$source_root/installer/setup/packages-build.txt" 2>&1)"
fi
((wrong == 0)) && echo "setup_test: all as expected"
exit "$wrong"
