// tessera world: shows what the procedural world renders for a seed.

#include "app/cli/clip_files.h"
#include "app/cli/command.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/picture.h"
#include "core/world/caption.h"
#include "core/world/render.h"
#include "core/world/scene.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace tessera::cli {

using base::ErrorCode;
using base::Json;
using base::Result;

namespace {

constexpr int kSheetGap = 4;
constexpr int kMaxSheetClips = 1024;
constexpr int kMinWidth = 24;
// Bounds the bytes of one clip: 29 x 4080 x 2720 x 3 is about 1 GB.
constexpr int kMaxWidth = 4080;
constexpr std::int64_t kMaxSheetPixels = 300'000'000;

base::Error interrupted() {
    return {ErrorCode::Cancelled, "The rendering was interrupted.", "Run the command again.", {}};
}

std::string_view nameAt(std::span<const std::string_view> names, int index) {
    return index >= 0 && static_cast<std::size_t>(index) < names.size()
               ? names[static_cast<std::size_t>(index)]
               : std::string_view("none");
}

Json objectJson(const world::Object& object) {
    Json json{{"class", nameAt(world::classNames(), object.shapeClass)},
              {"colour", nameAt(world::colourNames(), object.colour)},
              {"texture", nameAt(world::textureNames(), object.texture)},
              {"size", nameAt(world::sizeNames(), object.size)},
              {"motion", nameAt(world::motionNames(), object.motion)}};
    if (object.action >= 0) {
        json["action"] = nameAt(world::actionNames(), object.action);
    }
    return json;
}

Json sceneJson(const world::Scene& scene) {
    Json objects = Json::array();
    for (const world::Object& object : scene.objects) {
        objects.push_back(objectJson(object));
    }
    Json json{{"objects", objects},
              {"background", nameAt(world::backgroundNames(), scene.background)},
              {"weather", nameAt(world::weatherNames(), scene.weather)},
              {"camera", nameAt(world::cameraNames(), scene.camera)},
              {"style", nameAt(world::styleNames(), scene.style)},
              {"held_out", scene.heldOut}};
    if (scene.relation >= 0) {
        json["relation"] = nameAt(world::relationNames(), scene.relation);
    }
    return json;
}

class WorldCommand final : public Command {
public:
    const CommandText& text() const override { return m_text; }

    void addFlags(FlagSet& flags) override;
    int run(Console& console, FlagSet& flags, const Interrupts& interrupts) override;

private:
    base::Status check() const;
    world::Scene sceneOf(std::uint64_t seed) const;
    Result<Json> writeClipOfSeed(Console& console, const std::stop_token& stop) const;
    Result<Json> writeSheet(Console& console, const std::stop_token& stop) const;

