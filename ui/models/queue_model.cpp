#include "ui/models/queue_model.h"

#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/models/queue_cells.h"
#include "ui/numbers.h"

#include <QDataStream>
#include <QIODevice>
#include <QMimeData>

#include <algorithm>
#include <utility>

namespace tessera::ui {

using jobs::JobId;

namespace {

const QString kJobsType = QStringLiteral("application/x-tessera-queue-jobs");

bool hasEnded(JobState state) {
    return state == JobState::Done || state == JobState::Failed || state == JobState::Cancelled;
}

}  // namespace

QueueModel::QueueModel(EngineClient& engine, QObject* parent)
    : QAbstractTableModel(parent), m_engine(engine), m_summary(summary()) {
    connect(&engine, &EngineClient::queued, this, [this](JobId id) { insertQueued(id); });
    connect(&engine, &EngineClient::replaced, this, &QueueModel::replaceRow);
    connect(&engine, &EngineClient::started, this, &QueueModel::start);
    connect(&engine, &EngineClient::stepDone, this, &QueueModel::step);
    connect(&engine, &EngineClient::orderChanged, this, [this] {
        reorderWaiting();
        tellSummary();
    });
    followStates();
    followEnds();
}

void QueueModel::followStates() {
    connect(&m_engine, &EngineClient::stageEntered, this, [this](JobId id, const QString& phase) {
        if (const int at = indexOf(id); at >= 0) {
            QueueRow& row = m_rows[static_cast<std::size_t>(at)];
            row.phase = phase;
            row.step = 0;
            row.of = 0;
            setPoint(row, {});
            changeRow(at);
        }
    });
    connect(&m_engine, &EngineClient::paused, this, [this](JobId id) {
        setState(id, JobState::Paused);
    });
    connect(&m_engine, &EngineClient::resumed, this, [this](JobId id) {
        // A cancelled job passes its gate on the way out.
        const QueueRow* row = find(id);
        if (row != nullptr && row->state != JobState::Stopping) {
            setState(id, JobState::Running);
        }
    });
    connect(&m_engine, &EngineClient::stopping, this, [this](JobId id) {
        setState(id, JobState::Stopping);
    });
}

void QueueModel::followEnds() {
    connect(
        &m_engine, &EngineClient::finished, this, [this](JobId id, const jobs::JobResult& result) {
            QueueRow row = endedRow(id, JobState::Done);
            if (const auto* clip = std::get_if<pipeline::GenerationResult>(&result)) {
                row.result = *clip;
                row.result->frames.reset();
                row.tookSeconds = clip->secondsTotal;
            }
            end(id, std::move(row));
        });
    connect(&m_engine, &EngineClient::failed, this, [this](JobId id, const base::Error& error) {
        QueueRow row = endedRow(id, JobState::Failed);
        row.error = error;
        end(id, std::move(row));
    });
    connect(&m_engine, &EngineClient::cancelled, this, [this](JobId id) {
        end(id, endedRow(id, JobState::Cancelled));
    });
}

int QueueModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int QueueModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant QueueModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (role == RowRole) {
        return QVariant::fromValue(row(index.row()));
    }
    return queueCell(row(index.row()), index.column(), role);
}

QVariant QueueModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter |
            (section == Seed || section == Estimate ? Qt::AlignRight : Qt::AlignLeft)));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
        case Prompt:
            return tr("Prompt");
        case Stage:
            return tr("Stage");
        case Size:
            return tr("Size");
        case Seed:
            return tr("Seed");
        case Estimate:
            return tr("Estimate");
        case State:
            return tr("State");
        default:
            return QString();
    }
}

Qt::ItemFlags QueueModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return Qt::ItemIsDropEnabled;  // between rows alone
    }
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    if (row(index.row()).state == JobState::Waiting) {
        flags |= Qt::ItemIsDragEnabled;
        if (index.column() == Prompt && row(index.row()).isClip) {
            flags |= Qt::ItemIsEditable;  // by the view's delegate, through EngineClient::replace()
        }
    }
    return flags;
}

Qt::DropActions QueueModel::supportedDropActions() const {
    return Qt::MoveAction;
}

QStringList QueueModel::mimeTypes() const {
    return {kJobsType};
}

