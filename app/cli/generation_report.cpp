#include "app/cli/generation_report.h"

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/request_json.h"
#include "core/jobs/words.h"

namespace tessera::cli {

using base::Json;
using pipeline::GenerationRequest;
using pipeline::GenerationResult;

const char* phaseWord(pipeline::Phase phase) {
    switch (phase) {
        case pipeline::Phase::Load:
            return "load";
        case pipeline::Phase::Encode:
            return "encode";
        case pipeline::Phase::Denoise:
            return "denoise";
        case pipeline::Phase::Decode:
            return "decode";
        case pipeline::Phase::Write:
            return "write";
    }
    return "?";
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

std::string valuesLine(const GenerationRequest& request) {
    std::string text = std::to_string(request.width);
    text += "x" + std::to_string(request.height);
    text += ", " + std::to_string(request.videoFrames) + " frames, " + base::fixed(request.fps, 2) +
            " fps, " + jobs::word(request.stage) + ", " + std::to_string(request.steps) + " steps";
    if (!request.masks.empty()) {
        text += ", masks " + jobs::masksWord(request.masks);
    }
    if (request.cfgScale) {
        text += ", guidance " + base::fixed(*request.cfgScale, 2);
    }
    text += ", seed " + std::to_string(request.seed) + ", " + jobs::word(request.device) + " " +
            jobs::word(request.precision) + ", " + std::to_string(request.threads) + " threads";
    return text;
}

std::string secondsText(const engine::GenerationEstimate& estimate) {
    return base::duration(estimate.seconds) + " +- " + base::duration(estimate.plusMinus);
}

Json resultJson(const GenerationRequest& asked, const GenerationResult& result) {
    Json times = Json::object();
    for (const pipeline::PhaseTime& time : result.times) {
        times[phaseWord(time.phase)] = time.seconds;
    }
    return Json{{"path", result.path.string()},
                {"asked", jobs::toJson(asked)},
                {"effective", jobs::toJson(result.effective)},
                {"model_hash", result.modelHash},
                {"understood_as", result.understoodAs},
                {"ignored_words", result.ignoredWords},
                {"times_seconds", times},
                {"seconds_total", result.secondsTotal},
                {"peak_resident_bytes", result.peakResidentBytes},
                {"steps_done", result.stepsDone},
                {"forwards", result.forwards}};
}

Json estimateJson(const GenerationRequest& asked, const engine::GenerationEstimate& estimate) {
    return Json{{"asked", jobs::toJson(asked)},
                {"effective", jobs::toJson(estimate.effective)},
                {"model_hash", estimate.modelHash},
                {"understood_as", estimate.understoodAs},
                {"ignored_words", estimate.ignoredWords},
                {"estimate_seconds", jobs::plainNumber(estimate.seconds)},
                {"estimate_plus_minus", jobs::plainNumber(estimate.plusMinus)},
                {"forwards", estimate.forwards},
                {"resident_bytes", estimate.residentBytes},
                {"device_bytes", estimate.deviceBytes}};
}

}  // namespace tessera::cli
