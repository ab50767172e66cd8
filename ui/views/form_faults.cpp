#include "ui/views/form_faults.h"

#include "ui/bridge/text.h"
#include "ui/numbers.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <string_view>

namespace tessera::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(FormFaults)
};

struct Place {
    std::string_view where;
    FormField field;
};

constexpr std::array kPlaces{
    Place{"prompt", FormField::Prompt},
    Place{"negative_prompt", FormField::Negative},
    Place{"model", FormField::Model},
    Place{"stage", FormField::Stage},
    Place{"size", FormField::Size},
    Place{"width", FormField::Size},
    Place{"height", FormField::Size},
    Place{"video_frames", FormField::Frames},
    Place{"fps", FormField::Fps},
    Place{"steps", FormField::Steps},
    Place{"cfg_scale", FormField::Guidance},
    Place{"masks", FormField::Masks},
    Place{"seed", FormField::Seed},
    Place{"precision", FormField::Precision},
    Place{"device", FormField::Device},
    Place{"threads", FormField::Threads},
    Place{"max_ram", FormField::Memory},
    Place{"max_vram", FormField::Memory},
};

constexpr std::size_t kMostFixes = 2;

// The numbers of "Use 720 or 736.", as texts; only of the sentence that begins with Use.
QStringList numbersOfHint(const QString& hint) {
    static const QRegularExpression kSentence(QStringLiteral("\\bUse ([^,]*?)(\\.\\s|\\.$|,|$)"));
    static const QRegularExpression kNumber(QStringLiteral("\\d+ x \\d+|\\d+(\\.\\d+)?"));
    const QRegularExpressionMatch sentence = kSentence.match(hint);
    QStringList numbers;
    if (sentence.hasMatch()) {
        auto found = kNumber.globalMatch(sentence.captured(1));
        while (found.hasNext()) {
            numbers.append(found.next().captured());
        }
    }
    return numbers;
}

FormFix useSize(int width, int height) {
    const QString words = size(width, height);
    return {Words::tr("Use %1").arg(words), [words](FormValues& form) { form.size = words; }, {}};
}

std::optional<FormFix> fixOfNumber(FormField field, const QString& text) {
    if (field == FormField::Size) {
        const auto wanted = readSize(text);
        return wanted ? std::optional(useSize(wanted->first, wanted->second)) : std::nullopt;
    }
    const double value = text.toDouble();
    const int whole = static_cast<int>(value);
    const QString words = Words::tr("Use %1");
    switch (field) {
        case FormField::Frames:
            return FormFix{
                words.arg(whole), [whole](FormValues& form) { form.frames = whole; }, {}};
        case FormField::Fps:
            return FormFix{words.arg(text), [value](FormValues& form) { form.fps = value; }, {}};
        case FormField::Steps:
            return FormFix{words.arg(whole), [whole](FormValues& form) { form.steps = whole; }, {}};
        case FormField::Guidance:
            return FormFix{
                words.arg(text), [value](FormValues& form) { form.guidance = value; }, {}};
        case FormField::Threads:
            return FormFix{whole == 0 ? Words::tr("Use all cores") : words.arg(whole),
                           [whole](FormValues& form) { form.threads = whole; },
                           {}};
        default:
            return {};
    }
}

// Smaller sizes first: they always help. Then the other number format, then a limit of our own.
std::vector<FormFix> memoryFixes(const GenerationForm& form, bool isLimit) {
    std::vector<FormFix> fixes;
    const auto now = readSize(form.values.size);
    if (const engine::ModelInfo* model = form.model(); model && now) {
        std::vector<std::pair<int, int>> smaller;
        std::ranges::copy_if(model->sizes, std::back_inserter(smaller), [&](const auto& other) {
            return other.first * other.second < now->first * now->second;
        });
        std::ranges::sort(
            smaller, std::ranges::greater{}, [](const auto& s) { return s.first * s.second; });
        for (const auto& [width, height] : smaller) {
            fixes.push_back(useSize(width, height));
            break;
        }
    }
    if (form.values.precision != pipeline::Precision::Bf16) {
        fixes.push_back({Words::tr("Use bf16"),
                         [](FormValues& values) { values.precision = pipeline::Precision::Bf16; },
                         {}});
    }
    if (isLimit) {
        fixes.push_back({Words::tr("Lift the limit"), {}, 0.0});
    }
    return fixes;
}