QMimeData* QueueModel::mimeData(const QModelIndexList& indexes) const {
    std::vector<int> rows;
    for (const QModelIndex& index : indexes) {
        if (row(index.row()).state == JobState::Waiting) {
            rows.push_back(index.row());
        }
    }
    std::ranges::sort(rows);
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    if (rows.empty()) {
        return nullptr;
    }
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    for (const int at : rows) {
        stream << row(at).id;
    }
    auto* data = new QMimeData;  // the drag owns it
    data->setData(kJobsType, bytes);
    return data;
}

bool QueueModel::dropMimeData(
    const QMimeData* data, Qt::DropAction action, int row, int, const QModelIndex& parent) {
    if (action != Qt::MoveAction || !data->hasFormat(kJobsType)) {
        return false;
    }
    std::vector<JobId> dragged;
    QDataStream stream(data->data(kJobsType));
    while (!stream.atEnd()) {
        JobId id{};
        stream >> id;
        const QueueRow* known = find(id);
        if (known != nullptr && known->state == JobState::Waiting) {
            dragged.push_back(id);
        }
    }
    const int first = firstWaiting();
    const int last = firstEnded();
    const int before = std::clamp(parent.isValid() ? parent.row()
                                  : row < 0        ? last
                                                   : row,
                                  first,
                                  last);
    std::vector<JobId> wanted;
    for (int at = first; at <= last; ++at) {
        if (at == before) {
            wanted.insert(wanted.end(), dragged.begin(), dragged.end());
        }
        if (at < last && std::ranges::find(dragged, this->row(at).id) == dragged.end()) {
            wanted.push_back(this->row(at).id);
        }
    }
    for (std::size_t position = 0; position < wanted.size(); ++position) {
        if (this->row(first + static_cast<int>(position)).id != wanted[position]) {
            m_engine.move(wanted[position], position);
        }
    }
    return !dragged.empty();
}

const QueueRow* QueueModel::find(JobId id) const {
    const int at = indexOf(id);
    return at >= 0 ? &row(at) : nullptr;
}

const QueueRow* QueueModel::running() const {
    return firstWaiting() > 0 ? &m_rows.front() : nullptr;
}

int QueueModel::waitingCount() const {
    return firstEnded() - firstWaiting();
}

QString QueueModel::summary() const {
    const QueueRow* now = running();
    const int waiting = waitingCount();
    if (now == nullptr && waiting == 0) {
        const int ended = rowCount() - firstEnded();
        return ended == 0   ? tr("empty")
               : ended == 1 ? tr("empty, last job")
                            : tr("empty, last %1 jobs").arg(number(ended));
    }
    QStringList parts;
    if (now != nullptr) {
        parts += now->state == JobState::Paused     ? tr("1 paused")
                 : now->state == JobState::Stopping ? tr("1 stopping")
                                                    : tr("1 running");
    }
    if (waiting > 0) {
        parts += tr("%1 waiting").arg(number(waiting));
    }
    if (m_engine.isQueueHeld()) {
        parts += tr("queue paused");
    } else if (const std::optional<double> left = secondsUntilEmpty()) {
        parts += seconds(*left);
    }
    return parts.join(QStringLiteral(", "));
}

std::optional<double> QueueModel::secondsUntilEmpty() const {
    double total = 0.0;
    for (const QueueRow& row : m_rows) {
        if (hasEnded(row.state)) {
            break;
        }
        const std::optional<double> left = row.state != JobState::Waiting ? row.secondsLeft
                                           : row.estimateSeconds > 0.0
                                               ? std::optional(row.estimateSeconds)
                                               : std::nullopt;
        if (!left) {
            return std::nullopt;
        }
        total += *left;
    }
    return total;
}

void QueueModel::setEstimate(JobId id, double seconds, const PhaseSeconds& expected) {
    JobEstimate& estimate = m_estimates[id] = {seconds, expected};
    if (sum(expected) <= 0.0) {
        estimate.expected[kDenoise] = seconds;  // the longest; nobody has measured the others
    }
    if (const int at = indexOf(id); at >= 0) {
        takeEstimate(m_rows[static_cast<std::size_t>(at)]);
        changeRow(at);
    }
}

void QueueModel::removeEnded() {
    const int first = firstEnded();
    if (first < rowCount()) {
        beginRemoveRows({}, first, rowCount() - 1);
        m_rows.erase(m_rows.begin() + first, m_rows.end());
        endRemoveRows();
        tellSummary();
    }
}

}  // namespace tessera::ui
