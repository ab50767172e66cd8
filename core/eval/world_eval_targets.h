#pragma once

// What WorldEval learns from a scene: its exact labels in a fixed number of floats, free of any
// picture size. Render threads call writeTargets() (plain C++, no tensor, no lock, a few
// microseconds); the trainer stacks rows into one [B, kTargetNumbers] tensor, copies that to the
// device once, and unpackTargets() makes views of it there.
//
// Training entry points of the judge, in the order the trainer calls them:
//     writeTargets(scene, row)                     render thread, beside world::render()
//     WorldEval::random(seed, device)              once; parameters() lists its tensors
//     net.frames(clips) -> net.objects(...)        world_eval.h; or worldEvalForward() for both
//     worldEvalLoss(prediction, targets)           world_eval_loss.h
// Scenes must come from SceneOptions::HeldOut::Any: a judge that never saw a pair would mark the
// model down for it.

#include "core/world/scene.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::eval {

inline constexpr int kSampledFrames = 8;  // frames of a clip that WorldEval reads
inline constexpr int kMaxObjects = 4;     // objects of a clip that it describes

// Numbers for one object in one sampled frame. Lengths are in frame heights, so that every picture
// size shares them: x in [0, 1.5] to the right, y in [0, 1] downwards. A frame where the object is
// not seen (hidden, outside, in pieces) repeats the nearest frame where it was.
inline constexpr int kTrackNumbers = 7;  // seen (0 or 1), x, y, and from (x, y) to the box's left,
                                         // top, right and bottom side
inline constexpr int kObjectLabels = 6;  // class, colour, texture, size, motion, action
inline constexpr int kClipLabels = 6;    // background, its colour, weather, camera, style, relation
                                         // of object 0 to object 1

inline constexpr int kTargetNumbers =
    kClipLabels + kMaxObjects * (kObjectLabels + kSampledFrames * kTrackNumbers);

// Which frame of a clip of `frames` frames is sample i: evenly spread, both ends included
// (0, 4, ..., 28 of 29).
int sampledFrame(int i, int frames);

// Writes the kTargetNumbers numbers of a scene. Labels that pixels cannot tell are -1 and teach
// nothing, by the rules of captions: colours and textures under styles without them, the size of
// one among several or of something that grows, stillness under a moving camera, actions of things
// that are not persons, the relation when none is true, everything of absent objects.
void writeTargets(const world::Scene& scene, std::span<float> row);

// The same for many scenes: [B, kTargetNumbers] float32 on the CPU.
at::Tensor makeTargets(std::span<const world::Scene> scenes);

// Views of a packed [B, kTargetNumbers] tensor, on its device.
struct WorldEvalTargets {
    at::Tensor clipLabels;    // [B, kClipLabels] int64, -1 = not told
    at::Tensor objectLabels;  // [B, kMaxObjects, kObjectLabels] int64, -1 = not told or no object
    at::Tensor tracks;        // [B, kMaxObjects, kSampledFrames, kTrackNumbers] float32
};

WorldEvalTargets unpackTargets(const at::Tensor& packed);

// Tracks as a detector would give them: centres and sides shaken a little, some frames lost. Used
// while training so that the clip part does not rely on exact boxes. Draws from the device's
// default generator.
at::Tensor shakenTracks(const at::Tensor& tracks);

}  // namespace tessera::eval
