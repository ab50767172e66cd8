// The engine client on an engine that only pretends: order and ends of jobs, newest-wins steps,
// replacing, closing, deletion in the middle of everything, and a library that cannot be loaded.

#include "ui/bridge/engine_client.h"

#include "tests/ui/fake_doors.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <atomic>
#include <map>
#include <random>

namespace base = tessera::base;
namespace engine = tessera::engine;
namespace jobs = tessera::jobs;
namespace pipeline = tessera::pipeline;
namespace test = tessera::test;
namespace ui = tessera::ui;
using tessera::jobs::JobId;
using tessera::test::FakeEngine;
using tessera::test::Gate;
using tessera::test::requestWith;
using tessera::ui::EngineClient;

namespace {

constexpr int kWaitMs = 20'000;

// What the signals of one client said, job by job, in words.
class Diary final : public QObject {
public:
    explicit Diary(EngineClient& client) {
        const auto note = [this](const char* word) {
            return [this, word](JobId id) { lines[id].emplace_back(word); };
        };
        connect(&client, &EngineClient::queued, this, [this](JobId id, std::size_t) {
            lines[id].emplace_back("queued");
        });
        connect(&client, &EngineClient::started, this, note("started"));
        connect(&client, &EngineClient::stageEntered, this, [this](JobId id, const QString& name) {
            lines[id].push_back(name.toStdString());
        });
        connect(&client, &EngineClient::stepDone, this, [this](const jobs::StepDone& step) {
            lines[step.stamp.job].emplace_back("step");
        });
        connect(&client, &EngineClient::paused, this, note("paused"));
        connect(&client, &EngineClient::resumed, this, note("resumed"));
        connect(&client, &EngineClient::stopping, this, note("stopping"));
        connect(&client, &EngineClient::cancelled, this, note("cancelled"));
        connect(&client, &EngineClient::finished, this, [this](JobId id, const jobs::JobResult&) {
            lines[id].emplace_back("finished");
        });
        connect(&client, &EngineClient::failed, this, [this](JobId id, const base::Error&) {
            lines[id].emplace_back("failed");
        });
        connect(&client, &EngineClient::replaced, this, [this](JobId before, JobId after) {
            lines[before].emplace_back("replaced");
            lines[after].emplace_back("in place");
        });
    }

    static bool isEnd(const std::string& word) {
        return word == "finished" || word == "failed" || word == "cancelled" || word == "replaced";
    }

    int ends(JobId id) { return static_cast<int>(std::ranges::count_if(lines[id], isEnd)); }

    std::map<JobId, std::vector<std::string>> lines;
};

JobId submitted(EngineClient& client, const std::string& prompt, int steps = 1) {
    return client.submit(requestWith(prompt, steps)).value();
}

FakeEngine::Hook holdAt(Gate& gate, const std::string& prompt) {
    return [&gate, prompt](const jobs::JobSpec& spec,
                           std::string_view phase,
                           int step,
                           jobs::JobControl& control) {
        const auto& request = std::get<pipeline::GenerationRequest>(spec.request);
        if (request.prompt == prompt && phase == "denoise" && step == 1) {
            gate.pass(control.stopToken());
        }
    };
}

}  // namespace

class EngineClientTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aJobIsToldInOrderFromQueueToEnd();
    void aThousandQuickJobsWithRandomCancelsEndOnceEach();
    void stepsAreNewestWinsAndTheLastComesBeforeTheEnd();
    void previewsAreNewestWins();
    void pauseResumeAndFinishEarlyArrive();
    void cancelOfARunningJobSaysStoppingAtOnce();
    void cancelAllButLeavesOneJob();
    void replacedJobKeepsItsPlaceAndIsNotCancelled();
    void replacingARunningJobIsRefused();
    void heldQueueStartsNothing();
    void moveChangesTheOrder();
    void deletionMidStreamIsSafe();
    void deletionInsideASlotIsSafe();
    void shutdownEndsEveryJobAndTakesNoMore();
    void missingEngineIsToldOnceAndFailsTheJob();
    void loadingThatThrowsIsAnError();
    void theLibraryIsLoadedOnceWhoeverComesFirst();
    void newestEstimateReplacesTheWaitingOnes();
    void questionsAreAnswered();
};

