#pragma once

// The Library: every clip that was made, as cards; kinds and filters on the left, what made the
// chosen clip on the right. The search field and the filters are two views of one text. GUI thread.

#include "core/jobs/library.h"
#include "core/jobs/recipe.h"
#include "ui/views/workspace.h"

#include <QTimer>

class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QVBoxLayout;

namespace tessera::ui {

class Banner;
class FiltersPanel;
class KindsPanel;
class LibraryDetails;
class LibraryGrid;

class LibraryWorkspace final : public Workspace {
    Q_OBJECT

public:
    explicit LibraryWorkspace(const Services& services, QWidget* parent = nullptr);

    void resetLayout() override;
    QJsonObject state() const override;

    // Looks for clips that came or went while nobody looked.
    void entered() override;

    QStringList screenshotStates() const override;
    void showScreenshotState(const QString& state) override;

    // The one text behind the search field and the filters.
    void setSearch(const QString& text);

    // The chosen clips into a file (one clip) or a folder; an existing file is replaced when one
    // clip goes to a file, and kept when several go to a folder.
    void exportTo(const QString& target);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

Q_SIGNALS:
    void useRecipe(const tessera::jobs::Recipe& recipe, bool newSeed);

private:
    void makeActions();
    void makeClipActions();
    void makeRatingActions();
    QWidget* makeCanvas();
    QWidget* makeToolRow(QWidget* parent);
    QWidget* makeBottomRow(QWidget* parent);
    QWidget* makePages(QWidget* parent);
    void makeDocks();
    void followLibrary();

    void applySearch();
    void showFound();
    void showChosen();
    void showMenu(const QPoint& position);
    void setBanner(Banner* banner);

    // The clip that the details show; -1 = none.
    int currentRow() const;
    void rateChosen(int rating);
    void offerRecipe(bool newSeed);
    void trashChosen();
    void showPlace(jobs::LibraryQuery::Place place);

    bool isBin() const { return m_place == jobs::LibraryQuery::Place::Trash; }

    void askEmptyBin();
    void offerUndo(int count);
    void reveal();
    void askExport();
    void showExported(int count, const QString& last, const std::optional<base::Error>& error);

    QString m_text;
    std::string m_shownSearch;
    QTimer m_typing;
    QLineEdit* m_search = nullptr;
    QComboBox* m_order = nullptr;
    QLabel* m_refusal = nullptr;
    QWidget* m_refusalRow = nullptr;
    QVBoxLayout* m_banners = nullptr;
    QLabel* m_groupLine = nullptr;
    QStackedWidget* m_pages = nullptr;
    LibraryGrid* m_grid = nullptr;
    QLabel* m_chosenText = nullptr;
    QLabel* m_chosenBytes = nullptr;
    KindsPanel* m_kinds = nullptr;
    FiltersPanel* m_filters = nullptr;
    LibraryDetails* m_details = nullptr;
    Banner* m_banner = nullptr;
    QAction* m_clear = nullptr;
    QAction* m_write = nullptr;
    QAction* m_undo = nullptr;
    QAction* m_delete = nullptr;
    QAction* m_export = nullptr;
    QAction* m_putBack = nullptr;
    QAction* m_emptyBin = nullptr;
    QWidget* m_deleteButton = nullptr;
    QWidget* m_putBackButton = nullptr;
    QWidget* m_emptyBinButton = nullptr;
    jobs::LibraryQuery::Place m_place = jobs::LibraryQuery::Place::Clips;
    std::vector<QAction*> m_ofOne;  // need a clip
};

}  // namespace tessera::ui
