// The Bench as its user meets it: choose, run, cancel, fail, keep a baseline, export and import.
// With TESSERA_GRAB=DIR it writes pictures of its states and does nothing else.

#include "ui/views/bench_workspace.h"

#include "core/base/paths.h"
#include "tests/ui/bench_samples.h"
#include "tests/ui/fake_studio.h"
#include "ui/bridge/text.h"
#include "ui/plots/bench_chart.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/bench_baselines_panel.h"
#include "ui/widgets/banner.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTest>
#include <QToolButton>

namespace base = tessera::base;
namespace bench = tessera::bench;
namespace jobs = tessera::jobs;
namespace test = tessera::test;
namespace ui = tessera::ui;
using tessera::ui::BenchWorkspace;

namespace {

constexpr int kWaitMs = 20'000;

QString name(const char* text) {
    return QLatin1String(text);
}

// Tells four runs and then returns what the test says; waits at the gate before the third.
class FakeBench final : public jobs::Engine {
public:
    struct Script {
        test::Gate* gate = nullptr;
        double scale = 1.0;
        bool fails = false;
        bench::BenchRequest asked;
    };

    explicit FakeBench(std::shared_ptr<Script> script) : m_script(std::move(script)) {}

    base::Result<jobs::JobResult> run(const jobs::JobSpec& spec,
                                      jobs::JobControl& control) override {
        m_script->asked = std::get<bench::BenchRequest>(spec.request);
        control.enterStage("time");
        for (int step = 1; step <= 4; ++step) {
            if (step == 3 && m_script->gate != nullptr) {
                m_script->gate->pass(control.stopToken());
            }
            if (control.stopToken().stop_requested()) {
                return base::fail(base::ErrorCode::Cancelled, "Stopped.", "Run it again.");
            }
            control.stepDone(step, 4);
        }
        if (m_script->fails) {
            return base::fail(base::ErrorCode::OutOfMemory,
                              "The shape osp-93f needs about 92.1 GB; the card has 80.0 GB.",
                              "Choose a smaller shape.",
                              "--shape");
        }
        return jobs::JobResult(test::benchResult(m_script->scale));
    }

private:
    std::shared_ptr<Script> m_script;
};

struct Scene {
    explicit Scene(const QString& folder) {
        base::setDataFolder(ui::pathOf(folder));
        auto load = [script = script, refusal = refusal] {
            ui::EngineDoors doors = test::fakeDoors();
            doors.makeEngine = [script] { return std::make_unique<FakeBench>(script); };
            doors.outlook = [refusal](const bench::BenchRequest& asked) {
                if (asked.shapes.front() == "osp-93f" && *refusal) {
                    return base::Result<bench::BenchOutlook>(
                        base::fail(base::ErrorCode::OutOfMemory,
                                   "The shape osp-93f needs about 92.1 GB; there are 16.0 GB.",
                                   "Choose a smaller shape."));
                }
                bench::BenchOutlook outlook = test::benchOutlook();
                outlook.cells = static_cast<int>(asked.masks.size()) * 3;
                return base::Result<bench::BenchOutlook>(outlook);
            };
            return base::Result<ui::EngineDoors>(doors);
        };
        settings = std::make_unique<ui::Settings>(folder + name("/settings.ini"));
        actions = std::make_unique<ui::ActionRegistry>(*settings);
        engine = std::make_unique<ui::EngineClient>(load, nullptr);
        disk = std::make_unique<ui::DiskWorker>();
        queue = std::make_unique<ui::QueueModel>(*engine);
        library = std::make_unique<ui::LibraryModel>(
            std::filesystem::path((folder + name("/library.sqlite")).toStdString()), *disk);
        workspace = std::make_unique<BenchWorkspace>(
            ui::Services{*settings, *actions, *engine, *disk, *queue, *library});
        workspace->resize(1600, 900);
        workspace->show();
        workspace->activateWindow();
        workspace->entered();
        engine->warmUp();
    }

