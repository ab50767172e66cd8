#pragma once

// The one error value of the project. Every module door returns it inside a Result (result.h); the
// command line prints it and turns its code into an exit code, the window shows message and hint.
// A plain value: any thread may make, copy and read one.

#include <string>

namespace tessera::base {

// What kind of thing went wrong; exitCode() maps each to a process exit code (design.md, 9).
enum class ErrorCode {
    BadInput,        // a flag, prompt, number or recipe that the user gave
    BadFile,         // a file that cannot be read as what it should be
    BadModel,        // a model folder that is incomplete or of another architecture
    NewerSchema,     // a file written by a later version of this program
    NotFound,        // a path that does not exist
    NoSpace,         // the disk is full
    NotWritable,     // a folder or file that may not be written
    OutOfMemory,     // host or device memory ran out
    InfeasiblePlan,  // no plan satisfies what was asked
    Unsupported,     // this build or machine cannot do what was asked
    Cancelled,       // stopped by its user; never shown as an error
    Internal,        // a mistake of the program; carries the place
};

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;  // what is wrong, with the value, and what was expected
    std::string hint;     // what to do now; never empty
    std::string where;    // file:line or the tensor, key or field concerned; may be empty
};

// Exit code of the command line for this kind of error: 1, 2, 3, 4, 5 or 130 (design.md, 9).
int exitCode(ErrorCode code);

// Stable lower-case name for logs and JSON, for example "bad_file".
const char* name(ErrorCode code);

// "message hint (where)", for a terminal or a log line.
std::string describe(const Error& error);

}  // namespace tessera::base
