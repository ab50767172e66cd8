#include "core/engine/evaluate.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/base/picture.h"
#include "core/eval/scoring.h"
#include "core/eval/vae_metrics.h"
#include "core/eval/world_eval.h"
#include "core/jobs/words.h"
#include "core/pipeline/denoise.h"
#include "core/pipeline/generate.h"
#include "core/pipeline/latents.h"
#include "core/world/caption.h"
#include "core/world/render.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <map>
#include <sstream>

namespace tessera::engine {

namespace {

constexpr std::uint64_t kUnseenSeed = 0xE7A1000000ull;  // scenes that no training run draws
constexpr int kHeldOutEvery = 8;  // of drawn prompts, one in so many is a held-out composition
constexpr int kSheetClips = 16;

struct Prompt {
    std::string text;
    world::StatedSlots stated;
};

// The lines of the file, or captions of unseen scenes.
base::Result<std::vector<Prompt>> readPrompts(const eval::EvalRequest& request) {
    std::vector<Prompt> prompts;
    if (request.prompts.empty()) {
        for (int i = 0; i < request.count; ++i) {
            world::SceneOptions options;
            options.heldOut = i % kHeldOutEvery == kHeldOutEvery - 1
                                  ? world::SceneOptions::HeldOut::Only
                                  : world::SceneOptions::HeldOut::Never;
            const std::uint64_t seed =
                kUnseenSeed + request.generation.seed * 1000003ull + static_cast<std::uint64_t>(i);
            const world::Caption caption = world::describe(world::makeScene(seed, options), seed);
            prompts.push_back({caption.text, caption.stated});
        }
        return prompts;
    }
    auto text = base::readTextFile(request.prompts);
    if (!text) {
        return base::fail(text.error());
    }
    std::istringstream lines(*text);
    for (std::string line;
         static_cast<int>(prompts.size()) < request.count && std::getline(lines, line);) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) {
            continue;
        }
        const world::Understood understood = world::understand(line);
        prompts.push_back({understood.text, understood.stated});
    }
    if (prompts.empty()) {
        return base::fail(
            base::ErrorCode::BadInput,
            "The file " + request.prompts.string() + " holds no prompt.",
            "Write one prompt a line, or leave --prompts away to draw them from the world.",
            request.prompts.string());
    }
    return prompts;
}

// The judge, and its own accuracy on unseen renders by attribute.
struct JudgeWithCeiling {
    eval::WorldEval net;
    std::map<std::string, double> ceilings;
};

base::Result<JudgeWithCeiling> openJudge(c10::Device device) {
    auto resources = base::resourcesFolder();
    if (!resources) {
        return base::fail(resources.error());
    }
    const auto folder = *resources / "models" / "world-eval";
    // Many small convolutions: on a CPU bf16 only adds conversions.
    const auto type = device.is_cuda() ? at::kBFloat16 : at::kFloat;
    auto net = eval::WorldEval::load(folder, type, device);
    if (!net) {
        return base::fail(net.error());
    }
    auto config = base::readJsonFile(folder / "config.json");
    if (!config) {
        return base::fail(config.error());
    }
    JudgeWithCeiling judge{std::move(*net), {}};
    const base::Json originals =
        config->value("ceiling", base::Json::object()).value("originals", base::Json::object());
    for (const auto& [attribute, score] : originals.items()) {
        if (score.is_object() && score.contains("share") && score["share"].is_number()) {
            judge.ceilings[attribute] = score["share"].get<double>();
        }
    }
    return judge;
}

// Four frames of a clip side by side, for the contact sheet.
base::FrameSequence strip(const base::FrameSequence& clip) {
    std::vector<base::FrameSequence> frames;
    for (const int index : {0, clip.frames / 3, 2 * clip.frames / 3, clip.frames - 1}) {
        base::FrameSequence frame =
            base::FrameSequence::black(clip.width, clip.height, 1, clip.fps);
        std::ranges::copy(clip.frame(index), frame.rgb.begin());
        frames.push_back(std::move(frame));
    }
    return base::contactSheet(frames, 4, 0);
}

base::Status writeSheet(const eval::EvalRequest& request,
                        const std::vector<base::FrameSequence>& strips) {
    if (request.sheet.empty() || strips.empty()) {
        return {};
    }
    return base::writePng(request.sheet, base::contactSheet(strips, 2, 4), 0);
}

base::Error cancelled() {
    return {base::ErrorCode::Cancelled,
            "Scoring was cancelled.",
            "Run the command again to start over.",
            ""};
}

