#pragma once

// Model and clip: model, stage, size, frames, rate, steps, guidance, seed. GUI thread.

#include "ui/views/generation_form.h"

#include <QWidget>

class QAction;
class QComboBox;
class QLineEdit;
class QVBoxLayout;

namespace tessera::ui {

class FaultPlaces;
class Field;
class NumberSpin;
class Segmented;

class ClipPanel final : public QWidget {
    Q_OBJECT

public:
    // `newSeed` and `lockSeed` (checkable) are the buttons beside the seed.
    ClipPanel(FaultPlaces& places, QAction* newSeed, QAction* lockSeed, QWidget* parent = nullptr);

    // The models there are and what the chosen one offers.
    void setModels(const GenerationForm& form);
    void show(const FormValues& values);
    void read(FormValues& values) const;

Q_SIGNALS:
    void edited();
    void modelChanged();
    void seedTyped();

private:
    void addModel(QVBoxLayout* column, FaultPlaces& places);
    void addShape(QVBoxLayout* column, FaultPlaces& places);
    void addNumbers(QVBoxLayout* column, FaultPlaces& places);
    void addSeed(QVBoxLayout* column, FaultPlaces& places, QAction* newSeed, QAction* lockSeed);
    void offer(const engine::ModelInfo* model);
    void showModel(const QString& folder);

    QComboBox* m_model = nullptr;
    Segmented* m_stage = nullptr;
    QComboBox* m_size = nullptr;
    NumberSpin* m_frames = nullptr;
    NumberSpin* m_fps = nullptr;
    NumberSpin* m_steps = nullptr;
    NumberSpin* m_guidance = nullptr;
    QLineEdit* m_seed = nullptr;
    QAction* m_lock = nullptr;
};

}  // namespace tessera::ui
