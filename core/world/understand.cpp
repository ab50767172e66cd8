#include "core/world/background.h"
#include "core/world/caption.h"
#include "core/world/grammar.h"
#include "core/world/scene_drawer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace tessera::world {

namespace {

void addWords(std::set<std::string_view>& words, const Phrases& phrases) {
    for (const std::string_view phrase : phrases) {
        for (const std::string_view word : splitWords(phrase)) {
            if (word != "*") {
                words.insert(word);
            }
        }
    }
}

// Exactly the words that describe() can write: others would be tokens no training has seen.
std::vector<std::string_view> makeVocabulary() {
    std::set<std::string_view> words = {"a", "an", "and"};
    for (const Nouns& nouns : classNouns()) {
        addWords(words, nouns.one);
        addWords(words, nouns.many);
    }
    for (const PhraseTable* table : {&colourWords(),
                                     &textureWords(),
                                     &sizeWords(),
                                     &motionParticiples(),
                                     &motionVerbs(),
                                     &headings(),
                                     &actionParticiples(),
                                     &actionVerbs(),
                                     &relationWords(),
                                     &countWords(),
                                     &backgroundPlaces(),
                                     &backgroundViews(),
                                     &weatherClauses(),
                                     &cameraClauses(),
                                     &stylePrefixes(),
                                     &styleSuffixes()}) {
        for (const Phrases& phrases : *table) {
            addWords(words, phrases);
        }
    }
    addWords(words, openings());
    addWords(words, viewOpenings());
    return {words.begin(), words.end()};
}

bool isWord(std::string_view word) {
    const std::span<const std::string_view> words = vocabulary();
    return std::binary_search(words.begin(), words.end(), word);
}

bool isOneSlipAway(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) {
        std::swap(a, b);
    }
    if (b.size() - a.size() > 1) {
        return false;
    }
    std::size_t i = 0;
    while (i < a.size() && a[i] == b[i]) {
        ++i;
    }
    if (a.size() < b.size()) {
        return a.substr(i) == b.substr(i + 1);
    }
    // One letter replaced, or two neighbours exchanged.
    if (a.substr(std::min(i + 1, a.size())) == b.substr(std::min(i + 1, b.size()))) {
        return true;
    }
    return i + 1 < a.size() && a[i] == b[i + 1] && a[i + 1] == b[i] &&
           a.substr(i + 2) == b.substr(i + 2);
}

// The word itself or what it stands for; nullopt when it is neither.
std::optional<std::string_view> known(std::string_view word) {
    if (isWord(word)) {
        return word;
    }
    if (const std::string_view* synonym = synonymOf(word)) {
        return *synonym;
    }
    return std::nullopt;
}

std::optional<std::string_view> lookUp(const std::string& word) {
    if (const auto found = known(word)) {
        return found;
    }
    // Plurals and third persons.
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kEndings = {
        {{"ies", "y"}, {"es", ""}, {"s", ""}}};
    for (const auto& [ending, instead] : kEndings) {
        if (word.size() > ending.size() + 2 && word.ends_with(ending)) {
            const std::string stem =
                word.substr(0, word.size() - ending.size()) + std::string(instead);
            if (const auto found = known(stem)) {
                return found;
            }
        }
    }
    // One slip of the finger; short words are too near to each other for it.
    constexpr std::size_t kShortest = 4;
    if (word.size() >= kShortest) {
        for (const std::span<const std::string_view> list : {vocabulary(), synonymKeys()}) {
            for (const std::string_view candidate : list) {
                if (candidate.size() >= kShortest && isOneSlipAway(word, candidate)) {
                    return known(candidate);
                }
            }
        }
    }
    return std::nullopt;
}

std::vector<std::string> tokensOf(std::string_view prompt) {
    std::vector<std::string> tokens;
    std::string word;
    for (const char c : prompt) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        // Bytes above 127 belong to letters of other alphabets: they stay in the word.
        const bool letter = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') ||
                            static_cast<unsigned char>(lower) >= 0x80;
        if (letter) {
            word += lower;
        } else if (c != '\'' && !word.empty()) {
            tokens.push_back(std::exchange(word, {}));
        }
    }
    if (!word.empty()) {
        tokens.push_back(word);
    }
    return tokens;
}

struct Match {
    Slot slot = Slot::Class;
    int value = 0;
    int colour = -1;  // found inside the phrase
    std::size_t length = 0;
};

int colourOf(std::string_view word) {
    const PhraseTable& table = colourWords();
    for (std::size_t value = 0; value < table.size(); ++value) {
        for (const std::string_view name : table[value]) {
            if (name == word) {
                return static_cast<int>(value);
            }
        }
    }
    return -1;
}

bool sameWord(std::string_view a, std::string_view b) {
    return a == b || (a == "a" && b == "an") || (a == "an" && b == "a");
}

std::optional<Match> matchOne(const Meaning& meaning,
                              const std::vector<std::string>& words,
                              std::size_t at) {
    Match match{meaning.slot, meaning.value, -1, 0};
    for (const std::string_view expected : meaning.words) {
        const std::size_t here = at + match.length;
        if (expected == "*") {
            const int colour = here < words.size() ? colourOf(words[here]) : -1;
            if (colour >= 0) {
                match.colour = colour;
                ++match.length;
            }
            continue;
        }
        if (here >= words.size() || !sameWord(words[here], expected)) {
            return std::nullopt;
        }
        ++match.length;
    }
    return match;
}

