#include "app/cli/console.h"

#include "core/base/json.h"
#include "core/jobs/request_json.h"

#include <cstdio>

#include <unistd.h>

namespace tessera::cli {

namespace {

// One write a line, so that lines of two threads do not mix.
void writeLine(std::FILE* stream, std::string_view line) {
    std::string text(line);
    text += '\n';
    std::fwrite(text.data(), 1, text.size(), stream);
}

}  // namespace

void Console::print(std::string_view line) {
    if (!json) {
        writeLine(stdout, line);
    }
}

void Console::printJson(const base::Json& object) {
    if (json && !m_isJsonPrinted) {
        writeLine(stdout, jobs::jsonDump(object, 2));
        m_isJsonPrinted = true;
    }
}

void Console::note(std::string_view line) const {
    if (!quiet) {
        writeLine(stderr, line);
    }
}

void Console::warn(std::string_view line) const {
    writeLine(stderr, line);
}

int Console::fail(const base::Error& error) {
    if (error.code == base::ErrorCode::Cancelled) {
        warn("Interrupted. Nothing was written.");
    } else {
        warn("tessera: " + (verbose ? base::describe(error) : error.message + " " + error.hint));
    }
    printJson(base::Json{{"error", errorJson(error)}});
    std::fflush(stdout);
    return base::exitCode(error.code);
}

int Console::finish() const {
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        warn(
            "tessera: The result could not be written to standard output. "
            "Check the pipe or the disk it goes to.");
        return 1;
    }
    return 0;
}

base::Json errorJson(const base::Error& error) {
    return base::Json{{"code", base::name(error.code)},
                      {"message", error.message},
                      {"hint", error.hint},
                      {"where", error.where}};
}

bool isStandardErrorTerminal() {
    return ::isatty(STDERR_FILENO) == 1;
}

}  // namespace tessera::cli
