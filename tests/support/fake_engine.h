#pragma once

// An engine without a model and a sink that remembers, for tests of whatever talks to a worker.

#include "core/jobs/engine.h"
#include "core/jobs/event.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera::test {

inline constexpr std::array<std::string_view, 5> kPhases{
    "load", "encode", "denoise", "decode", "write"};

// Goes through the five phases with `request.steps` steps each (at least 1), reading the stop
// token, the pause gate and "finish early" as the real one does.
class FakeEngine final : public jobs::Engine {
public:
    // Called at every step, before the stop token is read; may throw.
    using Hook = std::function<void(
        const jobs::JobSpec& spec, std::string_view phase, int step, jobs::JobControl& control)>;

    explicit FakeEngine(Hook hook = {}) : m_hook(std::move(hook)) {}

    base::Result<jobs::JobResult> run(const jobs::JobSpec& spec,
                                      jobs::JobControl& control) override {
        pipeline::GenerationResult result;
        if (const auto* request = std::get_if<pipeline::GenerationRequest>(&spec.request)) {
            result.effective = *request;
        }
        const int steps = result.effective.steps > 0 ? result.effective.steps : 1;
        for (const std::string_view phase : kPhases) {
            control.enterStage(phase);
            for (int step = 1; step <= steps; ++step) {
                if (m_hook) {
                    m_hook(spec, phase, step, control);
                }
                if (control.stopToken().stop_requested() ||
                    !control.passPauseGate([this] { ++m_timesFreed; })) {
                    return base::fail(base::ErrorCode::Cancelled, "Stopped.", "Run it again.");
                }
                if (phase == "denoise") {
                    ++result.stepsDone;
                }
                control.stepDone(step, steps);
                if (control.finishEarlyRequested()) {
                    break;
                }
            }
        }
        return jobs::JobResult(std::move(result));
    }

    // How often a paused job was asked to give memory back.
    int timesFreed() const { return m_timesFreed.load(); }

private:
    Hook m_hook;
    std::atomic<int> m_timesFreed{0};
};

class RecordingSink final : public jobs::EventSink {
public:
    void receive(const jobs::Event& event) noexcept override {
        if (m_onEvent) {
            m_onEvent(event);
        }
        const std::scoped_lock lock(m_mutex);
        m_events.push_back(event);
        m_received.notify_all();
    }

    // Called inside receive(), without a lock. To be set before the first job.
    void onEvent(std::function<void(const jobs::Event&)> action) { m_onEvent = std::move(action); }

    std::vector<jobs::Event> events() const {
        const std::scoped_lock lock(m_mutex);
        return m_events;
    }

    // Names of the events of one job, in order.
    std::vector<std::string> namesOf(jobs::JobId id) const {
        std::vector<std::string> names;
        for (const jobs::Event& event : events()) {
            if (jobs::stamp(event).job == id) {
                names.emplace_back(jobs::name(event));
            }
        }
        return names;
    }

    // The last event of a job, waited for until it is terminal.
    jobs::Event waitForEnd(jobs::JobId id) {
        return waitFor(
            [id](const jobs::Event& e) { return jobs::isTerminal(e) && jobs::stamp(e).job == id; });
    }

    // The first event for which `isWanted` holds, waited for.
    jobs::Event waitFor(const std::function<bool(const jobs::Event&)>& isWanted) {
        std::unique_lock lock(m_mutex);
        std::size_t seen = 0;
        while (true) {
            for (; seen < m_events.size(); ++seen) {
                if (isWanted(m_events[seen])) {
                    return m_events[seen];
                }
            }
            m_received.wait(lock);
        }
    }

private:
    std::function<void(const jobs::Event&)> m_onEvent;
    mutable std::mutex m_mutex;
    std::condition_variable m_received;
    std::vector<jobs::Event> m_events;
};

inline pipeline::GenerationRequest requestWith(std::string prompt, int steps = 1) {
    pipeline::GenerationRequest request;
    request.prompt = std::move(prompt);
    request.steps = steps;
    return request;
}

}  // namespace tessera::test
