#!/usr/bin/env bash
# Makes or completes the private environment build/env: CMake, LibTorch and, where it is needed, the CUDA compiler.
# Nothing outside build/ is touched. Afterwards build/env/settings holds two lines for the build:
#   edition=cuda|cpu|own     toolkit=<root of the CUDA toolkit, or nothing>
# CUDA and TORCH_DIR: see setup.sh.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
env="$root/build/env"
settings="$env/settings"

# A stamp of an edition is a file named by a hash over everything that decides what is installed.
hash="$(cat "$here"/requirements-*.txt "$here/environment.sh" | sha256sum | cut -c1-16)"
stamp() { echo "$env/.$1-$hash"; }

driver=no toolkit="" passed_over=""
if [[ "${CUDA:=auto}" != off && -z "${TORCH_DIR:-}" ]]; then
    eval "$("$here/detect_cuda.sh" | sed "s/=\(.*\)/='\1'/")"
fi
edition=cpu
if [[ -n "${TORCH_DIR:-}" ]]; then
    edition=own
elif [[ "$CUDA" == on || "$driver" == yes || -n "$toolkit" ]]; then
    edition=cuda
fi
compiler=no
if [[ "$edition" == cuda && -z "$toolkit" ]]; then
    compiler=yes
fi

packages() { echo "$env"/lib/python3*/site-packages; }
finish() {
    if [[ "$compiler" == yes ]]; then
        toolkit="$(packages)/nvidia/cu13"
    fi
    printf 'edition=%s\ntoolkit=%s\n' "$edition" "$toolkit" >"$settings"
}

if [[ -e "$(stamp "$edition")" && ("$compiler" == no || -e "$(stamp compiler)") ]]; then
    finish
    exit 0
fi

# Debian's own Python first: another one on the PATH may lack venv.
python=""
for candidate in /usr/bin/python3 python3; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
        python="$candidate"
        break
    fi
done
if [[ -z "$python" && ! -x "$env/bin/pip" ]]; then
    echo "setup: no Python of at least 3.10 with venv was found. Install python3 and python3-venv." >&2
    exit 1
fi

need=1 what="CMake"
case "$edition" in
    cpu) need=3 what+=" and LibTorch 2.11, CPU edition: 0.6 GB to download, 1.4 GB on disk" ;;
    cuda) need=9 what+=" and LibTorch 2.11, CUDA edition: 3 GB to download, 5 GB on disk" ;;
esac
if [[ "$compiler" == yes ]]; then
    what+="; the CUDA 13.0 compiler"
fi
[[ -z "$passed_over" ]] || echo "setup: passing over ${passed_over}: LibTorch 2.11 needs CUDA 13"
echo "setup: about to install into build/env: $what"
mkdir -p "$root/build"
free="$(df -Pk "$root/build" | awk 'NR == 2 {print int($4 / 1048576)}')"
if ((free < need)); then
    echo "setup: $free GB are free under $root/build, $need GB are needed. Free some space, or set TMPDIR and move the clone." >&2
    exit 1
fi

[[ -x "$env/bin/pip" ]] || "$python" -m venv "$env"
pip() {
    local filter=(cat)
    # On a terminal pip draws its own bar; elsewhere only what it fetches is worth a line.
    [[ -t 1 ]] || filter=(grep --line-buffered -E '^ *Downloading|^Installing|^Successfully|^ERROR|^WARNING: R')
    "$env/bin/python" -m pip --disable-pip-version-check install --progress-bar "$([[ -t 1 ]] && echo on || echo off)" \
        "$@" | { "${filter[@]}" || true; } | sed 's/^/    /'
}
install() { # stamp name, pip arguments...
    local name="$1"
    shift
    [[ ! -e "$(stamp "$name")" ]] || return 0
    if ! pip "$@"; then
        echo "setup: pip stopped before all was installed. Check the network and the free space, then run make again." >&2
        exit 1
    fi
    touch "$(stamp "$name")"
}

install tools -r "$here/requirements-build.txt"
case "$edition" in
    cpu) install cpu --no-deps -r "$here/requirements-cpu.txt" ;;
    cuda)
        install cuda -r "$here/requirements-cuda.txt"
        touch "$(stamp cpu)" # the larger edition serves CUDA=off as well
        ;;
    own) touch "$(stamp own)" ;;
esac
if [[ "$compiler" == yes ]]; then
    install compiler --no-deps -r "$here/requirements-compiler.txt"
    # The packages are laid out as libraries to load, a compiler wants to link: lib64, and libX.so beside libX.so.N.
    cu13="$(packages)/nvidia/cu13"
    ln -sfn lib "$cu13/lib64"
    for library in "$cu13"/lib/lib*.so.*; do
        ln -sf "$(basename "$library")" "${library%%.so.*}.so"
    done
fi
finish
