// Fuzzes the readers of the texts inside clips: MP4 boxes above all, GIF comments and PNG chunks by
// the way. A file that takes metadata must give the same metadata back.

#include "core/media/gif_comment.h"
#include "core/media/png_text.h"
#include "core/media/recipe_boxes.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

using tessera::media::ClipMetadata;

namespace {

// A text cannot be longer than the file that it was found in.
void checkSize(const tessera::base::Result<ClipMetadata>& read, std::size_t fileBytes) {
    if (read &&
        read->recipeJson.size() + read->parametersText.size() + read->comment.size() > fileBytes) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::uint8_t> bytes(data, size);
    checkSize(tessera::media::readMp4Metadata(bytes), size);
    checkSize(tessera::media::readGifMetadata(bytes), size);
    checkSize(tessera::media::readPngMetadata(bytes), size);

    const ClipMetadata metadata{R"({"seed":7})", "Seed: 7", "a comment"};
    if (const auto added = tessera::media::addMp4Metadata(bytes, metadata)) {
        const auto read = tessera::media::readMp4Metadata(*added);
        if (!read || !(*read == metadata)) {
            std::abort();
        }
    }
    if (const auto added = tessera::media::addMp4Metadata(bytes, {})) {
        const auto read = tessera::media::readMp4Metadata(*added);
        if (!read || !read->isEmpty() || added->size() > size + 16) {
            std::abort();
        }
    }
    return 0;
}
