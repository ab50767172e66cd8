#include "core/jobs/request_json.h"

#include "core/base/json.h"
#include "core/jobs/words.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

namespace tessera::jobs {

using base::ErrorCode;
using base::Json;
using base::Result;
using base::Status;
using bench::BenchRequest;
using eval::EvalRequest;
using pipeline::GenerationRequest;
using train::TrainRequest;

namespace {

// Far above anything a model here can make, far below anything that overflows a product.
constexpr std::int64_t kMaxPixels = 16384;
constexpr std::int64_t kMaxFrames = 100'000;
constexpr std::int64_t kMaxSteps = 100'000;
constexpr std::int64_t kMaxThreads = 4096;
constexpr std::int64_t kMaxReplicas = 64;
constexpr std::int64_t kMaxCount = 10'000'000;
constexpr double kMaxFps = 1000.0;
constexpr double kMaxCfgScale = 1000.0;
constexpr double kMaxGigabytes = 1e6;
constexpr double kMaxMinutes = 1e6;
constexpr std::size_t kMaxLayers = 1024;
constexpr std::size_t kMaxMaskBytes = 4096;  // one a head
constexpr std::size_t kMaxBenchWords = 256;
constexpr std::size_t kMaxBenchWordBytes = 64;
constexpr std::size_t kMaxTextBytes = 65536;
constexpr std::size_t kMaxPathBytes = 4096;

Result<pipeline::PlanOrigin> planFromJson(const Json& json);

// Reads the keys of one object into fields and remembers the first thing wrong.
class Fields {
public:
    explicit Fields(const Json& json) : m_json(json) {
        if (!json.is_object()) {
            m_status = base::fail(
                ErrorCode::BadFile,
                std::string("A request is a JSON object; found ") + json.type_name() + ".",
                "Use a recipe that this program wrote.");
        }
    }

    template <class Integer>
    void integer(const char* key, Integer& field, std::int64_t low, std::int64_t high) {
        take(key, field, [&] { return base::jsonInteger(m_json, key, low, high); });
    }

    void number(const char* key, double& field, double low, double high) {
        take(key, field, [&] { return base::jsonNumber(m_json, key, low, high); });
    }

    void boolean(const char* key, bool& field) {
        take(key, field, [&] { return base::jsonBool(m_json, key); });
    }

    void text(const char* key, std::string& field) {
        take(key, field, [&] { return boundedText(key, kMaxTextBytes); });
    }

    void path(const char* key, std::filesystem::path& field) {
        take(key, field, [&] { return boundedText(key, kMaxPathBytes); });
    }

    void texts(const char* key,
               std::vector<std::string>& field,
               std::size_t maxCount,
               std::size_t maxBytes) {
        take(key, field, [&]() -> Result<std::vector<std::string>> {
            const Json& value = m_json.at(key);
            const auto isText = [&](const Json& entry) {
                return entry.is_string() && entry.get_ref<const std::string&>().size() <= maxBytes;
            };
            if (!value.is_array() || value.size() > maxCount ||
                !std::ranges::all_of(value, isText)) {
                return base::fail(ErrorCode::BadFile,
                                  std::string("'") + key + "' is not a list of at most " +
                                      std::to_string(maxCount) + " short texts.",
                                  "Correct the list, or leave the key out.",
                                  key);
            }
            return value.get<std::vector<std::string>>();
        });
    }

    // A word of one of the tables of words.h.
    template <class Choice, class Reader>
    void choice(const char* key, Choice& field, Reader read) {
        take(key, field, [&]() -> Result<Choice> {
            Result<std::string> word = boundedText(key, kMaxPathBytes);
            if (!word) {
                return base::fail(word.error());
            }
            Result<Choice> value = read(*word);
            if (!value) {
                base::Error error = value.error();
                error.code = ErrorCode::BadFile;
                error.where = key;
                return base::fail(std::move(error));
            }
            return value;
        });
    }

    void seed(const char* key, std::uint64_t& field) {
        take(key, field, [&]() -> Result<std::uint64_t> {
            const Json& value = m_json.at(key);
            if (value.is_number_unsigned()) {
                return value.get<std::uint64_t>();
            }
            return base::fail(ErrorCode::BadFile,
                              std::string("'") + key + "' is " + jsonDump(value).substr(0, 40) +
                                  "; expected a whole number from 0 to 18446744073709551615.",
                              "Correct the number, or leave the key out.",
                              key);
        });
    }

    void cfgScale(const char* key, std::optional<double>& field) {
        if (m_json.is_object() && m_json.contains(key) && m_json.at(key).is_null()) {
            field.reset();
            return;
        }
        take(key, field, [&] { return base::jsonNumber(m_json, key, 0.0, kMaxCfgScale); });
    }

