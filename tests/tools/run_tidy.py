#!/usr/bin/env python3
"""clang-tidy over the sources of core, app, kernels and ui; a group of files that passed is not read again until it changes.

run_tidy.py [--jobs N] [FILE...]      all files of build/tidy/compile_commands.json, or the groups of those named

Most of the time goes into LibTorch's headers, so files with the same flags are first read together, several as one
translation unit; a file whose names clash with those of another is read alone. What counts as a change of a group: its
files, every file of the project that they include, .clang-tidy and its version, their compile commands.
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
import time

import sources

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TIDY = os.path.join(ROOT, "build", "tidy")
# Like the compiler's cache: beside it, for every clone on this machine.
PASSED = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "tessera", "clang-tidy")
KEPT_DAYS = 60
FOLDERS = ("core/", "app/", "kernels/", "ui/")
TOGETHER = 6


def closure(path, seen):
    """`path` and every file of the project that it includes, directly or not."""
    if path in seen or not os.path.isfile(os.path.join(ROOT, path)):
        return seen
    seen.add(path)
    for _, bracket, name in sources.includes(ROOT, path):
        if bracket == '"':
            closure(name, seen)
    return seen


def stamp_of(files, commands):
    digest = hashlib.sha256(version().encode())
    digest.update("\n".join(commands[path] for path in files).replace(ROOT, ".").encode())
    needed = set()
    for path in files:
        closure(path, needed)
    for name in [".clang-tidy"] + sorted(needed):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(name.encode() + b"\0" + file.read())
    return os.path.join(PASSED, digest.hexdigest())


@functools.cache
def version():
    return subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout


def drop_old_stamps():
    for entry in os.scandir(PASSED):
        if time.time() - entry.stat().st_mtime > KEPT_DAYS * 86400:
            os.remove(entry.path)


def flags_of(command):
    """The compile command without the names of its input and output: equal for files that can be read together."""
    return re.sub(r" -o \S+ -c \S+$", "", command)


def groups(paths, commands):
    """Lists of at most TOGETHER files that have the same flags and folder. Always the same lists: what is found in a file may
    depend on what is read with it."""
    by_flags = {}
    for path in paths:
        by_flags.setdefault((os.path.dirname(path), flags_of(commands[path])), []).append(path)
    for files in by_flags.values():
        count = -(-len(files) // TOGETHER)
        for part in range(count):
            yield files[part::count]


def tidy(database, path, *options):
    # Some flags are for GCC alone.
    done = subprocess.run(["clang-tidy", "-p", database, "--quiet", "--extra-arg=-Wno-unknown-warning-option", *options, path],
                          cwd=ROOT, capture_output=True, text=True)
    return done.returncode == 0, done.stdout


def write_unit(files, commands):
    """(folder with a compilation database, the file that includes all of `files`, its compile command)"""
    name = hashlib.sha256("\n".join(files).encode()).hexdigest()[:16]
    folder = os.path.join(TIDY, "together", name)
    os.makedirs(folder, exist_ok=True)
    unit = os.path.join(folder, "together.cpp")
    with open(unit, "w", encoding="utf-8") as file:
        file.writelines(f'#include "{path}"\n' for path in files)
    command = flags_of(commands[files[0]])
    with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as file:
        json.dump([{"directory": TIDY, "file": unit, "command": f"{command} -o {unit}.o -c {unit}"}], file)
    return folder, unit, command


def split_clashing(files, commands):
    """(files that compile as one unit, files that do not go with them)"""
    together, alone = list(files), []
    while len(together) > 1:
        _, unit, command = write_unit(together, commands)
        done = subprocess.run(command.split() + ["-w", "-fsyntax-only", unit], cwd=TIDY, capture_output=True, text=True)
        if done.returncode == 0:
            break
        clashing = [path for path in together if path + ":" in done.stderr]
        out = clashing[-1] if clashing else together[-1]
        together.remove(out)
        alone.append(out)
    return together, alone


def read_group(files, commands):
    """(files with findings, text of the findings, seconds)"""
    start = time.monotonic()
    failed, text = [], ""
    together, alone = split_clashing(files, commands)
    if len(together) > 1:
        folder, unit, _ = write_unit(together, commands)
        passed, text = tidy(folder, unit, "--checks=-bugprone-suspicious-include", r"--header-filter=/(app|core|kernels|ui)/.*\.(h|cpp)$")
        # A finding in a header counts against every file of the group.
        failed = [] if passed else [path for path in together if path + ":" in text] or together
    else:
        alone += together
    for path in alone:
        passed, output = tidy(TIDY, path)
        if not passed:
            failed.append(path)
            text += output
    if not failed:
        open(stamp_of(files, commands), "w", encoding="utf-8").close()
    return failed, text, time.monotonic() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()

    with open(os.path.join(TIDY, "compile_commands.json"), encoding="utf-8") as file:
        commands = {os.path.relpath(entry["file"], ROOT): entry["command"] for entry in json.load(file)}
    wanted = [f for f in sorted(commands) if f.startswith(FOLDERS) and f.endswith(".cpp")]
    os.makedirs(PASSED, exist_ok=True)
    drop_old_stamps()
    pending = [files for files in groups(wanted, commands)
               if (not arguments.files or set(arguments.files) & set(files)) and not os.path.exists(stamp_of(files, commands))]

    failed, work = [], 0.0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for bad, text, seconds in pool.map(lambda files: read_group(files, commands), pending):
            failed += bad
            work += seconds
            print(text, end="", flush=True)
    read = sum(map(len, pending))
    print(f"tidy: {len(wanted)} files, {read} read now in {work:.0f} s of work; {len(failed)} with findings")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
