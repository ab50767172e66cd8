#!/usr/bin/env bash
# Gathers the header-only libraries of the headless configuration into one folder (under 3 MB), to be carried to a machine
# where no system packages can be installed, and used there with -DTESSERA_HEADERS=<folder>.
#
#   installer/setup/headless-deps.sh build/headers
#
# Run on a machine where the packages of packages-build.txt are installed.
set -euo pipefail
target="${1:?say the folder to fill, as in: installer/setup/headless-deps.sh build/headers}"
# Folder in /usr/include, package that brings it.
while read -r name package; do
    if [[ ! -d "/usr/include/$name" ]]; then
        echo "headless-deps: /usr/include/$name is missing. Install $package, or run make build first." >&2
        exit 1
    fi
    rm -rf "${target:?}/$name"
    mkdir -p "$target"
    cp -rL "/usr/include/$name" "$target/$name"
done <<'LIST'
nlohmann nlohmann-json3-dev
tl libexpected-dev
CLI libcli11-dev
spdlog libspdlog-dev
fmt libfmt-dev
LIST
echo "headless-deps: $(du -sh "$target" | cut -f1) in $target; configure with -DTESSERA_HEADERS=$target"
