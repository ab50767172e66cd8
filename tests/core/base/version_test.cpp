#include "core/base/version.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

TEST(Version, IsThreeNumbersWithPoints) {
    const std::string text = versionText();
    EXPECT_EQ(std::count(text.begin(), text.end(), '.'), 2) << text;
    EXPECT_EQ(text.find_first_not_of("0123456789."), std::string::npos) << text;
}

}  // namespace
}  // namespace tessera::base
