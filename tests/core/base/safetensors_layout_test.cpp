#include "core/base/safetensors_layout.h"

#include "tests/support/expect_error.h"

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

using tests::expectError;

std::string file(const std::string& header, std::size_t dataBytes) {
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        text.push_back(static_cast<char>((header.size() >> (8 * i)) & 0xFF));
    }
    return text + header + std::string(dataBytes, '\1');
}

Result<SafetensorsLayout> parse(const std::string& bytes) {
    return parseSafetensors(
        std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()),
        "w.safetensors");
}

// Parses a header with that many bytes of data behind it.
Result<SafetensorsLayout> parse(const std::string& header, std::size_t dataBytes) {
    return parse(file(header, dataBytes));
}

std::string braces(const std::string& inside) {
    return std::string("{").append(inside).append("}");
}

std::string entry(const std::string& name,
                  const std::string& type,
                  const std::string& shape,
                  const std::string& offsets) {
    return std::string("\"").append(name) + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape +
           ",\"data_offsets\":" + offsets + "}";
}

TEST(SafetensorsLayout, ReadsEveryTypeWithPlacesInTheFile) {
    std::string header = "{\"__metadata__\":{\"format\":\"pt\",\"arch\":\"dit\"}";
    std::size_t offset = 0;
    for (const auto& [type, bytes] :
         std::vector<std::pair<const char*, std::size_t>>{{"F64", 8},
                                                          {"F32", 4},
                                                          {"F16", 2},
                                                          {"BF16", 2},
                                                          {"I64", 8},
                                                          {"I32", 4},
                                                          {"I8", 1},
                                                          {"U8", 1},
                                                          {"BOOL", 1}}) {
        const std::string end = std::to_string(offset + 6 * bytes);
        const std::string offsets =
            std::string("[").append(std::to_string(offset)).append(",").append(end).append("]");
        header.append(",").append(entry(std::string("t.").append(type), type, "[2,3]", offsets));
        offset += 6 * bytes;
    }
    header += "}   ";
    const auto layout = parse(header, offset);
    ASSERT_TRUE(layout) << describe(layout.error());
    EXPECT_EQ(layout->tensors.size(), 9u);
    EXPECT_EQ(layout->metadata.at("arch"), "dit");
    for (const auto& [name, tensor] : layout->tensors) {
        EXPECT_EQ(name, std::string("t.") + storedName(tensor.type));
        EXPECT_EQ(tensor.shape, (std::vector<std::int64_t>{2, 3}));
        EXPECT_EQ(tensor.end - tensor.begin, 6 * elementBytes(tensor.type));
    }
    EXPECT_EQ(layout->tensors.at("t.F64").begin, 8 + header.size());
    EXPECT_EQ(layout->tensors.at("t.BOOL").end, 8 + header.size() + offset);
}

TEST(SafetensorsLayout, AcceptsScalarsEmptyTensorsAndAnyOrder) {
    EXPECT_TRUE(parse("{}", 0));
    EXPECT_TRUE(parse("{\"__metadata__\":{}}", 0));
    EXPECT_TRUE(parse(braces(entry("a", "F32", "[]", "[0,4]")), 4));
    EXPECT_TRUE(parse(
        braces(entry("a", "F32", "[0,7]", "[0,0]") + "," + entry("b", "F32", "[1]", "[0,4]")), 4));
    EXPECT_TRUE(parse(
        braces(entry("a", "I8", "[2]", "[4,6]") + "," + entry("b", "F32", "[1]", "[0,4]")), 6));
    EXPECT_TRUE(parse("{\"a\":{\"data_offsets\":[0,1],\"shape\":[1],\"dtype\":\"U8\"}}", 1));
}

TEST(SafetensorsLayout, RefusesFilesTooShortForTheirHeader) {
    expectError(parse(""), ErrorCode::BadFile, "0 bytes");
    expectError(parse("1234567"), ErrorCode::BadFile, "7 bytes");
    expectError(parse(std::string(8, '\0')), ErrorCode::BadFile, "w.safetensors");
    expectError(parse(std::string("\3\0\0\0\0\0\0\0{}", 10)), ErrorCode::BadFile, "cut short");
    expectError(parse(std::string(16, '\xFF')), ErrorCode::BadFile, "18.4 EB");
    expectError(parseSafetensorsHeader("{}", 9, "w"), ErrorCode::BadFile);
    expectError(parseSafetensorsHeader("{}", 0, "w"), ErrorCode::BadFile);
}

TEST(SafetensorsLayout, ACutFileSaysWhatItsHeaderPromises) {
    expectError(parse(braces(entry("a", "F32", "[1000,10]", "[0,40000]")), 12300),
                ErrorCode::BadFile,
                "has 12.3 kB (12300 bytes) of tensor data, its header promises 40.0 kB");
    expectError(parse(braces(entry("a", "U8", "[4]", "[0,4]")), 5), ErrorCode::BadFile);
    expectError(parse("{}", 1), ErrorCode::BadFile);
}

