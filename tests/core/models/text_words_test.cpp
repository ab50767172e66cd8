#include "core/models/text_words.h"

#include "core/base/file.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <array>

#include <gtest/gtest.h>

namespace tessera::models {
namespace {

constexpr std::array<std::string_view, 3> kWords{"ball", "blue", "red"};

TEST(WordTokenizer, GivesIdsAndTheEndMark) {
    const WordTokenizer tokenizer(kWords);
    EXPECT_EQ(tokenizer.size(), 6);
    EXPECT_EQ(tokenizer.ids("red ball", 8), (std::vector<std::int64_t>{5, 3, 1}));
    EXPECT_EQ(tokenizer.ids("", 8), (std::vector<std::int64_t>{1}));
    EXPECT_EQ(tokenizer.ids("  red   zebra ", 8), (std::vector<std::int64_t>{5, 2, 1}));
}

TEST(WordTokenizer, CutsLongTextsButKeepsTheEndMark) {
    const WordTokenizer tokenizer(kWords);
    EXPECT_EQ(tokenizer.ids("red red red red red", 3), (std::vector<std::int64_t>{5, 5, 1}));
}

TEST(WordTokenizer, RefusesAFileThatIsNoListOfWords) {
    const tests::TemporaryFolder folder;
    const auto file = folder.path() / "vocab.json";
    for (const char* text : {"{}", "[1, 2]", "[\"a\", null]", "[\"a\""}) {
        ASSERT_TRUE(base::writeFileAtomically(file, std::string_view(text)));
        EXPECT_FALSE(WordTokenizer::open(file)) << text;
    }
}

TEST(WordTextEncoder, IgnoresPaddingAndKnowsOrder) {
    const at::NoGradGuard noGrad;
    WordTextEncoder encoder(tests::tinyText());
    initialise(encoder.parameters(), 5, c10::Device(c10::DeviceType::CPU));
    const TextEmbedding exact = encoder.forward(padIds({{5, 3, 1}}));
    const TextEmbedding padded = encoder.forward(padIds({{5, 3, 1}}, 6));
    EXPECT_EQ(padded.mask.sum().item<std::int64_t>(), 3);
    EXPECT_LT((padded.tokens.narrow(1, 0, 3) - exact.tokens).abs().max().item<double>(), 1e-5);
    const TextEmbedding other = encoder.forward(padIds({{3, 5, 1}}));
    EXPECT_GT((other.tokens - exact.tokens).abs().max().item<double>(), 1e-3);
}

TEST(Parameters, AreAFunctionOfNameAndSeed) {
    WordTextEncoder a(tests::tinyText());
    WordTextEncoder b(tests::tinyText());
    ParameterList reversed = b.parameters();
    std::ranges::reverse(reversed);
    initialise(a.parameters(), 5, c10::Device(c10::DeviceType::CPU));
    initialise(reversed, 5, c10::Device(c10::DeviceType::CPU));
    const ParameterList first = a.parameters();
    const ParameterList second = b.parameters();
    for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_TRUE(first[i].slot->equal(*second[i].slot)) << first[i].name;
    }
    initialise(b.parameters(), 6, c10::Device(c10::DeviceType::CPU));
    EXPECT_FALSE(first[0].slot->equal(*second[0].slot));
}

}  // namespace
}  // namespace tessera::models
