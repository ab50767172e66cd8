#pragma once

// The workspace Generate: a sentence in, a clip out. Left what to make, in the middle the clip
// while it takes shape, right what the engine makes of the request. Holds the fields and follows
// one run; its panels only show and read. GUI thread.

#include "core/jobs/recipe.h"
#include "ui/views/fault_places.h"
#include "ui/views/form_faults.h"
#include "ui/views/generation_form.h"
#include "ui/views/generation_run.h"
#include "ui/views/request_check.h"
#include "ui/views/workspace.h"
#include "ui/widgets/player.h"

#include <QSet>
#include <QTimer>

#include <filesystem>
#include <functional>
#include <optional>

namespace tessera::ui {

class CanvasPanel;
class ClipPanel;
class DevicePanel;
class DockColumn;
class DockScroll;
class PromptPanel;
class RecentPanel;
class RecipePanel;
class SpeedPanel;
struct QueueRow;
class StartPanel;

class GenerateWorkspace final : public Workspace {
    Q_OBJECT

public:
    explicit GenerateWorkspace(const Services& services, QWidget* parent = nullptr);
    ~GenerateWorkspace() override;

    void resetLayout() override;
    QJsonObject state() const override;
    void entered() override;
    QStringList screenshotStates() const override;
    void showScreenshotState(const QString& name) override;

    // All fields as the recipe ran; its seed, or another one.
    void useRecipe(const jobs::Recipe& recipe, bool newSeed);

    // Reads the recipe of a clip or JSON file, then uses it.
    void restoreRecipe(const std::filesystem::path& file, bool newSeed = false);

    // Another prompt, the other fields as they are.
    void usePrompt(const QString& prompt);

    // Shows a clip. Over the preview of a running job it lies until showPreview().
    void showClip(const std::filesystem::path& file, const pipeline::GenerationRequest& asked);
    void showPreview();

    // The clip of a job that is done, or the ways on from one that failed.
    void showJob(const QueueRow& row);

    // All fields as a job asked for them.
    void useRequest(const pipeline::GenerationRequest& request);

protected:
    void showEvent(QShowEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    enum class Place { Last, Next };

    // What lies on the canvas when nothing runs.
    struct Shown {
        base::SharedFrames frames;
        std::filesystem::path path;
        QString prompt;
        std::uint64_t seed = 0;
    };

    // generate_workspace.cpp
    void makePanels();
    void makeDocks();
    DockScroll* addColumnDock(DockColumn& column,
                              const QString& name,
                              const QString& title,
                              Qt::DockWidgetArea area,
                              QWidget* body,
                              bool stretches);
    void followPanels();
    void followEngine();
    void followDisk();
    void askEngine();
    void edited();
    void gather();
    void spread();
    void applyFix(const FormFix& fix);
    void changeFields(const std::function<void(FormValues&)>& change);
    void start(Place place, int count = 1);
    void startAgain(const pipeline::GenerationRequest& request, const FormFix& fix, Place place);
    bool submit(pipeline::GenerationRequest request, Place place);

    // generate_actions.cpp
    void makeActions();
    void makeJobActions();
    void makeFieldActions();
    void makeViewActions();
    void askRecipeFile();
    void askExport();
    void exportTo(const QString& file);

    // generate_show.cpp
    void showAnswer(const RequestAnswer& answer);
    void showFaults();
    void showStart();
    void showRun();
    void showRail();
    void showHeader();
    void showDevice();
    void showFailure(const pipeline::GenerationRequest& request,
                     const base::Error& error,
                     int phase);
    QString waitingPrice(const QString& time) const;
    void showFinished(const pipeline::GenerationResult& result,
                      const pipeline::GenerationRequest& asked);
    void showOnCanvas(Shown shown);
    void sayStatus();

    // generate_samples.cpp
    void beginSamples();
    void showSampleFaults();
    void showSampleRun(RunState state);

    // generate_recipes.cpp
    void restoreDraft();
    void scheduleDraft();
    void keepDraft();
    void receiveRecipe(const QString& file, const jobs::Recipe& recipe);
    void refuseRecipe(const QString& file, const base::Error& error);

    GenerationForm m_form;
    RequestCheck m_check;
    GenerationRun m_run;
    Player m_player;
    FaultPlaces m_places;
    RequestAnswer m_answer;
    engine::DoctorReport m_machine;
    Shown m_shown;
    Shown m_awaitedShown;  // asked for, its frames not here yet
    QTimer m_draftTimer;

    CanvasPanel* m_canvas = nullptr;
    PromptPanel* m_promptPanel = nullptr;
    ClipPanel* m_clipPanel = nullptr;
    SpeedPanel* m_speedPanel = nullptr;
    StartPanel* m_startPanel = nullptr;
    RecipePanel* m_recipePanel = nullptr;
    DevicePanel* m_devicePanel = nullptr;
    RecentPanel* m_recentPanel = nullptr;
    class Dock* m_recipeDock = nullptr;

    QString m_awaitedRecipe;
    QString m_awaitedClip;
    QSet<QString> m_givenPaths;
    bool m_awaitedNewSeed = false;
    bool m_promptMatters = false;
    bool m_isSeedUsed = false;
    bool m_isSpreading = false;
    bool m_isAside = false;  // a clip lies over the preview of the running job
    bool m_wasShown = false;
    bool m_isSample = false;  // pictures are being made: nothing of them is kept
};

}  // namespace tessera::ui
