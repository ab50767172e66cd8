#!/usr/bin/env bash
# Installs the system packages named in the given lists (one a line, # starts a comment) that are missing, with apt-get.
#
#   installer/setup/system_packages.sh installer/setup/packages-build.txt ...
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

mapfile -t wanted < <(sed 's/#.*//' "$@" | grep -oE '[^[:space:]]+')

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    {
        echo "setup: this system has no apt-get, so its packages cannot be installed from here."
        echo "Install these (Debian 12 names), then run again with SYSTEM=no:"
        echo "  ${wanted[*]}"
    } >&2
    exit 1
fi

installed="$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')"
mapfile -t missing < <(grep -vxFf <(printf '%s\n' "$installed") < <(printf '%s\n' "${wanted[@]}") || true)
if ((${#missing[@]} == 0)); then
    exit 0
fi

become=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        {
            echo "setup: installing system packages needs root, and there is no sudo here."
            echo "Have root run:  apt-get install ${missing[*]}"
        } >&2
        exit 1
    fi
    if [[ ! -t 0 ]] && ! sudo -n true 2>/dev/null; then
        {
            echo "setup: sudo wants a password and there is no terminal to ask at."
            echo "Run this in a terminal, or have root run:  apt-get install ${missing[*]}"
        } >&2
        exit 1
    fi
    become=(sudo)
fi

log="$root/build/setup-packages.log"
mkdir -p "$root/build"
: >"$log"
say_log() {
    tail -n 15 "$log" >&2
    echo "setup: $1 The whole log: $log" >&2
    exit 1
}
apt() {
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -y "$@"
}

echo "setup: about to install ${#missing[@]} system packages with apt-get${become:+ (through sudo)}:"
echo "${missing[*]}" | fold -s -w 110 | sed 's/^/    /'
apt -qq update >>"$log" 2>&1 || say_log "the package lists could not be read. Check the network and the sources of apt."
plan="$(apt -s --no-install-recommends install "${missing[@]}" 2>>"$log")" ||
    say_log "apt-get finds no way to install these packages. Debian 12 has them all; install them by hand elsewhere."
total="$(grep -c '^Inst ' <<<"$plan" || true)"
# One line for each file to fetch: 'address' name bytes checksum.
megabytes="$(apt -qq --print-uris --no-install-recommends install "${missing[@]}" 2>>"$log" |
    awk '{bytes += $3} END {printf "%d", bytes / 1e6}')"
echo "setup: with what they depend on: $total packages, $megabytes MB to download"

# One line every 50 packages where output goes to a file, a running count on a terminal.
apt --no-install-recommends install "${missing[@]}" 2>&1 | tee -a "$log" | awk -v total="$total" -v tty="$([[ -t 1 ]] && echo 1 || echo 0)" '
    function show(word, n) {
        if (tty) { printf "\r    %s %d of %d   ", word, n, total; if (n == total) printf "\n" }
        else if (n % 50 == 0 || n == total) printf "    %s %d of %d\n", word, n, total
        fflush()
    }
    /^Get:/ { show("downloaded", ++got) }
    /^Unpacking / { show("unpacked", ++unpacked) }
    /^Setting up / { show("set up", ++ready) }' ||
    say_log "apt-get stopped before all packages were installed."
