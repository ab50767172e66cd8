#!/usr/bin/env bash
# Configures one preset of CMakePresets.json into build/<preset>, builds it, and links build/tessera and
# build/tessera-gui to its programs.
#
#   installer/setup/build.sh PRESET [TARGET...]
#
# JOBS is the number of compile jobs, CUDA and TORCH_DIR are those of setup.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
preset="$1"
shift
build="build/$preset"

edition=cpu toolkit=""
if [[ -f build/env/settings ]]; then
    edition="$(sed -n 's/^edition=//p' build/env/settings)"
    toolkit="$(sed -n 's/^toolkit=//p' build/env/settings)"
fi
options=(-DTESSERA_CUDA=ON)
if [[ "${CUDA:-auto}" == off || "$edition" == cpu ]]; then
    options=(-DTESSERA_CUDA=OFF)
fi
[[ -z "$toolkit" ]] || options+=("-DCUDAToolkit_ROOT=$toolkit")
[[ -z "${TORCH_DIR:-}" ]] || options+=("-DTorch_DIR=$TORCH_DIR")

# Configured again only when the options or the presets change; Ninja sees to changed CMake files itself.
wanted="$(printf '%s\n' "${options[@]}" && sha256sum CMakePresets.json)"
if [[ ! -f "$build/build.ninja" || "$(cat "$build/configured" 2>/dev/null)" != "$wanted" ]]; then
    echo "build: configuring $build (${options[*]})"
    mkdir -p "$build"
    if ! build/env/bin/cmake --preset "$preset" "${options[@]}" >"$build/configure.log" 2>&1; then
        tail -n 30 "$build/configure.log" >&2
        echo "build: $build could not be configured. The whole log: $build/configure.log" >&2
        exit 1
    fi
    printf '%s\n' "$wanted" >"$build/configured"
fi
ninja -C "$build" -j "${JOBS:-2}" "$@"

if [[ -x "$build/tessera" && ("$preset" == "${CONFIG:-full}") ]]; then
    ln -sfn "$preset/tessera" build/tessera
    if [[ -x "$build/tessera-gui" ]]; then
        ln -sfn "$preset/tessera-gui" build/tessera-gui
    fi
fi
