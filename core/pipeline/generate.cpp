#include "core/pipeline/generate.h"

#include "core/base/log.h"
#include "core/media/clip_writer.h"
#include "core/pipeline/denoise.h"
#include "core/pipeline/latents.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <array>
#include <chrono>
#include <cstring>
#include <memory>

namespace tessera::pipeline {

namespace {

using Clock = std::chrono::steady_clock;

// Announces phases and keeps their times.
class PhaseClock {
public:
    PhaseClock(const GenerateControl& control, std::vector<PhaseTime>& times)
        : m_control(control), m_times(times) {}

    ~PhaseClock() { close(); }

    PhaseClock(const PhaseClock&) = delete;
    PhaseClock& operator=(const PhaseClock&) = delete;

    void enter(Phase phase) {
        close();
        m_times.push_back({phase, 0.0});
        m_start = Clock::now();
        m_open = true;
        if (m_control.enterPhase) {
            m_control.enterPhase(phase);
        }
    }

    void close() {
        if (m_open) {
            m_times.back().seconds = std::chrono::duration<double>(Clock::now() - m_start).count();
            m_open = false;
        }
    }

private:
    const GenerateControl& m_control;
    std::vector<PhaseTime>& m_times;
    Clock::time_point m_start;
    bool m_open = false;
};

}  // namespace

base::Error cancelled() {
    return {base::ErrorCode::Cancelled,
            "The clip was cancelled before it was whole.",
            "Start it again when you want it.",
            ""};
}

base::Result<std::unique_ptr<attention::AttentionBackend>> attentionFor(
    const ValidRequest& request, const models::VideoTransformer& transformer) {
    attention::AttentionShape shape;
    shape.layers = transformer.layers();
    shape.heads = transformer.heads();
    shape.headSize = transformer.headSize();
    shape.frames = request.layout.frames;
    shape.tokensPerFrame = request.layout.tokens;
    shape.textTokens = request.layout.text;
    shape.dtype = request.dtype;
    shape.device = request.device;
    auto choice = attention::choose(request.masks, request.layout, shape);
    if (!choice) {
        return base::fail(choice.error());
    }
    for (const attention::PassedOver& better : choice->passedOver) {
        base::logInfo("Self-attention by the kernel " + std::string(choice->backend->name()) +
                      ", not " + better.kernel + ": " + better.reason);
    }
    return std::move(choice->backend);
}

base::FrameSequence toFrames(const at::Tensor& video, double fps) {
    const at::Tensor bytes = ((video[0].to(at::kFloat) + 1.0) * 127.5)
                                 .round()
                                 .clamp(0, 255)
                                 .to(at::kByte)
                                 .permute({1, 2, 3, 0})
                                 .cpu()
                                 .contiguous();  // [T, H, W, 3]
    base::FrameSequence frames = base::FrameSequence::black(static_cast<int>(bytes.size(2)),
                                                            static_cast<int>(bytes.size(1)),
                                                            static_cast<int>(bytes.size(0)),
                                                            fps);
    std::memcpy(frames.rgb.data(), bytes.data_ptr(), frames.rgb.size());
    return frames;
}

base::Result<GenerationResult> generate(const ValidRequest& request,
                                        const LoadedModel& model,
                                        const attention::AttentionBackend& attention,
                                        const GenerateControl& control) {
    const at::NoGradGuard noGrad;
    const GenerationRequest& r = request.effective;
    GenerationResult result;
    result.effective = r;
    result.modelHash = model.hash;
    PhaseClock clock(control, result.times);

    clock.enter(Phase::Encode);
    DenoiseInputs inputs;
    inputs.transformer = model.transformer.get();
    inputs.scheduler = model.scheduler.get();
    inputs.attention = &attention;
    inputs.cfgScale = *r.cfgScale;
    inputs.seed = r.seed;
    inputs.prompt = model.text->encode(std::array{request.texts.prompt});
    if (request.guided()) {
        inputs.negative = model.text->encode(std::array{request.texts.negative});
    }
    auto schedule = model.scheduler->timesteps(r.steps);
    if (!schedule) {
        return base::fail(schedule.error());
    }
    inputs.schedule = &*schedule;

    clock.enter(Phase::Denoise);
    const std::int64_t factor = model.vae->spatialFactor();
    const at::Tensor noise = initialLatents(r.seed,
                                            model.transformer->latentChannels(),
                                            model.vae->latentFrames(r.videoFrames),
                                            r.height / factor,
                                            r.width / factor)
                                 .to(model.device);
    DenoiseControl loop;
    loop.stop = control.stop;
    base::Status gate;
    loop.onStep = [&](int done, int of, const at::Tensor& x0) {
        if (control.progress) {
            control.progress(Phase::Denoise, done, of);
        }
        if (r.previews && control.preview) {
            const double fps = r.fps / 4.0;  // one picture a latent frame
            control.preview(
                std::make_shared<const base::FrameSequence>(toFrames(model.vae->preview(x0), fps)));
        }
        if (control.passPauseGate) {
            gate = control.passPauseGate();
            if (!gate) {
                return false;
            }
            inputs.transformer = model.transformer.get();
        }
        return !(control.finishEarly && control.finishEarly());
    };
    const Denoised denoised = denoise(inputs, noise, loop);
    if (!gate) {
        return base::fail(gate.error());
    }
    if (!denoised.latents.defined() || control.stop.stop_requested()) {
        return base::fail(cancelled());
    }
    result.stepsDone = denoised.stepsDone;
    result.forwards = denoised.forwards;

    clock.enter(Phase::Decode);
    models::DecodeControl decoding;
    decoding.stop = control.stop;
    decoding.progress = [&](int done, int of) {
        if (control.progress) {
            control.progress(Phase::Decode, done, of);
        }
    };
    const at::Tensor video = model.vae->decode(denoised.latents, r.videoFrames, decoding);
    if (!video.defined()) {
        return base::fail(cancelled());
    }
    result.frames = std::make_shared<const base::FrameSequence>(toFrames(video, r.fps));

    clock.enter(Phase::Write);
    media::WriteOptions options;
    options.onFrame = [&](int done, int of) {
        if (control.progress) {
            control.progress(Phase::Write, done, of);
        }
    };
    const media::ClipMetadata metadata =
        r.writeMetadata && control.metadata ? control.metadata(result) : media::ClipMetadata();
    auto written = media::writeClip(r.output, *result.frames, metadata, options, control.stop);
    if (!written) {
        return base::fail(written.error());
    }
    result.path = written->path();
    clock.close();
    return result;
}

}  // namespace tessera::pipeline
