// Fuzzes parseJson(): whatever it accepts can be written, read again and is the same.

#include "core/base/json.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using tessera::base::Json;
using tessera::base::parseJson;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = parseJson(text, "input");
    if (!value) {
        if (value.error().message.empty() || value.error().hint.empty()) {
            std::abort();
        }
        return 0;
    }
    const auto again = parseJson(value->dump(), "output");
    if (!again || *again != *value) {
        std::abort();
    }
    // Typed access answers for any value under any key.
    if (value->is_object()) {
        for (const auto& [key, member] : value->items()) {
            static_cast<void>(tessera::base::jsonInteger(*value, key.c_str(), -10, 1000000));
            static_cast<void>(tessera::base::jsonNumber(*value, key.c_str(), -1.0, 1.0));
            static_cast<void>(tessera::base::jsonText(*value, key.c_str()));
            static_cast<void>(tessera::base::jsonBool(*value, key.c_str()));
        }
    }
    return 0;
}
