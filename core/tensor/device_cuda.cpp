// The device seam of a CUDA build. It also serves machines without a driver: every question asks
// for the device count first, because a CUDA LibTorch says it has CUDA even where no driver is
// installed.

#include "core/tensor/device.h"

#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContextLight.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <cstdlib>
#include <utility>

namespace tessera::tensor {

std::string processorName();  // device.cpp
void releaseFreedHeap();      // device.cpp

namespace {

class CalledStep final : public RepeatedStep {
public:
    explicit CalledStep(std::function<void()> step) : m_step(std::move(step)) {}

    void run() override { m_step(); }

private:
    std::function<void()> m_step;
};

class GraphStep final : public RepeatedStep {
public:
    GraphStep(c10::Device device, std::function<void()> step) : m_step(std::move(step)) {
        const c10::cuda::CUDAGuard current(device);
        // Recording needs a stream of its own; so do the warm-up runs, whose allocations are then
        // reused.
        const c10::cuda::CUDAStream stream = c10::cuda::getStreamFromPool(true, device.index());
        c10::cuda::device_synchronize();
        {
            const c10::cuda::CUDAStreamGuard guard(stream);
            constexpr int kWarmUps =
                3;  // library handles, autotuning and workspaces settle within two
            for (int i = 0; i < kWarmUps; ++i) {
                m_step();
            }
            c10::cuda::device_synchronize();
            m_graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
            m_step();
            m_graph.capture_end();
        }
        c10::cuda::device_synchronize();
    }

    void run() override { m_graph.replay(); }

private:
    std::function<void()> m_step;  // keeps what the recorded step refers to
    at::cuda::CUDAGraph m_graph;
};

}  // namespace

int cudaDeviceCount() {
    static const int count =
        static_cast<int>(static_cast<unsigned char>(c10::cuda::device_count()));
    return count;
}

std::string deviceName(c10::Device device) {
    if (!device.is_cuda()) {
        return processorName();
    }
    return at::cuda::getDeviceProperties(device.index())->name;
}

int computeCapability(c10::Device device) {
    if (!device.is_cuda()) {
        return 0;
    }
    static const int kAsked = [] {
        const char* text = std::getenv("TESSERA_CAPABILITY");  // NOLINT(concurrency-mt-unsafe)
        return text == nullptr ? 0 : std::atoi(text);
    }();
    if (kAsked != 0) {
        return kAsked;
    }
    const cudaDeviceProp* properties = at::cuda::getDeviceProperties(device.index());
    return 10 * properties->major + properties->minor;
}

void synchronize(c10::Device device) {
    if (device.is_cuda()) {
        const c10::cuda::CUDAGuard guard(device);
        c10::cuda::device_synchronize();
    }
}

void* currentStream(c10::Device device) {
    return device.is_cuda() ? c10::cuda::getCurrentCUDAStream(device.index()).stream() : nullptr;
}

DeviceMemory deviceMemory(c10::Device device) {
    if (!device.is_cuda()) {
        return {};
    }
    // Before the first tensor the allocator knows no device.
    at::globalContext().lazyInitDevice(c10::DeviceType::CUDA);
    const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(device.index());
    const auto& reserved = stats.reserved_bytes[0];
    return {static_cast<std::uint64_t>(reserved.current),
            static_cast<std::uint64_t>(reserved.peak),
            at::cuda::getDeviceProperties(device.index())->totalGlobalMem};
}

void releaseFreedMemory(c10::Device device) {
    if (device.is_cuda() && cudaDeviceCount() > 0) {
        c10::cuda::CUDACachingAllocator::emptyCache();
    }
    releaseFreedHeap();
}

std::unique_ptr<RepeatedStep> RepeatedStep::record(c10::Device device, std::function<void()> step) {
    if (!device.is_cuda()) {
        return std::make_unique<CalledStep>(std::move(step));
    }
    return std::make_unique<GraphStep>(device, std::move(step));
}

}  // namespace tessera::tensor
