#include "ui/views/mask_panels.h"

#include "ui/bridge/text.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/number_spin.h"
#include "ui/widgets/field.h"
#include "ui/widgets/segmented.h"

#include <QComboBox>
#include <QLabel>
#include <QPainter>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <array>

namespace tessera::ui {

namespace {

constexpr std::array<std::int64_t, 2> kBlocks{64, 128};
constexpr int kBar = 6;
constexpr int kNameWidth = 64;
constexpr int kShareWidth = 64;

QVBoxLayout* panelColumn(QWidget* panel) {
    panel->setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(measure::kRowGap);
    return column;
}

QLabel* mutedLabel(const char* name, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setObjectName(QLatin1String(name));
    label->setFont(captionFont());
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setWordWrap(true);
    return label;
}

}  // namespace

GeometryPanel::GeometryPanel(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = panelColumn(this);
    addShapes(column);
    m_frames = addCount(column, "plan.frames", tr("Frames F"), kMostMaskFrames);
    m_frames->setToolTip(tr("Latent frames of the clip."));
    m_tokens = addCount(column, "plan.tokens", tr("Tokens P"), kMostMaskTokens);
    m_tokens->setToolTip(tr("Tokens of one latent frame."));
    m_text = addCount(column, "plan.text", tr("Text T"), kMostMaskText);
    m_text->setMinimum(0.0);
    m_text->setToolTip(tr("Text tokens in the same sequence; they see all and are seen by all."));
    m_total = mutedLabel("plan.total", this);
    column->addWidget(m_total);
    m_block = new Segmented(
        {{QString::number(kBlocks[0]), {}, true, {}}, {QString::number(kBlocks[1]), {}, true, {}}},
        this);
    m_block->setObjectName(QStringLiteral("plan.block"));
    m_block->setToolTip(tr("Side of the blocks that a kernel keeps or skips whole."));
    column->addWidget(new Field(tr("Block"), m_block, this));
    column->addStretch(1);
    connect(m_block, &Segmented::changed, this, [this](int index) {
        Q_EMIT blockChosen(kBlocks[static_cast<std::size_t>(index)]);
    });
}

void GeometryPanel::addShapes(QVBoxLayout* column) {
    m_shape = new QComboBox(this);
    m_shape->setObjectName(QStringLiteral("plan.shape"));
    m_shape->setAccessibleName(tr("Shape"));
    m_shape->setToolTip(tr("Frames and tokens of a known model, or your own."));
    for (const plan::ShapePreset& preset : plan::shapePresets()) {
        m_shape->addItem(shapeWord(preset), toQt(preset.name));
    }
    m_shape->addItem(tr("Own shape"));
    column->addWidget(new Field(QString(), m_shape, this));
    connect(m_shape, &QComboBox::activated, this, [this](int index) {
        const auto presets = plan::shapePresets();
        if (static_cast<std::size_t>(index) < presets.size()) {
            Q_EMIT layoutChosen(presets[static_cast<std::size_t>(index)].layout);
        } else {
            m_frames->setFocus(Qt::OtherFocusReason);
            m_frames->selectAll();
        }
    });
}

NumberSpin* GeometryPanel::addCount(QVBoxLayout* column,
                                    const char* name,
                                    const QString& label,
                                    int most) {
    auto* count = new NumberSpin(most, 1, 0, this);
    count->setObjectName(QLatin1String(name));
    count->setSpecialValueText(QString());
    count->setDecimals(0);
    count->setMinimum(1.0);
    count->setKeyboardTracking(false);
    column->addWidget(new Field(label, count, this));
    connect(
        count, qOverload<double>(&QDoubleSpinBox::valueChanged), this, [this] { takeCounts(); });
    return count;
}

void GeometryPanel::takeCounts() {
    Q_EMIT layoutChosen(
        {qRound64(m_frames->value()), qRound64(m_tokens->value()), qRound64(m_text->value())});
}

void GeometryPanel::show(const MaskChoice& choice) {
    const std::array<QSignalBlocker, 4> quiet{QSignalBlocker(m_frames),
                                              QSignalBlocker(m_tokens),
                                              QSignalBlocker(m_text),
                                              QSignalBlocker(m_block)};
    const plan::ShapePreset* preset = presetOf(choice.layout);
    const int own = m_shape->count() - 1;
    m_shape->setCurrentIndex(preset == nullptr ? own : m_shape->findData(toQt(preset->name)));
    m_frames->setValue(static_cast<double>(choice.layout.frames));
    m_tokens->setValue(static_cast<double>(choice.layout.tokens));
    m_text->setValue(static_cast<double>(choice.layout.text));
    m_total->setText(tr("%1 tokens, a map of %1 × %1").arg(number(choice.layout.total())));
    m_block->setIndex(choice.block == kBlocks[0] ? 0 : 1);
}

MaskRow::MaskRow(const plan::FrameMask& mask, QWidget* parent)
    : QAbstractButton(parent), m_mask(mask) {
    setText(toQt(mask.name()));
    setObjectName(QStringLiteral("plan.mask-%1").arg(text()));
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void MaskRow::showShare(const MaskChoice& choice) {
    MaskChoice own = choice;
    own.mask = m_mask;
    m_skips = plan::countBlocks(m_mask, choice.layout, choice.block).sparsity();
    const QString words = maskSkips(own);
    setAccessibleName(tr("Mask %1, %2").arg(text(), words));
    setToolTip(tr("%1; reference frames %2").arg(words, referenceWords(m_mask)));
    update();
}

QSize MaskRow::sizeHint() const {
    return {kNameWidth + kShareWidth + 100, controlHeight(this)};
}

void MaskRow::paintEvent(QPaintEvent*) {
    const Theme& colours = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    if (isChecked() || underMouse()) {
        painter.setBrush(isChecked() ? colours.selection : colours.hover);
        painter.drawRoundedRect(rect(), measure::kRadius, measure::kRadius);
    }
    painter.setFont(isChecked() ? bold(numberFont()) : numberFont());
    painter.setPen(isChecked() ? colours.selectionText : colours.text);
    const QRect inner = rect().adjusted(measure::kLabelGap, 0, -measure::kLabelGap, 0);
    const int name = std::max(kNameWidth, painter.fontMetrics().horizontalAdvance(text()) + 8);
    const QString share = percent(m_skips, 2);
    const int words = std::max(kShareWidth, painter.fontMetrics().horizontalAdvance(share) + 8);
    painter.drawText(inner, Qt::AlignLeft | Qt::AlignVCenter, text());
    painter.drawText(inner, Qt::AlignRight | Qt::AlignVCenter, share);
    const QRectF bar(
        inner.left() + name, (height() - kBar) / 2.0, inner.width() - name - words, kBar);
    painter.fillRect(bar, colours.border);
    painter.fillRect(QRectF(bar.topLeft(), QSizeF(bar.width() * m_skips, kBar)),
                     isChecked() ? colours.selectionText : colours.accent);
    if (hasFocus()) {
        painter.setPen(QPen(colours.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1), measure::kRadius, measure::kRadius);
    }
}

FamilyPanel::FamilyPanel(QWidget* parent) : QWidget(parent) {
    m_column = panelColumn(this);
    m_column->setSpacing(0);
    m_note = mutedLabel("plan.family-note", this);
    m_column->addWidget(m_note);
    m_column->addSpacing(measure::kGrid);
    m_column->addStretch(1);
}

void FamilyPanel::show(const MaskChoice& choice) {
    if (m_rows.empty() || m_rows.front()->mask().frames != choice.mask.frames) {
        rebuild(choice.mask.frames);
    }
    m_note->setText(tr("Reference frames : other frames, and the share of %1-blocks that a kernel "
                       "skips.")
                        .arg(choice.block));
    for (MaskRow* row : m_rows) {
        row->showShare(choice);
        row->setChecked(row->mask() == choice.mask);
    }
}

// Only for other frames: a rebuilt row loses the focus.
void FamilyPanel::rebuild(int frames) {
    qDeleteAll(m_rows);
    m_rows.clear();
    std::vector<plan::FrameMask> masks = plan::maskFamily(frames);
    masks.push_back({frames, 1});
    for (const plan::FrameMask& mask : masks) {
        auto* row = new MaskRow(mask, this);
        m_column->insertWidget(m_column->count() - 1, row);
        m_rows.push_back(row);
        connect(row, &QAbstractButton::toggled, this, [this, row](bool isOn) {
            if (isOn) {
                Q_EMIT maskChosen(row->mask());
            }
        });
    }
}

}  // namespace tessera::ui
