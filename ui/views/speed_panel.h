#pragma once

// The speed dial: its three faces, of which Dense works before there are plans; what makes a dense
// clip quicker today (steps, number format, device, threads); and what all that means in seconds
// and memory. GUI thread.

#include "ui/views/generation_form.h"

#include <QWidget>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

class QComboBox;
class QLabel;
class QVBoxLayout;

namespace tessera::ui {

class FaultPlaces;
class NumberSpin;
class Segmented;

class SpeedPanel final : public QWidget {
    Q_OBJECT

public:
    explicit SpeedPanel(FaultPlaces& places, QWidget* parent = nullptr);

    void show(const FormValues& values);
    void read(FormValues& values) const;

    // Devices by name, "cpu" and "cuda:0"; auto is always there.
    void setDevices(const QStringList& devices);

    // Empty = not known. `isTooMuch` marks the memory in the error colour.
    void showEstimate(const std::optional<engine::GenerationEstimate>& estimate,
                      std::uint64_t machineBytes,
                      bool isTooMuch);

Q_SIGNALS:
    void edited();
    void stepsChosen(int steps);

protected:
    void changeEvent(QEvent* event) override;

private:
    struct ReadOut {
        QLabel* name = nullptr;
        QLabel* value = nullptr;
        QLabel* note = nullptr;
    };

    void addDial(QVBoxLayout* column, FaultPlaces& places);
    void addMeans(QVBoxLayout* column, FaultPlaces& places);
    void addReadOuts(QVBoxLayout* column);
    void paintMemory();

    void showMasks();
    QString maskWords() const;

    Segmented* m_faces = nullptr;
    QLabel* m_maskNote = nullptr;
    std::vector<std::string> m_masks;
    pipeline::PlanOrigin m_plan;
    Segmented* m_preset = nullptr;
    Segmented* m_precision = nullptr;
    QComboBox* m_device = nullptr;
    NumberSpin* m_threads = nullptr;
    std::array<ReadOut, 3> m_readOuts;
    bool m_isTooMuch = false;
};

}  // namespace tessera::ui
