#pragma once

// The fields of the Generate workspace as values: what was typed, the request that it means, and
// the same as JSON for drafts and the state dump. Knows no widget, so that it is tested without
// one. GUI thread.

#include "core/engine/make_engine.h"
#include "core/pipeline/request.h"

#include <QJsonObject>
#include <QString>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera::ui {

class Settings;

enum class FormField {
    Prompt,
    Negative,
    Model,
    Stage,
    Size,
    Frames,
    Fps,
    Steps,
    Guidance,
    Masks,
    Seed,
    Precision,
    Device,
    Threads,
    Memory,  // the limit of the settings: nothing of the form itself
    Other
};

QString fieldName(FormField field);

// Zero and empty mean "as the model has it"; texts are kept as typed, so that a fault can name
// them.
struct FormValues {
    QString prompt;
    QString negative;
    QString model;  // folder; empty = the bundled one
    pipeline::Stage stage = pipeline::Stage::Base;
    QString size;  // "384 × 256"
    int frames = 0;
    double fps = 0.0;
    int steps = 0;
    double guidance = 0.0;
    std::vector<std::string> masks;  // of a recipe; none = dense
    pipeline::PlanOrigin plan;       // of the masks
    QString seed;
    bool isSeedLocked = false;  // false = another seed for each run
    pipeline::Precision precision = pipeline::Precision::Auto;
    pipeline::DeviceChoice device;
    int threads = 0;

    bool operator==(const FormValues&) const = default;
};

// Width and height of "384 × 256", "384x256", "384*256"; empty when it is no size.
std::optional<std::pair<int, int>> readSize(const QString& text);

// A seed as typed, group spaces allowed; empty when it is none.
std::optional<std::uint64_t> readSeed(const QString& text);

// Short enough to be said aloud; six digits tell a million clips apart.
std::uint64_t newSeed();

class GenerationForm {
public:
    FormValues values;

    // Where the bundled model has no weights and nobody chose another one, the first whole model is
    // chosen.
    void setModels(std::vector<engine::ModelInfo> models);

    const std::vector<engine::ModelInfo>& models() const { return m_models; }

    // The chosen one; null until the engine has told of it.
    const engine::ModelInfo* model() const;

    // Values that are still open become those of the chosen model.
    void fillDefaults();

    // The request without an output path. `settings` gives memory limit, previews and metadata.
    pipeline::GenerationRequest request(const Settings& settings) const;

    // Fields back from a request: a recipe, or a job to be changed. Its seed is locked.
    void useRequest(const pipeline::GenerationRequest& request);

    // Unknown keys are passed over, missing ones keep the value there is.
    QJsonObject toJson() const;
    void fromJson(const QJsonObject& json);

private:
    std::vector<engine::ModelInfo> m_models;
};

}  // namespace tessera::ui
