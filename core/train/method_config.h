#pragma once

// Overrides of a method's options from the user's JSON: each option is taken by name with its
// limits; what is left over at the end is a mistake that is named. Any thread.

#include "core/base/json.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace tessera::train {

class MethodConfig {
public:
    // `json` must outlive this object. Keys of the trainer itself are known here:
    // "evaluate_seconds".
    explicit MethodConfig(const base::Json& json) : m_json(json) {}

    // Overwrites `value` when the key is given. A wrong type or range is kept for finish().
    void take(const char* key, std::int64_t& value, std::int64_t low, std::int64_t high);
    void take(const char* key, double& value, double low, double high);

    // A list of objects; empty when the key is not given.
    base::Json list(const char* key);

    // BadInput with the first complaint, or the keys that no option has.
    base::Status finish() const;

private:
    const base::Json& m_json;
    std::set<std::string> m_known{"evaluate_seconds"};
    std::optional<base::Error> m_error;
};

}  // namespace tessera::train
