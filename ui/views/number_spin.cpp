#include "ui/views/number_spin.h"

#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"

#include <QLineEdit>
#include <QWheelEvent>

namespace tessera::ui {

namespace {

constexpr int kMostDecimals = 3;

QString digitsOf(const QString& text) {
    return plain(text).replace(QLatin1Char(','), QLatin1Char('.')).simplified();
}

}  // namespace

NumberSpin::NumberSpin(double high, double step, int decimals, QWidget* parent)
    : QDoubleSpinBox(parent), m_fewest(decimals) {
    setDecimals(kMostDecimals);
    setRange(0.0, high);
    setSingleStep(step);
    setFont(numberFont());
    setSpecialValueText(tr("auto"));
    setFocusPolicy(Qt::StrongFocus);
    lineEdit()->setAcceptDrops(false);
}

QString NumberSpin::textFromValue(double value) const {
    QString text = QString::number(value, 'f', kMostDecimals);
    const qsizetype shortest = text.size() - kMostDecimals + m_fewest;
    while (text.size() > shortest && text.endsWith(QLatin1Char('0'))) {
        text.chop(1);
    }
    if (text.endsWith(QLatin1Char('.'))) {
        text.chop(1);
    }
    return text;
}

double NumberSpin::valueFromText(const QString& text) const {
    return text == specialValueText() ? 0.0 : digitsOf(text).toDouble();
}

QValidator::State NumberSpin::validate(QString& text, int&) const {
    const QString digits = digitsOf(text);
    if (digits.isEmpty() || specialValueText().startsWith(digits)) {
        return text == specialValueText() ? QValidator::Acceptable : QValidator::Intermediate;
    }
    bool isNumber = false;
    const double value = digits.toDouble(&isNumber);
    if (!isNumber) {
        return digits == QStringLiteral(".") ? QValidator::Intermediate : QValidator::Invalid;
    }
    return value < 0.0 || value > maximum() ? QValidator::Invalid : QValidator::Acceptable;
}

// Room for four digits: the range is wide so that typing is never stopped, the numbers are small.
QSize NumberSpin::sizeHint() const {
    return {fontMetrics().horizontalAdvance(QStringLiteral("00000")) + 40, controlHeight(this)};
}

QSize NumberSpin::minimumSizeHint() const {
    return sizeHint();
}

void NumberSpin::wheelEvent(QWheelEvent* event) {
    if (hasFocus()) {
        QDoubleSpinBox::wheelEvent(event);
    } else {
        event->ignore();
    }
}

}  // namespace tessera::ui
