#include "ui/views/plan_workspace.h"

#include "ui/actions/action_registry.h"
#include "ui/bridge/text.h"
#include "ui/numbers.h"
#include "ui/settings.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/canvas_header.h"
#include "ui/views/dock_column.h"
#include "ui/views/mask_figures.h"
#include "ui/views/mask_overview.h"
#include "ui/views/mask_panels.h"
#include "ui/views/mask_view.h"
#include "ui/views/rule.h"
#include "ui/widgets/canvas_frame.h"
#include "ui/widgets/dock.h"

#include <QAction>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace tessera::ui {

namespace {

constexpr int kLeftWidth = 256;
constexpr int kRightWidth = 308;

const QString kChoiceKey = QStringLiteral("plan/mask");

void addLine(QHBoxLayout* row, QWidget* parent) {
    auto* line = new Rule(Qt::Vertical, parent);
    line->setFixedHeight(measure::kIcon);
    row->addSpacing(measure::kGrid);
    row->addWidget(line);
    row->addSpacing(measure::kGrid);
}

QLabel* smallLabel(const char* name, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setObjectName(QLatin1String(name));
    label->setFont(tableFont());
    label->setTextFormat(Qt::PlainText);
    return label;
}

MaskChoice keptChoice(const Settings& settings) {
    const QByteArray text = settings.value(kChoiceKey).toString().toUtf8();
    return maskChoiceOf(QJsonDocument::fromJson(text).object());
}

}  // namespace

PlanWorkspace::PlanWorkspace(const Services& services, QWidget* parent)
    : Workspace(QStringLiteral("plan"), tr("Plan"), 4, services, parent),
      m_choice(keptChoice(services.settings)) {
    makeActions();
    setCentralWidget(makeCanvas());
    makeDocks();
    followView();
    resetLayout();
    choose(m_choice);
}

QWidget* PlanWorkspace::makeCanvas() {
    auto* canvas = new CanvasFrame(this);
    auto* column = new QVBoxLayout(canvas);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    m_view = new MaskView(m_choice, canvas);
    m_view->setObjectName(QStringLiteral("plan.matrix"));
    column->addWidget(makeToolRow(canvas));
    column->addWidget(new Rule(Qt::Horizontal, canvas));
    auto* banners = new QWidget(canvas);
    m_banners = new QVBoxLayout(banners);
    m_banners->setContentsMargins(0, 0, 0, 0);
    column->addWidget(banners);
    column->addWidget(m_view, 1);
    column->addWidget(new Rule(Qt::Horizontal, canvas));
    column->addWidget(makeReadOut(canvas));
    return canvas;
}

QWidget* PlanWorkspace::makeToolRow(QWidget* parent) {
    auto* tools = new QWidget(parent);
    tools->setMinimumHeight(measure::kToolRow);
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(measure::kLabelGap, 0, measure::kLabelGap, 0);
    row->setSpacing(measure::kGrid);
    m_level = new Tag(tools);
    m_level->setObjectName(QStringLiteral("plan.level"));
    row->addWidget(m_level);
    row->addSpacing(measure::kGrid);
    m_title = smallLabel("plan.title", tools);
    row->addWidget(m_title);
    row->addSpacing(measure::kGrid);
    m_scale = smallLabel("plan.scale", tools);
    m_scale->setForegroundRole(QPalette::PlaceholderText);
    row->addWidget(m_scale);
    row->addStretch(1);
    row->addWidget(toolButton(m_frames, Qt::ToolButtonIconOnly, tools));
    row->addWidget(toolButton(m_blocks, Qt::ToolButtonIconOnly, tools));
    addLine(row, tools);
    for (QAction* action : {m_zoomOut, m_zoomIn, m_fit, m_actualSize}) {
        row->addWidget(toolButton(action, Qt::ToolButtonIconOnly, tools));
    }
    addLine(row, tools);
    row->addWidget(toolButton(m_export, Qt::ToolButtonIconOnly, tools));
    return tools;
}

// Two lines, so that nothing moves when the second has something to say.
QWidget* PlanWorkspace::makeReadOut(QWidget* parent) {
    auto* place = new QWidget(parent);
    auto* column = new QVBoxLayout(place);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kRowGap - 2, measure::kBodyMargin, measure::kRowGap - 2);
    column->setSpacing(2);
    m_pair = smallLabel("plan.pair", place);
    m_block = smallLabel("plan.pair-block", place);
    m_block->setForegroundRole(QPalette::PlaceholderText);
    for (QLabel* label : {m_pair, m_block}) {
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        label->setFixedHeight(label->fontMetrics().height() + 2);
        column->addWidget(label);
    }
    return place;
}

