#include "core/eval/world_eval_loss.h"

#include "core/base/check.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>

namespace tessera::eval {

namespace {

// Gaussians of the painted maps: this share of the box's shorter side, at least most of a cell.
constexpr double kSpreadShare = 0.12;
constexpr double kLeastSpread = 0.8;

// Weights of the parts in the total. Boxes are lengths below 1, so they weigh more; attributes that
// the gates ask for count fully, the side ones less.
struct PartWeight {
    const char* name;
    double weight;
};

constexpr PartWeight kWeights[] = {{"heat", 1.0},
                                   {"box", 5.0},
                                   {"background", 0.5},
                                   {"scene_colour", 0.3},
                                   {"weather", 0.3},
                                   {"camera", 0.5},
                                   {"style", 0.3},
                                   {"class", 1.5},
                                   {"colour", 1.0},
                                   {"texture", 0.3},
                                   {"size", 0.3},
                                   {"motion", 1.0},
                                   {"action", 0.7},
                                   {"relation", 0.3}};

double weightOf(const std::string& name) {
    const auto* found =
        std::ranges::find_if(kWeights, [&](const PartWeight& w) { return name == w.name; });
    CHECK(found != std::end(kWeights), name);
    return found->weight;
}

// One labelled output: logits [..., C] and labels [...], -1 where nothing is told.
struct Question {
    const char* name;
    at::Tensor logits;
    at::Tensor labels;
};

// What the second object is to the first: names come in opposite pairs, and "inside" has no
// opposite.
at::Tensor opposite(const at::Tensor& relation) {
    constexpr std::int64_t kInside = 6;
    const at::Tensor swapped = relation.bitwise_xor(1);
    return at::where(
        (relation >= 0).logical_and(relation < kInside), swapped, at::full_like(relation, -1));
}

std::vector<Question> questions(const WorldEvalPrediction& p, const WorldEvalTargets& t) {
    const auto clip = [&](std::int64_t i) { return t.clipLabels.select(1, i); };
    const auto object = [&](std::int64_t i) { return t.objectLabels.select(2, i); };
    return {{"background", p.frames.background, clip(0)},
            {"scene_colour", p.frames.backgroundColour, clip(1)},
            {"weather", p.frames.weather, clip(2)},
            {"camera", p.frames.camera, clip(3)},
            {"style", p.frames.style, clip(4)},
            {"class", p.objects.shapeClass, object(0)},
            {"colour", p.objects.colour, object(1)},
            {"texture", p.objects.texture, object(2)},
            {"size", p.objects.size, object(3)},
            {"motion", p.objects.motion, object(4)},
            {"action", p.objects.action, object(5)},
            {"relation",
             at::stack({p.objects.relation.select(1, 0).select(1, 1),
                        p.objects.relation.select(1, 1).select(1, 0)},
                       1),
             at::stack({clip(5), opposite(clip(5))}, 1)}};
}

// Mean cross-entropy over the labels that are told; 0 when none is.
at::Tensor crossEntropy(const Question& question) {
    const at::Tensor told = (question.labels >= 0).to(at::kFloat);
    const at::Tensor logProbability = at::log_softmax(question.logits, -1)
                                          .gather(-1, question.labels.clamp_min(0).unsqueeze(-1))
                                          .squeeze(-1);
    return -(logProbability * told).sum() / told.sum().clamp_min(1.0);
}

// "Objects as Points", eq. 1 with alpha = 2, beta = 4; written with log-sigmoids, which stay
// finite.
at::Tensor focalLoss(const at::Tensor& logits, const at::Tensor& map) {
    const at::Tensor probability = at::sigmoid(logits);
    const at::Tensor centre = map.eq(1.0).to(at::kFloat);
    const at::Tensor hit = (1.0 - probability).square() * at::log_sigmoid(logits) * centre;
    const at::Tensor miss =
        (1.0 - map).pow(4) * probability.square() * at::log_sigmoid(-logits) * (1.0 - centre);
    return -(hit.sum() + miss.sum()) / centre.sum().clamp_min(1.0);
}

// Cell of each track's centre in each frame. x, y [B F, K] float cells; index [B F, K] into rows *
// columns.
struct Cells {
    at::Tensor x, y, column, row, index, seen;
};

Cells cellsOf(const WorldEvalTargets& targets, std::int64_t rows, std::int64_t columns) {
    const at::Tensor byFrame = targets.tracks.transpose(1, 2).flatten(0, 1);  // [B F, K, 7]
    const auto scale = static_cast<double>(rows);
    Cells cells;
    cells.seen = byFrame.select(2, 0) * (targets.objectLabels.select(2, 0) >= 0)
                                            .unsqueeze(1)
                                            .expand({-1, kSampledFrames, -1})
                                            .flatten(0, 1);
    cells.x = byFrame.select(2, 1) * scale;
    cells.y = byFrame.select(2, 2) * scale;
    cells.column = cells.x.floor().clamp(0.0, static_cast<double>(columns - 1));
    cells.row = cells.y.floor().clamp(0.0, static_cast<double>(rows - 1));
    cells.index = (cells.row * static_cast<double>(columns) + cells.column).to(at::kLong);
    return cells;
}

// [B F, K] float: 1 where the track is seen and of that scale.
at::Tensor ofScale(const at::Tensor& byFrame, const at::Tensor& seen, int scale) {
    const at::Tensor longer = at::maximum(byFrame.select(2, 3) + byFrame.select(2, 5),
                                          byFrame.select(2, 4) + byFrame.select(2, 6));
    return seen * (scale == 0 ? longer <= kSmallUntil : longer >= kLargeFrom);
}

// The columns of [B F, C, h, w] at the tracks' cells: [B F, K, C].
at::Tensor atCells(const at::Tensor& maps, const Cells& cells) {
    const at::Tensor index = cells.index.unsqueeze(1).expand({-1, maps.size(1), -1});
    return maps.flatten(2).gather(2, index).transpose(1, 2);
}

at::Tensor boxLoss(const at::Tensor& boxes, const WorldEvalTargets& targets) {
    const Cells cells = cellsOf(targets, boxes.size(3), boxes.size(4));
    const at::Tensor byFrame = targets.tracks.transpose(1, 2).flatten(0, 1);
    // An offset of a cell is 4 pixels, a side of 1 a whole picture: offsets count less.
    constexpr double kOffsetWeight = 0.1;
    const at::Tensor offsets =
        at::stack({cells.x - cells.column - 0.5, cells.y - cells.row - 0.5}, 2);
    std::vector<at::Tensor> errors;
    std::vector<at::Tensor> asked;
    for (int scale = 0; scale < kScales; ++scale) {
        const at::Tensor found = atCells(boxes.select(1, scale), cells);  // [B F, K, 6]
        errors.push_back((found.slice(2, 0, 2) - offsets).abs().sum(2) * kOffsetWeight +
                         (found.slice(2, 2) - byFrame.slice(2, 3)).abs().sum(2));
        asked.push_back(ofScale(byFrame, cells.seen, scale));
    }
    const at::Tensor counted = at::stack(asked);
    return (at::stack(errors) * counted).sum() / counted.sum().clamp_min(1.0);
}

}  // namespace

WorldEvalPrediction worldEvalForward(const WorldEval& net,
                                     const at::Tensor& clips,
                                     const at::Tensor& tracks) {
    WorldEvalPrediction prediction;
    prediction.frames = net.frames(clips);
    prediction.objects = net.objects(prediction.frames, tracks);
    return prediction;
}

at::Tensor paintHeat(const WorldEvalTargets& targets, std::int64_t rows, std::int64_t columns) {
    const Cells cells = cellsOf(targets, rows, columns);
    const at::Tensor byFrame = targets.tracks.transpose(1, 2).flatten(0, 1);
    const at::Tensor shorter = at::minimum(byFrame.select(2, 3) + byFrame.select(2, 5),
                                           byFrame.select(2, 4) + byFrame.select(2, 6)) *
                               static_cast<double>(rows);
    const at::Tensor spread = (shorter * kSpreadShare).clamp_min(kLeastSpread);
    const auto options = targets.tracks.options();
    const at::Tensor x = at::arange(columns, options);
    const at::Tensor y = at::arange(rows, options).unsqueeze(1);
    std::vector<at::Tensor> maps;
    for (int scale = 0; scale < kScales; ++scale) {
        const at::Tensor asked = ofScale(byFrame, cells.seen, scale);
        at::Tensor map;
        for (std::int64_t k = 0; k < kMaxObjects; ++k) {
            const auto each = [&](const at::Tensor& t) { return t.select(1, k).view({-1, 1, 1}); };
            const at::Tensor squared =
                (x - each(cells.column)).square() + (y - each(cells.row)).square();
            const at::Tensor bump =
                at::exp(-squared / (2.0 * each(spread).square())) * each(asked);  // [B F, h, w]
            map = map.defined() ? at::maximum(map, bump) : bump;
        }
        maps.push_back(map);
    }
    return at::stack(maps, 1);
}

WorldEvalLoss worldEvalLoss(const WorldEvalPrediction& prediction,
                            const WorldEvalTargets& targets) {
    const at::Tensor& heat = prediction.frames.heat;
    WorldEvalLoss loss;
    loss.parts.emplace_back("heat",
                            focalLoss(heat, paintHeat(targets, heat.size(2), heat.size(3))));
    loss.parts.emplace_back("box", boxLoss(prediction.frames.boxes, targets));
    for (const Question& question : questions(prediction, targets)) {
        loss.parts.emplace_back(question.name, crossEntropy(question));
    }
    for (const auto& [name, value] : loss.parts) {
        const at::Tensor weighted = value * weightOf(name);
        loss.total = loss.total.defined() ? loss.total + weighted : weighted;
    }
    return loss;
}

std::vector<std::pair<std::string, at::Tensor>> worldEvalAccuracy(
    const WorldEvalPrediction& prediction, const WorldEvalTargets& targets) {
    std::vector<std::pair<std::string, at::Tensor>> shares;
    const auto add = [&](const char* name, const at::Tensor& right, const at::Tensor& told) {
        shares.emplace_back(name, (right.to(at::kFloat) * told).sum() / told.sum().clamp_min(1.0));
    };
    const at::Tensor& heat = prediction.frames.heat;
    const Cells cells = cellsOf(targets, heat.size(2), heat.size(3));
    // What findObjects() asks of a peak.
    constexpr double kFoundFrom = 0.3;
    add("found", at::sigmoid(atCells(heat, cells).amax(2)) >= kFoundFrom, cells.seen);
    for (const Question& question : questions(prediction, targets)) {
        add(question.name,
            question.logits.argmax(-1).eq(question.labels),
            (question.labels >= 0).to(at::kFloat));
    }
    return shares;
}

}  // namespace tessera::eval
