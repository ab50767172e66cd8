#!/usr/bin/env python3
"""Rules of one file at a time: length, white space, names, headers, words.

check_style.py [ROOT]
"""

import os
import re

import sources

MAX_LINES = 600
# A longer file says why in a comment among its first lines.
LENGTH_REASON = re.compile(r"(//|#|\"\"\").*\b(600 lines|long because|length:)", re.IGNORECASE)
MAX_COLUMNS = 100

BAD_NAME = re.compile(r"(^|_)(manager|managers|helper|helpers|util|utils|misc|stuff|fast|new|v2)(_|\.|$)")
BAD_TYPE = re.compile(r"\b(?:class|struct)\s+(\w*(?:Manager|Helper|Helpers|Util|Utils))\b")
OPEN_WORK = re.compile(r"\b(TODO|FIXME|XXX|HACK|WIP)\b|\bnot (yet )?implemented\b|\bstubs?\b|\bplaceholder\b", re.IGNORECASE)
DEBUG_PRINT = re.compile(r"\bstd::(cout|cerr|clog)\b|\b(printf|puts)\s*\(|\bfprintf\s*\(\s*std(out|err)\b")
# A path of one maker's machine; system folders that every Linux has are fine.
MACHINE_PATH = re.compile(r"(?<![\w.$}~*-])/(?:work|root|mnt|scratch|home/[a-z]\w*|Users/\w+)/")
# Inputs of tests: their bytes are the point, and their paths are examples.
DATA = re.compile(r"^tests/(data|fuzz/corpus)/|^resources/.*\.(json|txt)$")


def allowed_to_print(path):
    """The command line and the programs of the tests talk to the terminal; core goes through base/log."""
    return not path.startswith("core/") or path == "core/base/log.cpp"


def code_problems(path, text_lines):
    problems = []
    in_header = path.endswith((".h", ".cuh"))
    if in_header:
        first = next((line for line in text_lines if line.strip() and not line.startswith("//")), "")
        if first.strip() != "#pragma once":
            problems.append(f"{path}:1: a header without #pragma once. Make it the first line.")
    for number, line in enumerate(text_lines, 1):
        spot = f"{path}:{number}"
        code = line.split("//")[0]
        if re.search(r"\busing\s+namespace\b", code):
            problems.append(f"{spot}: 'using namespace'. Name what is used, or write the namespace out.")
        if in_header and re.match(r"\s*#\s*define\b", code) and path != "core/base/check.h":
            problems.append(f"{spot}: a macro in a header. Use a constant, a function or a template.")
        match = BAD_TYPE.search(code)
        if match:
            problems.append(f"{spot}: {match.group(1)} names no job. Say what it does; two jobs are two types.")
        if not allowed_to_print(path) and DEBUG_PRINT.search(code):
            problems.append(f"{spot}: prints to the terminal. core reports through Result, events and base/log.")
        if OPEN_WORK.search(line):
            problems.append(f"{spot}: '{OPEN_WORK.search(line).group(0)}' left open. Finish it, or take it out and write an issue.")
        if len(line) > MAX_COLUMNS and "http" not in line and 'R"' not in line and path.endswith((".cu", ".cuh")):
            problems.append(f"{spot}: {len(line)} columns. Keep to {MAX_COLUMNS}.")
    if path.endswith((".cpp", ".cu")):
        problems += own_header_first(path, text_lines)
    return problems


def own_header_first(path, text_lines):
    own = re.sub(r"\.(cpp|cu)$", ".h", path)
    included = [m.group(1) for m in (re.match(r'\s*#\s*include\s*[<"]([^>"]+)', line) for line in text_lines) if m]
    if own in included and included[0] != own:
        return [f'{path}: "{own}" is not the first include. Put it first: so it is known to compile alone.']
    return []


def text_problems(path, text_lines):
    problems = []
    for number, line in enumerate(text_lines, 1):
        spot = f"{path}:{number}"
        if line != line.rstrip() and not path.endswith(".md"):
            problems.append(f"{spot}: space at the end of the line. Remove it.")
        if "\t" in line and path.endswith(sources.CODE):
            problems.append(f"{spot}: a tab. Use spaces, or \\t in text.")
        if re.match(r"(<{7}|>{7}|={7})( |$)", line):
            problems.append(f"{spot}: left over from a merge. Choose one side.")
        if MACHINE_PATH.search(line) and not path.startswith("tests/core/"):
            problems.append(f"{spot}: a path of one machine: {MACHINE_PATH.search(line).group(0)}. The project speaks of itself alone.")
    if text_lines and text_lines[-1] != "":
        problems.append(f"{path}:{len(text_lines)}: no line end at the end of the file. Add it.")
    return problems


def main():
    root = sources.root_from_arguments()
    problems = []
    for path in sources.files(root):
        name = os.path.basename(path)
        if BAD_NAME.search(name) and path.split("/")[0] in ("core", "app", "kernels", "ui", "tests"):
            problems.append(f"{path}: '{BAD_NAME.search(name).group(2)}' in a file name says nothing. Name the file after its one job.")
        if not sources.is_text(path) or DATA.search(path):
            continue
        text_lines = sources.lines(root, path)
        problems += text_problems(path, text_lines)
        if path.endswith(sources.CODE):
            problems += code_problems(path, text_lines)
        if path.endswith(sources.CODE + (".py", ".sh")) and len(text_lines) - 1 > MAX_LINES \
                and not any(LENGTH_REASON.search(line) for line in text_lines[:12]):
            problems.append(f"{path}: {len(text_lines) - 1} lines, the limit is {MAX_LINES}. Split it by topic, or give the "
                            "reason on top ('length: ...').")
    sources.report("style", problems)


if __name__ == "__main__":
    main()
