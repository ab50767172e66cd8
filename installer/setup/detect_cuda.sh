#!/usr/bin/env bash
# Prints what CUDA this machine has, as three lines: driver=yes|no, toolkit=<root of a CUDA 13 toolkit, or nothing> and
# passed_over=<roots of toolkits of other versions, which LibTorch 2.11 cannot be built with>.
set -euo pipefail

driver=no
if [[ -e /proc/driver/nvidia/version || -e /dev/nvidiactl ]] || command -v nvidia-smi >/dev/null; then
    driver=yes
fi

toolkit="" passed_over=""
for root in "${CUDA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v nvcc || true)")")")" \
    /usr/local/cuda /usr/local/cuda-13*; do
    [[ -n "$root" && -x "$root/bin/nvcc" ]] || continue
    version="$("$root/bin/nvcc" --version | sed -n 's/.*release \([0-9]*\)\..*/\1/p')"
    if [[ "$version" == 13 ]]; then
        toolkit="$root"
        break
    fi
    passed_over+="$root (CUDA ${version:-unknown}) "
done
echo "driver=$driver"
echo "toolkit=$toolkit"
echo "passed_over=$passed_over"
