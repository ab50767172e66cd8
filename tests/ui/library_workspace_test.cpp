// The Library as its user meets it: look, search, filter, rate, take away, bring back, use again.
// With TESSERA_GRAB=DIR it writes pictures of its states and does nothing else.

#include "ui/views/library_workspace.h"

#include "tests/ui/fake_studio.h"
#include "tests/ui/library_samples.h"
#include "ui/bridge/text.h"
#include "ui/event_clock.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/filter_choice.h"
#include "ui/views/library_filters.h"
#include "ui/views/library_grid.h"
#include "ui/views/star_row.h"
#include "ui/widgets/banner.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

namespace jobs = tessera::jobs;
namespace media = tessera::media;
namespace pipeline = tessera::pipeline;
namespace test = tessera::test;
namespace ui = tessera::ui;
using tessera::test::Studio;
using tessera::ui::LibraryWorkspace;

namespace {

constexpr int kWaitMs = 20'000;

QString name(const char* text) {
    return QLatin1String(text);
}

struct Scene {
    explicit Scene(const QString& folder, int clips, test::SampleSize size = {})
        : studio(folder), workspace(studio.services()) {
        const std::filesystem::path shelf = ui::pathOf(folder) / "clips";
        for (int i = 0; i < clips; ++i) {
            const jobs::LibraryClip clip = test::writeSample(shelf, i, size);
            pipeline::GenerationResult result;
            result.path = clip.path;
            result.effective = *clip.recipe.effective;
            result.secondsTotal = clip.secondsTotal;
            studio.library.addResult(result, clip.recipe);
        }
        workspace.resize(1600, 900);
        workspace.show();
        workspace.activateWindow();
        workspace.entered();
    }

    template <class Widget>
    Widget* find(const char* object) {
        auto* widget = workspace.findChild<Widget*>(name(object));
        if (!widget) {
            qFatal("no %s", object);
        }
        return widget;
    }

    ui::LibraryGrid* grid() { return find<ui::LibraryGrid>("library.grid"); }

    QLineEdit* search() { return find<QLineEdit>("library.search"); }

    int found() { return studio.library.rowCount(); }

    QJsonObject clip() { return workspace.state().value(name("clip")).toObject(); }

    bool isShown(const char* object) {
        auto* widget = workspace.findChild<QWidget*>(name(object));
        return widget && widget->isVisible();
    }

    Studio studio;
    LibraryWorkspace workspace;
};

void press(QWidget* widget, Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    widget->setFocus();
    QTest::keyClick(widget, key, modifiers);
}

}  // namespace

class LibraryWorkspaceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void emptyLibraryOffersToWrite();
    void chosenClipPlaysAndItsRecipeIsReadBack();
    void searchAndFiltersAreOneText();
    void refusedWordIsNamedAtTheField();
    void nothingFoundOffersToClear();
    void starsByKeysAndByThePointer();
    void typedDigitsStayInTheField();
    void tagsAreEditedAndFilter();
    void deleteAndUndo();
    void theBinIsSeenAndPutBackAndEmptied();
    void recipeGoesBackToGenerate();
    void severalClipsAreExported();
    void clipIsExportedInAnotherForm();
    void copyPutsFilesOnTheClipboard();
    void orderIsChosen();
    void everyControlHasAName();
    void fitsASmallWindow();
    void twoThousandClipsAreShownQuickly();
};

void LibraryWorkspaceTest::initTestCase() {
    ui::applyTheme(*qApp, ui::ThemeChoice::Light);
}

void LibraryWorkspaceTest::emptyLibraryOffersToWrite() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 0);
    auto* write = scene.find<QPushButton>("button.library-write-prompt");
    QTRY_VERIFY_WITH_TIMEOUT(write->isVisible(), kWaitMs);
    bool went = false;
    scene.studio.actions.add({name("workspace-generate"), name("Generate"), {}, {}, {}, false},
                             &scene.workspace,
                             [&] { went = true; });
    QTest::mouseClick(write, Qt::LeftButton);
    QVERIFY(went);
}

