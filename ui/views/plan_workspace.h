#pragma once

// The Plan workspace: the mask explorer. The token matrix in the middle, shape and masks on the
// left, figures and the paper's values on the right. One choice is behind all of them. GUI thread.

#include "core/base/result.h"
#include "ui/views/mask_choice.h"
#include "ui/views/workspace.h"

#include <functional>
#include <optional>

class QAction;
class QLabel;
class QToolButton;
class QVBoxLayout;

namespace tessera::ui {

class Banner;
class FamilyPanel;
class GeometryPanel;
class MaskFigures;
class MaskView;
class PublishedPanel;
class Tag;

class PlanWorkspace final : public Workspace {
    Q_OBJECT

public:
    explicit PlanWorkspace(const Services& services, QWidget* parent = nullptr);

    void resetLayout() override;
    QJsonObject state() const override;
    void entered() override;

    QStringList screenshotStates() const override;
    void showScreenshotState(const QString& state) override;

    const MaskChoice& choice() const { return m_choice; }

    void choose(const MaskChoice& choice);

    MaskView& view() { return *m_view; }

    // What the matrix shows as a PNG of twice its size, drawn and written off the GUI thread; an
    // existing file is replaced.
    void exportTo(const QString& target);

private:
    void makeActions();
    void makeMapActions();
    QAction* addToggle(const char* name,
                       const char* drawing,
                       const QString& text,
                       const QString& tooltip,
                       const QKeySequence& keys,
                       std::function<void(bool)> run);
    QWidget* makeCanvas();
    QWidget* makeToolRow(QWidget* parent);
    QWidget* makeReadOut(QWidget* parent);
    void makeDocks();
    void followView();

    void showView();
    void showPair();
    void copyFigures();
    void askExport();
    void showExported(const QString& target, const std::optional<base::Error>& error);
    void setBanner(Banner* banner);

    MaskChoice m_choice;
    Tag* m_level = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_scale = nullptr;
    MaskView* m_view = nullptr;
    QLabel* m_pair = nullptr;
    QLabel* m_block = nullptr;
    QVBoxLayout* m_banners = nullptr;
    Banner* m_banner = nullptr;
    GeometryPanel* m_geometry = nullptr;
    FamilyPanel* m_family = nullptr;
    MaskFigures* m_figures = nullptr;
    PublishedPanel* m_published = nullptr;
    Dock* m_explorerDock = nullptr;
    QAction* m_frames = nullptr;
    QAction* m_blocks = nullptr;
    QAction* m_zoomIn = nullptr;
    QAction* m_zoomOut = nullptr;
    QAction* m_fit = nullptr;
    QAction* m_actualSize = nullptr;
    QAction* m_export = nullptr;
};

}  // namespace tessera::ui
