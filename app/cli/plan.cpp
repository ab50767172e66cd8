// tessera plan: the family of masks and what each leaves of the attention map; plan files.

#include "app/cli/command.h"
#include "app/cli/plan_report.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/engine/make_engine.h"
#include "core/plan/plan_file.h"
#include "core/plan/shape_preset.h"

#include <optional>
#include <utility>

namespace tessera::cli {

using base::ErrorCode;
using base::Json;
using base::Result;
using plan::AttentionPlan;

namespace {

constexpr int kMostFrames = 4096;
constexpr int kMostBlock = 65536;
constexpr std::int64_t kMostTokens = 1'000'000;
constexpr std::int64_t kMostBlocks = 4'000'000;  // a side; more would take minutes to count

std::string joined(const std::vector<int>& numbers) {
    std::string text;
    for (const int number : numbers) {
        text += (text.empty() ? "" : ",") + std::to_string(number);
    }
    return text;
}

class PlanCommand final : public Command {
public:
    const CommandText& text() const override { return m_text; }

    void addFlags(FlagSet& flags) override;
    int run(Console& console, FlagSet& flags, const Interrupts& interrupts) override;

private:
    enum class Action { Masks, Show, Check, Make };

    Result<plan::TokenLayout> layout(const FlagSet& flags,
                                     const std::optional<plan::TokenLayout>& made,
                                     std::int64_t block) const;
    void printMasks(Console& console, const plan::TokenLayout& layout) const;
    int show(Console& console, const FlagSet& flags) const;
    int check(Console& console, const FlagSet& flags, const Interrupts& interrupts) const;
    int make(Console& console, const Interrupts& interrupts) const;
    Result<AttentionPlan> planOfMasks(const engine::SelfAttention& attention) const;

