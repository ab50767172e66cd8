#include "core/world/scene.h"

#include "core/base/check.h"
#include "core/base/random.h"
#include "core/world/scene_drawer.h"
#include "core/world/streams.h"

namespace tessera::world {

Scene makeScene(std::uint64_t seed, const SceneOptions& options) {
    // Held-out pairs are one scene in ten, the other reasons to draw again are rarer.
    constexpr std::uint64_t kMostAttempts = 10000;
    for (std::uint64_t attempt = 0; attempt < kMostAttempts; ++attempt) {
        const auto words = base::philox(seed, streams::kAttempt, attempt);
        const std::uint64_t own = static_cast<std::uint64_t>(words[0]) << 32 | words[1];
        // Scenery alone can hold no held-out pair: when one is wanted the kind is drawn again too.
        const bool only = options.heldOut == SceneOptions::HeldOut::Only;
        std::optional<Scene> scene = drawScene(only ? own : seed, own, options);
        if (scene) {
            return *scene;
        }
    }
    CHECK(false, seed);
    return {};
}

}  // namespace tessera::world
