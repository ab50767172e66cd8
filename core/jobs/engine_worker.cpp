#include "core/jobs/engine_worker.h"

#include "core/base/check.h"
#include "core/jobs/event_delivery.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/running_job.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

namespace tessera::jobs {

using base::Error;
using base::ErrorCode;

namespace {

Error shuttingDown() {
    return Error{ErrorCode::Cancelled,
                 "The program is closing and takes no further jobs.",
                 "Start it again and repeat the job.",
                 {}};
}

// The engine translates its own exceptions; what arrives here is what it could not foresee.
base::Result<JobResult> runGuarded(Engine& engine, const JobSpec& spec, JobControl& control) {
    try {
        return engine.run(spec, control);
    } catch (const std::bad_alloc&) {
        return base::fail(ErrorCode::OutOfMemory,
                          "Memory ran out while the job was running.",
                          "Choose a smaller size or fewer frames, or close other programs.");
    } catch (const std::exception& exception) {
        return base::fail(ErrorCode::Internal,
                          std::string("The program made a mistake: ") + exception.what(),
                          "Report it with the log of this run; other jobs are not affected.",
                          "EngineWorker");
    }
}

}  // namespace

class EngineWorker::State {
public:
    State(std::unique_ptr<Engine> engine, EventSink& sink, TransitionLog* log, Place place)
        : m_engine(std::move(engine)), m_delivery(sink), m_log(log), m_place(place) {
        CHECK(m_engine != nullptr);
        if (m_place == Place::OwnThread) {
            m_thread = std::jthread([this] { serve(); });
        }
    }

    base::Result<JobId> submit(JobRequest request, SubmitOptions options);
    bool cancel(JobId id);
    void cancelAll();
    bool move(JobId id, std::size_t position);
    void setHeld(bool held);
    void waitForIdle();
    void shutdown();

    // Calls `action` on the running job when it is `id`.
    template <class Action>
    bool withRunning(JobId id, Action action) {
        const std::scoped_lock lock(m_mutex);
        if (m_running == nullptr || m_running->id() != id) {
            return false;
        }
        action(*m_running);
        return true;
    }

    std::vector<JobSpec> waiting() const {
        const std::scoped_lock lock(m_mutex);
        return m_queue.waiting();
    }

    std::optional<JobId> running() const {
        const std::scoped_lock lock(m_mutex);
        return m_running != nullptr ? std::optional(m_running->id()) : std::nullopt;
    }

    bool isIdle() const {
        const std::scoped_lock lock(m_mutex);
        return idleLocked();
    }

private:
    bool idleLocked() const { return m_running == nullptr && m_queue.isEmpty(); }

    void serve();
    void runInsideCall();
    void runOne(JobSpec spec, std::unique_lock<std::mutex>& lock);
    void logChange(JobId id, JobState state, std::string_view message = {});

    std::unique_ptr<Engine> m_engine;
    EventDelivery m_delivery;
    TransitionLog* m_log;
    const Place m_place;

    // Taken before m_mutex by what changes the waiting line, so that the log sees the same order.
    // Never held while an event is delivered.
    std::mutex m_orderMutex;

    mutable std::mutex m_mutex;  // guards everything below
    std::condition_variable m_work;
    std::condition_variable m_changed;  // idle, or the loop inside a call has ended
    JobQueue m_queue;
    RunningJob* m_running = nullptr;
    std::uint64_t m_lastId = 0;
    bool m_closing = false;
    bool m_loopRuns = false;  // InsideSubmit: some thread is running the waiting jobs

