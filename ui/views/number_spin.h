#pragma once

// Number fields as look.md 6 writes numbers: a point whatever the locale, no zeros without meaning,
// and no change by a wheel that only meant to scroll. GUI thread.

#include <QDoubleSpinBox>

namespace tessera::ui {

class NumberSpin final : public QDoubleSpinBox {
    Q_OBJECT

public:
    // At least `decimals` and at most three decimals are shown. 0 shows as "auto".
    NumberSpin(double high, double step, int decimals, QWidget* parent);

    QString textFromValue(double value) const override;
    double valueFromText(const QString& text) const override;
    QValidator::State validate(QString& text, int& position) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void wheelEvent(QWheelEvent* event) override;

private:
    int m_fewest;
};

}  // namespace tessera::ui
