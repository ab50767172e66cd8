#include "core/jobs/running_job.h"

#include <utility>

namespace tessera::jobs {

RunningJob::RunningJob(JobId id, EventDelivery& delivery, TransitionLog* log)
    : m_id(id), m_delivery(delivery), m_log(log) {}

void RunningJob::finishEarly() {
    m_finishEarly.store(true);
    resume();
}

void RunningJob::pause(PauseMemory memory) {
    const std::scoped_lock lock(m_pauseMutex);
    m_paused = true;
    m_freesMemory = m_freesMemory || memory == PauseMemory::Free;
    m_pauseChanged.notify_all();
}

void RunningJob::resume() {
    const std::scoped_lock lock(m_pauseMutex);
    m_paused = false;
    m_freesMemory = false;
    m_pauseChanged.notify_all();
}

bool RunningJob::takeFreeRequest() {
    const std::scoped_lock lock(m_pauseMutex);
    return std::exchange(m_freesMemory, false);
}

bool RunningJob::passPauseGate(const std::function<void()>& freeMemory) {
    {
        const std::scoped_lock lock(m_pauseMutex);
        if (!m_paused || m_stop.stop_requested()) {
            return !m_stop.stop_requested();
        }
    }
    const Clock::time_point pauseStart = Clock::now();
    logChange(JobState::Paused);
    bool freed = false;
    bool isPaused = true;
    bool isTold = false;
    while (isPaused) {
        if (takeFreeRequest() && !freed) {
            freeMemory();
            freed = true;
            isTold = false;
        }
        if (!isTold) {
            publish(Paused{{m_id}, freed});
            isTold = true;
        }
        std::unique_lock lock(m_pauseMutex);
        m_pauseChanged.wait(
            lock, m_stop.get_token(), [this] { return !m_paused || m_freesMemory; });
        isPaused = m_paused && !m_stop.stop_requested();
    }
    if (m_stop.stop_requested()) {
        return false;
    }
    m_stageStart += Clock::now() - pauseStart;
    logChange(JobState::Running);
    publish(Resumed{{m_id}});
    return true;
}

void RunningJob::enterStage(std::string_view phase) {
    m_stageStart = Clock::now();
    m_stepsBefore = -1;
    publish(StageEntered{{m_id}, std::string(phase)});
}

void RunningJob::stepDone(std::int64_t step,
                          std::int64_t of,
                          std::optional<double> etaSeconds,
                          std::optional<double> loss) {
    if (m_stepsBefore < 0) {
        m_stepsBefore = step - 1;
    }
    if (!etaSeconds && of >= step && step > m_stepsBefore) {
        const double seconds = std::chrono::duration<double>(Clock::now() - m_stageStart).count();
        etaSeconds =
            seconds / static_cast<double>(step - m_stepsBefore) * static_cast<double>(of - step);
    }
    publish(StepDone{{m_id}, step, of, etaSeconds, loss});
}

void RunningJob::preview(base::SharedFrames frames) {
    publish(PreviewReady{{m_id}, std::move(frames)});
}

void RunningJob::publish(Event event) {
    m_delivery.deliver(m_delivery.append(std::move(event)));
}

void RunningJob::logChange(JobState state) {
    if (m_log != nullptr) {
        m_log->changed(m_id, state, {});
    }
}

}  // namespace tessera::jobs
