#include "core/media/gif_comment.h"

#include "core/media/big_endian.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace tessera::media {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::string_view kRecipePrefix = "org.tessera.recipe=";
constexpr std::string_view kParametersPrefix = "parameters=";

// Block labels of the GIF89a specification, appendix A.
constexpr std::uint8_t kExtension = 0x21;
constexpr std::uint8_t kComment = 0xFE;
constexpr std::uint8_t kApplication = 0xFF;

tl::unexpected<base::Error> badGif(const std::string& what) {
    return base::fail(base::ErrorCode::BadFile,
                      "The file is not a sound GIF: " + what + ".",
                      "Use a whole copy of the clip, or make it again from its recipe.");
}

// Where the blocks begin: after the screen descriptor and its colour table.
base::Result<std::size_t> firstBlock(Bytes gif) {
    constexpr std::size_t kHeaderBytes = 13;
    if (gif.size() < kHeaderBytes ||
        (asText(gif.first(6)) != "GIF89a" && asText(gif.first(6)) != "GIF87a")) {
        return badGif("it does not begin with a GIF header");
    }
    const std::uint8_t flags = gif[10];
    const std::size_t table = (flags & 0x80) != 0 ? std::size_t{3} << ((flags & 7) + 1) : 0;
    if (gif.size() - kHeaderBytes < table) {
        return badGif("it ends inside its colour table");
    }
    return kHeaderBytes + table;
}

struct Extension {
    std::uint8_t label = 0;
    std::size_t start = 0;  // of the data sub-blocks
    std::size_t end = 0;    // after their terminator
};

// The extension at `position`, if one is there. BadFile when it is cut.
base::Result<bool> nextExtension(Bytes gif, std::size_t position, Extension& extension) {
    if (gif.size() - position < 2 || gif[position] != kExtension) {
        return false;
    }
    extension.label = gif[position + 1];
    extension.start = position + 2;
    std::size_t at = extension.start;
    while (true) {
        if (at >= gif.size()) {
            return badGif("it ends inside an extension");
        }
        const std::size_t length = gif[at];
        if (length == 0) {
            extension.end = at + 1;
            return true;
        }
        if (gif.size() - at - 1 < length) {
            return badGif("it ends inside an extension");
        }
        at += 1 + length;
    }
}

std::string joinSubBlocks(Bytes gif, const Extension& extension) {
    std::string text;
    text.reserve(extension.end - extension.start);
    for (std::size_t at = extension.start; gif[at] != 0; at += 1u + gif[at]) {
        text += asText(gif.subspan(at + 1, gif[at]));
    }
    return text;
}

void appendComment(std::vector<std::uint8_t>& out, std::string_view prefix, std::string_view text) {
    if (text.empty()) {
        return;
    }
    const std::string whole = std::string(prefix) + std::string(text);
    out.push_back(kExtension);
    out.push_back(kComment);
    for (std::size_t at = 0; at < whole.size(); at += 255) {
        const std::string_view part = std::string_view(whole).substr(at, 255);
        out.push_back(static_cast<std::uint8_t>(part.size()));
        appendText(out, part);
    }
    out.push_back(0);
}

base::Status keepComment(const std::string& text, ClipMetadata& metadata) {
    std::string* place = &metadata.comment;
    std::string_view value = text;
    if (value.starts_with(kRecipePrefix)) {
        place = &metadata.recipeJson;
        value.remove_prefix(kRecipePrefix.size());
    } else if (value.starts_with(kParametersPrefix)) {
        place = &metadata.parametersText;
        value.remove_prefix(kParametersPrefix.size());
    } else if (!place->empty() || !isUtf8(value)) {
        return {};  // comments of other programs: the first one in UTF-8 is kept
    }
    if (!place->empty()) {
        return badGif("it has two recipes");
    }
    if (value.size() > kMaxMetadataBytes || !isUtf8(value)) {
        return badGif("its recipe is not UTF-8 text of at most " +
                      std::to_string(kMaxMetadataBytes) + " bytes");
    }
    *place = value;
    return {};
}

}  // namespace

base::Result<std::vector<std::uint8_t>> addGifMetadata(std::span<const std::uint8_t> gif,
                                                       const ClipMetadata& metadata) {
    if (auto checked = checkMetadata(metadata); !checked) {
        return base::fail(checked.error());
    }
    const auto first = firstBlock(gif);
    if (!first) {
        return base::fail(first.error());
    }
    // The looping extension stays first: some players look for it nowhere else.
    std::size_t place = *first;
    Extension extension;
    while (true) {
        const auto more = nextExtension(gif, place, extension);
        if (!more) {
            return base::fail(more.error());
        }
        if (!*more || extension.label != kApplication) {
            break;
        }
        place = extension.end;
    }
    std::vector<std::uint8_t> out(gif.begin(), gif.begin() + static_cast<std::ptrdiff_t>(place));
    out[4] = '9';
    appendComment(out, kRecipePrefix, metadata.recipeJson);
    appendComment(out, kParametersPrefix, metadata.parametersText);
    appendComment(out, "", metadata.comment);
    appendBytes(out, gif.subspan(place));
    return out;
}

base::Result<ClipMetadata> readGifMetadata(std::span<const std::uint8_t> gif) {
    const auto first = firstBlock(gif);
    if (!first) {
        return base::fail(first.error());
    }
    ClipMetadata metadata;
    std::size_t position = *first;
    Extension extension;
    while (true) {
        const auto more = nextExtension(gif, position, extension);
        if (!more) {
            return base::fail(more.error());
        }
        if (!*more) {
            return metadata;
        }
        if (extension.label == kComment) {
            if (auto kept = keepComment(joinSubBlocks(gif, extension), metadata); !kept) {
                return base::fail(kept.error());
            }
        }
        position = extension.end;
    }
}

}  // namespace tessera::media
