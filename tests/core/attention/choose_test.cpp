#include "core/attention/choose.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

using plan::LayerMask;
using plan::TokenLayout;

const TokenLayout kLayout{8, 6, 0};
const LayerMask kFull{{{8, 1}}};
const LayerMask kSparse{{{8, 4}}};

AttentionShape shapeOf(std::int64_t tokens) {
    AttentionShape shape;
    shape.heads = 2;
    shape.headSize = 64;
    shape.frames = 8;
    shape.tokensPerFrame = tokens;
    return shape;
}

TEST(ChooseKernel, TakesDenseForFullAttentionAndNeverUnderAMask) {
    for (const std::vector<LayerMask>& masks :
         {std::vector<LayerMask>{}, {kFull}, {kFull, kFull}}) {
        const auto choice = choose(masks, kLayout, shapeOf(6));
        ASSERT_TRUE(choice);
        EXPECT_STREQ(choice->backend->name(), "dense");
        EXPECT_TRUE(choice->passedOver.empty());
    }
    const auto choice = choose({kFull, kSparse}, kLayout, shapeOf(6));
    ASSERT_TRUE(choice);
    EXPECT_STRNE(choice->backend->name(), "dense");
    ASSERT_FALSE(choice->passedOver.empty());
    EXPECT_EQ(choice->passedOver.front().kernel, "dense");
    EXPECT_NE(choice->passedOver.front().reason.find("masks"), std::string::npos);
}

TEST(ChooseKernel, SaysEveryReasonWhereNoneDoes) {
    const auto choice = choose({kSparse}, kLayout, shapeOf(7));
    ASSERT_FALSE(choice);
    EXPECT_EQ(choice.error().code, base::ErrorCode::Unsupported);
    for (const std::string& name : kernelNames()) {
        EXPECT_NE(choice.error().message.find(" " + name + ": "), std::string::npos) << name;
    }
}

TEST(ChooseKernel, RefusesMasksOfAnotherNumberOfLayers) {
    AttentionShape shape = shapeOf(6);
    shape.layers = 3;
    const auto choice = choose({kFull, kSparse}, kLayout, shape);
    ASSERT_FALSE(choice);
    EXPECT_EQ(choice.error().code, base::ErrorCode::Unsupported);
    EXPECT_EQ(choice.error().message, "The masks are for 2 layers, the model has 3.");
    EXPECT_TRUE(choose({}, kLayout, shape)) << "no masks are full attention in every layer";
    shape.layers = 2;
    EXPECT_TRUE(choose({kFull, kSparse}, kLayout, shape));
}

TEST(ChooseKernel, RefusesMasksOfOtherClips) {
    const auto choice = choose({LayerMask{{{7, 4}}}}, kLayout, shapeOf(6));
    ASSERT_FALSE(choice);
    EXPECT_NE(choice.error().message.find("7 latent frames"), std::string::npos);
}

TEST(ChooseKernel, MakesEachByItsNameAndNoOther) {
    for (const std::string& name : kernelNames()) {
        const auto made = makeKernel(name, {kFull}, kLayout);
        ASSERT_TRUE(made) << name;
        EXPECT_EQ((*made)->name(), name);
    }
    const auto none = makeKernel("dens", {kFull}, kLayout);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, base::ErrorCode::BadInput);
    EXPECT_NE(none.error().hint.find("composed"), std::string::npos);
}

}  // namespace
}  // namespace tessera::attention
