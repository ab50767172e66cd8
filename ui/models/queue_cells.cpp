#include "ui/models/queue_cells.h"

#include "ui/bridge/text.h"
#include "ui/models/job_words.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/widgets/stage_mark.h"

#include <QGuiApplication>
#include <QPainter>
#include <QPixmap>

#include <limits>

namespace tessera::ui {

namespace {

bool isActive(JobState state) {
    return state == JobState::Running || state == JobState::Paused || state == JobState::Stopping;
}

QString stateIcon(JobState state) {
    switch (state) {
        case JobState::Waiting:
            return QStringLiteral("job-queue");
        case JobState::Running:
            return QStringLiteral("job-start");
        case JobState::Paused:
            return QStringLiteral("job-pause");
        case JobState::Stopping:
        case JobState::Cancelled:
            return QStringLiteral("job-cancel");
        case JobState::Done:
            return QStringLiteral("state-done");
        case JobState::Failed:
            return QStringLiteral("state-error");
    }
    return {};
}

StageMark markOf(pipeline::Stage stage) {
    switch (stage) {
        case pipeline::Stage::Mlcd:
            return StageMark::Mlcd;
        case pipeline::Stage::Sparse:
            return StageMark::Sparse;
        case pipeline::Stage::Base:
            break;
    }
    return StageMark::Base;
}

QPixmap markPixmap(StageMark mark, const QColor& colour) {
    const qreal ratio = qGuiApp->devicePixelRatio();
    const int side = measure::kSmallIcon;
    QPixmap pixmap(QSize(side, side) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    drawStageMark(painter, mark, QRectF(0, 0, side, side), colour);
    return pixmap;
}

QIcon markIcon(StageMark mark) {
    const Theme& colours = currentTheme();
    QIcon icon(markPixmap(mark, {}));
    if (colours.id == ThemeId::HighContrast) {
        // The hues do not stand out on that selection (look.md, 1).
        icon.addPixmap(markPixmap(mark, colours.selectionText), QIcon::Selected);
    }
    return icon;
}

QString sizeText(const pipeline::GenerationRequest& asked,
                 const std::optional<pipeline::GenerationResult>& result) {
    const pipeline::GenerationRequest& request = result ? result->effective : asked;
    // Zeros are left to the model, which has not been asked yet.
    return request.width > 0 && request.height > 0 && request.videoFrames > 0
               ? compactSize(request.width, request.height, request.videoFrames)
               : QueueModel::tr("default");
}

QString seedText(std::uint64_t seed) {
    // The upper half of all seeds is beyond number(); few people type those.
    return seed <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
               ? number(static_cast<std::int64_t>(seed))
               : QString::number(seed);
}

QString timeText(const QueueRow& row) {
    const auto orUnknown = [](double value) {
        return value > 0.0 ? readOut(value) : QString(kUnknown);
    };
    if (isActive(row.state)) {
        return row.secondsLeft ? readOut(*row.secondsLeft) : QString(kUnknown);
    }
    return orUnknown(row.state == JobState::Waiting ? row.estimateSeconds : row.tookSeconds);
}

QString runningText(const QueueRow& row) {
    const double done = row.share;
    return done >= 0.0 ? percent(done) : phaseWord(row.phase);
}

bool isOfClip(int column) {
    return column == QueueModel::Stage || column == QueueModel::Size || column == QueueModel::Seed;
}

QString cellText(const QueueRow& row, int column) {
    if (!row.isClip && isOfClip(column)) {
        return {};
    }
    switch (column) {
        case QueueModel::Prompt:
            return toQt(row.request.prompt).simplified();
        case QueueModel::Stage:
            return stageWord(markOf(row.request.stage));
        case QueueModel::Size:
            return sizeText(row.request, row.result);
        case QueueModel::Seed:
            return seedText(row.request.seed);
        case QueueModel::Estimate:
            return timeText(row);
        case QueueModel::State:
            return row.state == JobState::Running ? runningText(row) : stateWord(row.state);
        default:
            return {};
    }
}

QString toolTip(const QueueRow& row, int column) {
    if (row.state == JobState::Failed && column != QueueModel::Prompt) {
        return toQt(row.error.message) + QLatin1Char('\n') + toQt(row.error.hint);
    }
    if (isActive(row.state) && column == QueueModel::State && row.of > 0) {
        return QueueModel::tr("%1, step %2 of %3")
            .arg(phaseWord(row.phase), number(row.step), number(row.of));
    }
    if (column == QueueModel::Estimate) {
        return isActive(row.state)              ? QueueModel::tr("Left")
               : row.state == JobState::Waiting ? QueueModel::tr("Estimate")
                                                : QueueModel::tr("Took");
    }
    return column == QueueModel::Prompt ? toQt(row.request.prompt) : QString();
}

QVariant inkOf(const QueueRow& row, int column) {
    const Theme& colours = currentTheme();
    if (column == QueueModel::State && row.state == JobState::Failed) {
        return colours.error;
    }
    return row.state == JobState::Cancelled ? QVariant(colours.muted) : QVariant();
}

bool isNumber(int column) {
    return column == QueueModel::Size || column == QueueModel::Seed ||
           column == QueueModel::Estimate;
}

}  // namespace

QVariant queueCell(const QueueRow& row, int column, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return cellText(row, column);
        case Qt::DecorationRole:
            return column == QueueModel::StateIcon ? QVariant(icon(stateIcon(row.state)))
                   : column == QueueModel::Stage && row.isClip
                       ? QVariant(markIcon(markOf(row.request.stage)))
                       : QVariant();
        case Qt::AccessibleTextRole:
            return column == QueueModel::StateIcon ? stateWord(row.state) : cellText(row, column);
        case Qt::ToolTipRole:
            return column == QueueModel::StateIcon ? stateWord(row.state) : toolTip(row, column);
        case Qt::ForegroundRole:
            return inkOf(row, column);
        case Qt::FontRole:
            return isNumber(column) ? numberFont() : tableFont();
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment(
                Qt::AlignVCenter |
                (column == QueueModel::Seed || column == QueueModel::Estimate ? Qt::AlignRight
                                                                              : Qt::AlignLeft)));
        case QueueModel::ProgressRole:
            return isActive(row.state) ? row.share : -1.0;
        default:
            return {};
    }
}

}  // namespace tessera::ui
