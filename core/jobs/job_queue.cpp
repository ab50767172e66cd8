#include "core/jobs/job_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tessera::jobs {

std::vector<JobSpec> JobQueue::push(JobSpec spec) {
    std::vector<JobSpec> replaced;
    std::size_t place = m_waiting.size();
    if (!spec.tag.empty()) {
        std::vector<JobSpec> kept;
        for (JobSpec& job : m_waiting) {
            if (job.tag == spec.tag) {
                if (replaced.empty()) {
                    place = kept.size();
                }
                replaced.push_back(std::move(job));
            } else {
                kept.push_back(std::move(job));
            }
        }
        m_waiting = std::move(kept);
        place = std::min(place, m_waiting.size());
    }
    m_waiting.insert(m_waiting.begin() + static_cast<std::ptrdiff_t>(place), std::move(spec));
    return replaced;
}

std::optional<JobSpec> JobQueue::pop() {
    if (m_held || m_waiting.empty()) {
        return std::nullopt;
    }
    JobSpec next = std::move(m_waiting.front());
    m_waiting.erase(m_waiting.begin());
    return next;
}

std::optional<JobSpec> JobQueue::remove(JobId id) {
    const std::optional<std::size_t> place = position(id);
    if (!place) {
        return std::nullopt;
    }
    const auto found = m_waiting.begin() + static_cast<std::ptrdiff_t>(*place);
    JobSpec job = std::move(*found);
    m_waiting.erase(found);
    return job;
}

std::vector<JobSpec> JobQueue::clear() {
    return std::exchange(m_waiting, {});
}

bool JobQueue::move(JobId id, std::size_t position) {
    std::optional<JobSpec> job = remove(id);
    if (!job) {
        return false;
    }
    const std::size_t place = std::min(position, m_waiting.size());
    m_waiting.insert(m_waiting.begin() + static_cast<std::ptrdiff_t>(place), std::move(*job));
    return true;
}

std::optional<std::size_t> JobQueue::position(JobId id) const {
    const auto found =
        std::ranges::find_if(m_waiting, [id](const JobSpec& job) { return job.id == id; });
    if (found == m_waiting.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(std::distance(m_waiting.begin(), found));
}

std::vector<JobId> JobQueue::order() const {
    std::vector<JobId> ids;
    ids.reserve(m_waiting.size());
    for (const JobSpec& job : m_waiting) {
        ids.push_back(job.id);
    }
    return ids;
}

}  // namespace tessera::jobs
