#include "core/plan/published_values.h"

#include <gtest/gtest.h>

namespace tessera::plan {
namespace {

TEST(PublishedValues, AllFifteenAgree) {
    ASSERT_EQ(publishedValues().size(), 15u);
    for (const PublishedValue& value : publishedValues()) {
        const ComparedValue compared = compare(value);
        EXPECT_TRUE(compared.agrees)
            << value.shape << " " << compared.mask.name() << ": " << compared.percent;
        EXPECT_EQ(compared.mask.referenceCount(), value.references);
        EXPECT_NEAR(compared.percent, value.percent, 0.005);
    }
}

TEST(PublishedValues, AWrongValueDoesNotAgree) {
    EXPECT_FALSE(compare({"osp-29f", 2, 45.48}).agrees);
}

}  // namespace
}  // namespace tessera::plan