void LibraryWorkspaceTest::chosenClipPlaysAndItsRecipeIsReadBack() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 3);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 3, kWaitMs);
    QVERIFY(scene.workspace.state().value(name("group")).toString().contains(name("3 of 3")));
    QTRY_VERIFY_WITH_TIMEOUT(scene.clip().value(name("frames")).toInt() == 29, kWaitMs);
    QTRY_VERIFY_WITH_TIMEOUT(scene.clip().value(name("recipe_read_back")).toBool(), kWaitMs);
    const QString first = scene.clip().value(name("path")).toString();
    press(scene.grid(), Qt::Key_Right);
    QVERIFY(scene.clip().value(name("path")).toString() != first);
    QTRY_VERIFY_WITH_TIMEOUT(scene.clip().value(name("recipe_read_back")).toBool(), kWaitMs);
}

void LibraryWorkspaceTest::searchAndFiltersAreOneText() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 6);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 6, kWaitMs);
    auto* mlcd = scene.find<ui::FilterChoice>("library.stage-mlcd");
    auto* base = scene.find<ui::FilterChoice>("library.stage-base");
    QTest::mouseClick(mlcd, Qt::LeftButton);
    QCOMPARE(scene.search()->text(), name("stage:mlcd"));
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 2, kWaitMs);
    QTest::mouseClick(base, Qt::LeftButton);
    QCOMPARE(scene.search()->text(), name("stage:mlcd,base"));
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 4, kWaitMs);

    scene.search()->setFocus();
    scene.search()->selectAll();
    QTest::keyClicks(scene.search(), name("stage:sparse seed:481502..481504"));
    QTRY_VERIFY_WITH_TIMEOUT(!mlcd->isChecked(), kWaitMs);
    QVERIFY(!base->isChecked());
    QVERIFY(scene.find<ui::FilterChoice>("library.stage-sparse")->isChecked());
    QCOMPARE(scene.find<QLineEdit>("library.seed-from")->text(), name("481502"));
    QCOMPARE(scene.find<QLineEdit>("library.seed-to")->text(), name("481504"));
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 1, kWaitMs);

    auto* from = scene.find<QLineEdit>("library.seed-from");
    from->setFocus();
    from->selectAll();
    QTest::keyClicks(from, name("481505"));
    scene.find<QLineEdit>("library.seed-to")->setFocus();
    scene.find<QLineEdit>("library.seed-to")->selectAll();
    QTest::keyClick(scene.find<QLineEdit>("library.seed-to"), Qt::Key_Delete);
    QCOMPARE(scene.search()->text(), name("stage:sparse seed:481505.."));

    QTest::mouseClick(scene.find<QPushButton>("button.library-clear-filters"), Qt::LeftButton);
    QCOMPARE(scene.search()->text(), QString());
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 6, kWaitMs);
}

void LibraryWorkspaceTest::refusedWordIsNamedAtTheField() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 2, kWaitMs);
    scene.workspace.setSearch(name("rating:good"));
    QTRY_VERIFY_WITH_TIMEOUT(scene.isShown("library.refusal"), kWaitMs);
    QVERIFY(scene.find<QLabel>("library.refusal")->text().contains(name("rating:good")));
    QCOMPARE(scene.found(), 2);
    scene.workspace.setSearch({});
    QVERIFY(!scene.isShown("library.refusal"));
}

void LibraryWorkspaceTest::nothingFoundOffersToClear() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 2, kWaitMs);
    scene.workspace.setSearch(name("\"no such words\""));
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 0, kWaitMs);
    QVERIFY(!scene.grid()->isVisible());
    QVERIFY(scene.clip().isEmpty());
    scene.studio.actions.find(name("library-clear-filters"))->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(scene.grid()->isVisible(), kWaitMs);
}

void LibraryWorkspaceTest::starsByKeysAndByThePointer() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 2, kWaitMs);
    press(scene.grid(), Qt::Key_4);
    QTRY_COMPARE_WITH_TIMEOUT(scene.clip().value(name("rating")).toInt(), 4, kWaitMs);
    auto* stars = scene.find<ui::StarRow>("library.stars");
    QCOMPARE(stars->rating(), 4);
    QTest::mouseClick(stars, Qt::LeftButton, {}, QPoint(2 + 24 + 12, stars->height() / 2));
    QTRY_COMPARE_WITH_TIMEOUT(scene.clip().value(name("rating")).toInt(), 2, kWaitMs);
    press(scene.grid(), Qt::Key_0);
    QTRY_COMPARE_WITH_TIMEOUT(scene.clip().value(name("rating")).toInt(), 0, kWaitMs);
}

