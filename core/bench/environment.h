#pragma once

// The facts beside a measurement. Engine thread.

#include "core/bench/result.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

namespace tessera::bench {

// Of now; `device` is there.
BenchEnvironment environmentOf(c10::Device device, c10::ScalarType dtype, int threads);

}  // namespace tessera::bench
