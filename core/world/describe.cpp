#include "core/base/random.h"
#include "core/world/background.h"
#include "core/world/caption.h"
#include "core/world/grammar.h"
#include "core/world/item_raster.h"
#include "core/world/pose.h"
#include "core/world/scene_drawer.h"
#include "core/world/streams.h"

#include <cstddef>
#include <string>
#include <utility>

namespace tessera::world {

namespace {

// What a style leaves to be seen.
bool showsColour(int style) {
    return style == kNormalStyle || style == kPixelArt || style == kNeon;
}

bool showsTexture(int style) {
    return style == kNormalStyle || style == kBlackAndWhite || style == kSepia;
}

// The other way round: "a above b" is "b below a"; inside has no other way round.
int inverseOf(int relation) {
    constexpr int kInverse[kRelationCount] = {1, 0, 3, 2, 5, 4, -1};
    return kInverse[relation];
}

class Writer {
public:
    Writer(const Scene& scene, std::uint64_t captionSeed, int attempt)
        : m_scene(scene),
          m_random(scene.seed,
                   streams::kCaption + 16 * captionSeed + static_cast<std::uint64_t>(attempt)),
          m_drop(0.15 + 0.1 * attempt) {}

    Caption write();

private:
    bool dropped() { return m_random.chance(m_drop); }

    std::string choose(const Phrases& phrases) {
        // The first form is the plain one and comes half of the time.
        if (phrases.size() > 1 && m_random.chance(0.5)) {
            return std::string(phrases[1 + static_cast<std::size_t>(m_random.below(
                                               static_cast<int>(phrases.size()) - 1))]);
        }
        return std::string(phrases.front());
    }

    std::string choose(const PhraseTable& table, int value) {
        return choose(table[static_cast<std::size_t>(value)]);
    }

    bool isCount() const;
    std::string nounPhrase(const Object& object, int count, StatedObject& stated);
    std::string motionPhrase(const Object& object, bool plural, StatedObject& stated);
    std::string core();
    std::string place(const PhraseTable& table);
    std::string join(const std::vector<std::string>& clauses) const;

