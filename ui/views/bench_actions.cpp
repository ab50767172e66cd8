// What keys, menus and buttons of the Bench do.

#include "core/jobs/bench_file.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"
#include "ui/models/bench_words.h"
#include "ui/style/icons.h"
#include "ui/views/bench_baselines_panel.h"
#include "ui/views/bench_canvas.h"
#include "ui/views/bench_workspace.h"
#include "ui/widgets/banner.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>

#include <memory>

namespace tessera::ui {

void BenchWorkspace::makeActions() {
    m_runAction = addAction("bench-run",
                            "bench-run",
                            tr("&Run bench"),
                            tr("Measures the ticked kernels under the ticked masks."),
                            QKeySequence(Qt::CTRL | Qt::Key_Return),
                            [this] { start(); });
    m_cancelAction = addAction("bench-cancel",
                               "job-cancel",
                               tr("&Cancel bench"),
                               tr("Stops the measurement and keeps nothing of it."),
                               QKeySequence(Qt::CTRL | Qt::Key_Period),
                               [this] { m_run.cancel(); });
    m_keep = addAction("bench-keep",
                       "baseline-add",
                       tr("&Add this run as baseline"),
                       tr("Keeps the measurement, so that later ones are compared with it."),
                       QKeySequence(Qt::CTRL | Qt::Key_B),
                       [this] { addBaseline(); });
    m_copy = addAction("copy-bench",
                       "copy",
                       tr("Copy &table"),
                       tr("Puts the rows on the clipboard, for a spreadsheet."),
                       QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
                       [this] { copyTable(); });
    m_import =
        addAction("file-bench-import",
                  "file-import",
                  tr("&Import measurement…"),
                  tr("Shows a measurement that was exported, or printed by the command line."),
                  QKeySequence(Qt::CTRL | Qt::Key_O),
                  [this] { askImport(); });
    m_export = addAction("file-bench-export",
                         "file-export",
                         tr("&Export measurement…"),
                         tr("Saves the measurement as CSV or JSON."),
                         QKeySequence(Qt::CTRL | Qt::Key_E),
                         [this] { askExport(); });
}

void BenchWorkspace::start() {
    if (m_run.isActive() || !faultText().isEmpty()) {
        return;
    }
    m_canvas->setBanner(nullptr);
    m_run.start(
        m_form.request(m_outlook ? m_outlook->kernels : std::vector<bench::KernelOutlook>()));
}

// The name is there to be written over.
void BenchWorkspace::addBaseline() {
    if (!m_table.result() || m_isKept) {
        return;
    }
    const bench::BenchResult& result = *m_table.result();
    m_isKept = true;
    const QString id =
        m_baselines.add(tr("Run of %1").arg(dateText(result.environment.date)), result);
    m_baselinesPanel->beginRename(id);
    showStart();
}

void BenchWorkspace::offerUndo(const Baseline& baseline) {
    auto* banner = new Banner(Banner::Kind::Info,
                              tr("Removed the baseline “%1”").arg(baseline.name),
                              tr("Its file is gone from the data folder."),
                              m_canvas);
    banner->setWays({{tr("Undo"),
                      QString(),
                      QStringLiteral("recipe-restore"),
                      [this, baseline] {
                          m_baselines.restore(baseline);
                          m_canvas->setBanner(nullptr);
                      }}},
                    false);
    banner->setClosable(true);
    m_canvas->setBanner(banner);
}

void BenchWorkspace::copyTable() {
    QApplication::clipboard()->setText(m_table.plainTable());
}

// ---- Files ----

void BenchWorkspace::askExport() {
    if (!m_table.result()) {
        return;
    }
    auto* dialog = new QFileDialog(this,
                                   tr("Export measurement"),
                                   QDir::home().filePath(QStringLiteral("bench.csv")),
                                   tr("Table (*.csv);;JSON (*.json)"));
    dialog->setObjectName(QStringLiteral("bench.export"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.contains(QStringLiteral("json")) ? QStringLiteral("json")
                                                                         : QStringLiteral("csv"));
    });
    connect(dialog, &QFileDialog::fileSelected, this, &BenchWorkspace::exportTo);
    dialog->open();
}

void BenchWorkspace::exportTo(const QString& file) {
    if (!m_table.result()) {
        return;
    }
    auto status = std::make_shared<base::Status>();
    services().disk.run(
        this,
        [status, result = *m_table.result(), path = pathOf(file)] {
            *status = jobs::writeBenchFile(path, result);
        },
        [this, status, file] {
            if (!*status) {
                showError(tr("The measurement was not saved"), status->error());
                return;
            }
            auto* banner =
                new Banner(Banner::Kind::Success, tr("Saved the measurement"), file, m_canvas);
            banner->setClosable(true);
            m_canvas->setBanner(banner);
        });
}

void BenchWorkspace::askImport() {
    auto* dialog = new QFileDialog(
        this, tr("Import measurement"), QDir::homePath(), tr("Measurements (*.csv *.json)"));
    dialog->setObjectName(QStringLiteral("bench.import"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &BenchWorkspace::importFrom);
    dialog->open();
}

void BenchWorkspace::importFrom(const QString& file) {
    auto read = std::make_shared<base::Result<bench::BenchResult>>();
    services().disk.run(
        this,
        [read, path = pathOf(file)] { *read = jobs::readBenchFile(path); },
        [this, read, file] {
            if (!*read) {
                showError(tr("The file could not be read as a measurement"), read->error());
                return;
            }
            m_canvas->setBanner(nullptr);
            m_run.dismiss();
            showResult(**read, QFileInfo(file).fileName());
        });
}

}  // namespace tessera::ui