    CommandText m_text{"plan",
                       "Show the masks of a clip's latent frames; show, check or make a plan file.",
                       "tessera plan masks --frames 8 --tokens 3600"};
    Action m_action = Action::Masks;
    std::filesystem::path m_file;
    std::string m_shape;
    int m_frames = 0;
    std::int64_t m_tokens = 0;
    std::int64_t m_textTokens = 0;
    int m_block = static_cast<int>(plan::kBlock);
    std::filesystem::path m_model;
    std::vector<std::string> m_masks;
    std::filesystem::path m_output;
};

void PlanCommand::addFlags(FlagSet& flags) {
    flags.choice(
        "action",
        {"masks", "show", "check", "make"},
        [this](std::size_t index) { m_action = static_cast<Action>(index); },
        "masks: the family; show, check: a plan file; make: one from --mask");
    flags.path("file", m_file, "Plan file to show or check");
    flags.text("--shape", m_shape, "Frames and tokens of a known model, such as osp-29f");
    flags.integer("--frames", m_frames, 1, kMostFrames, "Latent frames");
    flags.count("--tokens", m_tokens, kMostTokens, "Tokens of a latent frame");
    flags.count("--text", m_textTokens, kMostTokens, "Text tokens in the sequence (default: 0)");
    flags.integer("--block", m_block, 1, kMostBlock, "Side of a block (default: 128)");
    flags.path("--model", m_model, "Model that a plan is checked against, or made for");
    addMaskFlag(
        flags,
        [this](std::vector<std::string> masks) { m_masks = std::move(masks); },
        "Masks of the plan to make: one for all layers, or with commas one for each");
    flags.path("-o,--output", m_output, "Plan file to make (*.plan.json)");
}

// The shape that was named, or that of the clip that the plan was made on, with what the other
// flags say instead.
Result<plan::TokenLayout> PlanCommand::layout(const FlagSet& flags,
                                              const std::optional<plan::TokenLayout>& made,
                                              std::int64_t block) const {
    plan::TokenLayout layout = made.value_or(plan::TokenLayout{});
    if (!m_shape.empty()) {
        const auto preset = plan::shapePreset(m_shape);
        if (!preset) {
            return base::fail(preset.error());
        }
        layout = preset->layout;
    } else if (!made && (m_frames == 0 || m_tokens == 0)) {
        return base::fail(ErrorCode::BadInput,
                          "The clip is not known; expected --shape, or --frames and --tokens.",
                          "For example: " + m_text.example,
                          m_frames == 0 ? "--frames" : "--tokens");
    }
    layout.frames = m_frames > 0 ? m_frames : layout.frames;
    layout.tokens = m_tokens > 0 ? m_tokens : layout.tokens;
    layout.text = flags.isGiven("--text") ? m_textTokens : layout.text;
    if (made && layout.frames != made->frames) {
        return base::fail(ErrorCode::BadInput,
                          "The plan is for " + std::to_string(made->frames) +
                              " latent frames, the shape has " + std::to_string(layout.frames) +
                              ".",
                          "Choose a shape with as many latent frames.",
                          m_frames > 0 ? "--frames" : "--shape");
    }
    const std::int64_t blocks = layout.total() / block;
    if (blocks > kMostBlocks) {
        return base::fail(ErrorCode::BadInput,
                          "The map would have " + std::to_string(blocks) +
                              " blocks a side; expected at most " + std::to_string(kMostBlocks) +
                              ".",
                          "Choose a larger --block.",
                          "--block");
    }
    return layout;
}

int PlanCommand::run(Console& console, FlagSet& flags, const Interrupts& interrupts) {
    if (!flags.isGiven("action")) {
        return console.fail({ErrorCode::BadInput,
                             "It is not said what to do; expected masks, show, check or make.",
                             "For example: " + m_text.example,
                             "action"});
    }
    const bool takesFile = m_action == Action::Show || m_action == Action::Check;
    if (takesFile == m_file.empty()) {
        return console.fail({ErrorCode::BadInput,
                             takesFile ? std::string("There is no plan file named.")
                                       : "\"" + base::printable(m_file.string(), 60) +
                                             "\" is one word too many: only show and check take a "
                                             "file.",
                             takesFile ? "For example: tessera plan show light.plan.json"
                                       : "For example: " + m_text.example,
                             "file"});
    }
    switch (m_action) {
        case Action::Show:
            return show(console, flags);
        case Action::Check:
            return check(console, flags, interrupts);
        case Action::Make:
            return make(console, interrupts);
        case Action::Masks:
            break;
    }
    const auto known = layout(flags, {}, m_block);
    if (!known) {
        return console.fail(known.error());
    }
    printMasks(console, *known);
    return console.finish();
}

void PlanCommand::printMasks(Console& console, const plan::TokenLayout& layout) const {
    console.print(layoutLine(layout));
    const auto frames = static_cast<int>(layout.frames);
    std::vector<plan::FrameMask> masks = plan::maskFamily(frames);
    masks.push_back({frames, 1});
    Json list = Json::array();
    for (const plan::FrameMask& mask : masks) {
        const plan::Sparsity sparsity{plan::countBlocks(mask, layout, m_block).sparsity(),
                                      plan::elementSparsity(mask, layout)};
        const double tile = plan::tileSparsity(mask);
        console.print(padded(mask.name(), 8) + sparsityWords(sparsity, m_block) + ", " +
                      base::percent(tile) + " of tiles; references " +
                      joined(mask.referenceFrames()));
        list.push_back({{"mask", mask.name()},
                        {"reference_frames", mask.referenceFrames()},
                        {"block_sparsity", sparsity.block},
                        {"element_sparsity", sparsity.element},
                        {"tile_sparsity", tile}});
    }
    console.printJson(Json{{"frames", layout.frames},
                           {"tokens", layout.tokens},
                           {"text", layout.text},
                           {"block", m_block},
                           {"masks", list}});
}

int PlanCommand::show(Console& console, const FlagSet& flags) const {
    const Result<AttentionPlan> plan = plan::loadPlan(m_file);
    if (!plan) {
        return console.fail(plan.error());
    }
    const std::int64_t block = flags.isGiven("--block") ? m_block : plan->block;
    const auto known = layout(flags, plan->layout, block);
    if (!known) {
        return console.fail(known.error());
    }
    console.printJson(tellPlan(console, m_file, *plan, *known, block));
    return console.finish();
}

int PlanCommand::check(Console& console, const FlagSet& flags, const Interrupts& interrupts) const {
    const Result<AttentionPlan> plan = plan::loadPlan(m_file);
    if (!plan) {
        return console.fail(plan.error());
    }
    Json json{{"path", m_file.string()},
              {"hash", plan::hashOf(*plan)},
              {"layers", plan->layers.size()},
              {"frames", plan->frames()},
              {"model_hash", plan->modelHash}};
    std::string line = m_file.string() + ": a plan of " + std::to_string(plan->layers.size()) +
                       " layers for " + std::to_string(plan->frames()) + " latent frames";
    if (flags.isGiven("--model")) {
        const Result<engine::SelfAttention> attention = engine::selfAttentionOf(m_model);
        if (!attention) {
            return console.fail(attention.error());
        }
        if (const base::Status fits = plan::validate(*plan,
                                                     attention->layers,
                                                     attention->heads,
                                                     static_cast<int>(attention->layout.frames));
            !fits) {
            return console.fail(fits.error());
        }
        const Result<std::string> hash = engine::hashModel(m_model, interrupts.token());
        if (!hash) {
            return console.fail(hash.error());
        }
        const bool isSame = plan->modelHash == *hash;
        if (!isSame && !plan->modelHash.empty()) {
            console.warn("tessera: The plan was made with model " +
                         base::printable(plan->modelHash) + ", this one is " + *hash +
                         ": it runs, but its losses are those of the other.");
        }
        line += ", as " + attention->model + " has them";
        json["model"] = m_model.string();
        json["is_same_model"] = isSame;
    }
    console.print(line + ".");
    console.printJson(json);
    return console.finish();
}

Result<AttentionPlan> PlanCommand::planOfMasks(const engine::SelfAttention& attention) const {
    AttentionPlan made;
    made.model = attention.model;
    made.layout = attention.layout;
    made.family = plan::maskFamily(made.frames());
    made.search = plan::PlanSearch{"by hand", {}};
    const std::size_t layers =
        m_masks.size() == 1 ? static_cast<std::size_t>(attention.layers) : m_masks.size();
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const auto mask =
            plan::parseLayerMask(m_masks[m_masks.size() == 1 ? 0 : layer], made.frames());
        if (!mask) {
            return base::fail(mask.error());
        }
        made.layers.push_back({mask->simplified(), {}, {}});
    }
    if (const base::Status fits =
            plan::validate(made, attention.layers, attention.heads, made.frames());
        !fits) {
        base::Error error = fits.error();
        error.hint =
            "Give one mask for all layers, or one for each; of a layer one for all heads, "
            "or one for each.";
        error.where = "--mask";
        return base::fail(std::move(error));
    }
    return made;
}

int PlanCommand::make(Console& console, const Interrupts& interrupts) const {
    if (m_output.empty() || m_masks.empty()) {
        return console.fail({ErrorCode::BadInput,
                             m_output.empty() ? "There is no file to make; expected -o FILE."
                                              : "There is no mask; expected --mask.",
                             "For example: tessera plan make -o light.plan.json --mask 2:6",
                             m_output.empty() ? "--output" : "--mask"});
    }
    const Result<engine::SelfAttention> attention = engine::selfAttentionOf(m_model);
    if (!attention) {
        return console.fail(attention.error());
    }
    Result<AttentionPlan> plan = planOfMasks(*attention);
    if (!plan) {
        return console.fail(plan.error());
    }
    const Result<std::string> hash = engine::hashModel(m_model, interrupts.token());
    if (!hash) {
        return console.fail(hash.error());
    }
    plan->modelHash = *hash;
    if (const base::Status saved = plan::savePlan(*plan, m_output); !saved) {
        return console.fail(saved.error());
    }
    console.printJson(tellPlan(console, m_output, *plan, plan->layout, plan->block));
    return console.finish();
}

}  // namespace

std::unique_ptr<Command> makePlanCommand() {
    return std::make_unique<PlanCommand>();
}

}  // namespace tessera::cli
