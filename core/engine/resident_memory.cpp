#include "core/engine/resident_memory.h"

#include <sys/resource.h>

namespace tessera::engine {

std::uint64_t peakResidentBytes() {
    rusage usage{};
    constexpr std::uint64_t kKibibyte = 1024;  // Linux counts ru_maxrss in KiB
    return getrusage(RUSAGE_SELF, &usage) == 0
               ? static_cast<std::uint64_t>(usage.ru_maxrss) * kKibibyte
               : 0;
}

}  // namespace tessera::engine
