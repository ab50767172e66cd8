// The list of clips on a real database and real files.

#include "ui/models/library_model.h"

#include "tests/ui/library_samples.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"

#include <QAbstractItemModelTester>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

namespace base = tessera::base;
namespace jobs = tessera::jobs;
namespace pipeline = tessera::pipeline;
namespace test = tessera::test;
namespace ui = tessera::ui;
using tessera::ui::LibraryModel;

namespace {

constexpr int kWaitMs = 20'000;

struct Shelf {
    Shelf() : model(path() / "library.sqlite", disk) {}

    std::filesystem::path path() const { return ui::pathOf(folder.path()); }

    std::filesystem::path clips() const { return path() / "clips"; }

    void wait() {
        QSignalSpy refreshed(&model, &LibraryModel::refreshed);
        model.refresh();
        QVERIFY(refreshed.wait(kWaitMs));
    }

    // Three clips through the database, as the engine adds them.
    void fill() {
        for (int i = 0; i < 3; ++i) {
            const jobs::LibraryClip clip = test::writeSample(clips(), i);
            pipeline::GenerationResult result;
            result.path = clip.path;
            result.effective = *clip.recipe.effective;
            result.secondsTotal = clip.secondsTotal;
            model.addResult(result, clip.recipe);
        }
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 3, kWaitMs);
    }

    QTemporaryDir folder;
    ui::DiskWorker disk;
    LibraryModel model;
};

}  // namespace

class LibraryModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void resultsAppearWithTheirRecipes();
    void searchChangesRowsInPlace();
    void badSearchKeepsWhatIsShown();
    void ratingShowsAtOnceAndStays();
    void tagsAreCounted();
    void trashAndUndo();
    void thumbnailsArriveOnce();
    void filesAreDraggedOut();
    void scanFindsClipsOfOthers();
    void brokenDatabaseIsSetAside();
    void removedDatabaseIsMadeAnew();
    void deletedWhileWorking();
};

