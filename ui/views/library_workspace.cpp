#include "ui/views/library_workspace.h"

#include "ui/actions/action_registry.h"
#include "ui/bridge/text.h"
#include "ui/models/library_model.h"
#include "ui/settings.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/views/dock_column.h"
#include "ui/views/library_details.h"
#include "ui/views/library_filters.h"
#include "ui/views/library_grid.h"
#include "ui/views/rule.h"
#include "ui/widgets/canvas_frame.h"
#include "ui/widgets/dock.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icon_sign.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace tessera::ui {

namespace {

using Order = jobs::LibraryQuery::Order;

constexpr int kLeftWidth = 240;
constexpr int kRightWidth = 308;
constexpr int kTypingMs = 150;

QWidget* panel(QWidget* parent) {
    auto* widget = new QWidget(parent);
    widget->setProperty("surface", QStringLiteral("panel"));
    return widget;
}

}  // namespace

LibraryWorkspace::LibraryWorkspace(const Services& services, QWidget* parent)
    : Workspace(QStringLiteral("library"), tr("Library"), 7, services, parent) {
    services.library.setThumbnailLimit(services.settings.thumbnailCacheMb());
    connect(&services.settings, &Settings::changed, this, [this] {
        this->services().library.setThumbnailLimit(this->services().settings.thumbnailCacheMb());
    });
    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingMs);
    connect(&m_typing, &QTimer::timeout, this, &LibraryWorkspace::applySearch);
    makeActions();
    setCentralWidget(makeCanvas());
    makeDocks();
    followLibrary();
    resetLayout();
    showFound();
}

QWidget* LibraryWorkspace::makeCanvas() {
    auto* canvas = new CanvasFrame(this);
    auto* column = new QVBoxLayout(canvas);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addWidget(makeToolRow(canvas));
    column->addWidget(new Rule(Qt::Horizontal, canvas));
    auto* banners = new QWidget(canvas);
    m_banners = new QVBoxLayout(banners);
    m_banners->setContentsMargins(0, 0, 0, 0);
    column->addWidget(banners);
    m_groupLine = new QLabel(canvas);
    m_groupLine->setObjectName(QStringLiteral("library.group"));
    m_groupLine->setFont(titleFont());
    m_groupLine->setForegroundRole(QPalette::PlaceholderText);
    m_groupLine->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, 0);
    column->addWidget(m_groupLine);
    column->addWidget(makePages(canvas), 1);
    column->addWidget(new Rule(Qt::Horizontal, canvas));
    column->addWidget(makeBottomRow(canvas));
    return canvas;
}

QWidget* LibraryWorkspace::makeToolRow(QWidget* parent) {
    auto* tools = new QWidget(parent);
    auto* column = new QVBoxLayout(tools);
    column->setContentsMargins(measure::kLabelGap, 6, measure::kLabelGap, 6);
    column->setSpacing(measure::kGrid);
    auto* row = new QHBoxLayout;
    row->setSpacing(measure::kLabelGap);
    m_search = new QLineEdit(tools);
    m_search->setObjectName(QStringLiteral("library.search"));
    m_search->setAccessibleName(tr("Search"));
    m_search->setPlaceholderText(tr("Words of the prompt, stage:sparse size:384x256 rating:>=3"));
    m_search->setToolTip(
        tr("Finds clips by words of the prompt and by any field of the recipe: "
           "stage, size, frames, steps, guidance, seed, model, tag, rating, "
           "after, before, name. A comma means or."));
    m_search->setTextMargins(6, 0, 6, 0);
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    connect(m_search, &QLineEdit::textEdited, &m_typing, qOverload<>(&QTimer::start));
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (text.isEmpty()) {
            setSearch({});  // the cross in the field edits nothing
        }
    });
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        applySearch();
        m_grid->setFocus(Qt::TabFocusReason);
    });
    row->addWidget(m_search, 1);
    m_order = new QComboBox(tools);
    m_order->setObjectName(QStringLiteral("library.order"));
    m_order->setAccessibleName(tr("Order"));
    m_order->setToolTip(tr("The order of the clips."));
    m_order->addItem(tr("Newest first"), static_cast<int>(Order::NewestFirst));
    m_order->addItem(tr("Oldest first"), static_cast<int>(Order::OldestFirst));
    m_order->addItem(tr("Best rated first"), static_cast<int>(Order::RatingFirst));
    m_order->addItem(tr("By prompt"), static_cast<int>(Order::PromptFirst));
    connect(m_order, &QComboBox::activated, this, &LibraryWorkspace::applySearch);
    row->addWidget(m_order);
    column->addLayout(row);
    m_refusalRow = new QWidget(tools);
    auto* refusal = new QHBoxLayout(m_refusalRow);
    refusal->setContentsMargins(2, 0, 2, 2);
    refusal->setSpacing(measure::kGrid + 2);
    refusal->addWidget(
        new IconSign(
            QStringLiteral("state-error"), measure::kSmallIcon, &Theme::error, m_refusalRow),
        0,
        Qt::AlignTop);
    m_refusal = new QLabel(m_refusalRow);
    m_refusal->setObjectName(QStringLiteral("library.refusal"));
    m_refusal->setTextFormat(Qt::PlainText);
    m_refusal->setWordWrap(true);
    refusal->addWidget(m_refusal, 1);
    m_refusalRow->hide();
    column->addWidget(m_refusalRow);
    return tools;
}

