#include "ui/views/start_panel.h"

#include "ui/actions/key_cap.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/fault_places.h"
#include "ui/widgets/field.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace tessera::ui {

namespace {

QPushButton* wideButton(const QString& text,
                        const QString& drawing,
                        const char* name,
                        QWidget* parent) {
    auto* button = new QPushButton(icon(drawing), text, parent);
    button->setObjectName(QLatin1String(name));
    button->setAccessibleName(text);
    button->setIconSize({measure::kSmallIcon, measure::kSmallIcon});
    button->setFixedHeight(measure::kPrimaryControl);
    button->setAutoDefault(false);
    return button;
}

QPushButton* squareButton(const QString& name,
                          const QString& drawing,
                          const char* object,
                          QWidget* parent) {
    auto* button = new QPushButton(icon(drawing), QString(), parent);
    button->setObjectName(QLatin1String(object));
    button->setAccessibleName(name);
    button->setIconSize({measure::kSmallIcon, measure::kSmallIcon});
    button->setFixedSize(measure::kPrimaryControl, measure::kPrimaryControl);
    button->setAutoDefault(false);
    return button;
}

}  // namespace

StartPanel::StartPanel(FaultPlaces& places,
                       QAction* start,
                       QAction* enqueue,
                       const QList<QAction*>& others,
                       QWidget* parent)
    : QWidget(parent) {
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(measure::kRowGap);
    addButtons(column, start, enqueue, others);
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    m_faultIcon = new QLabel(line);
    row->addWidget(m_faultIcon);
    m_words = new QLabel(line);
    m_words->setObjectName(QStringLiteral("generate.price"));
    m_words->setFont(tableFont());
    m_words->setWordWrap(true);
    row->addWidget(m_words, 1);
    m_keys = new KeyCap(line);
    showKeys(start);
    connect(start, &QAction::changed, m_keys, [this, start] { showKeys(start); });
    row->addWidget(m_keys);
    auto* priceRow = new Field(QString(), line, this);
    column->addWidget(priceRow);
    // What the form has no field for stands under the price.
    places.add(FormField::Memory, priceRow, line);
    places.add(FormField::Other, priceRow, line);
    paintWords();
}

void StartPanel::addButtons(QVBoxLayout* column,
                            QAction* start,
                            QAction* enqueue,
                            const QList<QAction*>& others) {
    auto* row = new QHBoxLayout;
    row->setSpacing(measure::kGrid + 2);
    m_generate = wideButton(tr("Generate"), QStringLiteral("job-start"), "generate.start", this);
    m_generate->setProperty("look", QStringLiteral("primary"));
    connect(m_generate, &QPushButton::clicked, start, &QAction::trigger);
    m_add = wideButton(tr("Add to queue"), QStringLiteral("job-queue"), "generate.add", this);
    connect(m_add, &QPushButton::clicked, start, &QAction::trigger);
    row->addWidget(m_generate, 1);
    row->addWidget(m_add, 1);
    m_enqueue =
        squareButton(tr("Add to queue"), QStringLiteral("job-queue"), "generate.enqueue", this);
    m_enqueue->setToolTip(enqueue->toolTip());
    connect(m_enqueue, &QPushButton::clicked, enqueue, &QAction::trigger);
    m_more = squareButton(
        tr("More ways to queue"), QStringLiteral("chevron-down"), "generate.more", this);
    m_more->setToolTip(tr("More ways to queue: next in line, or several seeds"));
    auto* menu = new QMenu(m_more);
    menu->addAction(enqueue);
    menu->addActions(others);
    connect(m_more, &QPushButton::clicked, menu, [this, menu] {
        menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
    });
    row->addWidget(m_enqueue);
    row->addWidget(m_more);
    column->addLayout(row);
    show(m_view);
}

void StartPanel::show(const StartView& view) {
    m_view = view;
    const bool mayStart = view.faults.isEmpty();
    m_generate->setVisible(!view.isBusy);
    m_enqueue->setVisible(!view.isBusy);
    m_add->setVisible(view.isBusy);
    for (QWidget* button : std::initializer_list<QWidget*>{m_generate, m_add, m_enqueue, m_more}) {
        button->setEnabled(mayStart);
    }
    if (m_words) {
        paintWords();
    }
}

void StartPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_words) {
        paintWords();
    }
}

// Its dock has no title, and so no line above it.
void StartPanel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), currentTheme().panel);
    painter.fillRect(QRect(0, 0, width(), 1), currentTheme().border);
}

// Keyboards say Enter on the key that Qt calls Return.
void StartPanel::showKeys(const QAction* start) {
    QString keys = start->shortcut().toString(QKeySequence::NativeText);
    m_keys->setText(keys.replace(QStringLiteral("Return"), tr("Enter")));
}

void StartPanel::paintWords() {
    const bool isFaulty = !m_view.faults.isEmpty();
    const QColor colour =
        isFaulty || m_view.isPriceBad ? currentTheme().error : currentTheme().muted;
    QPalette palette = m_words->palette();
    if (palette.color(QPalette::WindowText) != colour) {
        palette.setColor(QPalette::WindowText, colour);
        m_words->setPalette(palette);
    }
    m_words->setText(isFaulty ? m_view.faults : m_view.price);
    m_faultIcon->setVisible(isFaulty || m_view.isPriceBad);
    m_faultIcon->setPixmap(iconPixmap(QStringLiteral("state-error"),
                                      measure::kSmallIcon,
                                      currentTheme().error,
                                      devicePixelRatioF()));
    m_keys->setVisible(!isFaulty);
}

}  // namespace tessera::ui
