#include "core/schedulers/scheduler.h"

#include "core/schedulers/ddim.h"
#include "core/schedulers/euler_ancestral.h"

#include <utility>

namespace tessera::schedulers {

namespace {

using Maker = std::unique_ptr<const Scheduler> (*)(const SchedulerConfig&);

template <class Algorithm>
std::unique_ptr<const Scheduler> make(const SchedulerConfig& config) {
    return std::make_unique<const Algorithm>(config);
}

// A new algorithm is one line here and its own pair of files.
const std::vector<std::pair<std::string, Maker>>& makers() {
    static const std::vector<std::pair<std::string, Maker>> all = {
        {"DDIMScheduler", &make<DdimScheduler>},
        {"EulerAncestralDiscreteScheduler", &make<EulerAncestralScheduler>},
    };
    return all;
}

}  // namespace

const std::vector<std::string>& schedulerClassNames() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const auto& [name, maker] : makers()) {
            list.push_back(name);
        }
        return list;
    }();
    return names;
}

base::Result<std::unique_ptr<const Scheduler>> makeScheduler(const SchedulerConfig& config) {
    if (config.trainedBetas.empty() && config.betaSchedule != BetaSchedule::SquaredCos &&
        !(config.betaStart > 0.0 && config.betaStart <= config.betaEnd && config.betaEnd < 1.0)) {
        return base::fail(base::ErrorCode::BadModel,
                          "The betas run from " + std::to_string(config.betaStart) + " to " +
                              std::to_string(config.betaEnd) +
                              "; they must rise, above 0 and below 1.",
                          "Correct beta_start and beta_end in scheduler_config.json.",
                          "beta_start");
    }
    if (!(config.eta >= 0.0 && config.eta <= 1.0)) {
        return base::fail(base::ErrorCode::BadInput,
                          "Eta is " + std::to_string(config.eta) + "; it must lie in 0 to 1.",
                          "Use 0 for a deterministic sampler.",
                          "eta");
    }
    for (const auto& [name, maker] : makers()) {
        if (name == config.className) {
            return maker(config);
        }
    }
    std::string existing;
    for (const std::string& name : schedulerClassNames()) {
        existing += existing.empty() ? name : ", " + name;
    }
    return base::fail(base::ErrorCode::Unsupported,
                      "The scheduler class '" + config.className + "' is not one this program has.",
                      "It has: " + existing + ". Put one of them in scheduler_config.json.",
                      "_class_name");
}

}  // namespace tessera::schedulers