void LibraryWorkspaceTest::typedDigitsStayInTheField() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 1, kWaitMs);
    scene.search()->setFocus();
    QTest::keyClicks(scene.search(), name("seed:3"));
    QTest::keyClick(scene.search(), Qt::Key_Delete);
    QCOMPARE(scene.search()->text(), name("seed:3"));
    QCOMPARE(scene.studio.library.total(), 1);
    QCOMPARE(scene.studio.library.clip(0).rating, 0);
}

void LibraryWorkspaceTest::tagsAreEditedAndFilter() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 2, kWaitMs);
    auto* tags = scene.find<QLineEdit>("library.tags");
    tags->setFocus();
    QTest::keyClicks(tags, name("figure 8, keep"));
    QTest::keyClick(tags, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(scene.workspace.findChild<QPushButton*>(name("library.tag-figure 8")),
                             kWaitMs);
    QTest::mouseClick(scene.find<QPushButton>("library.tag-figure 8"), Qt::LeftButton);
    QCOMPARE(scene.search()->text(), name("tag:\"figure 8\""));
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 1, kWaitMs);
}

void LibraryWorkspaceTest::deleteAndUndo() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 4);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 4, kWaitMs);
    const QString gone = scene.clip().value(name("path")).toString();
    press(scene.grid(), Qt::Key_Delete);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 3, kWaitMs);
    QVERIFY(!QFile::exists(gone));
    QVERIFY(scene.isShown("library.banner"));
    QVERIFY(scene.clip().value(name("path")).toString() != gone);
    press(scene.grid(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 4, kWaitMs);
    QVERIFY(QFile::exists(gone));
    QTRY_VERIFY_WITH_TIMEOUT(!scene.isShown("library.banner"), kWaitMs);

    scene.grid()->selectAll();
    scene.studio.actions.find(name("delete"))->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 0, kWaitMs);
    QTRY_VERIFY_WITH_TIMEOUT(scene.isShown("library.banner.way1"), kWaitMs);
    QTest::mouseClick(scene.find<QPushButton>("library.banner.way1"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 4, kWaitMs);
}

void LibraryWorkspaceTest::theBinIsSeenAndPutBackAndEmptied() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 3);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 3, kWaitMs);
    const auto inBin = [&] { return scene.workspace.state().value(name("in_bin")).toInt(); };
    auto* clips = scene.find<ui::KindRow>("library.kind-clips");
    auto* bin = scene.find<ui::KindRow>("library.kind-bin");
    QVERIFY(!scene.isShown("button.library-put-back"));
    QTest::mouseClick(bin, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 0, kWaitMs);
    QTest::mouseClick(clips, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 3, kWaitMs);
    scene.grid()->selectAll();
    scene.studio.actions.find(name("delete"))->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(inBin(), 3, kWaitMs);
    QTest::mouseClick(bin, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 3, kWaitMs);
    // A clip there plays like any other: its file lies in the bin.
    QTRY_COMPARE_WITH_TIMEOUT(scene.clip().value(name("frames")).toInt(), 29, kWaitMs);
    const QString thrown = scene.clip().value(name("path")).toString();
    QVERIFY(thrown.contains(name("/.trash/")));
    QVERIFY(!scene.isShown("button.delete"));
    press(scene.grid(), Qt::Key_Delete);
    QTest::mouseClick(scene.find<QToolButton>("button.library-put-back"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 2, kWaitMs);
    QVERIFY(!QFile::exists(thrown));
    QTest::mouseClick(scene.find<QToolButton>("button.library-empty-bin"), Qt::LeftButton);
    QCOMPARE(inBin(), 2);  // asked first
    QTest::mouseClick(scene.find<QPushButton>("library.banner.way1"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(inBin(), 0, kWaitMs);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 0, kWaitMs);
    QTest::mouseClick(clips, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 1, kWaitMs);
}

void LibraryWorkspaceTest::recipeGoesBackToGenerate() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 2, kWaitMs);
    QSignalSpy used(&scene.workspace, &LibraryWorkspace::useRecipe);
    QTest::mouseClick(scene.find<QPushButton>("button.recipe-restore"), Qt::LeftButton);
    QTest::mouseClick(scene.find<QPushButton>("button.recipe-new-seed"), Qt::LeftButton);
    QCOMPARE(used.count(), 2);
    QCOMPARE(used[0][0].value<jobs::Recipe>().asked.seed,
             scene.clip().value(name("seed")).toString().toULongLong());
    QCOMPARE(used[0][1].toBool(), false);
    QCOMPARE(used[1][1].toBool(), true);
}

