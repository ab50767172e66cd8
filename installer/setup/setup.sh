#!/usr/bin/env bash
# Installs what the project needs and this machine lacks. Says what it is about to install, and is quick when all is there.
#
#   installer/setup/setup.sh build          what `make run` and `make test` need
#   installer/setup/setup.sh build check    and what `make check` needs
#
# CUDA=auto|on|off   auto (default): the CUDA edition of LibTorch where a CUDA 13 toolkit or an NVIDIA driver is found,
#                    else the CPU edition
# SYSTEM=no          leaves system packages alone, for systems without apt-get where they were installed by hand
# TORCH_DIR=<dir>    another LibTorch (<libtorch>/share/cmake/Torch): none is installed
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

[[ $# -ge 1 ]] || set -- build
lists=()
for part in "$@"; do
    if [[ ! -f "$here/packages-$part.txt" ]]; then
        echo "setup: '$part' is not a part of the set-up. Use build or check." >&2
        exit 2
    fi
    lists+=("$here/packages-$part.txt")
done
case "${CUDA:=auto}" in
    auto | on | off) ;;
    *)
        echo "setup: CUDA=$CUDA is not a choice. Use CUDA=auto, CUDA=on or CUDA=off." >&2
        exit 2
        ;;
esac
export CUDA

if [[ "${SYSTEM:-yes}" != no ]]; then
    "$here/system_packages.sh" "${lists[@]}"
fi
"$here/environment.sh"
