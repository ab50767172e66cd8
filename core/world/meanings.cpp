#include "core/world/grammar.h"
#include "core/world/pose.h"

#include <algorithm>
#include <cstddef>

namespace tessera::world {

namespace {

void addPhrases(std::vector<Meaning>& list, Slot slot, int value, const Phrases& phrases) {
    for (const std::string_view phrase : phrases) {
        list.push_back({splitWords(phrase), slot, value});
    }
}

void addTable(std::vector<Meaning>& list, Slot slot, const PhraseTable& table, int first = 0) {
    for (std::size_t value = 0; value < table.size(); ++value) {
        addPhrases(list, slot, static_cast<int>(value) + first, table[value]);
    }
}

// The cores of phrases and the shorter forms people type.
void addShortForms(std::vector<Meaning>& list) {
    struct Short {
        Slot slot;
        int value;
        std::string_view phrase;
    };

    static const Short forms[] = {{Slot::Background, 0, "plain * background"},
                                  {Slot::Background, 0, "plain * wall"},
                                  {Slot::Background, 0, "background"},
                                  {Slot::Background, 0, "wall"},
                                  {Slot::Background, 1, "gradient"},
                                  {Slot::Background, 1, "gradient background"},
                                  {Slot::Background, 1, "smooth * gradient"},
                                  {Slot::Background, 2, "checkerboard"},
                                  {Slot::Background, 2, "checkerboard floor"},
                                  {Slot::Background, 2, "checkered floor"},
                                  {Slot::Background, 2, "chequered floor"},
                                  {Slot::Background, 2, "floor"},
                                  {Slot::Background, 3, "striped * wall"},
                                  {Slot::Background, 3, "striped * background"},
                                  {Slot::Background, 4, "polka dot * wall"},
                                  {Slot::Background, 4, "polka dot * background"},
                                  {Slot::Background, 4, "dotted * wall"},
                                  {Slot::Background, 4, "dotted * background"},
                                  {Slot::Background, 4, "spotted * wall"},
                                  {Slot::Background, 4, "wall with polka dots"},
                                  {Slot::Background, 4, "background with polka dots"},
                                  {Slot::Background, 4, "polka dots"},
                                  {Slot::Background, 5, "starry night"},
                                  {Slot::Background, 5, "starry sky"},
                                  {Slot::Background, 5, "starry night sky"},
                                  {Slot::Background, 5, "night sky"},
                                  {Slot::Background, 5, "night"},
                                  {Slot::Background, 5, "under the stars"},
                                  {Slot::Background, 6, "sunset"},
                                  {Slot::Background, 7, "sea"},
                                  {Slot::Background, 7, "ocean"},
                                  {Slot::Background, 8, "green hills"},
                                  {Slot::Background, 8, "hills"},
                                  {Slot::Background, 8, "rolling hills"},
                                  {Slot::Background, 9, "desert"},
                                  {Slot::Background, 9, "sand dunes"},
                                  {Slot::Background, 9, "sand"},
                                  {Slot::Background, 9, "dunes"},
                                  {Slot::Background, 10, "city skyline"},
                                  {Slot::Background, 10, "city"},
                                  {Slot::Background, 10, "skyline"},
                                  {Slot::Background, 10, "city buildings"},
                                  {Slot::Background, 10, "tall buildings"},
                                  {Slot::Background, 10, "buildings"},
                                  {Slot::Background, 11, "forest"},
                                  {Slot::Background, 11, "woods"},
                                  {Slot::Background, 11, "among the trees"},
                                  {Slot::Weather, 1, "snow"},
                                  {Slot::Weather, 1, "snowing"},
                                  {Slot::Weather, 1, "snow falling"},
                                  {Slot::Weather, 1, "falling snow"},
                                  {Slot::Weather, 2, "rain"},
                                  {Slot::Weather, 2, "raining"},
                                  {Slot::Weather, 2, "rain falling"},
                                  {Slot::Weather, 2, "falling rain"},
                                  {Slot::Weather, 3, "confetti"},
                                  {Slot::Weather, 3, "confetti falling"},
                                  {Slot::Weather, 3, "falling confetti"},
                                  {Slot::Weather, 4, "leaves"},
                                  {Slot::Weather, 4, "falling leaves"},
                                  {Slot::Weather, 4, "leaves falling"},
                                  {Slot::Camera, 0, "static camera"},
                                  {Slot::Camera, 0, "camera stays still"},
                                  {Slot::Camera, 1, "camera moving left"},
                                  {Slot::Camera, 1, "camera moves left"},
                                  {Slot::Camera, 1, "panning left"},
                                  {Slot::Camera, 1, "pans left"},
                                  {Slot::Camera, 1, "camera moving to the left"},
                                  {Slot::Camera, 2, "camera moving right"},
                                  {Slot::Camera, 2, "camera moves right"},
                                  {Slot::Camera, 2, "camera moving to the right"},
                                  {Slot::Camera, 2, "panning right"},
                                  {Slot::Camera, 2, "pans right"},
                                  {Slot::Camera, 3, "tilting up"},
                                  {Slot::Camera, 3, "tilts up"},
                                  {Slot::Camera, 3, "camera moving up"},
                                  {Slot::Camera, 4, "tilting down"},
                                  {Slot::Camera, 4, "tilts down"},
                                  {Slot::Camera, 4, "camera moving down"},
                                  {Slot::Camera, 5, "zoom in"},
                                  {Slot::Camera, 5, "zooming in"},
                                  {Slot::Camera, 5, "zooms in"},
                                  {Slot::Camera, 6, "zoom out"},
                                  {Slot::Camera, 6, "zooming out"},
                                  {Slot::Camera, 6, "zooms out"},
                                  {Slot::Camera, 7, "shaky camera"},
                                  {Slot::Camera, 7, "shaky"},
                                  {Slot::Camera, 7, "camera shakes"},
                                  {Slot::Camera, 7, "handheld"},
                                  {Slot::Style, 1, "black and white video"},
                                  {Slot::Style, 1, "black and white film"},
                                  {Slot::Style, 1, "black and white style"},
                                  {Slot::Style, 1, "black and white clip"},
                                  {Slot::Style, 1, "monochrome"},
                                  {Slot::Style, 2, "pixel art"},
                                  {Slot::Style, 2, "pixel style"},
                                  {Slot::Style, 2, "pixel"},
                                  {Slot::Style, 3, "neon"},
                                  {Slot::Style, 3, "neon sign"},
                                  {Slot::Style, 3, "neon style"},
                                  {Slot::Style, 4, "sepia"},
                                  {Slot::Style, 4, "vintage"},
                                  {Slot::Style, 5, "sketch"},
                                  {Slot::Style, 5, "pencil sketch"},
                                  {Slot::Style, 5, "pencil drawing"},
                                  {Slot::Style, 5, "pencil"},
                                  {Slot::Class, 19, "face"},
                                  {Slot::Class, 19, "faces"},
                                  {Slot::Relation, 0, "left of"},
                                  {Slot::Relation, 1, "right of"},
                                  {Slot::Relation, 2, "over"},
                                  {Slot::Relation, 5, "hidden by"},
                                  {Slot::Motion, kStill, "still"},
                                  {Slot::Motion, kStill, "standing"},
                                  {Slot::Motion, kLeft, "drifting to the left"},
                                  {Slot::Motion, kLeft, "floating left"},
                                  {Slot::Motion, kLeft, "going left"},
                                  {Slot::Motion, kLeft, "going to the left"},
                                  {Slot::Motion, kLeft, "floating to the left"},
                                  {Slot::Motion, kLeft, "moves to the left"},
                                  {Slot::Motion, kLeft, "drifts left"},
                                  {Slot::Motion, kLeft, "left"},
                                  {Slot::Motion, kRight, "drifting to the right"},
                                  {Slot::Motion, kRight, "floating right"},
                                  {Slot::Motion, kRight, "going right"},
                                  {Slot::Motion, kRight, "going to the right"},
                                  {Slot::Motion, kRight, "floating to the right"},
                                  {Slot::Motion, kRight, "moves to the right"},
                                  {Slot::Motion, kRight, "drifts right"},
                                  {Slot::Motion, kRight, "right"},
                                  {Slot::Motion, kRight, "moving across the frame"},
                                  {Slot::Motion, kRight, "moving across"},
                                  {Slot::Motion, kRight, "drifting"},
                                  {Slot::Motion, kUp, "floating up"},
                                  {Slot::Motion, kUp, "moving upward"},
                                  {Slot::Motion, kUp, "upward"},
                                  {Slot::Motion, kUp, "up"},
                                  {Slot::Motion, kDown, "moving downward"},
                                  {Slot::Motion, kDown, "floating down"},
                                  {Slot::Motion, kDown, "falling"},
                                  {Slot::Motion, kDown, "falling down"},
                                  {Slot::Motion, kDown, "falls"},
                                  {Slot::Motion, kDown, "downward"},
                                  {Slot::Motion, kDown, "down"},
                                  {Slot::Motion, kUpLeft, "up left"},
                                  {Slot::Motion, kUpLeft, "up and left"},
                                  {Slot::Motion, kUpLeft, "moving up left"},
                                  {Slot::Motion, kUpLeft, "to the upper left"},
                                  {Slot::Motion, kUpLeft, "moving to the upper left"},
                                  {Slot::Motion, kUpRight, "up right"},
                                  {Slot::Motion, kUpRight, "up and right"},
                                  {Slot::Motion, kUpRight, "moving up right"},
                                  {Slot::Motion, kUpRight, "to the upper right"},
                                  {Slot::Motion, kUpRight, "moving to the upper right"},
                                  {Slot::Motion, kUpRight, "diagonally"},
                                  {Slot::Motion, kUpRight, "moving diagonally"},
                                  {Slot::Motion, kDownLeft, "down left"},
                                  {Slot::Motion, kDownLeft, "down and left"},
                                  {Slot::Motion, kDownLeft, "moving down left"},
                                  {Slot::Motion, kDownLeft, "to the lower left"},
                                  {Slot::Motion, kDownLeft, "moving to the lower left"},
                                  {Slot::Motion, kDownRight, "down right"},
                                  {Slot::Motion, kDownRight, "down and right"},
                                  {Slot::Motion, kDownRight, "moving down right"},
                                  {Slot::Motion, kDownRight, "to the lower right"},
                                  {Slot::Motion, kDownRight, "moving to the lower right"},
                                  {Slot::Motion, kBouncing, "hopping"},
                                  {Slot::Motion, kBouncing, "up and down"},
                                  {Slot::Motion, kBouncing, "moving up and down"},
                                  {Slot::Motion, kClockwise, "rotating"},
                                  {Slot::Motion, kClockwise, "rotates"},
                                  {Slot::Motion, kClockwise, "spinning"},
                                  {Slot::Motion, kClockwise, "spins"},
                                  {Slot::Motion, kClockwise, "turning"},
                                  {Slot::Motion, kClockwise, "clockwise"},
                                  {Slot::Motion, kCounterclockwise, "counterclockwise"},
                                  {Slot::Motion, kGrowing, "getting larger"},
                                  {Slot::Motion, kGrowing, "becoming larger"},
                                  {Slot::Motion, kGrowing, "becoming bigger"},
                                  {Slot::Motion, kGrowing, "growing bigger"},
                                  {Slot::Motion, kSwinging, "back and forth"},
                                  {Slot::Motion, kSwinging, "on a rope"},
                                  {Slot::Motion, kOrbiting, "circling"},
                                  {Slot::Motion, kSpiralling, "in a spiral"},
                                  {Slot::Motion, kSpiralling, "spirals"},
                                  {Slot::Motion, kExploding, "bursting"},
                                  {Slot::Motion, kFallingApart, "breaking apart"},
                                  {Slot::Motion, kFallingApart, "breaks apart"},
                                  {Slot::Motion, kFallingApart, "falling into pieces"},
                                  {Slot::Count, 2, "pair of"}};
    for (const Short& form : forms) {
        list.push_back({splitWords(form.phrase), form.slot, form.value});
    }
}

std::vector<Meaning> makeMeanings() {
    std::vector<Meaning> list;
    const std::vector<Nouns>& nouns = classNouns();
    for (std::size_t value = 0; value < nouns.size(); ++value) {
        addPhrases(list, Slot::Class, static_cast<int>(value), nouns[value].one);
        addPhrases(list, Slot::Class, static_cast<int>(value), nouns[value].many);
    }
    addTable(list, Slot::Colour, colourWords());
    addTable(list, Slot::Texture, textureWords());
    addTable(list, Slot::Size, sizeWords());
    addTable(list, Slot::Motion, motionParticiples());
    addTable(list, Slot::Motion, motionVerbs());
    addTable(list, Slot::Motion, headings());
    addTable(list, Slot::Action, actionParticiples());
    addTable(list, Slot::Action, actionVerbs());
    addTable(list, Slot::Relation, relationWords());
    addTable(list, Slot::Count, countWords(), 2);
    addTable(list, Slot::Weather, weatherClauses());
    addTable(list, Slot::Camera, cameraClauses());
    addTable(list, Slot::Style, stylePrefixes());
    addTable(list, Slot::Style, styleSuffixes());
    addShortForms(list);
    std::stable_sort(list.begin(), list.end(), [](const Meaning& a, const Meaning& b) {
        return a.words.size() > b.words.size();
    });
    return list;
}

}  // namespace

std::span<const Meaning> meanings() {
    static const std::vector<Meaning> list = makeMeanings();
    return list;
}

}  // namespace tessera::world
