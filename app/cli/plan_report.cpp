#include "app/cli/plan_report.h"

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/plan/plan_file.h"

#include <algorithm>

namespace tessera::cli {

using base::Json;
using plan::AttentionPlan;
using plan::PlanDescription;

namespace {

// Where the plan comes from, a line for each thing that it says.
void printOrigin(Console& console, const AttentionPlan& plan) {
    if (!plan.model.empty() || !plan.modelHash.empty()) {
        console.print("  made for  " + base::printable(plan.model + " " + plan.modelHash));
    }
    std::string search = plan.search ? base::printable(plan.search->mode) : std::string();
    if (plan.threshold) {
        search += std::string(search.empty() ? "" : ", ") + "r " + base::fixed(*plan.threshold, 6);
    }
    if (plan.budgetMs) {
        search += std::string(search.empty() ? "" : ", ") + "budget " +
                  base::fixed(*plan.budgetMs, 2) + " ms";
    }
    if (!search.empty()) {
        console.print("  search    " + search);
    }
    if (!plan.machine.empty()) {
        console.print("  times of  " + base::printable(plan.machine));
    }
}

void printLayers(Console& console,
                 const AttentionPlan& plan,
                 const PlanDescription& about,
                 std::int64_t block) {
    std::size_t width = 4;
    for (const PlanDescription::Use& use : about.uses) {
        width = std::max(width, use.mask.size());
    }
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
        const plan::PlanLayer& layer = plan.layers[i];
        std::string line = "layer " + padded(std::to_string(i), 5) +
                           padded(layer.mask.name(), width + 2) +
                           sparsityWords(about.layers[i], block);
        if (!layer.losses.empty()) {
            const double worst =
                std::ranges::max_element(layer.losses, {}, &plan::TimestepLoss::loss)->loss;
            line += ", loss " + base::fixed(worst, 6);
        }
        if (layer.timeMs) {
            line += ", " + base::fixed(*layer.timeMs, 3) + " ms";
        }
        console.print(line);
    }
}

Json sparsityJson(const plan::Sparsity& sparsity) {
    return {{"block_sparsity", sparsity.block}, {"element_sparsity", sparsity.element}};
}

}  // namespace

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

std::string layoutLine(const plan::TokenLayout& layout) {
    return std::to_string(layout.frames) + " latent frames of " + std::to_string(layout.tokens) +
           " tokens, " + std::to_string(layout.text) +
           " of text: " + std::to_string(layout.total()) + " in all.";
}

std::string sparsityWords(const plan::Sparsity& sparsity, std::int64_t block) {
    return "skips " + padded(base::percent(sparsity.block), 8) + "(keeps " +
           base::percent(1.0 - sparsity.block) + ") of " + std::to_string(block) + "-blocks, " +
           base::percent(sparsity.element) + " of pairs";
}

Json tellPlan(Console& console,
              const std::filesystem::path& path,
              const AttentionPlan& plan,
              const plan::TokenLayout& layout,
              std::int64_t block) {
    const PlanDescription about = plan::describe(plan, layout, block);
    const std::string hash = plan::hashOf(plan);
    console.print(path.string() + ": plan " + hash + ", " + std::to_string(plan.layers.size()) +
                  " layers");
    printOrigin(console, plan);
    console.print(layoutLine(layout));
    printLayers(console, plan, about, block);
    Json uses = Json::array();
    std::string words;
    for (const PlanDescription::Use& use : about.uses) {
        words += (words.empty() ? "" : ", ") + use.mask + " in " + std::to_string(use.layers);
        uses.push_back({{"mask", use.mask}, {"layers", use.layers}});
    }
    console.print("all layers: " + words + "; " + sparsityWords(about.all, block));
    Json layers = Json::array();
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
        layers.push_back({{"mask", plan.layers[i].mask.name()}});
        layers.back().update(sparsityJson(about.layers[i]));
    }
    Json json{{"kind", "plan"},
              {"path", path.string()},
              {"hash", hash},
              {"frames", layout.frames},
              {"tokens", layout.tokens},
              {"text", layout.text},
              {"block", block},
              {"layers", std::move(layers)},
              {"masks", std::move(uses)}};
    json.update(sparsityJson(about.all));
    json["plan"] = Json::parse(plan::planText(plan));
    return json;
}

}  // namespace tessera::cli
