#pragma once

// The program's log: lines to standard error and, once openLogFile() was called, to a rotating
// file. Any thread may call it. Text arrives formatted (format.h), so no logging library shows in
// this header.

#include "core/base/result.h"

#include <filesystem>
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

}  // namespace tessera::base
