#pragma once

// Several kinds of work timed in turns, run by run, so that a clock that falls or a neighbour that
// wakes costs each of them the same. Engine thread.

#include "core/base/result.h"
#include "core/bench/bench.h"
#include "core/bench/request.h"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace tessera::bench {

base::Error cancelled();

struct TimedRuns {
    std::function<void()> work;  // without it its turns pass at once
    std::vector<double> times;   // milliseconds of the runs that count
};

class Turns {
public:
    // Both must outlive this object.
    Turns(const BenchRequest& request, const BenchControl& control, c10::Device device)
        : m_request(request), m_control(control), m_device(device) {}

    // Adds turns to those that progress is told of.
    void expect(std::int64_t turns) { m_of += turns; }

    // The request's warm-ups and runs of each. Cancelled before the next run when that is asked.
    base::Status take(const std::vector<TimedRuns*>& all);

private:
    void flushCaches();
    void step();

    const BenchRequest& m_request;
    const BenchControl& m_control;
    c10::Device m_device;
    at::Tensor m_flushed;  // larger than any cache
    std::int64_t m_done = 0;
    std::int64_t m_of = 0;
};

}  // namespace tessera::bench
