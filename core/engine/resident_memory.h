#pragma once

// Memory of this process. Any thread.

#include <cstdint>

namespace tessera::engine {

// The most memory this process ever had resident, in bytes; 0 where the system does not say.
std::uint64_t peakResidentBytes();

}  // namespace tessera::engine
