#include "ui/widgets/banner.h"

#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/icon_sign.h"

#include <QBoxLayout>
#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kBar = 3;
constexpr int kSign = 18;
constexpr int kSignGap = 10;
constexpr int kInset = 8;

struct Tone {
    QColor Theme::*ink;
    QColor Theme::*ground;
    const char* icon;
};

Tone toneOf(Banner::Kind kind) {
    switch (kind) {
        case Banner::Kind::Success:
            return {&Theme::success, &Theme::successGround, "state-done"};
        case Banner::Kind::Warning:
            return {&Theme::warning, &Theme::warningGround, "state-warning"};
        case Banner::Kind::Error:
            return {&Theme::error, &Theme::errorGround, "state-error"};
        case Banner::Kind::Info:
            break;
    }
    return {&Theme::accent, &Theme::infoGround, "state-info"};
}

QLabel* wrappedLabel(const QString& text, const QFont& font, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setFont(font);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setFocusPolicy(Qt::NoFocus);
    return label;
}

}  // namespace

class Banner::Private {
public:
    Tone tone;
    QVBoxLayout* rows = nullptr;
    QWidget* ways = nullptr;
    QWidget* details = nullptr;
    QLabel* detailText = nullptr;
    QToolButton* close = nullptr;
    QVBoxLayout* all = nullptr;
    QHBoxLayout* across = nullptr;
    std::vector<Way> choices;
};

Banner::Banner(Kind kind, const QString& what, const QString& why, QWidget* parent)
    : QFrame(parent), m_private(std::make_unique<Private>()) {
    m_private->tone = toneOf(kind);
    m_private->all = new QVBoxLayout(this);
    m_private->all->setContentsMargins(
        kBar + kInset, measure::kBodyMargin - 1, measure::kBodyMargin, measure::kBodyMargin);
    m_private->all->setSpacing(measure::kGrid);
    m_private->across = new QHBoxLayout;
    m_private->across->setContentsMargins(measure::kBodyMargin - kInset, 0, 0, 0);
    m_private->across->setSpacing(kSignGap);
    m_private->all->addLayout(m_private->across);
    auto* sign =
        new IconSign(QString::fromLatin1(m_private->tone.icon), kSign, m_private->tone.ink, this);
    m_private->across->addWidget(sign, 0, Qt::AlignTop);
    m_private->rows = new QVBoxLayout;
    m_private->rows->setSpacing(measure::kRowGap - 2);
    if (!what.isEmpty()) {
        m_private->rows->addWidget(
            wrappedLabel(what, why.isEmpty() ? bodyFont() : bold(bodyFont()), this));
    }
    if (!why.isEmpty()) {
        m_private->rows->addWidget(wrappedLabel(why, bodyFont(), this));
    }
    m_private->across->addLayout(m_private->rows, 1);
    setObjectName(QStringLiteral("banner"));
    setAccessibleName(what);
    setAccessibleDescription(why);
}

Banner::~Banner() = default;

void Banner::setWays(std::vector<Way> ways, bool firstIsPrimary) {
    delete m_private->ways;
    m_private->ways = new QWidget(this);
    m_private->choices = std::move(ways);
    const bool havePrices = std::any_of(m_private->choices.begin(),
                                        m_private->choices.end(),
                                        [](const Way& way) { return !way.price.isEmpty(); });
    auto* grid = havePrices ? new QGridLayout(m_private->ways) : nullptr;
    auto* flow = havePrices ? nullptr : new FlowLayout(measure::kRowGap, m_private->ways);
    if (grid != nullptr) {
        grid->setContentsMargins(0, 2, 0, 0);
        grid->setVerticalSpacing(measure::kRowGap - 2);
        grid->setHorizontalSpacing(measure::kRowGap);
        grid->setColumnStretch(1, 1);
    }
    for (std::size_t index = 0; index < m_private->choices.size(); ++index) {
        const Way& way = m_private->choices[index];
        auto* button = new QPushButton(icon(way.icon), way.text, m_private->ways);
        button->setObjectName(QStringLiteral("%1.way%2").arg(objectName()).arg(index + 1));
        if (index == 0 && firstIsPrimary) {
            button->setProperty("look", QStringLiteral("filled"));
        }
        connect(button, &QPushButton::clicked, this, [this, index] {
            // A copy: what runs may give the banner other ways.
            const std::function<void()> run = m_private->choices[index].run;
            if (run) {
                run();
            }
        });
        if (flow != nullptr) {
            flow->addWidget(button);
            continue;
        }
        const int row = static_cast<int>(index);
        QLabel* price = wrappedLabel(way.price, tableFont(), m_private->ways);
        price->setForegroundRole(QPalette::PlaceholderText);
        grid->addWidget(button, row, 0);
        grid->addWidget(price, row, 1);
        button->setAccessibleDescription(way.price);
    }
    m_private->rows->addWidget(m_private->ways);
    m_private->ways->setVisible(!m_private->choices.empty());
}

