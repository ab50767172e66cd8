#include "ui/bridge/engine_client.h"

#include "core/jobs/engine_worker.h"
#include "ui/bridge/event_inbox.h"
#include "ui/bridge/lazy_engine.h"
#include "ui/bridge/task_thread.h"
#include "ui/bridge/text.h"

#include <QPointer>

#include <algorithm>
#include <exception>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace tessera::ui {

using base::ErrorCode;
using base::Result;
using jobs::JobId;

namespace {

// An exception in a question is a mistake of ours; it must not end the thread that asks them.
template <class Value, class Ask>
Result<Value> guarded(Ask ask) {
    try {
        return ask();
    } catch (const std::exception& exception) {
        return base::fail(ErrorCode::Internal,
                          std::string("The program made a mistake: ") + exception.what() + ".",
                          "Report it with the log of this run.",
                          "EngineClient");
    }
}

base::Error closing() {
    return {ErrorCode::Cancelled,
            "The program is closing and takes no further jobs.",
            "Start it again and repeat the job.",
            {}};
}

}  // namespace

class EngineClient::Private {
public:
    Private(EngineClient* owner, LoadDoors load, jobs::Journal* journal);

    void handle(const jobs::Event& event);
    void emitSignal(const jobs::Event& event);
    void stop();
    void tellLoaded(const base::Status& status);

    // Puts a question in line. `ask` gets the doors on the other thread and answers a Result;
    // `answer` gets that on the GUI thread.
    template <class Value, class Ask, class Answer>
    void question(const char* kind, Ask ask, Answer answer);

    EngineClient* q;
    EventInbox inbox;
    std::shared_ptr<LazyDoors> doors;
    TaskThread questions;
    std::unique_ptr<jobs::EngineWorker> worker;  // null after stop()

    std::unordered_map<JobId, jobs::JobRequest> requests;  // of jobs whose end is not yet told
    std::unordered_map<JobId, JobId> successors;           // replaced job -> the one in its place
    std::uint64_t lastPlace = 0;
    bool isHeld = false;
    bool isReady = false;
};

EngineClient::Private::Private(EngineClient* owner, LoadDoors load, jobs::Journal* journal)
    : q(owner),
      inbox([this](const jobs::Event& event) { handle(event); }),
      doors(std::make_shared<LazyDoors>(std::move(load),
                                        [this](const base::Status& status) {
                                            inbox.post([this, status] { tellLoaded(status); });
                                        })),
      worker(std::make_unique<jobs::EngineWorker>(
          std::make_unique<LazyEngine>(doors), inbox, journal)) {}

void EngineClient::Private::tellLoaded(const base::Status& status) {
    if (status) {
        isReady = true;
        Q_EMIT q->engineReady();
    } else {
        Q_EMIT q->engineMissing(status.error());
    }
}

// A slot may delete the client: nothing of it is touched after a signal unless it still lives.
void EngineClient::Private::handle(const jobs::Event& event) {
    const QPointer<EngineClient> alive = q;
    const JobId id = jobs::stamp(event).job;
    emitSignal(event);
    if (!alive || !jobs::isTerminal(event)) {
        return;
    }
    requests.erase(id);
    if (requests.empty()) {
        Q_EMIT q->idle();
    }
}