    template <class Widget>
    Widget* find(const char* object) {
        auto* widget = workspace->findChild<Widget*>(name(object));
        if (!widget) {
            qFatal("no %s", object);
        }
        return widget;
    }

    QJsonObject state() { return workspace->state(); }

    QString run() { return state().value(name("run")).toString(); }

    QJsonArray rows() { return state().value(name("rows")).toArray(); }

    void waitForOutlook() {
        QTRY_VERIFY_WITH_TIMEOUT(state().value(name("outlook_ready")).toBool(), kWaitMs);
    }

    void measure() {
        waitForOutlook();
        QTest::mouseClick(find<QPushButton>("bench.run"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(run(), name("done"), kWaitMs);
    }

    bool isShown(const char* object) {
        auto* widget = workspace->findChild<QWidget*>(name(object));
        return widget && widget->isVisible();
    }

    std::shared_ptr<FakeBench::Script> script = std::make_shared<FakeBench::Script>();
    std::shared_ptr<bool> refusal = std::make_shared<bool>(true);
    std::unique_ptr<ui::Settings> settings;
    std::unique_ptr<ui::ActionRegistry> actions;
    std::unique_ptr<ui::EngineClient> engine;
    std::unique_ptr<ui::DiskWorker> disk;
    std::unique_ptr<ui::QueueModel> queue;
    std::unique_ptr<ui::LibraryModel> library;
    std::unique_ptr<BenchWorkspace> workspace;
};

// On its words, as the rest of a wide row is no box.
void tick(QCheckBox* box) {
    QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
}

// Of `column` in every row.
QStringList column(const QJsonArray& rows, int at) {
    QStringList texts;
    for (const auto& row : rows) {
        texts.append(row.toArray().at(at).toString());
    }
    return texts;
}

}  // namespace

class BenchWorkspaceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void priceIsThereBeforeTheStart();
    void kernelsThatDoNotRunSayWhy();
    void fieldsBecomeTheRequest();
    void ownNumbersTakeTheirFamily();
    void noMaskIsAFaultAtTheField();
    void refusedShapeKeepsTheStartShut();
    void runFillsTableChartAndPanels();
    void cancelKeepsNothing();
    void failureOffersToTryAgain();
    void baselineIsKeptComparedHiddenAndRemoved();
    void exportAndImportGiveTheSameTable();
    void brokenFileIsRefused();
    void barsAndRowsAreChosenTogether();
    void fieldsComeBackAtTheNextStart();
    void everyControlHasAName();
    void fitsASmallWindow();
};

void BenchWorkspaceTest::initTestCase() {
    ui::applyTheme(*qApp, ui::ThemeChoice::Light);
    const QString folder = qEnvironmentVariable("TESSERA_GRAB");
    if (folder.isEmpty()) {
        return;
    }
    QDir().mkpath(folder);
    const QTemporaryDir data;
    for (const auto& [choice, word] : {std::pair{ui::ThemeChoice::Light, "light"},
                                       std::pair{ui::ThemeChoice::Dark, "dark"},
                                       std::pair{ui::ThemeChoice::HighContrast, "contrast"}}) {
        ui::applyTheme(*qApp, choice);
        Scene scene(data.path());
        for (const QString& state : scene.workspace->screenshotStates()) {
            scene.workspace->showScreenshotState(state);
            QTest::qWait(150);
            scene.workspace->grab().save(
                QStringLiteral("%1/bench-%2-%3.png").arg(folder, state, QLatin1String(word)));
        }
    }
    QSKIP("pictures only");
}

void BenchWorkspaceTest::priceIsThereBeforeTheStart() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.waitForOutlook();
    QCOMPARE(scene.find<QLabel>("bench.price")->text(),
             name("15 cells, about 38 s. Leave the machine alone meanwhile."));
    tick(scene.find<QCheckBox>("bench.mask-1:7"));
    QTRY_VERIFY_WITH_TIMEOUT(scene.find<QLabel>("bench.price")->text().startsWith(name("12 cells")),
                             kWaitMs);
    QVERIFY(scene.rows().isEmpty());
}

