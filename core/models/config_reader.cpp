#include "core/models/config_reader.h"

#include <cmath>

namespace tessera::models {

void ConfigReader::refuse(const char* key, const std::string& expected) {
    if (m_error) {
        return;
    }
    const bool present = m_json.is_object() && m_json.contains(key);
    const std::string found = present ? "is " + m_json[key].dump().substr(0, 80) : "is missing";
    m_error = base::Error{
        base::ErrorCode::BadModel,
        "The key \"" + std::string(key) + "\" of " + m_what + " " + found + "; expected " +
            expected + ".",
        "Download the model again, or choose a folder of a model this program supports.",
        key};
}

std::int64_t ConfigReader::integer(const char* key, std::int64_t low, std::int64_t high) {
    const auto value = base::jsonInteger(m_json, key, low, high);
    if (!value) {
        refuse(key, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
        return low;
    }
    return *value;
}

double ConfigReader::number(const char* key, double low, double high) {
    const auto value = base::jsonNumber(m_json, key, low, high);
    if (!value) {
        refuse(key, "a number from " + std::to_string(low) + " to " + std::to_string(high));
        return low;
    }
    return *value;
}

std::vector<double> ConfigReader::numbers(const char* key,
                                          std::size_t count,
                                          double low,
                                          double high) {
    std::vector<double> values(count, low);
    const bool list = m_json.is_object() && m_json.contains(key) && m_json[key].is_array() &&
                      m_json[key].size() == count;
    if (!list) {
        refuse(key, "a list of " + std::to_string(count) + " numbers");
        return values;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const base::Json& item = m_json[key][i];
        const double value = item.is_number() ? item.get<double>() : std::nan("");
        if (!(value >= low && value <= high)) {
            refuse(key, "numbers from " + std::to_string(low) + " to " + std::to_string(high));
            return std::vector<double>(count, low);
        }
        values[i] = value;
    }
    return values;
}

std::vector<std::int64_t> ConfigReader::integers(const char* key,
                                                 std::size_t count,
                                                 std::int64_t low,
                                                 std::int64_t high) {
    std::vector<std::int64_t> whole(count, low);
    const auto values = numbers(key, count, static_cast<double>(low), static_cast<double>(high));
    for (std::size_t i = 0; i < count; ++i) {
        if (values[i] != std::floor(values[i])) {
            refuse(key, "a list of whole numbers");
            return whole;
        }
        whole[i] = static_cast<std::int64_t>(values[i]);
    }
    return whole;
}

}  // namespace tessera::models
