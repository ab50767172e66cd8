#pragma once

// The program's log: lines to standard error and, once openLogFile() was called, to a rotating
// file. Any thread may call it. Text arrives formatted (format.h), so no logging library shows in
// this header.

#include "core/base/result.h"

#include <filesystem>
#include <functional>
#include <string_view>

namespace tessera::base {

enum class LogLevel { Debug, Info, Warning, Error, Off };

void log(LogLevel level, std::string_view text);

inline void logDebug(std::string_view text) {
    log(LogLevel::Debug, text);
}

inline void logInfo(std::string_view text) {
    log(LogLevel::Info, text);
}

inline void logWarning(std::string_view text) {
    log(LogLevel::Warning, text);
}

inline void logError(std::string_view text) {
    log(LogLevel::Error, text);
}

// Lines below `level` are dropped on standard error; the file always takes Info and above. Default:
// Warning.
void setLogLevel(LogLevel level);

// Starts the rotating file `path` (3 files of 2 MB); creates its folder.
Status openLogFile(const std::filesystem::path& path);

// Gives every line of Info and above to `listener` too, on the thread that logs: it must be quick,
// must not log, and must take calls from several threads at once. Null takes it away; a call that
// has begun may still end after that.
using LogListener = std::function<void(LogLevel level, std::string_view text)>;
void setLogListener(LogListener listener);

}  // namespace tessera::base
