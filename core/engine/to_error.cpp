#include "core/engine/to_error.h"

#include "core/base/check.h"
#include "core/base/file.h"

#include <c10/util/Exception.h>

#include <filesystem>
#include <new>
#include <string>

namespace tessera::engine {

namespace {

const char* const kMemoryHint = "Choose a smaller size, close other programs, or use --device cpu.";
const char* const kReportHint = "Please report this with the log file; nothing was lost.";

// LibTorch's own words up to the stack trace that follows them.
std::string firstLine(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

bool saysMemory(const std::string& text) {
    return text.find("can't allocate memory") != std::string::npos ||
           text.find("out of memory") != std::string::npos ||
           text.find("not enough memory") != std::string::npos;
}

}  // namespace

base::Error toError(const std::exception_ptr& exception) {
    using base::ErrorCode;
    try {
        std::rethrow_exception(exception);
    } catch (const c10::OutOfMemoryError& error) {
        return {ErrorCode::OutOfMemory,
                "The card has too little free memory: " + firstLine(error.what_without_backtrace()),
                kMemoryHint,
                ""};
    } catch (const c10::Error& error) {
        const std::string text = firstLine(error.what_without_backtrace());
        if (saysMemory(text)) {
            return {ErrorCode::OutOfMemory,
                    "There is too little free memory: " + text,
                    kMemoryHint,
                    ""};
        }
        return {ErrorCode::Internal, "A tensor operation did not work: " + text, kReportHint, ""};
    } catch (const base::LogicError& error) {
        return {ErrorCode::Internal,
                std::string("The program made a mistake: ") + error.what(),
                kReportHint,
                ""};
    } catch (const std::bad_alloc&) {
        return {ErrorCode::OutOfMemory,
                "There is too little free memory for the next step.",
                kMemoryHint,
                ""};
    } catch (const std::filesystem::filesystem_error& error) {
        return base::writeError(error.path1(), error.code().value());
    } catch (const std::exception& error) {
        return {ErrorCode::Internal,
                std::string("Something unforeseen happened: ") + error.what(),
                kReportHint,
                ""};
    } catch (...) {
        return {ErrorCode::Internal,
                "Something unforeseen happened that left no description.",
                kReportHint,
                ""};
    }
}

}  // namespace tessera::engine
