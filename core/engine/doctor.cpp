// What this machine is and what it lacks: the report behind `tessera doctor`.

#include "core/base/format.h"
#include "core/base/paths.h"
#include "core/base/version.h"
#include "core/engine/make_engine.h"
#include "core/engine/product_time.h"
#include "core/media/clip_writer.h"
#include "core/pipeline/model_card.h"
#include "core/tensor/device.h"

#include <torch/headeronly/version.h>

#include <algorithm>
#include <thread>

#include <unistd.h>

namespace tessera::engine {

namespace {

FolderReport reportFolder(const char* what, const std::filesystem::path& path) {
    FolderReport report;
    report.what = what;
    report.path = path;
    std::filesystem::path existing = path;
    std::error_code ignored;
    while (!existing.empty() && !std::filesystem::exists(existing, ignored) &&
           existing.has_relative_path()) {
        existing = existing.parent_path();
    }
    report.isWritable = ::access(existing.c_str(), W_OK) == 0;
    const auto space = std::filesystem::space(existing, ignored);
    report.freeBytes = ignored ? 0 : space.available;
    return report;
}

std::uint64_t pages(int name) {
    const long count = ::sysconf(name);
    return count > 0 ? static_cast<std::uint64_t>(count) *
                           static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))
                     : 0;
}

}  // namespace

DoctorReport examineMachine(double budgetSeconds, const std::stop_token& stop) {
    DoctorReport report;
    const c10::Device cpu(c10::DeviceType::CPU);
    report.threads = tensor::setThreads(0);
    report.instructionSets = {tensor::cpuInstructionSet()};
    report.devices.push_back(
        {"cpu", tensor::deviceName(cpu), pages(_SC_PHYS_PAGES), pages(_SC_AVPHYS_PAGES), ""});
    const int cards = tensor::cudaDeviceCount();
    for (int i = 0; i < cards; ++i) {
        const c10::Device card(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(i));
        const tensor::DeviceMemory memory = tensor::deviceMemory(card);
        report.devices.push_back({"cuda:" + std::to_string(i),
                                  tensor::deviceName(card),
                                  memory.total,
                                  memory.total - memory.used,
                                  ""});
    }
    report.libraries = {{"Tessera", base::versionText()}, {"LibTorch", TORCH_VERSION}};

    const int kinds = 2 * (1 + cards);
    for (int i = -1; i < cards && !stop.stop_requested(); ++i) {
        const std::string device = i < 0 ? "cpu" : "cuda:" + std::to_string(i);
        for (const char* precision : {"fp32", "bf16"}) {
            if (i < 0 && precision == std::string("bf16") && !tensor::cpuHasBf16()) {
                report.products.push_back({device,
                                           precision,
                                           productSize(device),
                                           0.0,
                                           0.0,
                                           "left out: this processor has no bf16 instructions"});
                continue;
            }
            report.products.push_back(timeProduct(device, precision, 0.6 * budgetSeconds / kinds));
        }
    }
    const c10::Device best = cards > 0 ? c10::Device(c10::DeviceType::CUDA, 0) : cpu;
    report.defaultDevice = cards > 0 ? "cuda:0" : "cpu";
    report.defaultPrecision = tensor::fastestPrecision(best) == at::kBFloat16 ? "bf16" : "fp32";

    report.folders = {reportFolder("data", base::dataFolder()),
                      reportFolder("clips", base::clipsFolder()),
                      reportFolder("models", base::dataFolder() / "models"),
                      reportFolder("temporary", std::filesystem::temp_directory_path())};
    for (const FolderReport& folder : report.folders) {
        if (!folder.isWritable) {
            report.missing.push_back(
                {"write access to " + folder.path.string(),
                 "Nothing can be kept there.",
                 "Choose another folder with --data-dir, or change its permissions."});
        }
    }
    const auto card = pipeline::readModelCard({});
    if (!card) {
        report.missing.push_back(
            {"the bundled model", "generate needs --model DIR.", base::describe(card.error())});
    } else if (const base::Status whole = pipeline::checkHasWeights(*card); !whole) {
        report.missing.push_back({"the weights of the bundled model",
                                  "generate needs --model DIR.",
                                  base::describe(whole.error())});
    }
    if (!media::checkClip("clip.mp4", 288, 192, 8.0)) {
        report.missing.push_back(
            {"a video codec",
             "Clips are written as .npy or .png alone.",
             "Build with TESSERA_MEDIA=ON where FFmpeg's libraries are installed."});
    }
    if (cards == 0) {
        report.devices.front().note = "no usable CUDA device: everything runs on the processor";
    }
    return report;
}

}  // namespace tessera::engine