    std::once_flag m_shutdownOnce;
    std::jthread m_thread;
};

base::Result<JobId> EngineWorker::State::submit(JobRequest request, SubmitOptions options) {
    JobSpec spec{{}, std::move(options.tag), std::move(request), options.recoveredFrom};
    std::unique_lock order(m_orderMutex);
    {
        const std::scoped_lock lock(m_mutex);
        if (m_closing) {
            return base::fail(shuttingDown());
        }
        spec.id = JobId{++m_lastId};
    }
    // Written down before the job can start, and without m_mutex: the disk may be slow.
    if (m_log != nullptr) {
        m_log->queued(spec);
    }
    const JobId id = spec.id;
    std::vector<JobSpec> replaced;
    std::vector<JobId> line;
    std::uint64_t last = 0;
    bool refused = false;
    {
        const std::scoped_lock lock(m_mutex);
        refused = m_closing;
        if (!refused) {
            replaced = m_queue.push(std::move(spec));
            for (const JobSpec& job : replaced) {
                m_delivery.append(Cancelled{{job.id}});
            }
            last = m_delivery.append(Queued{{id}, m_queue.position(id).value_or(0)});
            line = m_queue.order();
            m_work.notify_one();
        }
    }
    if (refused) {
        logChange(id, JobState::Cancelled);
        return base::fail(shuttingDown());
    }
    for (const JobSpec& job : replaced) {
        logChange(job.id, JobState::Cancelled);
    }
    if (!replaced.empty() && m_log != nullptr) {
        m_log->reordered(line);
    }
    order.unlock();
    m_delivery.deliver(last);
    runInsideCall();
    return id;
}

bool EngineWorker::State::cancel(JobId id) {
    std::stop_source stop(std::nostopstate);
    std::uint64_t last = 0;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_running != nullptr && m_running->id() == id) {
            stop = m_running->stopSource();
        } else if (m_queue.remove(id)) {
            last = m_delivery.append(Cancelled{{id}});
            m_changed.notify_all();
        } else {
            return false;
        }
    }
    if (stop.stop_possible()) {
        stop.request_stop();  // runs the engine's stop callbacks, hence without the lock
        return true;
    }
    logChange(id, JobState::Cancelled);
    m_delivery.deliver(last);
    runInsideCall();
    return true;
}

void EngineWorker::State::cancelAll() {
    std::vector<JobId> ids;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_running != nullptr) {
            ids.push_back(m_running->id());
        }
        for (const JobId id : m_queue.order()) {
            ids.push_back(id);
        }
    }
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        cancel(*id);
    }
}

bool EngineWorker::State::move(JobId id, std::size_t position) {
    const std::scoped_lock order(m_orderMutex);
    std::vector<JobId> line;
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_queue.move(id, position)) {
            return false;
        }
        line = m_queue.order();
    }
    if (m_log != nullptr) {
        m_log->reordered(line);
    }
    return true;
}

void EngineWorker::State::setHeld(bool held) {
    {
        const std::scoped_lock lock(m_mutex);
        m_queue.hold(held);
        m_work.notify_one();
    }
    runInsideCall();
}

void EngineWorker::State::waitForIdle() {
    CHECK(!m_delivery.isInsideSink());
    // The sink may answer the last event with another job, hence the second look.
    do {
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [this] { return idleLocked(); });
        }
        m_delivery.deliverAll();
    } while (!isIdle());
}

void EngineWorker::State::shutdown() {
    CHECK(!m_delivery.isInsideSink());
    std::call_once(m_shutdownOnce, [this] {
        std::stop_source stop(std::nostopstate);
        {
            const std::scoped_lock lock(m_mutex);
            m_closing = true;
            if (m_running != nullptr) {
                stop = m_running->stopSource();
            }
            for (const JobSpec& job : m_queue.clear()) {
                m_delivery.append(Cancelled{{job.id}});
            }
            m_work.notify_all();
            m_changed.notify_all();
        }
        if (stop.stop_possible()) {
            stop.request_stop();
        }
        if (m_thread.joinable()) {
            m_thread.join();
        } else {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [this] { return !m_loopRuns; });
        }
        m_delivery.deliverAll();
    });
}

void EngineWorker::State::serve() {
    std::unique_lock lock(m_mutex);
    while (true) {
        m_work.wait(lock,
                    [this] { return m_closing || (!m_queue.isEmpty() && !m_queue.isHeld()); });
        if (m_closing) {
            return;
        }
        runOne(*m_queue.pop(), lock);
    }
}

