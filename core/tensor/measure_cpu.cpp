// Measurements in a build without CUDA.

#include "core/tensor/measure.h"
#include "core/tensor/measure_host.h"

namespace tessera::tensor {

std::unique_ptr<TimedWork> TimedWork::submit(c10::Device, const std::function<void()>& work) {
    return timedOnHost(work);
}

std::vector<std::pair<std::string, std::string>> deviceLibraries(c10::Device) {
    return {};
}

double clockMhz(c10::Device) {
    return processorClockMhz();
}

}  // namespace tessera::tensor
