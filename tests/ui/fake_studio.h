#pragma once

// Everything that a workspace is made with, on an engine that only pretends: it refuses what the
// real one refuses, sends previews at every step and returns a small clip.

#include "core/media/clip_writer.h"
#include "tests/ui/fake_doors.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/engine_client.h"
#include "ui/models/library_model.h"
#include "ui/models/queue_model.h"
#include "ui/services.h"
#include "ui/settings.h"

#include <QTemporaryDir>

#include <algorithm>
#include <filesystem>

namespace tessera::test {

inline base::SharedFrames greyClip(int width, int height, int frames, int shade) {
    auto clip = base::FrameSequence::black(width, height, frames, 8.0);
    for (std::uint8_t& byte : clip.rgb) {
        byte = static_cast<std::uint8_t>(shade);
    }
    return std::make_shared<const base::FrameSequence>(std::move(clip));
}

// A FakeEngine whose jobs send previews and end with a clip.
class StudioEngine final : public jobs::Engine {
public:
    explicit StudioEngine(FakeEngine::Hook hook)
        : m_engine([hook = std::move(hook)](const jobs::JobSpec& spec,
                                            std::string_view phase,
                                            int step,
                                            jobs::JobControl& control) {
              if (phase == "denoise") {
                  control.preview(greyClip(24, 16, 8, step * 9 % 256));
              }
              if (hook) {
                  hook(spec, phase, step, control);
              }
          }) {}

    base::Result<jobs::JobResult> run(const jobs::JobSpec& spec,
                                      jobs::JobControl& control) override {
        auto ended = m_engine.run(spec, control);
        if (ended) {
            auto& result = std::get<pipeline::GenerationResult>(*ended);
            result.frames = greyClip(result.effective.width, result.effective.height, 29, 128);
            result.path = result.effective.output;
            result.secondsTotal = 1.0;
            result.times = {{pipeline::Phase::Encode, 0.1}, {pipeline::Phase::Denoise, 0.9}};
        }
        return ended;
    }

private:
    FakeEngine m_engine;
};

inline engine::ModelInfo studioModel() {
    engine::ModelInfo model;
    model.name = "Tessera small";
    model.folder = "/models/small";
    model.stages = {"base"};
    model.isBundled = true;
    model.bytes = 38'000'000;
    model.sizes = {{192, 128}, {288, 192}, {384, 256}};
    model.defaults.width = 288;
    model.defaults.height = 192;
    model.defaults.videoFrames = 29;
    model.defaults.fps = 8.0;
    model.defaults.steps = 20;
    model.defaults.cfgScale = 4.0;
    return model;
}

// As core/pipeline/validate.cpp refuses and fills in, in short.
inline base::Result<engine::GenerationEstimate> studioEstimate(
    const pipeline::GenerationRequest& asked) {
    using base::ErrorCode;
    const engine::ModelInfo model = studioModel();
    engine::GenerationEstimate estimate;
    pipeline::GenerationRequest& r = estimate.effective;
    r = asked;
    if (r.prompt.empty()) {
        return base::fail(ErrorCode::BadInput,
                          "The prompt is empty; say what the clip should show.",
                          "Say it.",
                          "prompt");
    }
    r.width = r.width == 0 ? 288 : r.width;
    r.height = r.height == 0 ? 192 : r.height;
    r.videoFrames = r.videoFrames == 0 ? 29 : r.videoFrames;
    r.fps = r.fps == 0.0 ? 8.0 : r.fps;
    r.steps = r.steps == 0 ? 20 : r.steps;
    r.cfgScale = r.cfgScale.value_or(4.0);
    if (std::ranges::find(model.sizes, std::pair{r.width, r.height}) == model.sizes.end()) {
        return base::fail(ErrorCode::BadInput,
                          "The size is not one that the model was trained for.",
                          "Use 384 x 256.",
                          "size");
    }
    if (r.videoFrames != 29) {
        return base::fail(
            ErrorCode::BadInput,
            "Tessera small cannot make clips of " + std::to_string(r.videoFrames) + " frames.",
            "Use 29 frames.",
            "video_frames");
    }
    if (std::ranges::find(r.masks, "2:11") != r.masks.end()) {
        return base::fail(ErrorCode::BadInput,
                          "The mask 2:11 is for other clips: this one has 8 latent frames.",
                          "Masks of 8 frames: 1:7, 2:6, 3:5, 4:4, full.",
                          "masks");
    }
    estimate.residentBytes = 1'098'000'000;
    if (r.maxRamGb > 0.0 && r.maxRamGb * 1e9 < 1.098e9) {
        return base::fail(ErrorCode::OutOfMemory,
                          "The clip needs about 1.10 GB of memory.",
                          "Raise the limit.",
                          "max_ram");
    }
    r.device.kind = pipeline::DeviceChoice::Kind::Cpu;
    r.precision =
        r.precision == pipeline::Precision::Auto ? pipeline::Precision::Bf16 : r.precision;
    r.threads = r.threads == 0 ? 2 : r.threads;
    estimate.forwards = 2 * r.steps;
    estimate.seconds = 17.1;
    estimate.plusMinus = 1.2;
    return estimate;
}

inline ui::LoadDoors studioDoors(FakeEngine::Hook hook) {
    return [hook = std::move(hook)] {
        ui::EngineDoors doors = fakeDoors();
        doors.makeEngine = [hook] { return std::make_unique<StudioEngine>(hook); };
        doors.estimate = studioEstimate;
        doors.listModels = [] {
            engine::ModelInfo broken = studioModel();
            broken.name = "Cut short";
            broken.folder = "/models/cut";
            broken.isBundled = false;
            broken.problems = {"The file is 12.3 MB, its header promises 40.1 MB."};
            return base::Result<std::vector<engine::ModelInfo>>(
                std::vector<engine::ModelInfo>{studioModel(), broken});
        };
        doors.examineMachine = [](double, const std::stop_token&) {
            engine::DoctorReport report;
            report.threads = 2;
            report.devices = {{"cpu", "", 15'600'000'000, 14'000'000'000, ""}};
            return report;
        };
        return base::Result<ui::EngineDoors>(doors);
    };
}

// In the order in which the application makes them.
struct Studio {
    explicit Studio(const QString& folder, FakeEngine::Hook hook = {})
        : settings(folder + QStringLiteral("/settings.ini")),
          actions(settings),
          engine(studioDoors(std::move(hook)), nullptr),
          queue(engine),
          library(std::filesystem::path((folder + QStringLiteral("/library.sqlite")).toStdString()),
                  disk) {
        settings.setClipsFolder(folder + QStringLiteral("/clips"));
    }

    ui::Services services() { return {settings, actions, engine, disk, queue, library}; }

    ui::Settings settings;
    ui::ActionRegistry actions;
    ui::EngineClient engine;
    ui::DiskWorker disk;
    ui::QueueModel queue;
    ui::LibraryModel library;
};

}  // namespace tessera::test
