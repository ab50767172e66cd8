#include "core/schedulers/scheduler_config.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

namespace tessera::schedulers {

namespace {

using base::ErrorCode;
using base::Json;

// Tables are made for every timestep; more than this is a damaged file, not a model.
constexpr int kMostTrainTimesteps = 100000;

template <class Value>
using Names = std::initializer_list<std::pair<const char*, Value>>;

const Names<BetaSchedule> kBetaSchedules = {{"linear", BetaSchedule::Linear},
                                            {"scaled_linear", BetaSchedule::ScaledLinear},
                                            {"squaredcos_cap_v2", BetaSchedule::SquaredCos}};
const Names<PredictionType> kPredictionTypes = {{"epsilon", PredictionType::Epsilon},
                                                {"v_prediction", PredictionType::V}};
const Names<TimestepSpacing> kSpacings = {{"leading", TimestepSpacing::Leading},
                                          {"trailing", TimestepSpacing::Trailing},
                                          {"linspace", TimestepSpacing::Linspace}};

template <class Value>
const char* nameOf(const Names<Value>& names, Value value) {
    for (const auto& [name, each] : names) {
        if (each == value) {
            return name;
        }
    }
    return "";
}

// Reads one object key by key; remembers the first error and which keys were asked for.
class Reader {
public:
    Reader(const Json& object, std::string what) : m_object(object), m_what(std::move(what)) {}

    template <class Read>
    void read(const char* key, const Read& read) {
        m_known.emplace_back(key);
        if (m_error || !m_object.contains(key) || m_object.at(key).is_null()) {
            return;
        }
        const auto value = read(m_object, key);
        if (!value) {
            m_error = value.error();
        }
    }

    void number(const char* key, double low, double high, double& target) {
        read(key, [&](const Json& object, const char* name) {
            auto value = base::jsonNumber(object, name, low, high);
            target = value.value_or(target);
            return value;
        });
    }

    void integer(const char* key, int low, int high, int& target) {
        read(key, [&](const Json& object, const char* name) {
            auto value = base::jsonInteger(object, name, low, high);
            target = static_cast<int>(value.value_or(target));
            return value;
        });
    }

    void flag(const char* key, bool& target) {
        read(key, [&](const Json& object, const char* name) {
            auto value = base::jsonBool(object, name);
            target = value.value_or(target);
            return value;
        });
    }

    void text(const char* key, std::string& target) {
        read(key, [&](const Json& object, const char* name) {
            auto value = base::jsonText(object, name);
            target = value.value_or(target);
            return value;
        });
    }

    template <class Value>
    void choice(const char* key, const Names<Value>& names, Value& target) {
        std::string found = nameOf(names, target);
        text(key, found);
        std::string existing;
        for (const auto& [name, value] : names) {
            if (found == name) {
                target = value;
                return;
            }
            existing += existing.empty() ? name : std::string(", ") + name;
        }
        refuse(std::string("The ") + key + " of " + m_what + " is '" + found +
                   "', which this program does not have.",
               "It has: " + existing + ".",
               key);
    }

    // For options that are only understood when off.
    void mustBeOff(const char* key) {
        bool value = false;
        flag(key, value);
        if (value) {
            refuse(std::string("The option ") + key + " is on in " + m_what +
                       ", and no algorithm here has it.",
                   "Set it to false, or use a model that was published without it.",
                   key);
        }
    }

    void refuse(std::string message, std::string hint, const char* key) {
        if (!m_error) {
            m_error = base::Error{ErrorCode::Unsupported, std::move(message), std::move(hint), key};
        }
    }

    const std::optional<base::Error>& error() const { return m_error; }

