#pragma once

// The phrases of the caption grammar: what describe() writes and what understand() reads. A '*'
// inside a phrase is the place of an optional colour. Thread-safe.

#include <span>
#include <string_view>
#include <vector>

namespace tessera::world {

enum class Slot {
    Class,
    Colour,
    Texture,
    Size,
    Motion,
    Action,
    Relation,
    Count,
    Background,
    Weather,
    Camera,
    Style
};

using Phrases = std::vector<std::string_view>;
using PhraseTable = std::vector<Phrases>;  // [value]

// Nouns of a class, singular and plural in step.
struct Nouns {
    Phrases one;
    Phrases many;
};

const std::vector<Nouns>& classNouns();
const PhraseTable& colourWords();
const PhraseTable& textureWords();  // [0] is empty: a plain surface is not stated
const PhraseTable& sizeWords();
const PhraseTable& motionParticiples();  // "moving left"
const PhraseTable& motionVerbs();        // "moves left"; may be empty
const PhraseTable& headings();           // "to the left", after "walking"; only left and right
const PhraseTable& actionParticiples();
const PhraseTable& actionVerbs();
const PhraseTable& relationWords();
const PhraseTable& countWords();        // [0] = two
const PhraseTable& backgroundPlaces();  // "over the sea"
const PhraseTable& backgroundViews();   // "the sea", for clips of scenery alone
const PhraseTable& weatherClauses();    // [0] is empty
const PhraseTable& cameraClauses();
const PhraseTable& stylePrefixes();  // "a pencil sketch of"; [0] is empty
const PhraseTable& styleSuffixes();  // "as a pencil sketch"; [0] is empty
const Phrases& openings();           // "a video of"
const Phrases& viewOpenings();       // "a view of"

// What a run of words means to understand().
struct Meaning {
    std::vector<std::string_view> words;  // "*" = a colour may stand here
    Slot slot = Slot::Class;
    int value = 0;
};

// Longest first.
std::span<const Meaning> meanings();

// The words of a phrase.
std::vector<std::string_view> splitWords(std::string_view phrase);

// Vocabulary words (several, one or none) an unknown word stands for; nullptr when it is no
// synonym.
const std::string_view* synonymOf(std::string_view word);

// All words that have a synonym entry, for the correction of slips.
std::span<const std::string_view> synonymKeys();

}  // namespace tessera::world
