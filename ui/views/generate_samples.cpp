// The states of the Generate workspace for pictures of the window (--screenshot): made up here,
// with a clip of the procedural world, so that they look the same on every machine.

#include "core/world/render.h"
#include "core/world/scene.h"
#include "ui/bridge/engine_client.h"
#include "ui/numbers.h"
#include "ui/settings.h"
#include "ui/views/canvas_panel.h"
#include "ui/views/clip_panel.h"
#include "ui/views/generate_workspace.h"
#include "ui/views/progress_rail.h"

#include <algorithm>
#include <random>

namespace tessera::ui {

namespace {

constexpr int kWidth = 384;
constexpr int kHeight = 256;
constexpr std::uint64_t kScene = 4;
constexpr PhaseSeconds kExpected{0.2, 0.1, 14.6, 2.1, 0.1};
constexpr PhaseSeconds kSpent{0.2, 0.1, 9.3, 0.0, 0.0};
constexpr int kFrame = 13;

base::SharedFrames sampleClip() {
    static const base::SharedFrames kClip = std::make_shared<const base::FrameSequence>(
        world::renderClip(world::makeScene(kScene), kWidth, kHeight));
    return kClip;
}

// An eighth of the size with noise on it, as latents look before they are done.
base::SharedFrames samplePreview() {
    const base::SharedFrames clip = sampleClip();
    constexpr int kStep = 8;
    base::FrameSequence small = base::FrameSequence::black(
        clip->width / kStep, clip->height / kStep, clip->frames, clip->fps);
    std::mt19937 random(7);
    for (int frame = 0; frame < small.frames; ++frame) {
        const auto from = clip->frame(frame);
        const auto to = small.frame(frame);
        for (std::size_t i = 0; i < to.size(); ++i) {
            const std::size_t x = i / 3 % static_cast<std::size_t>(small.width);
            const std::size_t y = i / 3 / static_cast<std::size_t>(small.width);
            const std::size_t spot =
                ((y * kStep + kStep / 2) * static_cast<std::size_t>(clip->width) + x * kStep +
                 kStep / 2) *
                    3 +
                i % 3;
            const int noise = static_cast<int>(random() % 49) - 24;
            to[i] = static_cast<std::uint8_t>(std::clamp(int{from[spot]} + noise, 0, 255));
        }
    }
    return std::make_shared<const base::FrameSequence>(std::move(small));
}

engine::ModelInfo sampleModel() {
    engine::ModelInfo model;
    model.name = "Tessera small";
    model.stages = {"base"};
    model.sizes = {{192, 128}, {288, 192}, {384, 256}};
    model.bytes = 38'000'000;
    model.isBundled = true;
    model.defaults.width = 288;
    model.defaults.height = 192;
    model.defaults.videoFrames = 29;
    model.defaults.fps = 8.0;
    model.defaults.steps = 100;
    model.defaults.cfgScale = 4.0;
    return model;
}

FormValues sampleValues() {
    FormValues values;
    values.prompt = QStringLiteral("a red balloon rising over green hills, a few white clouds");
    values.size = size(kWidth, kHeight);
    values.frames = 29;
    values.fps = 8.0;
    values.steps = 20;
    values.guidance = 4.0;
    values.seed = QStringLiteral("481516");
    values.isSeedLocked = true;
    return values;
}

engine::GenerationEstimate sampleEstimate(const pipeline::GenerationRequest& asked) {
    engine::GenerationEstimate estimate;
    estimate.effective = asked;
    estimate.effective.precision = pipeline::Precision::Bf16;
    estimate.effective.device.kind = pipeline::DeviceChoice::Kind::Cpu;
    estimate.effective.threads = 2;
    estimate.forwards = 40;
    estimate.seconds = 17.1;
    estimate.plusMinus = 1.2;
    estimate.residentBytes = 1'098'000'000;
    return estimate;
}

}  // namespace

QStringList GenerateWorkspace::screenshotStates() const {
    return {QStringLiteral("empty"),
            QStringLiteral("idle"),
            QStringLiteral("masks"),
            QStringLiteral("running"),
            QStringLiteral("stopping"),
            QStringLiteral("fault"),
            QStringLiteral("failed"),
            QStringLiteral("cancelled"),
            QStringLiteral("done")};
}

// From here on neither the engine's answers nor the draft touch what is shown.
void GenerateWorkspace::beginSamples() {
    if (!m_isSample) {
        m_isSample = true;
        disconnect(&m_check, nullptr, this, nullptr);
        disconnect(&services().engine, nullptr, this, nullptr);
    }
    m_form.setModels({sampleModel()});
    m_form.values = sampleValues();
    m_clipPanel->setModels(m_form);
    m_machine.threads = 2;
    m_machine.devices.assign(1, {"cpu", "", 15'600'000'000, 14'000'000'000, ""});
    m_canvas->setBanner(nullptr);
    m_shown = {};
    m_run.showSample(RunState::Idle, {}, {}, nullptr, {});
    m_canvas->showFrames(nullptr, {});
    spread();
}

void GenerateWorkspace::showScreenshotState(const QString& name) {
    beginSamples();
    const bool isFault = name == QStringLiteral("fault");
    const bool isMasked = name == QStringLiteral("masks");
    if (name == QStringLiteral("empty")) {
        m_form.values.prompt.clear();
        spread();
    } else if (isMasked) {
        m_form.values.masks = {
            "2:6", "2:6", "full", "full", "2:6", "2:6/4:4/full/2:6", "full", "2:6"};
        spread();
    }
    const auto estimate = sampleEstimate(m_form.request(services().settings));
    showAnswer({{}, isFault ? std::nullopt : std::optional(estimate)});
    if (name == QStringLiteral("idle") || name == QStringLiteral("done") || isMasked || isFault) {
        m_shown = {sampleClip(), "clip.mp4", m_form.values.prompt, 481515};
        showOnCanvas(m_shown);
    }
    if (isFault) {
        showSampleFaults();
    } else if (name == QStringLiteral("running")) {
        showSampleRun(RunState::Running);
    } else if (name == QStringLiteral("stopping")) {
        showSampleRun(RunState::Stopping);
    } else if (name == QStringLiteral("cancelled")) {
        showSampleRun(RunState::Cancelled);
    } else if (name == QStringLiteral("failed")) {
        showSampleRun(RunState::Failed);
    }
    entered();
    m_player.setPlaying(false);
    m_player.setPosition(kFrame);
    m_canvas->rail().update();
    if (!isFault && !m_run.isActive() && m_run.state() == RunState::Idle) {
        m_canvas->rail().showEstimate(estimate, kExpected, false);
    }
}

void GenerateWorkspace::showSampleFaults() {
    m_form.values.frames = 31;
    m_form.values.size = ui::size(400, 256);
    spread();
    RequestAnswer answer;
    answer.faults.push_back(
        faultOf({base::ErrorCode::BadInput,
                 "The size 400 x 256 is not one that Tessera small was trained for "
                 "(192 x 128, 288 x 192, 384 x 256).",
                 "Use 384 x 256.",
                 "size"},
                m_form));
    answer.faults.push_back(faultOf({base::ErrorCode::BadInput,
                                     "Tessera small cannot make clips of 31 frames.",
                                     "Use 29 frames.",
                                     "video_frames"},
                                    m_form));
    showAnswer(answer);
}

void GenerateWorkspace::showSampleRun(RunState state) {
    const bool isFailed = state == RunState::Failed;
    const PhaseSeconds spent = isFailed ? kExpected : kSpent;
    base::Error error;
    if (isFailed) {
        error = {base::ErrorCode::OutOfMemory,
                 "The decoder asked for 2.10 GB; 1.38 GB of 15.6 GB were free.",
                 "Choose a smaller size or fewer frames.",
                 ""};
    }
    const base::SharedFrames preview = samplePreview();
    m_run.showSample(
        state,
        m_form.request(services().settings),
        RunProgress::sample(kExpected, spent, isFailed ? 3 : 2, isFailed ? 20 : 13, 20),
        preview,
        error);
    m_canvas->showFrames(preview, QSize(kWidth, kHeight));
    showHeader();
}

}  // namespace tessera::ui
