#include "ui/views/process_memory.h"

#include <fstream>

#include <unistd.h>

namespace tessera::ui {
namespace {

std::uint64_t pageBytes() {
    return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

std::uint64_t residentBytes() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    return file >> all >> resident ? resident * pageBytes() : 0;
}

std::uint64_t machineBytes() {
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    return pages > 0 ? static_cast<std::uint64_t>(pages) * pageBytes() : 0;
}

}  // namespace tessera::ui
