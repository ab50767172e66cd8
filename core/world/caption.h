#pragma once

// Words for scenes and scenes' slots from words: the closed grammar of the bundled model.
// describe() writes a caption and remembers what it stated; understand() reads any prompt back into
// slots and vocabulary words. Any thread.

#include "core/world/scene.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::world {

inline constexpr int kMaxTokens = 48;  // words of a caption, end mark included

// What a caption says; -1 = not stated. Only stated slots are scored.
struct StatedObject {
    int shapeClass = -1;
    int colour = -1;
    int texture = -1;
    int size = -1;
    int motion = -1;
    int action = -1;
    bool operator==(const StatedObject&) const = default;
};

struct StatedSlots {
    std::vector<StatedObject> objects;  // in the order the caption names them
    int count = -1;                     // 2..4 of a kind
    int relation = -1;                  // of objects[0] to objects[1]
    int background = -1;
    int backgroundColour = -1;  // of plain, gradient and wall backgrounds
    int weather = -1;
    int camera = -1;
    int style = -1;
    bool heldOut = false;  // a stated pair that was never trained
    bool operator==(const StatedSlots&) const = default;
};

struct Caption {
    std::string text;
    StatedSlots stated;
};

// A caption of the scene; other captionSeeds give other wordings and drop other slots.
Caption describe(const Scene& scene, std::uint64_t captionSeed);

struct Understood {
    std::vector<std::string> words;  // of the vocabulary, at most kMaxTokens - 1, in order
    StatedSlots stated;
    std::string text;                       // "understood as": the words joined
    std::vector<std::string> ignoredWords;  // words of the prompt that mean nothing to the model
    bool changed = false;  // text differs from the prompt in more than case, punctuation, spaces
};

// Reads any text: case, punctuation, synonyms, plurals, one typing slip per word. Never fails.
Understood understand(std::string_view prompt);

// All words of the grammar, sorted; token id of words[i] is i + 3 (0 pad, 1 end, 2 unknown).
std::span<const std::string_view> vocabulary();

}  // namespace tessera::world
