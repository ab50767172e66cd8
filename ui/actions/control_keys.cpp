#include "ui/actions/control_keys.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QComboBox>
#include <QKeyEvent>
#include <QTabBar>

namespace tessera::ui {
namespace {

bool isArrow(int key) {
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
}

bool isJump(int key) {
    return key == Qt::Key_Home || key == Qt::Key_End || key == Qt::Key_PageUp ||
           key == Qt::Key_PageDown;
}

bool ownsKey(const QObject* control, const QKeyEvent& event) {
    if ((event.modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) != Qt::NoModifier) {
        return false;
    }
    const int key = event.key();
    if (qobject_cast<const QAbstractButton*>(control) != nullptr) {
        return key == Qt::Key_Space || key == Qt::Key_Select;
    }
    if (qobject_cast<const QComboBox*>(control) != nullptr) {
        return key == Qt::Key_Space || isArrow(key) || isJump(key);
    }
    if (qobject_cast<const QAbstractSlider*>(control) != nullptr ||
        qobject_cast<const QTabBar*>(control) != nullptr) {
        return isArrow(key) || isJump(key);
    }
    if (qobject_cast<const QAbstractItemView*>(control) != nullptr) {
        return isArrow(key) || isJump(key);
    }
    return false;
}

}  // namespace

bool ControlKeys::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride &&
        ownsKey(watched, *static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    return QObject::eventFilter(watched, event);
}

}  // namespace tessera::ui
