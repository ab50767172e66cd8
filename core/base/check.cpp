#include "core/base/check.h"

namespace tessera::base {

void throwLogicError(const char* condition, const std::string& values, const char* file, int line) {
    std::string text = std::string("The program broke its own rule: ") + condition;
    if (!values.empty()) {
        text += " (" + values + ")";
    }
    text += " at " + std::string(file) + ":" + std::to_string(line);
    throw LogicError(text);
}

}  // namespace tessera::base