base::Json verdictsJson(const eval::ClipReading& reading,
                        const Prompt& prompt,
                        std::uint64_t seed) {
    base::Json verdicts = base::Json::array();
    for (const eval::Verdict& verdict : eval::judgeClip(reading, prompt.stated)) {
        verdicts.push_back({{"attribute", verdict.attribute}, {"correct", verdict.correct}});
    }
    return {{"prompt", prompt.text},
            {"seed", seed},
            {"held_out", prompt.stated.heldOut},
            {"verdicts", verdicts}};
}

base::Result<eval::EvalResult> scoreStage(const eval::EvalRequest& request,
                                          const pipeline::ValidRequest& valid,
                                          const pipeline::LoadedModel& model,
                                          jobs::JobControl& control) {
    auto prompts = readPrompts(request);
    if (!prompts) {
        return base::fail(prompts.error());
    }
    auto judge = openJudge(valid.device);
    if (!judge) {
        return base::fail(judge.error());
    }
    const pipeline::GenerationRequest& r = valid.effective;
    auto schedule = model.scheduler->timesteps(r.steps);
    if (!schedule) {
        return base::fail(schedule.error());
    }
    const auto attention = pipeline::attentionFor(valid, *model.transformer);
    if (!attention) {
        return base::fail(attention.error());
    }
    const std::string negative = world::understand(r.negativePrompt).text;
    eval::ScoreTable table;
    std::vector<base::FrameSequence> sheet;
    base::Json clips = base::Json::array();
    control.enterStage("score");
    const auto total = static_cast<std::int64_t>(prompts->size());
    for (std::int64_t first = 0; first < total; first += request.batch) {
        const std::int64_t count = std::min<std::int64_t>(request.batch, total - first);
        std::vector<std::string> texts;
        std::vector<at::Tensor> noise;
        for (std::int64_t i = first; i < first + count; ++i) {
            texts.push_back((*prompts)[static_cast<std::size_t>(i)].text);
            const std::int64_t factor = model.vae->spatialFactor();
            noise.push_back(pipeline::initialLatents(r.seed + static_cast<std::uint64_t>(i),
                                                     model.transformer->latentChannels(),
                                                     model.vae->latentFrames(r.videoFrames),
                                                     r.height / factor,
                                                     r.width / factor));
        }
        pipeline::DenoiseInputs inputs;
        inputs.transformer = model.transformer.get();
        inputs.scheduler = model.scheduler.get();
        inputs.schedule = &*schedule;
        inputs.prompt = model.text->encode(texts);
        inputs.negative =
            model.text->encode(std::vector<std::string>(static_cast<std::size_t>(count), negative));
        inputs.cfgScale = *r.cfgScale;
        inputs.attention = attention->get();
        inputs.seed = r.seed;
        pipeline::DenoiseControl loop;
        loop.stop = control.stopToken();
        const pipeline::Denoised made =
            pipeline::denoise(inputs, at::cat(noise).to(model.device), loop);
        if (!made.latents.defined()) {
            return base::fail(cancelled());
        }
        for (std::int64_t i = 0; i < count; ++i) {
            models::DecodeControl decoding;
            decoding.stop = control.stopToken();
            at::Tensor video =
                model.vae->decode(made.latents.narrow(0, i, 1), r.videoFrames, decoding);
            if (!video.defined()) {
                return base::fail(cancelled());
            }
            video = video.clamp(-1.0, 1.0);
            const Prompt& prompt = (*prompts)[static_cast<std::size_t>(first + i)];
            const eval::ClipReading reading = eval::readClips(judge->net, video).front();
            table.add(reading, prompt.stated);
            clips.push_back(
                verdictsJson(reading, prompt, r.seed + static_cast<std::uint64_t>(first + i)));
            if (sheet.size() < kSheetClips) {
                sheet.push_back(strip(pipeline::toFrames(video, r.fps)));
            }
        }
        control.stepDone(first + count, total);
    }
    eval::EvalResult result;
    result.attributes = table.scores(judge->ceilings);
    if (auto written = writeSheet(request, sheet); !written) {
        return base::fail(written.error());
    }
    if (!request.output.empty()) {
        if (auto written = base::writeJsonFile(request.output, base::Json{{"clips", clips}});
            !written) {
            return base::fail(written.error());
        }
    }
    return result;
}

at::Tensor videoOf(const base::FrameSequence& clip) {
    at::Tensor bytes = at::empty({1, clip.frames, clip.height, clip.width, 3}, at::kByte);
    std::memcpy(bytes.data_ptr(), clip.rgb.data(), clip.rgb.size());
    return bytes.permute({0, 4, 1, 2, 3}).to(at::kFloat).mul(1.0 / 127.5).sub(1.0);
}

