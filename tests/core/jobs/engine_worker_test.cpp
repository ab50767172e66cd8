#include "core/jobs/engine_worker.h"

#include "core/base/check.h"
#include "tests/support/fake_engine.h"

#include <algorithm>
#include <latch>
#include <new>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

namespace tessera::jobs {
namespace {

using test::FakeEngine;
using test::RecordingSink;
using test::requestWith;

using Names = std::vector<std::string>;
using Place = EngineWorker::Place;

// The same behaviour is asked of a worker with a thread and of one that runs inside submit().
class EngineWorkerBothWays : public testing::TestWithParam<Place> {
protected:
    EngineWorker& start(FakeEngine::Hook hook = {}) {
        m_worker = std::make_unique<EngineWorker>(
            std::make_unique<FakeEngine>(std::move(hook)), m_sink, nullptr, GetParam());
        return *m_worker;
    }

    // Waits until the stop of the job was asked for; the way in which a long step ends.
    static void waitForStop(JobControl& control) {
        std::latch stopped(1);
        const std::stop_callback wake(control.stopToken(), [&] { stopped.count_down(); });
        stopped.wait();
    }

    RecordingSink m_sink;
    std::unique_ptr<EngineWorker> m_worker;
};

std::string placeName(const testing::TestParamInfo<Place>& info) {
    return info.param == Place::OwnThread ? "OwnThread" : "InsideSubmit";
}

INSTANTIATE_TEST_SUITE_P(Places,
                         EngineWorkerBothWays,
                         testing::Values(Place::OwnThread, Place::InsideSubmit),
                         placeName);

TEST_P(EngineWorkerBothWays, JobRunsThroughItsPhasesAndFinishes) {
    EngineWorker& worker = start();
    const JobId id = worker.submit(requestWith("a ball")).value();
    const Event end = m_sink.waitForEnd(id);
    ASSERT_TRUE(std::holds_alternative<Finished>(end));
    const auto& result = std::get<pipeline::GenerationResult>(std::get<Finished>(end).result);
    EXPECT_EQ(result.effective.prompt, "a ball");
    EXPECT_EQ(m_sink.namesOf(id),
              (Names{"queued",
                     "started",
                     "stage",
                     "step",
                     "stage",
                     "step",
                     "stage",
                     "step",
                     "stage",
                     "step",
                     "stage",
                     "step",
                     "finished"}));
}

TEST_P(EngineWorkerBothWays, NumbersRunWithoutGapsOverAllJobs) {
    EngineWorker& worker = start();
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(worker.submit(requestWith("x", 3)));
    }
    worker.waitForIdle();
    const std::vector<Event> events = m_sink.events();
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(stamp(events[i]).number, i + 1);
    }
}

TEST_P(EngineWorkerBothWays, WorkerIsIdleWhenTheTerminalEventArrives) {
    bool wasIdle = false;
    m_sink.onEvent([&](const Event& event) {
        if (isTerminal(event)) {
            wasIdle = m_worker->isIdle() && !m_worker->running();
        } else if (std::holds_alternative<Started>(event)) {
            EXPECT_FALSE(m_worker->isIdle());
        }
    });
    EngineWorker& worker = start();
    ASSERT_TRUE(worker.submit(requestWith("x")));
    worker.waitForIdle();
    EXPECT_TRUE(wasIdle);
}

TEST_P(EngineWorkerBothWays, CancelAtEveryStageEndsInCancelledAndNothingElse) {
    std::string_view stage;
    EngineWorker& worker =
        start([&](const JobSpec& spec, std::string_view phase, int, JobControl&) {
            if (phase == stage) {
                EXPECT_TRUE(m_worker->cancel(spec.id));
            }
        });
    for (const std::string_view each : test::kPhases) {
        stage = each;
        const JobId id = worker.submit(requestWith("x", 4)).value();
        worker.waitForIdle();
        const Names names = m_sink.namesOf(id);
        EXPECT_EQ(names.back(), "cancelled") << stage;
        EXPECT_EQ(std::count(names.begin(), names.end(), "cancelled"), 1) << stage;
        EXPECT_EQ(std::count(names.begin(), names.end(), "finished"), 0) << stage;
    }
}

TEST_P(EngineWorkerBothWays, CancelFromAnotherThreadInterruptsALongStep) {
    EngineWorker& worker =
        start([](const JobSpec&, std::string_view phase, int, JobControl& control) {
            if (phase == "denoise") {
                waitForStop(control);
            }
        });
    std::jthread canceller([&] {
        const Event denoise = m_sink.waitFor([](const Event& e) {
            const auto* stage = std::get_if<StageEntered>(&e);
            return stage != nullptr && stage->phase == "denoise";
        });
        EXPECT_TRUE(m_worker->cancel(stamp(denoise).job));
    });
    const JobId id = worker.submit(requestWith("x")).value();
    EXPECT_TRUE(std::holds_alternative<Cancelled>(m_sink.waitForEnd(id)));
}

