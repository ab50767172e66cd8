#pragma once

// What this machine has, how quick it is and what is missing, as tables; the same report as
// `tessera doctor`. GUI thread; the measuring is the engine client's.

#include "core/engine/make_engine.h"

#include <QDialog>
#include <QElapsedTimer>
#include <QTimer>

class QLabel;
class QProgressBar;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace tessera::ui {

class EngineClient;

class DoctorDialog final : public QDialog {
    Q_OBJECT

public:
    DoctorDialog(EngineClient& engine, QWidget* parent);

    void showReport(const engine::DoctorReport& report);

private:
    void measure();
    void showMeasuring();
    QVBoxLayout* newPage();
    void addDevices(QVBoxLayout& page, const engine::DoctorReport& report);
    void addProducts(QVBoxLayout& page, const engine::DoctorReport& report);
    void addFolders(QVBoxLayout& page, const engine::DoctorReport& report);
    void addMissing(QVBoxLayout& page, const engine::DoctorReport& report);

    EngineClient& m_engine;
    QScrollArea* m_area = nullptr;
    QLabel* m_note = nullptr;
    QProgressBar* m_progress = nullptr;
    QPushButton* m_again = nullptr;
    QPushButton* m_copy = nullptr;
    QTimer m_timer;
    QElapsedTimer m_since;
    QString m_text;
};

// The report as lines, for the clipboard.
QString reportText(const engine::DoctorReport& report);

}  // namespace tessera::ui
