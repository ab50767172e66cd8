#include "core/world/caption.h"

#include "core/world/grammar.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::world {
namespace {

int indexOf(std::span<const std::string_view> names, std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? -2 : static_cast<int>(found - names.begin());
}

int classOf(std::string_view name) {
    return indexOf(classNames(), name);
}

int colourOf(std::string_view name) {
    return indexOf(colourNames(), name);
}

int motionOf(std::string_view name) {
    return indexOf(motionNames(), name);
}

int backgroundOf(std::string_view name) {
    return indexOf(backgroundNames(), name);
}

TEST(Caption, EveryCaptionReadsBackToExactlyWhatItStates) {
    for (std::uint64_t seed = 0; seed < 20000; ++seed) {
        const Scene scene = makeScene(seed);
        const Caption caption = describe(scene, seed % 5);
        const Understood read = understand(caption.text);
        ASSERT_EQ(read.stated, caption.stated) << caption.text;
        ASSERT_TRUE(read.ignoredWords.empty()) << caption.text;
        ASSERT_FALSE(read.changed) << caption.text << " / " << read.text;
        ASSERT_LT(read.words.size(), static_cast<std::size_t>(kMaxTokens)) << caption.text;
    }
}

TEST(Caption, StatesOnlyWhatIsTrueAndVisible) {
    for (std::uint64_t seed = 0; seed < 5000; ++seed) {
        const Scene scene = makeScene(seed);
        const StatedSlots stated = describe(scene, 3).stated;
        const bool colourless = scene.style == 1 || scene.style == 4 || scene.style == 5;
        ASSERT_TRUE(stated.background == -1 || stated.background == scene.background);
        ASSERT_TRUE(stated.weather == -1 || stated.weather == scene.weather);
        ASSERT_TRUE(stated.camera == -1 || stated.camera == scene.camera);
        ASSERT_TRUE(stated.style == -1 || stated.style == scene.style);
        ASSERT_TRUE(stated.backgroundColour == -1 ||
                    (!colourless && stated.backgroundColour == scene.backgroundColour));
        for (const StatedObject& object : stated.objects) {
            ASSERT_TRUE(object.colour == -1 || !colourless) << seed;
            const bool some =
                std::any_of(scene.objects.begin(), scene.objects.end(), [&](const Object& real) {
                    return real.shapeClass == object.shapeClass &&
                           (object.colour == -1 || real.colour == object.colour) &&
                           (object.texture == -1 || real.texture == object.texture) &&
                           (object.size == -1 || real.size == object.size) &&
                           (object.motion == -1 || real.motion == object.motion) &&
                           (object.action == -1 || real.action == object.action);
                });
            ASSERT_TRUE(some) << seed;
        }
    }
}

TEST(Caption, TwoObjectsAreBothNamed) {
    int pairs = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        const Scene scene = makeScene(seed);
        if (scene.objects.size() == 2 &&
            scene.objects[0].shapeClass != scene.objects[1].shapeClass) {
            ++pairs;
            ASSERT_EQ(describe(scene, 0).stated.objects.size(), 2U);
        }
    }
    EXPECT_GT(pairs, 400);
}

TEST(Caption, WordingsVaryWithTheCaptionSeedAlone) {
    const Scene scene = makeScene(12);
    std::set<std::string> texts;
    for (std::uint64_t captionSeed = 0; captionSeed < 50; ++captionSeed) {
        texts.insert(describe(scene, captionSeed).text);
        EXPECT_EQ(describe(scene, captionSeed).text, describe(scene, captionSeed).text);
    }
    EXPECT_GT(texts.size(), 25U);
}

TEST(Caption, SlotsAreLeftOutSometimes) {
    int colours = 0;
    int objects = 0;
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        const Scene scene = makeScene(seed);
        if (scene.style == 0) {
            for (const StatedObject& object : describe(scene, 0).stated.objects) {
                ++objects;
                colours += object.colour >= 0 ? 1 : 0;
            }
        }
    }
    EXPECT_NEAR(static_cast<double>(colours) / objects, 0.85, 0.02);
}

TEST(Vocabulary, IsSortedAndFitsTheTextEncoder) {
    const auto words = vocabulary();
    EXPECT_TRUE(std::is_sorted(words.begin(), words.end()));
    EXPECT_EQ(std::adjacent_find(words.begin(), words.end()), words.end());
    EXPECT_LE(words.size() + 3, 512U);
}

TEST(Vocabulary, SynonymsLeadToVocabularyWordsOnly) {
    const auto words = vocabulary();
    const auto keys = synonymKeys();
    EXPECT_GE(keys.size(), 400U);
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
    for (const std::string_view key : keys) {
        EXPECT_FALSE(std::binary_search(words.begin(), words.end(), key)) << key;
        for (const std::string_view word : splitWords(*synonymOf(key))) {
            EXPECT_TRUE(std::binary_search(words.begin(), words.end(), word)) << key;
        }
    }
}

