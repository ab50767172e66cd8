#include "core/plan/token_place.h"

#include "core/base/check.h"

#include <gtest/gtest.h>

namespace tessera::plan {
namespace {

TEST(TokenPlace, TextComesFirstThenFrameByFrame) {
    const TokenLayout layout{3, 10, 4};
    EXPECT_EQ(placeOf(layout, 0), (TokenPlace{-1, 0}));
    EXPECT_EQ(placeOf(layout, 3), (TokenPlace{-1, 3}));
    EXPECT_EQ(placeOf(layout, 4), (TokenPlace{0, 0}));
    EXPECT_EQ(placeOf(layout, 13), (TokenPlace{0, 9}));
    EXPECT_EQ(placeOf(layout, 33), (TokenPlace{2, 9}));
    EXPECT_THROW(placeOf(layout, 34), base::LogicError);
    EXPECT_THROW(placeOf(layout, -1), base::LogicError);
}

TEST(TokenPlace, SaysWhyAPairIsKept) {
    const FrameMask mask{8, 4};  // references 0 and 4
    EXPECT_EQ(reasonFor(mask, {-1, 2}, {3, 0}), PairReason::Text);
    EXPECT_EQ(reasonFor(mask, {3, 0}, {-1, 2}), PairReason::Text);
    EXPECT_EQ(reasonFor(mask, {4, 1}, {3, 0}), PairReason::Reference);
    EXPECT_EQ(reasonFor(mask, {3, 1}, {0, 0}), PairReason::Reference);
    EXPECT_EQ(reasonFor(mask, {4, 1}, {4, 0}), PairReason::Reference);
    EXPECT_EQ(reasonFor(mask, {3, 1}, {3, 7}), PairReason::OwnFrame);
    EXPECT_EQ(reasonFor(mask, {3, 1}, {2, 1}), PairReason::Skipped);
}

}  // namespace
}  // namespace tessera::plan
