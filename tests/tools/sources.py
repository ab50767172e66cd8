"""The files of the project and their include lines, as every rule check sees them."""

import os
import re
import subprocess
import sys

CODE = (".h", ".cpp", ".cu", ".cuh")
TEXT = CODE + (".py", ".sh", ".cmake", ".txt", ".md", ".json", ".in", ".yml", ".qrc", ".qss")
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def root_from_arguments():
    """The tree to check: the first argument, else the tree this script lies in."""
    if len(sys.argv) > 1:
        return os.path.abspath(sys.argv[1])
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def files(root):
    """Sorted relative paths of tracked and new files; of all files where `root` is no git checkout."""
    if os.path.exists(os.path.join(root, ".git")):
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
        return sorted({f for f in listed if f and os.path.isfile(os.path.join(root, f))})
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in ("build", ".git")]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(found)


def is_text(path):
    name = os.path.basename(path)
    return path.endswith(TEXT) or name in ("Makefile", "CMakeLists.txt", "run", "pre-commit", "commit-msg")


def lines(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read().split("\n")


def includes(root, path):
    """(line number, '<' or '"', name) of each include line."""
    found = []
    for number, line in enumerate(lines(root, path), 1):
        match = _INCLUDE.match(line)
        if match:
            found.append((number, match.group(1), match.group(2)))
    return found


def report(name, problems):
    """Prints the problems and ends the script: 0 without any, else 1."""
    for problem in problems:
        print(problem)
    print(f"{name}: {len(problems)} problem{'' if len(problems) == 1 else 's'}")
    sys.exit(1 if problems else 0)
