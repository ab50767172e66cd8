// The disk worker with real files: thumbnails, clips, recipes, files that are none, and what is
// dropped.

#include "ui/bridge/disk_worker.h"

#include "core/base/file.h"
#include "core/jobs/recipe.h"
#include "core/media/clip_writer.h"
#include "tests/support/temporary_folder.h"
#include "ui/bridge/text.h"

#include <QSignalSpy>
#include <QTest>

#include <atomic>
#include <memory>
#include <semaphore>
#include <thread>

namespace base = tessera::base;
namespace jobs = tessera::jobs;
namespace media = tessera::media;
namespace tests = tessera::tests;
namespace ui = tessera::ui;
using tessera::ui::DiskWorker;
using tessera::ui::toQt;

namespace {

constexpr int kWaitMs = 20'000;

// Frame i has the grey level 10 * i.
base::FrameSequence greys(int frames) {
    base::FrameSequence clip = base::FrameSequence::black(64, 32, frames, 8.0);
    for (int i = 0; i < frames; ++i) {
        std::ranges::fill(clip.frame(i), static_cast<std::uint8_t>(10 * i));
    }
    return clip;
}

}  // namespace

class DiskWorkerTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void thumbnailHasAtMostSixteenFramesOfTheWidthAsked();
    void thumbnailOfAFileThatIsNoneIsEmpty();
    void aThumbnailThatWaitsIsNotQueuedTwice();
    void clipComesWhole();
    void clipThatIsNotThereSaysWhy();
    void newestClipReplacesTheWaitingOne();
    void recipeComesFromClipAndFile();
    void recipeOfAClipWithoutOneSaysWhy();
    void aClipGoesBeforeThumbnails();
    void runCallsBackUnlessTheContextIsGone();
    void deletionDropsWhatWaits();

private:
    // Holds the disk thread until opened.
    void block() {
        m_worker->run(nullptr, [gate = m_gate] { gate->acquire(); }, {});
    }

    void unblock() { m_gate->release(); }

    std::filesystem::path write(const std::string& name, int frames, bool withRecipe = false) {
        media::ClipMetadata metadata;
        if (withRecipe) {
            jobs::Recipe recipe;
            recipe.asked.prompt = "a red ball";
            metadata.recipeJson = jobs::recipeText(recipe);
        }
        return media::writeClip(*m_folder / name, greys(frames), metadata).value().path();
    }

    std::unique_ptr<tests::TemporaryFolder> m_folder;
    std::unique_ptr<DiskWorker> m_worker;
    std::shared_ptr<std::binary_semaphore> m_gate;
};

void DiskWorkerTest::init() {
    m_folder = std::make_unique<tests::TemporaryFolder>();
    m_worker = std::make_unique<DiskWorker>();
    m_gate = std::make_shared<std::binary_semaphore>(0);
}

void DiskWorkerTest::cleanup() {
    m_worker.reset();
    m_folder.reset();
}

void DiskWorkerTest::thumbnailHasAtMostSixteenFramesOfTheWidthAsked() {
    QSignalSpy ready(m_worker.get(), &DiskWorker::thumbnailReady);
    const std::filesystem::path clip = write("c.gif", 25);
    m_worker->askThumbnail(clip, 32);
    QVERIFY(ready.wait(kWaitMs));
    QCOMPARE(ready[0][0].toString(), toQt(clip));
    const auto frames = ready[0][1].value<QVector<QImage>>();
    QCOMPARE(frames.size(), 16);
    QCOMPARE(frames[0].size(), QSize(32, 16));
    // Evenly spaced, from the first frame on.
    QVERIFY(qGray(frames[0].pixel(5, 5)) < 5);
    QVERIFY(qAbs(qGray(frames[8].pixel(5, 5)) - 120) < 12);
    QVERIFY(qAbs(qGray(frames[15].pixel(5, 5)) - 230) < 12);
}

void DiskWorkerTest::thumbnailOfAFileThatIsNoneIsEmpty() {
    QSignalSpy ready(m_worker.get(), &DiskWorker::thumbnailReady);
    m_worker->askThumbnail(*m_folder / "none.mp4", 32);
    QVERIFY(ready.wait(kWaitMs));
    QVERIFY(ready[0][1].value<QVector<QImage>>().isEmpty());
}

void DiskWorkerTest::aThumbnailThatWaitsIsNotQueuedTwice() {
    QSignalSpy ready(m_worker.get(), &DiskWorker::thumbnailReady);
    const std::filesystem::path clip = write("c.gif", 3);
    block();
    for (int i = 0; i < 5; ++i) {
        m_worker->askThumbnail(clip, 32);
    }
    m_worker->askThumbnail(*m_folder / "gone.gif", 32);
    m_worker->dropThumbnails();
    m_worker->askThumbnail(clip, 32);
    m_worker->askThumbnail(clip, 32);
    unblock();
    QVERIFY(ready.wait(kWaitMs));
    bool isDone = false;
    m_worker->run(
        this, [] {}, [&] { isDone = true; });
    QTRY_VERIFY_WITH_TIMEOUT(isDone, kWaitMs);
    QCOMPARE(ready.count(), 1);
}

