#include "core/jobs/bench_file.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/request_json.h"
#include "core/jobs/words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace tessera::jobs {

using base::ErrorCode;
using base::Json;
using base::Result;
using bench::BenchEnvironment;
using bench::BenchResult;
using bench::BenchRow;
using bench::Verdict;

namespace {

// A file of a bench has some kilobytes.
constexpr std::size_t kMostBytes = 16u << 20;
constexpr std::size_t kMostRows = 10'000;
constexpr std::size_t kMostLibraries = 64;
constexpr std::size_t kMostTextBytes = 4096;
constexpr std::int64_t kMostTokens = 1'000'000'000;
constexpr std::int64_t kMostCount = 1'000'000;
constexpr double kMostMilliseconds = 1e12;
constexpr double kMostRate = 1e12;

// A time or rate, null where there is none.
template <class Row>
Json measured(const Row& row, double value) {
    return row.verdict == Verdict::Agrees && value > 0.0 ? plainNumber(value) : Json(nullptr);
}

Json rowJson(const BenchRow& row) {
    return Json{
        {"kernel", row.kernel},
        {"shape", row.shape},
        {"frames", row.layout.frames},
        {"tokens", row.layout.tokens},
        {"text", row.layout.text},
        {"heads", row.heads},
        {"head_size", row.headSize},
        {"mask", row.mask},
        {"pass", word(row.pass)},
        {"baseline", row.isBaseline},
        {"density", row.density},
        {"ideal_speed_up", row.idealSpeedUp()},
        {"verdict", word(row.verdict)},
        {"reason", row.reason},
        {"error", row.verdict == Verdict::NotRun ? Json(nullptr) : Json(plainNumber(row.error))},
        {"tolerance", row.tolerance},
        {"median_ms", measured(row, row.medianMs)},
        {"p20_ms", measured(row, row.p20Ms)},
        {"p80_ms", measured(row, row.p80Ms)},
        {"cold_ms", measured(row, row.coldMs)},
        {"teraflops", measured(row, row.teraflops)},
        {"against_dense", measured(row, row.againstDense)}};
}

Json stepJson(const bench::StepRow& row) {
    return Json{
        {"step", row.step},
        {"mask", row.mask},
        {"kernel", row.kernel},
        {"frames", row.layout.frames},
        {"tokens", row.layout.tokens},
        {"text", row.layout.text},
        {"layers", row.layers},
        {"heads", row.heads},
        {"head_size", row.headSize},
        {"baseline", row.isBaseline},
        {"density", row.density},
        {"verdict", word(row.verdict)},
        {"reason", row.reason},
        {"error", row.verdict == Verdict::NotRun ? Json(nullptr) : Json(plainNumber(row.error))},
        {"tolerance", row.tolerance},
        {"median_ms", measured(row, row.medianMs)},
        {"p20_ms", measured(row, row.p20Ms)},
        {"p80_ms", measured(row, row.p80Ms)},
        {"cold_ms", measured(row, row.coldMs)},
        {"attention_ms", measured(row, row.attentionMs)},
        {"attention_share", measured(row, row.attentionShare())},
        {"against_dense", measured(row, row.againstDense)},
        {"ideal_ms", measured(row, row.idealMs)}};
}

// Reads the keys of one object and remembers the first thing wrong; what is absent or null keeps
// what it was.
class Fields {
public:
    explicit Fields(const Json& json) : m_json(json) {
        if (!json.is_object()) {
            m_status = base::fail(ErrorCode::BadFile,
                                  std::string("A bench file holds a JSON object here; found ") +
                                      json.type_name() + ".",
                                  "Use a file that 'tessera bench --json' or the window wrote.");
        }
    }

    void text(const char* key, std::string& field) {
        take(key, [&](const Json&) -> base::Status {
            auto value = base::jsonText(m_json, key);
            if (value && value->size() > kMostTextBytes) {
                return base::fail(ErrorCode::BadFile,
                                  std::string("'") + key + "' has " +
                                      std::to_string(value->size()) + " bytes; at most " +
                                      std::to_string(kMostTextBytes) + " are read.",
                                  "Shorten the text.",
                                  key);
            }
            return keep(std::move(value), field);
        });
    }

