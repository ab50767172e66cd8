#include "ui/views/generation_form.h"

#include "core/jobs/words.h"
#include "ui/bridge/text.h"
#include "ui/numbers.h"
#include "ui/settings.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QRegularExpression>

#include <algorithm>
#include <utility>

namespace tessera::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(GenerationForm)
};

constexpr std::uint64_t kSeeds = 1'000'000;
constexpr int kLargestSide = 65'536;

QString textOr(const QJsonObject& json, const char* key, const QString& fallback) {
    return json.value(QLatin1String(key)).toString(fallback);
}

double numberOr(
    const QJsonObject& json, const char* key, double low, double high, double fallback) {
    const double value = json.value(QLatin1String(key)).toDouble(fallback);
    return value >= low && value <= high ? value : fallback;
}

}  // namespace

QString fieldName(FormField field) {
    switch (field) {
        case FormField::Prompt:
            return Words::tr("Prompt");
        case FormField::Negative:
            return Words::tr("Negative");
        case FormField::Model:
            return Words::tr("Model");
        case FormField::Stage:
            return Words::tr("Stage");
        case FormField::Size:
            return Words::tr("Size");
        case FormField::Frames:
            return Words::tr("Frames");
        case FormField::Fps:
            return Words::tr("fps");
        case FormField::Steps:
            return Words::tr("Steps");
        case FormField::Guidance:
            return Words::tr("Guidance");
        case FormField::Masks:
            return Words::tr("Masks");
        case FormField::Seed:
            return Words::tr("Seed");
        case FormField::Precision:
            return Words::tr("Precision");
        case FormField::Device:
            return Words::tr("Device");
        case FormField::Threads:
            return Words::tr("Threads");
        case FormField::Memory:
            return Words::tr("Memory");
        case FormField::Other:
            break;
    }
    return Words::tr("Request");
}

std::optional<std::pair<int, int>> readSize(const QString& text) {
    static const QRegularExpression kForm(
        QStringLiteral("^\\s*(\\d{1,5})\\s*[x\u00D7*X]\\s*(\\d{1,5})\\s*$"));
    const QRegularExpressionMatch match = kForm.match(plain(text));
    if (!match.hasMatch()) {
        return {};
    }
    const int width = match.captured(1).toInt();
    const int height = match.captured(2).toInt();
    if (width < 1 || height < 1 || width > kLargestSide || height > kLargestSide) {
        return {};
    }
    return std::pair{width, height};
}

std::optional<std::uint64_t> readSeed(const QString& text) {
    QString digits;
    for (const QChar letter : text) {
        if (!letter.isSpace()) {
            digits += letter;
        }
    }
    bool isNumber = false;
    const qulonglong seed = digits.toULongLong(&isNumber);
    return isNumber ? std::optional<std::uint64_t>(seed) : std::nullopt;
}

std::uint64_t newSeed() {
    return QRandomGenerator::global()->generate64() % kSeeds;
}

void GenerationForm::setModels(std::vector<engine::ModelInfo> models) {
    m_models = std::move(models);
    const engine::ModelInfo* chosen = model();
    if (!values.model.isEmpty() || (chosen != nullptr && chosen->problems.empty())) {
        return;
    }
    const auto whole = std::ranges::find_if(
        m_models, [](const engine::ModelInfo& info) { return info.problems.empty(); });
    if (whole != m_models.end() && !whole->isBundled) {
        values.model = toQt(whole->folder);
    }
}

const engine::ModelInfo* GenerationForm::model() const {
    const auto found = std::ranges::find_if(m_models, [this](const engine::ModelInfo& info) {
        return values.model.isEmpty() ? info.isBundled : toQt(info.folder) == values.model;
    });
    return found == m_models.end() ? nullptr : &*found;
}

void GenerationForm::fillDefaults() {
    const engine::ModelInfo* info = model();
    if (!info) {
        return;
    }
    const pipeline::GenerationRequest& defaults = info->defaults;
    if (values.size.isEmpty() && defaults.width > 0) {
        values.size = size(defaults.width, defaults.height);
    }
    values.frames = values.frames == 0 ? defaults.videoFrames : values.frames;
    values.fps = values.fps == 0.0 ? defaults.fps : values.fps;
    values.steps = values.steps == 0 ? defaults.steps : values.steps;
    values.guidance = values.guidance == 0.0 ? defaults.cfgScale.value_or(0.0) : values.guidance;
}

