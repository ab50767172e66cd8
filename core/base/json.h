#pragma once

// JSON with limits. Every JSON text that comes from a file goes through parseJson(), which refuses
// text that is too long, too deep, not UTF-8, or names a key twice. Include this header in .cpp
// files only; other headers name json values through <nlohmann/json_fwd.hpp>. Any thread.

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace tessera::base {

using Json =
    nlohmann::ordered_json;  // keeps unknown keys and their order when a file is written back

struct JsonLimits {
    std::size_t maxBytes = 16u << 20;
    int maxDepth = 32;
    std::size_t maxValues = 1u << 20;  // a value takes 16 bytes in memory, but may take 2 as text
};

// BadFile with the byte offset when the text is not JSON or breaks a limit. `what` names the text
// in errors.
Result<Json> parseJson(std::string_view text, std::string_view what, const JsonLimits& limits = {});

// NotFound, BadFile.
Result<Json> readJsonFile(const std::filesystem::path& path, const JsonLimits& limits = {});

// Writes to a temporary name beside `path`, syncs, renames. NoSpace, NotWritable.
Status writeJsonFile(const std::filesystem::path& path, const Json& value);

// Typed access: BadFile that names the key, what was found and what was expected.
Result<std::int64_t> jsonInteger(const Json& object,
                                 const char* key,
                                 std::int64_t low,
                                 std::int64_t high);
Result<double> jsonNumber(const Json& object, const char* key, double low, double high);
Result<std::string> jsonText(const Json& object, const char* key);
Result<bool> jsonBool(const Json& object, const char* key);

}  // namespace tessera::base
