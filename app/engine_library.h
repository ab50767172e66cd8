#pragma once

// What the engine's library (libtessera_engine.so) gives to a program that loads it: one C function
// that returns plain function pointers, the facade of core/engine/make_engine.h. The library hides
// everything else, its own copies of the lower modules included; so the state that has to be one in
// a process (data folder, log) is handed over in EngineHost instead of being shared by the linker,
// and no flag of the loading program can break that. Program and library are of one build.

#include "core/base/log.h"
#include "core/engine/make_engine.h"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string_view>
#include <vector>

namespace tessera::gui {

// What the loading program is to the library. Copied; to be handed over again when it changes.
struct EngineHost {
    std::filesystem::path dataFolder;

    // Takes the library's lines of Info and above, on the thread that logs.
    void (*log)(base::LogLevel level, std::string_view text) = nullptr;
};

struct EngineLibrary {
    const char* version = nullptr;  // versionText() of its build
    std::unique_ptr<jobs::Engine> (*makeEngine)(const engine::EngineOptions& options) = nullptr;
    base::Result<engine::GenerationEstimate> (*estimate)(
        const pipeline::GenerationRequest& request) = nullptr;
    base::Result<bench::BenchOutlook> (*outlook)(const bench::BenchRequest& request) = nullptr;
    base::Result<std::vector<engine::ModelInfo>> (*listModels)() = nullptr;
    base::Result<engine::ModelInfo> (*inspectModel)(const std::filesystem::path& folder,
                                                    const std::stop_token& stop) = nullptr;
    engine::DoctorReport (*examineMachine)(double budgetSeconds,
                                           const std::stop_token& stop) = nullptr;
};

inline constexpr const char* kEngineLibraryFile = "libtessera_engine.so";
inline constexpr const char* kEngineLibrarySymbol = "tesseraEngineLibrary";

// Valid until the end of the process: the library is never unloaded.
using EngineLibraryFunction = const EngineLibrary*(const EngineHost& host);

}  // namespace tessera::gui
