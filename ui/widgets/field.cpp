#include "ui/widgets/field.h"

#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/icon_sign.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPushButton>

#include <algorithm>

namespace tessera::ui {
namespace {

bool haveSameWords(const std::vector<Fix>& one, const std::vector<Fix>& other) {
    return std::equal(
        one.begin(), one.end(), other.begin(), other.end(), [](const Fix& a, const Fix& b) {
            return a.text == b.text;
        });
}

}  // namespace

Field::Field(const QString& label, QWidget* input, QWidget* parent)
    : QWidget(parent), m_label(label), m_input(input) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(measure::kLabelGap);
    if (!label.isEmpty()) {
        auto* words = new QLabel(label, this);
        words->setForegroundRole(QPalette::PlaceholderText);
        words->setFixedHeight(controlHeight(words));
        words->setMinimumWidth(kLabelWidth);
        words->setBuddy(input);
        row->addWidget(words, 0, Qt::AlignTop);
        if (input->accessibleName().isEmpty()) {
            input->setAccessibleName(label);
        }
    }
    m_column = new QVBoxLayout;
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(measure::kGrid);
    m_column->addWidget(input);
    row->addLayout(m_column, 1);
}

// Of several inputs in a row, the one that takes the focus.
QWidget* Field::faultyInput() const {
    return m_input->focusProxy() != nullptr ? m_input->focusProxy() : m_input;
}

void Field::makeFault() {
    m_fault = new QWidget(this);
    auto* rows = new QVBoxLayout(m_fault);
    rows->setContentsMargins(0, 2, 0, measure::kGrid);
    rows->setSpacing(measure::kGrid + 2);
    auto* line = new QHBoxLayout;
    line->setSpacing(measure::kGrid + 2);
    auto* sign =
        new IconSign(QStringLiteral("state-error"), measure::kSmallIcon, &Theme::error, m_fault);
    line->addWidget(sign, 0, Qt::AlignTop);
    m_faultText = new QLabel(m_fault);
    m_faultText->setFont(tableFont());
    m_faultText->setForegroundRole(QPalette::BrightText);
    m_faultText->setWordWrap(true);
    line->addWidget(m_faultText, 1);
    rows->addLayout(line);
    m_fixRow = new FlowLayout(measure::kGrid + 2);
    rows->addLayout(m_fixRow);
    m_column->addWidget(m_fault);
}

void Field::makeFixes() {
    while (QLayoutItem* item = m_fixRow->takeAt(0)) {
        // Not at once: one of them may be the button that was just pressed.
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (std::size_t index = 0; index < m_fixes.size(); ++index) {
        auto* button = new QPushButton(m_fixes[index].text, m_fault);
        button->setProperty("look", QStringLiteral("small"));
        button->setObjectName(QStringLiteral("%1.fix%2").arg(m_input->objectName()).arg(index + 1));
        connect(button, &QPushButton::clicked, this, [this, index] {
            const std::function<void()> run = m_fixes[index].run;
            clearFault();
            if (run) {
                run();
            }
        });
        m_fixRow->addWidget(button);
    }
}

void Field::setFault(const QString& message, std::vector<Fix> fixes) {
    if (m_fault == nullptr) {
        makeFault();
    }
    m_faultText->setText(message);
    // Checked again while somebody is about to press a fix, it stays the same button.
    const bool isSame = haveSameWords(m_fixes, fixes);
    m_fixes = std::move(fixes);
    if (!isSame) {
        makeFixes();
    }
    m_fault->show();
    ui::setFault(faultyInput(), true);
    m_input->setAccessibleDescription(message);
}

void Field::clearFault() {
    if (!hasFault()) {
        return;
    }
    m_fault->hide();
    ui::setFault(faultyInput(), false);
    m_input->setAccessibleDescription({});
}

bool Field::hasFault() const {
    return m_fault != nullptr && !m_fault->isHidden();
}

void Field::setHint(const QString& text) {
    if (m_hint == nullptr) {
        m_hint = new QLabel(this);
        m_hint->setFont(tableFont());
        m_hint->setForegroundRole(QPalette::PlaceholderText);
        m_hint->setWordWrap(true);
        m_column->insertWidget(1, m_hint);
    }
    m_hint->setText(text);
    m_hint->setVisible(!text.isEmpty());
}

}  // namespace tessera::ui
