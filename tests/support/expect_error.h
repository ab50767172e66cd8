#pragma once

// Expectations about errors: the right code, and a sentence with what is wrong, what was expected
// and what to do.

#include "core/base/result.h"

#include <cctype>
#include <string>

#include <gtest/gtest.h>

namespace tessera::tests {

inline void expectThreeParts(const base::Error& error) {
    EXPECT_GE(error.message.size(), 20u) << error.message;
    EXPECT_TRUE(error.message.ends_with('.')) << error.message;
    EXPECT_FALSE(error.hint.empty()) << "no hint for: " << error.message;
    for (const unsigned char character : error.message + error.hint) {
        EXPECT_FALSE(std::iscntrl(character)) << "a control character in: " << error.message;
    }
}

template <class T>
void expectError(const base::Result<T>& result,
                 base::ErrorCode code,
                 const std::string& part = {}) {
    ASSERT_FALSE(result.has_value()) << "succeeded, expected " << base::name(code);
    EXPECT_EQ(result.error().code, code) << base::describe(result.error());
    EXPECT_NE(base::describe(result.error()).find(part), std::string::npos)
        << "'" << part << "' is not in: " << base::describe(result.error());
    expectThreeParts(result.error());
}

}  // namespace tessera::tests
