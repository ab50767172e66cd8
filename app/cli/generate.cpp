// tessera generate: a prompt or a recipe to a clip.

#include "app/cli/clip_files.h"
#include "app/cli/command.h"
#include "app/cli/generation_report.h"
#include "app/cli/plan_flag.h"
#include "app/cli/run_job.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/engine/make_engine.h"
#include "core/jobs/recipe.h"

namespace tessera::cli {

using base::ErrorCode;
using base::Json;
using base::Result;
using pipeline::GenerationRequest;
using pipeline::GenerationResult;

namespace {

void tellUnderstood(const Console& console,
                    const std::string& understoodAs,
                    const std::vector<std::string>& ignoredWords) {
    if (!understoodAs.empty()) {
        console.note("Understood as: " + understoodAs);
    }
    if (!ignoredWords.empty()) {
        console.note("Ignored words: " + joined(ignoredWords));
    }
}

void tellResult(Console& console, const GenerationResult& result) {
    console.print(result.path.string());
    tellUnderstood(console, result.understoodAs, result.ignoredWords);
    console.note(valuesLine(result.effective));
    std::string times = "Took " + base::duration(result.secondsTotal);
    const char* separator = ": ";
    for (const pipeline::PhaseTime& time : result.times) {
        times += separator;
        times += phaseWord(time.phase);
        times += " " + base::duration(time.seconds);
        separator = ", ";
    }
    if (result.peakResidentBytes > 0) {
        times += "; peak memory " + base::byteSize(result.peakResidentBytes);
    }
    console.note(times);
}

class GenerateCommand final : public Command {
public:
    const CommandText& text() const override { return m_text; }

    void addFlags(FlagSet& flags) override;
    int run(Console& console, FlagSet& flags, const Interrupts& interrupts) override;

private:
    base::Status takeRecipe(FlagSet& flags);
    int dryRun(Console& console) const;

    CommandText m_text{"generate",
                       "Make a clip from a prompt or from a recipe.",
                       "tessera generate -p \"a red ball bounces\" -s 7 -o ball.mp4"};
    GenerationRequest m_request;
    std::filesystem::path m_recipePath;
    std::filesystem::path m_planPath;
    std::string m_recipeModelHash;
    bool m_noMetadata = false;
    bool m_isDryRun = false;
};

void GenerateCommand::addFlags(FlagSet& flags) {
    flags.text("-p,--prompt", m_request.prompt, "What the clip shows");
    flags.text("-n,--negative-prompt", m_request.negativePrompt, "What it should not show");
    flags.seed("-s,--seed", m_request.seed, "Seed of the noise (default: 0)");
    addGenerationFlags(flags, m_request);
    addPlanFlag(flags, m_planPath);
    flags.path("-o,--output",
               m_request.output,
               "Clip to write: .mp4 .gif .npy, .png for one file a frame (default: the library)");
    flags.path("--recipe",
               m_recipePath,
               "Clip or recipe file to make again; other flags change single values of it");
    flags.flag("--no-metadata", m_noMetadata, "Leave the recipe out of the clip");
    flags.flag("--dry-run", m_isDryRun, "Check everything, say what would run, make nothing");
}

base::Status GenerateCommand::takeRecipe(FlagSet& flags) {
    const Result<std::string> text = readRecipeText(m_recipePath);
    if (!text) {
        return base::fail(text.error());
    }
    const Result<jobs::Recipe> recipe = jobs::parseRecipe(*text, m_recipePath.string());
    if (!recipe) {
        return base::fail(recipe.error());
    }
    m_request = jobs::reproduce(*recipe);
    m_recipeModelHash = recipe->modelHash;
    flags.reapply();
    return {};
}

int GenerateCommand::run(Console& console, FlagSet& flags, const Interrupts& interrupts) {
    if (!m_recipePath.empty()) {
        if (const base::Status status = takeRecipe(flags); !status) {
            return console.fail(status.error());
        }
    } else if (!flags.isGiven("--prompt")) {
        return console.fail({ErrorCode::BadInput,
                             "There is no prompt; expected --prompt or --recipe.",
                             "Describe the clip, for example: " + m_text.example,
                             "--prompt"});
    }
    if (const base::Status status = usePlan(m_planPath, flags, m_request); !status) {
        return console.fail(status.error());
    }
    if (m_noMetadata) {
        m_request.writeMetadata = false;
    }
    if (m_isDryRun) {
        return dryRun(console);
    }
    const Result<jobs::JobResult> end = runJob(m_request, console, interrupts);
    if (!end) {
        return console.fail(end.error());
    }
    const auto& result = std::get<GenerationResult>(*end);
    tellResult(console, result);
    if (!m_recipeModelHash.empty() && !result.modelHash.empty() &&
        m_recipeModelHash != result.modelHash) {
        console.warn("tessera: The recipe was made with model " + m_recipeModelHash +
                     ", this clip with " + result.modelHash +
                     ": it may look different. Use --model with the folder of the first one.");
    }
    console.printJson(resultJson(m_request, result));
    return console.finish();
}

int GenerateCommand::dryRun(Console& console) const {
    const Result<engine::GenerationEstimate> estimate = engine::estimate(m_request);
    if (!estimate) {
        return console.fail(estimate.error());
    }
    const GenerationRequest& effective = estimate->effective;
    console.print("Prompt: " + effective.prompt);
    if (!estimate->understoodAs.empty()) {
        console.print("Understood as: " + estimate->understoodAs);
    }
    if (!estimate->ignoredWords.empty()) {
        console.print("Ignored words: " + joined(estimate->ignoredWords));
    }
    console.print("Effective: " + valuesLine(effective));
    console.print("Model: " + effective.model.string());
    console.print("Output: " + effective.output.string());
    if (estimate->seconds > 0.0) {
        console.print("Estimate: " + secondsText(*estimate) + ", " +
                      std::to_string(estimate->forwards) + " forwards");
    }
    if (estimate->residentBytes > 0) {
        console.print("Memory: about " + base::byteSize(estimate->residentBytes));
    }
    if (estimate->deviceBytes > 0) {
        console.print("Memory of the card: about " + base::byteSize(estimate->deviceBytes));
    }
    Json json{{"dry_run", true}};
    json.update(estimateJson(m_request, *estimate));
    console.printJson(json);
    return console.finish();
}

}  // namespace

std::unique_ptr<Command> makeGenerateCommand() {
    return std::make_unique<GenerateCommand>();
}

}  // namespace tessera::cli