void BenchWorkspaceTest::kernelsThatDoNotRunSayWhy() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.waitForOutlook();
    auto* fused = scene.find<QCheckBox>("bench.kernel-fused");
    QVERIFY(!fused->isEnabled());
    QVERIFY(!fused->isChecked());
    QVERIFY(scene.find<QLabel>("bench.why-fused")->text().contains(name("CUDA")));
    auto* dense = scene.find<QCheckBox>("bench.kernel-dense");
    QVERIFY(dense->isChecked());
    QVERIFY(!dense->isEnabled());
    QVERIFY(scene.find<QCheckBox>("bench.kernel-cpu")->isEnabled());
}

void BenchWorkspaceTest::fieldsBecomeTheRequest() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.waitForOutlook();
    tick(scene.find<QCheckBox>("bench.mask-full"));
    tick(scene.find<QCheckBox>("bench.kernel-composed"));
    tick(scene.find<QCheckBox>("bench.backward"));
    scene.find<QDoubleSpinBox>("bench.runs")->setValue(7);
    scene.find<QDoubleSpinBox>("bench.warm-ups")->setValue(0);
    scene.measure();
    const bench::BenchRequest& asked = scene.script->asked;
    QCOMPARE(asked.shapes, std::vector<std::string>{"bundled-192x288"});
    QCOMPARE(asked.masks, (std::vector<std::string>{"4:4", "3:5", "2:6", "1:7"}));
    QCOMPARE(asked.kernels, (std::vector<std::string>{"dense", "cpu"}));
    QCOMPARE(asked.runs, 7);
    QCOMPARE(asked.warmUps, 0);
    QVERIFY(asked.backward);
    QVERIFY(!asked.flushCache);
}

void BenchWorkspaceTest::ownNumbersTakeTheirFamily() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.waitForOutlook();
    auto* shape = scene.find<QComboBox>("bench.shape");
    QVERIFY(!scene.isShown("bench.frames"));
    shape->setCurrentIndex(shape->count() - 1);
    Q_EMIT shape->activated(shape->currentIndex());
    QVERIFY(scene.isShown("bench.frames"));
    scene.find<QDoubleSpinBox>("bench.frames")->setValue(4);
    scene.find<QDoubleSpinBox>("bench.text")->setValue(5);
    QTRY_VERIFY_WITH_TIMEOUT(scene.isShown("bench.mask-2:2"), kWaitMs);
    scene.measure();
    QCOMPARE(scene.script->asked.shapes, std::vector<std::string>{"4,216,5,4,64"});
    QCOMPARE(scene.script->asked.masks, (std::vector<std::string>{"full", "2:2", "1:3"}));
}

void BenchWorkspaceTest::noMaskIsAFaultAtTheField() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.waitForOutlook();
    for (const char* mask : {"full", "4:4", "3:5", "2:6", "1:7"}) {
        tick(scene.find<QCheckBox>(qPrintable(QStringLiteral("bench.mask-%1").arg(name(mask)))));
    }
    QVERIFY(!scene.find<QPushButton>("bench.run")->isEnabled());
    QCOMPARE(scene.find<QLabel>("bench.price")->text(), name("1 field to fix: Masks"));
    tick(scene.find<QCheckBox>("bench.mask-2:6"));
    QVERIFY(scene.find<QPushButton>("bench.run")->isEnabled());
}

void BenchWorkspaceTest::refusedShapeKeepsTheStartShut() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.waitForOutlook();
    auto* shape = scene.find<QComboBox>("bench.shape");
    shape->setCurrentIndex(shape->findData(name("osp-93f")));
    Q_EMIT shape->activated(shape->currentIndex());
    QTRY_VERIFY_WITH_TIMEOUT(!scene.find<QPushButton>("bench.run")->isEnabled(), kWaitMs);
    QVERIFY(scene.find<QLabel>("bench.price")->text().contains(name("92.1 GB")));
    shape->setCurrentIndex(shape->findData(name("bundled-128x192")));
    Q_EMIT shape->activated(shape->currentIndex());
    QTRY_VERIFY_WITH_TIMEOUT(scene.find<QPushButton>("bench.run")->isEnabled(), kWaitMs);
}

