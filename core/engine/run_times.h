#pragma once

// What generations took on this machine, kept in the data folder, and what that says of the next
// one. A plain list of past runs; nothing in it decides what a clip looks like. One object, one
// thread; two processes that save at once keep the list of the later one.

#include "core/base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tessera::engine {

// What is run, as far as its time depends on it.
struct RunSetting {
    std::string machine;        // device, precision and threads: "cpu bf16 2"
    std::string work;           // model, stage and size: "Tessera small base 288x192x29"
    double forwardFlops = 0.0;  // of one network evaluation; 0 = not known
    double decodeFlops = 0.0;
};

// Seconds of one run. `forward` is one network evaluation, `rest` everything that is done once
// beside loading and decoding.
struct RunCost {
    double load = 0.0;
    double forward = 0.0;
    double decode = 0.0;
    double rest = 0.0;
};

struct PredictedTime {
    double seconds = 0.0;
    double plusMinus = 0.0;  // half width of the interval around it
};

class RunTimes {
public:
    // A file that is missing or damaged is an empty list: it is a memory, not a document.
    static RunTimes read(const std::filesystem::path& file);

    // NoSpace, NotWritable.
    base::Status save(const std::filesystem::path& file) const;

    void remember(const RunSetting& setting, const RunCost& cost);

    // A matrix product of this machine reached so many operations a second: what a first guess
    // rests on.
    void rememberRate(const std::string& machine, double flopsPerSecond);
    std::optional<double> rate(const std::string& machine) const;

    // From the runs of the same work; else from the same machine's runs of other work, by the
    // operations; else from its rate. Nothing when none of the three is known.
    std::optional<PredictedTime> predict(const RunSetting& setting, int forwards) const;

private:
    struct Run {
        RunSetting setting;
        RunCost cost;
    };

    std::vector<Run> m_runs;  // oldest first
    std::vector<std::pair<std::string, double>> m_rates;
};

}  // namespace tessera::engine
