// The registry, the palette's matching, the shortcut sheet and the keys that controls keep.

#include "ui/actions/action_registry.h"

#include "core/base/check.h"
#include "ui/actions/command_palette.h"
#include "ui/actions/control_keys.h"
#include "ui/actions/fuzzy.h"
#include "ui/actions/shortcut_sheet.h"
#include "ui/settings.h"

#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMainWindow>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeWidget>

namespace tessera::ui {

class ActionRegistryTest final : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString file() const { return m_folder.filePath(QStringLiteral("settings.ini")); }

    static ActionText text(const char* name, const char* words, const QKeySequence& keys) {
        return {QString::fromLatin1(name),
                QString::fromLatin1(words),
                QStringLiteral("Does it"),
                QStringLiteral("Test"),
                keys,
                false};
    }

private Q_SLOTS:

    void init() { QFile::remove(file()); }

    void aNameTwiceIsAMistake() {
        Settings settings(file());
        ActionRegistry actions(settings);
        QMainWindow window;
        actions.add(text("a", "A", {}), &window, [] {});
        QVERIFY_EXCEPTION_THROWN(actions.add(text("a", "A", {}), &window, [] {}), base::LogicError);
    }

    void aReboundShortcutPersists() {
        const QKeySequence before(Qt::CTRL | Qt::Key_Return);
        const QKeySequence after(Qt::CTRL | Qt::Key_G);
        QMainWindow window;
        {
            Settings settings(file());
            ActionRegistry actions(settings);
            QAction* action = actions.add(text("start", "&Start", before), &window, [] {});
            actions.rebind(action, after);
            settings.sync();
        }
        Settings settings(file());
        ActionRegistry actions(settings);
        QAction* action = actions.add(text("start", "&Start", before), &window, [] {});
        QCOMPARE(action->shortcut(), before);
        actions.restore();
        QCOMPARE(action->shortcut(), after);
        actions.resetAll();
        QCOMPARE(action->shortcut(), before);
        QVERIFY(!settings.value(QStringLiteral("shortcuts/start")).isValid());
    }

    void conflictsAreThoseHeardTogether() {
        Settings settings(file());
        ActionRegistry actions(settings);
        QMainWindow window;
        auto* one = new QMainWindow(&window, Qt::Widget);
        auto* other = new QMainWindow(&window, Qt::Widget);
        const QKeySequence keys(Qt::CTRL | Qt::Key_E);
        QAction* inWindow = actions.add(text("w", "W", {}), &window, [] {});
        QAction* inOne = actions.add(text("one", "One", keys), one, [] {});
        QAction* inOther = actions.add(text("other", "Other", {}), other, [] {});
        QCOMPARE(actions.conflicts(inWindow, keys), std::vector<QAction*>{inOne});
        QVERIFY(actions.conflicts(inOther, keys).empty());
        QVERIFY(actions.conflicts(inWindow, {}).empty());
    }

