#pragma once

// Loads the engine's library (engine_library.h) once the window stands: LibTorch takes seconds and
// hundreds of megabytes to map, which no first frame should wait for. Off the GUI thread.

#include "core/base/result.h"
#include "ui/bridge/engine_doors.h"

#include <filesystem>

namespace tessera::gui {

// Loads the library that stands beside the program, or in ../lib/tessera where it is installed.
ui::LoadDoors engineLoader();

// The same from this file. NotFound; Unsupported when it or a library it needs cannot be loaded;
// NewerSchema when it is of another build. The library stays loaded.
base::Result<ui::EngineDoors> loadEngine(const std::filesystem::path& library);

}  // namespace tessera::gui