void EngineClientTest::aJobIsToldInOrderFromQueueToEnd() {
    EngineClient client(test::fakeLoad(), nullptr);
    Diary diary(client);
    QSignalSpy idle(&client, &EngineClient::idle);
    const JobId id = submitted(client, "a ball");
    QVERIFY(!client.isIdle());
    QVERIFY(client.requestOf(id) != nullptr);
    QVERIFY(idle.wait(kWaitMs));
    std::vector<std::string> words = diary.lines[id];
    std::erase(words, "step");
    const std::vector<std::string> expected{
        "queued", "started", "load", "load", "encode", "denoise", "decode", "write", "finished"};
    QCOMPARE(words, expected);
    QCOMPARE(diary.lines[id].back(), std::string("finished"));
    QVERIFY(client.isIdle());
    QVERIFY(client.requestOf(id) == nullptr);
    QCOMPARE(idle.count(), 1);
}

void EngineClientTest::aThousandQuickJobsWithRandomCancelsEndOnceEach() {
    EngineClient client(test::fakeLoad(), nullptr);
    Diary diary(client);
    QSignalSpy idle(&client, &EngineClient::idle);
    std::mt19937 random(7);
    std::vector<JobId> ids;
    for (int i = 0; i < 1000; ++i) {
        ids.push_back(submitted(client, "job", 1 + i % 3));
        if (random() % 3 == 0) {
            client.cancel(ids[random() % ids.size()]);
        }
        if (i % 50 == 0) {
            QCoreApplication::processEvents();
        }
    }
    QTRY_VERIFY_WITH_TIMEOUT(client.isIdle(), kWaitMs);
    for (const JobId id : ids) {
        QCOMPARE(diary.ends(id), 1);
        QVERIFY(Diary::isEnd(diary.lines[id].back()));
    }
    QVERIFY(idle.count() >= 1);
}

void EngineClientTest::stepsAreNewestWinsAndTheLastComesBeforeTheEnd() {
    EngineClient client(test::fakeLoad(), nullptr);
    constexpr int kSteps = 20'000;
    int told = 0;
    std::int64_t last = 0;
    std::int64_t lastAtEnd = -1;
    bool isSorted = true;
    connect(&client, &EngineClient::stageEntered, this, [&last] { last = 0; });
    connect(&client, &EngineClient::stepDone, this, [&](const jobs::StepDone& step) {
        ++told;
        isSorted = isSorted && step.step > last;
        last = step.step;
    });
    connect(&client, &EngineClient::finished, this, [&] { lastAtEnd = last; });
    QElapsedTimer clock;
    clock.start();
    submitted(client, "a ball", kSteps);
    QTRY_VERIFY_WITH_TIMEOUT(client.isIdle(), kWaitMs);
    QVERIFY(isSorted);
    QCOMPARE(lastAtEnd, std::int64_t{kSteps});
    // One every 33 ms, and one before each of the five phases' ends.
    QVERIFY2(told <= clock.elapsed() / 33 + 7, qPrintable(QString::number(told)));
}

void EngineClientTest::previewsAreNewestWins() {
    const auto hook = [](const jobs::JobSpec&, std::string_view, int step, jobs::JobControl& job) {
        job.preview(
            std::make_shared<base::FrameSequence>(base::FrameSequence::black(8, 8, step, 8.0)));
    };
    EngineClient client(test::fakeLoad(hook), nullptr);
    int told = 0;
    base::SharedFrames newest;
    connect(
        &client, &EngineClient::previewReady, this, [&](JobId, const base::SharedFrames& frames) {
            ++told;
            newest = frames;
        });
    QElapsedTimer clock;
    clock.start();
    submitted(client, "a ball", 200);
    QTRY_VERIFY_WITH_TIMEOUT(client.isIdle(), kWaitMs);
    QCOMPARE(newest->frames, 200);
    QVERIFY(told <= clock.elapsed() / 33 + 7);
}

