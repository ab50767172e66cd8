// tessera plan: the family of masks and what each leaves of the attention map.

#include "app/cli/command.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/plan/block_count.h"
#include "core/plan/shape_preset.h"

#include <algorithm>

namespace tessera::cli {

using base::ErrorCode;
using base::Json;

namespace {

constexpr int kMostFrames = 4096;
constexpr int kMostBlock = 65536;
constexpr std::int64_t kMostTokens = 1'000'000;
constexpr std::int64_t kMostBlocks = 4'000'000;  // a side; more would take minutes to count

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

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
    base::Result<plan::TokenLayout> layout(const FlagSet& flags) const;
    void print(Console& console, const plan::TokenLayout& layout) const;

    CommandText m_text{"plan",
                       "Show the masks of a clip's latent frames and what each skips.",
                       "tessera plan masks --frames 8 --tokens 3600"};
    std::string m_shape;
    int m_frames = 0;
    std::int64_t m_tokens = 0;
    std::int64_t m_textTokens = 0;
    int m_block = static_cast<int>(plan::kBlock);
};

void PlanCommand::addFlags(FlagSet& flags) {
    flags.choice(
        "action", {"masks"}, [](std::size_t) {}, "What to show");
    flags.text("--shape", m_shape, "Frames and tokens of a known model, such as osp-29f");
    flags.integer("--frames", m_frames, 1, kMostFrames, "Latent frames");
    flags.count("--tokens", m_tokens, kMostTokens, "Tokens of a latent frame");
    flags.count("--text", m_textTokens, kMostTokens, "Text tokens in the sequence (default: 0)");
    flags.integer("--block", m_block, 1, kMostBlock, "Side of a block (default: 128)");
}

// The shape that was named, with what the other flags say instead.
base::Result<plan::TokenLayout> PlanCommand::layout(const FlagSet& flags) const {
    plan::TokenLayout layout;
    if (!m_shape.empty()) {
        const auto preset = plan::shapePreset(m_shape);
        if (!preset) {
            return base::fail(preset.error());
        }
        layout = preset->layout;
    } else if (m_frames == 0 || m_tokens == 0) {
        return base::fail(ErrorCode::BadInput,
                          "The clip is not known; expected --shape, or --frames and --tokens.",
                          "For example: " + m_text.example,
                          m_frames == 0 ? "--frames" : "--tokens");
    }
    layout.frames = m_frames > 0 ? m_frames : layout.frames;
    layout.tokens = m_tokens > 0 ? m_tokens : layout.tokens;
    layout.text = flags.isGiven("--text") ? m_textTokens : layout.text;
    const std::int64_t blocks = layout.total() / m_block;
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

int PlanCommand::run(Console& console, FlagSet& flags, const Interrupts&) {
    if (!flags.isGiven("action")) {
        return console.fail({ErrorCode::BadInput,
                             "It is not said what to show; expected masks.",
                             "For example: " + m_text.example,
                             "action"});
    }
    const auto known = layout(flags);
    if (!known) {
        return console.fail(known.error());
    }
    print(console, *known);
    return console.finish();
}

void PlanCommand::print(Console& console, const plan::TokenLayout& layout) const {
    console.print(std::to_string(layout.frames) + " latent frames of " +
                  std::to_string(layout.tokens) + " tokens, " + std::to_string(layout.text) +
                  " of text: " + std::to_string(layout.total()) + " in all.");
    const auto frames = static_cast<int>(layout.frames);
    std::vector<plan::FrameMask> masks = plan::maskFamily(frames);
    masks.push_back({frames, 1});
    Json list = Json::array();
    for (const plan::FrameMask& mask : masks) {
        const double block = plan::countBlocks(mask, layout, m_block).sparsity();
        const double element = plan::elementSparsity(mask, layout);
        const double tile = plan::tileSparsity(mask);
        console.print(padded(mask.name(), 8) + "skips " + padded(base::percent(block), 8) +
                      "(keeps " + base::percent(1.0 - block) + ") of " + std::to_string(m_block) +
                      "-blocks, " + base::percent(element) + " of pairs, " + base::percent(tile) +
                      " of tiles; references " + joined(mask.referenceFrames()));
        list.push_back({{"mask", mask.name()},
                        {"reference_frames", mask.referenceFrames()},
                        {"block_sparsity", block},
                        {"element_sparsity", element},
                        {"tile_sparsity", tile}});
    }
    console.printJson(Json{{"frames", layout.frames},
                           {"tokens", layout.tokens},
                           {"text", layout.text},
                           {"block", m_block},
                           {"masks", list}});
}

}  // namespace

std::unique_ptr<Command> makePlanCommand() {
    return std::make_unique<PlanCommand>();
}

}  // namespace tessera::cli
