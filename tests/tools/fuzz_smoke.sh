#!/usr/bin/env bash
# Runs every libFuzzer target of build/fuzz for some seconds; a crash, a leak or too much memory ends with 1.
#
#   tests/tools/fuzz_smoke.sh [SECONDS] [TARGET...]     20 seconds and all targets unless said
#
# New inputs are kept under build/fuzz/corpus, so that a second run goes on where the first ended; the input that breaks a
# target is left in build/fuzz/found.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds="${1:-20}"
shift $(($# > 0 ? 1 : 0))
list="build/fuzz/fuzz_targets.txt"
if [[ ! -s "$list" ]]; then
    echo "fuzz: $list names no target. Build the fuzz configuration first: installer/setup/build.sh fuzz" >&2
    exit 1
fi
bad=0
while IFS=$'\t' read -r program first; do
    name="$(basename "$program")"
    if (($# > 0)) && [[ " $* " != *" $name "* ]]; then
        continue
    fi
    corpus="build/fuzz/corpus/$name"
    found="build/fuzz/found/$name"
    mkdir -p "$corpus" "$found"
    if "$program" "$corpus" ${first:+"$first"} -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
        -malloc_limit_mb=256 -artifact_prefix="$found/" -print_final_stats=1 >"$found.log" 2>&1; then
        runs="$(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log")"
        echo "fuzz: $name: $runs inputs in $seconds s, none broke it"
    else
        tail -n 40 "$found.log" >&2
        echo "fuzz: $name: broken by an input in $found" >&2
        bad=1
    fi
done <"$list"
exit "$bad"
