#include "core/train/method_config.h"

namespace tessera::train {
namespace {

base::Error asInput(base::Error error) {
    error.code = base::ErrorCode::BadInput;
    error.hint = "Correct that key of the training configuration.";
    return error;
}

}  // namespace

void MethodConfig::take(const char* key, std::int64_t& value, std::int64_t low, std::int64_t high) {
    m_known.insert(key);
    if (!m_json.is_object() || !m_json.contains(key)) {
        return;
    }
    const auto given = base::jsonInteger(m_json, key, low, high);
    if (given) {
        value = *given;
    } else if (!m_error) {
        m_error = asInput(given.error());
    }
}

void MethodConfig::take(const char* key, double& value, double low, double high) {
    m_known.insert(key);
    if (!m_json.is_object() || !m_json.contains(key)) {
        return;
    }
    const auto given = base::jsonNumber(m_json, key, low, high);
    if (given) {
        value = *given;
    } else if (!m_error) {
        m_error = asInput(given.error());
    }
}

base::Json MethodConfig::list(const char* key) {
    m_known.insert(key);
    if (!m_json.is_object() || !m_json.contains(key)) {
        return base::Json::array();
    }
    if (!m_json[key].is_array() && !m_error) {
        m_error = base::Error{base::ErrorCode::BadInput,
                              "The option \"" + std::string(key) + "\" is not a list.",
                              "Write it as [{...}, {...}].",
                              key};
        return base::Json::array();
    }
    return m_json[key];
}

base::Status MethodConfig::finish() const {
    if (m_error) {
        return base::fail(*m_error);
    }
    if (!m_json.is_object()) {
        return base::fail(base::ErrorCode::BadInput,
                          "The training configuration is not a JSON object.",
                          "Write it as {\"key\": value, ...}.");
    }
    for (const auto& [key, value] : m_json.items()) {
        if (!m_known.contains(key)) {
            std::string known;
            for (const std::string& name : m_known) {
                known += (known.empty() ? "" : ", ") + name;
            }
            return base::fail(base::ErrorCode::BadInput,
                              "The training configuration has no option \"" + key + "\".",
                              "Options of this network are: " + known + ".",
                              key);
        }
    }
    return {};
}

}  // namespace tessera::train
