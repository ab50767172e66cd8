#pragma once

// The workspace Bench: which kernel, under which mask, how quick on this machine. Left what to
// measure and how, in the middle the medians as bars and as a table, right what they are compared
// with and what they were measured on. Holds the fields and follows one measurement. GUI thread.

#include "ui/models/baseline_list.h"
#include "ui/models/bench_form.h"
#include "ui/models/bench_run.h"
#include "ui/models/bench_table.h"
#include "ui/views/workspace.h"

#include <QTimer>

#include <filesystem>
#include <functional>
#include <optional>

class QLabel;
class QStackedWidget;
class QTableView;

namespace tessera::ui {

class Banner;
class BenchBaselinesPanel;
class BenchCanvas;
class BenchCellPanel;
class BenchEnvironmentPanel;
class BenchProtocolPanel;
class BenchWhatPanel;
class DockColumn;

class BenchWorkspace final : public Workspace {
    Q_OBJECT

public:
    explicit BenchWorkspace(const Services& services, QWidget* parent = nullptr);
    ~BenchWorkspace() override;

    void resetLayout() override;
    QJsonObject state() const override;
    void entered() override;
    QStringList screenshotStates() const override;
    void showScreenshotState(const QString& name) override;

    // The measurement that is shown, as CSV where the name ends in .csv, else as JSON.
    void exportTo(const QString& file);

    // Shows the measurement of a file in place of the present one.
    void importFrom(const QString& file);

protected:
    void showEvent(QShowEvent* event) override;

private:
    // bench_workspace.cpp
    void makePanels();
    QWidget* makeResults();
    void makeDocks();
    void shareHeight();
    Dock* addColumnDock(DockColumn& column,
                        const QString& name,
                        const QString& title,
                        Qt::DockWidgetArea area,
                        QWidget* body,
                        bool stretches,
                        bool rigid);
    void followPanels();
    void followEngine();
    void restoreDraft();
    void keepDraft();
    void edited();
    void spread();
    void askOutlook();
    void takeOutlook(const base::Result<bench::BenchOutlook>& outlook);

    // bench_actions.cpp
    void makeActions();
    void start();
    void addBaseline();
    void offerUndo(const Baseline& baseline);
    void copyTable();
    void askExport();
    void askImport();

    // bench_show.cpp
    void showResult(const bench::BenchResult& result, const QString& origin);
    void showRun();
    void showStart();
    void showBaseline();
    void showTable();
    void showChosen();
    void chooseRow(int row);
    int chosenRow() const;
    void showError(const QString& what, const base::Error& error);
    void sayStatus();
    QString priceText() const;
    QString faultText() const;
    QString titleText() const;

    // bench_samples.cpp
    void beginSamples();

    BenchForm m_form;
    BenchRun m_run;
    BenchTable m_table;
    BaselineList m_baselines;
    std::optional<bench::BenchOutlook> m_outlook;
    std::optional<base::Error> m_refusal;  // of the engine, for the fields as they are
    QString m_origin;                      // of an imported measurement; empty = measured here
    bool m_isKept = false;                 // the measurement that is shown is a baseline already
    bool m_isSpreading = false;
    bool m_wasShown = false;
    bool m_isSample = false;  // pictures are being made: nothing of them is kept
    std::uint64_t m_ticket = 0;
    QTimer m_asking;

    BenchWhatPanel* m_what = nullptr;
    BenchProtocolPanel* m_protocol = nullptr;
    BenchCanvas* m_canvas = nullptr;
    QStackedWidget* m_pages = nullptr;
    QTableView* m_view = nullptr;
    BenchBaselinesPanel* m_baselinesPanel = nullptr;
    BenchEnvironmentPanel* m_environment = nullptr;
    BenchCellPanel* m_cell = nullptr;
    Dock* m_results = nullptr;
    QAction* m_runAction = nullptr;
    QAction* m_cancelAction = nullptr;
    QAction* m_keep = nullptr;
    QAction* m_copy = nullptr;
    QAction* m_export = nullptr;
    QAction* m_import = nullptr;
};

}  // namespace tessera::ui
