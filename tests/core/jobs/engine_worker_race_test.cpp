// Many threads at one worker; run under the thread sanitizer as well.

#include "core/jobs/engine_worker.h"
#include "tests/support/fake_engine.h"

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include <gtest/gtest.h>

namespace tessera::jobs {
namespace {

using test::FakeEngine;
using test::RecordingSink;
using test::requestWith;

// Exactly one terminal event for each job, after all its others; numbers without gaps.
void expectWhole(const std::vector<Event>& events, std::size_t jobs) {
    std::map<std::uint64_t, int> terminals;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::uint64_t id = value(stamp(events[i]).job);
        EXPECT_EQ(stamp(events[i]).number, i + 1);
        EXPECT_EQ(terminals[id], 0) << "job " << id << " goes on after its end";
        terminals[id] += isTerminal(events[i]) ? 1 : 0;
    }
    EXPECT_EQ(terminals.size(), jobs);
    for (const auto& [id, count] : terminals) {
        EXPECT_EQ(count, 1) << "job " << id;
    }
}

TEST(EngineWorkerRace, ThousandQuickJobsWithRandomCancelsEachEndOnce) {
    RecordingSink sink;
    constexpr int kThreads = 4;
    constexpr int kJobsEach = 250;
    {
        EngineWorker worker(std::make_unique<FakeEngine>(), sink);
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < kThreads; ++t) {
                threads.emplace_back([&worker, t] {
                    std::mt19937 random(static_cast<unsigned>(t));
                    std::vector<JobId> mine;
                    for (int i = 0; i < kJobsEach; ++i) {
                        mine.push_back(worker.submit(requestWith("x", 2)).value());
                        const JobId victim = mine[random() % mine.size()];
                        switch (random() % 4) {
                            case 0:
                                worker.cancel(victim);
                                break;
                            case 1:
                                worker.move(victim, random() % 4);
                                break;
                            case 2:
                                worker.finishEarly(victim);
                                break;
                            default:
                                worker.pause(victim);
                                worker.resume(victim);
                                break;
                        }
                    }
                });
            }
        }
        // A job may have been paused by one thread after its own resumed it.
        std::jthread waker([&](std::stop_token stop) {
            while (!stop.stop_requested()) {
                if (const std::optional<JobId> id = worker.running()) {
                    worker.resume(*id);
                }
                std::this_thread::yield();
            }
        });
        worker.waitForIdle();
    }
    expectWhole(sink.events(), kThreads * kJobsEach);
}

TEST(EngineWorkerRace, SubmitDuringShutdownEitherRunsToAnEndOrIsRefused) {
    for (int round = 0; round < 50; ++round) {
        RecordingSink sink;
        std::atomic<std::size_t> accepted{0};
        {
            EngineWorker worker(std::make_unique<FakeEngine>(), sink);
            std::vector<std::jthread> threads;
            for (int t = 0; t < 3; ++t) {
                threads.emplace_back([&] {
                    while (true) {
                        const base::Result<JobId> id = worker.submit(requestWith("x"));
                        if (!id) {
                            EXPECT_FALSE(id.error().hint.empty());
                            return;
                        }
                        ++accepted;
                    }
                });
            }
            sink.waitFor([](const Event& e) { return std::holds_alternative<Finished>(e); });
            worker.shutdown();
            threads.clear();
        }
        expectWhole(sink.events(), accepted);
    }
}

TEST(EngineWorkerRace, WorkerCanBeDestroyedAtEveryStage) {
    for (const std::string_view stage : test::kPhases) {
        RecordingSink sink;
        auto worker = std::make_unique<EngineWorker>(
            std::make_unique<FakeEngine>(
                [&](const JobSpec&, std::string_view phase, int, JobControl& control) {
                    while (phase == stage && !control.stopToken().stop_requested()) {
                        std::this_thread::yield();
                    }
                }),
            sink);
        const JobId id = worker->submit(requestWith("x")).value();
        sink.waitFor([&](const Event& e) {
            const auto* entered = std::get_if<StageEntered>(&e);
            return entered != nullptr && entered->phase == stage;
        });
        worker.reset();
        EXPECT_EQ(sink.namesOf(id).back(), "cancelled") << stage;
        expectWhole(sink.events(), 1);
    }
}

TEST(EngineWorkerRace, InlineWorkerServesManyThreads) {
    RecordingSink sink;
    {
        EngineWorker worker(
            std::make_unique<FakeEngine>(), sink, nullptr, EngineWorker::Place::InsideSubmit);
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&worker] {
                for (int i = 0; i < 50; ++i) {
                    const JobId id = worker.submit(requestWith("x")).value();
                    worker.cancel(id);
                }
            });
        }
        threads.clear();
        worker.waitForIdle();
    }
    expectWhole(sink.events(), 200);
}

TEST(EngineWorkerRace, PreviewsOfAJobReachTheSinkUnchanged) {
    RecordingSink sink;
    EngineWorker worker(
        std::make_unique<FakeEngine>(
            [](const JobSpec&, std::string_view phase, int step, JobControl& control) {
                if (phase == "denoise") {
                    auto frames = std::make_shared<base::FrameSequence>();
                    frames->width = step;
                    control.preview(std::move(frames));
                }
            }),
        sink);
    ASSERT_TRUE(worker.submit(requestWith("x", 20)));
    worker.waitForIdle();
    int expected = 1;
    for (const Event& event : sink.events()) {
        if (const auto* preview = std::get_if<PreviewReady>(&event)) {
            EXPECT_EQ(preview->frames->width, expected++);
        }
    }
    EXPECT_EQ(expected, 21);
}

}  // namespace
}  // namespace tessera::jobs
