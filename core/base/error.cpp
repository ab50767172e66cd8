#include "core/base/error.h"

namespace tessera::base {

int exitCode(ErrorCode code) {
    switch (code) {
        case ErrorCode::BadInput:
            return 2;
        case ErrorCode::InfeasiblePlan:
            return 3;
        case ErrorCode::OutOfMemory:
            return 4;
        case ErrorCode::BadFile:
        case ErrorCode::BadModel:
        case ErrorCode::NewerSchema:
        case ErrorCode::NotFound:
            return 5;
        case ErrorCode::Cancelled:
            return 130;
        case ErrorCode::NoSpace:
        case ErrorCode::NotWritable:
        case ErrorCode::Unsupported:
        case ErrorCode::Internal:
            return 1;
    }
    return 1;
}

const char* name(ErrorCode code) {
    switch (code) {
        case ErrorCode::BadInput:
            return "bad_input";
        case ErrorCode::BadFile:
            return "bad_file";
        case ErrorCode::BadModel:
            return "bad_model";
        case ErrorCode::NewerSchema:
            return "newer_schema";
        case ErrorCode::NotFound:
            return "not_found";
        case ErrorCode::NoSpace:
            return "no_space";
        case ErrorCode::NotWritable:
            return "not_writable";
        case ErrorCode::OutOfMemory:
            return "out_of_memory";
        case ErrorCode::InfeasiblePlan:
            return "infeasible_plan";
        case ErrorCode::Unsupported:
            return "unsupported";
        case ErrorCode::Cancelled:
            return "cancelled";
        case ErrorCode::Internal:
            return "internal";
    }
    return "internal";
}

std::string describe(const Error& error) {
    std::string text = error.message;
    if (!error.hint.empty()) {
        text += (text.empty() ? "" : " ") + error.hint;
    }
    if (!error.where.empty()) {
        text += " (" + error.where + ")";
    }
    return text;
}

}  // namespace tessera::base
