#!/usr/bin/env python3
"""Sizes of the tracked tree: no file over 1 MB outside resources/, 60 MiB in all, no build products.

check_tree.py [ROOT]
"""

import os
import re

import sources

MAX_FILE_BYTES = 1_000_000
MAX_TREE_BYTES = 60 * 1024 * 1024
PRODUCT = re.compile(r"\.(o|a|so|dll|exe|pyc|gch|pt|ckpt|bin|log|orig|rej|swp)$|(^|/)(__pycache__|core\.\d+)(/|$)")


def main():
    root = sources.root_from_arguments()
    problems, total = [], 0
    for path in sources.files(root):
        size = os.path.getsize(os.path.join(root, path))
        total += size
        if size > MAX_FILE_BYTES and not path.startswith("resources/"):
            problems.append(f"{path}: {size} bytes, the limit outside resources/ is {MAX_FILE_BYTES}. Make it smaller, or make it at test time.")
        if PRODUCT.search(path):
            problems.append(f"{path}: made by a tool, or a pickle. Take it out of the tree.")
    if total > MAX_TREE_BYTES:
        problems.append(f"the tree holds {total} bytes, the limit is {MAX_TREE_BYTES}. Take something out.")
    sources.report("tree", problems)


if __name__ == "__main__":
    main()
