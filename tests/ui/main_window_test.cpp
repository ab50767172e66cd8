// The whole frame over a pretended engine: actions, names, layouts, languages, quitting, the queue
// dock and the state dump.

#include "ui/views/main_window.h"

#include "tests/support/temporary_folder.h"
#include "tests/ui/fake_doors.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/engine_client.h"
#include "ui/dialogs/quit_dialog.h"
#include "ui/dialogs/welcome_dialog.h"
#include "ui/models/library_model.h"
#include "ui/models/log_model.h"
#include "ui/models/queue_model.h"
#include "ui/settings.h"
#include "ui/theme.h"
#include "ui/views/generate_workspace.h"
#include "ui/views/log_dock.h"
#include "ui/views/queue_dock.h"
#include "ui/widgets/dock.h"
#include "ui/window_state.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSet>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTranslator>

#include <memory>

namespace tessera::ui {
namespace {

// Every word through tr() comes back in brackets.
class PseudoLocale final : public QTranslator {
public:
    bool isEmpty() const override { return false; }

    QString translate(const char*, const char* text, const char*, int) const override {
        return QLatin1Char('[') + QString::fromUtf8(text) + QLatin1Char(']');
    }
};

// All parts of the program but the application around them.
struct Frame {
    explicit Frame(test::FakeEngine::Hook hook = {}, const QString& settingsFile = {})
        : settings(settingsFile.isEmpty() ? folder.file("settings.ini") : settingsFile),
          engine(test::fakeLoad(std::move(hook)), nullptr),
          queue(engine),
          library(folder.path() / "library.sqlite", disk),
          actions(settings),
          services{settings, actions, engine, disk, queue, library},
          window(std::make_unique<MainWindow>(services)) {
        generate = new GenerateWorkspace(services, window.get());
        addQueueDock(*generate, services);
        addLogDock(*generate, log, actions);
        window->addWorkspace(generate);
        window->start();
        window->resize(1600, 1000);
        window->show();
    }

    ~Frame() {
        window.reset();
        engine.shutdown();
    }

    template <class Widget>
    Widget* find(const char* name) {
        return window->findChild<Widget*>(QString::fromLatin1(name));
    }

    jobs::JobId submit(const char* prompt, int steps = 2) {
        pipeline::GenerationRequest request;
        request.prompt = prompt;
        request.steps = steps;
        request.width = 128;
        request.height = 128;
        request.videoFrames = 5;
        return engine.submit(request).value();
    }

    struct Folder : tests::TemporaryFolder {
        QString file(const char* name) const {
            return QString::fromStdString((path() / name).string());
        }
    } folder;

    Settings settings;
    LogModel log;
    DiskWorker disk;
    EngineClient engine;
    QueueModel queue;
    LibraryModel library;
    ActionRegistry actions;
    Services services;
    std::unique_ptr<MainWindow> window;
    GenerateWorkspace* generate = nullptr;
};

// Holds every job at its first step until the test opens it.
struct Held {
    std::shared_ptr<test::Gate> gate = std::make_shared<test::Gate>();

