#include "core/base/paths.h"

#include <array>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include <pwd.h>
#include <unistd.h>

namespace tessera::base {
namespace {

struct ChosenFolder {
    std::mutex mutex;
    std::filesystem::path folder;
};

ChosenFolder& chosenFolder() {
    static ChosenFolder chosen;
    return chosen;
}

// The value of an environment variable; empty when it is not set.
std::string environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? std::string() : std::string(value);
}

// $HOME, or what the user database says when a service runs without it.
std::filesystem::path homeFolder() {
    if (const std::string home = environment("HOME"); !home.empty()) {
        return home;
    }

    struct passwd entry {};
    struct passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
        found != nullptr) {
        return found->pw_dir;
    }
    return std::filesystem::temp_directory_path();
}

bool isFolder(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::is_directory(path, ignored);
}

}  // namespace

std::filesystem::path dataFolder() {
    {
        ChosenFolder& chosen = chosenFolder();
        const std::lock_guard lock(chosen.mutex);
        if (!chosen.folder.empty()) {
            return chosen.folder;
        }
    }
    // A relative value has no meaning and is passed over (XDG Base Directory Specification).
    const std::filesystem::path xdg = environment("XDG_DATA_HOME");
    return (xdg.is_absolute() ? xdg : homeFolder() / ".local" / "share") / "tessera";
}

void setDataFolder(const std::filesystem::path& folder) {
    ChosenFolder& chosen = chosenFolder();
    const std::lock_guard lock(chosen.mutex);
    chosen.folder = folder;
}

std::filesystem::path clipsFolder() {
    return dataFolder() / "clips";
}

Result<std::filesystem::path> resourcesFolder() {
    if (const std::string chosen = environment("TESSERA_RESOURCES"); !chosen.empty()) {
        if (isFolder(chosen)) {
            return std::filesystem::path(chosen);
        }
        return fail(ErrorCode::NotFound,
                    "TESSERA_RESOURCES is '" + chosen + "', which is not a folder.",
                    "Set it to the folder that holds models/, or unset it.",
                    "TESSERA_RESOURCES");
    }
    std::vector<std::filesystem::path> candidates;
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    if (!program.empty()) {
        const auto prefix = program.parent_path().parent_path();
        candidates.push_back(prefix / "share" / "tessera");
    }
    candidates.emplace_back(TESSERA_SOURCE_RESOURCES);
    std::string tried;
    for (const auto& candidate : candidates) {
        if (isFolder(candidate)) {
            return candidate;
        }
        tried += (tried.empty() ? "'" : ", '") + candidate.string() + "'";
    }
    return fail(ErrorCode::NotFound,
                "The resources of the program were not found; looked in " + tried + ".",
                "Install the program again, or set TESSERA_RESOURCES to the folder that holds "
                "models/.",
                "resources");
}

}  // namespace tessera::base
