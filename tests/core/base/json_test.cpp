#include "core/base/json.h"

#include "core/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

#include <limits>

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

using tests::expectError;

TEST(ParseJson, KeepsValuesKeysAndTheirOrder) {
    const auto value = parseJson(
        R"({"z": 1, "a": [true, null, "\u00e4\n", -2, 18446744073709551615, 1.5e-3], "m": {}})",
        "test");
    ASSERT_TRUE(value);
    EXPECT_EQ(
        value->dump(),
        "{\"z\":1,\"a\":[true,null,\"\xC3\xA4\\n\",-2,18446744073709551615,0.0015],\"m\":{}}");
}

TEST(ParseJson, AcceptsAScalarAtTheTop) {
    EXPECT_EQ(parseJson("7", "test")->get<int>(), 7);
    EXPECT_EQ(parseJson(" \"x\" ", "test")->get<std::string>(), "x");
}

TEST(ParseJson, SaysAtWhichByteTextStopsBeingJson) {
    expectError(parseJson("", "plan.json"), ErrorCode::BadFile, "plan.json");
    expectError(parseJson("{\"a\": }", "test"), ErrorCode::BadFile, "byte 7");
    expectError(parseJson("{} {}", "test"), ErrorCode::BadFile, "byte 4");
    expectError(parseJson("[1, 2", "test"), ErrorCode::BadFile);
    expectError(parseJson("{\"a\": 1,}", "test"), ErrorCode::BadFile);
    expectError(parseJson("{'a': 1}", "test"), ErrorCode::BadFile);
    expectError(parseJson("nan", "test"), ErrorCode::BadFile);
    expectError(parseJson("[1e999]", "test"), ErrorCode::BadFile);
}

// The library takes a zero byte for the end of the text and would not read what follows.
TEST(ParseJson, RefusesAZeroByteAnywhere) {
    expectError(parseJson(std::string_view("[1]\0", 4), "test"), ErrorCode::BadFile, "byte 3");
    expectError(parseJson(std::string_view("[1]\0x", 5), "test"), ErrorCode::BadFile, "byte 3");
    expectError(parseJson(std::string_view("\0", 1), "test"), ErrorCode::BadFile, "byte 0");
    expectError(parseJson(std::string_view("\"\0\"", 3), "test"), ErrorCode::BadFile);
}

TEST(ParseJson, RefusesTextThatIsNotUtf8) {
    expectError(parseJson("\"\xFF\"", "test"), ErrorCode::BadFile);
    expectError(parseJson("\"\xC0\xAF\"", "test"), ErrorCode::BadFile);
    expectError(parseJson("\"\xED\xA0\x80\"", "test"), ErrorCode::BadFile);
    expectError(parseJson("\"\\ud800\"", "test"), ErrorCode::BadFile);
}

TEST(ParseJson, RefusesAKeyThatStandsTwiceInOneObjectOnly) {
    expectError(parseJson(R"({"a": 1, "a": 2})", "test"), ErrorCode::BadFile, "'a' stands twice");
    expectError(parseJson(R"([{"b": {"a": 1, "\u0061": 2}}])", "test"), ErrorCode::BadFile, "'a'");
    EXPECT_TRUE(parseJson(R"({"a": {"a": 1}, "b": {"a": 1}})", "test"));
}

TEST(ParseJson, HoldsItsLimitsExactly) {
    const JsonLimits limits{.maxBytes = 40, .maxDepth = 3, .maxValues = 6};
    EXPECT_TRUE(parseJson("[[[]]]", "test", limits));
    expectError(parseJson("[[[[]]]]", "test", limits), ErrorCode::BadFile, "3 levels");
    expectError(
        parseJson(R"({"a":{"b":{"c":{}}}})", "test", limits), ErrorCode::BadFile, "3 levels");
    EXPECT_TRUE(parseJson("[1,2,3,4,5]", "test", limits));
    expectError(parseJson("[1,2,3,4,5,6]", "test", limits), ErrorCode::BadFile, "6 values");
    EXPECT_TRUE(parseJson(std::string(39, ' ') + "1", "test", limits));
    expectError(parseJson(std::string(40, ' ') + "1", "test", limits), ErrorCode::BadFile, "41 B");
}

TEST(ParseJson, AMillionNestedListsAreRefusedAtOnce) {
    expectError(parseJson(std::string(1000000, '['), "test"), ErrorCode::BadFile, "32 levels");
}

