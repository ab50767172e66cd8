// The queue's model against the real client on an engine that only pretends, under Qt's own model
// tester: order of the rows, moves by drag and drop, replacing, progress, times, summary.

#include "ui/models/queue_model.h"

#include "tests/ui/fake_doors.h"
#include "ui/bridge/engine_client.h"
#include "ui/models/job_progress.h"
#include "ui/numbers.h"

#include <QAbstractItemModelTester>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>

#include <memory>

namespace jobs = tessera::jobs;
namespace pipeline = tessera::pipeline;
namespace test = tessera::test;
namespace ui = tessera::ui;
using tessera::jobs::JobId;
using tessera::test::Gate;
using tessera::test::requestWith;
using tessera::ui::EngineClient;
using tessera::ui::JobState;
using tessera::ui::QueueModel;

namespace {

constexpr int kWaitMs = 20'000;

// A client whose jobs with the prompt "held" stop at their first denoising step, and its model.
struct Desk {
    Gate gate;
    EngineClient client{test::fakeLoad([this](const jobs::JobSpec& spec,
                                              std::string_view phase,
                                              int step,
                                              jobs::JobControl& control) {
                            const auto& request =
                                std::get<pipeline::GenerationRequest>(spec.request);
                            if (request.prompt == "held" && phase == "denoise" && step == 2) {
                                gate.pass(control.stopToken());
                            }
                            if (request.prompt == "bad") {
                                throw std::runtime_error("a bad job");
                            }
                        }),
                        nullptr};
    QueueModel model{client};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::QtTest};

    JobId add(const std::string& prompt, int steps = 4) {
        return client.submit(requestWith(prompt, steps)).value();
    }

    QStringList prompts() const {
        QStringList list;
        for (int row = 0; row < model.rowCount(); ++row) {
            list += QString::fromStdString(model.row(row).request.prompt);
        }
        return list;
    }

    QString cell(int row, int column) const { return model.index(row, column).data().toString(); }
};

QStringList words(const char* text) {
    return QString::fromLatin1(text).split(QLatin1Char(' '));
}

}  // namespace

class QueueModelTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsFollowTheJobs();
    void endedRowsAreNewestFirstAndLimited();
    void moveReordersTheRows();
    void dragAndDropMovesWaitingRows();
    void replacedJobStaysOneRow();
    void progressAndTimeAreOfTheWholeJob();
    void statesAreShownInWords();
    void failedJobShowsWhy();
    void summarySaysWhatIsToDo();
    void removeEndedKeepsTheRest();
    void aStormOfJobsKeepsTheModelWhole();
    void sharesAddUp();
};

void QueueModelTest::rowsFollowTheJobs() {
    Desk desk;
    desk.add("held");
    desk.add("b");
    desk.add("c");
    desk.gate.waitForArrivals();
    QTRY_COMPARE_WITH_TIMEOUT(desk.prompts(), words("held b c"), kWaitMs);
    QTRY_VERIFY_WITH_TIMEOUT(desk.model.running() != nullptr, kWaitMs);
    QCOMPARE(desk.model.waitingCount(), 2);
    QCOMPARE(desk.model.row(1).state, JobState::Waiting);
    desk.gate.open();
    QTRY_VERIFY_WITH_TIMEOUT(desk.client.isIdle(), kWaitMs);
    QCOMPARE(desk.prompts(), words("c b held"));
    QVERIFY(desk.model.running() == nullptr);
    const ui::QueueRow& last = desk.model.row(0);
    QCOMPARE(last.state, JobState::Done);
    QVERIFY(last.result.has_value() && last.ended.isValid());
    QVERIFY(last.result->frames == nullptr);
}

void QueueModelTest::endedRowsAreNewestFirstAndLimited() {
    Desk desk;
    JobId newest{};
    for (int i = 0; i < QueueModel::kKeptEnded + 10; ++i) {
        newest = desk.add("quick", 1);
    }
    QTRY_VERIFY_WITH_TIMEOUT(desk.client.isIdle(), kWaitMs);
    QCOMPARE(desk.model.rowCount(), QueueModel::kKeptEnded);
    QCOMPARE(desk.model.row(0).id, newest);
}