    template <class Integer>
    void integer(const char* key, Integer& field, std::int64_t low, std::int64_t high) {
        take(key,
             [&](const Json&) { return keep(base::jsonInteger(m_json, key, low, high), field); });
    }

    void number(const char* key, double& field, double low, double high) {
        take(key,
             [&](const Json&) { return keep(base::jsonNumber(m_json, key, low, high), field); });
    }

    void boolean(const char* key, bool& field) {
        take(key, [&](const Json&) { return keep(base::jsonBool(m_json, key), field); });
    }

    // As large as a seed is.
    void seed(const char* key, std::uint64_t& field) {
        take(key, [&](const Json& value) -> base::Status {
            if (value.is_number_unsigned()) {
                field = value.get<std::uint64_t>();
                return {};
            }
            return base::fail(ErrorCode::BadFile,
                              std::string("'") + key + "' is " +
                                  base::printable(jsonDump(value), 40) +
                                  "; expected a whole number from 0.",
                              "Correct the number, or leave the key out.",
                              key);
        });
    }

    // One of the words of `choices`.
    template <class Choice, std::size_t Count>
    void choice(const char* key, Choice& field, const std::array<Choice, Count>& choices) {
        std::string found;
        text(key, found);
        if (!m_status || found.empty()) {
            return;
        }
        std::string list;
        for (const Choice each : choices) {
            if (found == word(each)) {
                field = each;
                return;
            }
            list += (list.empty() ? "" : ", ") + std::string(word(each));
        }
        m_status = base::fail(ErrorCode::BadFile,
                              std::string("'") + key + "' is '" + base::printable(found, 40) +
                                  "'; expected one of " + list + ".",
                              "Correct the word.",
                              key);
    }

    bool has(const char* key) const {
        return m_status && m_json.contains(key) && !m_json.at(key).is_null();
    }

    const base::Status& status() const { return m_status; }

private:
    template <class Read>
    void take(const char* key, Read read) {
        if (has(key)) {
            m_status = read(m_json.at(key));
        }
    }

    template <class Value, class Field>
    static base::Status keep(Result<Value> value, Field& field) {
        if (!value) {
            return base::fail(value.error());
        }
        field = static_cast<Field>(std::move(*value));
        return {};
    }

