#include "core/media/clip_metadata.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/media/big_endian.h"
#include "core/media/gif_comment.h"
#include "core/media/png_text.h"
#include "core/media/recipe_boxes.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera::media {

namespace {

// GIF and PNG carry our texts before their pixels: this much of the file holds three of the longest
// with their block headers.
constexpr std::uint64_t kMaxHeadBytes = 4 * kMaxMetadataBytes;

// Enough to tell the forms apart.
constexpr std::uint64_t kSignatureBytes = 16;

enum class Content { Mp4, Gif, Png, Other };

Content contentOf(std::string_view head) {
    if (head.starts_with("GIF8")) {
        return Content::Gif;
    }
    if (head.starts_with("\x89PNG")) {
        return Content::Png;
    }
    // QuickTime files may begin with any of these; MP4 files always begin with the first.
    const std::string_view type = head.substr(std::min<std::size_t>(4, head.size()));
    for (const char* name : {"ftyp", "moov", "mdat", "free", "skip", "wide"}) {
        if (type.starts_with(name)) {
            return Content::Mp4;
        }
    }
    return Content::Other;
}

base::Error named(base::Error error, const std::filesystem::path& path) {
    if (error.where.empty()) {
        error.where = path.string();
    }
    return error;
}

// The first `count` bytes, or all of a shorter file.
base::Result<std::vector<std::uint8_t>> firstBytes(const base::InputFile& file,
                                                   std::uint64_t count) {
    std::vector<std::uint8_t> bytes(std::min(file.sizeBytes(), count));
    if (auto read = file.readAt(0, bytes); !read) {
        return base::fail(read.error());
    }
    return bytes;
}

base::Result<ClipMetadata> readHead(const base::InputFile& file, Content content) {
    const auto head = firstBytes(file, kMaxHeadBytes);
    if (!head) {
        return base::fail(head.error());
    }
    return content == Content::Gif ? readGifMetadata(*head) : readPngMetadata(*head);
}

// Recipes are objects: a list or a number in their place is another kind of file.
base::Status checkRecipe(std::string_view text, std::string_view what) {
    const auto json = base::parseJson(text, what);
    if (!json) {
        return base::fail(json.error());
    }
    if (!json->is_object()) {
        return base::fail(base::ErrorCode::BadFile,
                          "The " + std::string(what) + " is JSON but not an object.",
                          "Use a recipe that this program wrote.",
                          std::string(what));
    }
    return {};
}

}  // namespace

base::Status checkMetadata(const ClipMetadata& metadata) {
    const std::pair<const char*, const std::string*> texts[] = {
        {"recipe", &metadata.recipeJson},
        {"readable text", &metadata.parametersText},
        {"comment", &metadata.comment}};
    for (const auto& [name, text] : texts) {
        if (text->size() > kMaxMetadataBytes) {
            return base::fail(base::ErrorCode::BadInput,
                              "The " + std::string(name) + " has " + std::to_string(text->size()) +
                                  " bytes; at most " + std::to_string(kMaxMetadataBytes) +
                                  " fit into a clip.",
                              "Shorten the prompt, or write the clip without metadata.");
        }
        if (!isUtf8(*text)) {
            return base::fail(base::ErrorCode::BadInput,
                              "The " + std::string(name) + " is not UTF-8 text.",
                              "Type the prompt again in a UTF-8 terminal.");
        }
    }
    if (!metadata.recipeJson.empty()) {
        if (auto checked = checkRecipe(metadata.recipeJson, "recipe"); !checked) {
            base::Error error = checked.error();
            error.code = base::ErrorCode::BadInput;
            return base::fail(std::move(error));
        }
    }
    return {};
}

base::Result<ClipMetadata> readClipMetadata(const std::filesystem::path& path) {
    const auto file = base::InputFile::open(path);
    if (!file) {
        return base::fail(file.error());
    }
    const auto head = firstBytes(*file, kSignatureBytes);
    if (!head) {
        return base::fail(head.error());
    }
    base::Result<ClipMetadata> metadata;
    const Content content = contentOf(asText(*head));
    switch (content) {
        case Content::Mp4:
            metadata = readMp4MetadataFile(path);
            break;
        case Content::Gif:
        case Content::Png:
            metadata = readHead(*file, content);
            break;
        case Content::Other:
            return base::fail(base::ErrorCode::BadFile,
                              "The file '" + path.string() + "' is no MP4, GIF or PNG.",
                              "Name a clip that this program wrote.",
                              path.string());
    }
    if (!metadata) {
        return base::fail(named(metadata.error(), path));
    }
    return metadata;
}

base::Result<std::string> readRecipe(const std::filesystem::path& path) {
    const auto file = base::InputFile::open(path);
    if (!file) {
        return base::fail(file.error());
    }
    const auto head = firstBytes(*file, kSignatureBytes);
    if (!head) {
        return base::fail(head.error());
    }
    std::string recipe;
    if (contentOf(asText(*head)) == Content::Other) {
        auto text = base::readTextFile(path, kMaxMetadataBytes);
        if (!text) {
            return base::fail(text.error());
        }
        recipe = std::move(*text);
    } else {
        auto metadata = readClipMetadata(path);
        if (!metadata) {
            return base::fail(metadata.error());
        }
        // A remux by another program keeps the comment alone, and that is then the recipe.
        recipe = metadata->recipeJson.empty() ? std::move(metadata->comment)
                                              : std::move(metadata->recipeJson);
        if (!recipe.starts_with('{')) {
            return base::fail(base::ErrorCode::BadFile,
                              "The clip '" + path.string() + "' has no recipe inside.",
                              "Use a clip written with metadata on, or its .recipe.json.",
                              path.string());
        }
    }
    if (auto checked = checkRecipe(recipe, path.string()); !checked) {
        return base::fail(named(checked.error(), path));
    }
    return recipe;
}

}  // namespace tessera::media
