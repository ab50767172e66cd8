#pragma once

// A finished clip to another file: the same bytes for MP4, written anew with the recipe inside for
// GIF and PNG. Runs on the disk worker. Any thread but the GUI's.

#include "core/base/frames.h"
#include "core/base/result.h"

#include <filesystem>

namespace tessera::ui {

struct ExportedClip {
    std::filesystem::path path;
    bool hasRecipe = false;  // read back from the file
};

// BadInput (suffix), NotFound, NotWritable, NoSpace. An existing file is replaced: the dialog
// asked.
base::Result<ExportedClip> exportClip(const std::filesystem::path& clip,
                                      const base::SharedFrames& frames,
                                      const std::filesystem::path& target);

}  // namespace tessera::ui