    const Json& m_json;
    base::Status m_status;
};

base::Status readRow(const Json& json, BenchRow& row) {
    Fields fields(json);
    fields.text("kernel", row.kernel);
    fields.text("shape", row.shape);
    fields.integer("frames", row.layout.frames, 1, kMostTokens);
    fields.integer("tokens", row.layout.tokens, 1, kMostTokens);
    fields.integer("text", row.layout.text, 0, kMostTokens);
    fields.integer("heads", row.heads, 1, kMostCount);
    fields.integer("head_size", row.headSize, 1, kMostCount);
    fields.text("mask", row.mask);
    fields.choice("pass", row.pass, std::array{bench::Pass::Forward, bench::Pass::Backward});
    fields.boolean("baseline", row.isBaseline);
    fields.number("density", row.density, 0.0, 1.0);
    fields.choice(
        "verdict", row.verdict, std::array{Verdict::Agrees, Verdict::Wrong, Verdict::NotRun});
    fields.text("reason", row.reason);
    fields.number("error", row.error, 0.0, std::numeric_limits<double>::max());
    fields.number("tolerance", row.tolerance, 0.0, 1.0);
    if (fields.status() && row.verdict == Verdict::Wrong && !fields.has("error")) {
        row.error = std::numeric_limits<double>::quiet_NaN();  // as it was written
    }
    if (row.verdict == Verdict::Agrees) {
        fields.number("median_ms", row.medianMs, 0.0, kMostMilliseconds);
        fields.number("p20_ms", row.p20Ms, 0.0, kMostMilliseconds);
        fields.number("p80_ms", row.p80Ms, 0.0, kMostMilliseconds);
        fields.number("cold_ms", row.coldMs, 0.0, kMostMilliseconds);
        fields.number("teraflops", row.teraflops, 0.0, kMostRate);
        fields.number("against_dense", row.againstDense, 0.0, kMostRate);
    }
    if (fields.status() && (row.kernel.empty() || row.mask.empty())) {
        return base::fail(ErrorCode::BadFile,
                          "A row names no kernel or no mask; expected both.",
                          "Use a file that 'tessera bench --json' or the window wrote.",
                          "rows");
    }
    return fields.status();
}

base::Status readLibraries(const Json& json, BenchEnvironment& machine) {
    if (!json.is_object() || json.size() > kMostLibraries) {
        return base::fail(ErrorCode::BadFile,
                          "'libraries' is no list of at most " + std::to_string(kMostLibraries) +
                              " names with their versions.",
                          "Correct it, or leave it out.",
                          "libraries");
    }
    Fields fields(json);
    for (const auto& [name, version] : json.items()) {
        std::string text;
        fields.text(name.c_str(), text);
        machine.libraries.emplace_back(name, text);
    }
    return fields.status();
}

base::Status readEnvironment(const Json& json, BenchEnvironment& machine) {
    Fields fields(json);
    fields.text("device", machine.device);
    fields.text("device_name", machine.deviceName);
    fields.text("precision", machine.precision);
    fields.integer("threads", machine.threads, 0, kMostCount);
    fields.text("instruction_set", machine.instructionSet);
    fields.number("clock_mhz", machine.clockMhz, 0.0, 1e6);
    fields.text("commit", machine.commit);
    fields.text("date", machine.date);
    if (fields.has("libraries")) {
        return readLibraries(json.at("libraries"), machine);
    }
    return fields.status();
}

// ---- CSV ----

// In the order of the columns. Those of a row are the keys of its JSON.
constexpr std::array kRowColumns{
    "kernel",    "shape",     "frames",   "tokens",  "text",    "heads",     "head_size",
    "mask",      "pass",      "baseline", "density", "verdict", "reason",    "error",
    "tolerance", "median_ms", "p20_ms",   "p80_ms",  "cold_ms", "teraflops", "against_dense"};
constexpr std::array kMachineColumns{"device",
                                     "device_name",
                                     "precision",
                                     "threads",
                                     "instruction_set",
                                     "clock_mhz",
                                     "libraries",
                                     "commit",
                                     "date"};
constexpr std::array kRunColumns{"warm_ups", "runs", "seed", "cache_flushed", "seconds"};
constexpr std::array kTextColumns{"kernel",
                                  "shape",
                                  "mask",
                                  "pass",
                                  "verdict",
                                  "reason",
                                  "device",
                                  "device_name",
                                  "precision",
                                  "instruction_set",
                                  "commit",
                                  "date"};

bool isTextColumn(const std::string& name) {
    return std::ranges::find(kTextColumns, name) != kTextColumns.end();
}

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) {
        return text;
    }
    std::string field = "\"";
    for (const char c : text) {
        field += c == '"' ? "\"\"" : std::string(1, c);
    }
    return field + '"';
}

std::string csvField(const Json& value) {
    return value.is_null()     ? std::string()
           : value.is_string() ? quoted(value.get_ref<const std::string&>())
                               : value.dump();
}

// "LibTorch=2.11.0; CUDA=13.0".
std::string librariesText(const BenchEnvironment& machine) {
    std::string text;
    for (const auto& [name, version] : machine.libraries) {
        text.append(text.empty() ? "" : "; ").append(name).append("=").append(version);
    }
    return text;
}

Json librariesJson(const std::string& text) {
    Json libraries = Json::object();
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find("; ", begin), text.size());
        const std::string one = text.substr(begin, end - begin);
        const std::size_t sign = one.find('=');
        libraries[one.substr(0, sign)] =
            sign == std::string::npos ? std::string() : one.substr(sign + 1);
        begin = end + 2;
    }
    return libraries;
}

base::Error badCsv(std::size_t line, const std::string& what) {
    return {ErrorCode::BadFile,
            "Line " + std::to_string(line) + " of the CSV " + what + ".",
            "Use a file that the window's Export wrote, as it was written.",
            "line " + std::to_string(line)};
}

