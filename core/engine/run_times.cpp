#include "core/engine/run_times.h"

#include "core/base/json.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <system_error>
#include <utility>

namespace tessera::engine {

namespace {

constexpr int kSchema = 1;
constexpr std::size_t kRunsKept = 64;
constexpr std::size_t kRunsRead = 8;  // of one setting: a machine changes, old runs say little
constexpr double kLongest = 1e7;      // seconds; a larger number in the file is damage

// How far off each kind of guess was seen to be, as a share of the whole.
constexpr double kLeastSpread = 0.05;
constexpr double kSpreadOfOtherWork = 0.2;
constexpr double kSpreadOfRate = 0.5;

// Networks reach this share of a large matrix product's rate (bundled model, two cores: 0.45 to
// 0.7).
constexpr double kShareOfRate = 0.5;
constexpr double kFirstLoad = 1.0;  // seconds
constexpr double kFirstRest = 0.5;

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

template <class Cost>
double medianOf(const std::vector<RunCost>& runs, Cost cost) {
    std::vector<double> values;
    values.reserve(runs.size());
    for (const RunCost& run : runs) {
        values.push_back(cost(run));
    }
    return median(std::move(values));
}

double whole(const RunCost& cost, int forwards) {
    return cost.load + cost.rest + cost.decode + forwards * cost.forward;
}

// The run that is typical of `runs` (not empty).
RunCost typical(const std::vector<RunCost>& runs) {
    return {medianOf(runs, [](const RunCost& run) { return run.load; }),
            medianOf(runs, [](const RunCost& run) { return run.forward; }),
            medianOf(runs, [](const RunCost& run) { return run.decode; }),
            medianOf(runs, [](const RunCost& run) { return run.rest; })};
}

bool isPlausible(const RunCost& cost) {
    const auto fits = [](double seconds) { return seconds >= 0.0 && seconds < kLongest; };
    return fits(cost.load) && cost.forward > 0.0 && fits(cost.forward) && fits(cost.decode) &&
           fits(cost.rest);
}

// Seconds for `flops`, when `seconds` were needed for `reference`.
double scaled(double seconds, double flops, double reference) {
    return reference > 0.0 && flops > 0.0 ? seconds * flops / reference : seconds;
}

}  // namespace

RunTimes RunTimes::read(const std::filesystem::path& file) {
    RunTimes times;
    const auto json = base::readJsonFile(file);
    if (!json || !json->is_object() || json->value("schema", base::Json()) != kSchema) {
        return times;
    }
    const auto list = [&](const char* key) {
        const auto found = json->find(key);
        return found != json->end() && found->is_array() ? *found : base::Json::array();
    };
    for (const base::Json& entry : list("runs")) {
        const auto machine = base::jsonText(entry, "machine");
        const auto work = base::jsonText(entry, "work");
        const auto number = [&](const char* key) {
            return base::jsonNumber(entry, key, 0.0, 1e30).value_or(-1.0);
        };
        const Run run{{machine.value_or(""),
                       work.value_or(""),
                       number("forward_flops"),
                       number("decode_flops")},
                      {number("load_seconds"),
                       number("forward_seconds"),
                       number("decode_seconds"),
                       number("rest_seconds")}};
        if (machine && work && isPlausible(run.cost)) {
            times.m_runs.push_back(run);
        }
    }
    for (const base::Json& entry : list("rates")) {
        const auto machine = base::jsonText(entry, "machine");
        const auto flops = base::jsonNumber(entry, "flops_per_second", 1.0, 1e30);
        if (machine && flops) {
            times.rememberRate(*machine, *flops);
        }
    }
    return times;
}

base::Status RunTimes::save(const std::filesystem::path& file) const {
    base::Json runs = base::Json::array();
    for (const Run& run : m_runs) {
        runs.push_back({{"machine", run.setting.machine},
                        {"work", run.setting.work},
                        {"forward_flops", run.setting.forwardFlops},
                        {"decode_flops", run.setting.decodeFlops},
                        {"load_seconds", run.cost.load},
                        {"forward_seconds", run.cost.forward},
                        {"decode_seconds", run.cost.decode},
                        {"rest_seconds", run.cost.rest}});
    }
    base::Json rates = base::Json::array();
    for (const auto& [machine, flops] : m_rates) {
        rates.push_back({{"machine", machine}, {"flops_per_second", flops}});
    }
    std::error_code ignored;  // writing says what is wrong with the folder
    std::filesystem::create_directories(file.parent_path(), ignored);
    return base::writeJsonFile(file, {{"schema", kSchema}, {"runs", runs}, {"rates", rates}});
}

void RunTimes::remember(const RunSetting& setting, const RunCost& cost) {
    if (!isPlausible(cost)) {
        return;
    }
    m_runs.push_back({setting, cost});
    if (m_runs.size() > kRunsKept) {
        m_runs.erase(m_runs.begin());
    }
}

void RunTimes::rememberRate(const std::string& machine, double flopsPerSecond) {
    std::erase_if(m_rates, [&](const auto& entry) { return entry.first == machine; });
    m_rates.emplace_back(machine, flopsPerSecond);
}

std::optional<double> RunTimes::rate(const std::string& machine) const {
    const auto found =
        std::ranges::find(m_rates, machine, [](const auto& entry) { return entry.first; });
    return found == m_rates.end() ? std::nullopt : std::optional(found->second);
}

std::optional<PredictedTime> RunTimes::predict(const RunSetting& setting, int forwards) const {
    std::vector<RunCost> same;
    const Run* other = nullptr;  // the newest of another work on this machine
    for (auto run = m_runs.rbegin(); run != m_runs.rend(); ++run) {
        if (run->setting.machine != setting.machine) {
            continue;
        }
        if (run->setting.work == setting.work && same.size() < kRunsRead) {
            same.push_back(run->cost);
        } else if (other == nullptr && run->setting.forwardFlops > 0.0) {
            other = &*run;
        }
    }
    if (!same.empty()) {
        const double seconds = whole(typical(same), forwards);
        double spread = kLeastSpread * seconds;
        for (const RunCost& run : same) {
            spread = std::max(spread, std::abs(whole(run, forwards) - seconds));
        }
        return PredictedTime{seconds, spread};
    }
    if (setting.forwardFlops <= 0.0) {
        return std::nullopt;
    }
    if (other != nullptr) {
        RunCost cost = other->cost;
        cost.forward = scaled(cost.forward, setting.forwardFlops, other->setting.forwardFlops);
        cost.decode = scaled(cost.decode, setting.decodeFlops, other->setting.decodeFlops);
        const double seconds = whole(cost, forwards);
        return PredictedTime{seconds, kSpreadOfOtherWork * seconds};
    }
    if (const std::optional<double> flops = rate(setting.machine)) {
        const double reached = *flops * kShareOfRate;
        const double seconds = whole(
            {kFirstLoad, setting.forwardFlops / reached, setting.decodeFlops / reached, kFirstRest},
            forwards);
        return PredictedTime{seconds, kSpreadOfRate * seconds};
    }
    return std::nullopt;
}

}  // namespace tessera::engine
