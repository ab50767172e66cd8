#include "core/bench/cases.h"

#include "core/plan/shape_preset.h"

#include <gtest/gtest.h>

namespace tessera::bench {
namespace {

std::vector<std::string> namesOf(const std::vector<Case>& cases) {
    std::vector<std::string> names;
    for (const Case& one : cases) {
        names.push_back(one.shape + " " + one.mask.name());
    }
    return names;
}

TEST(BenchCases, AreTheWholeFamilyOfTheBundledShapeUnlessSaid) {
    const auto cases = readCases({});
    ASSERT_TRUE(cases);
    const std::vector<std::string> wanted{"bundled-192x288 1:7",
                                          "bundled-192x288 2:6",
                                          "bundled-192x288 3:5",
                                          "bundled-192x288 4:4",
                                          "bundled-192x288 full"};
    EXPECT_EQ(namesOf(*cases), wanted);
    EXPECT_EQ(cases->front().layout.total(), 1728);
    EXPECT_DOUBLE_EQ(cases->back().keptPairs(), cases->back().allPairs());
}

TEST(BenchCases, TakeEachMaskToTheShapesThatItFits) {
    BenchRequest request;
    request.shapes = {"osp-29f", "13,5,3,2,96", "osp-29f"};
    request.masks = {"2:6", "4:9", "full", "2:6"};
    const auto cases = readCases(request);
    ASSERT_TRUE(cases);
    const std::vector<std::string> wanted{
        "osp-29f 2:6", "osp-29f full", "13,5,3,2,96 4:9", "13,5,3,2,96 full"};
    EXPECT_EQ(namesOf(*cases), wanted);
    EXPECT_EQ(cases->at(2).layout, (plan::TokenLayout{13, 5, 3}));
    EXPECT_EQ(cases->at(2).heads, 2);
    EXPECT_EQ(cases->at(2).headSize, 96);
}

TEST(BenchCases, TakeOneNumberOfReferencesToClipsOfEveryLength) {
    BenchRequest request;
    request.shapes = {"8,5,0,2,64", "16,5,0,2,64", "32,5,0,2,64", "48,5,0,2,64", "1,5,0,2,64"};
    request.masks = {"k=2"};
    const auto cases = readCases(request);
    ASSERT_FALSE(cases) << "two references of one frame";
    EXPECT_EQ(cases.error().where, "--mask");
    request.shapes.pop_back();
    const std::vector<std::string> wanted{
        "8,5,0,2,64 2:6", "16,5,0,2,64 2:14", "32,5,0,2,64 2:30", "48,5,0,2,64 2:46"};
    EXPECT_EQ(namesOf(*readCases(request)), wanted);
}

TEST(BenchCases, RefuseWordsThatAreNoShapeAndMasksThatFitNone) {
    for (const char* shape : {"osp",
                              "",
                              ",",
                              "8,3600,0,24",
                              "8,3600,0,24,96,1",
                              "0,1,0,1,64",
                              "8,x,0,24,96",
                              "8,-1,0,24,96",
                              "99999999999999999999,1,0,1,64"}) {
        BenchRequest request;
        request.shapes = {shape};
        const auto cases = readCases(request);
        ASSERT_FALSE(cases) << shape;
        EXPECT_EQ(cases.error().code, base::ErrorCode::BadInput);
        EXPECT_FALSE(cases.error().hint.empty());
    }
    for (const std::vector<std::string>& masks :
         {std::vector<std::string>{"2:5"}, {"full", "2:5"}, {""}, {"families"}, {"k="}, {"k=2x"}}) {
        BenchRequest request;
        request.masks = masks;
        const auto cases = readCases(request);
        ASSERT_FALSE(cases) << masks.back();
        EXPECT_EQ(cases.error().code, base::ErrorCode::BadInput);
        EXPECT_NE(cases.error().hint.find("2:6"), std::string::npos) << cases.error().hint;
    }
}

// The one shape that no card holds with its results, and the largest that one does.
TEST(BenchCases, NeedMemoryInProportion) {
    Case one;
    const auto preset = plan::shapePreset("osp-93f");
    one.layout = preset->layout;
    one.heads = preset->heads;
    one.headSize = preset->headSize;
    one.mask = plan::maskWithReferences(24, 4);
    const double forward = memoryNeed(one, 2, false, 4);
    EXPECT_GT(forward, 1e9);
    EXPECT_LT(forward, 12e9);
    EXPECT_GT(memoryNeed(one, 2, true, 4), forward);
    EXPECT_GT(memoryNeed(one, 4, true, 4), memoryNeed(one, 2, true, 4));
}

}  // namespace
}  // namespace tessera::bench