// The fields of every line; empty lines are passed over.
Result<std::vector<std::vector<std::string>>> csvLines(std::string_view text) {
    std::vector<std::vector<std::string>> lines;
    std::vector<std::string> fields;
    std::string field;
    bool isQuoted = false;
    bool isAny = false;  // something stands on this line
    const auto endLine = [&] {
        if (isAny) {
            fields.push_back(std::move(field));
            lines.push_back(std::move(fields));
        }
        field.clear();
        fields.clear();
        isAny = false;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (isQuoted) {
            const bool isPair = c == '"' && i + 1 < text.size() && text[i + 1] == '"';
            i += isPair ? 1 : 0;
            isQuoted = c != '"' || isPair;
            if (isQuoted) {
                field += c;
            }
        } else if (c == '\n') {
            endLine();
        } else if (c == ',') {
            fields.push_back(std::move(field));
            field.clear();
            isAny = true;
        } else if (c == '"' && field.empty()) {
            isQuoted = true;
            isAny = true;
        } else if (c != '\r') {
            field += c;
            isAny = true;
        }
        if (lines.size() > kMostRows + 1 || fields.size() > 256) {
            return base::fail(badCsv(lines.size() + 1, "is one too many, or has too many fields"));
        }
    }
    if (isQuoted) {
        return base::fail(badCsv(lines.size() + 1, "opens a quote that nothing closes"));
    }
    endLine();
    return lines;
}

// One line as the object that the JSON form would have there, all columns together.
Result<Json> lineJson(const std::vector<std::string>& names,
                      const std::vector<std::string>& fields,
                      std::size_t line) {
    if (fields.size() != names.size()) {
        return base::fail(badCsv(line,
                                 "has " + std::to_string(fields.size()) + " fields; expected " +
                                     std::to_string(names.size())));
    }
    Json json = Json::object();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (isTextColumn(names[i])) {
            json[names[i]] = fields[i];
        } else if (names[i] == "libraries") {
            json[names[i]] = librariesJson(fields[i]);
        } else if (!fields[i].empty()) {
            auto value = base::parseJson(fields[i], "column " + base::printable(names[i], 40));
            if (!value || value->is_structured()) {
                return base::fail(badCsv(line,
                                         "has '" + base::printable(fields[i], 40) + "' in column " +
                                             base::printable(names[i], 40) +
                                             "; expected a number, or true or false"));
            }
            json[names[i]] = std::move(*value);
        }
    }
    return json;
}

// Error of the JSON form, told as one of that line.
base::Error onLine(base::Error error, std::size_t line) {
    error.message = "Line " + std::to_string(line) + " of the CSV: " + error.message;
    return error;
}

}  // namespace

Json toJson(const BenchResult& result) {
    const BenchEnvironment& machine = result.environment;
    Json libraries = Json::object();
    for (const auto& [name, version] : machine.libraries) {
        libraries[name] = version;
    }
    Json rows = Json::array();
    for (const BenchRow& row : result.rows) {
        rows.push_back(rowJson(row));
    }
    Json steps = Json::array();
    for (const bench::StepRow& row : result.steps) {
        steps.push_back(stepJson(row));
    }
    return Json{{"environment",
                 {{"device", machine.device},
                  {"device_name", machine.deviceName},
                  {"precision", machine.precision},
                  {"threads", machine.threads},
                  {"instruction_set", machine.instructionSet},
                  {"clock_mhz", machine.clockMhz > 0.0 ? Json(machine.clockMhz) : Json(nullptr)},
                  {"libraries", libraries},
                  {"commit", machine.commit},
                  {"date", machine.date}}},
                {"warm_ups", result.warmUps},
                {"runs", result.runs},
                {"seed", result.seed},
                {"cache_flushed", result.isCacheFlushed},
                {"rows", rows},
                {"steps", steps},
                {"seconds", plainNumber(result.seconds)}};
}