    CommandText m_text{"world",
                       "Render a clip of the procedural world, or a sheet of many.",
                       "tessera world --seed 7 -o clip.mp4"};
    std::uint64_t m_seed = 0;
    std::filesystem::path m_output;
    std::filesystem::path m_sheet;
    int m_count = 24;
    int m_columns = 6;
    int m_width = 288;
    int m_height = 192;
    world::SceneOptions::HeldOut m_heldOut = world::SceneOptions::HeldOut::Any;
};

void WorldCommand::addFlags(FlagSet& flags) {
    flags.seed("-s,--seed", m_seed, "Which clip (default: 0); first one of a sheet");
    flags.path("-o,--output", m_output, "Clip to write: .mp4 .gif .npy .png");
    flags.path("--sheet", m_sheet, "Contact sheet to write: .png, one picture a clip");
    flags.integer("--count", m_count, 1, kMaxSheetClips, "Clips on the sheet (default: 24)");
    flags.integer("--columns", m_columns, 1, kMaxSheetClips, "Columns of the sheet (default: 6)");
    flags.size("--size", m_width, m_height, "Size in pixels, 3:2 (default: 288x192)");
    flags.choice(
        "--held-out",
        {"any", "only", "never"},
        [this](std::size_t index) {
            using enum world::SceneOptions::HeldOut;
            constexpr world::SceneOptions::HeldOut kChoices[]{Any, Only, Never};
            m_heldOut = kChoices[index];
        },
        "Compositions that training never sees (default: any)");
}

base::Status WorldCommand::check() const {
    if (m_width * 2 != m_height * 3 || m_width > kMaxWidth || m_width < kMinWidth) {
        const auto text = [](int width) {
            return std::to_string(width) + "x" + std::to_string(width * 2 / 3);
        };
        const int nearest = std::clamp(m_width / 48 * 48, 48, kMaxWidth);
        return base::fail(ErrorCode::BadInput,
                          "The size " + std::to_string(m_width) + "x" + std::to_string(m_height) +
                              " is not 3:2, from " + text(kMinWidth) + " to " + text(kMaxWidth) +
                              ".",
                          "Use --size " + text(nearest) + ".",
                          "--size");
    }
    if (!m_sheet.empty()) {
        if (std::int64_t{m_width} * m_height * m_count > kMaxSheetPixels) {
            return base::fail(ErrorCode::BadInput,
                              "A sheet of " + std::to_string(m_count) + " pictures of " +
                                  std::to_string(m_width) + "x" + std::to_string(m_height) +
                                  " is larger than " + std::to_string(kMaxSheetPixels) + " pixels.",
                              "Choose a smaller --size or --count.",
                              "--sheet");
        }
        std::string suffix = m_sheet.extension().string();
        for (char& letter : suffix) {
            letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        }
        if (suffix != ".png") {
            return base::fail(
                ErrorCode::BadInput,
                "The sheet " + m_sheet.string() + " is not a .png.",
                "Name it " + std::filesystem::path(m_sheet).replace_extension(".png").string() +
                    ".",
                "--sheet");
        }
    }
    if (!m_output.empty()) {
        return checkClipPath(m_output, m_width, m_height, world::kClipFps);
    }
    return {};
}

world::Scene WorldCommand::sceneOf(std::uint64_t seed) const {
    world::SceneOptions options;
    options.heldOut = m_heldOut;
    return world::makeScene(seed, options);
}

int WorldCommand::run(Console& console, FlagSet&, const Interrupts& interrupts) {
    if (const base::Status status = check(); !status) {
        return console.fail(status.error());
    }
    Json json{{"seed", m_seed}, {"world_version", world::kWorldVersion}};
    if (m_sheet.empty() || !m_output.empty()) {
        const Result<Json> clip = writeClipOfSeed(console, interrupts.token());
        if (!clip) {
            return console.fail(clip.error());
        }
        json.update(*clip);
    }
    if (!m_sheet.empty()) {
        const Result<Json> sheet = writeSheet(console, interrupts.token());
        if (!sheet) {
            return console.fail(sheet.error());
        }
        json["sheet"] = *sheet;
    }
    console.printJson(json);
    return console.finish();
}

Result<Json> WorldCommand::writeClipOfSeed(Console& console, const std::stop_token& stop) const {
    const world::Scene scene = sceneOf(m_seed);
    const world::Caption caption = world::describe(scene, m_seed);
    Json json{{"caption", caption.text},
              {"width", m_width},
              {"height", m_height},
              {"video_frames", world::kClipFrames},
              {"fps", world::kClipFps},
              {"scene", sceneJson(scene)}};
    if (!m_output.empty()) {
        const base::FrameSequence clip = world::renderClip(scene, m_width, m_height);
        if (stop.stop_requested()) {
            return base::fail(interrupted());
        }
        const Result<std::vector<std::filesystem::path>> files =
            writeFrames(m_output, clip, caption.text, stop);
        if (!files) {
            return base::fail(files.error());
        }
        json["path"] = files->front().string();
        json["files"] = files->size();
    }
    console.print(caption.text);
    return json;
}

Result<Json> WorldCommand::writeSheet(Console& console, const std::stop_token& stop) const {
    std::vector<base::FrameSequence> pictures;
    Json captions = Json::array();
    for (int i = 0; i < m_count; ++i) {
        if (stop.stop_requested()) {
            return base::fail(interrupted());
        }
        const std::uint64_t seed = m_seed + static_cast<std::uint64_t>(i);
        const world::Scene scene = sceneOf(seed);
        world::View view = world::View::whole(m_width, m_height);
        view.firstFrame = world::kClipFrames / 2;
        view.frames = 1;
        base::FrameSequence picture =
            base::FrameSequence::black(m_width, m_height, 1, world::kClipFps);
        world::render(scene, view, picture.rgb);
        pictures.push_back(std::move(picture));
        const world::Caption caption = world::describe(scene, seed);
        console.print(std::to_string(seed) + "  " + caption.text);
        captions.push_back(Json{{"seed", seed}, {"caption", caption.text}});
    }
    const base::FrameSequence sheet =
        base::contactSheet(pictures, std::min(m_columns, m_count), kSheetGap);
    if (const base::Status status = base::writePng(m_sheet, sheet, 0); !status) {
        return base::fail(status.error());
    }
    return Json{{"path", m_sheet.string()},
                {"width", sheet.width},
                {"height", sheet.height},
                {"clips", captions}};
}

}  // namespace

std::unique_ptr<Command> makeWorldCommand() {
    return std::make_unique<WorldCommand>();
}

}  // namespace tessera::cli