void EngineClientTest::pauseResumeAndFinishEarlyArrive() {
    Gate gate;
    EngineClient client(test::fakeLoad(holdAt(gate, "held")), nullptr);
    Diary diary(client);
    QSignalSpy paused(&client, &EngineClient::paused);
    QSignalSpy resumed(&client, &EngineClient::resumed);
    const JobId id = submitted(client, "held", 5);
    gate.waitForArrivals();
    QVERIFY(client.pause(id));
    gate.open();
    QVERIFY(paused.wait(kWaitMs));
    QCOMPARE(client.running(), std::optional(id));
    QVERIFY(client.resume(id));
    QVERIFY(resumed.wait(kWaitMs));
    client.finishEarly(id);
    QTRY_VERIFY_WITH_TIMEOUT(client.isIdle(), kWaitMs);
    QCOMPARE(diary.lines[id].back(), std::string("finished"));
}

void EngineClientTest::cancelOfARunningJobSaysStoppingAtOnce() {
    Gate gate;
    EngineClient client(test::fakeLoad(holdAt(gate, "held")), nullptr);
    Diary diary(client);
    const JobId id = submitted(client, "held");
    gate.waitForArrivals();
    QVERIFY(client.cancel(id));
    QCOMPARE(diary.lines[id].back(), std::string("stopping"));
    QTRY_VERIFY_WITH_TIMEOUT(client.isIdle(), kWaitMs);
    QCOMPARE(diary.lines[id].back(), std::string("cancelled"));
    QVERIFY(!client.cancel(id));
}

void EngineClientTest::cancelAllButLeavesOneJob() {
    Gate gate;
    EngineClient client(test::fakeLoad(holdAt(gate, "held")), nullptr);
    Diary diary(client);
    const JobId running = submitted(client, "held");
    std::vector<JobId> ids;
    for (int i = 0; i < 4; ++i) {
        ids.push_back(submitted(client, "waits"));
    }
    gate.waitForArrivals();
    client.cancelAllBut(ids[2]);
    QTRY_VERIFY_WITH_TIMEOUT(client.isIdle(), kWaitMs);
    QCOMPARE(diary.lines[running].back(), std::string("cancelled"));
    for (const JobId id : ids) {
        QCOMPARE(diary.lines[id].back(), std::string(id == ids[2] ? "finished" : "cancelled"));
    }
}

void EngineClientTest::replacedJobKeepsItsPlaceAndIsNotCancelled() {
    Gate gate;
    EngineClient client(test::fakeLoad(holdAt(gate, "held")), nullptr);
    Diary diary(client);
    submitted(client, "held");
    const JobId first = submitted(client, "first");
    const JobId second = submitted(client, "second");
    gate.waitForArrivals();
    QVERIFY(client.replace(first, requestWith("first, edited")));
    QVERIFY(client.replace(client.waiting()[0].id, requestWith("first, edited twice")));
    const std::vector<jobs::JobSpec> line = client.waiting();
    QCOMPARE(line.size(), std::size_t{2});
    QCOMPARE(line[1].id, second);
    const JobId edited = line[0].id;
    QCOMPARE(std::get<pipeline::GenerationRequest>(line[0].request).prompt,
             std::string("first, edited twice"));
    gate.open();
    QTRY_VERIFY_WITH_TIMEOUT(client.isIdle(), kWaitMs);
    const std::vector<std::string> replaced{"queued", "replaced"};
    QCOMPARE(diary.lines[first], replaced);
    QCOMPARE(diary.lines[edited].front(), std::string("in place"));
    QCOMPARE(diary.lines[edited].back(), std::string("finished"));
    QCOMPARE(diary.lines.size(), std::size_t{5});
    for (const auto& [id, words] : diary.lines) {
        QCOMPARE(diary.ends(id), 1);
    }
}

void EngineClientTest::replacingARunningJobIsRefused() {
    Gate gate;
    EngineClient client(test::fakeLoad(holdAt(gate, "held")), nullptr);
    const JobId id = submitted(client, "held");
    gate.waitForArrivals();
    QVERIFY(!client.replace(id, requestWith("another")));
    QVERIFY(client.waiting().empty());
    gate.open();
    QTRY_VERIFY_WITH_TIMEOUT(client.isIdle(), kWaitMs);
}

