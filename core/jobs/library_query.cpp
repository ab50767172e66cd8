#include "core/jobs/library_query.h"

#include "core/base/format.h"
#include "core/jobs/query_terms.h"
#include "core/jobs/words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <optional>
#include <system_error>
#include <utility>

namespace tessera::jobs {

using base::ErrorCode;
using base::Result;
using base::Status;

namespace {

// Nobody types more; SQLite's own limit of an expression's depth is 1000.
constexpr std::size_t kMaxQueryBytes = 4096;
constexpr std::size_t kMaxValues = 200;

enum class Kind { Contains, Equals, Begins, Stage, Number, Seed, Size, Tag, Model, After, Before };

struct Field {
    std::string_view name;
    Kind kind;
    const char* column;
    const char* example;
};

constexpr std::array kFields{
    Field{"after", Kind::After, "made", "after:2026-11-23"},
    Field{"before", Kind::Before, "made", "before:2026-11-23"},
    Field{"device", Kind::Begins, "device", "device:cpu or device:cuda"},
    Field{"fps", Kind::Number, "fps", "fps:8 or fps:>=24"},
    Field{"frames", Kind::Number, "frames", "frames:29 or frames:1..29"},
    Field{"guidance", Kind::Number, "guidance", "guidance:7.5 or guidance:1..4"},
    Field{"height", Kind::Number, "height", "height:256 or height:>=256"},
    Field{"model", Kind::Model, "model", "model:tessera or model:71d0"},
    Field{"name", Kind::Contains, "name", "name:balloon"},
    Field{"negative", Kind::Contains, "negative", "negative:blurry"},
    Field{"precision", Kind::Equals, "precision", "precision:fp32"},
    Field{"rating", Kind::Number, "rating", "rating:5 or rating:>=3"},
    Field{"seed", Kind::Seed, "seed", "seed:7 or seed:1..9"},
    Field{"size", Kind::Size, "", "size:384x256"},
    Field{"stage", Kind::Stage, "stage", "stage:sparse,mlcd"},
    Field{"steps", Kind::Number, "steps", "steps:20 or steps:<=20"},
    Field{"tag", Kind::Tag, "", "tag:keep"},
    Field{"took", Kind::Number, "took", "took:<20"},
    Field{"width", Kind::Number, "width", "width:384 or width:>=384"},
};

class Reader {
public:
    Result<LibraryCondition> read(std::string_view text);

private:
    using Value = std::variant<std::int64_t, double, std::string>;

    Status add(const Term& term);
    Status addValue(const Field& field, const std::string& value, const Term& term);
    Status addStage(const std::string& value, const Term& term);
    Status addSize(const std::string& value, const Term& term);
    Status addDate(const Field& field, const std::string& value, const Term& term);
    Status addNumbers(const Field& field, const std::string& value, const Term& term);
    std::optional<Value> number(const Field& field, std::string_view text) const;

    void put(const std::string& sql, std::initializer_list<Value> values) {
        m_condition.where += sql;
        m_condition.values.insert(m_condition.values.end(), values);
    }