void QueueModelTest::moveReordersTheRows() {
    Desk desk;
    desk.client.holdQueue(true);
    desk.add("a");
    desk.add("b");
    const JobId third = desk.add("c");
    QVERIFY(desk.client.move(third, 0));  // before the rows are there
    QTRY_COMPARE_WITH_TIMEOUT(desk.prompts(), words("c a b"), kWaitMs);
    QVERIFY(desk.client.move(third, 9));
    QCOMPARE(desk.prompts(), words("a b c"));
}

void QueueModelTest::dragAndDropMovesWaitingRows() {
    Desk desk;
    desk.add("held");
    for (const char* prompt : {"a", "b", "c", "d"}) {
        desk.add(prompt);
    }
    desk.gate.waitForArrivals();
    QTRY_VERIFY_WITH_TIMEOUT(desk.model.running() != nullptr && desk.model.rowCount() == 5,
                             kWaitMs);
    const auto drag = [&](std::vector<int> rows, int before) {
        QModelIndexList indexes;
        for (const int row : rows) {
            indexes += desk.model.index(row, 0);
            indexes += desk.model.index(row, 1);
        }
        const std::unique_ptr<QMimeData> data(desk.model.mimeData(indexes));
        return data != nullptr &&
               desk.model.dropMimeData(data.get(), Qt::MoveAction, before, 0, {});
    };
    QVERIFY(drag({4}, 2));
    QCOMPARE(desk.prompts(), words("held a d b c"));
    QVERIFY(drag({1, 3}, 5));
    QCOMPARE(desk.prompts(), words("held d c a b"));
    QVERIFY(drag({2}, 0));  // above the running one is next in line
    QCOMPARE(desk.prompts(), words("held c d a b"));
    QVERIFY(drag({2}, -1));
    QCOMPARE(desk.prompts(), words("held c a b d"));
    QVERIFY(!drag({0}, 3));
    QVERIFY(!(desk.model.flags(desk.model.index(0, 1)) & Qt::ItemIsDragEnabled));
    QVERIFY(desk.model.flags(desk.model.index(1, 1)) & Qt::ItemIsDragEnabled);
    const std::vector<jobs::JobSpec> line = desk.client.waiting();
    for (std::size_t i = 0; i < line.size(); ++i) {
        QCOMPARE(line[i].id, desk.model.row(static_cast<int>(i) + 1).id);
    }
    QMimeData strange;
    strange.setData(desk.model.mimeTypes().constFirst(), QByteArray("\x01\x02\x03", 3));
    QVERIFY(!desk.model.dropMimeData(&strange, Qt::MoveAction, 1, 0, {}));
    desk.client.cancelAllBut(JobId{});
}

void QueueModelTest::replacedJobStaysOneRow() {
    Desk desk;
    desk.client.holdQueue(true);
    desk.add("a");
    const JobId second = desk.add("b");
    desk.add("c");
    QVERIFY(desk.client.replace(second, requestWith("edited")));
    const JobId edited = desk.client.waiting()[1].id;
    desk.model.setEstimate(edited, 12.0);
    QTRY_COMPARE_WITH_TIMEOUT(desk.prompts(), words("a edited c"), kWaitMs);
    QVERIFY(desk.model.find(second) == nullptr);
    QCOMPARE(desk.model.find(edited)->estimateSeconds, 12.0);
    QCOMPARE(desk.model.row(1).state, JobState::Waiting);
}

void QueueModelTest::progressAndTimeAreOfTheWholeJob() {
    Desk desk;
    const JobId id = desk.add("held", 4);
    desk.model.setEstimate(id, 100.0, {2.0, 3.0, 80.0, 10.0, 5.0});
    desk.gate.waitForArrivals();
    QTRY_VERIFY_WITH_TIMEOUT(desk.model.running() != nullptr && desk.model.running()->step == 1,
                             kWaitMs);
    const ui::QueueRow row = *desk.model.running();
    QCOMPARE(row.phase, QStringLiteral("denoise"));
    const double share = desk.model.index(0, 0).data(QueueModel::ProgressRole).toDouble();
    QVERIFY(share >= 0.05 && share < 1.0);
    QVERIFY(row.secondsLeft.has_value() && *row.secondsLeft >= 15.0);
    desk.gate.open();
    QTRY_VERIFY_WITH_TIMEOUT(desk.client.isIdle(), kWaitMs);
    QCOMPARE(desk.model.index(0, 0).data(QueueModel::ProgressRole).toDouble(), -1.0);
}