void EngineClientTest::heldQueueStartsNothing() {
    EngineClient client(test::fakeLoad(), nullptr);
    Diary diary(client);
    QSignalSpy order(&client, &EngineClient::orderChanged);
    QSignalSpy queued(&client, &EngineClient::queued);
    client.holdQueue(true);
    QVERIFY(client.isQueueHeld());
    const JobId id = submitted(client, "waits");
    QVERIFY(client.replace(id, requestWith("edited")));
    QVERIFY(queued.wait(kWaitMs));
    QVERIFY(!client.running());
    QCOMPARE(client.waiting().size(), std::size_t{1});
    client.holdQueue(false);
    QTRY_VERIFY_WITH_TIMEOUT(client.isIdle(), kWaitMs);
    QCOMPARE(order.count(), 2);
}

void EngineClientTest::moveChangesTheOrder() {
    EngineClient client(test::fakeLoad(), nullptr);
    client.holdQueue(true);
    const JobId first = submitted(client, "first");
    const JobId second = submitted(client, "second");
    QVERIFY(client.move(second, 0));
    QCOMPARE(client.waiting()[0].id, second);
    QVERIFY(client.cancel(first));
    QVERIFY(!client.move(first, 0));
}

void EngineClientTest::deletionMidStreamIsSafe() {
    for (int round = 0; round < 20; ++round) {
        auto client = std::make_unique<EngineClient>(test::fakeLoad(), nullptr);
        QSignalSpy steps(client.get(), &EngineClient::stepDone);
        for (int i = 0; i < 5; ++i) {
            submitted(*client, "a ball", 5000);
        }
        client->askEstimate(requestWith("a ball"), 1);
        QTRY_VERIFY_WITH_TIMEOUT(steps.count() > round % 3, kWaitMs);
        client.reset();
        QCoreApplication::processEvents();
    }
}

void EngineClientTest::deletionInsideASlotIsSafe() {
    for (const bool atEnd : {false, true}) {
        auto* client = new EngineClient(test::fakeLoad(), nullptr);
        QPointer<EngineClient> alive = client;
        if (atEnd) {
            connect(client, &EngineClient::finished, this, [client] { delete client; });
        } else {
            connect(client, &EngineClient::stepDone, this, [client] { delete client; });
        }
        submitted(*client, "first", 100);
        submitted(*client, "second", 100);
        QTRY_VERIFY_WITH_TIMEOUT(!alive, kWaitMs);
    }
}

void EngineClientTest::shutdownEndsEveryJobAndTakesNoMore() {
    Gate gate;
    EngineClient client(test::fakeLoad(holdAt(gate, "held")), nullptr);
    Diary diary(client);
    std::vector<base::Result<JobId>> late;
    connect(&client, &EngineClient::cancelled, this, [&] {
        late.push_back(client.submit(requestWith("late")));
    });
    const JobId running = submitted(client, "held");
    const JobId waiting = submitted(client, "waits");
    gate.waitForArrivals();
    client.shutdown();
    QCOMPARE(diary.lines[running].back(), std::string("cancelled"));
    QCOMPARE(diary.lines[waiting].back(), std::string("cancelled"));
    QCOMPARE(late.size(), std::size_t{2});
    for (const auto& id : late) {
        QVERIFY(!id);
        QCOMPARE(id.error().code, base::ErrorCode::Cancelled);
        QVERIFY(!id.error().hint.empty());
    }
    QVERIFY(client.isIdle());
    QVERIFY(client.waiting().empty());
    QVERIFY(!client.cancel(running));
    client.shutdown();
}

