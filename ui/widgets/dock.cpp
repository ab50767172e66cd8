#include "ui/widgets/dock.h"

#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QBoxLayout>
#include <QPainter>
#include <QToolButton>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kTitleInset = 9;
constexpr int kStateGap = 10;
constexpr int kTitleButton = 24;

}  // namespace

// Title and state in one line; what does not fit is cut with an ellipsis, the state first.
class Dock::Title final : public QWidget {
public:
    explicit Title(Dock& dock) : QWidget(&dock), m_dock(dock) {
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    }

    void setState(const QString& text) {
        m_state = text;
        setToolTip(text);
        update();
    }

    QSize sizeHint() const override {
        const QFontMetrics title(titleFont());
        const QFontMetrics state(tableFont());
        const int second = m_state.isEmpty() ? 0 : kStateGap + state.horizontalAdvance(m_state);
        return {title.horizontalAdvance(m_dock.windowTitle()) + second, title.height()};
    }

    QSize minimumSizeHint() const override {
        const QFontMetrics title(titleFont());
        return {title.horizontalAdvance(m_dock.windowTitle().left(8)), title.height()};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = currentTheme();
        QPainter painter(this);
        constexpr int kFlags = Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine;
        painter.setFont(titleFont());
        painter.setPen(theme.text);
        const QFontMetrics metrics = painter.fontMetrics();
        const QString title = metrics.elidedText(m_dock.windowTitle(), Qt::ElideRight, width());
        painter.drawText(rect(), kFlags, title);
        const QRect rest = rect().adjusted(metrics.horizontalAdvance(title) + kStateGap, 0, 0, 0);
        if (m_state.isEmpty() || rest.width() < metrics.averageCharWidth() * 3) {
            return;
        }
        painter.setFont(tableFont());
        painter.setPen(theme.muted);
        painter.drawText(
            rest, kFlags, painter.fontMetrics().elidedText(m_state, Qt::ElideRight, rest.width()));
    }

private:
    Dock& m_dock;
    QString m_state;
};

Dock::Dock(const QString& title, QWidget* parent) : QDockWidget(title, parent) {
    // The border lies outside of what the dock holds.
    setContentsMargins(1, 1, 1, 1);
    auto* bar = new QWidget(this);
    const int height = std::max(measure::kDockTitle, QFontMetrics(titleFont()).height() + 10);
    bar->setFixedHeight(height);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(kTitleInset, 0, measure::kGrid, 1);
    row->setSpacing(2);
    m_title = new Title(*this);
    row->addWidget(m_title, 1);
    m_tools = new QHBoxLayout;
    m_tools->setSpacing(2);
    row->addLayout(m_tools);
    m_float = titleButton(QStringLiteral("dock-float"), tr("Float"));
    m_close = titleButton(QStringLiteral("dock-close"), tr("Close"));
    row->addWidget(m_float);
    row->addWidget(m_close);
    setTitleBarWidget(bar);
    connect(m_float, &QToolButton::clicked, this, [this] { setFloating(!isFloating()); });
    connect(m_close, &QToolButton::clicked, this, &QDockWidget::close);
    connect(this, &QDockWidget::featuresChanged, this, &Dock::showButtons);
    connect(this, &QWidget::windowTitleChanged, m_title, [this] {
        m_title->updateGeometry();
        m_title->update();
    });
}

QToolButton* Dock::titleButton(const QString& iconName, const QString& name) {
    auto* button = new QToolButton(this);
    button->setIcon(icon(iconName));
    button->setIconSize({measure::kSmallIcon, measure::kSmallIcon});
    button->setFixedSize(kTitleButton, kTitleButton);
    button->setToolTip(name);
    button->setAccessibleName(tr("%1: %2").arg(windowTitle(), name));
    button->setObjectName(QStringLiteral("dock.%1").arg(iconName));
    return button;
}

void Dock::showButtons() {
    m_float->setVisible(features().testFlag(DockWidgetFloatable));
    m_close->setVisible(features().testFlag(DockWidgetClosable));
}

void Dock::setState(const QString& text) {
    m_title->setState(text);
}

void Dock::addTitleWidget(QWidget* widget) {
    m_tools->addWidget(widget);
}

void Dock::paintEvent(QPaintEvent*) {
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.fillRect(rect(), theme.panel);
    painter.setPen(QPen(theme.border, 1.0));
    painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    const QRect title = titleBarWidget()->geometry();
    painter.fillRect(QRect(1, title.bottom(), width() - 2, 1), theme.border);
}

}  // namespace tessera::ui