// InsideSubmit only. One thread at a time runs the loop; a call from inside the sink leaves the
// work to the call that the sink interrupted.
void EngineWorker::State::runInsideCall() {
    if (m_place != Place::InsideSubmit || m_delivery.isInsideSink()) {
        return;
    }
    std::unique_lock lock(m_mutex);
    if (m_loopRuns) {
        return;
    }
    m_loopRuns = true;
    while (!m_closing) {
        std::optional<JobSpec> next = m_queue.pop();
        if (!next) {
            break;
        }
        runOne(std::move(*next), lock);
    }
    m_loopRuns = false;
    m_changed.notify_all();
}

// Entered and left with `lock` held.
void EngineWorker::State::runOne(JobSpec spec, std::unique_lock<std::mutex>& lock) {
    RunningJob job(spec.id, m_delivery, m_log);
    m_running = &job;
    const std::uint64_t started = m_delivery.append(Started{{spec.id}});
    lock.unlock();
    logChange(spec.id, JobState::Running);
    m_delivery.deliver(started);

    base::Result<JobResult> result =
        job.stopSource().stop_requested()
            ? base::Result<JobResult>(base::fail(
                  ErrorCode::Cancelled, "The job was cancelled.", "Submit it again to run it."))
            : runGuarded(*m_engine, spec, job);

    Event end = Cancelled{{spec.id}};
    if (result) {
        logChange(spec.id, JobState::Finished);
        end = Finished{{spec.id}, std::move(*result)};
    } else if (result.error().code == ErrorCode::Cancelled) {
        logChange(spec.id, JobState::Cancelled);
    } else {
        logChange(spec.id, JobState::Failed, base::describe(result.error()));
        end = Failed{{spec.id}, std::move(result.error())};
    }

    lock.lock();
    // Idle and the terminal event in one step: who receives the event finds the worker idle.
    m_running = nullptr;
    const std::uint64_t ended = m_delivery.append(std::move(end));
    m_changed.notify_all();
    lock.unlock();
    m_delivery.deliver(ended);
    lock.lock();
}

void EngineWorker::State::logChange(JobId id, JobState state, std::string_view message) {
    if (m_log != nullptr) {
        m_log->changed(id, state, message);
    }
}

EngineWorker::EngineWorker(std::unique_ptr<Engine> engine,
                           EventSink& sink,
                           TransitionLog* log,
                           Place place)
    : m_state(std::make_unique<State>(std::move(engine), sink, log, place)) {}

// NOLINTNEXTLINE(bugprone-exception-escape): a thread that cannot be joined must end the program
EngineWorker::~EngineWorker() {
    m_state->shutdown();
}

base::Result<JobId> EngineWorker::submit(JobRequest request, SubmitOptions options) {
    return m_state->submit(std::move(request), std::move(options));
}

bool EngineWorker::cancel(JobId id) {
    return m_state->cancel(id);
}

void EngineWorker::cancelAll() {
    m_state->cancelAll();
}

bool EngineWorker::finishEarly(JobId id) {
    return m_state->withRunning(id, [](RunningJob& job) { job.finishEarly(); });
}

bool EngineWorker::pause(JobId id, PauseMemory memory) {
    return m_state->withRunning(id, [memory](RunningJob& job) { job.pause(memory); });
}

bool EngineWorker::resume(JobId id) {
    return m_state->withRunning(id, [](RunningJob& job) { job.resume(); });
}

bool EngineWorker::move(JobId id, std::size_t position) {
    return m_state->move(id, position);
}

void EngineWorker::holdQueue() {
    m_state->setHeld(true);
}

void EngineWorker::releaseQueue() {
    m_state->setHeld(false);
}

std::vector<JobSpec> EngineWorker::waiting() const {
    return m_state->waiting();
}

std::optional<JobId> EngineWorker::running() const {
    return m_state->running();
}

bool EngineWorker::isIdle() const {
    return m_state->isIdle();
}

void EngineWorker::waitForIdle() {
    m_state->waitForIdle();
}

void EngineWorker::shutdown() {
    m_state->shutdown();
}

}  // namespace tessera::jobs
