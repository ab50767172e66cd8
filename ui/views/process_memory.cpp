#include "ui/views/process_memory.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <time.h>
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

double processAgeMs() {
    // Field 22; the name in parentheses before it may hold blanks.
    constexpr int kFieldsAfterName = 20;
    std::ifstream file("/proc/self/stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name = text.rfind(')');
    if (name == std::string::npos) {
        return 0.0;
    }
    std::istringstream fields(text.substr(name + 1));
    std::string field;
    for (int at = 0; at < kFieldsAfterName; ++at) {
        fields >> field;
    }
    const double startedSeconds =
        std::strtod(field.c_str(), nullptr) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    const double nowSeconds =
        static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
    return (nowSeconds - startedSeconds) * 1000.0;
}

}  // namespace tessera::ui