TEST(Vocabulary, MeaningsUseVocabularyWordsOnly) {
    const auto words = vocabulary();
    for (const Meaning& meaning : meanings()) {
        for (const std::string_view word : meaning.words) {
            EXPECT_TRUE(word == "*" || std::binary_search(words.begin(), words.end(), word))
                << word;
        }
    }
}

TEST(Understand, ReadsPlainPrompts) {
    const StatedSlots ball = understand("A red ball bouncing over the sea.").stated;
    ASSERT_EQ(ball.objects.size(), 1U);
    EXPECT_EQ(ball.objects[0].shapeClass, classOf("ball"));
    EXPECT_EQ(ball.objects[0].colour, colourOf("red"));
    EXPECT_EQ(ball.objects[0].motion, motionOf("bouncing"));
    EXPECT_EQ(ball.background, backgroundOf("sea"));

    const StatedSlots stars = understand("two blue stars").stated;
    ASSERT_EQ(stars.objects.size(), 1U);
    EXPECT_EQ(stars.count, 2);
    EXPECT_EQ(stars.objects[0].shapeClass, classOf("star"));
    EXPECT_EQ(stars.objects[0].colour, colourOf("blue"));

    const StatedSlots boat =
        understand("a small yellow boat drifting left on the ocean at sunset").stated;
    ASSERT_EQ(boat.objects.size(), 1U);
    EXPECT_EQ(boat.objects[0].shapeClass, classOf("boat"));
    EXPECT_EQ(boat.objects[0].size, 0);
    EXPECT_EQ(boat.objects[0].colour, colourOf("yellow"));
    EXPECT_EQ(boat.objects[0].motion, motionOf("left"));
    EXPECT_EQ(boat.background, backgroundOf("sunset"));
}

TEST(Understand, ReadsTwoObjectsAndTheirRelation) {
    const StatedSlots stated =
        understand("a red circle to the left of a green box spinning on a blue background").stated;
    ASSERT_EQ(stated.objects.size(), 2U);
    EXPECT_EQ(stated.objects[0].shapeClass, classOf("ball"));
    EXPECT_EQ(stated.objects[0].colour, colourOf("red"));
    EXPECT_EQ(stated.objects[1].shapeClass, classOf("square"));
    EXPECT_EQ(stated.objects[1].colour, colourOf("green"));
    EXPECT_EQ(stated.objects[1].motion, motionOf("rotating clockwise"));
    EXPECT_EQ(stated.relation, 0);
    EXPECT_EQ(stated.background, backgroundOf("plain background"));
    EXPECT_EQ(stated.backgroundColour, colourOf("blue"));
}

TEST(Understand, MotionBeforeTheNounBelongsToIt) {
    const StatedSlots stated = understand("a red ball and a bouncing blue star").stated;
    ASSERT_EQ(stated.objects.size(), 2U);
    EXPECT_EQ(stated.objects[0].motion, -1);
    EXPECT_EQ(stated.objects[1].motion, motionOf("bouncing"));
}

TEST(Understand, SynonymsPluralsAndSlipsLeadToVocabularyWords) {
    const Understood read = understand("giant purpel harts exploding in teh woods");
    ASSERT_EQ(read.stated.objects.size(), 1U);
    EXPECT_EQ(read.stated.objects[0].shapeClass, classOf("heart"));
    EXPECT_EQ(read.stated.objects[0].colour, colourOf("purple"));
    EXPECT_EQ(read.stated.objects[0].size, 2);
    EXPECT_EQ(read.stated.background, backgroundOf("forest"));
    EXPECT_TRUE(read.changed);
}

TEST(Understand, NamesTheWordsItIgnores) {
    const Understood read = understand("a red ball next to a zeppelin");
    ASSERT_EQ(read.stated.objects.size(), 1U);
    EXPECT_NE(std::find(read.ignoredWords.begin(), read.ignoredWords.end(), "zeppelin"),
              read.ignoredWords.end());
    EXPECT_TRUE(read.changed);
}

TEST(Understand, CaseAndPunctuationAreNoChange) {
    EXPECT_FALSE(understand("A red ball, bouncing!").changed);
}

TEST(Understand, AnyTextIsSafe) {
    EXPECT_TRUE(understand("").words.empty());
    EXPECT_TRUE(understand("   ,;. ").words.empty());
    const std::string bytes = "\xff\xfe\x01 \xc3\xa9t\xc3\xa9 '''";
    EXPECT_TRUE(understand(bytes).stated.objects.empty());
    std::string huge;
    for (int i = 0; i < 3000; ++i) {
        huge += "red ball ";
    }
    EXPECT_EQ(understand(huge).words.size(), static_cast<std::size_t>(kMaxTokens - 1));
}

}  // namespace
}  // namespace tessera::world