void EngineClientTest::missingEngineIsToldOnceAndFailsTheJob() {
    EngineClient client(
        [] {
            return base::Result<ui::EngineDoors>(base::fail(base::ErrorCode::NotFound,
                                                            "The engine's library is not there.",
                                                            "Install the program again."));
        },
        nullptr);
    QSignalSpy missing(&client, &EngineClient::engineMissing);
    QSignalSpy estimates(&client, &EngineClient::estimateReady);
    std::vector<base::Error> errors;
    connect(&client, &EngineClient::failed, this, [&](JobId, const base::Error& error) {
        QCOMPARE(missing.count(), 1);  // the banner stands before the job's end is told
        errors.push_back(error);
    });
    QString remedy;
    connect(&client, &EngineClient::doctorReady, this, [&](const engine::DoctorReport& report) {
        remedy = QString::fromStdString(report.missing.at(0).remedy);
    });
    client.warmUp();
    submitted(client, "one");
    submitted(client, "two");
    client.askEstimate(requestWith("one"), 5);
    client.askDoctor(0.1);
    QTRY_COMPARE_WITH_TIMEOUT(estimates.count(), 1, kWaitMs);
    QTRY_COMPARE_WITH_TIMEOUT(errors.size(), std::size_t{2}, kWaitMs);
    QTRY_COMPARE_WITH_TIMEOUT(remedy, QStringLiteral("Install the program again."), kWaitMs);
    QCOMPARE(errors[0].hint, std::string("Install the program again."));
    QCOMPARE(missing.count(), 1);
    QVERIFY(!client.isEngineReady());
}

void EngineClientTest::loadingThatThrowsIsAnError() {
    EngineClient client(
        []() -> base::Result<ui::EngineDoors> { throw std::runtime_error("no such symbol"); },
        nullptr);
    QSignalSpy missing(&client, &EngineClient::engineMissing);
    client.warmUp();
    QVERIFY(missing.wait(kWaitMs));
    const auto error = missing[0][0].value<base::Error>();
    QVERIFY(QString::fromStdString(error.message).contains(QStringLiteral("no such symbol")));
    QVERIFY(!error.hint.empty());
}

void EngineClientTest::theLibraryIsLoadedOnceWhoeverComesFirst() {
    std::atomic<int> loads{0};
    EngineClient client(
        [&loads] {
            ++loads;
            return base::Result<ui::EngineDoors>(test::fakeDoors());
        },
        nullptr);
    QSignalSpy ready(&client, &EngineClient::engineReady);
    QVERIFY(!client.isEngineReady());
    client.warmUp();
    submitted(client, "a ball");
    client.askModels();
    client.warmUp();
    QTRY_VERIFY_WITH_TIMEOUT(client.isIdle() && ready.count() == 1, kWaitMs);
    QVERIFY(client.isEngineReady());
    QCOMPARE(loads.load(), 1);
}

void EngineClientTest::newestEstimateReplacesTheWaitingOnes() {
    Gate gate;
    EngineClient client(
        [&gate] {
            ui::EngineDoors doors = test::fakeDoors();
            doors.estimate = [&gate,
                              plain = doors.estimate](const pipeline::GenerationRequest& request) {
                gate.pass();
                return plain(request);
            };
            return base::Result<ui::EngineDoors>(doors);
        },
        nullptr);
    std::vector<std::uint64_t> tickets;
    double seconds = 0.0;
    connect(&client,
            &EngineClient::estimateReady,
            this,
            [&](std::uint64_t ticket, const base::Result<engine::GenerationEstimate>& estimate) {
                tickets.push_back(ticket);
                seconds = estimate->seconds;
            });
    client.askEstimate(requestWith("a", 1), 1);
    gate.waitForArrivals();
    for (int i = 2; i <= 50; ++i) {
        client.askEstimate(requestWith("a", i), static_cast<std::uint64_t>(i));
    }
    gate.open();
    const std::vector<std::uint64_t> expected{1, 50};
    QTRY_COMPARE_WITH_TIMEOUT(tickets, expected, kWaitMs);
    QCOMPARE(seconds, 500.0);
}

void EngineClientTest::questionsAreAnswered() {
    EngineClient client(test::fakeLoad(), nullptr);
    QSignalSpy models(&client, &EngineClient::modelsReady);
    QSignalSpy doctor(&client, &EngineClient::doctorReady);
    client.askModels();
    client.askDoctor(0.0);
    QTRY_VERIFY_WITH_TIMEOUT(models.count() == 1 && doctor.count() == 1, kWaitMs);
    QCOMPARE(doctor[0][0].value<engine::DoctorReport>().threads, 2);
}

QTEST_GUILESS_MAIN(EngineClientTest)
#include "engine_client_test.moc"
