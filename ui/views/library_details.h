#pragma once

// The right side of the Library: the chosen clip plays; its prompt, what made it, its rating and
// tags, and the ways to use its recipe again. GUI thread.

#include "core/jobs/library.h"
#include "ui/widgets/player.h"

#include <QWidget>

#include <optional>

class QGridLayout;
class QLabel;
class QLineEdit;
class QStackedWidget;

namespace tessera::ui {

class ActionRegistry;
class ClipView;
class DiskWorker;
class IconSign;
class StarRow;

class LibraryDetails final : public QWidget {
    Q_OBJECT

public:
    // The actions recipe-restore, recipe-new-seed and file-reveal are there already.
    LibraryDetails(DiskWorker& disk, ActionRegistry& actions, QWidget* parent = nullptr);

    // None = nothing is chosen. The clip that is shown already goes on playing.
    void show(const std::optional<jobs::LibraryClip>& clip);

    const std::optional<jobs::LibraryClip>& clip() const { return m_clip; }

    // The recipe inside the file was read and is the one shown.
    bool isVerified() const { return m_verdict == Verdict::Embedded; }

    Player& player() { return m_player; }

Q_SIGNALS:
    void rated(int rating);
    void tagsEdited(const std::vector<std::string>& tags);

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    enum class Verdict { Unknown, Embedded, Other, None };

    QWidget* makeBody(ActionRegistry& actions);
    void addPicture(class QVBoxLayout* column);
    void addOpinion(class QVBoxLayout* column);
    void load();
    void fillFields();
    void showVerdict(Verdict verdict);
    void takeTags();

    DiskWorker& m_disk;
    Player m_player;
    std::optional<jobs::LibraryClip> m_clip;
    QString m_loaded;  // the file asked for
    Verdict m_verdict = Verdict::Unknown;
    QStackedWidget* m_pages = nullptr;
    ClipView* m_view = nullptr;
    QLabel* m_problem = nullptr;
    QLabel* m_prompt = nullptr;
    QGridLayout* m_fields = nullptr;
    std::vector<QLabel*> m_values;
    std::vector<QLabel*> m_names;
    IconSign* m_good = nullptr;
    IconSign* m_bad = nullptr;
    QLabel* m_verdictText = nullptr;
    StarRow* m_stars = nullptr;
    QLineEdit* m_tags = nullptr;
};

}  // namespace tessera::ui
