#include "core/bench/turns.h"

#include "core/tensor/measure.h"

#include <ATen/ATen.h>

#include <memory>

namespace tessera::bench {

base::Error cancelled() {
    return {base::ErrorCode::Cancelled,
            "The bench was cancelled before it was through.",
            "Start it again when you want its table.",
            ""};
}

base::Status Turns::take(const std::vector<TimedRuns*>& all) {
    const auto count = static_cast<std::int64_t>(all.size());
    std::unique_ptr<tensor::TimedWork> last;
    std::vector<double>* lastTimes = nullptr;
    // The host stays one run ahead of a card, so that a kernel's time holds no wait for its launch.
    const auto takeLast = [&] {
        if (last) {
            const double time = last->milliseconds();
            last.reset();
            if (lastTimes != nullptr) {
                lastTimes->push_back(time);
            }
        }
    };
    for (std::int64_t round = 0; round < m_request.warmUps + m_request.runs; ++round) {
        for (std::int64_t turn = 0; turn < count; ++turn) {
            // Another one begins each round: none always follows the same.
            TimedRuns& timed = *all[static_cast<std::size_t>((turn + round) % count)];
            if (m_control.stop.stop_requested()) {
                takeLast();
                return base::fail(cancelled());
            }
            if (timed.work) {
                if (m_request.flushCache) {
                    flushCaches();
                }
                auto submitted = tensor::TimedWork::submit(m_device, timed.work);
                takeLast();
                last = std::move(submitted);
                lastTimes = round < m_request.warmUps ? nullptr : &timed.times;
            }
            step();
        }
    }
    takeLast();
    return {};
}

void Turns::flushCaches() {
    constexpr std::int64_t kBytes = 512 << 20;
    if (!m_flushed.defined()) {
        m_flushed = at::empty({kBytes}, at::TensorOptions().dtype(at::kByte).device(m_device));
    }
    m_flushed.zero_();
}

void Turns::step() {
    ++m_done;
    if (m_control.progress) {
        m_control.progress(m_done, m_of);
    }
}

}  // namespace tessera::bench
