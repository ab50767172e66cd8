#pragma once

// The phases of a job in one line: tick, disc or ring, the word, its seconds; what counts most at
// the right end. And the same before the start, as the shares of a bar. GUI thread.

#include "ui/views/run_progress.h"

#include <QWidget>

#include <vector>

namespace tessera::ui {

struct PhaseMark {
    enum class State { Done, Now, Ahead };
    QString word;
    QString seconds;  // may be empty
    State state = State::Ahead;
};

class PhaseRow final : public QWidget {
    Q_OBJECT

public:
    explicit PhaseRow(QWidget* parent);

    // `title` before the phases, `label` muted before `value` at the right, `note` muted behind it.
    void set(const QString& title,
             std::vector<PhaseMark> phases,
             const QString& label,
             const QString& value,
             const QString& note);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    enum class Detail { Full, NowOnly, WordOnly };
    int widthOf(Detail detail) const;
    int drawPhases(QPainter& painter, int x, Detail detail) const;
    int drawRight(QPainter& painter) const;
    void drawMark(QPainter& painter, QPointF middle, PhaseMark::State state) const;

    QString m_title;
    std::vector<PhaseMark> m_phases;
    QString m_label;
    QString m_value;
    QString m_note;
};

// Shares of the estimate, the denoising in the selection colour.
class ShareBar final : public QWidget {
    Q_OBJECT

public:
    explicit ShareBar(QWidget* parent);
    void set(const PhaseSeconds& shares);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    PhaseSeconds m_shares{};
};

}  // namespace tessera::ui
