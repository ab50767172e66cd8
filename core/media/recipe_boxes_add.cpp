#include "core/media/big_endian.h"
#include "core/media/box_cursor.h"
#include "core/media/recipe_boxes.h"

#include <array>
#include <string>
#include <string_view>

namespace tessera::media {

namespace {

using Bytes = std::span<const std::uint8_t>;

void appendBox(std::vector<std::uint8_t>& out, std::uint32_t type, Bytes content) {
    appendU32(out, static_cast<std::uint32_t>(content.size() + 8));
    appendU32(out, type);
    appendBytes(out, content);
}

// "hdlr" as a full box: version and flags, nothing, the handler, 12 bytes of which iTunes wants the
// first four to read "appl", an empty name.
std::vector<std::uint8_t> handlerBox(std::uint32_t handler) {
    std::vector<std::uint8_t> content(8, 0);
    appendU32(content, handler);
    appendU32(content, handler == boxType("mdir") ? boxType("appl") : 0);
    content.resize(content.size() + 9, 0);
    std::vector<std::uint8_t> out;
    appendBox(out, boxType("hdlr"), content);
    return out;
}

void appendItem(std::vector<std::uint8_t>& list, std::uint32_t type, std::string_view text) {
    std::vector<std::uint8_t> value;
    appendU32(value, kUtf8Value);
    appendU32(value, 0);  // any locale
    appendText(value, text);
    std::vector<std::uint8_t> data;
    appendBox(data, boxType("data"), value);
    appendBox(list, type, data);
}

// moov/meta with QuickTime keys; empty when there is nothing to say.
std::vector<std::uint8_t> quickTimeMeta(const ClipMetadata& metadata) {
    std::vector<std::uint8_t> names;
    std::vector<std::uint8_t> list;
    std::uint32_t count = 0;
    const auto add = [&](std::string_view key, std::string_view text) {
        if (text.empty()) {
            return;
        }
        appendU32(names, static_cast<std::uint32_t>(key.size() + 8));
        appendU32(names, boxType("mdta"));
        appendText(names, key);
        appendItem(list, ++count, text);
    };
    add(kRecipeKey, metadata.recipeJson);
    add(kParametersKey, metadata.parametersText);
    std::vector<std::uint8_t> out;
    if (count == 0) {
        return out;
    }
    std::vector<std::uint8_t> keys(4, 0);
    appendU32(keys, count);
    appendBytes(keys, names);
    std::vector<std::uint8_t> content(4, 0);
    appendBytes(content, handlerBox(boxType("mdta")));
    appendBox(content, boxType("keys"), keys);
    appendBox(content, boxType("ilst"), list);
    appendBox(out, boxType("meta"), content);
    return out;
}

// moov/udta/meta with the comment of iTunes; empty when there is nothing to say.
std::vector<std::uint8_t> iTunesMeta(const ClipMetadata& metadata) {
    const std::string& text = !metadata.comment.empty()      ? metadata.comment
                              : !metadata.recipeJson.empty() ? metadata.recipeJson
                                                             : metadata.parametersText;
    std::vector<std::uint8_t> out;
    if (text.empty()) {
        return out;
    }
    std::vector<std::uint8_t> list;
    appendItem(list, kCommentAtom, text);
    std::vector<std::uint8_t> content(4, 0);
    appendBytes(content, handlerBox(boxType("mdir")));
    appendBox(content, boxType("ilst"), list);
    appendBox(out, boxType("meta"), content);
    return out;
}

base::Error unsupportedMovie(std::string_view what) {
    return {base::ErrorCode::Unsupported,
            "The MP4 " + std::string(what) + ", and its chunk offsets cannot be moved.",
            "Copy it into a plain MP4 first (ffmpeg -i in.mp4 -c copy out.mp4).",
            {}};
}

// The boxes of `parent` without its "meta"; the content of "udta" goes to `user`.
base::Status copyWithoutMeta(Bytes parent,
                             BoxPlace place,
                             std::vector<std::uint8_t>& out,
                             std::vector<std::uint8_t>& user) {
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
        if (box.type == boxType("mvex") || box.type == boxType("cmov")) {
            return base::fail(unsupportedMovie(
                box.type == boxType("mvex") ? "is fragmented" : "has a compressed index"));
        }
        if (box.type == boxType("meta")) {
            continue;
        }
        if (box.type == boxType("udta") && place == BoxPlace::Inside) {
            if (auto copied = copyWithoutMeta(body(parent, box), BoxPlace::User, user, user);
                !copied) {
                return copied;
            }
            continue;
        }
        appendBytes(out, parent.subspan(box.start, box.size));
    }
}

// Where a byte of the old file is in the new one, whose order is: what came first ("ftyp"), the new
// movie box, everything else as it was.
struct Move {
    std::uint64_t firstBytes = 0;  // the file up to here stays in place
    Box oldMovie;
    std::uint64_t newMovieBytes = 0;
    std::uint64_t fileBytes = 0;

