#include "core/base/log.h"

#include <atomic>
#include <memory>
#include <mutex>

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace tessera::base {
namespace {

constexpr std::size_t kLogFileBytes = 2u << 20;
constexpr std::size_t kOlderLogFiles = 2;

struct Loggers {
    std::mutex mutex;  // guards file and listener
    std::shared_ptr<spdlog::logger> terminal;
    std::shared_ptr<spdlog::logger> file;
    std::shared_ptr<const LogListener> listener;

    Loggers() {
        terminal = std::make_shared<spdlog::logger>(
            "terminal", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        terminal->set_pattern("%H:%M:%S %l: %v");
        terminal->set_level(spdlog::level::warn);
    }
};

// Never destroyed: a thread may log while the program ends.
Loggers& loggers() {
    static Loggers* all = new Loggers();
    return *all;
}

spdlog::level::level_enum spdlogLevel(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return spdlog::level::debug;
        case LogLevel::Info:
            return spdlog::level::info;
        case LogLevel::Warning:
            return spdlog::level::warn;
        case LogLevel::Error:
            return spdlog::level::err;
        case LogLevel::Off:
            return spdlog::level::off;
    }
    return spdlog::level::off;
}

}  // namespace

void log(LogLevel level, std::string_view text) {
    if (level == LogLevel::Off) {
        return;
    }
    Loggers& all = loggers();
    const spdlog::string_view_t line(text.data(), text.size());
    all.terminal->log(spdlogLevel(level), line);
    std::shared_ptr<spdlog::logger> file;
    std::shared_ptr<const LogListener> listener;
    {
        const std::lock_guard lock(all.mutex);
        file = all.file;
        listener = all.listener;
    }
    if (file) {
        file->log(spdlogLevel(level), line);
    }
    if (listener && level != LogLevel::Debug) {
        (*listener)(level, text);
    }
}

void setLogLevel(LogLevel level) {
    loggers().terminal->set_level(spdlogLevel(level));
}

Status openLogFile(const std::filesystem::path& path) {
    try {
        if (path.has_parent_path()) {
            std::filesystem::create_directories(path.parent_path());
        }
        auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
            path.string(), kLogFileBytes, kOlderLogFiles);
        auto file = std::make_shared<spdlog::logger>("file", std::move(sink));
        file->set_pattern("%Y-%m-%d %H:%M:%S.%e %l [%t] %v");
        file->set_level(spdlog::level::info);
        file->flush_on(spdlog::level::info);
        Loggers& all = loggers();
        const std::lock_guard lock(all.mutex);
        all.file = std::move(file);
        return {};
    } catch (const std::exception& error) {
        return fail(ErrorCode::NotWritable,
                    "The log file '" + path.string() + "' cannot be opened: " + error.what() + ".",
                    "Choose a folder that you may write to.",
                    path.string());
    }
}

void setLogListener(LogListener listener) {
    auto kept = listener ? std::make_shared<const LogListener>(std::move(listener)) : nullptr;
    Loggers& all = loggers();
    const std::lock_guard lock(all.mutex);
    all.listener = std::move(kept);
}

}  // namespace tessera::base
