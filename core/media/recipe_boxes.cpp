#include "core/media/recipe_boxes.h"

#include "core/base/file.h"
#include "core/media/big_endian.h"
#include "core/media/box_cursor.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace tessera::media {

namespace {

using Bytes = std::span<const std::uint8_t>;

base::Status storeOnce(std::string& place, std::string_view text, std::string_view what) {
    if (!place.empty()) {
        return base::fail(badBox("it has the metadata \"" + std::string(what) + "\" twice"));
    }
    if (text.size() > kMaxMetadataBytes) {
        return base::fail(badBox("its metadata \"" + std::string(what) + "\" takes " +
                                 std::to_string(text.size()) + " bytes where at most " +
                                 std::to_string(kMaxMetadataBytes) + " were expected"));
    }
    if (!isUtf8(text)) {
        return base::fail(badBox("its metadata \"" + std::string(what) + "\" is not UTF-8 text"));
    }
    place = text;
    return {};
}

// The text of an item of "ilst": the first "data" box inside it.
base::Result<std::string_view> itemText(Bytes item, std::string_view what) {
    BoxCursor cursor(item, BoxPlace::Inside);
    Box box;
    while (true) {
        const auto more = cursor.next(box);
        if (!more) {
            return base::fail(more.error());
        }
        if (!*more) {
            return base::fail(badBox("its metadata \"" + std::string(what) + "\" has no value"));
        }
        if (box.type != boxType("data")) {
            continue;
        }
        const Bytes value = body(item, box);
        if (value.size() < 8 || readU32(value, 0) != kUtf8Value) {
            return base::fail(
                badBox("its metadata \"" + std::string(what) + "\" is not a text value"));
        }
        return asText(value.subspan(8));
    }
}

struct KeyIndices {
    std::uint32_t recipe = 0;  // counted from 1; 0 = not there
    std::uint32_t parameters = 0;
};

// "keys": version and flags, count, then per key its size, namespace and name (QuickTime File
// Format, "Metadata item keys atom").
base::Result<KeyIndices> findKeys(Bytes keys) {
    if (keys.size() < 8) {
        return base::fail(badBox("its list of metadata keys has no count"));
    }
    KeyIndices found;
    const std::uint32_t count = readU32(keys, 4);
    std::size_t position = 8;
    for (std::uint32_t index = 1; index <= count; ++index) {
        const std::size_t left = keys.size() - position;
        const std::uint32_t size = left < 8 ? 0 : readU32(keys, position);
        if (size < 8 || size > left) {
            return base::fail(badBox("its list of metadata keys claims " + std::to_string(count) +
                                     " keys and ends inside key " + std::to_string(index)));
        }
        if (readU32(keys, position + 4) == boxType("mdta")) {
            const std::string_view name = asText(keys.subspan(position + 8, size - 8));
            std::uint32_t* place = name == kRecipeKey       ? &found.recipe
                                   : name == kParametersKey ? &found.parameters
                                                            : nullptr;
            if (place != nullptr && *place != 0) {
                return base::fail(
                    badBox("it names the metadata key \"" + std::string(name) + "\" twice"));
            }
            if (place != nullptr) {
                *place = index;
            }
        }
        position += size;
    }
    return found;
}

// What a "meta" box is made of, as far as it matters here.
struct MetaParts {
    std::uint32_t handler = 0;
    Bytes keys;
    Bytes list;
};

base::Result<MetaParts> metaParts(Bytes meta) {
    // ISO files have version and flags before the first box, QuickTime's own have not.
    const bool isQuickTime = meta.size() >= 8 && readU32(meta, 4) == boxType("hdlr");
    if (!isQuickTime && meta.size() < 4) {
        return base::fail(badBox("its \"meta\" box is empty"));
    }
    const Bytes inside = isQuickTime ? meta : meta.subspan(4);
    MetaParts parts;
    BoxCursor cursor(inside, BoxPlace::Inside);
    Box box;
    while (true) {
        const auto more = cursor.next(box);
        if (!more) {
            return base::fail(more.error());
        }
        if (!*more) {
            return parts;
        }
        const Bytes content = body(inside, box);
        if (box.type == boxType("hdlr")) {
            if (content.size() < 12) {
                return base::fail(badBox("the handler of its \"meta\" box is cut"));
            }
            parts.handler = readU32(content, 8);
        } else if (box.type == boxType("keys")) {
            parts.keys = content;
        } else if (box.type == boxType("ilst")) {
            parts.list = content;
        }
    }
}

base::Status readItems(const MetaParts& parts, ClipMetadata& metadata) {
    KeyIndices keys;
    const bool isQuickTime = parts.handler == boxType("mdta");
    if (isQuickTime && !parts.keys.empty()) {
        const auto found = findKeys(parts.keys);
        if (!found) {
            return base::fail(found.error());
        }
        keys = *found;
    }
    if (!isQuickTime && parts.handler != boxType("mdir")) {
        return {};
    }
    BoxCursor cursor(parts.list, BoxPlace::Inside);
    Box box;
    while (true) {
        const auto more = cursor.next(box);
        if (!more) {
            return base::fail(more.error());
        }
        if (!*more) {
            return {};
        }
        std::string* place = nullptr;
        std::string_view what;
        if (isQuickTime && box.type != 0 && box.type == keys.recipe) {
            place = &metadata.recipeJson;
            what = kRecipeKey;
        } else if (isQuickTime && box.type != 0 && box.type == keys.parameters) {
            place = &metadata.parametersText;
            what = kParametersKey;
        } else if (!isQuickTime && box.type == kCommentAtom) {
            place = &metadata.comment;
            what = "comment";
        } else {
            continue;
        }
        const auto text = itemText(body(parts.list, box), what);
        if (!text) {
            return base::fail(text.error());
        }
        if (auto stored = storeOnce(*place, *text, what); !stored) {
            return stored;
        }
    }
}

// "meta" boxes among the children of `parent`, and of its "udta".
base::Status readMetaBoxes(Bytes parent, BoxPlace place, ClipMetadata& metadata) {
    BoxCursor cursor(parent, place);
    Box box;
    while (true) {
        const auto more = cursor.next(box);
        if (!more) {
            return base::fail(more.error());
        }
        if (!*more) {
            return {};
        }
        base::Status done;
        if (box.type == boxType("meta")) {
            const auto parts = metaParts(body(parent, box));
            done = parts ? readItems(*parts, metadata) : base::fail(parts.error());
        } else if (box.type == boxType("udta") && place == BoxPlace::Inside) {
            done = readMetaBoxes(body(parent, box), BoxPlace::User, metadata);
        }
        if (!done) {
            return done;
        }
    }
}

base::Result<ClipMetadata> readMovie(Bytes movie) {
    ClipMetadata metadata;
    if (auto read = readMetaBoxes(movie, BoxPlace::Inside, metadata); !read) {
        return base::fail(read.error());
    }
    if (metadata.comment == metadata.recipeJson ||
        (metadata.recipeJson.empty() && metadata.comment == metadata.parametersText)) {
        metadata.comment.clear();  // the copy that stands in for a comment
    }
    return metadata;
}

}  // namespace

