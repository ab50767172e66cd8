#pragma once

// A line of jobs as a file (*.queue.json): their requests, in order, for the window to save and
// load and for "tessera queue run". Schema 1; a newer schema is refused; unknown keys are passed
// over. Files are hostile: each request is read as request_json.h reads it, and the number of jobs
// is limited. Any thread.

#include "core/base/result.h"
#include "core/jobs/job.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::jobs {

inline constexpr int kQueueSchema = 1;
inline constexpr std::size_t kMaxQueueJobs = 10'000;

// JSON, two spaces a level, ending in a line feed.
std::string queueText(std::span<const JobRequest> requests);

// BadFile that names the job and the key concerned, NewerSchema. `what` names the text in errors.
base::Result<std::vector<JobRequest>> parseQueue(std::string_view text, std::string_view what);

// NotFound, BadFile, NewerSchema.
base::Result<std::vector<JobRequest>> readQueueFile(const std::filesystem::path& path);

// Whole or not at all. BadInput for more than can be read back, NoSpace, NotWritable.
base::Status writeQueueFile(const std::filesystem::path& path,
                            std::span<const JobRequest> requests);

}  // namespace tessera::jobs