void BenchWorkspaceTest::runFillsTableChartAndPanels() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    QVERIFY(!scene.isShown("bench.chart"));
    scene.measure();
    QVERIFY(scene.isShown("bench.chart"));
    QCOMPARE(scene.rows().size(), 6);
    QCOMPARE(column(scene.rows(), 4)[5], name("hidden"));
    QCOMPARE(column(scene.rows(), 10)[5], name("wrong, speed hidden"));
    QCOMPARE(scene.find<QLabel>("bench.cell")->text(), name("cpu, full"));
    QVERIFY(scene.state().value(name("title")).toString().contains(name("100 runs")));
    QVERIFY(scene.isShown("bench.environment"));
    QCOMPARE(scene.find<ui::BenchChart>("bench.chart")->bars().groups.size(), 2u);
}

void BenchWorkspaceTest::cancelKeepsNothing() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    test::Gate gate;
    scene.script->gate = &gate;
    scene.waitForOutlook();
    scene.actions->find(name("bench-run"))->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(scene.state().value(name("runs_done")).toInt() == 2, kWaitMs);
    QVERIFY(scene.isShown("bench.bar"));
    QVERIFY(!scene.find<QPushButton>("bench.run")->isEnabled());
    QTest::mouseClick(scene.find<QPushButton>("bench.rail-cancel"), Qt::LeftButton);
    QCOMPARE(scene.run(), name("stopping"));
    QTRY_COMPARE_WITH_TIMEOUT(scene.run(), name("cancelled"), kWaitMs);
    QVERIFY(scene.rows().isEmpty());
    QVERIFY(scene.find<QPushButton>("bench.run")->isEnabled());
    gate.open();
    QTest::mouseClick(scene.find<QPushButton>("bench.rail-again"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(scene.run(), name("done"), kWaitMs);
}

void BenchWorkspaceTest::failureOffersToTryAgain() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.script->fails = true;
    scene.waitForOutlook();
    scene.actions->find(name("bench-run"))->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(scene.run(), name("failed"), kWaitMs);
    auto* banner = scene.find<ui::Banner>("bench.banner");
    QVERIFY(banner->isVisible());
    scene.script->fails = false;
    for (auto* button : banner->findChildren<QPushButton*>()) {
        if (button->text().contains(name("Try again"))) {
            QTest::mouseClick(button, Qt::LeftButton);
            break;
        }
    }
    QTRY_COMPARE_WITH_TIMEOUT(scene.run(), name("done"), kWaitMs);
}

void BenchWorkspaceTest::baselineIsKeptComparedHiddenAndRemoved() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    QVERIFY(!scene.actions->find(name("bench-keep"))->isEnabled());
    scene.script->scale = 1.066;
    scene.measure();
    scene.actions->find(name("bench-keep"))->trigger();
    auto* field = scene.find<QLineEdit>("bench.baseline-name");
    QVERIFY(field->isVisible());
    field->setText(name("before"));
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(!scene.actions->find(name("bench-keep"))->isEnabled());
    scene.script->scale = 1.0;
    scene.measure();
    const QJsonArray alone = scene.rows();
    tick(scene.find<QCheckBox>("bench.baseline"));
    QCOMPARE(column(scene.rows(), 7)[4], QStringLiteral("\u22126.2 %"));
    QCOMPARE(scene.find<ui::BenchChart>("bench.chart")->bars().baselineName, name("before"));
    tick(scene.find<QCheckBox>("bench.baseline"));
    QCOMPARE(scene.rows(), alone);
    Q_EMIT scene.find<ui::BaselineRow>("bench.baseline-row")->removeWanted();
    QVERIFY(scene.state().value(name("baselines")).toArray().isEmpty());
    QVERIFY(scene.isShown("bench.no-baselines"));
    for (auto* button : scene.find<ui::Banner>("bench.banner")->findChildren<QPushButton*>()) {
        if (button->text().contains(name("Undo"))) {
            QTest::mouseClick(button, Qt::LeftButton);
            break;
        }
    }
    QCOMPARE(scene.state().value(name("baselines")).toArray().size(), 1);
}

