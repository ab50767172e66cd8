#include "core/media/png_text.h"

#include "core/base/deflate.h"
#include "core/media/big_endian.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace tessera::media {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::array<std::uint8_t, 8> kSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
constexpr std::size_t kHeaderEnd = 8 + 12 + 13;  // signature and IHDR

constexpr std::string_view kRecipeKeyword = "org.tessera.recipe";
constexpr std::string_view kParametersKeyword = "parameters";
constexpr std::string_view kCommentKeyword = "Comment";

tl::unexpected<base::Error> badPng(const std::string& what) {
    return base::fail(base::ErrorCode::BadFile,
                      "The file is not a sound PNG: " + what + ".",
                      "Use a whole copy of the picture, or make it again from its recipe.");
}

base::Status checkHeader(Bytes png) {
    if (png.size() < kHeaderEnd || !std::ranges::equal(png.first(8), kSignature) ||
        readU32(png, 8) != 13 || asText(png.subspan(12, 4)) != "IHDR") {
        return badPng("it does not begin with a PNG header");
    }
    return {};
}

void appendTextChunk(std::vector<std::uint8_t>& out,
                     std::string_view keyword,
                     std::string_view text) {
    if (text.empty()) {
        return;
    }
    std::vector<std::uint8_t> chunk;
    appendText(chunk, "iTXt");
    appendText(chunk, keyword);
    chunk.insert(chunk.end(), 5, 0);  // end of keyword, not compressed (2), no language, no title
    appendText(chunk, text);
    appendU32(out, static_cast<std::uint32_t>(chunk.size() - 4));
    appendBytes(out, chunk);
    appendU32(out, base::crc32(chunk));
}

// Takes the content of one iTXt chunk apart; texts of other programs are passed over.
base::Status keepText(Bytes content, ClipMetadata& metadata) {
    std::string_view rest = asText(content);
    const std::size_t keywordEnd = rest.find('\0');
    if (keywordEnd == std::string_view::npos) {
        return badPng("a text has no keyword");
    }
    const std::string_view keyword = rest.substr(0, keywordEnd);
    std::string* place = keyword == kRecipeKeyword       ? &metadata.recipeJson
                         : keyword == kParametersKeyword ? &metadata.parametersText
                         : keyword == kCommentKeyword    ? &metadata.comment
                                                         : nullptr;
    rest.remove_prefix(keywordEnd + 1);
    if (place == nullptr || rest.empty() || rest[0] != 0) {
        return {};  // not ours, or compressed, as we never write it
    }
    rest.remove_prefix(std::min<std::size_t>(rest.size(), 2));
    for (int field = 0; field < 2; ++field) {  // language, translated keyword
        const std::size_t end = rest.find('\0');
        if (end == std::string_view::npos) {
            return badPng("the text \"" + std::string(keyword) + "\" is cut");
        }
        rest.remove_prefix(end + 1);
    }
    if (!place->empty()) {
        return badPng("it has the text \"" + std::string(keyword) + "\" twice");
    }
    if (rest.size() > kMaxMetadataBytes || !isUtf8(rest)) {
        return badPng("the text \"" + std::string(keyword) + "\" is not UTF-8 of at most " +
                      std::to_string(kMaxMetadataBytes) + " bytes");
    }
    *place = rest;
    return {};
}

}  // namespace

base::Result<std::vector<std::uint8_t>> addPngMetadata(std::span<const std::uint8_t> png,
                                                       const ClipMetadata& metadata) {
    if (auto checked = checkMetadata(metadata); !checked) {
        return base::fail(checked.error());
    }
    if (auto checked = checkHeader(png); !checked) {
        return base::fail(checked.error());
    }
    std::vector<std::uint8_t> out(png.begin(), png.begin() + kHeaderEnd);
    appendTextChunk(out, kRecipeKeyword, metadata.recipeJson);
    appendTextChunk(out, kParametersKeyword, metadata.parametersText);
    appendTextChunk(out, kCommentKeyword, metadata.comment);
    appendBytes(out, png.subspan(kHeaderEnd));
    return out;
}

base::Result<ClipMetadata> readPngMetadata(std::span<const std::uint8_t> png) {
    if (auto checked = checkHeader(png); !checked) {
        return base::fail(checked.error());
    }
    ClipMetadata metadata;
    std::size_t position = kHeaderEnd;
    while (png.size() - position >= 12) {
        const std::size_t length = readU32(png, position);
        const std::string_view type = asText(png.subspan(position + 4, 4));
        if (type == "IDAT" || type == "IEND") {
            return metadata;
        }
        if (length > png.size() - position - 12) {
            return badPng("it ends inside the chunk at byte " + std::to_string(position));
        }
        if (type == "iTXt") {
            const Bytes chunk = png.subspan(position + 4, length + 4);
            if (base::crc32(chunk) != readU32(png, position + 8 + length)) {
                return badPng("the check sum of a text is wrong");
            }
            if (auto kept = keepText(chunk.subspan(4), metadata); !kept) {
                return base::fail(kept.error());
            }
        }
        position += length + 12;
    }
    return badPng("it ends before its pixels");
}

}  // namespace tessera::media
