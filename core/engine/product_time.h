#pragma once

// The rate of a matrix product: what this machine can do at best. Any thread, tensor operations not
// in use elsewhere.

#include "core/engine/make_engine.h"

#include <string>

namespace tessera::engine {

// The best of as many products of large square matrices as fit into `seconds`, at least two after
// one to warm up. `device` is "cpu" or "cuda:N" and there; `precision` is "fp32" or "bf16".
ProductTime timeProduct(const std::string& device, const std::string& precision, double seconds);

// The size of those matrices: one that keeps the device busy for long enough to be timed.
int productSize(const std::string& device);

}  // namespace tessera::engine
