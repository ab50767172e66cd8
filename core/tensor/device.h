#pragma once

// The seam between CPU and CUDA: which device, which precision, how a step is recorded and
// replayed. Two implementations serve it, device_cuda.cpp and device_cpu.cpp; nothing above asks
// which one was built. Call from the thread that owns the tensors.

#include "core/base/result.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tessera::tensor {

// "auto" (first CUDA device, else the CPU), "cpu" or "cuda:N". BadInput for another text,
// Unsupported with the reason when there is no such device.
base::Result<c10::Device> openDevice(std::string_view name);

// Number of usable CUDA devices; 0 without a driver or in a CPU build.
int cudaDeviceCount();

// 90 for compute capability 9.0; 0 for the CPU. The variable TESSERA_CAPABILITY answers in place of
// the device: with 80, a later device runs the kernels of capability 8.0 in a build with
// TESSERA_SM80_ANYWHERE.
int computeCapability(c10::Device device);

// "NVIDIA H100 80GB HBM3" or the processor's name.
std::string deviceName(c10::Device device);

// True when the processor multiplies bf16 natively (AVX-512 BF16 or AMX): asked once, at run time.
bool cpuHasBf16();

// The best instruction set found, for messages: "avx512_bf16", "avx512", "avx2", "sse2".
std::string cpuInstructionSet();

// BFloat16 on CUDA and on processors that have it, else Float.
c10::ScalarType fastestPrecision(c10::Device device);

// Makes `threads` the number of threads of tensor operations in the whole process; 0 = all cores.
// Returns it.
int setThreads(int threads);

// Waits until everything submitted to the device is done.
void synchronize(c10::Device device);

// The stream that tensor operations of this thread go to, as kernels/api takes it; null on the CPU.
void* currentStream(c10::Device device);

// Bytes of device memory held by this process, and the most it ever held; 0 for the CPU.
struct DeviceMemory {
    std::uint64_t used = 0;
    std::uint64_t peak = 0;
    std::uint64_t total = 0;
};

DeviceMemory deviceMemory(c10::Device device);

// Gives memory that was freed, but is kept for the next tensors, back to the system: the heap's,
// and on CUDA the allocator's cache.
void releaseFreedMemory(c10::Device device);

// Seeds the default generator of the device.
void seedDevice(c10::Device device, std::uint64_t seed);

// A step that runs many times on the same tensors. On CUDA it is recorded once and replayed as a
// graph (allocations of the recorded step stay reserved for it); on the CPU it is simply called.
class RepeatedStep {
public:
    // `step` must read and write only tensors that outlive this object and must not synchronise. On
    // CUDA it is called three times to warm up, then recorded.
    static std::unique_ptr<RepeatedStep> record(c10::Device device, std::function<void()> step);

    virtual ~RepeatedStep() = default;
    virtual void run() = 0;
};

}  // namespace tessera::tensor
