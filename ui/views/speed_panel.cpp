#include "ui/views/speed_panel.h"

#include "core/jobs/words.h"
#include "ui/bridge/text.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/fault_places.h"
#include "ui/views/number_spin.h"
#include "ui/views/rule.h"
#include "ui/widgets/field.h"
#include "ui/widgets/segmented.h"

#include <QComboBox>
#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr std::array kPresets{25, 50, 100};

QLabel* muted(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setFont(captionFont());
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

}  // namespace

SpeedPanel::SpeedPanel(FaultPlaces& places, QWidget* parent) : QWidget(parent) {
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(measure::kRowGap - 2);
    addDial(column, places);
    addMeans(column, places);
    column->addSpacing(measure::kGrid);
    column->addWidget(new Rule(Qt::Horizontal, this));
    addReadOuts(column);
    column->addStretch(1);
}

void SpeedPanel::addDial(QVBoxLayout* column, FaultPlaces& places) {
    const QString waits = tr("Waits for a plan: a search over the layers of the model makes one.");
    m_faces = new Segmented({{tr("Threshold r"), {}, false, waits},
                             {tr("Budget"), {}, false, waits},
                             {tr("Dense"), {}, true, tr("Every layer attends to everything.")}},
                            this);
    m_faces->setObjectName(QStringLiteral("generate.speed"));
    m_faces->setAccessibleName(tr("Speed"));
    // The note stands under the dial, and what is wrong with the masks under the note.
    auto* dial = new QWidget(this);
    dial->setObjectName(QStringLiteral("generate.dial"));
    auto* rows = new QVBoxLayout(dial);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(measure::kRowGap - 2);
    rows->addWidget(m_faces);
    m_maskNote = muted(QString(), dial);
    m_maskNote->setObjectName(QStringLiteral("generate.masks"));
    m_maskNote->setWordWrap(true);
    m_maskNote->setTextFormat(Qt::PlainText);  // the words of a file
    rows->addWidget(m_maskNote);
    dial->setFocusProxy(m_faces);
    auto* dialRow = new Field(QString(), dial, this);
    column->addWidget(dialRow);
    places.add(FormField::Masks, dialRow, m_faces);
    showMasks();
    connect(m_faces, &Segmented::changed, this, [this] {
        m_masks.clear();
        m_plan = {};
        showMasks();
        Q_EMIT edited();
    });
    column->addSpacing(2);
}

void SpeedPanel::addMeans(QVBoxLayout* column, FaultPlaces& places) {
    m_preset = new Segmented({{QString::number(kPresets[0]), {}, true, tr("Quickest, rough")},
                              {QString::number(kPresets[1]), {}, true, tr("Half the time")},
                              {QString::number(kPresets[2]), {}, true, tr("As the paper has it")}},
                             this);
    m_preset->setObjectName(QStringLiteral("generate.steps-preset"));
    m_preset->setAccessibleName(tr("Steps to choose from"));
    column->addWidget(new Field(tr("Steps"), m_preset, this));
    connect(m_preset, &Segmented::changed, this, [this](int index) {
        if (index >= 0) {
            Q_EMIT stepsChosen(kPresets[static_cast<std::size_t>(index)]);
        }
    });
    m_precision =
        new Segmented({{QStringLiteral("auto"), {}, true, tr("The quicker on this machine")},
                       {QStringLiteral("fp32"), {}, true, tr("The reference")},
                       {QStringLiteral("bf16"), {}, true, tr("Half the memory")}},
                      this);
    m_precision->setObjectName(QStringLiteral("generate.precision"));
    auto* precisionRow = new Field(tr("Precision"), m_precision, this);
    column->addWidget(precisionRow);
    places.add(FormField::Precision, precisionRow, m_precision);
    connect(m_precision, &Segmented::changed, this, &SpeedPanel::edited);
    m_device = new QComboBox(this);
    m_device->setObjectName(QStringLiteral("generate.device"));
    m_device->setAccessibleName(tr("Device"));
    m_threads = new NumberSpin(9999, 1, 0, this);
    m_threads->setObjectName(QStringLiteral("generate.threads"));
    m_threads->setAccessibleName(tr("Threads"));
    m_threads->setToolTip(tr("Cores that work on the clip; auto takes all of them."));
    auto* machine = new QWidget(this);
    auto* line = new QHBoxLayout(machine);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(measure::kLabelGap);
    line->addWidget(m_device, 1);
    auto* words = new QLabel(tr("Threads"), machine);
    words->setForegroundRole(QPalette::PlaceholderText);
    line->addWidget(words);
    line->addWidget(m_threads, 1);
    machine->setFocusProxy(m_device);
    auto* machineRow = new Field(tr("Device"), machine, this);
    column->addWidget(machineRow);
    places.add(FormField::Device, machineRow, m_device);
    places.add(FormField::Threads, machineRow, m_threads);
    setDevices({});
    connect(m_device, qOverload<int>(&QComboBox::activated), this, &SpeedPanel::edited);
    connect(m_threads, qOverload<double>(&QDoubleSpinBox::valueChanged), this, &SpeedPanel::edited);
}

