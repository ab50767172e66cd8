#pragma once

// What the program says and where: results on standard output, everything else on standard error;
// with --json one JSON object on standard output and nothing besides. Independent of the locale.
// Any thread may write a message; results come from the main thread.

#include "core/base/result.h"

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace tessera::cli {

enum class ProgressStyle { Auto, Bar, Json, None };

class Console {
public:
    bool json = false;
    bool quiet = false;
    bool verbose = false;
    ProgressStyle progress = ProgressStyle::Auto;

    // A line of the result; nothing under --json.
    void print(std::string_view line);

    // The result under --json; nothing otherwise. Once a run.
    void printJson(const nlohmann::ordered_json& object);

    // A line for whoever watches; nothing under --quiet.
    void note(std::string_view line) const;

    // A line that --quiet does not hide.
    void warn(std::string_view line) const;

    // The sentence, and under --json the object {"error": ...}. Returns the exit code.
    int fail(const base::Error& error);

    // 0, or 1 when what was printed did not arrive (a full disk, a closed pipe).
    int finish() const;

private:
    bool m_isJsonPrinted = false;
};

// {"code": "bad_input", "message": ..., "hint": ..., "where": ...}
nlohmann::ordered_json errorJson(const base::Error& error);

// True when standard error is a terminal.
bool isStandardErrorTerminal();

}  // namespace tessera::cli
