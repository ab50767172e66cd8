#pragma once

// The noise a clip starts from. Drawn on the CPU, so that a seed means the same clip on every
// device. Engine thread.

#include <cstdint>

namespace at {
class Tensor;
}

namespace tessera::pipeline {

// Standard normals [1, C, F, h, w], fp32, on the CPU.
at::Tensor initialLatents(std::uint64_t seed,
                          std::int64_t channels,
                          std::int64_t frames,
                          std::int64_t height,
                          std::int64_t width);

}  // namespace tessera::pipeline
