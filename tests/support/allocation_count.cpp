#include "tests/support/allocation_count.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace tessera::tests {
namespace {

std::atomic<std::size_t> g_largest = 0;
std::atomic<std::size_t> g_peak = 0;
std::atomic<std::size_t> g_alive = 0;
std::atomic<std::size_t> g_aliveAtStart = 0;

void* counted(std::size_t bytes) {
    void* memory = std::malloc(bytes == 0 ? 1 : bytes);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    const std::size_t alive = g_alive += ::malloc_usable_size(memory);
    g_largest = std::max(g_largest.load(), bytes);
    g_peak = std::max(g_peak.load(), alive);
    return memory;
}

void released(void* memory) noexcept {
    if (memory != nullptr) {
        g_alive -= ::malloc_usable_size(memory);
        std::free(memory);
    }
}

}  // namespace

void startAllocationCount() {
    g_largest = 0;
    g_aliveAtStart = g_alive.load();
    g_peak = g_alive.load();
}

AllocationCount allocationCount() {
    return {g_largest, g_peak - std::min(g_peak.load(), g_aliveAtStart.load())};
}

}  // namespace tessera::tests

void* operator new(std::size_t bytes) {
    return tessera::tests::counted(bytes);
}

void* operator new[](std::size_t bytes) {
    return tessera::tests::counted(bytes);
}

void operator delete(void* memory) noexcept {
    tessera::tests::released(memory);
}

void operator delete[](void* memory) noexcept {
    tessera::tests::released(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    tessera::tests::released(memory);
}

void operator delete[](void* memory, std::size_t) noexcept {
    tessera::tests::released(memory);
}