void EngineClient::Private::emitSignal(const jobs::Event& event) {
    const JobId id = jobs::stamp(event).job;
    std::visit(
        [&](const auto& e) {
            using Kind = std::decay_t<decltype(e)>;
            if constexpr (std::is_same_v<Kind, jobs::Queued>) {
                const auto before =
                    std::ranges::find(successors, id, &std::pair<const JobId, JobId>::second);
                if (before == successors.end()) {
                    Q_EMIT q->queued(id, e.position);
                    return;
                }
                const JobId old = before->first;
                successors.erase(before);
                Q_EMIT q->replaced(old, id);
            } else if constexpr (std::is_same_v<Kind, jobs::Started>) {
                Q_EMIT q->started(id);
            } else if constexpr (std::is_same_v<Kind, jobs::StageEntered>) {
                Q_EMIT q->stageEntered(id, toQt(e.phase));
            } else if constexpr (std::is_same_v<Kind, jobs::StepDone>) {
                Q_EMIT q->stepDone(e);
            } else if constexpr (std::is_same_v<Kind, jobs::PreviewReady>) {
                Q_EMIT q->previewReady(id, e.frames);
            } else if constexpr (std::is_same_v<Kind, jobs::Paused>) {
                Q_EMIT q->paused(id, e.memoryFreed);
            } else if constexpr (std::is_same_v<Kind, jobs::Resumed>) {
                Q_EMIT q->resumed(id);
            } else if constexpr (std::is_same_v<Kind, jobs::Finished>) {
                Q_EMIT q->finished(id, e.result);
            } else if constexpr (std::is_same_v<Kind, jobs::Failed>) {
                Q_EMIT q->failed(id, e.error);
            } else if (!successors.contains(id)) {
                // The end of a replaced job is told by the event that puts the other in line.
                Q_EMIT q->cancelled(id);
            }
        },
        event);
}

void EngineClient::Private::stop() {
    questions.requestStop();
    if (worker != nullptr) {
        worker->shutdown();
    }
    questions.join();
    worker.reset();
}

template <class Value, class Ask, class Answer>
void EngineClient::Private::question(const char* kind, Ask ask, Answer answer) {
    questions.replace(
        kind,
        [this, ask = std::move(ask), answer = std::move(answer)](const std::stop_token& stop) {
            const Result<EngineDoors>& loaded = doors->get();
            Result<Value> value =
                loaded ? guarded<Value>([&]() -> Result<Value> { return ask(*loaded, stop); })
                       : Result<Value>(base::fail(loaded.error()));
            if (!stop.stop_requested()) {
                inbox.post([answer, value = std::move(value)] { answer(value); });
            }
        });
}

EngineClient::EngineClient(LoadDoors load, jobs::Journal* journal, QObject* parent)
    : QObject(parent), m_private(std::make_unique<Private>(this, std::move(load), journal)) {}

EngineClient::~EngineClient() {
    m_private->stop();
}

void EngineClient::shutdown() {
    m_private->stop();
    m_private->inbox.drainAll();
}

Result<JobId> EngineClient::submit(jobs::JobRequest request, std::int64_t recoveredFrom) {
    if (m_private->worker == nullptr) {
        return base::fail(closing());
    }
    // The tag names the place in line, so that replace() can put another job into it.
    const std::string place = "window-" + std::to_string(++m_private->lastPlace);
    Result<JobId> id = m_private->worker->submit(request, {place, recoveredFrom});
    if (id) {
        m_private->requests.emplace(*id, std::move(request));
    }
    return id;
}

bool EngineClient::cancel(JobId id) {
    if (m_private->worker == nullptr) {
        return false;
    }
    const bool isRunning = m_private->worker->running() == id;
    const bool isReached = m_private->worker->cancel(id);
    if (isReached && isRunning) {
        Q_EMIT stopping(id);
    }
    return isReached;
}

void EngineClient::cancelAllBut(JobId id) {
    std::vector<JobId> others;
    if (const std::optional<JobId> now = running()) {
        others.push_back(*now);
    }
    for (const jobs::JobSpec& spec : waiting()) {
        others.push_back(spec.id);
    }
    // The running one last: otherwise the next in line would start only to be stopped.
    for (auto other = others.rbegin(); other != others.rend(); ++other) {
        if (*other != id) {
            cancel(*other);
        }
    }
}

bool EngineClient::finishEarly(JobId id) {
    return m_private->worker != nullptr && m_private->worker->finishEarly(id);
}

bool EngineClient::pause(JobId id, jobs::PauseMemory memory) {
    return m_private->worker != nullptr && m_private->worker->pause(id, memory);
}

bool EngineClient::resume(JobId id) {
    return m_private->worker != nullptr && m_private->worker->resume(id);
}