std::optional<Match> longestMatch(const std::vector<std::string>& words, std::size_t at) {
    std::optional<Match> best;
    for (const Meaning& meaning : meanings()) {
        if (best && meaning.words.size() < best->length) {
            break;
        }
        const std::optional<Match> match = matchOne(meaning, words, at);
        if (match && (!best || match->length > best->length)) {
            best = match;
        }
    }
    return best;
}

// Puts matches together: adjectives wait for their noun, motions belong to the noun before them
// unless a new noun phrase has begun.
class Reader {
public:
    void read(const std::vector<std::string>& words);
    StatedSlots result();

private:
    void take(const Match& match);
    void takeClass(int shapeClass);
    void takeBackground(const Match& match);

    template <class Field>
    void takeMovement(Field field, int value) {
        const bool forNext = m_stated.objects.empty() || m_opened;
        StatedObject& object = forNext ? m_next : m_stated.objects.back();
        if (object.*field < 0) {
            object.*field = value;
        }
    }

    StatedSlots m_stated;
    StatedObject m_next;    // adjectives of the noun to come
    bool m_opened = false;  // a noun phrase has begun since the last noun
    int m_relation = -1;    // between the last noun and the one to come
};

void Reader::takeClass(int shapeClass) {
    m_next.shapeClass = shapeClass;
    m_stated.objects.push_back(std::exchange(m_next, {}));
    m_opened = false;
    if (m_relation >= 0 && m_stated.objects.size() == 2) {
        m_stated.relation = m_relation;
    }
    m_relation = -1;
}

void Reader::takeBackground(const Match& match) {
    m_stated.background = match.value;
    const int colour = match.colour >= 0 ? match.colour : m_next.colour;
    m_stated.backgroundColour = isTinted(match.value) ? colour : -1;
    m_next.colour = -1;
    m_next.texture = -1;
    m_next.size = -1;
    m_opened = false;
    m_relation = -1;
}

void Reader::take(const Match& match) {
    switch (match.slot) {
        case Slot::Class:
            takeClass(match.value);
            break;
        case Slot::Colour:
            m_next.colour = match.value;
            m_opened = true;
            break;
        case Slot::Texture:
            m_next.texture = match.value;
            m_opened = true;
            break;
        case Slot::Size:
            m_next.size = match.value;
            m_opened = true;
            break;
        case Slot::Count:
            m_stated.count = match.value;
            m_opened = true;
            break;
        case Slot::Motion:
            takeMovement(&StatedObject::motion, match.value);
            break;
        case Slot::Action:
            takeMovement(&StatedObject::action, match.value);
            break;
        case Slot::Relation:
            m_relation = match.value;
            m_opened = true;
            break;
        case Slot::Background:
            takeBackground(match);
            break;
        case Slot::Weather:
            m_stated.weather = match.value;
            m_opened = false;
            break;
        case Slot::Camera:
            m_stated.camera = match.value;
            m_opened = false;
            break;
        case Slot::Style:
            m_stated.style = match.value;
            m_opened = false;
            break;
    }
}

void Reader::read(const std::vector<std::string>& words) {
    for (std::size_t at = 0; at < words.size();) {
        const std::optional<Match> match = longestMatch(words, at);
        if (match) {
            take(*match);
            at += match->length;
            continue;
        }
        if (words[at] == "a" || words[at] == "an" || words[at] == "and") {
            m_opened = true;
        }
        ++at;
    }
}

StatedSlots Reader::result() {
    // "a ball that is red": an adjective with no noun after it belongs to the last one.
    if (!m_stated.objects.empty()) {
        StatedObject& last = m_stated.objects.back();
        for (int StatedObject::*field : {&StatedObject::colour,
                                         &StatedObject::texture,
                                         &StatedObject::size,
                                         &StatedObject::motion,
                                         &StatedObject::action}) {
            if (last.*field < 0) {
                last.*field = m_next.*field;
            }
        }
    }
    if (m_stated.objects.size() != 1) {
        m_stated.count = -1;
    }
    for (StatedObject& object : m_stated.objects) {
        object.action = object.shapeClass == kPersonClass ? object.action : -1;
        m_stated.heldOut = m_stated.heldOut || isHeldOut(object);
    }
    return m_stated;
}

}  // namespace

std::span<const std::string_view> vocabulary() {
    static const std::vector<std::string_view> words = makeVocabulary();
    return words;
}

Understood understand(std::string_view prompt) {
    Understood understood;
    const std::vector<std::string> tokens = tokensOf(prompt);
    std::string typed;
    for (const std::string& token : tokens) {
        typed += (typed.empty() ? "" : " ") + token;
        const std::optional<std::string_view> found = lookUp(token);
        if (!found || found->empty()) {
            understood.ignoredWords.push_back(token);
            continue;
        }
        for (const std::string_view word : splitWords(*found)) {
            if (understood.words.size() + 1 < static_cast<std::size_t>(kMaxTokens)) {
                understood.words.emplace_back(word);
            } else {
                understood.ignoredWords.push_back(token);
                break;
            }
        }
    }
    for (const std::string& word : understood.words) {
        understood.text += (understood.text.empty() ? "" : " ") + word;
    }
    understood.changed = understood.text != typed;
    Reader reader;
    reader.read(understood.words);
    understood.stated = reader.result();
    return understood;
}

}  // namespace tessera::world
