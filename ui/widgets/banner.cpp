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
    : QFrame(parent), m(std::make_unique<Private>()) {
    m->tone = toneOf(kind);
    m->all = new QVBoxLayout(this);
    m->all->setContentsMargins(
        kBar + kInset, measure::kBodyMargin - 1, measure::kBodyMargin, measure::kBodyMargin);
    m->all->setSpacing(measure::kGrid);
    m->across = new QHBoxLayout;
    m->across->setContentsMargins(measure::kBodyMargin - kInset, 0, 0, 0);
    m->across->setSpacing(kSignGap);
    m->all->addLayout(m->across);
    auto* sign = new IconSign(QString::fromLatin1(m->tone.icon), kSign, m->tone.ink, this);
    m->across->addWidget(sign, 0, Qt::AlignTop);
    m->rows = new QVBoxLayout;
    m->rows->setSpacing(measure::kRowGap - 2);
    if (!what.isEmpty()) {
        m->rows->addWidget(wrappedLabel(what, why.isEmpty() ? bodyFont() : bold(bodyFont()), this));
    }
    if (!why.isEmpty()) {
        m->rows->addWidget(wrappedLabel(why, bodyFont(), this));
    }
    m->across->addLayout(m->rows, 1);
    setAccessibleName(what);
    setAccessibleDescription(why);
}

Banner::~Banner() = default;

void Banner::setWays(std::vector<Way> ways, bool firstIsPrimary) {
    delete m->ways;
    m->ways = new QWidget(this);
    m->choices = std::move(ways);
    const bool havePrices = std::any_of(
        m->choices.begin(), m->choices.end(), [](const Way& way) { return !way.price.isEmpty(); });
    auto* grid = havePrices ? new QGridLayout(m->ways) : nullptr;
    auto* flow = havePrices ? nullptr : new FlowLayout(measure::kRowGap, m->ways);
    if (grid != nullptr) {
        grid->setContentsMargins(0, 2, 0, 0);
        grid->setVerticalSpacing(measure::kRowGap - 2);
        grid->setHorizontalSpacing(measure::kRowGap);
        grid->setColumnStretch(1, 1);
    }
    for (std::size_t index = 0; index < m->choices.size(); ++index) {
        const Way& way = m->choices[index];
        auto* button = new QPushButton(icon(way.icon), way.text, m->ways);
        button->setObjectName(QStringLiteral("%1.way%2").arg(objectName()).arg(index + 1));
        if (index == 0 && firstIsPrimary) {
            button->setProperty("look", QStringLiteral("filled"));
        }
        connect(button, &QPushButton::clicked, this, [this, index] {
            // A copy: what runs may give the banner other ways.
            const std::function<void()> run = m->choices[index].run;
            if (run) {
                run();
            }
        });
        if (flow != nullptr) {
            flow->addWidget(button);
            continue;
        }
        const int row = static_cast<int>(index);
        QLabel* price = wrappedLabel(way.price, tableFont(), m->ways);
        price->setForegroundRole(QPalette::PlaceholderText);
        grid->addWidget(button, row, 0);
        grid->addWidget(price, row, 1);
        button->setAccessibleDescription(way.price);
    }
    m->rows->addWidget(m->ways);
    m->ways->setVisible(!m->choices.empty());
}

void Banner::setDetails(const QString& details) {
    if (m->details == nullptr) {
        m->details = new QWidget(this);
        auto* rows = new QVBoxLayout(m->details);
        rows->setContentsMargins(0, 0, 0, 0);
        rows->setSpacing(measure::kRowGap);
        // The chevron stands under the sign, the word under the words.
        auto* fold =
            new QPushButton(icon(QStringLiteral("chevron-right")), tr("Details"), m->details);
        fold->setProperty("look", QStringLiteral("tool"));
        fold->setObjectName(objectName() + QStringLiteral(".details"));
        auto* body = new QWidget(m->details);
        auto* inside = new QVBoxLayout(body);
        inside->setContentsMargins(measure::kBodyMargin - kInset + kSign + kSignGap, 0, 0, 0);
        inside->setSpacing(measure::kRowGap);
        m->detailText = wrappedLabel({}, numberFont(), body);
        inside->addWidget(m->detailText);
        auto* copy = new QPushButton(icon(QStringLiteral("copy")), tr("Copy details"), body);
        copy->setObjectName(objectName() + QStringLiteral(".copy-details"));
        copy->setProperty("look", QStringLiteral("small"));
        inside->addWidget(copy, 0, Qt::AlignLeft);
        body->hide();
        rows->addWidget(fold, 0, Qt::AlignLeft);
        rows->addWidget(body);
        m->all->addWidget(m->details);
        connect(fold, &QPushButton::clicked, body, [fold, body] {
            const bool isOpen = body->isHidden();
            fold->setIcon(
                icon(isOpen ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right")));
            body->setVisible(isOpen);
        });
        connect(copy, &QPushButton::clicked, this, [this] {
            QGuiApplication::clipboard()->setText(m->detailText->text());
        });
    }
    m->detailText->setText(details);
    m->details->setVisible(!details.isEmpty());
}

void Banner::setClosable(bool on) {
    if (on && m->close == nullptr) {
        m->close = new QToolButton(this);
        m->close->setObjectName(objectName() + QStringLiteral(".close"));
        m->close->setIcon(icon(QStringLiteral("dock-close")));
        m->close->setAccessibleName(tr("Close this message"));
        m->close->setToolTip(tr("Close this message"));
        m->close->setFixedSize(measure::kSmallControl, measure::kSmallControl);
        m->across->addWidget(m->close, 0, Qt::AlignTop);
        connect(m->close, &QToolButton::clicked, this, [this] {
            hide();
            Q_EMIT closed();
        });
    }
    if (m->close != nullptr) {
        m->close->setVisible(on);
    }
}

void Banner::paintEvent(QPaintEvent*) {
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.border, 1.0));
    painter.setBrush(theme.*(m->tone.ground));
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.drawRoundedRect(box, measure::kRadius - 1, measure::kRadius - 1);
    painter.fillRect(QRect(0, 0, kBar, height()), theme.*(m->tone.ink));
}

}  // namespace tessera::ui
