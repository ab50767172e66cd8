#include "core/base/error.h"

#include "core/base/result.h"

#include <map>
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

// Every code with the exit code that the command line promises for it. A code added to the enum
// without a row here makes name() or the count below differ.
const std::map<ErrorCode, int>& exitCodes() {
    static const std::map<ErrorCode, int> codes{{ErrorCode::BadInput, 2},
                                                {ErrorCode::BadFile, 5},
                                                {ErrorCode::BadModel, 5},
                                                {ErrorCode::NewerSchema, 5},
                                                {ErrorCode::NotFound, 5},
                                                {ErrorCode::NoSpace, 1},
                                                {ErrorCode::NotWritable, 1},
                                                {ErrorCode::OutOfMemory, 4},
                                                {ErrorCode::InfeasiblePlan, 3},
                                                {ErrorCode::Unsupported, 1},
                                                {ErrorCode::Cancelled, 130},
                                                {ErrorCode::Internal, 1}};
    return codes;
}

TEST(Error, EveryCodeHasItsExitCodeAndANameOfItsOwn) {
    EXPECT_EQ(exitCodes().size(), static_cast<std::size_t>(ErrorCode::Internal) + 1);
    std::set<std::string> names;
    for (const auto& [code, exit] : exitCodes()) {
        EXPECT_EQ(exitCode(code), exit) << name(code);
        EXPECT_TRUE(names.insert(name(code)).second) << name(code);
        EXPECT_EQ(std::string(name(code)).find_first_not_of("abcdefghijklmnopqrstuvwxyz_"),
                  std::string::npos);
    }
}

TEST(Error, EveryCodeKeepsMessageHintAndPlaceThroughAResult) {
    for (const auto& [code, exit] : exitCodes()) {
        const Result<int> result =
            fail(code, "Height 721 is not a multiple of 16.", "Use 720 or 736.", "height");
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, code);
        EXPECT_FALSE(result.error().hint.empty());
        EXPECT_EQ(describe(result.error()),
                  "Height 721 is not a multiple of 16. Use 720 or 736. (height)");
    }
}

TEST(Error, DescriptionLeavesOutWhatIsEmpty) {
    EXPECT_EQ(describe({ErrorCode::Internal, "It broke.", "", ""}), "It broke.");
    EXPECT_EQ(describe({ErrorCode::Internal, "It broke.", "Report it.", ""}),
              "It broke. Report it.");
}

TEST(Result, CarriesAValueThatCannotBeCopied) {
    Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
    ASSERT_TRUE(result);
    const std::unique_ptr<int> taken = std::move(*result);
    EXPECT_EQ(*taken, 7);
}

TEST(Result, StatusIsSuccessUnlessItFails) {
    const Status good;
    EXPECT_TRUE(good);
    const Status bad = fail(ErrorCode::NoSpace, "The disk is full.", "Free some space.");
    EXPECT_FALSE(bad);
}

}  // namespace
}  // namespace tessera::base
