#!/usr/bin/env python3
"""Each rule check is fed a small tree with one planted violation and must name it; the same tree without it must pass.

rules_test.py [COMPILER]
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
COMPILER = sys.argv[1] if len(sys.argv) > 1 else "g++"

# A tree that breaks no rule; each case below adds or replaces one file.
CLEAN = {
    "core/base/CMakeLists.txt": "add_module(NAME base\n    SOURCES a.cpp\n    HEADERS a.h)\n",
    "core/base/a.h": "#pragma once\n\nnamespace tessera::base {\nint answer();\n}\n",
    "core/base/a.cpp": '#include "core/base/a.h"\n\nint tessera::base::answer() {\n    return 42;\n}\n',
    "core/plan/CMakeLists.txt": "add_module(NAME plan\n    SOURCES p.cpp\n    HEADERS p.h\n    DEPENDS base)\n",
    "core/plan/p.h": '#pragma once\n\n#include "core/base/a.h"\n',
    "core/plan/p.cpp": '#include "core/plan/p.h"\n',
    "core/tensor/CMakeLists.txt": "add_module(NAME tensor TORCH\n    SOURCES t.cpp\n    HEADERS t.h\n    DEPENDS base)\n",
    "core/tensor/t.h": "#pragma once\n\n#include <ATen/core/Tensor.h>\n",
    "core/tensor/t.cpp": '#include "core/tensor/t.h"\n\n#include <ATen/ATen.h>\n',
    "core/pipeline/request.h": '#pragma once\n\n#include "core/plan/p.h"\n',
    "app/cli_main.cpp": '#include "core/pipeline/request.h"\n\n#include <CLI/CLI.hpp>\n',
    "tests/core/base/a_test.cpp": '#include "core/base/a.h"\n\n#include <gtest/gtest.h>\n',
}

# Check, what is planted where, words that the report must hold.
CASES = [
    ("check_layers.py", "core/base/a.cpp", '#include "core/base/a.h"\n#include "core/plan/p.h"\n', "the row of base"),
    ("check_layers.py", "core/tensor/t.cpp", '#include "core/plan/p.h"\n', "the row of tensor"),
    ("check_layers.py", "core/plan/CMakeLists.txt", "add_module(NAME plan SOURCES p.cpp DEPENDS base tensor)\n", "DEPENDS on tensor"),
    ("check_layers.py", "core/plan/CMakeLists.txt", "add_module(NAME plan SOURCES p.cpp HEADERS p.h)\n", "do not name it"),
    ("check_layers.py", "core/odd/CMakeLists.txt", "add_module(NAME odd SOURCES o.cpp)\n", "no row"),
    ("check_layers.py", "core/base/a.cpp", "#include <ATen/ATen.h>\n", "LibTorch is not for base"),
    ("check_layers.py", "core/base/a.h", "#pragma once\n#include <fmt/format.h>\n", "spdlog or fmt in a header"),
    ("check_layers.py", "core/base/a.h", "#pragma once\n#include <nlohmann/json.hpp>\n", "json_fwd"),
    ("check_layers.py", "core/plan/p.h", '#pragma once\n#include "core/base/json.h"\n', "json_fwd"),
    ("check_layers.py", "core/tensor/t.h", "#pragma once\n#include <ATen/ATen.h>\n", "in a header"),
    ("check_layers.py", "core/tensor/t.cpp", "#include <torch/torch.h>\n", "training front end is not for tensor"),
    ("check_layers.py", "core/train/t.h", "#pragma once\n#include <torch/torch.h>\n", "training front end in a header"),
    ("check_layers.py", "core/models/t.cpp", "#include <torch/csrc/autograd/custom_function.h>\n",
     "differentiable functions is not for models"),
    ("check_layers.py", "core/plan/p.cpp", "#include <QString>\n", "Qt is not for plan"),
    ("check_layers.py", "core/plan/p.cpp", "#include <opencv2/core.hpp>\n", "OpenCV is not for plan"),
    ("check_layers.py", "core/plan/p.cpp", 'extern "C" {\n#include <libavutil/avutil.h>\n}\n', "FFmpeg is not for plan"),
    ("check_layers.py", "core/plan/p.cpp", "#include <sqlite3.h>\n", "SQLite is not for plan"),
    ("check_layers.py", "core/plan/p.cpp", '#include "tests/support/fake.h"\n', "tests/ is for tests alone"),
    ("check_layers.py", "core/plan/p.cpp", '#include "p.h"\n', "no path from the root"),
    ("check_layers.py", "core/pipeline/request.h", '#pragma once\n#include "core/tensor/t.h"\n', "request or result header"),
    ("check_layers.py", "core/pipeline/request.h", "#pragma once\n#include <ATen/core/Tensor.h>\n", "in a facade header"),
    ("check_layers.py", "app/cli_main.cpp", '#include "core/tensor/t.h"\n', "app sees the facade alone"),
    ("check_layers.py", "ui/views/v.cpp", '#include "core/tensor/t.h"\n', "ui sees the facade alone"),
    ("check_layers.py", "kernels/attention/k.cu", '#include "core/base/a.h"\n', "kernels see"),
    ("check_layers.py", "tests/core/base/a_test.cpp", "#include <ATen/ATen.h>\n", "built without LibTorch"),
    ("check_facade.py", "core/base/a.h", "#pragma once\n#include <ATen/ATen.h>\n", "ATen/ATen.h"),
    ("check_facade.py", "core/plan/p.h", '#pragma once\n#include "core/base/hidden.h"\n', "ATen/ATen.h"),
    ("check_facade.py", "core/base/a.h", "#pragma once\nstd::string name();\n", "does not compile alone"),
    ("check_facade.py", "core/pipeline/request.h", "#pragma once\n#include <nowhere.h>\n", "nowhere.h"),
    ("check_style.py", "core/base/a.cpp", "int x;\n" * 601, "the limit is 600"),
    ("check_style.py", "core/base/a.cpp", "using namespace std;\n", "using namespace"),
    ("check_style.py", "core/base/a.cpp", "int x; \n", "space at the end"),
    ("check_style.py", "core/base/a.cpp", "int x;", "no line end"),
    ("check_style.py", "core/base/a.cpp", "\tint x;\n", "a tab"),
    ("check_style.py", "core/base/a.cpp", "// TO" + "DO later\n", "left open"),
    ("check_style.py", "core/base/a.cpp", "// this is a st" + "ub\n", "left open"),
    ("check_style.py", "core/base/a.cpp", "std::cout << 1;\n", "prints to the terminal"),
    ("check_style.py", "core/base/a.cpp", "<<<<<<< HEAD\n", "merge"),
    ("check_style.py", "core/base/a.cpp", 'const char* p = "/home' + '/ann/x";\n', "path of one machine"),
    ("check_style.py", "core/base/a.h", "int answer();\n", "#pragma once"),
    ("check_style.py", "core/base/a.h", "#pragma once\n#define ANSWER 42\n", "a macro in a header"),
    ("check_style.py", "core/base/a.cpp", '#include <vector>\n#include "core/base/a.h"\n', "not the first include"),
    ("check_style.py", "core/base/file_utils.h", "#pragma once\n", "says nothing"),
    ("check_style.py", "core/base/a.cpp", "class ClipManager {};\n", "names no job"),
    ("check_tree.py", "docs/big.txt", "x" * 1_000_001, "the limit outside resources/"),
    ("check_tree.py", "resources/big.txt", "x" * (60 * 1024 * 1024 + 1), "the tree holds"),
    ("check_tree.py", "core/base/a.o", "x", "made by a tool"),
]
# Files that some cases need besides their own.
FAKES = {"core/base/hidden.h": "#pragma once\n#include <ATen/ATen.h>\n"}


def write_tree(root, tree):
    for path, text in tree.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)


def run_check(check, tree):
    with tempfile.TemporaryDirectory() as root:
        write_tree(root, tree)
        # A stand-in for LibTorch where the compiler always looks: the header is found, as it is on a maker's machine.
        system = os.path.join(root, "system")
        write_tree(system, {"ATen/ATen.h": "#pragma once\n"})
        environment = dict(os.environ, CPLUS_INCLUDE_PATH=system)
        arguments = [sys.executable, os.path.join(HERE, check), root] + ([COMPILER] if check == "check_facade.py" else [])
        done = subprocess.run(arguments, capture_output=True, text=True, env=environment)
        return done.returncode, done.stdout + done.stderr


def main():
    wrong = []
    for check in sorted({case[0] for case in CASES}):
        code, output = run_check(check, CLEAN)
        if code != 0:
            wrong.append(f"{check}: refuses the clean tree:\n{output}")
    for check, path, text, expected in CASES:
        extra = FAKES if "hidden.h" in text else {}
        code, output = run_check(check, {**CLEAN, **extra, path: text})
        if code != 1 or expected not in output:
            wrong.append(f"{check}: does not see '{expected}' planted in {path} (exit {code}):\n{output}")
    for sentence in wrong:
        print(sentence)
    print(f"rules_test: {len(CASES)} planted, {len(wrong)} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