void LibraryModelTest::resultsAppearWithTheirRecipes() {
    Shelf shelf;
    const QAbstractItemModelTester tester(&shelf.model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    shelf.fill();
    QCOMPARE(shelf.model.total(), 3);
    QVERIFY(shelf.model.isLoaded());
    const jobs::LibraryClip& newest = shelf.model.clip(0);
    QVERIFY(newest.bytes > 0);
    QVERIFY(newest.recipe.effective);
    QCOMPARE(shelf.model.data(shelf.model.index(0), Qt::DisplayRole).toString(),
             ui::toQt(newest.recipe.asked.prompt));
    QCOMPARE(shelf.model.facets().stages.size(), 3u);
}

void LibraryModelTest::searchChangesRowsInPlace() {
    Shelf shelf;
    const QAbstractItemModelTester tester(&shelf.model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    shelf.fill();
    QSignalSpy reset(&shelf.model, &QAbstractItemModel::modelReset);
    shelf.model.setQuery({"stage:mlcd"});
    QTRY_COMPARE_WITH_TIMEOUT(shelf.model.rowCount(), 1, kWaitMs);
    QCOMPARE(shelf.model.total(), 3);
    QCOMPARE(shelf.model.clip(0).recipe.asked.seed, 481501u);
    shelf.model.setQuery({"seed:>0"});
    QTRY_COMPARE_WITH_TIMEOUT(shelf.model.rowCount(), 3, kWaitMs);
    QCOMPARE(reset.count(), 0);
    shelf.model.setQuery({"no such words"});
    QTRY_COMPARE_WITH_TIMEOUT(shelf.model.rowCount(), 0, kWaitMs);
}

void LibraryModelTest::badSearchKeepsWhatIsShown() {
    Shelf shelf;
    shelf.fill();
    QSignalSpy refused(&shelf.model, &LibraryModel::queryRefused);
    shelf.model.setQuery({"stage:fast"});
    QVERIFY(refused.wait(kWaitMs));
    QCOMPARE(refused.front().front().value<base::Error>().where, std::string("stage:fast"));
    QCOMPARE(shelf.model.rowCount(), 3);
}

void LibraryModelTest::ratingShowsAtOnceAndStays() {
    Shelf shelf;
    shelf.fill();
    shelf.model.refresh();  // its answer is read before the rating is written
    shelf.model.rate(1, 4);
    QCOMPARE(shelf.model.clip(1).rating, 4);
    shelf.wait();
    QCOMPARE(shelf.model.clip(1).rating, 4);
    shelf.model.setQuery({"rating:>=3"});
    QTRY_COMPARE_WITH_TIMEOUT(shelf.model.rowCount(), 1, kWaitMs);
}

void LibraryModelTest::tagsAreCounted() {
    Shelf shelf;
    shelf.fill();
    shelf.model.setTags(0, {"sea", "keep"});
    shelf.model.setTags(1, {"keep"});
    QTRY_COMPARE_WITH_TIMEOUT(shelf.model.tags().size(), 2u, kWaitMs);
    QTRY_COMPARE_WITH_TIMEOUT(shelf.model.tags().front().second, 2, kWaitMs);
    QCOMPARE(shelf.model.tags().front().first, std::string("keep"));
}

void LibraryModelTest::trashAndUndo() {
    Shelf shelf;
    const QAbstractItemModelTester tester(&shelf.model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    shelf.fill();
    const std::filesystem::path file = shelf.model.clip(0).path;
    QSignalSpy trashed(&shelf.model, &LibraryModel::trashed);
    shelf.model.moveToTrash({shelf.model.index(0), shelf.model.index(2)});
    QTRY_COMPARE_WITH_TIMEOUT(shelf.model.rowCount(), 1, kWaitMs);
    QCOMPARE(trashed.front().front().toInt(), 2);
    QVERIFY(!std::filesystem::exists(file));
    QVERIFY(shelf.model.canUndoTrash());
    shelf.model.undoTrash();
    QVERIFY(!shelf.model.canUndoTrash());
    QTRY_COMPARE_WITH_TIMEOUT(shelf.model.rowCount(), 3, kWaitMs);
    QVERIFY(std::filesystem::exists(file));
}

void LibraryModelTest::thumbnailsArriveOnce() {
    Shelf shelf;
    shelf.fill();
    QSignalSpy changed(&shelf.model, &QAbstractItemModel::dataChanged);
    const QModelIndex first = shelf.model.index(0);
    const auto frames = [&] {
        return shelf.model.data(first, LibraryModel::FramesRole).value<QVector<QImage>>();
    };
    QVERIFY(frames().isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(frames().size() > 1, kWaitMs);
    QCOMPARE(frames().front().width(), 48);
    QCOMPARE(changed.count(), 1);
    shelf.model.setThumbnailLimit(16);
    QVERIFY(!frames().isEmpty());
}

void LibraryModelTest::filesAreDraggedOut() {
    Shelf shelf;
    shelf.fill();
    const std::unique_ptr<QMimeData> data(
        shelf.model.mimeData({shelf.model.index(0), shelf.model.index(1)}));
    QCOMPARE(data->urls().size(), 2);
    QCOMPARE(data->urls().front().toLocalFile(), ui::toQt(shelf.model.clip(0).path));
    QVERIFY(shelf.model.flags(shelf.model.index(0)).testFlag(Qt::ItemIsDragEnabled));
}

void LibraryModelTest::scanFindsClipsOfOthers() {
    Shelf shelf;
    const jobs::LibraryClip clip = test::writeSample(shelf.clips(), 5);
    std::ofstream(shelf.clips() / "broken.mp4") << "no clip";
    shelf.model.scan(shelf.clips());
    QTRY_COMPARE_WITH_TIMEOUT(shelf.model.rowCount(), 1, kWaitMs);
    QCOMPARE(shelf.model.clip(0).recipe.asked.prompt, clip.recipe.asked.prompt);
    QCOMPARE(shelf.model.clip(0).width, 48);
    QCOMPARE(shelf.model.clip(0).frames, clip.frames);
    std::filesystem::remove(clip.path);
    shelf.model.scan(shelf.clips());
    QTRY_VERIFY_WITH_TIMEOUT(shelf.model.clip(0).isMissing, kWaitMs);
    QVERIFY(!shelf.model.flags(shelf.model.index(0)).testFlag(Qt::ItemIsDragEnabled));
}

void LibraryModelTest::brokenDatabaseIsSetAside() {
    const QTemporaryDir folder;
    const std::filesystem::path path = ui::pathOf(folder.path()) / "library.sqlite";
    std::ofstream(path) << std::string(8192, 'x');
    ui::DiskWorker disk;
    LibraryModel model(path, disk);
    QSignalSpy problem(&model, &LibraryModel::problem);
    QVERIFY(problem.wait(kWaitMs));
    const auto error = problem.front().front().value<base::Error>();
    QVERIFY(error.hint.find("library-1.broken.sqlite") != std::string::npos);
    QVERIFY(std::filesystem::exists(path.parent_path() / "library-1.broken.sqlite"));
    QCOMPARE(model.total(), 0);
    QVERIFY(model.isLoaded());
}

void LibraryModelTest::removedDatabaseIsMadeAnew() {
    Shelf shelf;
    shelf.fill();
    for (const char* suffix : {"", "-wal", "-shm"}) {
        std::filesystem::remove(shelf.path() / (std::string("library.sqlite") + suffix));
    }
    // A reading that fill() asked for may still be on its way with the three clips; the one asked
    // for here comes after it.
    shelf.model.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(shelf.model.total(), 0, kWaitMs);
    QCOMPARE(shelf.model.rowCount(), 0);
}

void LibraryModelTest::deletedWhileWorking() {
    const QTemporaryDir folder;
    ui::DiskWorker disk;
    for (int i = 0; i < 20; ++i) {
        LibraryModel model(ui::pathOf(folder.path()) / "library.sqlite", disk);
        model.scan(ui::pathOf(folder.path()));
    }
    QTest::qWait(50);
}

QTEST_GUILESS_MAIN(LibraryModelTest)

#include "library_model_test.moc"
