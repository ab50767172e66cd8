// What keys, menus and buttons of the mask explorer do, and what it tells of the place that is
// pointed at.

#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"
#include "ui/numbers.h"
#include "ui/style/icons.h"
#include "ui/views/canvas_header.h"
#include "ui/views/mask_figures.h"
#include "ui/views/mask_overview.h"
#include "ui/views/mask_view.h"
#include "ui/views/plan_workspace.h"
#include "ui/widgets/banner.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QLabel>
#include <QSaveFile>
#include <QVBoxLayout>

#include <memory>

namespace tessera::ui {

namespace {

constexpr double kExportRatio = 2.0;

// A PNG that is there whole or not at all.
std::optional<base::Error> write(const QImage& image, const QString& target) {
    QSaveFile file(target);
    if (file.open(QIODevice::WriteOnly) && image.save(&file, "PNG") && file.commit()) {
        return std::nullopt;
    }
    return base::Error{base::ErrorCode::NotWritable,
                       fromQt(target) + " cannot be written: " + fromQt(file.errorString()) + ".",
                       "Choose another folder, or make room on the disk.",
                       fromQt(target)};
}

// "1 px = 34.9 tokens" or "2.5 px = 1 token".
QString scaleWords(double zoom) {
    return zoom < 1.0   ? PlanWorkspace::tr("1 px = %1 tokens").arg(decimal(1.0 / zoom, 1))
           : zoom > 1.0 ? PlanWorkspace::tr("%1 px = 1 token").arg(decimal(zoom, 1))
                        : PlanWorkspace::tr("1 px = 1 token");
}

}  // namespace

QAction* PlanWorkspace::addToggle(const char* name,
                                  const char* drawing,
                                  const QString& text,
                                  const QString& tooltip,
                                  const QKeySequence& keys,
                                  std::function<void(bool)> run) {
    QAction* action = addAction(name, drawing, text, tooltip, keys, [] {});
    action->setCheckable(true);
    action->setChecked(true);
    connect(action, &QAction::toggled, this, std::move(run));
    return action;
}

void PlanWorkspace::makeActions() {
    makeMapActions();
    addAction("copy-figures",
              "copy",
              tr("&Copy figures"),
              tr("Puts shape, mask and figures on the clipboard as text."),
              QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
              [this] { copyFigures(); });
    m_export = addAction("file-export-map",
                         "file-export",
                         tr("&Export map…"),
                         tr("Saves what the matrix shows as a PNG of twice its size."),
                         QKeySequence(Qt::CTRL | Qt::Key_E),
                         [this] { askExport(); });
}

void PlanWorkspace::makeMapActions() {
    m_frames = addToggle("view-map-frames",
                         "map-frame-grid",
                         tr("Frame &grid"),
                         tr("Draws the borders of the latent frames."),
                         QKeySequence(Qt::Key_G),
                         [this](bool on) { m_view->setShowsFrames(on); });
    m_blocks = addToggle("view-map-blocks",
                         "map-mask",
                         tr("&Block overlay"),
                         tr("Draws the blocks where they are large enough, and marks those at a "
                            "border of frames."),
                         QKeySequence(Qt::Key_B),
                         [this](bool on) { m_view->setShowsBlocks(on); });
    m_zoomOut = addAction("view-map-zoom-out",
                          "view-zoom-out",
                          tr("Zoom &out"),
                          tr("Shows more of the map."),
                          QKeySequence(Qt::CTRL | Qt::Key_Minus),
                          [this] { m_view->zoomBy(0.5); });
    m_zoomIn = addAction("view-map-zoom-in",
                         "view-zoom-in",
                         tr("Zoom &in"),
                         tr("Shows the middle of the map twice as large."),
                         QKeySequence(Qt::CTRL | Qt::Key_Plus),
                         [this] { m_view->zoomBy(2.0); });
    m_fit = addAction("view-map-fit",
                      "view-fit",
                      tr("&Whole map"),
                      tr("Shows the whole map as large as there is room."),
                      QKeySequence(Qt::CTRL | Qt::Key_0),
                      [this] { m_view->fit(); });
    m_actualSize = addAction("view-map-actual-size",
                             "view-actual-size",
                             tr("One pixel a &token"),
                             tr("Shows each token on one pixel of the screen."),
                             QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_1),
                             [this] { m_view->setZoom(1.0); });
}

void PlanWorkspace::showView() {
    const bool hasBlocks = m_view->drawsBlocks();
    m_level->set(hasBlocks ? tr("%1-blocks").arg(m_choice.block) : tr("Frames"), hasBlocks);
    m_scale->setText(scaleWords(m_view->zoom()));
    m_figures->overview().setSeen(m_view->view().tokens());
    m_zoomIn->setEnabled(m_view->zoom() < MaskView::kLargestZoom);
    m_zoomOut->setEnabled(!m_view->isFitted() && m_view->zoom() > m_view->smallestZoom());
    m_fit->setEnabled(!m_view->isFitted());
}

