#include "ui/actions/shortcut_sheet.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/fuzzy.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 640;
constexpr int kKeysColumn = 170;

bool isModifier(int key) {
    return key == Qt::Key_Control || key == Qt::Key_Shift || key == Qt::Key_Alt ||
           key == Qt::Key_Meta || key == Qt::Key_AltGr || key == Qt::Key_Super_L ||
           key == Qt::Key_Super_R || key == Qt::Key_unknown || key == 0;
}

// The keys as a shortcut names them: a sign that needs Shift on this keyboard stands for itself.
QKeySequence sequenceOf(const QKeyEvent& event) {
    Qt::KeyboardModifiers modifiers = event.modifiers() & ~Qt::KeypadModifier;
    const QString text = event.text();
    if (modifiers == Qt::ShiftModifier && text.size() == 1 && text[0].isPrint() &&
        !text[0].isLetter() && !text[0].isSpace()) {
        modifiers = Qt::NoModifier;
    }
    return QKeySequence(QKeyCombination(modifiers, static_cast<Qt::Key>(event.key())));
}

}  // namespace

ShortcutSheet::ShortcutSheet(ActionRegistry& actions, QWidget* parent)
    : QDialog(parent), m_actions(actions) {
    setObjectName(QStringLiteral("shortcuts"));
    setWindowTitle(tr("Keyboard shortcuts"));
    setAccessibleName(windowTitle());
    resize(kWidth, kHeight);

    m_search = new QLineEdit(this);
    m_search->setObjectName(QStringLiteral("shortcuts.search"));
    m_search->setAccessibleName(tr("Search actions"));
    m_search->setPlaceholderText(tr("Search actions or keys"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);

    m_tree = new QTreeWidget(this);
    m_tree->setObjectName(QStringLiteral("shortcuts.list"));
    m_tree->setAccessibleName(tr("Actions and their keys"));
    m_tree->setColumnCount(2);
    m_tree->setHeaderLabels({tr("Action"), tr("Keys")});
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(1, QHeaderView::Fixed);
    m_tree->header()->resizeSection(1, kKeysColumn);
    m_tree->setUniformRowHeights(true);
    m_tree->setRootIsDecorated(false);
    m_tree->setItemsExpandable(false);
    m_tree->setIndentation(measure::kBodyMargin);
    m_tree->setIconSize(QSize(measure::kSmallIcon, measure::kSmallIcon));
    m_tree->installEventFilter(this);

    m_note = new QLabel(this);
    m_note->setObjectName(QStringLiteral("shortcuts.note"));
    m_note->setWordWrap(true);
    m_note->setMinimumHeight(2 * fontMetrics().height());
    m_note->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);

    auto* reset = new QPushButton(tr("Reset all"), this);
    reset->setObjectName(QStringLiteral("shortcuts.reset"));
    reset->setAccessibleName(tr("Reset all shortcuts"));
    reset->setAutoDefault(false);
    auto* close = new QPushButton(tr("Close"), this);
    close->setObjectName(QStringLiteral("shortcuts.close"));
    close->setAccessibleName(tr("Close"));
    close->setAutoDefault(false);

    auto* buttons = new QHBoxLayout;
    buttons->addWidget(reset);
    buttons->addStretch();
    buttons->addWidget(close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    layout->setSpacing(measure::kRowGap);
    layout->addWidget(m_search);
    layout->addWidget(m_tree, 1);
    layout->addWidget(m_note);
    layout->addLayout(buttons);

    connect(m_search, &QLineEdit::textChanged, this, &ShortcutSheet::filter);
    connect(
        m_tree, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem* item) { listen(item); });
    connect(reset, &QPushButton::clicked, this, [this] {
        stopListening();
        m_actions.resetAll();
        fill();
        say(tr("All shortcuts are as they came."), false);
    });
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    fill();
    say(tr("Click a row, or press Enter on it, then press its new keys."), false);
    m_search->setFocus();
}

void ShortcutSheet::fill() {
    m_listening = nullptr;
    m_tree->clear();
    std::map<QString, QTreeWidgetItem*> groups;
    QPixmap nothing(measure::kSmallIcon, measure::kSmallIcon);
    nothing.fill(Qt::transparent);
    const QIcon blank(nothing);  // keeps the words of all rows in one line
    for (const QAction* action : m_actions.all()) {
        const QString group = m_actions.group(action);
        QTreeWidgetItem*& parent = groups[group];
        if (parent == nullptr) {
            parent = new QTreeWidgetItem(m_tree, {group});
            parent->setFont(0, bold(bodyFont()));
            parent->setFlags(Qt::ItemIsEnabled);
            parent->setFirstColumnSpanned(true);
        }
        auto* row = new QTreeWidgetItem(
            parent, {plainText(action), action->shortcut().toString(QKeySequence::NativeText)});
        row->setIcon(0, action->icon().isNull() ? blank : action->icon());
        row->setToolTip(0, action->toolTip());
        row->setFont(1, numberFont());
        row->setData(0, Qt::UserRole, m_actions.name(action));
        if (action->shortcut() != m_actions.defaultShortcut(action)) {
            row->setFont(0, bold(bodyFont()));
            row->setToolTip(
                1,
                tr("It came as %1.")
                    .arg(m_actions.defaultShortcut(action).toString(QKeySequence::NativeText)));
        }
    }
    m_tree->expandAll();
    filter();
}