TEST_P(EngineWorkerBothWays, CancelInTheSinksStartedEventKeepsTheEngineOut) {
    bool engineRan = false;
    m_sink.onEvent([&](const Event& event) {
        if (std::holds_alternative<Started>(event)) {
            m_worker->cancel(stamp(event).job);
        }
    });
    EngineWorker& worker =
        start([&](const JobSpec&, std::string_view, int, JobControl&) { engineRan = true; });
    const JobId id = worker.submit(requestWith("x")).value();
    worker.waitForIdle();
    EXPECT_EQ(m_sink.namesOf(id), (Names{"queued", "started", "cancelled"}));
    EXPECT_FALSE(engineRan);
}

TEST_P(EngineWorkerBothWays, WaitingJobThatIsCancelledNeverStarts) {
    EngineWorker& worker = start();
    worker.holdQueue();
    const JobId id = worker.submit(requestWith("x")).value();
    EXPECT_TRUE(worker.cancel(id));
    EXPECT_FALSE(worker.cancel(id));
    worker.releaseQueue();
    worker.waitForIdle();
    EXPECT_EQ(m_sink.namesOf(id), (Names{"queued", "cancelled"}));
}

TEST_P(EngineWorkerBothWays, FinishEarlyEndsInFinishedWithFewerSteps) {
    EngineWorker& worker =
        start([&](const JobSpec& spec, std::string_view phase, int step, JobControl&) {
            if (phase == "denoise" && step == 3) {
                EXPECT_TRUE(m_worker->finishEarly(spec.id));
            }
        });
    const JobId id = worker.submit(requestWith("x", 50)).value();
    const Event end = m_sink.waitForEnd(id);
    ASSERT_TRUE(std::holds_alternative<Finished>(end));
    EXPECT_EQ(std::get<pipeline::GenerationResult>(std::get<Finished>(end).result).stepsDone, 3);
    worker.waitForIdle();
    EXPECT_FALSE(worker.finishEarly(id));
}

TEST_P(EngineWorkerBothWays, PausedJobGoesOnWhenResumed) {
    m_sink.onEvent([&](const Event& event) {
        if (std::holds_alternative<Paused>(event)) {
            EXPECT_TRUE(m_worker->resume(stamp(event).job));
        }
    });
    EngineWorker& worker =
        start([&](const JobSpec& spec, std::string_view phase, int, JobControl&) {
            if (phase == "encode") {
                EXPECT_TRUE(m_worker->pause(spec.id));
            }
        });
    const JobId id = worker.submit(requestWith("x")).value();
    worker.waitForIdle();
    EXPECT_EQ(m_sink.namesOf(id),
              (Names{"queued",
                     "started",
                     "stage",
                     "step",
                     "stage",
                     "paused",
                     "resumed",
                     "step",
                     "stage",
                     "step",
                     "stage",
                     "step",
                     "stage",
                     "step",
                     "finished"}));
}

// Asked for at once or later in the same pause, and twice: the engine is asked once, and the event
// that says so comes when it is done.
TEST_P(EngineWorkerBothWays, PausedJobFreesItsMemoryOnce) {
    for (const bool isLater : {false, true}) {
        SCOPED_TRACE(isLater);
        RecordingSink sink;
        auto engine = std::make_unique<FakeEngine>(
            [&, once = false](const JobSpec& spec, std::string_view, int, JobControl&) mutable {
                if (!std::exchange(once, true)) {
                    m_worker->pause(spec.id, isLater ? PauseMemory::Keep : PauseMemory::Free);
                }
            });
        FakeEngine& fake = *engine;
        sink.onEvent([&](const Event& event) {
            if (const auto* paused = std::get_if<Paused>(&event)) {
                EXPECT_EQ(fake.timesFreed(), paused->memoryFreed ? 1 : 0);
                m_worker->pause(stamp(event).job, PauseMemory::Free);
                if (paused->memoryFreed) {
                    m_worker->resume(stamp(event).job);
                }
            }
        });
        m_worker = std::make_unique<EngineWorker>(std::move(engine), sink, nullptr, GetParam());
        const JobId id = m_worker->submit(requestWith("x")).value();
        EXPECT_TRUE(std::holds_alternative<Finished>(sink.waitForEnd(id)));
        m_worker->waitForIdle();
        EXPECT_EQ(fake.timesFreed(), 1);
        const Names names = sink.namesOf(id);
        EXPECT_EQ(std::ranges::count(names, "paused"), isLater ? 2 : 1);
        EXPECT_EQ(std::ranges::count(names, "resumed"), 1);
        m_worker.reset();
    }
}