std::vector<FormFix> fixesOf(FormField field,
                             const base::Error& error,
                             const GenerationForm& form) {
    if (error.code == base::ErrorCode::OutOfMemory) {
        return memoryFixes(form, fieldOf(error) == FormField::Memory && !error.where.empty());
    }
    std::vector<FormFix> fixes;
    switch (field) {
        case FormField::Stage:
            fixes.push_back({Words::tr("Use base"),
                             [](FormValues& values) { values.stage = pipeline::Stage::Base; },
                             {}});
            break;
        case FormField::Model:
            if (!form.values.model.isEmpty()) {
                fixes.push_back({Words::tr("Use the bundled model"),
                                 [](FormValues& values) { values.model.clear(); },
                                 {}});
            }
            break;
        case FormField::Masks:
            fixes.push_back({Words::tr("Use dense"),
                             [](FormValues& values) {
                                 values.masks.clear();
                                 values.plan = {};
                             },
                             {}});
            break;
        case FormField::Device:
            fixes.push_back({Words::tr("Use what is there"),
                             [](FormValues& values) { values.device = {}; },
                             {}});
            break;
        default:
            for (const QString& text : numbersOfHint(toQt(error.hint))) {
                if (auto fix = fixOfNumber(field, text); fix && fixes.size() < kMostFixes) {
                    fixes.push_back(std::move(*fix));
                }
            }
    }
    return fixes;
}

// The field's sentence stands alone when buttons say what the hint says.
QString messageOf(const base::Error& error, bool hasFixes) {
    const QString message = toQt(error.message);
    return hasFixes || error.hint.empty() ? message : message + QLatin1Char(' ') + toQt(error.hint);
}

}  // namespace

FormField fieldOf(const base::Error& error) {
    const auto known = std::ranges::find(kPlaces, std::string_view(error.where), &Place::where);
    if (known != kPlaces.end()) {
        return known->field;
    }
    switch (error.code) {
        case base::ErrorCode::BadModel:
        case base::ErrorCode::BadFile:
        case base::ErrorCode::NewerSchema:
        case base::ErrorCode::NotFound:
            return FormField::Model;
        case base::ErrorCode::Unsupported:
            return FormField::Device;
        case base::ErrorCode::OutOfMemory:
            return FormField::Memory;
        default:
            return FormField::Other;
    }
}

FormFault faultOf(const base::Error& error, const GenerationForm& form) {
    FormFault fault;
    fault.field = fieldOf(error);
    fault.code = error.code;
    fault.fixes = fixesOf(fault.field, error, form);
    fault.message = messageOf(error, !fault.fixes.empty());
    return fault;
}

std::vector<FormFault> localFaults(const GenerationForm& form, bool promptMatters) {
    std::vector<FormFault> faults;
    const FormValues& values = form.values;
    if (promptMatters && values.prompt.trimmed().isEmpty()) {
        faults.push_back(
            {FormField::Prompt,
             Words::tr("The prompt is empty; say what the clip should show."),
             {{Words::tr("Use an example"),
               [](FormValues& v) { v.prompt = Words::tr("a red ball bouncing over the sea"); },
               {}}}});
    }
    if (!values.size.isEmpty() && !readSize(values.size)) {
        FormFault fault{FormField::Size,
                        Words::tr("“%1” is no size; it is two numbers, such as 288 × 192.")
                            .arg(values.size.left(24)),
                        {}};
        if (const engine::ModelInfo* model = form.model(); model && model->defaults.width > 0) {
            fault.fixes.push_back(useSize(model->defaults.width, model->defaults.height));
        }
        faults.push_back(std::move(fault));
    }
    if (!values.seed.trimmed().isEmpty() && !readSeed(values.seed)) {
        faults.push_back(
            {FormField::Seed,
             Words::tr("“%1” is no seed; it is a whole number from 0.").arg(values.seed.left(24)),
             {{Words::tr("Use a new seed"),
               [](FormValues& v) { v.seed = QString::number(newSeed()); },
               {}}}});
    }
    return faults;
}

void neutralise(pipeline::GenerationRequest& request, FormField field) {
    const pipeline::GenerationRequest open;
    switch (field) {
        case FormField::Prompt:
            request.prompt = "a red ball";
            break;
        case FormField::Model:
            request.model = open.model;
            break;
        case FormField::Stage:
            request.stage = open.stage;
            break;
        case FormField::Size:
            request.width = open.width;
            request.height = open.height;
            break;
        case FormField::Frames:
            request.videoFrames = open.videoFrames;
            break;
        case FormField::Fps:
            request.fps = open.fps;
            break;
        case FormField::Steps:
            request.steps = open.steps;
            break;
        case FormField::Guidance:
            request.cfgScale = open.cfgScale;
            break;
        case FormField::Masks:
            request.masks = open.masks;
            request.plan = open.plan;
            break;
        case FormField::Device:
            request.device = open.device;
            break;
        case FormField::Threads:
            request.threads = open.threads;
            break;
        case FormField::Memory:
            request.maxRamGb = 0.0;
            request.maxVramGb = 0.0;
            break;
        default:
            break;
    }
}

QString faultSummary(const std::vector<FormFault>& faults) {
    QStringList names;
    for (const FormFault& fault : faults) {
        if (!fault.isWarning() && !names.contains(fieldName(fault.field))) {
            names.append(fieldName(fault.field));
        }
    }
    if (names.isEmpty()) {
        return {};
    }
    const QString count = names.size() == 1 ? Words::tr("1 field to fix: %1")
                                            : Words::tr("%1 fields to fix: %2").arg(names.size());
    return count.arg(names.join(QStringLiteral(", ")));
}

}  // namespace tessera::ui