base::Result<eval::EvalResult> scoreVae(const eval::EvalRequest& request,
                                        const pipeline::ValidRequest& valid,
                                        const pipeline::LoadedModel& model,
                                        jobs::JobControl& control) {
    auto judge = openJudge(valid.device);
    if (!judge) {
        return base::fail(judge.error());
    }
    const pipeline::GenerationRequest& r = valid.effective;
    std::map<std::string, std::vector<double>> values;
    eval::ScoreTable originals, reconstructions;
    std::vector<base::FrameSequence> sheet;
    control.enterStage("score");
    for (int i = 0; i < request.count; ++i) {
        if (control.stopToken().stop_requested()) {
            return base::fail(cancelled());
        }
        const std::uint64_t seed =
            kUnseenSeed + r.seed * 1000003ull + static_cast<std::uint64_t>(i);
        const world::Scene scene = world::makeScene(seed);
        const world::View view = world::View::whole(r.width, r.height);
        base::FrameSequence clip =
            base::FrameSequence::black(r.width, r.height, world::kClipFrames, world::kClipFps);
        at::Tensor ids = at::empty({1, clip.frames, clip.height, clip.width}, at::kByte);
        world::render(scene,
                      view,
                      clip.rgb,
                      {ids.data_ptr<std::uint8_t>(), static_cast<std::size_t>(ids.numel())});
        const at::Tensor video = videoOf(clip).to(model.device);
        const at::Tensor decoded =
            model.vae->decode(model.vae->encode(video), clip.frames, {}).clamp(-1.0, 1.0);
        const at::Tensor moving = eval::movingObjects(std::span(&scene, 1)).to(model.device);
        const at::Tensor region = eval::movingRegion(ids.to(model.device), moving);
        values["psnr_db"].push_back(eval::psnr(video, decoded).item<double>());
        values["ssim"].push_back(eval::ssim(video, decoded).item<double>());
        values["flicker_difference"].push_back(
            std::abs(eval::flickerDifference(video, decoded).item<double>()));
        if (const double object = eval::regionPsnr(video, decoded, region).item<double>();
            std::isfinite(object)) {
            values["object_psnr_db"].push_back(object);
        }
        const world::StatedSlots stated = world::describe(scene, seed).stated;
        originals.add(eval::readClips(judge->net, video).front(), stated);
        reconstructions.add(eval::readClips(judge->net, decoded).front(), stated);
        if (sheet.size() < kSheetClips) {
            sheet.push_back(strip(clip));
            sheet.push_back(strip(pipeline::toFrames(decoded, clip.fps)));
        }
        control.stepDone(i + 1, request.count);
    }
    eval::EvalResult result;
    for (const auto& [name, list] : values) {
        double sum = 0.0;
        for (const double value : list) {
            sum += value;
        }
        result.values.push_back(
            {name, sum / static_cast<double>(list.size()), static_cast<int>(list.size())});
    }
    // What the judge reads from reconstructions, beside what it reads from the originals.
    std::map<std::string, double> ceilings;
    for (const eval::AttributeScore& score : originals.scores()) {
        ceilings[score.attribute] =
            score.count > 0 ? static_cast<double>(score.correct) / score.count : 0.0;
    }
    result.attributes = reconstructions.scores(ceilings);
    if (auto written = writeSheet(request, sheet); !written) {
        return base::fail(written.error());
    }
    return result;
}

}  // namespace

base::Result<eval::EvalResult> evaluate(const eval::EvalRequest& request,
                                        ModelCache& models,
                                        jobs::JobControl& control) {
    const at::NoGradGuard noGrad;
    const auto start = std::chrono::steady_clock::now();
    pipeline::GenerationRequest generation = request.generation;
    generation.prompt = "-";         // each clip brings its own
    generation.output = "clip.npy";  // nothing is written
    auto valid = pipeline::validate(generation);
    if (!valid) {
        return base::fail(valid.error());
    }
    control.enterStage("load");
    auto model = models.open(*valid);
    if (!model) {
        return base::fail(model.error());
    }
    auto result = request.vae ? scoreVae(request, *valid, **model, control)
                              : scoreStage(request, *valid, **model, control);
    if (!result) {
        return result;
    }
    const pipeline::GenerationRequest& r = valid->effective;
    const std::string size = std::to_string(r.width) + "x" + std::to_string(r.height);
    std::ostringstream what;
    if (request.vae) {
        what << "VAE on " << request.count << " unseen clips, " << size;
    } else {
        what << "base, " << r.steps << " steps, guidance " << *r.cfgScale << ", " << size;
        if (!r.masks.empty()) {
            what << ", masks " << jobs::masksWord(r.masks);
        }
    }
    result->what = what.str();
    result->modelHash = (*model)->hash;
    result->seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

}  // namespace tessera::engine
