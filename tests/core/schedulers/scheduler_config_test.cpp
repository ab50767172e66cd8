#include "core/schedulers/scheduler_config.h"

#include "core/schedulers/scheduler.h"
#include "tests/core/schedulers/fixture.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace tessera::schedulers {

namespace {

base::Result<SchedulerConfig> parse(const std::string& members) {
    return parseSchedulerConfig(
        "{\"_class_name\": \"DDIMScheduler\"" + (members.empty() ? "" : ", " + members) + "}",
        "scheduler_config.json");
}

}  // namespace

TEST(SchedulerConfig, EveryFixtureFileIsUnderstoodWhole) {
    int files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(test::fixtureFolder() / "configs")) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("ddim") && !name.starts_with("euler_ancestral")) {
            continue;
        }
        const auto config = readSchedulerConfig(entry.path() / "scheduler_config.json");
        ASSERT_TRUE(config) << base::describe(config.error());
        EXPECT_TRUE(config->ignoredKeys.empty()) << config->ignoredKeys.front();
        EXPECT_FALSE(config->clipSample);
        EXPECT_TRUE(makeScheduler(*config));
        ++files;
    }
    EXPECT_EQ(files, 23);
}

TEST(SchedulerConfig, AbsentKeysTakeTheReferenceDefaults) {
    const auto ddim = parse("");
    ASSERT_TRUE(ddim);
    EXPECT_TRUE(ddim->clipSample);
    EXPECT_TRUE(ddim->setAlphaToOne);
    EXPECT_EQ(ddim->timestepSpacing, TimestepSpacing::Leading);
    const auto euler = parseSchedulerConfig(R"({"_class_name": "EulerAncestralDiscreteScheduler"})",
                                            "scheduler_config.json");
    ASSERT_TRUE(euler);
    EXPECT_FALSE(euler->clipSample);
    EXPECT_EQ(euler->timestepSpacing, TimestepSpacing::Linspace);
}

TEST(SchedulerConfig, WrittenFilesReadBackEqual) {
    SchedulerConfig config;
    config.betaSchedule = BetaSchedule::ScaledLinear;
    config.betaStart = 0.00085;
    config.betaEnd = 0.012;
    config.predictionType = PredictionType::V;
    config.timestepSpacing = TimestepSpacing::Trailing;
    config.rescaleBetasZeroSnr = true;
    config.setAlphaToOne = false;
    config.stepsOffset = 1;
    config.trainTimesteps = 3;
    config.trainedBetas = {0.1F, 0.2F, 0.3F};
    const std::filesystem::path path =
        std::filesystem::path(testing::TempDir()) / "scheduler_config_test.json";
    ASSERT_TRUE(writeSchedulerConfig(config, path));
    const auto back = readSchedulerConfig(path);
    ASSERT_TRUE(back) << base::describe(back.error());
    EXPECT_EQ(*back, config);
    std::filesystem::remove(path);
}

TEST(SchedulerConfig, UnknownChoicesAreNamedWithWhatExists) {
    const auto spacing = parse(R"("timestep_spacing": "sideways")");
    ASSERT_FALSE(spacing);
    EXPECT_EQ(spacing.error().code, base::ErrorCode::Unsupported);
    EXPECT_NE(spacing.error().message.find("sideways"), std::string::npos);
    EXPECT_NE(spacing.error().hint.find("trailing"), std::string::npos);
    EXPECT_FALSE(parse(R"("beta_schedule": "sigmoid")"));
    EXPECT_FALSE(parse(R"("prediction_type": "flow_prediction")"));
    EXPECT_FALSE(parse(R"("thresholding": true)"));
}

TEST(SchedulerConfig, NumbersOutOfRangeAreRefused) {
    EXPECT_FALSE(parse(R"("num_train_timesteps": 0)"));
    EXPECT_FALSE(parse(R"("num_train_timesteps": 1000000000)"));
    EXPECT_FALSE(parse(R"("num_train_timesteps": "many")"));
    EXPECT_FALSE(parse(R"("beta_start": -1)"));
    EXPECT_FALSE(parse(R"("steps_offset": -1)"));
    EXPECT_FALSE(parse(R"("trained_betas": [0.1])"));
    EXPECT_FALSE(parse(R"("trained_betas": [2.0])"));
    EXPECT_FALSE(parse(R"("trained_betas": "none")"));
    EXPECT_FALSE(parseSchedulerConfig("[1, 2]", "scheduler_config.json"));
    EXPECT_FALSE(parseSchedulerConfig("{}", "scheduler_config.json"));
}

TEST(SchedulerConfig, UnreadKeysAreListed) {
    const auto config = parse(R"("algorithm_type": "dpmsolver++", "_diffusers_version": "0.37.1")");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->ignoredKeys, std::vector<std::string>{"algorithm_type"});
}

TEST(SchedulerFactory, AnUnknownClassIsNamedWithWhatExists) {
    SchedulerConfig config;
    config.className = "PNDMScheduler";
    const auto scheduler = makeScheduler(config);
    ASSERT_FALSE(scheduler);
    EXPECT_EQ(scheduler.error().code, base::ErrorCode::Unsupported);
    EXPECT_NE(scheduler.error().message.find("PNDMScheduler"), std::string::npos);
    for (const std::string& name : schedulerClassNames()) {
        EXPECT_NE(scheduler.error().hint.find(name), std::string::npos);
    }
}

TEST(SchedulerFactory, ImpossibleBetasAndEtaAreRefused) {
    SchedulerConfig config;
    config.betaStart = 0.5;
    config.betaEnd = 0.1;
    EXPECT_FALSE(makeScheduler(config));
    config = {};
    config.eta = 1.5;
    EXPECT_FALSE(makeScheduler(config));
}

}  // namespace tessera::schedulers