void ShortcutSheet::filter() {
    const QString typed = m_search->text();
    for (int at = 0; at < m_tree->topLevelItemCount(); ++at) {
        QTreeWidgetItem* group = m_tree->topLevelItem(at);
        bool hasAny = false;
        for (int row = 0; row < group->childCount(); ++row) {
            QTreeWidgetItem* item = group->child(row);
            const bool fits = fuzzyMatch(typed, item->text(0)).has_value() ||
                              item->text(1).contains(typed, Qt::CaseInsensitive) ||
                              group->text(0).contains(typed, Qt::CaseInsensitive);
            item->setHidden(!fits);
            hasAny = hasAny || fits;
        }
        group->setHidden(!hasAny);
    }
}

QAction* ShortcutSheet::actionOf(const QTreeWidgetItem* item) const {
    return item == nullptr ? nullptr : m_actions.find(item->data(0, Qt::UserRole).toString());
}

void ShortcutSheet::listen(QTreeWidgetItem* item) {
    stopListening();
    const QAction* action = actionOf(item);
    if (action == nullptr) {
        return;
    }
    m_listening = item;
    item->setText(1, tr("Press keys…"));
    m_tree->setFocus();
    say(tr("Press the new keys of \"%1\". Backspace takes them away, Escape keeps them.")
            .arg(plainText(action)),
        false);
}

void ShortcutSheet::stopListening() {
    if (m_listening != nullptr) {
        if (const QAction* action = actionOf(m_listening)) {
            m_listening->setText(1, action->shortcut().toString(QKeySequence::NativeText));
        }
        m_listening = nullptr;
    }
}

void ShortcutSheet::bind(const QKeySequence& keys) {
    QAction* action = actionOf(m_listening);
    const auto taken = m_actions.conflicts(action, keys);
    if (!taken.empty()) {
        say(tr("%1 belongs to \"%2\". Press other keys, or change that one first.")
                .arg(keys.toString(QKeySequence::NativeText), plainText(taken.front())),
            true);
        return;
    }
    m_actions.rebind(action, keys);
    QTreeWidgetItem* row = m_listening;
    stopListening();
    const bool isOwn = action->shortcut() != m_actions.defaultShortcut(action);
    row->setFont(0, isOwn ? bold(bodyFont()) : bodyFont());
    say(keys.isEmpty() ? tr("\"%1\" has no keys now.").arg(plainText(action))
                       : tr("\"%1\" is on %2 now.")
                             .arg(plainText(action), keys.toString(QKeySequence::NativeText)),
        false);
}

bool ShortcutSheet::takeKey(QEvent* event) {
    auto* key = static_cast<QKeyEvent*>(event);
    if (m_listening == nullptr) {
        const bool isEnter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (isEnter && event->type() == QEvent::KeyPress && actionOf(m_tree->currentItem())) {
            listen(m_tree->currentItem());
            return true;
        }
        return false;
    }
    // While a row listens, no key means anything else.
    event->accept();
    if (event->type() == QEvent::ShortcutOverride || isModifier(key->key())) {
        return true;
    }
    const bool isPlain = key->modifiers() == Qt::NoModifier;
    if (isPlain && key->key() == Qt::Key_Escape) {
        stopListening();
        say({}, false);
    } else if (isPlain && (key->key() == Qt::Key_Backspace || key->key() == Qt::Key_Delete)) {
        bind({});
    } else {
        bind(sequenceOf(*key));
    }
    return true;
}

bool ShortcutSheet::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_tree) {
        if (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride) {
            if (takeKey(event)) {
                return true;
            }
        } else if (event->type() == QEvent::FocusOut) {
            stopListening();
        }
    }
    return QDialog::eventFilter(watched, event);
}

void ShortcutSheet::say(const QString& text, bool isError) {
    m_noteIsError = isError;
    m_note->setText(text);
    QPalette ground = palette();
    ground.setColor(QPalette::WindowText, isError ? currentTheme().error : currentTheme().muted);
    m_note->setPalette(ground);
}

void ShortcutSheet::changeEvent(QEvent* event) {
    QDialog::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_note != nullptr) {
        say(m_note->text(), m_noteIsError);
    }
}

}  // namespace tessera::ui
