#include "core/engine/run_times.h"

#include "tests/support/temporary_folder.h"

#include <fstream>
#include <limits>

#include <gtest/gtest.h>

namespace tessera::engine {
namespace {

const RunSetting kLarge{"cpu bf16 2", "small base 288x192x29", 56e9, 150e9};
const RunSetting kSmall{"cpu bf16 2", "small base 192x128x29", 17e9, 66e9};

class RunTimesTest : public testing::Test {
protected:
    tests::TemporaryFolder m_folder;
    std::filesystem::path m_file = m_folder / "data/run-times.json";
};

TEST_F(RunTimesTest, NothingIsPredictedFromNothing) {
    EXPECT_FALSE(RunTimes().predict(kLarge, 100));
    EXPECT_FALSE(RunTimes::read(m_file).predict(kLarge, 100));
}

TEST_F(RunTimesTest, SameWorkIsTheMedianOfItsRuns) {
    RunTimes times;
    for (const double forward : {0.1, 0.2, 0.9}) {
        times.remember(kLarge, {1.0, forward, 0.5, 0.5});
    }
    const auto predicted = times.predict(kLarge, 100);
    ASSERT_TRUE(predicted);
    EXPECT_NEAR(predicted->seconds, 22.0, 1e-9);
    EXPECT_NEAR(predicted->plusMinus, 70.0, 1e-9);  // the slow run was 92 s
}

TEST_F(RunTimesTest, EqualRunsStillLeaveSomeDoubt) {
    RunTimes times;
    times.remember(kLarge, {0.0, 1.0, 0.0, 0.0});
    const auto predicted = times.predict(kLarge, 100);
    ASSERT_TRUE(predicted);
    EXPECT_NEAR(predicted->plusMinus, 5.0, 1e-9);
}

TEST_F(RunTimesTest, OldRunsOfASettingAreForgotten) {
    RunTimes times;
    for (int i = 0; i < 5; ++i) {
        times.remember(kLarge, {0.0, 9.0, 0.0, 0.0});
    }
    for (int i = 0; i < 8; ++i) {
        times.remember(kLarge, {0.0, 1.0, 0.0, 0.0});
    }
    EXPECT_NEAR(times.predict(kLarge, 10)->seconds, 10.0, 1e-9);
}

TEST_F(RunTimesTest, OtherWorkIsScaledByItsOperations) {
    RunTimes times;
    times.remember(kSmall, {1.0, 0.1, 0.2, 0.3});
    const auto predicted = times.predict(kLarge, 10);
    ASSERT_TRUE(predicted);
    EXPECT_NEAR(predicted->seconds, 1.3 + 0.2 * 150.0 / 66.0 + 10 * 0.1 * 56.0 / 17.0, 1e-9);
    EXPECT_GT(predicted->plusMinus, 0.1 * predicted->seconds);
}

TEST_F(RunTimesTest, RateOfTheMachineIsTheFirstGuess) {
    RunTimes times;
    times.rememberRate("cpu bf16 2", 5e11);
    times.rememberRate("cpu bf16 2", 1e12);
    EXPECT_EQ(times.rate("cpu bf16 2"), 1e12);
    const auto fast = times.predict(kLarge, 100);
    ASSERT_TRUE(fast);
    EXPECT_GT(fast->seconds, 100 * 56e9 / 1e12);
    EXPECT_LT(fast->seconds, 1000 * 56e9 / 1e12);
    EXPECT_GT(fast->plusMinus, 0.3 * fast->seconds);
}

TEST_F(RunTimesTest, AnotherMachineSaysNothing) {
    RunTimes times;
    times.remember({"cuda:0 bf16", kLarge.work, 56e9, 150e9}, {1.0, 0.1, 0.2, 0.3});
    times.rememberRate("cpu fp32 2", 1e12);
    EXPECT_FALSE(times.predict(kLarge, 10));
}

TEST_F(RunTimesTest, ImpossibleTimesAreNotRemembered) {
    RunTimes times;
    times.remember(kLarge, {0.0, 0.0, 0.0, 0.0});
    times.remember(kLarge, {-1.0, 1.0, 0.0, 0.0});
    times.remember(kLarge, {0.0, std::numeric_limits<double>::quiet_NaN(), 0.0, 0.0});
    EXPECT_FALSE(times.predict(kLarge, 10));
}

TEST_F(RunTimesTest, WhatIsSavedIsReadAgain) {
    RunTimes times;
    times.remember(kLarge, {1.0, 0.1, 0.2, 0.3});
    times.rememberRate("cpu fp32 2", 1e11);
    ASSERT_TRUE(times.save(m_file));
    const RunTimes again = RunTimes::read(m_file);
    EXPECT_EQ(again.predict(kLarge, 10)->seconds, times.predict(kLarge, 10)->seconds);
    EXPECT_EQ(again.rate("cpu fp32 2"), 1e11);
}

TEST_F(RunTimesTest, DamagedFilesAreAnEmptyList) {
    std::filesystem::create_directories(m_file.parent_path());
    for (const char* text : {"",
                             "{",
                             "[]",
                             R"({"schema":2,"runs":[]})",
                             R"({"schema":1,"runs":[7,{"machine":1},{"machine":"a","work":"b"}]})",
                             R"({"schema":1,"runs":{},"rates":[{"machine":"a"}]})"}) {
        std::ofstream(m_file, std::ios::trunc) << text;
        EXPECT_FALSE(RunTimes::read(m_file).predict(kLarge, 10)) << text;
    }
}

}  // namespace
}  // namespace tessera::engine
