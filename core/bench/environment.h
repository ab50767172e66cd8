#pragma once

// The facts beside a measurement. Engine thread.

#include "core/bench/result.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <string>

namespace tessera::bench {

std::string deviceWord(c10::Device device);        // "cpu", "cuda:0"
std::string precisionWord(c10::ScalarType dtype);  // "fp32", "bf16"

// Of now; `device` is there.
BenchEnvironment environmentOf(c10::Device device, c10::ScalarType dtype, int threads);

}  // namespace tessera::bench
