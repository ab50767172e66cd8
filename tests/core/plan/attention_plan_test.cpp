#include "core/plan/attention_plan.h"

#include "tests/support/expect_error.h"

#include <gtest/gtest.h>

namespace tessera::plan {
namespace {

using base::ErrorCode;

AttentionPlan planOf(const std::vector<std::string>& names, int frames = 8) {
    AttentionPlan plan;
    plan.layout = {frames, 3600, 0};
    for (const std::string& name : names) {
        plan.layers.push_back({parseLayerMask(name, frames).value(), {}, {}});
    }
    return plan;
}

TEST(AttentionPlan, FitsOneModelAndOneLength) {
    const AttentionPlan plan = planOf({"2:6", "full", "2:6/4:4/full/2:6"});
    EXPECT_TRUE(validate(plan, 3, 4, 8));
    tests::expectError(
        validate(plan, 4, 4, 8),
        ErrorCode::BadInput,
        "The plan has 3 layers, the model has 4. Open a plan made for this model, or "
        "make one in Search.");
    tests::expectError(validate(plan, 3, 12, 8), ErrorCode::BadInput, "4 heads, the model has 12");
    tests::expectError(validate(plan, 3, 4, 13), ErrorCode::BadInput, "8 latent frames");
}

TEST(AttentionPlan, HashIsOfWhatIsComputed) {
    AttentionPlan plan = planOf({"2:6", "4:4"});
    const std::string hash = hashOf(plan);
    EXPECT_EQ(hash.size(), 16u);
    plan.layout.tokens = 96;
    plan.layers[0].losses = {{900.0, 0.1}};
    plan.layers[1].timeMs = 2.0;
    plan.machine = "somewhere";
    EXPECT_EQ(hashOf(plan), hash);
    EXPECT_EQ(hashOf(planOf({"2:6/2:6", "4:4"})), hash);
    EXPECT_NE(hashOf(planOf({"4:4", "2:6"})), hash);
    EXPECT_NE(hashOf(planOf({"2:6/4:4"})), hash);
    EXPECT_NE(hashOf(planOf({"full"}, 8)), hashOf(planOf({"full"}, 13)));
}

// Pinned: recipes and weights hold it.
TEST(AttentionPlan, HashStaysTheSame) {
    EXPECT_EQ(hashOf(planOf({"2:6", "4:4", "full"})), "2a1572adf751fd07");
}

TEST(AttentionPlan, DescriptionCountsLayersAndMeansOverThem) {
    const AttentionPlan plan = planOf({"2:6", "full", "2:6", "full/1:7"});
    const PlanDescription about = describe(plan, plan.layout);
    ASSERT_EQ(about.uses.size(), 3u);
    EXPECT_EQ(about.uses[0].mask, "2:6");
    EXPECT_EQ(about.uses[0].layers, 2);
    EXPECT_EQ(about.uses[1].mask, "full");
    EXPECT_EQ(about.uses[2].mask, "full/1:7");
    ASSERT_EQ(about.layers.size(), 4u);
    EXPECT_NEAR(about.layers[0].block, 0.4547, 5e-5);
    EXPECT_DOUBLE_EQ(about.layers[0].element, 0.46875);
    EXPECT_EQ(about.layers[1].block, 0.0);
    EXPECT_NEAR(about.layers[3].block, 0.6438 / 2.0, 5e-5);
    EXPECT_NEAR(about.all.block, (2 * 0.4547 + 0.3219) / 4.0, 5e-5);
    EXPECT_NEAR(
        about.all.element, (2 * about.layers[0].element + about.layers[3].element) / 4.0, 1e-12);
}

TEST(AttentionPlan, SparsitiesAreThoseOfTheClipAskedFor) {
    const AttentionPlan plan = planOf({"2:6"});
    const TokenLayout other{8, 216, 226};
    EXPECT_DOUBLE_EQ(describe(plan, other, 64).all.block,
                     countBlocks(maskWithReferences(8, 2), other, 64).sparsity());
}

TEST(AttentionPlan, MasksAreThoseOfARequest) {
    EXPECT_EQ(maskNames(planOf({"2:6", "4:4/full"})),
              (std::vector<std::string>{"2:6", "4:4/full"}));
}

}  // namespace
}  // namespace tessera::plan
