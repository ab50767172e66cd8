#include "core/bench/environment.h"

#include "core/base/version.h"
#include "core/tensor/device.h"
#include "core/tensor/measure.h"

#include <torch/headeronly/version.h>

#include <array>
#include <ctime>

namespace tessera::bench {

namespace {

std::string utcNow() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    const std::size_t length =
        std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), length};
}

}  // namespace

std::string deviceWord(c10::Device device) {
    return device.is_cuda() ? "cuda:" + std::to_string(device.index()) : "cpu";
}

std::string precisionWord(c10::ScalarType dtype) {
    return dtype == c10::ScalarType::BFloat16 ? "bf16" : "fp32";
}

BenchEnvironment environmentOf(c10::Device device, c10::ScalarType dtype, int threads) {
    BenchEnvironment now;
    now.device = deviceWord(device);
    now.deviceName = tensor::deviceName(device);
    now.precision = precisionWord(dtype);
    now.threads = threads;
    now.instructionSet = tensor::cpuInstructionSet();
    now.clockMhz = tensor::clockMhz(device);
    now.libraries = {{"Tessera", base::versionText()}, {"LibTorch", TORCH_VERSION}};
    for (auto& library : tensor::deviceLibraries(device)) {
        now.libraries.push_back(std::move(library));
    }
    now.commit = TESSERA_COMMIT;
    now.date = utcNow();
    return now;
}

}  // namespace tessera::bench
