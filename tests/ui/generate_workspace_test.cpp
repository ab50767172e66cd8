// The Generate workspace as its user meets it: type, start, watch, stop, keep, restore. With
// TESSERA_GRAB=DIR it writes pictures of its states and does nothing else.

#include "ui/views/generate_workspace.h"

#include "core/jobs/recipe.h"
#include "tests/ui/fake_studio.h"
#include "tests/ui/generate_pictures.h"
#include "ui/numbers.h"
#include "ui/theme.h"
#include "ui/views/fault_places.h"
#include "ui/views/speed_panel.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/segmented.h"

#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QDragEnterEvent>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTest>
#include <QToolButton>

#include <atomic>
#include <memory>
#include <new>

namespace jobs = tessera::jobs;
namespace pipeline = tessera::pipeline;
namespace test = tessera::test;
namespace ui = tessera::ui;
using test::Gate;
using test::Studio;
using ui::GenerateWorkspace;

namespace {

constexpr int kWaitMs = 15'000;

QString name(const char* text) {
    return QLatin1String(text);
}

// One workspace on its own studio, on the screen.
struct Scene {
    explicit Scene(const QString& folder, test::FakeEngine::Hook hook = {})
        : studio(folder, std::move(hook)), workspace(studio.services()) {
        workspace.resize(1600, 900);
        workspace.show();
        workspace.activateWindow();
        studio.engine.warmUp();
    }

    template <class Widget>
    Widget* find(const char* object) {
        auto* widget = workspace.findChild<Widget*>(name(object));
        if (!widget) {
            qFatal("no %s", object);
        }
        return widget;
    }

    QJsonObject field() { return workspace.state().value(name("fields")).toObject(); }

    QString run() { return workspace.state().value(name("run")).toString(); }

    int faults() {
        return static_cast<int>(workspace.state().value(name("faults")).toArray().size());
    }

    bool isEstimated() { return workspace.state().contains(name("estimate")); }

    void type(const QString& prompt) {
        find<QPlainTextEdit>("generate.prompt")->setFocus();
        QTest::keyClicks(find<QPlainTextEdit>("generate.prompt"), prompt);
    }

    // Models are known, defaults filled in, the estimate is there.
    bool isSettled() {
        return QTest::qWaitFor(
            [this] {
                return isEstimated() && !workspace.state().value(name("estimating")).toBool();
            },
            kWaitMs);
    }

    void press(const char* action) { studio.actions.find(name(action))->trigger(); }

    Studio studio;
    GenerateWorkspace workspace;
};

// The first job runs out of memory while it decodes.
test::FakeEngine::Hook outOfMemoryOnce() {
    return [runs = std::make_shared<std::atomic<int>>(0)](
               const auto&, std::string_view phase, int, jobs::JobControl&) {
        if (phase == "decode" && (*runs)++ == 0) {
            throw std::bad_alloc();
        }
    };
}

QPushButton* buttonOf(QWidget& place, const QString& text) {
    for (QPushButton* button : place.findChildren<QPushButton*>()) {
        if (button->text() == text && button->isVisible()) {
            return button;
        }
    }
    return nullptr;
}

// Whether the window took the recipe as a file that was dropped on it.
bool isDropped(const jobs::Recipe& recipe, Scene& scene, const QTemporaryDir& folder) {
    const QString file = folder.filePath(QStringLiteral("x.recipe.json"));
    QFile written(file);
    if (!written.open(QIODevice::WriteOnly)) {
        return false;
    }
    written.write(QByteArray::fromStdString(jobs::recipeText(recipe)));
    written.close();
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(file)});
    QDragEnterEvent enter(QPoint(800, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&scene.workspace, &enter);
    QDropEvent drop(QPointF(800, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&scene.workspace, &drop);
    return enter.isAccepted();
}

}  // namespace

class GenerateWorkspaceTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aTypedPromptBecomesAClip() {
        Gate gate;
        Scene scene(m_folder->path(),
                    [&](const auto&, std::string_view phase, int step, jobs::JobControl& control) {
                        if (phase == "denoise" && step == 3) {
                            gate.pass(control.stopToken());
                        }
                    });
        scene.type(QStringLiteral("a red ball rolling"));
        QTRY_VERIFY_WITH_TIMEOUT(scene.isEstimated(), kWaitMs);
        QCOMPARE(scene.find<QLabel>("generate.price")->text(),
                 QStringLiteral("About 17.1 s on this machine"));
        QTest::keyClick(
            scene.find<QPlainTextEdit>("generate.prompt"), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(scene.workspace.state().value(name("shown")).toString(),
                                  QStringLiteral("Preview"),
                                  kWaitMs);
        QCOMPARE(scene.run(), QStringLiteral("running"));
        QVERIFY(scene.workspace.state().value(name("playing")).toBool());
        gate.open();
        QTRY_COMPARE_WITH_TIMEOUT(scene.workspace.state().value(name("shown")).toString(),
                                  QStringLiteral("Clip"),
                                  kWaitMs);
        QCOMPARE(scene.workspace.state().value(name("frames")).toInt(), 29);
        QCOMPARE(scene.run(), QStringLiteral("idle"));
    }

    void cancelSaysStoppingAtOnceAndCancelledWhenItIs() {
        Gate gate;
        Scene scene(m_folder->path(),
                    [&](const auto&, std::string_view phase, int step, jobs::JobControl&) {
                        if (phase == "denoise" && step == 5) {
                            gate.pass();
                        }
                    });
        scene.type(QStringLiteral("a red ball"));
        QVERIFY(scene.isSettled());
        scene.press("job-start");
        QTRY_COMPARE_WITH_TIMEOUT(
            scene.workspace.state().value(name("denoise_step")).toInt(), 4, kWaitMs);
        scene.press("job-cancel");
        QCOMPARE(scene.find<QLabel>("rail.step")->text(), QStringLiteral("Stopping…"));
        gate.open();
        QTRY_COMPARE_WITH_TIMEOUT(scene.run(), QStringLiteral("cancelled"), kWaitMs);
        QCOMPARE(scene.find<QLabel>("rail.cancelled")->text(),
                 QStringLiteral("Cancelled at step 4 of 20"));
        QCOMPARE(scene.field().value(name("prompt")).toString(), QStringLiteral("a red ball"));
    }

    void aWrongValueIsAnsweredAtItsFieldAndMendedThere() {
        Scene scene(m_folder->path());
        scene.type(QStringLiteral("a red ball"));
        QTRY_VERIFY_WITH_TIMEOUT(scene.isEstimated(), kWaitMs);
        scene.find<QDoubleSpinBox>("generate.frames")->setValue(31);
        scene.find<QComboBox>("generate.size")->setEditText(QStringLiteral("300x200"));
        QTRY_COMPARE_WITH_TIMEOUT(scene.faults(), 2, kWaitMs);
        QCOMPARE(scene.find<QLabel>("generate.price")->text(),
                 QStringLiteral("2 fields to fix: Size, Frames"));
        QVERIFY(!scene.find<QPushButton>("generate.start")->isEnabled());
        QVERIFY(scene.find<QDoubleSpinBox>("generate.frames")->property("fault").toBool());
        QPushButton* fix = buttonOf(scene.workspace, QStringLiteral("Use 29"));
        QVERIFY(fix);
        fix->click();
        QTRY_COMPARE_WITH_TIMEOUT(scene.faults(), 1, kWaitMs);
        QCOMPARE(scene.field().value(name("video_frames")).toInt(), 29);
        buttonOf(scene.workspace, QStringLiteral("Use ") + ui::size(384, 256))->click();
        QTRY_VERIFY_WITH_TIMEOUT(scene.isEstimated() && scene.faults() == 0, kWaitMs);
        QVERIFY(scene.find<QPushButton>("generate.start")->isEnabled());
    }

    void anEmptyPromptIsToldAfterAStart() {
        Scene scene(m_folder->path());
        QTRY_VERIFY_WITH_TIMEOUT(scene.isEstimated(), kWaitMs);
        QCOMPARE(scene.faults(), 0);
        scene.press("job-start");
        QCOMPARE(scene.faults(), 1);
        QVERIFY(scene.studio.engine.isIdle());
        scene.type(QStringLiteral("a ball"));
        QTRY_COMPARE_WITH_TIMEOUT(scene.faults(), 0, kWaitMs);
    }

