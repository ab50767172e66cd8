#pragma once

// Runs a method: batches, gradients, the optimiser's update, averages, checkpoints, log. A run
// lives in one folder (log.jsonl, config.json, checkpoint.safetensors, sheets) and is resumed from
// it exactly: everything random is a function of (seed, step). Engine thread.

#include "core/base/result.h"
#include "core/train/request.h"
#include "core/train/result.h"

#include <functional>
#include <stop_token>

namespace tessera::train {

struct TrainControl {
    std::stop_token stop;
    // Called now and then with the step, the steps or share of the run, and the mean loss since the
    // last call.
    std::function<void(std::int64_t step, double share, double loss)> progress;
};

// Trains until the request's steps or minutes are reached or a stop is asked for; both end with a
// checkpoint. BadInput, BadModel, BadFile (a damaged checkpoint), NoSpace, NotWritable, Cancelled
// when stopped.
base::Result<TrainResult> train(const TrainRequest& request, const TrainControl& control);

}  // namespace tessera::train
