#pragma once

// The one way from the window to the engine: submits requests, re-emits the worker's events as
// signals with plain values, answers questions (estimates, models) off the GUI thread. The engine's
// library is loaded on the worker's thread after the window stands. All functions and signals: GUI
// thread. Step and preview signals are newest-wins at 30 Hz; all others arrive one by one, in order.

#include "core/jobs/event.h"
#include "core/jobs/journal.h"
#include "ui/bridge/engine_doors.h"

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

    // Asks the running job to stop, waits for it, then destroys engine and worker. To be called
    // before the event loop ends; the destructor does it otherwise.
    ~EngineClient() override;

    // ---- Jobs ----
    base::Result<jobs::JobId> submit(jobs::JobRequest request, std::int64_t recoveredFrom = 0);
    bool cancel(jobs::JobId id);
    void cancelAllBut(jobs::JobId id);  // waiting and running ones alike
    bool finishEarly(jobs::JobId id);
    bool pause(jobs::JobId id);
    bool resume(jobs::JobId id);
    bool move(jobs::JobId id, std::size_t position);  // 0 = next

    // A waiting job with another request in the same place. False when it does not wait any more.
    bool replace(jobs::JobId id, jobs::JobRequest request);

    void holdQueue(bool held);
    bool isQueueHeld() const;
    std::vector<jobs::JobSpec> waiting() const;
    std::optional<jobs::JobId> running() const;
    bool isIdle() const;

    // ---- Questions; each answer comes as a signal. A newer question replaces one that waits. ----
    void askEstimate(const pipeline::GenerationRequest& request, std::uint64_t ticket);
    void askModels();
    void askDoctor(double budgetSeconds);

    // The library is loaded when this is true; before, questions and jobs wait.
    bool isEngineReady() const;

    // Loads the library now instead of with the first job or question.
    void warmUp();

signals:
    void engineReady();
    void engineMissing(const tessera::base::Error& error);

    void queued(tessera::jobs::JobId id, std::size_t position);
    void started(tessera::jobs::JobId id);
    void stageEntered(tessera::jobs::JobId id, const QString& phase);
    void stepDone(const tessera::jobs::StepDone& step);
    void previewReady(tessera::jobs::JobId id, const tessera::base::SharedFrames& frames);
    void paused(tessera::jobs::JobId id);
    void resumed(tessera::jobs::JobId id);
    void finished(tessera::jobs::JobId id, const tessera::jobs::JobResult& result);
    void failed(tessera::jobs::JobId id, const tessera::base::Error& error);
    void cancelled(tessera::jobs::JobId id);
    void orderChanged();  // move(), replace(), hold
    void idle();

    void estimateReady(std::uint64_t ticket,
                       const tessera::base::Result<tessera::engine::GenerationEstimate>& estimate);
    void modelsReady(const tessera::base::Result<std::vector<tessera::engine::ModelInfo>>& models);
    void doctorReady(const tessera::engine::DoctorReport& report);

private:
    class Private;
    std::unique_ptr<Private> m;
};

}  // namespace tessera::ui