QWidget* LibraryWorkspace::makePages(QWidget* parent) {
    LibraryModel& library = services().library;
    m_pages = new QStackedWidget(parent);
    m_grid = new LibraryGrid(library, m_pages);
    m_pages->addWidget(panel(m_pages));
    m_pages->addWidget(m_grid);
    m_pages->addWidget(
        new EmptyState(QStringLiteral("workspace-library"),
                       tr("No clips yet."),
                       tr("Each clip you make is kept here, with the recipe that makes it again."),
                       m_write,
                       m_pages));
    m_pages->addWidget(new EmptyState(QStringLiteral("search"),
                                      tr("No clip matches the search."),
                                      tr("All words and filters must hold; a comma means or."),
                                      m_clear,
                                      m_pages));
    m_pages->addWidget(new EmptyState(QStringLiteral("delete"),
                                      tr("The bin is empty."),
                                      tr("Clips that you move here can be put back."),
                                      nullptr,
                                      m_pages));
    connect(m_grid, &LibraryGrid::chosenChanged, this, &LibraryWorkspace::showChosen);
    connect(m_grid, &LibraryGrid::groupLineChanged, this, [this] {
        m_groupLine->setText(m_grid->groupLine());
    });
    connect(m_grid, &LibraryGrid::undoWanted, m_undo, &QAction::trigger);
    connect(m_grid, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
        m_details->show(services().library.clip(index.row()));
        m_details->player().setPosition(0);
        m_details->player().setPlaying(true);
        for (Dock* dock : docks()) {
            if (dock->objectName() == QStringLiteral("dock.details")) {
                dock->show();
                dock->raise();
            }
        }
    });
    connect(m_grid, &QWidget::customContextMenuRequested, this, &LibraryWorkspace::showMenu);
    return m_pages;
}

QWidget* LibraryWorkspace::makeBottomRow(QWidget* parent) {
    auto* bottom = new QWidget(parent);
    bottom->setMinimumHeight(measure::kToolRow);
    auto* row = new QHBoxLayout(bottom);
    row->setContentsMargins(measure::kBodyMargin, 0, measure::kLabelGap, 0);
    row->setSpacing(measure::kLabelGap);
    m_chosenText = new QLabel(bottom);
    m_chosenText->setObjectName(QStringLiteral("library.chosen"));
    m_chosenText->setFont(tableFont());
    m_chosenBytes = new QLabel(bottom);
    m_chosenBytes->setObjectName(QStringLiteral("library.bytes"));
    m_chosenBytes->setFont(numberFont());
    m_chosenBytes->setForegroundRole(QPalette::PlaceholderText);
    row->addWidget(m_chosenText);
    row->addWidget(m_chosenBytes);
    row->addStretch(1);
    row->addWidget(toolButton(m_export, Qt::ToolButtonTextBesideIcon, bottom));
    const std::pair<QWidget**, QAction*> buttons[] = {{&m_deleteButton, m_delete},
                                                      {&m_putBackButton, m_putBack},
                                                      {&m_emptyBinButton, m_emptyBin}};
    for (const auto& [button, action] : buttons) {
        *button = toolButton(action, Qt::ToolButtonTextBesideIcon, bottom);
        row->addWidget(*button);
    }
    return bottom;
}

void LibraryWorkspace::makeDocks() {
    LibraryModel& library = services().library;
    const auto add = [this](DockColumn& column,
                            const QString& name,
                            const QString& title,
                            Qt::DockWidgetArea area,
                            QWidget* body,
                            bool stretches) {
        auto* scroll = new DockScroll(body, this);
        // The width is asked for here: resizeDocks() is lost on a window that is not shown yet.
        scroll->setMinimumWidth(area == Qt::LeftDockWidgetArea ? kLeftWidth : kRightWidth);
        column.add(addDock(name, title, area, scroll), scroll, stretches);
    };
    auto* choose = new DockColumn(this);
    m_kinds = new KindsPanel(library, this);
    m_filters = new FiltersPanel(library, m_clear, this);
    m_details = new LibraryDetails(services().disk, services().actions, this);
    add(*choose, QStringLiteral("kinds"), tr("Kinds"), Qt::LeftDockWidgetArea, m_kinds, false);
    add(*choose, QStringLiteral("filters"), tr("Filters"), Qt::LeftDockWidgetArea, m_filters, true);
    auto* explain = new DockColumn(this);
    add(*explain,
        QStringLiteral("details"),
        tr("Details"),
        Qt::RightDockWidgetArea,
        m_details,
        true);
    connect(m_kinds, &KindsPanel::placeChosen, this, &LibraryWorkspace::showPlace);
    connect(m_filters, &FiltersPanel::queryEdited, this, &LibraryWorkspace::setSearch);
    connect(m_details, &LibraryDetails::rated, this, [this](int rating) {
        if (currentRow() >= 0) {
            services().library.rate(currentRow(), rating);
        }
    });
    connect(
        m_details, &LibraryDetails::tagsEdited, this, [this](const std::vector<std::string>& tags) {
            if (currentRow() >= 0) {
                services().library.setTags(currentRow(), tags);
            }
        });
}

void LibraryWorkspace::resetLayout() {
    QList<QDockWidget*> left;
    QList<QDockWidget*> right;
    for (Dock* dock : docks()) {
        const bool isRight = dock->objectName() == QStringLiteral("dock.details");
        dock->setFloating(false);
        removeDockWidget(dock);
        addDockWidget(isRight ? Qt::RightDockWidgetArea : Qt::LeftDockWidgetArea, dock);
        dock->show();
        (isRight ? right : left).append(dock);
    }
    resizeDocks({left.front(), right.front()}, {kLeftWidth, kRightWidth}, Qt::Horizontal);
}

}  // namespace tessera::ui
