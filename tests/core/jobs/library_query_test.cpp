#include "core/jobs/library_query.h"

#include "tests/core/jobs/library_fixture.h"
#include "tests/support/expect_error.h"

#include <algorithm>
#include <chrono>

namespace tessera::jobs {
namespace {

using base::ErrorCode;
using tests::expectError;

using LibraryQueryTest = test::LibraryFixture;

TEST_F(LibraryQueryTest, EveryFieldFindsOneOfTwoClips) {
    addTwo();
    for (const char* text : {"balloon",
                             "RED hills",
                             "\"red balloon\"",
                             "stage:sparse",
                             "stage:sparse,mlcd",
                             "size:384x256",
                             "size:384\u00d7256",
                             "width:>=384",
                             "height:256",
                             "frames:29",
                             "frames:20..",
                             "fps:8",
                             "steps:20",
                             "steps:<=20",
                             "seed:481515",
                             "seed:..481515",
                             "seed:481000..482000",
                             "took:<20",
                             "rating:>=3",
                             "rating:4",
                             "model:small",
                             "model:71d0",
                             "device:auto",
                             "precision:auto",
                             "name:balloon",
                             "tag:keep",
                             "tag:KEEP",
                             "tag:\"figure 8\"",
                             "after:2026-11-23",
                             "after:2026-11-21 before:2026-11-24",
                             "stage:sparse,mlcd size:384x256 seed:7..999999 rating:>=3 "
                             "after:2026-11-23 tag:keep balloon hills"}) {
        EXPECT_EQ(found(text), "balloon") << text;
    }
    for (const char* text : {"fish, slowly",
                             "stage:base",
                             "seed:18446744073709551615",
                             "seed:>481515",
                             "negative:blurry",
                             "guidance:7.5",
                             "guidance:>7 guidance:<8",
                             "model:other",
                             "model:3F0B",
                             "device:cuda",
                             "device:cuda:1",
                             "precision:bf16",
                             "tag:sea",
                             "before:2026-11-21",
                             "rating:1..2"}) {
        EXPECT_EQ(found(text), "fish") << text;
    }
    EXPECT_EQ(found(""), "balloon fish");
    EXPECT_EQ(found(" , "), "balloon fish");
    EXPECT_EQ(found("red,orange"), "balloon fish");
    EXPECT_EQ(found("tag:keep,sea"), "balloon fish");
    EXPECT_EQ(found("red orange"), "");
    EXPECT_EQ(found("\"red ba"), "balloon");
}

TEST_F(LibraryQueryTest, OrdersAreTheirNames) {
    addTwo();
    EXPECT_EQ(found("", LibraryQuery::Order::NewestFirst), "balloon fish");
    EXPECT_EQ(found("", LibraryQuery::Order::OldestFirst), "fish balloon");
    EXPECT_EQ(found("", LibraryQuery::Order::RatingFirst), "balloon fish");
    EXPECT_EQ(found("", LibraryQuery::Order::PromptFirst), "balloon fish");
}

TEST_F(LibraryQueryTest, WordThatCannotBeReadIsNamed) {
    for (const char* word : {"stage:fast",
                             "size:384",
                             "size:axb",
                             "seed:-1",
                             "seed:x",
                             "seed:9..x",
                             "seed:..",
                             "rating:",
                             "steps:1e999",
                             "after:yesterday",
                             "after:2026-02-30",
                             "after:2026-11-23-",
                             "colour:red",
                             "tag:,"}) {
        const auto clips = m_library->find({std::string("balloon ") + word + " hills"});
        expectError(clips, ErrorCode::BadInput, word);
        EXPECT_EQ(clips.error().where, word);
    }
    expectError(m_library->find({std::string(5000, 'x')}), ErrorCode::BadInput);
    std::string many = "tag:a";
    for (int i = 0; i < 300; ++i) {
        many += ",b";
    }
    expectError(m_library->find({many}), ErrorCode::BadInput);
}

TEST_F(LibraryQueryTest, WordsOfTheQueryAreNeverSql) {
    addTwo();
    for (const char* text : {"'; DROP TABLE clip; --",
                             "tag:'; DELETE FROM clip; --",
                             "name:%",
                             "prompt') OR ('1'='1",
                             "name:x'||(SELECT 1)||'",
                             "model:' OR 1=1 --",
                             "device:\"' OR '1'='1\"",
                             "?1 :row @x $y",
                             "\"\\\" OR 1=1\""}) {
        const auto clips = m_library->find({text});
        EXPECT_TRUE(!clips || clips->empty()) << text;
        EXPECT_EQ(m_library->count().value_or(-1), 2) << text;
    }
    const auto condition = readQuery("tag:'x' seed:7 \"a'b\"");
    ASSERT_TRUE(condition);
    EXPECT_EQ(condition->where.find('\''), std::string::npos);
    EXPECT_EQ(condition->values.size(),
              static_cast<std::size_t>(std::ranges::count(condition->where, '?')));
}

TEST_F(LibraryQueryTest, TwoThousandClipsAreSearchedQuickly) {
    for (int i = 0; i < 2000; ++i) {
        LibraryClip clip = clipOf(std::to_string(i) + ".mp4",
                                  i % 10 == 0 ? "a red balloon over hills" : "a boat on the sea");
        clip.recipe.asked.seed = static_cast<std::uint64_t>(i);
        clip.tags = {i % 2 == 0 ? "even" : "odd"};
        add(clip, false);
    }
    const auto start = std::chrono::steady_clock::now();
    const auto clips = m_library->find({"balloon stage:sparse seed:100..1099 tag:even"});
    const auto some = std::chrono::steady_clock::now() - start;
    ASSERT_TRUE(clips);
    EXPECT_EQ(clips->size(), 100u);
    const auto all = m_library->find({});
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(all->size(), 2000u);
    // Generous for a sanitizer on a busy machine; plain builds take 5 and 60 ms.
    EXPECT_LT(some, std::chrono::seconds(1));
    EXPECT_LT(took, std::chrono::seconds(5));
}

TEST(LibraryQueryText, FieldsAreReadAndChangedInPlace) {
    const std::string text = "red  stage:sparse,mlcd \"green hills\" tag:\"figure 8\" stage:base";
    EXPECT_EQ(queryValues(text, "stage"), (std::vector<std::string>{"sparse", "mlcd", "base"}));
    EXPECT_EQ(queryValues(text, "tag"), std::vector<std::string>{"figure 8"});
    EXPECT_TRUE(queryValues(text, "size").empty());
    EXPECT_EQ(withQueryValues(text, "stage", {"mlcd"}),
              "red stage:mlcd \"green hills\" tag:\"figure 8\"");
    EXPECT_EQ(withQueryValues(text, "stage", {}), "red \"green hills\" tag:\"figure 8\"");
    EXPECT_EQ(withQueryValues("red", "tag", {"figure 8", "a,b", "k\"eep"}),
              "red tag:\"figure 8\",\"a,b\",\"keep\"");
    EXPECT_EQ(withQueryValues("", "seed", {"7..9"}), "seed:7..9");
}

TEST(LibraryQueryText, CaseIsFoldedBeyondAscii) {
    EXPECT_EQ(foldCase("AZ\u00c4\u00d6\u00dc\u0416\u0401\u03a9 9"),
              "az\u00e4\u00f6\u00fc\u0436\u0451\u03c9 9");
    EXPECT_EQ(foldCase("\u00d7\u00df"), "\u00d7\u00df");
    EXPECT_EQ(foldCase(std::string("\xC3")), "\xC3");
    EXPECT_LT(sortableSeed(9), sortableSeed(10));
    EXPECT_LT(sortableSeed(10), sortableSeed(UINT64_MAX));
}

}  // namespace
}  // namespace tessera::jobs
