#include "core/schedulers/euler_ancestral.h"

#include "core/schedulers/scheduler.h"
#include "tests/core/schedulers/fixture.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::schedulers {

namespace {

using test::Fixture;

std::unique_ptr<const Scheduler> fixtureScheduler(const std::string& prediction) {
    return std::move(makeScheduler(readSchedulerConfig(test::fixtureFolder() / "configs" /
                                                       ("euler_ancestral." + prediction) /
                                                       "scheduler_config.json")
                                       .value())
                         .value());
}

at::Tensor asTensor(const std::vector<float>& values) {
    return at::tensor(at::ArrayRef<float>(values));
}

}  // namespace

TEST(EulerAncestralFixtures, SchedulesAgreeWithTheReference) {
    const Fixture fixture("euler_ancestral");
    const auto scheduler = fixtureScheduler("epsilon");
    for (const int steps : test::kStepCounts) {
        const Schedule schedule = scheduler->timesteps(steps).value();
        const std::string prefix = "n" + std::to_string(steps);
        EXPECT_EQ(fixture.difference(prefix + ".timesteps", asTensor(schedule.modelTimesteps)), "");
        EXPECT_EQ(fixture.difference(prefix + ".sigmas", asTensor(schedule.sigmas)), "");
        EXPECT_EQ(fixture.difference(prefix + ".init_noise_sigma",
                                     at::full({1}, schedule.initNoiseSigma, at::kDouble)),
                  "");
    }
}

TEST(EulerAncestralFixtures, AllTrajectoriesAgreeWithTheReference) {
    const Fixture fixture("euler_ancestral");
    const Fixture inputs("inputs");
    const at::Tensor noise = inputs.tensor("noise");
    int compared = 0;
    for (const std::string prediction : {"epsilon", "v_prediction"}) {
        const auto scheduler = fixtureScheduler(prediction);
        for (const int steps : test::kStepCounts) {
            const std::string name = prediction + ".n" + std::to_string(steps) + ".states";
            const at::Tensor expected = fixture.tensor(name);
            const Schedule schedule = scheduler->timesteps(steps).value();
            const bool whole = expected.size(-4) == 4;
            const auto part = [&](const at::Tensor& t) {
                return whole ? t : t.slice(-4, 0, 1).slice(-3, 0, 1);
            };
            at::Tensor x = part(inputs.tensor("x0")) * schedule.initNoiseSigma;
            std::vector<at::Tensor> states = {x};
            for (int i = 0; i < steps; ++i) {
                const at::Tensor output =
                    test::toyModel(prediction == "epsilon",
                                   scheduler->scaleModelInput(schedule, i, x),
                                   schedule.modelTimesteps[static_cast<std::size_t>(i)]);
                x = scheduler->step(schedule, i, output, x, part(noise[i])).previous;
                states.push_back(x);
            }
            EXPECT_EQ(fixture.difference(name, at::stack(states)), "");
            ++compared;
        }
    }
    EXPECT_EQ(compared, 16);
}

TEST(EulerAncestral, PublishedNumbersOfOpenSoraPlanAreReached) {
    SchedulerConfig config;
    config.className = "EulerAncestralDiscreteScheduler";
    config.timestepSpacing = TimestepSpacing::Linspace;
    const auto scheduler = std::move(makeScheduler(config).value());
    const Schedule schedule = scheduler->timesteps(100).value();
    EXPECT_NEAR(schedule.initNoiseSigma, 157.40726, 2e-3);
    EXPECT_NEAR(schedule.modelTimesteps[1], 988.9091F, 1e-4);
    EXPECT_NEAR(schedule.sigmas[99], 0.0100013F, 1e-7);
    EXPECT_EQ(schedule.sigmas[100], 0.0F);
    EXPECT_EQ(scheduler->noiseDraws(schedule, 0), 1);
}

TEST(EulerAncestral, LeadingSpacingStartsWithUnitSignal) {
    SchedulerConfig config;
    config.className = "EulerAncestralDiscreteScheduler";
    const Schedule schedule = makeScheduler(config).value()->timesteps(10).value();
    const double largest = schedule.sigmas[0];
    EXPECT_EQ(schedule.modelTimesteps[0], 900.0F);
    EXPECT_DOUBLE_EQ(schedule.initNoiseSigma, std::sqrt(largest * largest + 1.0));
}

TEST(EulerAncestral, AddNoiseInterpolatesSigmaBetweenTimesteps) {
    SchedulerConfig config;
    config.className = "EulerAncestralDiscreteScheduler";
    const EulerAncestralScheduler scheduler(config);
    const at::Tensor none = at::zeros({3, 2});
    const at::Tensor noise = at::ones({3, 2});
    const at::Tensor at10 =
        scheduler.addNoise(none, noise, at::tensor({10.0, 10.5, 11.0})).select(1, 0);
    EXPECT_NEAR(at10[1].item<double>(), 0.5 * (at10[0] + at10[2]).item<double>(), 1e-6);
    EXPECT_NEAR(at10[0].item<double>(), 0.0468349 / 0.9989026, 1e-5);
}

TEST(EulerAncestral, ZeroTerminalSnrGivesFiniteSigmas) {
    SchedulerConfig config;
    config.className = "EulerAncestralDiscreteScheduler";
    config.timestepSpacing = TimestepSpacing::Linspace;
    config.rescaleBetasZeroSnr = true;
    const Schedule schedule = makeScheduler(config).value()->timesteps(5).value();
    EXPECT_NEAR(schedule.initNoiseSigma, 4096.0, 1.0);
}

}  // namespace tessera::schedulers
