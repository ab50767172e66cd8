// Every control in every state, in the three themes at one and at two pixels a point, as pictures:
// look_gallery FOLDER. For people who compare them with the drawings; not a test.

#include "tests/ui/gallery_samples.h"
#include "ui/actions/action_registry.h"
#include "ui/settings.h"
#include "ui/style/icons.h"
#include "ui/theme.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QBoxLayout>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPainter>
#include <QProcess>
#include <QStatusBar>

#include <cstdio>
#include <utility>
#include <vector>

namespace tessera::ui {
namespace {

void fillMenus(QMainWindow& window) {
    for (const char* word : {"&File", "&Edit", "&View", "&Job", "&Window", "&Help"}) {
        window.menuBar()->addMenu(text(word));
    }
    window.statusBar()->showMessage(text("Ready"));
}

// A menu without its window, so that it is a picture like the others.
QMenu* sampleMenu(QWidget* parent) {
    auto* menu = new QMenu(parent);
    menu->addAction(icon(text("job-start")), text("&Generate"))
        ->setShortcut(QKeySequence(text("Ctrl+Return")));
    auto* chosen = menu->addAction(icon(text("job-queue")), text("Add to &queue"));
    chosen->setShortcut(QKeySequence(text("Ctrl+Shift+Return")));
    menu->addSeparator();
    auto* loop = menu->addAction(text("Loop"));
    loop->setCheckable(true);
    loop->setChecked(true);
    menu->addAction(icon(text("delete")), text("Remove"))->setEnabled(false);
    menu->addMenu(text("Theme"))->addAction(text("Dark"));
    menu->setActiveAction(chosen);
    return menu;
}

void save(QWidget& widget, const QString& stem) {
    const QString path = text("%1-%2x.png").arg(stem).arg(qRound(widget.devicePixelRatioF()));
    if (!widget.grab().save(path)) {
        std::fprintf(stderr, "cannot write %s\n", qPrintable(path));
    }
}

// The window with this control focused.
void saveFocused(QWidget& window, const QString& control, const QString& stem) {
    window.findChild<QWidget*>(control)->setFocus(Qt::TabFocusReason);
    save(window, stem);
}

// What opens above the window: a list of choices and a question.
void savePopups(QWidget& window, const QString& stem) {
    auto* combo = window.findChild<QComboBox*>();
    combo->showPopup();
    save(*combo->view()->window(), stem + text("-list"));
    combo->hidePopup();
    QMessageBox question(QMessageBox::Warning,
                         text("Discard the queue"),
                         text("Discard two waiting jobs?"),
                         QMessageBox::Discard | QMessageBox::Cancel,
                         &window);
    question.setInformativeText(text("Their recipes stay in the library."));
    question.setDefaultButton(QMessageBox::Discard);
    question.show();
    QCoreApplication::sendPostedEvents();
    save(question, stem + text("-question"));
}

// Every control that takes the focus, one below the other, each with its ring.
void saveRings(QWidget& window, const QString& path) {
    constexpr int kMargin = 6;
    std::vector<QPixmap> pictures;
    int height = 0;
    for (QWidget* control : window.findChildren<QWidget*>()) {
        const bool isPart = qobject_cast<QLineEdit*>(control) != nullptr &&
                            qobject_cast<QAbstractSpinBox*>(control->parentWidget()) != nullptr;
        if (control->focusPolicy() == Qt::NoFocus || !control->isVisible() || isPart ||
            !control->isEnabled()) {
            continue;
        }
        control->setFocus(Qt::TabFocusReason);
        const QRect place(control->mapTo(&window, QPoint()), control->size());
        pictures.push_back(window.grab(place.adjusted(-kMargin, -kMargin, kMargin, kMargin)));
        height += pictures.back().height();
    }
    QPixmap strip(qRound(720 * window.devicePixelRatioF()), height);
    strip.fill(currentTheme().panel);
    QPainter painter(&strip);
    int y = 0;
    for (QPixmap& picture : pictures) {
        picture.setDevicePixelRatio(1.0);
        painter.drawPixmap(0, y, picture);
        y += picture.height();
    }
    painter.end();
    if (!strip.save(path)) {
        std::fprintf(stderr, "cannot write %s\n", qPrintable(path));
    }
}

int run(QApplication& application, const QDir& folder) {
    folder.mkpath(text("."));
    const bool isFirst = application.devicePixelRatio() < 2.0;
    applyTheme(application, ThemeChoice::Dark);

    Settings settings(folder.filePath(text("settings.ini")));
    ActionRegistry actions(settings);
    QMainWindow window;
    actions.add({text("workspace-generate"), text("Write a prompt"), {}, text("Go"), {}, true},
                &window,
                [] {});
    fillMenus(window);
    auto* centre = new QWidget(&window);
    centre->setProperty("surface", text("panel"));
    auto* rows = new QVBoxLayout(centre);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(workspaceBar(centre));
    rows->addWidget(controlsBody(), 1);
    window.setCentralWidget(centre);
    window.addDockWidget(Qt::LeftDockWidgetArea,
                         dockOf(window, "Model and clip", "2 fields to fix", formBody()));
    window.addDockWidget(Qt::RightDockWidgetArea,
                         dockOf(window, "States", "5 banners", statesBody(actions)));
    window.resize(1600, 1000);
    window.show();
    QApplication::setActiveWindow(&window);
    QMenu* menu = sampleMenu(&window);

    const std::vector<std::pair<ThemeChoice, const char*>> themes = {
        {ThemeChoice::Dark, "dark"},
        {ThemeChoice::Light, "light"},
        {ThemeChoice::HighContrast, "contrast"}};
    for (const auto& [choice, name] : themes) {
        applyTheme(application, choice);
        QCoreApplication::sendPostedEvents();
        const QString stem = folder.filePath(text(name));
        saveFocused(window, text(kFaultyField), stem);
        saveRings(window,
                  text("%1-rings-%2x.png").arg(stem).arg(qRound(window.devicePixelRatioF())));
        save(*menu, stem + text("-menu"));
        savePopups(window, stem);
    }
    if (!isFirst) {
        return 0;
    }
    qputenv("QT_SCALE_FACTOR", "2");
    return QProcess::execute(QCoreApplication::applicationFilePath(), {folder.path()});
}

}  // namespace
}  // namespace tessera::ui

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "Usage: look_gallery FOLDER\n");
        return 2;
    }
    QApplication application(argc, argv);
    return tessera::ui::run(application, QDir(QString::fromLocal8Bit(argv[1])));
}
