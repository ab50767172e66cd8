#include "ui/views/clip_panel.h"

#include "ui/bridge/text.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/views/fault_places.h"
#include "ui/views/number_spin.h"
#include "ui/widgets/field.h"
#include "ui/widgets/segmented.h"
#include "ui/widgets/stage_mark.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QStandardItemModel>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <algorithm>
#include <array>

namespace tessera::ui {

namespace {

// A list that the wheel changes only while it has the focus.
class CalmCombo final : public QComboBox {
public:
    using QComboBox::QComboBox;

protected:
    void wheelEvent(QWheelEvent* event) override {
        if (hasFocus()) {
            QComboBox::wheelEvent(event);
        } else {
            event->ignore();
        }
    }
};

// Two inputs in one row, with words between them; the first one gets the label's focus.
QWidget* pair(QWidget* first, const QString& words, QWidget* second, QWidget* parent) {
    auto* row = new QWidget(parent);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(measure::kLabelGap);
    line->addWidget(first, 1);
    auto* label = new QLabel(words, row);
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setBuddy(second);
    line->addWidget(label);
    line->addWidget(second, 1);
    second->setAccessibleName(words);
    row->setFocusProxy(first);
    return row;
}

QToolButton* seedButton(QAction* action, const QString& name, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setProperty("look", QStringLiteral("tool"));
    button->setDefaultAction(action);
    button->setIconSize({measure::kIcon, measure::kIcon});
    button->setObjectName(name);
    button->setAccessibleName(action->toolTip());
    return button;
}

}  // namespace

ClipPanel::ClipPanel(FaultPlaces& places, QAction* newSeed, QAction* lockSeed, QWidget* parent)
    : QWidget(parent) {
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(measure::kRowGap - 2);
    addModel(column, places);
    addShape(column, places);
    addNumbers(column, places);
    addSeed(column, places, newSeed, lockSeed);
}

void ClipPanel::addModel(QVBoxLayout* column, FaultPlaces& places) {
    m_model = new CalmCombo(this);
    m_model->setObjectName(QStringLiteral("generate.model"));
    m_model->setAccessibleName(tr("Model"));
    m_model->setFocusPolicy(Qt::StrongFocus);
    m_model->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_model->setMinimumContentsLength(12);
    m_model->addItem(tr("Bundled model"), QString());
    auto* modelRow = new Field(tr("Model"), m_model, this);
    column->addWidget(modelRow);
    places.add(FormField::Model, modelRow, m_model);
    connect(m_model, qOverload<int>(&QComboBox::activated), this, [this] {
        Q_EMIT modelChanged();
        Q_EMIT edited();
    });
    const QString later = tr("This model has no such stage.");
    m_stage = new Segmented({{stageWord(StageMark::Base), StageMark::Base, true, {}},
                             {stageWord(StageMark::Mlcd), StageMark::Mlcd, false, later},
                             {stageWord(StageMark::Sparse), StageMark::Sparse, false, later}},
                            this);
    m_stage->setObjectName(QStringLiteral("generate.stage"));
    m_stage->setAccessibleName(tr("Stage"));
    auto* stageRow = new Field(tr("Stage"), m_stage, this);
    column->addWidget(stageRow);
    places.add(FormField::Stage, stageRow, m_stage);
    connect(m_stage, &Segmented::changed, this, &ClipPanel::edited);
}

void ClipPanel::addShape(QVBoxLayout* column, FaultPlaces& places) {
    m_size = new CalmCombo(this);
    m_size->setObjectName(QStringLiteral("generate.size"));
    m_size->setAccessibleName(tr("Size"));
    m_size->setFocusPolicy(Qt::StrongFocus);
    m_size->setEditable(true);
    m_size->setInsertPolicy(QComboBox::NoInsert);
    m_size->setCompleter(nullptr);
    m_size->lineEdit()->setPlaceholderText(tr("auto"));
    m_size->lineEdit()->setAcceptDrops(false);
    auto* sizeRow = new Field(tr("Size"), m_size, this);
    column->addWidget(sizeRow);
    places.add(FormField::Size, sizeRow, m_size);
    connect(m_size, &QComboBox::editTextChanged, this, &ClipPanel::edited);
}

void ClipPanel::addNumbers(QVBoxLayout* column, FaultPlaces& places) {
    m_frames = new NumberSpin(9999, 1, 0, this);
    m_frames->setObjectName(QStringLiteral("generate.frames"));
    m_fps = new NumberSpin(999, 1, 0, this);
    m_fps->setObjectName(QStringLiteral("generate.fps"));
    auto* lengthRow = new Field(tr("Frames"), pair(m_frames, tr("fps"), m_fps, this), this);
    m_frames->setAccessibleName(tr("Frames"));
    column->addWidget(lengthRow);
    places.add(FormField::Frames, lengthRow, m_frames);
    places.add(FormField::Fps, lengthRow, m_fps);
    m_steps = new NumberSpin(9999, 1, 0, this);
    m_steps->setObjectName(QStringLiteral("generate.steps"));
    m_guidance = new NumberSpin(99, 0.5, 1, this);
    m_guidance->setObjectName(QStringLiteral("generate.guidance"));
    auto* stepsRow = new Field(tr("Steps"), pair(m_steps, tr("Guidance"), m_guidance, this), this);
    m_steps->setAccessibleName(tr("Steps"));
    column->addWidget(stepsRow);
    places.add(FormField::Steps, stepsRow, m_steps);
    places.add(FormField::Guidance, stepsRow, m_guidance);
    for (NumberSpin* spin : {m_frames, m_fps, m_steps, m_guidance}) {
        connect(spin, qOverload<double>(&QDoubleSpinBox::valueChanged), this, &ClipPanel::edited);
    }
}

void ClipPanel::addSeed(QVBoxLayout* column,
                        FaultPlaces& places,
                        QAction* newSeed,
                        QAction* lockSeed) {
    m_lock = lockSeed;
    auto* row = new QWidget(this);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(measure::kGrid);
    m_seed = new QLineEdit(row);
    m_seed->setObjectName(QStringLiteral("generate.seed"));
    m_seed->setAccessibleName(tr("Seed"));
    m_seed->setFont(numberFont());
    m_seed->setMaxLength(32);
    m_seed->setAcceptDrops(false);
    m_seed->setPlaceholderText(tr("new for each run"));
    line->addWidget(m_seed, 1);
    line->addWidget(seedButton(newSeed, QStringLiteral("generate.seed-new"), row));
    line->addWidget(seedButton(lockSeed, QStringLiteral("generate.seed-lock"), row));
    row->setFocusProxy(m_seed);
    auto* seedRow = new Field(tr("Seed"), row, this);
    column->addWidget(seedRow);
    places.add(FormField::Seed, seedRow, m_seed);
    connect(m_seed, &QLineEdit::textEdited, this, [this] {
        Q_EMIT seedTyped();
        Q_EMIT edited();
    });
}

void ClipPanel::setModels(const GenerationForm& form) {
    m_model->clear();
    auto* rows = qobject_cast<QStandardItemModel*>(m_model->model());
    for (const engine::ModelInfo& info : form.models()) {
        const bool isWhole = info.problems.empty();
        const QString name = info.name.empty() ? toQt(info.folder.filename()) : toQt(info.name);
        m_model->addItem(isWhole ? name : tr("%1 (incomplete)").arg(name),
                         info.isBundled ? QString() : toQt(info.folder));
        const int row = m_model->count() - 1;
        QString about = toQt(info.folder);
        for (const std::string& problem : info.problems) {
            about += QLatin1Char('\n') + toQt(problem);
        }
        m_model->setItemData(row, about, Qt::ToolTipRole);
        if (!isWhole && rows && rows->item(row)) {
            rows->item(row)->setEnabled(false);
        }
    }
    showModel(form.values.model);
    offer(form.model());
}

// A model that is not here stays chosen: the engine says what is wrong with it.
void ClipPanel::showModel(const QString& folder) {
    int row = m_model->findData(folder);
    if (row < 0) {
        m_model->addItem(
            folder.isEmpty() ? tr("Bundled model") : folder.section(QLatin1Char('/'), -1), folder);
        row = m_model->count() - 1;
    }
    m_model->setCurrentIndex(row);
    m_model->setToolTip(m_model->itemData(row, Qt::ToolTipRole).toString());
}

void ClipPanel::offer(const engine::ModelInfo* model) {
    if (!model) {
        return;
    }
    const std::array words{"base", "mlcd", "sparse"};
    for (int stage = 1; stage < 3; ++stage) {
        const bool isThere =
            std::ranges::find(model->stages, words[static_cast<std::size_t>(stage)]) !=
            model->stages.end();
        m_stage->setChoiceEnabled(
            stage,
            isThere,
            isThere ? QString() : tr("%1 has no such stage.").arg(toQt(model->name)));
    }
    const QSignalBlocker quiet(m_size);
    const QString typed = m_size->currentText();
    m_size->clear();
    for (const auto& [width, height] : model->sizes) {
        m_size->addItem(ui::size(width, height));
    }
    m_size->setEditText(typed);
}

void ClipPanel::show(const FormValues& values) {
    const std::array<QSignalBlocker, 7> quiet{QSignalBlocker(m_model),
                                              QSignalBlocker(m_stage),
                                              QSignalBlocker(m_size),
                                              QSignalBlocker(m_frames),
                                              QSignalBlocker(m_fps),
                                              QSignalBlocker(m_steps),
                                              QSignalBlocker(m_guidance)};
    showModel(values.model);
    m_stage->setIndex(static_cast<int>(values.stage));
    if (m_size->currentText() != values.size) {
        m_size->setCurrentIndex(m_size->findText(values.size));
        m_size->setEditText(values.size);
    }
    m_frames->setValue(values.frames);
    m_fps->setValue(values.fps);
    m_steps->setValue(values.steps);
    m_guidance->setValue(values.guidance);
    if (m_seed->text() != values.seed) {
        m_seed->setText(values.seed);
    }
    m_lock->setChecked(values.isSeedLocked);
}

void ClipPanel::read(FormValues& values) const {
    values.model = m_model->currentData().toString();
    values.stage = static_cast<pipeline::Stage>(m_stage->index());
    values.size = m_size->currentText();
    values.frames = qRound(m_frames->value());
    values.fps = m_fps->value();
    values.steps = qRound(m_steps->value());
    values.guidance = m_guidance->value();
    values.seed = m_seed->text();
    values.isSeedLocked = m_lock->isChecked();
}

}  // namespace tessera::ui
