// The transport's actions: one set of names for every place that shows a clip.

#include "ui/actions/action_registry.h"
#include "ui/widgets/player.h"
#include "ui/widgets/transport_bar.h"

#include <QApplication>
#include <QCoreApplication>
#include <QPointer>

#include <algorithm>
#include <iterator>
#include <vector>

namespace tessera::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Transport)
};

QString targetsName() {
    return QStringLiteral("transport.targets");
}

// Who the actions move: the player whose place is on the screen, the one with the focus first.
class Targets final : public QObject {
public:
    explicit Targets(ActionRegistry& registry) : QObject(&registry) {
        setObjectName(targetsName());
    }

    void add(Player& player, QWidget* scope) { m_places.push_back({&player, scope}); }

    Player* player() const {
        const QWidget* focus = QApplication::focusWidget();
        Player* shown = nullptr;
        for (const Place& place : m_places) {
            if (!place.player || !place.scope || !place.scope->isVisible()) {
                continue;
            }
            if (focus && (place.scope == focus || place.scope->isAncestorOf(focus))) {
                return place.player;
            }
            shown = shown ? shown : place.player.data();
        }
        return shown;
    }

private:
    struct Place {
        QPointer<Player> player;
        QPointer<QWidget> scope;
    };

    std::vector<Place> m_places;
};

struct Entry {
    ActionText text;
    void (*run)(Player& player);
};

std::vector<Entry> movingEntries(const QString& group) {
    return {
        {{QStringLiteral("transport-play"),
          Words::tr("&Play or pause"),
          Words::tr("Plays the clip, or holds it."),
          group,
          QKeySequence(Qt::Key_Space)},
         [](Player& player) { player.toggle(); }},
        {{QStringLiteral("transport-step-back"),
          Words::tr("Step &back"),
          Words::tr("Goes one frame back."),
          group,
          QKeySequence(Qt::Key_Left)},
         [](Player& player) { player.step(-1); }},
        {{QStringLiteral("transport-step-forward"),
          Words::tr("Step &forward"),
          Words::tr("Goes one frame on."),
          group,
          QKeySequence(Qt::Key_Right)},
         [](Player& player) { player.step(1); }},
        {{QStringLiteral("transport-first"),
          Words::tr("Go to the f&irst frame"),
          Words::tr("Goes to the first frame."),
          group,
          QKeySequence(Qt::Key_Home),
          false},
         [](Player& player) { player.setPosition(0); }},
        {{QStringLiteral("transport-last"),
          Words::tr("Go to the l&ast frame"),
          Words::tr("Goes to the last frame."),
          group,
          QKeySequence(Qt::Key_End),
          false},
         [](Player& player) { player.setPosition(player.count() - 1); }},
    };
}

std::vector<Entry> loopEntries(const QString& group) {
    return {
        {{QStringLiteral("transport-loop"),
          Words::tr("&Loop"),
          Words::tr("Begins again at the end of the clip, or stops there."),
          group,
          QKeySequence(Qt::Key_L)},
         [](Player& player) { player.setLooping(!player.isLooping()); }},
        {{QStringLiteral("loop-in"),
          Words::tr("Loop from &here"),
          Words::tr(
              "Makes this frame the first of the loop; again on the same frame takes that back."),
          group,
          QKeySequence(Qt::Key_BracketLeft)},
         [](Player& player) {
             player.setLoopIn(player.loopIn() == player.position() ? -1 : player.position());
         }},
        {{QStringLiteral("loop-out"),
          Words::tr("Loop &until here"),
          Words::tr(
              "Makes this frame the last of the loop; again on the same frame takes that back."),
          group,
          QKeySequence(Qt::Key_BracketRight)},
         [](Player& player) {
             player.setLoopOut(player.loopOut() == player.position() ? -1 : player.position());
         }},
    };
}

}  // namespace

void addTransportActions(ActionRegistry& actions, Player& player, QWidget* scope) {
    QObject* known = actions.findChild<QObject*>(targetsName(), Qt::FindDirectChildrenOnly);
    auto* targets = known ? static_cast<Targets*>(known) : new Targets(actions);
    targets->add(player, scope);
    const QString group = Words::tr("Transport");
    std::vector<Entry> entries = movingEntries(group);
    std::ranges::move(loopEntries(group), std::back_inserter(entries));
    for (const Entry& entry : entries) {
        if (QAction* action = actions.find(entry.text.name)) {
            scope->addAction(action);
            continue;
        }
        actions.add(entry.text, scope, [targets, run = entry.run] {
            if (Player* moved = targets->player()) {
                run(*moved);
            }
        });
    }
}

}  // namespace tessera::ui
