#pragma once

// The jobs of this session as rows: running first, then waiting in their order, then ended ones
// (newest first, at most 200). Follows the engine client; edits go through it. GUI thread.

#include "core/jobs/event.h"
#include "core/jobs/job.h"
#include "ui/bridge/engine_doors.h"

#include <QAbstractTableModel>
#include <QDateTime>

#include <optional>
#include <vector>

namespace tessera::ui {

class EngineClient;

enum class JobState { Waiting, Running, Paused, Stopping, Done, Failed, Cancelled };

struct QueueRow {
    jobs::JobId id{};
    pipeline::GenerationRequest request;
    JobState state = JobState::Waiting;
    QString phase;          // of the running one
    std::int64_t step = 0;  // in that phase
    std::int64_t of = 0;
    std::optional<double> secondsLeft;  // of the whole job
    double estimateSeconds = 0.0;       // before it started; 0 = not known
    double tookSeconds = 0.0;
    base::Error error;  // when Failed
    QDateTime ended;
    std::optional<pipeline::GenerationResult> result;  // when Done, without its frames
};

class QueueModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { StateIcon, Prompt, Stage, Size, Seed, Estimate, State, ColumnCount };
    enum Role { RowRole = Qt::UserRole, ProgressRole };  // QueueRow; share done 0..1 or -1

    explicit QueueModel(EngineClient& engine, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    // Drag and drop of waiting rows among themselves.
    Qt::DropActions supportedDropActions() const override;
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;
    bool dropMimeData(const QMimeData* data,
                      Qt::DropAction action,
                      int row,
                      int column,
                      const QModelIndex& parent) override;

    const QueueRow& row(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    const QueueRow* find(jobs::JobId id) const;
    const QueueRow* running() const;
    int waitingCount() const;

    // "1 running, 2 waiting, 47 s"; "empty, last 3 jobs".
    QString summary() const;

    // Remembers what estimateReady() said for a job about to be submitted.
    void setEstimate(jobs::JobId id, double seconds);
    void removeEnded();

Q_SIGNALS:
    void summaryChanged();

private:
    void insertQueued(jobs::JobId id);
    void reorderWaiting();
    int indexOf(jobs::JobId id) const;
    void changeRow(int row);

    EngineClient& m_engine;
    std::vector<QueueRow> m_rows;
};

}  // namespace tessera::ui
