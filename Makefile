# A thin front: what is installed is decided in installer/setup, what is built in CMake, what is checked in tests/tools.

CUDA ?= auto
CONFIG ?= full
# Each compile job may take 3 GB with LibTorch's headers.
JOBS ?= $(shell awk -v cores=$$(nproc) '/^MemTotal/ {m = int($$2 / 3145728)} END {j = m < cores ? m : cores; print j < 1 ? 1 : j}' /proc/meminfo)
CMAKE := build/env/bin/cmake
export CUDA CONFIG JOBS

.DEFAULT_GOAL := help
.PHONY: help run test build stories format check setup

help:
	@echo "make run      install what is missing, build, and open the window; without a display, make a clip under build/run/"
	@echo "make test     install what is missing, build, run every test; the last line is 'N passed, N failed'"
	@echo "make stories  build, then drive the real window on a virtual screen: the acceptance stories"
	@echo "make build    install what is missing and build; the programs are build/tessera and build/tessera-gui"
	@echo "make format   lay out the sources with clang-format"
	@echo "make check    for makers: format, clang-tidy, warnings as errors, sanitizers, fuzz targets, rules"
	@echo
	@echo "CUDA=auto|on|off   kernels and the CUDA edition of LibTorch (auto: where a toolkit or a driver is found)"
	@echo "JOBS=$(JOBS)             compile jobs at a time      CONFIG=$(CONFIG)   a preset of CMakePresets.json"
	@echo "TORCH_DIR=<libtorch>/share/cmake/Torch   another LibTorch      SYSTEM=no   leave system packages alone"

setup:
	@installer/setup/setup.sh build

build: setup
	@installer/setup/build.sh $(CONFIG)

run: setup
	@installer/setup/build.sh $(CONFIG) programs
	@app/run.sh

test: build
	@tests/tools/run_tests.sh build/$(CONFIG)

stories: build
	@build/env/bin/ctest --test-dir build/$(CONFIG) -L stories --output-on-failure

format:
	@installer/setup/setup.sh build check
	@tests/tools/format.sh

check:
	@installer/setup/setup.sh build check
	@tests/tools/check.sh
