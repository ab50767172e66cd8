#include "app/cli/nearest_word.h"

#include <vector>

#include <gtest/gtest.h>

namespace tessera::cli {
namespace {

const std::vector<std::string> kVerbs{
    "generate", "train", "eval", "world", "info", "models", "doctor"};

TEST(NearestWord, CountsInsertionsDeletionsReplacementsAndSwaps) {
    EXPECT_EQ(editDistance("", ""), 0);
    EXPECT_EQ(editDistance("", "abc"), 3);
    EXPECT_EQ(editDistance("abc", "abd"), 1);
    EXPECT_EQ(editDistance("abc", "ab"), 1);
    EXPECT_EQ(editDistance("abc", "acb"), 1);
    EXPECT_EQ(editDistance("kitten", "sitting"), 3);
}

TEST(NearestWord, FindsTheWordThatWasMeant) {
    EXPECT_EQ(nearestWord("genrate", kVerbs), "generate");
    EXPECT_EQ(nearestWord("wrold", kVerbs), "world");
    EXPECT_EQ(nearestWord("modles", kVerbs), "models");
    EXPECT_EQ(nearestWord("gen", kVerbs), "generate");
    EXPECT_EQ(nearestWord("infos", kVerbs), "info");
}

TEST(NearestWord, OffersNothingForAWordThatIsFarFromAll) {
    EXPECT_EQ(nearestWord("upscale", kVerbs), "");
    EXPECT_EQ(nearestWord("x", kVerbs), "");
    EXPECT_EQ(nearestWord("", kVerbs), "");
}

}  // namespace
}  // namespace tessera::cli
