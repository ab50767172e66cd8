#pragma once

// The newest lines of the program's log as rows, oldest first. Lines arrive on any thread and are
// taken over in one go on the GUI thread. One at a time may exist. GUI thread.

#include "core/base/log.h"

#include <QAbstractTableModel>
#include <QDateTime>
#include <QString>

#include <deque>
#include <memory>

namespace tessera::ui {

struct LogLine {
    QDateTime at;
    base::LogLevel level = base::LogLevel::Info;
    QString text;
};

class LogModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Time, Level, Text, ColumnCount };

    enum Role { LevelRole = Qt::UserRole };  // base::LogLevel as int

    static constexpr int kKeptLines = 5000;

    explicit LogModel(QObject* parent = nullptr);
    ~LogModel() override;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    const LogLine& line(int row) const { return m_lines[static_cast<std::size_t>(row)]; }

    void clear();

private:
    struct Inbox;

    void take();

    std::deque<LogLine> m_lines;
    std::shared_ptr<Inbox> m_inbox;
};

}  // namespace tessera::ui
