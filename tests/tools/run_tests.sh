#!/usr/bin/env bash
# Runs the tests of a build folder; the last line printed is "N passed, N failed". Exits with 1 when a test fails or none
# is found.
#
#   tests/tools/run_tests.sh build/full [ctest options...]
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build="$1"
shift
log="$build/tests.log"
build/env/bin/ctest --test-dir "$build" --output-on-failure --no-tests=error -j "${JOBS:-2}" \
    --output-junit tests.xml "$@" 2>&1 | tee "$log" | grep --line-buffered -vE '^ *Start +[0-9]+:'
status="${PIPESTATUS[0]}"

# "95% tests passed, 2 tests failed out of 40", and since CMake 4.4 "100% tests passed out of 40"; a skipped test counts
# with the passed ones.
summary="$(grep -E '^[0-9]+% tests passed' "$log" | tail -n 1)"
total="$(sed -nE 's/.* out of ([0-9]+)$/\1/p' <<<"$summary")"
failed="$(sed -nE 's/.*, ([0-9]+) tests? failed .*/\1/p' <<<"$summary")"
failed="${failed:-0}"
if [[ -z "$total" ]]; then
    echo "The tests could not be run: see $log." >&2
    echo "0 passed, 1 failed"
    exit 1
fi
echo "$((total - failed)) passed, $failed failed"
[[ "$status" == 0 && "$failed" == 0 ]]
