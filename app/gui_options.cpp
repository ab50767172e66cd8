#include "app/gui_options.h"

#include "core/base/version.h"

#include <cstdio>

#include <CLI/CLI.hpp>

namespace tessera::gui {
namespace {

constexpr int kUsage = 2;

// "1280x720"; false when it is no size.
bool readSize(const std::string& text, GuiOptions& options) {
    char rest = 0;
    return std::sscanf(text.c_str(), "%5dx%5d%c", &options.width, &options.height, &rest) == 2 &&
           options.width > 0 && options.height > 0;
}

}  // namespace

ParsedOptions parseGuiOptions(int argc, const char* const* argv) {
    ParsedOptions parsed;
    GuiOptions& options = parsed.options;
    CLI::App app(
        "Tessera: video from a sentence, on your own machine.\n"
        "Example: tessera-gui --data-dir /data/tessera --theme dark");
    app.set_version_flag("--version", std::string("Tessera ") + base::versionText());
    app.add_option("--data-dir", options.dataFolder, "Folder for clips, queue and settings");
    app.add_option("--theme", options.theme, "Theme for this start")
        ->check(CLI::IsMember({"dark", "light", "contrast", "system"}));
    app.add_option("--scale", options.scale, "Scale of the window, 1 to 3")
        ->check(CLI::Range(1.0, 3.0));
    app.add_option(
        "--screenshot",
        options.screenshots,
        "Write a picture of every workspace, dialog and state into this folder, and end");
    std::string size;
    app.add_option("--size", size, "Size of the window, for example 1280x720")
        ->check([&options](const std::string& text) {
            return readSize(text, options) ? std::string()
                                           : "'" + text + "' is not a size like 1280x720.";
        });
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& end) {
        parsed.exitCode = app.exit(end) == 0 ? 0 : kUsage;
    }
    return parsed;
}

}  // namespace tessera::gui
