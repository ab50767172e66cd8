#pragma once

// The rate of a matrix product: what this machine can do at best. Any thread, tensor operations not
// in use elsewhere.

#include "core/engine/make_engine.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

namespace tessera::engine {

// The best of as many products of [size, size] as fit into `seconds`, at least two after one to
// warm up.
ProductTime timeProduct(c10::Device device, c10::ScalarType type, int size, double seconds);

// A size that keeps the device busy for long enough to be timed.
inline int productSize(c10::Device device) {
    return device.is_cuda() ? 8192 : 1024;
}

}  // namespace tessera::engine
