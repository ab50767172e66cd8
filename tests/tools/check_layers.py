#!/usr/bin/env python3
"""Who may include whom: the layer table of README.md, held against include lines and CMake DEPENDS.

check_layers.py [ROOT]
"""

import os
import re

import sources

# Bottom to top. A module may include only rows above its own, and of those only what its row lists.
ROWS = {
    "base": [],
    "plan": ["base"],
    "world": ["base"],
    "media": ["base"],
    "tensor": ["base"],
    "schedulers": ["base", "tensor"],
    "attention": ["base", "plan", "tensor", "kernels/api"],
    "models": ["base", "tensor", "attention"],
    "pipeline": ["base", "plan", "tensor", "media", "schedulers", "attention", "models"],
    "capture": ["base", "plan", "tensor", "attention"],
    "eval": ["base", "world", "tensor", "media", "models"],
    "search": ["base", "plan", "pipeline", "capture", "eval"],
    "train": ["base", "world", "tensor", "schedulers", "attention", "models", "pipeline", "eval"],
    "distil": ["base", "plan", "world", "tensor", "schedulers", "attention", "models", "pipeline", "eval", "train"],
    "bench": ["base", "plan", "tensor", "kernels/api", "attention", "models", "pipeline"],
    "jobs": ["base", "plan"],
}
ROWS["engine"] = list(ROWS) + ["kernels/api"]
FACADE_MODULES = ["base", "plan", "world", "media", "jobs"]
REQUEST_OR_RESULT = re.compile(r"^core/(pipeline|capture|eval|search|train|distil|bench)/(request|result)\.h$")
FACADE_FILE = "core/engine/make_engine.h"

ANYWHERE, CPP_ONLY = "anywhere", "in .cpp only"
# Library: include pattern, and the modules (or first folders) that may include it.
HEAVY = [
    # A kernel with a gradient of its own is a differentiable function; that one header comes without the front end.
    ("LibTorch's differentiable functions", r"<torch/csrc/autograd/custom_function\.h",
        {"attention": CPP_ONLY, "train": CPP_ONLY, "distil": CPP_ONLY}),
    ("LibTorch's training front end", r"<torch/(?!headeronly/|csrc/autograd/custom_function\.h)",
        {"train": CPP_ONLY, "distil": CPP_ONLY}),
    ("LibTorch", r"<((ATen|c10|caffe2)/|torch/headeronly/)", {
        "tensor": ANYWHERE, "schedulers": ANYWHERE, "attention": ANYWHERE, "models": ANYWHERE, "capture": ANYWHERE,
        "train": ANYWHERE, "distil": ANYWHERE, "pipeline": ANYWHERE, "eval": ANYWHERE, "bench": ANYWHERE,
        "engine": CPP_ONLY}),
    ("CUDA", r"<(cuda|cublas|cudnn|nccl|cute/|cutlass/)", {"kernels": ANYWHERE, "tensor": CPP_ONLY}),
    ("FFmpeg", r"[<\"]lib(av|sw)", {"media": CPP_ONLY}),
    ("OpenCV", r"<opencv", {"media": CPP_ONLY, "eval": CPP_ONLY}),
    ("SQLite", r"<(SQLiteCpp/|sqlite3)", {"jobs": CPP_ONLY}),
    ("spdlog or fmt", r"<(spdlog|fmt)/", {"base": CPP_ONLY}),
    ("CLI11", r"<CLI/", {"app": ANYWHERE}),
    ("QCustomPlot", r"<qcustomplot", {"ui": CPP_ONLY}),
    ("Qt", r"<(Q[A-Z]|Qt)", {"ui": ANYWHERE, "app/gui_main.cpp": ANYWHERE}),
    ("GoogleTest", r"<g(test|mock)/", {"tests": ANYWHERE}),
]
# In headers only the tensor type itself: <ATen/ATen.h> and the operators cost seconds in every file that includes them.
LIGHT_ATEN = re.compile(r"<(ATen/core/Tensor(Base)?\.h|c10/)")
# Tests of these run in builds without LibTorch.
WITHOUT_TORCH = ["base", "plan", "world", "media", "jobs"]


def module_of(path):
    parts = path.split("/")
    if parts[0] == "core" and len(parts) > 2:
        return parts[1]
    if parts[0] == "kernels" and len(parts) > 2:
        return "kernels/" + parts[1]
    return parts[0]


def is_facade(path):
    return (path.startswith("core/") and module_of(path) in FACADE_MODULES) or bool(
        REQUEST_OR_RESULT.match(path)) or path == FACADE_FILE


def forbidden_project_include(path, included):
    """Why `path` may not include the project's file `included`; empty when it may."""
    here, there = module_of(path), module_of(included)
    if here == there or here == "tests":
        return ""
    if there == "tests":
        return "tests/ is for tests alone"
    if REQUEST_OR_RESULT.match(path):
        allowed = ["base", "plan"]
        return "" if there in allowed or REQUEST_OR_RESULT.match(included) else \
            "a request or result header may include only base, plan and other request and result headers"
    if here in ROWS:
        if there in ROWS[here] or (here == "jobs" and REQUEST_OR_RESULT.match(included)):
            return ""
        return f"the row of {here} is: {', '.join(ROWS[here]) or 'nothing'}"
    if here.startswith("kernels"):
        return "" if there in ("kernels/api", "kernels/common") else "kernels see kernels/api and kernels/common alone"
    if here == "ui":
        return "" if is_facade(included) else "ui sees the facade alone"
    if here == "app":
        if is_facade(included) or (there == "ui" and path.startswith("app/gui_")):
            return ""
        return "app sees the facade alone (base, plan, world, media, jobs, request and result headers, make_engine.h)"
    return ""


