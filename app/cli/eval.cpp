// tessera eval: scores a model stage, or the VAE, with WorldEval.

#include "app/cli/command.h"
#include "app/cli/plan_flag.h"
#include "app/cli/run_job.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/request_json.h"

#include <algorithm>

namespace tessera::cli {

using base::Json;
using base::Result;

namespace {

// Left-aligned in a column of `width`, two spaces after it.
std::string cell(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text + "  ";
}

double share(const eval::AttributeScore& score) {
    return score.count > 0 ? static_cast<double>(score.correct) / score.count : 0.0;
}

void printTable(Console& console, const eval::EvalResult& result) {
    console.print(result.what);
    if (!result.attributes.empty()) {
        console.print(cell("attribute", 14) + cell("correct", 11) + cell("share", 8) +
                      cell("95 % interval", 17) + cell("ceiling", 8) + "held out");
    }
    for (const eval::AttributeScore& score : result.attributes) {
        std::string line = cell(score.attribute, 14);
        line += cell(std::to_string(score.correct) + "/" + std::to_string(score.count), 11);
        if (score.count > 0) {
            line += cell(base::percent(share(score), 1), 8);
            line += cell(base::percent(score.low, 1) + " - " + base::percent(score.high, 1), 17);
        } else {
            line += cell("-", 8) + cell("-", 17);
        }
        line += cell(base::percent(score.ceiling, 1), 8);
        line += score.heldOut >= 0.0 ? base::percent(score.heldOut, 1) + " (n " +
                                           std::to_string(score.heldOutCount) + ")"
                                     : "-";
        console.print(line);
    }
    for (const eval::NamedValue& named : result.values) {
        console.print(cell(named.name, 26) + base::fixed(named.value, 4) + "  (n " +
                      std::to_string(named.count) + ")");
    }
    console.print("Took " + base::duration(result.seconds));
}

Json resultJson(const eval::EvalResult& result) {
    Json attributes = Json::object();
    for (const eval::AttributeScore& score : result.attributes) {
        Json entry{{"correct", score.correct},
                   {"n", score.count},
                   {"share", score.count > 0 ? Json(share(score)) : Json(nullptr)},
                   {"low", jobs::plainNumber(score.low)},
                   {"high", jobs::plainNumber(score.high)},
                   {"ceiling", jobs::plainNumber(score.ceiling)}};
        if (score.heldOut >= 0.0) {
            entry["held_out"] = score.heldOut;
            entry["held_out_n"] = score.heldOutCount;
        }
        attributes[score.attribute] = entry;
    }
    Json values = Json::object();
    for (const eval::NamedValue& named : result.values) {
        values[named.name] = Json{{"value", jobs::plainNumber(named.value)}, {"n", named.count}};
    }
    return Json{{"what", result.what},
                {"model_hash", result.modelHash},
                {"attributes", attributes},
                {"values", values},
                {"seconds", jobs::plainNumber(result.seconds)}};
}

class EvalCommand final : public Command {
public:
    const CommandText& text() const override { return m_text; }

    void addFlags(FlagSet& flags) override;
    int run(Console& console, FlagSet& flags, const Interrupts& interrupts) override;

private:
    CommandText m_text{"eval",
                       "Score a model stage, or the VAE, with WorldEval.",
                       "tessera eval --stage base --prompts prompts.txt --steps 50 --n 64 --json"};
    eval::EvalRequest m_request;
    std::filesystem::path m_planPath;
};

void EvalCommand::addFlags(FlagSet& flags) {
    flags.path("--prompts",
               m_request.prompts,
               "Plain text, one prompt a line (default: drawn from the world)");
    flags.integer("-n,--n", m_request.count, 1, 10'000'000, "Clips to score (default: 64)");
    flags.integer("--batch", m_request.batch, 1, 4096, "Clips made together (default: 1)");
    flags.flag("--vae", m_request.vae, "Score the VAE on unseen clips instead of a stage");
    flags.path("--sheet", m_request.sheet, "Contact sheet (PNG) of the first clips");
    flags.path("-o,--output", m_request.output, "JSON with every clip's scores");
    flags.seed("-s,--seed", m_request.generation.seed, "First seed (default: 0)");
    flags.text("--negative-prompt", m_request.generation.negativePrompt, "For every clip");
    addGenerationFlags(flags, m_request.generation);
    addPlanFlag(flags, m_planPath);
}

int EvalCommand::run(Console& console, FlagSet& flags, const Interrupts& interrupts) {
    if (const base::Status status = usePlan(m_planPath, flags, m_request.generation); !status) {
        return console.fail(status.error());
    }
    const Result<jobs::JobResult> end = runJob(m_request, console, interrupts);
    if (!end) {
        return console.fail(end.error());
    }
    const auto& result = std::get<eval::EvalResult>(*end);
    printTable(console, result);
    console.printJson(resultJson(result));
    return console.finish();
}

}  // namespace

std::unique_ptr<Command> makeEvalCommand() {
    return std::make_unique<EvalCommand>();
}

}  // namespace tessera::cli