    void anOpenSeedIsAnotherForEachRunAndALockedOneIsNot() {
        Scene scene(m_folder->path());
        scene.type(QStringLiteral("a ball"));
        QVERIFY(scene.isSettled());
        const QString first = scene.field().value(name("seed")).toString();
        scene.press("job-start");
        QCOMPARE(scene.field().value(name("seed")).toString(), first);
        scene.press("job-start");
        const QString second = scene.field().value(name("seed")).toString();
        QVERIFY(second != first);
        scene.studio.actions.find(name("seed-lock"))->setChecked(true);
        scene.press("job-start");
        QCOMPARE(scene.field().value(name("seed")).toString(), second);
        QTRY_VERIFY_WITH_TIMEOUT(scene.studio.engine.isIdle(), kWaitMs);
    }

    void outOfMemoryOffersWaysAndOneOfThemWorks() {
        Scene scene(m_folder->path(), outOfMemoryOnce());
        scene.type(QStringLiteral("a red ball"));
        QTRY_VERIFY_WITH_TIMEOUT(scene.isEstimated(), kWaitMs);
        scene.press("job-start");
        QTRY_COMPARE_WITH_TIMEOUT(scene.run(), QStringLiteral("failed"), kWaitMs);
        auto* banner = scene.find<ui::Banner>("generate.banner");
        QVERIFY(banner->findChildren<QPushButton*>().size() >= 2);
        QPushButton* smaller = buttonOf(*banner, QStringLiteral("Use ") + ui::size(192, 128));
        if (!smaller) {
            smaller = buttonOf(*banner, QStringLiteral("Try again"));
        }
        QVERIFY(smaller);
        smaller->click();
        QTRY_COMPARE_WITH_TIMEOUT(scene.workspace.state().value(name("shown")).toString(),
                                  QStringLiteral("Clip"),
                                  kWaitMs);
    }

