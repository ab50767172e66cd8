#pragma once

// One choice of a filter: box, marker of a stage where it is one, word, and how many clips there
// are of it. GUI thread.

#include "ui/theme.h"

#include <QCheckBox>
#include <QString>

#include <optional>

namespace tessera::ui {

class FilterChoice final : public QCheckBox {
    Q_OBJECT

public:
    // `value` is what the search says for it.
    FilterChoice(const QString& word,
                 const QString& value,
                 std::optional<StageMark> mark,
                 QWidget* parent);

    const QString& value() const { return m_value; }

    void setCount(int count);

protected:
    void paintEvent(QPaintEvent* event) override;
    bool hitButton(const QPoint& position) const override;

private:
    QString m_value;
    std::optional<StageMark> m_mark;
    int m_count = 0;
};

}  // namespace tessera::ui