void SpeedPanel::addReadOuts(QVBoxLayout* column) {
    auto* grid = new QGridLayout;
    grid->setContentsMargins(0, 2, 0, 0);
    grid->setHorizontalSpacing(measure::kLabelGap);
    grid->setVerticalSpacing(2);
    const std::array names{tr("Time"), tr("Memory"), tr("Forwards")};
    const std::array objects{"generate.time", "generate.memory", "generate.forwards"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        ReadOut& out = m_readOuts[i];
        out.name = muted(names[i], this);
        out.value = new QLabel(QString(kUnknown), this);
        out.value->setObjectName(QLatin1String(objects[i]));
        out.value->setFont(bigNumberFont());
        out.note = muted(QString(), this);
        const int place = static_cast<int>(i);
        grid->addWidget(out.name, 0, place);
        grid->addWidget(out.value, 1, place);
        grid->addWidget(out.note, 2, place);
        grid->setColumnStretch(place, 1);
    }
    column->addLayout(grid);
}

void SpeedPanel::setDevices(const QStringList& devices) {
    const QString chosen = m_device->currentData().toString();
    m_device->clear();
    m_device->addItem(tr("auto"), QStringLiteral("auto"));
    for (const QString& device : devices) {
        m_device->addItem(device, device);
    }
    if (!chosen.isEmpty() && m_device->findData(chosen) < 0) {
        m_device->addItem(chosen, chosen);
    }
    m_device->setCurrentIndex(std::max(0, m_device->findData(chosen)));
}

QString SpeedPanel::maskWords() const {
    constexpr int kShownLetters = 48;
    if (!m_plan.file.empty()) {
        return tr("Masks of the plan %1, as the recipe has it")
            .arg(toQt(m_plan.file).left(kShownLetters));
    }
    if (m_masks.size() != 1) {
        return tr("A mask for each layer, %1 in all, as the recipe has them").arg(m_masks.size());
    }
    return m_masks.front().find('/') == std::string::npos
               ? tr("Mask %1 in every layer, as the recipe has it")
                     .arg(toQt(m_masks.front()).left(kShownLetters))
               : tr("A mask for each head in every layer, as the recipe has it");
}

// Masks come with a recipe; Dense, the face that works today, takes them off.
void SpeedPanel::showMasks() {
    constexpr int kDense = 2;
    const QSignalBlocker quiet(m_faces);
    m_faces->setIndex(m_masks.empty() ? kDense : -1);
    m_maskNote->setVisible(!m_masks.empty());
    m_maskNote->setText(maskWords());
}

void SpeedPanel::show(const FormValues& values) {
    m_masks = values.masks;
    m_plan = values.plan;
    showMasks();
    const std::array<QSignalBlocker, 4> quiet{QSignalBlocker(m_preset),
                                              QSignalBlocker(m_precision),
                                              QSignalBlocker(m_device),
                                              QSignalBlocker(m_threads)};
    const auto preset = std::ranges::find(kPresets, values.steps);
    m_preset->setIndex(preset == kPresets.end() ? -1 : static_cast<int>(preset - kPresets.begin()));
    m_precision->setIndex(static_cast<int>(values.precision));
    const QString device = toQt(jobs::word(values.device));
    if (m_device->findData(device) < 0) {
        m_device->addItem(device, device);
    }
    m_device->setCurrentIndex(m_device->findData(device));
    m_threads->setValue(values.threads);
}

void SpeedPanel::read(FormValues& values) const {
    values.precision = static_cast<pipeline::Precision>(m_precision->index());
    values.device =
        jobs::deviceOf(fromQt(m_device->currentData().toString())).value_or(values.device);
    values.threads = qRound(m_threads->value());
    values.masks = m_masks;
    values.plan = m_plan;
}

void SpeedPanel::showEstimate(const std::optional<engine::GenerationEstimate>& estimate,
                              std::uint64_t machineBytes,
                              bool isTooMuch) {
    const QString unknown(kUnknown);
    const bool hasTime = estimate && estimate->seconds > 0.0;
    m_readOuts[0].value->setText(hasTime ? readOut(estimate->seconds) : unknown);
    m_readOuts[0].note->setText(hasTime    ? plusMinus(estimate->plusMinus)
                                : estimate ? tr("measured in a run")
                                           : QString());
    m_readOuts[1].value->setText(estimate ? bytes(estimate->residentBytes) : unknown);
    m_readOuts[1].note->setText(estimate && machineBytes > 0 ? tr("of %1").arg(bytes(machineBytes))
                                                             : QString());
    m_readOuts[2].value->setText(estimate ? number(estimate->forwards) : unknown);
    m_readOuts[2].note->setText(
        estimate && estimate->effective.steps > 0
            ? tr("%1 a step").arg(estimate->forwards / estimate->effective.steps)
            : QString());
    m_isTooMuch = isTooMuch;
    paintMemory();
}

void SpeedPanel::paintMemory() {
    QPalette palette;  // an empty one follows the theme
    if (m_isTooMuch) {
        palette.setColor(QPalette::WindowText, currentTheme().error);
    }
    m_readOuts[1].value->setPalette(palette);
}

void SpeedPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_readOuts[1].value != nullptr) {
        paintMemory();
    }
}

}  // namespace tessera::ui
