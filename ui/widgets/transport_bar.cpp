#include "ui/widgets/transport_bar.h"

#include "ui/actions/action_registry.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/widgets/player.h"
#include "ui/widgets/scrub_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <functional>

namespace tessera::ui {

namespace {

constexpr std::array kSpeeds{0.25, 0.5, 1.0, 2.0, 4.0};

QString speedWord(double speed) {
    return QString::number(speed) + QChar(0x00D7);
}

// A thin upright line between groups of the row.
class Divider final : public QWidget {
public:
    explicit Divider(QWidget* parent) : QWidget(parent) { setFixedSize(1, 18); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter(this).fillRect(rect(), currentTheme().border);
    }
};

}  // namespace

class TransportBar::Private {
public:
    Private(Player& owner, ActionRegistry& registry) : player(owner), actions(registry) {}

    QToolButton* addButton(TransportBar* bar,
                           const QString& name,
                           const QString& words,
                           std::function<void()> run);
    void addSpeed(TransportBar* bar);
    void follow();
    void showPosition();
    void showSettings();

    Player& player;
    ActionRegistry& actions;
    QHBoxLayout* row = nullptr;
    QToolButton* play = nullptr;
    QToolButton* loop = nullptr;
    QList<QWidget*> needClip;
    ScrubBar* scrub = nullptr;
    QLabel* frame = nullptr;
    QComboBox* speed = nullptr;
};

TransportBar::TransportBar(Player& player, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent), m_private(new Private(player, actions)) {
    connect(this, &QObject::destroyed, [owned = m_private] { delete owned; });
    setProperty("surface", QStringLiteral("panel"));
    setFixedHeight(measure::kTransport);
    m_private->row = new QHBoxLayout(this);
    m_private->row->setContentsMargins(10, 0, 10, 0);
    m_private->row->setSpacing(measure::kGrid);
    m_private->addButton(this, QStringLiteral("transport-step-back"), tr("Step back"), [&player] {
        player.step(-1);
    });
    m_private->play = m_private->addButton(
        this, QStringLiteral("transport-play"), tr("Play"), [&player] { player.toggle(); });
    m_private->addButton(
        this, QStringLiteral("transport-step-forward"), tr("Step forward"), [&player] {
            player.step(1);
        });
    m_private->loop =
        m_private->addButton(this, QStringLiteral("transport-loop"), tr("Loop"), [&player] {
            player.setLooping(!player.isLooping());
        });
    m_private->loop->setCheckable(true);
    m_private->row->addSpacing(measure::kGrid);
    m_private->row->addWidget(new Divider(this));
    m_private->row->addSpacing(measure::kGrid);
    m_private->scrub = new ScrubBar(player, this);
    m_private->scrub->setObjectName(QStringLiteral("transport.scrub"));
    m_private->row->addWidget(m_private->scrub, 1);
    m_private->needClip.append(m_private->scrub);
    m_private->row->addSpacing(measure::kGrid);
    m_private->row->addWidget(new Divider(this));
    m_private->row->addSpacing(measure::kLabelGap);
    m_private->frame = new QLabel(this);
    m_private->frame->setObjectName(QStringLiteral("transport.frame"));
    m_private->frame->setFont(numberFont());
    m_private->row->addWidget(m_private->frame);
    m_private->row->addSpacing(measure::kGrid);
    m_private->addSpeed(this);
    m_private->follow();
}

QSize TransportBar::sizeHint() const {
    return {480, measure::kTransport};
}

void TransportBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), currentTheme().panel);
    painter.fillRect(QRect(0, 0, width(), 1), currentTheme().border);
}

QToolButton* TransportBar::Private::addButton(TransportBar* bar,
                                              const QString& name,
                                              const QString& words,
                                              std::function<void()> run) {
    auto* button = new QToolButton(bar);
    button->setProperty("look", QStringLiteral("tool"));
    button->setObjectName(QStringLiteral("transport.") + name.mid(10));
    button->setIcon(icon(name));
    button->setIconSize({measure::kIcon, measure::kIcon});
    button->setAccessibleName(words);
    const QAction* action = actions.find(name);
    button->setToolTip(action ? action->toolTip() : words);
    QObject::connect(button, &QToolButton::clicked, bar, std::move(run));
    row->addWidget(button);
    needClip.append(button);
    return button;
}

void TransportBar::Private::addSpeed(TransportBar* bar) {
    speed = new QComboBox(bar);
    speed->setObjectName(QStringLiteral("transport.speed"));
    speed->setAccessibleName(TransportBar::tr("Speed"));
    speed->setToolTip(TransportBar::tr("How fast the clip plays; 1× is as recorded."));
    for (const double factor : kSpeeds) {
        speed->addItem(speedWord(factor), factor);
    }
    row->addWidget(speed);
    QObject::connect(speed, qOverload<int>(&QComboBox::activated), bar, [this](int index) {
        player.setSpeed(speed->itemData(index).toDouble());
    });
}

void TransportBar::Private::follow() {
    QObject::connect(&player, &Player::framesChanged, frame, [this] { showPosition(); });
    QObject::connect(&player, &Player::positionChanged, frame, [this] { showPosition(); });
    QObject::connect(&player, &Player::settingsChanged, frame, [this] { showSettings(); });
    QObject::connect(&player, &Player::playingChanged, play, [this](bool isPlaying) {
        play->setIcon(
            icon(isPlaying ? QStringLiteral("transport-pause") : QStringLiteral("transport-play")));
        play->setAccessibleName(isPlaying ? TransportBar::tr("Pause") : TransportBar::tr("Play"));
    });
    showPosition();
    showSettings();
}

// The width is that of the last frame's words: the row must not move while a clip plays.
void TransportBar::Private::showPosition() {
    const int count = player.count();
    for (QWidget* widget : std::as_const(needClip)) {
        widget->setEnabled(count > 0);
    }
    const QString words = TransportBar::tr("frame %1 of %2");
    const QString widest = words.arg(std::max(count, 10)).arg(std::max(count, 10));
    frame->setMinimumWidth(frame->fontMetrics().horizontalAdvance(widest) + 2);
    frame->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    frame->setText(count == 0 ? QString() : words.arg(player.position() + 1).arg(count));
}

void TransportBar::Private::showSettings() {
    loop->setChecked(player.isLooping());
    const auto known = std::ranges::find(kSpeeds, player.speed());
    if (known != kSpeeds.end()) {
        speed->setCurrentIndex(static_cast<int>(known - kSpeeds.begin()));
    }
    scrub->update();
}

}  // namespace tessera::ui
