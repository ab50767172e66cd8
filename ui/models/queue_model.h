#pragma once

// The jobs of this session as rows: running first, then waiting in their order, then ended ones
// (newest first, at most 200). Follows the engine client; edits go through it. A job that was
// replaced while it waited stays one row, under its new number. GUI thread.

#include "core/jobs/event.h"
#include "core/jobs/job.h"
#include "ui/bridge/engine_doors.h"
#include "ui/models/job_progress.h"

#include <QAbstractTableModel>
#include <QDateTime>

#include <chrono>
#include <optional>
#include <unordered_map>
#include <vector>

namespace tessera::ui {

class EngineClient;

enum class JobState { Waiting, Running, Paused, Stopping, Done, Failed, Cancelled };

struct QueueRow {
    jobs::JobId id{};
    bool isClip = true;  // else only the prompt of the request says something: what is done
    pipeline::GenerationRequest request;
    JobState state = JobState::Waiting;
    QString phase;          // of the running one
    std::int64_t step = 0;  // in that phase
    std::int64_t of = 0;
    double share = -1.0;  // done of the whole job, 0 to 1, never less than before; -1 = not known
    std::optional<double> secondsLeft;  // of the whole job
    double estimateSeconds = 0.0;       // before it started; 0 = not known
    PhaseSeconds expected{};            // of its phases, corrected by its pace
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

    static constexpr int kKeptEnded = 200;

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

    // Seconds until the last job ends; empty when the time of one is not known.
    std::optional<double> secondsUntilEmpty() const;

    // Remembers what was said of a job that was submitted: its seconds, and those of its phases as
    // far as they are known.
    void setEstimate(jobs::JobId id, double seconds, const PhaseSeconds& expected = {});
    void removeEnded();

Q_SIGNALS:
    void summaryChanged();

private:
    struct JobEstimate {
        double seconds = 0.0;
        PhaseSeconds expected{};
    };

    void followStates();
    void followEnds();

    void insertQueued(jobs::JobId id);
    void replaceRow(jobs::JobId before, jobs::JobId after);
    void start(jobs::JobId id);
    void step(const jobs::StepDone& step);
    void setPoint(QueueRow& row, std::optional<double> etaSeconds);
    void setState(jobs::JobId id, JobState state);

    // What the row of a job is when it has ended; then it moves to the ended ones.
    QueueRow endedRow(jobs::JobId id, JobState state) const;
    void end(jobs::JobId id, QueueRow last);

    void reorderWaiting();
    void fillRequest(QueueRow& row) const;
    void takeEstimate(QueueRow& row);
    int indexOf(jobs::JobId id) const;
    int firstWaiting() const;
    int firstEnded() const;
    void moveRow(int from, int to);
    void changeRow(int row);
    void tellSummary();

    EngineClient& m_engine;
    std::vector<QueueRow> m_rows;
    std::unordered_map<jobs::JobId, JobEstimate> m_estimates;  // of jobs that have no row yet
    std::chrono::steady_clock::time_point m_startedAt;
    QString m_summary;  // as it was told last
};

}  // namespace tessera::ui
