#pragma once

// What the process holds of the machine's memory. Any thread.

#include <cstdint>

namespace tessera::ui {

std::uint64_t residentBytes();  // 0 = not known
std::uint64_t machineBytes();

}  // namespace tessera::ui