base::Result<ClipMetadata> readMp4Metadata(std::span<const std::uint8_t> mp4) {
    TopBoxes top;
    BoxCursor cursor(mp4, BoxPlace::File);
    Box box;
    while (true) {
        const auto more = cursor.next(box);
        if (!more) {
            return base::fail(more.error());
        }
        if (!*more) {
            break;
        }
        if (auto added = top.add(box); !added) {
            return base::fail(added.error());
        }
    }
    const auto movie = top.movie();
    if (!movie) {
        return base::fail(movie.error());
    }
    return readMovie(body(mp4, *movie));
}

base::Result<ClipMetadata> readMp4MetadataFile(const std::filesystem::path& path) {
    const auto file = base::InputFile::open(path);
    if (!file) {
        return base::fail(file.error());
    }
    const std::uint64_t size = file->sizeBytes();
    TopBoxes top;
    std::uint64_t position = 0;
    while (position < size) {
        if (size - position < 8) {
            return base::fail(badBox("it ends inside the header of a box"));
        }
        std::array<std::uint8_t, 16> bytes{};
        const auto header = std::span(bytes).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), size - position)));
        if (auto read = file->readAt(position, header); !read) {
            return base::fail(read.error());
        }
        const auto box = parseBoxHeader(header, position, size, BoxPlace::File);
        if (!box) {
            return base::fail(box.error());
        }
        if (auto added = top.add(*box); !added) {
            return base::fail(added.error());
        }
        position = box->end();
    }
    const auto movie = top.movie();
    if (!movie) {
        return base::fail(movie.error());
    }
    std::vector<std::uint8_t> content(movie->size - movie->headerBytes);
    if (auto read = file->readAt(movie->start + movie->headerBytes, content); !read) {
        return base::fail(read.error());
    }
    return readMovie(content);
}

}  // namespace tessera::media