TEST_P(EngineWorkerBothWays, PausedJobCanBeCancelled) {
    std::jthread canceller([&] {
        const Event paused =
            m_sink.waitFor([](const Event& e) { return std::holds_alternative<Paused>(e); });
        EXPECT_TRUE(m_worker->cancel(stamp(paused).job));
    });
    EngineWorker& worker = start(
        [&](const JobSpec& spec, std::string_view, int, JobControl&) { m_worker->pause(spec.id); });
    const JobId id = worker.submit(requestWith("x")).value();
    EXPECT_TRUE(std::holds_alternative<Cancelled>(m_sink.waitForEnd(id)));
}

TEST_P(EngineWorkerBothWays, PausedJobGoesOnToFinishEarly) {
    std::jthread impatient([&] {
        const Event paused =
            m_sink.waitFor([](const Event& e) { return std::holds_alternative<Paused>(e); });
        EXPECT_TRUE(m_worker->finishEarly(stamp(paused).job));
    });
    bool once = false;
    EngineWorker& worker =
        start([&](const JobSpec& spec, std::string_view phase, int, JobControl&) {
            if (phase == "denoise" && !std::exchange(once, true)) {
                m_worker->pause(spec.id);
            }
        });
    const JobId id = worker.submit(requestWith("x", 9)).value();
    EXPECT_TRUE(std::holds_alternative<Finished>(m_sink.waitForEnd(id)));
}

TEST_P(EngineWorkerBothWays, ThrowingEngineFailsTheJobAndTheNextOneRuns) {
    EngineWorker& worker = start([](const JobSpec& spec, std::string_view, int, JobControl&) {
        const std::string& prompt = std::get<pipeline::GenerationRequest>(spec.request).prompt;
        if (prompt == "memory") {
            throw std::bad_alloc();
        }
        CHECK(prompt != "mistake", prompt);
    });
    const JobId mistake = worker.submit(requestWith("mistake")).value();
    const JobId memory = worker.submit(requestWith("memory")).value();
    const JobId good = worker.submit(requestWith("good")).value();
    worker.waitForIdle();
    const base::Error first = std::get<Failed>(m_sink.waitForEnd(mistake)).error;
    EXPECT_EQ(first.code, base::ErrorCode::Internal);
    EXPECT_NE(first.message.find("mistake"), std::string::npos);
    EXPECT_FALSE(first.hint.empty());
    EXPECT_EQ(std::get<Failed>(m_sink.waitForEnd(memory)).error.code, base::ErrorCode::OutOfMemory);
    EXPECT_TRUE(std::holds_alternative<Finished>(m_sink.waitForEnd(good)));
}

TEST_P(EngineWorkerBothWays, JobWithATagReplacesTheWaitingOnes) {
    EngineWorker& worker = start();
    worker.holdQueue();
    const JobId first = worker.submit(requestWith("1"), {"estimate"}).value();
    const JobId other = worker.submit(requestWith("2")).value();
    const JobId second = worker.submit(requestWith("3"), {"estimate"}).value();
    worker.releaseQueue();
    worker.waitForIdle();
    EXPECT_EQ(m_sink.namesOf(first), (Names{"queued", "cancelled"}));
    EXPECT_EQ(m_sink.namesOf(second).back(), "finished");
    EXPECT_EQ(m_sink.namesOf(other).back(), "finished");
    const Event secondStart = m_sink.waitFor([&](const Event& e) {
        return std::holds_alternative<Started>(e) && stamp(e).job == second;
    });
    EXPECT_LT(stamp(secondStart).number, stamp(m_sink.waitForEnd(other)).number)
        << "the new job stands where the replaced one stood";
}

TEST_P(EngineWorkerBothWays, MovedJobRunsFirst) {
    EngineWorker& worker = start();
    worker.holdQueue();
    const JobId first = worker.submit(requestWith("1")).value();
    const JobId second = worker.submit(requestWith("2")).value();
    EXPECT_TRUE(worker.move(second, 0));
    EXPECT_EQ(worker.waiting().front().id, second);
    worker.releaseQueue();
    worker.waitForIdle();
    EXPECT_LT(stamp(m_sink.waitForEnd(second)).number, stamp(m_sink.waitForEnd(first)).number);
}

TEST_P(EngineWorkerBothWays, SinkMaySubmitTheNextJob) {
    JobId next{};
    m_sink.onEvent([&](const Event& event) {
        if (isTerminal(event) && next == JobId{}) {
            next = m_worker->submit(requestWith("next")).value();
        }
    });
    EngineWorker& worker = start();
    ASSERT_TRUE(worker.submit(requestWith("first")));
    worker.waitForIdle();
    EXPECT_EQ(m_sink.namesOf(next).back(), "finished");
}

