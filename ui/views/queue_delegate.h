#pragma once

// Draws a row of the queue: stage with its mark, progress with percent; and edits a waiting job's
// prompt in place. GUI thread.

#include "ui/bridge/job_id.h"

#include <QStyledItemDelegate>

namespace tessera::ui {

class QueueModel;

class QueueDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    QueueDelegate(QueueModel& queue, QObject* parent);

    void paint(QPainter* painter,
               const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QWidget* createEditor(QWidget* parent,
                          const QStyleOptionViewItem& option,
                          const QModelIndex& index) const override;
    void setEditorData(QWidget* editor, const QModelIndex& index) const override;
    void setModelData(QWidget* editor,
                      QAbstractItemModel* model,
                      const QModelIndex& index) const override;

Q_SIGNALS:
    void promptEdited(tessera::jobs::JobId job, const QString& prompt) const;

private:
    void paintStage(QPainter& painter, const QStyleOptionViewItem& option, int row) const;
    void paintProgress(QPainter& painter, const QStyleOptionViewItem& option, int row) const;

    QueueModel& m_queue;
};

}  // namespace tessera::ui