    void aHiddenWorkspaceDoesNotHearItsKeys() {
        Settings settings(file());
        ActionRegistry actions(settings);
        QMainWindow window;
        auto* space = new QMainWindow(&window);
        space->setWindowFlags(Qt::Widget);
        window.setCentralWidget(space);
        int calls = 0;
        actions.add(text("s", "S", QKeySequence(Qt::CTRL | Qt::Key_E)), space, [&] { ++calls; });
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_E, Qt::ControlModifier);
        QCOMPARE(calls, 1);
        space->hide();
        QTest::keyClick(&window, Qt::Key_E, Qt::ControlModifier);
        QCOMPARE(calls, 1);
    }

    void aButtonFollowsItsAction() {
        Settings settings(file());
        ActionRegistry actions(settings);
        QMainWindow window;
        int calls = 0;
        QAction* action =
            actions.add(text("go", "&Go", QKeySequence(Qt::Key_F5)), &window, [&] { ++calls; });
        QPushButton* button = actionButton(action, nullptr, &window);
        QCOMPARE(button->text(), QStringLiteral("Go"));
        QCOMPARE(button->accessibleName(), QStringLiteral("Go"));
        QVERIFY(button->toolTip().contains(QStringLiteral("F5")));
        button->click();
        QCOMPARE(calls, 1);
        action->setEnabled(false);
        QVERIFY(!button->isEnabled());
        action->setText(QStringLiteral("&Went"));
        QCOMPARE(button->text(), QStringLiteral("Went"));
    }

    void aFocusedButtonKeepsItsSpace() {
        Settings settings(file());
        ActionRegistry actions(settings);
        QMainWindow window;
        ControlKeys keys;
        qApp->installEventFilter(&keys);
        int played = 0;
        int pressed = 0;
        actions.add(text("play", "Play", QKeySequence(Qt::Key_Space)), &window, [&] { ++played; });
        auto* button = new QPushButton(QStringLiteral("Press"), &window);
        window.setCentralWidget(button);
        connect(button, &QPushButton::clicked, this, [&] { ++pressed; });
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        button->setFocus();
        QTest::keyClick(button, Qt::Key_Space);
        QCOMPARE(pressed, 1);
        QCOMPARE(played, 0);
    }

    void fuzzyLikesStartsOfWords() {
        QVERIFY(!fuzzyMatch(QStringLiteral("xq"), QStringLiteral("Generate")));
        const auto starts = fuzzyMatch(QStringLiteral("pq"), QStringLiteral("Pause queue"));
        const auto inside = fuzzyMatch(QStringLiteral("pq"), QStringLiteral("Open square"));
        QVERIFY(starts && inside);
        QVERIFY(starts->score > inside->score);
        QCOMPARE(starts->positions, (std::vector<int>{0, 6}));
        QCOMPARE(fuzzyMatch({}, QStringLiteral("Generate"))->score, 0);
    }

    void thePaletteRunsWhatWasTyped() {
        Settings settings(file());
        ActionRegistry actions(settings);
        QMainWindow window;
        QStringList ran;
        actions.add(
            text("pause", "Pause &queue", {}), &window, [&] { ran << QStringLiteral("pause"); });
        QAction* off = actions.add(
            text("off", "Pause pump", {}), &window, [&] { ran << QStringLiteral("off"); });
        off->setEnabled(false);
        actions.setReason(off, QStringLiteral("There is no pump."));
        CommandPalette palette(actions, &window);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        palette.open();
        auto* typed = palette.findChild<QLineEdit*>(QStringLiteral("palette.search"));
        auto* list = palette.findChild<QListView*>(QStringLiteral("palette.list"));
        QTest::keyClicks(typed, QStringLiteral("pau"));
        QCOMPARE(list->model()->rowCount(), 2);
        QTest::keyClick(typed, Qt::Key_Down);
        QCOMPARE(list->currentIndex().data(Qt::ToolTipRole).toString(),
                 QStringLiteral("There is no pump."));
        QTest::keyClick(typed, Qt::Key_Return);
        QVERIFY(ran.isEmpty());
        QTest::keyClick(typed, Qt::Key_Up);
        QTest::keyClick(typed, Qt::Key_Return);
        QCOMPARE(ran, QStringList{QStringLiteral("pause")});
        QVERIFY(!palette.isVisible());
        palette.open();
        QTest::keyClick(typed, Qt::Key_Escape);
        QVERIFY(!palette.isVisible());
    }

    void theSheetRebindsAndNamesConflicts() {
        Settings settings(file());
        ActionRegistry actions(settings);
        QMainWindow window;
        const QKeySequence taken(Qt::CTRL | Qt::Key_T);
        actions.add(text("first", "&First", taken), &window, [] {});
        QAction* second = actions.add(text("second", "&Second", {}), &window, [] {});
        ShortcutSheet sheet(actions, &window);
        sheet.show();
        auto* tree = sheet.findChild<QTreeWidget*>(QStringLiteral("shortcuts.list"));
        auto* note = sheet.findChild<QLabel*>(QStringLiteral("shortcuts.note"));
        QTreeWidgetItem* row = tree->topLevelItem(0)->child(1);
        QCOMPARE(row->text(0), QStringLiteral("Second"));
        tree->setFocus();
        tree->setCurrentItem(row);
        QTest::keyClick(tree, Qt::Key_Return);
        QTest::keyClick(tree, Qt::Key_T, Qt::ControlModifier);
        QVERIFY(note->text().contains(QStringLiteral("First")));
        QVERIFY(second->shortcut().isEmpty());
        QTest::keyClick(tree, Qt::Key_U, Qt::ControlModifier);
        QCOMPARE(second->shortcut(), QKeySequence(Qt::CTRL | Qt::Key_U));
        QTest::keyClick(tree, Qt::Key_Return);
        QTest::keyClick(tree, Qt::Key_Backspace);
        QVERIFY(second->shortcut().isEmpty());
    }
};

}  // namespace tessera::ui

QTEST_MAIN(tessera::ui::ActionRegistryTest)
#include "action_registry_test.moc"
