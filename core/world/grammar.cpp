#include "core/world/grammar.h"

#include <algorithm>
#include <cstddef>

namespace tessera::world {

const std::vector<Nouns>& classNouns() {
    static const std::vector<Nouns> nouns = {
        {{"ball", "sphere"}, {"balls", "spheres"}},
        {{"square"}, {"squares"}},
        {{"triangle"}, {"triangles"}},
        {{"star"}, {"stars"}},
        {{"heart"}, {"hearts"}},
        {{"ring", "hoop"}, {"rings", "hoops"}},
        {{"moon", "crescent"}, {"moons", "crescents"}},
        {{"hexagon"}, {"hexagons"}},
        {{"cross"}, {"crosses"}},
        {{"diamond"}, {"diamonds"}},
        {{"flower", "blossom"}, {"flowers", "blossoms"}},
        {{"cloud"}, {"clouds"}},
        {{"car", "automobile"}, {"cars", "automobiles"}},
        {{"boat", "sailboat"}, {"boats", "sailboats"}},
        {{"house", "cottage"}, {"houses", "cottages"}},
        {{"tree"}, {"trees"}},
        {{"fish"}, {"fish"}},
        {{"rocket", "spaceship"}, {"rockets", "spaceships"}},
        {{"balloon"}, {"balloons"}},
        {{"smiley face", "smiley"}, {"smiley faces", "smileys"}},
        {{"person", "figure"}, {"people", "figures"}},
        {{"bird"}, {"birds"}},
        {{"butterfly"}, {"butterflies"}},
        {{"robot", "android"}, {"robots", "androids"}}};
    return nouns;
}

const PhraseTable& colourWords() {
    static const PhraseTable table = {{"red", "crimson"},
                                      {"orange"},
                                      {"yellow", "golden"},
                                      {"green", "emerald"},
                                      {"cyan", "turquoise"},
                                      {"blue", "azure"},
                                      {"purple", "violet"},
                                      {"pink"},
                                      {"brown", "chocolate"},
                                      {"white"},
                                      {"black"},
                                      {"gray", "grey"}};
    return table;
}

const PhraseTable& textureWords() {
    static const PhraseTable table = {
        {}, {"striped"}, {"dotted", "spotted"}, {"checkered", "chequered"}};
    return table;
}

const PhraseTable& sizeWords() {
    static const PhraseTable table = {
        {"small", "little", "tiny"}, {"medium", "medium sized"}, {"large", "big", "huge"}};
    return table;
}

const PhraseTable& motionParticiples() {
    static const PhraseTable table = {
        {"standing still", "staying still", "not moving", "at rest"},
        {"moving left", "moving to the left", "drifting left", "going left across the frame"},
        {"moving right", "moving to the right", "drifting right", "going right across the frame"},
        {"moving up", "rising", "going up", "floating upward"},
        {"moving down", "sinking", "going down", "floating downward"},
        {"moving up and to the left", "moving diagonally up left", "drifting to the upper left"},
        {"moving up and to the right", "moving diagonally up right", "drifting to the upper right"},
        {"moving down and to the left",
         "moving diagonally down left",
         "drifting to the lower left"},
        {"moving down and to the right",
         "moving diagonally down right",
         "drifting to the lower right"},
        {"bouncing", "bouncing up and down", "hopping up and down"},
        {"rotating clockwise", "spinning clockwise", "turning clockwise"},
        {"rotating counterclockwise", "spinning counterclockwise", "turning counterclockwise"},
        {"growing", "getting bigger", "growing larger"},
        {"shrinking", "getting smaller", "becoming smaller"},
        {"swinging on a rope", "swinging back and forth", "swinging"},
        {"orbiting", "going round and round", "circling around"},
        {"pulsing", "pulsating", "throbbing"},
        {"spiralling outward", "moving in a spiral", "spiralling"},
        {"exploding", "bursting into sparks", "blowing up"},
        {"falling apart", "breaking into pieces", "crumbling"}};
    return table;
}

const PhraseTable& motionVerbs() {
    static const PhraseTable table = {{"stays still", "does not move"},
                                      {"moves left", "drifts to the left"},
                                      {"moves right", "drifts to the right"},
                                      {"moves up", "rises"},
                                      {"moves down", "sinks"},
                                      {"moves up and to the left"},
                                      {"moves up and to the right"},
                                      {"moves down and to the left"},
                                      {"moves down and to the right"},
                                      {"bounces", "bounces up and down"},
                                      {"rotates clockwise", "spins clockwise"},
                                      {"rotates counterclockwise", "spins counterclockwise"},
                                      {"grows", "gets bigger"},
                                      {"shrinks", "gets smaller"},
                                      {"swings on a rope", "swings"},
                                      {"orbits", "goes round and round"},
                                      {"pulses"},
                                      {"spirals outward"},
                                      {"explodes", "blows up"},
                                      {"falls apart", "breaks into pieces"}};
    return table;
}

const PhraseTable& headings() {
    static const PhraseTable table = {{},
                                      {"to the left", "toward the left", "left"},
                                      {"to the right", "toward the right", "right"}};
    return table;
}

const PhraseTable& actionParticiples() {
    static const PhraseTable table = {{"walking", "strolling"},
                                      {"running", "sprinting"},
                                      {"jumping", "leaping"},
                                      {"waving", "waving hello"},
                                      {"dancing"},
                                      {"kicking"}};
    return table;
}

const PhraseTable& actionVerbs() {
    static const PhraseTable table = {{"walks", "is walking"},
                                      {"runs", "is running"},
                                      {"jumps", "is jumping"},
                                      {"is waving", "is waving hello"},
                                      {"dances", "is dancing"},
                                      {"kicks", "is kicking"}};
    return table;
}

const PhraseTable& relationWords() {
    static const PhraseTable table = {{"to the left of", "on the left of"},
                                      {"to the right of", "on the right of"},
                                      {"above", "higher than"},
                                      {"below", "under", "beneath"},
                                      {"in front of"},
                                      {"behind", "partly hidden by"},
                                      {"inside", "within"}};
    return table;
}

const PhraseTable& countWords() {
    static const PhraseTable table = {{"two", "a pair of"}, {"three"}, {"four"}};
    return table;
}

const PhraseTable& backgroundPlaces() {
    static const PhraseTable table = {
        {"on a plain * background", "in front of a plain * wall", "against a plain * background"},
        {"on a * gradient", "over a smooth * gradient", "against a * gradient background"},
        {"on a checkerboard floor", "over a checkered floor", "above a checkerboard floor"},
        {"in front of a * striped wall", "against a striped * wall", "before a * striped wall"},
        {"in front of a * polka dot wall",
         "against a * polka dot background",
         "before a * wall with polka dots"},
        {"in a starry night", "under a starry sky", "at night under the stars"},
        {"at sunset", "in front of a sunset", "during a glowing sunset"},
        {"over the sea", "on the ocean", "above the sea", "by the sea"},
        {"over green hills", "in front of green hills", "among rolling green hills"},
        {"in the desert", "over sand dunes", "in a sandy desert"},
        {"in front of a city skyline", "in the city", "before tall city buildings"},
        {"in the forest", "in front of a forest", "in the woods"}};
    return table;
}

const PhraseTable& backgroundViews() {
    static const PhraseTable table = {{"a plain * background"},
                                      {"a * gradient"},
                                      {"a checkerboard floor"},
                                      {"a * striped wall"},
                                      {"a * polka dot wall"},
                                      {"a starry night", "a starry sky"},
                                      {"a sunset"},
                                      {"the sea", "the ocean"},
                                      {"green hills"},
                                      {"the desert", "sand dunes"},
                                      {"a city skyline"},
                                      {"a forest", "the woods"}};
    return table;
}

const PhraseTable& weatherClauses() {
    static const PhraseTable table = {
        {},
        {"in the snow", "while it is snowing", "with snow falling"},
        {"in the rain", "while it is raining", "with rain falling"},
        {"with confetti falling", "under a shower of confetti", "among falling confetti"},
        {"with falling leaves", "while leaves are falling", "among falling leaves"}};
    return table;
}

const PhraseTable& cameraClauses() {
    static const PhraseTable table = {
        {"with a static camera", "the camera stays still"},
        {"the camera pans left", "with the camera panning left", "camera panning to the left"},
        {"the camera pans right", "with the camera panning right", "camera panning to the right"},
        {"the camera tilts up", "with the camera tilting up", "camera tilting upward"},
        {"the camera tilts down", "with the camera tilting down", "camera tilting downward"},
        {"the camera zooms in", "with the camera zooming in", "with a slow zoom in"},
        {"the camera zooms out", "with the camera zooming out", "with a slow zoom out"},
        {"with a shaky camera", "the camera shakes", "handheld camera"}};
    return table;
}

const PhraseTable& stylePrefixes() {
    static const PhraseTable table = {{},
                                      {"a black and white film of", "a monochrome video of"},
                                      {"pixel art of", "a pixel art clip of"},
                                      {"a neon drawing of", "a glowing neon sign of"},
                                      {"a sepia film of", "a vintage video of"},
                                      {"a pencil sketch of", "a pencil drawing of"}};
    return table;
}

const PhraseTable& styleSuffixes() {
    static const PhraseTable table = {{},
                                      {"in black and white", "in monochrome"},
                                      {"in pixel art style", "as pixel art"},
                                      {"in neon style", "glowing in neon"},
                                      {"in sepia", "in vintage style"},
                                      {"as a pencil sketch", "in sketch style"}};
    return table;
}

const Phrases& openings() {
    static const Phrases phrases = {"a video of", "a clip of"};
    return phrases;
}

const Phrases& viewOpenings() {
    static const Phrases phrases = {"a view of", "an empty view of", "nothing but"};
    return phrases;
}

std::vector<std::string_view> splitWords(std::string_view phrase) {
    std::vector<std::string_view> words;
    std::size_t at = 0;
    while (at < phrase.size()) {
        const std::size_t end = std::min(phrase.find(' ', at), phrase.size());
        if (end > at) {
            words.push_back(phrase.substr(at, end - at));
        }
        at = end + 1;
    }
    return words;
}

}  // namespace tessera::world
