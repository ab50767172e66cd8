#include "ui/actions/command_palette.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/fuzzy.h"
#include "ui/actions/key_cap.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QAbstractListModel>
#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kWidth = 560;
constexpr int kRow = 32;
constexpr int kShownRows = 10;
constexpr int kKeptRecent = 5;

struct Hit {
    QAction* action = nullptr;
    int score = 0;
    std::vector<int> positions;  // in the action's words
};

// The words drawn piece by piece, the letters that were typed in bold.
void drawHit(QPainter& painter, QRect box, const QString& text, const std::vector<int>& letters) {
    const QFont plain = painter.font();
    int x = box.left();
    for (int at = 0; at < text.size() && x < box.right();) {
        const bool isHit = std::binary_search(letters.begin(), letters.end(), at);
        int end = at + 1;
        while (end < text.size() &&
               std::binary_search(letters.begin(), letters.end(), end) == isHit) {
            ++end;
        }
        painter.setFont(isHit ? bold(plain) : plain);
        const QString piece = text.mid(at, end - at);
        painter.drawText(QRect(x, box.top(), box.right() - x + 1, box.height()),
                         Qt::AlignVCenter | Qt::AlignLeft,
                         piece);
        x += painter.fontMetrics().horizontalAdvance(piece);
        at = end;
    }
    painter.setFont(plain);
}

}  // namespace

class CommandPalette::Model final : public QAbstractListModel {
public:
    enum Role { LettersRole = Qt::UserRole, GroupRole, KeysRole, EnabledRole };

    Model(ActionRegistry& actions, QObject* parent)
        : QAbstractListModel(parent), m_actions(actions) {}

    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_hits.size());
    }

    QVariant data(const QModelIndex& index, int role) const override {
        const Hit& hit = m_hits[static_cast<std::size_t>(index.row())];
        switch (role) {
            case Qt::DisplayRole:
                return plainText(hit.action);
            case Qt::AccessibleTextRole:
                return QStringList{plainText(hit.action),
                                   m_actions.group(hit.action),
                                   hit.action->shortcut().toString(QKeySequence::NativeText)}
                    .join(QStringLiteral(", "));
            case Qt::DecorationRole:
                return hit.action->icon();
            case Qt::ToolTipRole:
                return tooltip(hit.action);
            case LettersRole:
                return QVariant::fromValue(QList<int>(hit.positions.begin(), hit.positions.end()));
            case GroupRole:
                return m_actions.group(hit.action);
            case KeysRole:
                return hit.action->shortcut().toString(QKeySequence::NativeText);
            case EnabledRole:
                return m_actions.canRun(hit.action);
            default:
                return {};
        }
    }

    QAction* action(const QModelIndex& index) const {
        return index.isValid() ? m_hits[static_cast<std::size_t>(index.row())].action : nullptr;
    }

    void search(const QString& typed, const QStringList& recent) {
        beginResetModel();
        m_hits.clear();
        for (QAction* action : m_actions.all()) {
            if (action->isVisible() &&
                m_actions.name(action) != QStringLiteral("command-palette")) {
                consider(action, typed, recent);
            }
        }
        std::stable_sort(m_hits.begin(), m_hits.end(), [](const Hit& a, const Hit& b) {
            return a.score > b.score;
        });
        endResetModel();
    }

private:
    QString tooltip(const QAction* action) const {
        const QString reason = m_actions.canRun(action) ? QString() : m_actions.reason(action);
        return reason.isEmpty() ? action->toolTip() : reason;
    }

    void consider(QAction* action, const QString& typed, const QStringList& recent) {
        constexpr int kRecentBonus = 3;
        constexpr int kDisabledMalus = 12;
        constexpr int kWorkspaceBonus = 2;  // over what works everywhere
        const QString words = plainText(action);
        Hit hit{action, 0, {}};
        if (const auto match = fuzzyMatch(typed, words)) {
            hit.score = match->score;
            hit.positions = match->positions;
        } else if (const auto wide =
                       fuzzyMatch(typed, m_actions.group(action) + QLatin1Char(' ') + words)) {
            hit.score = wide->score - kDisabledMalus;
        } else {
            return;
        }
        const auto place = recent.indexOf(m_actions.name(action));
        if (place >= 0) {
            hit.score += kRecentBonus + kKeptRecent - static_cast<int>(place);
        }
        if (!m_actions.canRun(action)) {
            hit.score -= kDisabledMalus;
        } else if (!m_actions.scope(action)->isWindow()) {
            hit.score += kWorkspaceBonus;
        }
        m_hits.push_back(std::move(hit));
    }

    ActionRegistry& m_actions;
    std::vector<Hit> m_hits;
};

