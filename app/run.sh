#!/usr/bin/env bash
# What `make run` does after the build: opens the window. Without a display, or without a window in this build, it
# makes one clip from a prompt with the bundled model, under build/run/; PROMPT and SEED choose another one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" && -x build/tessera-gui ]]; then
    exec build/tessera-gui
fi
mkdir -p build/run
prompt="${PROMPT:-a large red ball bounces in front of a blue wall}"
clip="build/run/clip.mp4"
build/tessera generate --prompt "$prompt" --seed "${SEED:-1}" -H 192 -W 288 --output "$clip"
build/tessera info "$clip"
echo "The clip: $PWD/$clip"
