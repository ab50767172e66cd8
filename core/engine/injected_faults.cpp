#include "core/engine/injected_faults.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <new>
#include <string>
#include <thread>

namespace tessera::engine {

namespace {

struct Fault {
    std::string kind;
    std::string phase;
    std::int64_t step = 0;
};

using Faults = std::deque<Fault>;

// A part that cannot be read is a mistake in a test, which then misses its error.
Faults readFaults(const std::string& text) {
    Faults faults;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find(',', from), text.size());
        const std::string part = text.substr(from, end - from);
        from = end + 1;
        const std::size_t at = part.find('@');
        const std::size_t colon = part.find(':', at);
        if (at == std::string::npos || colon == std::string::npos) {
            continue;
        }
        Fault fault{part.substr(0, at), part.substr(at + 1, colon - at - 1)};
        std::from_chars(part.data() + colon + 1, part.data() + part.size(), fault.step);
        faults.push_back(fault);
    }
    return faults;
}

void raise(const std::string& kind) {
    if (kind == "slow") {
        std::this_thread::sleep_for(std::chrono::seconds(1));
        return;
    }
    if (kind == "bad_alloc") {
        throw std::bad_alloc();
    }
    TORCH_CHECK(kind != "bad_shape", "shape '[3]' is invalid for input of size 2");
    TORCH_CHECK(false, "CUDA error: an illegal memory access was encountered");
}

// Throws from where the engine reports what it has done: there it may have anything in its hands.
class FaultyControl final : public jobs::JobControl {
public:
    FaultyControl(jobs::JobControl& inner, Faults& faults) : m_inner(inner), m_faults(faults) {}

    std::stop_token stopToken() const override { return m_inner.stopToken(); }

    bool finishEarlyRequested() const override { return m_inner.finishEarlyRequested(); }

    bool passPauseGate(const std::function<void()>& freeMemory) override {
        return m_inner.passPauseGate(freeMemory);
    }

    void enterStage(std::string_view phase) override {
        m_inner.enterStage(phase);
        m_phase = phase;
        raiseAt(0);
    }

    void stepDone(std::int64_t step,
                  std::int64_t of,
                  std::optional<double> etaSeconds,
                  std::optional<double> loss) override {
        m_inner.stepDone(step, of, etaSeconds, loss);
        raiseAt(step);
    }

    void preview(base::SharedFrames frames) override { m_inner.preview(std::move(frames)); }

private:
    void raiseAt(std::int64_t step) {
        if (!m_faults.empty() && m_faults.front().phase == m_phase &&
            m_faults.front().step == step) {
            const std::string kind = m_faults.front().kind;
            m_faults.pop_front();
            raise(kind);
        }
    }

    jobs::JobControl& m_inner;
    Faults& m_faults;
    std::string m_phase;
};

class FaultyEngine final : public jobs::Engine {
public:
    FaultyEngine(std::unique_ptr<jobs::Engine> inner, Faults faults)
        : m_inner(std::move(inner)), m_faults(std::move(faults)) {}

    base::Result<jobs::JobResult> run(const jobs::JobSpec& spec,
                                      jobs::JobControl& control) override {
        FaultyControl faulty(control, m_faults);
        return m_inner->run(spec, faulty);
    }

private:
    std::unique_ptr<jobs::Engine> m_inner;
    Faults m_faults;
};

}  // namespace

std::unique_ptr<jobs::Engine> withInjectedFaults(std::unique_ptr<jobs::Engine> engine) {
    const char* text = std::getenv("TESSERA_INJECT");  // NOLINT(concurrency-mt-unsafe)
    Faults faults = readFaults(text != nullptr ? text : "");
    if (faults.empty()) {
        return engine;
    }
    return std::make_unique<FaultyEngine>(std::move(engine), std::move(faults));
}

}  // namespace tessera::engine
