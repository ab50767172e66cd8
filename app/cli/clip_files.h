#pragma once

// Clips and recipes as the commands see them, with codecs (clip_files_media.cpp) or, in builds
// without them, as NPY, PNG and JSON alone (clip_files_plain.cpp).

#include "core/base/frames.h"
#include "core/base/result.h"

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tessera::cli {

// BadInput when no clip of that size and rate can be written under this name; for a look before the
// work starts.
base::Status checkClipPath(const std::filesystem::path& path, int width, int height, double fps);

// Writes the frames by suffix; `comment` goes inside where the form has a place for it. Returns the
// files made. Nothing remains after an error or a stop.
base::Result<std::vector<std::filesystem::path>> writeFrames(const std::filesystem::path& path,
                                                             const base::FrameSequence& frames,
                                                             const std::string& comment,
                                                             const std::stop_token& stop);

// The recipe inside a clip, or the text of a recipe file. NotFound, BadFile.
base::Result<std::string> readRecipeText(const std::filesystem::path& path);

// What there is to say about a clip or picture: container, codec, size, rate, frames, bytes.
// NotFound, BadFile.
base::Result<nlohmann::ordered_json> clipFacts(const std::filesystem::path& path);

// The comment inside a clip or picture; empty when there is none.
std::string clipComment(const std::filesystem::path& path);

}  // namespace tessera::cli
