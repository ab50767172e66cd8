#pragma once

// One attempt at drawing a scene from a seed. Thread-safe values.

#include "core/world/caption.h"
#include "core/world/scene.h"

#include <optional>

namespace tessera::world {

// nullopt when the draws do not fit together (no colour stands out, a pair that must not appear).
// mixtureSeed decides what kind of scene it is; it stays the same over the attempts of one scene,
// so that kinds which need more attempts do not become rarer.
std::optional<Scene> drawScene(std::uint64_t mixtureSeed,
                               std::uint64_t seed,
                               const SceneOptions& options);

// A stated pair of the object that training never sees.
bool isHeldOut(const Object& object);

// The same of what a caption says.
bool isHeldOut(const StatedObject& object);

// Whether motions other than standing in place would contradict the camera.
bool allowsMotion(int camera, int motion);

// Whether turning the class about its centre changes the picture.
bool showsRotation(int shapeClass);

}  // namespace tessera::world
