#pragma once

// The first start after a crash, or after a quit with jobs in line: what was left, each job with
// its fate. Nothing starts by itself: what is taken back waits in a paused queue. GUI thread.

#include "core/jobs/journal.h"

#include <QDateTime>
#include <QDialog>

#include <cstdint>
#include <vector>

class QTableWidget;

namespace tessera::ui {

class EngineClient;

struct LeftBehind {
    std::vector<jobs::RecoveredJob> jobs;
    QDateTime lastSign;      // of life of the run that crashed; may be invalid
    QString unsavedPrompt;   // may be empty
    int temporaryFiles = 0;  // that were removed
    std::uint64_t temporaryBytes = 0;
};

class RecoverDialog final : public QDialog {
    Q_OBJECT

public:
    // `engine` and `journal` outlive the dialog.
    RecoverDialog(LeftBehind left, EngineClient& engine, jobs::Journal& journal, QWidget* parent);

private:
    bool hasCrashed() const;
    void addTable();
    void addRow(int row, const jobs::RecoveredJob& job);
    void addFacts();
    bool submit(std::size_t at);
    void retry(std::size_t at, int row);
    void recoverAll();
    void discardAll();

    LeftBehind m_left;
    EngineClient& m_engine;
    jobs::Journal& m_journal;
    QTableWidget* m_table = nullptr;
    std::vector<bool> m_isTaken;
};

}  // namespace tessera::ui
