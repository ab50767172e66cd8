// Measurements in a CUDA build; it also serves machines without a driver.

#include "core/tensor/measure.h"
#include "core/tensor/measure_host.h"

#include <ATen/cuda/CUDAEvent.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>

namespace tessera::tensor {

namespace {

class CudaWork final : public TimedWork {
public:
    CudaWork(c10::Device device, const std::function<void()>& work) {
        const c10::cuda::CUDAGuard current(device);
        m_start.record();
        work();
        m_end.record();
    }

    double milliseconds() override {
        m_end.synchronize();
        return static_cast<double>(m_start.elapsed_time(m_end));
    }

private:
    at::cuda::CUDAEvent m_start{cudaEventDefault};  // with timing
    at::cuda::CUDAEvent m_end{cudaEventDefault};
};

// 13000 -> "13.0", as CUDA counts.
std::string cudaVersion(int version) {
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

}  // namespace

std::unique_ptr<TimedWork> TimedWork::submit(c10::Device device,
                                             const std::function<void()>& work) {
    if (!device.is_cuda()) {
        return timedOnHost(work);
    }
    return std::make_unique<CudaWork>(device, work);
}

std::vector<std::pair<std::string, std::string>> deviceLibraries(c10::Device device) {
    if (!device.is_cuda()) {
        return {};
    }
    std::vector<std::pair<std::string, std::string>> libraries;
    int version = 0;
    if (cudaRuntimeGetVersion(&version) == cudaSuccess) {
        libraries.emplace_back("CUDA runtime", cudaVersion(version));
    }
    if (cudaDriverGetVersion(&version) == cudaSuccess) {
        libraries.emplace_back("CUDA driver", cudaVersion(version));
    }
    const auto& hooks = at::detail::getCUDAHooks();
    if (hooks.compiledWithCuDNN()) {
        const long cudnn = hooks.versionRuntimeCuDNN();  // 91900 is 9.19.0
        libraries.emplace_back("cuDNN",
                               std::to_string(cudnn / 10000) + "." +
                                   std::to_string(cudnn / 100 % 100) + "." +
                                   std::to_string(cudnn % 100));
    }
    return libraries;
}

double clockMhz(c10::Device device) {
    if (!device.is_cuda()) {
        return processorClockMhz();
    }
    int kilohertz = 0;
    return cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, device.index()) == cudaSuccess
               ? kilohertz / 1000.0
               : 0.0;
}

}  // namespace tessera::tensor