void LibraryWorkspaceTest::severalClipsAreExported() {
    const QTemporaryDir folder;
    const QTemporaryDir target;
    Scene scene(folder.path(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 2, kWaitMs);
    scene.grid()->selectAll();
    scene.workspace.exportTo(target.path());
    QTRY_VERIFY_WITH_TIMEOUT(scene.isShown("library.banner"), kWaitMs);
    QCOMPARE(QDir(target.path()).entryList(QDir::Files).size(), 2);
    scene.workspace.exportTo(target.path());
    QTRY_COMPARE_WITH_TIMEOUT(QDir(target.path()).entryList(QDir::Files).size(), 4, kWaitMs);
}

void LibraryWorkspaceTest::clipIsExportedInAnotherForm() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 1, kWaitMs);
    const QString target = folder.filePath(name("out.gif"));
    scene.workspace.exportTo(target);
    QTRY_VERIFY_WITH_TIMEOUT(scene.isShown("library.banner"), kWaitMs);
    QVERIFY(media::readRecipe(ui::pathOf(target)).has_value());
}

void LibraryWorkspaceTest::copyPutsFilesOnTheClipboard() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 2, kWaitMs);
    scene.grid()->selectAll();
    press(scene.grid(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QApplication::clipboard()->mimeData()->urls().size(), 2);
}

void LibraryWorkspaceTest::orderIsChosen() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 3);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 3, kWaitMs);
    press(scene.grid(), Qt::Key_End);
    press(scene.grid(), Qt::Key_5);
    auto* order = scene.find<QComboBox>("library.order");
    order->setCurrentIndex(2);
    Q_EMIT order->activated(2);
    QTRY_COMPARE_WITH_TIMEOUT(scene.studio.library.clip(0).rating, 5, kWaitMs);
}

void LibraryWorkspaceTest::everyControlHasAName() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 1, kWaitMs);
    for (const QWidget* widget : scene.workspace.findChildren<QWidget*>()) {
        const bool isControl = qobject_cast<const QAbstractButton*>(widget) ||
                               qobject_cast<const QLineEdit*>(widget) ||
                               qobject_cast<const QComboBox*>(widget) ||
                               widget->inherits("tessera::ui::LibraryGrid") ||
                               widget->inherits("tessera::ui::StarRow");
        if (isControl && widget->focusPolicy() != Qt::NoFocus && widget->isVisible()) {
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            const bool isNamed =
                !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty());
            QVERIFY2(isNamed, qPrintable(widget->objectName()));
            QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
        }
    }
    for (const QAction* action : scene.studio.actions.all()) {
        QVERIFY2(!action->toolTip().isEmpty(), qPrintable(action->objectName()));
    }
}

