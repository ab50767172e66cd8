#include "core/base/json.h"

#include "core/base/file.h"
#include "core/base/format.h"

#include <set>
#include <vector>

namespace tessera::base {
namespace {

// Builds the value while it enforces the limits. ordered_json's own parser would look for every key
// among all earlier ones (quadratic time on a hostile file) and would accept a key twice.
class LimitedBuilder final : public nlohmann::json_sax<Json> {
public:
    explicit LimitedBuilder(const JsonLimits& limits) : m_limits(limits) {}

    bool null() override { return add(nullptr); }

    bool boolean(bool value) override { return add(value); }

    bool number_integer(number_integer_t value) override { return add(value); }

    bool number_unsigned(number_unsigned_t value) override { return add(value); }

    bool number_float(number_float_t value, const string_t&) override { return add(value); }

    bool string(string_t& value) override { return add(std::move(value)); }

    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override { return open(Json::object()); }

    bool start_array(std::size_t) override { return open(Json::array()); }

    bool end_object() override { return close(); }

    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        if (!m_open.back().keys.insert(name).second) {
            m_problem = "the key '" + name + "' stands twice in one object";
            return false;
        }
        m_key = std::move(name);
        return true;
    }

    bool parse_error(std::size_t position,
                     const std::string&,
                     const nlohmann::detail::exception&) override {
        m_problem = "it is not JSON from byte " + std::to_string(position);
        return false;
    }

    Json takeRoot() { return std::move(m_root); }

    const std::string& problem() const { return m_problem; }

private:
    struct Open {
        Json* value;
        std::set<std::string> keys;
    };

    // A pointer into the open container stays valid: only the innermost one grows.
    Json* append(Json&& value) {
        if (m_open.empty()) {
            m_root = std::move(value);
            return &m_root;
        }
        Json& parent = *m_open.back().value;
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        // Straight into the underlying vector; duplicates were refused in key().
        auto& object = parent.get_ref<Json::object_t&>();
        Json::object_t::Container& members = object;
        members.emplace_back(std::move(m_key), std::move(value));
        return &members.back().second;
    }

    bool countOne() {
        if (++m_values > m_limits.maxValues) {
            m_problem = "it has more than " + std::to_string(m_limits.maxValues) + " values";
            return false;
        }
        return true;
    }

    bool add(Json&& value) {
        if (!countOne()) {
            return false;
        }
        append(std::move(value));
        return true;
    }

    bool open(Json&& value) {
        if (static_cast<int>(m_open.size()) >= m_limits.maxDepth) {
            m_problem = "it is nested deeper than " + std::to_string(m_limits.maxDepth) + " levels";
            return false;
        }
        if (!countOne()) {
            return false;
        }
        m_open.push_back({append(std::move(value)), {}});
        return true;
    }

    bool close() {
        m_open.pop_back();
        return true;
    }

    JsonLimits m_limits;
    std::size_t m_values = 0;
    Json m_root;
    std::vector<Open> m_open;
    std::string m_key;
    std::string m_problem;
};

constexpr const char* kRepairHint =
    "Correct the text, or write the file again with the program that made it.";

// The value as it stands in the file, short enough for a sentence.
std::string shown(const Json& value) {
    return printable(value.dump(-1, ' ', false, Json::error_handler_t::replace), 60);
}

tl::unexpected<Error> wrongValue(const char* key, const Json* found, const std::string& expected) {
    const std::string state = found == nullptr ? "is missing" : "is " + shown(*found);
    return fail(ErrorCode::BadFile,
                std::string("The value '") + key + "' " + state + ", expected " + expected + ".",
                kRepairHint,
                key);
}

const Json* member(const Json& object, const char* key) {
    if (!object.is_object()) {
        return nullptr;
    }
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

}  // namespace

Result<Json> parseJson(std::string_view text, std::string_view what, const JsonLimits& limits) {
    const std::string subject(what);
    if (text.size() > limits.maxBytes) {
        return fail(ErrorCode::BadFile,
                    "The JSON of " + subject + " has " + byteSize(text.size()) + ", at most " +
                        byteSize(limits.maxBytes) + " were expected.",
                    "Check that it is the file you meant.",
                    subject);
    }
    // The library takes a zero byte for the end of the text.
    if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
        return fail(ErrorCode::BadFile,
                    "The JSON of " + subject + " has a zero byte at byte " + std::to_string(zero) +
                        ", where the format allows none.",
                    kRepairHint,
                    subject);
    }
    LimitedBuilder builder(limits);
    if (!Json::sax_parse(text, &builder)) {
        return fail(
            ErrorCode::BadFile,
            "The JSON of " + subject + " cannot be used: " + printable(builder.problem()) + ".",
            kRepairHint,
            subject);
    }
    return builder.takeRoot();
}

Result<Json> readJsonFile(const std::filesystem::path& path, const JsonLimits& limits) {
    const Result<std::string> text = readTextFile(path, limits.maxBytes);
    if (!text) {
        return fail(text.error());
    }
    return parseJson(*text, path.string(), limits);
}

Status writeJsonFile(const std::filesystem::path& path, const Json& value) {
    return writeFileAtomically(path,
                               value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<std::int64_t> jsonInteger(const Json& object,
                                 const char* key,
                                 std::int64_t low,
                                 std::int64_t high) {
    const Json* found = member(object, key);
    const std::string expected =
        "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
    if (found == nullptr || !found->is_number_integer()) {
        return wrongValue(key, found, expected);
    }
    // Unsigned values beyond int64 would wrap to negative ones.
    if (found->is_number_unsigned() && found->get<std::uint64_t>() > std::uint64_t{INT64_MAX}) {
        return wrongValue(key, found, expected);
    }
    const auto value = found->get<std::int64_t>();
    if (value < low || value > high) {
        return wrongValue(key, found, expected);
    }
    return value;
}

Result<double> jsonNumber(const Json& object, const char* key, double low, double high) {
    const Json* found = member(object, key);
    if (found == nullptr || !found->is_number() || !(found->get<double>() >= low) ||
        !(found->get<double>() <= high)) {
        return wrongValue(
            key, found, "a number from " + Json(low).dump() + " to " + Json(high).dump());
    }
    return found->get<double>();
}

Result<std::string> jsonText(const Json& object, const char* key) {
    const Json* found = member(object, key);
    if (found == nullptr || !found->is_string()) {
        return wrongValue(key, found, "a text in quotes");
    }
    return found->get<std::string>();
}

Result<bool> jsonBool(const Json& object, const char* key) {
    const Json* found = member(object, key);
    if (found == nullptr || !found->is_boolean()) {
        return wrongValue(key, found, "true or false");
    }
    return found->get<bool>();
}

}  // namespace tessera::base
