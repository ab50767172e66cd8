#include "app/gui_engine.h"

#include "app/engine_library.h"
#include "core/base/paths.h"
#include "core/base/version.h"

#include <array>
#include <string>
#include <string_view>
#include <system_error>

#include <dlfcn.h>

namespace tessera::gui {

using base::ErrorCode;
using base::Result;

namespace {

constexpr const char* kInstallAgain = "Install Tessera again, or build the target tessera_engine.";

std::string loaderText() {
    const char* text = ::dlerror();
    return text != nullptr ? text : "the loader gives no reason";
}

std::array<std::filesystem::path, 2> places() {
    std::error_code ignored;
    const std::filesystem::path folder =
        std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    return {folder / kEngineLibraryFile,
            (folder / ".." / "lib" / "tessera" / kEngineLibraryFile).lexically_normal()};
}

Result<ui::EngineDoors> loadFromPlaces() {
    std::string list;
    for (const std::filesystem::path& path : places()) {
        std::error_code ignored;
        if (std::filesystem::exists(path, ignored)) {
            return loadEngine(path);
        }
        list += (list.empty() ? "'" : " or '") + path.string() + "'";
    }
    return base::fail(ErrorCode::NotFound,
                      "The engine's library is missing; expected " + list + ".",
                      kInstallAgain,
                      kEngineLibraryFile);
}

}  // namespace

ui::LoadDoors engineLoader() {
    return loadFromPlaces;
}

Result<ui::EngineDoors> loadEngine(const std::filesystem::path& library) {
    std::error_code ignored;
    if (!std::filesystem::exists(library, ignored)) {
        return base::fail(ErrorCode::NotFound,
                          "The engine's library '" + library.string() + "' does not exist.",
                          kInstallAgain,
                          library.string());
    }
    // Never closed: LibTorch's threads and registries do not survive that.
    void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        return base::fail(
            ErrorCode::Unsupported,
            "The engine's library cannot be loaded: " + loaderText() + ".",
            "Run 'tessera doctor' in a terminal, which names what is missing on this machine.",
            library.string());
    }
    auto* open = reinterpret_cast<EngineLibraryFunction*>(::dlsym(handle, kEngineLibrarySymbol));
    const EngineLibrary* doors =
        open != nullptr ? open(EngineHost{base::dataFolder(), base::log}) : nullptr;
    if (doors == nullptr || std::string_view(doors->version) != base::versionText()) {
        return base::fail(ErrorCode::NewerSchema,
                          "The engine's library '" + library.string() +
                              "' is of another version than this program.",
                          kInstallAgain,
                          library.string());
    }
    return ui::EngineDoors{
        .makeEngine = [doors] { return doors->makeEngine({}); },
        .estimate = doors->estimate,
        .outlook = doors->outlook,
        .listModels = doors->listModels,
        .inspectModel =
            [doors](const std::filesystem::path& folder) {
                return doors->inspectModel(folder, {});
            },
        .examineMachine = doors->examineMachine,
    };
}

}  // namespace tessera::gui