TEST(SafetensorsLayout, RefusesHeadersOutsideTheFormat) {
    for (const char* header :
         {"",
          "[]",
          "7",
          "\"text\"",
          "{",
          "{}{}",
          "{\"a\":7}",
          "{\"a\":[]}",
          "{\"a\":null}",
          "{\"a\":true}",
          "{\"a\":{}}",
          "{\"a\":{\"dtype\":\"U8\"}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,0]}}",
          "{\"a\":{\"shape\":[0],\"data_offsets\":[0,0]}}",
          "{\"a\":{\"dtype\":7,\"shape\":[0],\"data_offsets\":[0,0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":0,\"data_offsets\":[0,0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":{},\"data_offsets\":[0,0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[[0]],\"data_offsets\":[0,0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[\"0\"],\"data_offsets\":[0,0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[0.0],\"data_offsets\":[0,0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[0,0,0,0,0,0,0,0,0],\"data_offsets\":[0,0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0,0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,-0.5]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"x\":1}}",
          "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"shape\":[0],\"data_offsets\":[0,0]}}",
          "{\"__metadata__\":7}",
          "{\"__metadata__\":{\"a\":7}}",
          "{\"__metadata__\":{\"a\":{}}}",
          "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}",
          "{\"__metadata__\":{},\"__metadata__\":{}}",
          "{\"\xFF\":{}}"}) {
        SCOPED_TRACE(header);
        expectError(parse(header, 0), ErrorCode::BadFile, "w.safetensors");
    }
    expectError(parse(std::string("{}\0 x", 5), 0), ErrorCode::BadFile, "a zero byte");
    expectError(parse(std::string(100000, '['), 0), ErrorCode::BadFile);
    expectError(parse(std::string(100000, '{'), 0), ErrorCode::BadFile);
}

TEST(SafetensorsLayout, NamesTheTypeItCannotRead) {
    expectError(
        parse(braces(entry("a", "F8_E4M3", "[1]", "[0,1]")), 1), ErrorCode::BadFile, "'F8_E4M3'");
    expectError(parse(braces(entry("a", "f32", "[1]", "[0,4]")), 4), ErrorCode::BadFile, "'f32'");
}

TEST(SafetensorsLayout, RefusesANameThatStandsTwice) {
    const std::string a = entry("a", "U8", "[1]", "[0,1]");
    expectError(parse(braces(a + "," + entry("a", "U8", "[1]", "[1,2]")), 2),
                ErrorCode::BadFile,
                "'a' twice");
    expectError(parse(braces(a + "," + entry("\\u0061", "U8", "[1]", "[1,2]")), 2),
                ErrorCode::BadFile,
                "'a' twice");
}

TEST(SafetensorsLayout, RefusesGapsOverlapsAndReversedOffsets) {
    const std::string a = entry("a", "U8", "[4]", "[0,4]");
    expectError(parse(braces(a + "," + entry("b", "U8", "[4]", "[5,9]")), 9),
                ErrorCode::BadFile,
                "a gap before the tensor 'b'");
    expectError(parse(braces(a + "," + entry("b", "U8", "[4]", "[3,7]")), 7),
                ErrorCode::BadFile,
                "an overlap at the tensor 'b'");
    expectError(parse(braces(a + "," + entry("b", "U8", "[4]", "[0,4]")), 4),
                ErrorCode::BadFile,
                "an overlap");
    expectError(parse(braces(entry("a", "U8", "[4]", "[1,5]")), 5), ErrorCode::BadFile, "a gap");
    expectError(parse(braces(entry("a", "U8", "[4]", "[4,0]")), 4), ErrorCode::BadFile);
    expectError(parse(braces(a + "," + entry("b", "U8", "[0]", "[2,2]")), 4),
                ErrorCode::BadFile,
                "an overlap");
}

TEST(SafetensorsLayout, RefusesLengthsThatAreNotShapeTimesType) {
    expectError(parse(braces(entry("a", "F32", "[2,2]", "[0,15]")), 15),
                ErrorCode::BadFile,
                "F32 and shape [2, 2]");
    expectError(parse(braces(entry("a", "BF16", "[3]", "[0,3]")), 3), ErrorCode::BadFile);
    expectError(parse(braces(entry("a", "F32", "[0]", "[0,4]")), 4), ErrorCode::BadFile);
}

TEST(SafetensorsLayout, RefusesProductsBeyond64Bits) {
    for (const char* shape : {"[4294967296,4294967296]",
                              "[4294967296,4294967297]",
                              "[9223372036854775807]",
                              "[9223372036854775808]",
                              "[2,9223372036854775807]",
                              "[0,4294967296,4294967296]",
                              "[4294967296,4294967296,0]",
                              "[18446744073709551616]"}) {
        SCOPED_TRACE(shape);
        expectError(parse(braces(entry("a", "F32", shape, "[0,0]")), 0), ErrorCode::BadFile);
        expectError(parse(braces(entry("a", "F32", shape, "[0,4]")), 4), ErrorCode::BadFile);
    }
    expectError(parse(braces(entry("a", "U8", "[1]", "[18446744073709551615,0]")), 1),
                ErrorCode::BadFile);
}

TEST(SafetensorsLayout, LongNamesAreShortenedInTheSentence) {
    const std::string name(100000, 'n');
    const auto layout = parse("{\"" + name + "\":7}", 0);
    expectError(layout, ErrorCode::BadFile);
    EXPECT_LT(layout.error().message.size(), 400u);
}

TEST(SafetensorsHeader, IsReadBackAsItWasWritten) {
    SafetensorsLayout layout;
    layout.metadata = {{"format", "pt"}, {"quote", "a \"b\" \xC3\xA4"}};
    layout.tensors["b"] = {StoredType::F32, {2, 3}, 0, 24};
    layout.tensors["a.weight"] = {StoredType::BF16, {}, 24, 26};
    const std::string header = safetensorsHeader(layout);
    EXPECT_EQ(header.size() % 8, 0u);
    auto read = parse(header + std::string(26, '\0'));
    ASSERT_TRUE(read) << describe(read.error());
    for (auto& [name, tensor] : read->tensors) {
        tensor.begin -= header.size();
        tensor.end -= header.size();
    }
    EXPECT_EQ(*read, layout);
    EXPECT_EQ(header, safetensorsHeader(*read));
}

}  // namespace
}  // namespace tessera::base
