#include "core/jobs/queue_file.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/version.h"
#include "core/jobs/request_json.h"

#include <cstdint>
#include <limits>
#include <utility>

namespace tessera::jobs {

using base::ErrorCode;
using base::Json;
using base::Result;

namespace {

constexpr const char* kKind = "tessera.queue";

base::Error notAQueue(std::string_view what, const std::string& found) {
    return {ErrorCode::BadFile,
            std::string(what) + " is not a queue: " + found + ".",
            "Use a *.queue.json that this program wrote.",
            {}};
}

base::Status checkHead(const Json& json, std::string_view what) {
    if (!json.is_object()) {
        return base::fail(
            notAQueue(what, std::string("it holds ") + json.type_name() + " instead of an object"));
    }
    if (!json.contains("kind") || json.at("kind") != kKind) {
        return base::fail(notAQueue(what,
                                    json.contains("kind")
                                        ? "its 'kind' is " + jsonDump(json.at("kind")).substr(0, 60)
                                        : "the key 'kind' is missing"));
    }
    if (!json.contains("schema")) {
        return base::fail(notAQueue(what, "the key 'schema' is missing"));
    }
    const Result<std::int64_t> schema =
        base::jsonInteger(json, "schema", 1, std::numeric_limits<std::int64_t>::max());
    if (!schema) {
        return base::fail(schema.error());
    }
    if (*schema > kQueueSchema) {
        return base::fail(ErrorCode::NewerSchema,
                          std::string(what) + " has queue schema " + std::to_string(*schema) +
                              "; this version reads up to " + std::to_string(kQueueSchema) + ".",
                          "Open it with a newer version of Tessera.");
    }
    if (!json.contains("jobs") || !json.at("jobs").is_array()) {
        return base::fail(notAQueue(what, "the list 'jobs' is missing"));
    }
    if (json.at("jobs").size() > kMaxQueueJobs) {
        return base::fail(ErrorCode::BadFile,
                          std::string(what) + " has " + std::to_string(json.at("jobs").size()) +
                              " jobs; at most " + std::to_string(kMaxQueueJobs) + " are read.",
                          "Divide it into several files.");
    }
    return {};
}

Result<JobRequest> jobFromJson(const Json& json, std::string_view what) {
    if (!json.is_object() || !json.contains("request")) {
        return base::fail(notAQueue(what, "a job has no 'request'"));
    }
    Result<std::string> kind =
        json.contains("kind") ? base::jsonText(json, "kind") : Result<std::string>("generate");
    if (!kind) {
        return base::fail(kind.error());
    }
    // The word goes into a sentence: no control characters, no page of text.
    if (*kind != "generate" && *kind != "train" && *kind != "eval" && *kind != "bench") {
        *kind = jsonDump(Json(kind->substr(0, 40)));
    }
    return requestFromJson(*kind, json.at("request"));
}

}  // namespace

std::string queueText(std::span<const JobRequest> requests) {
    Json list = Json::array();
    for (const JobRequest& request : requests) {
        list.push_back(Json{{"kind", kindName(request)}, {"request", toJson(request)}});
    }
    const Json json{{"kind", kKind},
                    {"schema", kQueueSchema},
                    {"app_version", base::versionText()},
                    {"jobs", std::move(list)}};
    return jsonDump(json, 2) + "\n";
}

Result<std::vector<JobRequest>> parseQueue(std::string_view text, std::string_view what) {
    const Result<Json> json = base::parseJson(text, what);
    if (!json) {
        return base::fail(json.error());
    }
    if (const base::Status status = checkHead(*json, what); !status) {
        return base::fail(status.error());
    }
    const Json& list = json->at("jobs");
    std::vector<JobRequest> requests;
    requests.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        Result<JobRequest> request = jobFromJson(list[i], what);
        if (!request) {
            base::Error error = request.error();
            error.message = "Job " + std::to_string(i + 1) + ": " + error.message;
            return base::fail(std::move(error));
        }
        requests.push_back(std::move(*request));
    }
    return requests;
}

Result<std::vector<JobRequest>> readQueueFile(const std::filesystem::path& path) {
    const Result<std::string> text = base::readTextFile(path, base::JsonLimits{}.maxBytes);
    if (!text) {
        return base::fail(text.error());
    }
    return parseQueue(*text, path.string());
}

base::Status writeQueueFile(const std::filesystem::path& path,
                            std::span<const JobRequest> requests) {
    if (requests.size() > kMaxQueueJobs) {
        return base::fail(ErrorCode::BadInput,
                          "The queue has " + std::to_string(requests.size()) +
                              " jobs; a file holds at most " + std::to_string(kMaxQueueJobs) + ".",
                          "Remove some and save them in a file of their own.");
    }
    const std::string text = queueText(requests);
    if (const std::size_t limit = base::JsonLimits{}.maxBytes; text.size() > limit) {
        return base::fail(ErrorCode::BadInput,
                          "The queue takes " + std::to_string(text.size()) +
                              " bytes as text; at most " + std::to_string(limit) +
                              " are read back.",
                          "Remove some jobs and save them in a file of their own.");
    }
    return base::writeFileAtomically(path, text);
}

}  // namespace tessera::jobs
