#pragma once

// The weights of WorldEval as plain structs; private to world_eval.cpp and world_eval_forward.cpp.

#include "core/eval/world_eval.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace tessera::eval {

// A convolution [out, in, kh, kw] or linear layer [out, in], or a layer norm [channels].
struct Layer {
    at::Tensor weight, bias;
};

struct ResidualBlock {
    Layer norm, first, second;
};

// One resolution of the trunk.
struct TrunkStage {
    Layer down, norm;
    std::vector<ResidualBlock> blocks;
    Layer lateral;  // to fusedWidth; not at stride 2
};

struct TemporalLayer {
    Layer attentionNorm, qkv, out;
    Layer mlpNorm, up, down;
};

struct WorldEval::Weights {
    WorldEvalConfig config;

    std::vector<TrunkStage> stages;
    Layer fuse, fuseNorm;
    Layer headHidden, heat, boxes;

    Layer pooled, grid;        // of a frame, to its token
    at::Tensor framePosition;  // [F, tokenWidth]
    TemporalLayer contextLayer;
    Layer clipNorm;
    Layer background, backgroundColour, weather, camera, style;

    Layer roiReduce, roi, kinematics, context;
    at::Tensor objectPosition;  // [F, tokenWidth]
    std::vector<TemporalLayer> objectLayers;
    Layer pathFirst, pathSecond, pathMotion;  // the whole track at once
    Layer paletteFirst, paletteColour;        // the picture at the points, without depth
    Layer objectNorm;
    Layer shapeClass, colour, texture, size, motion, action;
    Layer relationHidden, relation;
};

inline constexpr int kPictureChannels = 3;  // red, green, blue
inline constexpr int kRoiSide = 3;          // features of an object are read at 3 x 3 points
inline constexpr int kRoiWidth = 48;        // channels read at each
inline constexpr int kGridRows = 2;         // a frame's layout is kept in 2 x 3 means
inline constexpr int kGridColumns = 3;
inline constexpr int kKinematicNumbers = 13;  // of a track in one frame
inline constexpr int kPairNumbers = 4;        // of two tracks
inline constexpr int kRelationHidden = 64;

}  // namespace tessera::eval
