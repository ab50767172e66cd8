#include "core/plan/frame_mask.h"

#include "tests/support/expect_error.h"

#include <cmath>

#include <gtest/gtest.h>

namespace tessera::plan {
namespace {

std::vector<std::string> familyNames(int frames) {
    std::vector<std::string> names;
    for (const FrameMask& mask : maskFamily(frames)) {
        names.push_back(mask.name());
    }
    return names;
}

TEST(FrameMask, FamilyHasEachSetOfReferencesOnce) {
    EXPECT_EQ(familyNames(8), (std::vector<std::string>{"1:7", "2:6", "3:5", "4:4"}));
    EXPECT_EQ(familyNames(13),
              (std::vector<std::string>{"1:12", "2:11", "3:10", "4:9", "5:8", "7:6"}));
    EXPECT_TRUE(maskFamily(1).empty());
    EXPECT_EQ(familyNames(2), (std::vector<std::string>{"1:1"}));
}

TEST(FrameMask, ReferencesAreEvenlySpaced) {
    EXPECT_EQ(maskWithReferences(8, 3).referenceFrames(), (std::vector<int>{0, 3, 6}));
    EXPECT_EQ(maskWithReferences(8, 7).name(), "4:4");
    EXPECT_EQ(maskWithReferences(8, 8).name(), "full");
    EXPECT_TRUE(maskWithReferences(1, 1).isFull());
}

TEST(FrameMask, KeepsOwnFrameAndReferencesBothWays) {
    const FrameMask mask = maskWithReferences(8, 2);  // 0 and 4
    for (int query = 0; query < 8; ++query) {
        for (int key = 0; key < 8; ++key) {
            const bool expected = query == key || query % 4 == 0 || key % 4 == 0;
            EXPECT_EQ(mask.keeps(query, key), expected) << query << " " << key;
        }
    }
}

TEST(FrameMask, NamesAreReadBack) {
    for (const int frames : {1, 2, 8, 13, 21, 24}) {
        for (const FrameMask& mask : maskFamily(frames)) {
            EXPECT_EQ(parseFrameMask(mask.name(), frames).value(), mask);
        }
        EXPECT_TRUE(parseFrameMask("full", frames).value().isFull());
    }
}

TEST(FrameMask, WrongNamesSayWhatTheFamilyHas) {
    for (const char* text : {"", ":", "2", "2:", ":6", "a:b", "2:6:0", "-1:9", "0:8", "2:6 "}) {
        tests::expectError(
            parseFrameMask(text, 8), base::ErrorCode::BadInput, "1:7, 2:6, 3:5, 4:4");
    }
    tests::expectError(parseFrameMask("2:11", 8), base::ErrorCode::BadInput, "8 latent frames");
    tests::expectError(parseFrameMask("7:1", 8), base::ErrorCode::BadInput, "4:4");
}

TEST(FrameMask, SparsitiesFollowTheFormula) {
    const FrameMask mask = maskWithReferences(8, 2);
    EXPECT_DOUBLE_EQ(tileSparsity(mask), 30.0 / 64.0);
    EXPECT_DOUBLE_EQ(elementSparsity(mask, {8, 3600, 0}), 0.46875);
    const TokenLayout withText{13, 1350, 226};
    const double n = 13.0 * 1350.0 + 226.0;
    EXPECT_NEAR(elementSparsity(maskWithReferences(13, 3), withText),
                10.0 * 9.0 * 1350.0 * 1350.0 / (n * n),
                1e-12);
    EXPECT_EQ(tileSparsity({8, 1}), 0.0);
}

}  // namespace
}  // namespace tessera::plan
