// The actions of the frame itself: workspaces apart, which addWorkspace() makes.

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "ui/actions/action_registry.h"
#include "ui/actions/command_palette.h"
#include "ui/actions/shortcut_sheet.h"
#include "ui/bridge/text.h"
#include "ui/dialogs/about_dialog.h"
#include "ui/dialogs/doctor_dialog.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/dialogs/welcome_dialog.h"
#include "ui/settings.h"
#include "ui/views/main_window.h"
#include "ui/views/workspace.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QUrl>

namespace tessera::ui {
namespace {

struct ThemeAction {
    const char* name;
    ThemeChoice choice;
};

constexpr ThemeAction kThemes[] = {{"theme-system", ThemeChoice::System},
                                   {"theme-dark", ThemeChoice::Dark},
                                   {"theme-light", ThemeChoice::Light},
                                   {"theme-contrast", ThemeChoice::HighContrast}};

constexpr const char* kStateFile = "TESSERA_STATE_FILE";

// Calls a slot of the focused widget; every text field and list has these under the same names.
void tellFocus(const char* slot) {
    if (QWidget* focus = QApplication::focusWidget()) {
        QMetaObject::invokeMethod(focus, slot);
    }
}

bool focusKnows(const QWidget* focus, const char* slot) {
    return focus != nullptr &&
           focus->metaObject()->indexOfSlot(QByteArray(slot).append("()").constData()) >= 0;
}

template <class Dialog, class... Arguments>
void openOnce(QWidget* parent, Arguments&... arguments) {
    if (auto* there = parent->findChild<Dialog*>()) {
        there->raise();
        there->activateWindow();
        return;
    }
    auto* dialog = new Dialog(arguments..., parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

}  // namespace

QAction* MainWindow::addAction(const char* name,
                               const QString& group,
                               const QString& text,
                               const QString& tooltip,
                               const QKeySequence& keys,
                               bool hasIcon,
                               std::function<void()> run) {
    return m_services.actions.add(
        {QString::fromLatin1(name), text, tooltip, group, keys, hasIcon}, this, std::move(run));
}

void MainWindow::addFrameActions() {
    addAction("command-palette",
              tr("Window"),
              tr("Find &action"),
              tr("Finds any action by a few of its letters"),
              QKeySequence(Qt::CTRL | Qt::Key_K),
              true,
              [this] { openPalette(); });
    addAction("settings",
              tr("Window"),
              tr("&Settings…"),
              tr("Theme, folders, device, memory, what is kept"),
              QKeySequence(Qt::CTRL | Qt::Key_Comma),
              true,
              [this] { openSettings(); });
    addAction("app-quit",
              tr("Window"),
              tr("&Quit"),
              tr("Closes the window; asks while a job runs"),
              QKeySequence(Qt::CTRL | Qt::Key_Q),
              false,
              [this] { close(); });
    addEditActions();
    addThemeActions();
    addWindowActions();
    addHelpActions();
}

void MainWindow::addEditActions() {
    struct Edit {
        const char* name;
        const char* slot;
        QString text;
        QString tooltip;
        QKeySequence::StandardKey keys;
    };

    const Edit kEdits[] = {{"edit-undo",
                            "undo",
                            tr("&Undo"),
                            tr("Takes the last change of the text back"),
                            QKeySequence::Undo},
                           {"edit-redo",
                            "redo",
                            tr("&Redo"),
                            tr("Makes the change of the text again"),
                            QKeySequence::Redo},
                           {"edit-cut",
                            "cut",
                            tr("Cu&t"),
                            tr("Moves the chosen text to the clipboard"),
                            QKeySequence::Cut},
                           {"edit-copy",
                            "copy",
                            tr("&Copy"),
                            tr("Copies what is chosen to the clipboard"),
                            QKeySequence::Copy},
                           {"edit-paste",
                            "paste",
                            tr("&Paste"),
                            tr("Inserts the text of the clipboard"),
                            QKeySequence::Paste},
                           {"edit-select-all",
                            "selectAll",
                            tr("Select &all"),
                            tr("Chooses everything in the field or list"),
                            QKeySequence::SelectAll}};
    for (const Edit& edit : kEdits) {
        const char* slot = edit.slot;
        QAction* action = addAction(
            edit.name, tr("Edit"), edit.text, edit.tooltip, QKeySequence(edit.keys), false, [slot] {
                tellFocus(slot);
            });
        action->setEnabled(false);
        connect(qApp,
                &QApplication::focusChanged,
                action,
                [action, slot](QWidget*, const QWidget* now) {
                    // An open menu has the focus for a while; what it acts on stays.
                    if (now != nullptr) {
                        action->setEnabled(focusKnows(now, slot));
                    }
                });
    }
}

void MainWindow::addThemeActions() {
    const QString texts[] = {tr("Theme of the des&ktop"),
                             tr("&Dark theme"),
                             tr("&Light theme"),
                             tr("&High contrast theme")};
    const QString tooltips[] = {tr("Dark or light, as the desktop is"),
                                tr("Light text on dark ground"),
                                tr("Dark text on light ground"),
                                tr("Black ground, strong lines, bright colours")};
    auto* group = new QActionGroup(this);
    for (std::size_t at = 0; at < std::size(kThemes); ++at) {
        const ThemeChoice choice = kThemes[at].choice;
        QAction* action = addAction(
            kThemes[at].name, tr("View"), texts[at], tooltips[at], {}, false, [this, choice] {
                m_services.settings.setTheme(choice);
            });
        action->setCheckable(true);
        group->addAction(action);
        const auto follow = [this, action, choice] {
            action->setChecked(m_services.settings.theme() == choice);
        };
        connect(&m_services.settings, &Settings::changed, action, follow);
        follow();
    }
    QAction* full = addAction("window-full-screen",
                              tr("View"),
                              tr("&Full screen"),
                              tr("The window without its frame, and back"),
                              QKeySequence(Qt::Key_F11),
                              false,
                              [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    full->setCheckable(true);
}

void MainWindow::addWindowActions() {
    const QString group = tr("Layouts");
    for (int slot = 1; slot <= WindowLayouts::kSlots; ++slot) {
        const auto key = static_cast<Qt::Key>(Qt::Key_0 + slot);
        addAction(qPrintable(QStringLiteral("window-save-layout-%1").arg(slot)),
                  group,
                  tr("Save layout &%1").arg(slot),
                  tr("Remembers where the docks are as layout %1").arg(slot),
                  QKeySequence(QKeyCombination(Qt::AltModifier | Qt::ShiftModifier, key)),
                  false,
                  [this, slot] {
                      if (const Workspace* workspace = current()) {
                          m_layouts.save(*workspace, slot);
                          showLayoutActions();
                      }
                  });
        addAction(qPrintable(QStringLiteral("window-load-layout-%1").arg(slot)),
                  group,
                  tr("Load layout &%1").arg(slot),
                  tr("Puts the docks where layout %1 has them").arg(slot),
                  QKeySequence(QKeyCombination(Qt::AltModifier, key)),
                  false,
                  [this, slot] {
                      if (Workspace* workspace = current()) {
                          m_layouts.load(*workspace, slot);
                      }
                  });
    }
    addAction("window-reset-layout",
              group,
              tr("&Reset layout"),
              tr("Puts the docks where they came"),
              QKeySequence(Qt::ALT | Qt::Key_0),
              false,
              [this] {
                  if (Workspace* workspace = current()) {
                      workspace->resetLayout();
                  }
              });
}

void MainWindow::addHelpActions() {
    const QString group = tr("Help");
    addAction("help",
              group,
              tr("&Keyboard shortcuts…"),
              tr("Every action with its keys, and how to change them"),
              QKeySequence(Qt::Key_F1),
              true,
              [this] { openShortcuts(); });
    addAction("help-welcome",
              group,
              tr("&Welcome…"),
              tr("What Tessera is and where it keeps things"),
              {},
              false,
              [this] { openWelcome(); });
    addAction("help-doctor",
              group,
              tr("&Doctor…"),
              tr("What this machine has, how quick it is, what is missing"),
              {},
              false,
              [this] { openDoctor(); });
    addAction("help-window-state",
              group,
              tr("&Copy window state (JSON)"),
              tr("Everything the window shows, for a bug report"),
              QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_J),
              false,
              [this] { copyState(); });
    addAction("help-data-folder",
              group,
              tr("Open data &folder"),
              tr("Shows the folder that holds clips, queue and settings"),
              {},
              false,
              [] { QDesktopServices::openUrl(QUrl::fromLocalFile(toQt(base::dataFolder()))); });
    addAction("help-about",
              group,
              tr("&About Tessera…"),
              tr("Versions, licences and the paper"),
              {},
              false,
              [this] { openAbout(); });
}

void MainWindow::showLayoutActions() {
    const Workspace* workspace = current();
    for (int slot = 1; workspace != nullptr && slot <= WindowLayouts::kSlots; ++slot) {
        QAction* load = m_services.actions.find(QStringLiteral("window-load-layout-%1").arg(slot));
        load->setEnabled(m_layouts.hasSlot(*workspace, slot));
        m_services.actions.setReason(
            load,
            load->isEnabled() ? QString() : tr("Nothing is saved as layout %1 yet.").arg(slot));
    }
}

void MainWindow::copyState() {
    const QByteArray json = stateJson(true);
    QGuiApplication::clipboard()->setText(QString::fromUtf8(json));
    if (qEnvironmentVariableIsSet(kStateFile)) {
        const base::Status written = base::writeFileAtomically(
            pathOf(qEnvironmentVariable(kStateFile)),
            std::string_view(json.constData(), static_cast<std::size_t>(json.size())));
        if (!written) {
            base::logWarning(base::describe(written.error()));
        }
    }
}

void MainWindow::openPalette() {
    m_palette->open();
}

void MainWindow::openShortcuts() {
    openOnce<ShortcutSheet>(this, m_services.actions);
}

void MainWindow::openAbout() {
    openOnce<AboutDialog>(this);
}

void MainWindow::openDoctor() {
    openOnce<DoctorDialog>(this, m_services.engine);
}

void MainWindow::openSettings() {
    openOnce<SettingsDialog>(this, m_services);
}

void MainWindow::openWelcome() {
    if (findChild<WelcomeDialog*>() == nullptr) {
        auto* dialog = new WelcomeDialog(m_services.settings, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &WelcomeDialog::promptChosen, this, [this](const QString& prompt) {
            showWorkspace(QStringLiteral("generate"));
            Q_EMIT promptChosen(prompt);
        });
        dialog->open();
    }
}

}  // namespace tessera::ui