pipeline::GenerationRequest GenerationForm::request(const Settings& settings) const {
    pipeline::GenerationRequest request;
    request.prompt = fromQt(values.prompt);
    request.negativePrompt = fromQt(values.negative);
    request.model = pathOf(values.model);
    request.stage = values.stage;
    const auto wanted = readSize(values.size).value_or(std::pair{0, 0});
    request.width = wanted.first;
    request.height = wanted.second;
    request.videoFrames = values.frames;
    request.fps = values.fps;
    request.steps = values.steps;
    if (values.guidance != 0.0) {
        request.cfgScale = values.guidance;
    }
    request.masks = values.masks;
    request.plan = values.plan;
    request.seed = readSeed(values.seed).value_or(0);
    request.device = values.device;
    request.precision = values.precision;
    request.threads = values.threads;
    request.maxRamGb = settings.maxRamGb();
    request.writeMetadata = settings.embedRecipe();
    request.previews = settings.previews();
    return request;
}

void GenerationForm::useRequest(const pipeline::GenerationRequest& request) {
    values.prompt = toQt(request.prompt);
    values.negative = toQt(request.negativePrompt);
    // The bundled model may lie in another folder on this machine.
    const auto known = std::ranges::find(m_models, request.model, &engine::ModelInfo::folder);
    const bool isBundled = known != m_models.end() && known->isBundled;
    values.model = isBundled ? QString() : toQt(request.model);
    values.stage = request.stage;
    values.size = request.width > 0 ? size(request.width, request.height) : QString();
    values.frames = request.videoFrames;
    values.fps = request.fps;
    values.steps = request.steps;
    values.guidance = request.cfgScale.value_or(0.0);
    values.masks = request.masks;
    values.plan = request.plan;
    values.seed = QString::number(request.seed);
    values.isSeedLocked = true;
    values.precision = request.precision;
    values.device = request.device;
    values.threads = request.threads;
}

QJsonObject GenerationForm::toJson() const {
    QStringList masks;
    for (const std::string& mask : values.masks) {
        masks.append(toQt(mask));
    }
    return {
        {QStringLiteral("prompt"), values.prompt},
        {QStringLiteral("negative_prompt"), values.negative},
        {QStringLiteral("model"), values.model},
        {QStringLiteral("stage"), QString::fromLatin1(jobs::word(values.stage))},
        {QStringLiteral("size"), plain(values.size)},
        {QStringLiteral("video_frames"), values.frames},
        {QStringLiteral("fps"), values.fps},
        {QStringLiteral("steps"), values.steps},
        {QStringLiteral("cfg_scale"), values.guidance},
        {QStringLiteral("masks"), QJsonArray::fromStringList(masks)},
        {QStringLiteral("plan"),
         QJsonObject{{QStringLiteral("file"), toQt(values.plan.file)},
                     {QStringLiteral("hash"), toQt(values.plan.hash)}}},
        {QStringLiteral("seed"), values.seed},
        {QStringLiteral("seed_locked"), values.isSeedLocked},
        {QStringLiteral("precision"), QString::fromLatin1(jobs::word(values.precision))},
        {QStringLiteral("device"), toQt(jobs::word(values.device))},
        {QStringLiteral("threads"), values.threads},
    };
}

void GenerationForm::fromJson(const QJsonObject& json) {
    values.prompt = textOr(json, "prompt", values.prompt);
    values.negative = textOr(json, "negative_prompt", values.negative);
    values.model = textOr(json, "model", values.model);
    values.size = textOr(json, "size", values.size);
    if (const auto known = readSize(values.size)) {
        values.size = size(known->first, known->second);
    }
    values.frames = static_cast<int>(numberOr(json, "video_frames", 0, 99'999, values.frames));
    values.fps = numberOr(json, "fps", 0, 9'999, values.fps);
    values.steps = static_cast<int>(numberOr(json, "steps", 0, 99'999, values.steps));
    values.guidance = numberOr(json, "cfg_scale", 0, 999, values.guidance);
    if (json.contains(QLatin1String("masks"))) {
        values.masks.clear();
        const QJsonArray masks = json.value(QLatin1String("masks")).toArray();
        for (const auto& mask : masks) {
            values.masks.push_back(fromQt(mask.toString()));
        }
        const QJsonObject plan = json.value(QLatin1String("plan")).toObject();
        values.plan = {fromQt(textOr(plan, "file", {})), fromQt(textOr(plan, "hash", {}))};
    }
    values.seed = textOr(json, "seed", values.seed);
    values.isSeedLocked = json.value(QLatin1String("seed_locked")).toBool(values.isSeedLocked);
    values.threads = static_cast<int>(numberOr(json, "threads", 0, 99'999, values.threads));
    values.stage = jobs::stageOf(fromQt(textOr(json, "stage", {}))).value_or(values.stage);
    values.precision =
        jobs::precisionOf(fromQt(textOr(json, "precision", {}))).value_or(values.precision);
    values.device = jobs::deviceOf(fromQt(textOr(json, "device", {}))).value_or(values.device);
}

}  // namespace tessera::ui
