#pragma once

// Counts what the C++ heap hands out in a test program that links allocation_count.cpp. One thread.

#include <cstddef>

namespace tessera::tests {

struct AllocationCount {
    std::size_t largest = 0;  // the largest single request
    std::size_t peak = 0;     // the most bytes alive at once, above those at the start
};

void startAllocationCount();
AllocationCount allocationCount();

}  // namespace tessera::tests