    void plan(const char* key, pipeline::PlanOrigin& field) {
        if (m_json.is_object() && m_json.contains(key) && m_json.at(key).is_null()) {
            field = {};
            return;
        }
        take(key, field, [&] { return planFromJson(m_json.at(key)); });
    }

    void generation(const char* key, GenerationRequest& field) {
        take(key, field, [&] { return generationFromJson(m_json.at(key)); });
    }

    template <class Request>
    Result<Request> finish(Request request) const {
        if (!m_status) {
            return base::fail(m_status.error());
        }
        return request;
    }

private:
    template <class Field, class Read>
    void take(const char* key, Field& field, Read read) {
        if (!m_status || !m_json.contains(key)) {
            return;
        }
        auto value = read();
        if (!value) {
            m_status = base::fail(value.error());
            return;
        }
        if constexpr (std::is_integral_v<Field>) {
            field = static_cast<Field>(*value);
        } else {
            field = std::move(*value);
        }
    }

    Result<std::string> boundedText(const char* key, std::size_t maxBytes) const {
        Result<std::string> value = base::jsonText(m_json, key);
        if (value && value->size() > maxBytes) {
            return base::fail(ErrorCode::BadFile,
                              std::string("'") + key + "' has " + std::to_string(value->size()) +
                                  " bytes; at most " + std::to_string(maxBytes) + " are read.",
                              "Shorten the text.",
                              key);
        }
        return value;
    }

