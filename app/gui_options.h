#pragma once

// What `tessera-gui` understands on its command line. Read before anything of the window exists.

#include <filesystem>
#include <optional>
#include <string>

namespace tessera::gui {

struct GuiOptions {
    std::filesystem::path dataFolder;   // empty = the usual one
    std::filesystem::path screenshots;  // empty = open the window
    std::string theme;   // "dark", "light", "contrast", "system"; empty = the settings'
    double scale = 1.0;  // of everything on screen, 1 to 3
    int width = 0;       // of the window; 0 = where it was
    int height = 0;
};

// The options, or the exit code with which to end at once: help and version were printed, or a word
// was wrong and said so.
struct ParsedOptions {
    GuiOptions options;
    std::optional<int> exitCode;
};

ParsedOptions parseGuiOptions(int argc, const char* const* argv);

}  // namespace tessera::gui