    const Scene& m_scene;
    base::RandomStream m_random;
    double m_drop = 0.15;
    StatedSlots m_stated;
};

bool Writer::isCount() const {
    return m_scene.objects.size() > 1 &&
           m_scene.objects[0].shapeClass == m_scene.objects[1].shapeClass;
}

std::string Writer::nounPhrase(const Object& object, int count, StatedObject& stated) {
    std::string text = count > 1 ? choose(countWords(), count - 2) : "a";
    stated.shapeClass = object.shapeClass;
    const bool changes = object.motion == kGrowing || object.motion == kShrinking;
    // Among several things, or of something that changes it, a size says nothing.
    const bool sized = m_scene.objects.size() == 1 && object.action < 0 && !changes &&
                       m_scene.camera != kZoomIn && m_scene.camera != kZoomOut;
    if (sized && !dropped()) {
        stated.size = object.size;
        text += " " + choose(sizeWords(), object.size);
    }
    if (object.texture > 0 && showsTexture(m_scene.style) && !dropped()) {
        stated.texture = object.texture;
        text += " " + choose(textureWords(), object.texture);
    }
    if (showsColour(m_scene.style) && !dropped()) {
        stated.colour = object.colour;
        text += " " + choose(colourWords(), object.colour);
    }
    const Nouns& nouns = classNouns()[static_cast<std::size_t>(object.shapeClass)];
    return text + " " + choose(count > 1 ? nouns.many : nouns.one);
}

std::string Writer::motionPhrase(const Object& object, bool plural, StatedObject& stated) {
    const bool finite = !plural && m_random.chance(0.3);
    std::string text;
    if (object.action >= 0) {
        if (dropped()) {
            return text;
        }
        stated.action = object.action;
        text = choose(finite ? actionVerbs() : actionParticiples(), object.action);
        if (object.motion != kStill && !dropped()) {
            stated.motion = object.motion;
            text += " " + choose(headings(), object.motion);
        }
        return text;
    }
    const bool still = object.motion == kStill;
    // Under a moving camera nothing stands still in the frame; and stillness is often left unsaid.
    if (dropped() || (still && (m_scene.camera != kStaticCamera || m_random.chance(0.4)))) {
        return text;
    }
    stated.motion = object.motion;
    return choose(finite ? motionVerbs() : motionParticiples(), object.motion);
}

std::string Writer::core() {
    const std::vector<Object>& objects = m_scene.objects;
    if (objects.size() == 1 || isCount()) {
        StatedObject stated;
        const int count = isCount() ? static_cast<int>(objects.size()) : 1;
        std::string text = nounPhrase(objects[0], count, stated);
        const std::string motion = motionPhrase(objects[0], count > 1, stated);
        m_stated.count = count > 1 ? count : -1;
        m_stated.objects.push_back(stated);
        return motion.empty() ? text : text + " " + motion;
    }
    // Either object may be named first; the relation is then turned round.
    int relation = m_scene.relation;
    std::size_t first = 0;
    if (m_random.chance(0.5) && (relation < 0 || inverseOf(relation) >= 0)) {
        first = 1;
        relation = relation < 0 ? -1 : inverseOf(relation);
    }
    StatedObject a;
    StatedObject b;
    std::string text = nounPhrase(objects[first], 1, a);
    const std::string firstMotion = motionPhrase(objects[first], false, a);
    text += firstMotion.empty() ? "" : " " + firstMotion;
    if (relation >= 0 && !dropped()) {
        m_stated.relation = relation;
        text += " " + choose(relationWords(), relation);
    } else {
        text += " and";
    }
    text += " " + nounPhrase(objects[1 - first], 1, b);
    const std::string secondMotion = motionPhrase(objects[1 - first], false, b);
    text += secondMotion.empty() ? "" : " " + secondMotion;
    m_stated.objects = {a, b};
    return text;
}

std::string Writer::place(const PhraseTable& table) {
    m_stated.background = m_scene.background;
    std::string text = choose(table, m_scene.background);
    const std::size_t star = text.find("* ");
    if (star == std::string::npos) {
        return text;
    }
    const bool coloured = m_scene.style == kNormalStyle || m_scene.style == kPixelArt;
    if (!coloured || m_random.chance(0.5)) {
        return text.erase(star, 2);
    }
    m_stated.backgroundColour = m_scene.backgroundColour;
    return text.replace(star, 1, choose(colourWords(), m_scene.backgroundColour));
}

// Clauses with commas between some, "a" turned into "an" where a vowel follows.
std::string Writer::join(const std::vector<std::string>& clauses) const {
    std::string text;
    for (const std::string& clause : clauses) {
        if (!clause.empty()) {
            text += text.empty() ? clause : " " + clause;
        }
    }
    std::string out;
    const std::vector<std::string_view> words = splitWords(text);
    for (std::size_t i = 0; i < words.size(); ++i) {
        out += i == 0 ? "" : " ";
        out += words[i];
        const bool vowel = i + 1 < words.size() && std::string_view("aeiou").find(
                                                       words[i + 1][0]) != std::string_view::npos;
        if (words[i] == "a" && vowel) {
            out += "n";
        }
    }
    return out;
}

Caption Writer::write() {
    const bool empty = m_scene.objects.empty();
    std::string subject;
    std::string where;
    if (empty) {
        subject = place(backgroundViews());
        subject = m_random.chance(0.5) ? choose(viewOpenings()) + " " + subject : subject;
    } else {
        subject = core();
        where = dropped() ? "" : place(backgroundPlaces());
    }
    std::string weather;
    if (m_scene.weather > 0 && !dropped()) {
        m_stated.weather = m_scene.weather;
        weather = choose(weatherClauses(), m_scene.weather);
    }
    std::string camera;
    // A camera that stands is rarely worth a word.
    if (m_scene.camera == kStaticCamera ? m_random.chance(0.1) : !dropped()) {
        m_stated.camera = m_scene.camera;
        camera = choose(cameraClauses(), m_scene.camera);
    }
    std::string stylePrefix;
    std::string styleSuffix;
    if (m_scene.style != kNormalStyle && !dropped()) {
        m_stated.style = m_scene.style;
        (m_random.chance(0.4) ? stylePrefix : styleSuffix) = "?";
        if (!stylePrefix.empty()) {
            stylePrefix = choose(stylePrefixes(), m_scene.style);
        } else {
            styleSuffix = choose(styleSuffixes(), m_scene.style);
        }
    }
    const std::string opened = !stylePrefix.empty() ? stylePrefix + " " + subject : subject;
    std::vector<std::string> clauses;
    switch (m_random.below(8)) {
        case 0:
            clauses = {where, opened, weather, camera, styleSuffix};
            break;
        case 1:
            clauses = stylePrefix.empty() ? std::vector{camera, opened, where, weather, styleSuffix}
                                          : std::vector{opened, where, weather, camera};
            break;
        case 2:
            clauses = {weather, opened, where, camera, styleSuffix};
            break;
        case 3:
            clauses = stylePrefix.empty() && !empty
                          ? std::vector{choose(openings()) + " " + subject,
                                        where,
                                        weather,
                                        styleSuffix,
                                        camera}
                          : std::vector{opened, where, weather, camera, styleSuffix};
            break;
        case 4:
            clauses = {styleSuffix, opened, where, weather, camera};
            break;
        default:
            clauses = {opened, where, weather, camera, styleSuffix};
            break;
    }
    for (const StatedObject& object : m_stated.objects) {
        m_stated.heldOut = m_stated.heldOut || isHeldOut(object);
    }
    return {join(clauses), std::move(m_stated)};
}

}  // namespace

Caption describe(const Scene& scene, std::uint64_t captionSeed) {
    for (int attempt = 0;; ++attempt) {
        Caption caption = Writer(scene, captionSeed, attempt).write();
        if (splitWords(caption.text).size() < static_cast<std::size_t>(kMaxTokens) ||
            attempt == 8) {
            return caption;
        }
    }
}

}  // namespace tessera::world
