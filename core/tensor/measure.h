#pragma once

// What a measurement needs of a device: the time that work on it takes, and the facts that belong
// beside a number. Two implementations serve it, measure_cuda.cpp and measure_cpu.cpp. Call from
// the thread that owns the tensors.

#include <c10/core/Device.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tessera::tensor {

// One piece of work that was handed to a device, with its time.
class TimedWork {
public:
    // Calls `work`, on CUDA between two events of the current stream: it may still run when this
    // returns, and what is measured is the device's time. On the CPU it is done then.
    static std::unique_ptr<TimedWork> submit(c10::Device device, const std::function<void()>& work);

    virtual ~TimedWork() = default;

    // Waits until the work is done.
    virtual double milliseconds() = 0;
};

// Name and version of what the device's work goes through, besides LibTorch: CUDA's runtime,
// driver and cuDNN; nothing for the CPU.
std::vector<std::pair<std::string, std::string>> deviceLibraries(c10::Device device);

// The highest clock of the card, or the processor's at this moment; 0 = not known.
double clockMhz(c10::Device device);

}  // namespace tessera::tensor
