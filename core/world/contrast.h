#pragma once

// Whether an object stands out from the scenery behind its path. Thread-safe.

#include "core/world/colours.h"
#include "core/world/scene.h"

#include <vector>

namespace tessera::world {

// Colours of the scenery where the object passes, over the whole clip, as the style shows them.
std::vector<Rgb> sceneryBehind(const Scene& scene, const Object& object);

// True when at most a quarter of those colours are near the object's (difference below 25, or in
// styles without colour a luminance nearer than 0.2).
bool standsOut(int colour, int style, const std::vector<Rgb>& scenery);

}  // namespace tessera::world