void DiskWorkerTest::clipComesWhole() {
    base::SharedFrames frames;
    connect(m_worker.get(),
            &DiskWorker::clipReady,
            this,
            [&](const QString&, const base::SharedFrames& read) { frames = read; });
    m_worker->askClip(write("c.npy", 5));
    QTRY_VERIFY_WITH_TIMEOUT(frames != nullptr, kWaitMs);
    QCOMPARE(frames->frames, 5);
    QVERIFY(frames->rgb == greys(5).rgb);
}

void DiskWorkerTest::clipThatIsNotThereSaysWhy() {
    QSignalSpy failed(m_worker.get(), &DiskWorker::clipFailed);
    m_worker->askClip(*m_folder / "none.mp4");
    QVERIFY(failed.wait(kWaitMs));
    const auto error = failed[0][1].value<base::Error>();
    QCOMPARE(error.code, base::ErrorCode::NotFound);
    QVERIFY(!error.hint.empty());
}

void DiskWorkerTest::newestClipReplacesTheWaitingOne() {
    QStringList clips;
    connect(
        m_worker.get(), &DiskWorker::clipReady, this, [&](const QString& clip) { clips += clip; });
    const std::filesystem::path first = write("first.npy", 2);
    const std::filesystem::path second = write("second.npy", 2);
    block();
    m_worker->askClip(first);
    m_worker->askClip(first);
    m_worker->askClip(second);
    unblock();
    QTRY_COMPARE_WITH_TIMEOUT(clips, QStringList{toQt(second)}, kWaitMs);
}

void DiskWorkerTest::recipeComesFromClipAndFile() {
    std::vector<std::string> prompts;
    connect(m_worker.get(),
            &DiskWorker::recipeReady,
            this,
            [&](const QString&, const jobs::Recipe& recipe) {
                prompts.push_back(recipe.asked.prompt);
            });
    jobs::Recipe recipe;
    recipe.asked.prompt = "two boats";
    const std::filesystem::path file = *m_folder / "two.recipe.json";
    QVERIFY(base::writeFileAtomically(file, jobs::recipeText(recipe)).has_value());
    m_worker->askRecipe(write("c.mp4", 3, true));
    m_worker->askRecipe(file);
    const std::vector<std::string> expected{"a red ball", "two boats"};
    QTRY_COMPARE_WITH_TIMEOUT(prompts, expected, kWaitMs);
}

void DiskWorkerTest::recipeOfAClipWithoutOneSaysWhy() {
    QSignalSpy failed(m_worker.get(), &DiskWorker::recipeFailed);
    m_worker->askRecipe(write("c.mp4", 3));
    QVERIFY(failed.wait(kWaitMs));
    QCOMPARE(failed[0][1].value<base::Error>().code, base::ErrorCode::BadFile);
}

void DiskWorkerTest::aClipGoesBeforeThumbnails() {
    QStringList order;
    connect(m_worker.get(), &DiskWorker::thumbnailReady, this, [&] {
        order += QStringLiteral("thumbnail");
    });
    connect(m_worker.get(), &DiskWorker::clipReady, this, [&] { order += QStringLiteral("clip"); });
    const std::filesystem::path one = write("one.npy", 2);
    const std::filesystem::path two = write("two.npy", 2);
    block();
    m_worker->askThumbnail(one, 16);
    m_worker->askThumbnail(two, 16);
    m_worker->askClip(two);
    unblock();
    QTRY_COMPARE_WITH_TIMEOUT(order.size(), 3, kWaitMs);
    QCOMPARE(order.constFirst(), QStringLiteral("clip"));
}

void DiskWorkerTest::runCallsBackUnlessTheContextIsGone() {
    const auto main = std::this_thread::get_id();
    std::thread::id worked;
    std::thread::id done;
    bool isGoneCalled = false;
    auto gone = std::make_unique<QObject>();
    block();
    m_worker->run(
        gone.get(), [] {}, [&] { isGoneCalled = true; });
    m_worker->run(
        this,
        [&] { worked = std::this_thread::get_id(); },
        [&] { done = std::this_thread::get_id(); });
    gone.reset();
    unblock();
    QTRY_COMPARE_WITH_TIMEOUT(done, main, kWaitMs);
    QVERIFY(worked != main);
    QVERIFY(!isGoneCalled);
}

void DiskWorkerTest::deletionDropsWhatWaits() {
    std::atomic<int> worked{0};
    bool isDone = false;
    block();
    for (int i = 0; i < 100; ++i) {
        m_worker->run(
            nullptr, [&worked] { ++worked; }, [&isDone] { isDone = true; });
    }
    std::jthread opener([this, gate = m_gate] { gate->release(); });
    m_worker.reset();
    QCoreApplication::processEvents();
    QVERIFY(worked.load() <= 100);
    QVERIFY(!isDone);
}

QTEST_GUILESS_MAIN(DiskWorkerTest)
#include "disk_worker_test.moc"