    base::Result<std::uint64_t> apply(std::uint64_t offset) const {
        if (offset >= fileBytes || (offset >= oldMovie.start && offset < oldMovie.end())) {
            return base::fail(badBox("a chunk offset points to byte " + std::to_string(offset) +
                                     ", where no pictures can be"));
        }
        if (offset < firstBytes) {
            return offset;
        }
        return offset < oldMovie.start ? offset + newMovieBytes
                                       : offset - oldMovie.size + newMovieBytes;
    }
};

// The table of a "stco" (4 bytes an entry) or "co64" (8 bytes): version and flags, count, offsets.
base::Status moveTable(std::span<std::uint8_t> table, std::size_t entryBytes, const Move& move) {
    const std::uint32_t count = table.size() < 8 ? 0 : readU32(table, 4);
    if (table.size() < 8 || count > (table.size() - 8) / entryBytes) {
        return base::fail(badBox("a table of chunk offsets claims " + std::to_string(count) +
                                 " entries in " + std::to_string(table.size()) + " bytes"));
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::size_t at = 8 + i * entryBytes;
        const auto moved = move.apply(entryBytes == 4 ? readU32(table, at) : readU64(table, at));
        if (!moved) {
            return base::fail(moved.error());
        }
        if (entryBytes == 8) {
            writeU64(table, at, *moved);
        } else if (*moved <= UINT32_MAX) {
            writeU32(table, at, static_cast<std::uint32_t>(*moved));
        } else {
            return base::fail(unsupportedMovie("grows beyond 4 GB with 32-bit offsets"));
        }
    }
    return {};
}

// Every offset table below `parent`, which is moov at depth 0, then trak, mdia, minf, stbl.
base::Status moveTables(std::span<std::uint8_t> parent, std::size_t depth, const Move& move) {
    constexpr std::array kPath = {
        boxType("trak"), boxType("mdia"), boxType("minf"), boxType("stbl")};
    BoxCursor cursor(parent, BoxPlace::Inside);
    Box box;
    while (true) {
        const auto more = cursor.next(box);
        if (!more) {
            return base::fail(more.error());
        }
        if (!*more) {
            return {};
        }
        const auto content =
            parent.subspan(box.start + box.headerBytes, box.size - box.headerBytes);
        base::Status done;
        if (depth < kPath.size()) {
            if (box.type == kPath[depth]) {
                done = moveTables(content, depth + 1, move);
            }
        } else if (box.type == boxType("stco")) {
            done = moveTable(content, 4, move);
        } else if (box.type == boxType("co64")) {
            done = moveTable(content, 8, move);
        } else if (box.type == boxType("saio")) {
            done = base::fail(unsupportedMovie("is encrypted"));
        }
        if (!done) {
            return done;
        }
    }
}

}  // namespace

base::Result<std::vector<std::uint8_t>> addMp4Metadata(std::span<const std::uint8_t> mp4,
                                                       const ClipMetadata& metadata) {
    if (auto checked = checkMetadata(metadata); !checked) {
        return base::fail(checked.error());
    }
    TopBoxes top;
    Move move;
    move.fileBytes = mp4.size();
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
        if (box.type == boxType("moof")) {
            return base::fail(unsupportedMovie("is fragmented"));
        }
        if (box.type == boxType("meta")) {
            return base::fail(unsupportedMovie("holds a picture collection"));
        }
        if (box.start == 0 && box.type == boxType("ftyp")) {
            move.firstBytes = box.end();
        }
    }
    const auto found = top.movie();
    if (!found) {
        return base::fail(found.error());
    }
    move.oldMovie = *found;

    std::vector<std::uint8_t> movie(8, 0);  // the header, filled in below
    std::vector<std::uint8_t> user;
    if (auto copied = copyWithoutMeta(body(mp4, move.oldMovie), BoxPlace::Inside, movie, user);
        !copied) {
        return base::fail(copied.error());
    }
    appendBytes(user, iTunesMeta(metadata));
    if (!user.empty()) {
        appendBox(movie, boxType("udta"), user);
    }
    appendBytes(movie, quickTimeMeta(metadata));
    writeU32(movie, 0, static_cast<std::uint32_t>(movie.size()));
    writeU32(movie, 4, boxType("moov"));
    move.newMovieBytes = movie.size();
    if (auto moved = moveTables(std::span(movie).subspan(8), 0, move); !moved) {
        return base::fail(moved.error());
    }

    std::vector<std::uint8_t> out;
    out.reserve(mp4.size() - move.oldMovie.size + movie.size());
    appendBytes(out, mp4.first(move.firstBytes));
    appendBytes(out, movie);
    appendBytes(out, mp4.subspan(move.firstBytes, move.oldMovie.start - move.firstBytes));
    appendBytes(out, mp4.subspan(move.oldMovie.end()));
    return out;
}

}  // namespace tessera::media
