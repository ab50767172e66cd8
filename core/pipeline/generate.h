#pragma once

// One clip from a checked request, as a straight line: text, noise, denoising, decoding, file.
// Engine thread.

#include "core/attention/choose.h"
#include "core/base/frames.h"
#include "core/base/result.h"
#include "core/media/clip_metadata.h"
#include "core/pipeline/loaded_model.h"
#include "core/pipeline/result.h"
#include "core/pipeline/validate.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <stop_token>

namespace tessera::pipeline {

// What generate() tells and asks while it works, all on its own thread; each may be empty.
struct GenerateControl {
    std::stop_token stop;
    std::function<void(Phase phase)> enterPhase;
    std::function<void(Phase phase, int done, int of)>
        progress;  // denoise: steps; decode: parts; write: frames
    std::function<void(base::SharedFrames preview)>
        preview;                                  // after each step, when the request asks for it
    std::function<bool()> finishEarly;            // true = stop denoising and keep what is there
    std::function<base::Status()> passPauseGate;  // waits while paused; an error ends the job. May
                                                  // reload the model's networks
    std::function<media::ClipMetadata(const GenerationResult& soFar)>
        metadata;  // what goes inside the clip
};

// Errors: Cancelled when the stop token asked for it (no file is left), NoSpace, NotWritable,
// BadInput from the writer; LibTorch's exceptions pass through. The result has no load time: the
// caller adds it.
base::Result<GenerationResult> generate(const ValidRequest& request,
                                        const LoadedModel& model,
                                        const attention::AttentionBackend& attention,
                                        const GenerateControl& control);

// The self-attention that the request asks for, by the best kernel for it; Unsupported where there
// is none. `transformer` is that of the request's model.
base::Result<std::unique_ptr<attention::AttentionBackend>> attentionFor(
    const ValidRequest& request, const models::VideoTransformer& transformer);

// What a generation that was cancelled ends with.
base::Error cancelled();

// [1, 3, T, H, W] in about [-1, 1] -> bytes.
base::FrameSequence toFrames(const at::Tensor& video, double fps);

}  // namespace tessera::pipeline
