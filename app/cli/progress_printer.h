#pragma once

// Shows the events of a job on standard error: as a bar that is drawn over, or as one JSON object a
// line. Keeps the terminal event for the caller. Called by the worker as any sink.

#include "app/cli/console.h"
#include "core/jobs/event.h"

#include <chrono>
#include <optional>
#include <string>

namespace tessera::cli {

class ProgressPrinter final : public jobs::EventSink {
public:
    // `console` must outlive the printer. Auto becomes a bar on a terminal and nothing elsewhere.
    explicit ProgressPrinter(const Console& console);

    void receive(const jobs::Event& event) noexcept override;

    // The terminal event once the worker is idle; empty when there was none.
    const std::optional<jobs::Event>& end() const { return m_end; }

private:
    void drawBar(const jobs::Event& event);
    void clearBar();

    ProgressStyle m_style = ProgressStyle::None;
    std::string m_phase;
    std::size_t m_drawnWidth = 0;
    std::chrono::steady_clock::time_point m_lastDraw;
    std::optional<jobs::Event> m_end;
};

// One event as the object of a progress line.
nlohmann::ordered_json eventJson(const jobs::Event& event);

}  // namespace tessera::cli
