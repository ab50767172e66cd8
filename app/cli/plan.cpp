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

struct Row {
    plan::FrameMask mask;
    double block = 0.0, element = 0.0, tile = 0.0;  // sparsities, 0 to 1
};

std::string percent(double share) {
    return base::fixed(100.0 * share, 2) + " %";
}

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
    void print(Console& console, const std::vector<Row>& rows) const;

    CommandText m_text{"plan",
                       "Show the masks of a clip's latent frames and what each skips.",
                       "tessera plan masks --frames 8 --tokens 3600"};
    std::string m_shape;
    int m_frames = 0;
    std::int64_t m_tokens = 0;
    std::int64_t m_textTokens = 0;
    int m_block = static_cast<int>(plan::kBlock);
    plan::TokenLayout m_layout;
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

int PlanCommand::run(Console& console, FlagSet& flags, const Interrupts&) {
    if (!flags.isGiven("action")) {
        return console.fail({ErrorCode::BadInput,
                             "It is not said what to show; expected masks.",
                             "For example: " + m_text.example,
                             "action"});
    }
    if (!m_shape.empty()) {
        const auto preset = plan::shapePreset(m_shape);
        if (!preset) {
            return console.fail(preset.error());
        }
        m_layout = preset->layout;
    }
    m_layout.frames = m_frames > 0 ? m_frames : m_layout.frames;
    m_layout.tokens = m_tokens > 0 ? m_tokens : m_layout.tokens;
    m_layout.text = flags.isGiven("--text") ? m_textTokens : m_layout.text;
    if (m_shape.empty() && (m_frames == 0 || m_tokens == 0)) {
        return console.fail({ErrorCode::BadInput,
                             "The clip is not known; expected --shape, or --frames and --tokens.",
                             "For example: " + m_text.example,
                             m_frames == 0 ? "--frames" : "--tokens"});
    }
    if (m_layout.total() / m_block > kMostBlocks) {
        return console.fail({ErrorCode::BadInput,
                             "The map would have " + std::to_string(m_layout.total() / m_block) +
                                 " blocks a side; expected at most " + std::to_string(kMostBlocks) +
                                 ".",
                             "Choose a larger --block.",
                             "--block"});
    }
    std::vector<Row> rows;
    std::vector<plan::FrameMask> masks = plan::maskFamily(static_cast<int>(m_layout.frames));
    masks.push_back({static_cast<int>(m_layout.frames), 1});
    rows.reserve(masks.size());
    for (const plan::FrameMask& mask : masks) {
        rows.push_back({mask,
                        plan::countBlocks(mask, m_layout, m_block).sparsity(),
                        plan::elementSparsity(mask, m_layout),
                        plan::tileSparsity(mask)});
    }
    print(console, rows);
    return console.finish();
}

void PlanCommand::print(Console& console, const std::vector<Row>& rows) const {
    Json list = Json::array();
    console.print(std::to_string(m_layout.frames) + " latent frames of " +
                  std::to_string(m_layout.tokens) + " tokens, " + std::to_string(m_layout.text) +
                  " of text: " + std::to_string(m_layout.total()) + " in all.");
    const std::string blocks = " of " + std::to_string(m_block) + "-blocks";
    for (const Row& row : rows) {
        console.print(padded(row.mask.name(), 8) + "skips " + padded(percent(row.block), 8) +
                      "(keeps " + percent(1.0 - row.block) + ")" + blocks + ", " +
                      percent(row.element) + " of pairs, " + percent(row.tile) +
                      " of tiles; references " + joined(row.mask.referenceFrames()));
        list.push_back({{"mask", row.mask.name()},
                        {"reference_frames", row.mask.referenceFrames()},
                        {"block_sparsity", row.block},
                        {"element_sparsity", row.element},
                        {"tile_sparsity", row.tile}});
    }
    console.printJson(Json{{"frames", m_layout.frames},
                           {"tokens", m_layout.tokens},
                           {"text", m_layout.text},
                           {"block", m_block},
                           {"masks", list}});
}

}  // namespace

std::unique_ptr<Command> makePlanCommand() {
    return std::make_unique<PlanCommand>();
}

}  // namespace tessera::cli
