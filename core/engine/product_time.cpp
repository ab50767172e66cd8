#include "core/engine/product_time.h"

#include "core/tensor/device.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>

namespace tessera::engine {

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

int productSize(const std::string& device) {
    return device == "cpu" ? 1024 : 8192;
}

ProductTime timeProduct(const std::string& device, const std::string& precision, double seconds) {
    const at::NoGradGuard noGrad;
    const c10::Device place(device);
    const int size = productSize(device);
    const auto options =
        at::TensorOptions().dtype(precision == "bf16" ? at::kBFloat16 : at::kFloat).device(place);
    const at::Tensor a = at::randn({size, size}, at::kFloat).to(options);
    const at::Tensor b = at::randn({size, size}, at::kFloat).to(options);
    at::Tensor c = at::matmul(a, b);
    tensor::synchronize(place);
    ProductTime time;
    time.device = device;
    time.precision = precision;
    time.size = size;
    time.seconds = std::numeric_limits<double>::infinity();
    const Clock::time_point begin = Clock::now();
    for (int runs = 0; runs < 2 || since(begin) < seconds; ++runs) {
        const Clock::time_point start = Clock::now();
        at::matmul_out(c, a, b);
        tensor::synchronize(place);
        time.seconds = std::min(time.seconds, since(start));
    }
    time.gflops = 2.0 * size * static_cast<double>(size) * size / time.seconds * 1e-9;
    return time;
}

}  // namespace tessera::engine
