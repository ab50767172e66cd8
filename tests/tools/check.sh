#!/usr/bin/env bash
# What `make check` does after the set-up: every step runs, and a table at the end says how each ended and how long it took,
# with what the failed ones complained about. All of a step's output: build/check-STEP.log.
#
#   tests/tools/check.sh [STEP...]      layout rules dev asan tsan fuzz tidy headless; all of them unless some are named
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tools=tests/tools
build="installer/setup/build.sh"
jobs="${JOBS:-2}"
export CONFIG="${CONFIG:-full}"

layout() { "$tools/format.sh" --check; }
rules() {
    local bad=0
    for check in layers style tree; do "$tools/check_$check.py" || bad=1; done
    return "$bad"
}
preset_tests() { build/env/bin/ctest --preset "$1" -j "$jobs" | grep -vE '^ *(Start +[0-9]+:|[0-9]+/[0-9]+ .* Passed )'; }
dev() { "$build" dev && preset_tests dev; }
asan() { "$build" asan && preset_tests asan; }
tsan() { "$build" tsan tests/core/base/all tests/core/jobs/all && preset_tests tsan; }
fuzz() { "$build" fuzz tests/fuzz/all && "$tools/fuzz_smoke.sh" "${FUZZ_SECONDS:-20}"; }
# clang-tidy reads precompiled headers and what moc and rcc write: nothing else of this configuration is built.
tidy() {
    local inputs
    "$build" tidy core/tensor/CMakeFiles/core_tensor.dir/cmake_pch.hxx.pch || return 1
    mapfile -t inputs < <(ninja -C build/tidy -t targets all | sed -nE 's/^([^ ]+cmake_pch\.hxx\.pch|ui\/[^ /]+\/ui_[^ ]+_autogen): .*/\1/p')
    ninja -C build/tidy -j "$jobs" "${inputs[@]}" && "$tools/run_tidy.py" --jobs "$jobs"
}
headless() { "$build" headless; }

steps=("$@")
((${#steps[@]})) || steps=(layout rules tsan asan fuzz dev tidy headless)
mkdir -p build
table="" bad=0 failed=()
for step in "${steps[@]}"; do
    echo "== check: $step"
    start=$SECONDS
    "$step" 2>&1 | tee "build/check-$step.log"
    if ((PIPESTATUS[0] == 0)); then outcome=passed; else
        outcome=FAILED
        bad=1
        failed+=("$step")
    fi
    table+="$(printf '  %-10s %-7s %5d s' "$step" "$outcome" "$((SECONDS - start))")"$'\n'
done
for step in "${failed[@]}"; do
    echo "== $step failed; from build/check-$step.log:"
    { grep -E 'error|Failed|\*\*\*|ERROR|FAILED' "build/check-$step.log" || cat "build/check-$step.log"; } | tail -n 30 | cut -c1-400
done
printf '== check\n%s' "$table"
exit "$bad"
