#include "core/schedulers/ddim.h"

#include "core/schedulers/scheduler.h"
#include "tests/core/schedulers/fixture.h"

#include <ATen/ATen.h>

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::schedulers {

namespace {

using test::Fixture;

struct Trajectory {
    at::Tensor states;  // [N + 1, ...]
    at::Tensor x0;      // [N, ...]
};

Trajectory sample(const Scheduler& scheduler,
                  int steps,
                  const at::Tensor& start,
                  const at::Tensor& noise) {
    const Schedule schedule = scheduler.timesteps(steps).value();
    const bool epsilon = scheduler.predictionType() == PredictionType::Epsilon;
    at::Tensor x = start * schedule.initNoiseSigma;
    std::vector<at::Tensor> states = {x};
    std::vector<at::Tensor> clean;
    for (int i = 0; i < steps; ++i) {
        const at::Tensor input = scheduler.scaleModelInput(schedule, i, x);
        const at::Tensor output =
            test::toyModel(epsilon, input, schedule.modelTimesteps[static_cast<std::size_t>(i)]);
        const StepResult result = scheduler.step(schedule, i, output, x, noise[i]);
        x = result.previous;
        states.push_back(x);
        clean.push_back(result.x0);
    }
    return {at::stack(states), at::stack(clean)};
}

std::unique_ptr<const Scheduler> fixtureScheduler(const std::string& name, double eta = 0.0) {
    SchedulerConfig config =
        readSchedulerConfig(test::fixtureFolder() / "configs" / name / "scheduler_config.json")
            .value();
    config.eta = eta;
    return std::move(makeScheduler(config).value());
}

// The first channel and frame of a latent: what all but the main configurations were run on.
at::Tensor corner(const at::Tensor& latents) {
    return latents.slice(-4, 0, 1).slice(-3, 0, 1);
}

template <class Number>
at::Tensor asTensor(const std::vector<Number>& values) {
    return at::tensor(at::ArrayRef<Number>(values));
}

}  // namespace

TEST(DdimFixtures, TablesOfAllBetaSchedulesAgreeWithTheReference) {
    const Fixture tables("tables");
    int compared = 0;
    for (const std::string beta : {"linear", "scaled_linear", "squaredcos"}) {
        for (const std::string form : {"plain", "zsnr"}) {
            const std::string name = beta + "." + form;
            SchedulerConfig config =
                readSchedulerConfig(test::fixtureFolder() / "configs" /
                                    ("ddim.leading.v_prediction." + name) / "scheduler_config.json")
                    .value();
            const NoiseTable table = makeNoiseTable(config);
            EXPECT_EQ(tables.difference(name + ".betas", asTensor(table.betas)), "");
            EXPECT_EQ(tables.difference(name + ".alphas_cumprod", asTensor(table.alphasCumprod)),
                      "");
            if (form == "zsnr") {
                EXPECT_EQ(table.alphasCumprod.back(), 0.0F);
            }
            ++compared;
        }
    }
    EXPECT_EQ(compared, 6);
}

TEST(DdimFixtures, TimestepsAreExactForBothSpacings) {
    const Fixture fixture("ddim");
    for (const std::string spacing : {"leading", "trailing"}) {
        const auto scheduler = fixtureScheduler("ddim." + spacing + ".v_prediction.linear.plain");
        for (const int steps : test::kStepCounts) {
            const Schedule schedule = scheduler->timesteps(steps).value();
            const std::string prefix = spacing + ".n" + std::to_string(steps);
            EXPECT_EQ(fixture.difference(prefix + ".timesteps", asTensor(schedule.modelTimesteps)),
                      "");
            EXPECT_EQ(fixture.difference(prefix + ".prev_timesteps",
                                         asTensor(schedule.previousTimesteps)),
                      "");
            EXPECT_EQ(schedule.initNoiseSigma, 1.0);
        }
    }
}

// Every states and x0_pred tensor of the file is visited by its own name.
TEST(DdimFixtures, AllTrajectoriesAgreeWithTheReference) {
    const Fixture fixture("ddim");
    const Fixture inputs("inputs");
    const at::Tensor x0 = inputs.tensor("x0");
    const at::Tensor noise = inputs.tensor("noise");
    int compared = 0;
    for (const std::string& name : fixture.names()) {
        const bool states = name.ends_with(".states");
        if (!states && !name.ends_with(".x0_pred")) {
            continue;
        }
        // spacing.prediction.beta.form.etaE.nN.what, where E may hold a point
        const std::size_t eta = name.find(".eta");
        const std::size_t count = name.find(".n", eta);
        const std::string config = name.substr(0, eta);
        const double etaValue = std::stod(name.substr(eta + 4, count - eta - 4));
        const int steps = std::stoi(name.substr(count + 2));
        const bool whole = fixture.tensor(name).size(-4) == x0.size(-4);
        const auto scheduler = fixtureScheduler("ddim." + config, etaValue);
        const Trajectory run =
            sample(*scheduler, steps, whole ? x0 : corner(x0), whole ? noise : corner(noise));
        EXPECT_EQ(fixture.difference(name, states ? run.states : run.x0), "");
        ++compared;
    }
    EXPECT_EQ(compared, 356);
}

TEST(DdimFixtures, AddNoiseAgreesWithTheReference) {
    const Fixture fixture("ddim");
    const Fixture inputs("inputs");
    const auto scheduler = fixtureScheduler("ddim.leading.epsilon.linear.plain");
    const at::Tensor timesteps = fixture.tensor("add_noise.timesteps");
    const at::Tensor noise = inputs.tensor("noise").slice(0, 0, 4).squeeze(1);
    const at::Tensor x0 = inputs.tensor("x0").expand({4, -1, -1, -1, -1});
    const at::Tensor noised = scheduler->addNoise(x0, noise, timesteps);
    EXPECT_EQ(fixture.difference("add_noise.linear.plain",
                                 noised.view_as(fixture.tensor("add_noise.linear.plain"))),
              "");
}

TEST(Ddim, PublishedAlphasOfOpenSoraPlanAreReached) {
    const NoiseTable table = makeNoiseTable({});
    EXPECT_NEAR(table.alphasCumprod[0], 0.999899983F, 1e-7);
    EXPECT_NEAR(table.alphasCumprod[250], 0.521423042F, 5e-7);
    EXPECT_NEAR(table.alphasCumprod[750], 0.003300159F, 1e-8);
    EXPECT_NEAR(table.alphasCumprod[999], 0.000040358F, 1e-9);
}

TEST(Ddim, TrailingTimestepsRoundHalvesToEven) {
    SchedulerConfig config;
    config.timestepSpacing = TimestepSpacing::Trailing;
    const auto points = makeScheduler(config).value()->timesteps(16).value().modelTimesteps;
    // 1000 - 62.5 = 937.5 and 1000 - 187.5 = 812.5 go to 938 and 812 before 1 is taken off.
    EXPECT_EQ(points[1], 937.0F);
    EXPECT_EQ(points[3], 811.0F);
    config.trainTimesteps = 1000;
    EXPECT_EQ(makeScheduler(config).value()->timesteps(3).value().modelTimesteps,
              (std::vector<float>{999.0F, 666.0F, 332.0F}));
}

TEST(Ddim, EveryTrailingStepCountGivesThatManyPoints) {
    SchedulerConfig config;
    config.timestepSpacing = TimestepSpacing::Trailing;
    const auto scheduler = std::move(makeScheduler(config).value());
    for (int steps = 1; steps <= 1000; ++steps) {
        const Schedule schedule = scheduler->timesteps(steps).value();
        ASSERT_EQ(schedule.steps(), steps);
        ASSERT_EQ(schedule.modelTimesteps.front(), 999.0F);
        ASSERT_GE(schedule.modelTimesteps.back(), 0.0F);
    }
}

TEST(Ddim, StepsOffsetMovesLeadingTimesteps) {
    SchedulerConfig config;
    config.stepsOffset = 1;
    const auto scheduler = std::move(makeScheduler(config).value());
    EXPECT_EQ(scheduler->timesteps(2).value().modelTimesteps, (std::vector<float>{501.0F, 1.0F}));
    const auto tooFar = scheduler->timesteps(1000);
    ASSERT_FALSE(tooFar);
    EXPECT_EQ(tooFar.error().code, base::ErrorCode::BadModel);
    EXPECT_FALSE(tooFar.error().hint.empty());
}

TEST(Ddim, StepCountsOutsideTheTrainedRangeAreRefused) {
    const auto scheduler = std::move(makeScheduler({}).value());
    for (const int steps : {0, -5, 1001}) {
        const auto schedule = scheduler->timesteps(steps);
        ASSERT_FALSE(schedule);
        EXPECT_EQ(schedule.error().code, base::ErrorCode::BadInput);
        EXPECT_NE(schedule.error().message.find(std::to_string(steps)), std::string::npos);
    }
}

TEST(Ddim, EpsilonAtZeroSignalIsRefused) {
    SchedulerConfig config;
    config.rescaleBetasZeroSnr = true;
    config.timestepSpacing = TimestepSpacing::Trailing;
    const auto refused = makeScheduler(config).value()->timesteps(10);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::BadModel);
    config.predictionType = PredictionType::V;
    EXPECT_TRUE(makeScheduler(config).value()->timesteps(10));
}

