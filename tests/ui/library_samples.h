#pragma once

// Clips with recipes inside, as the engine would leave them, for tests and pictures of the Library.

#include "core/jobs/library.h"
#include "core/jobs/recipe.h"
#include "core/media/clip_writer.h"
#include "core/world/caption.h"
#include "core/world/render.h"
#include "core/world/scene.h"

#include <QDateTime>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace tessera::test {

struct SampleSize {
    int width = 48;
    int height = 32;
};

// Writes "sample-<number>.mp4" into `folder`. Number n differs from n + 1 in prompt, stage and
// seed.
inline jobs::LibraryClip writeSample(const std::filesystem::path& folder,
                                     int number,
                                     SampleSize size = {}) {
    const auto seed = static_cast<std::uint64_t>(number);
    const world::Scene scene = world::makeScene(seed + 40);
    const base::FrameSequence frames = world::renderClip(scene, size.width, size.height);
    jobs::LibraryClip clip;
    clip.path = folder / ("sample-" + std::to_string(number) + ".mp4");
    clip.madeAt = QDateTime::currentSecsSinceEpoch() - number;
    clip.width = size.width;
    clip.height = size.height;
    clip.frames = frames.frames;
    clip.fps = frames.fps;
    jobs::Recipe& recipe = clip.recipe;
    recipe.asked.prompt = world::describe(scene, seed).text;
    recipe.asked.stage = static_cast<pipeline::Stage>(number % 3);
    recipe.asked.seed = 481500 + seed;
    recipe.effective = recipe.asked;
    recipe.effective->width = size.width;
    recipe.effective->height = size.height;
    recipe.effective->videoFrames = frames.frames;
    recipe.effective->fps = frames.fps;
    recipe.effective->steps = number % 3 == 0 ? 100 : 20;
    recipe.effective->cfgScale = 4.0;
    recipe.effective->device = {pipeline::DeviceChoice::Kind::Cpu, 0};
    recipe.effective->precision = pipeline::Precision::Fp32;
    recipe.modelHash = "71d0aaaabbbbe3aa";
    clip.secondsTotal = number % 3 == 0 ? 64.5 : 17.1 + 0.1 * number;
    std::filesystem::create_directories(folder);
    const auto written = media::writeClip(
        clip.path, frames, {jobs::recipeText(recipe), jobs::parametersText(recipe), {}});
    if (!written) {
        throw std::runtime_error(base::describe(written.error()));
    }
    clip.bytes = written->bytes;
    return clip;
}

}  // namespace tessera::test