bool EngineClient::move(JobId id, std::size_t position) {
    if (m_private->worker == nullptr || !m_private->worker->move(id, position)) {
        return false;
    }
    Q_EMIT orderChanged();
    return true;
}

bool EngineClient::replace(JobId id, jobs::JobRequest request) {
    if (m_private->worker == nullptr) {
        return false;
    }
    // Held for a moment, so that the job cannot start between the look and the exchange.
    if (!m_private->isHeld) {
        m_private->worker->holdQueue();
    }
    bool isReplaced = false;
    const std::vector<jobs::JobSpec> line = m_private->worker->waiting();
    const auto old = std::ranges::find(line, id, &jobs::JobSpec::id);
    if (old != line.end()) {
        if (const Result<JobId> successor = m_private->worker->submit(request, {old->tag, 0})) {
            m_private->requests.emplace(*successor, std::move(request));
            m_private->successors.emplace(id, *successor);
            isReplaced = true;
        }
    }
    if (!m_private->isHeld) {
        m_private->worker->releaseQueue();
    }
    return isReplaced;
}

void EngineClient::holdQueue(bool held) {
    if (m_private->worker == nullptr || m_private->isHeld == held) {
        return;
    }
    m_private->isHeld = held;
    if (held) {
        m_private->worker->holdQueue();
    } else {
        m_private->worker->releaseQueue();
    }
    Q_EMIT orderChanged();
}

bool EngineClient::isQueueHeld() const {
    return m_private->isHeld;
}

std::vector<jobs::JobSpec> EngineClient::waiting() const {
    return m_private->worker != nullptr ? m_private->worker->waiting()
                                        : std::vector<jobs::JobSpec>();
}

std::optional<JobId> EngineClient::running() const {
    return m_private->worker != nullptr ? m_private->worker->running() : std::nullopt;
}

bool EngineClient::isIdle() const {
    return m_private->requests.empty();
}

const jobs::JobRequest* EngineClient::requestOf(JobId id) const {
    const auto found = m_private->requests.find(id);
    return found != m_private->requests.end() ? &found->second : nullptr;
}

void EngineClient::askEstimate(const pipeline::GenerationRequest& request, std::uint64_t ticket) {
    m_private->question<engine::GenerationEstimate>(
        "estimate",
        [request](const EngineDoors& doors, const std::stop_token&) {
            return doors.estimate(request);
        },
        [this, ticket](const auto& answer) { Q_EMIT estimateReady(ticket, answer); });
}

void EngineClient::askOutlook(const bench::BenchRequest& request, std::uint64_t ticket) {
    m_private->question<bench::BenchOutlook>(
        "outlook",
        [request](const EngineDoors& doors, const std::stop_token&) {
            return doors.outlook(request);
        },
        [this, ticket](const auto& answer) { Q_EMIT outlookReady(ticket, answer); });
}

void EngineClient::askModels() {
    m_private->question<std::vector<engine::ModelInfo>>(
        "models",
        [](const EngineDoors& doors, const std::stop_token&) { return doors.listModels(); },
        [this](const auto& answer) { Q_EMIT modelsReady(answer); });
}

void EngineClient::askDoctor(double budgetSeconds) {
    m_private->question<engine::DoctorReport>(
        "doctor",
        [budgetSeconds](const EngineDoors& doors, const std::stop_token& stop) {
            return Result<engine::DoctorReport>(doors.examineMachine(budgetSeconds, stop));
        },
        [this](const Result<engine::DoctorReport>& answer) {
            engine::DoctorReport report;
            if (answer) {
                report = *answer;
            } else {
                report.missing = {{"engine", answer.error().message, answer.error().hint}};
            }
            Q_EMIT doctorReady(report);
        });
}

bool EngineClient::isEngineReady() const {
    return m_private->isReady;
}

void EngineClient::warmUp() {
    m_private->questions.addBackground(
        "load", [doors = m_private->doors](const std::stop_token&) { doors->get(); });
}

}  // namespace tessera::ui
