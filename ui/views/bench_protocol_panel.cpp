#include "ui/views/bench_protocol_panel.h"

#include "ui/actions/key_cap.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/number_spin.h"
#include "ui/widgets/field.h"

#include <QAction>
#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace tessera::ui {

namespace {

constexpr double kMostRuns = 100'000;

}  // namespace

BenchProtocolPanel::BenchProtocolPanel(QAction* run, QWidget* parent) : QWidget(parent) {
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(measure::kRowGap);
    const auto addNumber =
        [&](const QString& name, const char* object, double low, const QString& tooltip) {
            auto* spin = new NumberSpin(kMostRuns, 5, 0, this);
            spin->setSpecialValueText({});
            spin->setMinimum(low);
            spin->setObjectName(QLatin1String(object));
            spin->setToolTip(tooltip);
            column->addWidget(new Field(name, spin, this));
            connect(spin,
                    qOverload<double>(&QDoubleSpinBox::valueChanged),
                    this,
                    &BenchProtocolPanel::edited);
            return spin;
        };
    m_warmUps = addNumber(tr("Warm-ups"),
                          "bench.warm-ups",
                          0.0,
                          tr("Runs before the first that counts. The paper takes 25."));
    m_runs = addNumber(tr("Runs"),
                       "bench.runs",
                       1.0,
                       tr("Runs that count: their median, p20 and p80 are shown. "
                          "The paper takes 100."));
    const auto addBox = [&](const QString& text, const char* object, const QString& tooltip) {
        auto* box = new QCheckBox(text, this);
        box->setObjectName(QLatin1String(object));
        box->setAccessibleName(text);
        box->setToolTip(tooltip);
        column->addWidget(box);
        connect(box, &QCheckBox::clicked, this, &BenchProtocolPanel::edited);
        return box;
    };
    m_backward = addBox(tr("Backward pass too"),
                        "bench.backward",
                        tr("Times the gradients of each kernel as rows of their own."));
    m_flush = addBox(tr("Flush caches before each run"),
                     "bench.flush",
                     tr("Overwrites the caches, as a layer among others meets them."));
    addStart(column, run);
    show({});
    showStart({});
}

void BenchProtocolPanel::addStart(QVBoxLayout* column, QAction* run) {
    column->addSpacing(measure::kGrid);
    m_run = new QPushButton(icon(QStringLiteral("bench-run")), tr("Run bench"), this);
    m_run->setObjectName(QStringLiteral("bench.run"));
    m_run->setAccessibleName(m_run->text());
    m_run->setProperty("look", QStringLiteral("primary"));
    m_run->setIconSize({measure::kSmallIcon, measure::kSmallIcon});
    m_run->setFixedHeight(measure::kPrimaryControl);
    m_run->setAutoDefault(false);
    connect(m_run, &QPushButton::clicked, run, &QAction::trigger);
    column->addWidget(m_run);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    m_faultIcon = new QLabel(this);
    row->addWidget(m_faultIcon, 0, Qt::AlignTop);
    m_words = new QLabel(this);
    m_words->setObjectName(QStringLiteral("bench.price"));
    m_words->setFont(tableFont());
    m_words->setTextFormat(Qt::PlainText);
    m_words->setWordWrap(true);
    row->addWidget(m_words, 1);
    m_keys = new KeyCap(this);
    row->addWidget(m_keys, 0, Qt::AlignTop);
    const auto followKeys = [this, run] {
        // Keyboards say Enter on the key that Qt calls Return.
        QString keys = run->shortcut().toString(QKeySequence::NativeText);
        m_keys->setText(keys.replace(QStringLiteral("Return"), tr("Enter")));
        m_run->setToolTip(run->toolTip());
    };
    connect(run, &QAction::changed, m_keys, followKeys);
    followKeys();
    column->addLayout(row);
    column->addStretch(1);
}

void BenchProtocolPanel::show(const BenchForm& form) {
    const QSignalBlocker quiet(this);
    if (static_cast<int>(m_warmUps->value()) != form.warmUps) {
        m_warmUps->setValue(form.warmUps);
    }
    if (static_cast<int>(m_runs->value()) != form.runs) {
        m_runs->setValue(form.runs);
    }
    m_backward->setChecked(form.backward);
    m_flush->setChecked(form.flushCache);
}

void BenchProtocolPanel::read(BenchForm& form) const {
    form.warmUps = static_cast<int>(m_warmUps->value());
    form.runs = static_cast<int>(m_runs->value());
    form.backward = m_backward->isChecked();
    form.flushCache = m_flush->isChecked();
}

void BenchProtocolPanel::showStart(const BenchStart& start) {
    m_start = start;
    m_run->setEnabled(!start.isActive && start.fault.isEmpty());
    paintWords();
}

void BenchProtocolPanel::paintWords() {
    const bool isFaulty = !m_start.fault.isEmpty() && !m_start.isActive;
    const QColor colour = isFaulty ? currentTheme().error : currentTheme().muted;
    QPalette palette = m_words->palette();
    if (palette.color(QPalette::WindowText) != colour) {
        palette.setColor(QPalette::WindowText, colour);
        m_words->setPalette(palette);
    }
    m_words->setText(isFaulty ? m_start.fault : m_start.price);
    m_faultIcon->setVisible(isFaulty);
    m_faultIcon->setPixmap(iconPixmap(QStringLiteral("state-error"),
                                      measure::kSmallIcon,
                                      currentTheme().error,
                                      devicePixelRatioF()));
    m_keys->setVisible(!isFaulty && !m_start.isActive);
}

void BenchProtocolPanel::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), currentTheme().panel);
}

void BenchProtocolPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_keys != nullptr) {
        paintWords();
    }
}

}  // namespace tessera::ui