    test::FakeEngine::Hook hook() const {
        return
            [gate = gate](
                const jobs::JobSpec&, std::string_view phase, int step, jobs::JobControl& control) {
                if (phase == "denoise" && step == 1) {
                    gate->pass(control.stopToken());
                }
            };
    }
};

bool isInteractive(const QWidget& widget) {
    if (qobject_cast<const QScrollBar*>(&widget) != nullptr) {
        return false;
    }
    return qobject_cast<const QAbstractButton*>(&widget) != nullptr ||
           qobject_cast<const QLineEdit*>(&widget) != nullptr ||
           qobject_cast<const QComboBox*>(&widget) != nullptr ||
           qobject_cast<const QAbstractSpinBox*>(&widget) != nullptr ||
           qobject_cast<const QAbstractSlider*>(&widget) != nullptr ||
           qobject_cast<const QAbstractItemView*>(&widget) != nullptr;
}

// Parts that Qt makes inside a control of ours have no name of their own.
bool isPartOfControl(const QWidget& widget) {
    if (widget.objectName().startsWith(QStringLiteral("qt_"))) {
        return true;
    }
    for (const QWidget* outer = widget.parentWidget(); outer != nullptr;
         outer = outer->parentWidget()) {
        if (qobject_cast<const QAbstractSpinBox*>(outer) != nullptr ||
            qobject_cast<const QComboBox*>(outer) != nullptr ||
            qobject_cast<const QLineEdit*>(outer) != nullptr ||
            qobject_cast<const QAbstractItemView*>(outer) != nullptr ||
            qobject_cast<const QMenuBar*>(outer) != nullptr ||
            outer->inherits("QAbstractScrollAreaScrollBarContainer")) {
            return true;
        }
    }
    return false;
}

QStringList unnamed(const QWidget& root) {
    QStringList list;
    for (const QWidget* widget : root.findChildren<QWidget*>()) {
        if (widget->isHidden() || !isInteractive(*widget) || isPartOfControl(*widget)) {
            continue;
        }
        const bool hasName = !widget->accessibleName().isEmpty();
        if (widget->objectName().isEmpty() || !hasName) {
            list.append(QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') +
                        widget->objectName() + QLatin1Char(' ') + shownText(*widget) +
                        QStringLiteral(" in ") + widget->parentWidget()->objectName());
        }
    }
    return list;
}

// Visible words without brackets: they did not come through tr(). Numbers, units, keys and what the
// user or the engine wrote are the same in every language.
QStringList untranslated(const QWidget& root) {
    static const QRegularExpression words(QStringLiteral("[A-Za-z]{4,}"));
    static const QSet<QString> values = {QStringLiteral("Tessera"),
                                         QStringLiteral("fp32"),
                                         QStringLiteral("bf16"),
                                         QStringLiteral("auto")};
    QStringList list;
    for (const QWidget* widget : root.findChildren<QWidget*>()) {
        const QString text = shownText(*widget);
        const bool isOurs = qobject_cast<const QLabel*>(widget) != nullptr ||
                            qobject_cast<const QAbstractButton*>(widget) != nullptr;
        if (!isOurs || !widget->isVisible() || values.contains(text) ||
            widget->inherits("tessera::ui::KeyCap")) {
            continue;
        }
        if (words.match(text).hasMatch() && !text.contains(QLatin1Char('['))) {
            list.append(widget->objectName() + QStringLiteral(": ") + text);
        }
    }
    return list;
}

QStringList clipped(const QWidget& root) {
    QStringList list;
    for (const QWidget* widget : root.findChildren<QWidget*>()) {
        if (isTextClipped(*widget)) {
            list.append(widget->objectName() + QStringLiteral(": ") + shownText(*widget));
        }
    }
    return list;
}

QString report(const QStringList& list) {
    return list.join(QLatin1Char('\n'));
}

}  // namespace

class MainWindowTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase() { applyTheme(*qApp, ThemeChoice::Dark); }

    void everyActionHasItsOwnNameWordsAndKeys() {
        Frame frame;
        QSet<QString> names;
        for (QAction* action : frame.actions.all()) {
            const QString name = frame.actions.name(action);
            QVERIFY2(!names.contains(name), qPrintable(name));
            names.insert(name);
            QVERIFY2(!plainText(action).isEmpty(), qPrintable(name));
            QVERIFY2(!action->toolTip().isEmpty(), qPrintable(name));
            QVERIFY2(!frame.actions.group(action).isEmpty(), qPrintable(name));
            for (const QAction* other : frame.actions.conflicts(action, action->shortcut())) {
                QFAIL(qPrintable(name + QStringLiteral(" and ") + frame.actions.name(other) +
                                 QStringLiteral(" share ") + action->shortcut().toString()));
            }
        }
    }

    void theTitleTellsOfTheQueue() {
        Held held;
        Frame frame(held.hook());
        const QString idle = QStringLiteral("Generate — Tessera");
        QCOMPARE(frame.window->windowTitle(), idle);
        frame.submit("a red ball");
        frame.submit("a blue fish");
        QTRY_VERIFY(frame.window->windowTitle().endsWith(QStringLiteral("1 waiting — ") + idle));
        held.gate->open();
        QTRY_COMPARE(frame.window->windowTitle(), idle);
    }

    void aRowOfTheQueueLeadsToItsClipAndItsRecipe() {
        Frame frame;
        frame.submit("a red ball");
        QTRY_VERIFY(frame.engine.isIdle());
        auto* dock = frame.find<QueueDock>("queue");
        QSignalSpy jobs(dock, &QueueDock::jobWanted);
        QSignalSpy recipes(dock, &QueueDock::recipeWanted);
        auto* table = frame.find<QTableView>("queue.table");
        table->setFocus();
        table->selectRow(0);
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(jobs.size(), 1);
        QCOMPARE(jobs.front().front().value<QueueRow>().request.prompt, std::string("a red ball"));
        QTest::keyClick(table, Qt::Key_U, Qt::ControlModifier);
        QCOMPARE(recipes.size(), 1);
    }

