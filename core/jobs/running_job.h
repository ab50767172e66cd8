#pragma once

// The job that runs at present: what the engine sees of it (JobControl) and what the worker turns
// from outside (stop, finish early, pause). Lives on the stack of the thread that runs the job.

#include "core/jobs/engine.h"
#include "core/jobs/event_delivery.h"
#include "core/jobs/transition_log.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace tessera::jobs {

class RunningJob final : public JobControl {
public:
    RunningJob(JobId id, EventDelivery& delivery, TransitionLog* log);

    JobId id() const { return m_id; }

    // From outside; any thread.
    std::stop_source stopSource() const { return m_stop; }

    void finishEarly();
    void pause(PauseMemory memory);
    void resume();

    // For the engine.
    std::stop_token stopToken() const override { return m_stop.get_token(); }

    bool finishEarlyRequested() const override { return m_finishEarly.load(); }

    bool passPauseGate(const std::function<void()>& freeMemory) override;
    void enterStage(std::string_view phase) override;
    void stepDone(std::int64_t step,
                  std::int64_t of,
                  std::optional<double> etaSeconds,
                  std::optional<double> loss) override;
    void preview(base::SharedFrames frames) override;

private:
    using Clock = std::chrono::steady_clock;

    void publish(Event event);
    void logChange(JobState state);
    bool takeFreeRequest();

    JobId m_id;
    EventDelivery& m_delivery;
    TransitionLog* m_log;
    std::stop_source m_stop;
    std::atomic<bool> m_finishEarly{false};

    std::mutex m_pauseMutex;
    std::condition_variable_any m_pauseChanged;
    bool m_paused = false;
    bool m_freesMemory = false;  // asked for in this pause, not done yet

    // Of the thread that runs the job.
    Clock::time_point m_stageStart = Clock::now();  // moved on by the length of each pause
    std::int64_t m_stepsBefore = -1;                // steps done when this stage began
};

}  // namespace tessera::jobs
