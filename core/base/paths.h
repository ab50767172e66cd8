#pragma once

// Where things live: the data folder (XDG on Linux, or --data-dir) and the resources that ship with
// the program. Any thread after setDataFolder().

#include "core/base/result.h"

#include <filesystem>

namespace tessera::base {

// $XDG_DATA_HOME/tessera or ~/.local/share/tessera, unless setDataFolder() was called.
std::filesystem::path dataFolder();
void setDataFolder(const std::filesystem::path& folder);

// Clips made without -o go here: "<data>/clips".
std::filesystem::path clipsFolder();

// The folder that holds models/: beside the executable's installation (../share/tessera), or
// resources/ of the source tree the program was built from. NotFound when neither exists.
Result<std::filesystem::path> resourcesFolder();

}  // namespace tessera::base
