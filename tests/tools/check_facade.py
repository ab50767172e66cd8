#!/usr/bin/env python3
"""The headers that the window and the command line see compile alone, and pull in neither LibTorch nor Qt nor a codec.

check_facade.py [ROOT] [COMPILER]

The compiler lists what each header reads (-MD), since /usr/include is always searched and not linking is no protection.
The cost of each header is reported; the aim is under a second.
"""

import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import time

import check_layers
import sources

FORBIDDEN = re.compile(r"/(ATen|c10|torch|caffe2|Qt[A-Z]\w*|opencv2|opencv4|libav\w+|libsw\w+|SQLiteCpp|spdlog|fmt|cuda_runtime)[/.]")
AIM_SECONDS = 1.0


def check_header(root, compiler, header):
    """(problems, seconds to compile the header alone)"""
    with tempfile.TemporaryDirectory() as folder:
        list_file = os.path.join(folder, "read")
        start = time.monotonic()
        compiled = subprocess.run(
            [compiler, "-std=c++20", "-x", "c++", "-I", root, "-w", "-fsyntax-only", "-MD", "-MF", list_file,
             os.path.join(root, header)], capture_output=True, text=True)
        seconds = time.monotonic() - start
        read = []
        if os.path.exists(list_file):
            with open(list_file, encoding="utf-8") as file:
                read = file.read().replace("\\\n", " ").split()
    heavy = [name for name in read if FORBIDDEN.search(name)]
    if heavy:
        return [f"{header}: reads {heavy[0]} and {len(heavy) - 1} more like it. A facade header takes plain values alone."], seconds
    if compiled.returncode != 0:
        first = next((line for line in compiled.stderr.split("\n") if "error" in line), "no reason given")
        return [f"{header}: does not compile alone: {first}. Include what it uses, and only what facade headers may."], seconds
    return [], seconds


def main():
    root = sources.root_from_arguments()
    compiler = sys.argv[2] if len(sys.argv) > 2 else "g++"
    headers = [f for f in sources.files(root) if f.endswith(".h") and check_layers.is_facade(f)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda header: check_header(root, compiler, header), headers))
    slow = sorted(((seconds, header) for header, (_, seconds) in zip(headers, results)), reverse=True)[:5]
    for seconds, header in slow:
        mark = "" if seconds < AIM_SECONDS else f"   above the aim of {AIM_SECONDS:.0f} s"
        print(f"{header}: {seconds:.2f} s{mark}")
    sources.report("facade", [problem for problems, _ in results for problem in problems])


if __name__ == "__main__":
    main()
