#pragma once

// Draws the parts of one scene; used by drawScene() alone. Every attribute has its own stream of
// the scene's seed.

#include "core/base/random.h"
#include "core/world/scene.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace tessera::world {

// How far objects may lie from the middle so that the camera keeps them in the frame.
struct Room {
    double halfWidth = 1.5;
    double halfHeight = 1.0;
};

Room roomFor(int camera);

// Any of them; `from` must not be empty.
int pick(base::RandomStream& random, const std::vector<int>& from);

class Drawer {
public:
    Drawer(std::uint64_t mixtureSeed, std::uint64_t seed, const SceneOptions& options)
        : m_mixtureSeed(mixtureSeed), m_seed(seed), m_options(options) {}

    std::optional<Scene> draw();

private:
    enum class Kind { Single, Pair, Count, Acting, Burst, Empty };

    base::RandomStream stream(std::uint64_t attribute, std::size_t object = 0) const {
        return {m_seed, attribute + object};
    }

    void drawMixture();
    void drawStyle();
    void drawWeather();
    void drawCamera();

    bool drawSingle(bool burst);
    bool drawActing();
    bool drawPair();
    bool drawCount();

    Object objectOf(
        std::size_t index, int shapeClass, int motion, double diameter, double largest) const;
    int drawClass(std::size_t index) const;
    int drawMotion(std::size_t index, int shapeClass, const std::vector<int>& motions) const;
    void place(std::size_t index, Object& object, double spread) const;
    bool colourAll();
    void statePositions();

    std::uint64_t m_mixtureSeed = 0;
    std::uint64_t m_seed = 0;
    const SceneOptions& m_options;
    Kind m_kind = Kind::Single;
    bool m_large = false;
    Scene m_scene;
    bool m_overlap = false;
    bool m_inside = false;
};

}  // namespace tessera::world
