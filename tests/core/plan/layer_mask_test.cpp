#include "core/plan/layer_mask.h"

#include "tests/support/expect_error.h"

#include <gtest/gtest.h>

namespace tessera::plan {
namespace {

TEST(LayerMask, NamesAreReadBack) {
    for (const char* name : {"full", "2:6", "2:6/4:4/full/2:6", "full/1:7"}) {
        const auto mask = parseLayerMask(name, 8);
        ASSERT_TRUE(mask) << base::describe(mask.error());
        EXPECT_EQ(mask->name(), name);
        EXPECT_EQ(mask->frames(), 8);
    }
}

TEST(LayerMask, EqualHeadsAreSaidOnce) {
    const LayerMask mask = parseLayerMask("2:6/2:6/2:6", 8).value();
    EXPECT_EQ(mask.heads.size(), 3u);
    EXPECT_TRUE(mask.isUniform());
    EXPECT_EQ(mask.name(), "2:6");
    EXPECT_EQ(mask.simplified(), parseLayerMask("2:6", 8).value());
    const LayerMask other = parseLayerMask("2:6/full", 8).value();
    EXPECT_FALSE(other.isUniform());
    EXPECT_EQ(other.simplified(), other);
}

TEST(LayerMask, IsFullWhenEveryHeadIs) {
    EXPECT_TRUE(parseLayerMask("full/full", 8).value().isFull());
    EXPECT_FALSE(parseLayerMask("full/1:7", 8).value().isFull());
    EXPECT_TRUE(LayerMask().isFull());
}

TEST(LayerMask, OneMaskIsThatOfEveryHead) {
    const LayerMask one = parseLayerMask("2:6", 8).value();
    EXPECT_EQ(one.of(7).name(), "2:6");
    const LayerMask two = parseLayerMask("2:6/4:4", 8).value();
    EXPECT_EQ(two.of(0).name(), "2:6");
    EXPECT_EQ(two.of(1).name(), "4:4");
}

TEST(LayerMask, WrongNamesAreRefused) {
    for (const char* text : {"", "/", "2:6/", "/2:6", "2:6//2:6", "2:6/2:5", "2:6,4:4"}) {
        SCOPED_TRACE(text);
        tests::expectError(parseLayerMask(text, 8), base::ErrorCode::BadInput);
    }
    std::string many = "full";
    for (std::size_t head = 1; head < kMaxHeads; ++head) {
        many += "/full";
    }
    EXPECT_EQ(parseLayerMask(many, 8).value().heads.size(), kMaxHeads);
    tests::expectError(parseLayerMask(many + "/full", 8), base::ErrorCode::BadInput, "256 heads");
    tests::expectError(parseLayerMask("\x1b[31m\n\xff", 8), base::ErrorCode::BadInput, "?[31m??");
}

TEST(LayerMask, HeadsAreGroupedByMask) {
    const auto groups = headGroups(parseLayerMask("2:6/4:4/full/2:6", 8).value(), 4);
    ASSERT_EQ(groups.size(), 3u);
    EXPECT_EQ(groups[0].mask.name(), "2:6");
    EXPECT_EQ(groups[0].heads, (std::vector<std::int64_t>{0, 3}));
    EXPECT_EQ(groups[1].heads, (std::vector<std::int64_t>{1}));
    EXPECT_EQ(groups[2].heads, (std::vector<std::int64_t>{2}));
    const auto one = headGroups(parseLayerMask("2:6", 8).value(), 4);
    ASSERT_EQ(one.size(), 1u);
    EXPECT_EQ(one[0].heads, (std::vector<std::int64_t>{0, 1, 2, 3}));
}

TEST(LayerMask, SparsityIsTheMeanOfItsHeads) {
    const TokenLayout layout{8, 216, 0};
    const LayerMask mask = parseLayerMask("2:6/full", 8).value();
    EXPECT_DOUBLE_EQ(elementSparsity(mask, layout),
                     elementSparsity(maskWithReferences(8, 2), layout) / 2.0);
}

}  // namespace
}  // namespace tessera::plan