void Banner::setDetails(const QString& details) {
    if (m_private->details == nullptr) {
        m_private->details = new QWidget(this);
        auto* rows = new QVBoxLayout(m_private->details);
        rows->setContentsMargins(0, 0, 0, 0);
        rows->setSpacing(measure::kRowGap);
        // The chevron stands under the sign, the word under the words.
        auto* fold = new QPushButton(
            icon(QStringLiteral("chevron-right")), tr("Details"), m_private->details);
        fold->setProperty("look", QStringLiteral("tool"));
        fold->setObjectName(objectName() + QStringLiteral(".details"));
        auto* body = new QWidget(m_private->details);
        auto* inside = new QVBoxLayout(body);
        inside->setContentsMargins(measure::kBodyMargin - kInset + kSign + kSignGap, 0, 0, 0);
        inside->setSpacing(measure::kRowGap);
        m_private->detailText = wrappedLabel({}, numberFont(), body);
        inside->addWidget(m_private->detailText);
        auto* copy = new QPushButton(icon(QStringLiteral("copy")), tr("Copy details"), body);
        copy->setObjectName(objectName() + QStringLiteral(".copy-details"));
        copy->setProperty("look", QStringLiteral("small"));
        inside->addWidget(copy, 0, Qt::AlignLeft);
        body->hide();
        rows->addWidget(fold, 0, Qt::AlignLeft);
        rows->addWidget(body);
        m_private->all->addWidget(m_private->details);
        connect(fold, &QPushButton::clicked, body, [fold, body] {
            const bool isOpen = body->isHidden();
            fold->setIcon(
                icon(isOpen ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right")));
            body->setVisible(isOpen);
        });
        connect(copy, &QPushButton::clicked, this, [this] {
            QGuiApplication::clipboard()->setText(m_private->detailText->text());
        });
    }
    m_private->detailText->setText(details);
    m_private->details->setVisible(!details.isEmpty());
}

void Banner::setClosable(bool on) {
    if (on && m_private->close == nullptr) {
        m_private->close = new QToolButton(this);
        m_private->close->setObjectName(objectName() + QStringLiteral(".close"));
        m_private->close->setIcon(icon(QStringLiteral("dock-close")));
        m_private->close->setAccessibleName(tr("Close this message"));
        m_private->close->setToolTip(tr("Close this message"));
        m_private->close->setFixedSize(measure::kSmallControl, measure::kSmallControl);
        m_private->across->addWidget(m_private->close, 0, Qt::AlignTop);
        connect(m_private->close, &QToolButton::clicked, this, [this] {
            hide();
            Q_EMIT closed();
        });
    }
    if (m_private->close != nullptr) {
        m_private->close->setVisible(on);
    }
}

void Banner::paintEvent(QPaintEvent*) {
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.border, 1.0));
    painter.setBrush(theme.*(m_private->tone.ground));
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.drawRoundedRect(box, measure::kRadius - 1, measure::kRadius - 1);
    painter.fillRect(QRect(0, 0, kBar, height()), theme.*(m_private->tone.ink));
}

}  // namespace tessera::ui