void QueueModelTest::statesAreShownInWords() {
    Desk desk;
    const JobId id = desk.add("held");
    desk.add("b");
    desk.gate.waitForArrivals();
    QTRY_VERIFY_WITH_TIMEOUT(desk.model.running() != nullptr && desk.model.rowCount() == 2,
                             kWaitMs);
    QCOMPARE(desk.cell(1, QueueModel::State), QStringLiteral("Waiting"));
    QCOMPARE(desk.cell(1, QueueModel::Size), QStringLiteral("default"));
    QCOMPARE(desk.cell(1, QueueModel::Estimate), QStringLiteral("–"));
    QCOMPARE(desk.cell(1, QueueModel::Stage), QStringLiteral("Base"));
    pipeline::GenerationRequest full = requestWith("full");
    full.seed = 18446744073709551615u;
    full.width = 288;
    full.height = 192;
    full.videoFrames = 29;
    QVERIFY(desk.client.replace(desk.model.row(1).id, full));
    QTRY_COMPARE_WITH_TIMEOUT(
        desk.cell(1, QueueModel::Seed), QStringLiteral("18446744073709551615"), kWaitMs);
    QCOMPARE(desk.cell(1, QueueModel::Size), ui::compactSize(288, 192, 29));
    desk.client.cancel(id);
    QCOMPARE(desk.model.row(0).state, JobState::Stopping);
    QCOMPARE(desk.cell(0, QueueModel::State), QStringLiteral("Stopping…"));
    QTRY_VERIFY_WITH_TIMEOUT(desk.client.isIdle(), kWaitMs);
    QCOMPARE(desk.model.find(id)->state, JobState::Cancelled);
    for (int column = 0; column < QueueModel::ColumnCount; ++column) {
        QVERIFY(desk.model.headerData(column, Qt::Horizontal, Qt::DisplayRole).isValid());
        QVERIFY(!desk.model.index(0, column).data(Qt::AccessibleTextRole).toString().isEmpty());
    }
}

void QueueModelTest::failedJobShowsWhy() {
    Desk desk;
    desk.add("bad");
    desk.add("good");
    QTRY_VERIFY_WITH_TIMEOUT(desk.client.isIdle(), kWaitMs);
    QCOMPARE(desk.prompts(), words("good bad"));
    QCOMPARE(desk.model.row(1).state, JobState::Failed);
    const QString tip = desk.model.index(1, QueueModel::State).data(Qt::ToolTipRole).toString();
    QVERIFY(tip.contains(QStringLiteral("a bad job")) && tip.contains(QLatin1Char('\n')));
}

void QueueModelTest::summarySaysWhatIsToDo() {
    Desk desk;
    QSignalSpy changed(&desk.model, &QueueModel::summaryChanged);
    QCOMPARE(desk.model.summary(), QStringLiteral("empty"));
    desk.client.holdQueue(true);
    const JobId first = desk.add("a");
    const JobId second = desk.add("b");
    QTRY_COMPARE_WITH_TIMEOUT(desk.model.rowCount(), 2, kWaitMs);
    QCOMPARE(desk.model.summary(), QStringLiteral("2 waiting, queue paused"));
    desk.model.setEstimate(first, 17.1);
    QVERIFY(!desk.model.secondsUntilEmpty());
    desk.model.setEstimate(second, 29.9);
    QCOMPARE(desk.model.secondsUntilEmpty(), std::optional(47.0));
    desk.client.holdQueue(false);
    QTRY_VERIFY_WITH_TIMEOUT(desk.client.isIdle(), kWaitMs);
    QCOMPARE(desk.model.summary(), QStringLiteral("empty, last 2 jobs"));
    QVERIFY(changed.count() >= 4);
}

