// The facade of the engine in a build without LibTorch (-DTESSERA_TORCH=OFF): everything that needs
// tensors says so. What needs none (world, recipes, clips) works.

#include "core/base/paths.h"
#include "core/engine/make_engine.h"

#include <system_error>
#include <thread>

#include <unistd.h>

namespace tessera::engine {

namespace {

base::Error withoutTorch() {
    return {base::ErrorCode::Unsupported,
            "This build has no LibTorch, which models and weights need.",
            "Configure with -DTESSERA_TORCH=ON and build again.",
            {}};
}

class NoEngine final : public jobs::Engine {
public:
    base::Result<jobs::JobResult> run(const jobs::JobSpec&, jobs::JobControl&) override {
        return base::fail(withoutTorch());
    }
};

FolderReport folderReport(const std::string& what, const std::filesystem::path& path) {
    FolderReport report{what, path, false, 0};
    // The folder may not exist yet: what counts is where it would be made.
    std::filesystem::path existing = path;
    std::error_code ignored;
    while (!existing.empty() && !std::filesystem::exists(existing, ignored) &&
           existing != existing.parent_path()) {
        existing = existing.parent_path();
    }
    report.isWritable = ::access(existing.c_str(), W_OK) == 0;
    const std::filesystem::space_info space = std::filesystem::space(existing, ignored);
    report.freeBytes = ignored ? 0 : space.available;
    return report;
}

}  // namespace

std::unique_ptr<jobs::Engine> makeEngine(const EngineOptions&) {
    return std::make_unique<NoEngine>();
}

base::Result<GenerationEstimate> estimate(const pipeline::GenerationRequest&) {
    return base::fail(withoutTorch());
}

base::Result<ModelInfo> inspectModel(const std::filesystem::path&, const std::stop_token&) {
    return base::fail(withoutTorch());
}

base::Result<std::vector<ModelInfo>> listModels() {
    return base::fail(withoutTorch());
}

base::Result<std::string> hashModel(const std::filesystem::path&, const std::stop_token&) {
    return base::fail(withoutTorch());
}

base::Result<SelfAttention> selfAttentionOf(const std::filesystem::path&, int) {
    return base::fail(withoutTorch());
}

base::Result<WeightsInfo> inspectWeights(const std::filesystem::path&) {
    return base::fail(withoutTorch());
}

std::vector<std::string> kernelNames() {
    return {};
}

DoctorReport examineMachine(double, const std::stop_token&) {
    DoctorReport report;
    report.threads = static_cast<int>(std::thread::hardware_concurrency());
    report.folders = {folderReport("data", base::dataFolder()),
                      folderReport("clips", base::clipsFolder())};
    report.missing = {
        {"LibTorch", "No clip can be generated with this build.", withoutTorch().hint}};
    report.defaultDevice = "cpu";
    report.defaultPrecision = "fp32";
    return report;
}

}  // namespace tessera::engine