void LibraryWorkspaceTest::fitsASmallWindow() {
    const QTemporaryDir folder;
    Scene scene(folder.path(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 2, kWaitMs);
    QVERIFY2(scene.workspace.minimumSizeHint().width() <= 1280,
             qPrintable(QString::number(scene.workspace.minimumSizeHint().width())));
    QVERIFY2(scene.workspace.minimumSizeHint().height() <= 560,
             qPrintable(QString::number(scene.workspace.minimumSizeHint().height())));
}

void LibraryWorkspaceTest::twoThousandClipsAreShownQuickly() {
    const QTemporaryDir folder;
    const std::filesystem::path path = ui::pathOf(folder.path());
    {
        auto library = jobs::Library::open(path / "library.sqlite");
        QVERIFY(library);
        jobs::LibraryClip clip = test::writeSample(path / "clips", 0);
        for (int i = 0; i < 2000; ++i) {
            clip.path = path / "clips" / (std::to_string(i) + ".mp4");
            clip.recipe.asked.seed = static_cast<std::uint64_t>(i);
            QVERIFY((*library)->add(clip));
        }
    }
    Scene scene(folder.path(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(scene.found(), 2000, kWaitMs);
    QElapsedTimer clock;
    const auto took = [&](const char* what, double limitMs) {
        const double ms = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        qInfo("%s: %.1f ms", what, ms);
        QVERIFY2(ms < limitMs, what);
    };
    // Bounds for a busy machine and a sanitizer; the printed numbers are what matters.
    clock.start();
    scene.grid()->grab();
    took("first picture", 500.0);
    clock.start();
    scene.grid()->scrollToBottom();
    scene.grid()->grab();
    took("scrolled to the end", 500.0);
    clock.start();
    scene.grid()->selectAll();
    took("all chosen", 500.0);
    clock.start();
    scene.grid()->resize(900, 700);
    scene.grid()->grab();
    took("resized", 500.0);
    // What the answers of the database cost the GUI thread: rows kept, other rows, another order.
    for (const char* text : {"stage:base", "seed:>=1000", "", "seed:0", ""}) {
        QSignalSpy refreshed(&scene.studio.library, &ui::LibraryModel::refreshed);
        ui::TimedApplication::instance()->reset();
        scene.workspace.setSearch(name(text));
        QVERIFY(refreshed.wait(kWaitMs));
        QTest::qWait(100);
        const QJsonObject events =
            ui::TimedApplication::instance()->json().value(name("events")).toObject();
        qInfo("search '%s': %.1f ms", text, events.value(name("max_ms")).toDouble());
        QVERIFY(events.value(name("max_ms")).toDouble() < 500.0);
    }
}

namespace {

void grab(Scene& scene, const QString& file) {
    QTest::qWait(300);
    scene.workspace.grab().save(file);
}

// Pictures for people who look.
void grabAll(const QString& folder) {
    const QTemporaryDir data;
    ui::applyTheme(*qApp, ui::ThemeChoice::Light);
    Scene scene(data.path(), 18, {384, 256});
    scene.workspace.resize(1600, 872);  // what the frame leaves of 1600 x 1000
    while (scene.found() < 18) {
        QTest::qWait(50);
    }
    scene.studio.library.setTags(0, {"balloon", "keep"});
    scene.studio.library.setTags(1, {"sea", "figure 8"});
    scene.studio.library.setTags(2, {"night", "keep"});
    scene.studio.library.rate(0, 4);
    scene.studio.library.rate(5, 5);
    QTest::qWait(5000);
    const std::pair<ui::ThemeChoice, const char*> themes[] = {
        {ui::ThemeChoice::Light, "light"},
        {ui::ThemeChoice::Dark, "dark"},
        {ui::ThemeChoice::HighContrast, "contrast"}};
    for (const auto& [choice, word] : themes) {
        ui::applyTheme(*qApp, choice);
        scene.workspace.setSearch(name("stage:sparse,mlcd,base"));
        grab(scene, folder + name("/library-") + name(word) + name(".png"));
        scene.workspace.setSearch(name("stage:fast"));
        grab(scene, folder + name("/library-refused-") + name(word) + name(".png"));
        scene.workspace.setSearch(name("\"no such words\""));
        grab(scene, folder + name("/library-nothing-") + name(word) + name(".png"));
    }
    ui::applyTheme(*qApp, ui::ThemeChoice::Dark);
    scene.workspace.setSearch({});
    QTest::qWait(300);
    press(scene.grid(), Qt::Key_Delete);
    QTest::qWait(500);
    scene.workspace.resize(1280, 600);
    grab(scene, folder + name("/library-small-dark.png"));
}

}  // namespace

int main(int argc, char** argv) {
    ui::TimedApplication application(argc, argv);
    if (qEnvironmentVariableIsSet("TESSERA_GRAB")) {
        grabAll(qEnvironmentVariable("TESSERA_GRAB"));
        return 0;
    }
    LibraryWorkspaceTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "library_workspace_test.moc"
