// The engine's facade for tests of the command line: goes through the phases, writes a real clip,
// and does what the prompt says: "fail: <error code>" fails, "stay in <phase>" runs on in that
// phase until it is stopped.

#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/base/paths.h"
#include "core/engine/make_engine.h"
#include "core/jobs/recipe.h"

#ifdef TESSERA_FAKE_WRITES_CLIPS
#include "core/media/clip_writer.h"
#endif

#include <array>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <utility>

namespace tessera::engine {

namespace {

using base::ErrorCode;
using base::Result;
using pipeline::GenerationRequest;
using pipeline::GenerationResult;
using pipeline::Phase;

constexpr std::array kPhases{
    Phase::Load, Phase::Encode, Phase::Denoise, Phase::Decode, Phase::Write};
constexpr std::array<const char*, 5> kPhaseNames{"load", "encode", "denoise", "decode", "write"};

const char* kHash = "00112233445566aa";

base::Error stopped() {
    return {ErrorCode::Cancelled, "The job was stopped.", "Run it again.", {}};
}

// The error that a prompt "fail: bad_model" asks for; empty for other prompts.
std::optional<base::Error> askedError(const std::string& prompt) {
    constexpr std::string_view kPrefix = "fail: ";
    if (!prompt.starts_with(kPrefix)) {
        return std::nullopt;
    }
    for (const ErrorCode code : {ErrorCode::BadInput,
                                 ErrorCode::BadFile,
                                 ErrorCode::BadModel,
                                 ErrorCode::OutOfMemory,
                                 ErrorCode::InfeasiblePlan,
                                 ErrorCode::NoSpace,
                                 ErrorCode::Internal}) {
        if (prompt.substr(kPrefix.size()) == base::name(code)) {
            return base::Error{code, "It went wrong as asked.", "Ask for something else.", "fake"};
        }
    }
    return std::nullopt;
}

GenerationRequest effectiveOf(GenerationRequest request) {
    const auto orDefault = [](auto& field, auto value) {
        if (field == decltype(value){}) {
            field = value;
        }
    };
    orDefault(request.width, 96);
    orDefault(request.height, 64);
    orDefault(request.videoFrames, 5);
    orDefault(request.fps, 8.0);
    orDefault(request.steps, 4);
    orDefault(request.threads, 1);
    request.cfgScale = request.cfgScale.value_or(4.0);
    request.device = {pipeline::DeviceChoice::Kind::Cpu, 0};
    request.precision = pipeline::Precision::Fp32;
    if (request.output.empty()) {
        request.output = base::clipsFolder() / "clip.npy";
    }
    return request;
}

base::FrameSequence framesOf(const GenerationRequest& request) {
    base::FrameSequence frames =
        base::FrameSequence::black(request.width, request.height, request.videoFrames, request.fps);
    for (std::size_t i = 0; i < frames.rgb.size(); ++i) {
        frames.rgb[i] = static_cast<std::uint8_t>(i * (request.seed + 1) >> 8);
    }
    return frames;
}

class FakeEngine final : public jobs::Engine {
public:
    Result<jobs::JobResult> run(const jobs::JobSpec& spec, jobs::JobControl& control) override {
        if (std::holds_alternative<train::TrainRequest>(spec.request)) {
            control.enterStage("train");
            control.stepDone(1, 2, {}, 0.5);
            return jobs::JobResult(train::TrainResult{2, 0.25, 10.0, 1.0, "run/checkpoint"});
        }
        if (std::holds_alternative<eval::EvalRequest>(spec.request)) {
            eval::EvalResult result;
            result.modelHash = kHash;
            result.what = "base, 50 steps, guidance 4, 192x288";
            result.attributes = {{"class", 58, 64, 0.81, 0.95, 0.99, 0.875, 8},
                                 {"motion", 0, 0, 0.0, 1.0, 0.9, -1.0, 0}};
            result.values = {{"flicker_difference", 0.0005, 64}};
            return jobs::JobResult(result);
        }
        if (const auto* timing = std::get_if<bench::BenchRequest>(&spec.request)) {
            return jobs::JobResult(timed(*timing));
        }
        return generate(std::get<GenerationRequest>(spec.request), control);
    }

private:
    static bench::BenchResult timed(const bench::BenchRequest& request);
    static Result<jobs::JobResult> generate(const GenerationRequest& asked,
                                            jobs::JobControl& control);

