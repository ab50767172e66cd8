#pragma once

// CHECK(condition, values...): states what the programmer holds to be true. When it is not, it
// throws LogicError with the text of the condition, the values and the place; the engine turns that
// into a failed job, and the program lives on. Never used for what a user or a file can cause.

#include <sstream>
#include <stdexcept>
#include <string>

namespace tessera::base {

class LogicError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

// Throws LogicError; `values` is already formatted.
[[noreturn]] void throwLogicError(const char* condition,
                                  const std::string& values,
                                  const char* file,
                                  int line);

// Joins the values with ", " for the message of CHECK.
template <class... Values>
std::string joinValues(const Values&... values) {
    std::ostringstream text;
    [[maybe_unused]] const char* separator = "";
    ((text << separator << values, separator = ", "), ...);
    return text.str();
}

}  // namespace tessera::base

// LibTorch's logging has a macro of this name, which ends the process.
#ifdef CHECK
#undef CHECK
#endif
#define CHECK(condition, ...)                                                              \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            ::tessera::base::throwLogicError(                                              \
                #condition, ::tessera::base::joinValues(__VA_ARGS__), __FILE__, __LINE__); \
        }                                                                                  \
    } while (false)
