#include "ui/views/log_dock.h"

#include "core/base/paths.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/text.h"
#include "ui/models/log_model.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/views/workspace.h"
#include "ui/widgets/dock.h"

#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>

namespace tessera::ui {

class LogDock::Filter final : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    void set(base::LogLevel least, const QString& words) {
        m_least = least;
        m_words = words;
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex&) const override {
        const LogLine& line = static_cast<const LogModel*>(sourceModel())->line(row);
        return line.level >= m_least &&
               (m_words.isEmpty() || line.text.contains(m_words, Qt::CaseInsensitive));
    }

private:
    base::LogLevel m_least = base::LogLevel::Info;
    QString m_words;
};

LogDock::LogDock(LogModel& log, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent), m_log(log), m_filter(new Filter(this)) {
    setObjectName(QStringLiteral("log"));
    setAccessibleName(tr("Log"));
    m_filter->setSourceModel(&m_log);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    makeTable();
    layout->addWidget(makeTools(actions));
    layout->addWidget(m_table, 1);
}

LogDock::~LogDock() = default;

void LogDock::makeTable() {
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("log.table"));
    m_table->setAccessibleName(tr("Lines of the log"));
    m_table->setModel(m_filter);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setIconSize(QSize(measure::kSmallIcon, measure::kSmallIcon));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(
        std::max(measure::kTableRow, fontMetrics().height() + 8));
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->resizeSection(LogModel::Time, fontMetrics().averageCharWidth() * 18);
    header->resizeSection(LogModel::Level, fontMetrics().averageCharWidth() * 16);
    header->setStretchLastSection(true);
    // Whoever looks at the end sees new lines come; whoever scrolled up is left in peace.
    const QScrollBar* bar = m_table->verticalScrollBar();
    connect(bar, &QScrollBar::valueChanged, this, [this, bar](int value) {
        m_isAtEnd = value >= bar->maximum();
    });
    connect(bar, &QScrollBar::rangeChanged, this, [this] {
        if (m_isAtEnd) {
            m_table->scrollToBottom();
        }
    });
}

QWidget* LogDock::makeTools(ActionRegistry& actions) {
    auto* tools = new QWidget(this);
    tools->setFixedHeight(std::max(measure::kToolRow, fontMetrics().height() + 18));
    m_level = new QComboBox(tools);
    m_level->setObjectName(QStringLiteral("log.level"));
    m_level->setAccessibleName(tr("Least level"));
    m_level->addItem(tr("Everything"), static_cast<int>(base::LogLevel::Info));
    m_level->addItem(tr("Warnings and errors"), static_cast<int>(base::LogLevel::Warning));
    m_level->addItem(tr("Errors"), static_cast<int>(base::LogLevel::Error));
    m_words = new QLineEdit(tools);
    m_words->setObjectName(QStringLiteral("log.filter"));
    m_words->setAccessibleName(tr("Words in the line"));
    m_words->setPlaceholderText(tr("Filter lines"));
    m_words->setClearButtonEnabled(true);
    m_words->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    QAction* copy = actions.add({QStringLiteral("log-copy"),
                                 tr("&Copy lines"),
                                 tr("Copies the chosen lines, or all that are shown"),
                                 tr("Log"),
                                 {},
                                 false},
                                this,
                                [this] { copyLines(); });
    copy->setIcon(icon(QStringLiteral("copy")));
    QAction* open = actions.add({QStringLiteral("log-open"),
                                 tr("&Open log file"),
                                 tr("Opens the file that the log is written to"),
                                 tr("Log"),
                                 {},
                                 false},
                                this,
                                [] { QDesktopServices::openUrl(QUrl::fromLocalFile(logFile())); });
    open->setIcon(icon(QStringLiteral("file-open")));
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(measure::kRowGap, 0, measure::kRowGap, 0);
    row->setSpacing(measure::kRowGap);
    row->addWidget(m_level);
    row->addWidget(m_words, 1);
    row->addWidget(actionButton(copy, "small", tools));
    row->addWidget(actionButton(open, "small", tools));
    connect(m_level, &QComboBox::currentIndexChanged, this, &LogDock::filter);
    connect(m_words, &QLineEdit::textChanged, this, &LogDock::filter);
    return tools;
}

void LogDock::filter() {
    m_filter->set(static_cast<base::LogLevel>(m_level->currentData().toInt()), m_words->text());
}

void LogDock::copyLines() const {
    QModelIndexList rows = m_table->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    if (rows.isEmpty()) {
        for (int row = 0; row < m_filter->rowCount(); ++row) {
            rows.append(m_filter->index(row, 0));
        }
    }
    QString text;
    for (const QModelIndex& index : rows) {
        const LogLine& line = m_log.line(m_filter->mapToSource(index).row());
        text += line.at.toString(Qt::ISODateWithMs) + QLatin1Char(' ') +
                index.siblingAtColumn(LogModel::Level).data().toString() + QLatin1Char(' ') +
                line.text + QLatin1Char('\n');
    }
    QGuiApplication::clipboard()->setText(text);
}

QString logFile() {
    return toQt(base::dataFolder() / "logs" / "tessera.log");
}

Dock* addLogDock(Workspace& workspace, LogModel& log, ActionRegistry& actions) {
    auto* body = new LogDock(log, actions, &workspace);
    return workspace.addDock(
        QStringLiteral("log"), LogDock::tr("Log"), Qt::BottomDockWidgetArea, body);
}

}  // namespace tessera::ui
