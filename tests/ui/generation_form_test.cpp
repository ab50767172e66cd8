// The fields of Generate without a widget: requests, recipes, drafts, and errors at their fields.

#include "ui/views/generation_form.h"

#include "core/jobs/recipe.h"
#include "ui/numbers.h"
#include "ui/settings.h"
#include "ui/views/clip_name.h"
#include "ui/views/form_faults.h"
#include "ui/views/run_progress.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

namespace engine = tessera::engine;
namespace pipeline = tessera::pipeline;
namespace ui = tessera::ui;
using tessera::base::ErrorCode;
using ui::FormFault;
using ui::FormField;
using ui::FormValues;
using ui::GenerationForm;

namespace {

engine::ModelInfo smallModel() {
    engine::ModelInfo model;
    model.name = "Tessera small";
    model.folder = "/models/small";
    model.isBundled = true;
    model.sizes = {{192, 128}, {288, 192}, {384, 256}};
    model.defaults.width = 288;
    model.defaults.height = 192;
    model.defaults.videoFrames = 29;
    model.defaults.fps = 8.0;
    model.defaults.steps = 100;
    model.defaults.cfgScale = 4.0;
    return model;
}

GenerationForm filled() {
    GenerationForm form;
    form.setModels({smallModel()});
    form.values.prompt = QStringLiteral("a red ball");
    form.values.negative = QStringLiteral("rain");
    form.values.size = ui::size(384, 256);
    form.values.frames = 29;
    form.values.fps = 8.0;
    form.values.steps = 20;
    form.values.guidance = 3.5;
    form.values.seed = QStringLiteral("7");
    form.values.isSeedLocked = true;
    form.values.masks = {"2:6"};
    form.values.plan = {"light.plan.json", "2a1572adf751fd07"};
    form.values.precision = pipeline::Precision::Bf16;
    form.values.threads = 2;
    return form;
}

}  // namespace

class GenerationFormTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void sizesAreReadInEveryWriting() {
        QCOMPARE(ui::readSize(QStringLiteral("384 × 256")), std::optional(std::pair(384, 256)));
        QCOMPARE(ui::readSize(QStringLiteral("384x256")), std::optional(std::pair(384, 256)));
        QCOMPARE(ui::readSize(QStringLiteral(" 384 * 256 ")), std::optional(std::pair(384, 256)));
        QVERIFY(!ui::readSize(QStringLiteral("384")));
        QVERIFY(!ui::readSize(QStringLiteral("0 x 256")));
        QVERIFY(!ui::readSize(QStringLiteral("999999 x 256")));
    }

    void seedsTakeTheWholeRange() {
        QCOMPARE(ui::readSeed(QStringLiteral("18446744073709551615")),
                 std::optional(~std::uint64_t{0}));
        QCOMPARE(ui::readSeed(QStringLiteral("481 516")), std::optional<std::uint64_t>(481516));
        QVERIFY(!ui::readSeed(QStringLiteral("-1")));
        QVERIFY(!ui::readSeed(QStringLiteral("18446744073709551616")));
    }

    void theRequestHoldsEveryField() {
        QTemporaryDir folder;
        const ui::Settings settings(folder.filePath(QStringLiteral("settings.ini")));
        const pipeline::GenerationRequest request = filled().request(settings);
        QCOMPARE(request.prompt, std::string("a red ball"));
        QCOMPARE(request.negativePrompt, std::string("rain"));
        QCOMPARE(request.width, 384);
        QCOMPARE(request.height, 256);
        QCOMPARE(request.videoFrames, 29);
        QCOMPARE(request.steps, 20);
        QCOMPARE(request.cfgScale, std::optional(3.5));
        QCOMPARE(request.seed, std::uint64_t{7});
        QCOMPARE(request.precision, pipeline::Precision::Bf16);
        QCOMPARE(request.threads, 2);
        QCOMPARE(request.masks, std::vector<std::string>{"2:6"});
        QCOMPARE(request.plan.file, std::string("light.plan.json"));
    }

    void masksThatDoNotFitAreAFaultOfTheirOwn() {
        GenerationForm form = filled();
        const FormFault fault = ui::faultOf(
            {ErrorCode::BadInput, "The mask 2:11 is for other clips.", "Hm.", "masks"}, form);
        QCOMPARE(fault.field, FormField::Masks);
        QCOMPARE(fault.fixes.size(), std::size_t{1});
        fault.fixes.front().change(form.values);
        QVERIFY(form.values.masks.empty() && form.values.plan.file.empty());
        QTemporaryDir folder;
        const ui::Settings settings(folder.filePath(QStringLiteral("settings.ini")));
        pipeline::GenerationRequest request = filled().request(settings);
        ui::neutralise(request, FormField::Masks);
        QVERIFY(request.masks.empty() && request.plan.file.empty());
        QCOMPARE(ui::faultSummary({fault}), QStringLiteral("1 field to fix: Masks"));
    }

    void aRequestComesBackAsTheSameFields() {
        QTemporaryDir folder;
        const ui::Settings settings(folder.filePath(QStringLiteral("settings.ini")));
        const GenerationForm form = filled();
        GenerationForm other;
        other.setModels({smallModel()});
        pipeline::GenerationRequest request = form.request(settings);
        request.model = "/models/small";
        other.useRequest(request);
        QCOMPARE(other.values, form.values);
    }

    void aDraftComesBackAndHostileNumbersDoNot() {
        const GenerationForm form = filled();
        GenerationForm other;
        other.fromJson(form.toJson());
        QCOMPARE(other.values, form.values);
        other.fromJson({{QStringLiteral("steps"), -4},
                        {QStringLiteral("video_frames"), 1e30},
                        {QStringLiteral("stage"), QStringLiteral("none")},
                        {QStringLiteral("more"), 1}});
        QCOMPARE(other.values, form.values);
    }

    void openValuesBecomeTheModels() {
        GenerationForm form;
        form.setModels({smallModel()});
        form.values.steps = 12;
        form.fillDefaults();
        QCOMPARE(form.values.size, ui::size(288, 192));
        QCOMPARE(form.values.frames, 29);
        QCOMPARE(form.values.steps, 12);
    }

    void errorsFindTheirFieldAndTheirFix_data() {
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("hint");
        QTest::addColumn<int>("field");
        QTest::addColumn<QStringList>("fixes");
        const auto row =
            [](const char* where, const char* hint, FormField field, QStringList fixes) {
                QTest::newRow(where) << QString::fromLatin1(where) << QString::fromLatin1(hint)
                                     << static_cast<int>(field) << fixes;
            };
        row("video_frames", "Use 29 frames.", FormField::Frames, {QStringLiteral("Use 29")});
        row("size",
            "Use 288 x 192.",
            FormField::Size,
            {QStringLiteral("Use ") + ui::size(288, 192)});
        row("cfg_scale", "Use 4.0.", FormField::Guidance, {QStringLiteral("Use 4.0")});
        row("fps", "Use 8.", FormField::Fps, {QStringLiteral("Use 8")});
        row("steps",
            "Use 100, or fewer for a quicker clip.",
            FormField::Steps,
            {QStringLiteral("Use 100")});
        row("threads",
            "Use 0 for all cores.",
            FormField::Threads,
            {QStringLiteral("Use all cores")});
        row("stage", "Use --stage base.", FormField::Stage, {QStringLiteral("Use base")});
        row("height", "Use 720 or 736.", FormField::Size, {});
    }

    void errorsFindTheirFieldAndTheirFix() {
        QFETCH(QString, where);
        QFETCH(QString, hint);
        QFETCH(int, field);
        QFETCH(QStringList, fixes);
        const GenerationForm form = filled();
        const FormFault fault = ui::faultOf(
            {ErrorCode::BadInput, "Something is off.", hint.toStdString(), where.toStdString()},
            form);
        QCOMPARE(static_cast<int>(fault.field), field);
        QStringList words;
        for (const ui::FormFix& fix : fault.fixes) {
            words.append(fix.text);
        }
        QCOMPARE(words, fixes);
    }

    void aFixChangesItsField() {
        GenerationForm form = filled();
        form.values.frames = 31;
        const FormFault fault =
            ui::faultOf({ErrorCode::BadInput, "No.", "Use 29 frames.", "video_frames"}, form);
        QCOMPARE(fault.fixes.size(), std::size_t{1});
        fault.fixes.front().change(form.values);
        QCOMPARE(form.values.frames, 29);
    }

    void outOfMemoryHasAtLeastTwoWays() {
        GenerationForm form = filled();
        form.values.precision = pipeline::Precision::Auto;
        const FormFault large =
            ui::faultOf({ErrorCode::OutOfMemory, "Too large.", "Hm.", "max_ram"}, form);
        QVERIFY(large.fixes.size() >= 2);
        QVERIFY(large.isWarning());
        // Nobody set a limit here: there is none to be lifted.
        const FormFault full = ui::faultOf({ErrorCode::OutOfMemory, "Too large.", "Hm.", ""}, form);
        QCOMPARE(full.fixes.size(), large.fixes.size() - 1);
    }

    void anEmptyPromptMattersOnlyAfterAStart() {
        GenerationForm form = filled();
        form.values.prompt = QStringLiteral("  \n");
        QVERIFY(ui::localFaults(form, false).empty());
        const std::vector<FormFault> faults = ui::localFaults(form, true);
        QCOMPARE(faults.size(), std::size_t{1});
        QCOMPARE(faults.front().field, FormField::Prompt);
        QCOMPARE(ui::faultSummary(faults), QStringLiteral("1 field to fix: Prompt"));
    }

    void theSummaryNamesAllFields() {
        const std::vector<FormFault> faults{{FormField::Frames, QStringLiteral("a"), {}},
                                            {FormField::Size, QStringLiteral("b"), {}}};
        QCOMPARE(ui::faultSummary(faults), QStringLiteral("2 fields to fix: Frames, Size"));
    }

    void newNamesNeverMeetOldOnes() {
        QTemporaryDir folder;
        QSet<QString> given;
        const QDateTime now =
            QDateTime::fromString(QStringLiteral("2026-11-23T22:05:01"), Qt::ISODate);
        const QString prompt = QStringLiteral("A red/ball: rolling over the sea");
        const auto first = ui::newClipPath(folder.path(), prompt, 7, now, given);
        QCOMPARE(first.filename().string(),
                 std::string("2026-11-23-220501-a-red-ball-rolling-7.mp4"));
        const auto second = ui::newClipPath(folder.path(), prompt, 7, now, given);
        QVERIFY(second != first);
        QFile file(QString::fromStdString(second.string()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QSet<QString> none;
        none.insert(QString::fromStdString(first.string()));
        const auto third = ui::newClipPath(folder.path(), prompt, 7, now, none);
        QVERIFY(third != first && third != second);
    }

    void phasesShareTheEstimateAsTheLastRunDid() {
        QTemporaryDir folder;
        ui::Settings settings(folder.filePath(QStringLiteral("settings.ini")));
        pipeline::GenerationResult result;
        result.effective.width = 100;
        result.effective.height = 10;
        result.effective.videoFrames = 1;
        result.times = {{pipeline::Phase::Encode, 0.1}, {pipeline::Phase::Decode, 1.0}};
        engine::GenerationEstimate estimate;
        estimate.seconds = 10.0;
        estimate.effective = result.effective;
        estimate.effective.width = 200;
        QCOMPARE(ui::expectedPhases(settings, estimate), ui::PhaseSeconds{});
        ui::rememberPhases(settings, result);
        const ui::PhaseSeconds shares = ui::expectedPhases(settings, estimate);
        QCOMPARE(shares[3], 2.0);
        QVERIFY(std::abs(shares[ui::kDenoise] - 7.9) < 1e-9);
    }
};

QTEST_MAIN(GenerationFormTest)
#include "generation_form_test.moc"
