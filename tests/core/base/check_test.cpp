#include "core/base/check.h"

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

TEST(Check, PassesQuietlyWhenTheConditionHolds) {
    int evaluations = 0;
    CHECK(++evaluations == 1, evaluations);
    EXPECT_EQ(evaluations, 1);
}

TEST(Check, ThrowsWithTheConditionTheValuesAndThePlace) {
    const int width = 721;
    try {
        CHECK(width % 16 == 0, width, "pixels");
        FAIL() << "nothing was thrown";
    } catch (const LogicError& error) {
        const std::string text = error.what();
        EXPECT_NE(text.find("width % 16 == 0"), std::string::npos) << text;
        EXPECT_NE(text.find("721, pixels"), std::string::npos) << text;
        EXPECT_NE(text.find("check_test.cpp:"), std::string::npos) << text;
    }
}

TEST(Check, NeedsNoValues) {
    EXPECT_THROW(CHECK(false), LogicError);
}

}  // namespace
}  // namespace tessera::base
