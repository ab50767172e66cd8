#pragma once

// A plan: which mask each layer of a model attends under. Made by a search, or by hand; saved as
// *.plan.json (plan_file.h); what a request runs is the names of its masks. It holds for every clip
// with as many latent frames, whatever their size. A value. Any thread.

#include "core/plan/block_count.h"
#include "core/plan/layer_mask.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera::plan {

// What the search saw at one timestep: mean squared error against the full layer.
struct TimestepLoss {
    double timestep = 0.0;
    double loss = 0.0;
    bool operator==(const TimestepLoss&) const = default;
};

struct PlanLayer {
    LayerMask mask;
    std::vector<TimestepLoss> losses;  // under this mask; empty = not measured
    std::optional<double> timeMs;      // of its attention on `machine`
    bool operator==(const PlanLayer&) const = default;
};

// How the plan was found.
struct PlanSearch {
    std::string mode;     // "greedy", "lagrangian", "exact", "minimax", "by hand"
    std::string options;  // a JSON object as text, kept as it is; empty = none
    bool operator==(const PlanSearch&) const = default;
};

struct AttentionPlan {
    std::string appVersion;         // of the program that wrote it; empty = this one
    std::string model;              // its name, for people; empty = not known
    std::string modelHash;          // 16 hex digits; empty = not known
    TokenLayout layout;             // of the clip that it was made on; frames hold for every clip
    std::int64_t block = kBlock;    // of its block sparsities
    std::vector<FrameMask> family;  // what the search could choose from, besides full
    std::vector<PlanLayer> layers;
    std::optional<PlanSearch> search;
    std::optional<double> threshold;  // r
    std::optional<double> budgetMs;
    std::vector<std::uint64_t> seeds;  // of the search's clips
    std::string machine;               // where times were measured; empty = nowhere
    std::string source;  // the JSON this plan was read from, whose unknown keys are kept

    int frames() const { return static_cast<int>(layout.frames); }
};

// 16 hex digits over what the plan makes a model compute: latent frames and the mask of every head.
// Losses, times and where it came from do not count.
std::string hashOf(const AttentionPlan& plan);

// The masks as a request has them, one a layer.
std::vector<std::string> maskNames(const AttentionPlan& plan);

// BadInput when the plan is not for a model of so many layers and heads a layer, or not for clips
// of so many latent frames.
base::Status validate(const AttentionPlan& plan, int layers, int heads, int frames);

// What a mask saves; 0 to 1.
struct Sparsity {
    double block = 0.0;
    double element = 0.0;
};

struct PlanDescription {
    struct Use {
        std::string mask;  // LayerMask::name()
        int layers = 0;
    };

    std::vector<Use> uses;         // each mask once, in the order of their first layers
    std::vector<Sparsity> layers;  // means over the heads
    Sparsity all;                  // mean over the layers
};

// For a clip of that layout, whose latent frames are those of the plan. Time and memory as
// countBlocks(), once for each frame mask.
PlanDescription describe(const AttentionPlan& plan,
                         const TokenLayout& layout,
                         std::int64_t block = kBlock);

}  // namespace tessera::plan
