#include "ui/views/canvas_header.h"

#include "ui/actions/action_registry.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/rule.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kTagHeight = 18;
constexpr int kTagPadding = 6;

}  // namespace

Tag::Tag(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Tag::set(const QString& word, bool isAccented) {
    m_word = word;
    m_isAccented = isAccented;
    setVisible(!word.isEmpty());
    setAccessibleName(word);
    updateGeometry();
    update();
}

QSize Tag::sizeHint() const {
    const QFontMetrics metrics(captionFont());
    return {metrics.horizontalAdvance(m_word) + 2 * kTagPadding,
            std::max(kTagHeight, metrics.height() + 2)};
}

QSize Tag::minimumSizeHint() const {
    return sizeHint();
}

void Tag::paintEvent(QPaintEvent*) {
    const Theme& colours = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(m_isAccented ? colours.accent : colours.outline);
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(
        QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), measure::kRadius, measure::kRadius);
    painter.setPen(m_isAccented ? colours.link : colours.text);
    painter.setFont(captionFont());
    painter.drawText(rect(), Qt::AlignCenter, m_word);
}

CanvasHeader::CanvasHeader(ActionRegistry& actions, QWidget* parent) : QWidget(parent) {
    setMinimumHeight(measure::kToolRow);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(measure::kLabelGap, 0, measure::kLabelGap, 1);
    row->setSpacing(measure::kGrid);
    m_tag = new Tag(this);
    m_tag->setObjectName(QStringLiteral("canvas.tag"));
    row->addWidget(m_tag);
    row->addSpacing(measure::kGrid + 2);
    m_title = new QLabel(this);
    m_title->setObjectName(QStringLiteral("canvas.title"));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setFont(tableFont());
    row->addWidget(m_title);
    row->addSpacing(measure::kGrid);
    m_note = new QLabel(this);
    m_note->setObjectName(QStringLiteral("canvas.note"));
    m_note->setFont(tableFont());
    m_note->setForegroundRole(QPalette::PlaceholderText);
    row->addWidget(m_note);
    row->addStretch(1);
    m_back =
        addButton(row, actions.find(QStringLiteral("view-preview")), tr("Back to the preview"));
    m_export = addButton(row, actions.find(QStringLiteral("clip-export")), tr("Export"));
    row->addSpacing(measure::kGrid);
    auto* line = new Rule(Qt::Vertical, this);
    line->setFixedHeight(measure::kIcon);
    row->addWidget(line);
    row->addSpacing(measure::kGrid);
    addButton(row, actions.find(QStringLiteral("view-fit")), QString());
    addButton(row, actions.find(QStringLiteral("view-actual-size")), QString());
    show(QString(), false, QString(), QString());
    setExports(false);
    setAside(false);
}

QToolButton* CanvasHeader::addButton(QHBoxLayout* row, QAction* action, const QString& word) {
    auto* button = new QToolButton(this);
    button->setProperty("look", QStringLiteral("tool"));
    button->setObjectName(QStringLiteral("canvas.") +
                          action->objectName().section(QLatin1Char('.'), -1));
    button->setAutoRaise(true);
    button->setIcon(action->icon());
    button->setIconSize({measure::kIcon, measure::kIcon});
    button->setToolTip(action->toolTip());
    button->setText(word);
    button->setAccessibleName(word.isEmpty() ? action->toolTip() : word);
    button->setToolButtonStyle(word.isEmpty() ? Qt::ToolButtonIconOnly
                                              : Qt::ToolButtonTextBesideIcon);
    connect(button, &QToolButton::clicked, action, &QAction::trigger);
    row->addWidget(button);
    return button;
}

void CanvasHeader::show(const QString& tag,
                        bool isAccented,
                        const QString& title,
                        const QString& note) {
    m_tag->set(tag, isAccented);
    m_titleText = title.simplified();
    m_title->setToolTip(m_titleText);
    m_note->setText(note);
    elide();
}

void CanvasHeader::setExports(bool on) {
    m_export->setVisible(on);
}

void CanvasHeader::setAside(bool on) {
    m_back->setVisible(on);
}

QString CanvasHeader::tag() const {
    return m_tag->word();
}

QString CanvasHeader::note() const {
    return m_note->text();
}

// The prompt gives way, the buttons and the numbers stay.
void CanvasHeader::elide() {
    int others = m_tag->sizeHint().width() + m_note->sizeHint().width() + 100;
    for (const QToolButton* button : {m_back, m_export}) {
        if (!button->isHidden()) {
            others += button->sizeHint().width();
        }
    }
    m_title->setText(m_title->fontMetrics().elidedText(
        m_titleText, Qt::ElideRight, std::max(40, width() - others)));
    m_title->setVisible(!m_titleText.isEmpty());
}

void CanvasHeader::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    elide();
}

void CanvasHeader::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), currentTheme().panel);
    painter.fillRect(QRect(0, height() - 1, width(), 1), currentTheme().border);
}

}  // namespace tessera::ui
