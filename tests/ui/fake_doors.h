#pragma once

// The engine's doors as tests of the window see them: jobs run on a FakeEngine, questions are
// answered at once.

#include "tests/support/fake_engine.h"
#include "ui/bridge/engine_doors.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace tessera::test {

inline ui::EngineDoors fakeDoors(FakeEngine::Hook hook = {}) {
    ui::EngineDoors doors;
    doors.makeEngine = [hook = std::move(hook)] { return std::make_unique<FakeEngine>(hook); };
    doors.estimate = [](const pipeline::GenerationRequest& request) {
        engine::GenerationEstimate estimate;
        estimate.effective = request;
        estimate.seconds = 10.0 * request.steps;
        return base::Result<engine::GenerationEstimate>(estimate);
    };
    doors.outlook = [](const bench::BenchRequest&) {
        return base::Result<bench::BenchOutlook>(bench::BenchOutlook{});
    };
    doors.listModels = [] {
        return base::Result<std::vector<engine::ModelInfo>>(std::vector<engine::ModelInfo>(1));
    };
    doors.inspectModel = [](const std::filesystem::path&) {
        return base::Result<engine::ModelInfo>(engine::ModelInfo{});
    };
    doors.examineMachine = [](double, const std::stop_token&) {
        engine::DoctorReport report;
        report.threads = 2;
        return report;
    };
    return doors;
}

inline ui::LoadDoors fakeLoad(FakeEngine::Hook hook = {}) {
    return [hook = std::move(hook)] { return base::Result<ui::EngineDoors>(fakeDoors(hook)); };
}

// A door that stays shut until the test opens it: holds a job or a question at a known place.
class Gate {
public:
    void open() {
        const std::scoped_lock lock(m_mutex);
        m_isOpen = true;
        m_opened.notify_all();
    }

    // Returns when the gate is open, or when a stop is asked for.
    void pass(const std::stop_token& stop = {}) {
        std::unique_lock lock(m_mutex);
        ++m_arrivals;
        m_opened.notify_all();
        m_opened.wait(lock, stop, [this] { return m_isOpen; });
    }

    // Returns when `count` threads have come so far.
    void waitForArrivals(int count = 1) {
        std::unique_lock lock(m_mutex);
        m_opened.wait(lock, [this, count] { return m_arrivals >= count; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable_any m_opened;
    bool m_isOpen = false;
    int m_arrivals = 0;
};

}  // namespace tessera::test