void PlanWorkspace::makeDocks() {
    const auto add = [this](DockColumn& column,
                            const QString& name,
                            const QString& title,
                            Qt::DockWidgetArea area,
                            QWidget* body,
                            bool stretches) {
        auto* scroll = new DockScroll(body, this);
        scroll->setMinimumWidth(area == Qt::LeftDockWidgetArea ? kLeftWidth : kRightWidth);
        Dock* dock = addDock(name, title, area, scroll);
        column.add(dock, scroll, stretches);
        return dock;
    };
    m_geometry = new GeometryPanel(this);
    m_family = new FamilyPanel(this);
    m_figures = new MaskFigures(m_choice, services().actions, this);
    m_published = new PublishedPanel(this);
    auto* choose = new DockColumn(this);
    add(*choose,
        QStringLiteral("geometry"),
        tr("Geometry"),
        Qt::LeftDockWidgetArea,
        m_geometry,
        false);
    add(*choose, QStringLiteral("masks"), tr("Masks"), Qt::LeftDockWidgetArea, m_family, true);
    auto* explain = new DockColumn(this);
    m_explorerDock = add(*explain,
                         QStringLiteral("mask-explorer"),
                         tr("Mask explorer"),
                         Qt::RightDockWidgetArea,
                         m_figures,
                         false);
    Dock* published = add(*explain,
                          QStringLiteral("published"),
                          tr("Published values"),
                          Qt::RightDockWidgetArea,
                          m_published,
                          true);
    published->setState(
        tr("%1 of %2 agree").arg(m_published->agreeing()).arg(m_published->count()));
    connect(
        m_geometry, &GeometryPanel::layoutChosen, this, [this](const plan::TokenLayout& layout) {
            this->choose(withLayout(m_choice, layout));
        });
    connect(m_geometry, &GeometryPanel::blockChosen, this, [this](qint64 block) {
        this->choose({m_choice.layout, m_choice.mask, block});
    });
    connect(m_family, &FamilyPanel::maskChosen, this, [this](const plan::FrameMask& mask) {
        this->choose({m_choice.layout, mask, m_choice.block});
    });
    connect(m_published, &PublishedPanel::valueChosen, this, &PlanWorkspace::choose);
}

void PlanWorkspace::followView() {
    connect(m_view, &MaskView::viewChanged, this, &PlanWorkspace::showView);
    connect(m_view, &MaskView::pairChanged, this, &PlanWorkspace::showPair);
    connect(&m_figures->overview(), &MaskOverview::placeWanted, m_view, &MaskView::centreOn);
}

void PlanWorkspace::choose(const MaskChoice& choice) {
    m_choice = choice;
    m_geometry->show(choice);
    m_family->show(choice);
    m_figures->show(choice);
    m_published->show(choice);
    m_view->show(choice);
    const plan::ShapePreset* preset = presetOf(choice.layout);
    m_title->setText(tr("%1, mask %2")
                         .arg(preset != nullptr ? shapeWord(*preset) : layoutWords(choice.layout),
                              toQt(choice.mask.name())));
    m_explorerDock->setState(
        tr("%1, %2").arg(toQt(choice.mask.name()), layoutWords(choice.layout)));
    Q_EMIT statusChanged({});
    services().settings.setValue(
        kChoiceKey,
        QString::fromUtf8(QJsonDocument(toJson(choice)).toJson(QJsonDocument::Compact)));
}

void PlanWorkspace::resetLayout() {
    QList<QDockWidget*> left;
    QList<QDockWidget*> right;
    for (Dock* dock : docks()) {
        const bool isLeft = dock->objectName() == QStringLiteral("dock.geometry") ||
                            dock->objectName() == QStringLiteral("dock.masks");
        dock->setFloating(false);
        removeDockWidget(dock);
        addDockWidget(isLeft ? Qt::LeftDockWidgetArea : Qt::RightDockWidgetArea, dock);
        dock->show();
        (isLeft ? left : right).append(dock);
    }
    resizeDocks({left.front(), right.front()}, {kLeftWidth, kRightWidth}, Qt::Horizontal);
}

void PlanWorkspace::entered() {
    m_view->setFocus(Qt::OtherFocusReason);
}

}  // namespace tessera::ui
