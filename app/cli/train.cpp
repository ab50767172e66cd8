// tessera train: trains one of the bundled networks.

#include "app/cli/command.h"
#include "app/cli/run_job.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/request_json.h"
#include "core/jobs/words.h"

#include <limits>

namespace tessera::cli {

using base::ErrorCode;
using base::Json;
using base::Result;

namespace {

class TrainCommand final : public Command {
public:
    const CommandText& text() const override { return m_text; }

    void addFlags(FlagSet& flags) override;
    int run(Console& console, FlagSet& flags, const Interrupts& interrupts) override;

private:
    CommandText m_text{"train",
                       "Train one of the bundled networks; a run that exists is resumed.",
                       "tessera train vae --run runs/vae --minutes 20"};
    train::TrainRequest m_request;
};

void TrainCommand::addFlags(FlagSet& flags) {
    const std::vector<train::Network> networks{
        train::Network::Vae, train::Network::Base, train::Network::Eval};
    std::vector<std::string> words;
    words.reserve(networks.size());
    for (const train::Network network : networks) {
        words.emplace_back(jobs::word(network));
    }
    flags.choice(
        "network",
        words,
        [this, networks](std::size_t index) { m_request.network = networks[index]; },
        "Which network");
    flags.path("--run", m_request.run, "Folder of the run: log, checkpoints, sheets");
    flags.path("--config", m_request.config, "JSON that overrides the network's defaults");
    flags.path("--model", m_request.model, "Model folder: finished parts are read from it");
    flags.number("--minutes", m_request.minutes, 0.0, 1e6, "Stop after so long");
    flags.count("--steps",
                m_request.steps,
                std::numeric_limits<std::int64_t>::max(),
                "Stop after so many steps in all");
    flags.seed("-s,--seed", m_request.seed, "Seed of data and weights (default: 1)");
    addDeviceFlag(flags, m_request.device, "Where to train (default: auto)");
    flags.integer("--replicas",
                  m_request.replicas,
                  1,
                  64,
                  "Copies of the network that learn together, one a GPU (default: 1)");
    flags.integer("--threads", m_request.threads, 1, 4096, "Renderer threads");
    flags.flag("--export",
               m_request.exportOnly,
               "Write the newest checkpoint's averaged weights to --model and stop");
}

int TrainCommand::run(Console& console, FlagSet& flags, const Interrupts& interrupts) {
    if (!flags.isGiven("network")) {
        return console.fail({ErrorCode::BadInput,
                             "There is no network named; expected vae, base or eval.",
                             "For example: " + m_text.example,
                             "network"});
    }
    if (m_request.run.empty()) {
        return console.fail({ErrorCode::BadInput,
                             "There is no folder for the run; expected --run PATH.",
                             "For example: " + m_text.example,
                             "--run"});
    }
    if (m_request.minutes <= 0.0 && m_request.steps == 0 && !m_request.exportOnly) {
        return console.fail({ErrorCode::BadInput,
                             "The run has no end; expected --minutes or --steps.",
                             "For example: " + m_text.example,
                             "--minutes"});
    }
    const Result<jobs::JobResult> end = runJob(m_request, console, interrupts);
    if (!end) {
        return console.fail(end.error());
    }
    const auto& result = std::get<train::TrainResult>(*end);
    console.print("Step " + std::to_string(result.step) + ", loss " + base::fixed(result.loss, 4) +
                  ", " + base::fixed(result.samplesPerSecond, 1) + " samples/s, took " +
                  base::duration(result.seconds));
    if (!result.checkpoint.empty()) {
        console.print("Checkpoint: " + result.checkpoint.string());
    }
    console.printJson(Json{{"network", jobs::word(m_request.network)},
                           {"run", m_request.run.string()},
                           {"step", result.step},
                           {"loss", jobs::plainNumber(result.loss)},
                           {"samples_per_second", jobs::plainNumber(result.samplesPerSecond)},
                           {"seconds", jobs::plainNumber(result.seconds)},
                           {"checkpoint", result.checkpoint.string()}});
    return console.finish();
}

}  // namespace

std::unique_ptr<Command> makeTrainCommand() {
    return std::make_unique<TrainCommand>();
}

}  // namespace tessera::cli
