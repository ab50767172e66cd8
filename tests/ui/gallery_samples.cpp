#include "tests/ui/gallery_samples.h"

#include "ui/actions/action_registry.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/dock.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/field.h"
#include "ui/widgets/segmented.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFrame>
#include <QGridLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QListWidget>
#include <QMainWindow>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QSlider>
#include <QSpinBox>
#include <QTabBar>
#include <QTableWidget>
#include <QToolButton>
#include <QTreeWidget>

namespace tessera::ui {
namespace {

QPushButton* button(const char* words, const char* look, const char* iconName, QWidget* parent) {
    auto* made = new QPushButton(icon(text(iconName)), text(words), parent);
    if (look[0] != '\0') {
        made->setProperty("look", text(look));
    }
    return made;
}

// Qt shows hover from an attribute that the pointer sets; nobody points here.
void forceHover(QWidget* widget) {
    widget->setAttribute(Qt::WA_UnderMouse);
}

QVBoxLayout* bodyLayout(QWidget* body) {
    auto* rows = new QVBoxLayout(body);
    rows->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    rows->setSpacing(measure::kRowGap);
    return rows;
}

QSpinBox* spin(int value, QWidget* parent) {
    auto* made = new QSpinBox(parent);
    made->setRange(0, 999'999'999);
    made->setValue(value);
    return made;
}

QComboBox* combo(const QStringList& words, QWidget* parent) {
    auto* made = new QComboBox(parent);
    made->addItems(words);
    return made;
}

void addButtonRow(QVBoxLayout* rows, const char* look, QWidget* parent) {
    auto* row = new QHBoxLayout;
    row->setSpacing(measure::kRowGap);
    for (const char* state : {"Normal", "Hover", "Focus", "Disabled", "On"}) {
        auto* made = button(state, look, "job-pause", parent);
        made->setObjectName(text("gallery.%1").arg(text(state)));
        made->setCheckable(text(state) == text("On"));
        made->setChecked(text(state) == text("On"));
        made->setEnabled(text(state) != text("Disabled"));
        if (text(state) == text("Hover")) {
            forceHover(made);
        }
        row->addWidget(made);
    }
    row->addStretch(1);
    rows->addLayout(row);
}

void addChoices(QVBoxLayout* rows, QWidget* parent) {
    auto* row = new QHBoxLayout;
    for (const bool isOn : {true, false}) {
        for (const bool isEnabled : {true, false}) {
            auto* check = new QCheckBox(text("T1 sums"), parent);
            check->setChecked(isOn);
            check->setEnabled(isEnabled);
            row->addWidget(check);
            auto* radioParent = new QWidget(parent);
            auto* radioRow = new QHBoxLayout(radioParent);
            radioRow->setContentsMargins(0, 0, 0, 0);
            auto* radio = new QRadioButton(text("fp32"), radioParent);
            radio->setChecked(isOn);
            radio->setEnabled(isEnabled);
            radioRow->addWidget(radio);
            row->addWidget(radioParent);
        }
    }
    auto* partly = new QCheckBox(text("some"), parent);
    partly->setCheckState(Qt::PartiallyChecked);
    row->addWidget(partly);
    row->addStretch(1);
    rows->addLayout(row);
}

void addBars(QVBoxLayout* rows, QWidget* parent) {
    for (const bool isEnabled : {true, false}) {
        auto* row = new QHBoxLayout;
        auto* slider = new QSlider(Qt::Horizontal, parent);
        slider->setValue(38);
        slider->setEnabled(isEnabled);
        row->addWidget(slider);
        auto* progress = new QProgressBar(parent);
        progress->setValue(57);
        progress->setEnabled(isEnabled);
        row->addWidget(progress);
        rows->addLayout(row);
    }
    auto* ticks = new QSlider(Qt::Horizontal, parent);
    ticks->setTickPosition(QSlider::TicksBelow);
    ticks->setTickInterval(10);
    ticks->setValue(50);
    rows->addWidget(ticks);
    auto* unknown = new QProgressBar(parent);
    unknown->setRange(0, 0);
    rows->addWidget(unknown);
}

void addTabs(QVBoxLayout* rows, QWidget* parent) {
    auto* tabs = new QTabBar(parent);
    for (const char* word : {"Queue", "Log", "Details"}) {
        tabs->addTab(text(word));
    }
    rows->addWidget(tabs);
    auto* speed = new Segmented({{text("Threshold r"), {}, true, {}},
                                 {text("Budget"), {}, true, {}},
                                 {text("Dense"), {}, false, {}}},
                                parent);
    rows->addWidget(speed);
    auto* kinds = new Segmented({{text("Base"), StageMark::Base, true, {}},
                                 {text("MLCD"), StageMark::Mlcd, true, {}},
                                 {text("Sparse"), StageMark::Sparse, true, {}},
                                 {text("Sparse-KD"), StageMark::SparseKd, true, {}}},
                                parent);
    kinds->setIndex(3);
    rows->addWidget(kinds);
}

QTableWidget* table(QWidget* parent) {
    auto* made = new QTableWidget(4, 4, parent);
    made->setFrameShape(QFrame::NoFrame);
    made->setHorizontalHeaderLabels({text("Prompt"), text("Size"), text("Seed"), text("State")});
    made->verticalHeader()->hide();
    made->setAlternatingRowColors(true);
    made->setSelectionBehavior(QAbstractItemView::SelectRows);
    made->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    made->horizontalHeaderItem(2)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    for (int row = 0; row < 4; ++row) {
        auto* prompt = new QTableWidgetItem(text("a red balloon rising over green hills"));
        prompt->setIcon(icon(text(row == 1 ? "job-start" : "job-queue")));
        made->setItem(row, 0, prompt);
        made->setItem(row, 1, new QTableWidgetItem(text("384×256×29")));
        auto* seed = new QTableWidgetItem(text("481 51%1").arg(row));
        seed->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        seed->setFont(numberFont());
        made->setItem(row, 2, seed);
        made->setItem(row, 3, new QTableWidgetItem(text("Waiting")));
    }
    made->setSortingEnabled(true);
    made->sortByColumn(2, Qt::AscendingOrder);
    made->setCurrentCell(1, 0);
    made->setFixedHeight(150);
    return made;
}

QTreeWidget* tree(QWidget* parent) {
    auto* made = new QTreeWidget(parent);
    made->setHeaderLabels({text("Field"), text("Value")});
    auto* top = new QTreeWidgetItem(made, {text("Recipe"), text("2 fields changed")});
    new QTreeWidgetItem(top, {text("Size"), text("384×256")});
    auto* checked = new QTreeWidgetItem(top, {text("Plan"), text("r 0.100")});
    checked->setCheckState(0, Qt::Checked);
    new QTreeWidgetItem(new QTreeWidgetItem(made, {text("Device"), text("cpu")}),
                        {text("Threads"), text("2")});
    made->expandItem(top);
    made->setCurrentItem(checked);
    made->setFixedHeight(150);
    return made;
}

}  // namespace

QDockWidget* dockOf(QMainWindow& window, const char* title, const char* state, QWidget* body) {
    auto* dock = new Dock(text(title), &window);
    dock->setState(text(state));
    dock->setWidget(body);
    dock->setObjectName(text(title));
    return dock;
}

QWidget* formBody() {
    auto* body = new QWidget;
    auto* rows = bodyLayout(body);
    auto* prompt = new QPlainTextEdit(
        text("a red balloon rising over green hills, a few white clouds, the camera stands still"),
        body);
    prompt->setFixedHeight(72);
    auto* promptField = new Field({}, prompt, body);
    promptField->setHint(text("Understood as: red balloon · up · green hills"));
    rows->addWidget(promptField);
    auto* negative = new QLineEdit(body);
    negative->setPlaceholderText(text("text, watermark"));
    rows->addWidget(new Field(text("Negative"), negative, body));
    rows->addWidget(
        new Field(text("Model"), combo({text("Tessera Small"), text("Tessera Base")}, body), body));
    auto* stage = new Segmented({{text("Base"), StageMark::Base, true, {}},
                                 {text("MLCD"), StageMark::Mlcd, true, {}},
                                 {text("Sparse"), StageMark::Sparse, true, {}}},
                                body);
    stage->setIndex(2);
    rows->addWidget(new Field(text("Stage"), stage, body));
    rows->addWidget(
        new Field(text("Size"), combo({text("384 × 256"), text("288 × 192")}, body), body));
    auto* frames = new Field(text("Frames"), spin(31, body), body);
    frames->setFault(text("31 is not 4k + 1. The nearest lengths are 29 and 33."),
                     {{text("Use 29"), {}}, {text("Use 33"), {}}});
    frames->input()->setObjectName(text(kFaultyField));
    rows->addWidget(frames);
    auto* plan = new QLineEdit(text("osp-93f-r0150.plan.json"), body);
    plan->addAction(icon(text("file-open")), QLineEdit::TrailingPosition);
    auto* planField = new Field(text("Plan"), plan, body);
    planField->setFault(text("This plan is for 24 latent frames, the clip has 8."),
                        {{text("Search a plan for 8"), {}}, {text("Run dense"), {}}});
    rows->addWidget(planField);
    auto* guidance = new QDoubleSpinBox(body);
    guidance->setValue(4.0);
    rows->addWidget(new Field(text("Guidance"), guidance, body));
    auto* seedRow = new QWidget(body);
    auto* seed = new QHBoxLayout(seedRow);
    seed->setContentsMargins(0, 0, 0, 0);
    seed->addWidget(spin(481'516, seedRow), 1);
    seed->addWidget(button("", "tool", "seed-new", seedRow));
    auto* lock = button("", "tool", "seed-lock", seedRow);
    lock->setCheckable(true);
    lock->setChecked(true);
    seed->addWidget(lock);
    rows->addWidget(new Field(text("Seed"), seedRow, body));
    auto* off = spin(20, body);
    off->setEnabled(false);
    rows->addWidget(new Field(text("Steps"), off, body));
    auto* offCombo = combo({text("auto")}, body);
    offCombo->setEnabled(false);
    rows->addWidget(new Field(text("Precision"), offCombo, body));
    rows->addStretch(1);
    auto* generate = button("Generate", "primary", "job-start", body);
    rows->addWidget(generate);
    auto* disabled = button("Generate", "primary", "job-start", body);
    disabled->setEnabled(false);
    rows->addWidget(disabled);
    return body;
}

QWidget* controlsBody() {
    auto* body = new QWidget;
    auto* rows = bodyLayout(body);
    for (const char* look : {"", "primary", "filled", "small", "tool"}) {
        addButtonRow(rows, look, body);
    }
    addChoices(rows, body);
    addBars(rows, body);
    addTabs(rows, body);
    rows->addWidget(table(body));
    rows->addWidget(tree(body));
    auto* list = new QListWidget(body);
    for (int row = 0; row < 12; ++row) {
        list->addItem(text("Line %1 of a list that scrolls").arg(row + 1));
    }
    list->setCurrentRow(1);
    rows->addWidget(list, 1);
    return body;
}

QWidget* statesBody(ActionRegistry& actions) {
    auto* body = new QWidget;
    auto* rows = bodyLayout(body);
    auto* error = new Banner(Banner::Kind::Error,
                             text("Out of memory while decoding frame 9 of 29"),
                             text("The decoder asked for 2.10 GB. 1.38 GB of 15.6 GB were free. "
                                  "The denoised clip is kept: a fix continues from there."));
    error->setWays(
        {{text("Decode in tiles"), text("needs 0.61 GB, about 3.4 s"), text("job-resume"), {}},
         {text("Free other models"), text("gives back 0.94 GB"), text("model"), {}},
         {text("Use 288 × 192"), text("starts again, about 9.1 s"), {}, {}}});
    error->setDetails(text("device cpu\nsizes 384×256×29"));
    rows->addWidget(error);
    auto* full =
        new Banner(Banner::Kind::Error, text("The capture folder is 14.8 GB too small."), {});
    full->setWays({{text("T1 only, 0.9 GB"), {}, {}, {}},
                   {text("Layers 11–13 only, 2.5 GB"), {}, {}, {}},
                   {text("Change folder"), {}, text("file-open"), {}}},
                  false);
    rows->addWidget(full);
    rows->addWidget(
        new Banner(Banner::Kind::Warning,
                   text("Nothing starts by itself. Your prompt, the queue and its order are kept."),
                   {}));
    rows->addWidget(new Banner(Banner::Kind::Success, text("Saved."), {}));
    auto* info =
        new Banner(Banner::Kind::Info, text("Guidance is fixed"), text("A student carries it."));
    info->setClosable(true);
    rows->addWidget(info);
    auto* empty = new EmptyState(
        text("workspace-library"),
        text("No clips yet."),
        text("Each clip you make is kept here with its recipe, so that it can be made again."),
        actions.find(text("workspace-generate")),
        body);
    rows->addWidget(empty, 1);
    return body;
}

QWidget* workspaceBar(QWidget* parent) {
    auto* bar = new QWidget(parent);
    bar->setProperty("surface", text("window"));
    bar->setFixedHeight(measure::kWorkspaceBar);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 8, 8, 0);
    row->setSpacing(measure::kGrid);
    for (const char* word : {"Generate", "Compare", "Attention", "Plan"}) {
        const QString name = text("workspace-%1").arg(text(word).toLower());
        auto* made = button(word, "workspace", name.toLatin1().constData(), bar);
        made->setCheckable(true);
        made->setChecked(text(word) == text("Generate"));
        row->addWidget(made, 0, Qt::AlignBottom);
    }
    row->addStretch(1);
    return bar;
}

}  // namespace tessera::ui
