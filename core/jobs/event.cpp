#include "core/jobs/event.h"

#include <array>

namespace tessera::jobs {

const char* kindName(const JobRequest& request) {
    constexpr std::array<const char*, std::variant_size_v<JobRequest>> kNames{
        "generate", "train", "eval", "bench"};
    return kNames[request.index()];
}

const EventStamp& stamp(const Event& event) {
    return std::visit([](const auto& e) -> const EventStamp& { return e.stamp; }, event);
}

bool isTerminal(const Event& event) {
    return std::holds_alternative<Finished>(event) || std::holds_alternative<Failed>(event) ||
           std::holds_alternative<Cancelled>(event);
}

const char* name(const Event& event) {
    constexpr std::array<const char*, std::variant_size_v<Event>> kNames{"queued",
                                                                         "started",
                                                                         "stage",
                                                                         "step",
                                                                         "preview",
                                                                         "paused",
                                                                         "resumed",
                                                                         "finished",
                                                                         "failed",
                                                                         "cancelled"};
    return kNames[event.index()];
}

}  // namespace tessera::jobs