void QueueModelTest::removeEndedKeepsTheRest() {
    Desk desk;
    desk.add("a");
    desk.add("b");
    QTRY_VERIFY_WITH_TIMEOUT(desk.client.isIdle(), kWaitMs);
    desk.client.holdQueue(true);
    desk.add("waits");
    QTRY_COMPARE_WITH_TIMEOUT(desk.model.rowCount(), 3, kWaitMs);
    desk.model.removeEnded();
    QCOMPARE(desk.prompts(), words("waits"));
    desk.model.removeEnded();
    QCOMPARE(desk.model.rowCount(), 1);
}

void QueueModelTest::aStormOfJobsKeepsTheModelWhole() {
    Desk desk;
    std::vector<JobId> ids;
    for (int i = 0; i < 300; ++i) {
        ids.push_back(desk.add("job", 1 + i % 2));
        const JobId old = ids[static_cast<std::size_t>(i * 7) % ids.size()];
        if (i % 3 == 0) {
            desk.client.move(old, static_cast<std::size_t>(i % 5));
        } else if (i % 5 == 0) {
            desk.client.replace(old, requestWith("edited", 1));
        } else if (i % 7 == 0) {
            desk.client.cancel(old);
        }
        QCoreApplication::processEvents();
    }
    QTRY_VERIFY_WITH_TIMEOUT(desk.client.isIdle(), kWaitMs);
    for (int row = 0; row < desk.model.rowCount(); ++row) {
        const JobState state = desk.model.row(row).state;
        QVERIFY(state == JobState::Done || state == JobState::Cancelled);
    }
}

void QueueModelTest::sharesAddUp() {
    const auto at = [](const char* phase, int step, int of, std::optional<double> eta = {}) {
        return ui::PhasePoint{QString::fromLatin1(phase), step, of, eta};
    };
    const ui::PhaseSeconds measured{1.0, 1.0, 14.0, 3.0, 1.0};
    for (const ui::PhaseSeconds& expected : {ui::PhaseSeconds{}, measured}) {
        QCOMPARE(ui::shareOfJob(at("load", 0, 10), expected), 0.0);
        QCOMPARE(ui::shareOfJob(at("denoise", 0, 10), expected),
                 ui::shareOfJob(at("encode", 10, 10), expected));
        QCOMPARE(ui::shareOfJob(at("write", 10, 10), expected), 1.0);
        QCOMPARE(ui::shareOfJob(at("train", 5, 10), expected), 0.5);
        QCOMPARE(ui::shareOfJob({}, expected), -1.0);
        QCOMPARE(ui::shareOfJob(at("train", 5, 0), expected), -1.0);
    }
    QCOMPARE(ui::shareOfJob(at("denoise", 5, 10), measured), 9.0 / 20.0);
    // What is left of this phase, by its pace when that is known, and the phases to come.
    QCOMPARE(ui::secondsLeft(at("denoise", 5, 10, 4.0), measured), std::optional(8.0));
    QCOMPARE(ui::secondsLeft(at("denoise", 5, 10), measured), std::optional(11.0));
    QCOMPARE(ui::secondsLeft(at("denoise", 5, 10, 4.0), {}), std::optional(4.0));
    QCOMPARE(ui::secondsLeft(at("train", 5, 10, 4.0), {}), std::optional(4.0));
    QVERIFY(!ui::secondsLeft(at("denoise", 5, 10), {}));
    QCOMPARE(ui::corrected(at("denoise", 5, 10, 4.0), measured),
             (ui::PhaseSeconds{1.0, 1.0, 8.0, 3.0, 1.0}));
    QCOMPARE(ui::corrected(at("train", 5, 10, 4.0), measured), measured);
    // An estimate whose phases nobody has measured is not forgotten when the first one begins.
    const ui::PhaseSeconds denoiseAlone{0.0, 0.0, 20.0, 0.0, 0.0};
    QCOMPARE(ui::secondsLeft(at("load", 0, 0), denoiseAlone), std::optional(20.0));
    QCOMPARE(ui::secondsLeft(at("denoise", 5, 10, 4.0), denoiseAlone), std::optional(4.0));
    QVERIFY(!ui::secondsLeft(at("decode", 0, 0), denoiseAlone));
}

QTEST_MAIN(QueueModelTest)
#include "queue_model_test.moc"
