#pragma once

// What the process holds of the machine's memory, and how long it has run. Any thread.

#include <cstdint>

namespace tessera::ui {

std::uint64_t residentBytes();  // 0 = not known
std::uint64_t machineBytes();

// Since the kernel made the process, to a hundredth of a second; 0 = not known.
double processAgeMs();

}  // namespace tessera::ui
