// The device seam of a build without CUDA.

#include "core/tensor/device.h"

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

}  // namespace

int cudaDeviceCount() {
    return 0;
}

std::string deviceName(c10::Device) {
    return processorName();
}

int computeCapability(c10::Device) {
    return 0;
}

void synchronize(c10::Device) {}

void* currentStream(c10::Device) {
    return nullptr;
}

DeviceMemory deviceMemory(c10::Device) {
    return {};
}

void releaseFreedMemory(c10::Device) {
    releaseFreedHeap();
}

std::unique_ptr<RepeatedStep> RepeatedStep::record(c10::Device, std::function<void()> step) {
    return std::make_unique<CalledStep>(std::move(step));
}

}  // namespace tessera::tensor
