#pragma once

// The machine: how much memory the clip needs of what there is, how long one step takes, on what
// and with how many threads. GUI thread.

#include "core/engine/make_engine.h"

#include <QWidget>

#include <array>
#include <cstdint>
#include <optional>

class QLabel;
class QVBoxLayout;

namespace tessera::ui {

// Weights, work and what is free, as one bar.
class MemoryBar final : public QWidget {
    Q_OBJECT

public:
    explicit MemoryBar(QWidget* parent);

    void set(std::uint64_t weights, std::uint64_t work, std::uint64_t machine);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::uint64_t m_weights = 0;
    std::uint64_t m_work = 0;
    std::uint64_t m_machine = 0;
};

struct DeviceView {
    std::uint64_t weightBytes = 0;
    std::uint64_t needBytes = 0;  // weights included; 0 = not known
    std::uint64_t machineBytes = 0;
    QString state;
    std::optional<double> stepSeconds;
    QString device;
    int threads = 0;
    int cores = 0;
};

class DevicePanel final : public QWidget {
    Q_OBJECT

public:
    explicit DevicePanel(QWidget* parent = nullptr);

    void show(const DeviceView& view);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QLabel* addRow(QVBoxLayout* column, const QString& name, const char* object);
    void paintLegend();

    MemoryBar* m_bar = nullptr;
    QLabel* m_memory = nullptr;
    QLabel* m_legend = nullptr;
    QLabel* m_state = nullptr;
    QLabel* m_step = nullptr;
    QLabel* m_device = nullptr;
    QLabel* m_threads = nullptr;
    DeviceView m_view;
};

}  // namespace tessera::ui