TEST_P(EngineWorkerBothWays, SubmitAfterShutdownIsRefusedWithASentence) {
    EngineWorker& worker = start();
    worker.shutdown();
    worker.shutdown();
    const base::Result<JobId> refused = worker.submit(requestWith("late"));
    ASSERT_FALSE(refused);
    EXPECT_FALSE(refused.error().message.empty());
    EXPECT_FALSE(refused.error().hint.empty());
    EXPECT_TRUE(m_sink.events().empty());
}

TEST_P(EngineWorkerBothWays, ShutdownStopsTheRunningJobAndCancelsTheWaitingOnes) {
    std::jthread closer([&] {
        m_sink.waitFor([](const Event& e) { return std::holds_alternative<StageEntered>(e); });
        m_worker->shutdown();
    });
    EngineWorker& worker = start(
        [](const JobSpec&, std::string_view, int, JobControl& control) { waitForStop(control); });
    worker.holdQueue();
    const JobId running = worker.submit(requestWith("1")).value();
    const JobId waiting = worker.submit(requestWith("2")).value();
    worker.releaseQueue();
    worker.waitForIdle();
    EXPECT_TRUE(std::holds_alternative<Cancelled>(m_sink.waitForEnd(running)));
    EXPECT_EQ(m_sink.namesOf(waiting), (Names{"queued", "cancelled"}));
}

TEST_P(EngineWorkerBothWays, TimeLeftIsWorkedOutFromTheStepsOfTheStage) {
    EngineWorker& worker = start();
    const JobId id = worker.submit(requestWith("x", 4)).value();
    worker.waitForIdle();
    int seen = 0;
    for (const Event& event : m_sink.events()) {
        if (const auto* step = std::get_if<StepDone>(&event)) {
            ++seen;
            EXPECT_EQ(step->of, 4);
            ASSERT_TRUE(step->etaSeconds);
            EXPECT_GE(*step->etaSeconds, 0.0);
            if (step->step == step->of) {
                EXPECT_EQ(*step->etaSeconds, 0.0);
            }
        }
    }
    EXPECT_EQ(seen, 20);
    EXPECT_EQ(m_sink.namesOf(id).back(), "finished");
}

// Writes down what the worker reports to its journal.
class RecordingLog final : public TransitionLog {
public:
    void queued(const JobSpec& spec) override { add("queued", spec.id); }

    void reordered(std::span<const JobId> order) override { add("reordered", order.front()); }

    void changed(JobId job, JobState state, std::string_view message) override {
        add(std::to_string(static_cast<int>(state)) + std::string(message.empty() ? "" : "!"), job);
    }

    Names lines() const {
        const std::scoped_lock lock(m_mutex);
        return m_lines;
    }

private:
    void add(const std::string& what, JobId id) {
        const std::scoped_lock lock(m_mutex);
        m_lines.push_back(what + " " + std::to_string(value(id)));
    }

    mutable std::mutex m_mutex;
    Names m_lines;
};

TEST(EngineWorker, EveryTransitionIsWrittenDownInOrder) {
    RecordingSink sink;
    RecordingLog log;
    EngineWorker worker(
        std::make_unique<FakeEngine>([](const JobSpec& spec, std::string_view, int, JobControl&) {
            if (spec.id == JobId{2}) {
                throw std::runtime_error("broken");
            }
        }),
        sink,
        &log,
        Place::InsideSubmit);
    worker.holdQueue();
    ASSERT_TRUE(worker.submit(requestWith("1")));
    ASSERT_TRUE(worker.submit(requestWith("2")));
    ASSERT_TRUE(worker.submit(requestWith("3")));
    worker.move(JobId{2}, 0);
    worker.cancel(JobId{3});
    worker.releaseQueue();
    EXPECT_EQ(log.lines(),
              (Names{"queued 1",
                     "queued 2",
                     "queued 3",
                     "reordered 2",
                     "5 3",
                     "1 2",
                     "4! 2",
                     "1 1",
                     "3 1"}));
}

TEST(EngineWorker, WaitingJobsStayInTheJournalAtShutdown) {
    RecordingSink sink;
    RecordingLog log;
    EngineWorker worker(std::make_unique<FakeEngine>(), sink, &log);
    worker.holdQueue();
    const JobId id = worker.submit(requestWith("1")).value();
    worker.shutdown();
    EXPECT_EQ(log.lines(), (Names{"queued 1"}));
    EXPECT_EQ(sink.namesOf(id), (Names{"queued", "cancelled"}));
}

}  // namespace
}  // namespace tessera::jobs
