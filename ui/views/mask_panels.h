#pragma once

// The left side of the mask explorer: the shape of the sequence, and the family of its masks with
// what each skips. Both show a choice and offer another. GUI thread.

#include "ui/views/mask_choice.h"

#include <QAbstractButton>
#include <QWidget>

#include <vector>

class QComboBox;
class QLabel;
class QVBoxLayout;

namespace tessera::ui {

class NumberSpin;
class Segmented;

// Known shapes, own frames and tokens, block size.
class GeometryPanel final : public QWidget {
    Q_OBJECT

public:
    explicit GeometryPanel(QWidget* parent = nullptr);

    void show(const MaskChoice& choice);

Q_SIGNALS:
    void layoutChosen(const tessera::plan::TokenLayout& layout);
    void blockChosen(qint64 block);

private:
    void addShapes(QVBoxLayout* column);
    NumberSpin* addCount(QVBoxLayout* column, const char* name, const QString& label, int most);
    void takeCounts();

    QComboBox* m_shape = nullptr;
    NumberSpin* m_frames = nullptr;
    NumberSpin* m_tokens = nullptr;
    NumberSpin* m_text = nullptr;
    QLabel* m_total = nullptr;
    Segmented* m_block = nullptr;
};

// A mask of the family: its name, a bar and the share of blocks that it skips.
class MaskRow final : public QAbstractButton {
    Q_OBJECT

public:
    MaskRow(const plan::FrameMask& mask, QWidget* parent);

    const plan::FrameMask& mask() const { return m_mask; }

    // For a choice of the same frames.
    void showShare(const MaskChoice& choice);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    plan::FrameMask m_mask;
    double m_skips = 0.0;
};

class FamilyPanel final : public QWidget {
    Q_OBJECT

public:
    explicit FamilyPanel(QWidget* parent = nullptr);

    void show(const MaskChoice& choice);

Q_SIGNALS:
    void maskChosen(const tessera::plan::FrameMask& mask);

private:
    void rebuild(int frames);

    QLabel* m_note = nullptr;
    QVBoxLayout* m_column = nullptr;
    std::vector<MaskRow*> m_rows;
};

}  // namespace tessera::ui
