#pragma once

// The one way from the window to the engine: submits requests, re-emits the worker's events as
// signals with plain values, answers questions (estimates, models) off the GUI thread. The engine's
// library is loaded off it too, by the first job or question, or by warmUp(). All functions and
// signals: GUI thread. Step and preview signals are newest-wins at 30 Hz; all others arrive one by
// one, in order. Every job accepted ends in exactly one of finished(), failed(), cancelled() and
// replaced().

#include "core/jobs/event.h"
#include "core/jobs/journal.h"
#include "ui/bridge/engine_doors.h"
#include "ui/bridge/job_id.h"

#include <QObject>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace tessera::ui {

class EngineClient final : public QObject {
    Q_OBJECT

public:
    // `journal` may be null (tests); it must outlive the client.
    EngineClient(LoadDoors load, jobs::Journal* journal, QObject* parent = nullptr);

    // Stops as shutdown() does, but emits nothing any more.
    ~EngineClient() override;

    // Asks the running job to stop, waits for it, destroys worker and engine, then emits what was
    // still on its way. Jobs that waited end in cancelled() and stay in the journal. To be called
    // before the event loop ends. A library that is being loaded is waited for.
    void shutdown();

    // ---- Jobs ----
    base::Result<jobs::JobId> submit(jobs::JobRequest request, std::int64_t recoveredFrom = 0);
    bool cancel(jobs::JobId id);
    void cancelAllBut(jobs::JobId id);  // waiting and running ones alike
    bool finishEarly(jobs::JobId id);
    bool pause(jobs::JobId id, jobs::PauseMemory memory = jobs::PauseMemory::Keep);
    bool resume(jobs::JobId id);
    bool move(jobs::JobId id, std::size_t position);  // 0 = next

    // A waiting job with another request in the same place: to the views one job that changed its
    // number, told by replaced() alone. False when it does not wait any more.
    bool replace(jobs::JobId id, jobs::JobRequest request);

    void holdQueue(bool held);
    bool isQueueHeld() const;
    std::vector<jobs::JobSpec> waiting() const;
    std::optional<jobs::JobId> running() const;

    // No accepted job whose end is not yet told.
    bool isIdle() const;

    // What was asked for; null from the moment the slots of the job's last signal have returned.
    const jobs::JobRequest* requestOf(jobs::JobId id) const;

    // ---- Questions; each answer comes as a signal. A newer question replaces one that waits. ----
    void askEstimate(const pipeline::GenerationRequest& request, std::uint64_t ticket);
    void askOutlook(const bench::BenchRequest& request, std::uint64_t ticket);
    void askModels();
    void askDoctor(double budgetSeconds);

    // The library is loaded when this is true; before, questions and jobs wait.
    bool isEngineReady() const;

    // Loads the library now instead of with the first job or question.
    void warmUp();

Q_SIGNALS:
    void engineReady();
    void engineMissing(const tessera::base::Error& error);

    void queued(tessera::jobs::JobId id, std::size_t position);
    void started(tessera::jobs::JobId id);
    void stageEntered(tessera::jobs::JobId id, const QString& phase);
    void stepDone(const tessera::jobs::StepDone& step);
    void previewReady(tessera::jobs::JobId id, const tessera::base::SharedFrames& frames);
    void paused(tessera::jobs::JobId id, bool memoryFreed);  // again when that changes
    void resumed(tessera::jobs::JobId id);
    void finished(tessera::jobs::JobId id, const tessera::jobs::JobResult& result);
    void failed(tessera::jobs::JobId id, const tessera::base::Error& error);
    void cancelled(tessera::jobs::JobId id);
    void stopping(tessera::jobs::JobId id);  // cancel() reached a running job; its end follows

    // The end of `before`, which waited; `after` stands in its place (and has no queued()).
    void replaced(tessera::jobs::JobId before, tessera::jobs::JobId after);
    void orderChanged();  // move(), holdQueue()
    void idle();

    void estimateReady(std::uint64_t ticket,
                       const tessera::base::Result<tessera::engine::GenerationEstimate>& estimate);
    void outlookReady(std::uint64_t ticket,
                      const tessera::base::Result<tessera::bench::BenchOutlook>& outlook);
    void modelsReady(const tessera::base::Result<std::vector<tessera::engine::ModelInfo>>& models);
    void doctorReady(const tessera::engine::DoctorReport& report);

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

}  // namespace tessera::ui