Result<BenchResult> benchResultFromJson(const Json& json) {
    BenchResult result;
    Fields fields(json);
    fields.integer("warm_ups", result.warmUps, 0, kMostCount);
    fields.integer("runs", result.runs, 0, kMostCount);
    fields.seed("seed", result.seed);
    fields.boolean("cache_flushed", result.isCacheFlushed);
    fields.number("seconds", result.seconds, 0.0, 1e9);
    if (!fields.status()) {
        return base::fail(fields.status().error());
    }
    const Json* rows = fields.has("rows") ? &json.at("rows") : nullptr;
    if (rows == nullptr || !rows->is_array() || rows->empty() || rows->size() > kMostRows) {
        return base::fail(ErrorCode::BadFile,
                          "'rows' is no list of 1 to " + std::to_string(kMostRows) + " rows.",
                          "Use a file that 'tessera bench --json' or the window wrote.",
                          "rows");
    }
    if (fields.has("environment")) {
        if (const auto read = readEnvironment(json.at("environment"), result.environment); !read) {
            return base::fail(read.error());
        }
    }
    for (const Json& one : *rows) {
        if (const auto read = readRow(one, result.rows.emplace_back()); !read) {
            return base::fail(read.error());
        }
    }
    return result;
}

std::string benchCsv(const BenchResult& result) {
    Json shared = toJson(result);
    Json& machine = shared["environment"];
    machine["libraries"] = librariesText(result.environment);
    std::string text;
    const auto addNames = [&text](const auto& names) {
        for (const char* name : names) {
            text.append(text.empty() ? "" : ",").append(name);
        }
    };
    addNames(kRowColumns);
    addNames(kMachineColumns);
    addNames(kRunColumns);
    text += '\n';
    for (const Json& row : shared["rows"]) {
        std::string line;
        for (const char* name : kRowColumns) {
            line.append(name == kRowColumns.front() ? "" : ",").append(csvField(row.at(name)));
        }
        for (const char* name : kMachineColumns) {
            line.append(",").append(csvField(machine.at(name)));
        }
        for (const char* name : kRunColumns) {
            line.append(",").append(csvField(shared.at(name)));
        }
        text.append(line).append("\n");
    }
    return text;
}

Result<BenchResult> benchResultFromCsv(std::string_view text) {
    const auto lines = csvLines(text);
    if (!lines) {
        return base::fail(lines.error());
    }
    if (lines->size() < 2 || std::ranges::find(lines->front(), "kernel") == lines->front().end()) {
        return base::fail(ErrorCode::BadFile,
                          "The CSV holds no measurement; expected a line of names with 'kernel' "
                          "among them, and a line for each row.",
                          "Use a file that the window's Export wrote.");
    }
    Json whole = Json::object();
    whole["rows"] = Json::array();
    for (std::size_t i = 1; i < lines->size(); ++i) {
        auto line = lineJson(lines->front(), (*lines)[i], i + 1);
        if (!line) {
            return base::fail(line.error());
        }
        BenchRow checked;
        if (const auto read = readRow(*line, checked); !read) {
            return base::fail(onLine(read.error(), i + 1));
        }
        if (i == 1) {
            whole["environment"] = *line;
            for (const char* name : kRunColumns) {
                if (line->contains(name)) {
                    whole[name] = line->at(name);
                }
            }
        }
        whole["rows"].push_back(std::move(*line));
    }
    return benchResultFromJson(whole);
}

Result<BenchResult> readBenchFile(const std::filesystem::path& path) {
    const auto text = base::readTextFile(path, kMostBytes);
    if (!text) {
        return base::fail(text.error());
    }
    const std::size_t first = text->find_first_not_of(" \t\r\n");
    if (first == std::string::npos || (*text)[first] != '{') {
        return benchResultFromCsv(*text);
    }
    const auto json = base::parseJson(*text, path.filename().string());
    if (!json) {
        return base::fail(json.error());
    }
    return benchResultFromJson(*json);
}

base::Status writeBenchFile(const std::filesystem::path& path, const BenchResult& result) {
    return path.extension() == ".csv" ? base::writeFileAtomically(path, benchCsv(result))
                                      : base::writeJsonFile(path, toJson(result));
}

}  // namespace tessera::jobs
