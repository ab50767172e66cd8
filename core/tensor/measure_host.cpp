#include "core/tensor/measure_host.h"

#include <charconv>
#include <chrono>
#include <fstream>

namespace tessera::tensor {

namespace {

class HostWork final : public TimedWork {
public:
    explicit HostWork(double milliseconds) : m_milliseconds(milliseconds) {}

    double milliseconds() override { return m_milliseconds; }

private:
    double m_milliseconds = 0.0;
};

}  // namespace

std::unique_ptr<TimedWork> timedOnHost(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::make_unique<HostWork>(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
            .count());
}

double processorClockMhz() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("cpu MHz") && colon != std::string::npos) {
            double clock = 0.0;
            std::from_chars(line.data() + colon + 2, line.data() + line.size(), clock);
            return clock;
        }
    }
    return 0.0;
}

}  // namespace tessera::tensor
