#!/usr/bin/env bash
# The git hooks, tried in a small repository of their own: what must pass passes, what must not is refused.
set -uo pipefail
source_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME="$work" GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.org
git init -q .
mkdir -p tests core/base
cp -r "$source_root/tests/tools" tests/tools
rm -rf tests/tools/__pycache__
cp "$source_root/.clang-format" .
git add -A && git commit -q -m "base: start" || exit 1
git config core.hooksPath tests/tools/hooks

wrong=0
expect() { # accepted|refused, what, commit subject
    local outcome=accepted
    git add -A
    git commit -q --allow-empty -m "$3" 2>message || outcome=refused
    if [[ "$outcome" != "$1" ]]; then
        echo "$2: $outcome, not $1"
        cat message
        wrong=1
    fi
    rm -f message
    git reset -q --hard HEAD
    git clean -qfd
}

printf '#pragma once\n\nint answer();\n' >core/base/a.h
expect accepted "a clean header" "base: state the answer"
printf '#pragma once\n\nint   answer( );\n' >core/base/b.h
expect refused "a file that is not laid out" "base: add b"
printf '#pragma once\n\n#include "core/plan/p.h"\n' >core/base/c.h
expect refused "a layer broken" "base: add c"
printf 'text \n' >core/base/d.txt
expect refused "space at the end of a line" "base: add d"
head -c 1000001 /dev/zero >core/base/e.dat
expect refused "a file over 1 MB" "base: add e"
printf '#include <iostream>\n\nvoid f() {\n    std::cerr << 1;\n}\n' >core/base/f.cpp
expect refused "a debug print" "base: add f"
expect refused "a subject without an area" "add things"
expect refused "a subject that is too long" "base: say at great length what could have been said in far fewer words"
expect refused "a full stop" "base: add it."
expect refused "upper case" "base: Add it"
expect accepted "an ordinary subject" "base/json: refuse a key named twice"
((wrong == 0)) && echo "hooks_test: all as expected"
exit "$wrong"
