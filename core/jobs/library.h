#pragma once

// The library: every clip that was made or imported, with its recipe, rating and tags, in
// "<data folder>/library.sqlite" (WAL). Clips stay ordinary files; the library holds what is said
// of them. A clip that was deleted goes to "<clips folder>/.trash" until the bin is emptied.
// Several programs may use one library. Any thread. Left out of builds without SQLite.

#include "core/base/result.h"
#include "core/jobs/recipe.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera::jobs {

struct LibraryClip {
    std::int64_t row = 0;
    std::filesystem::path path;
    std::int64_t madeAt = 0;  // seconds since 1970, UTC
    std::uint64_t bytes = 0;
    int width = 0;
    int height = 0;
    int frames = 0;
    double fps = 0.0;
    double secondsTotal = 0.0;  // what making it took; 0 = not known
    Recipe recipe;              // without one: only asked.prompt, empty
    int rating = 0;             // 0 none, 1 to 5
    std::vector<std::string> tags;
    bool isMissing = false;  // the file is gone from where it was
};

// Words and "field:value" pairs, all of which must hold: words of the prompt ("in quotes" with
// spaces), stage: size:384x256 width: height: frames: fps: steps: guidance: seed: took: (seconds)
// rating: as 7, 1..9, 7.., ..9, >=3, >3, <=3 or <3; model: (name or hash) device: precision:
// negative: name: tag:; after:2026-11-23 (that day and later) and before: in local time. Comma =
// or. library_query.h reads and changes it.
struct LibraryQuery {
    std::string text;
    enum class Order {
        NewestFirst,
        OldestFirst,
        RatingFirst,
        PromptFirst
    } order = Order::NewestFirst;
    enum class Place {
        Clips,
        Trash
    } place = Place::Clips;  // clips in the trash have their path there

    bool operator==(const LibraryQuery&) const = default;
};

// What there is to choose from, each with its number of clips; without what lies in the trash but
// `inTrash`.
struct LibraryFacets {
    struct Size {
        int width = 0;
        int height = 0;
        int clips = 0;
    };

    std::vector<std::pair<pipeline::Stage, int>> stages;  // those that occur
    std::vector<Size> sizes;                              // largest first
    std::vector<std::pair<std::string, int>> tags;        // by name
    int inTrash = 0;                                      // clips that wait there
};

// Size, rate, length and recipe of a clip's file: `path` to `recipe` of a LibraryClip. Supplied by
// the caller, because jobs decodes nothing.
using ReadClipFacts = std::function<base::Result<LibraryClip>(const std::filesystem::path&)>;

// Must be closed before its database file is moved or removed.
class Library {
public:
    // NewerSchema, BadFile (no library; the caller sets the file aside), NotWritable.
    static base::Result<std::unique_ptr<Library>> open(const std::filesystem::path& database);
    ~Library();

    // Adds the clip or brings its row up to date: what is said of it (rating, tags) stays unless
    // the clip brings its own. Returns the row. BadInput without a path.
    base::Result<std::int64_t> add(const LibraryClip& clip);

    // BadInput with the word of the query that cannot be read.
    base::Result<std::vector<LibraryClip>> find(const LibraryQuery& query) const;
    base::Result<std::optional<LibraryClip>> clip(std::int64_t row) const;
    base::Result<std::int64_t> count() const;

    // NotFound for a row that is not there; a rating is clamped to 0 to 5.
    base::Status rate(std::int64_t row, int rating);
    base::Status setTags(std::int64_t row, const std::vector<std::string>& tags);
    base::Result<std::vector<std::pair<std::string, int>>> tags() const;  // with how many clips
    base::Result<LibraryFacets> facets() const;

    // Moves the file to the trash; the row is hidden. restore() takes it back to where it was
    // (another name when that is taken). NotWritable; NotFound for a row that is not there (or not
    // in the trash), and when the trash was emptied. A clip whose file is missing is hidden alone.
    base::Status moveToTrash(std::int64_t row);
    base::Status restore(std::int64_t row);
    base::Status emptyTrash();

    // Adds clips (*.mp4, *.gif) of `folder` and those below it that the library does not know, and
    // marks rows whose file is gone or is back. A file that `read` refuses is left out. Returns how
    // many were added. NotFound.
    base::Result<int> scan(const std::filesystem::path& folder, const ReadClipFacts& read);

private:
    class Database;
    explicit Library(std::unique_ptr<Database> database);
    std::unique_ptr<Database> m_database;
};

// "<data folder>/library.sqlite".
std::filesystem::path libraryPath();

}  // namespace tessera::jobs
