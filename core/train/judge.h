#pragma once

// Scores clips with WorldEval as they are made, for the log of a run. Engine thread.

#include "core/base/json.h"
#include "core/eval/scoring.h"
#include "core/eval/world_eval.h"
#include "core/world/caption.h"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <filesystem>
#include <optional>

namespace tessera::train {

class Judge {
public:
    // The judge that stands beside the model folder (../world-eval); when there is none, look()
    // does nothing.
    Judge(const std::filesystem::path& model, c10::Device device);

    // A network in training; it must outlive this object.
    explicit Judge(const eval::WorldEval& net) : m_net(&net) {}

    // Scores one clip [1, 3, T, H, W] in [-1, 1] against what its caption stated.
    void look(const at::Tensor& video, const world::StatedSlots& stated);

    // {"class": {"share": 0.91, "n": 64}, ...}; empty when nothing was scored.
    base::Json json() const;

private:
    std::optional<eval::WorldEval> m_own;
    const eval::WorldEval* m_net = nullptr;
    eval::ScoreTable m_table;
};

}  // namespace tessera::train