TEST(Ddim, WithoutAlphaToOneTheLastStepKeepsTheFirstTrainedNoise) {
    SchedulerConfig config;
    const at::Tensor x = at::full({1, 1}, 0.5, at::kFloat);
    const at::Tensor output = at::full({1, 1}, 0.25, at::kFloat);
    const auto last = [&](bool toOne) {
        config.setAlphaToOne = toOne;
        const auto scheduler = std::move(makeScheduler(config).value());
        const Schedule schedule = scheduler->timesteps(10).value();
        return scheduler->step(schedule, 9, output, x, {});
    };
    const StepResult toClean = last(true);
    EXPECT_TRUE(at::equal(toClean.previous, toClean.x0));
    // At timestep 0 with the alpha of timestep 0 on both sides nothing moves.
    EXPECT_NEAR(last(false).previous.item<float>(), 0.5F, 1e-6);
}

TEST(Ddim, ClippingBoundsTheCleanEstimate) {
    SchedulerConfig config;
    config.clipSample = true;
    config.clipSampleRange = 0.5;
    const auto scheduler = std::move(makeScheduler(config).value());
    const Schedule schedule = scheduler->timesteps(10).value();
    const StepResult result =
        scheduler->step(schedule, 5, at::zeros({2, 2}), at::full({2, 2}, 9.0), {});
    EXPECT_EQ(result.x0.max().item<float>(), 0.5F);
}