def check_file(root, path):
    problems = []
    here = module_of(path)
    is_header = path.endswith((".h", ".cuh"))
    for number, bracket, name in sources.includes(root, path):
        spot = f"{path}:{number}"
        top = name.split("/")[0]
        if bracket == '"' and top in ("core", "kernels", "ui", "app", "tests"):
            reason = forbidden_project_include(path, name)
            if reason:
                problems.append(f'{spot}: "{name}" is not for {here}: {reason}. Move the code, or pass a value instead.')
            if name == "core/base/json.h" and is_header and is_facade(path):
                problems.append(f'{spot}: "{name}" in a facade header. Include it in the .cpp, or take <nlohmann/json_fwd.hpp>.')
        elif bracket == '"' and not name.endswith(".moc") and not os.path.exists(os.path.join(root, name)) and not re.match(r"lib(av|sw)", name):
            problems.append(f'{spot}: "{name}" is no path from the root of the project. Write the whole path, or use <>.')
        problems += heavy_problems(path, here, is_header, spot, f"{'<' if bracket == '<' else chr(34)}{name}")
        if name == "nlohmann/json.hpp" and is_header and path != "core/base/json.h":
            problems.append(f"{spot}: <nlohmann/json.hpp> in a header. Include <nlohmann/json_fwd.hpp>.")
    return problems


def heavy_problems(path, here, is_header, spot, include):
    problems = []
    for library, pattern, allowed in HEAVY:
        if not re.match(pattern, include):
            continue
        if here == "tests":
            parts = path.split("/")
            if library.startswith("LibTorch") and parts[1:2] == ["core"] and parts[2] in WITHOUT_TORCH:
                problems.append(f"{spot}: {include}> in a test of {parts[2]}, which is built without LibTorch.")
            continue
        rule = allowed.get(path) or allowed.get(here) or allowed.get(here.split("/")[0])
        if rule is None:
            problems.append(f"{spot}: {library} is not for {here}. It belongs in: {', '.join(allowed)}.")
        elif rule == CPP_ONLY and is_header:
            problems.append(f"{spot}: {library} in a header of {here}. Include it in the .cpp alone.")
        elif library == "LibTorch" and is_facade(path):
            problems.append(f"{spot}: {include}> in a facade header. The window and the command line read it: plain values alone.")
        elif library == "LibTorch" and is_header and not LIGHT_ATEN.match(include):
            problems.append(f"{spot}: {include}> in a header. Take <ATen/core/Tensor.h> or 'namespace at {{ class Tensor; }}'.")
    return problems


def declared_modules(root):
    """Module name -> (its CMake file, its folder in core/, the modules named in DEPENDS and PRIVATE_DEPENDS).

    A folder may hold several libraries (media and media_boxes); the folder is what has a row.
    """
    declared = {}
    for path in sources.files(root):
        if not (path.startswith("core/") and path.endswith("CMakeLists.txt")):
            continue
        text = re.sub(r"#.*", "", "\n".join(sources.lines(root, path)))
        for call in re.findall(r"add_module\(([^)]*)\)", text):
            section, name, depends = "", "", set()
            for word in call.split():
                if word in ("NAME", "SOURCES", "HEADERS", "DEPENDS", "PRIVATE_DEPENDS", "TORCH"):
                    section = word
                elif section == "NAME":
                    name = word
                elif section == "DEPENDS":
                    depends.add(word)
                elif section == "PRIVATE_DEPENDS" and word.startswith("core_"):
                    depends.add(word[len("core_"):])
            declared[name] = (path, path.split("/")[1], depends)
    return declared


def check_cmake(root, all_files):
    problems = []
    declared = declared_modules(root)
    linked = {}  # folder -> folders that its libraries link, directly or not

    def folder_of(name):
        return declared[name][1] if name in declared else name

    def reachable(name, seen):
        for dependency in declared.get(name, ("", "", set()))[2] - seen:
            seen.add(dependency)
            reachable(dependency, seen)
        return seen

    for name, (path, folder, depends) in declared.items():
        if folder not in ROWS:
            problems.append(f"{path}: '{folder}' has no row in the layer table. Add one to check_layers.py and README.md.")
            continue
        for dependency in sorted(depends):
            if folder_of(dependency) not in ROWS[folder] + [folder]:
                problems.append(
                    f"{path}: {name} DEPENDS on {dependency}; its row is: {', '.join(ROWS[folder]) or 'nothing'}.")
        linked.setdefault(folder, set()).update(folder_of(other) for other in reachable(name, set()))
    for folder in linked:
        for source in all_files:
            if not source.startswith(f"core/{folder}/") or not source.endswith(sources.CODE):
                continue
            for number, _, included in sources.includes(root, source):
                other = module_of(included)
                if other in ROWS[folder] and other not in linked[folder] and not other.startswith("kernels") \
                        and not REQUEST_OR_RESULT.match(included):
                    problems.append(f"{source}:{number}: includes {other}, but the DEPENDS of {folder} do not name it.")
    return problems


def main():
    root = sources.root_from_arguments()
    all_files = sources.files(root)
    problems = []
    for path in all_files:
        if path.endswith(sources.CODE) and path.split("/")[0] in ("core", "kernels", "ui", "app", "tests"):
            problems += check_file(root, path)
    sources.report("layers", problems + check_cmake(root, all_files))


if __name__ == "__main__":
    main()