namespace {

class HitDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
        return {option.rect.width(), std::max(kRow, option.fontMetrics.height() + 10)};
    }

    void paint(QPainter* painter,
               const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const bool isEnabled = index.data(Qt::UserRole + 3).toBool();
        const bool isSelected = option.state.testFlag(QStyle::State_Selected);
        const Theme& colours = currentTheme();
        painter->save();
        painter->setFont(option.font);
        if (isSelected) {
            painter->fillRect(option.rect, colours.selection);
        }
        const QColor ink = isSelected  ? colours.selectionText
                           : isEnabled ? colours.text
                                       : colours.disabled;
        const QColor quiet = isSelected  ? colours.selectionText
                             : isEnabled ? colours.muted
                                         : colours.disabled;
        QRect row = option.rect.adjusted(measure::kBodyMargin, 0, -measure::kBodyMargin, 0);
        const QRect iconBox(
            row.left(), row.center().y() - measure::kIcon / 2, measure::kIcon, measure::kIcon);
        index.data(Qt::DecorationRole)
            .value<QIcon>()
            .paint(painter,
                   iconBox,
                   Qt::AlignCenter,
                   isSelected  ? QIcon::Selected
                   : isEnabled ? QIcon::Normal
                               : QIcon::Disabled);
        row.setLeft(iconBox.right() + measure::kLabelGap);
        row.setRight(drawKeyCap(*painter, row, index.data(Qt::UserRole + 2).toString(), quiet) -
                     measure::kLabelGap);
        painter->setFont(captionFont());
        painter->setPen(quiet);
        const QString group = index.data(Qt::UserRole + 1).toString();
        painter->drawText(row, Qt::AlignRight | Qt::AlignVCenter, group);
        row.setRight(row.right() - painter->fontMetrics().horizontalAdvance(group) -
                     measure::kLabelGap);
        painter->setFont(option.font);
        painter->setPen(ink);
        const auto letters = index.data(Qt::UserRole).value<QList<int>>();
        drawHit(*painter,
                row,
                index.data(Qt::DisplayRole).toString(),
                std::vector<int>(letters.begin(), letters.end()));
        painter->restore();
    }
};

}  // namespace

CommandPalette::CommandPalette(ActionRegistry& actions, QWidget* window)
    : QFrame(window), m_actions(actions), m_model(new Model(actions, this)) {
    setObjectName(QStringLiteral("palette"));
    setAccessibleName(tr("Find action"));
    setProperty("surface", QStringLiteral("panel"));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    hide();

    m_typed = new QLineEdit(this);
    m_typed->setObjectName(QStringLiteral("palette.search"));
    m_typed->setAccessibleName(tr("Find action"));
    m_typed->setPlaceholderText(tr("Type what you want to do"));
    m_typed->setTextMargins(6, 0, 6, 0);
    m_typed->installEventFilter(this);

    m_list = new QListView(this);
    m_list->setObjectName(QStringLiteral("palette.list"));
    m_list->setAccessibleName(tr("Actions"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new HitDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);

    m_note = new QLabel(this);
    m_note->setObjectName(QStringLiteral("palette.note"));
    m_note->setFont(captionFont());
    m_note->setForegroundRole(QPalette::PlaceholderText);
    m_note->setContentsMargins(measure::kGrid * 2, 0, measure::kGrid * 2, measure::kGrid);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(measure::kGrid, measure::kGrid, measure::kGrid, measure::kGrid);
    layout->setSpacing(measure::kGrid);
    layout->addWidget(m_typed);
    layout->addWidget(m_list);
    layout->addWidget(m_note);

    connect(m_typed, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_list, &QListView::clicked, this, &CommandPalette::run);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        m_note->setText(m_list->currentIndex().data(Qt::ToolTipRole).toString());
    });
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, const QWidget* now) {
        if (isVisible() && now != nullptr && now != this && !isAncestorOf(now)) {
            hide();
        }
    });
}

CommandPalette::~CommandPalette() = default;

void CommandPalette::open() {
    m_focusBefore = QApplication::focusWidget();
    m_typed->clear();
    search();
    place();
    show();
    raise();
    m_typed->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::search() {
    m_model->search(m_typed->text(), m_recent);
    if (m_model->rowCount() == 0) {
        m_note->setText(tr("No action has these letters."));
    } else {
        m_list->setCurrentIndex(m_model->index(0));
    }
    if (isVisible()) {
        place();
    }
}

void CommandPalette::place() {
    const QRect area = parentWidget()->rect();
    const int row = std::max(kRow, m_list->fontMetrics().height() + 10);
    const int rows = std::clamp(m_model->rowCount(), 1, kShownRows);
    m_list->setFixedHeight(rows * row);
    const int width = std::min(kWidth, area.width() - 2 * measure::kBodyMargin);
    const int height = layout()->heightForWidth(width) > 0 ? layout()->heightForWidth(width)
                                                           : layout()->sizeHint().height();
    const int top = std::max(measure::kWorkspaceBar + measure::kStatus, area.height() / 8);
    setGeometry((area.width() - width) / 2, top, width, std::min(height, area.height() - top));
}

void CommandPalette::run() {
    QAction* action = m_model->action(m_list->currentIndex());
    if (action == nullptr || !m_actions.canRun(action)) {
        return;
    }
    const QString name = m_actions.name(action);
    m_recent.removeAll(name);
    m_recent.prepend(name);
    m_recent = m_recent.mid(0, kKeptRecent);
    leave();
    action->trigger();
}

void CommandPalette::leave() {
    hide();
    if (m_focusBefore) {
        m_focusBefore->setFocus(Qt::OtherFocusReason);
    }
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_typed ||
        (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)) {
        return QFrame::eventFilter(watched, event);
    }
    auto* key = static_cast<QKeyEvent*>(event);
    const bool isMove = key->key() == Qt::Key_Up || key->key() == Qt::Key_Down ||
                        key->key() == Qt::Key_PageUp || key->key() == Qt::Key_PageDown;
    const bool isEnd =
        key->key() == Qt::Key_Escape || key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (!isMove && !isEnd) {
        return QFrame::eventFilter(watched, event);
    }
    // Before the window's shortcuts: Escape or Ctrl+Enter may mean something there.
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept();
        return true;
    }
    if (isMove) {
        QApplication::sendEvent(m_list, event);
    } else if (key->key() == Qt::Key_Escape) {
        leave();
    } else {
        run();
    }
    return true;
}

void CommandPalette::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        m_note->setFont(captionFont());
    }
    QFrame::changeEvent(event);
}

}  // namespace tessera::ui
