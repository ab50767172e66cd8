#include "core/pipeline/latents.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace tessera::pipeline {

at::Tensor initialLatents(std::uint64_t seed,
                          std::int64_t channels,
                          std::int64_t frames,
                          std::int64_t height,
                          std::int64_t width) {
    auto generator = at::detail::createCPUGenerator(seed);
    return at::randn({1, channels, frames, height, width}, generator, at::kFloat);
}

}  // namespace tessera::pipeline
