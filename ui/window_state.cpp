#include "ui/window_state.h"

#include "core/base/version.h"
#include "core/jobs/words.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/event_clock.h"
#include "ui/models/queue_model.h"
#include "ui/theme.h"
#include "ui/views/workspace.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QGroupBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QScreen>
#include <QTextDocument>
#include <QTextEdit>
#include <QToolButton>
#include <QWindow>

namespace tessera::ui {
namespace {

// Letters may overhang their advance by this much without anybody seeing it.
constexpr int kTolerance = 1;
// A library may hold many thousands of rows.
constexpr int kMostRows = 200;

int textWidth(const QWidget& widget, const QString& text) {
    int widest = 0;
    for (const QString& line : text.split(QLatin1Char('\n'))) {
        widest = std::max(widest, widget.fontMetrics().horizontalAdvance(line));
    }
    return widest;
}

bool isLabelClipped(const QLabel& label) {
    const QRect room = label.contentsRect().adjusted(
        label.margin(), label.margin(), -label.margin(), -label.margin());
    if (label.wordWrap()) {
        return label.heightForWidth(label.width()) > label.height() + kTolerance;
    }
    const QSize wanted = label.textFormat() == Qt::PlainText
                             ? QSize(textWidth(label, label.text()), label.fontMetrics().height())
                             : label.minimumSizeHint();
    return wanted.width() > std::max(room.width(), label.width()) + kTolerance;
}

bool isButtonClipped(const QAbstractButton& button) {
    QString text = shownText(button);
    text.remove(QLatin1Char('&'));
    const int iconRoom = button.icon().isNull()
                             ? 0
                             : button.iconSize().width() + button.fontMetrics().averageCharWidth();
    return textWidth(button, text) + iconRoom > button.width() + kTolerance ||
           (!text.isEmpty() && button.fontMetrics().height() > button.height() + kTolerance);
}

QJsonArray rectangle(const QWidget& widget) {
    const QPoint at = widget.mapToGlobal(QPoint(0, 0));
    return {at.x(), at.y(), widget.width(), widget.height()};
}

// The rows of a table, or of a tree with all that is below them, as texts.
void appendRows(QJsonArray& rows, const QAbstractItemModel& model, const QModelIndex& parent) {
    for (int row = 0; row < model.rowCount(parent) && rows.size() < kMostRows; ++row) {
        QJsonArray texts;
        for (int column = 0; column < model.columnCount(parent); ++column) {
            texts.append(model.index(row, column, parent).data().toString());
        }
        rows.append(texts);
        appendRows(rows, model, model.index(row, 0, parent));
    }
}

const char* themeWord() {
    switch (currentTheme().id) {
        case ThemeId::Light:
            return "light";
        case ThemeId::HighContrast:
            return "high-contrast";
        case ThemeId::Dark:
            break;
    }
    return "dark";
}

const char* stateWord(JobState state) {
    constexpr std::array<const char*, 7> kWords{
        "waiting", "running", "paused", "stopping", "done", "failed", "cancelled"};
    return kWords[static_cast<std::size_t>(state)];
}

}  // namespace

QString shownText(const QWidget& widget) {
    if (const auto* label = qobject_cast<const QLabel*>(&widget)) {
        return label->text();
    }
    if (const auto* tool = qobject_cast<const QToolButton*>(&widget);
        tool != nullptr && tool->toolButtonStyle() == Qt::ToolButtonIconOnly &&
        !tool->icon().isNull()) {
        return {};
    }
    if (const auto* button = qobject_cast<const QAbstractButton*>(&widget)) {
        return button->text();
    }
    if (const auto* line = qobject_cast<const QLineEdit*>(&widget)) {
        return line->text().isEmpty() ? line->placeholderText() : line->displayText();
    }
    if (const auto* box = qobject_cast<const QComboBox*>(&widget)) {
        return box->currentText();
    }
    if (const auto* spin = qobject_cast<const QAbstractSpinBox*>(&widget)) {
        return spin->text();
    }
    if (const auto* edit = qobject_cast<const QPlainTextEdit*>(&widget)) {
        return edit->document()->isEmpty() ? edit->placeholderText() : edit->toPlainText();
    }
    if (const auto* rich = qobject_cast<const QTextEdit*>(&widget)) {
        return rich->toPlainText();
    }
    if (const auto* group = qobject_cast<const QGroupBox*>(&widget)) {
        return group->title();
    }
    if (const auto* bar = qobject_cast<const QProgressBar*>(&widget)) {
        return bar->isTextVisible() ? bar->text() : QString::number(bar->value());
    }
    return {};
}

bool isTextClipped(const QWidget& widget) {
    if (!widget.isVisible()) {
        return false;
    }
    if (const auto* label = qobject_cast<const QLabel*>(&widget)) {
        return !label->text().isEmpty() && isLabelClipped(*label);
    }
    if (const auto* button = qobject_cast<const QAbstractButton*>(&widget)) {
        return isButtonClipped(*button);
    }
    if (const auto* box = qobject_cast<const QComboBox*>(&widget)) {
        const int arrow = box->height() / 2;
        return textWidth(*box, box->currentText()) + arrow > box->width() + kTolerance;
    }
    if (const auto* spin = qobject_cast<const QAbstractSpinBox*>(&widget)) {
        return textWidth(*spin, spin->text()) > spin->width() + kTolerance;
    }
    return false;
}

QJsonObject widgetState(const QWidget& widget) {
    QJsonObject state{
        {QStringLiteral("name"), widget.objectName()},
        {QStringLiteral("class"), QString::fromLatin1(widget.metaObject()->className())},
        {QStringLiteral("accessible"), widget.accessibleName()},
        {QStringLiteral("geometry"), rectangle(widget)},
        {QStringLiteral("enabled"), widget.isEnabled()},
        {QStringLiteral("focus"), widget.hasFocus()}};
    if (const QString text = shownText(widget); !text.isEmpty()) {
        state[QStringLiteral("text")] = text;
        state[QStringLiteral("clipped")] = isTextClipped(widget);
    }
    if (const auto* button = qobject_cast<const QAbstractButton*>(&widget);
        button != nullptr && button->isCheckable()) {
        state[QStringLiteral("checked")] = button->isChecked();
    }
    if (const auto* view = qobject_cast<const QAbstractItemView*>(&widget);
        view != nullptr && view->model() != nullptr && !widget.objectName().isEmpty()) {
        QJsonArray rows;
        appendRows(rows, *view->model(), view->rootIndex());
        state[QStringLiteral("rows")] = rows;
    }
    if (!widget.toolTip().isEmpty()) {
        state[QStringLiteral("tooltip")] = widget.toolTip();
    }
    QJsonArray children;
    for (const QObject* child : widget.children()) {
        const auto* inner = qobject_cast<const QWidget*>(child);
        if (inner != nullptr && inner->isVisible()) {
            children.append(widgetState(*inner));
        }
    }
    if (!children.isEmpty()) {
        state[QStringLiteral("children")] = children;
    }
    return state;
}

QJsonArray queueState(const QueueModel& queue) {
    QJsonArray rows;
    for (int at = 0; at < queue.rowCount(); ++at) {
        const QueueRow& row = queue.row(at);
        QJsonObject json{
            {QStringLiteral("job"), static_cast<qint64>(jobs::value(row.id))},
            {QStringLiteral("prompt"), toQt(row.request.prompt)},
            {QStringLiteral("stage"), QString::fromLatin1(jobs::word(row.request.stage))},
            {QStringLiteral("seed"), QString::number(row.request.seed)},
            {QStringLiteral("state"), QString::fromLatin1(stateWord(row.state))},
            {QStringLiteral("phase"), row.phase},
            {QStringLiteral("step"), static_cast<qint64>(row.step)},
            {QStringLiteral("of"), static_cast<qint64>(row.of)},
            {QStringLiteral("took_seconds"), row.tookSeconds}};
        json[QStringLiteral("left_seconds")] =
            row.secondsLeft ? QJsonValue(*row.secondsLeft) : QJsonValue();
        if (row.state == JobState::Failed) {
            json[QStringLiteral("error")] = toQt(base::describe(row.error));
        }
        if (row.result) {
            json[QStringLiteral("path")] = toQt(row.result->path);
        }
        rows.append(json);
    }
    return rows;
}

QJsonObject windowState(const WindowStateSources& sources, bool resetsClock) {
    QJsonObject spaces;
    for (const Workspace* workspace : sources.workspaces) {
        spaces[workspace->name()] = workspace->state();
    }
    QJsonArray windows;
    for (const QWidget* top : QApplication::topLevelWidgets()) {
        if (top->isVisible() && top != &sources.window) {
            windows.append(widgetState(*top));
        }
    }
    QJsonObject state{{QStringLiteral("version"), QString::fromLatin1(base::versionText())},
                      {QStringLiteral("theme"), QString::fromLatin1(themeWord())},
                      {QStringLiteral("scale"), sources.window.devicePixelRatioF()},
                      {QStringLiteral("workspace"),
                       sources.current != nullptr ? sources.current->name() : QString()},
                      {QStringLiteral("workspaces"), spaces},
                      {QStringLiteral("queue"), queueState(sources.queue)},
                      {QStringLiteral("queue_held"), sources.engine.isQueueHeld()},
                      {QStringLiteral("engine_ready"), sources.engine.isEngineReady()},
                      {QStringLiteral("idle"), sources.engine.isIdle()},
                      {QStringLiteral("window"), widgetState(sources.window)},
                      {QStringLiteral("windows"), windows}};
    if (TimedApplication* clock = TimedApplication::instance()) {
        state[QStringLiteral("event_clock")] = clock->json();
        if (resetsClock) {
            clock->reset();
        }
    }
    return state;
}

}  // namespace tessera::ui