    const Json& m_json;
    Status m_status;
};

Result<pipeline::PlanOrigin> planFromJson(const Json& json) {
    pipeline::PlanOrigin plan;
    Fields fields(json);
    fields.text("file", plan.file);
    fields.text("hash", plan.hash);
    return fields.finish(std::move(plan));
}

}  // namespace

Json plainNumber(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

std::string jsonDump(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json toJson(const GenerationRequest& request) {
    const pipeline::PlanOrigin& plan = request.plan;
    Json json;
    json["prompt"] = request.prompt;
    json["negative_prompt"] = request.negativePrompt;
    json["model"] = request.model.string();
    json["stage"] = word(request.stage);
    json["width"] = request.width;
    json["height"] = request.height;
    json["video_frames"] = request.videoFrames;
    json["fps"] = plainNumber(request.fps);
    json["steps"] = request.steps;
    json["cfg_scale"] = request.cfgScale ? plainNumber(*request.cfgScale) : Json(nullptr);
    json["seed"] = request.seed;
    json["masks"] = request.masks;
    json["plan"] =
        plan.file.empty() ? Json(nullptr) : Json{{"file", plan.file}, {"hash", plan.hash}};
    json["device"] = word(request.device);
    json["precision"] = word(request.precision);
    json["threads"] = request.threads;
    json["max_ram_gb"] = plainNumber(request.maxRamGb);
    json["max_vram_gb"] = plainNumber(request.maxVramGb);
    json["output"] = request.output.string();
    json["write_metadata"] = request.writeMetadata;
    json["previews"] = request.previews;
    return json;
}

Result<GenerationRequest> generationFromJson(const Json& json) {
    GenerationRequest request;
    Fields fields(json);
    fields.text("prompt", request.prompt);
    fields.text("negative_prompt", request.negativePrompt);
    fields.path("model", request.model);
    fields.choice("stage", request.stage, stageOf);
    fields.integer("width", request.width, 0, kMaxPixels);
    fields.integer("height", request.height, 0, kMaxPixels);
    fields.integer("video_frames", request.videoFrames, 0, kMaxFrames);
    fields.number("fps", request.fps, 0.0, kMaxFps);
    fields.integer("steps", request.steps, 0, kMaxSteps);
    fields.cfgScale("cfg_scale", request.cfgScale);
    fields.seed("seed", request.seed);
    fields.texts("masks", request.masks, kMaxLayers, kMaxMaskBytes);
    fields.plan("plan", request.plan);
    fields.choice("device", request.device, deviceOf);
    fields.choice("precision", request.precision, precisionOf);
    fields.integer("threads", request.threads, 0, kMaxThreads);
    fields.number("max_ram_gb", request.maxRamGb, 0.0, kMaxGigabytes);
    fields.number("max_vram_gb", request.maxVramGb, 0.0, kMaxGigabytes);
    fields.path("output", request.output);
    fields.boolean("write_metadata", request.writeMetadata);
    fields.boolean("previews", request.previews);
    return fields.finish(std::move(request));
}

Json toJson(const TrainRequest& request) {
    Json json;
    json["network"] = word(request.network);
    json["config"] = request.config.string();
    json["run"] = request.run.string();
    json["model"] = request.model.string();
    json["minutes"] = plainNumber(request.minutes);
    json["steps"] = request.steps;
    json["seed"] = request.seed;
    json["device"] = word(request.device);
    json["replicas"] = request.replicas;
    json["threads"] = request.threads;
    json["export_only"] = request.exportOnly;
    return json;
}

Result<TrainRequest> trainFromJson(const Json& json) {
    TrainRequest request;
    Fields fields(json);
    fields.choice("network", request.network, networkOf);
    fields.path("config", request.config);
    fields.path("run", request.run);
    fields.path("model", request.model);
    fields.number("minutes", request.minutes, 0.0, kMaxMinutes);
    fields.integer("steps", request.steps, 0, std::numeric_limits<std::int64_t>::max());
    fields.seed("seed", request.seed);
    fields.choice("device", request.device, deviceOf);
    fields.integer("replicas", request.replicas, 1, kMaxReplicas);
    fields.integer("threads", request.threads, 0, kMaxThreads);
    fields.boolean("export_only", request.exportOnly);
    return fields.finish(std::move(request));
}

Json toJson(const EvalRequest& request) {
    Json json;
    json["generation"] = toJson(request.generation);
    json["prompts"] = request.prompts.string();
    json["count"] = request.count;
    json["batch"] = request.batch;
    json["vae"] = request.vae;
    json["sheet"] = request.sheet.string();
    json["output"] = request.output.string();
    return json;
}

Result<EvalRequest> evalFromJson(const Json& json) {
    EvalRequest request;
    Fields fields(json);
    fields.generation("generation", request.generation);
    fields.path("prompts", request.prompts);
    fields.integer("count", request.count, 0, kMaxCount);
    fields.integer("batch", request.batch, 0, kMaxThreads);
    fields.boolean("vae", request.vae);
    fields.path("sheet", request.sheet);
    fields.path("output", request.output);
    return fields.finish(std::move(request));
}

Json toJson(const BenchRequest& request) {
    Json json;
    json["kernels"] = request.kernels;
    json["shapes"] = request.shapes;
    json["masks"] = request.masks;
    json["steps"] = request.steps;
    json["device"] = word(request.device);
    json["precision"] = word(request.precision);
    json["threads"] = request.threads;
    json["backward"] = request.backward;
    json["warm_ups"] = request.warmUps;
    json["runs"] = request.runs;
    json["tolerance"] = plainNumber(request.tolerance);
    json["seed"] = request.seed;
    json["flush_cache"] = request.flushCache;
    return json;
}

Result<BenchRequest> benchFromJson(const Json& json) {
    BenchRequest request;
    Fields fields(json);
    fields.texts("kernels", request.kernels, kMaxBenchWords, kMaxBenchWordBytes);
    fields.texts("shapes", request.shapes, kMaxBenchWords, kMaxBenchWordBytes);
    fields.texts("masks", request.masks, kMaxBenchWords, kMaxBenchWordBytes);
    fields.texts("steps", request.steps, kMaxBenchWords, kMaxBenchWordBytes);
    fields.choice("device", request.device, deviceOf);
    fields.choice("precision", request.precision, precisionOf);
    fields.integer("threads", request.threads, 0, kMaxThreads);
    fields.boolean("backward", request.backward);
    fields.integer("warm_ups", request.warmUps, 0, kMaxSteps);
    fields.integer("runs", request.runs, 1, kMaxSteps);
    fields.number("tolerance", request.tolerance, 0.0, 1.0);
    fields.seed("seed", request.seed);
    fields.boolean("flush_cache", request.flushCache);
    return fields.finish(std::move(request));
}

Json toJson(const JobRequest& request) {
    return std::visit([](const auto& r) { return toJson(r); }, request);
}

Result<JobRequest> requestFromJson(std::string_view kind, const Json& json) {
    const auto widen = [](auto request) -> Result<JobRequest> {
        if (!request) {
            return base::fail(request.error());
        }
        return JobRequest(std::move(*request));
    };
    if (kind == "generate") {
        return widen(generationFromJson(json));
    }
    if (kind == "train") {
        return widen(trainFromJson(json));
    }
    if (kind == "eval") {
        return widen(evalFromJson(json));
    }
    if (kind == "bench") {
        return widen(benchFromJson(json));
    }
    return base::fail(ErrorCode::NewerSchema,
                      "A job of kind '" + std::string(kind) + "' is not known to this version.",
                      "Use the version of the program that wrote it.");
}

}  // namespace tessera::jobs
