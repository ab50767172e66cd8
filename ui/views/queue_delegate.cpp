#include "ui/views/queue_delegate.h"

#include "core/jobs/words.h"
#include "ui/bridge/text.h"
#include "ui/models/job_words.h"
#include "ui/models/queue_model.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/widgets/stage_mark.h"

#include <QApplication>
#include <QLineEdit>
#include <QPainter>

namespace tessera::ui {
namespace {

constexpr int kMark = 10;
constexpr int kBarHeight = 8;
constexpr int kPercentRoom = 44;

void paintGround(QPainter& painter, const QStyleOptionViewItem& option) {
    const QStyle* style = option.widget != nullptr ? option.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, &painter, option.widget);
}

bool isSelected(const QStyleOptionViewItem& option) {
    return option.state.testFlag(QStyle::State_Selected);
}

}  // namespace

QueueDelegate::QueueDelegate(QueueModel& queue, QObject* parent)
    : QStyledItemDelegate(parent), m_queue(queue) {}

void QueueDelegate::paint(QPainter* painter,
                          const QStyleOptionViewItem& option,
                          const QModelIndex& index) const {
    const bool isMoving = index.column() == QueueModel::State &&
                          m_queue.row(index.row()).state == JobState::Running &&
                          index.data(QueueModel::ProgressRole).toDouble() >= 0.0;
    const bool hasStage = index.column() == QueueModel::Stage && m_queue.row(index.row()).isClip;
    if (!hasStage && !isMoving) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem own = option;
    initStyleOption(&own, index);
    painter->save();
    paintGround(*painter, own);
    painter->setPen(isSelected(own) ? currentTheme().selectionText : currentTheme().text);
    if (isMoving) {
        paintProgress(*painter, own, index.row());
    } else {
        paintStage(*painter, own, index.row());
    }
    painter->restore();
}

void QueueDelegate::paintStage(QPainter& painter,
                               const QStyleOptionViewItem& option,
                               int row) const {
    const StageMark mark = stageOfWord(toQt(jobs::word(m_queue.row(row).request.stage)));
    QRect box = option.rect.adjusted(measure::kGrid, 0, -measure::kGrid, 0);
    const QRectF markBox(box.left(), box.center().y() - kMark / 2.0 + 0.5, kMark, kMark);
    // In high contrast the selection is as bright as the marks (look.md, 1).
    const bool isDark = isSelected(option) && currentTheme().id == ThemeId::HighContrast;
    drawStageMark(painter, mark, markBox, isDark ? currentTheme().selectionText : QColor());
    box.setLeft(box.left() + kMark + measure::kGrid + 2);
    painter.setFont(option.font);
    painter.drawText(box, Qt::AlignVCenter | Qt::AlignLeft, stageWord(mark));
}

void QueueDelegate::paintProgress(QPainter& painter,
                                  const QStyleOptionViewItem& option,
                                  int row) const {
    const double share =
        m_queue.index(row, QueueModel::State).data(QueueModel::ProgressRole).toDouble();
    QRect box = option.rect.adjusted(measure::kGrid, 0, -measure::kBodyMargin, 0);
    painter.setFont(numberFont());
    painter.drawText(box, Qt::AlignVCenter | Qt::AlignRight, percent(share));
    box.setRight(box.right() - std::max(kPercentRoom,
                                        painter.fontMetrics().horizontalAdvance(percent(1.0)) +
                                            measure::kLabelGap));
    QRect bar(box.left(), box.center().y() - kBarHeight / 2 + 1, box.width(), kBarHeight);
    const Theme& colours = currentTheme();
    painter.fillRect(bar, colours.base);
    painter.setPen(colours.outline);
    painter.drawRect(bar.adjusted(0, 0, -1, -1));
    const QRect done(bar.left(),
                     bar.top(),
                     static_cast<int>(share * static_cast<double>(bar.width())),
                     bar.height());
    const bool isContrast = isSelected(option) && colours.id == ThemeId::HighContrast;
    painter.fillRect(done, isContrast ? colours.selectionText : colours.accent);
}

QWidget* QueueDelegate::createEditor(QWidget* parent,
                                     const QStyleOptionViewItem&,
                                     const QModelIndex& index) const {
    if (index.column() != QueueModel::Prompt ||
        m_queue.row(index.row()).state != JobState::Waiting) {
        return nullptr;
    }
    auto* editor = new QLineEdit(parent);
    editor->setObjectName(QStringLiteral("queue.prompt"));
    editor->setAccessibleName(tr("Prompt of the waiting job"));
    // The job may start while its prompt is edited; the number stays, the row does not.
    editor->setProperty("job", QVariant::fromValue(jobs::value(m_queue.row(index.row()).id)));
    return editor;
}

void QueueDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
    auto* line = static_cast<QLineEdit*>(editor);
    // A change of the row while somebody types must not take the typed words away.
    if (!line->isModified()) {
        line->setText(toQt(m_queue.row(index.row()).request.prompt));
        line->selectAll();
    }
}

void QueueDelegate::setModelData(QWidget* editor, QAbstractItemModel*, const QModelIndex&) const {
    const auto* line = static_cast<const QLineEdit*>(editor);
    if (line->isModified()) {
        const auto job = static_cast<jobs::JobId>(editor->property("job").toULongLong());
        Q_EMIT promptEdited(job, line->text());
    }
}

}  // namespace tessera::ui