    // Waits as a step of work would, but no longer than until the stop.
    static bool stepWithoutStop(const std::stop_token& stop, std::chrono::milliseconds length) {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait_for(lock, stop, length, [] { return false; });
        return !stop.stop_requested();
    }
};

// The baseline, a kernel that agrees, one that is wrong and one that did not run.
bench::BenchResult FakeEngine::timed(const bench::BenchRequest& request) {
    bench::BenchRow row;
    row.kernel = "dense";
    row.shape = request.shapes.empty() ? "bundled-192x288" : request.shapes.back();
    row.layout = {8, 216, 0};
    row.heads = 4;
    row.headSize = 64;
    row.mask = "2:6";
    row.isBaseline = true;
    row.verdict = bench::Verdict::Agrees;
    row.error = 0.0021;
    row.tolerance = 0.005;
    row.medianMs = 12.0;
    row.p20Ms = 11.5;
    row.p80Ms = 12.25;
    row.coldMs = 30.0;
    row.teraflops = 0.25;
    row.againstDense = 1.0;
    bench::BenchResult result;
    result.environment = {
        "cpu", "Pretend 9000", "bf16", 2, "avx2", 3000.0, {{"LibTorch", "2.11"}}, "0123abc", "now"};
    result.warmUps = request.warmUps;
    result.runs = request.runs;
    result.seed = request.seed;
    result.rows.push_back(row);
    row.kernel = "composed";
    row.isBaseline = false;
    row.density = 0.53125;
    row.againstDense = 1.5;
    result.rows.push_back(row);
    row.kernel = "fused";
    row.verdict = bench::Verdict::Wrong;
    row.reason = "Its result is off.";
    result.rows.push_back(row);
    row.kernel = "cpu";
    row.verdict = bench::Verdict::NotRun;
    row.reason = "Its head size is 64.";
    result.rows.push_back(row);
    return result;
}

Result<jobs::JobResult> FakeEngine::generate(const GenerationRequest& asked,
                                             jobs::JobControl& control) {
    if (const std::optional<base::Error> error = askedError(asked.prompt)) {
        return base::fail(*error);
    }
    GenerationResult result;
    result.effective = effectiveOf(asked);
    result.modelHash = kHash;
    result.understoodAs = "ball";
    result.ignoredWords = {"quixotic"};
    for (std::size_t p = 0; p < kPhases.size(); ++p) {
        control.enterStage(kPhaseNames[p]);
        const bool isEndless = asked.prompt == std::string("stay in ") + kPhaseNames[p];
        std::optional<base::PendingFile> half;
        if (isEndless && kPhases[p] == Phase::Write) {
            half.emplace(result.effective.output);
            std::ofstream(half->temporaryPath()) << "half a clip";
        }
        for (int step = 1; step <= result.effective.steps || isEndless; ++step) {
            if (!control.passPauseGate([] {}) ||
                (isEndless &&
                 !stepWithoutStop(control.stopToken(), std::chrono::milliseconds(20)))) {
                return base::fail(stopped());
            }
            control.stepDone(step, isEndless ? 0 : result.effective.steps);
        }
        result.times.push_back({kPhases[p], 0.125});
    }
    result.stepsDone = result.effective.steps;
    result.forwards = 2 * result.stepsDone;
    result.secondsTotal = 0.625;
    const base::FrameSequence frames = framesOf(result.effective);
    result.path = result.effective.output;
    std::error_code ignored;
    if (asked.output.empty()) {
        std::filesystem::create_directories(base::clipsFolder(), ignored);
    }
#ifdef TESSERA_FAKE_WRITES_CLIPS
    media::ClipMetadata metadata;
    if (asked.writeMetadata) {
        const jobs::Recipe recipe = jobs::makeRecipe(asked, result);
        metadata.recipeJson = jobs::recipeText(recipe);
        metadata.parametersText = jobs::parametersText(recipe);
    }
    const Result<media::WrittenClip> written =
        media::writeClip(result.path, frames, metadata, {}, control.stopToken());
    if (!written) {
        return base::fail(written.error());
    }
    result.path = written->path();
#else
    if (const base::Status status = base::writeNpy(result.path, frames); !status) {
        return base::fail(status.error());
    }
#endif
    return jobs::JobResult(std::move(result));
}

ModelInfo pretendModel() {
    ModelInfo model;
    model.name = "pretend";
    model.folder = "models/pretend";
    model.architecture = "PretendPipeline";
    model.stages = {"base"};
    model.components = {{"transformer", "PretendTransformer", 1000, "bf16", 2000}};
    model.parameters = 1000;
    model.bytes = 2000;
    model.hash = kHash;
    model.sizes = {{288, 192}};
    model.isBundled = true;
    return model;
}

base::Error noModel(const std::filesystem::path& folder) {
    return {ErrorCode::BadModel,
            "The folder " + folder.string() + " holds no model_index.json.",
            "Choose a folder in diffusers layout.",
            folder.string()};
}

}  // namespace

std::unique_ptr<jobs::Engine> makeEngine(const EngineOptions&) {
    return std::make_unique<FakeEngine>();
}

Result<GenerationEstimate> estimate(const GenerationRequest& request) {
    if (const std::optional<base::Error> error = askedError(request.prompt)) {
        return base::fail(*error);
    }
    GenerationEstimate estimate;
    estimate.effective = effectiveOf(request);
    estimate.understoodAs = "ball";
    estimate.ignoredWords = {"quixotic"};
    estimate.forwards = 2 * estimate.effective.steps;
    estimate.seconds = 12.5;
    estimate.plusMinus = 2.5;
    estimate.residentBytes = 900'000'000;
    return estimate;
}

Result<ModelInfo> inspectModel(const std::filesystem::path& folder, const std::stop_token&) {
    if (!folder.empty() && !std::filesystem::exists(folder / "model_index.json")) {
        return base::fail(noModel(folder));
    }
    return pretendModel();
}

Result<std::vector<ModelInfo>> listModels() {
    return std::vector<ModelInfo>{pretendModel()};
}

Result<std::string> hashModel(const std::filesystem::path& folder, const std::stop_token&) {
    if (!folder.empty() && !std::filesystem::exists(folder / "model_index.json")) {
        return base::fail(noModel(folder));
    }
    return std::string(kHash);
}

Result<SelfAttention> selfAttentionOf(const std::filesystem::path& folder, int) {
    if (!folder.empty() && !std::filesystem::exists(folder / "model_index.json")) {
        return base::fail(noModel(folder));
    }
    return SelfAttention{"pretend", 3, 4, {8, 216, 0}};
}

Result<WeightsInfo> inspectWeights(const std::filesystem::path& path) {
    if (std::filesystem::file_size(path) < 16) {
        return base::fail(ErrorCode::BadFile, "The file is cut.", "Copy it again.", path.string());
    }
    WeightsInfo info;
    info.metadata = {{"format", "pt"}};
    info.tensors = {{"weight", "F32", {2, 3}}};
    info.parameters = 6;
    info.bytes = 24;
    return info;
}

std::vector<std::string> kernelNames() {
    return {"dense", "fused", "cpu", "composed"};
}

DoctorReport examineMachine(double, const std::stop_token&) {
    DoctorReport report;
    report.devices = {{"cpu", "Pretend 9000", 16'000'000'000u, 8'000'000'000u, ""}};
    report.libraries = {{"LibTorch", "2.11"}};
    report.instructionSets = {"avx2"};
    report.threads = 2;
    report.products = {{"cpu", "fp32", 1024, 0.01, 214.7, ""}};
    report.missing = {{"a card", "Clips take longer.", "Install one."}};
    report.defaultDevice = "cpu";
    report.defaultPrecision = "fp32";
    return report;
}

}  // namespace tessera::engine
