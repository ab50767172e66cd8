#pragma once

// The training loss of WorldEval, from exact labels. Every part is a scalar tensor on the device;
// nothing synchronises and all shapes are static, so a recorded step may contain it. Engine thread.

#include "core/eval/world_eval.h"
#include "core/eval/world_eval_targets.h"

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

namespace tessera::eval {

struct WorldEvalPrediction {
    FrameReading frames;
    ObjectReading objects;
};

// frames() and then objects() on `tracks` (targets.tracks, or a shaken copy: shakenTracks()), as
// training needs it.
WorldEvalPrediction worldEvalForward(const WorldEval& net,
                                     const at::Tensor& clips,
                                     const at::Tensor& tracks);

struct WorldEvalLoss {
    at::Tensor total;  // weighted sum, scalar float32; call backward() on this one
    std::vector<std::pair<std::string, at::Tensor>>
        parts;  // unweighted: "heat", "box", "colour", "motion", ...
};

// heat: CenterNet's focal loss over maps of object centres painted from the tracks (Zhou et al.,
// "Objects as Points", eq. 1); box: L1 at the true cell; labels: cross-entropy over the labels that
// are told.
WorldEvalLoss worldEvalLoss(const WorldEvalPrediction& prediction, const WorldEvalTargets& targets);

// Maps of the tracks' centres: [B F, kScales, rows, columns] float32, 1 at each centre's cell.
at::Tensor paintHeat(const WorldEvalTargets& targets, std::int64_t rows, std::int64_t columns);

// Share of told labels that the prediction gets right, for the log of a run: "background", "class",
// "colour", "motion", ...; and "found" = the maps say so at the true centres. Scalars on the
// device.
std::vector<std::pair<std::string, at::Tensor>> worldEvalAccuracy(
    const WorldEvalPrediction& prediction, const WorldEvalTargets& targets);

}  // namespace tessera::eval
