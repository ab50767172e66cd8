// The half of the queue's model that follows the engine client: rows come, change and move.

#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/models/queue_model.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace tessera::ui {

using jobs::JobId;

namespace {

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

bool waits(const QueueRow& row) {
    return row.state == JobState::Waiting;
}

bool hasEnded(const QueueRow& row) {
    return row.state == JobState::Done || row.state == JobState::Failed ||
           row.state == JobState::Cancelled;
}

}  // namespace

void QueueModel::fillRequest(QueueRow& row) const {
    const jobs::JobRequest* request = m_engine.requestOf(row.id);
    if (request == nullptr) {
        return;
    }
    row.isClip = std::holds_alternative<pipeline::GenerationRequest>(*request);
    if (const auto* clip = std::get_if<pipeline::GenerationRequest>(request)) {
        row.request = *clip;
    } else if (const auto* score = std::get_if<eval::EvalRequest>(request)) {
        row.request = score->generation;
        row.request.prompt = fromQt(tr("Score the model"));
    } else if (std::holds_alternative<bench::BenchRequest>(*request)) {
        row.request.prompt = fromQt(tr("Time the kernels"));
    } else {
        row.request.prompt = fromQt(tr("Train a network"));
    }
}

void QueueModel::takeEstimate(QueueRow& row) {
    if (const auto known = m_estimates.extract(row.id)) {
        row.estimateSeconds = known.mapped().seconds;
        row.expected = known.mapped().expected;
    }
}

void QueueModel::insertQueued(JobId id) {
    QueueRow row;
    row.id = id;
    takeEstimate(row);
    fillRequest(row);
    const int at = firstEnded();
    beginInsertRows({}, at, at);
    m_rows.insert(m_rows.begin() + at, std::move(row));
    endInsertRows();
    reorderWaiting();  // moved before this row was there
    tellSummary();
}

void QueueModel::replaceRow(JobId before, JobId after) {
    const int at = indexOf(before);
    if (at < 0) {
        return;
    }
    QueueRow& row = m_rows[static_cast<std::size_t>(at)];
    row = QueueRow{};
    row.id = after;
    takeEstimate(row);
    fillRequest(row);
    changeRow(at);
    reorderWaiting();
}

void QueueModel::start(JobId id) {
    const int at = indexOf(id);
    if (at < 0) {
        return;
    }
    m_startedAt = std::chrono::steady_clock::now();
    QueueRow& row = m_rows[static_cast<std::size_t>(at)];
    row.state = JobState::Running;
    if (row.estimateSeconds > 0.0) {
        row.secondsLeft = row.estimateSeconds;
    }
    moveRow(at, 0);
    changeRow(0);
}

void QueueModel::step(const jobs::StepDone& step) {
    const int at = indexOf(step.stamp.job);
    if (at < 0) {
        return;
    }
    QueueRow& row = m_rows[static_cast<std::size_t>(at)];
    row.step = step.step;
    row.of = step.of;
    setPoint(row, step.etaSeconds);
    changeRow(at);
}

// What the phase and step of the row say of the whole job.
void QueueModel::setPoint(QueueRow& row, std::optional<double> etaSeconds) {
    const PhasePoint point{row.phase, row.step, row.of, etaSeconds};
    row.expected = corrected(point, row.expected);
    row.share = std::max(row.share, shareOfJob(point, row.expected));
    row.secondsLeft = secondsLeft(point, row.expected);
}

void QueueModel::setState(JobId id, JobState state) {
    const int at = indexOf(id);
    if (at >= 0 && !hasEnded(row(at))) {
        m_rows[static_cast<std::size_t>(at)].state = state;
        changeRow(at);
    }
}

void QueueModel::end(JobId id, QueueRow last) {
    const int at = indexOf(id);
    if (at < 0) {
        return;
    }
    // Behind all that is not ended: the place of the newest ended row.
    const int to = firstEnded() - 1;
    m_rows[static_cast<std::size_t>(at)] = std::move(last);
    moveRow(at, to);
    changeRow(to);
    const int surplus = rowCount() - firstEnded() - kKeptEnded;
    if (surplus > 0) {
        beginRemoveRows({}, rowCount() - surplus, rowCount() - 1);
        m_rows.erase(m_rows.end() - surplus, m_rows.end());
        endRemoveRows();
    }
    tellSummary();
}

QueueRow QueueModel::endedRow(JobId id, JobState state) const {
    const QueueRow* known = find(id);
    if (known == nullptr) {
        return {};
    }
    QueueRow row = *known;
    if (!waits(row)) {
        row.tookSeconds = secondsSince(m_startedAt);
    }
    row.state = state;
    row.ended = QDateTime::currentDateTime();
    row.secondsLeft.reset();
    return row;
}

// The client's line is the truth; rows that it no longer knows have started, and their signal
// follows: they come first.
void QueueModel::reorderWaiting() {
    const std::vector<jobs::JobSpec> line = m_engine.waiting();
    const auto place = [&line](const QueueRow& row) {
        const auto found = std::ranges::find(line, row.id, &jobs::JobSpec::id);
        return found == line.end() ? -1 : static_cast<int>(found - line.begin());
    };
    // Nearly sorted, and seldom long: each row goes before the first that has to come after it.
    const int first = firstWaiting();
    const int last = firstEnded();
    for (int at = first + 1; at < last; ++at) {
        const int own = place(row(at));
        int to = at;
        while (to > first && place(row(to - 1)) > own) {
            --to;
        }
        moveRow(at, to);
    }
}

int QueueModel::indexOf(JobId id) const {
    const auto found = std::ranges::find(m_rows, id, &QueueRow::id);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int QueueModel::firstWaiting() const {
    return !m_rows.empty() && !waits(m_rows.front()) && !hasEnded(m_rows.front()) ? 1 : 0;
}

int QueueModel::firstEnded() const {
    return static_cast<int>(std::ranges::find_if(m_rows, hasEnded) - m_rows.begin());
}

void QueueModel::moveRow(int from, int to) {
    if (from == to) {
        return;
    }
    beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
    const auto begin = m_rows.begin();
    if (to > from) {
        std::rotate(begin + from, begin + from + 1, begin + to + 1);
    } else {
        std::rotate(begin + to, begin + from, begin + from + 1);
    }
    endMoveRows();
}

void QueueModel::changeRow(int row) {
    Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
    tellSummary();
}

void QueueModel::tellSummary() {
    QString now = summary();
    if (now != m_summary) {
        m_summary = std::move(now);
        Q_EMIT summaryChanged();
    }
}

}  // namespace tessera::ui