    // What stands in the fields by then is another matter.
    void tryAgainStartsTheJobThatFailed() {
        Scene scene(m_folder->path(), outOfMemoryOnce());
        scene.type(QStringLiteral("a red ball"));
        QVERIFY(scene.isSettled());
        const QString seed = scene.field().value(name("seed")).toString();
        scene.press("job-start");
        QTRY_COMPARE_WITH_TIMEOUT(scene.run(), QStringLiteral("failed"), kWaitMs);
        scene.workspace.usePrompt(QStringLiteral("a blue fish"));
        buttonOf(scene.workspace, QStringLiteral("Try again"))->click();
        QTRY_COMPARE_WITH_TIMEOUT(scene.studio.queue.rowCount(), 2, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(scene.studio.engine.isIdle(), kWaitMs);
        const pipeline::GenerationRequest& again = scene.studio.queue.row(0).request;
        QCOMPARE(again.prompt, std::string("a red ball"));
        QCOMPARE(QString::number(again.seed), seed);
        QVERIFY(!scene.field().value(name("seed_locked")).toBool());
    }

    void severalClipsHaveSeedsAndFilesOfTheirOwn() {
        Scene scene(m_folder->path());
        scene.type(QStringLiteral("a red ball"));
        QVERIFY(scene.isSettled());
        scene.press("job-several-4");
        const ui::QueueModel& queue = scene.studio.queue;
        QTRY_COMPARE_WITH_TIMEOUT(queue.rowCount(), 4, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(scene.studio.engine.isIdle(), kWaitMs);
        QSet<quint64> seeds;
        QSet<QString> files;
        for (int row = 0; row < queue.rowCount(); ++row) {
            seeds.insert(queue.row(row).request.seed);
            files.insert(QString::fromStdString(queue.row(row).request.output.string()));
        }
        QCOMPARE(seeds.size(), 4);
        QCOMPARE(files.size(), 4);
    }

    void aFailedJobOfTheQueueSaysLaterWhatWentWrong() {
        Scene scene(m_folder->path(), outOfMemoryOnce());
        scene.type(QStringLiteral("a red ball"));
        QVERIFY(scene.isSettled());
        scene.press("job-start");
        scene.press("job-start");
        QTRY_COMPARE_WITH_TIMEOUT(scene.studio.queue.rowCount(), 2, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(scene.studio.engine.isIdle(), kWaitMs);
        const auto failed = scene.studio.queue.row(1);
        QVERIFY(failed.state == ui::JobState::Failed);
        QVERIFY(!scene.workspace.findChild<ui::Banner*>(name("generate.banner")));
        scene.workspace.showJob(failed);
        QVERIFY(scene.workspace.findChild<ui::Banner*>(name("generate.banner")));
        QVERIFY(buttonOf(scene.workspace, QStringLiteral("Try again")));
    }

    // The preview of a running job makes room for a clip and comes back when asked.
    void aClipMayBeLookedAtWhileAJobRuns() {
        Gate gate;
        Scene scene(m_folder->path(),
                    [&](const auto&, std::string_view phase, int step, jobs::JobControl& control) {
                        if (phase == "denoise" && step == 3) {
                            gate.pass(control.stopToken());
                        }
                    });
        scene.type(QStringLiteral("a red ball"));
        QVERIFY(scene.isSettled());
        scene.press("job-start");
        const auto shown = [&] { return scene.workspace.state().value(name("shown")).toString(); };
        QTRY_COMPARE_WITH_TIMEOUT(shown(), QStringLiteral("Preview"), kWaitMs);
        const std::filesystem::path file =
            std::filesystem::path(m_folder->path().toStdString()) / "old.mp4";
        QVERIFY(tessera::media::writeClip(file, *test::greyClip(64, 64, 9, 90), {}, {}, {}));
        scene.workspace.showClip(file, test::requestWith("an old clip"));
        QTRY_COMPARE_WITH_TIMEOUT(shown(), QStringLiteral("Clip"), kWaitMs);
        QCOMPARE(scene.workspace.state().value(name("frames")).toInt(), 9);
        auto* back = scene.find<QToolButton>("canvas.view-preview");
        QVERIFY(back->isVisible());
        back->click();
        QCOMPARE(shown(), QStringLiteral("Preview"));
        QVERIFY(!back->isVisible());
        gate.open();
        QTRY_COMPARE_WITH_TIMEOUT(shown(), QStringLiteral("Clip"), kWaitMs);
    }

    void pauseHoldsAndFinishEarlyKeeps() {
        Gate gate;
        Scene scene(m_folder->path(),
                    [&](const auto&, std::string_view phase, int step, jobs::JobControl& control) {
                        if (phase == "denoise" && step == 4) {
                            gate.pass(control.stopToken());
                        }
                    });
        scene.type(QStringLiteral("a red ball"));
        QVERIFY(scene.isSettled());
        scene.press("job-start");
        QTRY_COMPARE_WITH_TIMEOUT(
            scene.workspace.state().value(name("denoise_step")).toInt(), 3, kWaitMs);
        scene.press("job-pause");
        gate.open();
        QTRY_COMPARE_WITH_TIMEOUT(scene.run(), QStringLiteral("paused"), kWaitMs);
        QCOMPARE(scene.find<QPushButton>("rail.job-pause")->text(), QStringLiteral("Resume"));
        auto* free = scene.find<QPushButton>("rail.job-pause-free");
        QVERIFY(free->isVisibleTo(&scene.workspace) && free->isEnabled());
        free->click();
        QTRY_COMPARE_WITH_TIMEOUT(free->text(), QStringLiteral("Memory freed"), kWaitMs);
        QVERIFY(!free->isEnabled());
        QCOMPARE(scene.run(), QStringLiteral("paused"));
        scene.press("job-finish-early");
        QTRY_COMPARE_WITH_TIMEOUT(scene.workspace.state().value(name("shown")).toString(),
                                  QStringLiteral("Clip"),
                                  kWaitMs);
    }

    void theMasksOfARecipeStayUntilDenseIsChosen() {
        ui::FaultPlaces places;
        ui::SpeedPanel panel(places);
        auto* faces = panel.findChild<ui::Segmented*>(QStringLiteral("generate.speed"));
        auto* note = panel.findChild<QLabel*>(QStringLiteral("generate.masks"));
        QVERIFY(faces && note);
        QCOMPARE(faces->index(), 2);
        QVERIFY(note->isHidden());
        ui::FormValues values;
        values.masks = {"2:6"};
        values.plan = {"light.plan.json", "2a1572adf751fd07"};
        panel.show(values);
        QVERIFY(note->text().contains(QStringLiteral("light.plan.json")));
        values.plan = {};
        panel.show(values);
        QCOMPARE(faces->index(), -1);
        QVERIFY(!note->isHidden());
        QVERIFY(note->text().contains(QStringLiteral("2:6")));
        ui::FormValues read;
        panel.read(read);
        QCOMPARE(read.masks, values.masks);
        QSignalSpy edited(&panel, &ui::SpeedPanel::edited);
        faces->setIndex(2);
        QCOMPARE(edited.count(), 1);
        panel.read(read);
        QVERIFY(read.masks.empty() && note->isHidden());
    }

    void aMemoryLimitTurnsTheEstimateRedBeforeTheStart() {
        Scene scene(m_folder->path());
        scene.studio.settings.setMaxRamGb(0.5);
        scene.type(QStringLiteral("a red ball"));
        QTRY_COMPARE_WITH_TIMEOUT(scene.faults(), 1, kWaitMs);
        const auto colour = [&] {
            return scene.find<QLabel>("generate.memory")->palette().color(QPalette::WindowText);
        };
        QCOMPARE(colour(), ui::currentTheme().error);
        QVERIFY(scene.find<QPushButton>("generate.start")->isEnabled());
        QPushButton* lift = buttonOf(scene.workspace, QStringLiteral("Lift the limit"));
        QVERIFY(lift);
        lift->click();
        QTRY_COMPARE_WITH_TIMEOUT(scene.faults(), 0, kWaitMs);
        for (const ui::ThemeChoice choice : {ui::ThemeChoice::Dark, ui::ThemeChoice::Light}) {
            ui::applyTheme(*qApp, choice);
            QTRY_COMPARE_WITH_TIMEOUT(colour(), ui::currentTheme().text, kWaitMs);
        }
    }

    void aDroppedRecipeRestoresEveryField() {
        jobs::Recipe recipe;
        recipe.asked.prompt = "a blue fish";
        recipe.asked.negativePrompt = "rain";
        recipe.asked.width = 192;
        recipe.asked.height = 128;
        recipe.asked.videoFrames = 29;
        recipe.asked.fps = 12.0;
        recipe.asked.steps = 33;
        recipe.asked.cfgScale = 2.5;
        recipe.asked.seed = 99;
        recipe.asked.precision = pipeline::Precision::Fp32;
        recipe.asked.threads = 1;
        Scene scene(m_folder->path());
        QTRY_VERIFY_WITH_TIMEOUT(scene.isEstimated(), kWaitMs);
        QVERIFY(isDropped(recipe, scene, *m_folder));
        QTRY_COMPARE_WITH_TIMEOUT(
            scene.field().value(name("prompt")).toString(), QStringLiteral("a blue fish"), kWaitMs);
        const QJsonObject fields = scene.field();
        QCOMPARE(fields.value(name("negative_prompt")).toString(), QStringLiteral("rain"));
        QCOMPARE(ui::plain(fields.value(name("size")).toString()), ui::plain(ui::size(192, 128)));
        QCOMPARE(fields.value(name("fps")).toDouble(), 12.0);
        QCOMPARE(fields.value(name("steps")).toInt(), 33);
        QCOMPARE(fields.value(name("cfg_scale")).toDouble(), 2.5);
        QCOMPARE(fields.value(name("seed")).toString(), QStringLiteral("99"));
        QCOMPARE(fields.value(name("precision")).toString(), QStringLiteral("fp32"));
        QCOMPARE(fields.value(name("threads")).toInt(), 1);
        QVERIFY(fields.value(name("seed_locked")).toBool());
        buttonOf(scene.workspace, QStringLiteral("With new seed"))->click();
        QVERIFY(scene.field().value(name("seed")).toString() != QStringLiteral("99"));
        QCOMPARE(scene.field().value(name("steps")).toInt(), 33);
    }

    void aWrongMaskOfADroppedRecipeIsSaidAtTheDial() {
        jobs::Recipe recipe;
        recipe.asked.prompt = "a blue fish";
        recipe.asked.masks = {"2:11"};
        Scene scene(m_folder->path());
        QTRY_VERIFY_WITH_TIMEOUT(scene.isEstimated(), kWaitMs);
        QVERIFY(isDropped(recipe, scene, *m_folder));
        QTRY_COMPARE_WITH_TIMEOUT(scene.faults(), 1, kWaitMs);
        auto* note = scene.find<QLabel>("generate.masks");
        QVERIFY(note->isVisibleTo(&scene.workspace));
        auto* dial = scene.find<QWidget>("generate.dial");
        QVERIFY(dial->accessibleDescription().contains(QStringLiteral("2:11")));
        // The other fields go on being checked.
        scene.find<QDoubleSpinBox>("generate.frames")->setValue(30);
        QTRY_COMPARE_WITH_TIMEOUT(scene.faults(), 2, kWaitMs);
        scene.find<QDoubleSpinBox>("generate.frames")->setValue(29);
        QTRY_COMPARE_WITH_TIMEOUT(scene.faults(), 1, kWaitMs);
        buttonOf(scene.workspace, QStringLiteral("Use dense"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(scene.isEstimated() && scene.faults() == 0, kWaitMs);
        QVERIFY(note->isHidden() && dial->accessibleDescription().isEmpty());
        QVERIFY(scene.find<QPushButton>("generate.start")->isEnabled());
    }

    void aDraftOutlivesTheWindow() {
        {
            Scene scene(m_folder->path());
            scene.type(QStringLiteral("a small boat"));
            scene.find<QDoubleSpinBox>("generate.steps")->setValue(37);
            const QString key = QStringLiteral("draft/generate");
            QTRY_VERIFY_WITH_TIMEOUT(
                scene.studio.settings.value(key).toString().contains(QStringLiteral("37")), 1000);
        }
        Scene again(m_folder->path());
        QCOMPARE(again.find<QPlainTextEdit>("generate.prompt")->toPlainText(),
                 QStringLiteral("a small boat"));
        QCOMPARE(again.find<QDoubleSpinBox>("generate.steps")->value(), 37.0);
    }

    void anIncompleteModelIsShownAndCannotBeChosen() {
        Scene scene(m_folder->path());
        auto* models = scene.find<QComboBox>("generate.model");
        QTRY_COMPARE_WITH_TIMEOUT(models->count(), 2, kWaitMs);
        QCOMPARE(models->itemText(1), QStringLiteral("Cut short (incomplete)"));
        const auto* rows = qobject_cast<QStandardItemModel*>(models->model());
        QVERIFY(rows && !rows->item(1)->isEnabled());
        QVERIFY(
            models->itemData(1, Qt::ToolTipRole).toString().contains(QStringLiteral("40.1 MB")));
    }

    void everyControlHasANameForReaders() {
        Scene scene(m_folder->path());
        for (const QWidget* widget : scene.workspace.findChildren<QWidget*>()) {
            const bool isPart = widget->objectName().startsWith(QStringLiteral("qt_"));
            if (widget->focusPolicy() == Qt::NoFocus || isPart || !widget->isVisible()) {
                continue;
            }
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            const bool isNamed =
                !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty());
            const bool isInside = qobject_cast<const QLineEdit*>(widget) &&
                                  widget->parentWidget() &&
                                  !widget->parentWidget()->accessibleName().isEmpty();
            QVERIFY2(isNamed || isInside || widget->focusProxy(),
                     qPrintable(QStringLiteral("%1 %2").arg(
                         QLatin1String(widget->metaObject()->className()), widget->objectName())));
        }
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    ui::applyTheme(application, ui::ThemeChoice::Light);
    const QString folder = qEnvironmentVariable("TESSERA_GRAB");
    if (!folder.isEmpty()) {
        return tessera::test::grabGenerate(application, folder);
    }
    GenerateWorkspaceTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "generate_workspace_test.moc"