void PlanWorkspace::showPair() {
    const auto& pair = m_view->pair();
    m_pair->setForegroundRole(pair ? QPalette::WindowText : QPalette::PlaceholderText);
    if (!pair) {
        m_pair->setText(tr("Point at the map, or use the arrow keys: which tokens meet there."));
        m_block->clear();
        m_view->setAccessibleDescription({});
        return;
    }
    const plan::TokenPlace query = plan::placeOf(m_choice.layout, pair->query);
    const plan::TokenPlace key = plan::placeOf(m_choice.layout, pair->key);
    m_pair->setText(
        tr("Query %1; key %2: %3.")
            .arg(placeWords(query), placeWords(key), reasonWords(m_choice.mask, query, key)));
    const plan::BlockMap& map = m_view->blocks();
    const std::int64_t row = pair->query / m_choice.block;
    const std::int64_t column = pair->key / m_choice.block;
    const QString place = tr("Block %1, %2").arg(ui::number(row), ui::number(column));
    const double share = static_cast<double>(map.keptPairs(row, column)) /
                         static_cast<double>(map.pairs(row, column));
    switch (map.kind(row, column)) {
        case plan::BlockKind::Full:
            m_block->setText(tr("%1: full, all of its pairs are kept.").arg(place));
            break;
        case plan::BlockKind::Partial:
            m_block->setText(tr("%1: border, computed whole for %2 of its pairs.")
                                 .arg(place, percent(share, 2)));
            break;
        case plan::BlockKind::Skipped:
            m_block->setText(tr("%1: skipped whole.").arg(place));
            break;
    }
    m_view->setAccessibleDescription(m_pair->text() + QLatin1Char(' ') + m_block->text());
}

void PlanWorkspace::copyFigures() {
    QApplication::clipboard()->setText(figuresText(m_choice));
    Q_EMIT statusChanged(tr("Figures copied"));
}

void PlanWorkspace::askExport() {
    auto* dialog = new QFileDialog(this, tr("Export map"), QDir::homePath());
    dialog->setObjectName(QStringLiteral("plan.export"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Picture (*.png)"));
    dialog->setDefaultSuffix(QStringLiteral("png"));
    dialog->selectFile(
        QStringLiteral("mask-%1.png")
            .arg(toQt(m_choice.mask.name()).replace(QLatin1Char(':'), QLatin1Char('-'))));
    connect(dialog, &QFileDialog::fileSelected, this, &PlanWorkspace::exportTo);
    dialog->open();
}

void PlanWorkspace::exportTo(const QString& target) {
    auto error = std::make_shared<std::optional<base::Error>>();
    services().disk.run(
        this,
        [picture = m_view->picture(), figures = figuresText(m_choice), target, error] {
            *error = write(picture.drawn(kExportRatio, figures), target);
        },
        [this, target, error] { showExported(target, *error); });
}

void PlanWorkspace::showExported(const QString& target, const std::optional<base::Error>& error) {
    auto* banner =
        error ? new Banner(Banner::Kind::Error, toQt(error->message), toQt(error->hint), this)
              : new Banner(Banner::Kind::Success, tr("Exported the map"), target, this);
    banner->setClosable(true);
    setBanner(banner);
}

// Deleted later: a banner goes away from inside one of its own buttons.
void PlanWorkspace::setBanner(Banner* banner) {
    if (m_banner) {
        m_banner->hide();
        m_banner->deleteLater();
    }
    m_banner = banner;
    if (banner) {
        banner->setObjectName(QStringLiteral("plan.banner"));
        m_banners->addWidget(banner);
        connect(banner, &Banner::closed, this, [this, banner] {
            if (m_banner == banner) {
                setBanner(nullptr);
            }
        });
    }
}

QJsonObject PlanWorkspace::state() const {
    const plan::BlockCount count =
        plan::countBlocks(m_choice.mask, m_choice.layout, m_choice.block);
    QJsonObject state = toJson(m_choice);
    state.insert(QStringLiteral("skips_percent"), 100.0 * count.sparsity());
    state.insert(QStringLiteral("kept_blocks"), static_cast<qint64>(count.computed));
    state.insert(QStringLiteral("blocks"), static_cast<qint64>(count.total));
    state.insert(QStringLiteral("published"), m_published->count());
    state.insert(QStringLiteral("published_agree"), m_published->agreeing());
    state.insert(QStringLiteral("zoom"), m_view->zoom());
    state.insert(QStringLiteral("draws_blocks"), m_view->drawsBlocks());
    state.insert(QStringLiteral("map"), m_view->json());
    if (const auto& pair = m_view->pair()) {
        state.insert(QStringLiteral("query"), static_cast<qint64>(pair->query));
        state.insert(QStringLiteral("key"), static_cast<qint64>(pair->key));
    }
    return state;
}

QStringList PlanWorkspace::screenshotStates() const {
    return {QStringLiteral("idle"),
            QStringLiteral("blocks"),
            QStringLiteral("actual-size"),
            QStringLiteral("many-frames"),
            QStringLiteral("own-shape")};
}

void PlanWorkspace::showScreenshotState(const QString& state) {
    const auto presets = plan::shapePresets();
    setBanner(nullptr);
    if (state == QStringLiteral("blocks")) {
        choose({presets[2].layout, plan::maskWithReferences(13, 3), plan::kBlock});
        m_view->setZoom(0.16);
        m_view->centreOn({3800.0, 3800.0});
        m_view->setPair(MaskView::Pair{4330, 3050});
    } else if (state == QStringLiteral("actual-size")) {
        choose({presets[0].layout, plan::maskWithReferences(8, 2), plan::kBlock});
        m_view->setZoom(1.0);
        m_view->centreOn({14400.0, 10800.0});
        m_view->setPair(MaskView::Pair{10790, 14420});
    } else if (state == QStringLiteral("many-frames")) {
        choose({presets[1].layout, plan::maskWithReferences(24, 4), plan::kBlock});
        m_view->fit();
        m_view->setPair(std::nullopt);
    } else if (state == QStringLiteral("own-shape")) {
        choose({{8, 100, 20}, plan::maskWithReferences(8, 3), plan::kBlock / 2});
        m_view->fit();
        m_view->setPair(MaskView::Pair{333, 250});
    } else {
        choose(firstMaskChoice());
        m_view->fit();
        m_view->setPair(std::nullopt);
    }
}

}  // namespace tessera::ui