// The library's own object looks every key up among all earlier ones: 200,000 keys would take
// minutes.
TEST(ParseJson, ManyKeysTakeNoQuadraticTime) {
    std::string text = "{";
    for (int i = 0; i < 200000; ++i) {
        text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":0";
    }
    const auto value = parseJson(text + "}", "test");
    ASSERT_TRUE(value);
    EXPECT_EQ(value->size(), 200000u);
}

TEST(JsonFile, IsReadBackAsItWasWritten) {
    const tests::TemporaryFolder folder;
    Json value = Json::object();
    value["unknown key"] = {1, 2.5, "\xC3\xA4"};
    value["a"] = true;
    ASSERT_TRUE(writeJsonFile(folder / "a.json", value));
    const auto read = readJsonFile(folder / "a.json");
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, value);
    EXPECT_TRUE(readTextFile(folder / "a.json")->ends_with("}\n"));
    EXPECT_EQ(folder.entries(), 1);
}

TEST(JsonFile, ErrorsNameTheFile) {
    const tests::TemporaryFolder folder;
    expectError(readJsonFile(folder / "none.json"), ErrorCode::NotFound, "none.json");
    ASSERT_TRUE(writeFileAtomically(folder / "bad.json", std::string_view("{")));
    expectError(readJsonFile(folder / "bad.json"), ErrorCode::BadFile, "bad.json");
    expectError(readJsonFile(folder / "bad.json", {.maxBytes = 0}), ErrorCode::BadFile, "bad.json");
    expectError(writeJsonFile(folder / "no/a.json", Json(1)), ErrorCode::NotWritable, "a.json");
}

TEST(JsonInteger, TakesWholeNumbersInsideItsBounds) {
    const Json object = *parseJson(
        R"({"n": 16, "m": -3, "f": 16.0, "s": "16", "big": 9223372036854775808,
            "low": -9223372036854775808})",
        "test");
    EXPECT_EQ(jsonInteger(object, "n", 1, 16), 16);
    EXPECT_EQ(jsonInteger(object, "m", -3, 16), -3);
    EXPECT_EQ(jsonInteger(object, "low", std::numeric_limits<std::int64_t>::min(), 0),
              std::numeric_limits<std::int64_t>::min());
    expectError(jsonInteger(object, "n", 1, 15), ErrorCode::BadFile, "from 1 to 15");
    expectError(jsonInteger(object, "n", 17, 20), ErrorCode::BadFile, "'n' is 16");
    expectError(jsonInteger(object, "f", 1, 16), ErrorCode::BadFile, "16.0");
    expectError(jsonInteger(object, "s", 1, 16), ErrorCode::BadFile, "\"16\"");
    expectError(jsonInteger(object, "x", 1, 16), ErrorCode::BadFile, "'x' is missing");
    expectError(jsonInteger(object,
                            "big",
                            std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max()),
                ErrorCode::BadFile,
                "9223372036854775808");
    expectError(jsonInteger(Json(7), "n", 1, 16), ErrorCode::BadFile, "'n' is missing");
}

TEST(JsonNumber, TakesWholeAndBrokenNumbersInsideItsBounds) {
    const Json object = *parseJson(R"({"a": 1, "b": 0.25, "c": null, "d": "0.5"})", "test");
    EXPECT_EQ(jsonNumber(object, "a", 0, 1), 1.0);
    EXPECT_EQ(jsonNumber(object, "b", 0.25, 1), 0.25);
    expectError(jsonNumber(object, "b", 0.5, 1.0), ErrorCode::BadFile, "from 0.5 to 1.0");
    expectError(jsonNumber(object, "c", 0, 1), ErrorCode::BadFile, "null");
    expectError(jsonNumber(object, "d", 0, 1), ErrorCode::BadFile);
    expectError(jsonNumber(object, "x", 0, 1), ErrorCode::BadFile, "missing");
}

TEST(JsonTextAndBool, RefuseOtherTypesAndShowTheValueInShort) {
    Json object = Json::object();
    object["t"] = "words";
    object["b"] = false;
    object["long"] = Json::array();
    for (int i = 0; i < 1000; ++i) {
        object["long"].push_back(i);
    }
    EXPECT_EQ(jsonText(object, "t"), std::string("words"));
    EXPECT_EQ(jsonBool(object, "b"), false);
    expectError(jsonText(object, "b"), ErrorCode::BadFile, "'b' is false, expected a text");
    expectError(jsonBool(object, "t"), ErrorCode::BadFile, "true or false");
    expectError(jsonText(object, "long"), ErrorCode::BadFile, "...");
    EXPECT_LT(jsonText(object, "long").error().message.size(), 150u);
}

}  // namespace
}  // namespace tessera::base
