#include "core/base/hash.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

std::uint64_t hashOf(std::initializer_list<std::string_view> fields) {
    ContentHash hash;
    for (const std::string_view field : fields) {
        hash.add(field);
    }
    return hash.value();
}

// Written into model files and plans: a change of these values orphans them.
TEST(ContentHash, StaysWhatItWasInFilesAlreadyWritten) {
    EXPECT_EQ(hashOf({}), 0xEFD01F60BA992926u);
    EXPECT_EQ(hashOf({"tessera"}), 0x7B0C07A06EBF9F76u);
    EXPECT_EQ(hashOf({"blocks.0.attn.to_q.weight", "BF16"}), 0xB30D5DF19143D7BDu);
}

TEST(ContentHash, TellsWhereOneFieldEndsAndTheNextBegins) {
    const std::set<std::uint64_t> values{hashOf({"ab", "c"}),
                                         hashOf({"a", "bc"}),
                                         hashOf({"abc"}),
                                         hashOf({"abc", ""}),
                                         hashOf({"", "abc"}),
                                         hashOf({std::string_view("abc\0", 4)})};
    EXPECT_EQ(values.size(), 6u);
}

TEST(ContentHash, EverySingleBitOfALongFieldCounts) {
    std::string text(1027, 'x');
    std::set<std::uint64_t> values{hashOf({text})};
    for (std::size_t byte = 0; byte < text.size(); ++byte) {
        text[byte] = static_cast<char>(text[byte] ^ (1 << (byte % 8)));
        values.insert(hashOf({text}));
        text[byte] = 'x';
    }
    EXPECT_EQ(values.size(), 1028u);
}

TEST(ContentHash, PiecesGiveTheSameValueAsTheWhole) {
    std::vector<std::uint8_t> bytes(1001);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(i * 37);
    }
    ContentHash whole;
    whole.add(bytes);
    ContentHash pieces;
    pieces.beginField(bytes.size());
    pieces.addPiece(std::span(bytes).first(512));
    pieces.addPiece(std::span(bytes).subspan(512, 256));
    pieces.addPiece(std::span(bytes).subspan(768));
    EXPECT_EQ(pieces.value(), whole.value());
}

}  // namespace
}  // namespace tessera::base
