#pragma once

// What is measured: the shape, its masks and the kernels. A kernel that does not run here stands
// there with the reason. Shows and reads a BenchForm; knows nothing of the engine. GUI thread.

#include "ui/models/bench_form.h"

#include <QWidget>

#include <array>
#include <vector>

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace tessera::ui {

class Field;
class NumberSpin;

class BenchWhatPanel final : public QWidget {
    Q_OBJECT

public:
    explicit BenchWhatPanel(QWidget* parent = nullptr);

    void show(const BenchForm& form);
    void read(BenchForm& form) const;

    // "cpu", "cuda:0"; the choice is there only where there is more than one.
    void setDevices(const QStringList& devices);

    // All there are; empty = not known yet. `precision` is what "auto" means, may be empty.
    void setKernels(const std::vector<bench::KernelOutlook>& kernels, const QString& precision);

    // "Tick at least one mask." under the masks; empty = nothing is wrong there.
    void setMaskFault(const QString& fault);

Q_SIGNALS:
    void edited();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void addShape(QVBoxLayout* column);
    void addMachine(QVBoxLayout* column);
    void addChoices(QVBoxLayout* column);
    void showShape(const BenchForm& form);
    void showMasks(const BenchForm& form);
    void showKernels(const BenchForm& form);

    QComboBox* m_preset = nullptr;
    Field* m_presetField = nullptr;
    QWidget* m_own = nullptr;
    std::array<NumberSpin*, 5> m_numbers{};  // frames, tokens, text, heads, head size
    QComboBox* m_precision = nullptr;
    QComboBox* m_device = nullptr;
    Field* m_deviceField = nullptr;
    QGridLayout* m_maskGrid = nullptr;
    Field* m_maskField = nullptr;
    QVBoxLayout* m_kernelColumn = nullptr;
    QLabel* m_noKernels = nullptr;
    std::vector<QCheckBox*> m_masks;
    std::vector<QCheckBox*> m_kernelBoxes;
    std::vector<bench::KernelOutlook> m_kernels;
    BenchForm m_form;  // as it was shown last
};

}  // namespace tessera::ui
