// Fuzzes parseQueue() and with it the reading of every request: whatever it accepts can be written,
// read again and is the same.

#include "core/jobs/queue_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto queue = tessera::jobs::parseQueue(text, "input");
    if (!queue) {
        if (queue.error().message.empty() || queue.error().hint.empty()) {
            std::abort();
        }
        return 0;
    }
    const std::string written = tessera::jobs::queueText(*queue);
    const auto again = tessera::jobs::parseQueue(written, "output");
    if (!again || tessera::jobs::queueText(*again) != written) {
        std::abort();
    }
    return 0;
}
