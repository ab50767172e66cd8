#pragma once

// The waiting jobs in their order: a plain value without a lock, kept by the worker under its own.
// Not thread-safe.

#include "core/jobs/job.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace tessera::jobs {

class JobQueue {
public:
    // Appends the job. A job with a tag takes the place of the first waiting job of that tag; all
    // waiting jobs of that tag are removed and returned, in order.
    std::vector<JobSpec> push(JobSpec spec);

    // The next job, taken out; empty when there is none or the queue is held.
    std::optional<JobSpec> pop();

    // The job, taken out; empty when it does not wait here.
    std::optional<JobSpec> remove(JobId id);

    // All jobs, taken out, in order.
    std::vector<JobSpec> clear();

    // Moves a job so that it stands at `position` (0 = next; beyond the end = last). False when it
    // does not wait here.
    bool move(JobId id, std::size_t position);

    // A held queue keeps taking jobs and gives none out.
    void hold(bool held) { m_held = held; }

    bool isHeld() const { return m_held; }

    bool isEmpty() const { return m_waiting.empty(); }

    std::optional<std::size_t> position(JobId id) const;

    const std::vector<JobSpec>& waiting() const { return m_waiting; }

    std::vector<JobId> order() const;

private:
    std::vector<JobSpec> m_waiting;
    bool m_held = false;
};

}  // namespace tessera::jobs
