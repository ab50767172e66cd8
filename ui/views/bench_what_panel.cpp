#include "ui/views/bench_what_panel.h"

#include "core/jobs/words.h"
#include "core/plan/shape_preset.h"
#include "ui/bridge/text.h"
#include "ui/models/bench_words.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/number_spin.h"
#include "ui/views/rule.h"
#include "ui/widgets/field.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kMaskColumns = 3;

// F, P, T, H, D: smallest and largest, as the engine takes them.
struct Range {
    double low;
    double high;
};

constexpr std::array<Range, 5> kRanges{
    {{1, 4096}, {1, 1'000'000}, {0, 1'000'000}, {1, 1024}, {1, 1024}}};

QLabel* heading(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setFont(titleFont());
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

QLabel* note(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setFont(captionFont());
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

void addRule(QVBoxLayout* column, QWidget* parent) {
    column->addSpacing(measure::kGrid);
    column->addWidget(new Rule(Qt::Horizontal, parent));
    column->addSpacing(measure::kGrid);
}

bench::BenchRow rowOf(const BenchShape& shape) {
    bench::BenchRow row;
    row.layout = shape.layout;
    row.heads = shape.heads;
    row.headSize = shape.headSize;
    return row;
}

}  // namespace

BenchWhatPanel::BenchWhatPanel(QWidget* parent) : QWidget(parent) {
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(measure::kRowGap);
    addShape(column);
    addMachine(column);
    addRule(column, this);
    addChoices(column);
    column->addStretch(1);
    setDevices({});
    show({});
}

void BenchWhatPanel::addShape(QVBoxLayout* column) {
    m_preset = new QComboBox(this);
    m_preset->setObjectName(QStringLiteral("bench.shape"));
    m_preset->setToolTip(
        tr("The attention of a model at one size of clip, or numbers of your own."));
    for (const plan::ShapePreset& preset : plan::shapePresets()) {
        const QString name = toQt(preset.name);
        m_preset->addItem(name, name);
    }
    m_preset->addItem(tr("own numbers"), QString());
    m_presetField = new Field(tr("Shape"), m_preset, this);
    column->addWidget(m_presetField);
    connect(m_preset, &QComboBox::activated, this, &BenchWhatPanel::edited);
    m_own = new QWidget(this);
    auto* rows = new QVBoxLayout(m_own);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(measure::kRowGap);
    const std::array names{
        tr("Frames"), tr("Tokens"), tr("Text tokens"), tr("Heads"), tr("Head size")};
    const std::array objects{
        "bench.frames", "bench.tokens", "bench.text", "bench.heads", "bench.head-size"};
    const std::array hints{tr("Latent frames of the clip."),
                           tr("Tokens of one latent frame."),
                           tr("Tokens of the text that stand in the same sequence."),
                           tr("Heads of one layer."),
                           tr("Numbers of one head.")};
    for (std::size_t i = 0; i < m_numbers.size(); ++i) {
        auto* spin = new NumberSpin(kRanges[i].high, 1, 0, m_own);
        spin->setSpecialValueText({});
        spin->setMinimum(kRanges[i].low);
        spin->setObjectName(QLatin1String(objects[i]));
        spin->setToolTip(hints[i]);
        rows->addWidget(new Field(names[i], spin, m_own));
        connect(
            spin, qOverload<double>(&QDoubleSpinBox::valueChanged), this, &BenchWhatPanel::edited);
        m_numbers[i] = spin;
    }
    column->addWidget(m_own);
}

void BenchWhatPanel::addMachine(QVBoxLayout* column) {
    m_precision = new QComboBox(this);
    m_precision->setObjectName(QStringLiteral("bench.precision"));
    m_precision->setToolTip(tr("The number format of queries, keys and values."));
    for (const pipeline::Precision each :
         {pipeline::Precision::Auto, pipeline::Precision::Fp32, pipeline::Precision::Bf16}) {
        m_precision->addItem(QString::fromLatin1(jobs::word(each)), static_cast<int>(each));
    }
    column->addWidget(new Field(tr("Precision"), m_precision, this));
    connect(m_precision, &QComboBox::activated, this, &BenchWhatPanel::edited);
    m_device = new QComboBox(this);
    m_device->setObjectName(QStringLiteral("bench.device"));
    m_deviceField = new Field(tr("Device"), m_device, this);
    column->addWidget(m_deviceField);
    connect(m_device, &QComboBox::activated, this, &BenchWhatPanel::edited);
}

void BenchWhatPanel::addChoices(QVBoxLayout* column) {
    column->addWidget(heading(tr("Masks"), this));
    auto* masks = new QWidget(this);
    masks->setObjectName(QStringLiteral("bench.masks"));
    masks->setAccessibleName(tr("Masks"));
    m_maskGrid = new QGridLayout(masks);
    m_maskGrid->setContentsMargins(0, 0, 0, 0);
    m_maskGrid->setHorizontalSpacing(measure::kLabelGap);
    m_maskGrid->setVerticalSpacing(2);
    m_maskField = new Field(QString(), masks, this);
    column->addWidget(m_maskField);
    addRule(column, this);
    column->addWidget(heading(tr("Kernels"), this));
    m_kernelColumn = new QVBoxLayout;
    m_kernelColumn->setSpacing(2);
    m_noKernels = note(tr("Known as soon as the engine is loaded."), this);
    m_kernelColumn->addWidget(m_noKernels);
    column->addLayout(m_kernelColumn);
}

void BenchWhatPanel::setDevices(const QStringList& devices) {
    const QSignalBlocker quiet(m_device);
    const QString chosen = m_device->currentData().toString();
    m_device->clear();
    for (const QString& device : QStringList(QStringLiteral("auto")) + devices) {
        m_device->addItem(device, device);
    }
    m_device->setCurrentIndex(std::max(0, m_device->findData(chosen)));
    m_deviceField->setVisible(devices.size() > 1);
}

void BenchWhatPanel::setKernels(const std::vector<bench::KernelOutlook>& kernels,
                                const QString& precision) {
    m_precision->setItemText(0,
                             precision.isEmpty() || m_precision->currentIndex() != 0
                                 ? QStringLiteral("auto")
                                 : tr("auto, %1").arg(precision));
    const bool isSame = std::ranges::equal(
        kernels, m_kernels, [](const bench::KernelOutlook& a, const bench::KernelOutlook& b) {
            return a.name == b.name && a.isBaseline == b.isBaseline && a.reason == b.reason;
        });
    if (isSame) {
        return;
    }
    m_kernels = kernels;
    showKernels(m_form);
}

void BenchWhatPanel::setMaskFault(const QString& fault) {
    if (fault.isEmpty()) {
        m_maskField->clearFault();
    } else {
        m_maskField->setFault(fault);
    }
}

void BenchWhatPanel::show(const BenchForm& form) {
    const BenchForm before = m_form;
    m_form = form;
    const QSignalBlocker quiet(this);
    m_precision->setCurrentIndex(
        std::max(0, m_precision->findData(static_cast<int>(form.precision))));
    m_device->setCurrentIndex(std::max(0, m_device->findData(toQt(jobs::word(form.device)))));
    showShape(form);
    showMasks(form);
    if (before.kernelsLeftOut != form.kernelsLeftOut) {
        showKernels(form);
    }
}

void BenchWhatPanel::showShape(const BenchForm& form) {
    m_preset->setCurrentIndex(std::max(0, m_preset->findData(form.preset)));
    m_own->setVisible(form.preset.isEmpty());
    m_presetField->setHint(form.preset.isEmpty() ? QString() : layoutText(rowOf(form.shape())));
    const std::array values{form.own.layout.frames,
                            form.own.layout.tokens,
                            form.own.layout.text,
                            form.own.heads,
                            form.own.headSize};
    for (std::size_t i = 0; i < m_numbers.size(); ++i) {
        if (m_numbers[i]->value() != static_cast<double>(values[i])) {
            m_numbers[i]->setValue(static_cast<double>(values[i]));
        }
    }
}

// Rebuilt only for another family: a rebuilt box loses the focus.
void BenchWhatPanel::showMasks(const BenchForm& form) {
    const QStringList family = form.family();
    if (!std::ranges::equal(family, m_masks, {}, {}, &QCheckBox::text)) {
        qDeleteAll(m_masks);
        m_masks.clear();
        for (const QString& mask : family) {
            auto* box = new QCheckBox(mask, this);
            box->setObjectName(QStringLiteral("bench.mask-%1").arg(mask));
            box->setAccessibleName(tr("Mask %1").arg(mask));
            const int at = static_cast<int>(m_masks.size());
            m_maskGrid->addWidget(box, at / kMaskColumns, at % kMaskColumns);
            connect(box, &QCheckBox::clicked, this, &BenchWhatPanel::edited);
            m_masks.push_back(box);
        }
        QWidget* last = m_device;
        for (QCheckBox* box : m_masks) {
            setTabOrder(last, box);
            last = box;
        }
    }
    for (QCheckBox* box : m_masks) {
        box->setChecked(!form.masksLeftOut.contains(box->text()));
    }
}

void BenchWhatPanel::showKernels(const BenchForm& form) {
    while (m_kernelColumn->count() > 1) {
        const QLayoutItem* item = m_kernelColumn->itemAt(m_kernelColumn->count() - 1);
        delete item->widget();
    }
    m_kernelBoxes.clear();
    m_noKernels->setVisible(m_kernels.empty());
    QWidget* last = m_masks.empty() ? nullptr : m_masks.back();
    for (const bench::KernelOutlook& kernel : m_kernels) {
        const QString name = toQt(kernel.name);
        auto* box = new QCheckBox(name, this);
        box->setObjectName(QStringLiteral("bench.kernel-%1").arg(name));
        box->setAccessibleName(tr("Kernel %1").arg(name));
        const bool isRunnable = kernel.reason.empty();
        box->setChecked(isRunnable && (kernel.isBaseline || !form.kernelsLeftOut.contains(name)));
        box->setEnabled(isRunnable && !kernel.isBaseline);
        m_kernelColumn->addWidget(box);
        m_kernelBoxes.push_back(box);
        connect(box, &QCheckBox::clicked, this, &BenchWhatPanel::edited);
        if (last != nullptr) {
            setTabOrder(last, box);
        }
        last = box;
        const QString why =
            kernel.isBaseline ? tr("The reference, always measured.") : toQt(kernel.reason);
        if (!why.isEmpty()) {
            QLabel* words = note(why, this);
            words->setObjectName(QStringLiteral("bench.why-%1").arg(name));
            words->setContentsMargins(measure::kSmallIcon + measure::kLabelGap, 0, 0, 2);
            m_kernelColumn->addWidget(words);
            box->setToolTip(why);
        }
    }
}

void BenchWhatPanel::read(BenchForm& form) const {
    form.preset = m_preset->currentData().toString();
    const auto whole = [this](std::size_t i) {
        return static_cast<std::int64_t>(m_numbers[i]->value());
    };
    form.own = {{whole(0), whole(1), whole(2)}, whole(3), whole(4)};
    form.precision = static_cast<pipeline::Precision>(m_precision->currentData().toInt());
    const auto device = jobs::deviceOf(fromQt(m_device->currentData().toString()));
    form.device = device ? *device : pipeline::DeviceChoice{};
    for (const QCheckBox* box : m_masks) {
        if (box->isChecked()) {
            form.masksLeftOut.remove(box->text());
        } else {
            form.masksLeftOut.insert(box->text());
        }
    }
    for (const QCheckBox* box : m_kernelBoxes) {
        if (!box->isEnabled()) {
            continue;  // not a choice
        }
        if (box->isChecked()) {
            form.kernelsLeftOut.remove(box->text());
        } else {
            form.kernelsLeftOut.insert(box->text());
        }
    }
}

void BenchWhatPanel::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), currentTheme().panel);
}

}  // namespace tessera::ui
