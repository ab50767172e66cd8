// The part of the device seam that both builds share: names, threads and the processor's abilities.

#include "core/tensor/device.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <charconv>
#include <fstream>
#include <thread>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace tessera::tensor {

base::Result<c10::Device> openDevice(std::string_view name) {
    const int count = cudaDeviceCount();
    if (name == "cpu" || (name == "auto" && count == 0)) {
        return c10::Device(c10::DeviceType::CPU);
    }
    if (name == "auto") {
        return c10::Device(c10::DeviceType::CUDA, 0);
    }
    constexpr std::string_view kPrefix = "cuda:";
    int index = -1;
    if (name.starts_with(kPrefix)) {
        const std::string_view digits = name.substr(kPrefix.size());
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), index);
        if (error != std::errc() || end != digits.data() + digits.size()) {
            index = -1;
        }
    }
    if (index < 0) {
        return base::fail(
            base::ErrorCode::BadInput,
            "There is no device called \"" + std::string(name) +
                "\"; devices are auto, cpu and cuda:N.",
            "Use --device auto, --device cpu or, for the first GPU, --device cuda:0.");
    }
    if (index >= count) {
        return base::fail(
            base::ErrorCode::Unsupported,
            "Device cuda:" + std::to_string(index) +
                " was asked for; usable CUDA devices found: " + std::to_string(count) + ".",
            "Use --device cpu, or see 'tessera doctor' for what is missing.");
    }
    return c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(index));
}

bool cpuHasBf16() {
    return __builtin_cpu_supports("avx512bf16") != 0;
}

std::string cpuInstructionSet() {
    if (cpuHasBf16()) {
        return "avx512_bf16";
    }
    if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0) {
        return "avx512";
    }
    return __builtin_cpu_supports("avx2") != 0 ? "avx2" : "sse2";
}

c10::ScalarType fastestPrecision(c10::Device device) {
    return device.is_cuda() || cpuHasBf16() ? c10::ScalarType::BFloat16 : c10::ScalarType::Float;
}

int setThreads(int threads) {
    if (threads <= 0) {
        threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    }
    at::set_num_threads(threads);
    return threads;
}

void seedDevice(c10::Device device, std::uint64_t seed) {
    auto generator = at::globalContext().defaultGenerator(device);
    generator.set_current_seed(seed);
}

// This and the next are declared in the two device_*.cpp.
void releaseFreedHeap() {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

std::string processorName() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (line.starts_with("model name")) {
            const std::size_t colon = line.find(": ");
            return colon == std::string::npos ? "CPU" : line.substr(colon + 2);
        }
    }
    return "CPU";
}

}  // namespace tessera::tensor