    void everyControlHasAName() {
        Frame frame;
        const QStringList list = unnamed(*frame.window);
        QVERIFY2(list.isEmpty(), qPrintable(report(list)));
        frame.window->openSettings();
        frame.window->openWelcome();
        frame.window->openShortcuts();
        frame.window->openAbout();
        frame.window->openDoctor();
        for (const QDialog* dialog : frame.window->findChildren<QDialog*>()) {
            const QStringList inside = unnamed(*dialog);
            QVERIFY2(inside.isEmpty(), qPrintable(report(inside)));
        }
    }

    void everyWordCanBeTranslated() {
        PseudoLocale brackets;
        QCoreApplication::installTranslator(&brackets);
        Frame frame;
        QTest::qWait(50);
        QStringList list = untranslated(*frame.window);
        for (const QAction* action : frame.actions.all()) {
            for (const QString& text : {action->text(), action->toolTip()}) {
                if (!text.contains(QLatin1Char('['))) {
                    list.append(frame.actions.name(action) + QStringLiteral(": ") + text);
                }
            }
        }
        frame.window->openSettings();
        frame.window->openWelcome();
        frame.window->openDoctor();
        QTest::qWait(50);
        for (const QDialog* dialog : frame.window->findChildren<QDialog*>()) {
            list += untranslated(*dialog);
        }
        QCoreApplication::removeTranslator(&brackets);
        QVERIFY2(list.isEmpty(), qPrintable(report(list)));
    }

    void noTextIsClippedInASmallWindow() {
        Frame frame;
        frame.window->resize(1280, 720);
        QTest::qWait(50);
        const QStringList list = clipped(*frame.window);
        QVERIFY2(list.isEmpty(), qPrintable(report(list)));
    }

    void layoutsAreSavedAndLoaded() {
        Frame frame;
        auto* queue = frame.find<Dock>("dock.queue");
        QVERIFY(queue != nullptr);
        frame.actions.find(QStringLiteral("window-reset-layout"))->trigger();
        QVERIFY(!queue->isHidden());
        QVERIFY(!frame.actions.find(QStringLiteral("window-load-layout-1"))->isEnabled());
        queue->close();
        frame.actions.find(QStringLiteral("window-save-layout-1"))->trigger();
        frame.actions.find(QStringLiteral("window-reset-layout"))->trigger();
        QVERIFY(!queue->isHidden());
        frame.actions.find(QStringLiteral("window-load-layout-1"))->trigger();
        QVERIFY(queue->isHidden());
    }

    void geometryAndDocksComeBackAtTheNextStart() {
        tests::TemporaryFolder folder;
        const QString file = QString::fromStdString((folder.path() / "s.ini").string());
        {
            Frame frame({}, file);
            frame.window->resize(1300, 800);
            frame.find<Dock>("dock.queue")->close();
            frame.window->close();
        }
        Frame frame({}, file);
        // The frame's own size comes last in its constructor; what was restored shows in the docks.
        QVERIFY(frame.find<Dock>("dock.queue")->isHidden());
    }

    void quittingAsksOnlyWhileAJobRuns() {
        Frame frame;
        QSignalSpy closed(frame.window.get(), &MainWindow::closed);
        frame.window->close();
        QCOMPARE(closed.count(), 1);
        QVERIFY(frame.window->findChild<QuitDialog*>() == nullptr);
    }

    void finishFirstWaitsForTheJobAndLeavesTheOthers() {
        const Held held;
        Frame frame(held.hook());
        frame.submit("a red ball");
        frame.submit("a blue box");
        QTRY_VERIFY(frame.engine.running().has_value());
        QSignalSpy closed(frame.window.get(), &MainWindow::closed);
        frame.window->close();
        auto* quit = frame.window->findChild<QuitDialog*>();
        QVERIFY(quit != nullptr && quit->isVisible());
        QTRY_VERIFY(quit->findChild<QLabel*>(QStringLiteral("quit.what"))
                        ->text()
                        .contains(QStringLiteral("a red ball")));
        QTest::mouseClick(quit->findChild<QPushButton*>(QStringLiteral("quit.finish")),
                          Qt::LeftButton);
        QCOMPARE(closed.count(), 0);
        held.gate->open();
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(frame.queue.waitingCount(), 1);
    }

