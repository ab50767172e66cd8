// What the Library shows: the search and what it found, what is chosen, what happened.

#include "ui/actions/action_registry.h"
#include "ui/bridge/text.h"
#include "ui/models/library_model.h"
#include "ui/numbers.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/views/library_details.h"
#include "ui/views/library_filters.h"
#include "ui/views/library_grid.h"
#include "ui/views/library_workspace.h"
#include "ui/widgets/banner.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace tessera::ui {

namespace {

// In the order in which makePages() adds them.
enum Page { LoadingPage, GridPage, NoClipsPage, NothingFoundPage, EmptyBinPage };

}  // namespace

// ---- Search ----

void LibraryWorkspace::setSearch(const QString& text) {
    if (m_search->text() != text) {
        const QSignalBlocker quiet(m_search);
        m_search->setText(text);
    }
    applySearch();
}

void LibraryWorkspace::applySearch() {
    m_typing.stop();
    m_text = m_search->text();
    m_refusalRow->hide();
    setFault(m_search, false);
    m_filters->showQuery(m_text);
    services().library.setQuery(
        {fromQt(m_text),
         static_cast<jobs::LibraryQuery::Order>(m_order->currentData().toInt()),
         m_place});
}

void LibraryWorkspace::showPlace(jobs::LibraryQuery::Place place) {
    m_place = place;
    m_kinds->showPlace(place);
    setBanner(nullptr);
    m_grid->clearSelection();
    applySearch();
}

void LibraryWorkspace::followLibrary() {
    LibraryModel& library = services().library;
    connect(&library, &LibraryModel::refreshed, this, &LibraryWorkspace::showFound);
    connect(&library, &LibraryModel::queryRefused, this, [this](const base::Error& error) {
        m_refusal->setText(toQt(error.message) + QLatin1Char(' ') + toQt(error.hint));
        m_refusalRow->show();
        setFault(m_search, true);
    });
    connect(&library, &LibraryModel::trashed, this, &LibraryWorkspace::offerUndo);
    connect(&library, &LibraryModel::restored, this, [this] { setBanner(nullptr); });
    connect(&library,
            &QAbstractItemModel::dataChanged,
            this,
            [this](const QModelIndex&, const QModelIndex&, const QVector<int>& roles) {
                if (roles.isEmpty() || roles.contains(LibraryModel::ClipRole)) {
                    showChosen();  // a thumbnail changes nothing of it
                }
            });
}

void LibraryWorkspace::showFound() {
    const LibraryModel& library = services().library;
    const bool hasClips = library.rowCount() > 0;
    const int inPlace = isBin() ? library.facets().inTrash : library.total();
    const Page page = !library.isLoaded() ? LoadingPage
                      : hasClips          ? GridPage
                      : inPlace > 0       ? NothingFoundPage
                      : isBin()           ? EmptyBinPage
                                          : NoClipsPage;
    m_pages->setCurrentIndex(page);
    m_groupLine->setVisible(page == GridPage);
    m_groupLine->setText(m_grid->groupLine());
    m_undo->setEnabled(library.canUndoTrash());
    m_clear->setEnabled(!library.query().text.empty());
    // Something is always shown after a search; who took the choice away keeps it so until then.
    const bool isOtherSearch = m_shownSearch != library.query().text;
    m_shownSearch = library.query().text;
    if (hasClips && m_grid->chosen().isEmpty() &&
        (isOtherSearch || !m_grid->currentIndex().isValid())) {
        m_grid->clearSelection();
        m_grid->setCurrentIndex({});
        m_grid->setCurrentIndex(library.index(0));
    }
    showChosen();
}

int LibraryWorkspace::currentRow() const {
    return m_details->clip() ? services().library.indexOf(m_details->clip()->row) : -1;
}

void LibraryWorkspace::showChosen() {
    const LibraryModel& library = services().library;
    const QModelIndexList chosen = m_grid->chosen();
    std::uint64_t size = 0;
    for (const QModelIndex& index : chosen) {
        size += library.clip(index.row()).bytes;
    }
    m_chosenText->setText(tr("%1 of %2 selected")
                              .arg(ui::number(chosen.size()),
                                   ui::number(static_cast<std::int64_t>(library.rowCount()))));
    m_chosenBytes->setText(chosen.isEmpty() ? QString() : bytes(size));
    const QModelIndex current = m_grid->currentIndex();
    const QModelIndex shown = current.isValid() && chosen.contains(current) ? current
                              : chosen.isEmpty()                            ? QModelIndex()
                                                                            : chosen.front();
    m_details->show(shown.isValid() ? std::optional(library.clip(shown.row())) : std::nullopt);
    const bool hasRecipe = m_details->clip() && (!m_details->clip()->recipe.source.empty() ||
                                                 m_details->clip()->recipe.effective);
    for (QAction* action : m_ofOne) {
        const bool needsRecipe = action->objectName().contains(QStringLiteral("recipe"));
        action->setEnabled(shown.isValid() && (hasRecipe || !needsRecipe));
    }
    m_delete->setEnabled(!chosen.isEmpty() && !isBin());
    m_putBack->setEnabled(!chosen.isEmpty() && isBin());
    m_emptyBin->setEnabled(library.facets().inTrash > 0);
    m_deleteButton->setVisible(!isBin());
    m_putBackButton->setVisible(isBin());
    m_emptyBinButton->setVisible(isBin());
    m_export->setEnabled(!chosen.isEmpty());
}

void LibraryWorkspace::showMenu(const QPoint& position) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (QAction* action : m_ofOne) {
        if (!action->objectName().contains(QStringLiteral("rate"))) {
            menu->addAction(action);
        }
    }
    QMenu* rating = menu->addMenu(icon(QStringLiteral("rate-star")), tr("Ra&ting"));
    for (QAction* action : m_ofOne) {
        if (action->objectName().contains(QStringLiteral("rate"))) {
            rating->addAction(action);
        }
    }
    menu->addSeparator();
    menu->addAction(m_export);
    menu->addAction(isBin() ? m_putBack : m_delete);
    menu->popup(m_grid->viewport()->mapToGlobal(position));
}

void LibraryWorkspace::setBanner(Banner* banner) {
    if (m_banner) {
        m_banner->deleteLater();
        m_banner->hide();
    }
    m_banner = banner;
    if (banner) {
        banner->setObjectName(QStringLiteral("library.banner"));
        m_banners->addWidget(banner);
        connect(banner, &Banner::closed, this, [this, banner] {
            if (m_banner == banner) {
                setBanner(nullptr);
            }
        });
    }
}

}  // namespace tessera::ui
