#include "core/jobs/library.h"

#include "core/base/file.h"
#include "tests/core/jobs/library_fixture.h"
#include "tests/support/expect_error.h"

#include <algorithm>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>

namespace tessera::jobs {
namespace {

using base::ErrorCode;
using pipeline::Stage;
using tests::expectError;

using LibraryTest = test::LibraryFixture;

TEST_F(LibraryTest, ClipComesBackAsItWasAdded) {
    LibraryClip clip = clipOf("a.mp4", "a red balloon");
    clip.rating = 3;
    clip.tags = {"sea", "Keep"};
    const std::int64_t row = add(clip);
    const auto back = m_library->clip(row);
    ASSERT_TRUE(back && *back);
    EXPECT_EQ((*back)->row, row);
    EXPECT_EQ((*back)->path, clip.path);
    EXPECT_EQ((*back)->madeAt, clip.madeAt);
    EXPECT_EQ((*back)->bytes, clip.bytes);
    EXPECT_EQ((*back)->frames, 29);
    EXPECT_EQ((*back)->fps, 8.0);
    EXPECT_EQ((*back)->secondsTotal, 17.1);
    EXPECT_EQ((*back)->recipe.asked, clip.recipe.asked);
    EXPECT_EQ((*back)->recipe.modelHash, clip.recipe.modelHash);
    EXPECT_EQ((*back)->rating, 3);
    EXPECT_EQ((*back)->tags, (std::vector<std::string>{"Keep", "sea"}));
    EXPECT_FALSE((*back)->isMissing);
    EXPECT_EQ(m_library->count().value_or(-1), 1);
}

TEST_F(LibraryTest, ClipWithoutRecipeHasNone) {
    LibraryClip clip;
    clip.path = clips() / "found.mp4";
    const std::int64_t row = add(clip);
    const auto back = m_library->clip(row);
    ASSERT_TRUE(back && *back);
    EXPECT_EQ((*back)->recipe.asked, pipeline::GenerationRequest{});
    EXPECT_TRUE((*back)->recipe.source.empty());
    EXPECT_EQ(found("stage:base"), "");
    EXPECT_EQ(found("seed:0"), "");
    EXPECT_EQ(found("name:found"), "found");
}

TEST_F(LibraryTest, AddingAgainUpdatesTheRowAndKeepsWhatWasSaid) {
    LibraryClip clip = clipOf("a.mp4", "a red balloon");
    const std::int64_t row = add(clip);
    ASSERT_TRUE(m_library->rate(row, 5));
    ASSERT_TRUE(m_library->setTags(row, {"keep"}));
    clip.recipe.asked.prompt = "a blue balloon";
    clip.bytes = 2;
    EXPECT_EQ(add(clip), row);
    const auto back = m_library->clip(row);
    ASSERT_TRUE(back && *back);
    EXPECT_EQ((*back)->recipe.asked.prompt, "a blue balloon");
    EXPECT_EQ((*back)->bytes, 2u);
    EXPECT_EQ((*back)->rating, 5);
    EXPECT_EQ((*back)->tags, std::vector<std::string>{"keep"});
    EXPECT_EQ(m_library->count().value_or(-1), 1);
    EXPECT_EQ(found("red"), "");
}

TEST_F(LibraryTest, TagsAndFacetsCount) {
    addTwo();
    const auto tags = m_library->tags();
    ASSERT_TRUE(tags);
    using Tags = std::vector<std::pair<std::string, int>>;
    EXPECT_EQ(*tags, (Tags{{"figure 8", 1}, {"keep", 1}, {"sea", 1}}));
    const auto facets = m_library->facets();
    ASSERT_TRUE(facets);
    using Stages = std::vector<std::pair<Stage, int>>;
    EXPECT_EQ(facets->stages, (Stages{{Stage::Base, 1}, {Stage::Sparse, 1}}));
    ASSERT_EQ(facets->sizes.size(), 2u);
    EXPECT_EQ(facets->sizes[0].width, 384);
    EXPECT_EQ(facets->sizes[1].clips, 1);
    EXPECT_EQ(facets->tags, *tags);
}

TEST_F(LibraryTest, TagsAreOneLineAndOnce) {
    const std::int64_t row = add(clipOf("a.mp4", "x"));
    ASSERT_TRUE(m_library->setTags(row, {" keep ", "KEEP", "a\x1f\nb", "", "\"q\""}));
    const auto clip = m_library->clip(row);
    ASSERT_TRUE(clip && *clip);
    EXPECT_EQ((*clip)->tags, (std::vector<std::string>{"ab", "keep", "q"}));
}

TEST_F(LibraryTest, RatingIsClampedAndRowMustBeThere) {
    const std::int64_t row = add(clipOf("a.mp4", "x"));
    ASSERT_TRUE(m_library->rate(row, 9));
    EXPECT_EQ((*m_library->clip(row))->rating, 5);
    expectError(m_library->rate(row + 1, 3), ErrorCode::NotFound);
    expectError(m_library->setTags(row + 1, {"x"}), ErrorCode::NotFound);
    expectError(m_library->moveToTrash(row + 1), ErrorCode::NotFound);
    expectError(m_library->restore(row), ErrorCode::NotFound);
    expectError(m_library->add({}), ErrorCode::BadInput);
}

TEST_F(LibraryTest, TrashHidesAndRestoreBringsBack) {
    const LibraryClip clip = clipOf("a.mp4", "x");
    const std::int64_t row = add(clip);
    ASSERT_TRUE(m_library->rate(row, 4));
    ASSERT_TRUE(m_library->moveToTrash(row));
    EXPECT_FALSE(std::filesystem::exists(clip.path));
    EXPECT_EQ(m_library->count().value_or(-1), 0);
    EXPECT_EQ(found(""), "");
    EXPECT_FALSE(m_library->clip(row).value().has_value());
    expectError(m_library->moveToTrash(row), ErrorCode::NotFound);
    LibraryQuery trash;
    trash.place = LibraryQuery::Place::Trash;
    const auto thrown = m_library->find(trash).value();
    ASSERT_EQ(thrown.size(), 1u);
    EXPECT_TRUE(std::filesystem::exists(thrown.front().path));
    EXPECT_EQ(m_library->facets()->inTrash, 1);
    ASSERT_TRUE(m_library->restore(row));
    EXPECT_EQ(m_library->facets()->inTrash, 0);
    EXPECT_TRUE(std::filesystem::exists(clip.path));
    EXPECT_EQ((*m_library->clip(row))->rating, 4);
}

TEST_F(LibraryTest, RestoreTakesAnotherNameWhenItsOwnIsTaken) {
    const LibraryClip clip = clipOf("a.mp4", "first");
    const std::int64_t first = add(clip);
    ASSERT_TRUE(m_library->moveToTrash(first));
    const std::int64_t second = add(clipOf("a.mp4", "second"));
    EXPECT_NE(first, second);
    ASSERT_TRUE(m_library->restore(first));
    EXPECT_EQ((*m_library->clip(first))->path, clips() / "a (2).mp4");
    EXPECT_TRUE(std::filesystem::exists(clips() / "a (2).mp4"));
    EXPECT_EQ(found("name:\"(2)\""), "a (2)");
    EXPECT_EQ((*m_library->clip(second))->path, clip.path);
}

TEST_F(LibraryTest, EmptiedTrashIsGone) {
    const std::int64_t row = add(clipOf("a.mp4", "x"));
    const std::int64_t kept = add(clipOf("b.mp4", "y"));
    ASSERT_TRUE(m_library->moveToTrash(row));
    ASSERT_TRUE(m_library->emptyTrash());
    EXPECT_TRUE(std::filesystem::is_empty(clips() / ".trash"));
    expectError(m_library->restore(row), ErrorCode::NotFound);
    EXPECT_TRUE(m_library->clip(kept).value().has_value());
}

TEST_F(LibraryTest, FileThatLeftTheTrashIsToldAndStaysThere) {
    const std::int64_t row = add(clipOf("a.mp4", "x"));
    ASSERT_TRUE(m_library->moveToTrash(row));
    std::filesystem::remove_all(clips() / ".trash");
    expectError(m_library->restore(row), ErrorCode::NotFound);
    EXPECT_EQ(m_library->count().value_or(-1), 0);
}

TEST_F(LibraryTest, MissingClipCanBeHiddenAndComesBackMissing) {
    const std::int64_t row = add(clipOf("a.mp4", "x"), false);
    ASSERT_TRUE(m_library->moveToTrash(row));
    EXPECT_EQ(m_library->count().value_or(-1), 0);
    ASSERT_TRUE(m_library->restore(row));
    EXPECT_TRUE((*m_library->clip(row))->isMissing);
}

TEST_F(LibraryTest, ScanAddsNewClipsAndMarksMissingOnes) {
    const std::int64_t known = add(clipOf("known.mp4", "known"));
    writeFile(clips() / "new.mp4", "new");
    writeFile(clips() / "sub" / "deep.GIF", "deep");
    writeFile(clips() / "broken.mp4", "broken");
    writeFile(clips() / "notes.txt", "notes");
    writeFile(clips() / ".trash" / "old.mp4", "old");
    std::vector<std::string> asked;
    const auto read = [&](const std::filesystem::path& path) -> base::Result<LibraryClip> {
        asked.push_back(path.filename().string());
        if (path.stem() == "broken") {
            return base::fail(ErrorCode::BadFile, "No video in it.", "Look at the file.");
        }
        LibraryClip clip = clipOf("", "found " + path.stem().string());
        return clip;
    };
    EXPECT_EQ(m_library->scan(clips(), read).value_or(-1), 2);
    std::ranges::sort(asked);
    EXPECT_EQ(asked, (std::vector<std::string>{"broken.mp4", "deep.GIF", "new.mp4"}));
    EXPECT_EQ(found("found new"), "new");

    std::filesystem::rename(clips() / "known.mp4", clips() / "known.away");
    EXPECT_EQ(m_library->scan(clips(), read).value_or(-1), 0);
    EXPECT_TRUE((*m_library->clip(known))->isMissing);
    std::filesystem::rename(clips() / "known.away", clips() / "known.mp4");
    EXPECT_EQ(m_library->scan(clips(), read).value_or(-1), 0);
    EXPECT_FALSE((*m_library->clip(known))->isMissing);
    expectError(m_library->scan(clips() / "none", read), ErrorCode::NotFound);
}

TEST_F(LibraryTest, SeveralProgramsMayUseOneLibrary) {
    constexpr int kPrograms = 4;
    constexpr int kClips = 25;
    std::filesystem::remove_all(database().parent_path());
    m_library.reset();
    std::vector<std::jthread> programs;
    for (int program = 0; program < kPrograms; ++program) {
        programs.emplace_back([this, program] {
            const auto library = Library::open(database());
            ASSERT_TRUE(library) << base::describe(library.error());
            for (int i = 0; i < kClips; ++i) {
                LibraryClip clip = clipOf(std::to_string(program * kClips + i) + ".mp4", "x");
                const auto row = (*library)->add(clip);
                ASSERT_TRUE(row) << base::describe(row.error());
                EXPECT_TRUE((*library)->rate(*row, 3));
            }
        });
    }
    programs.clear();
    m_library = open();
    EXPECT_EQ(m_library->count().value_or(-1), kPrograms * kClips);
}

TEST(LibraryFile, CorruptFilesAreRefusedAndStayAsTheyAre) {
    const tests::TemporaryFolder folder;
    const std::filesystem::path path = folder / "library.sqlite";
    std::ofstream(path) << std::string(8192, 'x');
    expectError(Library::open(path), ErrorCode::BadFile, "library.sqlite");
    EXPECT_EQ(base::readTextFile(path).value_or(""), std::string(8192, 'x'));

    std::filesystem::remove(path);
    {
        auto library = Library::open(path);
        ASSERT_TRUE(library);
        for (int i = 0; i < 200; ++i) {
            LibraryClip clip;
            clip.path = folder / (std::to_string(i) + ".mp4");
            clip.recipe.asked.prompt = std::string(400, 'p');
            ASSERT_TRUE((*library)->add(clip));
        }
    }
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(3 * 4096);
    file << std::string(40'000, '\xAA');
    file.close();
    expectError(Library::open(path), ErrorCode::BadFile);
}

TEST(LibraryFile, NewerSchemaAndOtherDatabasesAreRefused) {
    const tests::TemporaryFolder folder;
    const std::filesystem::path path = folder / "library.sqlite";
    ASSERT_TRUE(Library::open(path));
    {
        SQLite::Database sql(path.string(), SQLite::OPEN_READWRITE);
        sql.exec("PRAGMA user_version=99");
    }
    expectError(Library::open(path), ErrorCode::NewerSchema, "99");
    const std::filesystem::path other = folder / "other.sqlite";
    {
        SQLite::Database sql(other.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        sql.exec("CREATE TABLE theirs(x)");
    }
    expectError(Library::open(other), ErrorCode::BadFile, "another program");
    expectError(Library::open("/proc/none/library.sqlite"), ErrorCode::NotWritable);
}

TEST(LibraryFile, ProgramsInsideTheFileAreRefused) {
    const tests::TemporaryFolder folder;
    const std::filesystem::path path = folder / "library.sqlite";
    ASSERT_TRUE(Library::open(path));
    {
        SQLite::Database sql(path.string(), SQLite::OPEN_READWRITE);
        sql.exec("CREATE TRIGGER t AFTER UPDATE ON clip BEGIN DELETE FROM clip; END");
    }
    expectError(Library::open(path), ErrorCode::BadFile, "programs");
}

TEST(LibraryFile, HostileRowsAreReadWithinTheirRanges) {
    const tests::TemporaryFolder folder;
    const std::filesystem::path path = folder / "library.sqlite";
    LibraryClip clip;
    clip.path = folder / "a.mp4";
    clip.recipe.asked.prompt = "x";
    auto library = Library::open(path);
    ASSERT_TRUE(library);
    ASSERT_TRUE((*library)->add(clip));
    {
        SQLite::Database sql(path.string(), SQLite::OPEN_READWRITE);
        sql.exec(
            "UPDATE clip SET rating=77,width=-5,bytes=-1,frames='many',recipe='{\"asked\":[[[',"
            "fps='fast'");
    }
    const auto clips = (*library)->find({});
    ASSERT_TRUE(clips);
    ASSERT_EQ(clips->size(), 1u);
    EXPECT_EQ(clips->front().rating, 5);
    EXPECT_EQ(clips->front().width, 0);
    EXPECT_EQ(clips->front().bytes, 0u);
    EXPECT_EQ(clips->front().frames, 0);
    EXPECT_EQ(clips->front().recipe.asked, pipeline::GenerationRequest{});
}

}  // namespace
}  // namespace tessera::jobs