TEST(Ddim, ArithmeticIsFloat32AndTheSampleKeepsItsType) {
    const auto scheduler = std::move(makeScheduler({}).value());
    const Schedule schedule = scheduler->timesteps(20).value();
    const at::Tensor x = at::linspace(-2.0, 2.0, 64, at::kFloat).to(at::kBFloat16);
    const at::Tensor output = at::linspace(1.0, -1.0, 64, at::kFloat).to(at::kBFloat16);
    const StepResult half = scheduler->step(schedule, 10, output, x, {});
    const StepResult full =
        scheduler->step(schedule, 10, output.to(at::kFloat), x.to(at::kFloat), {});
    EXPECT_EQ(half.previous.scalar_type(), at::kBFloat16);
    EXPECT_EQ(half.x0.scalar_type(), at::kFloat);
    EXPECT_TRUE(at::equal(half.previous, full.previous.to(at::kBFloat16)));
}

TEST(Ddim, VelocityTurnsBackIntoCleanAndNoise) {
    SchedulerConfig config;
    config.predictionType = PredictionType::V;
    config.timestepSpacing = TimestepSpacing::Trailing;
    config.rescaleBetasZeroSnr = true;
    const DdimScheduler scheduler(config);
    const Schedule schedule = scheduler.timesteps(4).value();
    const at::Tensor clean = at::linspace(-1.0, 1.0, 12, at::kFloat).view({1, 12});
    const at::Tensor noise = at::linspace(2.0, -1.0, 12, at::kFloat).view({1, 12});
    for (int i = 0; i < 4; ++i) {
        const at::Tensor t =
            at::full({1}, schedule.modelTimesteps[static_cast<std::size_t>(i)], at::kLong);
        const at::Tensor noised = scheduler.addNoise(clean, noise, t);
        const at::Tensor v = velocity(scheduler.table(), clean, noise, t);
        EXPECT_LT((scheduler.step(schedule, i, v, noised, {}).x0 - clean).abs().max().item<float>(),
                  1e-5F);
    }
}

TEST(Ddim, OneSchedulerServesManyThreads) {
    const auto scheduler = fixtureScheduler("ddim.leading.epsilon.linear.plain", 0.5);
    const Fixture inputs("inputs");
    const at::Tensor x0 = inputs.tensor("x0");
    const at::Tensor noise = inputs.tensor("noise");
    const at::Tensor expected = sample(*scheduler, 20, x0, noise).states;
    std::vector<at::Tensor> results(4);
    {
        std::vector<std::jthread> threads;
        for (at::Tensor& result : results) {
            threads.emplace_back([&] { result = sample(*scheduler, 20, x0, noise).states; });
        }
    }
    for (const at::Tensor& result : results) {
        EXPECT_TRUE(at::equal(result, expected));
    }
}

}  // namespace tessera::schedulers
