#!/usr/bin/env python3
"""clang-tidy over the sources of core, app, kernels and ui; a file that passed is not read again until it changes.

run_tidy.py [--jobs N] [FILE...]      all files of build/tidy/compile_commands.json unless some are named

What counts as a change: the file, every file of the project that it includes, .clang-tidy, its compile command.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys
import time

import sources

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDERS = ("core/", "app/", "kernels/", "ui/")


def closure(path, seen):
    """`path` and every file of the project that it includes, directly or not."""
    if path in seen or not os.path.isfile(os.path.join(ROOT, path)):
        return seen
    seen.add(path)
    for _, bracket, name in sources.includes(ROOT, path):
        if bracket == '"':
            closure(name, seen)
    return seen


def key_of(path, command):
    digest = hashlib.sha256(command.encode())
    for name in [".clang-tidy"] + sorted(closure(path, set())):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(name.encode() + b"\0" + file.read())
    return digest.hexdigest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()

    folder = os.path.join(ROOT, "build", "tidy")
    with open(os.path.join(folder, "compile_commands.json"), encoding="utf-8") as file:
        commands = {os.path.relpath(entry["file"], ROOT): entry.get("command", "") for entry in json.load(file)}
    wanted = [f for f in sorted(commands) if f.startswith(FOLDERS) and (not arguments.files or f in arguments.files)]
    stamps = os.path.join(folder, "passed")
    os.makedirs(stamps, exist_ok=True)

    def check(path):
        stamp = os.path.join(stamps, key_of(path, commands[path]))
        if os.path.exists(stamp):
            return path, True, "", 0.0
        start = time.monotonic()
        done = subprocess.run(["clang-tidy", "-p", folder, "--quiet", "--extra-arg=-Wno-unknown-warning-option", path],
                              cwd=ROOT, capture_output=True, text=True)
        if done.returncode == 0:
            open(stamp, "w", encoding="utf-8").close()
        return path, done.returncode == 0, done.stdout, time.monotonic() - start

    failed, times = 0, []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for path, passed, text, seconds in pool.map(check, wanted):
            times.append((seconds, path))
            if not passed:
                failed += 1
                print(text, end="")
    read = [t for t in times if t[0] > 0]
    slowest = ", ".join(f"{path} {seconds:.0f} s" for seconds, path in sorted(read, reverse=True)[:3])
    print(f"tidy: {len(wanted)} files, {len(read)} read now in {sum(t for t, _ in read):.0f} s of work"
          f"{'; slowest: ' + slowest if slowest else ''}; {failed} with findings")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