    void cancelAndQuitStopsTheJob() {
        const Held held;
        Frame frame(held.hook());
        const jobs::JobId job = frame.submit("a red ball");
        QTRY_VERIFY(frame.engine.running().has_value());
        QSignalSpy closed(frame.window.get(), &MainWindow::closed);
        QSignalSpy cancelled(&frame.engine, &EngineClient::cancelled);
        frame.window->close();
        auto* quit = frame.window->findChild<QuitDialog*>();
        QTest::mouseClick(quit->findChild<QPushButton*>(QStringLiteral("quit.cancel")),
                          Qt::LeftButton);
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(cancelled.count(), 1);
        QVERIFY(frame.queue.find(job)->state == JobState::Cancelled);
    }

    void stayGoesOn() {
        const Held held;
        Frame frame(held.hook());
        frame.submit("a red ball");
        QTRY_VERIFY(frame.engine.running().has_value());
        frame.window->close();
        auto* quit = frame.window->findChild<QuitDialog*>();
        QTest::keyClick(quit, Qt::Key_Escape);
        QVERIFY(frame.window->isVisible());
        QVERIFY(!frame.engine.isQueueHeld());
        held.gate->open();
        QTRY_VERIFY(frame.engine.isIdle());
    }

    void theQueueIsEditedReorderedSavedAndLoaded() {
        Frame frame;
        frame.engine.holdQueue(true);
        for (const char* prompt : {"one ball", "two balls", "three balls", "four balls"}) {
            frame.submit(prompt);
        }
        auto* table = frame.find<QTableView>("queue.table");
        QTRY_COMPARE(frame.queue.rowCount(), 4);
        table->setFocus();
        table->selectRow(2);
        frame.actions.find(QStringLiteral("queue-edit"))->trigger();
        auto* editor = frame.find<QLineEdit>("queue.prompt");
        QVERIFY(editor != nullptr);
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("three cubes"));
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(frame.queue.row(2).request.prompt, std::string("three cubes"));
        table->selectRow(3);
        frame.actions.find(QStringLiteral("queue-up"))->trigger();
        QTRY_COMPARE(frame.queue.row(2).request.prompt, std::string("four balls"));

        auto* dock = frame.find<QueueDock>("queue");
        const QString file = frame.folder.file("jobs.queue.json");
        dock->save(file);
        QTRY_VERIFY(QFile::exists(file));
        for (const jobs::JobSpec& spec : frame.engine.waiting()) {
            frame.engine.cancel(spec.id);
        }
        QTRY_COMPARE(frame.queue.waitingCount(), 0);
        dock->load(file);
        QTRY_COMPARE(frame.queue.waitingCount(), 4);
        QCOMPARE(frame.queue.row(0).request.prompt, std::string("one ball"));
        QCOMPARE(frame.queue.row(3).request.prompt, std::string("three cubes"));
        dock->load(frame.folder.file("none.queue.json"));
        QTRY_VERIFY(frame.find<QWidget>("queue.problem") != nullptr);
    }

    void theStateDumpIsJson() {
        Frame frame;
        const QJsonObject state = QJsonDocument::fromJson(frame.window->stateJson(false)).object();
        QCOMPARE(state.value(QStringLiteral("workspace")).toString(), QStringLiteral("generate"));
        QVERIFY(state.contains(QStringLiteral("window")));
        QVERIFY(state.contains(QStringLiteral("queue")));
        QCOMPARE(state.value(QStringLiteral("idle")).toBool(), true);
    }

    void theWelcomeLeadsToGenerate() {
        Frame frame;
        QSignalSpy chosen(frame.window.get(), &MainWindow::promptChosen);
        frame.window->openWelcome();
        auto* welcome = frame.window->findChild<WelcomeDialog*>();
        QStringList folders;
        for (const QLabel* label : welcome->findChildren<QLabel*>()) {
            folders.append(label->text());
        }
        QVERIFY(folders.contains(frame.settings.clipsFolder()));
        for (int turn = 0; turn < 3; ++turn) {
            QTest::keyClick(welcome->findChild<QPushButton*>(QStringLiteral("welcome.next")),
                            Qt::Key_Space);
        }
        QCOMPARE(chosen.count(), 1);
        QVERIFY(frame.settings.welcomeSeen());
    }
};

}  // namespace tessera::ui

QTEST_MAIN(tessera::ui::MainWindowTest)
#include "main_window_test.moc"
