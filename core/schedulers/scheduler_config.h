#pragma once

// A diffusers scheduler_config.json as a value: which algorithm and every number that decides its
// tables. Models and the trainer read and write it; makeScheduler() (scheduler.h) turns it into a
// scheduler. Any thread.

#include "core/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::schedulers {

enum class BetaSchedule { Linear, ScaledLinear, SquaredCos };

enum class PredictionType { Epsilon, V };

enum class TimestepSpacing { Leading, Trailing, Linspace };

// The defaults are those of diffusers' DDIMScheduler, except that `clipSample` is off as in every
// video model.
struct SchedulerConfig {
    std::string className = "DDIMScheduler";
    int trainTimesteps = 1000;
    double betaStart = 1e-4;
    double betaEnd = 0.02;
    BetaSchedule betaSchedule = BetaSchedule::Linear;
    std::vector<float> trainedBetas;  // replaces the beta schedule when not empty
    PredictionType predictionType = PredictionType::Epsilon;
    TimestepSpacing timestepSpacing = TimestepSpacing::Leading;
    int stepsOffset = 0;
    bool rescaleBetasZeroSnr = false;
    bool setAlphaToOne =
        true;                 // DDIM: alpha of the step past the last is 1, else alphas_cumprod[0]
    bool clipSample = false;  // DDIM: clamp the clean estimate to +-clipSampleRange
    double clipSampleRange = 1.0;
    double eta = 0.0;  // DDIM: share of fresh noise; chosen by the caller, not part of the file
    std::vector<std::string> ignoredKeys;  // keys of the file that no algorithm here reads

    bool operator==(const SchedulerConfig&) const = default;
};

// Reads the file. NotFound, BadFile (not JSON, a value out of range), Unsupported (a class, beta
// schedule, prediction type or option this program does not have; the hint names what exists).
base::Result<SchedulerConfig> readSchedulerConfig(const std::filesystem::path& path);

// The same from JSON text; `what` names the text in errors.
base::Result<SchedulerConfig> parseSchedulerConfig(std::string_view text, std::string_view what);

// Writes all keys in diffusers' spelling, atomically. NoSpace, NotWritable.
base::Status writeSchedulerConfig(const SchedulerConfig& config, const std::filesystem::path& path);

}  // namespace tessera::schedulers