    LibraryCondition m_condition;
};

base::Error unreadable(const Term& term, const std::string& why, const std::string& hint) {
    const std::string word = base::printable(term.text, 80);
    return {ErrorCode::BadInput, "\"" + word + "\" cannot be read: " + why, hint, word};
}

base::Error unreadable(const Term& term, const Field& field, const std::string& expected) {
    return unreadable(
        term, expected + " was expected.", std::string("Write ") + field.example + ".");
}

Result<LibraryCondition> Reader::read(std::string_view text) {
    if (text.size() > kMaxQueryBytes) {
        return base::fail(ErrorCode::BadInput,
                          "The search is longer than 4096 bytes.",
                          "Use fewer words.",
                          base::printable(text, 80));
    }
    for (const Term& term : termsOf(text)) {
        if (Status status = add(term); !status) {
            return base::fail(status.error());
        }
    }
    if (m_condition.where.empty()) {
        m_condition.where = "1";
    }
    return std::move(m_condition);
}

Status Reader::add(const Term& term) {
    static constexpr Field kPrompt{"", Kind::Contains, "prompt", ""};
    const Field* field = &kPrompt;
    if (!term.field.empty()) {
        const auto* found = std::ranges::find(kFields, term.field, &Field::name);
        if (found == kFields.end()) {
            return base::fail(
                unreadable(term,
                           "there is no field of that name.",
                           "Put it in quotes to look for it in the prompt, or use "
                           "stage, size, seed, steps, tag, rating, after, name, ..."));
        }
        field = &*found;
        if (term.values.empty()) {
            return base::fail(unreadable(term, *field, "a value"));
        }
    } else if (term.values.empty()) {
        return {};  // a lone comma of a sentence
    }
    if (m_condition.values.size() + term.values.size() > kMaxValues) {
        return base::fail(
            unreadable(term, "the search has too many values.", "Use at most 200 of them."));
    }
    m_condition.where += m_condition.where.empty() ? "(" : " AND (";
    const char* separator = "";
    for (const std::string& value : term.values) {
        m_condition.where += std::exchange(separator, " OR ");
        if (Status status = addValue(*field, value, term); !status) {
            return status;
        }
    }
    m_condition.where += ")";
    return {};
}

Status Reader::addValue(const Field& field, const std::string& value, const Term& term) {
    const std::string column = field.column;
    const std::string folded = foldCase(value);
    switch (field.kind) {
        case Kind::Contains:
            put("instr(" + column + ",?)>0", {folded});
            return {};
        case Kind::Equals:
            put(column + "=?", {folded});
            return {};
        case Kind::Begins:
            put("substr(" + column + ",1,length(?))=?", {folded, folded});
            return {};
        case Kind::Tag:
            put("EXISTS(SELECT 1 FROM tag WHERE tag.clip=clip.row AND tag.folded=?)", {folded});
            return {};
        case Kind::Model:
            put("(instr(model,?)>0 OR substr(hash,1,length(?))=?)", {folded, folded, folded});
            return {};
        case Kind::Stage:
            return addStage(folded, term);
        case Kind::Size:
            return addSize(folded, term);
        case Kind::After:
        case Kind::Before:
            return addDate(field, value, term);
        case Kind::Number:
        case Kind::Seed:
            return addNumbers(field, value, term);
    }
    return {};
}

Status Reader::addStage(const std::string& value, const Term& term) {
    const Result<pipeline::Stage> stage = stageOf(value);
    if (!stage) {
        return base::fail(unreadable(term, "there is no such stage.", stage.error().hint));
    }
    put("stage=?", {std::string(word(*stage))});
    return {};
}

Status Reader::addSize(const std::string& value, const Term& term) {
    const Field& field = *std::ranges::find(kFields, "size", &Field::name);
    constexpr std::string_view kCross = "\u00d7";
    std::size_t at = value.find('x');
    std::size_t length = 1;
    if (at == std::string::npos) {
        at = value.find(kCross);
        length = kCross.size();
    }
    if (at != std::string::npos) {
        const std::optional<Value> width = number(field, std::string_view(value).substr(0, at));
        const std::optional<Value> height =
            number(field, std::string_view(value).substr(at + length));
        if (width && height) {
            put("(width=? AND height=?)", {*width, *height});
            return {};
        }
    }
    return base::fail(unreadable(term, field, "a width and a height"));
}

// The first second of that day where the user is.
std::optional<std::int64_t> dayStart(std::string_view text) {
    std::array<int, 3> parts{};
    const char* at = text.data();
    const char* end = text.data() + text.size();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto [next, error] = std::from_chars(at, end, parts[i]);
        const bool isLast = i + 1 == parts.size();
        if (error != std::errc{} || (isLast ? next != end : next == end || *next != '-')) {
            return std::nullopt;
        }
        at = isLast ? next : next + 1;
    }
    if (parts[0] < 1970 || parts[0] > 9999 || parts[1] < 1 || parts[1] > 12 || parts[2] < 1) {
        return std::nullopt;
    }
    std::tm day{};
    day.tm_year = parts[0] - 1900;
    day.tm_mon = parts[1] - 1;
    day.tm_mday = parts[2];
    day.tm_isdst = -1;
    const std::time_t seconds = std::mktime(&day);
    // mktime() takes the 31st of April for the 1st of May.
    if (seconds == -1 || day.tm_mday != parts[2] || day.tm_mon != parts[1] - 1) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(seconds);
}

Status Reader::addDate(const Field& field, const std::string& value, const Term& term) {
    const std::optional<std::int64_t> day = dayStart(value);
    if (!day) {
        return base::fail(unreadable(term, field, "a day as year-month-day"));
    }
    put(field.kind == Kind::After ? "made>=?" : "made<?", {*day});
    return {};
}

std::optional<Reader::Value> Reader::number(const Field& field, std::string_view text) const {
    const char* end = text.data() + text.size();
    if (field.kind == Kind::Seed) {
        std::uint64_t seed = 0;
        const auto [next, error] = std::from_chars(text.data(), end, seed);
        return error == std::errc{} && next == end ? std::optional<Value>(sortableSeed(seed))
                                                   : std::nullopt;
    }
    double value = 0.0;
    const auto [next, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && next == end && std::isfinite(value) ? std::optional<Value>(value)
                                                                       : std::nullopt;
}

// 7, 1..9, 7.., ..9, >=7, >7, <=7, <7
Status Reader::addNumbers(const Field& field, const std::string& value, const Term& term) {
    const std::string column = field.column;
    const std::string_view text = value;
    if (const std::size_t dots = text.find(".."); dots != std::string_view::npos) {
        const std::string_view low = text.substr(0, dots);
        const std::string_view high = text.substr(dots + 2);
        const std::optional<Value> from = number(field, low);
        const std::optional<Value> to = number(field, high);
        if ((from || low.empty()) && (to || high.empty()) && (from || to)) {
            put("(1", {});
            if (from) {
                put(" AND " + column + ">=?", {*from});
            }
            if (to) {
                put(" AND " + column + "<=?", {*to});
            }
            put(")", {});
            return {};
        }
        return base::fail(unreadable(term, field, "a number on each side of \"..\""));
    }
    constexpr std::array<std::string_view, 5> kOperators{">=", "<=", ">", "<", "="};
    std::string_view sign = "=";
    std::string_view digits = text;
    for (const std::string_view candidate : kOperators) {
        if (text.starts_with(candidate)) {
            sign = candidate;
            digits = text.substr(candidate.size());
            break;
        }
    }
    const std::optional<Value> bound = number(field, digits);
    if (!bound) {
        return base::fail(unreadable(term, field, "a number"));
    }
    put(column + std::string(sign) + "?", {*bound});
    return {};
}

}  // namespace

base::Result<LibraryCondition> readQuery(std::string_view text) {
    return Reader().read(text);
}

std::string sortableSeed(std::uint64_t seed) {
    std::string digits = std::to_string(seed);
    return std::string(20 - digits.size(), '0') + digits;
}

}  // namespace tessera::jobs
