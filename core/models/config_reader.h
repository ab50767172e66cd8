#pragma once

// Reads the keys of a model's config.json one after the other and keeps the first complaint, so
// that a config struct can be filled in a straight line. Any thread.

#include "core/base/json.h"
#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tessera::models {

class ConfigReader {
public:
    // `what` names the file in messages. `json` must outlive the reader.
    ConfigReader(const base::Json& json, std::string what)
        : m_json(json), m_what(std::move(what)) {}

    // Each returns the value, or the lowest allowed one after noting the complaint.
    std::int64_t integer(const char* key, std::int64_t low, std::int64_t high);
    double number(const char* key, double low, double high);
    std::vector<std::int64_t> integers(const char* key,
                                       std::size_t count,
                                       std::int64_t low,
                                       std::int64_t high);
    std::vector<double> numbers(const char* key, std::size_t count, double low, double high);

    // Notes that the value of `key` is not `expected`.
    void refuse(const char* key, const std::string& expected);

    const std::optional<base::Error>& error() const { return m_error; }

    // The value, or BadModel with the first complaint.
    template <class T>
    base::Result<T> finish(T value) const {
        if (m_error) {
            return base::fail(*m_error);
        }
        return value;
    }

private:
    const base::Json& m_json;
    std::string m_what;
    std::optional<base::Error> m_error;
};

}  // namespace tessera::models
