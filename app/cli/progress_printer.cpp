#include "app/cli/progress_printer.h"

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/request_json.h"

#include <algorithm>
#include <cstdio>

namespace tessera::cli {

using base::Json;

namespace {

// Often enough to look alive, seldom enough for a slow terminal.
constexpr auto kRedrawEvery = std::chrono::milliseconds(50);
constexpr std::int64_t kBarCells = 24;

void write(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

std::string barText(const std::string& phase, const jobs::StepDone& step) {
    std::string text = phase;
    text.resize(std::max<std::size_t>(text.size(), 8), ' ');
    if (step.of > 0) {
        const std::int64_t filled =
            std::clamp<std::int64_t>(step.step * kBarCells / step.of, 0, kBarCells);
        text += '[' + std::string(static_cast<std::size_t>(filled), '#') +
                std::string(static_cast<std::size_t>(kBarCells - filled), '.') + "] " +
                std::to_string(step.step) + "/" + std::to_string(step.of);
    } else {
        text += "step " + std::to_string(step.step);
    }
    if (step.loss) {
        text += "  loss " + base::fixed(*step.loss, 4);
    }
    if (step.etaSeconds) {
        text += "  left " + base::duration(*step.etaSeconds);
    }
    return text;
}

}  // namespace

ProgressPrinter::ProgressPrinter(const Console& console) {
    m_style = console.progress;
    if (m_style == ProgressStyle::Auto) {
        m_style =
            isStandardErrorTerminal() && !console.quiet ? ProgressStyle::Bar : ProgressStyle::None;
    }
}

void ProgressPrinter::receive(const jobs::Event& event) noexcept {
    if (const auto* stage = std::get_if<jobs::StageEntered>(&event)) {
        m_phase = stage->phase;
    }
    if (m_style == ProgressStyle::Json) {
        write(jobs::jsonDump(eventJson(event)) + "\n");
    } else if (m_style == ProgressStyle::Bar) {
        drawBar(event);
    }
    if (jobs::isTerminal(event)) {
        m_end = event;
    }
}

void ProgressPrinter::drawBar(const jobs::Event& event) {
    if (jobs::isTerminal(event)) {
        clearBar();
        return;
    }
    std::string text;
    if (const auto* step = std::get_if<jobs::StepDone>(&event)) {
        const auto now = std::chrono::steady_clock::now();
        if (step->step != step->of && now - m_lastDraw < kRedrawEvery) {
            return;
        }
        m_lastDraw = now;
        text = barText(m_phase, *step);
    } else if (std::holds_alternative<jobs::StageEntered>(event)) {
        text = m_phase;
    } else {
        return;
    }
    const std::size_t width = text.size();
    if (width < m_drawnWidth) {
        text.append(m_drawnWidth - width, ' ');
    }
    m_drawnWidth = width;
    write("\r" + text);
}

void ProgressPrinter::clearBar() {
    if (m_drawnWidth > 0) {
        write("\r" + std::string(m_drawnWidth, ' ') + "\r");
        m_drawnWidth = 0;
    }
}

Json eventJson(const jobs::Event& event) {
    Json json{{"event", jobs::name(event)},
              {"job", jobs::value(jobs::stamp(event).job)},
              {"number", jobs::stamp(event).number}};
    if (const auto* queued = std::get_if<jobs::Queued>(&event)) {
        json["position"] = queued->position;
    } else if (const auto* stage = std::get_if<jobs::StageEntered>(&event)) {
        json["phase"] = stage->phase;
    } else if (const auto* step = std::get_if<jobs::StepDone>(&event)) {
        json["step"] = step->step;
        json["of"] = step->of;
        if (step->etaSeconds) {
            json["eta_seconds"] = jobs::plainNumber(*step->etaSeconds);
        }
        if (step->loss) {
            json["loss"] = jobs::plainNumber(*step->loss);
        }
    } else if (const auto* preview = std::get_if<jobs::PreviewReady>(&event)) {
        json["width"] = preview->frames ? preview->frames->width : 0;
        json["height"] = preview->frames ? preview->frames->height : 0;
    } else if (const auto* failed = std::get_if<jobs::Failed>(&event)) {
        json["error"] = errorJson(failed->error);
    }
    return json;
}

}  // namespace tessera::cli
