#pragma once

// The words that travel inside a clip: the recipe that makes it again, the same for people, and a
// comment. Read here from every form that carries them, without a codec, so the command line, the
// window and the fuzzers can ask any file. Any thread.

#include "core/base/result.h"

#include <cstddef>
#include <filesystem>
#include <string>

namespace tessera::media {

struct ClipMetadata {
    std::string recipeJson;      // JSON text; what `readRecipe` gives back
    std::string parametersText;  // the recipe as a person reads it
    std::string comment;  // shown by players; empty = the recipe, so that it survives a remux

    bool isEmpty() const { return recipeJson.empty() && parametersText.empty() && comment.empty(); }

    bool operator==(const ClipMetadata&) const = default;
};

// No text inside a clip may be longer: a recipe takes a few kilobytes, and readers hold it whole.
inline constexpr std::size_t kMaxMetadataBytes = 8u << 20;

// BadInput when a text is longer than kMaxMetadataBytes, is not UTF-8, or when recipeJson is not
// JSON.
base::Status checkMetadata(const ClipMetadata& metadata);

// Everything an MP4, GIF or PNG carries; the form is told by the file's content, not by its name.
// Empty texts where there are none. NotFound, BadFile (also for a file of another form).
base::Result<ClipMetadata> readClipMetadata(const std::filesystem::path& path);

// The recipe inside an MP4, GIF or PNG, or the text of a recipe file (JSON); always one JSON
// object. NotFound, BadFile (also when the clip has no recipe).
base::Result<std::string> readRecipe(const std::filesystem::path& path);

}  // namespace tessera::media
