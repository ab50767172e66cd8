#!/usr/bin/env bash
# Trains the bundled networks one after the other, as they were for the weights in this repository.
#
#   train.sh PROGRAM FOLDER STAGE:MINUTES...
#
# PROGRAM is tessera, FOLDER gets tessera-small/, world-eval/ and runs/. A stage is the name of a configuration beside
# this script: vae, eval, base-128, base-192, base-all or base-end, in that order. Each starts from what FOLDER already
# holds, so the stages may be spread over several calls and machines. One that fails does not keep the next from
# starting where that can work.
# REPLICAS=N trains on N GPUs.
set -uo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
if (($# < 3)); then
    sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
program="$1" folder="$2"
shift 2
mkdir -p "$folder/runs" || exit 1
bad=0
for stage in "$@"; do
    name="${stage%%:*}" minutes="${stage##*:}"
    config="$here/$name.json"
    if [[ ! -r "$config" ]]; then
        echo "train.sh: there is no configuration $config; the stages are vae, eval, base-128, base-192, base-all, base-end" >&2
        exit 2
    fi
    echo "== $name for $minutes min"
    "$program" train "${name%%-*}" --config "$config" --run "$folder/runs/$name" --model "$folder/tessera-small" \
        --minutes "$minutes" --replicas "${REPLICAS:-1}" --progress none --json || bad=1
    tail -n 1 "$folder/runs/$name/log.jsonl"
done
exit "$bad"