void BenchWorkspaceTest::exportAndImportGiveTheSameTable() {
    const QTemporaryDir folder;
    const QTemporaryDir target;
    Scene scene(folder.path());
    scene.measure();
    const QJsonArray before = scene.rows();
    for (const char* file : {"a.csv", "a.json"}) {
        const QString path = target.filePath(name(file));
        scene.workspace->exportTo(path);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(path), kWaitMs);
        scene.workspace->importFrom(path);
        QTRY_VERIFY_WITH_TIMEOUT(scene.state().value(name("title")).toString().contains(name(file)),
                                 kWaitMs);
        QCOMPARE(scene.rows(), before);
    }
    scene.actions->find(name("copy-bench"))->trigger();
    QVERIFY(QApplication::clipboard()->text().startsWith(name("Kernel\tMask")));
}

void BenchWorkspaceTest::brokenFileIsRefused() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    QFile file(folder.filePath(name("broken.csv")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("kernel,mask\ncpu\n");
    file.close();
    scene.workspace->importFrom(file.fileName());
    QTRY_VERIFY_WITH_TIMEOUT(scene.isShown("bench.banner"), kWaitMs);
    QVERIFY(scene.rows().isEmpty());
}

void BenchWorkspaceTest::barsAndRowsAreChosenTogether() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.measure();
    Q_EMIT scene.find<ui::BenchChart>("bench.chart")->rowChosen(5);
    QCOMPARE(scene.state().value(name("chosen")).toInt(), 5);
    QVERIFY(
        scene.find<QLabel>("bench.cell-verdict")->text().startsWith(name("Wrong, speed hidden")));
    QCOMPARE(scene.find<QLabel>("bench.cell-median")->text(), QStringLiteral("\u2013"));
    auto* table = scene.find<QTableView>("bench.results");
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Up);
    QCOMPARE(scene.find<QLabel>("bench.cell")->text(), name("cpu, 2:6"));
}

void BenchWorkspaceTest::fieldsComeBackAtTheNextStart() {
    const QTemporaryDir folder;
    {
        Scene scene(folder.path());
        scene.waitForOutlook();
        tick(scene.find<QCheckBox>("bench.mask-3:5"));
        scene.find<QDoubleSpinBox>("bench.runs")->setValue(9);
    }
    Scene scene(folder.path());
    QVERIFY(!scene.find<QCheckBox>("bench.mask-3:5")->isChecked());
    QVERIFY(scene.find<QCheckBox>("bench.mask-2:6")->isChecked());
    QCOMPARE(scene.find<QDoubleSpinBox>("bench.runs")->value(), 9.0);
}

void BenchWorkspaceTest::everyControlHasAName() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.measure();
    scene.actions->find(name("bench-keep"))->trigger();
    for (const QWidget* widget : scene.workspace->findChildren<QWidget*>()) {
        const bool isControl = qobject_cast<const QAbstractButton*>(widget) != nullptr ||
                               qobject_cast<const QComboBox*>(widget) != nullptr ||
                               qobject_cast<const QDoubleSpinBox*>(widget) != nullptr ||
                               qobject_cast<const QTableView*>(widget) != nullptr;
        if (isControl && widget->isVisible() && widget->focusPolicy() != Qt::NoFocus) {
            QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
            QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
        }
    }
}

void BenchWorkspaceTest::fitsASmallWindow() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.measure();
    scene.workspace->resize(1280, 640);
    QTest::qWait(50);
    QVERIFY(scene.workspace->minimumSizeHint().width() <= 1280);
    QVERIFY(scene.workspace->minimumSizeHint().height() <= 640);
    auto* run = scene.find<QPushButton>("bench.run");
    const QRect inside(run->mapTo(scene.workspace.get(), QPoint()), run->size());
    QVERIFY(scene.workspace->rect().contains(inside));
}

QTEST_MAIN(BenchWorkspaceTest)
#include "bench_workspace_test.moc"
