#include "ui/models/log_model.h"

#include "ui/bridge/text.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/theme.h"

#include <mutex>
#include <vector>

namespace tessera::ui {

// Shared with the listener, which may outlive the model by one call.
struct LogModel::Inbox {
    std::mutex mutex;
    std::vector<LogLine> lines;
    LogModel* model = nullptr;  // null when the model is gone
    bool isCalled = false;      // a queued take() is on its way
};

LogModel::LogModel(QObject* parent)
    : QAbstractTableModel(parent), m_inbox(std::make_shared<Inbox>()) {
    m_inbox->model = this;
    base::setLogListener([inbox = m_inbox](base::LogLevel level, std::string_view text) {
        const std::scoped_lock lock(inbox->mutex);
        if (inbox->model == nullptr) {
            return;
        }
        inbox->lines.push_back({QDateTime::currentDateTime(), level, toQt(text)});
        if (!inbox->isCalled) {
            inbox->isCalled = true;
            QMetaObject::invokeMethod(inbox->model, &LogModel::take, Qt::QueuedConnection);
        }
    });
}

LogModel::~LogModel() {
    base::setLogListener({});
    const std::scoped_lock lock(m_inbox->mutex);
    m_inbox->model = nullptr;
}

int LogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int LogModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

namespace {

QString levelWord(base::LogLevel level) {
    switch (level) {
        case base::LogLevel::Warning:
            return LogModel::tr("Warning");
        case base::LogLevel::Error:
            return LogModel::tr("Error");
        default:
            return LogModel::tr("Note");
    }
}

QString levelIcon(base::LogLevel level) {
    switch (level) {
        case base::LogLevel::Warning:
            return QStringLiteral("state-warning");
        case base::LogLevel::Error:
            return QStringLiteral("state-error");
        default:
            return QStringLiteral("state-info");
    }
}

QVariant ink(base::LogLevel level, int column) {
    const Theme& colours = currentTheme();
    if (column == LogModel::Level && level == base::LogLevel::Error) {
        return colours.error;
    }
    if (column == LogModel::Level && level == base::LogLevel::Warning) {
        return colours.warning;
    }
    return column == LogModel::Text ? colours.text : colours.muted;
}

}  // namespace

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const LogLine& row = line(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return index.column() == Time    ? row.at.toString(QStringLiteral("HH:mm:ss.zzz"))
                   : index.column() == Level ? levelWord(row.level)
                                             : row.text;
        case Qt::DecorationRole:
            return index.column() == Level ? QVariant(icon(levelIcon(row.level))) : QVariant();
        case Qt::ForegroundRole:
            return ink(row.level, index.column());
        case Qt::FontRole:
            return index.column() == Time ? numberFont() : tableFont();
        case Qt::ToolTipRole:
            return index.column() == Text ? row.text : QVariant();
        case LevelRole:
            return static_cast<int>(row.level);
        default:
            return {};
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == Time ? tr("Time") : section == Level ? tr("Level") : tr("Line");
}

void LogModel::take() {
    std::vector<LogLine> arrived;
    {
        const std::scoped_lock lock(m_inbox->mutex);
        arrived.swap(m_inbox->lines);
        m_inbox->isCalled = false;
    }
    if (arrived.empty()) {
        return;
    }
    const std::size_t over = arrived.size() > kKeptLines ? arrived.size() - kKeptLines : 0;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(arrived.size() - over) - 1);
    for (std::size_t at = over; at < arrived.size(); ++at) {
        m_lines.push_back(std::move(arrived[at]));
    }
    endInsertRows();
    if (const int surplus = rowCount() - kKeptLines; surplus > 0) {
        beginRemoveRows({}, 0, surplus - 1);
        m_lines.erase(m_lines.begin(), m_lines.begin() + surplus);
        endRemoveRows();
    }
}

void LogModel::clear() {
    beginResetModel();
    m_lines.clear();
    endResetModel();
}

}  // namespace tessera::ui