    std::vector<std::string> unreadKeys() const {
        std::vector<std::string> unread;
        for (const auto& item : m_object.items()) {
            const std::string& key = item.key();
            if (!key.starts_with('_') && std::ranges::find(m_known, key) == m_known.end()) {
                unread.push_back(key);
            }
        }
        return unread;
    }

private:
    const Json& m_object;
    std::string m_what;
    std::vector<std::string> m_known;
    std::optional<base::Error> m_error;
};

base::Result<std::vector<float>> readBetas(const Json& object, const char* key) {
    std::vector<float> betas;
    const Json& list = object.at(key);
    const auto refused = [&](const std::string& problem) {
        return base::fail(
            ErrorCode::BadFile,
            "The key '" + std::string(key) + "' " + problem + ".",
            "Give an array with one number between 0 and 1 for every training timestep, or null.",
            key);
    };
    if (!list.is_array()) {
        return refused("is not an array");
    }
    for (const Json& item : list) {
        if (!item.is_number() || !(item.get<double>() > 0.0 && item.get<double>() < 1.0)) {
            return refused("holds something that is not a number between 0 and 1");
        }
        betas.push_back(item.get<float>());
    }
    return betas;
}

base::Result<SchedulerConfig> fromJson(const Json& object, const std::string& what) {
    if (!object.is_object()) {
        return base::fail(ErrorCode::BadFile,
                          what + " does not hold a JSON object.",
                          "Use the scheduler_config.json of a diffusers model folder.",
                          what);
    }
    const auto className = base::jsonText(object, "_class_name");
    if (!className) {
        return base::fail(className.error());
    }
    SchedulerConfig config;
    config.className = *className;
    // What the reference class assumes when a key is absent.
    const bool ddim = config.className == "DDIMScheduler";
    config.clipSample = ddim;
    config.timestepSpacing = ddim ? TimestepSpacing::Leading : TimestepSpacing::Linspace;

    Reader reader(object, what);
    reader.integer("num_train_timesteps", 2, kMostTrainTimesteps, config.trainTimesteps);
    reader.number("beta_start", 0.0, 1.0, config.betaStart);
    reader.number("beta_end", 0.0, 1.0, config.betaEnd);
    reader.choice("beta_schedule", kBetaSchedules, config.betaSchedule);
    reader.read("trained_betas", [&](const Json& from, const char* key) {
        auto betas = readBetas(from, key);
        config.trainedBetas = betas.value_or(std::vector<float>{});
        return betas;
    });
    reader.choice("prediction_type", kPredictionTypes, config.predictionType);
    reader.choice("timestep_spacing", kSpacings, config.timestepSpacing);
    reader.integer("steps_offset", 0, kMostTrainTimesteps, config.stepsOffset);
    reader.flag("rescale_betas_zero_snr", config.rescaleBetasZeroSnr);
    reader.flag("set_alpha_to_one", config.setAlphaToOne);
    reader.flag("clip_sample", config.clipSample);
    reader.number("clip_sample_range", 0.0, 1e6, config.clipSampleRange);
    reader.mustBeOff("thresholding");
    double unused = 0.0;  // belong to thresholding, which is off
    reader.number("dynamic_thresholding_ratio", 0.0, 1.0, unused);
    reader.number("sample_max_value", 0.0, 1e6, unused);
    if (reader.error()) {
        return base::fail(*reader.error());
    }
    if (!config.trainedBetas.empty() &&
        config.trainedBetas.size() != static_cast<std::size_t>(config.trainTimesteps)) {
        return base::fail(ErrorCode::BadFile,
                          "The key 'trained_betas' of " + what + " has " +
                              std::to_string(config.trainedBetas.size()) + " entries for " +
                              std::to_string(config.trainTimesteps) + " training timesteps.",
                          "Give one number for every training timestep, or null.",
                          "trained_betas");
    }
    config.ignoredKeys = reader.unreadKeys();
    return config;
}

}  // namespace

base::Result<SchedulerConfig> parseSchedulerConfig(std::string_view text, std::string_view what) {
    const auto json = base::parseJson(text, what);
    if (!json) {
        return base::fail(json.error());
    }
    return fromJson(*json, std::string(what));
}

base::Result<SchedulerConfig> readSchedulerConfig(const std::filesystem::path& path) {
    const auto json = base::readJsonFile(path);
    if (!json) {
        return base::fail(json.error());
    }
    return fromJson(*json, path.filename().string());
}

base::Status writeSchedulerConfig(const SchedulerConfig& config,
                                  const std::filesystem::path& path) {
    Json object;
    object["_class_name"] = config.className;
    object["beta_end"] = config.betaEnd;
    object["beta_schedule"] = nameOf(kBetaSchedules, config.betaSchedule);
    object["beta_start"] = config.betaStart;
    if (config.className == "DDIMScheduler") {
        object["clip_sample"] = config.clipSample;
        object["clip_sample_range"] = config.clipSampleRange;
    }
    object["num_train_timesteps"] = config.trainTimesteps;
    object["prediction_type"] = nameOf(kPredictionTypes, config.predictionType);
    object["rescale_betas_zero_snr"] = config.rescaleBetasZeroSnr;
    if (config.className == "DDIMScheduler") {
        object["set_alpha_to_one"] = config.setAlphaToOne;
    }
    object["steps_offset"] = config.stepsOffset;
    object["timestep_spacing"] = nameOf(kSpacings, config.timestepSpacing);
    object["trained_betas"] = nullptr;
    if (!config.trainedBetas.empty()) {
        object["trained_betas"] = config.trainedBetas;
    }
    return base::writeJsonFile(path, object);
}

}  // namespace tessera::schedulers
