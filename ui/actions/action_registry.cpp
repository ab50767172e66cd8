#include "ui/actions/action_registry.h"

#include "core/base/check.h"
#include "ui/settings.h"
#include "ui/style/icons.h"

#include <QMainWindow>
#include <QWidget>

#include <algorithm>

namespace tessera::ui {
namespace {

QString settingsKey(const QString& name) {
    return QStringLiteral("shortcuts/") + name;
}

// Through windows too: a floating dock is one and still belongs to its workspace.
bool isInside(const QWidget* inner, const QWidget* outer) {
    while (inner != nullptr && inner != outer) {
        inner = inner->parentWidget();
    }
    return inner != nullptr;
}

}  // namespace

ActionRegistry::ActionRegistry(Settings& settings, QObject* parent)
    : QObject(parent), m_settings(settings) {}

QAction* ActionRegistry::add(const ActionText& text, QWidget* scope, std::function<void()> run) {
    CHECK(!m_byName.contains(text.name), "an action's name is used twice", text.name.toStdString());
    auto* action = new QAction(text.text, scope);
    action->setObjectName(QStringLiteral("action.") + text.name);
    action->setToolTip(text.tooltip);
    action->setShortcut(text.shortcut);
    // A window shortcut is heard in floating docks too, and not while its scope is hidden. Smaller
    // scopes hear their keys only while they have the focus.
    const bool isFrame = scope->isWindow() || qobject_cast<QMainWindow*>(scope) != nullptr;
    action->setShortcutContext(isFrame ? Qt::WindowShortcut : Qt::WidgetWithChildrenShortcut);
    if (text.hasIcon) {
        action->setIcon(icon(text.name));
    }
    scope->addAction(action);
    connect(action, &QAction::triggered, this, [call = std::move(run)] { call(); });
    connect(action, &QObject::destroyed, this, [this](QObject* gone) { forget(gone); });
    m_order.push_back(action);
    m_byName.emplace(text.name, action);
    m_entries.emplace(action, Entry{text.name, text.group, text.shortcut, scope, {}});
    return action;
}

void ActionRegistry::forget(const QObject* action) {
    const auto entry = m_entries.find(action);
    if (entry == m_entries.end()) {
        return;
    }
    m_byName.erase(entry->second.name);
    std::erase_if(m_order, [action](const QAction* other) { return other == action; });
    m_entries.erase(entry);
}

QAction* ActionRegistry::find(const QString& name) const {
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : found->second;
}

QString ActionRegistry::name(const QAction* action) const {
    const auto found = m_entries.find(action);
    return found == m_entries.end() ? QString() : found->second.name;
}

QString ActionRegistry::group(const QAction* action) const {
    const auto found = m_entries.find(action);
    return found == m_entries.end() ? QString() : found->second.group;
}

QKeySequence ActionRegistry::defaultShortcut(const QAction* action) const {
    const auto found = m_entries.find(action);
    return found == m_entries.end() ? QKeySequence() : found->second.defaultShortcut;
}

std::vector<QAction*> ActionRegistry::conflicts(const QAction* action,
                                                const QKeySequence& keys) const {
    std::vector<QAction*> others;
    const auto self = m_entries.find(action);
    if (keys.isEmpty() || self == m_entries.end()) {
        return others;
    }
    for (QAction* other : m_order) {
        if (other == action || other->shortcut() != keys) {
            continue;
        }
        const QWidget* scope = m_entries.at(other).scope;
        if (isInside(scope, self->second.scope) || isInside(self->second.scope, scope)) {
            others.push_back(other);
        }
    }
    return others;
}

void ActionRegistry::rebind(QAction* action, const QKeySequence& keys) {
    const auto entry = m_entries.find(action);
    CHECK(entry != m_entries.end(), "an action that is not in the registry is rebound");
    action->setShortcut(keys);
    const QString key = settingsKey(entry->second.name);
    if (keys == entry->second.defaultShortcut) {
        m_settings.remove(key);
    } else {
        m_settings.setValue(key, keys.toString(QKeySequence::PortableText));
    }
    Q_EMIT changed();
}

void ActionRegistry::restore() {
    for (QAction* action : m_order) {
        const QVariant kept = m_settings.value(settingsKey(m_entries.at(action).name));
        if (kept.isValid()) {
            action->setShortcut(
                QKeySequence::fromString(kept.toString(), QKeySequence::PortableText));
        }
    }
    Q_EMIT changed();
}

void ActionRegistry::resetAll() {
    for (QAction* action : m_order) {
        const Entry& entry = m_entries.at(action);
        action->setShortcut(entry.defaultShortcut);
        m_settings.remove(settingsKey(entry.name));
    }
    Q_EMIT changed();
}

void ActionRegistry::setReason(QAction* action, const QString& reason) {
    const auto entry = m_entries.find(action);
    if (entry != m_entries.end() && entry->second.reason != reason) {
        entry->second.reason = reason;
        Q_EMIT changed();
    }
}

QString ActionRegistry::reason(const QAction* action) const {
    const auto found = m_entries.find(action);
    if (found == m_entries.end()) {
        return {};
    }
    const QWidget* place = found->second.scope;
    if (!found->second.reason.isEmpty() || place == nullptr || place->isVisible()) {
        return found->second.reason;
    }
    return place->accessibleName().isEmpty() ? QString()
                                             : tr("Works in %1.").arg(place->accessibleName());
}

QWidget* ActionRegistry::scope(const QAction* action) const {
    const auto found = m_entries.find(action);
    return found == m_entries.end() ? nullptr : found->second.scope;
}

bool ActionRegistry::isWithin(const QAction* action, const QWidget* widget) const {
    return isInside(scope(action), widget);
}

bool ActionRegistry::canRun(const QAction* action) const {
    const QWidget* place = scope(action);
    return action->isEnabled() && action->isVisible() && place != nullptr && place->isVisible();
}

}  // namespace tessera::ui
